package housetest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/inspection"
)

// TestWeakFirst: the route says where the unit is weak today: what the facts cost there, what was not put right,
// and what was met the last time, which comes last.
func TestWeakFirst(t *testing.T) {
	t.Parallel()
	x := checked(t)
	const waits, met, reads, fresh = "YJ-02.missing", "YJ-02.misused", "JY-01.trigger", "YJ-02.place"
	first := x.open(x.Area, inspection.Joint)
	before := x.at(first, waits).Weak
	if before == nil || before.Open != 0 || before.Met {
		t.Fatalf("before anything was found: %+v", before)
	}
	x.find(first, x.finding(waits, 1))
	for _, line := range []string{met, reads} {
		if err := x.look("bing inspector", first, inspection.Look{Line: line, Result: inspection.Met, LookedAt: x.clock.Add(-1)}, 0); err != nil {
			t.Fatal(err)
		}
	}
	if got := x.at(first, waits).Weak; got.Open != 0 || !got.Cost.Equal(before.Cost) {
		t.Errorf("what the team finds is no fact: %+v", got)
	}
	x.confirm(first)
	if got := x.at(first, waits).Weak; got != nil {
		t.Errorf("of a check that is over: %+v", got)
	}
	if _, err := x.Owner.Exec(t.Context(), "insert into facts (prison_id, area_id, ledger, day, measure, value, refs) values ($1, $2, 'individual-talk', $3::text::date, 'copied', 3, '[]')", x.Prison, x.Area, catalog.DayOf(x.clock)); err != nil {
		t.Fatal(err)
	}
	next := x.open(x.Area, inspection.Mock)
	for line, want := range map[string]struct {
		cost        string
		open        int
		met, remote bool
	}{
		waits: {"0", 1, false, false},
		met:   {"0", 0, true, false},
		reads: {"3", 0, true, true},
		fresh: {"0", 0, false, false},
	} {
		at := x.at(next, line)
		if at.Weak == nil || at.Weak.Cost.String() != want.cost || at.Weak.Open != want.open || at.Weak.Met != want.met || at.Remote != want.remote {
			t.Errorf("%s: %+v, remote %v", line, at.Weak, at.Remote)
		}
	}
	order := func(who string) []string {
		r, err := x.Inspection.Route(x.as(who), x.Prison, next.ID)
		if err != nil {
			t.Fatal(err)
		}
		list := make([]string, len(r.Lines))
		for _, at := range r.Lines {
			list[at.Weak.Rank-1] = at.Line
		}
		return list
	}
	// Of what was met the last time the one comes first whose ledgers cost something.
	list := order("bing inspector")
	if diff := cmp.Diff([]string{reads, met}, list[len(list)-2:]); list[0] != waits || diff != "" {
		t.Errorf("%v (-want +got):\n%s", list, diff)
	}
	x.find(next, x.finding(fresh, 1))
	if diff := cmp.Diff(list, order("area head")); diff != "" {
		t.Errorf("the order changes while somebody walks it (-want +got):\n%s", diff)
	}
}
