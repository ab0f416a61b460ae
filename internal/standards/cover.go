package standards

import (
	"maps"
	"math/big"
	"slices"

	"taizhang/internal/fault"
	"taizhang/internal/scoring"
)

// Coverage says what the standard looks at, and what nothing of it does (R6).
type Coverage struct {
	Domains     []DomainCover `json:"domains"`
	Departments []Cover       `json:"departments"`
	Ledgers     []Cover       `json:"ledgers"` // those that the standard's units keep
}

// DomainCover counts a domain's indicators and lines, and these by their methods.
type DomainCover struct {
	ID         string          `json:"id"`
	Title      fault.Text      `json:"title"`
	Points     scoring.Decimal `json:"points"`
	Indicators int             `json:"indicators"`
	Methods    map[string]int  `json:"methods"`
}

// Cover names the indicators that look at a department or ledger, and what they are worth
// together: one that looks at two ledgers is in the points of both.
type Cover struct {
	ID         string          `json:"id"`
	Points     scoring.Decimal `json:"points"`
	Indicators []string        `json:"indicators"`
}

func cover(s *scoring.Standard, g Ground) Coverage {
	c := Coverage{Domains: []DomainCover{}}
	departments, ledgers := map[string][]string{}, map[string][]string{}
	for _, t := range g.Catalog.Types() {
		if !keeps(s.Unit, t.AppliesTo) {
			continue
		}
		ledgers[t.ID], departments[g.Owner(t.ID)] = []string{}, []string{}
	}
	look := func(at map[string][]string, id, code string) {
		if id != "" && !slices.Contains(at[id], code) {
			at[id] = append(at[id], code)
		}
	}
	for _, d := range s.Domains {
		dc := DomainCover{ID: d.ID, Title: d.Title, Points: d.Points, Indicators: len(d.Indicators), Methods: map[string]int{}}
		for _, i := range d.Indicators {
			look(departments, i.Department, i.Code)
			for _, id := range i.Ledgers {
				look(ledgers, id, i.Code)
			}
			for _, l := range i.Lines {
				dc.Methods[l.Method]++
				for _, f := range slices.Concat(l.Count, l.Of, l.Per) {
					if f.Ledger != "*" && f.Ledger != scoring.Areas {
						look(ledgers, f.Ledger, i.Code)
					}
				}
			}
		}
		c.Domains = append(c.Domains, dc)
	}
	c.Departments, c.Ledgers = covers(s, departments), covers(s, ledgers)
	return c
}

// keeps asks whether some unit of the kind keeps a ledger: the prison keeps what any
// of its areas does, another framework's units keep none.
func keeps(k scoring.Kind, applies func(kind, function string, labour bool) bool) bool {
	functions := k.Functions
	if len(functions) == 0 {
		functions = []string{""}
	}
	for _, f := range functions {
		switch k.Kind {
		case "other":
		case "prison":
			return true
		default:
			if applies(k.Kind, f, true) {
				return true
			}
		}
	}
	return false
}

func covers(s *scoring.Standard, m map[string][]string) []Cover {
	list := []Cover{}
	for _, id := range slices.Sorted(maps.Keys(m)) {
		sum := new(big.Rat)
		for _, code := range m[id] {
			ind, _ := s.Find(code)
			sum.Add(sum, ind.Points.Rat())
		}
		points, _ := scoring.DecimalOf(sum)
		list = append(list, Cover{ID: id, Points: points, Indicators: m[id]})
	}
	return list
}

// uncovered warns of ledgers and departments that no indicator looks at: ledgers by their titles,
// departments, whose names the standard's ground does not know, by their number.
func (c *checker) uncovered() {
	for _, l := range c.report.Coverage.Ledgers {
		if len(l.Indicators) == 0 {
			t := c.g.Catalog.Current(l.ID).Title
			c.report.Warnings = append(c.report.Warnings, fault.Field{Pointer: "/domains", Code: codeUncovered,
				Text: fault.Text{ZH: "没有指标考核台账《" + t.ZH + "》", EN: "No indicator looks at ledger " + t.EN}})
		}
	}
	without := 0
	for _, d := range c.report.Coverage.Departments {
		if len(d.Indicators) == 0 {
			without++
		}
	}
	if without > 0 {
		c.warn("/domains", codeUncovered, "%d 个科室没有负责的指标，见覆盖情况", "%d departments answer for no indicator: see the coverage", without)
	}
}
