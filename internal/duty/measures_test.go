package duty

import (
	"os"
	"slices"
	"testing"

	"taizhang/internal/catalog"
	"taizhang/internal/scoring"
)

// every measure that package duty works out for each ledger by itself.
var reckoned = []string{"due", "filled", "unfilled", "ontime", "late", "backfilled", "missing", "excused", "entries", "corrected",
	"decided_48h", "decided_48h_due", "slow_48h", "decided_5wd", "decided_5wd_due", "slow_5wd"}

// TestMeasures wants every measure that the standard asks for to exist, and no
// ledger to take the name of a generic one.
func TestMeasures(t *testing.T) {
	cat, err := catalog.Load(os.DirFS("../../schemas"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("../../schemas/standards/ordinary-area/v1/standard.json")
	if err != nil {
		t.Fatal(err)
	}
	std, err := scoring.Compile(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range std.Facts() {
		if slices.Contains(reckoned, f.Measure) {
			continue
		}
		typ := cat.Current(f.Ledger)
		if typ == nil {
			t.Errorf("the standard asks for %s of %s, which is no ledger", f.Measure, f.Ledger)
		} else if _, counts := cat.Counting(typ, f.Measure); !counts {
			t.Errorf("the standard asks for %s of %s, which nobody works out", f.Measure, f.Ledger)
		}
	}
	for _, typ := range cat.Types() {
		for _, m := range typ.Measures {
			if slices.Contains(reckoned, m.ID) {
				t.Errorf("%s: measure %s bears the name of a generic one", typ.ID, m.ID)
			}
		}
	}
	for _, d := range std.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Ledgers {
				if cat.Current(l) == nil {
					t.Errorf("%s: no ledger %s", i.Code, l)
				}
			}
		}
	}
}
