package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/schemas"
)

// TestIDComesBack: a retired stable id comes back as the same fact or not at all,
// however many versions lie between.
func TestIDComesBack(t *testing.T) {
	on := `"on":` + node("on", "string", `,"format":"date"`)
	persons := `,"x-unit":{"zh":"人"}`
	choice := func(a, b string) string {
		return `,"oneOf":[{"const":"a","title":"` + a + `","x-en":"a"},{"const":"` + b + `","title":"乙","x-en":"b"}]`
	}
	first := on + `,"n":` + node("n", "integer", persons) + `,"c":` + node("c", "string", choice("甲", "b")) +
		`,"g":{"title":"组","x-en":"g","x-id":"g","type":"object","additionalProperties":false,"properties":{"m":` + node("g.m", "integer") + `}}`
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Replace([]catalog.Files{small(1, "", first, ""), small(2, "", on, ""), small(3, "", on+`,"z":`+node("z", "integer"), "")}, nil); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct{ field, pointer string }{
		"the same":          {`"n":` + node("n", "integer", persons), ""},
		"under other names": {`"m":` + node("n", "integer", persons, `,"minimum":0`), ""},
		"the same choice":   {`"c":` + node("c", "string", choice("甲", "b")), ""},
		"never used":        {`"n":` + node("n2", "string"), ""},
		"another type":      {`"n":` + node("n", "string"), "/n"},
		"another unit":      {`"n":` + node("n", "integer", `,"x-unit":{"zh":"件"}`), "/n"},
		"other words":       {`"c":` + node("c", "string", choice("丙", "b")), "/c"},
		"other values":      {`"c":` + node("c", "string", choice("甲", "d")), "/c"},
		"another place":     {`"m":` + node("g.m", "integer"), "/m"},
	} {
		_, err := c.Draft(small(4, "", on+","+x.field, ""))
		var f *fault.Error
		switch {
		case x.pointer == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case x.pointer == "":
		case !errors.As(err, &f) || f.Fields[0].Pointer != "schema.json/properties"+x.pointer+"/x-id" || f.Fields[0].Code != "reused" ||
			!strings.Contains(f.Fields[0].Text.ZH, "第 1 版") || !strings.Contains(f.Fields[0].Text.EN, "version 1"):
			t.Errorf("%s: %v", name, err)
		}
	}
	// What is published stays, and is read when the server starts.
	if err := c.Replace([]catalog.Files{small(1, "", first, ""), small(2, "", on, ""), small(3, "", on+`,"n":`+node("n", "string"), "")}, nil); err != nil {
		t.Error(err)
	}
}
