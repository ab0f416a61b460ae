package scoring

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"

	"taizhang/internal/fault"
)

// Compile reads a standard from its artefacts and reports all its mistakes, each
// with its pointer, "/rules" before what stands in rules.json: the fault bad_standard.
func Compile(set Set) (*Standard, error) {
	s, r := &Standard{}, &Rules{}
	if err := strict(set.Standard, s); err != nil {
		return nil, unread("", err)
	}
	if err := strict(set.Rules, r); err != nil {
		return nil, unread("/rules", err)
	}
	j := &judge{}
	places := s.join(r, j)
	return s.judged(places, j)
}

// CompileOne reads a standard that carries its rules in itself, as its compiled form
// is written.
func CompileOne(raw []byte) (*Standard, error) {
	s := &Standard{}
	if err := strict(raw, s); err != nil {
		return nil, unread("", err)
	}
	places := map[*Indicator]string{}
	for i := range s.Domains {
		for j := range s.Domains[i].Indicators {
			places[&s.Domains[i].Indicators[j]] = indicatorAt(i, j)
		}
	}
	return s.judged(places, &judge{})
}

// strict reads one JSON document without members of no meaning.
func strict(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one document")
	}
	return nil
}

// judge collects mistakes.
type judge struct{ bad []fault.Field }

func (j *judge) want(ok bool, at, chinese, english string, args ...any) {
	if !ok {
		j.bad = append(j.bad, fault.Field{Pointer: at, Code: "standard", Text: fault.Text{ZH: fmt.Sprintf(chinese, args...), EN: fmt.Sprintf(english, args...)}})
	}
}

func indicatorAt(domain, indicator int) string {
	return fmt.Sprintf("/domains/%d/indicators/%d", domain, indicator)
}

// join gives each indicator its rules, and says where those stand.
func (s *Standard) join(r *Rules, j *judge) map[*Indicator]string {
	j.want(r.Standard == s.ID && r.Version == s.Version, "/rules", "细则须属于 %s 第 %d 版", "The rules must be of %s, version %d", s.ID, s.Version)
	places, taken := map[*Indicator]string{}, map[string]bool{}
	for i := range s.Domains {
		for k := range s.Domains[i].Indicators {
			ind := &s.Domains[i].Indicators[k]
			j.want(len(ind.Lines)+len(ind.Parts) == 0, indicatorAt(i, k)+"/lines", "扣分规则写在细则中", "Lines stand in the rules")
			places[ind] = indicatorAt(i, k)
		}
	}
	for n, ruled := range r.Indicators {
		at := fmt.Sprintf("/rules/indicators/%d", n)
		ind, known := s.Find(ruled.Code)
		j.want(known, at+"/code", "标准中没有指标 %s", "The standard has no indicator %s", ruled.Code)
		j.want(!taken[ruled.Code], at+"/code", "指标 %s 的细则重复", "Indicator %s has its rules twice", ruled.Code)
		taken[ruled.Code] = true
		if known {
			ind.Parts, ind.Lines = ruled.Parts, ruled.Lines
			places[ind] = at
		}
	}
	return places
}

func (s *Standard) judged(places map[*Indicator]string, j *judge) (*Standard, error) {
	s.lines = map[string]*Line{}
	want := j.want
	want(s.ID != "" && s.Version > 0, "/id", "须有 id 与 version", "It has an id and a version")
	want(s.Unit.Kind == "" || slices.Contains(kinds, s.Unit.Kind), "/unit/kind", "适用单位不明：%s", "No such kind of unit: %s", s.Unit.Kind)
	want(slices.Contains(nas, s.NotApplicable), "/not_applicable", "须为 rescale 或 full_marks", "It is rescale or full_marks")
	want(slices.Contains([]string{"", "each"}, s.SameEvent), "/same_event", "同一事件的扣分须为空（只扣一次）或 each（逐项扣分）", "One event costs once (empty) or under each indicator (each)")
	want(s.Decimals == nil || *s.Decimals >= 2 && *s.Decimals <= 6, "/decimals", "显示的小数位数须为 2 至 6，位数过少会把不达标显示成达标", "Between 2 and 6 decimals are shown: fewer would show a failure as a pass")
	want(s.Months > 0, "/months", "考核期须为正", "The period is of one month or more")
	total := new(big.Rat)
	domains, codes := map[string]bool{}, map[string]bool{}
	for i := range s.Domains {
		dom, sum := &s.Domains[i], new(big.Rat)
		want(dom.ID != "" && !domains[dom.ID], fmt.Sprintf("/domains/%d/id", i), "方面编号重复：%s", "A domain with this id stands already: %s", dom.ID)
		want(slices.Contains(principles, dom.Principle), fmt.Sprintf("/domains/%d/principle", i), "原则不明：%s", "No such principle: %s", dom.Principle)
		domains[dom.ID] = true
		for k := range dom.Indicators {
			ind := &dom.Indicators[k]
			at := indicatorAt(i, k)
			want(ind.Code != "" && !codes[ind.Code], at+"/code", "编号重复：%s", "This code stands already: %s", ind.Code)
			want(ind.Points.Rat().Sign() > 0, at+"/points", "分值须为正", "The points are above 0")
			want(len(ind.Lines) > 0, at+"/lines", "至少一条扣分规则", "At least one line is wanted")
			codes[ind.Code] = true
			sum = add(sum, ind.Points.Rat())
			for n := range ind.Lines {
				s.line(ind, &ind.Lines[n], fmt.Sprintf("%s/lines/%d", places[ind], n), want)
			}
		}
		want(sum.Cmp(dom.Points.Rat()) == 0, fmt.Sprintf("/domains/%d/points", i), "指标分值之和应等于 %s", "The points of its indicators should come to %s", dom.Points)
		total = add(total, dom.Points.Rat())
	}
	want(total.Cmp(s.Points.Rat()) == 0, "/points", "各方面分值之和应等于 %s", "The points of the domains should come to %s", s.Points)
	want(s.Line.Rat().Sign() > 0 && !less(s.Points.Rat(), s.Line.Rat()), "/line", "合格线应在 0 与总分之间", "The line lies between 0 and the points")
	if len(j.bad) > 0 {
		return nil, fault.InvalidFields("bad_standard", j.bad)
	}
	return s, nil
}

func (s *Standard) line(ind *Indicator, l *Line, at string, want func(bool, string, string, string, ...any)) {
	want(l.ID != "" && s.lines[l.ID] == nil, at+"/id", "规则编号重复：%s", "A line with this id stands already: %s", l.ID)
	s.lines[l.ID] = l
	want(slices.Contains(forms, l.Form), at+"/form", "规则形式不明：%s", "No such form of a line: %s", l.Form)
	want(slices.Contains(methods, l.Method), at+"/method", "方法不明：%s", "No such method: %s", l.Method)
	want(l.Deduct.Rat().Sign() > 0, at+"/deduct", "扣分须为正", "What is deducted is above 0")
	if l.Part != "" {
		_, ok := ind.Parts[l.Part]
		want(ok, at+"/part", "没有封顶项 %s", "There is no part %s", l.Part)
	}
	want(!l.ratio() || l.Target != nil, at+"/target", "比率须有 target", "A ratio has a target")
	want(!l.ratio() || len(l.Of) > 0 == (len(l.Per) > 0), at, "of 与 per 须成对", "of and per go together")
	want(!l.ratio() || l.Method != "ledger" || len(l.Of) > 0, at, "台账比率须有 of、per", "A ratio of a ledger has of and per")
	want(slices.Contains(scales, l.Scale) && (l.ratio() || l.Scale == ""), at+"/scale", "scale 只用于比率，须为 plain 或不写", "scale is of a ratio only: plain, or absent")
	want(slices.Contains(steps, l.Step) && (l.ratio() || l.Step == ""), at+"/step", "step 只用于比率，须为 whole、exact 或不写", "step is of a ratio only: whole, exact, or absent")
	want(slices.Contains(periods, l.Period) && (l.Period == "" || l.ratio() && len(l.Of) > 0), at+"/period", "period 只用于台账比率，须为 month 或不写", "period is of a ratio of ledgers only: month, or absent")
	want(l.CapEach == nil || l.Form == "each" && len(l.Count) == 0 && l.CapEach.Rat().Sign() > 0, at+"/cap_each", "cap_each 只用于按次扣分的检查发现，须为正", "cap_each is of findings that cost each time, and above 0")
	for _, f := range slices.Concat(l.Count, l.Of, l.Per) {
		_, known := areaQuestion(f.Measure)
		want(f.Ledger != Areas || known, at, "监区得分应写作 units.方面、rate.方面 或 under.方面.百分数：%s", "Scores of areas are written units.DOMAIN, rate.DOMAIN or under.DOMAIN.PERCENT: %s", f.Measure)
	}
	want(l.Form != "each" || l.Method != "ledger" || len(l.Count) > 0, at+"/count", "台账规则须指明数据", "A line on a ledger says on which data")
}
