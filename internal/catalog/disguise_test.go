package catalog_test

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"taizhang/internal/catalog"
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
