package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/assessment"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

const rulingColumns = `r.ruling_id, r.area_id, r.kind, r.standard, r.target, r.amount::text, r.from_day::text, r.to_day::text, r.reason, r.author, r.salt, r.recorded_at, r.state`

func scanRuling(row pgx.CollectableRow, more ...any) (assessment.Ruling, error) {
	var r assessment.Ruling
	err := row.Scan(append([]any{&r.ID, &r.Area, &r.Kind, &r.Standard, &r.Target, textOf{&r.Amount}, &r.FromDay, &r.ToDay, &r.Reason,
		&r.Author, &r.Salt, &r.RecordedAt, &r.State}, more...)...)
	return r, err
}

// Rulings lists the newest first, with their decisions.
func (s Assessments) Rulings(ctx context.Context, ses ledger.Session, areas []uuid.UUID) (by map[uuid.UUID][]assessment.Ruling, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		by, err = rulingsOf(ctx, tx, ses.Prison, areas)
		return err
	})
	return by, err
}

func rulingsOf(ctx context.Context, tx pgx.Tx, prison uuid.UUID, areas []uuid.UUID) (map[uuid.UUID][]assessment.Ruling, error) {
	list, err := rulings(ctx, tx, "r.prison_id = $1 and r.area_id = any($2)", prison, areas)
	by := map[uuid.UUID][]assessment.Ruling{}
	for _, r := range list {
		by[r.Area] = append(by[r.Area], r)
	}
	return by, err
}

func rulings(ctx context.Context, tx pgx.Tx, where string, prison uuid.UUID, arg any) ([]assessment.Ruling, error) {
	rows, err := tx.Query(ctx, "select "+rulingColumns+`, a.name from rulings r join persons a on a.person_id = r.author
		where `+where+` order by r.recorded_at desc, r.ruling_id desc limit 2000`, prison, arg)
	if err != nil {
		return nil, err
	}
	at := map[uuid.UUID]int{}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (assessment.Ruling, error) {
		var name string
		r, err := scanRuling(row, &name)
		r.AuthorName, r.Decisions = name, []assessment.RulingDecision{}
		return r, err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	for i, r := range list {
		ids[i], at[r.ID] = r.ID, i
	}
	rows, err = tx.Query(ctx, `select d.ruling_id, d.decision_id, d.verdict, d.decided_by, p.name, d.comment, d.recorded_at
		from ruling_decisions d join persons p on p.person_id = d.decided_by
		where d.prison_id = $1 and d.ruling_id = any($2) order by d.recorded_at, d.decision_id`, prison, ids)
	if err != nil {
		return nil, err
	}
	var of uuid.UUID
	var d assessment.RulingDecision
	_, err = pgx.ForEachRow(rows, []any{&of, &d.ID, &d.Verdict, &d.By, &d.ByName, &d.Comment, &d.RecordedAt}, func() error {
		list[at[of]].Decisions = append(list[at[of]].Decisions, d)
		return nil
	})
	return list, err
}

func (t *txn) ruling(ctx context.Context, id uuid.UUID) (assessment.Ruling, error) {
	list, err := rulings(ctx, t.tx, "r.prison_id = $1 and r.ruling_id = $2", t.ses.Prison, id)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return assessment.Ruling{}, err
	}
	return list[0], nil
}

// AddRuling inserts one.
func (s Assessments) AddRuling(ctx context.Context, ses ledger.Session, idem ledger.Idem, r assessment.Ruling) (assessment.Ruling, error) {
	var out assessment.Ruling
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		if _, err := t.exec(ctx, `insert into rulings (prison_id, ruling_id, area_id, kind, standard, target, amount, from_day, to_day, reason, author, salt, state)
			values ($1, $2, $3, $4, $5, $6, $7::text::numeric, $8::text::date, $9::text::date, $10, $11, $12, $13)`,
			ses.Prison, r.ID, r.Area, r.Kind, r.Standard, r.Target, textOf{&r.Amount}, r.FromDay, r.ToDay, r.Reason, r.Author, r.Salt, r.State); err != nil {
			return err
		}
		// As the columns hold it: the leaf is worked out again from them.
		var err error
		if out, err = t.ruling(ctx, r.ID); err != nil {
			return err
		}
		return t.note(out.Record())
	})
	return out, err
}

// DecideRuling takes the area's lock before it reads: of two granted at once for one
// target the later sees the earlier.
func (s Assessments) DecideRuling(ctx context.Context, ses ledger.Session, idem ledger.Idem, id uuid.UUID, fn func(*assessment.Ruling, []assessment.Ruling) (assessment.RulingDecision, error)) (assessment.Ruling, error) {
	var out assessment.Ruling
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		r, err := t.ruling(ctx, id)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended($1, 0))", "rulings/"+r.Area.String()); err != nil {
			return err
		}
		if r, err = t.ruling(ctx, id); err != nil {
			return err
		}
		area, err := rulings(ctx, t.tx, "r.state = 'granted' and r.prison_id = $1 and r.area_id = $2", ses.Prison, r.Area)
		if err != nil {
			return err
		}
		d, err := fn(&r, area)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `insert into ruling_decisions (prison_id, ruling_id, decision_id, verdict, author, decided_by, comment, salt)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`, ses.Prison, id, d.ID, d.Verdict, r.Author, d.By, d.Comment, d.Salt); err != nil {
			return err
		}
		if err := t.note(d.Record(id, r.Author)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "update rulings set state = $3 where prison_id = $1 and ruling_id = $2", ses.Prison, id, r.State); err != nil {
			return err
		}
		out, err = t.ruling(ctx, id)
		return err
	})
	return out, err
}

// rulings as the verifier reads them.
func (s *Snapshot) rulings(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		r, err := scanRuling(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := r.Record()
		return rowOf("rulings", rec, err, r.RecordedAt, "")
	}, "select "+rulingColumns+" from rulings r where r.prison_id = $1 order by r.ruling_id", prison)
}

func (s *Snapshot) rulingDecisions(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var d assessment.RulingDecision
		var ruling, author uuid.UUID
		if err := row.Scan(&ruling, &d.ID, &d.Verdict, &author, &d.By, &d.Comment, &d.Salt, &d.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		rec, err := d.Record(ruling, author)
		return rowOf("ruling_decisions", rec, err, d.RecordedAt, "")
	}, `select ruling_id, decision_id, verdict, author, decided_by, comment, salt, recorded_at from ruling_decisions where prison_id = $1 order by decision_id`, prison)
}
