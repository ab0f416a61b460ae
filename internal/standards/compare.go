package standards

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"taizhang/internal/fault"
	"taizhang/internal/scoring"
)

// Comparison is two versions side by side: what became of what as the mappings between
// them say, and by the codes where none says anything.
type Comparison struct {
	Standard   string          `json:"standard"`
	From       int             `json:"from"`
	To         int             `json:"to"`
	ByCodes    []Span          `json:"by_codes"` // what no mapping leads over
	Before     Head            `json:"before"`
	After      Head            `json:"after"`
	Domains    []DomainPair    `json:"domains"`
	Indicators []IndicatorPair `json:"indicators"`
}

// Span is from a version to a later one.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Head is what a standard says of itself as a whole.
type Head struct {
	Title         fault.Text      `json:"title"`
	Label         string          `json:"label,omitempty"`
	Unofficial    bool            `json:"unofficial,omitempty"`
	Unit          scoring.Kind    `json:"unit"`
	Points        scoring.Decimal `json:"points"`
	Line          scoring.Decimal `json:"line"`
	Months        int             `json:"months"`
	NotApplicable string          `json:"not_applicable"`
	SameEvent     string          `json:"same_event,omitempty"`
	Decimals      *int            `json:"decimals,omitempty"`
}

// DomainPair is what became of domains: one of one, or of several where they were split or merged,
// or regrouped, which is several of several.
type DomainPair struct {
	How    string       `json:"how"` // same, renamed, split, merged, regrouped, new, ended
	Before []DomainSide `json:"before"`
	After  []DomainSide `json:"after"`
}

// DomainSide is a domain without its indicators.
type DomainSide struct {
	ID     string          `json:"id"`
	Title  fault.Text      `json:"title"`
	Points scoring.Decimal `json:"points"`
}

// IndicatorPair is what became of indicators, themselves without their lines. Lines are those
// that differ; of what is new or ended all of them.
type IndicatorPair struct {
	Change string              `json:"change"` // as of domains, and changed
	Before []scoring.Indicator `json:"before"`
	After  []scoring.Indicator `json:"after"`
	Lines  []LinePair          `json:"lines"`
}

// LinePair is a line that differs; the side that is nil did not have it.
type LinePair struct {
	Before *Told `json:"before,omitempty"`
	After  *Told `json:"after,omitempty"`
}

// Told is a line with what the acceptance guide says of it.
type Told struct {
	scoring.Line
	Guide *scoring.GuideLine `json:"guide,omitempty"`
}

// Side is a version as it is compared.
type Side struct {
	*scoring.Standard
	Guide *scoring.Guide
}

// Compare lays two versions side by side, over the hops from the earlier to the later. Without hops
// what keeps its code is the same; of a mapping that a draft has outgrown what still fits is taken.
func Compare(from, to Side, hops []Hop) Comparison {
	c := Comparison{Standard: to.ID, From: from.Version, To: to.Version, ByCodes: []Span{}, Before: from.head(), After: to.head(), Domains: []DomainPair{}, Indicators: []IndicatorPair{}}
	for _, h := range hops {
		if !h.Written {
			c.ByCodes = append(c.ByCodes, Span{h.Mapping.From, h.Mapping.To})
		}
	}
	domains := func(m Mapping) []Link { return m.Domains }
	for _, l := range over(hops, from.Standard, to.Standard, domainIDs, domains) {
		c.Domains = append(c.Domains, DomainPair{How: l.How, Before: from.domains(l.From), After: to.domains(l.To)})
	}
	indicators := func(m Mapping) []Link { return m.Indicators }
	for _, l := range over(hops, from.Standard, to.Standard, codesOf, indicators) {
		row := IndicatorPair{Change: l.How, Before: from.indicators(l.From), After: to.indicators(l.To), Lines: differing(from, to, l)}
		if l.How == "same" && (len(row.Lines) > 0 || !equal(row.Before, row.After)) {
			row.Change = "changed"
		}
		c.Indicators = append(c.Indicators, row)
	}
	return c
}

// over composes what the hops say, one after the other, of all codes of either version.
func over(hops []Hop, from, to *scoring.Standard, codes func(*scoring.Standard) []string, of func(Mapping) []Link) []Link {
	first := from
	if from.Version > to.Version {
		first = to
	}
	var list []Link
	for i, h := range hops {
		links := paired(of(h.Mapping), codes(first), codes(h.To))
		if first = h.To; i > 0 {
			links = joined(list, links)
		}
		list = links
	}
	if from.Version > to.Version {
		for i, l := range list {
			list[i] = Link{From: l.To, To: l.From}
		}
	}
	return paired(list, codes(from), codes(to))
}

// joined leads over both: whatever meets in between is one link.
func joined(list, next []Link) (whole []Link) {
	type road struct{ from, by, to []string }
	var roads []road
	for _, l := range list {
		roads = append(roads, road{from: l.From, by: l.To})
	}
	for _, n := range next {
		one := road{by: n.From, to: n.To}
		var others []road
		for _, r := range roads {
			if slices.ContainsFunc(r.by, func(c string) bool { return slices.Contains(n.From, c) }) {
				one = road{slices.Concat(one.from, r.from), slices.Concat(one.by, r.by), slices.Concat(one.to, r.to)}
			} else {
				others = append(others, r)
			}
		}
		roads = append(others, one)
	}
	for _, r := range roads {
		whole = append(whole, Link{From: r.from, To: r.to})
	}
	return whole
}

// paired completes links: every code stands in one, those of now in their order, then what ended.
func paired(links []Link, was, is []string) []Link {
	list := []Link{}
	free := func(codes []string, of func(Link) []string) []string {
		return slices.DeleteFunc(slices.Clone(codes), func(c string) bool {
			return slices.ContainsFunc(list, func(l Link) bool { return slices.Contains(of(l), c) })
		})
	}
	known := func(codes, of []string) []string {
		return slices.DeleteFunc(slices.Clone(of), func(c string) bool { return !slices.Contains(codes, c) })
	}
	for _, l := range links {
		if l.From, l.To = known(l.From, was), known(l.To, is); len(l.From)+len(l.To) > 0 {
			l.How = how(l)
			list = append(list, l)
		}
	}
	left := free(was, func(l Link) []string { return l.From })
	for _, c := range free(is, func(l Link) []string { return l.To }) {
		l := Link{To: []string{c}}
		if i := slices.Index(left, c); i >= 0 {
			l.From, left = []string{c}, slices.Delete(left, i, i+1)
		}
		l.How = how(l)
		list = append(list, l)
	}
	for _, c := range left {
		list = append(list, Link{From: []string{c}, How: "ended"})
	}
	place := func(l Link) int {
		if len(l.To) > 0 {
			return slices.Index(is, l.To[0])
		}
		return len(is)
	}
	slices.SortStableFunc(list, func(a, b Link) int { return place(a) - place(b) })
	return list
}

// how a link leads from its ends to its ends.
func how(l Link) string {
	switch {
	case len(l.From) == 0:
		return "new"
	case len(l.To) == 0:
		return "ended"
	case len(l.From) > 1 && len(l.To) > 1:
		return "regrouped"
	case len(l.To) > 1:
		return "split"
	case len(l.From) > 1:
		return "merged"
	case l.From[0] != l.To[0]:
		return "renamed"
	}
	return "same"
}

func (s Side) head() Head {
	return Head{s.Title, s.Label, s.Unofficial, s.Unit, s.Points, s.Line, s.Months, s.NotApplicable, s.SameEvent, s.Decimals}
}

func (s Side) domains(ids []string) []DomainSide {
	list := []DomainSide{}
	for _, d := range s.Domains {
		if slices.Contains(ids, d.ID) {
			list = append(list, DomainSide{d.ID, d.Title, d.Points})
		}
	}
	return list
}

func (s Side) indicators(codes []string) []scoring.Indicator {
	list := []scoring.Indicator{}
	for _, code := range codes {
		ind, _ := s.Find(code)
		bare := *ind
		bare.Lines = nil
		list = append(list, bare)
	}
	return list
}

// told are the lines of an indicator with their guidance.
func (s Side) told(code string) (list []Told) {
	ind, _ := s.Find(code)
	for _, l := range ind.Lines {
		t := Told{Line: l}
		if i := slices.IndexFunc(s.Guide.Lines, func(g scoring.GuideLine) bool { return g.ID == l.ID }); i >= 0 {
			t.Guide = &s.Guide.Lines[i]
		}
		list = append(list, t)
	}
	return list
}

// differing pairs the lines of a link that are not the same on both sides, in their order now.
// The id of a line follows the code of a renamed indicator, and is no difference then.
func differing(from, to Side, l Link) []LinePair {
	list := []LinePair{}
	var old, now []Told
	for _, code := range l.From {
		old = append(old, from.told(code)...)
	}
	for _, code := range l.To {
		now = append(now, to.told(code)...)
	}
	was := func(id string) string {
		if l.How == "renamed" {
			if rest, follows := strings.CutPrefix(id, l.To[0]); follows {
				return l.From[0] + rest
			}
		}
		return id
	}
	for _, n := range now {
		i := slices.IndexFunc(old, func(o Told) bool { return o.ID == n.ID || o.ID == was(n.ID) })
		if i < 0 {
			list = append(list, LinePair{After: &n})
			continue
		}
		o := old[i]
		old = slices.Delete(old, i, i+1)
		if !equal(o.named(""), n.named("")) {
			list = append(list, LinePair{Before: &o, After: &n})
		}
	}
	for _, o := range old {
		list = append(list, LinePair{Before: &o})
	}
	return list
}

// named is the line under another id.
func (t Told) named(id string) Told {
	t.ID = id
	if t.Guide != nil {
		g := *t.Guide
		g.ID = id
		t.Guide = &g
	}
	return t
}

func equal(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// Compare lays two versions of a standard side by side, by what was written of all that lies between
// them, the mapping of a draft too. A draft that does not compile cannot be compared: bad_standard.
func (s *Service) Compare(ctx context.Context, standard string, from, to int) (Comparison, error) {
	written, err := s.Store.Mappings(ctx, s.asked(ctx), standard)
	if err != nil {
		return Comparison{}, err
	}
	var sides []Side
	for _, v := range []int{from, to} {
		w, err := s.Load(ctx, standard, v)
		if err != nil {
			return Comparison{}, err
		}
		std, err := scoring.Compile(w.Set)
		if err != nil {
			return Comparison{}, err
		}
		guide, err := scoring.ReadGuide(w.Set.Guide)
		if err != nil {
			return Comparison{}, err
		}
		if sides = append(sides, Side{std, guide}); w.Mapping != nil {
			written = append(written, *w.Mapping)
		}
	}
	first, last := sides[0].Standard, sides[1].Standard
	if from > to {
		first, last = last, first
	}
	hops, err := s.hops(ctx, written, first, last)
	if err != nil {
		return Comparison{}, err
	}
	return Compare(sides[0], sides[1], hops), nil
}
