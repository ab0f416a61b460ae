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
				switch {
				case l.Before == nil:
					row = append(row, "+"+l.After.ID)
				case l.After == nil:
					row = append(row, "-"+l.Before.ID)
				default:
					row = append(row, l.After.ID)
				}
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

// TestCompareByMapping: what was split or renamed is one row, whose sides are named in full; a mapping
// that its draft has outgrown loses only what is gone.
func TestCompareByMapping(t *testing.T) {
	first, second := standards.Side{Standard: reform(t, "1"), Guide: &scoring.Guide{}}, standards.Side{Standard: reform(t, "2"), Guide: &scoring.Guide{}}
	m := mapping(t, "1-2")
	rows := func(m *standards.Mapping) (domains, indicators []string) {
		c := standards.Compare(first, second, m)
		for _, d := range c.Domains {
			var was, is []string
			for _, s := range d.Before {
				was = append(was, s.ID)
			}
			for _, s := range d.After {
				is = append(is, s.ID)
			}
			domains = append(domains, strings.Join(was, "+")+" "+d.How+" "+strings.Join(is, "+"))
		}
		for _, d := range c.Indicators {
			var was, is []string
			for _, s := range d.Before {
				was = append(was, s.Code)
			}
			for _, s := range d.After {
				is = append(is, s.Code)
			}
			indicators = append(indicators, strings.Join(was, "+")+" "+d.Change+" "+strings.Join(is, "+"))
		}
		return domains, indicators
	}
	domains, indicators := rows(&m)
	if diff := cmp.Diff([]string{"KJ split ZZ+JY+WH", " new JG", "KL renamed LD"}, domains); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"KJ-2 split ZZ-1+ZZ-2", " new JG-1", "KJ-1 renamed JY-1", "KJ-3 renamed JY-2", "KJ-4 renamed WH-1", "KL-1+KL-2 merged LD-1"}, indicators); diff != "" {
		t.Error(diff)
	}
	m.Domains[0].To = []string{"ZZ", "GONE"}
	m.Indicators = nil
	domains, indicators = rows(&m)
	if diff := cmp.Diff([]string{"KJ renamed ZZ", " new JG", " new JY", " new WH", "KL renamed LD"}, domains); diff != "" {
		t.Error(diff)
	}
	if len(indicators) != 13 {
		t.Errorf("by their codes alone: %v", indicators)
	}
}
