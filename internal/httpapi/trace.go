package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"taizhang/internal/retrieval"
)

func (a *API) trace(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	t, err := a.Retrieval.Trace(c.Request().Context(), prison, retrieval.Subject{Kind: c.QueryParam("kind"), Ref: c.QueryParam("ref")})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, t)
}
