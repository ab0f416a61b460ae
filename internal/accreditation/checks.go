package accreditation

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/scoring"
)

var (
	_ inspection.Titles = (*Service)(nil)
	_ inspection.Cases  = (*Service)(nil)
)

// sheets is which kind of check a state rests on.
var sheets = map[lifecycle.State]string{"BASELINE": inspection.Baseline, "ON_SITE": inspection.OnSite, "LOOKBACK": inspection.LookBack, "RECHECK": inspection.Recheck}

// ahead is which kinds of checks are prepared in a state, because an act asks for their team.
var ahead = map[lifecycle.State][]string{"SCREENED": {inspection.Baseline}, "POSTPONED": {inspection.Baseline}, "DEPT_ASSESS": {inspection.Baseline},
	"ON_SITE": {inspection.Baseline}, lifecycle.Named: {inspection.LookBack, inspection.Recheck}}

// preparable are those that the case may still prepare: a cycle has one look-back.
func preparable(c Case) []string {
	return slices.DeleteFunc(slices.Clone(ahead[c.State]), func(kind string) bool { return kind == inspection.LookBack && c.LookedBack })
}

// stepOf is the state that rests on a kind of check.
func stepOf(kind string) lifecycle.State {
	for state, k := range sheets {
		if k == kind {
			return state
		}
	}
	return ""
}

// useless are the kinds of checks that a case in this state has no use for.
func useless(state lifecycle.State) (kinds []string) {
	for _, kind := range sheets {
		if sheets[state] != kind && !slices.Contains(ahead[state], kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// Rules that a check is opened and confirmed by: of the road that its case is held to, or of the
// one in force where it is of none. Fault: not_found.
func (s *Service) Rules(ctx context.Context, prison uuid.UUID, of *uuid.UUID) (inspection.Rules, error) {
	m := s.Machines.newest()
	if of != nil {
		if err := s.Store.Read(ctx, house(prison), func(l Look) error {
			c, err := l.Case(ctx, *of)
			m = s.machine(c)
			return err
		}); err != nil {
			return inspection.Rules{}, err
		}
	}
	return inspection.Rules{TeamMin: wholeOf(m, "team_min"), AppealWorkdays: wholeOf(m, "appeal_workdays")}, nil
}

// Held locks the case, to which a check of this kind is about to be added, and is the
// version it is held to. A check belongs to the step that rests on it or is about to, and a
// round has one: what became of it stands. From is its first day, not before the step's, nor before
// today where it is only prepared (R35). Faults: not_found, case_forbids, case_checked,
// changed_meanwhile, bad_check with fields.
func (s *Service) Held(ctx context.Context, in ledger.Tx, prison, area, id uuid.UUID, kind, from string) (string, int, error) {
	tx := s.Store.Within(in)
	c, err := tx.Lock(ctx, id)
	switch {
	case err != nil:
		return "", 0, err
	case c.Area != area:
		return "", 0, fault.New(fault.NotFound, "not_found")
	case c.Pin == nil || sheets[c.State] != kind && !slices.Contains(preparable(c), kind):
		return "", 0, fault.New(fault.Conflict, "case_forbids").With("state", c.State).With("event", kind)
	case !tx.Now().After(c.At): // it waited for an act: a check from before it is of no round
		return "", 0, fault.New(fault.Stale, "changed_meanwhile")
	}
	there, err := tx.Check(ctx, id, kind, stepOf(kind))
	if err == nil && there != uuid.Nil {
		err = fault.New(fault.Conflict, "case_checked").With("check", there)
	}
	if err != nil {
		return "", 0, err
	}
	earliest := catalog.DayOf(tx.Now())
	if sheets[c.State] == kind {
		events, err := tx.Events(ctx, id)
		if err != nil {
			return "", 0, err
		}
		earliest = beganOn(c, events)
	}
	if from < earliest {
		return "", 0, fault.InvalidFields("bad_check", []fault.Field{told("/from_day", "range", "起日不早于 "+earliest+"：考核不能早于本环节", "Not before "+earliest+": a check is not older than its step")})
	}
	return c.Pin.Standard, c.Pin.Version, nil
}

// Rests says whether the case is in the step that rests on this kind of check: what is
// only prepared is not confirmed yet. Faults: not_found, case_forbids.
func (s *Service) Rests(ctx context.Context, prison, id uuid.UUID, kind string) error {
	return s.Store.Read(ctx, house(prison), func(l Look) error {
		c, err := l.Case(ctx, id)
		if err == nil && sheets[c.State] != kind {
			err = fault.New(fault.Conflict, "case_forbids").With("state", c.State).With("event", kind)
		}
		return err
	})
}

// Carried is what the re-check of the case's cycle takes over from its look-back (R88), as
// the road itself closed it; nil is nothing.
func (s *Service) Carried(ctx context.Context, prison, id uuid.UUID) (*inspection.Carried, error) {
	var out *inspection.Carried
	err := s.Store.Read(ctx, house(prison), func(l Look) error {
		c, err := l.Case(ctx, id)
		if err != nil {
			return err
		}
		events, err := l.Events(ctx, id)
		if err != nil {
			return err
		}
		for _, e := range events {
			switch {
			case e.From == e.To:
			case e.From == "RECHECK":
				out = nil
			case e.From == "LOOKBACK":
				out = &inspection.Carried{}
				if out.Run, err = uuid.Parse(e.Rests); err == nil {
					out.Rate, err = scoring.ParseDecimal(s.machine(c).Parameter("carry_rate"))
				}
			}
		}
		return err
	})
	return out, err
}

// Titled tells which areas of a prison hold a title on a day.
func (s *Service) Titled(ctx context.Context, prison uuid.UUID, day string) (map[uuid.UUID]bool, error) {
	if _, err := catalog.Day(day); err != nil {
		return nil, err
	}
	out := map[uuid.UUID]bool{}
	err := s.Store.Read(ctx, ledger.Session{Prison: prison, Scope: ledger.Everything()}, func(l Look) error {
		titles, err := l.Titles(ctx)
		for _, t := range titles {
			if t.Area != uuid.Nil && t.Stands(day) {
				out[t.Area] = true
			}
		}
		return err
	})
	return out, err
}
