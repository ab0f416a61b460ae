package scoring

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
)

// line adds what a line loses, of its findings those that are to count.
func (e *evaluation) line(l *Line, ls *LineScore, counts func(Finding) bool) {
	if l.Method != "ledger" && len(l.Count)+len(l.Of) == 0 {
		ls.State = NotChecked
		if e.met[l.ID] {
			ls.State = Met
		}
	}
	switch {
	case l.ratio():
		e.ratio(l, ls)
	default:
		if len(l.Count) > 0 {
			e.count(l, ls)
		}
		e.found(l, ls, counts)
	}
	if o, ok := e.overrides[l.ID]; ok {
		override(ls, o)
	}
}

// found makes a loss of each finding.
func (e *evaluation) found(l *Line, ls *LineScore, counts func(Finding) bool) {
	for _, f := range e.findings[l.ID] {
		if !counts(f) {
			continue
		}
		ls.State = Counted
		loss := Loss{Raw: Decimal{amountOf(l, f)}, Day: f.Day, Note: f.Note, Subject: f.Subject, Refs: []Ref{{Kind: "finding", ID: f.ID, Day: f.Day}}}
		if s, ok := e.shares[f.ID]; ok {
			loss.Raw, loss.CountedIn = Decimal{s.amount}, s.in
		}
		ls.Losses = append(ls.Losses, loss)
	}
}

// override puts the decided amount in the place of what was worked out, and keeps
// that beside it.
func override(ls *LineScore, o Override) {
	computed := new(big.Rat)
	for _, x := range ls.Losses {
		computed = add(computed, x.Raw.Rat())
	}
	ls.Override = &OverrideScore{ID: o.ID, Reason: o.Reason, Amount: o.Amount, Computed: Decimal{computed}, Losses: ls.Losses}
	ls.State, ls.Losses = Counted, []Loss{}
	if o.Amount.Rat().Sign() > 0 {
		ls.Losses = append(ls.Losses, Loss{Raw: o.Amount, Note: o.Reason, Refs: []Ref{{Kind: "override", ID: o.ID}}})
	}
}

// capEach is what a loss may take of what its subject has left at this line.
func capEach(left map[string]*big.Rat, l *Line, x Loss) *big.Rat {
	raw := x.Raw.Rat()
	if l.CapEach == nil {
		return new(big.Rat).Set(raw)
	}
	key := l.ID + "\x00" + x.Subject
	if left[key] == nil {
		left[key] = l.CapEach.Rat()
	}
	take := smaller(raw, left[key])
	left[key] = new(big.Rat).Sub(left[key], take)
	return new(big.Rat).Set(take)
}

// measured is a ratio with what it rests on.
type measured struct {
	of, per *big.Rat
	refs    []Ref
	month   string
}

// ratio compares Of ÷ Per with the target; of several months the one that costs most,
// the earliest of those.
func (e *evaluation) ratio(l *Line, ls *LineScore) {
	worst, points := measured{of: new(big.Rat), per: new(big.Rat)}, new(big.Rat)
	for _, m := range e.measure(l) {
		if m.per.Sign() == 0 {
			continue // nothing was due: not applicable, never 100% by accident
		}
		if p := short(l, m.of, m.per); ls.State != Counted || less(points, p) {
			worst, points = m, p
		}
		ls.State = Counted
	}
	if ls.State == NotChecked || ls.State == Met {
		return
	}
	ls.Of, ls.Per, ls.Month = &Decimal{worst.of}, &Decimal{worst.per}, worst.month
	if points.Sign() > 0 {
		ls.Losses = append(ls.Losses, Loss{Raw: Decimal{mul(points, l.Deduct.Rat())}, Refs: worst.refs})
	}
}

// measure is a ratio over the window, or month by month; of findings, all pooled.
func (e *evaluation) measure(l *Line) []measured {
	if len(l.Of) == 0 {
		m := measured{of: new(big.Rat), per: new(big.Rat), refs: []Ref{}}
		for _, f := range e.findings[l.ID] {
			if f.Of == nil || f.Per == nil {
				continue
			}
			m.of, m.per = add(m.of, f.Of.Rat()), add(m.per, f.Per.Rat())
			m.refs = append(m.refs, Ref{Kind: "finding", ID: f.ID, Day: f.Day})
		}
		return []measured{m}
	}
	if l.Period == "" {
		return []measured{e.over(l, "")}
	}
	months := map[string]bool{}
	for _, f := range slices.Concat(l.Of, l.Per) {
		if s := e.facts[f]; s != nil {
			for month := range s.months {
				months[month] = true
			}
		}
	}
	var list []measured
	for _, month := range slices.Sorted(maps.Keys(months)) {
		list = append(list, e.over(l, month))
	}
	return list
}

func (e *evaluation) over(l *Line, month string) measured {
	of, per := e.sum(l.Of, month), e.sum(l.Per, month)
	return measured{of.value, per.value, e.why(l, month), month}
}

// short is what lies between Of ÷ Per and the target, in steps that cost.
func short(l *Line, of, per *big.Rat) *big.Rat {
	gap := new(big.Rat).Quo(of, per)
	if l.Scale == "" {
		gap.Mul(gap, big.NewRat(100, 1))
	}
	gap.Sub(l.Target.Rat(), gap)
	if l.Form == "above" {
		gap.Neg(gap)
	}
	if gap.Sign() <= 0 {
		return new(big.Rat)
	}
	switch l.Step {
	case "exact":
		return gap
	case "whole":
		return new(big.Rat).SetInt(new(big.Int).Div(gap.Num(), gap.Denom()))
	}
	n := new(big.Int).Add(gap.Num(), gap.Denom())
	n.Sub(n, big.NewInt(1))
	return new(big.Rat).SetInt(n.Div(n, gap.Denom()))
}

// why collects what explains a ratio.
func (e *evaluation) why(l *Line, month string) []Ref {
	return append([]Ref{}, e.sum(l.behind(), month).refs...)
}

// Counterpart is the measure that holds what was not achieved, by the one that holds
// what was.
func Counterpart(measure string) (string, bool) {
	missing, ok := counterpart[measure]
	return missing, ok
}

// counterpart names, for what was achieved, the measure that holds what was not.
var counterpart = map[string]string{"filled": "unfilled", "ontime": "late", "decided_48h": "slow_48h", "decided_5wd": "slow_5wd"}

// count makes one loss of what is counted, which leads to all of it.
func (e *evaluation) count(l *Line, ls *LineScore) {
	all := e.sum(l.Count, "")
	ls.Of, ls.State = &Decimal{all.value}, Counted
	if all.value.Sign() > 0 {
		ls.Losses = append(ls.Losses, Loss{Raw: Decimal{mul(all.value, l.Deduct.Rat())}, Refs: append([]Ref{}, all.refs...)})
	}
}

// byWhen sorts findings so that their order in the input does not matter.
func byWhen(a, b Finding) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID)) }
