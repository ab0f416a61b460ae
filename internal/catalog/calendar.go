package catalog

import (
	"encoding/json"
	"fmt"
	"time"
)

// Zone is China's one time zone; days, months and shifts are counted in it.
var Zone = time.FixedZone("CST", 8*60*60)

// Moment is a time and the day it falls on in +08:00, written YYYY-MM-DD.
type Moment struct {
	At  time.Time
	Day string
}

// Day reads YYYY-MM-DD, from 1900 on, as the midnight it begins with.
func Day(s string) (Moment, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, Zone)
	if err != nil {
		return Moment{}, fmt.Errorf("day: %w", err)
	}
	if t.Year() < 1900 {
		return Moment{}, fmt.Errorf("day: %s is before 1900", s)
	}
	return Moment{At: t, Day: s}, nil
}

// DayOf is the day a time falls on.
func DayOf(t time.Time) string { return t.In(Zone).Format(time.DateOnly) }

// noon lets a day without an hour stand clear of both its borders.
func (m Moment) noon() Moment { return Moment{At: m.At.Add(12 * time.Hour), Day: m.Day} }

// Noon reads YYYY-MM-DD as the middle of that day.
func Noon(s string) (Moment, error) {
	m, err := Day(s)
	return m.noon(), err
}

// Calendar knows working days: Monday to Friday, less public holidays, plus
// the days worked in exchange (调休).
type Calendar struct {
	holidays, workdays map[string]bool
}

func parseCalendar(raw []byte) (*Calendar, error) {
	var file struct{ Holidays, Workdays []string }
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("calendar.json: %w", err)
	}
	c := &Calendar{holidays: map[string]bool{}, workdays: map[string]bool{}}
	for _, d := range file.Holidays {
		c.holidays[d] = true
	}
	for _, d := range file.Workdays {
		c.workdays[d] = true
	}
	return c, nil
}

// Workday reports whether people work on that day (YYYY-MM-DD).
func (c *Calendar) Workday(day string) bool {
	if c.workdays[day] {
		return true
	}
	m, err := Day(day)
	if err != nil || c.holidays[day] {
		return false
	}
	wd := m.At.Weekday()
	return wd != time.Saturday && wd != time.Sunday
}

// Workdays counts the working days after from up to and including to.
func (c *Calendar) Workdays(from, to string) int {
	a, err1 := Day(from)
	b, err2 := Day(to)
	if err1 != nil || err2 != nil {
		return 0
	}
	n := 0
	for d := a.At.AddDate(0, 0, 1); !d.After(b.At); d = d.AddDate(0, 0, 1) {
		if c.Workday(DayOf(d)) {
			n++
		}
	}
	return n
}

// AddWorkdays is the time n working days after t: the same hour of the n-th
// working day that follows.
func (c *Calendar) AddWorkdays(t time.Time, n int) time.Time {
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if c.Workday(DayOf(t)) {
			n--
		}
	}
	return t
}
