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

// Comparison is two versions side by side: what became of what as the mapping between
// them says, and by the codes where none says anything.
type Comparison struct {
	Standard   string          `json:"standard"`
	From       int             `json:"from"`
	To         int             `json:"to"`
	Before     Head            `json:"before"`
	After      Head            `json:"after"`
	Domains    []DomainPair    `json:"domains"`
	Indicators []IndicatorPair `json:"indicators"`
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

// DomainPair is what became of domains: one of one, or of several where they were split or merged.
type DomainPair struct {
	How    string       `json:"how"` // same, renamed, split, merged, new, ended
	Before []DomainSide `json:"before"`
	After  []DomainSide `json:"after"`
}

// DomainSide is a domain without its indicators.
type DomainSide struct {
	ID     string          `json:"id"`
	Title  fault.Text      `json:"title"`
	Points scoring.Decimal `json:"points"`
}

// IndicatorPair is what became of indicators, themselves without their lines. Of one that
// stayed one, Lines are those that differ.
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

// Compare lays two versions side by side. Without a mapping between them what keeps its code is
// the same; of a mapping that a draft has outgrown what still fits is taken.
func Compare(from, to Side, m *Mapping) Comparison {
	if m == nil {
		m = &Mapping{}
	}
	c := Comparison{Standard: to.ID, From: from.Version, To: to.Version, Before: from.head(), After: to.head(), Domains: []DomainPair{}, Indicators: []IndicatorPair{}}
	for _, l := range paired(m.Domains, domainIDs(from.Standard), domainIDs(to.Standard)) {
		c.Domains = append(c.Domains, DomainPair{How: l.How, Before: from.domains(l.From), After: to.domains(l.To)})
	}
	for _, l := range paired(m.Indicators, codesOf(from.Standard), codesOf(to.Standard)) {
		row := IndicatorPair{Change: l.How, Before: from.indicators(l.From), After: to.indicators(l.To), Lines: []LinePair{}}
		if len(l.From) == 1 && len(l.To) == 1 {
			row.Lines = differing(from, to, l.From[0], l.To[0])
			if l.How == "same" && (len(row.Lines) > 0 || !equal(row.Before, row.After)) {
				row.Change = "changed"
			}
		}
		c.Indicators = append(c.Indicators, row)
	}
	return c
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
		return slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return !slices.Contains(of, c) })
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

// differing pairs the lines of an indicator that are not the same on both sides, in their order now.
// The id of a line follows the code of a renamed indicator, and is no difference then.
func differing(from, to Side, was, is string) []LinePair {
	list := []LinePair{}
	old := from.told(was)
	for _, l := range to.told(is) {
		rest, follows := strings.CutPrefix(l.ID, is)
		i := slices.IndexFunc(old, func(o Told) bool { return o.ID == l.ID || follows && o.ID == was+rest })
		if i < 0 {
			list = append(list, LinePair{After: &l})
			continue
		}
		o := old[i]
		old = slices.Delete(old, i, i+1)
		if !equal(o.named(""), l.named("")) {
			list = append(list, LinePair{Before: &o, After: &l})
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

// Compare lays two versions of a standard side by side. A draft that does not compile
// cannot be compared: bad_standard.
func (s *Service) Compare(ctx context.Context, standard string, from, to int) (Comparison, error) {
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
		sides = append(sides, Side{std, guide})
	}
	mappings, err := s.Store.Mappings(ctx, s.asked(ctx), standard)
	if err != nil {
		return Comparison{}, err
	}
	var between *Mapping
	if i := slices.IndexFunc(mappings, func(m Mapping) bool { return m.From == from && m.To == to }); i >= 0 {
		between = &mappings[i]
	}
	return Compare(sides[0], sides[1], between), nil
}
