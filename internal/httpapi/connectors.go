package httpapi

import (
	"encoding/csv"
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/connector"
	"taizhang/internal/fault"
)

func (a *API) connectorRoutes() []route {
	return []route{
		{"POST", "/connectors/:connector/records", "connectors.receive", true, a.receiveRecords},
		{"GET", prison + "/connectors", "connectors.list", false, a.listConnectors},
		{"GET", prison + "/connectors/:connector/runs", "connectors.runs", false, a.connectorRuns},
		{"GET", prison + "/connectors/:connector/rejected", "connectors.rejected", false, a.rejectedRecords},
		{"POST", prison + "/connectors/:connector/run", "connectors.run", false, a.runConnector},
		{"PUT", prison + "/connectors/:connector/paused", "connectors.pause", false, a.pauseConnector},
		{"GET", prison + "/outbox", "outbox.list", false, a.outbox},
		{"POST", prison + "/outbox/:message/send", "outbox.send", false, a.sendAgain},
	}
}

type runView struct {
	ID        uuid.UUID   `json:"id"`
	State     string      `json:"state"`
	Problem   *fault.Text `json:"problem,omitempty"`
	StartedAt time.Time   `json:"started_at"`
	EndedAt   time.Time   `json:"ended_at"`
	Read      int         `json:"read"`
	Changed   int         `json:"changed"`
	Unchanged int         `json:"unchanged"`
	Rejected  int         `json:"rejected"`
}

func viewRun(r connector.Run) runView {
	return runView{ID: r.ID, State: r.State, Problem: words(r.Problem), StartedAt: r.StartedAt, EndedAt: r.EndedAt,
		Read: r.Read, Changed: r.Changed, Unchanged: r.Unchanged, Rejected: r.Rejected}
}

func words(t connector.Trouble) *fault.Text {
	if text, ok := connector.Words[t]; ok {
		return &text
	}
	return nil
}

type connectorView struct {
	ID         string         `json:"id"`
	Title      fault.Text     `json:"title"`
	Kind       connector.Kind `json:"kind"`
	System     string         `json:"system"`
	Target     string         `json:"target"`
	Events     []string       `json:"events"`
	Place      string         `json:"place"` // address or folder, without what follows a question mark
	Configured bool           `json:"configured"`
	Paused     bool           `json:"paused"`
	Running    bool           `json:"running"`
	NextAt     *time.Time     `json:"next_at,omitempty"`
	Last       *runView       `json:"last,omitempty"`
	Open       int            `json:"open_rejections"`
	Actions    []string       `json:"actions"`
}

func viewConnector(v connector.View) connectorView {
	out := connectorView{ID: v.ID, Title: v.Title, Kind: v.Kind, System: v.System, Target: v.Target, Events: some(v.Events), Configured: v.Configured,
		Paused: v.Paused, Running: v.State.Open != nil, Open: v.Open, Actions: v.Allowed}
	// A query may carry what was meant to be a secret.
	out.Place, _, _ = strings.Cut(v.URL, "?")
	if v.Folder != "" {
		out.Place = v.Folder
	}
	if v.Kind == connector.Pull && v.Configured && !v.Paused {
		out.NextAt = &v.NextAt
	}
	if v.Last != nil {
		last := viewRun(*v.Last)
		out.Last = &last
	}
	return out
}

func (a *API) listConnectors(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, err := a.Connectors.Overview(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	out := make([]connectorView, len(list))
	for i, v := range list {
		out[i] = viewConnector(v)
	}
	return c.JSON(http.StatusOK, map[string]any{"connectors": out})
}

func (a *API) connectorRuns(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, err := a.Connectors.Runs(c.Request().Context(), prison, c.Param("connector"))
	if err != nil {
		return err
	}
	out := make([]runView, len(list))
	for i, r := range list {
		out[i] = viewRun(r)
	}
	return c.JSON(http.StatusOK, map[string]any{"runs": out})
}

type rejectedView struct {
	connector.Rejected
	Problems []problemField `json:"problems"`
}

func viewRejected(list []connector.Rejected, lang string) []rejectedView {
	out := make([]rejectedView, len(list))
	for i, r := range list {
		out[i] = rejectedView{Rejected: r, Problems: fields(r.Problems, lang)}
	}
	return out
}

// rejectedRecords lists what could not be mapped, for the page or as a file for
// the keepers of the other system.
func (a *API) rejectedRecords(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id := c.Param("connector")
	list, err := a.Connectors.Rejected(c.Request().Context(), prison, id)
	if err != nil {
		return err
	}
	if c.QueryParam("format") != "csv" {
		return c.JSON(http.StatusOK, map[string]any{"rejected": viewRejected(list, lang(c))})
	}
	h := c.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "rejected.csv"}))
	c.Response().WriteHeader(http.StatusOK)
	if _, err := c.Response().Write([]byte("\xef\xbb\xbf")); err != nil { // spreadsheets of the country read UTF-8 only by it
		return err
	}
	w := csv.NewWriter(c.Response())
	_ = w.Write([]string{"run", "number", "key", "field", "code", "message", "mended", "recorded_at"})
	for _, r := range viewRejected(list, lang(c)) {
		for _, p := range r.Problems {
			_ = w.Write([]string{r.Run.String(), strconv.Itoa(r.Number), cell(r.Key), cell(p.Pointer), p.Code, p.Message, strconv.FormatBool(r.Mended), r.RecordedAt.Format(time.RFC3339)})
		}
	}
	w.Flush()
	return w.Error()
}

// cell keeps a spreadsheet from taking another system's text for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func (a *API) runConnector(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	if err := a.Connectors.RunNow(c.Request().Context(), prison, c.Param("connector")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) pauseConnector(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	var in struct {
		Paused bool `json:"paused"`
	}
	if _, err := read(c, &in); err != nil {
		return err
	}
	if err := a.Connectors.Pause(c.Request().Context(), prison, c.Param("connector"), in.Paused); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

type messageView struct {
	ID         uuid.UUID   `json:"id"`
	Connector  string      `json:"connector"`
	Event      string      `json:"event"`
	Ref        string      `json:"ref"`
	State      string      `json:"state"`
	Attempts   int         `json:"attempts"`
	Problem    *fault.Text `json:"problem,omitempty"`
	RecordedAt time.Time   `json:"recorded_at"`
	NextAt     *time.Time  `json:"next_at,omitempty"`
	SentAt     *time.Time  `json:"sent_at,omitempty"`
	Actions    []string    `json:"actions"`
}

func (a *API) outbox(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, actions, err := a.Connectors.Outbox(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	out := make([]messageView, len(list))
	for i, m := range list {
		out[i] = messageView{ID: m.ID, Connector: m.Connector, Event: m.Event, Ref: m.Ref, State: m.State, Attempts: m.Attempts, Problem: words(m.Problem),
			RecordedAt: m.RecordedAt, SentAt: m.SentAt, Actions: []string{}}
		if m.State == "waiting" {
			out[i].NextAt = &list[i].NextAt
		}
		if m.State != "sent" {
			out[i].Actions = actions
		}
	}
	return c.JSON(http.StatusOK, map[string]any{"messages": out})
}

func (a *API) sendAgain(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "message")
	if err != nil {
		return err
	}
	if err := a.Connectors.SendAgain(c.Request().Context(), prison, id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// receiveRecords is asked by another system, which has no session: its token is
// its own. The source's names are its own too, so the body is not read as one
// of our envelopes.
func (a *API) receiveRecords(c echo.Context) error {
	raw, err := body(c)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	token, ok := strings.CutPrefix(c.Request().Header.Get("Authorization"), "Bearer ")
	if !ok {
		return fault.New(fault.Unauthenticated, "connector_token")
	}
	if !json.Valid(raw) {
		return fault.New(fault.Malformed, "bad_records")
	}
	out, err := a.Connectors.Receive(c.Request().Context(), c.Param("connector"), token, raw, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		connector.Received
		Rejected []rejectedView `json:"rejected"`
	}{out, viewRejected(out.Rejected, lang(c))})
}
