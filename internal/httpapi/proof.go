package httpapi

import (
	"io"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

// proof lists the entries that prove an indicator of an area.
func (a *API) proof(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	q, err := query(c)
	if err != nil {
		return err
	}
	q.Sort = ledger.ByOccurred
	if q.Limit == 0 {
		q.Limit = 50
	}
	ask := inspection.Request{Prison: prison, Area: area, Indicator: c.Param("indicator"), From: q.From, To: q.To}
	ind, list, err := a.Inspection.Proof(c.Request().Context(), ask, q.After, q.Limit+1)
	if err != nil {
		return err
	}
	var next *string
	if len(list) > q.Limit {
		list = list[:q.Limit]
		s := cursorOf(q, list[q.Limit-1])
		next = &s
	}
	return c.JSON(http.StatusOK, map[string]any{"indicator": ind, "entries": some(list), "next": next, "actions": a.Inspection.Allowed(c.Request().Context(), ask)})
}

// pack sends a zip. It begins only when all that could be refused is decided;
// what fails after that breaks the connection, so no half zip looks whole.
func (a *API) pack(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	var in struct {
		Indicator string `json:"indicator"`
		From      string `json:"from"`
		To        string `json:"to"`
		Reason    string `json:"reason"`
	}
	if _, err := read(c, &in); err != nil {
		return err
	}
	err = a.Inspection.Pack(c.Request().Context(), inspection.Request{Prison: prison, Area: area, Indicator: in.Indicator, From: in.From, To: in.To, Reason: in.Reason},
		func(name string) io.Writer {
			h := c.Response().Header()
			h.Set("Content-Type", "application/zip")
			h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
			c.Response().WriteHeader(http.StatusOK)
			return c.Response()
		})
	if err != nil && c.Response().Committed {
		a.Log.ErrorContext(c.Request().Context(), "pack", "id", c.Get(requestIDKey), "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// logState says how far the prison's log and its checkpoints have come.
func (a *API) logState(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	if err := a.may(c, "read", ledger.Subject{Class: "log", Prison: prison}); err != nil {
		return err
	}
	s, err := a.House.Log(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s)
}
