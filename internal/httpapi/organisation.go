package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

func (a *API) organisationRoutes() []route {
	return []route{
		{"GET", "/organisation", "organisation.get", false, a.organisation},
		{"GET", "/progress", "progress.get", true, a.progress},
		{"GET", prison + "/people", "people.list", false, a.people},
		{"GET", prison + "/inmates", "inmates.list", false, a.inmates},
		{"GET", prison + "/areas/:area/lookups", "lookups.get", false, a.lookups},
		{"GET", prison + "/log", "log.get", false, a.logState},
	}
}

// Progress of the demonstration's making, counted in entries.
type Progress struct {
	Done     int     `json:"done"`
	Total    int     `json:"total"`
	Finished bool    `json:"finished"`
	Failed   bool    `json:"failed"`
	Prison   string  `json:"prison"`
	Demo     bool    `json:"demonstration"`
	Logins   []Login `json:"logins"`
}

// Login of the demonstration; outside it there are none.
type Login struct {
	Number string     `json:"number"`
	Name   string     `json:"name"`
	Title  fault.Text `json:"title"`
}

func (a *API) organisation(c echo.Context) error {
	o, err := a.House.Organisation(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, o)
}

func (a *API) progress(c echo.Context) error {
	p := Progress{Finished: true, Logins: []Login{}}
	if a.Making != nil {
		p = a.Making()
	}
	return c.JSON(http.StatusOK, p)
}

// may asks access about something that is no entry.
func (a *API) may(c echo.Context, action string, sub ledger.Subject) error {
	return a.Ledger.Access.Check(actor.From(c.Request().Context()), action, sub, a.Ledger.Now())
}

// people answers look-ups for police numbers.
func (a *API) people(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	if err := a.may(c, "read", ledger.Subject{Class: "people", Prison: prison}); err != nil {
		return err
	}
	list, err := a.House.People(c.Request().Context(), prison, c.QueryParam("q"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"people": some(list)})
}

func (a *API) inmates(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	area, err := uuid.Parse(c.QueryParam("area"))
	if err != nil {
		return notFound
	}
	if err := a.may(c, "read", ledger.Subject{Class: "inmate", Prison: prison, Area: area}); err != nil {
		return err
	}
	who := actor.From(c.Request().Context())
	list, err := a.House.Inmates(c.Request().Context(), ledger.Session{Prison: prison, Person: who.PersonID}, area, c.QueryParam("q"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"inmates": some(list)})
}
