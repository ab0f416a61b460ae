package postgres

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/duty"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

const reliefColumns = `r.relief_id, r.kind, r.areas, r.ledger, r.period, coalesce(r.from_day::text, ''), coalesce(r.to_day::text, ''), r.from_at, r.until_at,
	coalesce(r.expires_on::text, ''), r.department, r.reason, r.given, r.author, r.salt, r.recorded_at, r.state`

func scanRelief(row pgx.CollectableRow, more ...any) (duty.Relief, error) {
	var r duty.Relief
	err := row.Scan(append([]any{&r.ID, &r.Kind, &r.Areas, &r.Ledger, &r.Period, &r.FromDay, &r.ToDay, &r.From, &r.Until,
		&r.Expires, &r.Department, &r.Reason, &r.Given, &r.Author, &r.Salt, &r.RecordedAt, &r.State}, more...)...)
	return r, err
}

// Reliefs lists the newest first; one of an id, all with uuid.Nil.
func (s Duties) Reliefs(ctx context.Context, ses ledger.Session, id uuid.UUID) ([]duty.Relief, error) {
	var list []duty.Relief
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		var err error
		list, err = reliefs(ctx, tx, ses.Prison, id)
		return err
	})
	return list, err
}

func reliefs(ctx context.Context, tx pgx.Tx, prison, id uuid.UUID) ([]duty.Relief, error) {
	rows, err := tx.Query(ctx, "select "+reliefColumns+`, a.name from reliefs r join persons a on a.person_id = r.author
		where r.prison_id = $1 and $2::uuid in ('00000000-0000-0000-0000-000000000000', r.relief_id) order by r.recorded_at desc, r.relief_id desc limit 500`, prison, id)
	if err != nil {
		return nil, err
	}
	at := map[uuid.UUID]int{}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (duty.Relief, error) {
		var name string
		r, err := scanRelief(row, &name)
		r.AuthorName, r.Decisions = name, []duty.ReliefDecision{}
		return r, err
	})
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	for i, r := range list {
		ids[i], at[r.ID] = r.ID, i
	}
	rows, err = tx.Query(ctx, `select d.relief_id, d.decision_id, d.verdict, d.decided_by, p.name, d.comment, d.recorded_at
		from relief_decisions d join persons p on p.person_id = d.decided_by
		where d.prison_id = $1 and d.relief_id = any($2) order by d.recorded_at, d.decision_id`, prison, ids)
	if err != nil {
		return nil, err
	}
	var of uuid.UUID
	var d duty.ReliefDecision
	_, err = pgx.ForEachRow(rows, []any{&of, &d.ID, &d.Verdict, &d.By, &d.ByName, &d.Comment, &d.RecordedAt}, func() error {
		list[at[of]].Decisions = append(list[at[of]].Decisions, d)
		return nil
	})
	return list, err
}

func (t *txn) relief(ctx context.Context, id uuid.UUID) (duty.Relief, error) {
	list, err := reliefs(ctx, t.tx, t.ses.Prison, id)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return duty.Relief{}, err
	}
	return list[0], nil
}

// AddRelief inserts one.
func (s Duties) AddRelief(ctx context.Context, ses ledger.Session, idem ledger.Idem, r duty.Relief) (duty.Relief, error) {
	var out duty.Relief
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		if _, err := t.exec(ctx, `insert into reliefs (prison_id, relief_id, kind, areas, ledger, period, from_day, to_day, from_at, until_at, expires_on,
				department, reason, given, author, salt, state)
			values ($1, $2, $3, $4, $5, $6, nullif($7, '')::date, nullif($8, '')::date, $9, $10, nullif($11, '')::date, $12, $13, $14, $15, $16, $17)`,
			ses.Prison, r.ID, r.Kind, r.Areas, r.Ledger, r.Period, r.FromDay, r.ToDay, r.From, r.Until, r.Expires,
			r.Department, r.Reason, r.Given, r.Author, r.Salt, r.State); err != nil {
			return err
		}
		// As the columns hold it: the leaf is worked out again from them.
		var err error
		if out, err = t.relief(ctx, r.ID); err != nil {
			return err
		}
		return t.note(out.Record())
	})
	return out, err
}

// DecideRelief locks the relief, lets fn look and decide, writes the decision
// and carries out what follows: deadlines move, days are reckoned anew.
func (s Duties) DecideRelief(ctx context.Context, ses ledger.Session, idem ledger.Idem, id uuid.UUID, fn func(*duty.Relief) (duty.ReliefDecision, error)) (duty.Relief, error) {
	var out duty.Relief
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		if _, err := t.exec(ctx, "select from reliefs where prison_id = $1 and relief_id = $2 for update", ses.Prison, id); err != nil {
			return err
		}
		r, err := t.relief(ctx, id)
		if err != nil {
			return err
		}
		d, err := fn(&r)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `insert into relief_decisions (prison_id, relief_id, decision_id, verdict, author, decided_by, comment, salt)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`, ses.Prison, id, d.ID, d.Verdict, r.Author, d.By, d.Comment, d.Salt); err != nil {
			return err
		}
		if err := t.note(d.Record(id, r.Author)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "update reliefs set state = $3 where prison_id = $1 and relief_id = $2", ses.Prison, id, r.State); err != nil {
			return err
		}
		if err := t.ease(ctx, r); err != nil {
			return err
		}
		out, err = t.relief(ctx, id)
		return err
	})
	return out, err
}

// ease carries out what a relief that began or ceased to hold changes.
func (t *txn) ease(ctx context.Context, r duty.Relief) error {
	if r.State != duty.Granted && r.State != duty.Revoked {
		return nil
	}
	switch r.Kind {
	case duty.Outage:
		return t.moveDeadlines(ctx, r)
	case duty.Excuse:
		return t.touchDays(ctx, `select distinct prison_id, area_id, ledger, day::text from duties
			where prison_id = $1 and area_id = $2 and ledger = $3 and day between $4::text::date and $5::text::date`,
			t.ses.Prison, r.Areas[0], r.Ledger, r.FromDay, r.ToDay)
	}
	return nil
}

// touchDays queues the reckoning of the days a query names.
func (t *txn) touchDays(ctx context.Context, sql string, args ...any) error {
	rows, err := t.tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.DayTouched, error) {
		var d ledger.DayTouched
		err := row.Scan(&d.Prison, &d.Area, &d.Ledger, &d.Day)
		return d, err
	})
	if err != nil {
		return err
	}
	for _, d := range list {
		if err := t.Enqueue(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// lockOutages keeps planning and decisions on outages apart: a deadline is
// planned either before an outage moves it or with the outage in sight.
func (t *txn) lockOutages(ctx context.Context) error {
	_, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended($1, 0))", "outages/"+t.ses.Prison.String())
	return err
}

// outages in force of the prison: those that hold in an area, and all.
func (t *txn) outages(ctx context.Context) (func(area uuid.UUID) []duty.Span, []duty.Span, error) {
	rows, err := t.tx.Query(ctx, "select areas, from_at, until_at from reliefs where prison_id = $1 and kind = 'outage' and state = 'granted'", t.ses.Prison)
	if err != nil {
		return nil, nil, err
	}
	by := map[uuid.UUID][]duty.Span{}
	var all []duty.Span
	var areas []uuid.UUID
	var span duty.Span
	_, err = pgx.ForEachRow(rows, []any{&areas, &span.From, &span.Until}, func() error {
		all = append(all, span)
		if len(areas) == 0 {
			by[uuid.Nil] = append(by[uuid.Nil], span)
		}
		for _, a := range areas {
			by[a] = append(by[a], span)
		}
		return nil
	})
	return func(area uuid.UUID) []duty.Span { return slices.Concat(by[uuid.Nil], by[area]) }, all, err
}

// Postponed as in ledger.Reader. What an outage moves does not hang on who asks.
func (t *txn) Postponed(ctx context.Context, _, area uuid.UUID, began, due time.Time) (moved time.Time, err error) {
	err = t.asProgram(ctx, func() error {
		outages, _, err := t.outages(ctx)
		if err == nil {
			moved = duty.Postponed(began, due, outages(area))
		}
		return err
	})
	return moved, err
}

// movable are the deadlines that an outage moves: of duties, and of steps and voids
// that wait for a decision. (Those of tasks are moved when they are read.)
var movable = []struct{ look, move string }{
	{`select duty_id, area_id, ends_at, planned_due_at, due_at from duties
		where prison_id = $1 and (cardinality($2::uuid[]) = 0 or area_id = any($2)) and due_at >= $3 and planned_due_at < $4 order by duty_id for update`,
		"update duties set due_at = $3 where prison_id = $1 and duty_id = $2"},
	{`select entry_id, area_id, step_reached_at, step_planned_due, step_due from entries
		where prison_id = $1 and (cardinality($2::uuid[]) = 0 or area_id = any($2)) and step_due >= $3 and step_planned_due < $4 and state = 'submitted'
		order by entry_id for update`,
		"update entries set step_due = $3 where prison_id = $1 and entry_id = $2"},
	{`select entry_id, area_id, void_reached_at, void_planned_due, void_due from entries
		where prison_id = $1 and (cardinality($2::uuid[]) = 0 or area_id = any($2)) and void_due >= $3 and void_planned_due < $4 and void_id is not null
		order by entry_id for update`,
		"update entries set void_due = $3 where prison_id = $1 and entry_id = $2"},
}

// longestDecision bounds how long before an outage something was submitted whose
// time for the decision still falls into it: five working days between holidays,
// and what an earlier outage added.
const longestDecision = 62 * 24 * time.Hour

// moveDeadlines works out anew the deadlines that the outage touches: those now
// at or after its beginning that were planned before its end. Others that touch
// it are looked at as one with it. Both its granting and its revocation come
// here; a deadline that stays is not written. Days of which a duty was moved, or
// a submission may have been, are reckoned anew.
func (t *txn) moveDeadlines(ctx context.Context, r duty.Relief) error {
	if err := t.lockOutages(ctx); err != nil {
		return err
	}
	spans, all, err := t.outages(ctx)
	if err != nil {
		return err
	}
	around := duty.Span{From: *r.From, Until: *r.Until}
	for _, o := range duty.Joined(append(all, around)) {
		if !around.From.Before(o.From) && !around.Until.After(o.Until) {
			around = o
		}
	}
	var moved []uuid.UUID
	for _, m := range movable {
		rows, err := t.tx.Query(ctx, m.look, t.ses.Prison, r.Areas, around.From, around.Until)
		if err != nil {
			return err
		}
		batch := &pgx.Batch{}
		var id, area uuid.UUID
		var began, planned, due time.Time
		if _, err = pgx.ForEachRow(rows, []any{&id, &area, &began, &planned, &due}, func() error {
			if to := duty.Postponed(began, planned, spans(area)); !to.Equal(due) {
				batch.Queue(m.move, t.ses.Prison, id, to)
				moved = append(moved, id)
			}
			return nil
		}); err != nil {
			return err
		}
		if err := t.tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
	}
	return t.touchDays(ctx, `select prison_id, area_id, ledger, day::text from duties where prison_id = $1 and duty_id = any($2)
		union select prison_id, area_id, ledger, occurred_day::text from entries where prison_id = $1 and (cardinality($3::uuid[]) = 0 or area_id = any($3))
			and resubmitted_at >= $4 and resubmitted_at < $5 and occurred_day is not null`,
		t.ses.Prison, moved, r.Areas, around.From.Add(-longestDecision), around.Until)
}

// reliefs as the verifier reads them.
func (s *Snapshot) reliefs(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		r, err := scanRelief(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := r.Record()
		return rowOf("reliefs", rec, err, r.RecordedAt, "")
	}, "select "+reliefColumns+" from reliefs r where r.prison_id = $1 order by r.relief_id", prison)
}

func (s *Snapshot) reliefDecisions(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var d duty.ReliefDecision
		var relief, author uuid.UUID
		if err := row.Scan(&relief, &d.ID, &d.Verdict, &author, &d.By, &d.Comment, &d.Salt, &d.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		rec, err := d.Record(relief, author)
		return rowOf("relief_decisions", rec, err, d.RecordedAt, "")
	}, `select relief_id, decision_id, verdict, author, decided_by, comment, salt, recorded_at from relief_decisions where prison_id = $1 order by decision_id`, prison)
}
