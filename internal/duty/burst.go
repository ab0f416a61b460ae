package duty

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
)

// Filed is the first submission of one entry.
type Filed struct {
	Area      uuid.UUID
	Ledger    string
	Entry     uuid.UUID
	Day       string // it happened on
	Occurred  time.Time
	Due       time.Time // of the latest duty of its period; zero when nothing was due
	Submitted time.Time
}

// Burst is a flood of back-dated entries: many of one ledger of one area, each
// filed after its deadline and grace, within a few hours. It is a reason to
// look, no finding.
type Burst struct {
	Area    uuid.UUID   `json:"area"`
	Ledger  string      `json:"ledger"`
	From    time.Time   `json:"from"` // the first was filed
	To      time.Time   `json:"to"`
	Days    [2]string   `json:"days"` // the entries speak of, first and last
	Entries []uuid.UUID `json:"entries"`
}

// Bursts lists those filed between two days, of the areas the actor may see.
func (s *Service) Bursts(ctx context.Context, prison uuid.UUID, from, to string) ([]Burst, error) {
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return nil, err
	}
	var own []uuid.UUID
	for _, a := range areas {
		if s.mayRead(ctx, prison, a.ID) == nil {
			own = append(own, a.ID)
		}
	}
	return s.burstsOf(ctx, prison, own, from, to)
}

// BurstsOf lists those of one area.
func (s *Service) BurstsOf(ctx context.Context, prison, area uuid.UUID, from, to string) ([]Burst, error) {
	if err := s.mayRead(ctx, prison, area); err != nil {
		return nil, err
	}
	return s.burstsOf(ctx, prison, []uuid.UUID{area}, from, to)
}

// burstsOf: how many in how long is a setting, burst_entries and burst_hours.
func (s *Service) burstsOf(ctx context.Context, prison uuid.UUID, areas []uuid.UUID, from, to string) ([]Burst, error) {
	first, err := catalog.Day(from)
	if err != nil {
		return nil, err
	}
	last, err := catalog.Day(to)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.Filed(ctx, s.asked(ctx, prison), areas, first.At, last.At.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	for i, f := range list {
		// Where nothing was due, the time allowed runs from the event itself.
		if t := s.Catalog.Current(f.Ledger); f.Due.IsZero() && t != nil {
			list[i].Due = t.Cadence.Due(f.Occurred, s.Catalog.Calendar())
		}
	}
	n, window := int(s.Catalog.Setting("burst_entries")), time.Duration(s.Catalog.Setting("burst_hours")*float64(time.Hour))
	return bursts(list, max(n, 2), window), nil
}

// bursts finds them: any n filed within the window. Those that overlap are one.
func bursts(list []Filed, n int, window time.Duration) []Burst {
	list = slices.DeleteFunc(list, func(f Filed) bool { return !f.Submitted.After(f.Due.Add(Grace)) })
	type key struct {
		area   uuid.UUID
		ledger string
	}
	by := map[key][]Filed{}
	var order []key
	slices.SortStableFunc(list, func(a, b Filed) int { return a.Submitted.Compare(b.Submitted) })
	for _, f := range list {
		k := key{f.Area, f.Ledger}
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], f)
	}
	out := []Burst{}
	for _, k := range order {
		filed := by[k]
		first, last := 0, -1
		flush := func() {
			if last < 0 {
				return
			}
			b := Burst{Area: k.area, Ledger: k.ledger, From: filed[first].Submitted, To: filed[last].Submitted, Days: [2]string{filed[first].Day, filed[first].Day}}
			for _, f := range filed[first : last+1] {
				b.Entries = append(b.Entries, f.Entry)
				b.Days[0], b.Days[1] = min(b.Days[0], f.Day), max(b.Days[1], f.Day)
			}
			out = append(out, b)
		}
		for i := 0; i+n <= len(filed); i++ {
			if filed[i+n-1].Submitted.Sub(filed[i].Submitted) > window {
				continue
			}
			if i > last {
				flush()
				first = i
			}
			last = i + n - 1
		}
		flush()
	}
	slices.SortStableFunc(out, func(a, b Burst) int { return b.To.Compare(a.To) })
	return out
}
