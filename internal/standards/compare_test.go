package standards_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// part is one of the artefacts.
type part = func(*scoring.Set) *[]byte

func side(t testing.TB, set scoring.Set) standards.Side {
	t.Helper()
	s, err := scoring.Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	g, err := scoring.ReadGuide(set.Guide)
	if err != nil {
		t.Fatal(err)
	}
	return standards.Side{Standard: s, Guide: g}
}

// said is a line by its id: new, gone, or on both sides.
func said(l standards.LinePair) string {
	switch {
	case l.Before == nil:
		return "+" + l.After.ID
	case l.After == nil:
		return "-" + l.Before.ID
	}
	return l.After.ID
}

// TestCompareChanges: each artefact's change is found at its line, and nothing else is marked.
func TestCompareChanges(t *testing.T) {
	was := artefacts(t, "kitchen/v1")
	for name, tt := range map[string]struct {
		in       []part
		from, to string
		want     string // the indicator and its lines
	}{
		"nothing":         {[]part{what}, "", "", ""},
		"a title":         {[]part{what}, `"zh": "伙房罪犯选用审批"`, `"zh": "选用审批"`, "HF-01 changed"},
		"a deduction":     {[]part{how}, `"id": "HF-01.barred"`, `"systemic": true, "id": "HF-01.barred"`, "HF-01 changed HF-01.barred"},
		"the guide":       {[]part{check}, `"id": "HF-01.barred"`, `"anchors": [{"severity": "high", "scope": "limited", "example": {"zh": "一名"}}], "id": "HF-01.barred"`, "HF-01 changed HF-01.barred"},
		"a line's name":   {[]part{how, check}, `"HF-01.barred"`, `"HF-01.other"`, "HF-01 changed +HF-01.other -HF-01.barred"},
		"a domain's name": {[]part{what}, `"title": {"zh": "刑罚执行"`, `"title": {"zh": "执法"`, ""},
	} {
		now := scoring.Set{Standard: was.Standard, Rules: was.Rules, Guide: was.Guide}
		for _, in := range tt.in {
			raw := in(&now)
			*raw = bytes.Replace(*raw, []byte(tt.from), []byte(tt.to), 1)
		}
		var got []string
		for _, i := range standards.Compare(side(t, was), side(t, now), nil).Indicators {
			if i.Change == "same" {
				continue
			}
			row := []string{i.After[0].Code, i.Change}
			for _, l := range i.Lines {
				row = append(row, said(l))
			}
			got = append(got, strings.Join(row, " "))
		}
		if strings.Join(got, "; ") != tt.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestCompareBySample: the shipped versions differ where rules were told in words before, and both
// sides of such a rule are there to be read.
func TestCompareBySample(t *testing.T) {
	c := standards.Compare(side(t, artefacts(t, "ordinary-area/v1")), side(t, artefacts(t, "ordinary-area/v2")), nil)
	if c.Before.Title.ZH != "普通监区规范化创建标准（样例）" || c.After.Title.ZH != "普通监区样例标准（非官方）" {
		t.Errorf("the titles: %v, %v", c.Before.Title, c.After.Title)
	}
	i := slices.IndexFunc(c.Indicators, func(i standards.IndicatorPair) bool { return i.After[0].Code == "ZZ-04" })
	if i < 0 || len(c.Indicators[i].Lines) != 1 {
		t.Fatalf("ZZ-04: %+v", c.Indicators[i])
	}
	l := c.Indicators[i].Lines[0]
	if l.Before.Form != "each" || l.Before.Target != nil || l.After.Form != "below" || l.After.Target.String() != "90" || len(l.After.Guide.Steps) != len(l.Before.Guide.Steps)+1 {
		t.Errorf("%+v, %+v", l.Before, l.After)
	}
}

// became is what became of the domains and indicators, each on a row.
func became(c standards.Comparison) (domains, indicators []string) {
	row := func(was []string, how string, is []string) string {
		return strings.Join(was, "+") + " " + how + " " + strings.Join(is, "+")
	}
	ids := func(list []standards.DomainSide) (ids []string) {
		for _, d := range list {
			ids = append(ids, d.ID)
		}
		return ids
	}
	codes := func(list []scoring.Indicator) (codes []string) {
		for _, i := range list {
			codes = append(codes, i.Code)
		}
		return codes
	}
	for _, d := range c.Domains {
		domains = append(domains, row(ids(d.Before), d.How, ids(d.After)))
	}
	for _, i := range c.Indicators {
		indicators = append(indicators, row(codes(i.Before), i.Change, codes(i.After)))
	}
	return domains, indicators
}

// bare is a version without a guide.
func bare(s *scoring.Standard) standards.Side {
	return standards.Side{Standard: s, Guide: &scoring.Guide{}}
}

// TestCompareByMapping: what was split or renamed is one row, whose sides are named in full, with the
// rules that came and went; a mapping that its draft has outgrown loses only what is gone.
func TestCompareByMapping(t *testing.T) {
	first, second := bare(reform(t, "1")), bare(reform(t, "2"))
	hop := standards.Hop{Mapping: mapping(t, "1-2"), Written: true, To: second.Standard}
	c := standards.Compare(first, second, []standards.Hop{hop})
	domains, indicators := became(c)
	if diff := cmp.Diff([]string{"KJ split ZZ+JY+WH", " new JG", "KL renamed LD"}, domains); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"KJ-2 split ZZ-1+ZZ-2", " new JG-1", "KJ-1 renamed JY-1", "KJ-3 renamed JY-2", "KJ-4 renamed WH-1", "KL-1+KL-2 merged LD-1"}, indicators); diff != "" {
		t.Error(diff)
	}
	var rules []string
	for _, i := range c.Indicators {
		for _, l := range i.Lines {
			rules = append(rules, i.Change+" "+said(l))
		}
	}
	// The rule of a renamed one is what it was.
	want := []string{"split +ZZ-1.x", "split +ZZ-2.x", "split -KJ-2.x", "new +JG-1.x", "merged +LD-1.x", "merged -KL-1.x", "merged -KL-2.x"}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Error(diff)
	}
	if len(c.ByCodes) > 0 {
		t.Errorf("by the codes: %v", c.ByCodes)
	}
	hop.Mapping.Domains[0].To = []string{"ZZ", "GONE"}
	hop.Mapping.Indicators = nil
	domains, indicators = became(standards.Compare(first, second, []standards.Hop{hop}))
	if diff := cmp.Diff([]string{"KJ renamed ZZ", " new JG", " new JY", " new WH", "KL renamed LD"}, domains); diff != "" {
		t.Error(diff)
	}
	if len(indicators) != 13 {
		t.Errorf("by their codes alone: %v", indicators)
	}
}

// TestCompareOverVersions: versions that are no neighbours are joined over what lies between, either
// way; a code that came to mean another thing is not taken for what it was, and what nobody wrote a
// mapping for is named.
func TestCompareOverVersions(t *testing.T) {
	var third scoring.Standard = *reform(t, "3")
	third.Domains = slices.Clone(third.Domains)
	i := slices.IndexFunc(third.Domains, func(d scoring.Domain) bool { return d.ID == "WH" })
	third.Domains[i].ID = "KL" // which was labour in the first
	m := mapping(t, "2-3")
	m.Domains[3].To, m.Domains[3].How = []string{"KL"}, "renamed"
	first, second, last := bare(reform(t, "1")), reform(t, "2"), bare(&third)
	one := standards.Hop{Mapping: mapping(t, "1-2"), Written: true, To: second}
	two := standards.Hop{Mapping: m, Written: true, To: &third}
	c := standards.Compare(first, last, []standards.Hop{one, two})
	domains, indicators := became(c)
	if diff := cmp.Diff([]string{"KJ split ZZ+JY+KL", " new JG", "KL renamed LD"}, domains); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"KJ-2 renamed ZZ-1", " new JG-1", "KJ-1 renamed JY-1", "KJ-4 renamed WH-1", "KL-1+KL-2 regrouped LD-1+LD-2", "KJ-3 ended "}, indicators); diff != "" {
		t.Error(diff)
	}
	if len(c.ByCodes) > 0 {
		t.Errorf("by the codes: %v", c.ByCodes)
	}
	domains, _ = became(standards.Compare(last, first, []standards.Hop{one, two}))
	if diff := cmp.Diff([]string{"ZZ+JY+KL merged KJ", "LD renamed KL", "JG ended "}, domains); diff != "" {
		t.Error(diff)
	}
	two.Mapping, two.Written = standards.Natural(second, &third), false
	c = standards.Compare(first, last, []standards.Hop{one, two})
	if domains, _ = became(c); domains[0] != "KJ split ZZ+JY" || !slices.Equal(c.ByCodes, []standards.Span{{From: 2, To: 3}}) {
		t.Errorf("%v, by the codes: %v", domains, c.ByCodes)
	}
}
