package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/schemas"
)

// TestSenseless: what a schema may say and cannot mean is refused where it stands,
// in both languages; what was published so is read as ever.
func TestSenseless(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	on := `"on":` + node("on", "string", `,"format":"date"`) + ","
	x := func(kind string, more ...string) string { return on + `"x":` + node("x", kind, more...) }
	titled := func(title, en, id string) string {
		return on + `"x":{"title":"` + title + `","x-en":"` + en + `","x-id":"` + id + `","type":"string"}`
	}
	option := func(title string) string { return `,"oneOf":[{"const":"a","title":"` + title + `","x-en":"a"}]` }
	const at = "schema.json/properties/x/"
	for name, test := range map[string]struct{ props, pointer string }{
		"a default of another type":           {x("integer", `,"default":"1"`), at + "default"},
		"a default outside":                   {x("integer", `,"maximum":3,"default":4`), at + "default"},
		"a default that is no option":         {x("string", option("甲")+`,"default":"b"`), at + "default"},
		"a default against a pattern":         {x("string", `,"pattern":"^a$","default":"b"`), at + "default"},
		"lengths crossed":                     {x("string", `,"minLength":4,"maxLength":3`), at + "minLength"},
		"no type":                             {on + `"x":{"title":"x","x-en":"x","x-id":"x"}`, strings.TrimSuffix(at, "/")},
		"a list of anything":                  {x("array"), strings.TrimSuffix(at, "/")},
		"a format of a number":                {x("integer", `,"format":"date"`), at + "format"},
		"a length of a number":                {x("integer", `,"maxLength":3`), at + "maxLength"},
		"a date with a pattern":               {x("string", `,"format":"date","pattern":"^x$"`), at + "pattern"},
		"an option twice":                     {x("string", `,"oneOf":[{"const":"a","title":"甲","x-en":"a"},{"const":"a","title":"乙","x-en":"b"}]`), at + "oneOf/1/const"},
		"an option's title twice":             {x("string", `,"oneOf":[{"const":"a","title":"甲","x-en":"a"},{"const":"b","title":"甲","x-en":"b"}]`), at + "oneOf/1/title"},
		"an option of another type":           {x("string", `,"oneOf":[{"const":1,"title":"甲","x-en":"a"}]`), at + "oneOf/0/const"},
		"no whole number between":             {x("integer", `,"minimum":1.2,"maximum":1.8`), at + "minimum"},
		"no whole number above an open bound": {x("integer", `,"exclusiveMinimum":1,"maximum":1.8`), at + "exclusiveMinimum"},
		"none under one":                      {x("integer", `,"minimum":1.2,"exclusiveMaximum":2`), at + "minimum"},
		"none between two":                    {x("integer", `,"exclusiveMinimum":1,"exclusiveMaximum":2`), at + "exclusiveMinimum"},
		"no multiple between two":             {x("number", `,"exclusiveMinimum":0.5,"exclusiveMaximum":1,"multipleOf":0.5`), at + "exclusiveMinimum"},
		"an open bound over a closed one":     {x("integer", `,"minimum":0,"exclusiveMinimum":3,"maximum":3.5`), at + "exclusiveMinimum"},
		"no multiple between":                 {x("integer", `,"minimum":1,"maximum":4,"multipleOf":5`), at + "minimum"},
		"numbers crossed":                     {x("integer", `,"minimum":4,"maximum":3`), at + "minimum"},
		"numbers without room":                {x("number", `,"exclusiveMinimum":3,"maximum":3`), at + "exclusiveMinimum"},
		"items crossed":                       {x("array", `,"minItems":2,"maxItems":1,"items":{"type":"string"}`), at + "minItems"},
		"lengths of items crossed":            {x("array", `,"items":{"type":"string","minLength":4,"maxLength":3}`), at + "items/minLength"},
		"a widget there is not":               {x("string", `,"x-ui":{"widget":"slider"}`), at + "x-ui/widget"},
		"a widget that is no word":            {x("string", `,"x-ui":{"widget":1}`), at + "x-ui/widget"},
		"rows of texts":                       {x("array", `,"items":{"type":"string"},"x-ui":{"widget":"rows"}`), at + "x-ui/widget"},
		"checks of texts":                     {x("array", `,"items":{"type":"string"},"x-ui":{"widget":"checks"}`), at + "x-ui/widget"},
		"a look-up of numbers":                {x("integer", `,"x-ui":{"widget":"lookup","lookup":"police"}`), at + "x-ui/widget"},
		"a look-up of nothing":                {x("string", `,"x-ui":{"widget":"lookup"}`), at + "x-ui/lookup"},
		"a look-up of no ledger":              {x("string", `,"x-ui":{"widget":"lookup","lookup":"entry:nosuch"}`), at + "x-ui/lookup"},
		"a look-up of a word":                 {x("string", `,"x-ui":{"widget":"lookup","lookup":"visitor"}`), at + "x-ui/lookup"},
		"a column too many":                   {x("string", `,"x-ui":{"colSpan":4}`), at + "x-ui/colSpan"},
		"half a column":                       {x("string", `,"x-ui":{"colSpan":1.5}`), at + "x-ui/colSpan"},
		"a title nobody sees":                 {titled(`\u200b\u3164`, "x", "x"), at + "title"},
		"a title that turns":                  {titled(`甲\u202e乙`, "x", "x"), at + "title"},
		"a title of two lines":                {titled(`甲\n乙`, "x", "x"), at + "title"},
		"an English title nobody sees":        {titled("甲", `\u00ad`, "x"), at + "x-en"},
		"an option nobody sees":               {x("string", option(`\u2060`)), at + "oneOf/0/title"},
		"a unit that turns":                   {x("integer", `,"x-unit":{"zh":"人\u202e"}`), at + "x-unit/zh"},
		"an id of two lines":                  {titled("甲", "x", `x\ny`), at + "x-id"},
		"an id that turns":                    {titled("甲", "x", `x\u202e`), at + "x-id"},
		"an id of markup":                     {titled("甲", "x", `<b>x</b>`), at + "x-id"},
	} {
		files := small(1, "", test.props, "")
		_, err := c.Draft(files)
		var f *fault.Error
		if !errors.As(err, &f) || f.Fields[0].Pointer != test.pointer || f.Fields[0].Text.ZH == "" || f.Fields[0].Text.EN == "" {
			t.Errorf("%s: %v", name, err)
		}
		if err := c.Replace([]catalog.Files{files}, nil); err != nil {
			t.Errorf("%s, published: %v", name, err)
		}
	}
	for name, props := range map[string]string{
		"a default":                  x("integer", `,"maximum":3,"default":3`),
		"half a group":               on + `"x":{"title":"组","x-en":"g","x-id":"x","type":"object","additionalProperties":false,"required":["a"],"properties":{"a":` + node("x.a", "integer") + `},"default":{},"x-ui":{"widget":"group","colSpan":3}}`,
		"a number between open ones": x("integer", `,"exclusiveMinimum":1,"exclusiveMaximum":3`),
		"any between open ones":      x("number", `,"exclusiveMinimum":1,"exclusiveMaximum":2`),
		"bounds that touch":          x("integer", `,"minimum":3,"maximum":3`),
		"own entries":                x("string", `,"format":"uuid","x-ui":{"widget":"lookup","lookup":"entry:probe"}`),
		"its twin":                   x("array", `,"items":{"type":"string","oneOf":[{"const":"a","title":"甲","x-en":"a"}]},"x-ui":{"widget":"checks"}`),
	} {
		if _, err := c.Draft(small(1, "", props, "")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, test := range map[string]struct{ before, after, pointer string }{
		"kept for no year":      {`"years":10`, `"years":0`, "ledger.json/retention/years"},
		"kept for less":         {`"years":10`, `"years":-1`, "ledger.json/retention/years"},
		"a step nobody sees":    {`"id":"a","title":{"zh":"甲"`, `"id":"a","title":{"zh":"\u200b"`, "ledger.json/chain/0/title/zh"},
		"a section nobody sees": {`"title":{"zh":"节"`, `"title":{"zh":"\u202e"`, "form.json/sections/0/title/zh"},
	} {
		files := small(1, "", strings.TrimSuffix(on, ","), "")
		files.Definition = []byte(strings.Replace(string(files.Definition), test.before, test.after, 1))
		files.Form = []byte(strings.Replace(string(files.Form), test.before, test.after, 1))
		_, err := c.Draft(files)
		var f *fault.Error
		if !errors.As(err, &f) || f.Fields[0].Pointer != test.pointer || f.Fields[0].Text.EN == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
