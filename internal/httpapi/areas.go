package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"taizhang/internal/ledger"
	"taizhang/internal/organisation"
)

func (a *API) areaRoutes() []route {
	return []route{
		{"GET", prison + "/areas/:area/changes", "areas.changes", false, a.areaChanges},
		{"POST", prison + "/areas/:area/changes", "areas.change", false, a.changeArea},
	}
}

func (a *API) areaChanges(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	list, err := a.Areas.AreaChanges(c.Request().Context(), prison, area)
	if err != nil {
		return err
	}
	actions := []string{}
	if a.may(c, "edit", ledger.Subject{Class: "area", Prison: prison, Area: area}) == nil {
		actions = append(actions, "edit")
	}
	return c.JSON(http.StatusOK, map[string]any{"changes": some(list), "actions": actions})
}

func (a *API) changeArea(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	var in struct {
		Version  int    `json:"version"`
		OpenedOn string `json:"opened_on"`
		ClosedOn string `json:"closed_on"`
		SubArea  bool   `json:"sub_area"`
		Reason   string `json:"reason"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	out, err := a.Areas.ChangeArea(c.Request().Context(), prison, area, organisation.Change{Version: in.Version,
		OpenedOn: in.OpenedOn, ClosedOn: in.ClosedOn, SubArea: in.SubArea, Reason: in.Reason}, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, out)
}
