package httpapi

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"taizhang/internal/ledger"
)

// TestContract holds the routes to docs/openapi.yaml, both ways, by path,
// method and name.
func TestContract(t *testing.T) {
	raw, err := os.ReadFile("../../docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			ID string `yaml:"operationId"`
		}
	}
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for path, methods := range doc.Paths {
		for method, op := range methods {
			want = append(want, strings.ToUpper(method)+" "+path+" "+op.ID)
		}
	}
	param := regexp.MustCompile(`:(\w+)`)
	for _, r := range (&API{Ledger: &ledger.Service{}}).routes() {
		got = append(got, r.method+" "+param.ReplaceAllString(r.path, "{$1}")+" "+r.name)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes differ from the contract (-contract +routes):\n%s", diff)
	}
}

// TestTitles wants words in both languages for every code.
func TestTitles(t *testing.T) {
	made := regexp.MustCompile(`(?:fault\.New\(fault\.\w+, |InvalidFields\(|Code: +|codeDamaged = )"([a-z0-9_]+)"`)
	seen := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		for line := range strings.Lines(string(raw)) {
			// A field's own code carries its own text.
			if m := made.FindStringSubmatch(line); m != nil && !strings.Contains(line, "Pointer:") && !strings.Contains(line, "fault.Field{") {
				seen[m[1]] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) < 30 {
		t.Fatalf("only %d codes found", len(seen))
	}
	for code := range seen {
		if text := titles[code]; text.ZH == "" || text.EN == "" {
			t.Errorf("%s has no title", code)
		}
	}
}
