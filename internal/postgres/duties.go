package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/duty"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Duties keeps duties, facts and findings (duty.Store).
type Duties struct{ *Store }

// Prisons lists the prisons that are open.
func (s Duties) Prisons(ctx context.Context) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, "select prison_id from prisons where opened_at is not null order by code")
	if err != nil {
		return nil, mapped(err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// Areas lists the areas of a prison by code.
func (s Duties) Areas(ctx context.Context, prison uuid.UUID) ([]ledger.Area, error) {
	rows, err := s.pool.Query(ctx, "select "+areaColumns+" from areas where prison_id = $1 order by code", prison)
	if err != nil {
		return nil, mapped(err)
	}
	return pgx.CollectRows(rows, scanArea)
}

func (s Duties) read(ctx context.Context, ses ledger.Session, fn func(pgx.Tx) error) error {
	return s.Read(ctx, ses, func(r ledger.Reader) error { return fn(r.(*txn).tx) })
}

// Roll counts the people held by each area on the day.
func (s Duties) Roll(ctx context.Context, ses ledger.Session, day string) (map[uuid.UUID]int, error) {
	rolls := map[uuid.UUID]int{}
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select area_id, count(*) from inmates where prison_id = $1 and admitted_on <= $2::text::date
			and (released_on is null or released_on > $2::text::date) group by area_id`, ses.Prison, day)
		if err != nil {
			return err
		}
		var area uuid.UUID
		var n int
		_, err = pgx.ForEachRow(rows, []any{&area, &n}, func() error { rolls[area] = n; return nil })
		return err
	})
	return rolls, err
}

// AddDuties inserts those that are not there yet, their deadlines moved by the
// outages declared so far. Of a ledger that has ended there is none, though the
// catalogue that planned does not know it yet: one that is ending is waited for.
func (s Duties) AddDuties(ctx context.Context, ses ledger.Session, list []duty.Duty) error {
	return s.write(ctx, ses, ledger.Idem{}, nil, func(t *txn) error {
		if err := t.HoldCatalogue(ctx); err != nil {
			return err
		}
		if err := t.lockOutages(ctx); err != nil {
			return err
		}
		outages, _, err := t.outages(ctx)
		if err != nil {
			return err
		}
		for len(list) > 0 {
			batch := &pgx.Batch{}
			n := min(len(list), 1000)
			for _, d := range list[:n] {
				batch.Queue(`insert into duties (prison_id, area_id, ledger, period, target, duty_id, starts_at, ends_at, planned_due_at, day, about, due_at)
					select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::date, $11, $12
					where not exists (select from ledger_ends where ledger = $3)
						and ($11 = '' or not exists (select from duties where prison_id = $1 and area_id = $2 and ledger = $3 and period = $4))
					on conflict do nothing`,
					ses.Prison, d.Area, d.Ledger, d.Period, d.Target, d.ID, d.Starts, d.Ends, d.Due, d.Day, d.About,
					duty.Postponed(d.Ends, d.Due, outages(d.Area)))
			}
			if err := t.tx.SendBatch(ctx, batch).Close(); err != nil {
				return err
			}
			list = list[n:]
		}
		return t.followRoll(ctx)
	})
}

// owed tells whether the inmate i is due in the period of the duty d: in its area, and
// on the roll on one of its days.
const owed = `i.prison_id = d.prison_id and i.area_id = d.area_id and i.admitted_on <= d.day
	and (i.released_on is null or i.released_on > (d.starts_at at time zone 'Asia/Shanghai')::date)`

// followRoll lists for each duty that is owed of each inmate who they are, while its
// period runs. What was never listed is so once.
func (t *txn) followRoll(ctx context.Context) error {
	if _, err := t.exec(ctx, `delete from duty_inmates o using duties d where d.prison_id = $1 and d.about <> '' and d.ends_at > app.transaction_time()
		and o.prison_id = d.prison_id and o.duty_id = d.duty_id and not exists (select from inmates i where i.inmate_no = o.inmate_no and `+owed+`)`, t.ses.Prison); err != nil {
		return err
	}
	_, err := t.exec(ctx, `insert into duty_inmates (prison_id, duty_id, inmate_no) select d.prison_id, d.duty_id, i.inmate_no from duties d join inmates i on `+owed+`
		where d.prison_id = $1 and d.about <> '' and (d.ends_at > app.transaction_time()
			or not exists (select from duty_inmates o where o.prison_id = d.prison_id and o.duty_id = d.duty_id))
		on conflict do nothing`, t.ses.Prison)
	return err
}

// Duties lists what is due with the entry that fulfilled it: the target-th of
// its period in the order of first submission; of what is owed of each inmate, the
// target-th about him, in whatever area of the prison it was filed. The duties are read under the
// asker's scope; whether one is fulfilled is the same for everybody, so entries
// are looked at as the program sees them.
func (s Duties) Duties(ctx context.Context, ses ledger.Session, f duty.Filter) ([]duty.Duty, error) {
	own := ses.Scope
	ses.Scope = ledger.Everything()
	ses.Scope["scores"] = own["scores"]
	var list []duty.Duty
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		var err error
		list, err = duties(ctx, tx, ses.Prison, f)
		return err
	})
	return list, err
}

// filed in the period of the duty d, wherever in its prison, is the entry e.
const filed = `e.prison_id = d.prison_id and e.ledger = d.ledger
	and e.occurred_at > d.starts_at and e.occurred_at <= d.ends_at and e.occurred_day between (d.starts_at - interval '1 day')::date and (d.ends_at + interval '1 day')::date
	and e.counts and e.state in ('submitted', 'approved', 'returned', 'draft') and e.submitted_at is not null`

// saying is the revision r by which an entry e is told whom it is about: what is in force, else the latest.
const saying = `join revisions r on r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = case when e.in_force > 0 then e.in_force else e.revision end`

// lacking is whatever of the duty d nobody has filed: of what is owed of each inmate, about one of them.
const lacking = `(d.about = '' and d.target > (select count(*) from entries e where e.area_id = d.area_id and ` + filed + `)
	or d.about <> '' and exists (select from duty_inmates o where o.prison_id = d.prison_id and o.duty_id = d.duty_id and d.target > (
		select count(*) from entries e ` + saying + `
		where r.document->>d.about = o.inmate_no and ` + filed + `)))`

// excused by decision (免填) is the duty d.
const excused = `exists (select from reliefs r where r.prison_id = d.prison_id and r.kind = 'excuse' and r.state = 'granted' and r.ledger = d.ledger
	and r.areas[1] = d.area_id and d.day between r.from_day and r.to_day and r.period in ('', d.period))`

func duties(ctx context.Context, tx pgx.Tx, prison uuid.UUID, f duty.Filter) ([]duty.Duty, error) {
	w := &where{}
	w.add("d.prison_id = %s", prison)
	w.add("d.area_id = any(%s)", f.Areas)
	if len(f.Ledgers) > 0 {
		w.add("d.ledger = any(%s)", f.Ledgers)
	}
	if !f.DueFrom.IsZero() {
		w.add("d.due_at >= %s", f.DueFrom)
	}
	if !f.DueTo.IsZero() {
		w.add("d.due_at <= %s", f.DueTo)
	}
	if f.Day != "" {
		w.add("d.day = %s::text::date", f.Day)
	}
	if f.Unfilled {
		w.add("(d.about = '' and f.entry_id is null or g.lacks > 0) and not " + excused)
	}
	cut := ""
	if f.Limit > 0 {
		cut = fmt.Sprintf(" limit %d", f.Limit)
	}
	rows, err := tx.Query(ctx, `select d.duty_id, d.area_id, d.ledger, d.period, d.target, d.starts_at, d.ends_at, d.due_at, d.day::text,
			f.entry_id, f.submitted_at, coalesce(f.in_force > 0, false), coalesce(f.state = 'submitted', false),
			case when d.about = '' then least(d.target, (select count(*) from entries e where e.area_id = d.area_id and `+filed+`)) else 0 end, d.planned_due_at,
			`+excused+`,
			exists (select from reliefs r where r.prison_id = d.prison_id and r.kind = 'unlock' and r.state = 'granted' and r.ledger = d.ledger
				and r.areas[1] = d.area_id and r.from_day <= d.day and r.to_day >= (d.starts_at at time zone 'Asia/Shanghai')::date
				and r.expires_on >= (app.transaction_time() at time zone 'Asia/Shanghai')::date),
			d.about, g.slots
		from duties d
		left join lateral (select e.entry_id, e.submitted_at, e.in_force, e.state from entries e where d.about = '' and e.area_id = d.area_id and `+filed+`
			order by e.submitted_at, e.entry_id offset d.target - 1 limit 1) f on true
		left join lateral (
			select count(*) filter (where s.entry_id is null) as lacks, jsonb_agg(jsonb_build_object('inmate_no', i.inmate_no, 'name', i.name, 'entry', s.entry_id,
				'submitted_at', s.submitted_at, 'approved', coalesce(s.in_force > 0, false), 'waiting', coalesce(s.state = 'submitted', false)) order by i.inmate_no, n.nth) as slots
			from duty_inmates o join inmates i on i.prison_id = o.prison_id and i.inmate_no = o.inmate_no cross join generate_series(1, d.target) as n(nth)
			left join (select e.entry_id, e.submitted_at, e.in_force, e.state, r.document->>d.about as inmate_no,
					row_number() over (partition by r.document->>d.about order by e.submitted_at, e.entry_id) as nth
				from entries e `+saying+`
				where `+filed+`) s on s.inmate_no = o.inmate_no and s.nth = n.nth
			where d.about <> '' and o.prison_id = d.prison_id and o.duty_id = d.duty_id) g on true
		where `+w.String()+` order by d.due_at desc, d.ledger desc, d.target desc`+cut, w.args...)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (duty.Duty, error) {
		var d duty.Duty
		err := row.Scan(&d.ID, &d.Area, &d.Ledger, &d.Period, &d.Target, &d.Starts, &d.Ends, &d.Due, &d.Day,
			&d.Entry, &d.Submitted, &d.Approved, &d.Waiting, &d.Have, &d.Planned, &d.Excused, &d.Unlocked, &d.About, &d.Slots)
		if d.About != "" {
			d.Sum()
		}
		return d, err
	})
	slices.Reverse(list)
	return list, err
}

// Reckon takes the day before it reads: two reckonings beside each other could
// write in the wrong order what they read.
func (s Duties) Reckon(ctx context.Context, ses ledger.Session, area uuid.UUID, ledgerID, day string, fn func(duty.Day) ([]scoring.DayFact, error)) error {
	return s.write(ctx, ses, ledger.Idem{}, nil, func(t *txn) error {
		if _, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended($1, 0))", area.String()+ledgerID+day); err != nil {
			return err
		}
		d, err := t.dutyDay(ctx, area, ledgerID, day)
		if err != nil {
			return err
		}
		facts, err := fn(d)
		if err != nil {
			return err
		}
		batch := &pgx.Batch{}
		at := []any{ses.Prison, area, ledgerID, day}
		measures, values := make([]string, len(facts)), make([]string, len(facts))
		for i, f := range facts {
			measures[i], values[i] = f.Measure, f.Value.String()
		}
		batch.Queue(moveTotals, append(at, measures, values)...)
		batch.Queue("delete from facts where prison_id = $1 and area_id = $2 and ledger = $3 and day = $4::text::date", at...)
		for i, f := range facts {
			refs := f.Refs
			if refs == nil {
				refs = []scoring.Ref{}
			}
			batch.Queue(`insert into facts (prison_id, area_id, ledger, day, measure, value, refs) values ($1, $2, $3, $4::text::date, $5, $6::text::numeric, $7)`,
				ses.Prison, area, ledgerID, day, f.Measure, values[i], refs)
		}
		return t.tx.SendBatch(ctx, batch).Close()
	})
}

func (t *txn) dutyDay(ctx context.Context, area uuid.UUID, ledgerID, day string) (d duty.Day, err error) {
	if d.Duties, err = duties(ctx, t.tx, t.ses.Prison, duty.Filter{Areas: []uuid.UUID{area}, Ledgers: []string{ledgerID}, Day: day}); err != nil {
		return d, err
	}
	if d.Submissions, err = submissions(ctx, t.tx, t.ses.Prison, area, ledgerID, day); err != nil {
		return d, err
	}
	outages, _, err := t.outages(ctx)
	if err != nil {
		return d, err
	}
	d.Outages = outages(area)
	d.Counted, err = counted(ctx, t.tx, t.ses.Prison, area, ledgerID, day)
	return d, err
}

// Look sees what the program sees: what is reckoned does not hang on who asks.
func (s Duties) Look(ctx context.Context, tx ledger.Tx, area uuid.UUID, ledgerID, day string) (d duty.Day, stand []scoring.DayFact, err error) {
	t := tx.(*txn)
	err = t.asProgram(ctx, func() error {
		if d, err = t.dutyDay(ctx, area, ledgerID, day); err != nil {
			return err
		}
		rows, err := t.tx.Query(ctx, `select ledger, measure, day::text, value::text, refs from facts
			where prison_id = $1 and area_id = $2 and ledger = $3 and day = $4::text::date`, t.ses.Prison, area, ledgerID, day)
		if err != nil {
			return err
		}
		stand, err = pgx.CollectRows(rows, scanFact)
		return err
	})
	return d, stand, mapped(err)
}

// moveTotals adds to the totals from the day on, of the ledger and of all together, what
// its facts are to gain over those that stand; where nothing changes it writes nothing.
// Days of one quarter, and ledgers of one area, wait for each other here until the
// transaction ends, in the order of the measures.
const moveTotals = `insert into fact_totals as t (prison_id, area_id, quarter, ledger, measure, totals)
	select $1::uuid, $2::uuid, q.quarter, under, measure, array(select case when q.quarter + n > $4::text::date then gain else 0 end
			from generate_series(1, (q.quarter + interval '3 months')::date - q.quarter) n order by n)
		from (select date_trunc('quarter', $4::text::date::timestamp)::date as quarter) q,
			(select measure, coalesce(fresh.value, 0) - coalesce(f.value, 0) as gain from unnest($5::text[], $6::text[]::numeric[]) fresh(measure, value)
				full join (select measure, value from facts where prison_id = $1 and area_id = $2 and ledger = $3 and day = $4::text::date) f using (measure)) gains,
			unnest(array['*', $3::text]) under
		where gain <> 0 order by measure, under
	on conflict (prison_id, area_id, ledger, measure, quarter) do update
		set totals = array(select a + b from unnest(t.totals, excluded.totals) with ordinality as u(a, b, n) order by n)`

// counted reads the documents in force of the day.
func counted(ctx context.Context, tx pgx.Tx, prison, area uuid.UUID, ledgerID, day string) ([]duty.Document, error) {
	rows, err := tx.Query(ctx, `select e.entry_id, r.version, r.nil_return, r.canonical, r.reason <> '' from entries e
			join revisions r on r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.in_force
		where e.prison_id = $1 and e.area_id = $2 and e.ledger = $3 and e.occurred_day = $4::text::date and e.state <> 'voided'
		order by e.entry_id`, prison, area, ledgerID, day)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (duty.Document, error) {
		var d duty.Document
		err := row.Scan(&d.Entry, &d.Version, &d.Nil, &d.Raw, &d.Corrected)
		return d, err
	})
}

// submissions reads the last submissions of entries of the day, with the time
// of the last decision on them.
func submissions(ctx context.Context, tx pgx.Tx, prison, area uuid.UUID, ledgerID, day string) ([]duty.Decided, error) {
	rows, err := tx.Query(ctx, `select e.entry_id, e.resubmitted_at, case when e.state in ('approved', 'returned', 'voided') then e.decided_at end
		from entries e where e.prison_id = $1 and e.area_id = $2 and e.ledger = $3 and e.occurred_day = $4::text::date
			and e.resubmitted_at is not null and e.state not in ('draft', 'discarded') order by e.entry_id`, prison, area, ledgerID, day)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (duty.Decided, error) {
		var d duty.Decided
		err := row.Scan(&d.Entry, &d.Submitted, &d.Decided)
		return d, err
	})
}

// Undecided lists what waits for a decision.
func (s Duties) Undecided(ctx context.Context, ses ledger.Session, before time.Time) ([]duty.Undecided, error) {
	var list []duty.Undecided
	err := s.Read(ctx, ses, func(r ledger.Reader) error {
		t := r.(*txn)
		outages, _, err := t.outages(ctx)
		if err != nil {
			return err
		}
		rows, err := t.tx.Query(ctx, `select area_id, ledger, occurred_day::text, resubmitted_at from entries
			where prison_id = $1 and state = 'submitted' and resubmitted_at < $2`, ses.Prison, before)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (duty.Undecided, error) {
			var u duty.Undecided
			err := row.Scan(&u.Area, &u.Ledger, &u.Day, &u.Submitted)
			u.Outages = outages(u.Area)
			return u, err
		})
		return err
	})
	return list, err
}

// Reckoned reads how far the prison was reckoned.
func (s Duties) Reckoned(ctx context.Context, ses ledger.Session) (time.Time, error) {
	var to time.Time
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, "select reckoned_to from reckonings where prison_id = $1", ses.Prison).Scan(&to)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return to, err
}

// SetReckoned remembers it.
func (s Duties) SetReckoned(ctx context.Context, ses ledger.Session, to time.Time) error {
	return s.write(ctx, ses, ledger.Idem{}, nil, func(t *txn) error {
		_, err := t.exec(ctx, `insert into reckonings (prison_id, reckoned_to) values ($1, $2)
			on conflict (prison_id) do update set reckoned_to = greatest(reckonings.reckoned_to, excluded.reckoned_to)`, ses.Prison, to)
		return err
	})
}

// Facts reads the facts of an area between two days, both included.
func (s Duties) Facts(ctx context.Context, ses ledger.Session, area uuid.UUID, from, to string) ([]scoring.DayFact, error) {
	var list []scoring.DayFact
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select ledger, measure, day::text, value::text, refs from facts
			where prison_id = $1 and area_id = $2 and day between $3::text::date and $4::text::date`, ses.Prison, area, from, to)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanFact)
		return err
	})
	return list, err
}

func scanFact(row pgx.CollectableRow) (scoring.DayFact, error) {
	var f scoring.DayFact
	var value string
	if err := row.Scan(&f.Ledger, &f.Measure, &f.Day, &value, &f.Refs); err != nil {
		return f, err
	}
	var err error
	f.Value, err = scoring.ParseDecimal(value)
	return f, err
}

var _ duty.Store = Duties{}

func (t *txn) PeriodAt(ctx context.Context, prison, area uuid.UUID, ledgerID string, at time.Time) (ledger.Period, error) {
	var p ledger.Period
	// What is due is the same for everybody who fills it.
	err := t.asProgram(ctx, func() error {
		return t.tx.QueryRow(ctx, `select starts_at, ends_at, max(due_at) from duties where prison_id = $1 and area_id = $2 and ledger = $3
		and starts_at < $4 and ends_at >= $4 group by starts_at, ends_at order by starts_at limit 1`, prison, area, ledgerID, at).Scan(&p.Starts, &p.Ends, &p.Due)
	})
	return p, mapped(err)
}

// Owed looks as the program does: what lacks is the same for everybody. What was filed is
// counted once, not for each inmate.
func (t *txn) Owed(ctx context.Context, prison, area uuid.UUID, ledgerID string, p ledger.Period) (o ledger.Owed, err error) {
	err = t.asProgram(ctx, func() error {
		return t.tx.QueryRow(ctx, `with d as materialized (select * from duties where prison_id = $1 and area_id = $2 and ledger = $3 and starts_at = $4 and ends_at = $5),
			f as materialized (select d.duty_id, r.document->>d.about as inmate_no, count(*) as n from d join entries e on `+filed+` `+saying+`
				where d.about <> '' or e.area_id = d.area_id group by 1, 2)
			select d.about, coalesce(o.inmate_no, '') from d
				left join duty_inmates o on o.prison_id = d.prison_id and o.duty_id = d.duty_id
				left join f on f.duty_id = d.duty_id and (d.about = '' or f.inmate_no = o.inmate_no)
			where d.target > coalesce(f.n, 0) and (d.about = '' or o.inmate_no is not null)
			order by d.target, o.inmate_no limit 1`, prison, area, ledgerID, p.Starts, p.Ends).Scan(&o.About, &o.Inmate)
	})
	return o, mapped(err)
}

// DutyDays looks as the program does: what is reckoned does not hang on who files.
func (t *txn) DutyDays(ctx context.Context, e ledger.Entry) (days []ledger.DayTouched, err error) {
	err = t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, `select distinct d.area_id, d.day::text from duties d where d.prison_id = $1 and d.ledger = $3 and d.starts_at < $4 and d.ends_at >= $4
			and (d.area_id = $2 or exists (select from duty_inmates o join revisions r on r.prison_id = o.prison_id and r.document->>d.about = o.inmate_no
				where d.about <> '' and o.prison_id = d.prison_id and o.duty_id = d.duty_id and r.entry_id = $5))`, e.Prison, e.Area, e.Ledger, e.OccurredAt, e.Entry)
		if err != nil {
			return err
		}
		days, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.DayTouched, error) {
			d := ledger.DayTouched{Prison: e.Prison, Ledger: e.Ledger}
			err := row.Scan(&d.Area, &d.Day)
			return d, err
		})
		return err
	})
	return days, mapped(err)
}

// Unlocked looks as the program does: who fills for an area from outside sees
// no relief of it.
func (t *txn) Unlocked(ctx context.Context, prison, area uuid.UUID, ledgerID, from, to string) (held bool, err error) {
	err = t.asProgram(ctx, func() error {
		return t.tx.QueryRow(ctx, `select exists (select from reliefs where prison_id = $1 and kind = 'unlock' and state = 'granted' and ledger = $3
			and areas[1] = $2 and from_day <= $5::text::date and to_day >= $4::text::date
			and expires_on >= (app.transaction_time() at time zone 'Asia/Shanghai')::date)`, prison, area, ledgerID, from, to).Scan(&held)
	})
	return held, err
}
