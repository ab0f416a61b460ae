package proposal

import (
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/scoring"
)

// stake is a measure of a ledger by which a line of the standard scores, as it
// counts now and as it would.
type stake struct {
	scoring.Asker
	was, now catalog.Measure
	kept     bool // it still counts
}

// stakes lists what the standards in force score by measures of a type that another version,
// nil for none, does not count alike.
func (s *Service) stakes(current, next *catalog.Type) []stake {
	var list []stake
	for _, std := range s.Standards() {
		list = append(list, s.stakesOf(std, current, next)...)
	}
	return list
}

func (s *Service) stakesOf(std *scoring.Standard, current, next *catalog.Type) []stake {
	var list []stake
	for _, f := range std.Facts() {
		if f.Ledger != current.ID {
			continue
		}
		was, counted := s.Catalog.Counting(current, f.Measure)
		if !counted {
			continue // package duty works it out, of whatever version
		}
		var now catalog.Measure
		kept := false
		if next != nil {
			now, kept = s.Catalog.Counting(next, f.Measure)
		}
		if kept && was.When == now.When && was.Value == now.Value {
			continue
		}
		for _, a := range std.Asking(f) {
			list = append(list, stake{a, was, now, kept})
		}
	}
	return list
}

// title of the line with its indicator and the measure.
func (k stake) title() fault.Text {
	return fault.Text{
		ZH: k.Indicator.Code + " " + k.Indicator.Title.ZH + "：" + k.Line.Title.ZH + "（统计“" + k.was.Title.ZH + "”）",
		EN: k.Indicator.Code + " " + k.Indicator.Title.EN + ": " + k.Line.Title.EN + " (measure “" + k.was.Title.EN + "”)"}
}

// unscored refuses a version that takes from the standard in force what it scores
// by: points would silently no longer be lost.
func (s *Service) unscored(current, next *catalog.Type) []fault.Field {
	var bad []fault.Field
	for _, k := range s.stakes(current, next) {
		if !k.kept {
			bad = append(bad, field("/definition/measures",
				"考核标准的扣分规则靠它计分，不能取消或改成永远不计："+k.title().ZH,
				"The standard in force scores by it, so it cannot go or never count: "+k.title().EN))
		}
	}
	return bad
}

// unserved refuses a version from which other ledgers could no longer take what
// they take (共), or about whose entries their rules and measures could no longer ask.
func (s *Service) unserved(current, next *catalog.Type) []fault.Field {
	var bad []fault.Field
	for _, b := range s.Catalog.Bereft(current, next) {
		bad = append(bad, field("/schema",
			"“"+b.Ledger.Title.ZH+"”的“"+b.What.ZH+"”要读取本台账，请先修改它："+b.Why.ZH,
			"“"+b.What.EN+"” of “"+b.Ledger.Title.EN+"” reads this ledger; change that first: "+b.Why.EN))
	}
	return bad
}
