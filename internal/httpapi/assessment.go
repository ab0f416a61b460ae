package httpapi

import (
	"math"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"taizhang/internal/assessment"
	"taizhang/internal/scoring"
)

func (a *API) readiness(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	r, err := a.Assessment.Readiness(c.Request().Context(), prison, area)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}

func (a *API) selfCheck(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	d, err := a.Assessment.SelfCheck(c.Request().Context(), prison, area)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, d)
}

// supposable is what the page of suppositions offers.
func (a *API) supposable(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	version := 0
	if v := c.QueryParam("version"); v != "" {
		if version, err = strconv.Atoi(v); err != nil || version < 1 || version > math.MaxInt32 {
			return notFound
		}
	}
	can, err := a.Assessment.Supposable(c.Request().Context(), prison, area, version)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, can)
}

func (a *API) suppose(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	var in assessment.Supposed
	if _, err := read(c, &in); err != nil {
		return err
	}
	s, err := a.Assessment.Suppose(c.Request().Context(), prison, area, in)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s)
}

func (a *API) listRuns(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	list, may, err := a.Assessment.Runs(c.Request().Context(), prison, area)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"runs": some(list), "may": may})
}

func (a *API) keepRun(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	var in struct {
		Kind string `json:"kind"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	r, err := a.Assessment.Keep(c.Request().Context(), prison, area, in.Kind, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, r)
}

func (a *API) getRun(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "run")
	if err != nil {
		return err
	}
	r, again, err := a.Assessment.Run(c.Request().Context(), prison, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"run": r, "replays": again})
}

func (a *API) listRulings(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	list, may, err := a.Assessment.Rulings(c.Request().Context(), prison, area)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"rulings": some(list), "may": may})
}

func (a *API) askRuling(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	var in struct {
		Kind    string           `json:"kind"`
		Target  string           `json:"target"`
		Amount  *scoring.Decimal `json:"amount"`
		FromDay string           `json:"from_day"`
		ToDay   string           `json:"to_day"`
		Reason  string           `json:"reason"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	r, err := a.Assessment.AskRuling(c.Request().Context(), prison, assessment.Ruling{Area: area, Kind: in.Kind, Target: in.Target, Amount: in.Amount,
		FromDay: in.FromDay, ToDay: in.ToDay, Reason: in.Reason}, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, r)
}

func (a *API) decideRuling(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "ruling")
	if err != nil {
		return err
	}
	var in struct {
		Verdict string `json:"verdict"`
		Comment string `json:"comment"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := idem(c, raw)
	if err != nil {
		return err
	}
	r, err := a.Assessment.DecideRuling(c.Request().Context(), prison, id, in.Verdict, in.Comment, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}
