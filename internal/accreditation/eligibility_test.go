package accreditation

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"taizhang/internal/scoring"
	"taizhang/schemas"
)

// TestAgainstLines: a score on the line has reached the level, one a hair below has not; above the highest nothing is next.
func TestAgainstLines(t *testing.T) {
	t.Parallel()
	shipped, err := fs.Sub(schemas.FS, "accreditation")
	if err != nil {
		t.Fatal(err)
	}
	machines, err := ReadMachines(shipped, fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	for score, want := range map[string][4]string{
		"0":       {"", "standard", "900", "900"},
		"899.999": {"", "standard", "900", "0.001"},
		"900":     {"standard", "demonstration", "950", "50"},
		"949.999": {"standard", "demonstration", "950", "0.001"},
		"950":     {"demonstration", "", "950", "0"},
		"1000":    {"demonstration", "", "950", "0"},
	} {
		var x OwnScore
		if x.Score, err = scoring.ParseDecimal(score); err != nil {
			t.Fatal(err)
		}
		if err := x.against(machines.newest()); err != nil {
			t.Fatal(err)
		}
		if got := [4]string{x.Reaches, x.Next, x.Line.String(), x.Gap.String()}; got != want {
			t.Errorf("%s: %v, want %v", score, got, want)
		}
	}
}
