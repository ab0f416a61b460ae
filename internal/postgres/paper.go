package postgres

import (
	"context"
	"iter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/stewardship"
)

const paperColumns = `p.prison_id, p.area_id, p.ledger, p.n, p.state, p.from_day::text, p.reason, p.author, p.salt, p.recorded_at, v.verdict, coalesce(v.comment, ''), v.decided_by, v.salt, v.recorded_at`

const fromPapers = ` from paper_declarations p left join paper_verdicts v on (v.prison_id, v.area_id, v.ledger, v.n) = (p.prison_id, p.area_id, p.ledger, p.n) `

func scanPaper(row pgx.CollectableRow, more ...any) (d stewardship.Declaration, err error) {
	var v stewardship.PaperVerdict
	var verdict *string
	var by *uuid.UUID
	var at *time.Time
	err = row.Scan(append([]any{&d.Prison, &d.Area, &d.Ledger, &d.N, &d.State, &d.FromDay, &d.Reason, &d.Author, &d.Salt, &d.RecordedAt,
		&verdict, &v.Comment, &by, &v.Salt, &at}, more...)...)
	if err == nil && verdict != nil {
		v.Verdict, v.By, v.RecordedAt = *verdict, *by, *at
		d.Verdict = &v
	}
	return d, err
}

func (t *txn) papers(ctx context.Context, where string, args ...any) ([]stewardship.Declaration, error) {
	rows, err := t.tx.Query(ctx, "select "+paperColumns+", a.name, coalesce(b.name, '')"+fromPapers+
		"join persons a on a.person_id = p.author left join persons b on b.person_id = v.decided_by where "+where+" order by p.prison_id, p.area_id, p.ledger, p.n", args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (stewardship.Declaration, error) {
		var author, by string
		d, err := scanPaper(row, &author, &by)
		d.AuthorName = author
		if d.Verdict != nil {
			d.Verdict.ByName = by
		}
		return d, err
	})
}

// Papers of the session's prison, or of every one in sight.
func (s Stewardship) Papers(ctx context.Context, ses ledger.Session) (list []stewardship.Declaration, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.papers(ctx, "$1::uuid is null or p.prison_id = $1", orNull(ses.Prison))
		return err
	})
	return list, err
}

// lockPaper keeps two who declare or decide in an area apart: a first declaration has no row to lock.
func (t *txn) lockPaper(ctx context.Context, areas []uuid.UUID) ([]stewardship.Declaration, error) {
	for _, a := range areas {
		if _, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended($1, 0))", "paper/"+t.ses.Prison.String()+"/"+a.String()); err != nil {
			return nil, err
		}
	}
	return t.papers(ctx, "p.prison_id = $1 and p.area_id = any($2)", t.ses.Prison, areas)
}

// DeclarePaper inserts what fn declares.
func (s Stewardship) DeclarePaper(ctx context.Context, ses ledger.Session, idem ledger.Idem, area uuid.UUID, fn func([]stewardship.Declaration) ([]stewardship.Declaration, error)) error {
	n := 0 // what is kept under the idempotency key
	return s.write(ctx, ses, idem, &n, func(t *txn) error {
		all, err := t.lockPaper(ctx, []uuid.UUID{area})
		if err != nil {
			return err
		}
		made, err := fn(all)
		if err != nil {
			return err
		}
		for _, d := range made {
			if _, err := t.exec(ctx, `insert into paper_declarations (prison_id, area_id, ledger, n, state, from_day, reason, author, salt)
				values ($1, $2, $3, $4, $5, $6::text::date, $7, $8, $9)`, ses.Prison, d.Area, d.Ledger, d.N, d.State, d.FromDay, d.Reason, d.Author, d.Salt); err != nil {
				return err
			}
			if err := t.note(d.Record()); err != nil {
				return err
			}
		}
		n = len(made)
		return nil
	})
}

// DecidePaper inserts what fn says of those that wait.
func (s Stewardship) DecidePaper(ctx context.Context, ses ledger.Session, idem ledger.Idem, areas []uuid.UUID, fn func([]stewardship.Declaration) ([]stewardship.Declaration, error)) error {
	n := 0
	return s.write(ctx, ses, idem, &n, func(t *txn) error {
		all, err := t.lockPaper(ctx, areas)
		if err != nil {
			return err
		}
		decided, err := fn(all)
		if err != nil {
			return err
		}
		for _, d := range decided {
			v := d.Verdict
			if _, err := t.exec(ctx, "insert into paper_verdicts (prison_id, area_id, ledger, n, verdict, comment, decided_by, salt) values ($1, $2, $3, $4, $5, $6, $7, $8)",
				ses.Prison, d.Area, d.Ledger, d.N, v.Verdict, v.Comment, v.By, v.Salt); err != nil {
				return err
			}
			if err := t.note(d.VerdictRecord()); err != nil {
				return err
			}
		}
		n = len(decided)
		return nil
	})
}

// paperDeclarations and paperVerdicts as the verifier reads them.
func (s *Snapshot) paperDeclarations(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		d, err := scanPaper(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := d.Record()
		return rowOf("paper_declarations", rec, err, d.RecordedAt, "")
	}, "select "+paperColumns+fromPapers+"where p.prison_id = $1 order by p.area_id, p.ledger, p.n", prison)
}

func (s *Snapshot) paperVerdicts(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		d, err := scanPaper(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := d.VerdictRecord()
		return rowOf("paper_verdicts", rec, err, d.Verdict.RecordedAt, "")
	}, "select "+paperColumns+fromPapers+"where p.prison_id = $1 and v.n is not null order by p.area_id, p.ledger, p.n", prison)
}
