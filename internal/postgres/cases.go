package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/accreditation"
	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/standards"
)

// Cases keeps cases and titles (accreditation.Store).
type Cases struct{ *Store }

// caseTx is one transaction as package accreditation sees it.
type caseTx struct{ *txn }

// Read runs fn on one moment.
func (s Cases) Read(ctx context.Context, ses ledger.Session, fn func(accreditation.Look) error) error {
	return s.Store.Read(ctx, ses, func(r ledger.Reader) error { return fn(caseTx{r.(*txn)}) })
}

// Write runs fn in one transaction.
func (s Cases) Write(ctx context.Context, ses ledger.Session, idem ledger.Idem, out any, fn func(accreditation.Tx) error) error {
	return s.write(ctx, ses, idem, out, func(t *txn) error { return fn(caseTx{t}) })
}

func (s Cases) read(ctx context.Context, ses ledger.Session, fn func(pgx.Tx) error) error {
	return s.Store.Read(ctx, ses, func(r ledger.Reader) error { return fn(r.(*txn).tx) })
}

// Prisons that are open, with their areas.
func (s Cases) Prisons(ctx context.Context) ([]ledger.Prison, error) {
	o, err := s.Organisation(ctx)
	return slices.DeleteFunc(o.Prisons, func(p ledger.Prison) bool { return !p.Open }), err
}

// Within is a transaction that another use case has begun.
func (s Cases) Within(tx ledger.Tx) accreditation.Tx { return caseTx{tx.(*txn)} }

// AllPrisons are those too that are not open yet.
func (s Cases) AllPrisons(ctx context.Context) ([]ledger.Prison, error) {
	o, err := s.Organisation(ctx)
	return o.Prisons, err
}

func (t caseTx) Wide(ctx context.Context, fn func() error) error { return t.asProgram(ctx, fn) }

func (t caseTx) Ledger() ledger.Tx { return t.txn }

const caseColumns = `c.prison_id, c.case_id, c.area_id, c.previous, c.begun_by, c.salt, c.recorded_at, c.seq, c.machine, c.standard, c.version, c.digest, c.standing`

func scanCase(row pgx.CollectableRow) (c accreditation.Case, err error) {
	var area, previous *uuid.UUID
	var pin pinned
	var standing []byte
	if err = row.Scan(&c.Prison, &c.ID, &area, &previous, &c.BegunBy, &c.Salt, &c.RecordedAt, &c.Seq, &c.Machine, &pin.standard, &pin.version, &pin.digest, &standing); err != nil {
		return c, err
	}
	c.Area, c.Previous, c.Pin = known(area), known(previous), pin.pin()
	return c, json.Unmarshal(standing, &c.Case)
}

// pinned is the columns of a pin, which may be none.
type pinned struct {
	standard *string
	version  *int
	digest   []byte
}

func (p pinned) pin() *standards.Pin {
	if p.standard == nil {
		return nil
	}
	out := &standards.Pin{Standard: *p.standard, Version: *p.version}
	copy(out.Digest[:], p.digest)
	return out
}

func pinOf(p *standards.Pin) pinned {
	if p == nil {
		return pinned{}
	}
	return pinned{&p.Standard, &p.Version, p.Digest[:]}
}

// known is the id, or the zero one for null.
func known(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}

func casesBy(ctx context.Context, tx pgx.Tx, where string, args ...any) ([]accreditation.Case, error) {
	rows, err := tx.Query(ctx, "select "+caseColumns+" from cases c where "+where, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanCase)
}

// Cases in sight, of the session's prison if it has one, the latest act first.
func (s Cases) Cases(ctx context.Context, ses ledger.Session) (list []accreditation.Case, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		list, err = casesBy(ctx, tx, "($1::uuid is null or c.prison_id = $1) order by c.at desc, c.case_id limit 2000", orNull(ses.Prison))
		return err
	})
	return list, err
}

func (t caseTx) Case(ctx context.Context, id uuid.UUID) (accreditation.Case, error) {
	return t.one(ctx, id)
}

// Lock takes the case's row, then the prison's register: what counts for a case is
// decided for one of the prison's cases at a time.
func (t caseTx) Lock(ctx context.Context, id uuid.UUID) (accreditation.Case, error) {
	if _, err := t.one(ctx, id); err != nil {
		return accreditation.Case{}, err
	}
	// The service may not lock a row that it may not change: its lock is on the name.
	if _, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended('case/' || $1, 0))", id.String()); err != nil {
		return accreditation.Case{}, err
	}
	if err := t.Alone(ctx); err != nil {
		return accreditation.Case{}, err
	}
	return t.one(ctx, id)
}

func (t caseTx) Alone(ctx context.Context) error {
	_, err := t.exec(ctx, "select pg_advisory_xact_lock(hashtextextended('titles/' || $1, 0))", t.ses.Prison.String())
	return err
}

func (t caseTx) one(ctx context.Context, id uuid.UUID) (accreditation.Case, error) {
	list, err := casesBy(ctx, t.tx, "c.prison_id = $1 and c.case_id = $2", t.ses.Prison, id)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return accreditation.Case{}, mapped(err)
	}
	return list[0], nil
}

func (t caseTx) CasesOf(ctx context.Context, area uuid.UUID) ([]accreditation.Case, error) {
	return casesBy(ctx, t.tx, "c.prison_id = $1 and c.area_id is not distinct from $2 order by c.recorded_at desc, c.case_id", t.ses.Prison, orNull(area))
}

func (t caseTx) OpenCases(ctx context.Context) ([]accreditation.Case, error) {
	return casesBy(ctx, t.tx, "c.prison_id = $1 and c.state not in ('NOT_PASSED', 'REVOKED', 'WITHDRAWN') order by c.recorded_at, c.case_id", t.ses.Prison)
}

const caseEventColumns = `e.case_id, e.seq, e.transition, e.from_state, e.to_state, e.acted_as, e.acted_by, e.reason, e.document, coalesce(e.document_on::text, ''),
	e.record, e.detail, e.machine, e.standard, e.version, e.digest, e.standing, e.salt, e.recorded_at`

func scanCaseEvent(row pgx.CollectableRow, more ...any) (e accreditation.Event, err error) {
	var by *uuid.UUID
	var pin pinned
	var standing, detail []byte
	if err = row.Scan(append([]any{&e.After.ID, &e.Seq, &e.Transition, &e.From, &e.To, &e.As, &by, &e.Reason, &e.Document, &e.DocumentOn,
		&e.Rests, &detail, &e.After.Machine, &pin.standard, &pin.version, &pin.digest, &standing, &e.Salt, &e.RecordedAt}, more...)...); err != nil {
		return e, err
	}
	e.By, e.Detail, e.After.Pin = known(by), detail, pin.pin()
	return e, json.Unmarshal(standing, &e.After.Case)
}

func (t caseTx) Events(ctx context.Context, id uuid.UUID) ([]accreditation.Event, error) {
	rows, err := t.tx.Query(ctx, "select "+caseEventColumns+`, coalesce(p.name, '') from case_events e left join persons p on p.person_id = e.acted_by
		where e.prison_id = $1 and e.case_id = $2 order by e.seq`, t.ses.Prison, id)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (accreditation.Event, error) {
		var name string
		e, err := scanCaseEvent(row, &name)
		e.ByName = name
		return e, err
	})
	return append([]accreditation.Event{}, list...), err
}

const caseRecordColumns = `r.record_id, r.seq, r.state, r.kind, r.department, r.body, r.made_by, r.salt, r.recorded_at`

func scanCaseRecord(row pgx.CollectableRow, more ...any) (r accreditation.Record, err error) {
	var by *uuid.UUID
	var body []byte
	err = row.Scan(append([]any{&r.ID, &r.Seq, &r.State, &r.Kind, &r.Department, &body, &by, &r.Salt, &r.RecordedAt}, more...)...)
	r.By, r.Body = known(by), body
	return r, err
}

func (t caseTx) Records(ctx context.Context, id uuid.UUID) ([]accreditation.Record, error) {
	rows, err := t.tx.Query(ctx, "select "+caseRecordColumns+`, coalesce(p.name, ''), x.confirmed_by, coalesce(w.name, ''), x.recorded_at
		from case_records r left join persons p on p.person_id = r.made_by
			left join case_confirmations x on (x.prison_id, x.case_id, x.record_id) = (r.prison_id, r.case_id, r.record_id)
			left join persons w on w.person_id = x.confirmed_by
		where r.prison_id = $1 and r.case_id = $2 order by r.recorded_at, r.record_id`, t.ses.Prison, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (accreditation.Record, error) {
		var name, confirmer string
		var by *uuid.UUID
		var at *time.Time
		r, err := scanCaseRecord(row, &name, &by, &confirmer, &at)
		r.ByName = name
		if by != nil {
			r.Confirmed = &accreditation.Confirmation{Record: r.ID, MadeBy: r.By, By: *by, ByName: confirmer, RecordedAt: *at}
		}
		r.Stands = r.Confirmed != nil || !accreditation.NeedsSecond(r.Kind)
		return r, err
	})
}

func (t caseTx) Opinions(ctx context.Context, id uuid.UUID) ([]accreditation.Opinion, error) {
	rows, err := t.tx.Query(ctx, "select seq, department, due_on::text from opinions where prison_id = $1 and case_id = $2 order by seq, department", t.ses.Prison, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o accreditation.Opinion, err error) {
		err = row.Scan(&o.Seq, &o.Department, &o.DueOn)
		return o, err
	})
}

func (t caseTx) Areas(ctx context.Context) ([]ledger.Area, error) {
	rows, err := t.tx.Query(ctx, "select "+areaColumns+" from areas where prison_id = $1 order by code", t.ses.Prison)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanArea)
}

func (t caseTx) Called(ctx context.Context) (c accreditation.Called, err error) {
	if err := t.tx.QueryRow(ctx, "select name_zh from prisons where prison_id = $1", t.ses.Prison).Scan(&c.Prison); err != nil {
		return c, err
	}
	c.Departments, err = t.Departments(ctx)
	return c, err
}

// Departments of the bureau by code, as they are called there.
func (t caseTx) Departments(ctx context.Context) (map[string]fault.Text, error) {
	rows, err := t.tx.Query(ctx, "select code, coalesce(nullif(bureau_zh, ''), title_zh), title_en from departments")
	if err != nil {
		return nil, err
	}
	by := map[string]fault.Text{}
	var code string
	var name fault.Text
	_, err = pgx.ForEachRow(rows, []any{&code, &name.ZH, &name.EN}, func() error { by[code] = name; return nil })
	return by, err
}

func (t caseTx) SelfCheck(ctx context.Context, area uuid.UUID, since time.Time) (run, score string, err error) {
	err = t.tx.QueryRow(ctx, `select run_id::text, score from score_runs where prison_id = $1 and area_id is not distinct from $2 and kind = 'self_check' and recorded_at >= $3
		order by recorded_at desc, run_id desc limit 1`, t.ses.Prison, orNull(area), since).Scan(&run, &score)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return run, score, err
}

// stepCheck is the check that the step of a case rests on, of c (prison_id, case_id, kind, step).
const stepCheck = `select k.* from checks k where k.prison_id = c.prison_id and k.case_id = c.case_id and k.kind = c.kind and k.state <> 'cancelled'
			and k.recorded_at > coalesce((select max(e.recorded_at) from case_events e
				where e.prison_id = c.prison_id and e.case_id = c.case_id and e.from_state = c.step and e.to_state <> c.step), '-infinity')
		order by k.state = 'open', k.recorded_at, k.check_id limit 1`

func (t caseTx) Check(ctx context.Context, c uuid.UUID, kind string, step lifecycle.State) (id uuid.UUID, err error) {
	err = t.tx.QueryRow(ctx, "select k.check_id from (values ($1::uuid, $2::uuid, $3::text, $4::text)) c(prison_id, case_id, kind, step) cross join lateral ("+stepCheck+") k",
		t.ses.Prison, c, kind, step).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return id, err
}

// Appeals are read of all the cases at once.
func (s Cases) Appeals(ctx context.Context, ses ledger.Session, cases []accreditation.Case, kinds map[lifecycle.State]string) (map[uuid.UUID]accreditation.Appeals, error) {
	var prisons, ids []uuid.UUID
	var of, steps []string
	for _, c := range cases {
		if kind, ok := kinds[c.State]; ok {
			prisons, ids, of, steps = append(prisons, c.Prison), append(ids, c.ID), append(of, kind), append(steps, string(c.State))
		}
	}
	by := map[uuid.UUID]accreditation.Appeals{}
	if len(ids) == 0 {
		return by, nil
	}
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select c.case_id, k.appeal_until::text, k.state = 'closed' from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) c(prison_id, case_id, kind, step) cross join lateral ("+
			stepCheck+") k where k.appeal_until is not null", prisons, ids, of, steps)
		if err != nil {
			return err
		}
		var id uuid.UUID
		var a accreditation.Appeals
		_, err = pgx.ForEachRow(rows, []any{&id, &a.Until, &a.Closed}, func() error { by[id] = a; return nil })
		return err
	})
	return by, err
}

func (t caseTx) Own(ctx context.Context, run uuid.UUID) (own string, err error) {
	err = t.tx.QueryRow(ctx, `select coalesce(convert_from(sheet, 'UTF8')::jsonb #>> '{carry,own}', score) from score_runs where prison_id = $1 and run_id = $2`,
		t.ses.Prison, run).Scan(&own)
	return own, err
}

func (t caseTx) Posted(ctx context.Context, role actor.Role, prison, area uuid.UUID, department string) ([]uuid.UUID, error) {
	rows, err := t.tx.Query(ctx, `select distinct person_id from postings where role = $1 and prison_id is not distinct from $2 and ($3::uuid is null or area_id = $3)
		and ($4 = '' or department = $4) and from_at <= app.transaction_time() and (until_at is null or until_at > app.transaction_time())`,
		string(role), orNull(prison), orNull(area), department)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

func (t caseTx) InsertCase(ctx context.Context, c accreditation.Case) error {
	standing, err := json.Marshal(c.Case)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `insert into cases (prison_id, case_id, area_id, track, previous, begun_by, salt, level, machine, standing) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		t.ses.Prison, c.ID, orNull(c.Area), c.Track, orNull(c.Previous), c.BegunBy, c.Salt, c.Level, c.Machine, standing); err != nil {
		return err
	}
	return t.note(c.Record())
}

func (t caseTx) InsertEvent(ctx context.Context, c accreditation.Case, e accreditation.Event) error {
	standing, err := json.Marshal(e.After.Case)
	if err != nil {
		return err
	}
	pin := pinOf(e.After.Pin)
	if _, err := t.exec(ctx, `insert into case_events (prison_id, case_id, seq, transition, from_state, to_state, acted_as, acted_by, reason, document, document_on, record, detail,
			level, machine, standard, version, digest, standing, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11, '')::date, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		t.ses.Prison, c.ID, e.Seq, e.Transition, e.From, e.To, e.As, orNull(e.By), e.Reason, e.Document, e.DocumentOn, e.Rests, []byte(e.Detail),
		e.After.Level, e.After.Machine, pin.standard, pin.version, pin.digest, standing, e.Salt); err != nil {
		return err
	}
	e.After.ID = c.ID
	return t.note(e.Record())
}

func (t caseTx) InsertRecord(ctx context.Context, c accreditation.Case, r accreditation.Record) error {
	if _, err := t.exec(ctx, `insert into case_records (prison_id, case_id, record_id, seq, state, kind, department, body, made_by, salt) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		t.ses.Prison, c.ID, r.ID, r.Seq, r.State, r.Kind, r.Department, []byte(r.Body), orNull(r.By), r.Salt); err != nil {
		return err
	}
	return t.note(r.Leaf(c.ID))
}

func (t caseTx) InsertConfirmation(ctx context.Context, c accreditation.Case, x accreditation.Confirmation) error {
	if _, err := t.exec(ctx, `insert into case_confirmations (prison_id, case_id, record_id, made_by, confirmed_by, salt) values ($1, $2, $3, $4, $5, $6)`,
		t.ses.Prison, c.ID, x.Record, x.MadeBy, x.By, x.Salt); err != nil {
		return err
	}
	return t.note(x.Leaf(c.ID))
}

func (t caseTx) InsertOpinions(ctx context.Context, c accreditation.Case, list []accreditation.Opinion) error {
	for _, o := range list {
		if _, err := t.exec(ctx, `insert into opinions (prison_id, case_id, seq, department, due_on) values ($1, $2, $3, $4, $5::text::date)`,
			t.ses.Prison, c.ID, o.Seq, o.Department, o.DueOn); err != nil {
			return err
		}
	}
	return nil
}

// cases as the verifier reads them: each must show its last event.
func (s *Snapshot) cases(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var c accreditation.Case
		var area, previous *uuid.UUID
		var at time.Time
		var shown bool
		if err := row.Scan(&c.ID, &area, &c.Track, &previous, &c.BegunBy, &c.Salt, &at, &shown); err != nil {
			return integrity.Row{}, err
		}
		c.Area, c.Previous = known(area), known(previous)
		wrong := ""
		if !shown {
			wrong = "the case does not show its last event"
		}
		rec, err := c.Record()
		return rowOf("cases", rec, err, at, wrong)
	}, `select c.case_id, c.area_id, c.track, c.previous, c.begun_by, c.salt, c.recorded_at,
			case when e.seq is null then c.seq = 0 and c.state = 'DRAFT' and c.standard is null
			else (c.seq, c.state, c.level, c.machine, c.standard, c.version, c.digest, c.standing) is not distinct from
				(e.seq, e.to_state, e.level, e.machine, e.standard, e.version, e.digest, e.standing) end
		from cases c left join lateral (select * from case_events e where e.prison_id = c.prison_id and e.case_id = c.case_id order by e.seq desc limit 1) e on true
		where c.prison_id = $1 order by c.case_id`, prison)
}

func (s *Snapshot) caseEvents(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var asked bool
		e, err := scanCaseEvent(row, &asked)
		if err != nil {
			return integrity.Row{}, err
		}
		wrong := ""
		if !asked {
			wrong = "the opinions asked for are not those that the act, and who asked besides, name"
		}
		rec, err := e.Record()
		return rowOf("case_events", rec, err, e.RecordedAt, wrong)
	}, "select "+caseEventColumns+`, coalesce((select jsonb_agg(jsonb_build_object('department', o.department, 'due_on', o.due_on) order by o.department)
			from opinions o where o.prison_id = e.prison_id and o.case_id = e.case_id and o.seq = e.seq), '[]')
		= coalesce((select jsonb_agg(a order by a ->> 'department') from (
			select a from jsonb_array_elements(convert_from(e.detail, 'UTF8')::jsonb -> 'asked') a union all
			select jsonb_build_object('department', r.department, 'due_on', convert_from(r.body, 'UTF8')::jsonb -> 'due_on') from case_records r
				where r.prison_id = e.prison_id and r.case_id = e.case_id and r.seq = e.seq and r.kind = 'opinion_asked') x(a)), '[]')
		from case_events e where e.prison_id = $1 order by e.case_id, e.seq`, prison)
}

func (s *Snapshot) caseRecords(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var c uuid.UUID
		var kept bool
		r, err := scanCaseRecord(row, &c, &kept)
		if err != nil {
			return integrity.Row{}, err
		}
		wrong := ""
		if !kept {
			wrong = "what the opinion was given on is not there as it was"
		}
		rec, err := r.Leaf(c)
		return rowOf("case_records", rec, err, r.RecordedAt, wrong)
	}, "select "+caseRecordColumns+`, r.case_id, r.kind <> 'opinion' or coalesce(convert_from(r.body, 'UTF8')::jsonb->>'facts', '') = '' or exists (select from opinion_facts f
			where f.prison_id = r.prison_id and f.case_id = r.case_id and 'sha256:' || encode(sha256(f.body), 'hex') = convert_from(r.body, 'UTF8')::jsonb->>'facts')
		from case_records r where r.prison_id = $1 order by r.case_id, r.record_id`, prison)
}

func (s *Snapshot) caseConfirmations(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var c uuid.UUID
		var x accreditation.Confirmation
		if err := row.Scan(&c, &x.Record, &x.MadeBy, &x.By, &x.Salt, &x.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		rec, err := x.Leaf(c)
		return rowOf("case_confirmations", rec, err, x.RecordedAt, "")
	}, "select case_id, record_id, made_by, confirmed_by, salt, recorded_at from case_confirmations where prison_id = $1 order by case_id, record_id", prison)
}
