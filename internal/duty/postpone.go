package duty

import (
	"slices"
	"time"
)

// Span of time, its end not included.
type Span struct{ From, Until time.Time }

// Postponed is a deadline as declared outages move it. One that falls within an
// outage moves to the outage's end plus the rest of the time: what was left,
// when the outage began, of the time allowed since it began to run — of a duty
// when its period ended, of a decision or a task when it was asked for — or all
// of it, if that was during the outage. A deadline outside stays where it is.
//
// Outages that touch or overlap are one, and a deadline that is moved into a
// later outage is moved again.
func Postponed(began, due time.Time, outages []Span) time.Time {
	for _, o := range Joined(outages) {
		if due.Before(o.From) || !due.Before(o.Until) {
			continue
		}
		from := o.From
		if began.After(from) {
			from = began
		}
		due = o.Until.Add(due.Sub(from))
	}
	return due
}

// Joined puts spans in order and makes one of those that touch.
func Joined(list []Span) []Span {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Span) int { return a.From.Compare(b.From) })
	var out []Span
	for _, s := range list {
		if n := len(out); n > 0 && !s.From.After(out[n-1].Until) {
			if s.Until.After(out[n-1].Until) {
				out[n-1].Until = s.Until
			}
			continue
		}
		out = append(out, s)
	}
	return out
}
