// Package assessment applies a standard to what there is: scores as they stand
// today, findings, rulings, kept runs and what would be if.
package assessment

import (
	"context"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// Makings is what the scores of areas are made of, as of one moment. An area with
// nothing is in no map.
type Makings struct {
	// Sums adds up what a standard asks for, without references; month by month where it
	// compares months. What it asks of all ledgers together comes under the ledger "", without
	// what it asks of one of them by name: scoring adds it up.
	Sums     map[uuid.UUID][]scoring.DayFact
	Findings map[uuid.UUID][]scoring.Finding
	Rulings  map[uuid.UUID][]Ruling // the newest first
	// Met are the lines that the unit's latest check found nothing at, by this version.
	Met map[uuid.UUID][]string
}

// Store keeps what scores are made of, and what was made of it.
type Store interface {
	Areas(ctx context.Context, prison uuid.UUID) ([]ledger.Area, error)
	// Makings reads what scores are made of between two days, both included.
	Makings(ctx context.Context, s ledger.Session, areas []uuid.UUID, std *scoring.Standard, from, to string) (Makings, error)
	// Sums are those of the makings alone.
	Sums(ctx context.Context, s ledger.Session, areas []uuid.UUID, std *scoring.Standard, from, to string) (map[uuid.UUID][]scoring.DayFact, error)
	// Behind lists references of facts between two days, at most limit of each.
	Behind(ctx context.Context, s ledger.Session, area uuid.UUID, asked []scoring.Fact, from, to string, limit int) ([]scoring.DayFact, error)
	// Explained reads the makings of one area and, of the facts that weigh names by them, what is behind:
	// both as they stood at one moment.
	Explained(ctx context.Context, s ledger.Session, area uuid.UUID, std *scoring.Standard, from, to string, limit int, weigh func(Makings) []scoring.Fact) ([]scoring.DayFact, error)
	Findings(ctx context.Context, s ledger.Session, areas []uuid.UUID, from, to string) (map[uuid.UUID][]scoring.Finding, error)
	// WholeFindings are those of the prison as a whole.
	WholeFindings(ctx context.Context, s ledger.Session, from, to string) ([]scoring.Finding, error)
	// WholeMet are the lines that the prison's latest check as a whole found nothing at.
	WholeMet(ctx context.Context, s ledger.Session, std *scoring.Standard, from, to string) ([]string, error)
	AddFinding(ctx context.Context, s ledger.Session, idem ledger.Idem, f NewFinding) (uuid.UUID, error)
	// Days reads what a standard asks for day by day, with all references.
	Days(ctx context.Context, s ledger.Session, area uuid.UUID, asked []scoring.Fact, from, to string) ([]scoring.DayFact, error)

	// Rulings lists the newest first.
	Rulings(ctx context.Context, s ledger.Session, areas []uuid.UUID) (map[uuid.UUID][]Ruling, error)
	AddRuling(ctx context.Context, s ledger.Session, idem ledger.Idem, r Ruling) (Ruling, error)
	// DecideRuling locks the area's rulings, lets fn look at the one and at those in
	// force beside it, set its state and decide.
	DecideRuling(ctx context.Context, s ledger.Session, idem ledger.Idem, id uuid.UUID, fn func(r *Ruling, beside []Ruling) (RulingDecision, error)) (Ruling, error)

	AddRun(ctx context.Context, s ledger.Session, idem ledger.Idem, r Run) (Run, error)
	// Runs lists the newest first, at most 200, without input and sheet.
	Runs(ctx context.Context, s ledger.Session, area uuid.UUID) ([]Run, error)
	// Sheets are the newest runs with their sheets, the first made first.
	Sheets(ctx context.Context, s ledger.Session, area uuid.UUID, limit int) ([]Run, error)
	// Measure is the newest run of these kinds with its sheet, however many others followed it; of
	// all kinds where none is named; where it is to have passed, what a later run of the same check
	// took the place of does not count. nil is none.
	Measure(ctx context.Context, s ledger.Session, area uuid.UUID, kinds []string, passed bool) (*Run, error)
	Run(ctx context.Context, s ledger.Session, id uuid.UUID) (Run, error)
	// Latest are the ids of the newest runs up to a day, of each area among the kinds named for it, with the sheets
	// of those that are not held; an area without a run is not in the map.
	Latest(ctx context.Context, s ledger.Session, kinds map[uuid.UUID][]string, day string, held []uuid.UUID) (map[uuid.UUID]Run, error)
	// Unchecked are the findings that were recorded outside of any check.
	Unchecked(ctx context.Context, s ledger.Session, area uuid.UUID, from, to string) ([]scoring.Finding, error)

	// Evening is the last one kept of an area before a day; nil is none.
	Evening(ctx context.Context, s ledger.Session, area uuid.UUID, before string) (*Evening, error)
	Evenings(ctx context.Context, s ledger.Session, day string) (map[uuid.UUID]bool, error)
	// Carried is what the unit's case takes over into its re-check; nil is nothing.
	Carried(ctx context.Context, s ledger.Session, area uuid.UUID) (*Carried, error)
	AddEvenings(ctx context.Context, s ledger.Session, list []Evening) error

	// Defects finds what the self-check looks for in the store, by the check's id. Of an
	// entry that the session may not see it tells the ledger and the day only.
	Defects(ctx context.Context, s ledger.Session, l Look) (map[string]Defect, error)
}

// Duties tells what is due (package duty).
type Duties interface {
	List(ctx context.Context, prison uuid.UUID, f duty.Filter) ([]duty.Duty, error)
	// BurstsOf an area, filed between two days.
	BurstsOf(ctx context.Context, prison, area uuid.UUID, from, to string) ([]duty.Burst, error)
	// Rosters of an area between two days, of shifts that somebody is named for.
	Rosters(ctx context.Context, prison, area uuid.UUID, from, to string) ([]duty.Roster, bool, error)
	// Gains are what facts would gain by what a transaction changed.
	Gains(ctx context.Context, tx ledger.Tx, area uuid.UUID, list []ledger.DayTouched) ([]scoring.DayFact, error)
}

// Standards finds standards (package standards). Fault: standard_unknown.
type Standards interface {
	// For is what is in force for a kind of unit on a day.
	For(ctx context.Context, kind, function, day string) (*scoring.Standard, error)
	Texts
	// Hops lead from a version to a later one, over the mappings between them.
	Hops(ctx context.Context, standard string, from, to int) ([]standards.Hop, error)
	// Versions are those of a standard that are issued, the newest first.
	Versions(ctx context.Context, standard string) ([]standards.Version, error)
}

// Service is the use cases of scores.
type Service struct {
	Store     Store
	Access    ledger.Authorizer
	Standards Standards
	Duties    Duties
	Entries   Entries
	Catalog   *catalog.Catalog
	Now       func() time.Time
	// Clock is the demonstration's, while its past is lived; nil is the server's time.
	Clock func() time.Time

	rated shelf
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

func (s *Service) mayRead(ctx context.Context, prison, area uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), "read", ledger.Subject{Class: "score", Prison: prison, Area: area}, s.Now())
}

// unit is an area that the actor may see the standing of, and its standard.
// Faults: not_found, forbidden, no_standard_yet.
func (s *Service) unit(ctx context.Context, prison, id uuid.UUID) (ledger.Area, *scoring.Standard, error) {
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return ledger.Area{}, nil, err
	}
	for _, a := range areas {
		if a.ID != id {
			continue
		}
		if err := s.mayRead(ctx, prison, id); err != nil {
			return a, nil, err
		}
		std, err := s.standard(ctx, a)
		return a, std, Unjudged(err)
	}
	return ledger.Area{}, nil, fault.New(fault.NotFound, "not_found")
}

// Unjudged tells who asks for the score of a unit that no standard judges so: nothing is
// missing that was ever there.
func Unjudged(err error) error {
	if fault.CodeOf(err) == "standard_unknown" {
		return fault.New(fault.Conflict, "no_standard_yet")
	}
	return err
}

// standard is the one in force today for an area of this sort.
func (s *Service) standard(ctx context.Context, a ledger.Area) (*scoring.Standard, error) {
	return s.Standards.For(ctx, a.Kind, a.Function, catalog.DayOf(s.Now()))
}

// window is the days a standard looks at, ending on a day.
func window(std *scoring.Standard, day time.Time) (from, to string) {
	return catalog.DayOf(day.AddDate(0, -std.Months, 1)), catalog.DayOf(day)
}
