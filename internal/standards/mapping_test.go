package standards_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

func reform(t testing.TB, version string) *scoring.Standard {
	t.Helper()
	raw, err := os.ReadFile("testdata/reform/v" + version + ".json")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scoring.CompileOne(raw)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mapping(t testing.TB, name string) (m standards.Mapping) {
	t.Helper()
	raw, err := os.ReadFile("testdata/reform/map-" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestMapping: the two old parts of 科学改造 go on in the five reforms, and no link is
// thought stronger than the weakest of its hops.
func TestMapping(t *testing.T) {
	first, second, third := reform(t, "1"), reform(t, "2"), reform(t, "3")
	one, two := standards.Hop{Mapping: mapping(t, "1-2"), To: second}, standards.Hop{Mapping: mapping(t, "2-3"), To: third}
	if bad := append(one.Mapping.Check(first, second), two.Mapping.Check(second, third)...); len(bad) > 0 {
		t.Fatal(bad)
	}
	var findings []scoring.Finding
	for code, n := range map[string]int{"KJ-1": 5, "KJ-2": 2, "KJ-4": 5, "KL-1": 5} {
		findings = append(findings, scoring.Finding{ID: code, Line: code + ".x", Day: "2026-03-03", Count: n})
	}
	sheet := scoring.Evaluate(first, scoring.Input{From: "2026-01-01", To: "2026-06-30", Findings: findings})
	before, _ := json.Marshal(sheet)
	for name, tt := range map[string]struct {
		hops []standards.Hop
		want []string
	}{
		"as it was": {nil, []string{"KJ 4/5 60 full", "KL 7/8 40 full"}},
		// JY: 15 points at 3/4 and 10 at 1.
		"two to five": {[]standards.Hop{one}, []string{"ZZ 9/10 20 partial", "JG 0 0 none", "JY 17/20 25 full", "WH 1/2 10 full", "LD 7/8 25 full"}},
		// The talks of JY ended; WH-1 overlaps only.
		"once more": {[]standards.Hop{one, two}, []string{"ZZ 9/10 20 partial", "JG 0 0 none", "JY 3/4 25 full", "WH 1/2 10 partial", "LD 7/8 25 full"}},
	} {
		var got []string
		for _, d := range standards.Trend(sheet, tt.hops) {
			got = append(got, d.ID+" "+d.Rate.Rat().RatString()+" "+d.Covered.String()+" "+d.Coverage)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if after, _ := json.Marshal(sheet); string(before) != string(after) {
		t.Error("the old sheet was written")
	}
}

// TestShippedMapping: what is shipped with a version tells where all of it comes from.
func TestShippedMapping(t *testing.T) {
	raw, err := os.ReadFile("../../schemas/standards/ordinary-area/v2/mapping.json")
	if err != nil {
		t.Fatal(err)
	}
	var m standards.Mapping
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	var versions []*scoring.Standard
	for _, v := range []string{"v1", "v2"} {
		s, err := scoring.Compile(artefacts(t, "ordinary-area/"+v))
		if err != nil {
			t.Fatal(err)
		}
		versions = append(versions, s)
	}
	if bad := m.Check(versions[0], versions[1]); len(bad) > 0 {
		t.Error(bad)
	}
}

// TestMappingMistakes: whatever is unaccounted for, twice, or goes nowhere is named.
func TestMappingMistakes(t *testing.T) {
	first, second := reform(t, "1"), reform(t, "2")
	for name, tt := range map[string]struct {
		spoil func(*standards.Mapping)
		at    string
	}{
		"version":           {func(m *standards.Mapping) { m.To = 3 }, "/standard"},
		"an old one left":   {func(m *standards.Mapping) { m.Indicators = m.Indicators[1:] }, "/indicators"},
		"twice":             {func(m *standards.Mapping) { m.Indicators[0].From[0] = "KJ-3" }, "/indicators/2/from"},
		"no such indicator": {func(m *standards.Mapping) { m.Indicators[0].To[0] = "JY-9" }, "/indicators/0/to"},
		"not the way":       {func(m *standards.Mapping) { m.Indicators[1].How = "same" }, "/indicators/1/how"},
		"an unknown way":    {func(m *standards.Mapping) { m.Indicators[1].How = "moved" }, "/indicators/1/how"},
		"no coverage":       {func(m *standards.Mapping) { m.Indicators[0].Coverage = "" }, "/indicators/0/coverage"},
		"coverage of none":  {func(m *standards.Mapping) { m.Indicators[5].Coverage = "full" }, "/indicators/5/coverage"},
		"across domains":    {func(m *standards.Mapping) { m.Domains[0].To = []string{"ZZ", "WH"} }, "/indicators/0"},
		"a domain left":     {func(m *standards.Mapping) { m.Domains = m.Domains[:2] }, "/domains"},
	} {
		m := mapping(t, "1-2")
		tt.spoil(&m)
		var got []string
		for _, f := range m.Check(first, second) {
			got = append(got, f.Pointer)
		}
		if !slices.Contains(got, tt.at) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestNatural: two versions that nobody wrote a mapping for are joined by their codes, and what is
// joined so passes the checks of a written one.
func TestNatural(t *testing.T) {
	first, second := reform(t, "1"), reform(t, "2")
	for _, pair := range [][2]*scoring.Standard{{first, second}, {second, second}} {
		if bad := standards.Natural(pair[0], pair[1]).Check(pair[0], pair[1]); len(bad) > 0 {
			t.Error(bad)
		}
	}
	sheet := scoring.Evaluate(second, scoring.Input{From: "2026-01-01", To: "2026-06-30"})
	if diff := cmp.Diff(standards.Trend(sheet, nil), standards.Trend(sheet, []standards.Hop{{Mapping: standards.Natural(second, second), To: second}})); diff != "" {
		t.Error(diff)
	}
}
