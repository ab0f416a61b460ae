package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

// burden says what the ledgers asked of people over some days: how often, how
// long, and how much of a form they need not type.
func (a *API) burden(c echo.Context) error {
	prison, err := pathID(c, "prison")
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
			b := catalog.BurdenOf(versions[len(versions)-1:])
			l.Fields, l.Required, l.Filled, l.PerWeek = b.Fields, b.Required, b.Filled, b.PerWeek
		}
		lines = append(lines, l)
	}
	return c.JSON(http.StatusOK, map[string]any{"from": from, "to": to, "ledgers": lines})
}

// coincidences lists what was written twice under whatever names.
func (a *API) coincidences(c echo.Context) error {
	prison, err := pathID(c, "prison")
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
