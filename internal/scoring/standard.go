package scoring

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"

	"taizhang/internal/fault"
)

// Standard is standard.json, compiled. It never changes (docs/standard.md).
type Standard struct {
	ID      string     `json:"id"`
	Version int        `json:"version"`
	Title   fault.Text `json:"title"`
	Points  Decimal    `json:"points"`
	Line    Decimal    `json:"line"` // to pass
	// Months of the window that trails the day of the check.
	Months int `json:"months"`
	// NotApplicable says what an indicator that does not apply does to the
	// score: "rescale" to those that do, or "full_marks".
	NotApplicable string   `json:"not_applicable"`
	Domains       []Domain `json:"domains"`

	lines map[string]*Line
}

// Domain of a standard.
type Domain struct {
	ID         string      `json:"id"`
	Title      fault.Text  `json:"title"`
	Points     Decimal     `json:"points"`
	Indicators []Indicator `json:"indicators"`
}

// Indicator of a domain. Its deduction is capped at its points.
type Indicator struct {
	Code       string     `json:"code"`
	Title      fault.Text `json:"title"`
	Points     Decimal    `json:"points"`
	FormerVeto bool       `json:"former_veto,omitempty"` // ⊘: a label, no special force
	// Needs names a condition of the unit without which the indicator does not
	// apply: "labour"; "" always applies.
	Needs string `json:"needs,omitempty"`
	// Parts cap some lines together.
	Parts    map[string]Decimal `json:"parts,omitempty"`
	Ledgers  []string           `json:"ledgers"` // where the proof lies
	Criteria fault.Text         `json:"criteria"`
	Lines    []Line             `json:"lines"`
}

// Line of an indicator: one of a closed set of forms.
//
//	each   every unit counted, or every finding, costs Deduct
//	below  every started point of Of ÷ Per below Target percent costs Deduct
//	above  every started point of Of ÷ Per above Target percent costs Deduct
//	table  a finding of this event costs Deduct
//
// A ratio that is not worked out from ledgers has no Of and Per: each of its
// findings brings both (17 of 20 drawn), and they are pooled.
type Line struct {
	ID     string     `json:"id"`
	Title  fault.Text `json:"title"`
	Form   string     `json:"form"`
	Method string     `json:"method"` // ledger | onsite | video | quiz | reading | register
	Deduct Decimal    `json:"deduct"`
	Count  []Fact     `json:"count,omitempty"` // each
	Of     []Fact     `json:"of,omitempty"`    // below, above
	Per    []Fact     `json:"per,omitempty"`
	Target *Decimal   `json:"target,omitempty"`
	// Scale of Of ÷ Per beside Target: "" percent, "plain" as it stands (a mean
	// mark, books a head).
	Scale string `json:"scale,omitempty"`
	// Step is how a gap to Target is counted: "" every started point, "whole" only
	// full ones, "exact" to the fraction.
	Step string `json:"step,omitempty"`
	// Period "month" takes a ratio month by month, and the worst one counts.
	Period string `json:"period,omitempty"`
	Part   string `json:"part,omitempty"`
	// CapEach caps what the findings about one subject cost together (8 per officer).
	CapEach *Decimal `json:"cap_each,omitempty"`
	// Critical findings hold a check open until they are put right.
	Critical bool `json:"critical,omitempty"`
	// Systemic lines stand outside the rule that one event counts once.
	Systemic bool `json:"systemic,omitempty"`
}

// Fact names a measure of a ledger; ledger "*" is all of them together.
type Fact struct {
	Ledger  string `json:"ledger"`
	Measure string `json:"measure"`
}

var (
	forms   = []string{"each", "below", "above", "table"}
	scales  = []string{"", "plain"}
	steps   = []string{"", "whole", "exact"}
	periods = []string{"", "month"}
	methods = []string{"ledger", "onsite", "video", "quiz", "reading", "register"}
	nas     = []string{"rescale", "full_marks"}
)

// Compile reads a standard and reports all its mistakes, each with its
// pointer: the fault bad_standard.
func Compile(raw []byte) (*Standard, error) {
	s := &Standard{lines: map[string]*Line{}}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		return nil, fault.InvalidFields("bad_standard", []fault.Field{{Code: "syntax", Text: fault.Text{ZH: "标准文件无法读取"}}}).Because(err)
	}
	var bad []fault.Field
	want := func(ok bool, at, format string, args ...any) {
		if !ok {
			bad = append(bad, fault.Field{Pointer: at, Code: "standard", Text: fault.Text{ZH: fmt.Sprintf(format, args...)}})
		}
	}
	want(s.ID != "" && s.Version > 0, "/id", "须有 id 与 version")
	want(slices.Contains(nas, s.NotApplicable), "/not_applicable", "须为 rescale 或 full_marks")
	want(s.Months > 0, "/months", "考核期须为正")
	total := new(big.Rat)
	codes := map[string]bool{}
	for i := range s.Domains {
		dom, sum := &s.Domains[i], new(big.Rat)
		for j := range dom.Indicators {
			ind := &dom.Indicators[j]
			at := fmt.Sprintf("/domains/%d/indicators/%d", i, j)
			want(ind.Code != "" && !codes[ind.Code], at+"/code", "编号重复：%s", ind.Code)
			want(ind.Points.Rat().Sign() > 0, at+"/points", "分值须为正")
			want(len(ind.Lines) > 0, at+"/lines", "至少一条扣分规则")
			codes[ind.Code] = true
			sum = add(sum, ind.Points.Rat())
			for k := range ind.Lines {
				s.line(ind, &ind.Lines[k], fmt.Sprintf("%s/lines/%d", at, k), want)
			}
		}
		want(sum.Cmp(dom.Points.Rat()) == 0, fmt.Sprintf("/domains/%d/points", i), "指标分值之和应等于 %s", dom.Points)
		total = add(total, sum)
	}
	want(total.Cmp(s.Points.Rat()) == 0, "/points", "各方面分值之和应等于 %s", s.Points)
	if len(bad) > 0 {
		return nil, fault.InvalidFields("bad_standard", bad)
	}
	return s, nil
}

func (s *Standard) line(ind *Indicator, l *Line, at string, want func(bool, string, string, ...any)) {
	want(l.ID != "" && s.lines[l.ID] == nil, at+"/id", "规则编号重复：%s", l.ID)
	s.lines[l.ID] = l
	want(slices.Contains(forms, l.Form), at+"/form", "规则形式不明：%s", l.Form)
	want(slices.Contains(methods, l.Method), at+"/method", "方法不明：%s", l.Method)
	want(l.Deduct.Rat().Sign() > 0, at+"/deduct", "扣分须为正")
	if l.Part != "" {
		_, ok := ind.Parts[l.Part]
		want(ok, at+"/part", "没有封顶项 %s", l.Part)
	}
	want(!l.ratio() || l.Target != nil, at+"/target", "比率须有 target")
	want(!l.ratio() || len(l.Of) > 0 == (len(l.Per) > 0), at, "of 与 per 须成对")
	want(!l.ratio() || l.Method != "ledger" || len(l.Of) > 0, at, "台账比率须有 of、per")
	want(slices.Contains(scales, l.Scale) && (l.ratio() || l.Scale == ""), at+"/scale", "scale 只用于比率，须为 plain 或不写")
	want(slices.Contains(steps, l.Step) && (l.ratio() || l.Step == ""), at+"/step", "step 只用于比率，须为 whole、exact 或不写")
	want(slices.Contains(periods, l.Period) && (l.Period == "" || l.ratio() && len(l.Of) > 0), at+"/period", "period 只用于台账比率，须为 month 或不写")
	want(l.CapEach == nil || l.Form == "each" && len(l.Count) == 0 && l.CapEach.Rat().Sign() > 0, at+"/cap_each", "cap_each 只用于按次扣分的检查发现，须为正")
	for _, f := range slices.Concat(l.Count, l.Of, l.Per) {
		_, known := areaQuestion(f.Measure)
		want(f.Ledger != Areas || known, at, "监区得分应写作 units.方面、rate.方面 或 under.方面.百分数：%s", f.Measure)
	}
	want(l.Form != "each" || l.Method != "ledger" || len(l.Count) > 0, at+"/count", "台账规则须指明数据")
}

func (l *Line) ratio() bool { return l.Form == "below" || l.Form == "above" }

// Asks says what a finding under the line must bring: "ratio" (Of and Per),
// "count", or "" where the ledgers say it all.
func (l *Line) Asks() string {
	switch {
	case l.ratio() && len(l.Of) == 0:
		return "ratio"
	case l.Method == "ledger" || l.ratio():
		return ""
	}
	return "count"
}

// Find returns the indicator of that code.
func (s *Standard) Find(code string) (*Indicator, bool) {
	for i := range s.Domains {
		for j := range s.Domains[i].Indicators {
			if s.Domains[i].Indicators[j].Code == code {
				return &s.Domains[i].Indicators[j], true
			}
		}
	}
	return nil, false
}

// Place returns the line with that id and the indicator it stands in.
func (s *Standard) Place(id string) (*Line, *Indicator, bool) {
	for i := range s.Domains {
		for j := range s.Domains[i].Indicators {
			ind := &s.Domains[i].Indicators[j]
			for k := range ind.Lines {
				if ind.Lines[k].ID == id {
					return &ind.Lines[k], ind, true
				}
			}
		}
	}
	return nil, nil, false
}

// LineOf returns the line with that id.
func (s *Standard) LineOf(id string) (*Line, bool) {
	l, ok := s.lines[id]
	return l, ok
}

// Facts lists every measure the standard asks for, each once.
func (s *Standard) Facts() []Fact {
	var list []Fact
	for _, d := range s.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				for _, f := range slices.Concat(l.Count, l.Of, l.Per) {
					if !slices.Contains(list, f) {
						list = append(list, f)
					}
				}
			}
		}
	}
	return list
}

// Asker is a line that asks for a fact, with the indicator it stands in.
type Asker struct {
	Indicator *Indicator
	Line      *Line
}

// Asking lists the lines that ask for a fact, in the standard's order.
func (s *Standard) Asking(f Fact) []Asker {
	var list []Asker
	for _, d := range s.Domains {
		for i := range d.Indicators {
			ind := &d.Indicators[i]
			for j := range ind.Lines {
				if l := &ind.Lines[j]; slices.Contains(slices.Concat(l.Count, l.Of, l.Per), f) {
					list = append(list, Asker{ind, l})
				}
			}
		}
	}
	return list
}
