package housetest_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// TestHostileAnnulled: a finding that an appeal annulled costs nothing; route, sheet and live score say the
// same of its line, whether it was met before or nobody had looked.
func TestHostileAnnulled(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.begin("area head", h.Area, "area")
	j.screened(c)
	j.batch(c)
	base := j.open(c, h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	const met, never = "YJ-02.missing", "JG-04.found"
	if _, err := h.Inspection.Look(j.as("inspector"), h.Prison, base, inspection.Look{Line: met, Result: inspection.Met}, 0, ledger.Idem{}); err != nil {
		t.Fatal(err, refusals(err))
	}
	j.confirm(base, loss{met, 1}, loss{never, 1})
	w, err := h.Inspection.Whole(j.as("inspector"), h.Prison, base)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range w.Findings {
		if _, err := h.Inspection.Appeal(j.as("area head"), h.Prison, base, f.ID, "不属实", ledger.Idem{}); err != nil {
			t.Fatal(err, refusals(err))
		}
		if _, err := h.Inspection.DecideAppeal(j.as("bureau leader"), h.Prison, base, f.ID, inspection.AppealDecision{Verdict: "annul", Reason: "经复核"}, ledger.Idem{}); err != nil {
			t.Fatal(err, refusals(err))
		}
	}
	j.closed(base)
	raw, err := h.Inspection.Sheet(j.as("bureau office"), h.Prison, base)
	if err != nil {
		t.Fatal(err)
	}
	sheet := sheetIn(t, raw)
	live, _, err := h.Assessment.Score(actor.With(t.Context(), h.Person("warden")), h.Prison, h.Area)
	if err != nil {
		t.Fatal(err)
	}
	route, _, err := h.Inspection.Route(j.as("bureau office"), h.Prison, base)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range route {
		if r.Line == met || r.Line == never {
			t.Logf("%s: route %q, sheet %q, live %q", r.Line, r.State, stateIn(sheet, r.Line), stateIn(live, r.Line))
			if r.State == inspection.AtFinding {
				t.Errorf("%s: the route says a finding stands that was annulled; the sheet says %q", r.Line, stateIn(sheet, r.Line))
			}
		}
	}
	if got := stateIn(live, met); got != scoring.Met {
		t.Errorf("met before the finding that was annulled: live %q", got)
	}
}

// TestHostileFindingBefore: nothing is found in a check that has not begun, as nothing is drawn or looked at.
func TestHostileFindingBefore(t *testing.T) {
	t.Parallel()
	x := checked(t)
	n := x.newCheck(x.Area, inspection.Joint)
	n.FromDay, n.ToDay = dayFrom(3), dayFrom(5)
	c, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, n, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if _, may, err := x.Inspection.Route(x.as("bing inspector"), x.Prison, c.ID); err != nil || may {
		t.Errorf("may look before the check begins: %v %v", may, err)
	}
	if _, err := x.Inspection.AddFinding(x.as("bing inspector"), x.Prison, c.ID, x.finding("YJ-02.missing", 1), ledger.Idem{}); err == nil {
		t.Error("a finding before the check begins")
	}
}

// TestHostileNobody: the id of nobody is nobody of the pool.
func TestHostileNobody(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Province(t)
	got, err := h.Inspection.Inspector(h.As(t.Context(), "bureau office"), uuid.Nil)
	if fault.CodeOf(err) != "not_found" {
		t.Errorf("%s %v", got.Name, err)
	}
}

// TestHostileToCome: who will be an inspector only from next week is not called today.
func TestHostileToCome(t *testing.T) {
	t.Parallel()
	x := checked(t)
	if _, err := x.Owner.Exec(t.Context(), "insert into postings (posting_id, person_id, role, from_at) values (gen_random_uuid(), $1, 'inspector', now() + interval '7 days')", x.Person("bureau leader").PersonID); err != nil {
		t.Fatal(err)
	}
	p, err := x.Inspection.Pool(x.as("bureau office"))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range p.People {
		if i.Name == "bureau leader" {
			t.Error("in the pool already; saying their skills answers: ", skilled(x.House, "bureau leader", 0, "JG")(x.as("bureau office")))
			n := x.newCheck(x.Area, inspection.Joint)
			n.Team = x.team("bureau leader")
			_, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, n, ledger.Idem{})
			t.Error("called today: ", err)
		}
	}
}

func sheetIn(t *testing.T, raw []byte) *scoring.Sheet {
	t.Helper()
	s := &scoring.Sheet{}
	if err := json.Unmarshal(raw, s); err != nil {
		t.Fatal(err)
	}
	return s
}
