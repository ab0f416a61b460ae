package duty

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// TestPlanTargets: what is kept of everybody is one duty, owed of each; what is kept of
// every site is due of each site; where no number is set or nobody is held, nothing is.
func TestPlanTargets(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	march := time.Date(2026, 3, 1, 0, 0, 0, 0, catalog.Zone)
	for _, x := range []struct {
		id              string
		inmates, sites  int
		duties, targets int
	}{{"points-assessment", 60, 1, 1, 1}, {"points-assessment", 0, 1, 0, 0}, {"release-preparation", 60, 1, 0, 0}, {"culture-activity", 60, 1, 2, 2}, {"labour-daily", 60, 2, 44, 2}} {
		typ := c.Current(x.id)
		list := plan(typ, c.Calendar(), uuid.New(), Periods(typ.Cadence, c.Calendar(), march, march.AddDate(0, 1, 0)), catalog.Extent{Inmates: x.inmates, Sites: x.sites})
		targets := 0
		for _, d := range list {
			targets = max(targets, d.Target)
			if (d.About == "") == (typ.Cadence.Per == "inmate") {
				t.Errorf("%s is about %q", x.id, d.About)
			}
		}
		if len(list) != x.duties || targets != x.targets {
			t.Errorf("%s of %d inmates, %d sites: %d duties up to %d", x.id, x.inmates, x.sites, len(list), targets)
		}
	}
}
