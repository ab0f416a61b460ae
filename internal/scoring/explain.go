package scoring

import (
	"slices"
	"strings"

	"taizhang/internal/fault"
)

// behind lists the facts whose references explain what a line lost: what it counts,
// what is above, or the counterpart of what was achieved.
func (l *Line) behind() []Fact {
	if l.Form != "below" {
		return slices.Concat(l.Count, l.Of)
	}
	var list []Fact
	for _, f := range l.Of {
		if missing, ok := counterpart[f.Measure]; ok {
			list = append(list, Fact{f.Ledger, missing})
		}
	}
	return list
}

// Unexplained lists the facts to be looked up for a sheet that was made from sums,
// each once.
func (sheet *Sheet) Unexplained(s *Standard) []Fact {
	list := []Fact{}
	sheet.losing(s, func(l *Line, _ *LineScore) {
		for _, f := range l.behind() {
			if !slices.Contains(list, f) {
				list = append(list, f)
			}
		}
	})
	return list
}

// Explain puts the references of facts where a sheet made from sums lost something.
// Facts of ledger "*" are those of all ledgers, beside what is asked of one.
func (sheet *Sheet) Explain(s *Standard, facts []DayFact) {
	refs := map[Fact][]Ref{}
	for _, f := range facts {
		for _, r := range f.Refs {
			r.Day = f.Day
			refs[Fact{f.Ledger, f.Measure}] = append(refs[Fact{f.Ledger, f.Measure}], r)
		}
	}
	sheet.losing(s, func(l *Line, ls *LineScore) {
		list := []Ref{}
		for _, f := range l.behind() {
			for _, r := range refs[f] {
				if strings.HasPrefix(r.Day, ls.Month) {
					list = append(list, r)
				}
			}
		}
		// What was worked out is one loss; findings bring their own.
		ls.Losses[0].Refs = list
	})
}

// Lost is the sheet with nothing in it but what lost points, to be compared with later.
func (sheet *Sheet) Lost() *Sheet {
	thin := *sheet
	thin.Domains = nil
	for _, d := range sheet.Domains {
		kept := d
		kept.Indicators = nil
		for _, i := range d.Indicators {
			lines := i.Lines
			i.Lines, i.Criteria, i.Ledgers = []LineScore{}, fault.Text{}, []string{}
			for _, l := range lines {
				if l.Deducted.Rat().Sign() > 0 {
					l.Override = nil
					i.Lines = append(i.Lines, l)
				}
			}
			if len(i.Lines) > 0 {
				kept.Indicators = append(kept.Indicators, i)
			}
		}
		thin.Domains = append(thin.Domains, kept)
	}
	return &thin
}

// losing walks the lines that lost something by what ledgers say.
func (sheet *Sheet) losing(s *Standard, fn func(*Line, *LineScore)) {
	for i := range sheet.Domains {
		for j := range sheet.Domains[i].Indicators {
			ind := &sheet.Domains[i].Indicators[j]
			for k := range ind.Lines {
				ls := &ind.Lines[k]
				l, ok := s.LineOf(ls.ID)
				if ok && len(l.Count)+len(l.Of) > 0 && len(ls.Losses) > 0 && len(ls.Losses[0].Refs) == 0 {
					fn(l, ls)
				}
			}
		}
	}
}
