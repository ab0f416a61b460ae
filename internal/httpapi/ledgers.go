package httpapi

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

func (a *API) catalogueRoutes() []route {
	return []route{
		{"GET", "/ledgers", "ledgers.list", false, a.listLedgers},
		{"GET", "/ledgers/:ledger", "ledgers.get", false, a.getLedger},
		{"GET", "/ledgers/:ledger/versions", "versions.list", false, a.versions},
		{"GET", "/consolidation", "consolidation.get", false, a.consolidation},
		{"GET", "/overlaps", "overlaps.list", false, a.overlaps},
		{"GET", prison + "/proposals", "proposals.list", false, a.listProposals},
		{"POST", prison + "/proposals", "proposals.create", false, a.propose},
		{"POST", prison + "/proposals/try", "proposals.try", false, a.tryProposal},
		{"POST", prison + "/proposals/bench", "proposals.bench", false, a.benchProposal},
		{"GET", prison + "/proposals/:proposal", "proposals.get", false, a.getProposal},
		{"POST", prison + "/proposals/:proposal/decision", "proposals.decide", false, a.decideProposal},
		{"GET", prison + "/coincidences", "coincidences.list", false, a.coincidences},
		{"GET", "/shares", "shares.get", false, a.shares},
		{"GET", prison + "/burden", "burden.get", false, a.burden},
		{"GET", prison + "/burden/history", "burden.history", false, a.burdenHistory},
	}
}

// ledgerHead is a ledger type as lists show it.
type ledgerHead struct {
	ID          string          `json:"id"`
	Version     int             `json:"version"`
	Title       fault.Text      `json:"title"`
	Owner       string          `json:"owner"`
	Sensitivity string          `json:"sensitivity"`
	Cadence     catalog.Cadence `json:"cadence"`
	Areas       catalog.Areas   `json:"areas"`
	Filler      catalog.Filler  `json:"filler"`
	Nil         bool            `json:"nil"`
	Offline     bool            `json:"offline"` // may lie on the filler's computer
	// End says what became of one that is no longer kept.
	End *catalog.End `json:"end,omitempty"`
}

// ledgerFull is what the form needs.
type ledgerFull struct {
	ledgerHead
	Schema   json.RawMessage     `json:"schema"`
	Form     json.RawMessage     `json:"form"`
	Evidence []catalog.Slot      `json:"evidence"`
	Chain    []catalog.ChainStep `json:"chain"`
	Columns  []catalog.Column    `json:"columns"`
	Summary  []string            `json:"summary"`
	Sources  []catalog.Source    `json:"sources"`
	Computed []string            `json:"computed"`
	Basis    fault.Text          `json:"lawful_basis"`
}

func (a *API) head(t *catalog.Type) ledgerHead {
	var end *catalog.End
	if e, gone := a.Catalog.End(t.ID); gone {
		end = &e
	}
	return ledgerHead{End: end, ID: t.ID, Version: t.Version, Title: t.Title, Owner: a.Ledger.Access.Owner(t.ID), Sensitivity: t.Sensitivity,
		Cadence: t.Cadence, Areas: t.Areas, Filler: t.Filler, Nil: t.Cadence.Nil,
		Offline: t.Sensitivity != "L3" || t.Offline}
}

func (a *API) listLedgers(c echo.Context) error {
	list := []ledgerHead{}
	types := a.Catalog.Types()
	on := c.QueryParam("on")
	var owners map[string]string
	if on != "" {
		if _, err := catalog.Day(on); err != nil {
			return badDay("on")
		}
		var err error
		if owners, err = a.House.OwnersOn(c.Request().Context(), on); err != nil {
			return err
		}
		types = a.Catalog.KeptOn(on)
	}
	if id := c.QueryParam("area"); id != "" {
		area, err := a.area(c, id)
		if err != nil {
			return err
		}
		if on != "" && !area.Counts(on) {
			types = nil // not yet opened, or closed
		}
		types = slices.DeleteFunc(slices.Clone(types), func(t *catalog.Type) bool { return !t.AppliesTo(area.Kind, area.Function, area.HasLabour) })
	}
	for _, t := range types {
		h := a.head(t)
		if on != "" {
			h.Owner = owners[t.ID]
		}
		list = append(list, h)
	}
	ended := []ledgerHead{}
	for _, t := range a.Catalog.Ended() {
		ended = append(ended, a.head(t))
	}
	return c.JSON(http.StatusOK, map[string]any{"ledgers": list, "ended": ended})
}

// prison of the path, for answers that would say nothing of one that does not
// exist.
func (a *API) prison(c echo.Context) (uuid.UUID, error) {
	id, err := pathID(c, "prison")
	if err != nil {
		return uuid.Nil, err
	}
	return id, a.House.Prison(c.Request().Context(), id)
}

// area of any prison; the organisation is no secret within the house.
func (a *API) area(c echo.Context, id string) (ledger.Area, error) {
	o, err := a.House.Organisation(c.Request().Context())
	if err != nil {
		return ledger.Area{}, err
	}
	for _, p := range o.Prisons {
		for _, area := range p.Areas {
			if area.ID.String() == id {
				return area, nil
			}
		}
	}
	return ledger.Area{}, badParam("area")
}

func (a *API) getLedger(c echo.Context) error {
	var t *catalog.Type
	var version int
	if v := c.QueryParam("version"); v != "" {
		if json.Unmarshal([]byte(v), &version) != nil {
			return notFound
		}
		t = a.Catalog.Type(c.Param("ledger"), version)
	} else {
		// What is no longer kept stays readable, by its last version.
		if all := a.Catalog.Versions(c.Param("ledger")); len(all) > 0 {
			t = all[len(all)-1]
		}
	}
	if t == nil {
		return fault.New(fault.NotFound, "ledger_unknown")
	}
	full := ledgerFull{ledgerHead: a.head(t), Schema: t.SchemaJSON, Form: t.FormJSON, Evidence: t.Evidence, Chain: t.Chain,
		Columns: t.Columns(), Summary: t.SummaryOf, Sources: t.Sources, Computed: []string{}, Basis: t.LawfulBasis}
	for _, f := range t.Computed {
		full.Computed = append(full.Computed, f.Field)
	}
	if full.Sources == nil {
		full.Sources = []catalog.Source{}
	}
	return c.JSON(http.StatusOK, full)
}
