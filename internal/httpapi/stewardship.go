package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/ledger"
	"taizhang/internal/stewardship"
)

func (a *API) stewardshipRoutes() []route {
	return []route{
		{"GET", prison + "/matrix", "matrix.get", false, a.matrix},
		{"GET", "/paper", "paper.province", false, a.paperOfProvince},
		{"GET", prison + "/paper", "paper.get", false, a.paper},
		{"POST", prison + "/paper", "paper.declare", false, a.declarePaper},
		{"POST", prison + "/paper/decision", "paper.decide", false, a.decidePaper},
	}
}

func (a *API) matrix(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	out, err := a.Stewardship.Matrix(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) paperOfProvince(c echo.Context) error {
	list, err := a.Stewardship.Province(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"prisons": some(list)})
}

func (a *API) paper(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	out, err := a.Stewardship.Paper(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) declarePaper(c echo.Context) error {
	type body struct {
		Area    uuid.UUID              `json:"area"`
		Ledgers []stewardship.Seen     `json:"ledgers"`
		State   stewardship.PaperState `json:"state"`
		FromDay string                 `json:"from_day"`
		Reason  string                 `json:"reason"`
	}
	return made(c, "", http.StatusCreated, func(prison, _ uuid.UUID, in body, key ledger.Idem) (map[string]any, error) {
		n, err := a.Stewardship.Declare(c.Request().Context(), prison, in.Area, in.Ledgers, in.State, in.FromDay, in.Reason, key)
		return map[string]any{"n": n}, err
	})
}

func (a *API) decidePaper(c echo.Context) error {
	type body struct {
		Declarations []stewardship.Which `json:"declarations"`
		Verdict      string              `json:"verdict"`
		Comment      string              `json:"comment"`
	}
	return made(c, "", http.StatusOK, func(prison, _ uuid.UUID, in body, key ledger.Idem) (map[string]any, error) {
		n, err := a.Stewardship.DecidePaper(c.Request().Context(), prison, in.Declarations, in.Verdict, in.Comment, key)
		return map[string]any{"n": n}, err
	})
}
