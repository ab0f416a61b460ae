package standards

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"taizhang/internal/fault"
	"taizhang/internal/scoring"
)

// Comparison is two versions side by side.
type Comparison struct {
	Standard string          `json:"standard"`
	From     int             `json:"from"`
	To       int             `json:"to"`
	Domains  []Pair          `json:"domains"`
	Rows     []IndicatorPair `json:"indicators"`
	Mapping  *Mapping        `json:"mapping,omitempty"` // where one tells what became of what
}

// Pair is a domain before and after; the side that is nil did not have it.
type Pair struct {
	ID     string           `json:"id"`
	Title  fault.Text       `json:"title"`
	Before *scoring.Decimal `json:"before,omitempty"`
	After  *scoring.Decimal `json:"after,omitempty"`
}

// IndicatorPair is an indicator before and after, the lines that differ named.
type IndicatorPair struct {
	Code   string             `json:"code"`
	Change string             `json:"change"` // same, changed, new, ended
	Before *scoring.Indicator `json:"before,omitempty"`
	After  *scoring.Indicator `json:"after,omitempty"`
	Lines  []string           `json:"lines"`
}

// Compare lays two versions side by side, indicators by their codes.
func Compare(from, to *scoring.Standard) Comparison {
	c := Comparison{Standard: to.ID, From: from.Version, To: to.Version, Domains: []Pair{}, Rows: []IndicatorPair{}}
	for _, d := range to.Domains {
		points := d.Points
		c.Domains = append(c.Domains, Pair{ID: d.ID, Title: d.Title, After: &points})
		for i := range d.Indicators {
			after := &d.Indicators[i]
			before, had := from.Find(after.Code)
			row := IndicatorPair{Code: after.Code, Change: "new", After: after, Lines: []string{}}
			if had {
				row.Before, row.Change, row.Lines = before, "same", differing(before, after)
				if !equal(before, after) {
					row.Change = "changed"
				}
			}
			c.Rows = append(c.Rows, row)
		}
	}
	for _, d := range from.Domains {
		points := d.Points
		if i := slices.IndexFunc(c.Domains, func(p Pair) bool { return p.ID == d.ID }); i >= 0 {
			c.Domains[i].Before = &points
		} else {
			c.Domains = append(c.Domains, Pair{ID: d.ID, Title: d.Title, Before: &points})
		}
		for i := range d.Indicators {
			if _, kept := to.Find(d.Indicators[i].Code); !kept {
				c.Rows = append(c.Rows, IndicatorPair{Code: d.Indicators[i].Code, Change: "ended", Before: &d.Indicators[i], Lines: []string{}})
			}
		}
	}
	return c
}

// differing names the lines that are not the same on both sides.
func differing(a, b *scoring.Indicator) []string {
	list := []string{}
	find := func(ind *scoring.Indicator, id string) *scoring.Line {
		i := slices.IndexFunc(ind.Lines, func(l scoring.Line) bool { return l.ID == id })
		if i < 0 {
			return nil
		}
		return &ind.Lines[i]
	}
	for _, l := range b.Lines {
		if !equal(find(a, l.ID), &l) {
			list = append(list, l.ID)
		}
	}
	for _, l := range a.Lines {
		if find(b, l.ID) == nil {
			list = append(list, l.ID)
		}
	}
	return list
}

func equal(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// Compare lays two versions of a standard side by side. A draft that does not compile
// cannot be compared: bad_standard.
func (s *Service) Compare(ctx context.Context, standard string, from, to int) (Comparison, error) {
	var sides []*scoring.Standard
	for _, v := range []int{from, to} {
		w, err := s.Load(ctx, standard, v)
		if err != nil {
			return Comparison{}, err
		}
		std, err := scoring.Compile(w.Set)
		if err != nil {
			return Comparison{}, err
		}
		sides = append(sides, std)
	}
	c := Compare(sides[0], sides[1])
	mappings, err := s.Store.Mappings(ctx, s.asked(ctx), standard)
	if err != nil {
		return Comparison{}, err
	}
	if i := slices.IndexFunc(mappings, func(m Mapping) bool { return m.From == from && m.To == to }); i >= 0 {
		c.Mapping = &mappings[i]
	}
	return c, nil
}
