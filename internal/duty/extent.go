package duty

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

// Extents knows what the areas of a prison hold now.
type Extents struct {
	areas   []ledger.Area
	rolls   map[uuid.UUID]int
	nominal catalog.Extent
}

// Extents reads the roll of a prison. It names nobody and is the same for all who
// see anything of the prison; who sees nothing of it is given the nominal figures.
func (s *Service) Extents(ctx context.Context, prison uuid.UUID) (Extents, error) {
	out := Extents{nominal: s.Catalog.Nominal()}
	seen := strings.Split(s.asked(ctx, prison).Scope["prisons"], ",")
	if !slices.Contains(seen, "*") && !slices.Contains(seen, prison.String()) {
		return out, nil
	}
	var err error
	if out.areas, err = s.Store.Areas(ctx, prison); err != nil {
		return out, err
	}
	out.rolls, err = s.Store.Roll(ctx, s.reckoning(prison), catalog.DayOf(s.now()))
	return out, err
}

// Of one area. No list of work sites is kept: the nominal number stands for them,
// as it does in Plan.
func (e Extents) Of(area uuid.UUID) catalog.Extent {
	if !slices.ContainsFunc(e.areas, func(a ledger.Area) bool { return a.ID == area }) {
		return e.nominal
	}
	return catalog.Extent{Inmates: e.rolls[area], Sites: e.nominal.Sites, Of: "area"}
}

// Mean of the areas of a kind, rounded half up; nominal where the prison has none.
func (e Extents) Mean(of func(ledger.Area) bool) catalog.Extent {
	n, sum := 0, 0
	for _, a := range e.areas {
		if of(a) {
			n, sum = n+1, sum+e.rolls[a.ID]
		}
	}
	if n == 0 {
		return e.nominal
	}
	return catalog.Extent{Inmates: (2*sum + n) / (2 * n), Sites: e.nominal.Sites, Of: "mean"}
}
