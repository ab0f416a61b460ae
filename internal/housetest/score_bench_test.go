package housetest_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/housetest"
)

// provinces are as many areas as there are, each with half a year of facts of every
// measure that the standard asks for; 700 of them in 30 prisons unless AREAS and PRISONS
// say otherwise. They are laid by the owner: what is measured is reading.
func provinces(b *testing.B, h *housetest.House) []uuid.UUID {
	b.Helper()
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
		return otherwise
	}
	prisons := make([]uuid.UUID, number("PRISONS", 30))
	do := func(sql string, args ...any) {
		b.Helper()
		if _, err := h.Owner.Exec(b.Context(), sql, args...); err != nil {
			b.Fatal(err)
		}
	}
	for i := range prisons {
		prisons[i] = uuid.New()
		do("insert into prisons (prison_id, code, name_zh, name_en, opened_at) values ($1, $2, '监狱', 'prison', now())", prisons[i], fmt.Sprintf("B%d", i))
		do("insert into log_heads (prison_id) values ($1)", prisons[i])
	}
	do(`insert into areas (prison_id, area_id, code, name_zh, name_en, kind, function, has_labour)
		select ($1::uuid[])[1 + n % cardinality($1)], gen_random_uuid(), 'B' || n, '监区', 'area', 'ordinary', 'residential', true from generate_series(0, $2 - 1) n`, prisons, number("AREAS", 700))
	var ledgers, measures []string
	for _, f := range h.Standard.Facts() {
		if f.Ledger == "*" {
			f.Ledger = "area-meeting"
		}
		ledgers, measures = append(ledgers, f.Ledger), append(measures, f.Measure)
	}
	do(`insert into facts (prison_id, area_id, ledger, day, measure, value, refs)
		select a.prison_id, a.area_id, f.ledger, d::date, f.measure, 1, '[]' from areas a, (select distinct * from unnest($1::text[], $2::text[]) x(ledger, measure)) f,
			generate_series(now() - interval '190 days', now(), interval '1 day') d where a.code like 'B%'`, ledgers, measures)
	do("insert into fact_months select prison_id, area_id, date_trunc('month', day)::date, ledger, measure, sum(value) from facts group by 1, 2, 3, 4, 5")
	do("analyze facts")
	do("analyze fact_months")
	return prisons
}

// BenchmarkScore scores one area, and all of a province, as a page asks for it. The
// limits of the issue are 10 ms and 2 s.
func BenchmarkScore(b *testing.B) {
	h := housetest.New(b)
	prisons := provinces(b, h)
	office := h.As(b.Context(), "bureau office")
	list, err := h.Assessment.Scores(office, prisons[0])
	if err != nil || len(list) == 0 {
		b.Fatalf("%d areas: %v", len(list), err)
	}
	var select1 time.Duration
	b.Run("select", func(b *testing.B) {
		var times []time.Duration
		for b.Loop() {
			began := time.Now()
			if _, err := h.Owner.Exec(b.Context(), "select 1"); err != nil {
				b.Fatal(err)
			}
			times = append(times, time.Since(began))
		}
		select1 = spread(b, times, 0)
	})
	b.Run("area", func(b *testing.B) {
		var times []time.Duration
		for b.Loop() {
			began := time.Now()
			if _, _, err := h.Assessment.Score(office, prisons[0], list[0].Area.ID); err != nil {
				b.Fatal(err)
			}
			times = append(times, time.Since(began))
		}
		spread(b, times, select1)
	})
	b.Run("province", func(b *testing.B) {
		var times []time.Duration
		for b.Loop() {
			began := time.Now()
			for _, p := range prisons {
				if _, err := h.Assessment.Scores(office, p); err != nil {
					b.Fatal(err)
				}
			}
			times = append(times, time.Since(began))
		}
		spread(b, times, select1)
	})
}
