package catalog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/schemas"
)

// TestExpressionsReadWhatThereIs: a version whose own expressions, of whatever sort,
// read a field that it renamed or retired is refused where they stand; what is
// published so is read as ever.
func TestExpressionsReadWhatThereIs(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	files := func(id string) catalog.Files {
		typ := c.Current(id)
		return catalog.Files{Schema: typ.SchemaJSON, Definition: typ.DefinitionJSON, Form: typ.FormJSON}
	}
	for name, test := range map[string]struct {
		ledger, was, is string // renamed in the schema and the form alone
		at              []string
	}{
		"a field of rows":                 {"cell-body-search", "item_class", "class_of", []string{"chain/2/when", "measures/0/when", "measures/0/value", "triggers/0/when"}},
		"of evidence":                     {"individual-talk", "place", "talk_place", []string{"evidence/0/min"}},
		"a name that CEL keeps to itself": {"area-meeting", "for", "ayes", []string{"rules/2"}},
		"of a group":                      {"labour-daily", "injured_refs", "injured", []string{"measures/3/value"}},
		"of what is computed":             {"kitchen-hygiene", "stored_at", "kept_at", []string{"computed/0", "rules/1"}},
	} {
		f := files(test.ledger)
		for _, part := range []*[]byte{&f.Schema, &f.Form} {
			*part = []byte(strings.ReplaceAll(string(*part), `"`+test.was+`"`, `"`+test.is+`"`))
		}
		_, err := c.Draft(f)
		var bad *fault.Error
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var at []string
		for _, p := range bad.Fields {
			if p.Code == "cel" && strings.Contains(p.Text.ZH, test.was) && strings.Contains(p.Text.EN, test.was) {
				at = append(at, strings.TrimPrefix(p.Pointer, "ledger.json/"))
			}
		}
		slices.Sort(at)
		slices.Sort(test.at)
		if diff := cmp.Diff(test.at, at); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		// Published so, its own name in place of the catalogue's.
		if err := c.Copy().Replace([]catalog.Files{f}, nil); err != nil {
			t.Errorf("%s, published: %v", name, err)
		}
	}
}
