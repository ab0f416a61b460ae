package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

// Calls are what counts as service: not in a unit's own checks, nor in those that were called off. Each
// is of where the person served when they were called.
const callsSQL = `calls as (select m.person_id, coalesce(m.drawn_from, app.home(m.person_id, m.recorded_at)) as home, c.from_day, c.to_day, c.state
		from check_members m join checks c on c.prison_id = m.prison_id and c.check_id = m.check_id where c.kind <> 'self_check' and c.state <> 'cancelled'),
	turns as (select home, count(*) as n from calls group by home),
	served as (select person_id, count(*) as n, max(from_day) as last from calls group by person_id)`

// Postings that are held now: neither over nor only to begin.
const (
	heldSQL = `i.person_id = p.person_id and i.from_at <= app.transaction_time() and (i.until_at is null or i.until_at > app.transaction_time())`
	poolSQL = `exists (select from postings i where i.role = 'inspector' and ` + heldSQL + `)`
)

// The word that counts, and the spans that were not called off.
const (
	skilledSQL = `left join lateral (select n, domains from inspector_skills s where s.person_id = p.person_id order by n desc limit 1) s on true`
	standsSQL  = `a.calls_off is null and not exists (select from inspector_aways o where o.person_id = a.person_id and o.calls_off = a.n)`
	todaySQL   = `(app.transaction_time() at time zone 'Asia/Shanghai')::date`
)

// Candidates lists who may be called: those of the prison whose people were called least, of them who was
// called least, and longest ago, and then by lot.
func (s Checks) Candidates(ctx context.Context, ses ledger.Session, q inspection.Sought) (list []inspection.Candidate, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		return t.asProgram(ctx, func() error { // how often and when, whatever check it was
			rows, err := t.tx.Query(ctx, `with `+callsSQL+`,
				pool as (select p.person_id, p.number, p.name, app.home(p.person_id) as home, exists (select from postings o where o.person_id = p.person_id and o.prison_id = $1) as own,
						coalesce(s.domains, '{}') as skills
					from persons p `+skilledSQL+` where case when $2 then exists (select from postings i where i.prison_id = $1 and `+heldSQL+`) else `+poolSQL+` end
						and ($4::uuid[] is null or p.person_id = any($4)) and (starts_with(p.number, $3) or starts_with(p.name, $3)) and ($7::text[] is null or s.domains && $7))
				select p.person_id, p.number, p.name, p.own, p.home, coalesce(t.n, 0), coalesce(c.n, 0), coalesce(c.last::text, ''), p.skills,
					coalesce((select max(a.to_day)::text from inspector_aways a where a.person_id = p.person_id and a.from_day <= $6::text::date and a.to_day >= $5::text::date and `+standsSQL+`), ''),
					p.person_id in (select person_id from calls where state = 'open' and from_day <= $6::text::date and to_day >= $5::text::date)
				from pool p left join turns t on t.home is not distinct from p.home left join served c on c.person_id = p.person_id
				order by p.own = $2 desc, coalesce(t.n, 0), coalesce(c.n, 0), c.last nulls first, sha256(convert_to($8 || '/' || p.number, 'UTF8')) limit 300`,
				ses.Prison, q.Own, q.Said, q.People, q.From, q.To, q.Skilled, q.Lot)
			if err != nil {
				return err
			}
			list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c inspection.Candidate, err error) {
				var home *uuid.UUID
				err = row.Scan(&c.Person, &c.Number, &c.Name, &c.Own, &home, &c.Turns, &c.Served, &c.Last, &c.Skills, &c.AwayTo, &c.Engaged)
				c.Prison = known(home)
				return c, err
			})
			return err
		})
	})
	return list, err
}

// Turns of every prison, the bureau's own people last.
func (s Checks) Turns(ctx context.Context, ses ledger.Session) (list []inspection.Turn, err error) {
	err = s.read(ctx, ses, func(t *txn) error {
		return t.asProgram(ctx, func() error {
			rows, err := t.tx.Query(ctx, `with `+callsSQL+`, pool as (select app.home(p.person_id) as home, count(*) as n from persons p where `+poolSQL+` group by 1)
				select h.prison_id, coalesce(p.n, 0), coalesce(t.n, 0) from (select prison_id, code from prisons union all select null, null) h
					left join pool p on p.home is not distinct from h.prison_id left join turns t on t.home is not distinct from h.prison_id order by h.code nulls last`)
			if err != nil {
				return err
			}
			list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (x inspection.Turn, err error) {
				var home *uuid.UUID
				err = row.Scan(&home, &x.People, &x.Served)
				x.Prison = known(home)
				return x, err
			})
			return err
		})
	})
	return list, err
}

// Inspectors of the pool, or the one.
func (s Checks) Inspectors(ctx context.Context, ses ledger.Session, person uuid.UUID) (list []inspection.Inspector, err error) {
	err = s.read(ctx, ses, func(t *txn) error { list, err = t.inspectors(ctx, person); return err })
	return list, err
}

func (t *txn) inspectors(ctx context.Context, person uuid.UUID) (list []inspection.Inspector, err error) {
	at := map[uuid.UUID]int{}
	err = t.asProgram(ctx, func() error {
		rows, err := t.tx.Query(ctx, `with `+callsSQL+` select p.person_id, p.number, p.name, h.prison_id, coalesce(s.n, 0), coalesce(s.domains, '{}'),
				(select coalesce(max(n), 0) from inspector_aways a where a.person_id = p.person_id),
				coalesce(c.n, 0), coalesce(c.last::text, '')
			from persons p `+skilledSQL+` left join served c on c.person_id = p.person_id left join prisons h on h.prison_id = app.home(p.person_id) where `+poolSQL+` and ($1::uuid is null or p.person_id = $1)
			order by h.code nulls last, p.number limit 2000`, orNull(person))
		if err != nil {
			return err
		}
		if list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (i inspection.Inspector, err error) {
			var home *uuid.UUID
			err = row.Scan(&i.Person, &i.Number, &i.Name, &home, &i.SkillsSeen, &i.Skills, &i.AwaySeen, &i.Served, &i.Last)
			i.Prison, i.Away, i.Tasks = known(home), []inspection.Away{}, []inspection.Assignment{}
			return i, err
		}); err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(list))
		for k, i := range list {
			ids[k], at[i.Person] = i.Person, k
		}
		return t.assignments(ctx, ids, "and c.state = 'open' and c.to_day >= "+todaySQL, func(of uuid.UUID, a inspection.Assignment) {
			list[at[of]].Tasks = append(list[at[of]].Tasks, a)
		})
	})
	if err != nil {
		return nil, err
	}
	err = t.aways(ctx, person, "a.to_day >= "+todaySQL+" and "+standsSQL+" order by a.from_day, a.n", func(of uuid.UUID, a inspection.Away) {
		if k, ok := at[of]; ok {
			list[k].Away = append(list[k].Away, a)
		}
	})
	return list, err
}

// assignments of people, the latest first.
func (t *txn) assignments(ctx context.Context, people []uuid.UUID, where string, each func(uuid.UUID, inspection.Assignment)) error {
	rows, err := t.tx.Query(ctx, `select m.person_id, c.check_id, c.prison_id, c.area_id, c.kind, c.from_day::text, c.to_day::text, c.state, m.leader, coalesce(s.domains, '{}')
		from check_members m join checks c on c.prison_id = m.prison_id and c.check_id = m.check_id
			left join inspector_skills s on s.person_id = m.person_id and s.n = m.skill_n
		where m.person_id = any($1) `+where+` order by c.from_day desc, c.recorded_at desc, c.check_id limit 5000`, people)
	if err != nil {
		return err
	}
	var of uuid.UUID
	var area *uuid.UUID
	var a inspection.Assignment
	_, err = pgx.ForEachRow(rows, []any{&of, &a.Check, &a.Prison, &area, &a.Kind, &a.From, &a.To, &a.State, &a.Leader, &a.Skills}, func() error {
		a.Area = known(area)
		each(of, a)
		return nil
	})
	return err
}

// aways of one, or of all who are in sight.
func (t *txn) aways(ctx context.Context, person uuid.UUID, where string, each func(uuid.UUID, inspection.Away)) error {
	rows, err := t.tx.Query(ctx, `select a.person_id, a.n, a.from_day::text, a.to_day::text, a.reason, w.name, a.recorded_at,
			coalesce((select o.reason from inspector_aways o where o.person_id = a.person_id and o.calls_off = a.n), '')
		from inspector_aways a join persons w on w.person_id = a.author where ($1::uuid is null or a.person_id = $1) and a.calls_off is null and `+where, orNull(person))
	if err != nil {
		return err
	}
	var of uuid.UUID
	var a inspection.Away
	_, err = pgx.ForEachRow(rows, []any{&of, &a.N, &a.From, &a.To, &a.Reason, &a.ByName, &a.RecordedAt, &a.CalledOff}, func() error {
		each(of, a)
		return nil
	})
	return err
}

// Assignments of somebody to whatever check, the latest first.
func (s Checks) Assignments(ctx context.Context, ses ledger.Session, person uuid.UUID) ([]inspection.Assignment, error) {
	list := []inspection.Assignment{}
	err := s.read(ctx, ses, func(t *txn) error {
		return t.asProgram(ctx, func() error {
			return t.assignments(ctx, []uuid.UUID{person}, "", func(_ uuid.UUID, a inspection.Assignment) { list = append(list, a) })
		})
	})
	return list, err
}

// Words on somebody's skills, and the days on which they were to be away, the latest first.
func (s Checks) Words(ctx context.Context, ses ledger.Session, person uuid.UUID) (words []inspection.Skilled, list []inspection.Away, err error) {
	words, list = []inspection.Skilled{}, []inspection.Away{}
	err = s.read(ctx, ses, func(t *txn) error {
		rows, err := t.tx.Query(ctx, "select s.n, s.domains, w.name, s.recorded_at from inspector_skills s join persons w on w.person_id = s.author where s.person_id = $1 order by s.n desc", person)
		if err != nil {
			return err
		}
		if words, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (w inspection.Skilled, err error) {
			err = row.Scan(&w.N, &w.Domains, &w.ByName, &w.RecordedAt)
			return w, err
		}); err != nil {
			return err
		}
		return t.aways(ctx, person, "true order by a.n desc", func(_ uuid.UUID, a inspection.Away) { list = append(list, a) })
	})
	return words, list, err
}

// ofPool runs one write about somebody and answers with what then stands; the database lets the next row in, and no other.
func (s Checks) ofPool(ctx context.Context, ses ledger.Session, idem ledger.Idem, person uuid.UUID, sql string, args ...any) (out inspection.Inspector, err error) {
	err = s.writeProvince(ctx, ses, idem, &out, func(t *txn) error {
		if _, err := t.exec(ctx, sql, append([]any{person, ses.Person}, args...)...); err != nil {
			return err
		}
		list, err := t.inspectors(ctx, person)
		out, err = theOnly(list, err)
		return err
	})
	return out, err
}

// AddSkills inserts the next word.
func (s Checks) AddSkills(ctx context.Context, ses ledger.Session, idem ledger.Idem, person uuid.UUID, n int, domains []string) (inspection.Inspector, error) {
	return s.ofPool(ctx, ses, idem, person, "insert into inspector_skills (person_id, author, n, domains) values ($1, $2, $3, $4)", n, domains)
}

// AddAway inserts a span.
func (s Checks) AddAway(ctx context.Context, ses ledger.Session, idem ledger.Idem, person uuid.UUID, a inspection.Away) (inspection.Inspector, error) {
	return s.ofPool(ctx, ses, idem, person, "insert into inspector_aways (person_id, author, n, from_day, to_day, reason) values ($1, $2, $3, $4::text::date, $5::text::date, $6)", a.N, a.From, a.To, a.Reason)
}

// EndAway calls one off.
func (s Checks) EndAway(ctx context.Context, ses ledger.Session, idem ledger.Idem, person uuid.UUID, n, span int, reason string) (inspection.Inspector, error) {
	return s.ofPool(ctx, ses, idem, person, "insert into inspector_aways (person_id, author, n, calls_off, reason) values ($1, $2, $3, $4, $5)", n, span, reason)
}

// poolSays is what a member's leaf covers besides: from where they are called, and the word on their skills.
func (t *txn) poolSays(ctx context.Context, m *inspection.Member) error {
	var home *uuid.UUID
	err := t.tx.QueryRow(ctx, "select app.home(p.person_id), coalesce(s.n, 0), coalesce(s.domains, '{}') from persons p "+skilledSQL+" where p.person_id = $1", m.Person).Scan(&home, &m.SkillN, &m.Skills)
	m.From = known(home)
	return err
}
