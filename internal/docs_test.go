package internal

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var named = regexp.MustCompile("`((?:Test|Fuzz|Benchmark)\\w+|\\w+\\.test\\.tsx?)")

// tests that there are, by name.
func tests(t *testing.T) map[string]bool {
	there := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	for _, dir := range []string{".", "../cmd", "../frontend/src", "../frontend/e2e"} {
		err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case strings.HasSuffix(path, ".test.ts"), strings.HasSuffix(path, ".test.tsx"):
				there[d.Name()] = true
			case strings.HasSuffix(path, "_test.go"):
				code, err := fs.ReadFile(os.DirFS(dir), path)
				for _, m := range declared.FindAllSubmatch(code, -1) {
					there[string(m[1])] = true
				}
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return there
}

// TestRequirements holds the table of requirements to one row each of R1 to R117, and to tests
// that there are where it says that something is there.
func TestRequirements(t *testing.T) {
	raw, err := os.ReadFile("../docs/requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	there := tests(t)
	next := 1
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| R") || cells[0] == "| R" {
			continue
		}
		if want := fmt.Sprintf("| R%d", next); cells[0] != want || len(cells) != 6 {
			t.Fatalf("%s in %d cells, not %s in 6", cells[0], len(cells), want)
		}
		next++
		found := named.FindAllStringSubmatch(cells[5], -1)
		for _, m := range found {
			if !there[m[1]] {
				t.Errorf("%s names %s, which is not there", cells[0], m[1])
			}
		}
		if state := cells[4]; !slices.Contains([]string{"exists", "part", "planned"}, state) {
			t.Errorf("%s: state %q", cells[0], state)
		}
	}
	if next != 118 {
		t.Errorf("%d requirements, there are 117", next-1)
	}
}

// TestOpenPointsAreData holds the table of the open points to one row each of O1 to O16, and to
// names that stand in the file that is said.
func TestOpenPointsAreData(t *testing.T) {
	raw, err := os.ReadFile("../docs/requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	quoted := regexp.MustCompile("`([^`]+)`")
	next := 1
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| O") || cells[0] == "| O" {
			continue
		}
		if want := fmt.Sprintf("| O%d", next); cells[0] != want || len(cells) != 4 {
			t.Fatalf("%s in %d cells, not %s in 4", cells[0], len(cells), want)
		}
		next++
		names := quoted.FindAllStringSubmatch(cells[3], -1)
		if len(names) < 2 {
			t.Fatalf("%s names no datum of a file", cells[0])
		}
		file, err := os.ReadFile("../" + names[0][1])
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names[1:] {
			if !regexp.MustCompile(`\b` + n[1] + `\b`).Match(file) {
				t.Errorf("%s: %s does not stand in %s", cells[0], n[1], names[0][1])
			}
		}
	}
	if next != 17 {
		t.Errorf("%d open points, there are 16", next-1)
	}
}

// TestWorkedCases holds the table of the worked cases to one row each of W1 to W12, and to tests
// that there are.
func TestWorkedCases(t *testing.T) {
	raw, err := os.ReadFile("../docs/requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	there, next := tests(t), 1
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| W") || cells[0] == "| W" {
			continue
		}
		found := named.FindAllStringSubmatch(cells[len(cells)-1], -1)
		if want := fmt.Sprintf("| W%d", next); cells[0] != want || len(found) == 0 {
			t.Fatalf("%s with %d tests, not %s", cells[0], len(found), want)
		}
		next++
		for _, m := range found {
			if !there[m[1]] {
				t.Errorf("%s names %s, which is not there", cells[0], m[1])
			}
		}
	}
	if next != 13 {
		t.Errorf("%d worked cases, there are 12", next-1)
	}
}

// TestFeatures holds the table of features to one row an id, and to tests that
// there are.
func TestFeatures(t *testing.T) {
	raw, err := os.ReadFile("../docs/features.md")
	if err != nil {
		t.Fatal(err)
	}
	there := tests(t)
	rows := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| row") || strings.HasPrefix(line, "| ---") {
			continue
		}
		if rows[cells[0]] {
			t.Errorf("%s has two rows", cells[0])
		}
		rows[cells[0]] = true
		for _, m := range named.FindAllStringSubmatch(line, -1) {
			if !there[m[1]] {
				t.Errorf("%s names %s, which is not there", cells[0], m[1])
			}
		}
	}
	if len(rows) < 20 {
		t.Errorf("%d rows were read", len(rows))
	}
}
