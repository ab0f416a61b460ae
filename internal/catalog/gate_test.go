package catalog_test

import (
	"strings"
	"testing"

	"taizhang/internal/catalog"
)

// TestGate refuses for each of the five tests alone, and passes what answers all.
func TestGate(t *testing.T) {
	whole := catalog.Gate{Basis: "监狱法第七条", Purpose: "申诉控告的执法证据", NoOther: "现有台账没有办理结果", Minutes: 10, PerMonth: 3,
		Savings: []catalog.Spare{{Ledger: "duty-log", Minutes: 30, How: "减少手工抄写"}}, ReviewOn: "2027-11-24"}
	known := func(id string) bool { return id == "duty-log" }
	tests := map[string]struct {
		change func(*catalog.Gate)
		wants  string
	}{
		"whole":            {func(*catalog.Gate) {}, ""},
		"no basis":         {func(g *catalog.Gate) { g.Basis = " ，。 " }, "gate:basis"},
		"a basis unseen":   {func(g *catalog.Gate) { g.Basis = strings.Repeat("\u3164", 12) }, "gate:basis"},
		"no purpose":       {func(g *catalog.Gate) { g.Purpose = "" }, "gate:purpose"},
		"no reason":        {func(g *catalog.Gate) { g.NoOther = "无" }, "gate:no_other"},
		"no minutes":       {func(g *catalog.Gate) { g.Minutes, g.Savings = 0, nil }, "gate:minutes"},
		"too small":        {func(g *catalog.Gate) { g.Savings[0].Minutes = 29 }, "gate:savings"},
		"nowhere":          {func(g *catalog.Gate) { g.Savings[0].Ledger = "nothing" }, "gate:savings_where"},
		"review too late":  {func(g *catalog.Gate) { g.ReviewOn = "2027-11-25" }, "gate:review_on"},
		"review yesterday": {func(g *catalog.Gate) { g.ReviewOn = "2026-11-24" }, "gate:review_on"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := whole
			g.Savings = append([]catalog.Spare{}, whole.Savings...)
			test.change(&g)
			failed := g.Check("/gate", "2026-11-24", known, nil)
			switch {
			case test.wants == "" && len(failed) > 0:
				t.Error(failed)
			case test.wants != "" && (len(failed) != 1 || failed[0].Code != test.wants):
				t.Errorf("%v, want %s", failed, test.wants)
			}
		})
	}
	if failed := whole.Check("", "2026-11-24", known, []catalog.Overlap{{}}); len(failed) != 1 || failed[0].Code != "gate:overlap" {
		t.Error(failed)
	}
}
