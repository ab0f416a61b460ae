package demo

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/guidance"
	"taizhang/internal/ledger"
	"taizhang/internal/planning"
	"taizhang/internal/postgres"
	"taizhang/internal/stewardship"
)

// life is one prison living its days.
type life struct {
	p       *Province
	u       *unit
	rng     *rand.Rand
	now     time.Time
	end     time.Time
	agenda  agenda
	ledger  *ledger.Service
	duty    *duty.Service
	touched map[ledger.DayTouched]bool
	made    map[string]int
	skipped map[string]int
	inmate  map[string]int
}

// live fills one prison and opens it.
func (p *Province) live(ctx context.Context, u *unit) error {
	l := &life{p: p, u: u, rng: rand.New(rand.NewPCG(uint64(p.Seed), uint64(u.code[1]))), end: p.Now(),
		touched: map[ledger.DayTouched]bool{}, made: map[string]int{}, skipped: map[string]int{}, inmate: map[string]int{}}
	clock := func() time.Time { return l.now }
	store := p.Store.Quiet()
	l.ledger = &ledger.Service{Store: store, Files: p.Files, Access: p.Access, Catalog: p.Catalog, Refresh: p.Refresh, Now: clock, Clock: clock}
	l.duty = &duty.Service{Store: postgres.Duties{Store: store}, Access: p.Access, Catalog: p.Catalog, Now: clock, Clock: clock}
	start := catalogMidnight(l.end).AddDate(0, 0, -p.Days)
	l.now = start
	if err := l.duty.PlanWhole(ctx, u.id, start, l.end.AddDate(0, 0, 2)); err != nil {
		return err
	}
	l.schedule(start)
	checks := l.inspecting(store, clock)
	l.keepPool(checks)
	l.inspect(checks)
	cases := l.accrediting(store, clock, checks)
	l.apply(cases, checks)
	l.deliberate(cases, checks)
	l.guide(&guidance.Service{Store: postgres.Guidance{Store: store}, Access: p.Access, Areas: postgres.Duties{Store: store}.Areas, Now: clock, Clock: clock})
	l.intend(&planning.Service{Store: postgres.Planning{Store: store}, Access: p.Access, Road: cases, Standards: cases.Standards, Now: clock, Clock: clock})
	l.endPaper(&stewardship.Service{Store: postgres.Stewardship{Store: store}, Access: p.Access, Catalog: p.Catalog, Register: &catalog.Register{}, Now: clock, Clock: clock})
	day := 0
	for a, ok := l.agenda.next(); ok; a, ok = l.agenda.next() {
		if a.at.After(l.end) {
			continue
		}
		l.now = a.at
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := a.do(ctx); err != nil {
			return err
		}
		for day < int(a.at.Sub(start).Hours()/24) {
			day++
			p.done.Add(1)
		}
	}
	p.done.Add(int64(p.Days - day))
	l.now = l.end
	if err := l.reckon(ctx, start); err != nil {
		return err
	}
	p.Log.Info("demonstration", "prison", u.code, "entries", total(l.made), "by_ledger", l.made, "refused", l.skipped)
	return p.open(ctx, u)
}

func total(m map[string]int) int {
	n := 0
	for _, v := range m {
		n += v
	}
	return n
}

func catalogMidnight(t time.Time) time.Time {
	y, m, d := t.In(catalog.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, catalog.Zone)
}

func (l *life) later(at time.Time, do func(context.Context) error) {
	l.agenda.add(at, do)
}

func (l *life) between(from, to time.Duration) time.Duration {
	if to <= from {
		return from
	}
	return from + time.Duration(l.rng.Int64N(int64(to-from)))
}

// schedule plans every entry of every area: what is due, and what happens.
func (l *life) schedule(start time.Time) {
	for i := range l.u.areas {
		a := &l.u.areas[i]
		// Some areas are careful, some are not: that is what a score is for.
		care := 0.4 + 0.5*float64(i%5) + 0.3*l.rng.Float64()
		for _, t := range l.p.Catalog.Types() {
			if !t.AppliesTo(a.kind, a.function, a.labour) || len(l.p.samples[t.ID]) == 0 {
				continue
			}
			if t.Cadence.Kind == "event" {
				for range 2 + l.rng.IntN(4) + l.p.Days/15 {
					at := start.Add(l.between(0, l.end.Sub(start)))
					l.file(t, a, at, at.Add(l.between(10*time.Minute, 2*time.Hour)), "", "")
				}
				continue
			}
			for _, per := range duty.Periods(t.Cadence, l.p.Catalog.Calendar(), start, l.end) {
				if !per.Starts.Before(start) {
					l.fulfil(t, a, per, care)
				}
			}
		}
	}
}

// fulfil plans the entries of one period: mostly in time, sometimes late,
// back-filled or not at all.
func (l *life) fulfil(t *catalog.Type, a *place, per duty.Period, care float64) {
	expected := max(1, t.Cadence.Expected)
	if t.Cadence.Per == "inmate" {
		expected *= len(a.inmates)
	}
	deadline := time.Duration(t.Cadence.DeadlineHours) * time.Hour
	for n := range expected {
		luck := l.rng.Float64() * 1000 / care
		span := per.Ends.Sub(per.Starts)
		occurred := per.Starts.Add(span * time.Duration(n+1) / time.Duration(expected+1))
		if t.Cadence.Kind == "per_shift" && expected == 1 {
			occurred = per.Ends
		} else if span > 24*time.Hour {
			occurred = per.Starts.Add(l.between(span/8, span*7/8))
		}
		ready := occurred
		if t.Cadence.Kind == "monthly" && t.OccurredAt != "" && monthly(l.p.samples[t.ID]) {
			occurred, ready = per.Ends.Add(-12*time.Hour), per.Ends
		}
		at := ready.Add(l.between(3*time.Minute, min(2*time.Hour, max(deadline/2, 30*time.Minute))))
		if limit := per.Ends.Add(deadline); at.After(limit) {
			at = limit.Add(-time.Minute)
		}
		switch {
		case luck < 1:
			continue // never filled
		case luck < 2:
			at = per.Ends.Add(deadline + duty.Grace + l.between(time.Hour, 96*time.Hour))
		case luck < 5:
			at = per.Ends.Add(deadline + l.between(10*time.Minute, 20*time.Hour))
		}
		key := fmt.Sprintf("%s/%s/%d", per.Key, t.ID, n)
		if t.Cadence.Nil && l.rng.IntN(3) == 0 {
			l.blank(t, a, occurred, at, key)
			continue
		}
		about := ""
		if t.Cadence.Per == "inmate" {
			about = a.inmates[n%len(a.inmates)]
		}
		l.file(t, a, occurred, at, per.Key, about)
	}
}

// monthly reports whether the type tells its time by a month only.
func monthly(samples []sample) bool {
	for _, s := range samples {
		if s.occurred.In(catalog.Zone).Hour() != 12 {
			return false
		}
	}
	return true
}

// as returns the context of who does something.
func (l *life) as(ctx context.Context, who person) context.Context {
	return actor.With(ctx, l.u.actor(who))
}

// posted finds who holds one of the roles at the place, turned by n so that
// everybody has a share, leaving out one person.
func (l *life) posted(roles []actor.Role, area uuid.UUID, department string, not uuid.UUID) (person, bool) {
	var fit []person
	for _, who := range l.u.people {
		o := who.posts[0]
		if who.id != not && slices.Contains(roles, o.role) && o.area == area && o.department == department {
			fit = append(fit, who)
		}
	}
	if len(fit) == 0 {
		return person{}, false
	}
	return fit[l.rng.IntN(len(fit))], true
}

// seated is one of those whom a step of several waits for.
func (l *life) seated(e ledger.Entry) (person, bool) {
	i := slices.IndexFunc(l.u.people, func(p person) bool { return slices.Contains(e.StepSeats, p.id) })
	if i < 0 {
		return person{}, false
	}
	return l.u.people[i], true
}

func (l *life) filler(t *catalog.Type, a *place) (person, bool) {
	if t.Filler.Unit == "dept" {
		return l.posted(t.Filler.Roles, uuid.Nil, t.Filler.Dept, uuid.Nil)
	}
	return l.posted(t.Filler.Roles, a.id, "", uuid.Nil)
}

// reckon works out the facts of every day that has any.
func (l *life) reckon(ctx context.Context, start time.Time) error {
	ctx = l.as(ctx, l.u.people[0])
	for _, d := range slices.SortedFunc(maps.Keys(l.touched), func(a, b ledger.DayTouched) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Ledger, b.Ledger), bytes.Compare(a.Area[:], b.Area[:]))
	}) {
		if err := l.duty.Refresh(ctx, d.Prison, d.Area, d.Ledger, d.Day); err != nil {
			return err
		}
	}
	// What is due later may be fulfilled already.
	return l.duty.RefreshDue(ctx, l.u.id, start, l.end.AddDate(0, 6, 0))
}
