package stewardship

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Units that approve and read and are no department.
const (
	UnitArea   = "area"
	UnitPrison = "prison"
)

// Mark is what a unit has to do with a ledger: nothing of it is typed, it is the owner of the
// register, the steps of the chain and the answers of the policy.
type Mark struct {
	Unit     string `json:"unit"` // a department's code, area or prison
	Owner    bool   `json:"owner"`
	Approver bool   `json:"approver"`
	// When: it approves under a condition alone.
	When   bool `json:"when"`
	Reader bool `json:"reader"`
	// Takes: a ledger of the department shows fields of this one.
	Takes bool `json:"takes"`
	// Vacant: a step is its, and nobody holds the post.
	Vacant bool `json:"vacant"`
}

// Row is a ledger in force with its units.
type Row struct {
	Ledger string   `json:"ledger"`
	Owners []string `json:"owners"`
	Marks  []Mark   `json:"marks"` // of units that have something to do with it
	Steps  []Step   `json:"steps"`
	// Problems are the lists of the report that name it.
	Problems []string `json:"problems"`
}

// Step of a ledger's chain as it can be decided today.
type Step struct {
	ID    string       `json:"id"`
	Title fault.Text   `json:"title"`
	Unit  string       `json:"unit"` // area, owner, prison
	Roles []actor.Role `json:"roles"`
	When  bool         `json:"when"` // under a condition alone
	// Vacant: nobody holds the post; of a step in the area, Areas where nobody does.
	Vacant bool        `json:"vacant"`
	Areas  []uuid.UUID `json:"areas"`
}

// Matrix of a prison: its ledgers by departments, and what is missing or double.
type Matrix struct {
	Prison      uuid.UUID `json:"prison"`
	Day         string    `json:"day"`
	Departments []string  `json:"departments"`
	Ledgers     []Row     `json:"ledgers"`
	Report      Report    `json:"report"`
}

// Matrix of a prison today. Faults: not_found, forbidden.
func (s *Service) Matrix(ctx context.Context, prison uuid.UUID) (Matrix, error) {
	if err := s.Access.Check(actor.From(ctx), "read", ledger.Subject{Class: "proposal", Prison: prison}, s.Now()); err != nil {
		return Matrix{}, err
	}
	areas, departments, err := s.prison(ctx, prison)
	if err != nil {
		return Matrix{}, err
	}
	owners, err := s.Store.Owners(ctx)
	if err != nil {
		return Matrix{}, err
	}
	posts, err := s.Store.Posts(ctx, prison)
	if err != nil {
		return Matrix{}, err
	}
	out := Matrix{Prison: prison, Day: s.today(), Ledgers: []Row{}}
	for _, d := range departments {
		out.Departments = append(out.Departments, d.Code)
	}
	types := s.Catalog.Types()
	held := holders{prison: prison, posts: posts}
	for _, t := range types {
		row := Row{Ledger: t.ID, Owners: owners[t.ID], Steps: []Step{}, Problems: []string{}}
		if row.Owners == nil {
			row.Owners = []string{}
		}
		for _, step := range t.Chain {
			row.Steps = append(row.Steps, held.step(step, t, row.Owners, areas))
		}
		row.Marks = s.marks(prison, t, row, out.Departments, takers(types, t.ID, owners))
		out.Ledgers = append(out.Ledgers, row)
	}
	out.Report = reportOf(out.Ledgers, out.Departments, s.Catalog.AskedTwice())
	for i := range out.Ledgers {
		out.Ledgers[i].Problems = out.Report.problems(out.Ledgers[i].Ledger)
	}
	return out, nil
}

// takers are the departments whose ledgers show fields of this one.
func takers(types []*catalog.Type, of string, owners map[string][]string) (list []string) {
	for _, t := range types {
		if t.ID != of && slices.ContainsFunc(t.Sources, func(x catalog.Source) bool { return x.Ledger == of }) {
			list = append(list, owners[t.ID]...)
		}
	}
	return list
}

// reading are the roles of each kind of unit that might read.
var reading = map[string][]actor.Role{
	UnitArea:   {actor.Officer, actor.DutyLeader, actor.DeputyHead, actor.AreaHead, actor.Instructor, actor.Medic, actor.Counsellor},
	UnitPrison: {actor.PrisonLeader, actor.Warden, actor.PrisonOffice},
	"":         {actor.DeptStaff, actor.DeptHead, actor.Medic, actor.Counsellor},
}

// marks of the units, each asked of what there is.
func (s *Service) marks(prison uuid.UUID, t *catalog.Type, row Row, departments, takers []string) []Mark {
	list := []Mark{}
	for _, unit := range append([]string{UnitArea, UnitPrison}, departments...) {
		m := Mark{Unit: unit, Owner: slices.Contains(row.Owners, unit), Takes: slices.Contains(takers, unit), When: true}
		for _, step := range row.Steps {
			if step.Unit != unit && !(step.Unit == "owner" && m.Owner) {
				continue
			}
			m.Approver = true
			m.When = m.When && step.When
			m.Vacant = m.Vacant || step.Vacant
		}
		m.When = m.When && m.Approver
		m.Reader = s.reads(prison, unit, t)
		if m.Owner || m.Approver || m.Reader || m.Takes {
			list = append(list, m)
		}
	}
	return list
}

// reads asks the policy whether anybody posted at the unit would read an entry of the ledger, a
// sealed one included. Whoever is asked about is nobody in particular.
func (s *Service) reads(prison uuid.UUID, unit string, t *catalog.Type) bool {
	kind := unit
	if unit != UnitArea && unit != UnitPrison {
		kind = ""
	}
	sub := ledger.Subject{Class: "entry", Prison: prison, Ledger: t.ID, Level: t.Sensitivity, Area: somewhere}
	sealed := []bool{false}
	if t.Sealed != "" {
		sealed = append(sealed, true)
	}
	for _, role := range reading[kind] {
		post := actor.Posting{Role: role, PrisonID: prison}
		switch kind {
		case UnitArea:
			post.AreaID = somewhere
		case "":
			post.Department = unit
		}
		who := actor.Actor{UserID: somebody, PersonID: somebody, Postings: []actor.Posting{post}}
		for _, sub.Sealed = range sealed {
			if s.Access.Check(who, "read", sub, s.Now()) == nil {
				return true
			}
		}
	}
	return false
}

// An area and a person that are not there.
var somewhere, somebody = uuid.UUID{15: 1}, uuid.UUID{15: 2}

// holders are the posts that are held.
type holders struct {
	prison uuid.UUID
	posts  []actor.Posting
}

func (h holders) any(roles []actor.Role, area uuid.UUID, department string) bool {
	return slices.ContainsFunc(h.posts, func(p actor.Posting) bool {
		return slices.Contains(roles, p.Role) && p.AreaID == area && p.Department == department
	})
}

// step of a chain, with where nobody holds it nor steps in for it.
func (h holders) step(of catalog.ChainStep, t *catalog.Type, owners []string, areas []ledger.Area) Step {
	out := Step{ID: of.ID, Title: of.Title, Unit: of.Unit, Roles: of.Roles, When: of.When != "", Areas: []uuid.UUID{}}
	roles := slices.Concat(of.Roles, of.Deputy)
	switch of.Unit {
	case "area":
		for _, a := range areas {
			if t.AppliesTo(a.Kind, a.Function, a.HasLabour) && !h.any(roles, a.ID, "") {
				out.Areas = append(out.Areas, a.ID)
			}
		}
		out.Vacant = len(out.Areas) > 0
	case "owner":
		out.Vacant = !slices.ContainsFunc(owners, func(d string) bool { return h.any(roles, uuid.Nil, d) })
	default:
		out.Vacant = !h.any(roles, uuid.Nil, "")
	}
	return out
}
