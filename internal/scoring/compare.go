package scoring

import (
	"cmp"
	"math/big"
	"slices"

	"taizhang/internal/fault"
)

// Change is what one line, or one leaf that belongs to no line, costs more or less in
// another sheet.
type Change struct {
	Domain    string     `json:"domain,omitempty"`
	Indicator string     `json:"indicator,omitempty"`
	Line      string     `json:"line"` // or "rescaled", "carry", "points"
	Title     fault.Text `json:"title"`
	Before    Decimal    `json:"before"` // deducted
	After     Decimal    `json:"after"`
	// Was and Is are what the line compared, in each; nil where nothing was or it was not kept.
	Was *Measured `json:"was,omitempty"`
	Is  *Measured `json:"is,omitempty"`
	// Came and Went are what the line rests on in one of the two only.
	Came []Ref `json:"came"`
	Went []Ref `json:"went"`
}

// Measured is what a line compares: so much, of so much where it is a ratio.
type Measured struct {
	Of  Decimal  `json:"of"`
	Per *Decimal `json:"per,omitempty"`
}

// leaf is a line's cost in one sheet.
type leaf struct {
	domain, indicator, line string
	title                   fault.Text
	deducted                *big.Rat
	measured                *Measured
	refs                    []Ref
}

// Compare lists what differs between two sheets, the largest loss first: the changes
// sum to the difference of what is lost. The sheets may be of two versions; lines
// are told by their ids.
func Compare(before, after *Sheet) []Change {
	a, b := leaves(before), leaves(after)
	names := map[string]leaf{}
	var order []string
	for _, list := range [][]leaf{b, a} {
		for _, l := range list {
			if _, ok := names[l.line]; !ok {
				names[l.line] = l
				order = append(order, l.line)
			}
		}
	}
	was, is := byLine(a), byLine(b)
	list := []Change{}
	for _, line := range order {
		l, x, y := names[line], was[line], is[line]
		c := Change{Domain: l.domain, Indicator: l.indicator, Line: line, Title: l.title,
			Before: Decimal{x.deducted}, After: Decimal{y.deducted}, Was: x.measured, Is: y.measured, Came: without(y.refs, x.refs), Went: without(x.refs, y.refs)}
		if c.Before.Equal(c.After) && len(c.Came)+len(c.Went) == 0 {
			continue
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b Change) int { return b.cost().Cmp(a.cost()) })
	return list
}

func (c Change) cost() *big.Rat { return new(big.Rat).Sub(c.After.Rat(), c.Before.Rat()) }

func byLine(list []leaf) map[string]leaf {
	m := map[string]leaf{}
	for _, l := range list {
		m[l.line] = l
	}
	return m
}

// leaves of a sheet: what a line, rescaling and the carry cost.
func leaves(s *Sheet) []leaf {
	var list []leaf
	for _, d := range s.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				x := leaf{domain: d.ID, indicator: i.Code, line: l.ID, title: l.Title, deducted: l.Deducted.Rat()}
				if l.Of != nil {
					x.measured = &Measured{*l.Of, l.Per}
				}
				for _, loss := range l.Losses {
					x.refs = append(x.refs, loss.Refs...)
				}
				list = append(list, x)
			}
		}
	}
	list = append(list, leaf{line: "rescaled", deducted: s.Rescaled.Rat(), title: fault.Text{ZH: "折算", EN: "Rescaling"}})
	if s.Carry != nil {
		list = append(list, leaf{line: "carry", deducted: s.Carry.Deducted.Rat(), title: fault.Text{ZH: "回头看扣分结转", EN: "Carried over from the look-back"}})
	}
	return list
}

// without lists what is in a and not in b, each once, in order.
func without(a, b []Ref) []Ref {
	had := map[Ref]bool{}
	for _, r := range b {
		had[r] = true
	}
	list := []Ref{}
	for _, r := range a {
		if !had[r] {
			had[r] = true
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b Ref) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return list
}
