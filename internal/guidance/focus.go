package guidance

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// FocusAct makes a prison a focus unit (重点指导单位), or ends it. It never changes.
type FocusAct struct {
	Prison     uuid.UUID `json:"-"`
	N          int       `json:"n"`
	Begins     bool      `json:"begins"`
	Reason     string    `json:"reason"`
	Author     uuid.UUID `json:"-"`
	AuthorName string    `json:"author_name"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Record commits to the act.
func (a FocusAct) Record() (ledger.Record, error) {
	return ledger.NewRecord("focus_act", strconv.Itoa(a.N), a.Salt, map[string]any{"n": a.N, "begins": a.Begins, "reason": a.Reason, "author": a.Author})
}

// PlannedVisit is one of the guidance plan of a focus unit: closed by the visit that names it, or
// called off.
type PlannedVisit struct {
	Prison     uuid.UUID   `json:"prison"`
	ID         uuid.UUID   `json:"id"`
	Area       uuid.UUID   `json:"area,omitzero"` // zero: the prison as a whole
	Day        string      `json:"day"`
	Department string      `json:"department"`
	Subject    string      `json:"subject"`
	Author     uuid.UUID   `json:"-"`
	AuthorName string      `json:"author_name"`
	RecordedAt time.Time   `json:"recorded_at"`
	Visit      uuid.UUID   `json:"visit,omitzero"` // that took place
	VisitedOn  string      `json:"visited_on,omitempty"`
	End        *PlannedEnd `json:"end,omitempty"`
	State      string      `json:"state"` // planned, overdue, done, called_off
	Salt       []byte      `json:"-"`
}

// PlannedEnd calls a planned visit off.
type PlannedEnd struct {
	Reason     string    `json:"reason"`
	Author     uuid.UUID `json:"-"`
	AuthorName string    `json:"author_name"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Record commits to what was planned.
func (v PlannedVisit) Record() (ledger.Record, error) {
	return ledger.NewRecord("planned_visit", v.ID.String(), v.Salt, map[string]any{
		"planned": v.ID, "area": v.Area, "day": v.Day, "department": v.Department, "subject": v.Subject, "author": v.Author,
	})
}

// Record commits to why it was called off.
func (e PlannedEnd) Record(planned uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("planned_visit_end", planned.String(), e.Salt, map[string]any{"planned": planned, "reason": e.Reason, "author": e.Author})
}

// Open says that it is still to take place.
func (v PlannedVisit) Open() bool { return v.State == "planned" || v.State == "overdue" }

func (s *Service) awaited(v PlannedVisit) PlannedVisit {
	switch {
	case v.Visit != uuid.Nil:
		v.State = "done"
	case v.End != nil:
		v.State = "called_off"
	case v.Day < s.today():
		v.State = "overdue"
	default:
		v.State = "planned"
	}
	return v
}

// Focus is what is known of a prison as a focus unit.
type Focus struct {
	Prison  uuid.UUID      `json:"prison"`
	On      *bool          `json:"on,omitempty"` // nil: whether it is one is not the reader's to see
	Acts    []FocusAct     `json:"acts"`
	Planned []PlannedVisit `json:"planned"`
}

// Focuses are the prisons in sight that are or were focus units, with the visits planned for
// them, and whether the actor may mark one.
func (s *Service) Focuses(ctx context.Context) (list []Focus, may bool, err error) {
	acts, err := s.Store.FocusActs(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return nil, false, err
	}
	planned, err := s.Planned(ctx)
	if err != nil {
		return nil, false, err
	}
	list = []Focus{}
	of := func(prison uuid.UUID) *Focus {
		i := slices.IndexFunc(list, func(f Focus) bool { return f.Prison == prison })
		if i < 0 {
			i, list = len(list), append(list, Focus{Prison: prison, Acts: []FocusAct{}, Planned: []PlannedVisit{}})
		}
		return &list[i]
	}
	for _, a := range acts { // in their order
		if s.maySee(ctx, a.Prison, uuid.Nil) == nil {
			f := of(a.Prison)
			f.Acts, f.On = append(f.Acts, a), &a.Begins
		}
	}
	for _, v := range planned {
		f := of(v.Prison)
		f.Planned = append(f.Planned, v)
	}
	return list, s.may(ctx, "manage", uuid.Nil, uuid.Nil, uuid.Nil) == nil, nil
}

// Planned visits in sight, by day.
func (s *Service) Planned(ctx context.Context) ([]PlannedVisit, error) {
	list, err := s.Store.PlannedVisits(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(v PlannedVisit) bool { return s.maySee(ctx, v.Prison, v.Area) != nil })
	for i := range list {
		list[i] = s.awaited(list[i])
	}
	return list, nil
}

// Mark makes a prison a focus unit, or ends it; seen is the number of acts that were seen. Faults:
// forbidden, not_found, focus_state, changed_meanwhile, bad_guidance with fields.
func (s *Service) Mark(ctx context.Context, prison uuid.UUID, begins bool, seen int, reason string, idem ledger.Idem) (FocusAct, error) {
	if err := s.may(ctx, "manage", prison, uuid.Nil, uuid.Nil); err != nil {
		return FocusAct{}, err
	}
	var bad wrong
	bad.text("/reason", reason)
	if err := bad.refused(); err != nil {
		return FocusAct{}, err
	}
	if err := ledger.NeverSeen(seen); err != nil {
		return FocusAct{}, err
	}
	if begins != (seen%2 == 0) {
		return FocusAct{}, fault.New(fault.Conflict, "focus_state")
	}
	return s.Store.AddFocusAct(ctx, s.asked(ctx, prison), idem, FocusAct{N: seen + 1, Begins: begins, Reason: reason, Author: actor.From(ctx).PersonID, Salt: integrity.NewSalt()})
}

// PlanVisit adds one to the guidance plan of a focus unit. Faults: forbidden, not_found,
// focus_state, bad_guidance with fields.
func (s *Service) PlanVisit(ctx context.Context, prison uuid.UUID, v PlannedVisit, idem ledger.Idem) (PlannedVisit, error) {
	if err := s.may(ctx, "manage", prison, v.Area, uuid.Nil); err != nil {
		return PlannedVisit{}, err
	}
	var bad wrong
	bad.day("/day", v.Day, s.Now(), false)
	bad.title("/subject", &v.Subject)
	if len(bad) == 0 && v.Day < s.today() {
		bad.add("/day", "order", "计划日期不早于今天", "A visit is not planned for a day before today")
	}
	if err := s.inUse(ctx, &bad, prison, v.Area, v.Day); err != nil {
		return PlannedVisit{}, err
	}
	if err := bad.refused(); err != nil {
		return PlannedVisit{}, err
	}
	v.Prison, v.ID, v.Author, v.Salt = prison, uuid.Must(uuid.NewV7()), actor.From(ctx).PersonID, integrity.NewSalt()
	v, err := s.Store.AddPlannedVisit(ctx, s.asked(ctx, prison), idem, v)
	return s.awaited(v), err
}

// CallOff ends a planned visit that will not take place. Faults: forbidden, not_found, visit_over,
// bad_guidance with fields.
func (s *Service) CallOff(ctx context.Context, prison, id uuid.UUID, reason string, idem ledger.Idem) (PlannedVisit, error) {
	if err := s.may(ctx, "manage", prison, uuid.Nil, uuid.Nil); err != nil {
		return PlannedVisit{}, err
	}
	var bad wrong
	bad.text("/reason", reason)
	if err := bad.refused(); err != nil {
		return PlannedVisit{}, err
	}
	v, err := s.Store.EndPlannedVisit(ctx, s.asked(ctx, prison), idem, id, PlannedEnd{Reason: reason, Author: actor.From(ctx).PersonID, Salt: integrity.NewSalt()})
	return s.awaited(v), err
}

// MadeOn refuses a visit of a day before the one on which this was planned: what was over by then
// fulfils no plan.
func (v PlannedVisit) MadeOn(day string) error {
	var bad wrong
	if on := catalog.DayOf(v.RecordedAt); day < on {
		bad.add("/day", "order", "该指导计划于 "+on+" 制定，完成计划的指导不早于这一天", "The visit was planned on "+on+": what fulfils it is not of a day before")
	}
	return bad.refused()
}
