package httpapi

import (
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

// burden says what the ledgers asked of people over some days: how often, how
// long, and how much of a form they need not type.
func (a *API) burden(c echo.Context) error {
	prison, err := a.prison(c)
	if err != nil {
		return err
	}
	from, to, err := a.span(c)
	if err != nil {
		return err
	}
	area, err := queryID(c, "area")
	if err != nil {
		return err
	}
	list, err := a.Ledger.Burden(c.Request().Context(), prison, area, from, to)
	if err != nil {
		return err
	}
	extents, err := a.Duty.Extents(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	extent := extents.Of(area)
	if area == uuid.Nil {
		extent = extents.Mean(func(ledger.Area) bool { return true })
	}
	type line struct {
		ledger.Spent
		Fields   int `json:"fields"`
		Required int `json:"required"`
		Filled   int `json:"filled"`
		PerWeek  int `json:"per_week"`
	}
	lines := []line{}
	for _, s := range list {
		l := line{Spent: s}
		if versions := a.Catalog.Versions(s.Ledger); len(versions) > 0 {
			b := catalog.BurdenOf(versions[len(versions)-1:], extent)
			l.Fields, l.Required, l.Filled, l.PerWeek = b.Fields, b.Required, b.Filled, b.PerWeek
		}
		lines = append(lines, l)
	}
	return c.JSON(http.StatusOK, map[string]any{"from": from, "to": to, "ledgers": lines})
}

// burdenHistory is how what the catalogue asks of an area changed, version by
// version: of one area, or of each kind of area.
func (a *API) burdenHistory(c echo.Context) error {
	prison, err := a.prison(c)
	if err != nil {
		return err
	}
	extents, err := a.Duty.Extents(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	kinds, extentOf := burdened, func(k areaKind) catalog.Extent { return extents.Mean(k.is) }
	if id := c.QueryParam("area"); id != "" {
		area, err := a.area(c, id)
		if err != nil {
			return err
		}
		if area.Prison != prison {
			return notFound
		}
		kinds, extentOf = map[string]areaKind{"area": {area.Kind, area.Function, area.HasLabour}}, func(areaKind) catalog.Extent { return extents.Of(area.ID) }
	}
	costs, err := a.Ledger.Costs(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	origins, err := a.Proposals.Origins(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	type change struct {
		catalog.BurdenChange
		Proposal *proposal.Origin `json:"proposal"` // nil where the reader may not see it
	}
	type history struct {
		Extent  catalog.Extent `json:"extent"`
		Base    catalog.Weight `json:"base"`
		Changes []change       `json:"changes"`
	}
	out := map[string]history{}
	for name, kind := range kinds {
		extent := extentOf(kind)
		base, changes := a.Catalog.History(kind.keeps, extent, costs)
		h := history{extent, base, []change{}}
		for _, one := range changes {
			var of *proposal.Origin
			if i := slices.IndexFunc(origins, func(o proposal.Origin) bool { return o.Ledger == one.Ledger && o.Version == one.Version }); i >= 0 {
				of = &origins[i]
			}
			h.Changes = append(h.Changes, change{one, of})
		}
		out[name] = h
	}
	return c.JSON(http.StatusOK, map[string]any{"kinds": out})
}

// shares is how much of every form nobody has to type, against the target.
func (a *API) shares(c echo.Context) error {
	type line struct {
		Ledger string          `json:"ledger"`
		Fields catalog.Filling `json:"fields"`
		Keys   catalog.Filling `json:"keys"`
	}
	lines, sum := []line{}, line{}
	for _, t := range a.Catalog.Types() {
		fields, keys := a.Catalog.Filling(t)
		lines = append(lines, line{t.ID, fields, keys})
		sum.Fields, sum.Keys = sum.Fields.Plus(fields), sum.Keys.Plus(keys)
	}
	return c.JSON(http.StatusOK, map[string]any{"target": int(a.Catalog.Setting("prefilled_percent")), "ledgers": lines, "fields": sum.Fields, "keys": sum.Keys})
}

// coincidences lists what was written twice under whatever names.
func (a *API) coincidences(c echo.Context) error {
	prison, err := a.prison(c)
	if err != nil {
		return err
	}
	from, to, err := a.span(c)
	if err != nil {
		return err
	}
	list, err := a.Ledger.Coincidences(c.Request().Context(), prison, from, to)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"from": from, "to": to, "coincidences": list})
}
