package proposal

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// overdrawn lists which savings of the gate there are not, or are claimed by other
// proposals. It is asked under the lock of the catalogue when a change is proposed:
// what is claimed then stays claimed until it is refused or withdrawn; and again at
// every decision, for what was saved of may take less meanwhile.
func (s *Service) overdrawn(ctx context.Context, tx Tx, prison, id uuid.UUID, c Content, r Report) ([]fault.Field, error) {
	adds := c.Kind == Add || slices.ContainsFunc(r.Changes, func(l Line) bool { return l.Adds })
	if c.Gate == nil || !adds {
		return nil, nil
	}
	claimed, err := tx.Claimed(ctx, id)
	if err != nil {
		return nil, err
	}
	costs, err := tx.Costs(ctx, prison, tx.Now().AddDate(0, 0, -ledger.CostDays))
	if err != nil {
		return nil, err
	}
	takes := func(id string) (int, bool) {
		t := s.Catalog.Current(id)
		if t == nil {
			return 0, false
		}
		return s.Catalog.Takes(t, costs), true
	}
	return c.Gate.Overdrawn("/gate", c.Ledger, takes, claimed), nil
}

// tried is the dry run of what is to be proposed, or was (id), with the savings it claims.
func (s *Service) tried(ctx context.Context, tx Tx, prison, id uuid.UUID, c Content, today string) (Report, error) {
	r, err := s.report(ctx, tx, c, today)
	if err != nil {
		return r, err
	}
	failed, err := s.overdrawn(ctx, tx, prison, id, c, r)
	r.Failed = append(r.Failed, failed...)
	return r, err
}
