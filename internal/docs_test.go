package internal

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestFeatures holds the table of features to one row an id, and to tests that
// there are.
func TestFeatures(t *testing.T) {
	raw, err := os.ReadFile("../docs/features.md")
	if err != nil {
		t.Fatal(err)
	}
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
	named := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)\\w+|\\w+\\.test\\.tsx?)")
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
