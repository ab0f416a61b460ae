package httpapi

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"
)

// tasks lists what other entries and arrivals ask of the reader.
func (a *API) tasks(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, err := a.Ledger.Tasks(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"tasks": list})
}

func (a *API) doTask(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "task")
	if err != nil {
		return err
	}
	var in struct {
		Note string `json:"note"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := idem(c, raw)
	if err != nil {
		return err
	}
	t, err := a.Ledger.DoTask(c.Request().Context(), prison, id, in.Note, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, t)
}

func (a *API) beginTask(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "task")
	if err != nil {
		return err
	}
	raw, err := read(c, &struct{}{})
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	out, err := a.Ledger.BeginTask(c.Request().Context(), prison, id, key)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", fmt.Sprintf("/api/v1/prisons/%s/entries/%s", prison, out.Entry.Entry))
	etag(c, out.Entry.ETag)
	return c.JSON(http.StatusCreated, a.outcome(c, out))
}
