package housetest_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/assessment"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
	"taizhang/internal/scoring"
)

// everyRow counts the rows of every table, and how far every log goes.
func everyRow(t *testing.T, h *housetest.House) (n int) {
	t.Helper()
	if err := h.Owner.QueryRow(t.Context(), `select sum((xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', c.relname), false, true, '')))[1]::text::int)
		from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// owe plans so many duties of a ledger today, whose deadline passed a minute ago.
func owe(t *testing.T, h *housetest.House, ledgerID string, n int) {
	t.Helper()
	if _, err := h.Owner.Exec(t.Context(), `insert into duties (prison_id, area_id, ledger, period, target, duty_id, starts_at, ends_at, planned_due_at, day, due_at)
		select $1, $2, $3, 'today', n, gen_random_uuid(), now() - interval '2 days', now() + interval '1 hour', now() - interval '1 minute', $4::text::date, now() - interval '1 minute'
		from generate_series(1, $5::int) n`, h.Prison, h.Area, ledgerID, today(), n); err != nil {
		t.Fatal(err)
	}
	if err := h.Duty.Refresh(t.Context(), h.Prison, h.Area, ledgerID, today()); err != nil {
		t.Fatal(err)
	}
}

// refreshed reckons every day that a job was queued for.
func refreshed(t *testing.T, h *housetest.House) {
	t.Helper()
	var days []ledger.DayTouched
	if err := h.Owner.QueryRow(t.Context(), "select coalesce(json_agg(distinct args::jsonb), '[]') from river_job where kind = 'day_touched'").Scan(&days); err != nil {
		t.Fatal(err)
	}
	for _, d := range days {
		if err := h.Duty.Refresh(t.Context(), d.Prison, d.Area, d.Ledger, d.Day); err != nil {
			t.Fatal(err)
		}
	}
}

type factAt struct{ Ledger, Measure, Day string }

// factsNow is what the facts of the area say.
func factsNow(t *testing.T, h *housetest.House) map[factAt]string {
	t.Helper()
	list, err := postgres.Duties{Store: h.Store}.Facts(t.Context(), ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}, h.Area, "2000-01-01", "2999-01-01")
	if err != nil {
		t.Fatal(err)
	}
	m := map[factAt]string{}
	for _, f := range list {
		m[factAt{f.Ledger, f.Measure, f.Day}] = f.Value.String()
	}
	return m
}

func thin(sheet *scoring.Sheet) *scoring.Sheet {
	for i := range sheet.Domains {
		sheet.Domains[i].Indicators = nil
	}
	return sheet
}

// TestSupposeEntries: entries filed, approved, returned or voided in supposition cost what
// they cost when it is done, to the fact, and nothing of the supposition is kept.
func TestSupposeEntries(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	owe(t, h, "cell-body-search", 3)
	owe(t, h, "tool-hazmat", 1)
	first := h.Submitted(t)
	second := h.Submitted(t)
	refreshed(t, h)
	signed := func(e ledger.Entry) {
		t.Helper()
		out := ledger.Outcome{Entry: e}
		var err error
		for _, who := range []string{"duty leader", "area head"} {
			if out, err = approve(h, t, who, out.Entry); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, step := range []struct {
		name  string
		moves bool // the score
		w     []ledger.Supposed
		do    func()
	}{
		{"one approved", false, []ledger.Supposed{{Entry: first.Entry, As: ledger.Approved}}, func() { signed(first) }},
		{"one returned", true, []ledger.Supposed{{Entry: second.Entry, As: ledger.Returned}}, func() {
			if _, err := h.Ledger.Return(h.As(ctx, "duty leader"), second.Key, ledger.Judgement{Digest: *second.Digest, Comment: "请补充"}, ledger.Idem{}); err != nil {
				t.Fatal(err)
			}
		}},
		{"one voided", true, []ledger.Supposed{{Entry: first.Entry, As: ledger.Voided}}, func() { voided(t, h, first) }},
		{"one filed", true, []ledger.Supposed{{Ledger: "cell-body-search", Document: h.Search()}}, func() { signed(h.Submitted(t)) }},
		{"one filed that says nothing", true, []ledger.Supposed{{Ledger: "tool-hazmat", At: time.Now()}}, func() {
			out, err := h.Ledger.Nil(h.As(ctx, "officer"), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "tool-hazmat"}, time.Now(), ledger.Idem{})
			if err == nil {
				_, err = approve(h, t, "duty leader", out.Entry)
			}
			if err != nil {
				t.Fatal(err)
			}
		}},
		{"two filed", true, []ledger.Supposed{{Ledger: "cell-body-search", Document: h.Search()}, {Ledger: "cell-body-search", Document: h.Search()}}, func() {
			signed(h.Submitted(t))
			signed(h.Submitted(t))
		}},
	} {
		before, rows, score := factsNow(t, h), everyRow(t, h), scored(t, h).Score
		supposed, err := h.Assessment.Suppose(h.As(ctx, "warden"), h.Prison, h.Area, assessment.Supposed{Entries: step.w})
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		var gains []scoring.DayFact
		if err := h.Ledger.Suppose(h.As(ctx, "warden"), h.Prison, h.Area, step.w, func(tx ledger.Tx, days []ledger.DayTouched) (err error) {
			gains, err = h.Duty.Gains(ctx, tx, h.Area, days)
			return err
		}); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if n := everyRow(t, h); n != rows {
			t.Errorf("%s: %d rows were kept", step.name, n-rows)
		}
		if diff := gocmp.Diff(before, factsNow(t, h)); diff != "" {
			t.Errorf("%s changed facts:\n%s", step.name, diff)
		}
		step.do()
		refreshed(t, h)
		if diff := gocmp.Diff(factsNow(t, h), with(t, before, gains)); diff != "" {
			t.Errorf("%s (-done +supposed):\n%s", step.name, diff)
		}
		real := thin(scored(t, h))
		if diff := gocmp.Diff(real, supposed.After); diff != "" {
			t.Errorf("%s, its score (-done +supposed):\n%s", step.name, diff)
		}
		if (len(supposed.Changes) > 0) != step.moves || score.Equal(real.Score) == step.moves {
			t.Errorf("%s: %d changes between %s and %s", step.name, len(supposed.Changes), score, real.Score)
		}
	}
}

// with adds gains to what facts hold; what is nothing is none.
func with(t *testing.T, held map[factAt]string, gains []scoring.DayFact) map[factAt]string {
	t.Helper()
	m := map[factAt]string{}
	for at, v := range held {
		m[at] = v
	}
	for _, g := range gains {
		at := factAt{g.Ledger, g.Measure, g.Day}
		v, err := scoring.DecimalOf(exact(t, cmp.Or(m[at], "0")).Rat())
		if err != nil {
			t.Fatal(err)
		}
		v.Rat().Add(v.Rat(), g.Value.Rat())
		if m[at] = v.String(); v.Rat().Sign() == 0 {
			delete(m, at)
		}
	}
	return m
}

// TestSupposeRefused: what an entry cannot become is not supposed either, nor what its
// ledger would not take, nor an entry that the asker does not see.
func TestSupposeRefused(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	e := h.Submitted(t)
	rows := everyRow(t, h)
	for _, tt := range []struct {
		who  string
		w    ledger.Supposed
		code string
	}{
		{"area head", ledger.Supposed{Entry: e.Entry, As: ledger.Voided}, "state_forbids"},
		{"area head", ledger.Supposed{Entry: e.Entry, As: ledger.Draft}, "bad_supposition"},
		{"area head", ledger.Supposed{Entry: e.Entry}, "bad_supposition"},
		{"area head", ledger.Supposed{Entry: e.Entry, As: ledger.Approved, Ledger: "duty-log"}, "bad_supposition"},
		{"area head", ledger.Supposed{Entry: uuid.New(), As: ledger.Approved}, "not_found"},
		{"area head", ledger.Supposed{Ledger: "sunshine", At: time.Now()}, "ledger_unknown"},
		{"area head", ledger.Supposed{Ledger: "duty-log"}, "bad_supposition"},
		{"area head", ledger.Supposed{Ledger: "cell-body-search", Document: json.RawMessage(`{"search_kind":"cell"}`)}, "invalid_document"},
		{"area head", ledger.Supposed{Ledger: "cell-body-search", At: time.Now().AddDate(-1, 0, 0)}, "period_expired"},
		{"area head elsewhere", ledger.Supposed{Entry: e.Entry, As: ledger.Approved}, "forbidden"},
	} {
		_, err := h.Assessment.Suppose(h.As(ctx, tt.who), h.Prison, h.Area, assessment.Supposed{Entries: []ledger.Supposed{tt.w}})
		if fault.CodeOf(err) != tt.code {
			t.Errorf("%s supposes %+v: %v, want %s", tt.who, tt.w, err, tt.code)
		}
	}
	if _, err := h.Assessment.Suppose(h.As(ctx, "area head elsewhere"), h.Prison, h.Other, assessment.Supposed{Entries: []ledger.Supposed{{Entry: e.Entry, As: ledger.Approved}}}); fault.CodeOf(err) != "not_found" {
		t.Errorf("an entry of another area: %v", err)
	}
	if n := everyRow(t, h); n != rows {
		t.Errorf("%d rows were kept", n-rows)
	}
}

// TestSupposedAsFiled: filing is supposed by the rules of a real one, and refused by its codes.
func TestSupposedAsFiled(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	officer, now := h.As(ctx, "officer"), time.Now()
	suppose := func(list ...ledger.Supposed) string {
		_, err := h.Assessment.Suppose(h.As(ctx, "area head"), h.Prison, h.Area, assessment.Supposed{Entries: list})
		if err != nil && fault.CodeOf(err) == "" {
			t.Error(err)
		}
		return fault.CodeOf(err)
	}
	same := func(name, code string, real error, list ...ledger.Supposed) {
		t.Helper()
		if got := suppose(list...); got != code || fault.CodeOf(real) != code {
			t.Errorf("%s: supposed %q, done %v, want %q", name, got, real, code)
		}
	}
	of := func(id string) ledger.New { return ledger.New{Prison: h.Prison, Area: h.Area, Ledger: id} }
	begun := func(n ledger.New) error { _, err := h.Ledger.Create(officer, n, ledger.Idem{}); return err }
	returned := func(at time.Time) error {
		_, err := h.Ledger.Nil(officer, of("tool-hazmat"), at, ledger.Idem{})
		return err
	}
	tools := func(at time.Time) ledger.Supposed { return ledger.Supposed{Ledger: "tool-hazmat", At: at} }
	if err := h.Duty.Plan(ctx, h.Prison, now.Add(-72*time.Hour), now.Add(48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	same("a ledger of kitchens", "not_for_area", begun(of("kitchen-hygiene")), ledger.Supposed{Ledger: "kitchen-hygiene", At: now})
	same("what it says", "not_for_area", begun(of("kitchen-hygiene")), ledger.Supposed{Ledger: "kitchen-hygiene", Document: json.RawMessage("{}")})
	same("no ledger", "ledger_unknown", begun(of("nope")), ledger.Supposed{Ledger: "nope", At: now})
	same("a shift ahead", "period_not_begun", returned(now.Add(30*time.Hour)), tools(now.Add(30*time.Hour)))
	long := of("complaint-rights")
	long.For = now.AddDate(-1, 0, 0)
	same("a year ago", "period_expired", begun(long), ledger.Supposed{Ledger: "complaint-rights", At: long.For})
	if got := suppose(ledger.Supposed{Ledger: "complaint-rights", At: now.AddDate(0, 0, 2)}); got != "invalid_document" {
		t.Errorf("what has not happened: %q", got)
	}
	if got := suppose(tools(now), tools(now)); got != "period_filed" {
		t.Errorf("one shift twice: %q", got)
	}
	if got := suppose(tools(now), tools(now.Add(-24*time.Hour))); got != "" {
		t.Errorf("two shifts: %q", got)
	}
	if err := returned(now); err != nil {
		t.Fatal(err)
	}
	same("a shift that is filed", "period_filed", returned(now), tools(now))
	// What happens as it happens is due in no period, and its chain hangs on what it says.
	complaint := ledger.Supposed{Ledger: "complaint-rights", At: now}
	if got := suppose(complaint, complaint); got != "" {
		t.Errorf("complaints: %q", got)
	}
	three := slices.Repeat([]ledger.Supposed{{Ledger: "headcount", At: now}}, 3)
	if got := suppose(three...); got != "" {
		t.Errorf("three of a shift that wants three: %q", got)
	}
	if got := suppose(append(three, three[0])...); got != "period_filed" {
		t.Errorf("four of three: %q", got)
	}
}

// TestSupposedInItsPlace: of what is filed already one more is due when it would be voided.
func TestSupposedInItsPlace(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	owe(t, h, "cell-body-search", 1)
	e := approved(t, h)
	again := ledger.Supposed{Ledger: "cell-body-search", At: time.Now()}
	for code, list := range map[string][]ledger.Supposed{"period_filed": {again}, "": {again, {Entry: e.Entry, As: ledger.Voided}}} {
		_, err := h.Assessment.Suppose(h.As(t.Context(), "area head"), h.Prison, h.Area, assessment.Supposed{Entries: list})
		if fault.CodeOf(err) != code || code == "" && err != nil {
			t.Errorf("%d supposed: %v, want %q", len(list), err, code)
		}
	}
}

// TestSupposedOfEach: of what is owed of each inmate, one that says nothing fills what one about
// somebody fills, and no more of them can come than are owed.
func TestSupposedOfEach(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	for _, number := range []string{"0000000001", "0000000002"} {
		exec(t, h, "insert into inmates (prison_id, inmate_no, name, area_id, admitted_on) values ($1, $2, '张三', $3, '2020-01-01')", h.Prison, number, h.Area)
	}
	if err := h.Duty.Plan(ctx, h.Prison, time.Now().Add(-time.Hour), time.Now()); err != nil {
		t.Fatal(err)
	}
	talk := ledger.Supposed{Ledger: "individual-talk", At: time.Now()}
	for n, code := range []string{"", "", "", "period_filed"} {
		filled := ""
		err := h.Ledger.Suppose(h.As(ctx, "area head"), h.Prison, h.Area, slices.Repeat([]ledger.Supposed{talk}, n), func(tx ledger.Tx, days []ledger.DayTouched) error {
			gains, err := h.Duty.Gains(ctx, tx, h.Area, days)
			for _, g := range gains {
				if g.Measure == "filled" {
					filled = g.Value.String()
				}
			}
			return err
		})
		if fault.CodeOf(err) != code || code == "" && (err != nil || n > 0 && filled != itoa(n)) {
			t.Errorf("%d of two: %v, filled %q", n, err, filled)
		}
	}
}

// TestSupposeAtOnce: many suppose the same entries beside somebody who really decides; all
// get an answer, and the decision stands.
func TestSupposeAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	var list []ledger.Supposed
	for range 3 {
		list = append(list, ledger.Supposed{Entry: h.Submitted(t).Entry, As: ledger.Returned})
	}
	decided := h.Submitted(t)
	var wg sync.WaitGroup
	for n := range 4 {
		w := slices.Clone(list)
		if n%2 == 1 {
			slices.Reverse(w)
		}
		wg.Go(func() {
			if _, err := h.Assessment.Suppose(h.As(ctx, "area head"), h.Prison, h.Area, assessment.Supposed{Entries: w}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Go(func() {
		if _, err := approve(h, t, "duty leader", decided); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	for _, w := range list {
		e := get(t, h, ledger.Entry{Key: ledger.Key{Prison: h.Prison, Entry: w.Entry}})
		if e.Entry.State != ledger.Submitted {
			t.Errorf("an entry is %s", e.Entry.State)
		}
	}
}
