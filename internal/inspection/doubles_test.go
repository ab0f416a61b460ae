package inspection

import (
	"testing"

	"taizhang/internal/scoring"
)

func number(t *testing.T, s string) *scoring.Decimal {
	t.Helper()
	d, err := scoring.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

// TestValuesApart: what two values differ by is what they would cost, alone, by the standard: capped by the
// indicator, by nobody's person, and a ratio by what it lacks.
func TestValuesApart(t *testing.T) {
	t.Parallel()
	std := &scoring.Standard{Domains: []scoring.Domain{{Indicators: []scoring.Indicator{{Points: *number(t, "10"), Needs: "labour", Lines: []scoring.Line{
		{ID: "each", Form: "each", Method: "onsite", Deduct: *number(t, "1.5"), CapEach: number(t, "3")},
		{ID: "below", Form: "below", Method: "quiz", Deduct: *number(t, "0.5"), Target: number(t, "90"), Step: "exact"},
	}}}}}}
	of := func(a, b string) Value { return Value{Count: 1, Of: number(t, a), Per: number(t, b)} }
	for name, tt := range map[string]struct {
		line string
		a, b Value
		want string
	}{
		"met by both":            {"each", Value{}, Value{}, "0"},
		"met by one":             {"each", Value{}, Value{Count: 1}, "1.5"},
		"more than a person's":   {"each", Value{Count: 4}, Value{Count: 2}, "3"},
		"capped":                 {"each", Value{Count: 7}, Value{Count: 30}, "0"},
		"the same share":         {"below", of("17", "20"), of("34", "40"), "0"},
		"both as it is wanted":   {"below", of("18", "20"), of("20", "20"), "0"},
		"a third":                {"below", of("2", "3"), of("18", "20"), "10"},
		"thirds, to the last":    {"below", of("5", "6"), of("18", "20"), "10/3"},
		"met, and a ratio short": {"below", Value{}, of("17", "20"), "2.5"},
		"of no line":             {"none", Value{Count: 1}, Value{}, "0"},
	} {
		if got, _ := scoring.DecimalOf(apart(std, tt.line, tt.a, tt.b)); got.String() != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if got, _ := scoring.DecimalOf(apart(std, tt.line, tt.b, tt.a)); got.String() != tt.want {
			t.Errorf("%s, the other way: %s, want %s", name, got, tt.want)
		}
	}
}
