package accreditation

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/printing"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// Scores evaluates what stands today (package assessment).
type Scores interface {
	Scores(ctx context.Context, prison uuid.UUID) ([]assessment.Standing, error)
	Under(ctx context.Context, prison, area uuid.UUID, titled map[uuid.UUID]bool, standards ...*scoring.Standard) ([]*scoring.Sheet, error)
	Whole(ctx context.Context, prison uuid.UUID, titled map[uuid.UUID]bool, std *scoring.Standard) (*scoring.Sheet, error)
}

// Service is the use cases. All fields but Clock are required.
type Service struct {
	Store     Store
	Access    ledger.Authorizer
	Standards standards.Reader
	Checks    inspection.Checks
	Scores    Scores
	Files     ledger.Files               // minutes and packages
	Font      *printing.Font             // of the report in a package
	Owner     func(ledger string) string // the department that answers for a ledger
	Calendar  func() *catalog.Calendar
	Machines  Machines
	Now       func() time.Time
	// Clock is the demonstration's, while its past is lived; nil is the server's time.
	Clock func() time.Time
}

// Machines are the versions of the road. A case is held to the one it was submitted under.
type Machines map[int]*lifecycle.Machine

// ReadMachines reads every version, v1/case.json and so on: those that are shipped, and those that the
// house keeps in a folder of its own, which need not be there. One that is shipped is not replaced.
func ReadMachines(shipped, own fs.FS) (Machines, error) {
	out := Machines{}
	for _, fsys := range []fs.FS{shipped, own} {
		list, err := fs.Glob(fsys, "v*/case.json")
		if err != nil {
			return nil, err
		}
		for _, name := range list {
			raw, err := fs.ReadFile(fsys, name)
			if err != nil {
				return nil, err
			}
			m, err := lifecycle.Parse(raw)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if want := fmt.Sprintf("v%d/case.json", m.Version); name != want {
				return nil, fmt.Errorf("%s: it says version %d, whose place is %s", name, m.Version, want)
			}
			if out[m.Version] != nil {
				return nil, fmt.Errorf("%s: version %d is shipped with the program; a road of the house takes the next number", name, m.Version)
			}
			out[m.Version] = m
		}
	}
	return out, nil
}

// Complete fails where the road that a case is held to is missing.
func (s *Service) Complete(ctx context.Context) error {
	cases, err := s.Store.Cases(ctx, house(uuid.Nil))
	if err != nil {
		return err
	}
	for _, c := range cases {
		if s.machine(c) == nil {
			return fmt.Errorf("cases are held to version %d of the road: v%d/case.json is wanted", c.Machine, c.Machine)
		}
	}
	return nil
}

// newest is the road of applications that are submitted now.
func (m Machines) newest() *lifecycle.Machine {
	var best *lifecycle.Machine
	for _, x := range m {
		if best == nil || x.Version > best.Version {
			best = x
		}
	}
	return best
}

func (s *Service) machine(c Case) *lifecycle.Machine { return s.Machines[c.Machine] }

// asked is the session of somebody's act or look: the database sees who asks.
func (s *Service) asked(ctx context.Context, prison uuid.UUID) ledger.Session {
	a := actor.From(ctx)
	ses := ledger.Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
	if s.Clock != nil {
		ses.Clock = s.Clock()
	}
	return ses
}

// house is the program's own session.
func house(prison uuid.UUID) ledger.Session {
	return ledger.Session{Prison: prison, Scope: ledger.Everything()}
}

func (s *Service) may(ctx context.Context, action string, sub ledger.Subject) error {
	return s.Access.Check(actor.From(ctx), action, sub, s.Now())
}

func subject(prison, area uuid.UUID) ledger.Subject {
	return ledger.Subject{Class: "case", Prison: prison, Area: area}
}

// capacity is the action that access is asked about for each actor of the road. The
// unit of a prison's case is the prison.
func capacity(as lifecycle.Actor, area uuid.UUID) string {
	switch {
	case as == lifecycle.Unit && area == uuid.Nil:
		return "act_whole"
	case as == lifecycle.Unit:
		return "act_unit"
	}
	return map[lifecycle.Actor]string{lifecycle.PrisonOffice: "act_prison", lifecycle.BureauOffice: "act_bureau",
		lifecycle.PartyCommittee: "act_party", lifecycle.Committee: "act_committee"}[as]
}

// people are the actors that somebody can be by a post alone; a department's line is
// asked for by its name.
var people = []lifecycle.Actor{lifecycle.Unit, lifecycle.PrisonOffice, lifecycle.BureauOffice, lifecycle.PartyCommittee, lifecycle.Committee}

// qualities in which the context's actor may act on a unit's case.
func (s *Service) qualities(ctx context.Context, prison, area uuid.UUID) (list []lifecycle.Actor) {
	for _, as := range people {
		if s.may(ctx, capacity(as, area), subject(prison, area)) == nil {
			list = append(list, as)
		}
	}
	return list
}

// speaksFor says whether the actor heads the line of the department at the bureau.
func (s *Service) speaksFor(ctx context.Context, prison, area uuid.UUID, department string) error {
	sub := subject(prison, area)
	sub.Department = department
	return s.may(ctx, "act_line", sub)
}

// departments that answer for what the standard looks at, by code.
func (s *Service) departments(std *scoring.Standard) []string {
	var list []string
	add := func(l string) {
		if d := s.Owner(l); d != "" {
			list = append(list, d)
		}
	}
	for _, f := range std.Facts() {
		add(f.Ledger)
	}
	for _, d := range std.Domains {
		for _, ind := range d.Indicators {
			for _, l := range ind.Ledgers {
				add(l)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return integrity.Canonical(raw)
}

func told(pointer, code, zh, en string) fault.Field {
	return fault.Field{Pointer: pointer, Code: code, Text: fault.Text{ZH: zh, EN: en}}
}

// unit as the standards name it.
func unitOf(prison uuid.UUID, area ledger.Area, level string) standards.Unit {
	if area.ID == uuid.Nil {
		return standards.Unit{Prison: prison, Kind: "prison", Level: level}
	}
	return standards.Unit{Prison: prison, Area: area.ID, Kind: area.Kind, Function: area.Function}
}
