package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// rowsIn is rows of one ledger and area.
type rowsIn struct {
	Ledger  string       `json:"ledger"`
	Version int          `json:"version"`
	Area    uuid.UUID    `json:"area"`
	Files   uuid.UUID    `json:"files"`
	Rows    []ledger.Row `json:"rows"`
}

// maxRowKey leaves room for the batch's own key beside it.
const maxRowKey = 36

func (a *API) readBatch(c echo.Context) (ledger.New, rowsIn, []byte, error) {
	prison, err := pathID(c, "prison")
	if err != nil {
		return ledger.New{}, rowsIn{}, nil, err
	}
	var in rowsIn
	raw, err := read(c, &in)
	if err != nil {
		return ledger.New{}, in, nil, err
	}
	wrong := func(code, zh, en string) error {
		return fault.InvalidFields("invalid_document", []fault.Field{{Pointer: "/rows", Code: code, Text: fault.Text{ZH: zh, EN: en}}})
	}
	if len(in.Rows) == 0 || len(in.Rows) > maxBulk {
		return ledger.New{}, in, nil, wrong("maxItems", "一次可报 1 至 500 行", "1 to 500 rows at a time")
	}
	seen := map[string]bool{}
	for _, row := range in.Rows {
		if row.Key == "" || len(row.Key) > maxRowKey || seen[row.Key] || strings.ContainsFunc(row.Key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return ledger.New{}, in, nil, wrong("uniqueItems", "每行须有自己的编号，1 至 36 个可见字符", "Every row has a key of its own, 1 to 36 visible characters")
		}
		seen[row.Key] = true
	}
	return ledger.New{Prison: prison, Area: in.Area, Ledger: in.Ledger, Version: in.Version, Files: in.Files}, in, raw, nil
}

// rowResult of one row: an entry, or what is wrong.
type rowResult struct {
	Key      string          `json:"key"`
	Status   int             `json:"status"`
	Entry    *ledger.Entry   `json:"entry,omitempty"`
	Receipt  *ledger.Receipt `json:"receipt,omitempty"`
	Code     string          `json:"code,omitempty"`
	Message  string          `json:"message,omitempty"`
	Document json.RawMessage `json:"document,omitempty"`
	Pins     []ledger.Pin    `json:"pins,omitzero"`
	Errors   []problemField  `json:"errors"`
	Warnings []problemField  `json:"warnings"`
}

func (a *API) refused(c echo.Context, key string, err error) rowResult {
	f := asFault(err)
	if f.Code == "internal" {
		a.Log.ErrorContext(c.Request().Context(), "row of a batch", "id", c.Get(requestIDKey), "error", err)
	}
	status, known := statuses[f.Kind]
	if !known {
		status = http.StatusInternalServerError
	}
	l := lang(c)
	return rowResult{Key: key, Status: status, Code: f.Code, Message: titles[f.Code].In(l), Errors: fields(f.Fields, l), Warnings: []problemField{}}
}

func (a *API) fileBatch(c echo.Context) error {
	n, in, raw, err := a.readBatch(c)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	results := []rowResult{}
	err = a.Ledger.Batch(c.Request().Context(), n, in.Rows, key, func(row ledger.Row, o ledger.Outcome, err error) {
		if err != nil {
			results = append(results, a.refused(c, row.Key, err))
			return
		}
		results = append(results, rowResult{Key: row.Key, Status: http.StatusCreated, Entry: &o.Entry, Receipt: o.Receipt,
			Errors: []problemField{}, Warnings: fields(o.Warnings, lang(c))})
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"results": results})
}

func (a *API) checkBatch(c echo.Context) error {
	n, in, _, err := a.readBatch(c)
	if err != nil {
		return err
	}
	list, err := a.Ledger.CheckBatch(c.Request().Context(), n, in.Rows)
	if err != nil {
		return err
	}
	results := make([]rowResult, len(list))
	for i, r := range list {
		key := in.Rows[i].Key
		switch {
		case r.Err != nil:
			results[i] = a.refused(c, key, r.Err)
		case len(r.Errors) > 0:
			results[i] = a.refused(c, key, fault.InvalidFields("invalid_document", r.Errors))
			results[i].Document, results[i].Warnings = r.Document.Canonical, fields(r.Warnings, lang(c))
		default:
			results[i] = rowResult{Key: key, Status: http.StatusOK, Document: r.Document.Canonical, Errors: []problemField{}, Warnings: fields(r.Warnings, lang(c))}
		}
		results[i].Pins = r.Pins
	}
	return c.JSON(http.StatusOK, map[string]any{"results": results})
}

// moveBatch changes nothing: what it answers is the page's to keep.
func (a *API) moveBatch(c echo.Context) error {
	n, in, _, err := a.readBatch(c)
	if err != nil {
		return err
	}
	version, rows, err := a.Ledger.MoveBatch(c.Request().Context(), n, in.Rows)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"version": version, "rows": rows})
}

func (a *API) prefill(c echo.Context) error {
	n, err := beginningOf(c)
	if err != nil {
		return err
	}
	period := c.QueryParam("month")
	if period == "" {
		period = c.QueryParam("day")
		if _, err := catalog.Day(period); err != nil {
			return badDay("day")
		}
	} else if _, err := catalog.Day(period + "-01"); err != nil {
		return badParam("month")
	}
	// Whose names a row carries, one may look up.
	if err := a.may(c, "read", ledger.Subject{Class: "inmate", Prison: n.Prison, Area: n.Area}); err != nil {
		return err
	}
	p, err := a.Ledger.Prefill(c.Request().Context(), n, period)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, p)
}

// beginningOf reads which ledger is to be begun where.
func beginningOf(c echo.Context) (ledger.New, error) {
	prison, err := pathID(c, "prison")
	if err != nil {
		return ledger.New{}, err
	}
	area, err := uuid.Parse(c.QueryParam("area"))
	if err != nil {
		return ledger.New{}, badParam("area")
	}
	return ledger.New{Prison: prison, Area: area, Ledger: c.QueryParam("ledger")}, nil
}
