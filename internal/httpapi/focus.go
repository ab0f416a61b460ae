package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/guidance"
	"taizhang/internal/ledger"
)

func (a *API) focuses(c echo.Context) error {
	list, may, err := a.Guidance.Focuses(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"prisons": list, "may": may})
}

func (a *API) markFocus(c echo.Context) error {
	type body struct {
		Begins bool   `json:"begins"`
		Seen   int    `json:"seen"`
		Reason string `json:"reason"`
	}
	return made(c, "", http.StatusCreated, func(prison, _ uuid.UUID, in body, key ledger.Idem) (guidance.FocusAct, error) {
		return a.Guidance.Mark(c.Request().Context(), prison, in.Begins, in.Seen, in.Reason, key)
	})
}

func (a *API) planVisit(c echo.Context) error {
	type body struct {
		Area       uuid.UUID `json:"area"`
		Day        string    `json:"day"`
		Department string    `json:"department"`
		Subject    string    `json:"subject"`
	}
	return made(c, "", http.StatusCreated, func(prison, _ uuid.UUID, in body, key ledger.Idem) (guidance.PlannedVisit, error) {
		return a.Guidance.PlanVisit(c.Request().Context(), prison, guidance.PlannedVisit{Area: in.Area, Day: in.Day, Department: in.Department, Subject: in.Subject}, key)
	})
}

func (a *API) callOffVisit(c echo.Context) error {
	type body struct {
		Reason string `json:"reason"`
	}
	return made(c, "planned", http.StatusOK, func(prison, of uuid.UUID, in body, key ledger.Idem) (guidance.PlannedVisit, error) {
		return a.Guidance.CallOff(c.Request().Context(), prison, of, in.Reason, key)
	})
}
