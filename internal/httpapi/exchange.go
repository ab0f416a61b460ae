package httpapi

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/catalog"
	"taizhang/internal/exchange"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/workbook"
)

func (a *API) exchangeRoutes() []route {
	return []route{
		{"GET", prison + "/workbooks/:ledger", "workbooks.get", false, a.emptyWorkbook},
		{"GET", prison + "/imports", "imports.list", false, a.listImports},
		{"POST", prison + "/imports", "imports.create", false, a.sendImport},
		{"GET", prison + "/imports/:import", "imports.get", false, a.getImport},
		{"DELETE", prison + "/imports/:import", "imports.remove", false, a.doImport(exchange.Remove)},
		{"POST", prison + "/imports/:import/start", "imports.start", false, a.doImport(exchange.Start)},
		{"POST", prison + "/imports/:import/stop", "imports.stop", false, a.doImport(exchange.Stop)},
		{"GET", prison + "/imports/:import/rows", "imports.rows", false, a.importRows},
		{"GET", prison + "/imports/:import/errors", "imports.errors", false, a.errorBook},
		{"GET", prison + "/exports", "exports.list", false, a.listExports},
		{"POST", prison + "/exports", "exports.create", false, a.askExport},
		{"GET", prison + "/exports/:export", "exports.get", false, a.getExport},
		{"GET", prison + "/exports/:export/file", "exports.file", false, a.exportFile},
	}
}

var tableTypes = map[string]struct{ media, ext string }{
	"xlsx":         {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"},
	"csv-utf8-bom": {"text/csv; charset=utf-8", ".csv"},
	"csv-gb18030":  {"text/csv; charset=gb18030", ".csv"},
}

// file answers with a table. Its head is written with the first byte, so that a
// refusal before that is still a problem document.
type file struct {
	c            echo.Context
	format, name string
}

func (f file) Write(p []byte) (int, error) {
	if r := f.c.Response(); !r.Committed {
		t := tableTypes[f.format]
		r.Header().Set("Content-Type", t.media)
		r.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name + t.ext}))
		r.WriteHeader(http.StatusOK)
	}
	return f.c.Response().Write(p)
}

func (a *API) brokenOff(c echo.Context, err error) error {
	if err != nil && c.Response().Committed {
		a.Log.ErrorContext(c.Request().Context(), "file", "id", c.Get(requestIDKey), "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

func format(c echo.Context) (string, error) {
	f := c.QueryParam("format")
	if f == "" {
		f = "xlsx"
	}
	if !slices.Contains(exchange.Formats, f) {
		return "", badParam("format")
	}
	return f, nil
}

func (a *API) emptyWorkbook(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	f, err := format(c)
	if err != nil {
		return err
	}
	id := c.Param("ledger")
	t := a.Catalog.Current(id)
	if t == nil {
		return fault.New(fault.NotFound, "ledger_unknown").With("ledger", id)
	}
	name := t.Title.ZH + "空表v" + strconv.Itoa(t.Version)
	return a.brokenOff(c, a.Exchange.Empty(c.Request().Context(), prison, id, f, file{c, f, name}))
}

// importing is an import as its sender sees it.
type importing struct {
	exchange.Import
	Actions []exchange.Action `json:"actions"`
	Message string            `json:"message,omitempty"`
}

func (a *API) importing(c echo.Context, i exchange.Import) importing {
	return importing{i, exchange.Allowed(i), told(c, i.Failure)}
}

// told says why a file failed, in words.
func told(c echo.Context, f *exchange.Failure) string {
	if f == nil {
		return ""
	}
	text := titles[f.Code].In(lang(c))
	if text == "" {
		text = titles["internal"].In(lang(c))
	}
	if list, ok := f.Detail["columns"].([]any); ok && len(list) > 0 {
		var names []string
		for _, n := range list {
			if s, ok := n.(string); ok {
				names = append(names, s)
			}
		}
		text += "：" + strings.Join(names, "、")
	}
	return text
}

func (a *API) sendImport(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	s := exchange.Sent{Prison: prison, Ledger: c.QueryParam("ledger"), AsDraft: c.QueryParam("draft") == "true", Name: c.QueryParam("name"),
		Size: c.Request().ContentLength}
	if v := c.QueryParam("area"); v != "" {
		if s.Area, err = uuid.Parse(v); err != nil {
			return badParam("area")
		}
	}
	key, err := creation(c, []byte(c.Request().URL.RawQuery))
	if err != nil {
		return err
	}
	i, err := a.Exchange.Send(c.Request().Context(), s, c.Request().Body, key)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/api/v1/prisons/"+prison.String()+"/imports/"+i.ID.String())
	etag(c, i.ETag)
	return c.JSON(http.StatusCreated, a.importing(c, i))
}

func (a *API) listImports(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, err := a.Exchange.Imports(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	out := []importing{}
	for _, i := range list {
		out = append(out, a.importing(c, i))
	}
	return c.JSON(http.StatusOK, map[string]any{"imports": out})
}

func importID(c echo.Context) (prison, id uuid.UUID, err error) {
	if prison, err = pathID(c, "prison"); err != nil {
		return
	}
	id, err = pathID(c, "import")
	return
}

func (a *API) getImport(c echo.Context) error {
	prison, id, err := importID(c)
	if err != nil {
		return err
	}
	i, err := a.Exchange.Import(c.Request().Context(), prison, id)
	if err != nil {
		return err
	}
	etag(c, i.ETag)
	return c.JSON(http.StatusOK, a.importing(c, i))
}

func (a *API) doImport(act exchange.Action) echo.HandlerFunc {
	return func(c echo.Context) error {
		prison, id, err := importID(c)
		if err != nil {
			return err
		}
		match, err := ifMatch(c)
		if err != nil {
			return err
		}
		i, err := a.Exchange.Do(c.Request().Context(), prison, id, act, match)
		if err != nil {
			return err
		}
		if act == exchange.Remove {
			return c.NoContent(http.StatusNoContent)
		}
		etag(c, i.ETag)
		return c.JSON(http.StatusOK, a.importing(c, i))
	}
}

// importRow is a row with its mistakes in words.
type importRow struct {
	Number  int                   `json:"number"`
	Line    int                   `json:"line"`
	Area    string                `json:"area"`
	Outcome exchange.Outcome      `json:"outcome"`
	Entry   *uuid.UUID            `json:"entry,omitempty"`
	Summary []catalog.SummaryItem `json:"summary"`
	Errors  []problemField        `json:"errors"`
	Untaken []workbook.Untaken    `json:"untaken,omitempty"`
}

const rowsPage = 50

func (a *API) importRows(c echo.Context) error {
	prison, id, err := importID(c)
	if err != nil {
		return err
	}
	of := exchange.Outcome(c.QueryParam("outcome"))
	if of != "" && !slices.Contains(exchange.Outcomes, of) {
		return badParam("outcome")
	}
	after := 0
	if v := c.QueryParam("after"); v != "" {
		if after, err = strconv.Atoi(v); err != nil || after < 0 || after > 1<<30 {
			return badParam("after")
		}
	}
	i, list, err := a.Exchange.Rows(c.Request().Context(), prison, id, of, after, rowsPage+1)
	if err != nil {
		return err
	}
	var next *int
	if len(list) > rowsPage {
		list = list[:rowsPage]
		next = &list[rowsPage-1].Number
	}
	t := a.Catalog.Type(i.Ledger, i.Version)
	out := []importRow{}
	var mentions []catalog.Reference
	for _, r := range list {
		row := importRow{Number: r.Number, Line: r.Line, Area: r.AreaText, Outcome: r.Outcome, Entry: r.Entry, Summary: []catalog.SummaryItem{}, Errors: []problemField{}, Untaken: r.Untaken}
		var doc catalog.Document
		d := json.NewDecoder(strings.NewReader(string(r.Document)))
		d.UseNumber()
		if d.Decode(&doc.Value) == nil && t != nil {
			row.Summary = t.Summaries(doc)
			mentions = append(mentions, t.Mentions(row.Summary)...)
		}
		for _, f := range r.Errors {
			where := exchange.Where(t, f.Pointer)
			if where != "" {
				where += "："
			}
			row.Errors = append(row.Errors, problemField{Pointer: f.Pointer, Code: f.Code, Message: where + f.Text.In(lang(c))})
		}
		out = append(out, row)
	}
	// As in every list, who is in strictly restricted documents is not named.
	if len(mentions) > 0 && t.Sensitivity != "L3" {
		names, err := a.Ledger.Names(c.Request().Context(), prison, mentions)
		if err != nil {
			return err
		}
		for _, row := range out {
			t.Introduce(row.Summary, names)
		}
	}
	return c.JSON(http.StatusOK, map[string]any{"rows": out, "next": next})
}

func (a *API) errorBook(c echo.Context) error {
	prison, id, err := importID(c)
	if err != nil {
		return err
	}
	i, err := a.Exchange.Import(c.Request().Context(), prison, id)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(strings.TrimSuffix(i.Name, ".xlsx"), ".csv") + "_待更正"
	return a.brokenOff(c, a.Exchange.ErrorBook(c.Request().Context(), prison, id, file{c, "xlsx", name}))
}

// exporting is an export as its asker sees it.
type exporting struct {
	exchange.Export
	Message string `json:"message,omitempty"`
}

func (a *API) askExport(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	var in struct {
		Ledger string          `json:"ledger"`
		Filter exchange.Filter `json:"filter"`
		Format string          `json:"format"`
		Reason string          `json:"reason"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	for name, day := range map[string]string{"from": in.Filter.From, "to": in.Filter.To} {
		if _, err := catalog.Day(day); day != "" && err != nil {
			return badDay(name)
		}
	}
	for _, s := range in.Filter.States {
		if !slices.Contains(ledger.States, s) {
			return badParam("states")
		}
	}
	if len(in.Filter.Fields) > maxFields {
		return badParam("fields")
	}
	for _, f := range in.Filter.Fields {
		var members map[string]json.RawMessage
		if json.Unmarshal(f, &members) != nil || members == nil {
			return badParam("fields")
		}
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	e, err := a.Exchange.Ask(c.Request().Context(), exchange.Export{Prison: prison, Ledger: in.Ledger, Query: in.Filter, Format: in.Format, Reason: strings.TrimSpace(in.Reason)}, key)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/api/v1/prisons/"+prison.String()+"/exports/"+e.ID.String())
	return c.JSON(http.StatusCreated, exporting{e, ""})
}

func (a *API) listExports(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, err := a.Exchange.Exports(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	out := []exporting{}
	for _, e := range list {
		out = append(out, exporting{e, told(c, e.Failure)})
	}
	return c.JSON(http.StatusOK, map[string]any{"exports": out})
}

func (a *API) getExport(c echo.Context) error {
	return a.withExport(c, func(ctx context.Context, prison, id uuid.UUID) error {
		e, err := a.Exchange.Export(ctx, prison, id)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, exporting{e, told(c, e.Failure)})
	})
}

func (a *API) exportFile(c echo.Context) error {
	return a.withExport(c, func(ctx context.Context, prison, id uuid.UUID) error {
		e, r, err := a.Exchange.Fetch(ctx, prison, id)
		if err != nil {
			return err
		}
		defer func() { _ = r.Close() }()
		name := e.Ledger
		if t := a.Catalog.Current(e.Ledger); t != nil {
			name = t.Title.ZH
		}
		c.Response().Header().Set("Content-Length", strconv.FormatInt(e.Size, 10))
		_, err = io.Copy(file{c, e.Format, name + "_" + catalog.DayOf(e.Created)}, r)
		return a.brokenOff(c, err)
	})
}

func (a *API) withExport(c echo.Context, do func(context.Context, uuid.UUID, uuid.UUID) error) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "export")
	if err != nil {
		return err
	}
	return do(c.Request().Context(), prison, id)
}
