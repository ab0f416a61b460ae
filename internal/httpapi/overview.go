package httpapi

import (
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/overview"
	"taizhang/internal/printing"
)

func (a *API) overviewRoutes() []route {
	return []route{
		{"GET", "/overview", "overview.get", false, a.province},
		{"GET", "/overview/units", "overview.units", false, a.overviewUnits},
		{"GET", "/overview/balance", "overview.balance", false, a.balance},
		{"GET", "/overview/lines", "overview.lines", false, a.lines},
		{"GET", prison + "/overview", "overview.prison", false, a.prisonBoard},
		{"GET", prison + "/whole", "overview.whole", false, a.wholePrison},
		{"GET", prison + "/runs/:run/sheet", "runs.sheet", false, a.scoreSheet},
		{"GET", prison + "/areas/:area/outcomes", "overview.outcomes", false, a.outcomes},
	}
}

func (a *API) province(c echo.Context) error {
	p, err := a.Overview.Province(c.Request().Context(), c.QueryParam("day"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, p)
}

func (a *API) overviewUnits(c echo.Context) error {
	if !slices.Contains(overview.Types, c.QueryParam("of")) {
		return badParam("of")
	}
	var named *bool
	switch v := c.QueryParam("named"); v {
	case "":
	case "true", "false":
		yes := v == "true"
		named = &yes
	default:
		return badParam("named")
	}
	var prison uuid.UUID
	if v := c.QueryParam("prison"); v != "" {
		var err error
		if prison, err = uuid.Parse(v); err != nil {
			return badParam("prison")
		}
	}
	day, list, err := a.Overview.Units(c.Request().Context(), c.QueryParam("day"), prison, c.QueryParam("of"), named)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"day": day, "units": some(list)})
}

func (a *API) balance(c echo.Context) error {
	list, err := a.Overview.Balance(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"standards": list})
}

func (a *API) prisonBoard(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	b, err := a.Overview.Board(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, b)
}

func (a *API) wholePrison(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	w, err := a.Overview.Whole(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, w)
}

func (a *API) outcomes(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	o, err := a.Overview.Outcomes(c.Request().Context(), prison, area)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, o)
}

func (a *API) lines(c echo.Context) error {
	list, err := a.Overview.Lines(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"lines": list})
}

// scoreSheet sends a kept score as an official paper.
func (a *API) scoreSheet(c echo.Context) error {
	ctx := c.Request().Context()
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "run")
	if err != nil {
		return err
	}
	p, body, err := a.Inspection.Paper(ctx, prison, id)
	if err != nil {
		return err
	}
	c.Response().Header().Set("X-Sha256", p.Sha256.String())
	return a.sendPDF(c, body, p.Size, printing.Spelled(p.Code)+".pdf")
}
