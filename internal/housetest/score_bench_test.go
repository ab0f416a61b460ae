package housetest_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/housetest"
)

// perDay is how many entries an area files on a day, in a third of its ledgers.
const perDay = 40

// halfYear is the window of the standards, and a little more.
const halfYear = 190

func knob(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// lay fills areas with what entries of so many days come to: a third of the ledgers that
// the standard asks have, every day, what is asked of them and what every ledger has, and
// every thirtieth day what costs points, with the entries behind it. Areas are alike. The
// owner lays it, without keys and indexes until it is there: what is measured is reading.
func lay(b *testing.B, h *housetest.House, prisons, areas, days int) []uuid.UUID {
	b.Helper()
	do := func(sql string, args ...any) {
		b.Helper()
		if _, err := h.Owner.Exec(b.Context(), sql, args...); err != nil {
			b.Fatal(err)
		}
	}
	ids := make([]uuid.UUID, prisons)
	for i := range ids {
		ids[i] = uuid.New()
		do("insert into prisons (prison_id, code, name_zh, name_en, opened_at) values ($1, $2, '监狱', 'prison', now())", ids[i], fmt.Sprintf("B%d", i))
		do("insert into log_heads (prison_id) values ($1)", ids[i])
	}
	do(`insert into areas (prison_id, area_id, code, name_zh, name_en, kind, function, has_labour)
		select ($1::uuid[])[1 + n % cardinality($1)], gen_random_uuid(), 'B' || n, '监区', 'area', 'ordinary', 'residential', true from generate_series(0, $2 - 1) n`, ids, areas)
	var ledgers, measures []string
	costly := []string{"unfilled", "late", "missing", "backfilled", "slow_48h"}
	for _, d := range h.Standard.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				for _, f := range slices.Concat(l.Count, l.Of, l.Per) {
					if f.Ledger != "*" {
						ledgers, measures = append(ledgers, f.Ledger), append(measures, f.Measure)
					}
					if len(l.Count) > 0 || l.Form == "above" {
						costly = append(costly, f.Measure)
					}
				}
			}
		}
	}
	do("set session_replication_role = replica")
	do("alter table facts drop constraint facts_pkey")
	do("drop index facts_day, facts_refs, facts_newest")
	do(`insert into facts (prison_id, area_id, ledger, day, measure, value, refs)
		with named as (select distinct * from unnest($1::text[], $2::text[]) n(ledger, measure)),
			kept as (select *, measure = any($3) as costly, dense_rank() over (order by ledger) as at from
				(select * from named union select l.ledger, m from (select distinct ledger from named) l, unnest('{due,filled,unfilled,ontime,late,missing,backfilled,entries,decided_48h,decided_48h_due,slow_48h}'::text[]) m) x)
		select a.prison_id, a.area_id, k.ledger, d::date, k.measure, case when k.costly then 1 else 4 end,
			case when k.costly then jsonb_build_array(jsonb_build_object('kind', 'entry', 'id', gen_random_uuid())) else '[]' end
		from areas a, generate_series(now() - make_interval(days => $4), now(), interval '1 day') d, kept k
		where a.code = 'B0' and (k.at + (d::date - date '2000-01-01')) % case when k.costly then 30 else 3 end = 0`, ledgers, measures, costly, days)
	do(`insert into fact_totals select prison_id, area_id, quarter, under, measure,
			array(select coalesce(sum(v) filter (where at <= n), 0) from unnest(ats, vs) u(at, v), generate_series(1, (quarter + interval '3 months')::date - quarter) n group by n order by n)
		from (select prison_id, area_id, date_trunc('quarter', day)::date as quarter, under, measure,
			array_agg(day - date_trunc('quarter', day)::date + 1) as ats, array_agg(value) as vs from facts, unnest(array[ledger, '*']) under group by 1, 2, 3, 4, 5) q`)
	for table, columns := range map[string]string{"facts": "ledger, day, measure, value, refs", "fact_totals": "quarter, ledger, measure, totals"} {
		do(fmt.Sprintf(`insert into %[1]s (prison_id, area_id, %[2]s) select a.prison_id, a.area_id, %[2]s from areas a, %[1]s laid
			where a.code like 'B%%' and a.code <> 'B0'`, table, columns))
	}
	do("alter table facts add primary key (prison_id, area_id, ledger, day, measure)")
	do("create index facts_day on facts (prison_id, area_id, day)")
	do("create index facts_refs on facts (prison_id, area_id, ledger, measure, day) where refs <> '[]'")
	do("create index facts_newest on facts (prison_id, area_id, measure, day desc, ledger) where refs <> '[]'")
	do("set session_replication_role = origin")
	do("analyze facts")
	do("analyze fact_totals")
	return ids
}

// selfChecked gives every area a self-check that was kept today, as large as one with all its references is.
func selfChecked(b *testing.B, h *housetest.House, prison uuid.UUID) {
	b.Helper()
	office := h.As(b.Context(), "bureau office")
	list, err := h.Assessment.Scores(office, prison)
	if err != nil || len(list) == 0 {
		b.Fatalf("%d areas: %v", len(list), err)
	}
	r, err := h.Assessment.Checked(office, prison, assessment.Checked{Area: list[0].Area.ID, Kind: assessment.SelfCheck, Standard: h.Standard, AsOf: catalog.DayOf(time.Now())})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := h.Owner.Exec(b.Context(), `insert into score_runs (prison_id, run_id, area_id, kind, standard, version, engine, as_of, input, sheet, score, passes, made_by, salt, standard_digest)
		select a.prison_id, gen_random_uuid(), a.area_id, 'self_check', $1, $2, $3, $4::text::date, '', $5, $6, $7, p.person_id, sha256('')::bytea, decode(substr($8, 8), 'hex')
		from areas a, (select person_id from persons limit 1) p where a.code like 'B%'`,
		r.Standard, r.Version, r.Engine, r.AsOf, []byte(r.Sheet), r.Score.String(), r.Passes, r.Digest); err != nil {
		b.Fatal(err)
	}
	b.Logf("a sheet of %d KiB", len(r.Sheet)>>10)
}

// processor is how long processors worked so far, for this process and for the server
// of the houses: beside others on the same machine it says more than a clock. 0 where the
// system does not tell.
func processor(b *testing.B, houses ...*housetest.House) (sum time.Duration) {
	b.Helper()
	pids := []int{os.Getpid()}
	for _, h := range houses {
		rows, err := h.Owner.Query(b.Context(), "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
		if err != nil {
			b.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[int])
		if err != nil {
			b.Fatal(err)
		}
		pids = append(pids, list...)
	}
	for _, pid := range pids {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
		for _, file := range threads {
			raw, _ := os.ReadFile(file)
			ran, _, _ := strings.Cut(string(raw), " ")
			n, _ := strconv.ParseInt(ran, 10, 64)
			sum += time.Duration(n)
		}
	}
	return sum
}

// province scores every prison, as many at a time as there are processors.
func province(ctx context.Context, h *housetest.House, prisons []uuid.UUID) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, p := range prisons {
		g.Go(func() error {
			_, err := h.Assessment.Scores(ctx, p)
			return err
		})
	}
	return g.Wait()
}

// BenchmarkScore scores one area, and all of a province, as a page asks for it. The
// limits are 10 ms and 2 s, with 30 prisons and 700 areas; PRISONS and AREAS may say
// otherwise.
func BenchmarkScore(b *testing.B) {
	h := housetest.New(b)
	prisons := lay(b, h, knob("PRISONS", 30), knob("AREAS", 700), halfYear)
	selfChecked(b, h, prisons[0])
	office := h.As(b.Context(), "bureau office")
	list, err := h.Assessment.Scores(office, prisons[0])
	if err != nil || len(list) == 0 {
		b.Fatalf("%d areas: %v", len(list), err)
	}
	var select1 time.Duration
	for _, part := range []struct {
		name string
		do   func() error
	}{
		{"select", func() error { _, err := h.Owner.Exec(b.Context(), "select 1"); return err }},
		{"area", func() error { _, _, err := h.Assessment.Score(office, prisons[0], list[0].Area.ID); return err }},
		{"standing", func() error { _, err := h.Assessment.Scores(office, prisons[0]); return err }},
		{"province", func() error { return province(office, h, prisons) }},
		{"screening", func() error { _, err := h.Cases.Screening(office); return err }},
	} {
		b.Run(part.name, func(b *testing.B) {
			var times []time.Duration
			before := processor(b, h)
			for b.Loop() {
				began := time.Now()
				if err := part.do(); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(began))
			}
			worked := processor(b, h) - before
			p50 := spread(b, times, select1)
			b.ReportMetric(float64(times[0].Microseconds())/1000, "min-ms")
			b.ReportMetric(float64(worked.Microseconds())/1000/float64(len(times)), "cpu-ms")
			select1 = cmp.Or(select1, p50)
		})
	}
}

// BenchmarkGrowth scores the same in two houses by turns: in one with FEW entries of half
// a year, and in one with MANY of two years in more prisons, all areas one after the
// other, so that none is at hand because it was just read. Its result is the ratio of
// the medians; the limit is 1.2. A hundredth of it does not show a plan that was chosen
// for expecting too little.
func BenchmarkGrowth(b *testing.B) {
	type side struct {
		h       *housetest.House
		office  context.Context
		prisons []uuid.UUID
		entries int
		areas   [][2]uuid.UUID
	}
	// Two areas a prison in both houses: a prison's scores cost by its areas.
	build := func(entries, days int) *side {
		prisons := max(1, entries/(2*perDay*days))
		s := &side{h: housetest.New(b), entries: prisons * 2 * perDay * days}
		s.prisons, s.office = lay(b, s.h, prisons, prisons*2, days), s.h.As(b.Context(), "bureau office")
		for _, p := range s.prisons {
			list, err := s.h.Assessment.Scores(s.office, p)
			if err != nil || len(list) != 2 {
				b.Fatalf("%d areas: %v", len(list), err)
			}
			for _, st := range list {
				s.areas = append(s.areas, [2]uuid.UUID{p, st.Area.ID})
			}
		}
		return s
	}
	few, many := build(knob("FEW", 100_000), halfYear), build(knob("MANY", 10_000_000), 4*halfYear)
	for _, part := range []struct {
		name string
		do   func(*side, int) error
	}{
		{"area", func(s *side, n int) error {
			at := s.areas[n%len(s.areas)]
			_, _, err := s.h.Assessment.Score(s.office, at[0], at[1])
			return err
		}},
		{"prison", func(s *side, n int) error {
			_, err := s.h.Assessment.Scores(s.office, s.prisons[n%len(s.prisons)])
			return err
		}},
	} {
		b.Run(part.name, func(b *testing.B) {
			var spent [2]time.Duration
			var times [2][]time.Duration
			for n := 0; b.Loop(); n++ {
				for i, s := range []*side{few, many} {
					before, began := processor(b, s.h), time.Now()
					if err := part.do(s, n); err != nil {
						b.Fatal(err)
					}
					times[i] = append(times[i], time.Since(began))
					spent[i] += processor(b, s.h) - before
				}
			}
			slices.Sort(times[0])
			p50 := spread(b, times[1], 0)
			at := times[0][len(times[0])/2]
			b.ReportMetric(float64(at.Microseconds())/1000, "few-p50-ms")
			b.ReportMetric(float64(p50)/float64(at), "ratio")
			b.ReportMetric(float64(spent[1])/float64(spent[0]), "cpu-ratio")
			b.ReportMetric(float64(many.entries)/float64(few.entries), "x-entries")
		})
	}
}
