package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/fault"
	"taizhang/internal/guidance"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Guidance keeps how units work together (guidance.Store).
type Guidance struct{ *Store }

var _ guidance.Store = Guidance{}

func (s Guidance) read(ctx context.Context, ses ledger.Session, fn func(*txn) error) error {
	return s.Read(ctx, ses, func(r ledger.Reader) error { return fn(r.(*txn)) })
}

// guided is not_found where the prison has no such area; none is the prison as a whole.
func (t *txn) guided(ctx context.Context, area uuid.UUID) error {
	if area == uuid.Nil {
		return nil
	}
	_, err := t.Area(ctx, t.ses.Prison, area)
	return err
}

const visitColumns = `v.prison_id, v.visit_id, coalesce(v.area_id, '00000000-0000-0000-0000-000000000000'), v.day::text, v.findings, v.advice, v.due_on::text, coalesce(v.planned_id, '00000000-0000-0000-0000-000000000000'), v.author, v.salt, v.recorded_at`

func scanVisit(row pgx.CollectableRow, more ...any) (v guidance.Visit, err error) {
	err = row.Scan(append([]any{&v.Prison, &v.ID, &v.Area, &v.Day, &v.Findings, &v.Advice, &v.DueOn, &v.Planned, &v.Author, &v.Salt, &v.RecordedAt}, more...)...)
	return v, err
}

const visitActColumns = `a.visit_id, a.act, a.kind, a.comment, a.acted_by, a.salt, a.recorded_at`

func scanVisitAct(row pgx.CollectableRow, visit *uuid.UUID, more ...any) (a guidance.VisitAct, err error) {
	err = row.Scan(append([]any{visit, &a.Act, &a.Kind, &a.Comment, &a.By, &a.Salt, &a.RecordedAt}, more...)...)
	return a, err
}

// Visits lists the latest first, with their acts.
func (s Guidance) Visits(ctx context.Context, ses ledger.Session) (list []guidance.Visit, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.visits(ctx, "true")
		return err
	})
	return list, err
}

func (t *txn) visits(ctx context.Context, where string, args ...any) ([]guidance.Visit, error) {
	args = append([]any{t.ses.Prison}, args...)
	rows, err := t.tx.Query(ctx, "select "+visitColumns+", p.name from visits v join persons p on p.person_id = v.author where v.prison_id = $1 and "+where+
		" order by v.day desc, v.visit_id desc limit 500", args...)
	if err != nil {
		return nil, err
	}
	at := map[uuid.UUID]int{}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (guidance.Visit, error) {
		var name string
		v, err := scanVisit(row, &name)
		v.AuthorName, v.Acts = name, []guidance.VisitAct{}
		return v, err
	})
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	for i, v := range list {
		ids[i], at[v.ID] = v.ID, i
	}
	rows, err = t.tx.Query(ctx, "select "+visitActColumns+", p.name from visit_acts a join persons p on p.person_id = a.acted_by where a.prison_id = $1 and a.visit_id = any($2) order by a.act",
		t.ses.Prison, ids)
	if err != nil {
		return nil, err
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (a guidance.VisitAct, err error) {
		var visit uuid.UUID
		var name string
		a, err = scanVisitAct(row, &visit, &name)
		a.ByName = name
		if i, ok := at[visit]; ok {
			list[i].Acts = append(list[i].Acts, a)
		}
		return a, err
	})
	return list, err
}

func (t *txn) visit(ctx context.Context, id uuid.UUID) (guidance.Visit, error) {
	list, err := t.visits(ctx, "v.visit_id = $2", id)
	return theOnly(list, err)
}

// theOnly is the one that was asked for by its key.
func theOnly[T any](list []T, err error) (T, error) {
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return *new(T), err
	}
	return list[0], nil
}

// AddVisit inserts one.
func (s Guidance) AddVisit(ctx context.Context, ses ledger.Session, idem ledger.Idem, v guidance.Visit) (out guidance.Visit, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		if err := t.guided(ctx, v.Area); err != nil {
			return err
		}
		if v.Planned != uuid.Nil {
			planned, err := t.plannedVisit(ctx, v.Planned)
			if err != nil {
				return err
			}
			if planned.Area != v.Area {
				return fault.New(fault.NotFound, "not_found") // planned for another unit
			}
			if err := planned.MadeOn(v.Day); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, `insert into visits (prison_id, visit_id, area_id, day, findings, advice, due_on, author, salt, planned_id)
			values ($1, $2, nullif($3, '00000000-0000-0000-0000-000000000000'::uuid), $4::text::date, $5, $6, $7::text::date, $8, $9, $10)`,
			ses.Prison, v.ID, v.Area, v.Day, v.Findings, v.Advice, v.DueOn, v.Author, v.Salt, orNull(v.Planned)); err != nil {
			return err
		}
		if err := t.note(v.Record()); err != nil {
			return err
		}
		out, err = t.visit(ctx, v.ID)
		return err
	})
	return out, err
}

// ActVisit appends what fn says of the visit.
func (s Guidance) ActVisit(ctx context.Context, ses ledger.Session, idem ledger.Idem, id uuid.UUID, fn func(guidance.Visit) (guidance.VisitAct, error)) (out guidance.Visit, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		v, err := t.visit(ctx, id)
		if err != nil {
			return err
		}
		a, err := fn(v)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, "insert into visit_acts (prison_id, visit_id, act, kind, comment, acted_by, salt) values ($1, $2, $3, $4, $5, $6, $7)",
			ses.Prison, id, a.Act, a.Kind, a.Comment, a.By, a.Salt); err != nil {
			return err
		}
		if err := t.note(a.Record(id)); err != nil {
			return err
		}
		out, err = t.visit(ctx, id)
		return err
	})
	return out, err
}

// visits and their acts as the verifier reads them.
func (s *Snapshot) visits(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		v, err := scanVisit(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := v.Record()
		return rowOf("visits", rec, err, v.RecordedAt, "")
	}, "select "+visitColumns+" from visits v where v.prison_id = $1 order by v.visit_id", prison)
}

func (s *Snapshot) visitActs(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var visit uuid.UUID
		a, err := scanVisitAct(row, &visit)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := a.Record(visit)
		return rowOf("visit_acts", rec, err, a.RecordedAt, "")
	}, "select "+visitActColumns+" from visit_acts a where a.prison_id = $1 order by a.visit_id, a.act", prison)
}
