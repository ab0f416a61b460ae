package overview

import (
	"context"
	"math/big"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Month of an area's hazards, by the facts of their ledger.
type Month struct {
	Month  string `json:"month"`
	Found  int64  `json:"found"`
	Due    int64  `json:"due"` // to be closed
	Closed int64  `json:"closed"`
	OnTime int64  `json:"on_time"` // closed by the time that was set
}

// Outcomes stand beside the score: what happened there before and after the unit was named (R63).
type Outcomes struct {
	From    string  `json:"from"`
	To      string  `json:"to"`
	NamedOn string  `json:"named_on,omitempty"` // "" for a unit that holds no title
	Months  []Month `json:"months"`
	Before  *Closed `json:"before,omitempty"` // months wholly before that of naming
	After   *Closed `json:"after,omitempty"`  // those wholly after it
}

// Closed is what became of hazards in some months.
type Closed struct {
	Months   int    `json:"months"`
	Due      int64  `json:"due"`
	Closed   int64  `json:"closed"`
	OnTime   int64  `json:"on_time"`
	Rate     string `json:"rate"`     // closed of what was to be closed, percent for the eye; "" of nothing
	Punctual string `json:"punctual"` // closed on time of what was closed
}

// outcomeMonths is how far an area's outcomes go back.
const outcomeMonths = 24

// Outcomes of an area. Faults: not_found, forbidden.
func (s *Service) Outcomes(ctx context.Context, prison, area uuid.UUID) (Outcomes, error) {
	if err := s.sees(ctx, "score", prison, area); err != nil {
		return Outcomes{}, err
	}
	g, err := s.ground(ctx)
	if err != nil {
		return Outcomes{}, err
	}
	if !slices.ContainsFunc(g.prisons, func(p ledger.Prison) bool {
		return p.ID == prison && slices.ContainsFunc(p.Areas, func(a ledger.Area) bool { return a.ID == area })
	}) {
		return Outcomes{}, fault.New(fault.NotFound, "not_found")
	}
	now := s.Now().In(catalog.Zone)
	first := time.Date(now.Year(), now.Month()-outcomeMonths, 1, 0, 0, 0, 0, catalog.Zone)
	out := Outcomes{From: catalog.DayOf(first), To: s.today(), NamedOn: g.unit(unit{prison, area}, "", s.today()).NamedOn, Months: []Month{}}
	found, err := s.Store.Hazards(ctx, s.asked(ctx, prison), area, out.From, out.To)
	if err != nil {
		return Outcomes{}, err
	}
	by := map[string]Month{}
	for _, m := range found {
		by[m.Month] = m
	}
	for n := range outcomeMonths + 1 {
		m := by[first.AddDate(0, n, 0).Format("2006-01")]
		m.Month = first.AddDate(0, n, 0).Format("2006-01")
		out.Months = append(out.Months, m)
	}
	if out.NamedOn != "" {
		out.Before, out.After = closed(out.Months, func(m string) bool { return m < out.NamedOn[:7] }), closed(out.Months, func(m string) bool { return m > out.NamedOn[:7] })
	}
	return out, nil
}

func closed(list []Month, in func(string) bool) *Closed {
	c := &Closed{}
	for _, m := range list {
		if in(m.Month) {
			c.Months, c.Due, c.Closed, c.OnTime = c.Months+1, c.Due+m.Due, c.Closed+m.Closed, c.OnTime+m.OnTime
		}
	}
	c.Rate, c.Punctual = percent(c.Closed, c.Due), percent(c.OnTime, c.Closed)
	return c
}

// percent for the eye, two decimals half up; "" of nothing.
func percent(n, of int64) string {
	if of == 0 {
		return ""
	}
	return new(big.Rat).Mul(big.NewRat(n, of), big.NewRat(100, 1)).FloatString(2)
}
