package inspection

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/integrity"
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
		AppealsOpen: r.AppealsOpen, AppealUntil: c.AppealUntil}
	if c.Case != nil {
		st.Case = *c.Case
	}
	st.AppealsOver = st.Confirmed && r.AppealsOpen == 0 && catalog.DayOf(tx.Now()) > c.AppealUntil
	if c.Run != nil {
		sheet, err := sheetOf(r.Sheet)
		if err != nil {
			return st, err
		}
		deducted, err := lost(sheet)
		if err != nil {
			return st, err
		}
		st.Run, st.Score, st.Deducted, st.Line = *c.Run, c.Score, deducted.String(), sheet.Line.String()
		for _, d := range sheet.Domains {
			if rate, ok := sheet.Rate(d.ID); ok && (st.Lowest == nil || rate.Cmp(st.Lowest) < 0) {
				st.Lowest = rate
			}
		}
	}
	return st, nil
}

// Items of a unit that were not annulled, verified or not. What a framework of another field asked holds up no case.
func (s *Service) Items(ctx context.Context, tx ledger.Tx, prison, area uuid.UUID) ([]Item, error) {
	list, err := s.Store.ItemsIn(ctx, tx, prison, area)
	items := []Item{}
	for _, r := range list {
		if r.State == Annulled || r.Kind == Other {
			continue
		}
		i := Item{ID: r.ID, Check: r.Check, Line: r.Line, DueOn: r.DueOn, Verified: r.State == Verified}
		std, err := s.Texts.Compiled(ctx, r.Standard, r.Version)
		if err != nil {
			return nil, err
		}
		if l, ok := std.LineOf(r.Line); ok {
			i.Critical = l.Critical
		}
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

// Abandon what a case has no use for any more; what was said there stays to be read.
func (s *Service) Abandon(ctx context.Context, tx ledger.Tx, prison, of uuid.UUID, kinds []string, by uuid.UUID, reason string) error {
	list, err := s.Store.ChecksIn(ctx, tx, prison, of)
	if err != nil {
		return err
	}
	for _, c := range list {
		switch {
		case !slices.Contains(kinds, c.Kind):
			continue
		case c.State == Open:
			if err := s.Store.CancelIn(ctx, tx, c, Act{Kind: Cancelled, Reason: cut(reason), By: by, Salt: integrity.NewSalt()}); err != nil {
				return err
			}
		}
		if err := s.Store.EndRights(ctx, tx, prison, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// cut to what a reason may have.
func cut(text string) string {
	r := []rune(text)
	return string(r[:min(len(r), maxText)])
}
