package httpapi

import (
	"encoding/json"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// carried says in the reader's language what a version change did to a body.
type carried struct {
	Body    json.RawMessage `json:"body"`
	Dropped []string        `json:"dropped"`
	Held    []string        `json:"held"`
}

func carriedIn(c ledger.Carried, l string) carried {
	words := func(list []fault.Text) []string {
		out := make([]string, len(list))
		for i, t := range list {
			out[i] = t.In(l)
		}
		return out
	}
	return carried{Body: c.Body, Dropped: words(c.Dropped), Held: words(c.Held)}
}

func (a *API) beginnings(c echo.Context) error {
	n, err := beginningOf(c)
	if err != nil {
		return err
	}
	b, err := a.Ledger.Beginnings(c.Request().Context(), n)
	if err != nil {
		return err
	}
	type again struct {
		Entry uuid.UUID `json:"entry"`
		Day   string    `json:"day"`
		carried
	}
	type saved struct {
		ID      uuid.UUID `json:"id"`
		Name    string    `json:"name"`
		Version int       `json:"version"`
		carried
	}
	var last *again
	if b.Last != nil {
		last = &again{b.Last.Entry, b.Last.Day, carriedIn(b.Last.Carried, lang(c))}
	}
	templates := make([]saved, len(b.Templates))
	for i, m := range b.Templates {
		templates[i] = saved{m.Kept.ID, m.Kept.Name, m.Kept.Version, carriedIn(m.Carried, lang(c))}
	}
	return c.JSON(http.StatusOK, map[string]any{"last": last, "templates": templates})
}

func (a *API) saveTemplate(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	var in struct {
		Ledger string          `json:"ledger"`
		Area   uuid.UUID       `json:"area"`
		Name   string          `json:"name"`
		Body   json.RawMessage `json:"body"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	m, err := a.Ledger.SaveTemplate(c.Request().Context(), ledger.New{Prison: prison, Area: in.Area, Ledger: in.Ledger, Body: in.Body}, in.Name, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, m)
}

func (a *API) dropTemplate(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "template")
	if err != nil {
		return err
	}
	if err := a.Ledger.DropTemplate(c.Request().Context(), prison, id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
