package accreditation

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
)

// Liaison (联络人) of a department of the bureau from a day on, until the next one's.
type Liaison struct {
	Department string    `json:"department"`
	N          int       `json:"n"`
	Person     uuid.UUID `json:"-"` // zero: the last one left, and nobody is named yet
	Number     string    `json:"number,omitempty"`
	Name       string    `json:"name,omitempty"`
	From       string    `json:"from"`
	Until      string    `json:"until,omitempty"`      // the day on which the next one began
	Superseded bool      `json:"superseded,omitempty"` // another was named for the same day after it
	Reason     string    `json:"reason,omitempty"`
	By         uuid.UUID `json:"-"`
	ByName     string    `json:"by"`
	RecordedAt time.Time `json:"recorded_at"`
	// Left is the day on which the person's post in the department ended, if it has.
	Left string `json:"left,omitempty"`
}

// Colleague is somebody of a department of the bureau.
type Colleague struct {
	Department string `json:"-"`
	Number     string `json:"number"`
	Name       string `json:"name"`
}

// Liaised is a department with its liaison, and how it came to that.
type Liaised struct {
	Department string   `json:"department"`
	Seen       int      `json:"seen"` // of the history, for who names the next
	Current    *Liaison `json:"current,omitempty"`
	// VacantSince is the day since which nobody is, Alarm that it is too long.
	VacantSince string `json:"vacant_since,omitempty"`
	Alarm       bool   `json:"alarm"`
	// Changes within the last year, and whether they are too many.
	Changes    int         `json:"changes"`
	Often      bool        `json:"often"`
	History    []Liaison   `json:"history"` // the latest first
	May        bool        `json:"may_name"`
	Colleagues []Colleague `json:"colleagues"`
}

// concerned are the departments that some unit's standard in force concerns.
func (s *Service) concerned(ctx context.Context) ([]string, error) {
	prisons, err := s.Store.AllPrisons(ctx)
	if err != nil {
		return nil, err
	}
	type kind struct{ kind, function, level string }
	seen := map[kind]bool{}
	var list []string
	ask := func(prison uuid.UUID, a ledger.Area, level string) error {
		k := kind{a.Kind, a.Function, level}
		if seen[k] {
			return nil
		}
		seen[k] = true
		std, _, err := s.Standards.Issued(ctx, unitOf(prison, a, level), catalog.DayOf(s.Now()))
		if fault.CodeOf(err) == "standard_unknown" {
			return nil
		}
		if err == nil {
			list = append(list, s.departments(std)...)
		}
		return err
	}
	for _, p := range prisons {
		for _, level := range levels {
			if err := ask(p.ID, ledger.Area{}, level); err != nil {
				return nil, err
			}
		}
		for _, a := range p.Areas {
			if err := ask(p.ID, a, areaLevel); err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// Liaisons of every department concerned. Fault: forbidden.
func (s *Service) Liaisons(ctx context.Context) ([]Liaised, error) {
	if err := s.may(ctx, "read", subject(uuid.Nil, uuid.Nil)); err != nil {
		return nil, err
	}
	list, err := s.liaisons(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return nil, err
	}
	people, err := s.Store.Colleagues(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return nil, err
	}
	for i := range list {
		x := &list[i]
		x.May, x.Colleagues = s.mayName(ctx, x.Department) == nil, []Colleague{}
		for _, p := range people {
			if x.May && p.Department == x.Department {
				x.Colleagues = append(x.Colleagues, p)
			}
		}
	}
	return list, nil
}

// mayName: the head of the department, and the bureau's office for one that does not.
func (s *Service) mayName(ctx context.Context, department string) error {
	if s.speaksFor(ctx, uuid.Nil, uuid.Nil, department) == nil {
		return nil
	}
	return s.may(ctx, capacity(lifecycle.BureauOffice, uuid.Nil), subject(uuid.Nil, uuid.Nil))
}

func (s *Service) liaisons(ctx context.Context, ses ledger.Session) ([]Liaised, error) {
	departments, err := s.concerned(ctx)
	if err != nil {
		return nil, err
	}
	all, began, err := s.Store.Liaisons(ctx, ses)
	if err != nil {
		return nil, err
	}
	m, now := s.Machines.newest(), s.Now()
	out := []Liaised{}
	for _, d := range departments {
		var history []Liaison
		for _, l := range all {
			if l.Department == d {
				history = append(history, l)
			}
		}
		out = append(out, liaised(d, history, began, now, wholeOf(m, "liaison_vacant_days"), wholeOf(m, "liaison_changes")))
	}
	return out, nil
}

// liaised makes out of a history, in the order of its days, how the department stands. A department
// that never had a liaison lacks one since the first application began.
func liaised(department string, history []Liaison, began string, now time.Time, days, changes int) Liaised {
	today, year := catalog.DayOf(now), catalog.DayOf(now.AddDate(-1, 0, 0))
	x := Liaised{Department: department, Seen: len(history), VacantSince: began, History: []Liaison{}}
	for i, l := range history {
		if i+1 < len(history) {
			l.Until = history[i+1].From
			l.Superseded = l.Until == l.From
		}
		x.History = append(x.History, l)
		if l.From > today || l.Superseded {
			continue
		}
		if i > 0 && l.From > year && l.Person != uuid.Nil {
			x.Changes++
		}
		x.Current, x.VacantSince = nil, l.From
		switch {
		case l.Person == uuid.Nil:
		case l.Left != "":
			x.VacantSince = max(l.From, l.Left)
		default:
			x.Current, x.VacantSince = &l, ""
		}
	}
	slices.Reverse(x.History)
	x.Often = x.Changes > changes
	if x.VacantSince != "" {
		x.Alarm = x.VacantSince < catalog.DayOf(now.AddDate(0, 0, -days))
	}
	return x
}

// Naming is who is liaison from a day on; nobody's number says that the last one leaves.
type Naming struct {
	Department string `json:"department"`
	Number     string `json:"number"`
	From       string `json:"from"`
	Reason     string `json:"reason"`
	Seen       int    `json:"seen"`
}

// Name the liaison of a department from a day on, which ends the one before. Faults:
// forbidden, bad_case with fields, person_unknown, liaison_same, changed_meanwhile.
func (s *Service) Name(ctx context.Context, in Naming, idem ledger.Idem) (Liaison, error) {
	if err := s.mayName(ctx, in.Department); err != nil {
		return Liaison{}, err
	}
	var bad []fault.Field
	if m, err := catalog.Day(in.From); err != nil || in.From < catalog.DayOf(s.Now()) || !catalog.Near(m.At, s.Now()) {
		bad = append(bad, told("/from", "range", "请填写今天或以后的日期", "Say today or a day to come"))
	}
	if in.Reason != "" || in.Number == "" || in.Seen > 0 {
		bad = append(bad, worded("/reason", &in.Reason)...)
	}
	if len(bad) > 0 {
		return Liaison{}, fault.InvalidFields("bad_case", bad)
	}
	if err := ledger.NeverSeen(in.Seen); err != nil {
		return Liaison{}, err
	}
	return s.Store.NameLiaison(ctx, s.asked(ctx, uuid.Nil), idem, Liaison{Department: in.Department, N: in.Seen + 1, Number: in.Number, From: in.From, Reason: in.Reason,
		By: actor.From(ctx).PersonID})
}

// liaisonOf names the liaison's place of a department, for what is told of it.
func liaisonOf(department string) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("liaison/"+department))
}

// vacancies tells the bureau's office of each department that is without a liaison for too
// long, once. What belongs to no prison is told in the first one's notices.
func (s *Service) vacancies(ctx context.Context, prison uuid.UUID) error {
	prisons, err := s.Store.AllPrisons(ctx)
	if err != nil || len(prisons) == 0 || prisons[0].ID != prison {
		return err
	}
	list, err := s.liaisons(ctx, house(prison))
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(x Liaised) bool { return !x.Alarm })
	if len(list) == 0 {
		return nil
	}
	return s.Store.Write(ctx, house(prison), ledger.Idem{}, nil, func(tx Tx) error {
		people, err := tx.Posted(ctx, actor.BureauOffice, uuid.Nil, uuid.Nil, "")
		if err != nil {
			return err
		}
		for _, x := range list {
			for _, p := range people {
				if err := tx.Notify(ctx, ledger.Notice{Prison: prison, Person: p, Kind: "liaison_vacant", Subject: liaisonOf(x.Department), Revision: x.Seen,
					Detail: map[string]any{"department": x.Department, "due_on": x.VacantSince}}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
