package housetest_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/duty"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
	"taizhang/internal/scoring"
)

// measured reckons days of an area as drawn, of what a standard asks of ledgers, each of them several times
// and some beside each other.
func measured(t *testing.T, h *housetest.House, area uuid.UUID, std *scoring.Standard, draw *rand.Rand, from time.Time, days int) {
	t.Helper()
	var wg sync.WaitGroup
	defer wg.Wait()
	facts := slices.DeleteFunc(std.Facts(), func(f scoring.Fact) bool { return f.Ledger == scoring.Areas })
	gate := make(chan struct{}, 8)
	for n := range days * 4 {
		f := facts[draw.IntN(len(facts))]
		if f.Ledger == "*" {
			f.Ledger = "headcount"
		}
		day := from.AddDate(0, 0, draw.IntN(days)).Format(time.DateOnly)
		value, err := scoring.DecimalOf(big.NewRat(draw.Int64N(400), 4))
		if err != nil {
			t.Fatal(err)
		}
		wg.Add(1)
		gate <- struct{}{}
		go func() {
			defer func() { <-gate; wg.Done() }()
			err := postgres.Duties{Store: h.Store}.Reckon(t.Context(), ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}, area, f.Ledger, day, func(duty.Day) ([]scoring.DayFact, error) {
				return []scoring.DayFact{{Measure: f.Measure, Value: value, Refs: []scoring.Ref{{Kind: "entry", ID: fmt.Sprint(n)}}}}, nil
			})
			if err != nil {
				t.Error(err)
			}
		}()
	}
}

// TestSums: what is kept by quarter is what the days hold, whoever reckoned beside whom,
// and a score made of it is the score of the days, whatever the window cuts.
func TestSums(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	draw := rand.New(rand.NewPCG(7, 11))
	from := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	measured(t, h, h.Area, h.Standard, draw, from, 240)
	if n := wrongTotals(t, h); n != 0 {
		t.Errorf("%d days are otherwise than their totals say", n)
	}
	ses := ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}
	finer, err := h.Standards.Compiled(t.Context(), "ordinary-area", 2)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 40 {
		std := []*scoring.Standard{h.Standard, finer}[n%2]
		a := from.AddDate(0, 0, draw.IntN(230))
		b := a.AddDate(0, 0, draw.IntN(200))
		in := scoring.Input{From: a.Format(time.DateOnly), To: b.Format(time.DateOnly), Labour: true}
		if in.Facts, err = (postgres.Duties{Store: h.Store}).Facts(t.Context(), ses, h.Area, in.From, in.To); err != nil {
			t.Fatal(err)
		}
		days := scoring.Evaluate(std, in)
		made, err := postgres.Assessments{Store: h.Store}.Makings(t.Context(), ses, []uuid.UUID{h.Area, h.Other}, std, in.From, in.To)
		if err != nil {
			t.Fatal(err)
		}
		if len(made.Sums[h.Other]) != 0 {
			t.Errorf("the other area has %d sums", len(made.Sums[h.Other]))
		}
		in.Facts = made.Sums[h.Area]
		months := scoring.Evaluate(std, in)
		behind, err := postgres.Assessments{Store: h.Store}.Behind(t.Context(), ses, h.Area, months.Unexplained(std), in.From, in.To, 10000)
		if err != nil {
			t.Fatal(err)
		}
		months.Explain(std, behind)
		if diff := cmp.Diff(days, months); diff != "" {
			t.Errorf("%s to %s (-days +months):\n%s", in.From, in.To, diff)
		}
	}
}

// wrongTotals counts the days on which the totals, of a ledger or of all together, say
// otherwise than the facts.
func wrongTotals(t *testing.T, h *housetest.House) (n int) {
	t.Helper()
	if err := h.Owner.QueryRow(t.Context(), `with kept as (
			select prison_id, area_id, ledger, measure, quarter + n - 1 as day, totals[n] - coalesce(totals[n - 1], 0) as value
				from fact_totals, generate_series(1, cardinality(totals)) n),
		days as (select prison_id, area_id, under as ledger, measure, day, sum(value) as value from facts, unnest(array[ledger, '*']) under group by 1, 2, 3, 4, 5)
		select count(*) from kept full join days using (prison_id, area_id, ledger, measure, day) where coalesce(kept.value, 0) <> coalesce(days.value, 0)`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestTotalsTwiceAtOnce: days of one quarter, and the same day, reckoned at once add up,
// also when a measure comes or goes; reckoned again to the same they stand as they were.
func TestTotalsTwiceAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ses := ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}
	reckon := func(day string, facts ...scoring.DayFact) error {
		return postgres.Duties{Store: h.Store}.Reckon(t.Context(), ses, h.Area, "headcount", day, func(duty.Day) ([]scoring.DayFact, error) { return facts, nil })
	}
	fact := func(measure, value string) scoring.DayFact {
		v, err := scoring.ParseDecimal(value)
		if err != nil {
			t.Fatal(err)
		}
		return scoring.DayFact{Measure: measure, Value: v}
	}
	var wg sync.WaitGroup
	for round := range 6 {
		for _, day := range []string{"2026-01-01", "2026-02-28", "2026-03-31", "2026-03-31"} {
			facts := []scoring.DayFact{fact("entries", fmt.Sprint(round+1)), fact("due", "0.25")}
			if round%2 == 1 {
				facts = []scoring.DayFact{fact("late", "2"), fact("entries", "3.5")}
			}
			wg.Go(func() {
				if err := reckon(day, facts...); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if n := wrongTotals(t, h); n != 0 {
		t.Errorf("%d days are otherwise than their totals say", n)
	}
	at := func() (s string) {
		if err := h.Owner.QueryRow(t.Context(), "select string_agg(xmin::text || ctid::text || totals::text, ' ' order by measure, quarter) from fact_totals").Scan(&s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	for range 2 {
		if err := reckon("2026-03-31", fact("entries", "9")); err != nil {
			t.Fatal(err)
		}
	}
	before := at()
	if err := reckon("2026-03-31", fact("entries", "9")); err != nil {
		t.Fatal(err)
	}
	if after := at(); after != before {
		t.Errorf("a day reckoned to the same wrote totals:\n%s\n%s", before, after)
	}
	if err := reckon("2026-03-31"); err != nil {
		t.Fatal(err)
	}
	if n := wrongTotals(t, h); n != 0 {
		t.Errorf("%d days are otherwise after all facts of one went", n)
	}
}

// TestTotalsWalls: whoever sees the scores of one area adds up that one, and who sees
// none adds up nothing.
func TestTotalsWalls(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	v, err := scoring.ParseDecimal("2")
	if err != nil {
		t.Fatal(err)
	}
	for _, area := range []uuid.UUID{h.Area, h.Other} {
		err := postgres.Duties{Store: h.Store}.Reckon(t.Context(), ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}, area, "duty-log", "2026-03-31",
			func(duty.Day) ([]scoring.DayFact, error) { return []scoring.DayFact{{Measure: "due", Value: v}}, nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		scores string
		want   []uuid.UUID
	}{{"", nil}, {h.Area.String(), []uuid.UUID{h.Area}}, {uuid.NewString(), nil}, {h.Prison.String(), []uuid.UUID{h.Area, h.Other}}, {"*", []uuid.UUID{h.Area, h.Other}}} {
		made, err := postgres.Assessments{Store: h.Store}.Makings(t.Context(), ledger.Session{Prison: h.Prison, Scope: ledger.Scope{"scores": c.scores}},
			[]uuid.UUID{h.Area, h.Other}, h.Standard, "2026-01-01", "2026-04-01")
		if err != nil {
			t.Fatal(err)
		}
		if len(made.Sums) != len(c.want) {
			t.Errorf("scores of %q: %d areas, want %d", c.scores, len(made.Sums), len(c.want))
		}
		for _, a := range c.want {
			if len(made.Sums[a]) == 0 {
				t.Errorf("scores of %q: nothing of %s", c.scores, a)
			}
		}
	}
}

// TestTotalsLedgersAtOnce: ledgers of one area reckoned at once, each with the same
// measures, add up in what they have together and none gives up.
func TestTotalsLedgersAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ses := ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}
	measures := []string{"due", "entries", "filled", "late", "ontime"}
	var wg sync.WaitGroup
	for round := range 4 {
		for at, ledgerID := range []string{"duty-log", "headcount", "cell-body-search"} {
			var facts []scoring.DayFact
			for i := range measures { // each ledger names them in another order
				v, err := scoring.DecimalOf(big.NewRat(int64(round+1), 4))
				if err != nil {
					t.Fatal(err)
				}
				facts = append(facts, scoring.DayFact{Measure: measures[(i+at)%len(measures)], Value: v})
			}
			wg.Go(func() {
				err := postgres.Duties{Store: h.Store}.Reckon(t.Context(), ses, h.Area, ledgerID, "2026-02-10", func(duty.Day) ([]scoring.DayFact, error) { return facts, nil })
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if n := wrongTotals(t, h); n != 0 {
		t.Errorf("%d days are otherwise than their totals say", n)
	}
	var rows int
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from fact_totals where ledger = '*'").Scan(&rows); err != nil || rows != len(measures) {
		t.Errorf("%d measures of all together: %v", rows, err)
	}
}
