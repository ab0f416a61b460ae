package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func (a *API) notices(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, err := a.Ledger.Notices(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	unread := 0
	for _, n := range list {
		if n.ReadAt == nil {
			unread++
		}
	}
	return c.JSON(http.StatusOK, map[string]any{"notices": some(list), "unread": unread})
}

func (a *API) readNotices(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	if err := a.Ledger.ReadNotices(c.Request().Context(), prison); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
