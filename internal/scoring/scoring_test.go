package scoring_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"taizhang/internal/fault"
	"taizhang/internal/scoring"
)

const dir = "../../schemas/standards/ordinary-area/v1"

func standard(t testing.TB, policy string) *scoring.Standard {
	t.Helper()
	s := shipped(t, "ordinary-area/v1")
	if policy != "" {
		s.NotApplicable = policy
	}
	return s
}

// TestCases holds the engine to the worked examples of the field, W4 to W9.
func TestCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(dir, "cases", "*.json"))
	if err != nil || len(files) < 15 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c struct {
				Policy string
				Input  scoring.Input
				Want   struct {
					Score, Display string
					Passes         bool
					Indicators     map[string]string
					Domains        map[string]string
					OverCap        map[string]string `json:"over_cap"`
					States         map[string]string
					Vetoes         []string
					CountedIn      map[string]string `json:"counted_in"`
				}
			}
			if err := json.Unmarshal(raw, &c); err != nil {
				t.Fatal(err)
			}
			sheet := scoring.Evaluate(standard(t, c.Policy), c.Input)
			if sheet.Score.String() != c.Want.Score || sheet.Passes != c.Want.Passes {
				t.Errorf("score %s, passes %v", sheet.Score, sheet.Passes)
			}
			if c.Want.Display != "" && sheet.Display != c.Want.Display {
				t.Errorf("shown as %s", sheet.Display)
			}
			lost, counted := map[string]string{}, map[string]string{}
			for _, d := range sheet.Domains {
				if w := c.Want.Domains[d.ID]; w != "" && w != d.Score.String() {
					t.Errorf("%s stands at %s, want %s", d.ID, d.Score, w)
				}
				for _, i := range d.Indicators {
					if i.Deducted.Rat().Sign() > 0 {
						lost[i.Code] = i.Deducted.String()
					}
					if w := c.Want.OverCap[i.Code]; w != "" && w != i.OverCap.String() {
						t.Errorf("%s is %s over its cap, want %s", i.Code, i.OverCap, w)
					}
					for _, l := range i.Lines {
						if w := c.Want.States[l.ID]; w != "" && w != l.State {
							t.Errorf("%s is %s, want %s", l.ID, l.State, w)
						}
						for _, x := range l.Losses {
							if x.CountedIn != "" {
								counted[l.ID] = x.CountedIn
							}
						}
					}
				}
			}
			for code, v := range c.Want.Indicators {
				if v == "0" {
					delete(c.Want.Indicators, code)
				}
			}
			if diff := cmp.Diff(c.Want.Indicators, lost); diff != "" {
				t.Errorf("deductions (-want +got):\n%s", diff)
			}
			if c.Want.CountedIn != nil {
				if diff := cmp.Diff(c.Want.CountedIn, counted); diff != "" {
					t.Errorf("counted in (-want +got):\n%s", diff)
				}
			}
			if c.Want.Vetoes != nil && !slices.Equal(c.Want.Vetoes, sheet.Vetoes) {
				t.Errorf("former vetoes %v, want %v", sheet.Vetoes, c.Want.Vetoes)
			}
		})
	}
}

// inputs draws facts, findings and decisions that the standard may meet.
func inputs(s *scoring.Standard) *rapid.Generator[scoring.Input] {
	facts := s.Facts()
	lines, codes := linesOf(s)
	return rapid.Custom(func(t *rapid.T) scoring.Input {
		in := scoring.Input{From: "2026-01-01", To: "2026-06-30", Labour: rapid.Bool().Draw(t, "labour")}
		for n := range rapid.IntRange(0, 30).Draw(t, "facts") {
			f := rapid.SampledFrom(facts).Draw(t, "fact")
			ledger := f.Ledger
			if ledger == "*" {
				ledger = "headcount"
			}
			in.Facts = append(in.Facts, scoring.DayFact{Ledger: ledger, Measure: f.Measure, Day: fmt.Sprintf("2026-%02d-%02d", 1+n%6, 1+n%28), Value: quarter(t, 400),
				Refs: []scoring.Ref{{Kind: "entry", ID: fmt.Sprint(n)}}})
		}
		for n := range rapid.IntRange(0, 15).Draw(t, "findings") {
			in.Findings = append(in.Findings, finding(t, lines, n))
		}
		for _, code := range rapid.SliceOfNDistinct(rapid.SampledFrom(codes), 0, 2, rapid.ID).Draw(t, "excluded") {
			in.Exclusions = append(in.Exclusions, scoring.Exclusion{Indicator: code, Decision: "d " + code})
		}
		for _, l := range rapid.SliceOfNDistinct(rapid.SampledFrom(lines), 0, 2, func(l *scoring.Line) string { return l.ID }).Draw(t, "overridden") {
			in.Overrides = append(in.Overrides, scoring.Override{ID: "o " + l.ID, Line: l.ID, Amount: quarter(t, 200), Reason: "复核"})
		}
		if rapid.Bool().Draw(t, "recheck") {
			in.Carry = &scoring.Carry{Rate: quarter(t, 4), Deductions: quarter(t, 4000)}
		}
		return in
	})
}

func linesOf(s *scoring.Standard) (lines []*scoring.Line, codes []string) {
	for i := range s.Domains {
		for j := range s.Domains[i].Indicators {
			ind := &s.Domains[i].Indicators[j]
			codes = append(codes, ind.Code)
			for k := range ind.Lines {
				lines = append(lines, &ind.Lines[k])
			}
		}
	}
	return lines, codes
}

func quarter(t *rapid.T, most int64) scoring.Decimal {
	v, err := scoring.DecimalOf(big.NewRat(rapid.Int64Range(0, most).Draw(t, "value"), 4))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func finding(t *rapid.T, lines []*scoring.Line, n int) scoring.Finding {
	l := rapid.SampledFrom(lines).Draw(t, "line")
	f := scoring.Finding{ID: fmt.Sprint("f", n), Line: l.ID, Day: "2026-03-03", Count: rapid.IntRange(1, 9).Draw(t, "count")}
	if l.Asks() == "ratio" {
		of, per := quarter(t, 40), quarter(t, 40)
		f.Count, f.Of, f.Per = 1, &of, &per
		return f
	}
	f.Event = rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "event")
	f.Subject = rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "subject")
	return f
}

// TestInvariants of the scoring chapter, on drawn inputs: of the sample and of a
// standard with every form of rule.
func TestInvariants(t *testing.T) {
	for name, read := range map[string]func(testing.TB) *scoring.Standard{
		"sample": func(t testing.TB) *scoring.Standard { return standard(t, "") }, "forms": formed} {
		for _, policy := range []string{"rescale", "full_marks"} {
			t.Run(name+" "+policy, func(t *testing.T) {
				t.Parallel()
				s := read(t)
				s.NotApplicable = policy
				gen, newer := inputs(s), shipped(t, "ordinary-area/v2")
				rapid.Check(t, func(t *rapid.T) { holds(t, s, newer, gen.Draw(t, "input")) })
			})
		}
	}
}

func holds(t *rapid.T, s, newer *scoring.Standard, in scoring.Input) {
	sheet := scoring.Evaluate(s, in)
	if sheet.Score.Rat().Sign() < 0 || sheet.Score.Rat().Cmp(s.Points.Rat()) > 0 {
		t.Fatalf("score %s", sheet.Score)
	}
	domains, leaves := new(big.Rat), new(big.Rat)
	for _, d := range sheet.Domains {
		domains.Add(domains, d.Deducted.Rat())
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				for _, x := range l.Losses {
					leaves.Add(leaves, x.Deducted.Rat())
				}
			}
		}
	}
	if domains.Cmp(sheet.Deducted.Rat()) != 0 || leaves.Cmp(domains) != 0 {
		t.Fatalf("leaves %s, domains %s, sheet %s", leaves, domains, sheet.Deducted)
	}
	leaves.Add(leaves, sheet.Rescaled.Rat())
	if sheet.Carry != nil {
		leaves.Add(leaves, sheet.Carry.Deducted.Rat())
	}
	if gap := new(big.Rat).Sub(s.Points.Rat(), sheet.Score.Rat()); leaves.Cmp(gap) != 0 {
		t.Fatalf("leaves %s do not sum to what is lost, %s", leaves, gap)
	}
	want, err := json.Marshal(sheet)
	if err != nil {
		t.Fatal(err)
	}
	// An old sheet by its own version, from its kept input, after another version judged the same.
	kept, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	scoring.Evaluate(newer, in)
	var again scoring.Input
	if err := json.Unmarshal(kept, &again); err != nil {
		t.Fatal(err)
	}
	if got, err := json.Marshal(scoring.Evaluate(s, again)); err != nil || string(got) != string(want) {
		t.Fatalf("scored again:\n%s\n%s %v", want, got, err)
	}
	turned := in
	turned.Facts, turned.Findings = slices.Clone(in.Facts), slices.Clone(in.Findings)
	slices.Reverse(turned.Facts)
	slices.Reverse(turned.Findings)
	got, err := json.Marshal(scoring.Evaluate(s, turned))
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) && !twins(in) {
		t.Fatalf("the order matters:\n%s\n%s", want, got)
	}
	lines, _ := linesOf(s)
	more := in
	one := scoring.Finding{ID: "one more", Line: rapid.SampledFrom(lines).Draw(t, "line of one more").ID, Day: "2026-03-03", Count: 1}
	if n := len(in.Findings); n > 0 && rapid.Bool().Draw(t, "beside another") {
		one.Line = in.Findings[rapid.IntRange(0, n-1).Draw(t, "line of")].Line
		one.Event = in.Findings[rapid.IntRange(0, n-1).Draw(t, "event of")].Event
	}
	more.Findings = append(slices.Clone(in.Findings), one)
	after := scoring.Evaluate(s, more)
	if after.Score.Rat().Cmp(sheet.Score.Rat()) > 0 {
		t.Fatal("one more finding raised the score")
	}
	changed := new(big.Rat)
	for _, c := range scoring.Compare(sheet, after) {
		changed.Add(changed, new(big.Rat).Sub(c.After.Rat(), c.Before.Rat()))
	}
	if gap := new(big.Rat).Sub(sheet.Score.Rat(), after.Score.Rat()); changed.Cmp(gap) != 0 {
		t.Fatalf("changes sum to %s, the scores differ by %s", changed, gap)
	}
}

// TestFullCap: an event that also fits a line with nothing left to lose costs no less for it.
func TestFullCap(t *testing.T) {
	s := standard(t, "rescale")
	escape := scoring.Finding{ID: "1", Line: "JG-01.escape", Day: "2026-03-03", Count: 1}
	found := scoring.Finding{ID: "2", Line: "JG-04.found", Day: "2026-03-03", Count: 1, Event: "phone"}
	held := scoring.Finding{ID: "3", Line: "JG-01.contraband", Day: "2026-03-03", Count: 1, Event: "phone"}
	for _, tt := range []struct {
		name     string
		findings []scoring.Finding
		deducted string
		in       string
	}{
		{"full", []scoring.Finding{escape, found, held}, "64", "JG-01.contraband"},
		{"room for all of it", []scoring.Finding{found, held}, "20", "JG-01.contraband"},
		{"at one line", []scoring.Finding{escape, found}, "64", ""},
	} {
		sheet := scoring.Evaluate(s, scoring.Input{From: "2026-01-01", To: "2026-06-30", Labour: true, Findings: tt.findings})
		if sheet.Deducted.String() != tt.deducted {
			t.Errorf("%s: %s, not %s", tt.name, sheet.Deducted, tt.deducted)
		}
		for _, d := range sheet.Domains {
			for _, i := range d.Indicators {
				for _, l := range i.Lines {
					for _, x := range l.Losses {
						if l.ID == "JG-04.found" && x.CountedIn != tt.in {
							t.Errorf("%s: counted in %q", tt.name, x.CountedIn)
						}
					}
				}
			}
		}
	}
}

// twins are facts of one measure on one day, which the database cannot hold:
// only for them may the order of references differ.
func twins(in scoring.Input) bool {
	seen := map[string]bool{}
	for _, f := range in.Facts {
		k := f.Ledger + f.Measure + f.Day
		if seen[k] {
			return true
		}
		seen[k] = true
	}
	return false
}

// TestNoFloat: exactness is a promise, not a habit.
func TestNoFloat(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	float := regexp.MustCompile(`\bfloat(32|64)\b|SetFloat|Float64\(`)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if m := float.Find(raw); m != nil {
			t.Errorf("%s: %s", f, m)
		}
	}
}

// pointers of the mistakes that a refusal names.
func pointers(t testing.TB, err error) (list []string) {
	t.Helper()
	f, ok := err.(*fault.Error)
	if !ok {
		t.Fatal(err)
	}
	for _, x := range f.Fields {
		list = append(list, x.Pointer)
	}
	return list
}

// TestMistakes wants all mistakes of a standard at once, each with its place.
func TestMistakes(t *testing.T) {
	_, err := scoring.CompileOne([]byte(`{"id":"x","version":1,"title":{"zh":"x"},"points":"10","line":"9","months":6,"not_applicable":"guess",
		"domains":[{"id":"A","title":{"zh":"a"},"points":"9","indicators":[{"code":"A-1","title":{"zh":"a"},"points":"8","ledgers":[],"criteria":{"zh":""},
		"lines":[{"id":"A-1.x","title":{"zh":"a"},"form":"most","method":"ledger","deduct":"0"}]}]}]}`))
	got := pointers(t, err)
	want := []string{"/not_applicable", "/domains/0/indicators/0/lines/0/form", "/domains/0/indicators/0/lines/0/deduct", "/domains/0/points", "/points"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

func FuzzCompile(f *testing.F) {
	for _, name := range samples {
		s := set(f, name)
		f.Add(s.Standard, s.Rules)
	}
	f.Add([]byte(`{"points":"1/0"}`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, standard, rules []byte) {
		if s, err := scoring.Compile(scoring.Set{Standard: standard, Rules: rules}); err == nil {
			scoring.Evaluate(s, scoring.Input{From: "2026-01-01", To: "2026-12-31"})
		}
	})
}

// BenchmarkEvaluate scores a year of facts of all ledgers.
func BenchmarkEvaluate(b *testing.B) {
	s := standard(b, "")
	in := scoring.Input{From: "2026-01-01", To: "2026-12-31", Labour: true}
	one, _ := scoring.ParseDecimal("1")
	for _, f := range s.Facts() {
		for d := range 336 {
			in.Facts = append(in.Facts, scoring.DayFact{Ledger: f.Ledger, Measure: f.Measure, Day: fmt.Sprintf("2026-%02d-%02d", 1+d/28, 1+d%28), Value: one})
		}
	}
	b.ReportMetric(float64(len(in.Facts)), "facts")
	for b.Loop() {
		scoring.Evaluate(s, in)
	}
}
