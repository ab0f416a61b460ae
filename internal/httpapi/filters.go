package httpapi

import (
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/retrieval"
)

// filter is a kept filter with what its reader may do to it.
type filter struct {
	retrieval.Filter
	Actions []string `json:"actions"`
}

func shown(f retrieval.Filter) filter {
	if f.Mine {
		return filter{f, []string{"update", "delete"}}
	}
	return filter{f, []string{}}
}

func (a *API) filters(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	page := c.QueryParam("page")
	if !slices.Contains([]string{"ledgers", "search"}, page) {
		return badParam("page")
	}
	list, err := a.Retrieval.Filters(c.Request().Context(), prison, page)
	if err != nil {
		return err
	}
	out := []filter{}
	for _, f := range list {
		out = append(out, shown(f))
	}
	return c.JSON(http.StatusOK, map[string]any{"filters": out})
}

func (a *API) keepFilter(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	var in struct {
		Page   string `json:"page"`
		Name   string `json:"name"`
		Query  string `json:"query"`
		Shared bool   `json:"shared"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	f, err := a.Retrieval.Keep(c.Request().Context(), prison, retrieval.Filter{Page: in.Page, Name: in.Name, Query: in.Query, Shared: in.Shared}, key)
	if err != nil {
		return err
	}
	etag(c, f.ETag)
	return c.JSON(http.StatusCreated, shown(f))
}

// ownFilter reads what a change of a kept filter is about.
func ownFilter(c echo.Context) (prison, id uuid.UUID, match int64, err error) {
	if prison, err = pathID(c, "prison"); err != nil {
		return
	}
	if id, err = pathID(c, "filter"); err != nil {
		return
	}
	match, err = ifMatch(c)
	return
}

func (a *API) renameFilter(c echo.Context) error {
	prison, id, match, err := ownFilter(c)
	if err != nil {
		return err
	}
	var in struct {
		Name   string `json:"name"`
		Query  string `json:"query"`
		Shared bool   `json:"shared"`
	}
	if _, err := read(c, &in); err != nil {
		return err
	}
	f, err := a.Retrieval.Rename(c.Request().Context(), prison, retrieval.Filter{ID: id, Name: in.Name, Query: in.Query, Shared: in.Shared}, match)
	if err != nil {
		return err
	}
	etag(c, f.ETag)
	return c.JSON(http.StatusOK, shown(f))
}

func (a *API) forgetFilter(c echo.Context) error {
	prison, id, match, err := ownFilter(c)
	if err != nil {
		return err
	}
	if err := a.Retrieval.Forget(c.Request().Context(), prison, id, match); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
