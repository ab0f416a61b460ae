package overview

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/schemas"
)

// TestNeeded is W12: a share is rounded up, a count is as it is.
func TestNeeded(t *testing.T) {
	targets, err := ReadTargets(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"first": 1, "most": 22, "all": 27}
	for _, x := range targets.Targets {
		if got := x.Needed(27); got != want[x.ID] {
			t.Errorf("%s of 27: %d, not %d", x.ID, got, want[x.ID])
		}
	}
	if most := targets.Targets[1]; most.Needed(0) != 0 || most.Needed(25) != 20 || most.Needed(26) != 21 {
		t.Error("80 % of 0, 25, 26")
	}
}

// TestTargetsRefused: what could not be counted is no target, and nothing relaxes one.
func TestTargetsRefused(t *testing.T) {
	head := `{"denominator": {"value": "all"}, "plan": {"from": "2021-01-01", "to": "2025-12-31"}, "targets": [`
	for name, raw := range map[string]string{
		"denominator": `{"denominator": {"value": "some"}}`,
		"plan":        `{"denominator": {"value": "all"}, "plan": {"from": "2021"}}`,
		"both":        head + `{"id": "x", "of": "prison", "rate": "1/2", "count": 3, "on_day": "2025-12-31"}]}`,
		"neither":     head + `{"id": "x", "of": "prison", "on_day": "2025-12-31"}]}`,
		"above 1":     head + `{"id": "x", "of": "prison", "rate": "3/2", "on_day": "2025-12-31"}]}`,
		"type":        head + `{"id": "x", "of": "ward", "rate": "1/2", "on_day": "2025-12-31"}]}`,
		"day":         head + `{"id": "x", "of": "prison", "rate": "1/2", "on_day": "2025"}]}`,
	} {
		if _, err := ParseTargets([]byte(raw)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// TestPace: named per half-year so far, and the half-years that the gap takes.
func TestPace(t *testing.T) {
	for _, tt := range []struct {
		name               string
		named, gap         int
		first, day, target string
		want               *Forecast
	}{
		// 13 in two half-years are 6.5 each: 9 more take two, the first half of 2022 at the end.
		{"W12", 13, 9, "2020-12-25", "2021-03-01", "2023-12-31", &Forecast{Named: 13, Halves: 2, Pace: "6.50", Needs: 2, Until: "2022-06-30", Left: 5, Asked: 2}},
		{"one half-year", 2, 14, "2021-07-01", "2021-12-31", "2021-12-31", &Forecast{Named: 2, Halves: 1, Pace: "2.00", Needs: 7, Until: "2025-06-30"}},
		{"a day after the first of July", 2, 1, "2021-06-30", "2021-07-01", "2021-12-31", &Forecast{Named: 2, Halves: 2, Pace: "1.00", Needs: 1, Until: "2022-06-30"}},
		{"nothing missing", 13, 0, "2020-12-25", "2021-03-01", "2023-12-31", nil},
		{"nothing named", 0, 9, "", "2021-03-01", "2023-12-31", nil},
	} {
		if diff := cmp.Diff(tt.want, forecast(tt.named, tt.gap, tt.first, tt.day, tt.target)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}
