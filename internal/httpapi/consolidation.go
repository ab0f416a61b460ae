package httpapi

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// burdened are the kinds of area whose burden is shown, "functional" being those
// without a ledger of their own.
var burdened = map[string]areaKind{
	"ordinary": {"ordinary", "residential", true}, "kitchen": {"functional", "kitchen", false}, "hospital": {"functional", "hospital", false}, "functional": {"functional", "", false},
}

// areaKind is what decides which ledgers an area keeps.
type areaKind struct {
	kind, function string
	labour         bool
}

func (k areaKind) keeps(t *catalog.Type) bool { return t.AppliesTo(k.kind, k.function, k.labour) }

// is tells the areas of a prison that are of the kind; "functional" are those
// whose function is not shown by itself.
func (k areaKind) is(a ledger.Area) bool {
	switch {
	case k.kind != a.Kind:
		return false
	case k.kind == "ordinary":
		return true
	case k.function != "":
		return k.function == a.Function
	}
	for _, shown := range burdened {
		if shown.kind == a.Kind && shown.function == a.Function {
			return false
		}
	}
	return true
}

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
	// No prison is at hand.
	extent := a.Catalog.Nominal()
	kinds := map[string]catalog.Burden{}
	for name, area := range burdened {
		kept := slices.DeleteFunc(slices.Clone(a.Catalog.Types()), func(t *catalog.Type) bool { return !area.keeps(t) })
		kinds[name] = catalog.BurdenOf(kept, extent)
	}
	return c.JSON(http.StatusOK, map[string]any{
		"legacy": a.Register.Answered(a.Catalog), "additions": a.Register.Added, "rulings": a.Register.Rulings, "targets": targets,
		"totals": a.Register.Count(), "fewer": a.Register.Fewer(), "burden": kinds, "extent": extent,
	})
}
