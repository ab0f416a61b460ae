package catalog_test

import (
	"errors"
	"fmt"
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

// TestExpressionsGoWithTypes: an expression, of whatever sort, that no longer goes with
// the type or the choices of what it reads is refused where it stands; what CEL compares
// whatever the types are, it may.
func TestExpressionsGoWithTypes(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	on := `"on":` + node("on", "string", `,"format":"date"`)
	const field = `"n":{"title":"数","x-en":"n","x-id":"n","type":%s}`
	for name, test := range map[string]struct {
		kind, expr string
		wrong      bool
	}{
		"a number":                           {`"integer"`, `doc.n > 3.0`, false},
		"a number and a whole one":           {`"integer"`, `doc.n > 3 && doc.n == 3 && doc.n in [1, 2]`, false},
		"a number and a size":                {`"number"`, `doc.n == size(doc.on) && size(doc.on) == 10`, false},
		"a number or none":                   {`"number"`, `(has(doc.n) ? doc.n : 0) > 1`, false},
		"a number that became a text":        {`"string"`, `doc.n > 3.0`, true},
		"compared with a number":             {`"string"`, `doc.n == 3`, true},
		"added to":                           {`"string"`, `doc.n + 1.0 > 2.0`, true},
		"a text that became a number":        {`"number"`, `doc.n.startsWith('甲')`, true},
		"compared with a text":               {`"number"`, `doc.n == '甲'`, true},
		"asked for as a day":                 {`"number"`, `day(doc.n) > now`, true},
		"a yes that became a text":           {`"string"`, `doc.n || false`, true},
		"compared with yes":                  {`"string"`, `doc.n != true`, true},
		"a choice":                           {`"string","oneOf":[{"const":"a","title":"甲","x-en":"a"}]`, `doc.n == 'a' || doc.n in ['a']`, false},
		"a choice that is gone":              {`"string","oneOf":[{"const":"a","title":"甲","x-en":"a"}]`, `doc.n == 'b'`, true},
		"a number for a text that reads so":  {`"string","oneOf":[{"const":"1","title":"甲","x-en":"a"}]`, `doc.n == 1`, true},
		"a text for a number that reads so":  {`"integer","oneOf":[{"const":1,"title":"甲","x-en":"a"}]`, `doc.n == '1'`, true},
		"a number however it is written":     {`"integer","oneOf":[{"const":1,"title":"甲","x-en":"a"}]`, `doc.n == 1 || doc.n == 1.0 || doc.n in [1u]`, false},
		"a number that is no choice":         {`"integer","oneOf":[{"const":1,"title":"甲","x-en":"a"}]`, `doc.n == 1.5`, true},
		"one of several that is gone":        {`"string","oneOf":[{"const":"a","title":"甲","x-en":"a"}]`, `'x' != 'y' && doc.n in ['a', 'b']`, true},
		"a list":                             {`"array","items":{"type":"string"},"maxItems":3`, `'b' in doc.n && doc.n.exists(x, x == 'b')`, false},
		"a list that became another":         {`"array","items":{"type":"integer"},"maxItems":3`, `'b' in doc.n`, true},
		"a list that became a text":          {`"string"`, `doc.n.exists(x, x == 'b')`, true},
		"a number of rows that became texts": {`"array","maxItems":3,"items":{"type":"object","additionalProperties":false,"properties":{"m":{"title":"数","x-en":"m","x-id":"m","type":"string"}}}`, `doc.n.all(r, !has(r.m) || r.m < 2.0)`, true},
	} {
		for at, with := range map[string]string{
			"rules/0":         `,"rules":[{"id":"r","at":"/on","expr":%q,"level":"error","stage":"submit","message":{"zh":"甲","en":"a"}}],"measures":[]`,
			"measures/0/when": `,"rules":[],"measures":[{"id":"m","title":{"zh":"次数","en":"times"},"when":%q,"value":"1"}]`,
		} {
			_, err := c.Draft(small(1, "", on+","+fmt.Sprintf(field, test.kind), fmt.Sprintf(with, test.expr)))
			var bad *fault.Error
			refused := errors.As(err, &bad) && slices.ContainsFunc(bad.Fields, func(p fault.Field) bool { return p.Code == "cel" && p.Pointer == "ledger.json/"+at })
			if refused != test.wrong || !test.wrong && err != nil {
				t.Errorf("%s, %s: %v", name, at, err)
			}
		}
	}
}
