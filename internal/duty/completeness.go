package duty

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/scoring"
)

// Share of one ledger in one area's completeness.
type Share struct {
	Area   uuid.UUID                  `json:"area"`
	Ledger string                     `json:"ledger"`
	Sums   map[string]scoring.Decimal `json:"sums"` // by measure: due, filled, ontime, late, backfilled …
}

// Completeness sums the generic facts of the areas the actor may see, by
// ledger, between two days.
func (s *Service) Completeness(ctx context.Context, prison uuid.UUID, from, to string) ([]Share, error) {
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return nil, err
	}
	var list []Share
	for _, a := range areas {
		if s.mayRead(ctx, prison, a.ID) != nil {
			continue
		}
		facts, err := s.Store.Facts(ctx, s.asked(ctx, prison), a.ID, from, to)
		if err != nil {
			return nil, err
		}
		list = append(list, shares(a.ID, facts)...)
	}
	return list, nil
}
