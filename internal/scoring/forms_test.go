package scoring_test

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/scoring"
)

// formed is a small invented standard with every form of rule.
func formed(t testing.TB) *scoring.Standard {
	t.Helper()
	raw, err := os.ReadFile("testdata/forms.json")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scoring.CompileOne(raw)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func dec(t testing.TB, s string) scoring.Decimal {
	t.Helper()
	d, err := scoring.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ratio(t testing.TB, id, line, of, per string) scoring.Finding {
	a, b := dec(t, of), dec(t, per)
	return scoring.Finding{ID: id, Line: line, Day: "2026-03-03", Count: 1, Of: &a, Per: &b}
}

func lineOf(t testing.TB, sheet *scoring.Sheet, id string) scoring.LineScore {
	t.Helper()
	for _, d := range sheet.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				if l.ID == id {
					return l
				}
			}
		}
	}
	t.Fatalf("no line %s", id)
	return scoring.LineScore{}
}

var window = scoring.Input{From: "2026-01-01", To: "2026-06-30", Labour: true}

// TestForms: what an inspector measures is measured, and the points are worked out.
func TestForms(t *testing.T) {
	held := func(month, measure, value string) scoring.DayFact {
		return scoring.DayFact{Ledger: "individual-talk", Measure: measure, Day: "2026-" + month + "-01", Value: dec(t, value)}
	}
	wrong := func(id, officer string, n int) scoring.Finding {
		return scoring.Finding{ID: id, Line: "A-1.names", Day: "2026-03-03", Count: n, Subject: officer}
	}
	for _, tt := range []struct {
		name, line, want string
		findings         []scoring.Finding
		facts            []scoring.DayFact
	}{
		{"nobody was asked", "A-1.pass", "0", nil, nil},
		{"17 of 20 pass, 85 %", "A-1.pass", "5", []scoring.Finding{ratio(t, "1", "A-1.pass", "17", "20")}, nil},
		{"two draws are one", "A-1.pass", "4", []scoring.Finding{ratio(t, "1", "A-1.pass", "17", "20"), ratio(t, "2", "A-1.pass", "9", "10")}, nil},
		{"18 of 20, exactly 90 %", "A-1.pass", "0", []scoring.Finding{ratio(t, "1", "A-1.pass", "18", "20")}, nil},
		{"mean of three marks in thirds", "A-1.marks", "1/3", []scoring.Finding{ratio(t, "1", "A-1.marks", "265", "3")}, nil},
		{"a mean above", "A-1.marks", "0", []scoring.Finding{ratio(t, "1", "A-1.marks", "280", "3")}, nil},
		{"books, whole ones only", "A-1.books", "2", []scoring.Finding{ratio(t, "1", "A-1.books", "750", "100")}, nil},
		{"20 names wrong cost 8, not 10", "A-1.names", "8", []scoring.Finding{wrong("1", "a", 20)}, nil},
		{"two officers", "A-1.names", "9.5", []scoring.Finding{wrong("1", "a", 20), wrong("2", "b", 3)}, nil},
		{"one officer asked twice", "A-1.names", "8", []scoring.Finding{wrong("1", "a", 10), wrong("2", "a", 10)}, nil},
		{"three officers meet the part's cap", "A-1.names", "16", []scoring.Finding{wrong("1", "a", 20), wrong("2", "b", 20), wrong("3", "c", 20)}, nil},
		{"the worst month counts, not the mean", "A-2.month", "8", nil, []scoring.DayFact{
			held("01", "talked", "60"), held("01", "held", "60"), held("02", "talked", "58"), held("02", "held", "60"), held("03", "talked", "60"), held("03", "held", "60")}},
		{"no month at all", "A-2.month", "0", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := window
			in.Findings, in.Facts = tt.findings, tt.facts
			sheet := scoring.Evaluate(formed(t), in)
			if got := lineOf(t, sheet, tt.line).Deducted.String(); got != tt.want {
				t.Errorf("costs %s, want %s", got, tt.want)
			}
			if got := sheet.Deducted.String(); got != tt.want {
				t.Errorf("the sheet loses %s, want %s", got, tt.want)
			}
		})
	}
	in := window
	in.Facts = []scoring.DayFact{held("01", "talked", "58"), held("01", "held", "60"), held("02", "talked", "0"), held("02", "held", "0"), held("03", "talked", "59"), held("03", "held", "60")}
	if l := lineOf(t, scoring.Evaluate(formed(t), in), "A-2.month"); l.Month != "2026-01" || l.Of.String() != "58" {
		t.Errorf("the worst month is %s with %s", l.Month, l.Of)
	}
	if l := lineOf(t, scoring.Evaluate(formed(t), window), "A-1.pass"); l.State != scoring.NotChecked {
		t.Errorf("a quiz nobody held is %s", l.State)
	}
}

// TestExcluded: what does not apply, by a decision, under both policies (W9's arithmetic).
func TestExcluded(t *testing.T) {
	for _, tt := range []struct{ policy, score string }{{"rescale", "995"}, {"full_marks", "996"}} {
		s := formed(t)
		s.NotApplicable = tt.policy
		in := window
		in.Findings = []scoring.Finding{{ID: "1", Line: "A-3.phone", Day: "2026-03-03", Count: 1}, {ID: "2", Line: "B-1.phone", Day: "2026-03-03", Count: 1}}
		in.Exclusions = []scoring.Exclusion{{Indicator: "A-3", Decision: "d1"}}
		sheet := scoring.Evaluate(s, in)
		if sheet.Score.String() != tt.score || sheet.Applies.String() != "800" {
			t.Errorf("%s: %s of %s", tt.policy, sheet.Score, sheet.Applies)
		}
		for _, i := range sheet.Domains[0].Indicators {
			if i.Code == "A-3" && (i.Applies || i.Decision != "d1" || i.Deducted.Rat().Sign() != 0) {
				t.Errorf("%s: %+v", tt.policy, i)
			}
		}
	}
}

// TestOverrideBeside: a decided amount counts, the computed one stands beside it, and
// an event at an overridden line is not settled there.
func TestOverrideBeside(t *testing.T) {
	in := window
	in.Findings = []scoring.Finding{{ID: "1", Line: "A-3.phone", Day: "2026-03-03", Count: 1, Event: "phone"}, {ID: "2", Line: "B-1.phone", Day: "2026-03-03", Count: 1, Event: "phone"}}
	in.Overrides = []scoring.Override{{ID: "o1", Line: "A-3.phone", Amount: dec(t, "12.5"), Reason: "经复核只涉及一部"}}
	sheet := scoring.Evaluate(formed(t), in)
	if sheet.Score.String() != "983.5" {
		t.Errorf("score %s", sheet.Score)
	}
	l := lineOf(t, sheet, "A-3.phone")
	if l.Override == nil || l.Override.Computed.String() != "20" || l.Deducted.String() != "12.5" || len(l.Override.Losses) != 1 || l.Losses[0].Refs[0].Kind != "override" {
		t.Errorf("%+v", l)
	}
	in.Overrides[0].Amount = dec(t, "0")
	if l := lineOf(t, scoring.Evaluate(formed(t), in), "A-3.phone"); l.Override == nil || len(l.Losses) != 0 {
		t.Errorf("an amount of nothing: %+v", l)
	}
}

// TestOpenPoints: one event costs once or at every line (O13), a score is shown with as many
// decimals as the standard says (O15), and what passes is compared before.
func TestOpenPoints(t *testing.T) {
	in := window
	in.Findings = []scoring.Finding{{ID: "1", Line: "A-3.phone", Day: "2026-03-03", Count: 1, Event: "phone"}, {ID: "2", Line: "B-1.phone", Day: "2026-03-03", Count: 1, Event: "phone"}}
	once := scoring.Evaluate(formed(t), in)
	each := formed(t)
	each.SameEvent = "each"
	apart := in
	apart.Findings = slices.Clone(in.Findings)
	apart.Findings[1].Event = "another phone"
	if got, want := scoring.Evaluate(each, in), scoring.Evaluate(formed(t), apart); !got.Score.Equal(want.Score) || got.Score.Equal(once.Score) {
		t.Errorf("each %s, as two events %s, once %s", got.Score, want.Score, once.Score)
	}
	in.Findings = nil
	in.Overrides = []scoring.Override{{ID: "own", Line: "A-2.copied", Amount: dec(t, "50.04"), Reason: "自身扣分"}}
	for n, want := range map[int]string{2: "949.96", 3: "949.960", 6: "949.960000"} {
		std := formed(t)
		std.Decimals = &n
		if sheet := scoring.Evaluate(std, in); sheet.Display != want || sheet.Passes {
			t.Errorf("%d decimals: %s, passes %v", n, sheet.Display, sheet.Passes)
		}
	}
}

// TestCarried is W10, and the floor.
func TestCarried(t *testing.T) {
	for _, tt := range []struct {
		lookback, own, score, display string
		kept                          bool
	}{
		{"80", "42", "950", "950.00", true}, {"81", "42", "949.9", "949.90", false}, {"86", "42", "949.4", "949.40", false},
		{"35.5", "46.4", "950.05", "950.05", true}, {"35.5", "46.5", "949.95", "949.95", false}, {"400", "0", "960", "960.00", true},
		{"0", "42", "958", "958.00", true},
	} {
		in := window
		in.Overrides = []scoring.Override{{ID: "own", Line: "A-2.copied", Amount: dec(t, tt.own), Reason: "自身扣分"}}
		in.Carry = &scoring.Carry{Rate: dec(t, "0.10"), Deductions: dec(t, tt.lookback)}
		if tt.lookback == "0" {
			in.Carry.Waived = "因疫情免除回头看"
		}
		sheet := scoring.Evaluate(formed(t), in)
		if sheet.Score.String() != tt.score || sheet.Display != tt.display || sheet.Passes != tt.kept {
			t.Errorf("%s and %s: %s, shown %s, %v", tt.lookback, tt.own, sheet.Score, sheet.Display, sheet.Passes)
		}
	}
	in := window
	in.Findings = []scoring.Finding{{ID: "1", Line: "A-3.escape", Day: "2026-03-03", Count: 9}, {ID: "2", Line: "A-2.copied", Day: "2026-03-03", Count: 900}, {ID: "3", Line: "B-1.phone", Day: "2026-03-03", Count: 900},
		ratio(t, "4", "A-1.pass", "0", "20"), ratio(t, "5", "A-1.marks", "0", "3"), ratio(t, "6", "A-1.books", "0", "3")}
	in.Findings = append(in.Findings, scoring.Finding{ID: "7", Line: "A-1.names", Day: "2026-03-03", Count: 900, Subject: "a"})
	in.Findings = append(in.Findings, scoring.Finding{ID: "8", Line: "A-1.names", Day: "2026-03-03", Count: 900, Subject: "b"})
	in.Facts = []scoring.DayFact{{Ledger: scoring.Areas, Measure: "under.JG.90", Day: "2026-03-03", Value: dec(t, "90")}}
	in.Carry = &scoring.Carry{Rate: dec(t, "1"), Deductions: dec(t, "400")}
	sheet := scoring.Evaluate(formed(t), in)
	if sheet.Score.Rat().Sign() != 0 || !sheet.Carry.Deducted.Equal(sheet.Carry.Own) || sheet.Carry.Raw.String() != "400" {
		t.Errorf("score %s, own %s, carried %s of %s", sheet.Score, sheet.Carry.Own, sheet.Carry.Deducted, sheet.Carry.Raw)
	}
}

// TestAreaFacts: a prison's standard is fed by the scores of its areas.
func TestAreaFacts(t *testing.T) {
	ordinary := standard(t, "")
	sheet := func(findings ...scoring.Finding) *scoring.Sheet {
		in := window
		in.Findings = findings
		return scoring.Evaluate(ordinary, in)
	}
	units := []scoring.Unit{
		{ID: "1", Sheet: sheet()},
		{ID: "2", Sheet: sheet(scoring.Finding{ID: "1", Line: "JG-01.riot", Day: "2026-03-03", Count: 1})},
		{ID: "3"},
	}
	in := window
	in.Facts = scoring.AreaFacts(formed(t), units, in.To)
	got := scoring.Evaluate(formed(t), in)
	// Rates 1, 190 ÷ 230 and 0: their mean is 60.869… %, 35 points are started below 95.
	if l := lineOf(t, got, "B-2.mean"); l.Deducted.String() != "70" || l.Of.String() != "42/23" || l.Per.String() != "3" {
		t.Errorf("mean: −%s for %s of %s", l.Deducted, l.Of, l.Per)
	}
	if l := lineOf(t, got, "B-2.weak"); l.Deducted.String() != "6" || len(l.Losses[0].Refs) != 2 {
		t.Errorf("weak areas: %+v", l)
	}
	in.Facts = scoring.AreaFacts(formed(t), nil, in.To)
	if l := lineOf(t, scoring.Evaluate(formed(t), in), "B-2.mean"); l.State != scoring.NotApplicable {
		t.Errorf("a prison without areas is %s", l.State)
	}
}

// TestCompare: the changes sum to what is lost more.
func TestCompare(t *testing.T) {
	a, b := window, window
	a.Findings = []scoring.Finding{{ID: "1", Line: "A-3.phone", Day: "2026-03-03", Count: 1}, {ID: "2", Line: "B-1.phone", Day: "2026-03-04", Count: 1}}
	b.Findings = []scoring.Finding{{ID: "1", Line: "A-3.phone", Day: "2026-03-03", Count: 1}, {ID: "3", Line: "A-3.escape", Day: "2026-05-05", Count: 1}}
	b.Facts = []scoring.DayFact{{Ledger: "labour-daily", Measure: "unfilled", Day: "2026-03-03", Value: dec(t, "3")}}
	changes := scoring.Compare(scoring.Evaluate(formed(t), a), scoring.Evaluate(formed(t), b))
	type row struct{ Line, Before, After, Was, Is string }
	counted := func(m *scoring.Measured) string {
		switch {
		case m == nil:
			return ""
		case m.Per != nil:
			return m.Of.String() + " of " + m.Per.String()
		}
		return m.Of.String()
	}
	var got []row
	for _, c := range changes {
		got = append(got, row{c.Line, c.Before.String(), c.After.String(), counted(c.Was), counted(c.Is)})
	}
	if diff := cmp.Diff([]row{{"A-3.escape", "0", "150", "", ""}, {"B-1.missing", "0", "6", "0", "3"}, {"B-1.phone", "4", "0", "", ""}}, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if c := changes[0]; len(c.Came) != 1 || c.Came[0].ID != "3" || len(c.Went) != 0 || c.Indicator != "A-3" {
		t.Errorf("%+v", c)
	}
}
