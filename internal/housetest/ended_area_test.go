package housetest_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

// closes an area of the house from today on.
func (j *journey) closes(area uuid.UUID) {
	j.t.Helper()
	if _, err := j.h.Owner.Exec(j.t.Context(), "update areas set closed_on = $2::text::date where area_id = $1", area, j.day()); err != nil {
		j.t.Fatal(err)
	}
}

// TestClosedOnItsRoad: an area that was closed while its case ran is not named, and its prison ends the
// case though nobody heads the area any more to ask for it.
func TestClosedOnItsRoad(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.reviewed()
	j.refused("prison office", c, accreditation.Act{Event: "withdraw", Reason: "监区撤并"}, "asked")
	j.closes(j.h.Area)
	j.meeting("party secretary", c, "agree")
	j.refused("party secretary", c, accreditation.Act{Event: "agree", Document: "局发1号", DocumentOn: j.day()}, "in_use")
	j.refused("prison office", c, accreditation.Act{Event: "withdraw"}, "reason")
	if out := j.act("prison office", c, accreditation.Act{Event: "withdraw", Reason: "监区撤并"}); out.State != "WITHDRAWN" {
		t.Errorf("it is %s", out.State)
	}
	verified(t, j.h)
}

// TestClosedIsNotChecked: an area that was closed is checked no more, by whatever standard.
func TestClosedIsNotChecked(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	j.closes(j.h.Area)
	_, err := j.h.Inspection.OpenCheck(j.as("bureau office"), j.h.Prison, inspection.NewCheck{Area: j.h.Area, Kind: inspection.Mock, FromDay: j.day(), ToDay: j.day(),
		Purpose: "模拟考核", Team: j.team("inspector")}, ledger.Idem{})
	if diff := cmp.Diff([]string{"closed"}, refusals(err)); diff != "" {
		t.Error(diff)
	}
}

// TestCheckNotBeforeStep: a check of a case is not older than the step that rests on it (R35), and what is
// prepared begins today or later.
func TestCheckNotBeforeStep(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.begin("area head", h.Area, "area")
	j.screened(c)
	j.batch(c)
	open := func(from string) (uuid.UUID, error) {
		x, err := h.Inspection.OpenCheck(j.as("bureau office"), h.Prison, inspection.NewCheck{Area: h.Area, Case: &c, Kind: inspection.Baseline, FromDay: from,
			ToDay: catalog.DayOf(j.clock.Now().AddDate(0, 0, 5)), Purpose: "摸底检查", Team: j.team(ofThree...)}, ledger.Idem{})
		return x.ID, err
	}
	early := func(what, from string) {
		t.Helper()
		_, err := open(from)
		if diff := cmp.Diff([]string{"range"}, refusals(err)); diff != "" {
			t.Error(what, diff)
		}
	}
	day := func(n int) string { return catalog.DayOf(j.clock.Now().AddDate(0, 0, n)) }
	early("prepared", day(-1))
	base, err := open(day(0))
	if err != nil {
		t.Fatal(err, refusals(err))
	}
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	j.cancelled(base)
	j.days(4)
	early("in its step", day(-5))
	if _, err := open(day(-4)); err != nil {
		t.Error("on the day of the step", err, refusals(err))
	}
}

// TestBeginIsOffered where it is not refused.
func TestBeginIsOffered(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	offered := func(who string) bool {
		t.Helper()
		b, err := h.Cases.Cases(j.as(who))
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(b.Begin, func(x accreditation.Beginer) bool { return x.Prison == h.Prison && x.Area == h.Area })
	}
	if !offered("area head") || !offered("prison office") || offered("bureau office") {
		t.Error("before")
	}
	c := j.begin("area head", h.Area, "area")
	if offered("area head") {
		t.Error("a case is open")
	}
	j.ask("area head", c, "withdraw")
	j.act("prison office", c, accreditation.Act{Event: "withdraw", Reason: "再作准备"})
	if !offered("area head") {
		t.Error("after it was withdrawn")
	}
	j.imported(h.Area, "area")
	if offered("area head") {
		t.Error("the title is held")
	}
}

// TestClosedBeforeItsCheck: nobody visits an area that is closed.
func TestClosedBeforeItsCheck(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.begin("area head", j.h.Area, "area")
	j.screened(c)
	j.batch(c)
	j.open(c, j.h.Area, "baseline")
	j.closes(j.h.Area)
	j.refused("bureau office", c, accreditation.Act{Event: "baseline"}, "in_use")
}

// TestClosedBeginsNothing: nobody applies for an area that is closed, nor is it offered.
func TestClosedBeginsNothing(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	j.closes(j.h.Area)
	if _, err := j.h.Cases.Begin(j.as("area head"), j.h.Prison, j.h.Area, "area", ledger.Idem{}); fault.CodeOf(err) != "bad_case" || !slices.Equal(refusals(err), []string{"closed"}) {
		t.Errorf("begun: %v", err)
	}
	b, err := j.h.Cases.Cases(j.as("prison office"))
	if err != nil {
		t.Fatal(err)
	}
	of := map[uuid.UUID]bool{}
	for _, x := range b.Begin {
		of[x.Area] = true
	}
	if of[j.h.Area] || !of[j.h.Other] {
		t.Errorf("offered %v", of)
	}
}

// TestClosedAsksNothing: of a title whose area is closed neither look-back nor re-check is due; it stands
// in the register as it was.
func TestClosedAsksNothing(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	title := j.imported(j.h.Area, "area")
	c, err := j.h.Cases.TakeUp(j.as("bureau office"), j.h.Prison, title.ID, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	due := func() (n int) {
		t.Helper()
		days, err := j.h.Cases.Dates(j.as("bureau office"))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range days {
			if d.Kind == "timer" && d.Case == c.ID {
				n++
			}
		}
		board, err := j.h.Cases.Cases(j.as("bureau office"))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range board.Cases {
			if x.ID == c.ID && len(x.Timers) != n {
				t.Errorf("%d days in the calendar, %d timers in the list", n, len(x.Timers))
			}
		}
		if w := j.whole("bureau office", c.ID); len(w.Timers) != n {
			t.Errorf("%d days in the calendar, %d timers of the case", n, len(w.Timers))
		}
		return n
	}
	if n := due(); n != 2 {
		t.Errorf("%d timers of an area in use", n)
	}
	j.closes(j.h.Area)
	if n := due(); n != 0 {
		t.Errorf("%d timers of a closed area", n)
	}
	j.days(400)
	if err := j.h.Cases.Tend(t.Context(), j.h.Prison); err != nil {
		t.Fatal(err)
	}
	var told int
	if err := j.h.Owner.QueryRow(t.Context(), "select count(*) from notices where kind = 'case_due'").Scan(&told); err != nil || told != 0 {
		t.Errorf("%d were told: %v", told, err)
	}
	list, _, err := j.h.Cases.Register(j.as("bureau office"))
	if i := slices.IndexFunc(list, func(x accreditation.Title) bool { return x.ID == title.ID }); err != nil || i < 0 || !list[i].Standing {
		t.Errorf("the title does not stand: %v", err)
	}
}
