// Package overview is the use cases of seeing: rates, targets and pace, the road as a map,
// boards of a prison and an area. It reads, and each figure can be opened to what it counts.
package overview

import (
	"context"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/guidance"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Store reads what no other package tells.
type Store interface {
	// Prisons that are open, with their areas.
	Prisons(ctx context.Context) ([]ledger.Prison, error)
	// Applied is the first day on which each prison in sight applied for a title of its own.
	Applied(ctx context.Context, s ledger.Session) (map[uuid.UUID]string, error)
	// Applications is the day on which each case in sight applied, the last time.
	Applications(ctx context.Context, s ledger.Session) (map[uuid.UUID]string, error)
	// Hazards of an area month by month between two days, both included.
	Hazards(ctx context.Context, s ledger.Session, area uuid.UUID, from, to string) ([]Month, error)
}

// Road is the cases and the register of titles, as the actor sees them (package accreditation).
type Road interface {
	Register(ctx context.Context) ([]accreditation.Title, bool, error)
	Cases(ctx context.Context) (accreditation.Board, error)
	// Titled tells which areas of a prison hold a title on a day.
	Titled(ctx context.Context, prison uuid.UUID, day string) (map[uuid.UUID]bool, error)
}

// Scores as they stand today (package assessment).
type Scores interface {
	Scores(ctx context.Context, prison uuid.UUID) ([]assessment.Standing, error)
	Unjudged(ctx context.Context, prison uuid.UUID) ([]ledger.Area, error)
	Dues(ctx context.Context, prison uuid.UUID, list []assessment.Standing) (map[uuid.UUID][]assessment.Due, error)
	Under(ctx context.Context, prison, area uuid.UUID, titled map[uuid.UUID]bool, list ...*scoring.Standard) ([]*scoring.Sheet, error)
}

// Visits that the bureau plans (package guidance).
type Visits interface {
	Planned(ctx context.Context) ([]guidance.PlannedVisit, error)
}

// Standards finds the standard of a unit (package standards).
type Standards interface {
	For(ctx context.Context, kind, function, day string) (*scoring.Standard, error)
}

// Service is the use cases. All fields are required.
type Service struct {
	Store     Store
	Access    ledger.Authorizer
	Road      Road
	Scores    Scores
	Visits    Visits
	Standards Standards
	Targets   *Targets
	Owner     func(ledger string) string // the department that answers for a ledger
	Now       func() time.Time
}

func (s *Service) asked(ctx context.Context, prison uuid.UUID) ledger.Session {
	a := actor.From(ctx)
	return ledger.Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
}

func (s *Service) sees(ctx context.Context, class string, prison, area uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), "read", ledger.Subject{Class: class, Prison: prison, Area: area}, s.Now())
}

func (s *Service) today() string { return catalog.DayOf(s.Now()) }

// prisons whose titles the actor sees, and whether they see those of the province whatever prisons
// there are: what belongs to the province is said of the whole of it only.
func (s *Service) prisons(ctx context.Context) (list []ledger.Prison, all bool, err error) {
	every, err := s.Store.Prisons(ctx)
	if err != nil {
		return nil, false, err
	}
	var refused error
	for _, p := range every {
		if err := s.sees(ctx, "title", p.ID, uuid.Nil); err != nil {
			refused = err
			continue
		}
		list = append(list, p)
	}
	if len(list) == 0 {
		return nil, false, refused
	}
	return list, s.sees(ctx, "title", uuid.Nil, uuid.Nil) == nil, nil
}

// dayOf is the day asked for; "" is today. Fault: bad_day.
func (s *Service) dayOf(day string) (string, error) {
	if day == "" {
		return s.today(), nil
	}
	if _, err := catalog.Day(day); err != nil || day > s.today() {
		return "", fault.InvalidFields("bad_day", []fault.Field{{Pointer: "/day", Code: "range", Text: fault.Text{ZH: "请选择今天或以前的日期", EN: "Choose today or a day before"}}})
	}
	return day, nil
}
