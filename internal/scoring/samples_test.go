package scoring_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/scoring"
)

var samples = []string{"ordinary-area/v1", "ordinary-area/v2", "kitchen/v1", "prison/v1"}

func set(t testing.TB, name string) scoring.Set {
	t.Helper()
	s, err := scoring.ReadSet(os.DirFS("../../schemas/standards"), name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func shipped(t testing.TB, name string) *scoring.Standard {
	t.Helper()
	s, err := scoring.Compile(set(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSamples holds the samples to the field's tables: codes and points of every
// indicator, former vetoes, the sums of the domains.
func TestSamples(t *testing.T) {
	for _, tt := range []struct{ name, unit, line, domains, points, vetoes string }{
		{"ordinary-area/v1", "ordinary", "950", "130 230 80 110 60 110 110 80 90",
			"40 25 20 15 12 10 8 60 25 25 20 20 18 16 14 12 10 10 25 20 15 20 30 25 12 20 13 10 25 20 15 35 25 20 15 15 40 25 15 20 10 35 25 20 25 30 20 15",
			"XF-01 JG-01 LD-01 DW-01"},
		{"ordinary-area/v2", "ordinary", "950", "130 230 80 110 60 110 110 80 90",
			"40 25 20 15 12 10 8 60 25 25 20 20 18 16 14 12 10 10 25 20 15 20 30 25 12 20 13 10 25 20 15 35 25 20 15 15 40 25 15 20 10 35 25 20 25 30 20 15",
			"XF-01 JG-01 LD-01 DW-01"},
		{"kitchen/v1", "functional", "950", "60 300 40 60 30 240 80 120 70",
			"30 30 80 60 45 35 45 35 40 40 20 30 50 50 40 50 30 20 40 40 60 60 40 30", "HF-03"},
		{"prison/v1", "prison", "900", "140 200 80 100 60 100 120 90 110",
			"60 40 40 80 50 40 30 50 30 50 30 20 40 20 60 40 60 40 20 50 40 40 40 30", "P-XF-01 P-JG-01 P-LD-01 P-DW-01"},
	} {
		s := shipped(t, tt.name)
		var domains, points, vetoes []string
		for _, d := range s.Domains {
			domains = append(domains, d.Points.String())
			for _, i := range d.Indicators {
				points = append(points, i.Points.String())
				if i.FormerVeto {
					vetoes = append(vetoes, i.Code)
				}
			}
		}
		got := []string{s.Unit.Kind, s.Line.String(), strings.Join(domains, " "), strings.Join(points, " "), strings.Join(vetoes, " ")}
		if diff := cmp.Diff([]string{tt.unit, tt.line, tt.domains, tt.points, tt.vetoes}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if !s.Unofficial {
			t.Errorf("%s does not say that it is a sample", tt.name)
		}
	}
}

// TestFinerLines measures exactly what the first version left to be counted by hand.
func TestFinerLines(t *testing.T) {
	s := shipped(t, "ordinary-area/v2")
	of := func(subject string, count int) scoring.Finding {
		return scoring.Finding{ID: subject, Line: "DW-04.names", Day: "2026-03-03", Count: count, Subject: subject}
	}
	talks := func(month, filled, due string) []scoring.DayFact {
		return []scoring.DayFact{
			{Ledger: "individual-talk", Measure: "filled", Day: "2026-" + month + "-28", Value: dec(t, filled)},
			{Ledger: "individual-talk", Measure: "due", Day: "2026-" + month + "-28", Value: dec(t, due)}}
	}
	for line, tt := range map[string]struct {
		findings []scoring.Finding
		facts    []scoring.DayFact
		want     string
	}{
		"ZZ-04.pass":       {findings: []scoring.Finding{ratio(t, "a", "ZZ-04.pass", "17", "20")}, want: "5"},           // 85 to 90
		"JY-06.pass":       {findings: []scoring.Finding{ratio(t, "a", "JY-06.pass", "16", "20")}, want: "2.5"},         // 80 to 85
		"JY-04.coverage":   {findings: []scoring.Finding{ratio(t, "a", "JY-04.coverage", "171", "190")}, want: "8"},     // 10 short, part capped
		"JY-05.trained":    {findings: []scoring.Finding{ratio(t, "a", "JY-05.trained", "19", "20")}, want: "2.5"},      // 95 to 100
		"WH-01.attendance": {findings: []scoring.Finding{ratio(t, "a", "WH-01.attendance", "151", "200")}, want: "2.5"}, // 75.5 to 80: five started
		"WH-02.books":      {findings: []scoring.Finding{ratio(t, "a", "WH-02.books", "840", "100")}, want: "1"},        // 8.4 a head: one whole book
		"YJ-01.order":      {findings: []scoring.Finding{ratio(t, "a", "YJ-01.order", "19", "20")}, want: "3"},          // 95 to 98
		"XX-01.share":      {findings: []scoring.Finding{ratio(t, "a", "XX-01.share", "25", "26")}, want: "4"},          // 96.15 to 100
		"DW-05.marks":      {findings: []scoring.Finding{ratio(t, "a", "DW-05.marks", "265", "3")}, want: "1/3"},        // mean 88⅓, 1⅔ short
		"DW-04.names":      {findings: []scoring.Finding{of("甲", 20), of("乙", 3)}, want: "9.5"},                         // 10 capped at 8, and 1.5
		"JY-01.coverage":   {facts: append(talks("03", "100", "100"), talks("04", "97", "100")...), want: "6"},          // the worst month, not the mean
	} {
		in := window
		in.Findings, in.Facts = tt.findings, tt.facts
		if got := lineOf(t, scoring.Evaluate(s, in), line).Deducted; !got.Equal(dec(t, tt.want)) {
			t.Errorf("%s costs %s, want %s", line, got, tt.want)
		}
	}
}

// TestPrisonOfAreas scores a prison by its areas: two of three weak in custody.
func TestPrisonOfAreas(t *testing.T) {
	area, s := shipped(t, "ordinary-area/v1"), shipped(t, "prison/v1")
	unit := func(id string, findings ...scoring.Finding) scoring.Unit {
		in := window
		in.Findings = findings
		return scoring.Unit{ID: id, Sheet: scoring.Evaluate(area, in)}
	}
	phone := scoring.Finding{ID: "p", Line: "JG-01.contraband", Day: "2026-03-03", Count: 1}
	in := window
	// Rates 210/230, 1 and 0: a mean of 63.77, 31.23 short: 32 started points of 2, capped at 50.
	in.Facts = scoring.AreaFacts(s, []scoring.Unit{unit("a", phone), unit("b"), {ID: "c"}}, "2026-06-30")
	sheet := scoring.Evaluate(s, in)
	if got := lineOf(t, sheet, "P-JG-02.rate"); got.Deducted.String() != "50" || got.Losses[0].Raw.String() != "64" {
		t.Errorf("mean rate costs %s of %s", got.Deducted, got.Losses[0].Raw)
	}
	if got := lineOf(t, sheet, "P-JG-02.weak"); got.Losses[0].Raw.String() != "3" || got.Losses[0].Refs[0].ID != "c" {
		t.Errorf("weak areas: %+v", got.Losses)
	}
	// 100 + 100 + 0 over three: 66.67, 28.34 short.
	if got := lineOf(t, sheet, "P-ZZ-01.rate"); got.Losses[0].Raw.String() != "58" {
		t.Errorf("political rate: %+v", got.Losses)
	}
}

// TestArtefacts belong together: rules of another version, of an unknown indicator,
// twice, or in the standard itself are refused by their place.
func TestArtefacts(t *testing.T) {
	whole := set(t, "kitchen/v1")
	for name, tt := range map[string]struct {
		from, to string
		in       *[]byte
		want     string
	}{
		"version": {`"version": 1`, `"version": 2`, &whole.Rules, "/rules"},
		"unknown": {`{"code": "HF-02"`, `{"code": "HF-99"`, &whole.Rules, "/rules/indicators/1/code"},
		"twice":   {`{"code": "HF-02"`, `{"code": "HF-01"`, &whole.Rules, "/rules/indicators/1/code"},
		"form":    {`"form": "each"`, `"form": "most"`, &whole.Rules, "/rules/indicators/0/lines/0/form"},
		"unit":    {`"kind": "functional"`, `"kind": "ship"`, &whole.Standard, "/unit/kind"},
		"member":  {`"unofficial": true`, `"veto": true`, &whole.Standard, ""},
	} {
		kept := *tt.in
		*tt.in = []byte(strings.Replace(string(kept), tt.from, tt.to, 1))
		_, err := scoring.Compile(whole)
		*tt.in = kept
		if got := pointers(t, err); len(got) == 0 || got[0] != tt.want {
			t.Errorf("%s: %q, want %s", name, got, tt.want)
		}
	}
}
