package assessment

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"sync"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// inForce are the areas with the sheets that count for their prison: of one that holds
// a title the latest that a check confirmed, of another its latest self-check or
// baseline. One without any has no sheet and counts as 0; one that no standard judges never can have
// one, and is left out.
func (s *Service) inForce(ctx context.Context, ses ledger.Session, areas []ledger.Area, titled map[uuid.UUID]bool, day string) ([]scoring.Unit, error) {
	kinds, held := map[uuid.UUID][]string{}, map[uuid.UUID]*scoring.Sheet{} // of the areas, of the runs
	for _, a := range areas {
		kinds[a.ID] = []string{SelfCheck, "baseline"}
		if titled[a.ID] {
			kinds[a.ID] = full
		}
		if run, sheet := s.rated.of(a.ID); sheet != nil {
			held[run] = sheet
		}
	}
	latest, err := s.Store.Latest(ctx, ses, kinds, day, slices.Collect(maps.Keys(held)))
	if err != nil {
		return nil, err
	}
	var units []scoring.Unit
	for _, a := range areas {
		u := scoring.Unit{ID: a.ID.String()}
		if r, ok := latest[a.ID]; ok {
			if u.Sheet = held[r.ID]; u.Sheet == nil {
				if u.Sheet, err = ratesOf(r.Sheet); err != nil {
					return nil, fmt.Errorf("sheet in force of %s: %w", a.ID, err)
				}
				s.rated.put(a.ID, r.ID, u.Sheet)
			}
		} else if _, err := s.standard(ctx, a); fault.CodeOf(err) == "standard_unknown" {
			continue
		} else if err != nil {
			return nil, err
		}
		units = append(units, u)
	}
	return units, nil
}

// ratesOf is a kept sheet with no more in it than its rates are worked out of.
func ratesOf(raw []byte) (*scoring.Sheet, error) {
	var kept struct {
		Domains []struct {
			ID         string          `json:"id"`
			Deducted   scoring.Decimal `json:"deducted"`
			Indicators []struct {
				Points  scoring.Decimal `json:"points"`
				Applies bool            `json:"applies"`
			} `json:"indicators"`
		} `json:"domains"`
	}
	if err := json.Unmarshal(raw, &kept); err != nil {
		return nil, err
	}
	sheet := &scoring.Sheet{}
	for _, d := range kept.Domains {
		points := new(big.Rat)
		for _, i := range d.Indicators {
			if i.Applies {
				points.Add(points, i.Points.Rat())
			}
		}
		sheet.Domains = append(sheet.Domains, scoring.DomainScore{ID: d.ID, Deducted: d.Deducted, Indicators: []scoring.IndicatorScore{{Applies: true, Points: decimal(points)}}})
	}
	return sheet, nil
}

// shelf keeps the rates of the sheet that was last in force of each area. A kept run never changes, and
// with all that it names it is long: none is read twice.
type shelf struct {
	mu sync.Mutex
	at map[uuid.UUID]onShelf
}

type onShelf struct {
	run   uuid.UUID
	sheet *scoring.Sheet
}

func (s *shelf) of(area uuid.UUID) (run uuid.UUID, sheet *scoring.Sheet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.at[area]
	return x.run, x.sheet
}

func (s *shelf) put(area, run uuid.UUID, sheet *scoring.Sheet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == nil {
		s.at = map[uuid.UUID]onShelf{}
	}
	s.at[area] = onShelf{run, sheet}
}
