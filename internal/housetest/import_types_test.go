package housetest_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/exchange"
	"taizhang/internal/housetest"
	"taizhang/internal/workbook"
	"taizhang/schemas"
)

// TestImportEveryType brings the valid documents of every type in as drafts and
// finds them as they were.
func TestImportEveryType(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for _, typ := range h.Catalog.Types() {
		doc := loose(mustExample(t, typ))
		leaves, _ := typ.Leaves()
		for _, l := range leaves {
			if l.Derived || l.Widget == "evidence" {
				drop(doc, l.Pointer)
			}
		}
		p := workbook.NewPlan(typ)
		want := p.Join(typ.Version, p.Split(typ.Version, doc))
		raw := bookOf(t, h, typ.ID, []workbook.Out{{Number: 1, Version: typ.Version, Value: doc}})
		who := filler(h, typ)
		if who == "" || !typ.AppliesTo("ordinary", "residential", true) {
			continue // nobody of this house fills it; the formats are held to it in package workbook
		}
		i := through(t, h, who, send(t, h, who, exchange.Sent{Ledger: typ.ID, AsDraft: true}, raw))
		_, rows, err := h.Exchange.Rows(h.As(t.Context(), who), h.Prison, i.ID, "", 0, 10)
		if err != nil || len(rows) != 1 {
			t.Errorf("%s: %+v %v", typ.ID, i, err)
			continue
		}
		if diff := cmp.Diff(string(canonical(t, want)), string(canonical(t, loose(rows[0].Document)))); diff != "" {
			t.Errorf("%s: %s", typ.ID, diff)
		}
		if i.Good != 1 {
			// What a document needs from the house of this test (people, other entries) may be missing; its fields must not.
			for _, f := range rows[0].Errors {
				if f.Code != "future" && f.Code != "not_for_area" && len(f.Code) > 5 && f.Code[:5] != "rule:" && !derived(leaves, f.Pointer) {
					t.Errorf("%s: %+v", typ.ID, f)
				}
			}
			continue
		}
		i = through(t, h, who, begin(t, h, who, i))
		if i.Written != 1 {
			t.Errorf("%s: %+v", typ.ID, i)
		}
	}
}

func derived(leaves []catalog.Leaf, pointer string) bool {
	return slices.ContainsFunc(leaves, func(l catalog.Leaf) bool { return l.Pointer == pointer && (l.Derived || l.Widget == "evidence") })
}

// filler finds somebody of the house who fills the type in its first area.
func filler(h *housetest.House, typ *catalog.Type) string {
	for _, who := range []string{"officer", "duty leader", "area head", "medic", "custody head", "education head"} {
		for _, r := range typ.Filler.Roles {
			if typ.Filler.Unit == "area" && h.Person(who).Postings[0].Role == r {
				return who
			}
		}
	}
	return ""
}

func mustExample(t *testing.T, typ *catalog.Type) []byte {
	t.Helper()
	raw := schemas.Example(typ.ID, typ.Version)
	if raw == nil {
		t.Fatal(typ.ID)
	}
	return raw
}

func canonical(t *testing.T, v map[string]any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	d, err := catalog.ParseDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	return d.Canonical
}

func drop(v any, pointer string) {
	var name string
	for i := 1; i <= len(pointer); i++ {
		if i == len(pointer) || pointer[i] == '/' {
			name, pointer = pointer[1:i], pointer[i:]
			break
		}
	}
	switch x := v.(type) {
	case map[string]any:
		if pointer == "" {
			delete(x, name)
			return
		}
		if x[name] != nil {
			drop(x[name], pointer)
		}
	case []any:
		for _, e := range x {
			drop(e, pointer)
		}
	}
}
