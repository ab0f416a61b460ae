package assessment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// full are the checks that look at a unit as a whole and in earnest.
var full = []string{"baseline", "onsite", "lookback", "recheck"}

// acceptances give a unit its title: where they passed, what it showed then is what it is held to. A
// re-check that kept the title begins the next cycle.
var acceptances = []string{"onsite", "recheck"}

// Checked is what the run of a check is made of.
type Checked struct {
	Area     uuid.UUID // zero: the prison as a whole
	Check    uuid.UUID
	Kind     string
	Standard *scoring.Standard
	AsOf     string // the last day that counts
	Findings []scoring.Finding
	Met      []string // lines that the team found nothing at
	Carry    *scoring.Carry
	Titled   map[uuid.UUID]bool // areas that hold a title
}

// Checked makes the run of a check, with all references, and stores nothing. What was
// recorded outside of any check counts with it only under lines that a register
// answers: what an inspector saw at another time, the team sees for itself.
func (s *Service) Checked(ctx context.Context, prison uuid.UUID, c Checked) (Run, error) {
	day, err := catalog.Day(c.AsOf)
	if err != nil {
		return Run{}, err
	}
	from, to := window(c.Standard, day.At)
	all, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return Run{}, err
	}
	var areas []ledger.Area
	for _, a := range all {
		if a.ID == c.Area || c.Area == uuid.Nil && a.Counts(to) {
			areas = append(areas, a)
		}
	}
	if len(areas) == 0 {
		return Run{}, fault.New(fault.NotFound, "not_found")
	}
	ses := s.asked(ctx, prison)
	in := scoring.Input{From: from, To: to, Facts: []scoring.DayFact{}, Findings: slices.Clone(c.Findings), Carry: c.Carry, Met: c.Met}
	if in.Findings == nil {
		in.Findings = []scoring.Finding{}
	}
	for _, a := range areas {
		days, err := s.Store.Days(ctx, ses, a.ID, c.Standard.Facts(), from, to)
		if err != nil {
			return Run{}, err
		}
		in.Facts, in.Labour = append(in.Facts, days...), in.Labour || a.HasLabour
	}
	if c.Area == uuid.Nil {
		units, err := s.inForce(ctx, ses, areas, c.Titled, to)
		if err != nil {
			return Run{}, err
		}
		in.Facts = append(in.Facts, scoring.AreaFacts(c.Standard, units, to)...)
	} else {
		by, err := s.Store.Rulings(ctx, ses, []uuid.UUID{c.Area})
		if err != nil {
			return Run{}, err
		}
		ruled(&in, c.Standard, by[c.Area])
		free, err := s.Store.Unchecked(ctx, ses, c.Area, from, to)
		if err != nil {
			return Run{}, err
		}
		if !c.Standard.Unit.Official() {
			free = nil // they are of the unit's own standard: a line of a framework may be called the same
		}
		for _, f := range free {
			if l, ok := c.Standard.LineOf(f.Line); ok && l.Method == "register" {
				in.Findings = append(in.Findings, f)
			}
		}
	}
	return made(Run{Area: c.Area, Check: &c.Check, Kind: c.Kind, MadeBy: actor.From(ctx).PersonID}, c.Standard, in)
}

// inForce are the areas with the sheets that count for their prison: of one that holds
// a title the latest that a check confirmed, of another its latest self-check or
// baseline. One without any has no sheet and counts as 0; one that no standard judges never can have
// one, and is left out.
func (s *Service) inForce(ctx context.Context, ses ledger.Session, areas []ledger.Area, titled map[uuid.UUID]bool, day string) ([]scoring.Unit, error) {
	var units []scoring.Unit
	for _, a := range areas {
		kinds := []string{SelfCheck, "baseline"}
		if titled[a.ID] {
			kinds = full
		}
		u := scoring.Unit{ID: a.ID.String()}
		raw, err := s.Store.LatestSheet(ctx, ses, a.ID, kinds, day)
		if err != nil {
			return nil, err
		}
		if raw == nil {
			if _, err := s.standard(ctx, a); fault.CodeOf(err) == "standard_unknown" {
				continue
			} else if err != nil {
				return nil, err
			}
		} else {
			u.Sheet = &scoring.Sheet{}
			if err := json.Unmarshal(raw, u.Sheet); err != nil {
				return nil, fmt.Errorf("sheet in force of %s: %w", a.ID, err)
			}
		}
		units = append(units, u)
	}
	return units, nil
}

// Following is a kept run made anew with some of its findings decided otherwise, nil
// for those that are annulled, and the lines that are met now that they are; nothing
// else of its input changes. It is not stored. Fault: standard_differs.
func (s *Service) Following(ctx context.Context, prison, run uuid.UUID, decided map[string]*scoring.Finding, met []string) (Run, error) {
	r, err := s.Store.Run(ctx, s.asked(ctx, prison), run)
	if err != nil {
		return Run{}, err
	}
	std, err := pinned(ctx, s.Standards, r)
	if err != nil {
		return Run{}, err
	}
	var in scoring.Input
	if err := json.Unmarshal(r.Input, &in); err != nil {
		return Run{}, fmt.Errorf("run %s: %w", r.ID, err)
	}
	list := []scoring.Finding{}
	for _, f := range in.Findings {
		d, ok := decided[f.ID]
		switch {
		case !ok:
			list = append(list, f)
		case d != nil:
			list = append(list, *d)
		}
	}
	in.Findings, in.Met = list, met
	return made(Run{Area: r.Area, Check: r.Check, Kind: r.Kind, MadeBy: actor.From(ctx).PersonID}, std, in)
}

// FirstDay of the window that a standard looks at when a check ends on a day.
func FirstDay(std *scoring.Standard, day time.Time) string {
	from, _ := window(std, day)
	return from
}
