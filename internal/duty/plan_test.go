package duty

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// TestPlanTargets: what is kept of everybody is due of the whole roll; where no
// number is set, nothing is.
func TestPlanTargets(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	march := time.Date(2026, 3, 1, 0, 0, 0, 0, catalog.Zone)
	for id, want := range map[string]int{"points-assessment": 60, "release-preparation": 0, "culture-activity": 2} {
		typ := c.Current(id)
		list := plan(typ, c.Calendar(), uuid.New(), Periods(typ.Cadence, c.Calendar(), march, march.AddDate(0, 1, 0)), 60)
		got := 0
		for _, d := range list {
			got = max(got, d.Target)
		}
		if got != want {
			t.Errorf("%s: %d, want %d", id, got, want)
		}
	}
}
