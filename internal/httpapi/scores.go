package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/assessment"
	"taizhang/internal/scoring"
)

func (a *API) scoreRoutes() []route {
	return []route{
		{"GET", prison + "/areas/:area/score", "scores.get", false, a.score},
		{"GET", prison + "/areas/:area/trend", "scores.trend", false, a.trend},
		{"GET", prison + "/scores", "scores.list", false, a.scores},
		{"GET", prison + "/areas/:area/readiness", "scores.readiness", false, a.readiness},
		{"GET", prison + "/areas/:area/self-check", "scores.self_check", false, a.selfCheck},
		{"GET", prison + "/areas/:area/suppose", "scores.supposable", false, a.supposable},
		{"POST", prison + "/areas/:area/suppose", "scores.suppose", false, a.suppose},
		{"GET", prison + "/areas/:area/runs", "runs.list", false, a.listRuns},
		{"POST", prison + "/areas/:area/runs", "runs.create", false, a.keepRun},
		{"GET", prison + "/areas/:area/history", "runs.history", false, a.runHistory},
		{"GET", prison + "/runs/:run", "runs.get", false, a.getRun},
		{"GET", prison + "/areas/:area/rulings", "rulings.list", false, a.listRulings},
		{"POST", prison + "/areas/:area/rulings", "rulings.create", false, a.askRuling},
		{"POST", prison + "/rulings/:ruling/decision", "rulings.decide", false, a.decideRuling},
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
	sheet, unit, err := a.Assessment.Score(c.Request().Context(), prison, area)
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
	list, err := a.Assessment.Trend(c.Request().Context(), prison, area, 60)
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
	list, err := a.Assessment.Scores(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	unjudged, err := a.Assessment.Unjudged(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"areas": some(list), "unjudged": some(unjudged)})
}

func (a *API) findings(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	list, err := a.Assessment.Findings(c.Request().Context(), prison, area)
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

		Subject string           `json:"subject"`
		Of      *scoring.Decimal `json:"of"`
		Per     *scoring.Decimal `json:"per"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	id, err := a.Assessment.AddFinding(c.Request().Context(), prison, assessment.NewFinding{Area: area, Line: in.Line, Day: in.Day, Count: in.Count,
		Place: in.Place, Note: in.Note, Event: in.Event, Entry: in.Entry, Subject: in.Subject, Of: in.Of, Per: in.Per}, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, map[string]any{"id": id})
}

func (a *API) runHistory(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	h, err := a.Assessment.History(c.Request().Context(), prison, area)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, h)
}
