package duty

import (
	"os"
	"slices"
	"testing"

	"taizhang/internal/catalog"
)

// every measure that package duty works out for each ledger by itself.
var reckoned = []string{"due", "filled", "unfilled", "ontime", "late", "backfilled", "missing", "excused", "entries", "corrected",
	"decided_48h", "decided_48h_due", "slow_48h", "decided_5wd", "decided_5wd_due", "slow_5wd"}

// TestMeasures wants no ledger to take the name of a measure that every ledger has.
func TestMeasures(t *testing.T) {
	cat, err := catalog.Load(os.DirFS("../../schemas"))
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range cat.Types() {
		for _, m := range typ.Measures {
			if slices.Contains(reckoned, m.ID) {
				t.Errorf("%s: measure %s bears the name of a generic one", typ.ID, m.ID)
			}
		}
	}
}
