package standards

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"taizhang/internal/fault"
	"taizhang/internal/scoring"
)

// Mapping tells what became of domains and indicators between two versions, so that
// a trend goes on over old sheets. Nothing of an old sheet is written.
type Mapping struct {
	Standard   string `json:"standard"`
	From       int    `json:"from"`
	To         int    `json:"to"`
	Domains    []Link `json:"domains"`
	Indicators []Link `json:"indicators"`
}

// Link between what was and what is: same, renamed, split, merged, new or ended.
type Link struct {
	From []string `json:"from,omitempty"`
	To   []string `json:"to,omitempty"`
	How  string   `json:"how"`
	// Coverage of what is by what was: full, or partial where they only overlap.
	Coverage string `json:"coverage,omitempty"`
}

// many says whether a number of ends fits a way: exactly one, at least two, any, none.
type many func(int) bool

func one(n int) bool  { return n == 1 }
func two(n int) bool  { return n >= 2 }
func some(n int) bool { return n >= 1 }
func none(n int) bool { return n == 0 }

// ways is how many ends each way has on either side.
var ways = map[string][2]many{
	"same": {one, one}, "renamed": {one, one}, "split": {one, two}, "merged": {two, one}, "new": {none, some}, "ended": {some, none},
}

// Check names what is wrong with the mapping between the two versions: every domain
// and indicator of either stands in exactly one link, and indicators follow domains.
func (m Mapping) Check(from, to *scoring.Standard) []fault.Field {
	bad := []fault.Field{}
	mistake := func(ok bool, at, zh, en string, args ...any) {
		if !ok {
			bad = append(bad, told(at, "mapping", zh, en, args))
		}
	}
	mistake(from.ID == m.Standard && to.ID == m.Standard && from.Version == m.From && to.Version == m.To, "/standard", "对照须属于 %s 第 %d、%d 版", "The mapping belongs to %s, versions %d and %d", m.Standard, m.From, m.To)
	oldIn, newIn := domainsOf(from), domainsOf(to)
	links := func(list []Link, at string, was, is []string) {
		seenOld, seenNew := map[string]bool{}, map[string]bool{}
		once := func(codes, all []string, seen map[string]bool, at string) {
			for _, code := range codes {
				mistake(slices.Contains(all, code), at, "没有 %s", "No %s", code)
				mistake(!seen[code], at, "%s 出现两次", "%s stands twice", code)
				seen[code] = true
			}
		}
		for i, l := range list {
			at := fmt.Sprintf("%s/%d", at, i)
			way, known := ways[l.How]
			mistake(known && way[0](len(l.From)) && way[1](len(l.To)), at+"/how", "%s 与两端的个数不符", "%s does not fit the number of its ends", l.How)
			linked := l.How != "new" && l.How != "ended"
			mistake(linked == (l.Coverage == "full" || l.Coverage == "partial") && (linked || l.Coverage == ""), at+"/coverage", "须写明 full 或 partial；新设与终止不写", "Say full or partial; nothing where one side is empty")
			once(l.From, was, seenOld, at+"/from")
			once(l.To, is, seenNew, at+"/to")
		}
		for _, code := range was {
			mistake(seenOld[code], at, "未说明旧版 %s 的去向", "Nothing tells what became of %s", code)
		}
		for _, code := range is {
			mistake(seenNew[code], at, "未说明新版 %s 的来源", "Nothing tells where %s comes from", code)
		}
	}
	links(m.Domains, "/domains", domainIDs(from), domainIDs(to))
	links(m.Indicators, "/indicators", codesOf(from), codesOf(to))
	for i, l := range m.Indicators {
		for _, a := range l.From {
			for _, b := range l.To {
				mistake(m.joined(oldIn[a], newIn[b]), fmt.Sprintf("/indicators/%d", i), "%s 到 %s 不在方面的对照之内", "%s to %s follows no link of their domains", a, b)
			}
		}
	}
	return bad
}

func (m Mapping) joined(from, to string) bool {
	return slices.ContainsFunc(m.Domains, func(l Link) bool { return slices.Contains(l.From, from) && slices.Contains(l.To, to) })
}

func domainIDs(s *scoring.Standard) (list []string) {
	for _, d := range s.Domains {
		list = append(list, d.ID)
	}
	return list
}

func domainsOf(s *scoring.Standard) map[string]string {
	of := map[string]string{}
	for _, d := range s.Domains {
		for _, i := range d.Indicators {
			of[i.Code] = d.ID
		}
	}
	return of
}

func codesOf(s *scoring.Standard) (list []string) {
	for _, d := range s.Domains {
		for _, i := range d.Indicators {
			list = append(list, i.Code)
		}
	}
	return list
}

// Hop is one step from a version to the next.
type Hop struct {
	Mapping Mapping
	Written bool // else Natural
	To      *scoring.Standard
}

// Natural is the mapping of two versions that nobody wrote one for: what keeps its code is the
// same fact, whatever its title; the rest ended or is new.
func Natural(from, to *scoring.Standard) Mapping {
	links := func(was, is []string) (list []Link) {
		for _, code := range was {
			if slices.Contains(is, code) {
				list = append(list, Link{From: []string{code}, To: []string{code}, How: "same", Coverage: Full})
			} else {
				list = append(list, Link{From: []string{code}, How: "ended"})
			}
		}
		for _, code := range is {
			if !slices.Contains(was, code) {
				list = append(list, Link{To: []string{code}, How: "new"})
			}
		}
		return list
	}
	return Mapping{Standard: from.ID, From: from.Version, To: to.Version, Domains: links(domainIDs(from), domainIDs(to)), Indicators: links(codesOf(from), codesOf(to))}
}

// Hops lead from a version of a standard to a later one: by the mappings that were written, each
// as far as it goes, and over what none spans by the codes. None lead back. Fault: standard_unknown.
func (s *Service) Hops(ctx context.Context, standard string, from, to int) (list []Hop, err error) {
	if from >= to {
		return nil, nil
	}
	written, err := s.Store.Mappings(ctx, house, standard)
	if err != nil {
		return nil, err
	}
	first, err := s.Compiled(ctx, standard, from)
	if err != nil {
		return nil, err
	}
	last, err := s.Compiled(ctx, standard, to)
	if err != nil {
		return nil, err
	}
	return s.hops(ctx, written, first, last)
}

func (s *Service) hops(ctx context.Context, written []Mapping, at, last *scoring.Standard) (list []Hop, err error) {
	for at.Version < last.Version {
		var best *Mapping
		next := last.Version
		for i, m := range written {
			switch {
			case m.From == at.Version && m.To <= last.Version && (best == nil || m.To > best.To):
				best = &written[i]
			case m.From > at.Version && m.From < next:
				next = m.From
			}
		}
		if best != nil {
			next = best.To
		}
		then := last
		if next < last.Version {
			if then, err = s.Compiled(ctx, last.ID, next); err != nil {
				return nil, err
			}
		}
		hop := Hop{Written: best != nil, To: then}
		if hop.Written {
			hop.Mapping = *best
		} else {
			hop.Mapping = Natural(at, then)
		}
		list, at = append(list, hop), then
	}
	return list, nil
}

// How much of a domain of now an old sheet speaks of.
const (
	Full    = "full"
	Partial = "partial"
	None    = "none"
)

// DomainTrend is where a domain of now stands on an old sheet.
type DomainTrend struct {
	ID     string          `json:"id"`
	Points scoring.Decimal `json:"points"` // of the domain now
	// Rate of what is known of it; Covered are the points of now that have an origin.
	Rate    scoring.Decimal `json:"rate"`
	Covered scoring.Decimal `json:"covered"`
	// Coverage is the weakest of all links over all hops; with none there is no rate.
	Coverage string `json:"coverage"`
}

// standing of one indicator in some version: its rate, and how well it is known.
type standing struct {
	points, rate *big.Rat
	coverage     string
}

// Trend carries an old sheet over the hops to the domains of the last version, each
// by the points of its indicators. Without hops they are the sheet's own.
func Trend(sheet *scoring.Sheet, hops []Hop) []DomainTrend {
	now, trends := map[string]standing{}, []DomainTrend{}
	for _, d := range sheet.Domains {
		var codes []string
		for _, i := range d.Indicators {
			codes = append(codes, i.Code)
			if i.Applies {
				now[i.Code] = standing{i.Points.Rat(), new(big.Rat).Quo(i.Score.Rat(), i.Points.Rat()), Full}
			}
		}
		trends = append(trends, rolled(d.ID, d.Points, codes, nil, now))
	}
	for _, hop := range hops {
		now, trends = carry(now, hop), trends[:0]
		for _, d := range hop.To.Domains {
			var codes []string
			points := map[string]*big.Rat{}
			for _, i := range d.Indicators {
				codes = append(codes, i.Code)
				points[i.Code] = i.Points.Rat()
			}
			trends = append(trends, rolled(d.ID, d.Points, codes, points, now))
		}
	}
	return trends
}

// carry takes the standings of one version to the next: an old indicator's points are
// shared among what came of it by the points of that.
func carry(now map[string]standing, hop Hop) map[string]standing {
	next, points := map[string]standing{}, map[string]*big.Rat{}
	for _, d := range hop.To.Domains {
		for _, i := range d.Indicators {
			points[i.Code] = i.Points.Rat()
		}
	}
	for _, l := range hop.Mapping.Indicators {
		won, weight, coverage := new(big.Rat), new(big.Rat), l.Coverage
		for _, code := range l.From {
			s, known := now[code]
			if !known {
				coverage = Partial // what it came from did not apply, or had no origin itself
				continue
			}
			won.Add(won, new(big.Rat).Mul(s.points, s.rate))
			weight.Add(weight, s.points)
			coverage = weaker(coverage, s.coverage)
		}
		if weight.Sign() == 0 {
			continue
		}
		for _, code := range l.To {
			next[code] = standing{points[code], new(big.Rat).Quo(won, weight), coverage}
		}
	}
	return next
}

func weaker(a, b string) string {
	if a == Full {
		return b
	}
	return a
}

// rolled sums a domain. Points are of the version the domain stands in; nil takes
// those of the standings, of which what does not apply is no gap.
func rolled(id string, whole scoring.Decimal, codes []string, points map[string]*big.Rat, now map[string]standing) DomainTrend {
	won, covered, coverage := new(big.Rat), new(big.Rat), Full
	for _, code := range codes {
		s, known := now[code]
		if !known {
			if points != nil {
				coverage = Partial
			}
			continue
		}
		won.Add(won, new(big.Rat).Mul(s.points, s.rate))
		covered.Add(covered, s.points)
		coverage = weaker(coverage, s.coverage)
	}
	t := DomainTrend{ID: id, Points: whole, Coverage: coverage}
	t.Covered, _ = scoring.DecimalOf(covered)
	if covered.Sign() == 0 {
		t.Coverage = None
		return t
	}
	t.Rate, _ = scoring.DecimalOf(won.Quo(won, covered))
	return t
}
