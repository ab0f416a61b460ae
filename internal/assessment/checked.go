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
	in, err := s.checked(ctx, prison, c, func(ses ledger.Session, areas []uuid.UUID, from, to string) ([]scoring.DayFact, error) {
		list := []scoring.DayFact{}
		for _, a := range areas {
			days, err := s.Store.Days(ctx, ses, a, c.Standard.Facts(), from, to)
			if err != nil {
				return nil, err
			}
			list = append(list, days...)
		}
		return list, nil
	})
	if err != nil {
		return Run{}, err
	}
	return made(Run{Area: c.Area, Check: &c.Check, Kind: c.Kind, MadeBy: actor.From(ctx).PersonID}, c.Standard, in)
}

// Stands is the sheet that the run of a check would have, without what lies behind a loss: it is made of
// sums, and costs the same however many entries there are.
func (s *Service) Stands(ctx context.Context, prison uuid.UUID, c Checked) (*scoring.Sheet, error) {
	in, err := s.checked(ctx, prison, c, func(ses ledger.Session, areas []uuid.UUID, from, to string) ([]scoring.DayFact, error) {
		by, err := s.Store.Sums(ctx, ses, areas, c.Standard, from, to)
		var list []scoring.DayFact
		for _, a := range areas {
			list = append(list, by[a]...)
		}
		return list, err
	})
	if err != nil {
		return nil, err
	}
	return scoring.Evaluate(c.Standard, in), nil
}

// checked is what a check is scored by; facts reads those of its areas.
func (s *Service) checked(ctx context.Context, prison uuid.UUID, c Checked, facts func(ses ledger.Session, areas []uuid.UUID, from, to string) ([]scoring.DayFact, error)) (scoring.Input, error) {
	day, err := catalog.Day(c.AsOf)
	if err != nil {
		return scoring.Input{}, err
	}
	from, to := window(c.Standard, day.At)
	all, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return scoring.Input{}, err
	}
	in := scoring.Input{From: from, To: to, Findings: slices.Clone(c.Findings), Carry: c.Carry, Met: c.Met}
	if in.Findings == nil {
		in.Findings = []scoring.Finding{}
	}
	var areas []ledger.Area
	var ids []uuid.UUID
	for _, a := range all {
		if a.ID == c.Area || c.Area == uuid.Nil && a.Counts(to) {
			areas, ids, in.Labour = append(areas, a), append(ids, a.ID), in.Labour || a.HasLabour
		}
	}
	if len(areas) == 0 {
		return in, fault.New(fault.NotFound, "not_found")
	}
	ses := s.asked(ctx, prison)
	if in.Facts, err = facts(ses, ids, from, to); err != nil {
		return in, err
	}
	if c.Area == uuid.Nil {
		units, err := s.inForce(ctx, ses, areas, c.Titled, to)
		in.Facts = append(in.Facts, scoring.AreaFacts(c.Standard, units, to)...)
		return in, err
	}
	by, err := s.Store.Rulings(ctx, ses, ids)
	if err != nil {
		return in, err
	}
	ruled(&in, c.Standard, by[c.Area])
	if !c.Standard.Unit.Official() {
		return in, nil // what was recorded is of the unit's own standard: a line of a framework may be called the same
	}
	free, err := s.Store.Unchecked(ctx, ses, c.Area, from, to)
	for _, f := range free {
		if l, ok := c.Standard.LineOf(f.Line); ok && l.Method == "register" {
			in.Findings = append(in.Findings, f)
		}
	}
	return in, err
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
