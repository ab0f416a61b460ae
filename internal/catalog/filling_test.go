package catalog_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// TestFilling counts a form made for it: by who fills, in fields and in keys.
func TestFilling(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	group := `"figures":{"title":"组","x-en":"group","x-id":"figures","type":"object","additionalProperties":false,"required":[],"properties":{"roll":` +
		node("roll", "integer", `,"readOnly":true`) + `,"flag":` + node("flag", "boolean", `,"default":false`) + `}}`
	rows := `"rows":{"title":"行","x-en":"rows","x-id":"rows","type":"array","items":{"type":"object","additionalProperties":false,"required":[],"properties":{"at":` +
		node("at", "string", `,"format":"date"`) + `,"again":` + node("again", "boolean", `,"default":true`) + `}}}`
	f := small(1, `"on"`, `"on":`+node("on", "string", `,"format":"date","x-ui":{"prefill":"now"}`)+`,"sum":`+node("sum", "number", `,"readOnly":true`)+
		`,"note":`+node("note", "string", `,"maxLength":60`)+`,"story":`+node("story", "string", `,"maxLength":600`)+","+group+","+rows, "")
	var def map[string]any
	if err := json.Unmarshal(f.Definition, &def); err != nil {
		t.Fatal(err)
	}
	def["computed"] = []any{map[string]any{"field": "/sum", "expr": "1.0"}}
	def["sources"] = []any{map[string]any{"field": "/figures/roll", "system": "ext:inmate-master", "take": "roll"}}
	if f.Definition, err = json.Marshal(def); err != nil {
		t.Fatal(err)
	}
	typ, err := c.Draft(f)
	if err != nil {
		t.Fatal(err)
	}
	fields, keys := c.Filling(typ)
	// Begun: the day and the flag. A row's own default stands in a row that somebody began.
	if diff := cmp.Diff(catalog.Filling{Taken: 1, Computed: 1, Begun: 2, Typed: 4}, fields); diff != "" || fields.Percent() != 50 {
		t.Errorf("fields %d %%: %s", fields.Percent(), diff)
	}
	if diff := cmp.Diff(catalog.Filling{Taken: 2, Computed: 3, Begun: 8 + 1, Typed: 10 + 40 + 8 + 1}, keys); diff != "" {
		t.Error("keys:", diff)
	}
	if p := (catalog.Filling{Taken: 799, Typed: 201}).Percent(); p != 79 {
		t.Errorf("79.9 %% is shown as %d", p)
	}
}

// TestFillingShipped: every field of the shipped forms is counted once, as the
// burden counts those that are typed, and its sort has its keys.
func TestFillingShipped(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	if c.Setting("prefilled_percent") != 80 {
		t.Errorf("the target is %v", c.Setting("prefilled_percent"))
	}
	for _, typ := range c.Types() {
		fields, keys := c.Filling(typ)
		b := catalog.BurdenOf([]*catalog.Type{typ}, c.Nominal())
		if fields.Typed+fields.Begun != b.Fields || fields.Computed != len(typ.Computed) || fields.Taken > len(typ.Sources) {
			t.Errorf("%s: %+v, the burden has %+v", typ.ID, fields, b)
		}
		if keys.Typed < fields.Typed/2 {
			t.Errorf("%s: %+v keys for %+v fields", typ.ID, keys, fields)
		}
		for _, f := range typ.Fields() {
			if !f.Group() && c.Keys(f) == 0 && f.Takes() != "evidence" {
				t.Errorf("%s: nobody says what %s takes", typ.ID, f.Pointer)
			}
		}
	}
}
