package postgres

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/guidance"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

const focusColumns = `f.prison_id, f.n, f.begins, f.reason, f.author, f.salt, f.recorded_at`

func scanFocusAct(row pgx.CollectableRow, more ...any) (a guidance.FocusAct, err error) {
	err = row.Scan(append([]any{&a.Prison, &a.N, &a.Begins, &a.Reason, &a.Author, &a.Salt, &a.RecordedAt}, more...)...)
	return a, err
}

func (t *txn) focusActs(ctx context.Context, where string, args ...any) ([]guidance.FocusAct, error) {
	rows, err := t.tx.Query(ctx, "select "+focusColumns+", p.name from focus_acts f join persons p on p.person_id = f.author where "+where+" order by f.prison_id, f.n", args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (guidance.FocusAct, error) {
		var name string
		a, err := scanFocusAct(row, &name)
		a.AuthorName = name
		return a, err
	})
}

// FocusActs in sight, each prison's in their order.
func (s Guidance) FocusActs(ctx context.Context, ses ledger.Session) (list []guidance.FocusAct, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.focusActs(ctx, "true")
		return err
	})
	return list, err
}

// AddFocusAct inserts the next one.
func (s Guidance) AddFocusAct(ctx context.Context, ses ledger.Session, idem ledger.Idem, a guidance.FocusAct) (out guidance.FocusAct, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		if _, err := t.exec(ctx, "insert into focus_acts (prison_id, n, begins, reason, author, salt) values ($1, $2, $3, $4, $5, $6)",
			ses.Prison, a.N, a.Begins, a.Reason, a.Author, a.Salt); err != nil {
			return err
		}
		if err := t.note(a.Record()); err != nil {
			return err
		}
		list, err := t.focusActs(ctx, "f.prison_id = $1 and f.n = $2", ses.Prison, a.N)
		out, err = theOnly(list, err)
		return err
	})
	return out, err
}

const plannedColumns = `v.prison_id, v.planned_id, coalesce(v.area_id, '00000000-0000-0000-0000-000000000000'), v.day::text, v.department, v.subject, v.author, v.salt, v.recorded_at`

func scanPlannedVisit(row pgx.CollectableRow, more ...any) (v guidance.PlannedVisit, err error) {
	err = row.Scan(append([]any{&v.Prison, &v.ID, &v.Area, &v.Day, &v.Department, &v.Subject, &v.Author, &v.Salt, &v.RecordedAt}, more...)...)
	return v, err
}

func (t *txn) plannedVisits(ctx context.Context, where string, args ...any) ([]guidance.PlannedVisit, error) {
	rows, err := t.tx.Query(ctx, "select "+plannedColumns+`, p.name, w.visit_id, coalesce(w.day::text, ''), coalesce(e.reason, ''), e.recorded_at, coalesce(q.name, '')
		from planned_visits v join persons p on p.person_id = v.author
			left join visits w on w.prison_id = v.prison_id and w.planned_id = v.planned_id
			left join planned_visit_ends e on e.prison_id = v.prison_id and e.planned_id = v.planned_id left join persons q on q.person_id = e.author
		where `+where+" order by v.day desc, v.planned_id desc limit 2000", args...)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (guidance.PlannedVisit, error) {
		var name, on, reason, by string
		var visit *uuid.UUID
		var ended *time.Time
		v, err := scanPlannedVisit(row, &name, &visit, &on, &reason, &ended, &by)
		v.AuthorName, v.Visit, v.VisitedOn = name, known(visit), on
		if ended != nil {
			v.End = &guidance.PlannedEnd{Reason: reason, AuthorName: by, RecordedAt: *ended}
		}
		return v, err
	})
	slices.Reverse(list) // the oldest are those that the limit leaves out
	return list, err
}

func (t *txn) plannedVisit(ctx context.Context, id uuid.UUID) (guidance.PlannedVisit, error) {
	list, err := t.plannedVisits(ctx, "v.prison_id = $1 and v.planned_id = $2", t.ses.Prison, id)
	return theOnly(list, err)
}

// PlannedVisits in sight, by day.
func (s Guidance) PlannedVisits(ctx context.Context, ses ledger.Session) (list []guidance.PlannedVisit, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		list, err = t.plannedVisits(ctx, "true")
		return err
	})
	return list, err
}

// AddPlannedVisit inserts one.
func (s Guidance) AddPlannedVisit(ctx context.Context, ses ledger.Session, idem ledger.Idem, v guidance.PlannedVisit) (out guidance.PlannedVisit, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		if err := t.guided(ctx, v.Area); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `insert into planned_visits (prison_id, planned_id, area_id, day, department, subject, author, salt) values ($1, $2, $3, $4::text::date, $5, $6, $7, $8)`,
			ses.Prison, v.ID, orNull(v.Area), v.Day, v.Department, v.Subject, v.Author, v.Salt); err != nil {
			return err
		}
		if err := t.note(v.Record()); err != nil {
			return err
		}
		out, err = t.plannedVisit(ctx, v.ID)
		return err
	})
	return out, err
}

// EndPlannedVisit calls one off.
func (s Guidance) EndPlannedVisit(ctx context.Context, ses ledger.Session, idem ledger.Idem, id uuid.UUID, e guidance.PlannedEnd) (out guidance.PlannedVisit, err error) {
	err = s.write(ctx, ses, idem, &out, func(t *txn) error {
		if _, err := t.plannedVisit(ctx, id); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "insert into planned_visit_ends (prison_id, planned_id, reason, author, salt) values ($1, $2, $3, $4, $5)",
			ses.Prison, id, e.Reason, e.Author, e.Salt); err != nil {
			return err
		}
		if err := t.note(e.Record(id)); err != nil {
			return err
		}
		out, err = t.plannedVisit(ctx, id)
		return err
	})
	return out, err
}

// focus acts, planned visits and those called off, as the verifier reads them.
func (s *Snapshot) focusActs(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		a, err := scanFocusAct(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := a.Record()
		return rowOf("focus_acts", rec, err, a.RecordedAt, "")
	}, "select "+focusColumns+" from focus_acts f where f.prison_id = $1 order by f.n", prison)
}

func (s *Snapshot) plannedVisits(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		v, err := scanPlannedVisit(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := v.Record()
		return rowOf("planned_visits", rec, err, v.RecordedAt, "")
	}, "select "+plannedColumns+" from planned_visits v where v.prison_id = $1 order by v.planned_id", prison)
}

func (s *Snapshot) plannedVisitEnds(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var id uuid.UUID
		var e guidance.PlannedEnd
		if err := row.Scan(&id, &e.Reason, &e.Author, &e.Salt, &e.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		rec, err := e.Record(id)
		return rowOf("planned_visit_ends", rec, err, e.RecordedAt, "")
	}, "select planned_id, reason, author, salt, recorded_at from planned_visit_ends where prison_id = $1 order by planned_id", prison)
}
