package catalog_test

import (
	"errors"
	"testing"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// TestFillable: a form with a field that nobody could fill, be shown or tell from its
// neighbour is refused where it stands, in both languages; what was published so is
// read as ever.
func TestFillable(t *testing.T) {
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	on := `"on":` + node("on", "string", `,"format":"date"`) + ","
	x := func(kind string, more ...string) string { return on + `"x":` + node("x", kind, more...) }
	options := func(list string) string { return `,"oneOf":[` + list + `]` }
	option := func(value, title string) string { return `{"const":` + value + `,"title":"` + title + `","x-en":"o"}` }
	group := func(members, rest string) string {
		return on + `"x":{"title":"组","x-en":"g","x-id":"x","type":"object","additionalProperties":false,"properties":{` + members + `}` + rest + `}`
	}
	ab := `"a":` + node("x.a", "string") + `,"b":` + node("x.b", "string")
	when := func(test, then string) string { return `{"if":` + test + `,"then":{"required":["` + then + `"]}}` }
	needs := func(name string) string {
		return `{"properties":{"` + name + `":{"const":"1"}},"required":["` + name + `"]}`
	}
	const at = "schema.json/properties/x"
	for name, test := range map[string]struct{ props, pointer string }{
		"a required field that the server fills": {group(`"a":`+node("x.a", "string", `,"readOnly":true`), `,"required":["a"]`), at + "/required"},
		"an option of another type":              {x("string", options(option(`1`, "甲"))), at + "/oneOf/0/const"},
		"an option out of bounds":                {x("integer", `,"maximum":3`, options(option(`4`, "甲"))), at + "/oneOf/0/const"},
		"a value that is null":                   {x("string", `,"const":null`), at + "/const"},
		"a condition on what is not there":       {group(ab, `,"allOf":[`+when(needs("zz"), "b")+`]`), at + "/allOf/0/if/properties/zz"},
		"a branch that asks for what is not":     {group(ab, `,"allOf":[`+when(needs("a"), "zz")+`]`), at + "/allOf/0/then/required"},
		"a condition without required":           {group(ab, `,"allOf":[`+when(`{"properties":{"a":{"const":"1"}}}`, "b")+`]`), at + "/allOf/0/if/properties/a"},
		"each shown by the other":                {group(ab, `,"allOf":[`+when(needs("a"), "b")+","+when(needs("b"), "a")+`]`), at + "/properties/a"},
		"shown by itself":                        {group(ab, `,"allOf":[`+when(needs("a"), "a")+`]`), at + "/properties/a"},
		"one title twice":                        {on + `"x":` + titled("x", "处理", "string", "") + `,"w":` + titled("w", "处 理", "string", ""), at + "/title"},
		"in traditional characters":              {on + `"x":` + titled("x", "處理", "string", "") + `,"w":` + titled("w", "处理", "integer", ""), at + "/title"},
	} {
		files := small(1, "", test.props, "")
		_, err := c.Draft(files)
		var f *fault.Error
		if !errors.As(err, &f) || f.Fields[0].Pointer != test.pointer || f.Fields[0].Text.ZH == "" || f.Fields[0].Text.EN == "" {
			t.Errorf("%s: %v", name, err)
		}
		if err := c.Copy().Replace([]catalog.Files{files}, nil); err != nil {
			t.Errorf("%s, published: %v", name, err)
		}
	}
	for name, props := range map[string]string{
		"numbers at the end":         on + `"x":` + titled("x", "电话1", "string", "") + `,"w":` + titled("w", "电话2", "string", ""),
		"one title in two groups":    group(`"a":`+titled("x.a", "处理", "string", ""), "") + `,"w":` + titled("w", "处理", "string", ""),
		"a branch of a branch":       group(ab+`,"c":`+node("x.c", "string"), `,"allOf":[`+when(needs("a"), "b")+","+when(needs("b"), "c")+`]`),
		"shown while it is not said": group(ab, `,"allOf":[{"if":`+needs("b")+`,"else":{"required":["b"]}}]`),
	} {
		if _, err := c.Draft(small(1, "", props, "")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
