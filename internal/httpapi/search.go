package httpapi

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/retrieval"
	"taizhang/internal/search"
)

func (a *API) findingRoutes() []route {
	return []route{
		{"GET", prison + "/search", "search.list", false, a.search},
		{"GET", prison + "/trace", "trace.get", false, a.trace},
		{"GET", prison + "/filters", "filters.list", false, a.filters},
		{"POST", prison + "/filters", "filters.create", false, a.keepFilter},
		{"PUT", prison + "/filters/:filter", "filters.update", false, a.renameFilter},
		{"DELETE", prison + "/filters/:filter", "filters.delete", false, a.forgetFilter},
	}
}

// search reads its filter as lists do; the words and the cursor are its own.
func (a *API) search(c echo.Context) error {
	after := c.QueryParam("cursor")
	q, err := query(c)
	if err != nil {
		return err
	}
	asked, err := search.Parse(q.Text)
	if err != nil {
		return err
	}
	r := retrieval.Query{Prison: q.Prison, Asked: asked, Ledgers: q.Ledgers, Area: q.Area, States: q.States, From: q.From, To: q.To, Limit: q.Limit}
	if r.Limit == 0 {
		r.Limit = 20
	}
	if after != "" {
		if r.After, err = hitCursor(after); err != nil {
			return badParam("cursor")
		}
	}
	page, err := a.Retrieval.Search(c.Request().Context(), r, c.QueryParam("total") == "true")
	if err != nil {
		return err
	}
	out := map[string]any{"hits": page.Hits, "next": nil}
	if page.Next != nil {
		out["next"] = base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d|%s|%s", page.Next.Score, page.Next.At, page.Next.Entry))
	}
	if page.Total != nil {
		out["total"] = *page.Total
	}
	return c.JSON(http.StatusOK, out)
}

func hitCursor(s string) (retrieval.Cursor, error) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return retrieval.Cursor{}, err
	}
	parts := strings.Split(string(raw), "|")
	if len(parts) != 3 {
		return retrieval.Cursor{}, errors.New("three parts wanted")
	}
	cur := retrieval.Cursor{At: parts[1]}
	if _, err := time.Parse(time.RFC3339Nano, cur.At); err != nil && cur.At != "-infinity" {
		return cur, err
	}
	if cur.Score, err = strconv.Atoi(parts[0]); err != nil {
		return cur, err
	}
	cur.Entry, err = uuid.Parse(parts[2])
	return cur, err
}
