package accreditation

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
)

// Timer is what is due of a case. It opens a task and marks it; it moves nothing.
type Timer struct {
	lifecycle.Due
	Title      fault.Text `json:"title"`
	Department string     `json:"department,omitempty"` // of an opinion
}

// inUse says that the unit of a case counts on a day: of one that is closed nothing is due.
func inUse(prisons []ledger.Prison, c Case, day string) bool {
	for _, p := range prisons {
		for _, a := range p.Areas {
			if p.ID == c.Prison && a.ID == c.Area {
				return a.Counts(day)
			}
		}
	}
	return true
}

// Appeals against the sheet of a case.
type Appeals struct {
	Until  string // the last day
	Closed bool   // of the sheet: nothing is due any more
}

// listed gives what the timers of each of the cases ask for, opinions apart, as the case's own page has it.
func (s *Service) listed(ctx context.Context, cases []Case, prisons []ledger.Prison, today string) (func(Case) lifecycle.Facts, error) {
	appeals, err := s.Store.Appeals(ctx, house(uuid.Nil), cases, sheets)
	return func(c Case) lifecycle.Facts {
		a := appeals[c.ID]
		return lifecycle.Facts{Today: today, UnitActive: inUse(prisons, c, today), AppealUntil: a.Until, SheetClosed: a.Closed}
	}, err
}

// timers of a case as they stand on the day of the facts.
func (s *Service) timers(c Case, f lifecycle.Facts, opinions []Opinion) ([]Timer, error) {
	m, list := s.machine(c), []Timer{}
	add := func(f lifecycle.Facts, department string) error {
		running, err := m.Running(c.Case, f, s.workdaysBefore)
		for _, d := range running {
			for _, t := range m.Timers {
				if t.ID == d.Timer {
					list = append(list, Timer{Due: d, Title: t.Title, Department: department})
				}
			}
		}
		return err
	}
	if err := add(f, ""); err != nil {
		return nil, err
	}
	for _, o := range opinions {
		if o.Given != nil {
			continue
		}
		f.OpinionDue = o.DueOn
		if err := add(f, o.Department); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Tend is done from time to time for a prison: it tells those concerned what is due and
// what is overdue, lets the road take its own acts, and looks after what titles rest on.
// It takes no title.
func (s *Service) Tend(ctx context.Context, prison uuid.UUID) error {
	var open []Case
	if err := s.Store.Read(ctx, house(prison), func(l Look) error {
		var err error
		open, err = l.OpenCases(ctx)
		return err
	}); err != nil {
		return err
	}
	for _, c := range open {
		g := ground{of: c}
		if err := s.Store.Read(ctx, house(prison), func(l Look) error {
			area, err := areaOf(ctx, l, c.Area)
			if err != nil {
				return err
			}
			return s.grounded(ctx, &g, area)
		}); err != nil {
			return err
		}
		if err := s.Store.Write(ctx, house(prison), ledger.Idem{}, nil, func(tx Tx) error {
			now, err := tx.Lock(ctx, c.ID)
			if err != nil || now.Seq != c.Seq {
				return err // somebody is at it: next time
			}
			if err := s.remind(ctx, tx, g, c); err != nil {
				return err
			}
			return s.goOn(ctx, tx, g, c)
		}); err != nil {
			return err
		}
	}
	if err := s.vacancies(ctx, prison); err != nil {
		return err
	}
	if err := s.unread(ctx, prison); err != nil {
		return err
	}
	return s.Store.Write(ctx, house(prison), ledger.Idem{}, nil, func(tx Tx) error { return s.lost(ctx, tx, prison) })
}

// remind tells of each timer once when it opens and once when it is overdue.
func (s *Service) remind(ctx context.Context, tx Tx, g ground, c Case) error {
	k, err := s.known(ctx, tx, g, c)
	if err != nil {
		return err
	}
	list, err := s.timers(c, k.facts, k.round.opinions)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Mark == lifecycle.Ahead {
			continue
		}
		var posts []holder
		for _, a := range t.Tells {
			posts = append(posts, holders(a, c)...)
			if a == lifecycle.Department && t.Department != "" {
				line, err := s.ofLine(ctx, tx, t.Department)
				if err != nil {
					return err
				}
				posts = append(posts, line...)
			}
		}
		of := c.ID
		if t.Department != "" {
			of = opinionOf(c, t.Department)
		}
		// Told apart by the cycle, the timer, its day and its mark.
		due := strings.Join([]string{t.Timer, t.Department, t.On, string(t.Mark)}, " ")
		if err := s.notifyOf(ctx, tx, c, of, "case_due", c.Cycle, map[string]any{"timer": t.Title, "due_on": t.On, "mark": t.Mark, "department": t.Department, "due": due}, posts...); err != nil {
			return err
		}
	}
	return nil
}
