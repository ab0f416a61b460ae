// Package guidance is the use cases of units working together: visits with advice,
// training on a version of a standard, brands, practices, pairs and boards of like units.
package guidance

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// Store keeps it all; what is listed is what the session sees. Every act is the next
// after those that were seen: changed_meanwhile when another stands.
type Store interface {
	Visits(ctx context.Context, s ledger.Session) ([]Visit, error)
	AddVisit(ctx context.Context, s ledger.Session, idem ledger.Idem, v Visit) (Visit, error)
	// ActVisit lets fn look at the visit and say the next act.
	ActVisit(ctx context.Context, s ledger.Session, idem ledger.Idem, id uuid.UUID, fn func(Visit) (VisitAct, error)) (Visit, error)

	// FocusActs in sight, each prison's in their order.
	FocusActs(ctx context.Context, s ledger.Session) ([]FocusAct, error)
	AddFocusAct(ctx context.Context, s ledger.Session, idem ledger.Idem, a FocusAct) (FocusAct, error)
	// PlannedVisits in sight, by day.
	PlannedVisits(ctx context.Context, s ledger.Session) ([]PlannedVisit, error)
	AddPlannedVisit(ctx context.Context, s ledger.Session, idem ledger.Idem, v PlannedVisit) (PlannedVisit, error)
	EndPlannedVisit(ctx context.Context, s ledger.Session, idem ledger.Idem, id uuid.UUID, e PlannedEnd) (PlannedVisit, error)

	Trainings(ctx context.Context, s ledger.Session) ([]Training, error)
	AddTraining(ctx context.Context, s ledger.Session, idem ledger.Idem, t Training) (Training, error)
	// Staff of a prison in some roles, and what they passed or not of a version of a standard;
	// training zero: the best of all its trainings, else of the one.
	Staff(ctx context.Context, s ledger.Session, roles []string, standard string, version int, training uuid.UUID) ([]Trainee, error)
	AddAttendances(ctx context.Context, s ledger.Session, idem ledger.Idem, list []Attendance) error

	Brands(ctx context.Context, s ledger.Session) ([]Brand, error)
	AddBrand(ctx context.Context, s ledger.Session, idem ledger.Idem, b Brand, first BrandStep) (Brand, error)
	StepBrand(ctx context.Context, s ledger.Session, idem ledger.Idem, id uuid.UUID, fn func(Brand) (BrandStep, error)) (Brand, error)

	Practices(ctx context.Context, s ledger.Session) ([]Practice, error)
	AddPractice(ctx context.Context, s ledger.Session, idem ledger.Idem, p Practice) (Practice, error)
	AddAdoption(ctx context.Context, s ledger.Session, idem ledger.Idem, a Adoption) (Adoption, error)
	VerifyAdoption(ctx context.Context, s ledger.Session, idem ledger.Idem, id uuid.UUID, fn func(Adoption) (AdoptionVerdict, error)) (Adoption, error)

	Pairs(ctx context.Context, s ledger.Session) ([]Pair, error)
	AddPair(ctx context.Context, s ledger.Session, idem ledger.Idem, p Pair) (Pair, error)
	AddHelp(ctx context.Context, s ledger.Session, idem ledger.Idem, pair uuid.UUID, fn func(Pair) (Help, error)) (Pair, error)
	// AddOvertake does nothing where there is one.
	AddOvertake(ctx context.Context, s ledger.Session, pair uuid.UUID, o Overtake) error

	// Beside is what stands beside the scores of areas of one prison.
	Beside(ctx context.Context, s ledger.Session, areas []uuid.UUID, standard, from, to string, asked []scoring.Fact) (map[uuid.UUID]Beside, error)
	// Behind lists what one of its numbers counts: rows of the facts, if there are any, else of the figure's own.
	Behind(ctx context.Context, s ledger.Session, area uuid.UUID, figure, from, to string, facts [2]scoring.Fact) ([]Counted, error)
}

// Standards finds standards (package standards). Fault: standard_unknown.
type Standards interface {
	List(ctx context.Context) ([]standards.Version, error)
	For(ctx context.Context, kind, function, day string) (*scoring.Standard, error)
}

// Service is the use cases. All fields but Clock are required.
type Service struct {
	Store     Store
	Access    ledger.Authorizer
	Standards Standards
	Scores    Scores
	Evenings  Evenings
	Areas     func(ctx context.Context, prison uuid.UUID) ([]ledger.Area, error)
	Prisons   func(ctx context.Context) ([]uuid.UUID, error)
	Now       func() time.Time
	// Clock is the demonstration's, while its past is lived; nil is the server's time.
	Clock func() time.Time
}

// asked is the session of an answer: the database sees who asks.
func (s *Service) asked(ctx context.Context, prison uuid.UUID) ledger.Session {
	a := actor.From(ctx)
	ses := ledger.Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
	if s.Clock != nil {
		ses.Clock = s.Clock()
	}
	return ses
}

// may asks of a unit; whoever did what is at hand is its author.
func (s *Service) may(ctx context.Context, action string, prison, area, author uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), action, ledger.Subject{Class: "guidance", Prison: prison, Area: area, Author: author}, s.Now())
}

// maySee goes with the score of the unit.
func (s *Service) maySee(ctx context.Context, prison, area uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), "read", ledger.Subject{Class: "score", Prison: prison, Area: area}, s.Now())
}

func (s *Service) today() string { return catalog.DayOf(s.Now()) }

// wrong collects what is to be mended of what somebody sent.
type wrong []fault.Field

func (w *wrong) add(pointer, code, zh, en string) {
	*w = append(*w, fault.Field{Pointer: pointer, Code: code, Text: fault.Text{ZH: zh, EN: en}})
}

// The longest a title and a text may be, in characters.
const (
	titleLength = 100
	textLength  = 4000
)

func (w *wrong) title(pointer string, title *string) {
	name, ok := catalog.Name(*title, titleLength)
	if !ok {
		*w = append(*w, catalog.BadName(pointer, titleLength))
	}
	*title = name
}

func (w *wrong) text(pointer, text string) {
	if ledger.Blank(text) || len([]rune(text)) > textLength {
		w.add(pointer, "required", "请填写，4000 字以内", "Say it in at most 4000 characters")
	}
}

// day is one near today and, where it tells what was done, not after it.
func (w *wrong) day(pointer, day string, now time.Time, done bool) {
	switch at, err := catalog.Day(day); {
	case err != nil || !catalog.Near(at.At, now):
		*w = append(*w, catalog.FarOff(pointer))
	case done && day > catalog.DayOf(now):
		w.add(pointer, "future", "不能是今天以后的日期", "It cannot lie after today")
	}
}

// inUse: an area is visited on a day on which it is one of its prison's. What was made before it
// closed may be recorded after; one that the prison has not is the store's to refuse.
func (s *Service) inUse(ctx context.Context, bad *wrong, prison, area uuid.UUID, day string) error {
	if len(*bad) > 0 || area == uuid.Nil {
		return nil
	}
	areas, err := s.Areas(ctx, prison)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(areas, func(a ledger.Area) bool { return a.ID == area }); i >= 0 && !areas[i].Counts(day) {
		bad.add("/area", "closed", "该监区在该日尚未启用或已停用", "The area is not in use on that day")
	}
	return nil
}

func (w wrong) refused() error {
	if len(w) == 0 {
		return nil
	}
	return fault.InvalidFields("bad_guidance", w)
}

// Unit is an area, or a prison as a whole.
type Unit struct {
	Prison uuid.UUID `json:"prison"`
	Area   uuid.UUID `json:"area,omitzero"`
}

// Own lists the units for which the actor may answer and bring something forward.
func (s *Service) Own(ctx context.Context) ([]Unit, error) {
	list := []Unit{}
	for _, p := range actor.From(ctx).Postings {
		if p.PrisonID == uuid.Nil {
			continue
		}
		units := []Unit{{p.PrisonID, p.AreaID}}
		if p.AreaID == uuid.Nil {
			areas, err := s.Areas(ctx, p.PrisonID)
			if err != nil {
				return nil, err
			}
			for _, a := range areas {
				units = append(units, Unit{p.PrisonID, a.ID})
			}
		}
		for _, u := range units {
			if !slices.Contains(list, u) && s.may(ctx, "submit", u.Prison, u.Area, uuid.Nil) == nil {
				list = append(list, u)
			}
		}
	}
	return list, nil
}
