package catalog_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// TestForms holds the catalogue to what it says of schemas nobody here wrote.
// testdata/forms.json mirrors public forms and documents, each by its repository
// and path: the same keywords, nesting, references, formats and sorts of patterns
// with words of our own, of siblings alike one. Every refusal is there, by the
// reason and the places it is given for; none where the schema is taken.
func TestForms(t *testing.T) {
	raw, err := os.ReadFile("testdata/forms.json")
	if err != nil {
		t.Fatal(err)
	}
	var forms []struct {
		Source  string
		Schema  json.RawMessage
		Refused map[string][]string
	}
	if err := json.Unmarshal(raw, &forms); err != nil {
		t.Fatal(err)
	}
	cat, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	taken, sources := 0, map[string]bool{}
	for _, form := range forms {
		source, _, _ := strings.Cut(form.Source, ",")
		sources[source] = true
		t.Run(form.Source, func(t *testing.T) {
			judge, bad := cat.Judge(form.Schema)
			got := map[string][]string{}
			for _, f := range bad {
				at := strings.TrimPrefix(f.Pointer, "schema.json")
				got[f.Text.ZH] = append(got[f.Text.ZH], at)
				if !exists(t, form.Schema, at) {
					t.Errorf("refused at %q, which is not there", at)
				}
			}
			if diff := cmp.Diff(form.Refused, got); diff != "" {
				t.Errorf("refused (-want +got):\n%s", diff)
			}
			if judge != nil {
				taken++
			}
		})
	}
	if len(sources) < 20 || taken == 0 {
		t.Errorf("%d sources, %d taken", len(sources), taken)
	}
}
