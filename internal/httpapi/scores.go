package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/duty"
)

func (a *API) scoreRoutes() []route {
	return []route{
		{"GET", prison + "/areas/:area/score", "scores.get", false, a.score},
		{"GET", prison + "/areas/:area/trend", "scores.trend", false, a.trend},
		{"GET", prison + "/scores", "scores.list", false, a.scores},
		{"GET", prison + "/areas/:area/proof/:indicator", "proof.get", false, a.proof},
		{"GET", prison + "/areas/:area/findings", "findings.list", false, a.findings},
		{"POST", prison + "/areas/:area/findings", "findings.create", false, a.addFinding},
		{"POST", prison + "/areas/:area/packs", "packs.create", false, a.pack},
	}
}

func areaPath(c echo.Context) (prison, area uuid.UUID, err error) {
	if prison, err = pathID(c, "prison"); err != nil {
		return
	}
	area, err = pathID(c, "area")
	return
}

func (a *API) score(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	sheet, unit, err := a.Duty.Score(c.Request().Context(), prison, area)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"area": unit, "sheet": sheet})
}

func (a *API) trend(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	list, err := a.Duty.Trend(c.Request().Context(), prison, area, 60)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"points": some(list)})
}

func (a *API) scores(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	std, list, err := a.Duty.Scores(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"areas": some(list), "line": std.Line, "points": std.Points})
}

func (a *API) findings(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	list, err := a.Duty.Findings(c.Request().Context(), prison, area)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"findings": some(list)})
}

func (a *API) addFinding(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	var in struct {
		Line  string     `json:"line"`
		Day   string     `json:"day"`
		Count int        `json:"count"`
		Place string     `json:"place"`
		Note  string     `json:"note"`
		Event string     `json:"event"`
		Entry *uuid.UUID `json:"entry"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	id, err := a.Duty.AddFinding(c.Request().Context(), prison, duty.NewFinding{Area: area, Line: in.Line, Day: in.Day, Count: in.Count,
		Place: in.Place, Note: in.Note, Event: in.Event, Entry: in.Entry}, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, map[string]any{"id": id})
}
