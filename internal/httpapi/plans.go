package httpapi

import (
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/planning"
)

func (a *API) planRoutes() []route {
	return []route{
		{"GET", "/plans/:year", "plans.list", false, a.plans},
		{"GET", prison + "/plans/:year", "plans.get", false, a.plan},
		{"POST", prison + "/plans/:year", "plans.submit", false, a.submitPlan},
		{"POST", prison + "/plans/:year/decision", "plans.decide", false, a.decidePlan},
		{"GET", prison + "/responsibilities", "responsibilities.list", false, a.responsibilities},
		{"POST", prison + "/responsibilities", "responsibilities.name", false, a.nameResponsible},
	}
}

func pathYear(c echo.Context) (int, error) {
	year, err := strconv.Atoi(c.Param("year"))
	if err != nil || year < 2000 || year > 2200 {
		return 0, fault.New(fault.NotFound, "not_found")
	}
	return year, nil
}

func (a *API) plans(c echo.Context) error {
	year, err := pathYear(c)
	if err != nil {
		return err
	}
	list, err := a.Planning.Province(c.Request().Context(), year)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"year": year, "prisons": some(list)})
}

func (a *API) plan(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	year, err := pathYear(c)
	if err != nil {
		return err
	}
	out, err := a.Planning.Plan(c.Request().Context(), prison, year)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) submitPlan(c echo.Context) error {
	type body struct {
		Seen   int             `json:"seen"`
		Reason string          `json:"reason"`
		Marks  []planning.Mark `json:"marks"`
	}
	year, err := pathYear(c)
	if err != nil {
		return err
	}
	return made(c, "", http.StatusCreated, func(prison, _ uuid.UUID, in body, key ledger.Idem) (planning.Plan, error) {
		return a.Planning.Submit(c.Request().Context(), prison, year, in.Seen, in.Reason, in.Marks, key)
	})
}

func (a *API) decidePlan(c echo.Context) error {
	type body struct {
		Version int    `json:"version"`
		Agreed  bool   `json:"agreed"`
		Comment string `json:"comment"`
	}
	year, err := pathYear(c)
	if err != nil {
		return err
	}
	return made(c, "", http.StatusOK, func(prison, _ uuid.UUID, in body, key ledger.Idem) (planning.Plan, error) {
		return a.Planning.Decide(c.Request().Context(), prison, year, in.Version, in.Agreed, in.Comment, key)
	})
}

func (a *API) responsibilities(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	out, err := a.Planning.Duties(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) nameResponsible(c echo.Context) error {
	type body struct {
		Kind    string    `json:"kind"`
		Area    uuid.UUID `json:"area"`
		What    string    `json:"what"`
		Seen    int       `json:"seen"`
		Number  string    `json:"number"`
		FromDay string    `json:"from_day"`
		Reason  string    `json:"reason"`
	}
	return made(c, "", http.StatusCreated, func(prison, _ uuid.UUID, in body, key ledger.Idem) (map[string]any, error) {
		r := planning.Responsible{Thing: planning.Thing{Kind: in.Kind, Area: in.Area, What: in.What}, N: in.Seen, Number: in.Number, FromDay: in.FromDay, Reason: in.Reason}
		return map[string]any{"n": in.Seen + 1}, a.Planning.Name(c.Request().Context(), prison, r, key)
	})
}
