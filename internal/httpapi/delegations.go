package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/actor"
	"taizhang/internal/ledger"
)

func (a *API) delegationRoutes() []route {
	return []route{
		{"GET", prison + "/delegations", "delegations.list", false, a.listDelegations},
		{"POST", prison + "/delegations", "delegations.create", false, a.delegate},
		{"DELETE", prison + "/delegations/:delegation", "delegations.end", false, a.endDelegation},
		{"GET", prison + "/notices", "notices.list", false, a.notices},
		{"POST", prison + "/notices/read", "notices.read", false, a.readNotices},
	}
}

func (a *API) listDelegations(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, err := a.Ledger.Delegations(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"delegations": some(list)})
}

func (a *API) delegate(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	var in struct {
		Deputy     string     `json:"deputy"`
		Role       actor.Role `json:"role"`
		Area       uuid.UUID  `json:"area"`
		Department string     `json:"department"`
		From       string     `json:"from"`
		Until      string     `json:"until"`
		Reason     string     `json:"reason"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	d, err := a.Ledger.Delegate(c.Request().Context(), prison, ledger.NewDelegation{Deputy: in.Deputy, Role: in.Role, Area: in.Area,
		Department: in.Department, From: in.From, Until: in.Until, Reason: in.Reason}, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, d)
}

func (a *API) endDelegation(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "delegation")
	if err != nil {
		return err
	}
	key, err := idem(c, nil)
	if err != nil {
		return err
	}
	d, err := a.Ledger.EndDelegation(c.Request().Context(), prison, id, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, d)
}
