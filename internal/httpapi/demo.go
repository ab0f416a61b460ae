package httpapi

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

func (a *API) demoRoutes() []route {
	return []route{{"POST", "/demo/clock", "demo.clock", false, a.setClock}}
}

// setClock sets the demonstration's clock forward; elsewhere there is none.
func (a *API) setClock(c echo.Context) error {
	var in struct {
		To time.Time `json:"to"`
	}
	if _, err := read(c, &in); err != nil {
		return err
	}
	if a.Forward == nil {
		return notFound
	}
	if err := a.Forward(c.Request().Context(), in.To); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"now": a.Ledger.Now()})
}
