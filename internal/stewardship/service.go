// Package stewardship is the use cases of what stands behind each ledger: which department answers
// for it, approves and reads it, where nobody does, and where paper is still kept beside it.
package stewardship

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Store keeps it; what is listed is what the session sees.
type Store interface {
	Organisation(ctx context.Context) (ledger.Organisation, error)
	// Owners are the departments that own each ledger today: one, if all is well.
	Owners(ctx context.Context) (map[string][]string, error)
	// Posts of a prison that somebody holds now.
	Posts(ctx context.Context, prison uuid.UUID) ([]actor.Posting, error)
	// Papers are the declarations of the session's prison, or of every one in sight, of each area and
	// ledger the oldest first.
	Papers(ctx context.Context, s ledger.Session) ([]Declaration, error)
	// DeclarePaper locks the area, lets fn look at its declarations and say which are made.
	DeclarePaper(ctx context.Context, s ledger.Session, idem ledger.Idem, area uuid.UUID, fn func([]Declaration) ([]Declaration, error)) error
	// DecidePaper locks the areas, lets fn look at their declarations and say what is decided of them.
	DecidePaper(ctx context.Context, s ledger.Session, idem ledger.Idem, areas []uuid.UUID, fn func([]Declaration) ([]Declaration, error)) error
}

// Service is the use cases. All fields but Clock are required.
type Service struct {
	Store    Store
	Access   ledger.Authorizer
	Catalog  *catalog.Catalog
	Register *catalog.Register
	Now      func() time.Time
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

func (s *Service) today() string { return catalog.DayOf(s.Now()) }

// prison with its areas in use, and the departments there are. Fault: not_found.
func (s *Service) prison(ctx context.Context, id uuid.UUID) ([]ledger.Area, []ledger.Department, error) {
	o, err := s.Store.Organisation(ctx)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(o.Prisons, func(p ledger.Prison) bool { return p.ID == id })
	if i < 0 {
		return nil, nil, fault.New(fault.NotFound, "not_found")
	}
	return s.inUse(o.Prisons[i]), o.Departments, nil
}

func (s *Service) inUse(p ledger.Prison) []ledger.Area {
	return slices.DeleteFunc(slices.Clone(p.Areas), func(a ledger.Area) bool { return !a.Counts(s.today()) })
}

func told(pointer, code, zh, en string) fault.Field {
	return fault.Field{Pointer: pointer, Code: code, Text: fault.Text{ZH: zh, EN: en}}
}
