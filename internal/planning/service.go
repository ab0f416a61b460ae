// Package planning is the use cases of what a prison intends and who answers for it: the plan of
// a year against what was reached, and the people responsible.
package planning

import (
	"context"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/standards"
)

// Store keeps it; what is listed is what the session sees.
type Store interface {
	// Prisons with their areas, those too that are not open yet.
	Prisons(ctx context.Context) ([]ledger.Prison, error)
	// Plans of a year, of the session's prison or of every one in sight: each prison's newest version
	// first.
	Plans(ctx context.Context, s ledger.Session, year int) ([]Plan, error)
	// AddPlan is the next version after those that were seen: changed_meanwhile, plan_waits.
	AddPlan(ctx context.Context, s ledger.Session, idem ledger.Idem, p Plan) (Plan, error)
	// DecidePlan lets fn look at the version and say what is decided: already_decided.
	DecidePlan(ctx context.Context, s ledger.Session, idem ledger.Idem, year, version int, fn func(Plan) (Decision, error)) (Plan, error)
	// Responsible are those of a prison, of each thing the newest first.
	Responsible(ctx context.Context, s ledger.Session) ([]Responsible, error)
	// AddResponsible names the person of the number, next after those that were seen.
	AddResponsible(ctx context.Context, s ledger.Session, idem ledger.Idem, r Responsible) error
	// Passed are the states that the cases came to, of the session's prison or of every one in sight,
	// each case's in its order.
	Passed(ctx context.Context, s ledger.Session) (map[uuid.UUID][]Pass, error)
}

// Pass is a state that a case came to, and when.
type Pass struct {
	State lifecycle.State
	On    string
}

// Road is the cases and titles of a prison, or of every one, as the actor sees them (package
// accreditation).
type Road interface {
	CasesOf(ctx context.Context, prison uuid.UUID) (accreditation.Board, error)
	RegisterOf(ctx context.Context, prison uuid.UUID) ([]accreditation.Title, bool, error)
	Machine() *lifecycle.Machine
}

// Service is the use cases. All fields but Clock are required.
type Service struct {
	Store     Store
	Access    ledger.Authorizer
	Road      Road
	Standards standards.Reader
	Now       func() time.Time
	// Clock is the demonstration's, while its past is lived; nil is the server's time.
	Clock func() time.Time
}

func (s *Service) asked(ctx context.Context, prison uuid.UUID) ledger.Session {
	a := actor.From(ctx)
	ses := ledger.Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
	if s.Clock != nil {
		ses.Clock = s.Clock()
	}
	return ses
}

func (s *Service) may(ctx context.Context, action string, prison, area, author uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), action, ledger.Subject{Class: "plan", Prison: prison, Area: area, Author: author}, s.Now())
}

// maySee goes with the case of the unit.
func (s *Service) maySee(ctx context.Context, prison, area uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), "read", ledger.Subject{Class: "case", Prison: prison, Area: area}, s.Now())
}

func (s *Service) today() string { return catalog.DayOf(s.Now()) }

func told(pointer, code, zh, en string) fault.Field {
	return fault.Field{Pointer: pointer, Code: code, Text: fault.Text{ZH: zh, EN: en}}
}
