package httpapi

import (
	"slices"

	"github.com/labstack/echo/v4"
)

// route is one line of the table; open routes need no session.
type route struct {
	method, path, name string
	open               bool
	handle             echo.HandlerFunc
}

// Where most paths begin.
const (
	prison = "/prisons/:prison"
	entry  = prison + "/entries/:entry"
)

// routes of every subject; each has its table in the file of its name.
func (a *API) routes() []route {
	return slices.Concat(
		a.sessionRoutes(),
		a.organisationRoutes(),
		a.areaRoutes(),
		a.demoRoutes(),
		a.catalogueRoutes(),
		a.findingRoutes(),
		a.entryRoutes(),
		a.evidenceRoutes(),
		a.printRoutes(),
		a.dutyRoutes(),
		a.exchangeRoutes(),
		a.delegationRoutes(),
		a.scoreRoutes(),
		a.standardRoutes(),
		a.togetherRoutes(),
		a.caseRoutes(),
		a.opinionRoutes(),
		a.bulletinRoutes(),
		a.overviewRoutes(),
		a.planRoutes(),
		a.stewardshipRoutes(),
		a.meetingRoutes(),
		a.connectorRoutes(),
		a.checkRoutes(),
		a.drawRoutes(),
		a.lookRoutes(),
		a.poolRoutes(),
	)
}
