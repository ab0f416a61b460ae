package planning

import (
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/lifecycle"
)

// TestReached: of an application that is over only the year's own steps count, and a step that is
// no longer on the road is reached by nobody.
func TestReached(t *testing.T) {
	prison, area := uuid.New(), uuid.New()
	ran := func(state lifecycle.State, passed ...Pass) *known {
		c := accreditation.Shown{}
		c.Prison, c.Area, c.ID, c.Level, c.State = prison, area, uuid.New(), "area", state
		return &known{today: "2026-11-01", year: 2026, cases: []accreditation.Shown{c}, passed: map[uuid.UUID][]Pass{c.ID: passed},
			steps: func(string, string) []lifecycle.State {
				return []lifecycle.State{"APPLIED", "SCREENED", lifecycle.Named}
			}}
	}
	named := []Pass{{"APPLIED", "2023-02-01"}, {"SCREENED", "2023-03-01"}, {lifecycle.Named, "2023-09-01"}}
	for name, x := range map[string]struct {
		known *known
		state lifecycle.State
		want  string
	}{
		"held since before":           {ran(lifecycle.Named, named...), "SCREENED", "2023-03-01"},
		"lost in the year":            {ran(lifecycle.Revoked, append(named, Pass{lifecycle.Revoked, "2026-03-01"})...), "SCREENED", ""},
		"failed in the year":          {ran("NOT_PASSED", Pass{"APPLIED", "2025-11-01"}, Pass{"NOT_PASSED", "2026-02-01"}), "APPLIED", ""},
		"failed, as far as it came":   {ran("NOT_PASSED", Pass{"APPLIED", "2025-11-01"}, Pass{"SCREENED", "2026-01-05"}, Pass{"NOT_PASSED", "2026-02-01"}), "SCREENED", "2026-01-05"},
		"on its way since before":     {ran("SCREENED", Pass{"APPLIED", "2025-11-01"}, Pass{"SCREENED", "2026-01-05"}), "APPLIED", "2025-11-01"},
		"a step that left the road":   {ran(lifecycle.Named, named...), "PROV_REVIEW", ""},
		"a step that nobody ever had": {ran("SCREENED", named[:2]...), lifecycle.Named, ""},
	} {
		if got := x.known.reached(prison, Mark{Area: area, Level: "area", State: x.state, Month: 12}); got != x.want {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}

// TestClosedUnit: what an area did not reach before it closed is neither overdue nor counted.
func TestClosedUnit(t *testing.T) {
	prison, area := uuid.New(), uuid.New()
	k := &known{today: "2026-11-27", year: 2026, closed: map[uuid.UUID]string{area: "2026-11-27"},
		steps: func(string, string) []lifecycle.State { return []lifecycle.State{"APPLIED", "SCREENED"} }}
	c := accreditation.Shown{}
	c.Prison, c.Area, c.ID, c.Level, c.State = prison, area, uuid.New(), "area", "APPLIED"
	k.cases, k.passed = []accreditation.Shown{c}, map[uuid.UUID][]Pass{c.ID: {{"APPLIED", "2026-02-01"}}}
	units := k.units(Plan{Prison: prison, Marks: []Mark{{Area: area, Level: "area", State: "APPLIED", Month: 3}, {Area: area, Level: "area", State: "SCREENED", Month: 9}}})
	if m := units[0].Marks; m[0].Stands != Reached || m[1].Stands != Closed || m[1].ClosedOn != "2026-11-27" || m[1].Days != 0 {
		t.Errorf("%+v", m)
	}
	if got := tally(units); got != (Tally{All: 1, Reached: 1}) {
		t.Errorf("%+v", got)
	}
	if m := months(units, "2026-11", 2026)[11]; m.Planned != 1 {
		t.Errorf("%+v", m)
	}
}
