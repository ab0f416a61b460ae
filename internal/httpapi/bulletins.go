package httpapi

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"taizhang/internal/accreditation"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

func (a *API) bulletinRoutes() []route {
	return []route{
		{"GET", "/liaisons", "liaisons.list", false, a.liaisons},
		{"POST", "/liaisons", "liaisons.name", false, a.nameLiaison},
		{"GET", "/departments/tasks", "tasks.departments", false, a.departmentTasks},
		{"GET", "/accreditation/calendar", "accreditation.calendar", false, a.accreditationCalendar},
		{"GET", "/bulletins", "bulletins.list", false, a.bulletins},
		{"POST", "/bulletins", "bulletins.issue", false, a.issueBulletin},
		{"GET", "/bulletin-drafts/:year", "bulletins.draw", false, a.drawBulletin},
		{"GET", "/bulletins/:year/:issue", "bulletins.get", false, a.bulletin},
		{"GET", "/bulletins/:year/:issue/paper", "bulletins.paper", false, a.bulletinPaper},
		{"POST", "/bulletins/:year/:issue/acknowledgements", "bulletins.acknowledge", false, a.acknowledgeBulletin},
		{"POST", "/batches", "batches.plan", false, a.planBatch},
	}
}

// provincial reads a request that makes something of no prison, and answers with what fn made of it.
func provincial[T, R any](c echo.Context, fn func(in T, key ledger.Idem) (R, error)) error {
	var in T
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	out, err := fn(in, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, out)
}

// pathNumber reads a small number of a path; what is none names nothing.
func pathNumber(c echo.Context, name string) (int, error) {
	n, err := strconv.Atoi(c.Param(name))
	if err != nil || n < 1 || n > 9999 {
		return 0, notFound
	}
	return n, nil
}

func (a *API) liaisons(c echo.Context) error {
	list, err := a.Cases.Liaisons(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"liaisons": some(list)})
}

func (a *API) nameLiaison(c echo.Context) error {
	return provincial(c, func(in accreditation.Naming, key ledger.Idem) (accreditation.Liaison, error) {
		return a.Cases.Name(c.Request().Context(), in, key)
	})
}

func (a *API) departmentTasks(c echo.Context) error {
	list, err := a.Cases.Tasks(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"tasks": some(list)})
}

func (a *API) accreditationCalendar(c echo.Context) error {
	list, err := a.Cases.Dates(c.Request().Context())
	if err != nil {
		return err
	}
	planned, err := a.Guidance.Planned(c.Request().Context())
	if err != nil {
		return err
	}
	for _, v := range planned {
		if v.Open() {
			list = append(list, accreditation.Dated{Day: v.Day, Kind: "visit", Prison: v.Prison, Area: v.Area, Department: v.Department,
				Title: &fault.Text{ZH: v.Subject, EN: v.Subject}, Late: v.State == "overdue"})
		}
	}
	slices.SortStableFunc(list, func(a, b accreditation.Dated) int { return cmp.Compare(a.Day, b.Day) })
	return c.JSON(http.StatusOK, map[string]any{"days": some(list)})
}

func (a *API) bulletins(c echo.Context) error {
	b, err := a.Cases.Bulletins(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, b)
}

func (a *API) drawBulletin(c echo.Context) error {
	year, err := pathNumber(c, "year")
	if err != nil {
		return err
	}
	d, err := a.Cases.Draw(c.Request().Context(), year)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, d)
}

func (a *API) issueBulletin(c echo.Context) error {
	type body struct {
		Year int    `json:"year"`
		Seen string `json:"seen"`
	}
	return provincial(c, func(in body, key ledger.Idem) (accreditation.Issued, error) {
		return a.Cases.Issue(c.Request().Context(), in.Year, in.Seen, key)
	})
}

// ofIssue reads the two numbers of a path.
func ofIssue(c echo.Context) (year, issue int, err error) {
	if year, err = pathNumber(c, "year"); err == nil {
		issue, err = pathNumber(c, "issue")
	}
	return year, issue, err
}

func (a *API) bulletin(c echo.Context) error {
	year, issue, err := ofIssue(c)
	if err != nil {
		return err
	}
	b, err := a.Cases.Bulletin(c.Request().Context(), year, issue)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, b)
}

// bulletinPaper sends an issue as an official paper.
func (a *API) bulletinPaper(c echo.Context) error {
	year, issue, err := ofIssue(c)
	if err != nil {
		return err
	}
	b, err := a.Cases.Bulletin(c.Request().Context(), year, issue)
	if err != nil {
		return err
	}
	pdf, _, _, err := a.Printing.Font.Official(b.Paper(a.Printing.Address))
	if err != nil {
		return err
	}
	return a.sendPDF(c, io.NopCloser(bytes.NewReader(pdf)), int64(len(pdf)), fmt.Sprintf("bulletin-%d-%d.pdf", year, issue))
}

func (a *API) acknowledgeBulletin(c echo.Context) error {
	year, issue, err := ofIssue(c)
	if err != nil {
		return err
	}
	type body struct {
		Department string `json:"department"`
	}
	return provincial(c, func(in body, key ledger.Idem) (accreditation.Ack, error) {
		return a.Cases.Acknowledge(c.Request().Context(), year, issue, in.Department, key)
	})
}

func (a *API) planBatch(c echo.Context) error {
	return provincial(c, func(in accreditation.Planned, key ledger.Idem) (accreditation.Planned, error) {
		return a.Cases.Plan(c.Request().Context(), in, key)
	})
}
