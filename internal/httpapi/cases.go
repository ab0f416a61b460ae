package httpapi

import (
	"encoding/json"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/accreditation"
	"taizhang/internal/ledger"
)

const oneCase = prison + "/cases/:case"

func (a *API) caseRoutes() []route {
	return []route{
		{"GET", "/cases", "cases.list", false, a.listCases},
		{"POST", prison + "/cases", "cases.begin", false, a.beginCase},
		{"GET", oneCase, "cases.get", false, a.getCase},
		{"POST", oneCase + "/acts", "cases.act", false, a.actOnCase},
		{"POST", oneCase + "/asks", "cases.ask", false, a.askForCase},
		{"POST", oneCase + "/records", "cases.record", false, a.recordForCase},
		{"GET", oneCase + "/records/:record", "cases.read", false, a.readRecord},
		{"POST", oneCase + "/records/:record/confirmation", "cases.confirm", false, a.confirmRecord},
		{"GET", oneCase + "/difference", "cases.difference", false, a.caseDifference},
		{"POST", oneCase + "/version", "cases.version", false, a.chooseVersion},
		{"GET", prison + "/eligibility", "eligibility.get", false, a.eligibility},
		{"GET", "/screening", "screening.list", false, a.screening},
		{"GET", "/titles", "titles.list", false, a.listTitles},
		{"POST", prison + "/titles", "titles.import", false, a.importTitle},
		{"POST", prison + "/titles/:title/decision", "titles.decide", false, a.decideTitle},
		{"POST", prison + "/titles/:title/case", "titles.take", false, a.takeTitle},
	}
}

func (a *API) listCases(c echo.Context) error {
	b, err := a.Cases.Cases(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, b)
}

func (a *API) beginCase(c echo.Context) error {
	var in struct {
		Area  uuid.UUID `json:"area"`
		Level string    `json:"level"`
	}
	prison, key, err := begin(c, &in)
	if err != nil {
		return err
	}
	out, err := a.Cases.Begin(c.Request().Context(), prison, in.Area, in.Level, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, out)
}

// ofCase reads the two ids of a path.
func ofCase(c echo.Context) (prison, id uuid.UUID, err error) {
	if prison, err = pathID(c, "prison"); err == nil {
		id, err = pathID(c, "case")
	}
	return prison, id, err
}

func (a *API) getCase(c echo.Context) error {
	prison, id, err := ofCase(c)
	if err != nil {
		return err
	}
	w, err := a.Cases.Case(c.Request().Context(), prison, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, w)
}

// onCase reads an act that names the case as it was seen: its etag is one more than
// the events it has.
func onCase(c echo.Context, in any) (prison, id uuid.UUID, seq int, key ledger.Idem, err error) {
	if prison, id, err = ofCase(c); err != nil {
		return
	}
	seen, err := ifMatch(c)
	if err != nil {
		return
	}
	raw, err := read(c, in)
	if err != nil {
		return
	}
	key, err = creation(c, raw)
	return prison, id, int(seen) - 1, key, err
}

func (a *API) actOnCase(c echo.Context) error {
	var in accreditation.Act
	prison, id, seq, key, err := onCase(c, &in)
	if err != nil {
		return err
	}
	out, err := a.Cases.Act(c.Request().Context(), prison, id, seq, in, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) askForCase(c echo.Context) error {
	var in struct {
		Event  string `json:"event"`
		Reason string `json:"reason"`
	}
	prison, id, key, err := beginOf(c, "case", &in)
	if err != nil {
		return err
	}
	r, err := a.Cases.Ask(c.Request().Context(), prison, id, in.Event, in.Reason, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, r)
}

func (a *API) recordForCase(c echo.Context) error {
	var in struct {
		Kind       string          `json:"kind"`
		Department string          `json:"department"`
		Body       json.RawMessage `json:"body"`
	}
	prison, id, key, err := beginOf(c, "case", &in)
	if err != nil {
		return err
	}
	r, err := a.Cases.Make(c.Request().Context(), prison, id, accreditation.Made(in), key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, r)
}

func (a *API) readRecord(c echo.Context) error {
	prison, id, err := ofCase(c)
	if err != nil {
		return err
	}
	record, err := pathID(c, "record")
	if err != nil {
		return err
	}
	r, err := a.Cases.Record(c.Request().Context(), prison, id, record)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}

func (a *API) confirmRecord(c echo.Context) error {
	prison, id, err := ofCase(c)
	if err != nil {
		return err
	}
	record, err := pathID(c, "record")
	if err != nil {
		return err
	}
	raw, err := read(c, &struct{}{})
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	r, err := a.Cases.Confirm(c.Request().Context(), prison, id, record, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}

func (a *API) caseDifference(c echo.Context) error {
	prison, id, err := ofCase(c)
	if err != nil {
		return err
	}
	d, err := a.Cases.Difference(c.Request().Context(), prison, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, d)
}

func (a *API) chooseVersion(c echo.Context) error {
	var in struct {
		Choice string `json:"choice"`
		Reason string `json:"reason"`
	}
	prison, id, seq, key, err := onCase(c, &in)
	if err != nil {
		return err
	}
	out, err := a.Cases.Choose(c.Request().Context(), prison, id, seq, in.Choice, in.Reason, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) eligibility(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	var passing []uuid.UUID
	for _, v := range c.QueryParams()["passing"] {
		id, err := uuid.Parse(v)
		if err != nil {
			return notFound
		}
		passing = append(passing, id)
	}
	out, err := a.Cases.Eligibility(c.Request().Context(), prison, c.QueryParam("level"), c.QueryParam("day"), passing...)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) screening(c echo.Context) error {
	list, err := a.Cases.Screening(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"prisons": list})
}

func (a *API) listTitles(c echo.Context) error {
	list, may, err := a.Cases.Register(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"titles": some(list), "may_import": may})
}

func (a *API) importTitle(c echo.Context) error {
	var in accreditation.Imported
	prison, key, err := begin(c, &in)
	if err != nil {
		return err
	}
	t, err := a.Cases.Import(c.Request().Context(), prison, in, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, t)
}

func (a *API) decideTitle(c echo.Context) error {
	var in struct {
		Verdict string `json:"verdict"`
		Reason  string `json:"reason"`
	}
	prison, title, key, err := beginOf(c, "title", &in)
	if err != nil {
		return err
	}
	out, err := a.Cases.Decide(c.Request().Context(), prison, title, in.Verdict, in.Reason, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) takeTitle(c echo.Context) error {
	prison, title, key, err := beginOf(c, "title", &struct{}{})
	if err != nil {
		return err
	}
	out, err := a.Cases.TakeUp(c.Request().Context(), prison, title, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, out)
}
