package housetest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
	"taizhang/internal/scoring"
)

// fact is all that a ledger of the first area says of a day, so many days from the clock.
func (x *inspected) fact(ledgerID string, days int, measure, value string) {
	x.t.Helper()
	err := postgres.Duties{Store: x.Store}.Reckon(x.t.Context(), ledger.Session{Prison: x.Prison, Scope: ledger.Everything()}, x.Area, ledgerID, catalog.DayOf(x.clock.AddDate(0, 0, days)),
		func(duty.Day) ([]scoring.DayFact, error) {
			return []scoring.DayFact{{Measure: measure, Value: *exact(x.t, value)}}, nil
		})
	if err != nil {
		x.t.Fatal(err)
	}
}

// sees says of lines that somebody found nothing there.
func (x *inspected) sees(who string, c inspection.Check, lines ...string) {
	x.t.Helper()
	for _, line := range lines {
		if err := x.look(who, c, inspection.Look{Line: line, Result: inspection.Met, LookedAt: x.clock.Add(-1)}, 0); err != nil {
			x.t.Fatal(err)
		}
	}
}

// item does to the item at a line what the acts name, up to the one that is asked for.
func (x *inspected) item(line string, until string) {
	x.t.Helper()
	items, _, err := x.Inspection.Rectifications(x.as("area head"), x.Prison, &x.Area)
	if err != nil {
		x.t.Fatal(err)
	}
	for _, r := range items {
		if r.Line != line {
			continue
		}
		for _, a := range []struct {
			who string
			inspection.NewAct
		}{
			{"area head", inspection.NewAct{Kind: inspection.Assigned, Owner: x.Person("prison office").Number, Cause: "巡查不到位", Action: "补装"}},
			{"prison office", inspection.NewAct{Kind: inspection.Done, Action: "补装到位"}},
			{"bureau office", inspection.NewAct{Kind: inspection.Verified, Action: "现场查看属实"}},
		} {
			if r.State != inspection.Open && a.Kind != inspection.Verified {
				continue
			}
			if _, err := x.Inspection.Rectify(x.as(a.who), x.Prison, r.ID, a.NewAct, ledger.Idem{}); err != nil {
				x.t.Fatal(line, err, refusals(err))
			}
			if a.Kind == until {
				return
			}
		}
	}
}

// weak is what the route says of each line.
func (x *inspected) weak(who string, c inspection.Check) map[string]inspection.Weak {
	x.t.Helper()
	r, err := x.Inspection.Route(x.as(who), x.Prison, c.ID)
	if err != nil {
		x.t.Fatal(err)
	}
	says := map[string]inspection.Weak{}
	for _, at := range r.Lines {
		if at.Weak == nil {
			return nil
		}
		says[at.Line] = *at.Weak
	}
	return says
}

// TestWeakFirst: the route says where the unit is weak: what the facts cost there, what checks before left open
// there, and what the one before met, which comes last. Of them count those of the unit, by the standard, that were
// over when this one was recorded; a self-check left work, and vouches for nothing.
func TestWeakFirst(t *testing.T) {
	t.Parallel()
	x := checked(t)
	const (
		waits, done, verified, annulled = "YJ-02.missing", "YJ-03.dead", "JG-04.found", "JG-09.refusal"
		met, reads, fresh               = "YJ-02.misused", "JY-01.trigger", "YJ-02.place"
		ofOldest, ofSelf, ofForeign     = "XF-03.minutes", "XF-07.fact", "XF-07.form"
		ofOpen, ofLater, elsewhere      = "JG-08.officer", "JG-07.follow", "JG-10.none"
		foreign, late                   = "XF-07.notice", "JG-11.dose"
	)
	x.fact("individual-talk", -1, "copied", "3")

	oldest := x.open(x.Area, inspection.Joint)
	x.sees("bing inspector", oldest, ofOldest)
	x.confirm(oldest)

	first := x.open(x.Area, inspection.Joint)
	x.find(first, x.finding(waits, 1))
	x.find(first, x.finding(done, 1))
	x.find(first, x.finding(verified, 1))
	wrong := x.find(first, x.finding(annulled, 1))
	x.sees("bing inspector", first, met, reads)
	if got := x.weak("bing inspector", first)[waits]; got.Open != 0 || got.Met {
		t.Errorf("what the team finds is nothing that was before: %+v", got)
	}
	x.confirm(first)
	if got := x.weak("bing inspector", first); got != nil {
		t.Errorf("of a check that is over: %+v", got)
	}
	x.item(done, inspection.Done)
	x.item(verified, inspection.Verified)
	if _, err := x.Inspection.Appeal(x.as("area head"), x.Prison, first.ID, wrong, "当日已送修", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Inspection.DecideAppeal(x.as("bureau office"), x.Prison, first.ID, wrong, inspection.AppealDecision{Verdict: "annul", Reason: "属实"}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}

	other := x.open(x.Other, inspection.Joint)
	x.sees("bing inspector", other, elsewhere)
	x.confirm(other)

	byAnother := x.open(x.Area, inspection.Joint)
	x.sees("bing inspector", byAnother, ofForeign)
	x.find(byAnother, x.finding(foreign, 1))
	x.confirm(byAnother)
	x.past(fmt.Sprintf("update checks set standard = 'kitchen' where check_id = '%s'", byAnother.ID))

	own := x.newCheck(x.Area, inspection.SelfCheck)
	own.Team = x.team("area head")
	self, err := x.Inspection.OpenCheck(x.as("prison office"), x.Prison, own, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	x.sees("area head", self, ofSelf)
	if _, err := x.Inspection.Confirm(x.as("area head"), x.Prison, self.ID, x.whole(self).Seq, catalog.DayOf(x.clock.AddDate(0, 1, 0)), ledger.Idem{}); err != nil {
		t.Fatal(err, refusals(err))
	}

	under := x.open(x.Area, inspection.Joint) // still under way when the next begins
	x.sees("bing inspector", under, ofOpen)
	x.find(under, x.finding(late, 1))

	next := x.open(x.Area, inspection.Mock)

	after := x.open(x.Area, inspection.Joint)
	x.sees("bing inspector", after, ofLater)
	x.confirm(after)

	holds := func(when string) map[string]inspection.Weak {
		t.Helper()
		says := x.weak("bing inspector", next)
		for line, want := range map[string]struct {
			cost string
			open int
			met  bool
		}{
			waits: {"0", 1, false}, done: {"0", 1, false}, verified: {"0", 0, false}, annulled: {"0", 0, false},
			met: {"0", 0, true}, reads: {"3", 0, true}, fresh: {"0", 0, false},
			ofOldest: {"0", 0, false}, ofSelf: {"0", 0, false}, ofForeign: {"0", 0, false}, ofOpen: {"0", 0, false}, ofLater: {"0", 0, false}, elsewhere: {"0", 0, false},
			foreign: {"0", 0, false}, late: {"0", 0, false},
		} {
			if got := says[line]; got.Rank == 0 || got.Cost.String() != want.cost || got.Open != want.open || got.Met != want.met {
				t.Errorf("%s, %s: %+v, want %+v", when, line, got, want)
			}
		}
		return says
	}
	says := holds("while another is under way")
	x.confirm(under)
	if diff := cmp.Diff(says, holds("after it was confirmed")); diff != "" {
		t.Error(diff)
	}
	if at := x.at(next, reads); !at.Remote {
		t.Errorf("%s is read before the visit", reads)
	}
	if at := x.at(next, waits); at.Remote {
		t.Errorf("%s is seen on site", waits)
	}
	// Of what was met the last time the one comes first whose ledgers cost something; before it all others.
	if n := len(says); says[waits].Rank+says[done].Rank != 3 || says[reads].Rank != n-1 || says[met].Rank != n {
		t.Errorf("of %d: waits %d, done %d, reads %d, met %d", n, says[waits].Rank, says[done].Rank, says[reads].Rank, says[met].Rank)
	}
}

// TestWeakStays: a route keeps its order while somebody walks it: what the team finds, what is filed of the days of
// the visit and what is put right meanwhile moves nothing, nor does a midnight. Until its first day it goes with the
// facts.
func TestWeakStays(t *testing.T) {
	t.Parallel()
	x := checked(t)
	const waits, reads, fresh = "YJ-02.missing", "JY-01.trigger", "YJ-02.place"
	x.fact("individual-talk", -1, "copied", "3")
	first := x.open(x.Area, inspection.Joint)
	x.find(first, x.finding(waits, 1))
	x.find(first, x.finding("YJ-03.dead", 1))
	x.confirm(first)
	x.item("YJ-03.dead", inspection.Done)
	next := x.open(x.Area, inspection.Mock)
	n := x.newCheck(x.Area, inspection.Mock)
	n.FromDay, n.ToDay = catalog.DayOf(x.clock.AddDate(0, 0, 3)), catalog.DayOf(x.clock.AddDate(0, 0, 5))
	ahead, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, n, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	before := x.weak("bing inspector", next)
	if before[reads].Cost.String() != "3" || before[waits].Open != 1 || before["YJ-03.dead"].Open != 1 {
		t.Fatalf("before the walk: %+v", before)
	}
	for _, who := range []string{"area head", "prison office", "bureau office"} {
		if got := x.weak(who, next); got != nil {
			t.Errorf("%s knows where the team goes first: %+v", who, got)
		}
	}
	keeps := func(after string) {
		t.Helper()
		if diff := cmp.Diff(before, x.weak("bing inspector", next)); diff != "" {
			t.Errorf("after %s (-before +now):\n%s", after, diff)
		}
	}
	x.find(next, x.finding(fresh, 1))
	keeps("a finding of its own")
	x.fact("duty-log", 0, "backfilled", "4")
	keeps("facts of its first day")
	x.item("YJ-03.dead", inspection.Verified)
	keeps("an item that was verified")
	again := x.open(x.Area, inspection.Joint)
	x.find(again, x.finding(reads, 1))
	x.sees("yi inspector", again, waits)
	x.confirm(again)
	keeps("another check")
	x.clock = x.clock.Add(24 * time.Hour)
	x.fact("duty-log", 0, "backfilled", "4")
	keeps("a midnight")

	cost := func() string { w := x.weak("bing inspector", ahead)["JG-02.signature"].Cost; return w.String() }
	soon := cost()
	x.clock = x.clock.Add(24 * time.Hour)
	x.fact("duty-log", 0, "backfilled", "4")
	if got := cost(); got == soon {
		t.Errorf("before its first day it stays at %s, whatever is filed", got)
	}
	x.clock = x.clock.Add(48 * time.Hour)
	last := cost()
	x.fact("duty-log", 0, "backfilled", "4")
	x.fact("duty-log", -1, "backfilled", "4")
	if got := cost(); got != last {
		t.Errorf("in its days it goes from %s to %s", last, got)
	}
}

// TestWeakWhole: so does the route of a prison as a whole, also where none of its areas counted before the first day.
func TestWeakWhole(t *testing.T) {
	t.Parallel()
	x := checked(t)
	x.fact("medical-visit", -1, "seen_late", "2")
	c := x.open(uuid.Nil, inspection.Joint)
	costs := func() string {
		for _, w := range x.weak("bing inspector", c) {
			if w.Cost.Rat().Sign() > 0 {
				return "something"
			}
		}
		return "nothing"
	}
	if got := costs(); got != "something" {
		t.Errorf("the facts cost %s", got)
	}
	x.past(fmt.Sprintf("update areas set opened_on = '%s' where prison_id = '%s'", c.FromDay, x.Prison))
	if got := costs(); got != "nothing" {
		t.Errorf("areas that did not count yet cost %s", got)
	}
}
