package housetest_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

func stateIn(sheet *scoring.Sheet, line string) string {
	for _, d := range sheet.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				if l.ID == line {
					return l.State
				}
			}
		}
	}
	return ""
}

// TestLineMet: what the team of a closed check found nothing at is met on its sheet and counts so live, by the
// same version; what nobody looked at stays unchecked, and a finding takes its place.
func TestLineMet(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.begin("area head", h.Area, "area")
	j.screened(c)
	j.batch(c)
	base := j.open(c, h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	for _, line := range []string{"YJ-02.missing", "JG-04.found"} {
		if _, err := h.Inspection.Look(j.as("inspector"), h.Prison, base, inspection.Look{Line: line, Result: inspection.Met}, 0, ledger.Idem{}); err != nil {
			t.Fatal(err, refusals(err))
		}
	}
	live := func() *scoring.Sheet {
		t.Helper()
		sheet, _, err := h.Assessment.Score(actor.With(t.Context(), h.Person("warden")), h.Prison, h.Area)
		if err != nil {
			t.Fatal(err)
		}
		return sheet
	}
	if got := stateIn(live(), "YJ-02.missing"); got != scoring.NotChecked {
		t.Errorf("before the check is closed: %q", got)
	}
	j.confirm(base, loss{"JG-04.found", 1})
	raw, err := h.Inspection.Sheet(j.as("inspector"), h.Prison, base)
	if err != nil || !bytes.Contains(raw, []byte(`"state":"met"`)) {
		t.Errorf("the sheet of the check: %v", err)
	}
	j.closed(base)
	sheet := live()
	for line, want := range map[string]string{"YJ-02.missing": scoring.Met, "JG-04.found": scoring.Counted, "JG-02.video": scoring.NotChecked} {
		if got := stateIn(sheet, line); got != want {
			t.Errorf("%s is %q, not %q", line, got, want)
		}
	}
}

// TestLineAnnulled: a finding that an appeal annulled costs nothing; route, sheet and live score say the same
// of its line: met, if it was before, and else that nobody looked. One that is reduced or upheld stands.
func TestLineAnnulled(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.begin("area head", h.Area, "area")
	j.screened(c)
	j.batch(c)
	base := j.open(c, h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	const met, never, less, same = "YJ-02.missing", "JG-04.found", "YJ-02.misused", "YJ-03.dead"
	for _, line := range []string{met, less, same} {
		if _, err := h.Inspection.Look(j.as("inspector"), h.Prison, base, inspection.Look{Line: line, Result: inspection.Met}, 0, ledger.Idem{}); err != nil {
			t.Fatal(err, refusals(err))
		}
	}
	j.confirm(base, loss{met, 1}, loss{never, 1}, loss{less, 2}, loss{same, 1})
	w, err := h.Inspection.Whole(j.as("inspector"), h.Prison, base)
	if err != nil {
		t.Fatal(err)
	}
	one := 1
	for _, f := range w.Findings {
		d := map[string]inspection.AppealDecision{met: {Verdict: "annul"}, never: {Verdict: "annul"}, less: {Verdict: "reduce", Count: &one}, same: {Verdict: "uphold"}}[f.Line]
		d.Reason = "经复核"
		if _, err := h.Inspection.Appeal(j.as("area head"), h.Prison, base, f.ID, "不属实", ledger.Idem{}); err != nil {
			t.Fatal(err, refusals(err))
		}
		if _, err := h.Inspection.DecideAppeal(j.as("bureau leader"), h.Prison, base, f.ID, d, ledger.Idem{}); err != nil {
			t.Fatal(err, refusals(err))
		}
	}
	j.closed(base)
	if w, err = h.Inspection.Whole(j.as("bureau office"), h.Prison, base); err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(w.Coverage, func(v inspection.Coverage) bool { return v.Method == "onsite" }); i < 0 || w.Coverage[i].Looked != 3 {
		t.Errorf("coverage %+v", w.Coverage)
	}
	run, replays, err := h.Assessment.Run(j.as("bureau office"), h.Prison, *w.Run)
	if err != nil || replays != assessment.Same {
		t.Errorf("the run that follows gives the same bytes again: %v %v", replays, err)
	}
	sheet := &scoring.Sheet{}
	if err := json.Unmarshal(run.Sheet, sheet); err != nil {
		t.Fatal(err)
	}
	live, _, err := h.Assessment.Score(actor.With(t.Context(), h.Person("warden")), h.Prison, h.Area)
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.Inspection.Route(j.as("bureau office"), h.Prison, base)
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string][2]string{met: {inspection.Met, scoring.Met}, never: {"", scoring.NotChecked}, less: {inspection.AtFinding, scoring.Counted}, same: {inspection.AtFinding, scoring.Counted}} {
		i := slices.IndexFunc(r.Lines, func(r inspection.OnRoute) bool { return r.Line == line })
		if i < 0 {
			t.Fatalf("%s is not on the route", line)
		}
		if got := r.Lines[i].State; got != want[0] {
			t.Errorf("%s on the route: %q, not %q", line, got, want[0])
		}
		if got := stateIn(sheet, line); got != want[1] {
			t.Errorf("%s on the sheet: %q, not %q", line, got, want[1])
		}
		if got := stateIn(live, line); got != want[1] {
			t.Errorf("%s live: %q, not %q", line, got, want[1])
		}
	}
}

// TestMetCounts: live a line is met by the latest look of the latest closed check, by the version that the
// unit is scored by, within its window; what was said before a finding that was annulled stands again.
func TestMetCounts(t *testing.T) {
	t.Parallel()
	x := checked(t)
	x.throughout()
	warden := actor.With(t.Context(), x.Person("warden"))
	says := func(who string, c inspection.Check, line, result string, seen int) {
		t.Helper()
		if err := x.look(who, c, inspection.Look{Line: line, Result: result, Note: "门锁着"}, seen); err != nil {
			t.Fatal(err)
		}
	}
	const undone, back, annulled, plain = "YJ-02.missing", "JG-02.video", "JG-04.found", "YJ-02.place"
	c := x.open(x.Area, inspection.Joint)
	for _, line := range []string{undone, back, annulled, plain} {
		says("bing inspector", c, line, inspection.Met, 0)
	}
	says("yi inspector", c, undone, inspection.NotSeen, 1)
	if _, err := x.Inspection.Withdraw(x.as("bing inspector"), x.Prison, c.ID, x.find(c, x.finding(back, 1)), "看错了", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	found := x.find(c, x.finding(annulled, 1))
	x.confirm(c)
	if _, err := x.Inspection.Appeal(x.as("area head"), x.Prison, c.ID, found, "当日已送修", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Inspection.DecideAppeal(x.as("bureau office"), x.Prison, c.ID, found, inspection.AppealDecision{Verdict: "annul", Reason: "属实"}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	x.close(c)
	stands := func(when string, want map[string]string) {
		t.Helper()
		sheet, _, err := x.Assessment.Score(warden, x.Prison, x.Area)
		if err != nil {
			t.Fatal(err)
		}
		for line, state := range want {
			if got := stateIn(sheet, line); got != state {
				t.Errorf("%s, %s is %q, not %q", when, line, got, state)
			}
		}
	}
	stands("of a joint check", map[string]string{plain: scoring.NotChecked})
	// As one whose findings count: those are of a case, whose road is walked in TestLineMet.
	x.past("update checks set kind = 'baseline'")
	met := map[string]string{undone: scoring.NotChecked, back: scoring.Met, annulled: scoring.Met, plain: scoring.Met}
	stands("closed", met)
	x.past("update looks set looked_at = looked_at - interval '5 years' where line = '" + plain + "'")
	stands("looked at long ago", map[string]string{plain: scoring.NotChecked, back: scoring.Met})
	x.past("update looks set looked_at = looked_at + interval '5 years' where line = '" + plain + "'")
	x.past("update checks set version = version + 1")
	stands("by another version", map[string]string{plain: scoring.NotChecked, back: scoring.NotChecked})
	x.past("update checks set version = version - 1")
	stands("as it was", met)
	later := x.open(x.Area, inspection.Joint)
	says("bing inspector", later, plain, inspection.NotSeen, 0)
	x.confirm(later)
	x.close(later)
	x.past("update checks set kind = 'baseline'")
	stands("after another check", map[string]string{plain: scoring.NotChecked, back: scoring.NotChecked})
}

// TestWholeMet: what the prison's check as a whole found nothing at is met there, and at no area.
func TestWholeMet(t *testing.T) {
	t.Parallel()
	x := checked(t)
	x.throughout()
	c := x.open(uuid.Nil, inspection.Joint)
	std, err := x.Inspection.Texts.Compiled(t.Context(), c.Standard, c.Version)
	if err != nil {
		t.Fatal(err)
	}
	r, err := x.Inspection.Route(x.as("bing inspector"), x.Prison, c.ID)
	if err != nil || len(r.Lines) < 2 {
		t.Fatal(r, err)
	}
	line, other := r.Lines[0].Line, r.Lines[1].Line
	if err := x.look("bing inspector", c, inspection.Look{Line: line, Result: inspection.Met}, 0); err != nil {
		t.Fatal(err)
	}
	state := func(of string) string {
		t.Helper()
		list, err := x.Assessment.Under(actor.With(t.Context(), x.Person("warden")), x.Prison, uuid.Nil, nil, std)
		if err != nil {
			t.Fatal(err)
		}
		return stateIn(list[0], of)
	}
	x.past("update checks set kind = 'baseline'")
	if got := state(line); got != scoring.NotChecked {
		t.Errorf("before it is closed: %q", got)
	}
	x.past("update checks set kind = 'joint'")
	x.confirm(c)
	x.close(c)
	x.past("update checks set kind = 'baseline'")
	if met, not := state(line), state(other); met != scoring.Met || not != scoring.NotChecked {
		t.Errorf("looked at %q, not looked at %q", met, not)
	}
}
