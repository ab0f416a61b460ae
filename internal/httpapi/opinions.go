package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/accreditation"
	"taizhang/internal/ledger"
)

func (a *API) opinionRoutes() []route {
	return []route{
		{"GET", "/opinions", "opinions.list", false, a.opinions},
		{"GET", oneCase + "/opinions/:department", "opinions.get", false, a.opinionForm},
		{"POST", oneCase + "/opinions", "opinions.ask", false, a.askOpinion},
	}
}

func (a *API) opinions(c echo.Context) error {
	list, err := a.Cases.Opinions(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"opinions": some(list)})
}

func (a *API) opinionForm(c echo.Context) error {
	prison, id, err := ofCase(c)
	if err != nil {
		return err
	}
	f, err := a.Cases.OpinionForm(c.Request().Context(), prison, id, c.Param("department"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, f)
}

func (a *API) askOpinion(c echo.Context) error {
	type body struct {
		Department string `json:"department"`
		Reason     string `json:"reason"`
	}
	return made(c, "case", http.StatusCreated, func(prison, id uuid.UUID, in body, key ledger.Idem) (accreditation.Record, error) {
		return a.Cases.AskOpinion(c.Request().Context(), prison, id, accreditation.Adding{Department: in.Department, Reason: in.Reason}, key)
	})
}
