package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"taizhang/internal/catalog"
	"taizhang/internal/duty"
)

// calendar is what deadlines are counted by: working days and shifts.
func (a *API) calendar(c echo.Context) error {
	return c.JSON(http.StatusOK, a.Catalog.Calendar())
}

func (a *API) rosters(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	from, to, err := a.span(c)
	if err != nil {
		return err
	}
	list, editable, err := a.Duty.Rosters(c.Request().Context(), prison, area, from, to)
	if err != nil {
		return err
	}
	actions := []string{}
	if editable {
		actions = append(actions, "edit")
	}
	at, err := a.Duty.OnDutyAt(c.Request().Context(), prison, area, a.Duty.Now())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"from": from, "to": to, "today": catalog.DayOf(a.Duty.Now()), "rosters": some(list), "now": at, "actions": actions})
}

func (a *API) setRosters(c echo.Context) error {
	prison, area, err := areaPath(c)
	if err != nil {
		return err
	}
	var in struct {
		Rosters []struct {
			Day     string `json:"day"`
			Shift   string `json:"shift"`
			Version int    `json:"version"`
			People  []struct {
				Number string `json:"number"`
				Post   string `json:"post"`
			} `json:"people"`
		} `json:"rosters"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	list := make([]duty.Roster, len(in.Rosters))
	for i, r := range in.Rosters {
		list[i] = duty.Roster{Day: r.Day, Shift: r.Shift, Version: r.Version, People: []duty.OnDuty{}}
		for _, p := range r.People {
			list[i].People = append(list[i].People, duty.OnDuty{Number: p.Number, Post: p.Post})
		}
	}
	if list, err = a.Duty.SetRosters(c.Request().Context(), prison, area, list, key); err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, map[string]any{"rosters": list})
}
