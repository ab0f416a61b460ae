package postgres

import (
	"context"
	"iter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/guidance"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

const practiceColumns = `p.prison_id, p.practice_id, coalesce(p.area_id, '00000000-0000-0000-0000-000000000000'), coalesce(p.brand_id, '00000000-0000-0000-0000-000000000000'),
	p.title, p.content, p.author, p.salt, p.recorded_at`

func scanPractice(row pgx.CollectableRow, more ...any) (p guidance.Practice, err error) {
	err = row.Scan(append([]any{&p.Prison, &p.ID, &p.Area, &p.Brand, &p.Title, &p.Content, &p.Author, &p.Salt, &p.RecordedAt}, more...)...)
	p.Adoptions = []guidance.Adoption{}
	return p, err
}

const adoptionColumns = `a.prison_id, a.adoption_id, coalesce(a.area_id, '00000000-0000-0000-0000-000000000000'), a.source_id, a.practice_id, a.adopted_on::text, a.proof,
	a.author, a.salt, a.recorded_at`

func scanAdoption(row pgx.CollectableRow, more ...any) (a guidance.Adoption, err error) {
	err = row.Scan(append([]any{&a.Prison, &a.ID, &a.Area, &a.Source, &a.Practice, &a.AdoptedOn, &a.Proof, &a.Author, &a.Salt, &a.RecordedAt}, more...)...)
	return a, err
}

// Practices is the library with who adopted what, the latest first.
func (s Guidance) Practices(ctx context.Context, ses ledger.Session) (list []guidance.Practice, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.practices(ctx, "true")
		return err
	})
	return list, err
}

func (t *txn) practices(ctx context.Context, where string, args ...any) ([]guidance.Practice, error) {
	rows, err := t.tx.Query(ctx, "select "+practiceColumns+", w.name from practices p join persons w on w.person_id = p.author where "+where+
		" order by p.recorded_at desc, p.practice_id desc limit 1000", args...)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (guidance.Practice, error) {
		var name string
		p, err := scanPractice(row, &name)
		p.AuthorName = name
		return p, err
	})
	if err != nil {
		return nil, err
	}
	ids, at := make([]uuid.UUID, len(list)), map[uuid.UUID]int{}
	for i, p := range list {
		ids[i], at[p.ID] = p.ID, i
	}
	adoptions, err := t.adoptions(ctx, "a.practice_id = any($1)", ids)
	for _, a := range adoptions {
		if i, ok := at[a.Practice]; ok {
			list[i].Adoptions = append(list[i].Adoptions, a)
		}
	}
	return list, err
}

func (t *txn) adoptions(ctx context.Context, where string, args ...any) ([]guidance.Adoption, error) {
	rows, err := t.tx.Query(ctx, "select "+adoptionColumns+`, w.name, v.holds, v.comment, v.verified_by, x.name, v.recorded_at
		from adoptions a join persons w on w.person_id = a.author
		left join adoption_verdicts v on v.prison_id = a.prison_id and v.adoption_id = a.adoption_id left join persons x on x.person_id = v.verified_by
		where `+where+" order by a.adopted_on, a.adoption_id limit 5000", args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (guidance.Adoption, error) {
		var name string
		var holds *bool
		var comment, by *string
		var verifier *uuid.UUID
		var said *time.Time
		a, err := scanAdoption(row, &name, &holds, &comment, &verifier, &by, &said)
		a.AuthorName = name
		if err == nil && holds != nil {
			a.Verdict = &guidance.AdoptionVerdict{Holds: *holds, Comment: *comment, By: *verifier, ByName: *by, RecordedAt: *said}
		}
		return a, err
	})
}

func (t *txn) adoption(ctx context.Context, id uuid.UUID) (guidance.Adoption, error) {
	list, err := t.adoptions(ctx, "a.prison_id = $1 and a.adoption_id = $2", t.ses.Prison, id)
	return theOnly(list, err)
}

// AddPractice inserts one.
func (s Guidance) AddPractice(ctx context.Context, ses ledger.Session, idem ledger.Idem, p guidance.Practice) (out guidance.Practice, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		if err := t.guided(ctx, p.Area); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `insert into practices (prison_id, practice_id, area_id, brand_id, title, content, author, salt)
			values ($1, $2, nullif($3::uuid, $9::uuid), nullif($4::uuid, $9::uuid), $5, $6, $7, $8)`,
			ses.Prison, p.ID, p.Area, p.Brand, p.Title, p.Content, p.Author, p.Salt, uuid.Nil); err != nil {
			return err
		}
		if err := t.note(p.Record()); err != nil {
			return err
		}
		list, err := t.practices(ctx, "p.prison_id = $1 and p.practice_id = $2", ses.Prison, p.ID)
		out, err = theOnly(list, err)
		return err
	})
	return out, err
}

// AddAdoption inserts one.
func (s Guidance) AddAdoption(ctx context.Context, ses ledger.Session, idem ledger.Idem, a guidance.Adoption) (out guidance.Adoption, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		if err := t.guided(ctx, a.Area); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `insert into adoptions (prison_id, adoption_id, area_id, source_id, practice_id, adopted_on, proof, author, salt)
			values ($1, $2, nullif($3::uuid, $10::uuid), $4, $5, $6::text::date, $7, $8, $9)`,
			ses.Prison, a.ID, a.Area, a.Source, a.Practice, a.AdoptedOn, a.Proof, a.Author, a.Salt, uuid.Nil); err != nil {
			return err
		}
		if err := t.note(a.Record()); err != nil {
			return err
		}
		out, err = t.adoption(ctx, a.ID)
		return err
	})
	return out, err
}

// VerifyAdoption inserts the verdict that fn says.
func (s Guidance) VerifyAdoption(ctx context.Context, ses ledger.Session, idem ledger.Idem, id uuid.UUID, fn func(guidance.Adoption) (guidance.AdoptionVerdict, error)) (out guidance.Adoption, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		a, err := t.adoption(ctx, id)
		if err != nil {
			return err
		}
		v, err := fn(a)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, "insert into adoption_verdicts (prison_id, adoption_id, holds, comment, verified_by, salt) values ($1, $2, $3, $4, $5, $6)",
			ses.Prison, id, v.Holds, v.Comment, v.By, v.Salt); err != nil {
			return err
		}
		if err := t.note(v.Record(id)); err != nil {
			return err
		}
		out, err = t.adoption(ctx, id)
		return err
	})
	return out, err
}

// practices, adoptions and their verdicts as the verifier reads them.
func (s *Snapshot) practices(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		p, err := scanPractice(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := p.Record()
		return rowOf("practices", rec, err, p.RecordedAt, "")
	}, "select "+practiceColumns+" from practices p where p.prison_id = $1 order by p.practice_id", prison)
}

func (s *Snapshot) adoptions(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		a, err := scanAdoption(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := a.Record()
		return rowOf("adoptions", rec, err, a.RecordedAt, "")
	}, "select "+adoptionColumns+" from adoptions a where a.prison_id = $1 order by a.adoption_id", prison)
}

func (s *Snapshot) adoptionVerdicts(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var v guidance.AdoptionVerdict
		var adoption uuid.UUID
		if err := row.Scan(&adoption, &v.Holds, &v.Comment, &v.By, &v.Salt, &v.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		rec, err := v.Record(adoption)
		return rowOf("adoption_verdicts", rec, err, v.RecordedAt, "")
	}, "select adoption_id, holds, comment, verified_by, salt, recorded_at from adoption_verdicts where prison_id = $1 order by adoption_id", prison)
}
