package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
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

// whole is the months that lie entirely between two days: from the first's begin to
// before the second's, the same where there is none.
func whole(from, to string) (begin, end string, err error) {
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return "", "", err
	}
	last, err := time.Parse(time.DateOnly, to)
	if err != nil {
		return "", "", err
	}
	month := func(t time.Time) time.Time { return t.AddDate(0, 0, 1-t.Day()) }
	b := month(first)
	if b.Before(first) {
		b = b.AddDate(0, 1, 0)
	}
	e := month(last.AddDate(0, 0, 1))
	if e.Before(b) {
		e = b
	}
	return catalog.DayOf(b), catalog.DayOf(e), nil
}

// The day a sum stands on: the first of the window, or of the month within it.
const (
	overall = "$8::text::date"
	byMonth = "greatest(month, $8::text::date)"
)

// Sums reads whole months as they are kept, and of the months that the window cuts
// the days. What is asked of all ledgers together comes ledger by ledger: scoring adds
// it up.
func (s Assessments) Sums(ctx context.Context, ses ledger.Session, areas []uuid.UUID, std *scoring.Standard, from, to string) (map[uuid.UUID][]scoring.DayFact, error) {
	begin, end, err := whole(from, to)
	if err != nil {
		return nil, err
	}
	sums := map[uuid.UUID][]scoring.DayFact{}
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		monthly, window := std.FactsByPeriod()
		for month, asked := range map[string][]scoring.Fact{overall: window, byMonth: monthly} {
			if len(asked) == 0 {
				continue
			}
			ledgers, measures, together := split(asked)
			rows, err := tx.Query(ctx, `select area_id, ledger, measure, (`+month+`)::text, sum(value)::text from (
					select area_id, ledger, measure, month, value from fact_months
						where prison_id = $1 and area_id = any($2) and month >= $6::text::date and month < $7::text::date
					union all
					select area_id, ledger, measure, date_trunc('month', day)::date, value from facts
						where prison_id = $1 and area_id = any($2) and day between $8::text::date and $9::text::date and not (day >= $6::text::date and day < $7::text::date)
				) parts where measure = any($5) or (ledger, measure) in (select * from unnest($3::text[], $4::text[]))
				group by 1, 2, 3, 4`, ses.Prison, areas, ledgers, measures, together, begin, end, from, to)
			if err != nil {
				return err
			}
			for rows.Next() {
				var area uuid.UUID
				var f scoring.DayFact
				var value string
				if err := rows.Scan(&area, &f.Ledger, &f.Measure, &f.Day, &value); err != nil {
					return err
				}
				// Asked of all ledgers together it may come by month as well.
				if month == overall && slices.Contains(monthly, scoring.Fact{Ledger: f.Ledger, Measure: f.Measure}) {
					continue
				}
				if f.Value, err = scoring.ParseDecimal(value); err != nil {
					return err
				}
				sums[area] = append(sums[area], f)
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return sums, err
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
	ledgers, measures, together := split(asked)
	list := []scoring.DayFact{}
	if len(asked) == 0 {
		return list, nil
	}
	err := s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `with asked as (select * from unnest($3::text[], $4::text[]) a(ledger, measure)),
			found as (
				select f.ledger as under, f.ledger, f.measure, f.day, f.value, f.refs from facts f join asked using (ledger, measure)
					where f.prison_id = $1 and f.area_id = $2 and f.day between $6::text::date and $7::text::date and f.refs <> '[]'
				union all
				select '*', ledger, measure, day, value, refs from facts
					where prison_id = $1 and area_id = $2 and measure = any($5) and day between $6::text::date and $7::text::date and refs <> '[]'
			),
			ranked as (select *, row_number() over (partition by under, measure order by day desc, ledger) as n from found)
			select under, measure, day::text, value::text, refs from ranked where n <= $8 order by day, ledger, under, measure`,
			ses.Prison, area, ledgers, measures, together, from, to, limit)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanFact)
		return err
	})
	return list, err
}
