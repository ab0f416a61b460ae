package httpapi

import (
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
)

func (a *API) dutyRoutes() []route {
	return []route{
		{"GET", prison + "/reliefs", "reliefs.list", false, a.listReliefs},
		{"POST", prison + "/reliefs", "reliefs.create", false, a.askRelief},
		{"POST", prison + "/reliefs/:relief/decision", "reliefs.decide", false, a.decideRelief},
		{"GET", prison + "/tasks", "tasks.list", false, a.tasks},
		{"POST", prison + "/tasks/:task/done", "tasks.done", false, a.doTask},
		{"POST", prison + "/tasks/:task/begin", "tasks.begin", false, a.beginTask},
		{"GET", "/calendar", "calendar.get", false, a.calendar},
		{"GET", prison + "/areas/:area/rosters", "rosters.list", false, a.rosters},
		{"POST", prison + "/areas/:area/rosters", "rosters.create", false, a.setRosters},
		{"GET", prison + "/duties", "duties.list", false, a.duties},
		{"GET", prison + "/heat", "heat.get", false, a.heat},
		{"GET", prison + "/bursts", "bursts.list", false, a.bursts},
		{"GET", prison + "/completeness", "completeness.get", false, a.completeness},
	}
}

// mostDuties of one answer; one area never has as many.
const mostDuties = 2000

// duties lists what is due: overdue since two weeks and due within two days,
// unless asked otherwise. What is due last is always there; more says that earlier
// ones were left out.
func (a *API) duties(c echo.Context) error {
	prison, err := a.prison(c)
	if err != nil {
		return err
	}
	now := a.Duty.Now()
	f := duty.Filter{Limit: mostDuties + 1, DueFrom: now.AddDate(0, 0, -14), DueTo: now.AddDate(0, 0, 2), Ledgers: c.QueryParams()["ledger"], Unfilled: c.QueryParam("unfilled") != "false"}
	if v := c.QueryParam("area"); v != "" {
		id, err := uuid.Parse(v)
		if err != nil {
			return notFound
		}
		f.Areas = []uuid.UUID{id}
	}
	if d := c.QueryParam("day"); d != "" {
		if _, err := catalog.Day(d); err != nil {
			return badDay("day")
		}
		f.Day, f.DueFrom, f.DueTo = d, time.Time{}, time.Time{}
	}
	list, err := a.Duty.List(c.Request().Context(), prison, f)
	if err != nil {
		return err
	}
	more := len(list) > mostDuties
	if more {
		list = list[len(list)-mostDuties:]
	}
	return c.JSON(http.StatusOK, map[string]any{"duties": some(list), "more": more, "now": now})
}

func badDay(name string) error {
	return &fault.Error{Kind: fault.Malformed, Code: "bad_request", Fields: []fault.Field{{Pointer: "/" + name, Code: "format",
		Text: fault.Text{ZH: "日期应写作 年-月-日", EN: "A day is written YYYY-MM-DD"}}}}
}

// span reads from and to; the last 30 days unless given.
func (a *API) span(c echo.Context) (from, to string, err error) {
	now := a.Duty.Now()
	from, to = catalog.DayOf(now.AddDate(0, 0, -29)), catalog.DayOf(now)
	for name, into := range map[string]*string{"from": &from, "to": &to} {
		if v := c.QueryParam(name); v != "" {
			if _, err := catalog.Day(v); err != nil {
				return "", "", badDay(name)
			}
			*into = v
		}
	}
	return from, to, nil
}

func (a *API) completeness(c echo.Context) error {
	prison, err := a.prison(c)
	if err != nil {
		return err
	}
	from, to, err := a.span(c)
	if err != nil {
		return err
	}
	list, err := a.Duty.Completeness(c.Request().Context(), prison, from, to)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"from": from, "to": to, "shares": some(list)})
}

// heat is a month of days; area and ledger narrow it.
func (a *API) heat(c echo.Context) error {
	prison, err := a.prison(c)
	if err != nil {
		return err
	}
	month := c.QueryParam("month")
	if month == "" {
		month = catalog.DayOf(a.Duty.Now())[:7]
	}
	from, to, err := duty.MonthOf(month)
	if err != nil {
		return badDay("month")
	}
	area, err := queryID(c, "area")
	if err != nil {
		return err
	}
	list, err := a.Duty.Heat(c.Request().Context(), prison, area, c.QueryParam("ledger"), from, to)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"month": month, "from": from, "to": to, "cells": list})
}

func (a *API) bursts(c echo.Context) error {
	prison, err := a.prison(c)
	if err != nil {
		return err
	}
	from, to, err := a.span(c)
	if err != nil {
		return err
	}
	list, err := a.Duty.Bursts(c.Request().Context(), prison, from, to)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"from": from, "to": to, "entries": a.Catalog.Setting("burst_entries"),
		"hours": a.Catalog.Setting("burst_hours"), "bursts": list})
}
