package housetest_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// checking is the inspector with a grant for the prison.
func checking(ctx context.Context, h *housetest.House) context.Context {
	a := h.Person("inspector")
	a.Grants = []actor.Grant{{PrisonID: h.Prison, From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)}}
	return actor.With(ctx, a)
}

func exact(t *testing.T, s string) *scoring.Decimal {
	t.Helper()
	d, err := scoring.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

func scored(t *testing.T, h *housetest.House) *scoring.Sheet {
	t.Helper()
	sheet, _, err := h.Assessment.Score(h.As(t.Context(), "warden"), h.Prison, h.Area)
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func spotted(t *testing.T, h *housetest.House, line string, count int) {
	t.Helper()
	if _, err := h.Assessment.AddFinding(checking(t.Context(), h), h.Prison, assessment.NewFinding{Area: h.Area, Line: line, Day: catalog.DayOf(time.Now()), Count: count, Note: "现场发现"}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
}

// TestRuling: what does not apply is asked for by the unit and decided by the bureau; what
// a line costs is adjusted by the bureau's people, two of them; nobody sets a total.
func TestRuling(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	spotted(t, h, "YJ-02.missing", 2) // −10
	today, later := catalog.DayOf(time.Now()), catalog.DayOf(time.Now().AddDate(0, 6, 0))
	exclude := assessment.Ruling{Area: h.Area, Kind: assessment.Exclude, Target: "LD-01", FromDay: today, ToDay: later, Reason: "老病残监区，无劳动"}
	override := assessment.Ruling{Area: h.Area, Kind: assessment.Override, Target: "YJ-02.missing", Amount: exact(t, "5"), FromDay: today, ToDay: later, Reason: "一间为临时改造"}
	ask := func(who context.Context, r assessment.Ruling) (assessment.Ruling, error) {
		return h.Assessment.AskRuling(who, h.Prison, r, ledger.Idem{})
	}
	decide := func(who context.Context, id uuid.UUID, verdict string) error {
		_, err := h.Assessment.DecideRuling(who, h.Prison, id, verdict, "经核实", ledger.Idem{})
		return err
	}
	if _, err := ask(h.As(ctx, "area head"), override); fault.CodeOf(err) != "forbidden" {
		t.Errorf("the unit adjusts its own score: %v", err)
	}
	if _, err := ask(h.As(ctx, "officer"), exclude); fault.CodeOf(err) != "forbidden" {
		t.Errorf("an officer asks: %v", err)
	}
	a, err := ask(h.As(ctx, "area head"), exclude)
	if err != nil {
		t.Fatal(err)
	}
	if err := decide(h.As(ctx, "warden"), a.ID, "grant"); fault.CodeOf(err) != "forbidden" {
		t.Errorf("the prison decides: %v", err)
	}
	if got := scored(t, h).Display; got != "990.00" {
		t.Errorf("before anything is decided: %s", got)
	}
	b, err := ask(h.As(ctx, "bureau office"), override)
	if err != nil {
		t.Fatal(err)
	}
	if err := decide(h.As(ctx, "bureau office"), b.ID, "grant"); fault.CodeOf(err) != "forbidden" && fault.CodeOf(err) != "own_entry" {
		t.Errorf("one person alone: %v", err)
	}
	for _, id := range []uuid.UUID{a.ID, b.ID} {
		if err := decide(h.As(ctx, "second bureau office"), id, "grant"); err != nil {
			t.Fatal(err)
		}
	}
	sheet := scored(t, h)
	if sheet.Applies.String() != "965" || sheet.Deducted.String() != "5" {
		t.Errorf("%s of %s", sheet.Deducted, sheet.Applies)
	}
	for _, d := range sheet.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				if l.ID == "YJ-02.missing" && (l.Override == nil || l.Override.Computed.String() != "10" || l.Override.Reason != override.Reason) {
					t.Errorf("the computed amount is not beside: %+v", l.Override)
				}
			}
		}
	}
	if err := decide(h.As(ctx, "second bureau office"), b.ID, "revoke"); err != nil {
		t.Fatal(err)
	}
	if got := scored(t, h).Deducted.String(); got != "10" {
		t.Errorf("after it was revoked: %s", got)
	}
	for name, tt := range map[string]struct {
		r  assessment.Ruling
		at string
	}{
		"no such indicator":   {assessment.Ruling{Area: h.Area, Kind: assessment.Exclude, Target: "XX-99", FromDay: today, ToDay: later, Reason: "无"}, "/target"},
		"a line to exclude":   {assessment.Ruling{Area: h.Area, Kind: assessment.Exclude, Target: "LD-01.fatal", FromDay: today, ToDay: later, Reason: "无"}, "/target"},
		"more than it has":    {assessment.Ruling{Area: h.Area, Kind: assessment.Override, Target: "YJ-02.missing", Amount: exact(t, "26"), FromDay: today, ToDay: later, Reason: "无"}, "/amount"},
		"a third":             {assessment.Ruling{Area: h.Area, Kind: assessment.Override, Target: "YJ-02.missing", Amount: exact(t, "1/3"), FromDay: today, ToDay: later, Reason: "无"}, "/amount"},
		"ends before it does": {assessment.Ruling{Area: h.Area, Kind: assessment.Exclude, Target: "LD-01", FromDay: later, ToDay: today, Reason: "无"}, "/to_day"},
		"no reason":           {assessment.Ruling{Area: h.Area, Kind: assessment.Exclude, Target: "LD-01", FromDay: today, ToDay: later, Reason: " "}, "/reason"},
	} {
		_, err := ask(h.As(ctx, "bureau office"), tt.r)
		f, ok := err.(*fault.Error)
		if !ok || f.Code != "bad_ruling" || f.Fields[0].Pointer != tt.at {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRulingsAtOnce: of two rulings on one item granted at once, one is in force.
func TestRulingsAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	today := catalog.DayOf(time.Now())
	var ids []uuid.UUID
	for range 2 {
		r, err := h.Assessment.AskRuling(h.As(ctx, "area head"), h.Prison, assessment.Ruling{Area: h.Area, Kind: assessment.Exclude, Target: "LD-01", FromDay: today, ToDay: today, Reason: "无劳动"}, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i, id := range ids {
		wg.Go(func() {
			_, errs[i] = h.Assessment.DecideRuling(h.As(ctx, "bureau office"), h.Prison, id, "grant", "属实", ledger.Idem{})
		})
	}
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || fault.CodeOf(errs[0])+fault.CodeOf(errs[1]) != "ruling_overlaps" {
		t.Errorf("%v, %v", errs[0], errs[1])
	}
	errs = make([]error, 2)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = h.Assessment.DecideRuling(h.As(ctx, "bureau office"), h.Prison, ids[0], "revoke", "不属实", ledger.Idem{})
		})
	}
	wg.Wait()
	if errs[0] == nil && errs[1] == nil {
		t.Error("revoked twice")
	}
}

// TestRunReplays: a kept run gives the same bytes again, whatever became of the facts since.
func TestRunReplays(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	reckon(t, h, "duty-log", map[string]string{"due": "30", "filled": "29", "unfilled": "1", "backfilled": "1"})
	spotted(t, h, "JG-02.video", 1)
	if _, err := h.Assessment.Keep(h.As(ctx, "officer"), h.Prison, h.Area, assessment.SelfCheck, ledger.Idem{}); fault.CodeOf(err) != "forbidden" {
		t.Errorf("an officer keeps a run: %v", err)
	}
	// The unit's own people alone check themselves.
	for _, who := range []string{"prison office", "bureau office"} {
		if _, err := h.Assessment.Keep(h.As(ctx, who), h.Prison, h.Area, assessment.SelfCheck, ledger.Idem{}); fault.CodeOf(err) != "forbidden" {
			t.Errorf("%s makes the unit's self-check: %v", who, err)
		}
	}
	if _, err := h.Assessment.Keep(checking(ctx, h), h.Prison, h.Area, assessment.SelfCheck, ledger.Idem{}); fault.CodeOf(err) != "forbidden" {
		t.Errorf("an inspector makes the unit's self-check: %v", err)
	}
	kept, err := h.Assessment.Keep(h.As(ctx, "area head"), h.Prison, h.Area, assessment.SelfCheck, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if want := scored(t, h).Score; !kept.Score.Equal(want) {
		t.Errorf("kept %s, the live score is %s", kept.Score, want)
	}
	reckon(t, h, "duty-log", map[string]string{"due": "30", "filled": "3", "unfilled": "27"})
	spotted(t, h, "YJ-02.missing", 2)
	run, same, err := h.Assessment.Run(h.As(ctx, "warden"), h.Prison, kept.ID)
	if err != nil || same != assessment.Same || !run.Score.Equal(kept.Score) {
		t.Errorf("replayed %v, %s: %v", same, run.Score, err)
	}
	var sheet scoring.Sheet
	if err := json.Unmarshal(run.Sheet, &sheet); err != nil || sheet.Score.Equal(scored(t, h).Score) {
		t.Errorf("the sheet followed the facts: %v", err)
	}
	if _, err := h.Owner.Exec(ctx, "set role taizhang_app; update score_runs set score = '1000'"); err == nil {
		t.Error("the program may change a run")
	}
	if _, err := h.Owner.Exec(ctx, "reset role"); err != nil {
		t.Fatal(err)
	}
}

// TestRunPinsStandard: a run is pinned to what its standard says; under the same name and
// number something else is not taken for it. The leaf of a run without a pin is as it was.
func TestRunPinsStandard(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	kept, err := h.Assessment.Keep(h.As(ctx, "area head"), h.Prison, h.Area, assessment.SelfCheck, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	read := func() (assessment.Run, assessment.Replay, error) {
		return h.Assessment.Run(h.As(ctx, "warden"), h.Prison, kept.ID)
	}
	run, same, err := read()
	if err != nil || same != assessment.Same || run.Digest == "" || run.Digest != h.Standard.Digest {
		t.Errorf("pinned %q of %q, replayed %v: %v", run.Digest, h.Standard.Digest, same, err)
	}
	if _, err := h.Owner.Exec(ctx, "insert into score_runs select (jsonb_populate_record(r, jsonb_build_object('run_id', gen_random_uuid(), 'standard_digest', null))).* from score_runs r"); err == nil {
		t.Error("a new run pins nothing")
	}
	pinned, err := run.Record()
	if err != nil {
		t.Fatal(err)
	}
	without := run
	without.Digest = ""
	old, err := without.Record()
	if err != nil {
		t.Fatal(err)
	}
	var with, none map[string]any
	if err := errors.Join(json.Unmarshal(pinned.Canonical, &with), json.Unmarshal(old.Canonical, &none)); err != nil {
		t.Fatal(err)
	}
	if with["standard_digest"] != run.Digest {
		t.Errorf("the leaf says %v", with)
	}
	delete(with, "standard_digest")
	if diff := cmp.Diff(with, none); diff != "" {
		t.Errorf("the leaf of an old run (-want +got):\n%s", diff)
	}
	// What another engine made is not worked out by this one, and not said to differ.
	engine := func(n int) {
		if _, err := h.Owner.Exec(ctx, fmt.Sprintf("set session_replication_role = replica; update score_runs set engine = %d; set session_replication_role = origin", n)); err != nil {
			t.Fatal(err)
		}
	}
	engine(scoring.Engine + 1)
	if _, again, err := read(); again != assessment.NotEvaluated || err != nil {
		t.Errorf("of another engine: %q, %v", again, err)
	}
	engine(scoring.Engine)
	// Somebody with the keys of the database puts another text under the same number.
	w, err := h.Standards.Load(h.As(ctx, "bureau office"), run.Standard, run.Version)
	if err != nil {
		t.Fatal(err)
	}
	w.Set.Guide = append(w.Set.Guide, ' ')
	sum := standards.Digest(w.Set)
	if _, err := h.Owner.Exec(ctx, "set session_replication_role = replica; update standard_sets set guide = decode('"+hex.EncodeToString(w.Set.Guide)+"', 'hex'), digest = decode('"+hex.EncodeToString(sum[:])+"', 'hex') where standard = '"+run.Standard+"' and version = "+fmt.Sprint(run.Version)+"; set session_replication_role = origin"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := read(); fault.CodeOf(err) != "standard_differs" {
		t.Errorf("another text: %v", err)
	}
}

// reckon puts measures of a ledger on yesterday.
func reckon(t *testing.T, h *housetest.House, ledgerID string, values map[string]string) {
	t.Helper()
	err := postgres.Duties{Store: h.Store}.Reckon(t.Context(), ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}, h.Area, ledgerID,
		catalog.DayOf(time.Now().AddDate(0, 0, -1)), func(duty.Day) ([]scoring.DayFact, error) {
			var list []scoring.DayFact
			for m, v := range values {
				list = append(list, scoring.DayFact{Measure: m, Value: *exact(t, v), Refs: []scoring.Ref{{Kind: "entry", ID: m}}})
			}
			return list, nil
		})
	if err != nil {
		t.Fatal(err)
	}
}

// TestReadiness: what changed since the last evening is told with its reason, what is due
// with its price, and what slid since the kept run.
func TestReadiness(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	if _, err := h.Assessment.Keep(h.As(ctx, "area head"), h.Prison, h.Area, assessment.SelfCheck, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if err := h.Assessment.CloseDay(ctx, h.Prison); err != nil {
		t.Fatal(err)
	}
	if err := h.Duty.Plan(ctx, h.Prison, time.Now(), time.Now().AddDate(0, 0, 2)); err != nil {
		t.Fatal(err)
	}
	reckon(t, h, "duty-log", map[string]string{"due": "10", "filled": "9", "unfilled": "1", "ontime": "10"})
	spotted(t, h, "YJ-02.missing", 2)
	r, err := h.Assessment.Readiness(h.As(ctx, "officer"), h.Prison, h.Area)
	if err != nil {
		t.Fatal(err)
	}
	// 9 of 10 is ten points below, −10; two rooms −10.
	if r.Sheet.Display != "980.00" || r.Gap.String() != "30" || len(r.Sheet.Domains[0].Indicators) != 0 {
		t.Errorf("%s, %s over the line", r.Sheet.Display, r.Gap)
	}
	type change struct{ Line, Before, After, Ref string }
	var changes []change
	for _, c := range r.Since.Changes {
		if len(c.Came) != 1 {
			t.Fatalf("%s came of %v", c.Line, c.Came)
		}
		changes = append(changes, change{c.Line, c.Before.String(), c.After.String(), c.Came[0].Kind})
	}
	if diff := cmp.Diff([]change{{"JG-02.completeness", "0", "10", "entry"}, {"YJ-02.missing", "0", "10", "finding"}}, changes); diff != "" {
		t.Errorf("since yesterday (-want +got):\n%s", diff)
	}
	prices := map[string]string{}
	for _, d := range r.Dues {
		prices[d.Ledger] = d.Price.String()
	}
	// 9 of 11 is 18.18 points below 100, nine more are started; 10 of 11 on time is 6.09 below 97.
	if prices["duty-log"] != "16" || prices["headcount"] == "" {
		t.Errorf("prices %v", prices)
	}
	if r.Dues[0].Price.Rat().Cmp(r.Dues[len(r.Dues)-1].Price.Rat()) < 0 {
		t.Error("the dearest is not the first")
	}
	if !r.Drift.Alarm || r.Drift.Kind != assessment.SelfCheck {
		t.Errorf("drift %+v", r.Drift)
	}
	for _, d := range r.Drift.Domains {
		if d.Alarm != (d.ID == "YJ") { // 70 of 80; custody slid by 10 of 230 only
			t.Errorf("%s: from %s to %s, alarm %v", d.ID, d.Then, d.Now, d.Alarm)
		}
	}
	// Kept once; what is reckoned later does not change the evening.
	if err := h.Assessment.CloseDay(ctx, h.Prison); err != nil {
		t.Fatal(err)
	}
	again, err := h.Assessment.Readiness(h.As(ctx, "officer"), h.Prison, h.Area)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, again); diff != "" {
		t.Errorf("the evening changed:\n%s", diff)
	}
	if _, err := h.Assessment.Readiness(h.As(ctx, "officer elsewhere"), h.Prison, h.Area); err == nil {
		t.Error("an officer of another area sees it")
	}
}

// TestWhatIfEqualsRun: what is supposed is what comes when it is done, and nothing of the
// supposition is kept.
func TestWhatIfEqualsRun(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	reckon(t, h, "duty-log", map[string]string{"due": "30", "filled": "30", "ontime": "30", "entries": "30"})
	day := catalog.DayOf(time.Now())
	rows := func() (n int) {
		if err := h.Owner.QueryRow(ctx, "select (select count(*) from facts) + (select count(*) from fact_totals) + (select count(*) from findings) + (select count(*) from score_runs)").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	had := rows()
	supposed, err := h.Assessment.Suppose(h.As(ctx, "area head"), h.Prison, h.Area, assessment.Supposed{
		Missed:   map[string]int{"duty-log": 2},
		Findings: []scoring.Finding{{ID: "f", Line: "JG-02.video", Day: day, Count: 3}},
		Line:     exact(t, "990"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if rows() != had {
		t.Error("something was kept")
	}
	if supposed.After.Passes || supposed.After.Line.String() != "990" || supposed.Before.Display != "1000.00" {
		t.Errorf("%s, then %s", supposed.Before.Display, supposed.After.Display)
	}
	reckon(t, h, "duty-log", map[string]string{"due": "32", "filled": "30", "ontime": "30", "entries": "30", "unfilled": "2", "late": "2", "missing": "2"})
	spotted(t, h, "JG-02.video", 3)
	real := scored(t, h)
	supposed.After.Line, supposed.After.Passes = real.Line, real.Passes
	for i := range real.Domains {
		real.Domains[i].Indicators = nil
	}
	if diff := cmp.Diff(real, supposed.After); diff != "" {
		t.Errorf("done for real (-real +supposed):\n%s", diff)
	}
	for name, w := range map[string]assessment.Supposed{
		"a fact nobody asks for": {Facts: []scoring.DayFact{{Ledger: "duty-log", Measure: "sunshine", Day: day}}},
		"a line of the ledgers":  {Findings: []scoring.Finding{{Line: "JG-02.completeness", Day: day, Count: 1}}},
		"too much":               {Missed: map[string]int{"duty-log": 201}},
		"a line to pass beyond":  {Line: exact(t, "1001")},
	} {
		if _, err := h.Assessment.Suppose(h.As(ctx, "area head"), h.Prison, h.Area, w); fault.CodeOf(err) != "bad_supposition" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
