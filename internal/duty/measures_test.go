package duty

import (
	"os"
	"slices"
	"testing"

	"taizhang/internal/catalog"
)

// TestMeasures wants no ledger to take the name of a measure that every ledger has.
func TestMeasures(t *testing.T) {
	cat, err := catalog.Load(os.DirFS("../../schemas"))
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range cat.Types() {
		for _, m := range typ.Measures {
			if slices.Contains(catalog.EveryLedger, m.ID) {
				t.Errorf("%s: measure %s bears the name of a generic one", typ.ID, m.ID)
			}
		}
	}
}
