package duty

import (
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// TestUnmeasured: an entry of which a measure cannot be worked out is said with its
// number, and counts for the others.
func TestUnmeasured(t *testing.T) {
	cat, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	typ := cat.Current("police-training")
	var definition map[string]any
	if err := json.Unmarshal(typ.DefinitionJSON, &definition); err != nil {
		t.Fatal(err)
	}
	definition["measures"] = []any{
		map[string]any{"id": "broken", "title": map[string]any{"zh": "甲", "en": "a"}, "when": "", "value": "double(int('甲'))"},
		map[string]any{"id": "absent", "title": map[string]any{"zh": "乙", "en": "b"}, "when": "", "value": "doc.not_there"},
		map[string]any{"id": "whole", "title": map[string]any{"zh": "丙", "en": "c"}, "when": "", "value": "2"},
	}
	raw, _ := json.Marshal(definition)
	if err := cat.Replace([]catalog.Files{{Schema: typ.SchemaJSON, Definition: raw, Form: typ.FormJSON}}, nil); err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(schemas.FS, "ledgers/police-training/v1/valid/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	doc, err := fs.ReadFile(schemas.FS, names[0])
	if err != nil {
		t.Fatal(err)
	}
	entry := uuid.New()
	var day tally
	if err := (&Service{Catalog: cat}).content(&day, "police-training", []Document{{Entry: entry, Version: typ.Version, Raw: doc}}); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for m, sum := range day.sum {
		got[m] = sum.RatString()
	}
	if diff := cmp.Diff(map[string]string{"entries": "1", "unmeasured": "1", "whole": "2"}, got); diff != "" {
		t.Error(diff)
	}
	if refs := day.refs["unmeasured"]; len(refs) != 1 || refs[0].ID != entry.String() {
		t.Errorf("not said of which entry: %v", refs)
	}
}
