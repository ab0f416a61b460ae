package accreditation

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
)

// Task is what a department owes the accreditation, made from what the house knows: an
// opinion, a result, an acknowledgement.
type Task struct {
	Department string    `json:"department"`
	Kind       string    `json:"kind"` // opinion, results, bulletin
	Prison     uuid.UUID `json:"prison,omitzero"`
	Case       uuid.UUID `json:"case,omitzero"`
	Area       uuid.UUID `json:"area,omitzero"`
	Level      string    `json:"level,omitempty"`
	Year       int       `json:"year,omitempty"` // of a bulletin
	Issue      int       `json:"issue,omitempty"`
	DueOn      string    `json:"due_on"`
	State      string    `json:"state"` // open, done, overdue, lapsed: the case has gone on without
	Mine       bool      `json:"mine"`
}

// Tasks of the departments of the bureau, what is overdue first. Fault: forbidden.
func (s *Service) Tasks(ctx context.Context) ([]Task, error) {
	if err := s.may(ctx, "read", subject(uuid.Nil, uuid.Nil)); err != nil {
		return nil, err
	}
	list := []Task{}
	for _, gather := range []func(context.Context) ([]Task, error){s.opinionTasks, s.resultTasks, s.bulletinTasks} {
		more, err := gather(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	order := []string{"overdue", "open", "done", "lapsed"}
	for i := range list {
		list[i].Mine = s.ofDepartment(ctx, list[i].Department)
	}
	slices.SortStableFunc(list, func(a, b Task) int {
		return cmp.Or(slices.Index(order, a.State)-slices.Index(order, b.State), cmp.Compare(a.DueOn, b.DueOn), cmp.Compare(a.Department, b.Department))
	})
	return list, nil
}

func (s *Service) opinionTasks(ctx context.Context) (list []Task, err error) {
	owed, err := s.Opinions(ctx)
	states := map[string]string{opinionGiven: "done", opinionNone: "lapsed", opinionLate: "overdue"}
	for _, o := range owed {
		list = append(list, Task{Department: o.Department, Kind: kindOpinion, Prison: o.Prison, Case: o.Case, Area: o.Area, Level: o.Level, DueOn: o.DueOn,
			State: cmp.Or(states[o.Mark], "open")})
	}
	return list, err
}

// resultTasks are the departments' assessments of the cases that wait for them, as long as the
// baseline check holds.
func (s *Service) resultTasks(ctx context.Context) (list []Task, err error) {
	cases, err := s.Store.Cases(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		if c.Pin == nil || s.machine(c).Steps(c.Track, c.Level).Record(c.State) != kindResults || s.may(ctx, "read", subject(c.Prison, c.Area)) != nil {
			continue
		}
		std, err := s.Standards.Version(ctx, *c.Pin)
		if err != nil {
			return nil, err
		}
		due := ""
		if m, err := catalog.Noon(c.BaselineOn); err == nil {
			due = catalog.DayOf(m.At.AddDate(0, 0, s.parameter(c, "baseline_days")))
		}
		var records []Record
		var events []Event
		if err := s.Store.Read(ctx, s.asked(ctx, c.Prison), func(l Look) error {
			if events, err = l.Events(ctx, c.ID); err != nil {
				return err
			}
			records, err = l.Records(ctx, c.ID)
			return err
		}); err != nil {
			return nil, err
		}
		since := sinceOf(events) // a move to a newer version does not end the round
		for _, d := range s.departments(std) {
			t := Task{Department: d, Kind: kindResults, Prison: c.Prison, Case: c.ID, Area: c.Area, Level: c.Level, DueOn: due, State: "open"}
			switch {
			case slices.ContainsFunc(records, func(r Record) bool { return r.Kind == kindResults && r.Department == d && r.Seq >= since }):
				t.State = "done"
			case due < catalog.DayOf(s.Now()):
				t.State = "overdue"
			}
			list = append(list, t)
		}
	}
	return list, nil
}

func (s *Service) bulletinTasks(ctx context.Context) (list []Task, err error) {
	all, err := s.Bulletins(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range all.Issues {
		if !x.Newest {
			continue
		}
		due := catalog.DayOf(s.Calendar().AddWorkdays(x.IssuedAt, wholeOf(s.Machines.newest(), "bulletin_read_workdays")))
		for _, a := range x.Acks {
			t := Task{Department: a.Department, Kind: "bulletin", Year: x.Year, Issue: x.Issue, DueOn: due, State: "open"}
			switch {
			case a.At != nil:
				t.State = "done"
			case due < catalog.DayOf(s.Now()):
				t.State = "overdue"
			}
			list = append(list, t)
		}
	}
	return list, nil
}

// Dated is something of the accreditation's calendar (R82).
type Dated struct {
	Day        string      `json:"day"`
	Until      string      `json:"until,omitempty"` // of what takes more than a day
	Kind       string      `json:"kind"`            // closes, window, opinion, timer, check; visit (package guidance)
	Prison     uuid.UUID   `json:"prison,omitzero"`
	Area       uuid.UUID   `json:"area,omitzero"`
	Case       uuid.UUID   `json:"case,omitzero"`
	Check      uuid.UUID   `json:"check,omitzero"`
	Department string      `json:"department,omitempty"`
	Level      string      `json:"level,omitempty"`
	Batch      int         `json:"batch,omitempty"`
	Of         string      `json:"of,omitempty"` // the kind of a check
	Title      *fault.Text `json:"title,omitempty"`
	Late       bool        `json:"late"`
}

// Dates of what is planned and due, in sight, by day.
func (s *Service) Dates(ctx context.Context) ([]Dated, error) {
	ses, day := s.asked(ctx, uuid.Nil), catalog.DayOf(s.Now())
	list := []Dated{}
	if s.mayReadBulletins(ctx) == nil {
		all, err := s.Bulletins(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range all.Batches {
			if p.To < day {
				continue
			}
			list = append(list, Dated{Day: p.ClosesOn, Kind: "closes", Level: p.Level, Batch: p.Batch}, Dated{Day: p.From, Until: p.To, Kind: "window", Level: p.Level, Batch: p.Batch})
		}
	}
	owed, err := s.Opinions(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range owed {
		if o.Here && o.GivenAt == nil {
			list = append(list, Dated{Day: o.DueOn, Kind: "opinion", Prison: o.Prison, Area: o.Area, Case: o.Case, Department: o.Department, Level: o.Level, Late: o.Mark == opinionLate})
		}
	}
	prisons, err := s.Store.AllPrisons(ctx)
	if err != nil {
		return nil, err
	}
	cases, err := s.Store.Cases(ctx, ses)
	if err != nil {
		return nil, err
	}
	facts, err := s.listed(ctx, cases, prisons, day)
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		if s.may(ctx, "read", subject(c.Prison, c.Area)) != nil {
			continue
		}
		x, err := s.shown(c, facts(c), nil)
		if err != nil {
			return nil, err
		}
		for _, t := range x.Timers {
			list = append(list, Dated{Day: t.On, Kind: "timer", Prison: c.Prison, Area: c.Area, Case: c.ID, Level: c.Level, Title: &t.Title, Late: t.Mark == lifecycle.Late})
		}
	}
	planned, err := s.Store.PlannedChecks(ctx, ses)
	if err != nil {
		return nil, err
	}
	for _, d := range planned {
		sub := ledger.Subject{Class: "score", Prison: d.Prison, Area: d.Area}
		if s.may(ctx, "read", sub) == nil {
			d.Late = d.Until < day
			list = append(list, d)
		}
	}
	slices.SortStableFunc(list, func(a, b Dated) int { return cmp.Compare(a.Day, b.Day) })
	return list, nil
}
