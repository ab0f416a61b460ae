package scoring

import (
	"cmp"
	"math/big"
	"slices"

	"taizhang/internal/fault"
)

// Ref leads from a lost point to what lost it.
type Ref struct {
	Kind string `json:"kind"` // entry, duty, finding
	ID   string `json:"id"`
	Day  string `json:"day,omitempty"`
}

// DayFact is one measure of one ledger on one day.
type DayFact struct {
	Ledger  string  `json:"ledger"`
	Measure string  `json:"measure"`
	Day     string  `json:"day"`
	Value   Decimal `json:"value"`
	Refs    []Ref   `json:"refs,omitempty"`
}

// Finding of an inspection, under the line it falls under.
type Finding struct {
	ID    string `json:"id"`
	Line  string `json:"line"`
	Day   string `json:"day"`
	Count int    `json:"count"`
	Note  string `json:"note"`
	// Event is the same for findings that speak of one event: it counts once.
	Event string `json:"event,omitempty"`
}

// Input of one evaluation.
type Input struct {
	From     string    `json:"from"` // days, both included
	To       string    `json:"to"`
	Labour   bool      `json:"labour"`
	Facts    []DayFact `json:"facts"`
	Findings []Finding `json:"findings"`
}

// Sheet is the explained score: its losses and Rescaled sum to points − score.
type Sheet struct {
	Standard string  `json:"standard"`
	Version  int     `json:"version"`
	From     string  `json:"from"`
	To       string  `json:"to"`
	Policy   string  `json:"policy"`
	Points   Decimal `json:"points"`
	Applies  Decimal `json:"applicable_points"`
	Deducted Decimal `json:"deducted"`
	// Rescaled is what the score loses besides, because indicators do not apply and
	// the rest stands for the whole (折算); 0 where all apply or the policy is full marks.
	Rescaled Decimal       `json:"rescaled"`
	Score    Decimal       `json:"score"`   // exact
	Display  string        `json:"display"` // two decimals, half up
	Line     Decimal       `json:"line"`
	Passes   bool          `json:"passes"`
	Vetoes   []string      `json:"former_vetoes"` // ⊘ indicators that lost points: for the first page, no force
	Domains  []DomainScore `json:"domains"`
}

// DomainScore of a sheet.
type DomainScore struct {
	ID         string           `json:"id"`
	Title      fault.Text       `json:"title"`
	Points     Decimal          `json:"points"`
	Deducted   Decimal          `json:"deducted"`
	Score      Decimal          `json:"score"`
	Indicators []IndicatorScore `json:"indicators"`
}

// IndicatorScore of a domain.
type IndicatorScore struct {
	Code       string      `json:"code"`
	Title      fault.Text  `json:"title"`
	Points     Decimal     `json:"points"`
	FormerVeto bool        `json:"former_veto,omitempty"`
	Applies    bool        `json:"applies"`
	Deducted   Decimal     `json:"deducted"`
	OverCap    Decimal     `json:"over_cap"`
	Score      Decimal     `json:"score"`
	Criteria   fault.Text  `json:"criteria"`
	Ledgers    []string    `json:"ledgers"`
	Lines      []LineScore `json:"lines"`
}

// The states of a line.
const (
	Counted       = "counted"        // facts were there, or findings
	NotChecked    = "not_checked"    // on site, nobody looked yet: full marks stand
	NotApplicable = "not_applicable" // nothing was due
)

// LineScore of an indicator. Value is what was compared (a ratio in percent or
// a count), Losses what it cost.
type LineScore struct {
	ID       string     `json:"id"`
	Title    fault.Text `json:"title"`
	Form     string     `json:"form"`
	Method   string     `json:"method"`
	State    string     `json:"state"`
	Of       *Decimal   `json:"of,omitempty"`
	Per      *Decimal   `json:"per,omitempty"`
	Target   *Decimal   `json:"target,omitempty"`
	Deducted Decimal    `json:"deducted"`
	Losses   []Loss     `json:"losses"`
}

// Loss is one leaf: what was lost and by what.
type Loss struct {
	Raw       Decimal `json:"raw"`      // before caps
	Deducted  Decimal `json:"deducted"` // after caps
	Day       string  `json:"day,omitempty"`
	CountedIn string  `json:"counted_in,omitempty"` // the line that took the same event
	Note      string  `json:"note,omitempty"`
	Refs      []Ref   `json:"refs"`
}

// Evaluate scores. The order of facts and findings does not matter.
func Evaluate(s *Standard, in Input) *Sheet {
	e := &evaluation{facts: index(in.Facts, in.From, in.To), findings: map[string][]Finding{}, labour: in.Labour}
	for _, f := range in.Findings {
		if f.Day >= in.From && f.Day <= in.To {
			e.findings[f.Line] = append(e.findings[f.Line], f)
		}
	}
	for _, list := range e.findings {
		slices.SortFunc(list, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID)) })
	}
	e.settle(s)
	sheet := &Sheet{Standard: s.ID, Version: s.Version, From: in.From, To: in.To, Policy: s.NotApplicable, Points: s.Points, Line: s.Line, Vetoes: []string{}}
	deducted, applies := new(big.Rat), new(big.Rat)
	for _, d := range s.Domains {
		ds := DomainScore{ID: d.ID, Title: d.Title, Points: d.Points}
		lost := new(big.Rat)
		for i := range d.Indicators {
			is := e.indicator(&d.Indicators[i])
			lost = add(lost, is.Deducted.Rat())
			if is.Applies {
				applies = add(applies, is.Points.Rat())
			}
			if is.FormerVeto && is.Deducted.Rat().Sign() > 0 {
				sheet.Vetoes = append(sheet.Vetoes, is.Code)
			}
			ds.Indicators = append(ds.Indicators, is)
		}
		ds.Deducted, ds.Score = Decimal{lost}, Decimal{new(big.Rat).Sub(d.Points.Rat(), lost)}
		deducted = add(deducted, lost)
		sheet.Domains = append(sheet.Domains, ds)
	}
	score := new(big.Rat).Sub(s.Points.Rat(), deducted)
	if s.NotApplicable == "rescale" && applies.Sign() > 0 {
		score = new(big.Rat).Sub(applies, deducted)
		score.Mul(score, s.Points.Rat())
		score.Quo(score, applies)
	}
	lost := new(big.Rat).Sub(s.Points.Rat(), score)
	sheet.Rescaled = Decimal{lost.Sub(lost, deducted)}
	sheet.Deducted, sheet.Applies, sheet.Score = Decimal{deducted}, Decimal{applies}, Decimal{score}
	sheet.Display, sheet.Passes = sheet.Score.Round(), !less(score, s.Line.Rat())
	return sheet
}

type sum struct {
	value *big.Rat
	refs  []Ref
}

type evaluation struct {
	facts    map[Fact]*sum
	findings map[string][]Finding
	shares   map[string]share // of findings whose event stands at several lines
	labour   bool
}

// index sums the facts of the window, by ledger and over all ledgers.
func index(facts []DayFact, from, to string) map[Fact]*sum {
	sorted := slices.Clone(facts)
	slices.SortFunc(sorted, func(a, b DayFact) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Ledger, b.Ledger), cmp.Compare(a.Measure, b.Measure))
	})
	m := map[Fact]*sum{}
	for _, f := range sorted {
		if f.Day < from || f.Day > to {
			continue
		}
		for _, key := range []Fact{{f.Ledger, f.Measure}, {"*", f.Measure}} {
			s := m[key]
			if s == nil {
				s = &sum{value: new(big.Rat)}
				m[key] = s
			}
			s.value.Add(s.value, f.Value.Rat())
			for _, r := range f.Refs {
				r.Day = f.Day
				s.refs = append(s.refs, r)
			}
		}
	}
	return m
}

func (e *evaluation) sum(facts []Fact) sum {
	out := sum{value: new(big.Rat)}
	for _, f := range facts {
		if s := e.facts[f]; s != nil {
			out.value.Add(out.value, s.value)
			out.refs = append(out.refs, s.refs...)
		}
	}
	return out
}

func (e *evaluation) applies(ind *Indicator) bool { return ind.Needs != "labour" || e.labour }

func (e *evaluation) indicator(ind *Indicator) IndicatorScore {
	is := IndicatorScore{Code: ind.Code, Title: ind.Title, Points: ind.Points, FormerVeto: ind.FormerVeto, Criteria: ind.Criteria,
		Ledgers: ind.Ledgers, Applies: e.applies(ind), Lines: []LineScore{}}
	left := new(big.Rat).Set(ind.Points.Rat())
	parts := map[string]*big.Rat{}
	for name, limit := range ind.Parts {
		parts[name] = new(big.Rat).Set(limit.Rat())
	}
	total, over := new(big.Rat), new(big.Rat)
	for i := range ind.Lines {
		l := &ind.Lines[i]
		ls := LineScore{ID: l.ID, Title: l.Title, Form: l.Form, Method: l.Method, Target: l.Target, State: NotApplicable, Losses: []Loss{}}
		if is.Applies {
			e.line(l, &ls, func(Finding) bool { return true })
		}
		lost := new(big.Rat)
		for j := range ls.Losses {
			take := new(big.Rat).Set(ls.Losses[j].Raw.Rat())
			if p := parts[l.Part]; p != nil && less(p, take) {
				take.Set(p)
			}
			if less(left, take) {
				over = add(over, new(big.Rat).Sub(take, left))
				take.Set(left)
			}
			left.Sub(left, take)
			if p := parts[l.Part]; p != nil {
				p.Sub(p, take)
			}
			ls.Losses[j].Deducted = Decimal{take}
			lost = add(lost, take)
		}
		ls.Deducted = Decimal{lost}
		total = add(total, lost)
		is.Lines = append(is.Lines, ls)
	}
	is.Deducted, is.OverCap, is.Score = Decimal{total}, Decimal{over}, Decimal{new(big.Rat).Sub(ind.Points.Rat(), total)}
	return is
}

// line adds what a line loses, of its findings those that are to count.
func (e *evaluation) line(l *Line, ls *LineScore, counts func(Finding) bool) {
	switch l.Form {
	case "below", "above":
		e.ratio(l, ls)
	case "each":
		if len(l.Count) > 0 {
			e.count(l, ls)
		}
	}
	found := e.findings[l.ID]
	if l.Method != "ledger" && len(l.Count)+len(l.Of) == 0 {
		ls.State = NotChecked
	}
	for _, f := range found {
		if !counts(f) {
			continue
		}
		ls.State = Counted
		loss := Loss{Raw: Decimal{amountOf(l, f)}, Day: f.Day, Note: f.Note, Refs: []Ref{{Kind: "finding", ID: f.ID, Day: f.Day}}}
		if s, ok := e.shares[f.ID]; ok {
			loss.Raw, loss.CountedIn = Decimal{s.amount}, s.in
		}
		ls.Losses = append(ls.Losses, loss)
	}
}

func (e *evaluation) ratio(l *Line, ls *LineScore) {
	of, per := e.sum(l.Of), e.sum(l.Per)
	ls.Of, ls.Per = &Decimal{of.value}, &Decimal{per.value}
	if per.value.Sign() == 0 {
		return // nothing was due: not applicable, never 100% by accident
	}
	ls.State = Counted
	var points *big.Rat
	if l.Form == "below" {
		points = shortfall(l.Target.Rat(), of.value, per.value)
	} else {
		// above t of a is below 100−t of the rest.
		rest := new(big.Rat).Sub(per.value, of.value)
		points = shortfall(new(big.Rat).Sub(big.NewRat(100, 1), l.Target.Rat()), rest, per.value)
	}
	if points.Sign() == 0 {
		return
	}
	ls.Losses = append(ls.Losses, Loss{Raw: Decimal{mul(points, l.Deduct.Rat())}, Refs: e.why(l)})
}

// why collects what explains a ratio: the measure's counterpart holds the refs.
func (e *evaluation) why(l *Line) []Ref {
	refs := []Ref{}
	for _, f := range l.Of {
		if l.Form == "above" {
			refs = append(refs, e.sum([]Fact{f}).refs...)
			continue
		}
		if missing, ok := counterpart[f.Measure]; ok {
			refs = append(refs, e.sum([]Fact{{f.Ledger, missing}}).refs...)
		}
	}
	return refs
}

// counterpart names, for what was achieved, the measure that holds what was not.
var counterpart = map[string]string{"filled": "unfilled", "ontime": "late", "decided_48h": "slow_48h", "decided_5wd": "slow_5wd"}

// count makes one loss of what is counted, which leads to all of it.
func (e *evaluation) count(l *Line, ls *LineScore) {
	all := e.sum(l.Count)
	ls.Of, ls.State = &Decimal{all.value}, Counted
	if all.value.Sign() > 0 {
		ls.Losses = append(ls.Losses, Loss{Raw: Decimal{mul(all.value, l.Deduct.Rat())}, Refs: slices.Concat([]Ref{}, all.refs)})
	}
}
