package catalog_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// TestCoincidences plants one fact asked twice under unlike names, one that only
// looks alike, and one that agrees too seldom.
func TestCoincidences(t *testing.T) {
	types, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	var filed []catalog.Filed
	put := func(ledger, day string, doc map[string]any) {
		t.Helper()
		raw, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		f, err := types.FiledOf(ledger, 1, "area", day, raw)
		if err != nil {
			t.Fatal(err)
		}
		filed = append(filed, *f)
	}
	for n := range 20 {
		day := fmt.Sprintf("2026-11-%02d", n+1)
		put("emergency-drill", day, map[string]any{"inmate_count": 80 + n, "police_count": 8, "duration_min": 30 + n%7, "announced": true})
		// The same people counted again under another name; an hour that never is the drill's.
		put("culture-activity", day, map[string]any{"participants_count": 80 + n, "duration_min": 60 + n})
	}
	got := catalog.Coincidences(filed)
	if len(got) != 1 {
		t.Fatalf("%d coincidences: %+v", len(got), got)
	}
	c := got[0]
	if c.Ledger+c.Field != "culture-activity/participants_count" || c.Other+c.OtherField != "emergency-drill/inmate_count" || c.Days != 20 || c.Same != 20 || c.Title.ZH == "" {
		t.Errorf("%+v", c)
	}
	if few := catalog.Coincidences(filed[:10]); len(few) != 0 {
		t.Errorf("five days prove nothing: %+v", few)
	}
}
