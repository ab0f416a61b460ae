package httpapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

func (a *API) entryRoutes() []route {
	return []route{
		{"GET", prison + "/entries", "entries.list", false, a.listEntries},
		{"POST", prison + "/entries", "entries.create", false, a.createEntry},
		{"POST", prison + "/batches", "batches.create", false, a.fileBatch},
		{"POST", prison + "/batches/check", "batches.check", false, a.checkBatch},
		{"POST", prison + "/batches/move", "batches.move", false, a.moveBatch},
		{"GET", prison + "/batches/prefill", "batches.prefill", false, a.prefill},
		{"GET", prison + "/beginnings", "beginnings.get", false, a.beginnings},
		{"POST", prison + "/templates", "templates.create", false, a.saveTemplate},
		{"DELETE", prison + "/templates/:template", "templates.delete", false, a.dropTemplate},
		{"POST", prison + "/nil-returns", "nil_returns.create", false, a.nilReturn},
		{"GET", prison + "/inbox", "inbox.list", false, a.inbox},
		{"POST", prison + "/approvals", "approvals.create", false, a.approveAll},
		{"GET", entry, "entries.get", false, a.getEntry},
		{"PUT", entry + "/draft", "draft.save", false, a.saveDraft},
		{"POST", entry + "/discard", "draft.discard", false, a.discardEntry},
		{"POST", entry + "/sources", "sources.retake", false, a.reopen(a.Ledger.Retake)},
		{"POST", entry + "/check", "entries.check", false, a.checkEntry},
		{"POST", entry + "/submit", "entries.submit", false, a.submit},
		{"POST", entry + "/withdraw", "entries.withdraw", false, a.reopen(a.Ledger.Withdraw)},
		{"POST", entry + "/revise", "entries.revise", false, a.reopen(a.Ledger.Revise)},
		{"POST", entry + "/amend", "entries.amend", false, a.reopen(a.Ledger.Amend)},
		{"POST", entry + "/approve", "entries.approve", false, a.decide(a.Ledger.Approve)},
		{"POST", entry + "/return", "entries.return", false, a.decide(a.Ledger.Return)},
		{"POST", entry + "/transfer", "entries.transfer", false, a.sign(a.Ledger.Transfer)},
		{"GET", entry + "/signers", "signers.choose", false, a.signerChoice},
		{"GET", entry + "/signers/addable", "signers.find", false, a.addable},
		{"POST", entry + "/signers", "signers.create", false, a.sign(a.Ledger.AddSigner)},
		{"POST", entry + "/ask_void", "entries.askVoid", false, a.decide(a.Ledger.AskVoid)},
		{"POST", entry + "/void", "entries.void", false, a.decide(a.Ledger.Void)},
		{"POST", entry + "/withdraw_void", "entries.withdrawVoid", false, a.decide(a.Ledger.WithdrawVoid)},
		{"POST", entry + "/refuse_void", "entries.refuseVoid", false, a.decide(a.Ledger.RefuseVoid)},
		{"POST", entry + "/branches", "branches.create", false, a.branch},
		{"POST", entry + "/branches/:branch/resolution", "branches.resolve", false, a.resolveBranch},
	}
}

func (a *API) createEntry(c echo.Context) error {
	var in struct {
		ID     uuid.UUID       `json:"id"`
		Ledger string          `json:"ledger"`
		Area   uuid.UUID       `json:"area"`
		Body   json.RawMessage `json:"body"`
		For    time.Time       `json:"for"`
	}
	prison, key, err := begin(c, &in)
	if err != nil {
		return err
	}
	out, err := a.Ledger.Create(c.Request().Context(), ledger.New{ID: in.ID, Prison: prison, Area: in.Area, Ledger: in.Ledger, Body: in.Body, For: in.For}, key)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", fmt.Sprintf("/api/v1/prisons/%s/entries/%s", prison, out.Entry.Entry))
	etag(c, out.Entry.ETag)
	return c.JSON(http.StatusCreated, a.outcome(c, out))
}

func (a *API) nilReturn(c echo.Context) error {
	var in struct {
		Ledger string    `json:"ledger"`
		Area   uuid.UUID `json:"area"`
		At     time.Time `json:"at"`
	}
	prison, key, err := begin(c, &in)
	if err != nil {
		return err
	}
	out, err := a.Ledger.Nil(c.Request().Context(), ledger.New{Prison: prison, Area: in.Area, Ledger: in.Ledger}, in.At, key)
	if err != nil {
		return err
	}
	etag(c, out.Entry.ETag)
	return c.JSON(http.StatusCreated, a.outcome(c, out))
}

// outcome is the answer to a change.
type outcome struct {
	Entry    ledger.Entry     `json:"entry"`
	Receipt  *ledger.Receipt  `json:"receipt,omitempty"`
	Warnings []problemField   `json:"warnings"`
	Received *ledger.Received `json:"received,omitempty"`
	Retaken  bool             `json:"retaken"`
}

func (a *API) outcome(c echo.Context, o ledger.Outcome) outcome {
	return outcome{Entry: o.Entry, Receipt: o.Receipt, Warnings: fields(o.Warnings, lang(c)), Received: o.Received, Retaken: o.Retaken}
}

func (a *API) done(c echo.Context, o ledger.Outcome, err error) error {
	if err != nil {
		return err
	}
	etag(c, o.Entry.ETag)
	return c.JSON(http.StatusOK, a.outcome(c, o))
}

func (a *API) saveDraft(c echo.Context) error {
	ch, err := changing(c, body)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(c.QueryParam("version"))
	if err != nil || version < 1 {
		return badParam("version")
	}
	save := a.Ledger.SaveDraft
	switch c.QueryParam("unseen") {
	case "", "false":
	case "true":
		save = a.Ledger.SaveUnseen
	default:
		return badParam("unseen")
	}
	out, err := save(c.Request().Context(), ch.Key, ch.match, version, ch.raw, ch.idem)
	return a.done(c, out, err)
}

func (a *API) discardEntry(c echo.Context) error {
	var in struct {
		Reason string `json:"reason"`
	}
	ch, err := changing(c, envelope(&in))
	if err != nil {
		return err
	}
	out, err := a.Ledger.Discard(c.Request().Context(), ch.Key, ch.match, strings.TrimSpace(in.Reason), ch.idem)
	return a.done(c, out, err)
}

func (a *API) act(c echo.Context, do func(context.Context, ledger.Key, int64, ledger.Idem) (ledger.Outcome, error)) error {
	ch, err := changing(c, nothing)
	if err != nil {
		return err
	}
	out, err := do(c.Request().Context(), ch.Key, ch.match, ch.idem)
	return a.done(c, out, err)
}

func (a *API) reopen(do func(context.Context, ledger.Key, int64, ledger.Idem) (ledger.Outcome, error)) echo.HandlerFunc {
	return func(c echo.Context) error { return a.act(c, do) }
}

func (a *API) submit(c echo.Context) error {
	var in struct {
		Reason  string          `json:"reason"`
		Effort  ledger.Effort   `json:"effort"`
		Written *ledger.Written `json:"written"`
	}
	ch, err := changing(c, envelope(&in))
	if err != nil {
		return err
	}
	out, err := a.Ledger.SubmitWith(c.Request().Context(), ch.Key, ch.match, ledger.Submission{Reason: strings.TrimSpace(in.Reason), Effort: in.Effort, Written: in.Written}, ch.idem)
	return a.done(c, out, err)
}

func (a *API) checkEntry(c echo.Context) error {
	k, err := entryKey(c)
	if err != nil {
		return err
	}
	raw, err := body(c)
	if err != nil {
		return err
	}
	res, err := a.Ledger.Check(c.Request().Context(), k, raw)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{
		"document": res.Document.Canonical, "errors": fields(res.Errors, lang(c)), "warnings": fields(res.Warnings, lang(c)),
	})
}

func (a *API) decide(do func(context.Context, ledger.Key, ledger.Judgement, ledger.Idem) (ledger.Outcome, error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		var in struct {
			Digest  ledger.Digest   `json:"digest"`
			Comment string          `json:"comment"`
			Remarks []ledger.Remark `json:"remarks"`
		}
		q, err := asking(c, envelope(&in))
		if err != nil {
			return err
		}
		out, err := do(c.Request().Context(), q.Key, ledger.Judgement{Digest: in.Digest, Comment: strings.TrimSpace(in.Comment), Remarks: in.Remarks}, q.idem)
		return a.done(c, out, err)
	}
}

// result of one item of a bulk approval: an entry or a problem.
type result struct {
	Entry   uuid.UUID    `json:"entry"`
	Status  int          `json:"status"`
	State   ledger.State `json:"state,omitempty"`
	Code    string       `json:"code,omitempty"`
	Message string       `json:"message,omitempty"`
	ETag    int64        `json:"etag,omitempty"`
}

const maxBulk = 500

func (a *API) approveAll(c echo.Context) error {
	var in struct {
		Items []ledger.Item `json:"items"`
	}
	prison, key, err := begin(c, &in)
	if err != nil {
		return err
	}
	if len(in.Items) == 0 || len(in.Items) > maxBulk {
		return &fault.Error{Kind: fault.Invalid, Code: "invalid_document", Fields: []fault.Field{{Pointer: "/items", Code: "maxItems",
			Text: fault.Text{ZH: "一次可批 1 至 500 条", EN: "1 to 500 entries at a time"}}}}
	}
	results := []result{}
	err = a.Ledger.ApproveAll(c.Request().Context(), prison, in.Items, key, func(it ledger.Item, o ledger.Outcome, err error) error {
		r := result{Entry: it.Entry, Status: http.StatusOK, State: o.Entry.State, ETag: o.Entry.ETag}
		if err != nil {
			f := asFault(err)
			if f.Code == "internal" {
				a.Log.ErrorContext(c.Request().Context(), "bulk approval", "id", c.Get(requestIDKey), "error", err)
			}
			r = result{Entry: it.Entry, Status: max(statuses[f.Kind], 400), Code: f.Code, Message: titles[f.Code].In(lang(c))}
		}
		results = append(results, r)
		return nil
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"results": results})
}

// view is an entry with all that hangs on it.
type view struct {
	Entry     ledger.Entry         `json:"entry"`
	Area      ledger.Area          `json:"area"`
	Draft     *ledger.DraftBody    `json:"draft,omitempty"`
	Ended     *ledger.DraftBody    `json:"ended,omitempty"`
	Revisions []revision           `json:"revisions"`
	Decisions []ledger.Decision    `json:"decisions"`
	Signers   []ledger.Signer      `json:"signers"`
	Voids     []ledger.VoidRequest `json:"voids"`
	Events    []ledger.Event       `json:"events"`
	Attached  []ledger.Evidence    `json:"attached"`
	Evidence  []ledger.Evidence    `json:"evidence"`
	Opened    []ledger.Entry       `json:"opened"`
	Branches  []ledger.Branch      `json:"branches"`
	Actions   []ledger.Action      `json:"actions"`
	Lock      *ledger.Lock         `json:"lock"`
	Disputed  bool                 `json:"disputed"` // doubted by a look-back and neither corrected nor made a finding yet
	Deciding  *ledger.Deciding     `json:"deciding,omitempty"`
	Hushed    bool                 `json:"hushed,omitempty"` // without what others wrote about it
	Names     map[string]string    `json:"names"`
}

type revision struct {
	ledger.Revision
	ledger.Links
	Warnings []problemField `json:"warnings"`
	Hints    []problemField `json:"hints"`
}

func (a *API) getEntry(c echo.Context) error {
	k, err := entryKey(c)
	if err != nil {
		return err
	}
	v, err := a.Ledger.Get(c.Request().Context(), k)
	if err != nil {
		return err
	}
	out := view{Entry: v.Entry, Area: v.Area, Draft: v.Draft, Ended: v.Ended, Revisions: []revision{}, Decisions: some(v.Decisions), Signers: some(v.Signers), Voids: some(v.Voids), Events: some(v.Events),
		Attached: some(v.Attached), Evidence: some(v.Evidence), Opened: some(v.Opened), Branches: some(v.Branches), Actions: v.Allowed, Lock: v.Lock, Disputed: len(v.Disputes) > 0, Deciding: v.Deciding, Hushed: v.Hushed, Names: v.Names}
	links := v.Links()
	for _, r := range v.Revisions {
		out.Revisions = append(out.Revisions, revision{Revision: r, Links: links[r.Number], Warnings: fields(r.Warnings, lang(c)), Hints: fields(r.Hints, lang(c))})
	}
	// Whoever reads it may print it: no right of its own, but each printing is recorded.
	if printable(v.Entry) {
		out.Actions = append(out.Actions, "print")
	}
	etag(c, v.Entry.ETag)
	return c.JSON(http.StatusOK, out)
}

func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// maxFields bounds the conditions on fields: each is a join of its own.
const maxFields = 8

// query reads a list's filter from the address.
func query(c echo.Context) (ledger.Query, error) {
	q := ledger.Query{Sort: ledger.Sort(c.QueryParam("sort")), Desc: c.QueryParam("order") != "asc", Text: c.QueryParam("q"),
		From: c.QueryParam("from"), To: c.QueryParam("to"), Ledgers: c.QueryParams()["ledger"]}
	var err error
	if q.Prison, err = pathID(c, "prison"); err != nil {
		return q, err
	}
	for name, id := range map[string]*uuid.UUID{"area": &q.Area, "author": &q.Author} {
		if v := c.QueryParam(name); v != "" {
			if *id, err = uuid.Parse(v); err != nil {
				return q, badParam(name)
			}
		}
	}
	for name, day := range map[string]string{"from": q.From, "to": q.To} {
		if _, err := catalog.Day(day); day != "" && err != nil {
			return q, badDay(name)
		}
	}
	for name, known := range map[string][]string{
		"sort":  {"", string(ledger.ByChanged), string(ledger.ByOccurred), string(ledger.BySubmitted)},
		"order": {"", "asc", "desc"}, "mine": {"", "true", "false"},
	} {
		if !slices.Contains(known, c.QueryParam(name)) {
			return q, badParam(name)
		}
	}
	for _, s := range c.QueryParams()["state"] {
		if !slices.Contains(ledger.States, ledger.State(s)) {
			return q, badParam("state")
		}
		q.States = append(q.States, ledger.State(s))
	}
	if len(c.QueryParams()["field"]) > maxFields {
		return q, badParam("field")
	}
	for _, f := range c.QueryParams()["field"] {
		// /pointer=value: the value is JSON, or a bare string.
		name, value, ok := strings.Cut(f, "=")
		if !ok || !strings.HasPrefix(name, "/") || strings.Count(name, "/") != 1 {
			return q, badParam("field")
		}
		raw := json.RawMessage(value)
		if !json.Valid(raw) {
			raw, _ = json.Marshal(value)
		}
		member, err := json.Marshal(map[string]json.RawMessage{name[1:]: raw})
		if err != nil {
			return q, badParam("field")
		}
		q.Fields = append(q.Fields, member)
	}
	if v := c.QueryParam("limit"); v != "" {
		if q.Limit, err = strconv.Atoi(v); err != nil || q.Limit < 1 || q.Limit > ledger.MaxPage {
			return q, badParam("limit")
		}
	}
	if v := c.QueryParam("after"); v != "" {
		if q.After, err = readCursor(v); err != nil {
			return q, badParam("after")
		}
	}
	return q, nil
}

func readCursor(s string) (ledger.Cursor, error) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return ledger.Cursor{}, err
	}
	value, id, _ := strings.Cut(string(raw), " ")
	if _, err := time.Parse(time.RFC3339Nano, value); err != nil && value != "-infinity" {
		return ledger.Cursor{}, err
	}
	entry, err := uuid.Parse(id)
	return ledger.Cursor{Value: value, Entry: entry}, err
}

func cursorOf(q ledger.Query, e ledger.Entry) string {
	at := &e.ChangedAt
	switch q.Sort {
	case ledger.ByOccurred:
		at = e.OccurredAt
	case ledger.BySubmitted:
		at = e.Resubmit
	}
	value := "-infinity"
	if at != nil {
		value = at.UTC().Format(time.RFC3339Nano)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(value + " " + e.Entry.String()))
}

func (a *API) listEntries(c echo.Context) error {
	q, err := query(c)
	if err != nil {
		return err
	}
	if c.QueryParam("mine") == "true" {
		q.Author = actor.From(c.Request().Context()).PersonID
	}
	return a.entryPage(c, q)
}

// inbox lists what waits for the one who asks, the longest waiting first.
func (a *API) inbox(c echo.Context) error {
	q, err := query(c)
	if err != nil {
		return err
	}
	q.States, q.Sort, q.Desc = nil, ledger.BySubmitted, false
	q.Waiting = true
	return a.entryPage(c, q)
}

func (a *API) entryPage(c echo.Context, q ledger.Query) error {
	if q.Limit == 0 {
		q.Limit = 50
	}
	limit := q.Limit
	q.Limit++ // one more tells whether there is a next page
	list, err := a.Ledger.List(c.Request().Context(), q)
	if err != nil {
		return err
	}
	var next *string
	if len(list) > limit {
		list = list[:limit]
		s := cursorOf(q, list[limit-1])
		next = &s
		u := url.URL{Path: c.Request().URL.Path}
		values := c.QueryParams()
		values.Set("after", s)
		u.RawQuery = values.Encode()
		c.Response().Header().Set("Link", "<"+u.String()+`>; rel="next"`)
	}
	return c.JSON(http.StatusOK, map[string]any{"entries": some(list), "next": next})
}
