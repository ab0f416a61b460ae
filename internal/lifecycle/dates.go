package lifecycle

import (
	"slices"
	"time"
)

// AddMonths keeps the day of the month, or takes the last one where that day
// does not exist: 2024-02-29 and a year are 2025-02-28 (W11).
func AddMonths(d time.Time, n int) time.Time {
	first := time.Date(d.Year(), d.Month()+time.Month(n), 1, d.Hour(), d.Minute(), d.Second(), d.Nanosecond(), d.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(d.Day(), last)-1)
}

// Due is a timer of a case, as it stands on a day.
type Due struct {
	Timer string `json:"timer"`
	// Opens, On, Overdue are days, written YYYY-MM-DD: from when the task is there, when
	// it is due, from when it is marked.
	Opens   string  `json:"opens"`
	On      string  `json:"on"`
	Overdue string  `json:"overdue"`
	Mark    Mark    `json:"mark"`
	Tells   []Actor `json:"tells"`
}

// Mark is how a timer stands.
type Mark string

// The marks of a timer.
const (
	Ahead Mark = "ahead"
	Open  Mark = "open"
	Late  Mark = "overdue"
)

// Running is the timers of a case, as they stand on f.Today; with f.OpinionDue, those of that
// opinion alone. back is the day so many working days before another.
func (m *Machine) Running(c Case, f Facts, back func(day string, workdays int) string) ([]Due, error) {
	vars := &known{m: m, c: c, f: f}
	out := []Due{}
	for _, t := range m.Timers {
		if (t.Each == Opinion) != (f.OpinionDue != "") {
			continue
		}
		on, err := t.when.yes(vars)
		if err != nil {
			return nil, err
		}
		if !on {
			continue
		}
		due, err := t.due.value(vars)
		if err != nil {
			return nil, err
		}
		before, err := t.before.value(vars)
		if err != nil {
			return nil, err
		}
		late, err := t.overdue.value(vars)
		if err != nil {
			return nil, err
		}
		day, err := time.Parse(time.DateOnly, due.(string))
		if err != nil {
			return nil, err
		}
		d := Due{Timer: t.ID, On: due.(string), Tells: t.Tells, Mark: Ahead,
			Opens:   day.AddDate(0, 0, -int(before.(int64))).Format(time.DateOnly),
			Overdue: day.AddDate(0, 0, int(late.(int64))).Format(time.DateOnly)}
		if t.Workdays {
			d.Opens = back(d.On, int(before.(int64)))
		}
		switch {
		case f.Today >= d.Overdue:
			d.Mark, d.Tells = Late, append(slices.Clone(t.Tells), t.TellsLate...)
		case f.Today >= d.Opens:
			d.Mark = Open
		}
		out = append(out, d)
	}
	return out, nil
}
