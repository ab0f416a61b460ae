package scoring

import (
	"cmp"
	"math/big"
	"slices"
)

// Engine is the number of this way to evaluate and to write a sheet. A change after
// which a kept input gives other bytes raises it.
const Engine = 1

// Evaluate scores. The order of facts and findings does not matter.
func Evaluate(s *Standard, in Input) *Sheet {
	e := &evaluation{facts: index(in.Facts, in.From, in.To), findings: map[string][]Finding{}, labour: in.Labour,
		excluded: map[string]string{}, overrides: map[string]Override{}, met: map[string]bool{}}
	for _, line := range in.Met {
		e.met[line] = true
	}
	for _, x := range in.Exclusions {
		e.excluded[x.Indicator] = x.Decision
	}
	for _, o := range in.Overrides {
		e.overrides[o.Line] = o
	}
	for _, f := range in.Findings {
		if f.Day >= in.From && f.Day <= in.To {
			e.findings[f.Line] = append(e.findings[f.Line], f)
		}
	}
	for _, list := range e.findings {
		slices.SortFunc(list, byWhen)
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
	if in.Carry != nil {
		sheet.Carry = carried(*in.Carry, score)
		score = new(big.Rat).Sub(score, sheet.Carry.Deducted.Rat())
	}
	sheet.Deducted, sheet.Applies, sheet.Score = Decimal{deducted}, Decimal{applies}, Decimal{score}
	sheet.Display, sheet.Passes = sheet.Score.Round(s.decimals()), !less(score, s.Line.Rat())
	return sheet
}

// carried is the rate's share of the look-back's deductions, which has no cap but
// that no score is below 0.
func carried(c Carry, own *big.Rat) *CarryScore {
	raw := mul(c.Rate.Rat(), c.Deductions.Rat())
	return &CarryScore{Carry: c, Own: Decimal{own}, Raw: Decimal{raw}, Deducted: Decimal{smaller(raw, own)}}
}

// sum of a measure over days, and month by month.
type sum struct {
	value  *big.Rat
	refs   []Ref
	months map[string]*sum
}

func (s *sum) add(value *big.Rat, refs []Ref) {
	s.value.Add(s.value, value)
	s.refs = append(s.refs, refs...)
}

type evaluation struct {
	facts    map[Fact]*sum
	findings map[string][]Finding
	shares   map[string]share // of findings whose event stands at several lines
	labour   bool

	excluded  map[string]string   // the decision, by indicator
	overrides map[string]Override // by line
	met       map[string]bool     // lines
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
		refs := slices.Clone(f.Refs)
		for i := range refs {
			refs[i].Day = f.Day
		}
		for _, key := range []Fact{{f.Ledger, f.Measure}, {"*", f.Measure}} {
			all := m[key]
			if all == nil {
				all = &sum{value: new(big.Rat), months: map[string]*sum{}}
				m[key] = all
			}
			month := all.months[f.Day[:len("2006-01")]]
			if month == nil {
				month = &sum{value: new(big.Rat)}
				all.months[f.Day[:len("2006-01")]] = month
			}
			all.add(f.Value.Rat(), refs)
			month.add(f.Value.Rat(), refs)
		}
	}
	return m
}

// sum adds measures up, of one month or, with "", of the window.
func (e *evaluation) sum(facts []Fact, month string) sum {
	out := sum{value: new(big.Rat)}
	for _, f := range facts {
		s := e.facts[f]
		if s != nil && month != "" {
			s = s.months[month]
		}
		if s != nil {
			out.add(s.value, s.refs)
		}
	}
	return out
}

func (e *evaluation) applies(ind *Indicator) bool {
	return (ind.Needs != "labour" || e.labour) && e.excluded[ind.Code] == ""
}

func (e *evaluation) indicator(ind *Indicator) IndicatorScore {
	is := IndicatorScore{Code: ind.Code, Title: ind.Title, Points: ind.Points, FormerVeto: ind.FormerVeto, Criteria: ind.Criteria,
		Ledgers: ind.Ledgers, Applies: e.applies(ind), Decision: e.excluded[ind.Code], Lines: []LineScore{}}
	left := new(big.Rat).Set(ind.Points.Rat())
	parts, subjects := map[string]*big.Rat{}, map[string]*big.Rat{}
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
			take := capEach(subjects, l, ls.Losses[j])
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
