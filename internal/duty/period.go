// Package duty says what is due from cadences, what became of it, and rolls
// both up into the facts of scoring.
package duty

import (
	"fmt"
	"time"

	"taizhang/internal/catalog"
)

// Period is one stretch of time in which a ledger is due. An entry belongs to
// it when its matter happened after Starts and not after Ends: a shift's log
// closes at the very minute the shift ends.
type Period struct {
	Key    string // 2026-11-24, 2026-11-24/night, 2026-W48, 2026-11, 2026-Q4
	Starts time.Time
	Ends   time.Time
}

// Day the period ends on: completeness and timeliness count there.
func (p Period) Day() string { return catalog.DayOf(p.Ends.Add(-time.Minute)) }

// Periods lists the periods of a cadence that end after from and begin before
// to. An event cadence has none.
func Periods(c catalog.Cadence, cal *catalog.Calendar, from, to time.Time) []Period {
	var list []Period
	first := midnight(from).AddDate(0, 0, -1)
	keep := func(p Period) {
		if p.Ends.After(from) && p.Starts.Before(to) {
			list = append(list, p)
		}
	}
	switch c.Kind {
	case "per_shift":
		for d := first; d.Before(to); d = d.AddDate(0, 0, 1) {
			for _, s := range catalog.Shifts {
				starts := d.Add(time.Duration(s.Hour) * time.Hour)
				keep(Period{catalog.DayOf(d) + "/" + s.Name, starts, starts.Add(8 * time.Hour)})
			}
		}
	case "daily":
		for d := first; d.Before(to); d = d.AddDate(0, 0, 1) {
			if !c.Workdays || cal.Workday(catalog.DayOf(d)) {
				keep(Period{catalog.DayOf(d), d, d.AddDate(0, 0, 1)})
			}
		}
	case "weekly":
		for d := monday(first); d.Before(to); d = d.AddDate(0, 0, 7) {
			year, week := d.ISOWeek()
			keep(Period{fmt.Sprintf("%d-W%02d", year, week), d, d.AddDate(0, 0, 7)})
		}
	case "monthly":
		for d := firstOf(first, 1); d.Before(to); d = d.AddDate(0, 1, 0) {
			keep(Period{d.Format("2006-01"), d, d.AddDate(0, 1, 0)})
		}
	case "quarterly":
		for d := firstOf(first, 3); d.Before(to); d = d.AddDate(0, 3, 0) {
			keep(Period{fmt.Sprintf("%d-Q%d", d.Year(), (int(d.Month())+2)/3), d, d.AddDate(0, 3, 0)})
		}
	}
	return list
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(catalog.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, catalog.Zone)
}

func monday(t time.Time) time.Time {
	return midnight(t).AddDate(0, 0, -(int(t.In(catalog.Zone).Weekday())+6)%7)
}

// firstOf is the first day of the block of n months that t lies in.
func firstOf(t time.Time, n int) time.Time {
	y, m, _ := t.In(catalog.Zone).Date()
	return time.Date(y, m-(m-1)%time.Month(n), 1, 0, 0, 0, 0, catalog.Zone)
}
