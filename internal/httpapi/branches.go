package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/ledger"
)

// anchor is where a chain of local saves begins.
func (a *API) anchor(c echo.Context) error {
	out, err := a.Ledger.Anchor(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, out)
}

// lookups is what a browser keeps to fill for an area while the network is away.
func (a *API) lookups(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	area, err := pathID(c, "area")
	if err != nil {
		return err
	}
	for _, class := range []string{"people", "inmate"} {
		if err := a.may(c, "read", ledger.Subject{Class: class, Prison: prison, Area: area}); err != nil {
			return err
		}
	}
	people, inmates, err := a.House.Lookups(c.Request().Context(), prison, area)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"people": some(people), "inmates": some(inmates)})
}

func (a *API) branch(c echo.Context) error {
	k, err := entryKey(c)
	if err != nil {
		return err
	}
	var in struct {
		Version  int             `json:"version"`
		BaseETag int64           `json:"base_etag"`
		Body     json.RawMessage `json:"body"`
		Written  *ledger.Written `json:"written"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	out, err := a.Ledger.Branch(c.Request().Context(), k, ledger.NewBranch{Version: in.Version, BaseETag: in.BaseETag, Body: in.Body, Written: in.Written}, key)
	if err != nil {
		return err
	}
	etag(c, out.Entry.ETag)
	return c.JSON(http.StatusCreated, a.outcome(c, out))
}

func (a *API) resolveBranch(c echo.Context) error {
	branch, err := uuid.Parse(c.Param("branch"))
	if err != nil {
		return notFound
	}
	var in struct {
		Body   json.RawMessage `json:"body"`
		Reason string          `json:"reason"`
	}
	ch, err := changing(c, envelope(&in))
	if err != nil {
		return err
	}
	out, err := a.Ledger.Resolve(c.Request().Context(), ch.Key, branch, ch.match, ledger.Resolution{Body: in.Body, Reason: strings.TrimSpace(in.Reason)}, ch.idem)
	return a.done(c, out, err)
}
