package httpapi

import (
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

const oneInspector = "/inspectors/:person"

func (a *API) poolRoutes() []route {
	return []route{
		{"GET", "/inspectors", "inspectors.list", false, a.inspectors},
		{"GET", oneInspector, "inspectors.get", false, a.inspector},
		{"POST", oneInspector + "/skills", "inspectors.skills", false, a.setSkills},
		{"POST", oneInspector + "/aways", "inspectors.away", false, a.setAway},
		{"POST", oneInspector + "/aways/:away/end", "inspectors.back", false, a.callOffAway},
	}
}

func (a *API) inspectors(c echo.Context) error {
	p, err := a.Inspection.Pool(c.Request().Context())
	if err != nil {
		return err
	}
	p.People = some(p.People)
	return c.JSON(http.StatusOK, p)
}

func (a *API) inspector(c echo.Context) error {
	person, err := pathID(c, "person")
	if err != nil {
		return err
	}
	h, err := a.Inspection.Inspector(c.Request().Context(), person)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, h)
}

// onInspector reads what is said of one of the pool and answers with how they stand.
func onInspector(c echo.Context, into any, say func(person uuid.UUID, key ledger.Idem) (inspection.Inspector, error)) error {
	person, err := pathID(c, "person")
	if err != nil {
		return err
	}
	raw, err := read(c, into)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	out, err := say(person, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, out)
}

func (a *API) setSkills(c echo.Context) error {
	var in struct {
		Domains []string `json:"domains"`
		Seen    int      `json:"seen"`
	}
	return onInspector(c, &in, func(person uuid.UUID, key ledger.Idem) (inspection.Inspector, error) {
		return a.Inspection.SetSkills(c.Request().Context(), person, in.Domains, in.Seen, key)
	})
}

func (a *API) setAway(c echo.Context) error {
	var in struct {
		From   string `json:"from_day"`
		To     string `json:"to_day"`
		Reason string `json:"reason"`
		Seen   int    `json:"seen"`
	}
	return onInspector(c, &in, func(person uuid.UUID, key ledger.Idem) (inspection.Inspector, error) {
		return a.Inspection.SetAway(c.Request().Context(), person, inspection.Away{From: in.From, To: in.To, Reason: in.Reason}, in.Seen, key)
	})
}

func (a *API) callOffAway(c echo.Context) error {
	var in struct {
		Reason string `json:"reason"`
		Seen   int    `json:"seen"`
	}
	span, err := strconv.Atoi(c.Param("away"))
	if err != nil || span < 1 || span > 1_000_000 {
		return fault.New(fault.NotFound, "not_found")
	}
	return onInspector(c, &in, func(person uuid.UUID, key ledger.Idem) (inspection.Inspector, error) {
		return a.Inspection.CallOffAway(c.Request().Context(), person, span, in.Seen, in.Reason, key)
	})
}
