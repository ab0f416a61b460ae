package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// TestMergedThrough follows the fields of a ledger through the merges after its own.
func TestMergedThrough(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	places := func(pairs ...string) (list []catalog.Place) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, catalog.Place{From: pairs[i], To: pairs[i+1]})
		}
		return list
	}
	ends := []catalog.End{
		{Ledger: "first", Kind: "merge", Target: "second", Places: places("a", "b", "gone", "", "lost", "x")},
		{Ledger: "second", Kind: "merge", Target: "third", Places: places("b", "c", "x", "")},
		{Ledger: "shared", Kind: "share", Target: "third"},
	}
	if err := c.Replace(nil, ends); err != nil {
		t.Fatal(err)
	}
	for into, want := range map[string]map[string][]catalog.Place{
		"second": {"first": places("a", "b", "gone", "", "lost", "x")},
		"third":  {"first": places("a", "c", "gone", "", "lost", ""), "second": places("b", "c", "x", "")},
		"first":  {},
	} {
		got := map[string][]catalog.Place{}
		for _, e := range c.Merged(into) {
			got[e.Ledger] = e.Places
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", into, diff)
		}
	}
}
