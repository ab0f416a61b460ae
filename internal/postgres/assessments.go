package postgres

import (
	"context"
	"errors"
	"math/big"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/assessment"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Assessments keeps what scores are made of (assessment.Store).
type Assessments struct{ *Store }

var _ assessment.Store = Assessments{}

func (s Assessments) read(ctx context.Context, ses ledger.Session, fn func(pgx.Tx) error) error {
	return s.Read(ctx, ses, func(r ledger.Reader) error { return fn(r.(*txn).tx) })
}

// Areas lists the areas of a prison by code.
func (s Assessments) Areas(ctx context.Context, prison uuid.UUID) ([]ledger.Area, error) {
	return Duties{s.Store}.Areas(ctx, prison)
}

// Makings reads all of one moment.
func (s Assessments) Makings(ctx context.Context, ses ledger.Session, areas []uuid.UUID, std *scoring.Standard, from, to string) (assessment.Makings, error) {
	var m assessment.Makings
	err := s.read(ctx, ses, func(tx pgx.Tx) (err error) {
		m, err = makings(ctx, tx, ses.Prison, areas, std, from, to)
		return err
	})
	return m, err
}

// Sums reads what the areas' ledgers come to.
func (s Assessments) Sums(ctx context.Context, ses ledger.Session, areas []uuid.UUID, std *scoring.Standard, from, to string) (by map[uuid.UUID][]scoring.DayFact, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		if err := plannedOnce(ctx, tx); err != nil {
			return err
		}
		by, err = sums(ctx, tx, ses.Prison, areas, std, from, to)
		return err
	})
	return by, err
}

// Explained reads both in one snapshot.
func (s Assessments) Explained(ctx context.Context, ses ledger.Session, area uuid.UUID, std *scoring.Standard, from, to string, limit int, weigh func(assessment.Makings) []scoring.Fact) ([]scoring.DayFact, error) {
	var list []scoring.DayFact
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		m, err := makings(ctx, tx, ses.Prison, []uuid.UUID{area}, std, from, to)
		if err != nil {
			return err
		}
		list, err = behind(ctx, tx, ses.Prison, area, weigh(m), from, to, limit)
		return err
	})
	return list, err
}

func makings(ctx context.Context, tx pgx.Tx, prison uuid.UUID, areas []uuid.UUID, std *scoring.Standard, from, to string) (m assessment.Makings, err error) {
	if err := plannedOnce(ctx, tx); err != nil {
		return m, err
	}
	if m.Sums, err = sums(ctx, tx, prison, areas, std, from, to); err != nil {
		return m, err
	}
	if m.Findings, err = findings(ctx, tx, prison, areas, from, to); err != nil {
		return m, err
	}
	if m.Met, err = metAt(ctx, tx, "c.area_id = any($6)", prison, std.ID, std.Version, from, to, areas); err != nil {
		return m, err
	}
	m.Rulings, err = rulingsOf(ctx, tx, prison, areas)
	return m, err
}

// plannedOnce keeps the plans of what follows in the transaction. Of lists as long as what a standard
// asks for the database thinks a plan for any list dearer than one made anew each time, which costs
// as much as the reading.
func plannedOnce(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "set local plan_cache_mode = force_generic_plan")
	return err
}

// between subtracts the running totals of one measure: of a quarter before the first day
// there are none, and after the last one no more.
const between = `(select sum(f.totals[least(span.b - f.quarter + 1, cardinality(f.totals))] - coalesce(f.totals[span.a - f.quarter], 0)) from fact_totals f
	where f.prison_id = $1 and f.area_id = unit.area and f.ledger = asked.ledger and f.measure = asked.measure
		and f.quarter between date_trunc('quarter', span.a::timestamp)::date and span.b)`

// sums looks up each measure by itself, so that the plan is the same whatever the
// database expects to find.
func sums(ctx context.Context, tx pgx.Tx, prison uuid.UUID, areas []uuid.UUID, std *scoring.Standard, from, to string) (map[uuid.UUID][]scoring.DayFact, error) {
	months, err := monthsOf(from, to)
	if err != nil {
		return nil, err
	}
	by := map[uuid.UUID][]scoring.DayFact{}
	monthly, window := std.FactsByPeriod()
	for _, part := range []struct {
		asked []scoring.Fact
		spans spans
	}{{window, spans{[]string{from}, []string{to}}}, {monthly, months}} {
		if len(part.asked) == 0 {
			continue
		}
		ledgers, measures := make([]string, len(part.asked)), make([]string, len(part.asked))
		for i, f := range part.asked {
			ledgers[i], measures[i] = f.Ledger, f.Measure
		}
		// Lateral: asked for in the list and in the condition it would be looked up twice.
		rows, err := tx.Query(ctx, `select unit.area, asked.ledger, asked.measure, span.a::text, sum.value::text
			from unnest($2::uuid[]) unit(area), unnest($3::text[], $4::text[]) asked(ledger, measure), unnest($5::date[], $6::date[]) span(a, b),
				lateral `+between+` sum(value) where sum.value is not null`,
			prison, areas, ledgers, measures, part.spans.from, part.spans.to)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var area uuid.UUID
			var f scoring.DayFact
			var value string
			if err := rows.Scan(&area, &f.Ledger, &f.Measure, &f.Day, &value); err != nil {
				return nil, err
			}
			if f.Value, err = scoring.ParseDecimal(value); err != nil {
				return nil, err
			}
			by[area] = append(by[area], f)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	for _, list := range by {
		if err := rest(list); err != nil {
			return nil, err
		}
	}
	return by, nil
}

// rest puts in the place of what all ledgers have together, under "", what is not
// listed of one by name: scoring adds all together again.
func rest(list []scoring.DayFact) error {
	type span struct{ measure, day string }
	named := map[span]*big.Rat{}
	for _, f := range list {
		if f.Ledger == "*" {
			continue
		}
		at := span{f.Measure, f.Day}
		if named[at] == nil {
			named[at] = new(big.Rat)
		}
		named[at].Add(named[at], f.Value.Rat())
	}
	for i, f := range list {
		if f.Ledger != "*" {
			continue
		}
		list[i].Ledger = ""
		if sum := named[span{f.Measure, f.Day}]; sum != nil {
			var err error
			if list[i].Value, err = scoring.DecimalOf(sum.Sub(f.Value.Rat(), sum)); err != nil {
				return err
			}
		}
	}
	return nil
}

// spans of days, both included.
type spans struct{ from, to []string }

// monthsOf cuts what lies between two days into its months.
func monthsOf(from, to string) (spans, error) {
	var s spans
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return s, err
	}
	last, err := time.Parse(time.DateOnly, to)
	if err != nil {
		return s, err
	}
	for a := first; !a.After(last); {
		next := a.AddDate(0, 1, 1-a.Day())
		b := next.AddDate(0, 0, -1)
		if b.After(last) {
			b = last
		}
		s.from, s.to = append(s.from, a.Format(time.DateOnly)), append(s.to, b.Format(time.DateOnly))
		a = next
	}
	return s, nil
}

// split parts what is asked of one ledger from what is asked of all together.
func split(asked []scoring.Fact) (ledgers, measures, together []string) {
	ledgers, measures, together = []string{}, []string{}, []string{}
	for _, f := range asked {
		if f.Ledger == "*" {
			together = append(together, f.Measure)
			continue
		}
		ledgers, measures = append(ledgers, f.Ledger), append(measures, f.Measure)
	}
	return ledgers, measures, together
}

// Behind reads the days that have references, the newest first.
func (s Assessments) Behind(ctx context.Context, ses ledger.Session, area uuid.UUID, asked []scoring.Fact, from, to string, limit int) ([]scoring.DayFact, error) {
	var list []scoring.DayFact
	err := s.read(ctx, ses, func(tx pgx.Tx) (err error) {
		list, err = behind(ctx, tx, ses.Prison, area, asked, from, to, limit)
		return err
	})
	return list, err
}

func behind(ctx context.Context, tx pgx.Tx, prison, area uuid.UUID, asked []scoring.Fact, from, to string, limit int) ([]scoring.DayFact, error) {
	if len(asked) == 0 {
		return []scoring.DayFact{}, nil
	}
	ledgers, measures, together := split(asked)
	rows, err := tx.Query(ctx, `select under, measure, day::text, value::text, refs from (
				select a.ledger as under, a.ledger, a.measure, f.* from unnest($3::text[], $4::text[]) a(ledger, measure), lateral (
					select day, value, refs from facts where prison_id = $1 and area_id = $2 and ledger = a.ledger and measure = a.measure
						and day between $6::date and $7::date and refs <> '[]' order by day desc limit $8) f
				union all
				select '*', f.ledger, a.measure, f.day, f.value, f.refs from unnest($5::text[]) a(measure), lateral (
					select ledger, day, value, refs from facts where prison_id = $1 and area_id = $2 and measure = a.measure
						and day between $6::date and $7::date and refs <> '[]' order by day desc, ledger limit $8) f
			) found order by found.day, ledger, under, measure`,
		prison, area, ledgers, measures, together, from, to, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanFact)
}

// Carried reads it from the unit's case, if it holds a title.
func (s Assessments) Carried(ctx context.Context, ses ledger.Session, area uuid.UUID) (*assessment.Carried, error) {
	c := &assessment.Carried{}
	var amount string
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select case_id, convert_from(standing, 'UTF8')::jsonb ->> 'carry' from cases
			where prison_id = $1 and area_id = $2 and state in ('NAMED', 'RECHECK') and convert_from(standing, 'UTF8')::jsonb ->> 'carry' <> '0' limit 1`,
			ses.Prison, area).Scan(&c.Case, &amount)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		c.Amount, err = scoring.ParseDecimal(amount)
	}
	return c, err
}
