package httpapi

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

func (a *API) listProposals(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, more, err := a.Proposals.List(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	installs, err := a.Proposals.RefusedInstalls(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	ledgers, departments := a.Proposals.Open(c.Request().Context(), prison)
	return c.JSON(http.StatusOK, map[string]any{"proposals": some(list), "more": more, "ledgers": ledgers, "departments": departments, "refused_installs": some(installs)})
}

func (a *API) getProposal(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "proposal")
	if err != nil {
		return err
	}
	p, err := a.Proposals.Get(c.Request().Context(), prison, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, p)
}

func (a *API) tryProposal(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	var in proposal.Content
	if _, err := read(c, &in); err != nil {
		return err
	}
	r, err := a.Proposals.Try(c.Request().Context(), prison, in)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}

const maxSamples = 50

// benchProposal judges samples by files that are not published.
func (a *API) benchProposal(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	var in struct {
		Schema     string `json:"schema"`
		Definition string `json:"definition"`
		Form       string `json:"form"`
		Samples    []struct {
			Body json.RawMessage `json:"body"`
		} `json:"samples"`
	}
	if _, err := read(c, &in); err != nil {
		return err
	}
	if len(in.Samples) > maxSamples {
		return &fault.Error{Kind: fault.Invalid, Code: "invalid_document", Fields: []fault.Field{{Pointer: "/samples", Code: "maxItems",
			Text: fault.Text{ZH: "一次最多 50 份样例", EN: "At most 50 samples at a time"}}}}
	}
	samples := make([]json.RawMessage, len(in.Samples))
	for i, s := range in.Samples {
		samples[i] = s.Body
	}
	var head struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal([]byte(in.Definition), &head) // one that cannot be read is refused below
	verdicts, err := a.Proposals.Bench(c.Request().Context(), prison,
		proposal.Content{Ledger: head.ID, Schema: in.Schema, Definition: in.Definition, Form: in.Form}, samples)
	if err != nil {
		return err
	}
	type verdict struct {
		catalog.Verdict
		Document json.RawMessage `json:"document"`
		Errors   []problemField  `json:"errors"`
		Warnings []problemField  `json:"warnings"`
	}
	out := make([]verdict, len(verdicts))
	for i, v := range verdicts {
		out[i] = verdict{v, v.Document.Canonical, fields(v.Errors, lang(c)), fields(v.Warnings, lang(c))}
	}
	return c.JSON(http.StatusOK, map[string]any{"verdicts": out})
}

func (a *API) propose(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	var in proposal.Content
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	p, err := a.Proposals.Propose(c.Request().Context(), prison, in, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, p)
}

func (a *API) decideProposal(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "proposal")
	if err != nil {
		return err
	}
	var in struct {
		Verdict string        `json:"verdict"`
		Comment string        `json:"comment"`
		Digest  ledger.Digest `json:"digest"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	if in.Verdict != "approve" && in.Verdict != "refuse" && in.Verdict != "withdraw" {
		return fault.New(fault.Malformed, "bad_request")
	}
	key, err := idem(c, raw)
	if err != nil {
		return err
	}
	p, err := a.Proposals.Decide(c.Request().Context(), prison, id, in.Verdict, in.Comment, in.Digest, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, p)
}

// versionOf is one version of a ledger with what it changed.
type versionOf struct {
	Version    int              `json:"version"`
	Schema     json.RawMessage  `json:"schema"`
	Definition json.RawMessage  `json:"definition"`
	Form       json.RawMessage  `json:"form"`
	Changes    []catalog.Change `json:"changes"` // against the one before; empty for the first
}

func (a *API) versions(c echo.Context) error {
	list := []versionOf{}
	var before *catalog.Type
	for _, t := range a.Catalog.Versions(c.Param("ledger")) {
		v := versionOf{Version: t.Version, Schema: t.SchemaJSON, Definition: t.DefinitionJSON, Form: t.FormJSON, Changes: []catalog.Change{}}
		if before != nil {
			v.Changes = append(v.Changes, catalog.Compare(before, t)...)
		}
		list, before = append(list, v), t
	}
	if before == nil {
		return fault.New(fault.NotFound, "ledger_unknown")
	}
	out := map[string]any{"versions": list, "end": nil}
	if end, gone := a.Catalog.End(c.Param("ledger")); gone {
		out["end"] = end
	}
	return c.JSON(http.StatusOK, out)
}

// overlaps lists what the catalogue asks for twice.
func (a *API) overlaps(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]any{"ledgers": some(a.Catalog.AskedTwice()), "burden": catalog.BurdenOf(a.Catalog.Types(), a.Catalog.Nominal())})
}
