package catalog

import (
	"fmt"
	"slices"
	"time"

	"taizhang/internal/fault"
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

// Near says that a time lies within a year of now: what people plan or excuse does,
// a slip of the pen in the year does not.
func Near(at, now time.Time) bool { return at.Sub(now).Abs() <= 366*24*time.Hour }

// FarOff is what the field of a time that is not Near is told.
func FarOff(pointer string) fault.Field {
	return fault.Field{Pointer: pointer, Code: "range", Text: fault.Text{ZH: "日期应在今天前后一年以内，请核对年份", EN: "The day lies within a year of today; look at the year"}}
}

// DayFarOff says that a text is a day, and one that is not near: years that Day
// does not read are told so too.
func DayFarOff(s string, now time.Time) bool {
	t, err := time.ParseInLocation(time.DateOnly, s, Zone)
	return err == nil && !Near(t, now)
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

// Calendar knows working days, Monday to Friday, less public holidays, plus
// the days worked in exchange (调休), and the shifts of a day.
type Calendar struct {
	Years  []Year  `json:"years"`
	Shifts []Shift `json:"shifts"`

	holidays, workdays map[string]bool
}

// Year is one published arrangement. A provisional one holds the statutory days
// alone: what is exchanged for them is not published yet.
type Year struct {
	Year        int      `json:"year"`
	Source      string   `json:"source"`
	Provisional bool     `json:"provisional"`
	Holidays    []string `json:"holidays"`
	Workdays    []string `json:"workdays"`
}

// Shift is one stretch of every day on which somebody is on duty. It may end on
// the next day.
type Shift struct {
	ID     string     `json:"id"`
	Title  fault.Text `json:"title"`
	Starts string     `json:"starts"` // 08:00
	Hours  int        `json:"hours"`
}

// On is the shift of the day that begins at midnight.
func (s Shift) On(midnight time.Time) (starts, ends time.Time) {
	at, _ := time.Parse("15:04", s.Starts) // parseCalendar refused what does not parse
	starts = midnight.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
	return starts, starts.Add(time.Duration(s.Hours) * time.Hour)
}

// Shift of an id.
func (c *Calendar) Shift(id string) (Shift, bool) {
	for _, s := range c.Shifts {
		if s.ID == id {
			return s, true
		}
	}
	return Shift{}, false
}

// parseCalendar refuses a day that would silently count for nothing: of another
// year, twice, a holiday and a working day, an exchange on an ordinary working day.
func parseCalendar(raw []byte) (*Calendar, error) {
	c := &Calendar{holidays: map[string]bool{}, workdays: map[string]bool{}}
	if err := strict(raw, c); err != nil {
		return nil, fmt.Errorf("calendar.json: %w", err)
	}
	for i, y := range c.Years {
		if i > 0 && c.Years[i-1].Year >= y.Year {
			return nil, fmt.Errorf("calendar.json: year %d is not after the one before", y.Year)
		}
		for _, d := range slices.Concat(y.Holidays, y.Workdays) {
			m, err := Day(d)
			switch {
			case err != nil:
				return nil, fmt.Errorf("calendar.json: %w", err)
			case m.At.Year() != y.Year:
				return nil, fmt.Errorf("calendar.json: %s is not of %d", d, y.Year)
			case c.holidays[d] || c.workdays[d]:
				return nil, fmt.Errorf("calendar.json: %s twice", d)
			}
			holiday := slices.Contains(y.Holidays, d)
			if !holiday && !weekend(m) {
				return nil, fmt.Errorf("calendar.json: %s is a working day anyway", d)
			}
			c.holidays[d], c.workdays[d] = holiday, !holiday
		}
	}
	for i, s := range c.Shifts {
		_, err := time.Parse("15:04", s.Starts)
		first := slices.IndexFunc(c.Shifts, func(o Shift) bool { return o.ID == s.ID })
		if err != nil || s.ID == "" || s.Title.ZH == "" || s.Hours < 1 || s.Hours > 24 || first != i {
			return nil, fmt.Errorf("calendar.json: shift %d (%s) does not read", i+1, s.ID)
		}
	}
	return c, nil
}

func weekend(m Moment) bool {
	wd := m.At.Weekday()
	return wd == time.Saturday || wd == time.Sunday
}

// Workday reports whether people work on that day (YYYY-MM-DD).
func (c *Calendar) Workday(day string) bool {
	if c.workdays[day] {
		return true
	}
	m, err := Day(day)
	return err == nil && !c.holidays[day] && !weekend(m)
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
