package catalog_test

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/schemas"
)

// retitled are ways to write one title that a reader takes for the same.
//
//go:embed testdata/retitled.txt
var retitled string

// asking is a new ledger with these fields.
func asking(t *testing.T, fields ...string) *catalog.Type {
	props := `"on":` + node("on", "string", `,"format":"date"`)
	for i, f := range fields {
		props += fmt.Sprintf(`,"field_%d":%s`, i, f)
	}
	return compiled(t, small(1, "", props, ""))
}

// TestDisguised: a title is the same however it is spaced, pointed, numbered or
// written, of a short text and of a long one.
func TestDisguised(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, title := range strings.Split(strings.TrimSpace(retitled), "\n") {
		for _, most := range []string{"", `,"maxLength":100}`, `,"maxLength":2000}`} {
			field := titled("quite_else", title, "string", "")
			if most != "" {
				field = strings.TrimSuffix(field, "}") + most
			}
			if list := catalog.Certain(catalog.NewOverlaps(nil, asking(t, field), c.Types())); len(list) == 0 {
				t.Errorf("%s%s is not found", title, most)
			}
		}
	}
}

// TestCopiedLedger: a ledger that resembles another in most of its fields is a
// copy, though of no field alone it is certain; one that shares a single field is not.
func TestCopiedLedger(t *testing.T) {
	was := asking(t, titled("a1", "灯具故障总数", "integer", ""), picked("b1", "腰带状态", "good", "worn", "lost"), titled("c1", "绳索保管长度", "number", ""), titled("d1", "门垫颜色", "string", ""))
	was.ID = "other"
	others := []*catalog.Type{was}
	half := []string{titled("a2", "灯具故障总件数", "integer", ""), titled("b2", "腰带状态", "string", ""), titled("c2", "绳索保管的长", "number", "")}
	if list := catalog.Certain(catalog.NewOverlaps(nil, asking(t, half...), others)); len(list) != 3 {
		t.Errorf("the copy: %+v", list)
	}
	alone := []string{half[0], titled("x", "汤温", "number", ""), titled("y", "乐器登记", "string", "")}
	if list := catalog.NewOverlaps(nil, asking(t, alone...), others); len(list) != 1 || len(catalog.Certain(list)) != 0 {
		t.Errorf("one alone: %+v", list)
	}
}

// TestCountsDisguised: what is counted is the same count with a decimal point, in
// words, without its unit, in another of its measure, and in the other script.
func TestCountsDisguised(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ title, kind, unit string }{
		{"时长", "number", "分钟"}, {"时长", "string", ""}, {"时长", "integer", ""}, {"时长", "number", "小时"}, {"時長", "number", "分钟"},
		{"查获件数", "number", "件"}, {"查获件数", "string", ""}, {"查獲件數", "integer", "件"},
		{"當事人説明", "string", ""}, {"跟進措施", "string", ""}, {"移送文號", "string", ""},
	} {
		if list := catalog.Certain(catalog.NewOverlaps(nil, asking(t, titled("quite_else", x.title, x.kind, x.unit)), c.Types())); len(list) == 0 {
			t.Errorf("%+v is not found", x)
		}
	}
}

// TestCopiedInWords: whoever asks for all of a ledger's facts in words has the same
// ledger, whichever of the shipped it is.
func TestCopiedInWords(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range c.Types() {
		var schema struct {
			Properties map[string]struct{ Title string }
		}
		if err := json.Unmarshal([]byte(typ.SchemaJSON), &schema); err != nil {
			t.Fatal(err)
		}
		var words []string
		for id, p := range schema.Properties {
			words = append(words, titled("copy_"+id, p.Title, "string", ""))
		}
		if list := catalog.Certain(catalog.NewOverlaps(nil, asking(t, words...), c.Types())); len(list) == 0 {
			t.Errorf("%s passes in words", typ.ID)
		}
	}
}

// TestNamedTwice: no second ledger bears the name of one in force.
func TestNamedTwice(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	files := asking(t, titled("quite_else", "汤温", "number", ""))
	for title, refused := range map[string]bool{"清监搜身": true, "清 监 搜 身": true, "清監搜身": true, "清监搜身台账": true, "清监搜身登记簿": true, "汤温": false} {
		raw := strings.Replace(string(files.DefinitionJSON), files.Title.ZH, title, 1)
		_, err := c.Draft(catalog.Files{Schema: files.SchemaJSON, Definition: []byte(raw), Form: files.FormJSON})
		var bad *fault.Error
		named := errors.As(err, &bad) && slices.ContainsFunc(bad.Fields, func(f fault.Field) bool { return f.Pointer == "ledger.json/title" })
		if named != refused {
			t.Errorf("%s: refused %v, %v", title, named, err)
		}
	}
}
