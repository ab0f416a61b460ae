package httpapi

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

const version = "/standards/:standard/versions/:version"

func (a *API) standardRoutes() []route {
	return []route{
		{"GET", "/standards", "standards.list", false, a.standards},
		{"POST", "/standards", "standards.draft", false, a.draftStandard},
		{"POST", "/standards/check", "standards.check", false, a.checkStandard},
		{"POST", "/standards/import", "standards.import", false, a.importStandard},
		{"GET", "/standards/:standard", "standards.get", false, a.standard},
		{"GET", "/standards/:standard/compare", "standards.compare", false, a.compareStandards},
		{"GET", version, "standards.version", false, a.standardVersion},
		{"PUT", version, "standards.save", false, a.saveStandard},
		{"GET", version + "/mapping", "standards.mapped", false, a.mappedStandard},
		{"PUT", version + "/mapping", "standards.map", false, a.mapStandard},
		{"POST", version + "/review", "standards.review", false, a.reviewStandard},
		{"POST", version + "/issue", "standards.issue", false, a.issueStandard},
		{"GET", "/external-lists", "lists.list", false, a.externalLists},
		{"POST", "/external-lists", "lists.import", false, a.importList},
		{"GET", "/measures", "measures.list", false, a.measures},
		{"GET", "/basis", "basis.list", false, a.basis},
		{"POST", "/basis", "basis.add", false, a.addBasis},
		{"POST", "/basis/replacements", "basis.replace", false, a.replaceBasis},
		{"PATCH", "/basis/file", "basis.attach", false, a.attachBasis},
		{"GET", "/basis/file", "basis.file", false, a.basisFile},
	}
}

func (a *API) standards(c echo.Context) error {
	list, err := a.Standards.List(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"standards": some(list), "actions": a.Standards.Actions(c.Request().Context(), standards.Version{})})
}

// standard is the version of a standard in force today, with its rules.
func (a *API) standard(c echo.Context) error {
	s, err := a.Standards.Current(c.Request().Context(), c.Param("standard"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s)
}

// artefacts as they travel.
type artefacts struct {
	Standard json.RawMessage `json:"standard"`
	Rules    json.RawMessage `json:"rules"`
	Guide    json.RawMessage `json:"guide"`
}

func (x artefacts) set() scoring.Set {
	return scoring.Set{Standard: x.Standard, Rules: x.Rules, Guide: x.Guide}
}

func versionPath(c echo.Context) (string, int, error) {
	n, err := strconv.Atoi(c.Param("version"))
	if err != nil || n < 1 || n > math.MaxInt32 {
		return "", 0, notFound
	}
	return c.Param("standard"), n, nil
}

func (a *API) standardVersion(c echo.Context) error {
	standard, n, err := versionPath(c)
	if err != nil {
		return err
	}
	w, err := a.Standards.Load(c.Request().Context(), standard, n)
	if err != nil {
		return err
	}
	etag(c, w.Revision)
	return c.JSON(http.StatusOK, map[string]any{"version": w.Version, "actions": a.Standards.Actions(c.Request().Context(), w.Version),
		"standard": json.RawMessage(w.Set.Standard), "rules": json.RawMessage(w.Set.Rules), "guide": json.RawMessage(w.Set.Guide)})
}

func (a *API) checkStandard(c echo.Context) error {
	var in artefacts
	if _, err := readLarge(c, &in); err != nil {
		return err
	}
	r, err := a.Standards.Check(c.Request().Context(), in.set())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}

// measures are what the lines of a standard may ask the catalogue for.
func (a *API) measures(c echo.Context) error {
	every, ledgers := a.Standards.Measures()
	return c.JSON(http.StatusOK, map[string]any{"every": every, "ledgers": some(ledgers)})
}

func (a *API) draftStandard(c echo.Context) error {
	var in artefacts
	raw, err := readLarge(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	v, err := a.Standards.Draft(c.Request().Context(), in.set(), key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, v)
}

// changingStandard reads a request about a version that names the revision seen.
func changingStandard(c echo.Context, into any) (standard string, n int, revision int64, key ledger.Idem, err error) {
	if standard, n, err = versionPath(c); err != nil {
		return
	}
	if revision, err = ifMatch(c); err != nil {
		return
	}
	raw, err := readLarge(c, into)
	if err != nil {
		return
	}
	key, err = creation(c, raw)
	return
}

func (a *API) saveStandard(c echo.Context) error {
	var in artefacts
	standard, n, revision, key, err := changingStandard(c, &in)
	if err != nil {
		return err
	}
	v, err := a.Standards.Save(c.Request().Context(), standard, n, revision, in.set(), key)
	if err != nil {
		return err
	}
	etag(c, v.Revision)
	return c.JSON(http.StatusOK, v)
}

// mappedStandard tells what became of the version before.
func (a *API) mappedStandard(c echo.Context) error {
	standard, n, err := versionPath(c)
	if err != nil {
		return err
	}
	m, err := a.Standards.Mapped(c.Request().Context(), standard, n)
	if err != nil {
		return err
	}
	etag(c, m.Version.Revision)
	return c.JSON(http.StatusOK, struct {
		standards.Mapped
		Actions []string `json:"actions"`
	}{m, a.Standards.Actions(c.Request().Context(), m.Version)})
}

func (a *API) mapStandard(c echo.Context) error {
	var in standards.Mapping
	standard, n, revision, key, err := changingStandard(c, &in)
	if err != nil {
		return err
	}
	v, err := a.Standards.Map(c.Request().Context(), standard, n, revision, in, key)
	if err != nil {
		return err
	}
	etag(c, v.Revision)
	return c.JSON(http.StatusOK, v)
}

func (a *API) reviewStandard(c echo.Context) error {
	var in struct {
		Verdict string        `json:"verdict"`
		Comment string        `json:"comment"`
		Digest  ledger.Digest `json:"digest"`
	}
	standard, n, revision, key, err := changingStandard(c, &in)
	if err != nil {
		return err
	}
	v, err := a.Standards.Review(c.Request().Context(), standard, n, standards.Verdict{Verdict: in.Verdict, Comment: in.Comment, Digest: in.Digest}, revision, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, v)
}

func (a *API) issueStandard(c echo.Context) error {
	var in struct {
		EffectiveOn string `json:"effective_on"`
	}
	standard, n, revision, key, err := changingStandard(c, &in)
	if err != nil {
		return err
	}
	v, err := a.Standards.Issue(c.Request().Context(), standard, n, revision, in.EffectiveOn, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, v)
}

func (a *API) compareStandards(c echo.Context) error {
	from, errFrom := strconv.Atoi(c.QueryParam("from"))
	to, errTo := strconv.Atoi(c.QueryParam("to"))
	if errFrom != nil || errTo != nil {
		return fault.New(fault.Malformed, "bad_request")
	}
	if max(from, to) > math.MaxInt32 || min(from, to) < 1 {
		return fault.New(fault.NotFound, "standard_unknown")
	}
	out, err := a.Standards.Compare(c.Request().Context(), c.Param("standard"), from, to)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

// importStandard takes the table within the envelope (base64): a standard's is small.
func (a *API) importStandard(c echo.Context) error {
	var in struct {
		Frame standards.Frame `json:"frame"`
		File  []byte          `json:"file"`
	}
	raw, err := readLarge(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	// Named, it is the revision of the draft whose place the table takes.
	var over int64
	if c.Request().Header.Get("If-Match") != "" {
		if over, err = ifMatch(c); err != nil {
			return err
		}
	}
	v, bad, err := a.Standards.Import(c.Request().Context(), bytes.NewReader(in.File), int64(len(in.File)), in.Frame, over, key)
	switch {
	case err != nil:
		return err
	case len(bad) > 0:
		return c.JSON(http.StatusOK, map[string]any{"mistakes": bad})
	}
	return c.JSON(http.StatusCreated, map[string]any{"version": v, "mistakes": []standards.Misread{}})
}

// externalLists are criteria that others keep, with what answers them.
func (a *API) externalLists(c echo.Context) error {
	list, err := a.Standards.Lists(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"lists": some(list), "actions": a.Standards.Actions(c.Request().Context(), standards.Version{})})
}

// importList takes the table within the envelope (base64), as a standard's.
func (a *API) importList(c echo.Context) error {
	var in struct {
		List string `json:"list"`
		File []byte `json:"file"`
	}
	raw, err := readLarge(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	l, bad, err := a.Standards.ImportList(c.Request().Context(), in.List, bytes.NewReader(in.File), int64(len(in.File)), key)
	switch {
	case err != nil:
		return err
	case len(bad) > 0:
		return c.JSON(http.StatusOK, map[string]any{"mistakes": bad})
	}
	return c.JSON(http.StatusCreated, map[string]any{"version": l.Version, "mistakes": []standards.Misread{}})
}

func (a *API) basis(c echo.Context) error {
	list, err := a.Standards.Basis(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"documents": some(list), "actions": a.Standards.Actions(c.Request().Context(), standards.Version{})})
}

func (a *API) addBasis(c echo.Context) error {
	var in struct {
		Title    string `json:"title"`
		Issuer   string `json:"issuer"`
		Level    string `json:"level"`
		Number   string `json:"number"`
		IssuedOn string `json:"issued_on"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	if err := a.Standards.AddBasis(c.Request().Context(), standards.Document{Title: in.Title, Issuer: in.Issuer, Level: in.Level, Number: in.Number, IssuedOn: in.IssuedOn}, key); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) replaceBasis(c echo.Context) error {
	var in struct {
		Title string `json:"title"`
		By    string `json:"by"`
		On    string `json:"on"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	if err := a.Standards.ReplaceBasis(c.Request().Context(), standards.Replacement{Title: in.Title, By: in.By, Day: in.On}, key); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// attachBasis takes the file whole. It is a PATCH, as every body larger than a document is.
func (a *API) attachBasis(c echo.Context) error {
	raw, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	f, err := a.Standards.AttachBasis(c.Request().Context(), c.QueryParam("title"), c.QueryParam("name"), raw, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, f)
}

func (a *API) basisFile(c echo.Context) error {
	version, err := strconv.Atoi(c.QueryParam("version"))
	if err != nil || version < 1 || version > math.MaxInt32 {
		return badParam("version")
	}
	f, body, err := a.Standards.BasisFile(c.Request().Context(), c.QueryParam("title"), version)
	if err != nil {
		return err
	}
	return a.sendFile(c, io.NopCloser(bytes.NewReader(body)), f.Size, f.Name, f.Sha256.String(), "application/octet-stream")
}
