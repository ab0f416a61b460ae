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

// Held is the version that a case's check is held to; a check belongs to the step that
// rests on it or is about to. Faults: not_found, case_forbids.
func (s *Service) Held(ctx context.Context, prison, area, id uuid.UUID, kind string) (string, int, error) {
	var c Case
	err := s.Store.Read(ctx, s.asked(ctx, prison), func(l Look) (err error) {
		c, err = l.Case(ctx, id)
		return err
	})
	switch {
	case err != nil:
		return "", 0, err
	case c.Area != area:
		return "", 0, fault.New(fault.NotFound, "not_found")
	case c.Pin == nil || sheets[c.State] != kind && !slices.Contains(ahead[c.State], kind):
		return "", 0, fault.New(fault.Conflict, "case_forbids").With("state", c.State).With("event", kind)
	}
	return c.Pin.Standard, c.Pin.Version, nil
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
