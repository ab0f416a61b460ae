package inspection

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

var _ Checks = (*Service)(nil)

// Standing of a check, as an act on its case asks.
func (s *Service) Standing(ctx context.Context, tx ledger.Tx, prison, check uuid.UUID) (Standing, error) {
	r, err := s.Store.StandingIn(ctx, tx, prison, check)
	if err != nil {
		return Standing{}, err
	}
	c := r.Check
	st := Standing{Kind: c.Kind, Team: len(c.Members), OfPrison: r.OfPrison, Confirmed: c.State == Confirmed || c.State == Closed, Closed: c.State == Closed,
		AppealsOpen: r.AppealsOpen}
	if c.Case != nil {
		st.Case = *c.Case
	}
	st.AppealsOver = st.Confirmed && r.AppealsOpen == 0 && catalog.DayOf(tx.Now()) > c.AppealUntil
	if c.Run != nil {
		deducted, line, err := lost(r.Sheet)
		if err != nil {
			return st, err
		}
		st.Run, st.Score, st.Deducted, st.Line = *c.Run, c.Score, deducted.String(), line.String()
	}
	items, err := s.Store.ItemsIn(ctx, tx, prison, c.Area)
	if err != nil {
		return st, err
	}
	for _, i := range items {
		if !i.Waits() {
			continue
		}
		std, err := s.Texts.Compiled(ctx, i.Standard, i.Version)
		if err != nil {
			return st, err
		}
		if l, ok := std.LineOf(i.Line); ok && l.Critical {
			st.CriticalOpen++
		}
	}
	return st, nil
}

// Items of a unit that were not annulled, verified or not.
func (s *Service) Items(ctx context.Context, tx ledger.Tx, prison, area uuid.UUID) ([]Item, error) {
	list, err := s.Store.ItemsIn(ctx, tx, prison, area)
	items := []Item{}
	for _, r := range list {
		if r.State == Annulled {
			continue
		}
		i := Item{ID: r.ID, Line: r.Line, DueOn: r.DueOn, Verified: r.State == Verified}
		if r.Owner != nil {
			i.Owner = *r.Owner
		}
		items = append(items, i)
	}
	return items, err
}

// Findings of one check alone, as the appeals left them.
func (s *Service) Findings(ctx context.Context, prison, check uuid.UUID) ([]scoring.Finding, error) {
	return s.Store.Scored(ctx, s.asked(ctx, prison), check)
}

// EndRights of the check's team, at once.
func (s *Service) EndRights(ctx context.Context, tx ledger.Tx, prison, check uuid.UUID) error {
	return s.Store.EndRights(ctx, tx, prison, check)
}
