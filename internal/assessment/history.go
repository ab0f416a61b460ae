package assessment

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// History is the kept runs of an area, the first made first, each laid on the domains of the
// standard in force now, so that a trend survives a domain that was split or renamed (R11).
type History struct {
	Standard string      `json:"standard"`
	Version  int         `json:"version"`
	Domains  []DomainNow `json:"domains"`
	Points   []Laid      `json:"points"`
}

// DomainNow is a domain of the standard in force.
type DomainNow struct {
	ID     string          `json:"id"`
	Title  fault.Text      `json:"title"`
	Points scoring.Decimal `json:"points"`
}

// Laid is a run of then on the domains of now. Domains are none where it was made by another
// standard, or by a version later than the one in force.
type Laid struct {
	Run
	Domains []standards.DomainTrend `json:"domains"`
}

// kept bounds a history: a sheet holds all that its points were lost for.
const kept = 24

// History of an area. Faults: not_found, forbidden, standard_unknown.
func (s *Service) History(ctx context.Context, prison, area uuid.UUID) (History, error) {
	_, std, err := s.unit(ctx, prison, area)
	if err != nil {
		return History{}, err
	}
	runs, err := s.Store.Sheets(ctx, s.asked(ctx, prison), area, kept)
	if err != nil {
		return History{}, err
	}
	h := History{Standard: std.ID, Version: std.Version, Domains: []DomainNow{}, Points: []Laid{}}
	for _, d := range std.Domains {
		h.Domains = append(h.Domains, DomainNow{ID: d.ID, Title: d.Title, Points: d.Points})
	}
	over := map[int][]standards.Hop{}
	for _, r := range runs {
		x := Laid{Run: r, Domains: []standards.DomainTrend{}}
		x.Sheet = nil
		if r.Standard == std.ID && r.Version <= std.Version {
			hops, seen := over[r.Version]
			if !seen {
				if hops, err = s.Standards.Hops(ctx, std.ID, r.Version, std.Version); err != nil {
					return History{}, err
				}
				over[r.Version] = hops
			}
			var sheet scoring.Sheet
			if err := json.Unmarshal(r.Sheet, &sheet); err != nil {
				return History{}, fmt.Errorf("sheet of run %s: %w", r.ID, err)
			}
			x.Domains = standards.Trend(&sheet, hops)
		}
		h.Points = append(h.Points, x)
	}
	return h, nil
}
