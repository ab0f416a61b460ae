package postgres

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// manned is a person of a roster as the column holds it.
type manned struct {
	Person uuid.UUID `json:"person"`
	Post   string    `json:"post"`
}

// AddRosters inserts the next version of each shift's list. Who is named is
// posted in the prison; one that is not is a field of bad_roster.
func (s Duties) AddRosters(ctx context.Context, ses ledger.Session, idem ledger.Idem, list []duty.Roster) ([]duty.Roster, error) {
	var out []duty.Roster
	err := s.write(ctx, ses, idem, &out, func(t *txn) error {
		known, err := t.posted(ctx, ses.Prison, list)
		if err != nil {
			return err
		}
		out = out[:0]
		for _, r := range list {
			// What the caller saw is still the newest: a gap would hide a version.
			var newest int
			if err := t.tx.QueryRow(ctx, "select coalesce(max(version), 0) from rosters where prison_id = $1 and area_id = $2 and day = $3::text::date and shift = $4",
				ses.Prison, r.Area, r.Day, r.Shift).Scan(&newest); err != nil {
				return err
			}
			if newest != r.Version-1 {
				return fault.New(fault.Stale, "changed_meanwhile").With("day", r.Day).With("shift", r.Shift)
			}
			people := make([]manned, len(r.People))
			named := make([]duty.OnDuty, len(r.People))
			for i, p := range r.People {
				named[i] = known[p.Number]
				named[i].Post = p.Post
				people[i] = manned{named[i].Person, p.Post}
			}
			r.People = named
			if _, err := t.exec(ctx, `insert into rosters (prison_id, area_id, day, shift, version, people, set_by, salt)
				values ($1, $2, $3::text::date, $4, $5, $6, $7, $8)`, ses.Prison, r.Area, r.Day, r.Shift, r.Version, people, r.By, r.Salt); err != nil {
				return err
			}
			if err := t.note(r.Record()); err != nil {
				return err
			}
			out = append(out, r)
		}
		return nil
	})
	return out, err
}

func (t *txn) posted(ctx context.Context, prison uuid.UUID, list []duty.Roster) (map[string]duty.OnDuty, error) {
	var numbers []string
	for _, r := range list {
		for _, p := range r.People {
			numbers = append(numbers, p.Number)
		}
	}
	rows, err := t.tx.Query(ctx, `select p.person_id, p.number, p.name from persons p where p.number = any($2)
		and exists (select from postings o where o.person_id = p.person_id and o.prison_id = $1 and (o.until_at is null or o.until_at > app.transaction_time()))`, prison, numbers)
	if err != nil {
		return nil, err
	}
	known := map[string]duty.OnDuty{}
	var p duty.OnDuty
	if _, err := pgx.ForEachRow(rows, []any{&p.Person, &p.Number, &p.Name}, func() error { known[p.Number] = p; return nil }); err != nil {
		return nil, err
	}
	var bad []fault.Field
	for i, r := range list {
		for j, p := range r.People {
			if known[p.Number].Number == "" {
				bad = append(bad, fault.Field{Pointer: fmt.Sprintf("/rosters/%d/people/%d/number", i, j), Code: "unknown",
					Text: fault.Text{ZH: "本监狱没有警号为 " + p.Number + " 的民警", EN: "Nobody of this prison has the number " + p.Number}})
			}
		}
	}
	if len(bad) > 0 {
		return nil, fault.InvalidFields("bad_roster", bad)
	}
	return known, nil
}

// Rosters reads the newest version of each shift; where nobody set one, what the
// duty roster's connector delivered, as version 0.
func (s Duties) Rosters(ctx context.Context, ses ledger.Session, area uuid.UUID, from, to string, shifts []catalog.Shift) (list []duty.Roster, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		list, err = rosters(ctx, tx, ses.Prison, area, from, to, shifts)
		return err
	})
	return list, err
}

// OnDuty as in ledger.Reader.
func (t *txn) OnDuty(ctx context.Context, prison, area uuid.UUID, day string, shift catalog.Shift) ([]catalog.OnDuty, error) {
	list, err := rosters(ctx, t.tx, prison, area, day, day, []catalog.Shift{shift})
	if err != nil {
		return nil, mapped(err)
	}
	var out []catalog.OnDuty
	for _, r := range list {
		if r.Shift == shift.ID {
			for _, p := range r.People {
				out = append(out, catalog.OnDuty{Number: p.Number, Leader: p.Post == "leader"})
			}
		}
	}
	return out, nil
}

// rosters lists the leaders of a shift first.
func rosters(ctx context.Context, tx pgx.Tx, prison, area uuid.UUID, from, to string, shifts []catalog.Shift) ([]duty.Roster, error) {
	// Another system calls the shifts what people do.
	var names, ids []string
	for _, s := range shifts {
		names, ids = append(names, s.Title.ZH, s.Title.EN), append(ids, s.ID, s.ID)
	}
	rows, err := tx.Query(ctx, `with set as (
			select distinct on (r.day, r.shift) r.area_id, r.day, r.shift, r.version, r.people from rosters r
			where r.prison_id = $1 and r.area_id = $2 and r.day between $3::text::date and $4::text::date
			order by r.day, r.shift, r.version desc
		), told as (
			select distinct d.area_id, d.day, coalesce(s.id, d.shift) as shift, d.person_id from delivered_rosters d
			left join unnest($5::text[], $6::text[]) as s(name, id) on s.name = d.shift
			where d.prison_id = $1 and d.area_id = $2 and d.day between $3::text::date and $4::text::date
		), lists as (
			select * from set
			union all
			select d.area_id, d.day, d.shift, 0, jsonb_agg(jsonb_build_object('person', d.person_id, 'post', 'officer') order by p.number)
			from told d join persons p on p.person_id = d.person_id
			where not exists (select from set where set.day = d.day and set.shift = d.shift)
			group by d.area_id, d.day, d.shift
		)
		select area_id, day::text, shift, version, coalesce((
			select jsonb_agg(jsonb_build_object('number', p.number, 'name', p.name, 'post', m->>'post') order by m->>'post' <> 'leader', n)
			from jsonb_array_elements(people) with ordinality as one(m, n) join persons p on p.person_id = (m->>'person')::uuid), '[]')
		from lists order by day, shift`, prison, area, from, to, names, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (duty.Roster, error) {
		var r duty.Roster
		err := row.Scan(&r.Area, &r.Day, &r.Shift, &r.Version, &r.People)
		return r, err
	})
}

// rosters as the verifier reads them.
func (s *Snapshot) rosters(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var r duty.Roster
		var people []manned
		var at time.Time
		if err := row.Scan(&r.Area, &r.Day, &r.Shift, &r.Version, &people, &r.By, &r.Salt, &at); err != nil {
			return integrity.Row{}, err
		}
		for _, m := range people {
			r.People = append(r.People, duty.OnDuty{Person: m.Person, Post: m.Post})
		}
		rec, err := r.Record()
		return rowOf("rosters", rec, err, at, "")
	}, `select area_id, day::text, shift, version, people, set_by, salt, recorded_at from rosters where prison_id = $1 order by area_id, day, shift, version`, prison)
}
