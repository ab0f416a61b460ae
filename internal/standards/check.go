package standards

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/scoring"
)

// Ground is what a standard must fit to be released.
type Ground struct {
	Catalog *catalog.Catalog
	Owner   func(ledger string) string // its department
}

// Report of the release checks. A mistake keeps a standard from being released; a
// warning is for people to weigh.
type Report struct {
	Mistakes []fault.Field `json:"mistakes"`
	Warnings []fault.Field `json:"warnings"`
	Coverage Coverage      `json:"coverage"`
}

// The codes of what the checks find, beside bad_standard's "standard" and "syntax".
const (
	codeTotal     = "total"     // an official standard whose whole is not 1000
	codeMonths    = "months"    // a period that no record reaches back to
	codeVeto      = "veto"      // a veto item (一票否决)
	codeFact      = "fact"      // a fact that no ledger of the catalogue measures
	codeLedger    = "ledger"    // no such ledger
	codeGuide     = "guide"     // a line nobody is told how to check, or guidance of no line
	codeText      = "text"      // a title or criteria without Chinese
	codeTwice     = "twice"     // two lines that count one fact
	codeBasis     = "basis"     // an indicator that rests on no document
	codeUncovered = "uncovered" // a ledger or department without an indicator
)

// Check holds a standard to what its release wants: all findings at once.
func Check(set scoring.Set, g Ground) Report {
	r := Report{Mistakes: vetoes(set.Standard, ""), Warnings: []fault.Field{}, Coverage: Coverage{Domains: []DomainCover{}, Departments: []Cover{}, Ledgers: []Cover{}}}
	r.Mistakes = append(r.Mistakes, vetoes(set.Rules, "/rules")...)
	s, err := scoring.Compile(set)
	if err != nil {
		r.Mistakes = append(r.Mistakes, fieldsOf(err)...)
		return r
	}
	c := &checker{s: s, g: g, places: linePlaces(set.Rules), report: &r}
	c.whole()
	c.facts()
	c.guide(set.Guide)
	c.twice()
	r.Coverage = cover(s, g)
	c.uncovered()
	return r
}

func fieldsOf(err error) []fault.Field {
	var f *fault.Error
	if errors.As(err, &f) && len(f.Fields) > 0 {
		return f.Fields
	}
	return []fault.Field{{Code: "syntax", Text: fault.Text{ZH: "标准文件无法读取", EN: "The standard cannot be read"}}}
}

// mostMonths of a period that is assessed: days before the calendar's first cannot be reckoned.
const mostMonths = 120

// hard names members by which a standard would fail a unit outright.
var hard = []string{"veto", "hard_fail", "fatal", "一票否决"}

// vetoes finds veto items, by member or by word: a bad event is a set amount, and
// the arithmetic alone decides (R14).
func vetoes(raw []byte, at string) []fault.Field {
	list := []fault.Field{}
	found := func(at, what string) {
		list = append(list, fault.Field{Pointer: at, Code: codeVeto, Text: fault.Text{ZH: "标准不得含一票否决事项，应改为量化扣分：" + what,
			EN: "No veto item may stand in a standard; make it a set deduction: " + what}})
	}
	var walk func(v any, at string)
	walk = func(v any, at string) {
		switch v := v.(type) {
		case map[string]any:
			for name, m := range v {
				switch {
				case slices.Contains(hard, name):
					found(at+"/"+name, name)
				case name != "basis": // documents are called what they are called
					walk(m, at+"/"+name)
				}
			}
		case []any:
			for i, m := range v {
				walk(m, fmt.Sprintf("%s/%d", at, i))
			}
		case string:
			if strings.Contains(v, "一票否决") {
				found(at, "一票否决")
			}
		}
	}
	var doc any
	if json.Unmarshal(raw, &doc) == nil {
		walk(doc, at)
	}
	slices.SortFunc(list, func(a, b fault.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
	return list
}

type checker struct {
	s      *scoring.Standard
	g      Ground
	places map[string]string // of lines, by their ids
	report *Report
}

// linePlaces tells where each line stands in rules.json, which Compile has read.
func linePlaces(raw []byte) map[string]string {
	var rules scoring.Rules
	_ = json.Unmarshal(raw, &rules)
	places := map[string]string{}
	for i, ruled := range rules.Indicators {
		for n, l := range ruled.Lines {
			places[l.ID] = fmt.Sprintf("/rules/indicators/%d/lines/%d", i, n)
		}
	}
	return places
}

func (c *checker) mistake(ok bool, at, code, zh, en string, args ...any) {
	if !ok {
		c.report.Mistakes = append(c.report.Mistakes, told(at, code, zh, en, args))
	}
}

func (c *checker) warn(at, code, zh, en string, args ...any) {
	c.report.Warnings = append(c.report.Warnings, told(at, code, zh, en, args))
}

func told(at, code, zh, en string, args []any) fault.Field {
	return fault.Field{Pointer: at, Code: code, Text: fault.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}}
}

// each visits the indicators with their places.
func (c *checker) each(visit func(ind *scoring.Indicator, at string)) {
	for i := range c.s.Domains {
		for j := range c.s.Domains[i].Indicators {
			visit(&c.s.Domains[i].Indicators[j], fmt.Sprintf("/domains/%d/indicators/%d", i, j))
		}
	}
}

// whole wants the official total, and texts and a basis everywhere.
func (c *checker) whole() {
	thousand, _ := scoring.ParseDecimal("1000")
	c.mistake(c.s.Unit.Kind != "", "/unit/kind", codeText, "须写明适用单位", "Say what units it is for")
	c.mistake(!c.s.Unit.Official() || c.s.Points.Equal(thousand), "/points", codeTotal, "总分须为 1000，现为 %s", "The whole is 1000 points, not %s", c.s.Points)
	c.mistake(c.s.Months <= mostMonths, "/months", codeMonths, "考核期最多 %d 个月", "A period is of at most %d months", mostMonths)
	c.mistake(c.s.Title.ZH != "", "/title", codeText, "标准须有中文名称", "A standard has a Chinese title")
	c.each(func(ind *scoring.Indicator, at string) {
		c.mistake(ind.Title.ZH != "", at+"/title", codeText, "指标 %s 须有中文名称", "Indicator %s has a Chinese title", ind.Code)
		c.mistake(ind.Criteria.ZH != "", at+"/criteria", codeText, "指标 %s 须有中文评分标准", "Indicator %s has criteria in Chinese", ind.Code)
		for _, l := range ind.Lines {
			c.mistake(l.Title.ZH != "", c.places[l.ID]+"/title", codeText, "规则 %s 须有中文名称", "Line %s has a Chinese title", l.ID)
		}
		if len(ind.Basis) == 0 {
			c.warn(at+"/basis", codeBasis, "指标 %s 没有依据文件", "Indicator %s rests on no document", ind.Code)
		}
	})
}

// facts wants each fact and ledger to be one of the catalogue's.
func (c *checker) facts() {
	c.each(func(ind *scoring.Indicator, at string) {
		for n, id := range ind.Ledgers {
			c.mistake(c.g.Catalog.Current(id) != nil, fmt.Sprintf("%s/ledgers/%d", at, n), codeLedger, "没有台账 %s", "No ledger %s", id)
		}
		for _, l := range ind.Lines {
			for _, asked := range []struct {
				member string
				list   []scoring.Fact
			}{{"count", l.Count}, {"of", l.Of}, {"per", l.Per}} {
				for n, f := range asked.list {
					c.mistake(c.measured(f), fmt.Sprintf("%s/%s/%d", c.places[l.ID], asked.member, n), codeFact, "规则 %s 所用数据 %s/%s 不在台账目录中", "Line %s asks for %s/%s, which no ledger of the catalogue measures", l.ID, f.Ledger, f.Measure)
				}
			}
		}
	})
}

func (c *checker) measured(f scoring.Fact) bool {
	switch f.Ledger {
	case scoring.Areas:
		return c.s.Unit.Kind == "prison" // Compile has read the question
	case "*":
		return slices.Contains(catalog.EveryLedger, f.Measure)
	}
	t := c.g.Catalog.Current(f.Ledger)
	if t == nil {
		return false
	}
	if slices.Contains(catalog.EveryLedger, f.Measure) {
		return true
	}
	_, counts := c.g.Catalog.Counting(t, f.Measure)
	return counts
}

// guide wants every line to be told of, and nothing else.
func (c *checker) guide(raw []byte) {
	g, err := scoring.ReadGuide(raw)
	if err != nil {
		c.report.Mistakes = append(c.report.Mistakes, fieldsOf(err)...)
		return
	}
	c.mistake(g.Standard == c.s.ID && g.Version == c.s.Version, "/guide", codeGuide, "指引须属于 %s 第 %d 版", "The guide belongs to %s, version %d", c.s.ID, c.s.Version)
	told := map[string]bool{}
	for n, l := range g.Lines {
		at := fmt.Sprintf("/guide/lines/%d", n)
		_, known := c.s.LineOf(l.ID)
		c.mistake(known, at, codeGuide, "没有规则 %s", "No line %s", l.ID)
		c.mistake(!told[l.ID], at, codeGuide, "规则 %s 的指引重复", "Line %s is told of twice", l.ID)
		c.mistake(l.Where.ZH != "" && len(l.Steps) > 0, at, codeGuide, "规则 %s 须写明地点和步骤", "Say where and how line %s is checked", l.ID)
		c.mistake(l.Sample == nil || l.Sample.N > 0, at+"/sample", codeGuide, "抽样数须为正", "A sample is of at least one")
		for k, a := range l.Anchors {
			placed := slices.Contains(scoring.Severities, a.Severity) && slices.Contains(scoring.Scopes, a.Scope)
			c.mistake(placed && a.Example.ZH != "", fmt.Sprintf("%s/anchors/%d", at, k), codeGuide, "规则 %s 的参照例须写明严重程度、影响范围和事例", "An example of line %s says how grave, how wide and what", l.ID)
		}
		told[l.ID] = true
	}
	c.each(func(ind *scoring.Indicator, _ string) {
		for _, l := range ind.Lines {
			c.mistake(told[l.ID], c.places[l.ID], codeGuide, "规则 %s 没有验收指引", "No guide tells how line %s is checked", l.ID)
		}
	})
}

// twice warns of lines that count one fact: one event would cost two times.
func (c *checker) twice() {
	first := map[scoring.Fact]string{}
	c.each(func(ind *scoring.Indicator, _ string) {
		for _, l := range ind.Lines {
			if l.Form != "each" || l.Systemic {
				continue
			}
			for _, f := range l.Count {
				if by, taken := first[f]; taken {
					c.warn(c.places[l.ID]+"/count", codeTwice, "规则 %s 与 %s 计的是同一数据 %s/%s，同一事项会重复扣分", "Lines %s and %s count the same fact %s/%s: one event costs twice", l.ID, by, f.Ledger, f.Measure)
					continue
				}
				first[f] = l.ID
			}
		}
	})
}
