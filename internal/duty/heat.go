package duty

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/scoring"
)

// Cell is what became of one ledger's duties of one area on one day.
type Cell struct {
	Area       uuid.UUID     `json:"area"`
	Ledger     string        `json:"ledger"`
	Day        string        `json:"day"`
	Due        int           `json:"due"`
	Filled     int           `json:"filled"`
	OnTime     int           `json:"on_time"`
	Late       int           `json:"late"` // filled, but after the deadline
	Backfilled int           `json:"backfilled"`
	Missing    int           `json:"missing"`
	Excused    int           `json:"excused"`
	Refs       []scoring.Ref `json:"refs"` // what is late, missing or excused
}

// Heat lists the days between two, of the areas the actor may see, on which
// something was due or excused. area and ledgerID narrow it unless zero.
func (s *Service) Heat(ctx context.Context, prison, area uuid.UUID, ledgerID, from, to string) ([]Cell, error) {
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return nil, err
	}
	list := []Cell{}
	for _, a := range areas {
		if area != uuid.Nil && a.ID != area || s.mayRead(ctx, prison, a.ID) != nil {
			continue
		}
		facts, err := s.Store.Facts(ctx, s.asked(ctx, prison), a.ID, from, to)
		if err != nil {
			return nil, err
		}
		list = append(list, cells(a.ID, ledgerID, facts)...)
	}
	return list, nil
}

func cells(area uuid.UUID, ledgerID string, facts []scoring.DayFact) []Cell {
	by := map[string]*Cell{}
	for _, f := range facts {
		if ledgerID != "" && f.Ledger != ledgerID || !slices.Contains([]string{"due", "ontime", "filled", "late", "backfilled", "missing", "excused"}, f.Measure) {
			continue
		}
		c := by[f.Ledger+f.Day]
		if c == nil {
			c = &Cell{Area: area, Ledger: f.Ledger, Day: f.Day, Refs: []scoring.Ref{}}
			by[f.Ledger+f.Day] = c
		}
		n := whole(f.Value.Rat())
		switch f.Measure {
		case "due":
			c.Due = n
		case "filled":
			c.Filled = n
		case "ontime":
			c.OnTime = n
		case "late": // with what is missing or back-filled, as the standard counts it
			c.Late += n
			c.Refs = append(c.Refs, f.Refs...)
		case "backfilled":
			c.Backfilled, c.Late = n, c.Late-n
		case "missing":
			c.Missing, c.Late = n, c.Late-n
		case "excused":
			c.Excused = n
			c.Refs = append(c.Refs, f.Refs...)
		}
	}
	list := make([]Cell, 0, len(by))
	for _, c := range by {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b Cell) int { return strings.Compare(a.Ledger+a.Day, b.Ledger+b.Day) })
	return list
}

// whole is a count: the facts of duties are counted, never measured.
func whole(r *big.Rat) int { return int(new(big.Int).Quo(r.Num(), r.Denom()).Int64()) }

// MonthOf yields the first and last day of a month written YYYY-MM.
func MonthOf(month string) (from, to string, err error) {
	m, err := catalog.Day(month + "-01")
	if err != nil {
		return "", "", err
	}
	return m.Day, catalog.DayOf(m.At.AddDate(0, 1, -1)), nil
}
