package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// consolidation is where every paper ledger went, with the answer to who kept it.
func (a *API) consolidation(c echo.Context) error {
	type titled struct {
		ID    string     `json:"id"`
		Title fault.Text `json:"title"`
	}
	targets := []titled{}
	for _, s := range a.Register.Systems {
		targets = append(targets, titled(s))
	}
	for _, t := range a.Catalog.Types() {
		targets = append(targets, titled{t.ID, t.Title})
	}
	kinds := map[string]catalog.Burden{}
	for _, kind := range []string{"ordinary", "functional"} {
		var kept []*catalog.Type
		for _, t := range a.Catalog.Types() {
			if t.AppliesTo(kind, "", true) {
				kept = append(kept, t)
			}
		}
		kinds[kind] = catalog.BurdenOf(kept)
	}
	return c.JSON(http.StatusOK, map[string]any{
		"legacy": a.Register.Answered(a.Catalog), "additions": a.Register.Added, "rulings": a.Register.Rulings, "targets": targets,
		"totals": a.Register.Count(), "fewer": a.Register.Fewer(), "burden": kinds,
	})
}
