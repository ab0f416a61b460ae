package ledger

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
)

// The kinds of capacity in which somebody decides a step. Each is a relation
// of the policy.
const (
	AsStep   = "step"   // the post or the seat is one's own
	AsDeputy = "deputy" // in the name of the one who gave a delegation (代)
	AsHigher = "higher" // of the higher post, after the deadline
)

// Capacity in which somebody decides the step at hand.
type Capacity struct {
	Kind       string
	Seat       uuid.UUID  // whose decision it is
	Role       actor.Role // by which
	Delegation uuid.UUID
	Named      bool // the seat is held by name: 转签 passes on this one
}

// DisciplineDepartment answers for a case against police, whoever owns the ledger.
const DisciplineDepartment = "dept_discipline"

// Capacities lists in which capacities the actor decides the subject's step, the
// nearest first. department is the one that answers for the subject. The author
// has none, in nobody's name; nor has who decided this step or passed it on.
func (s Subject) Capacities(a actor.Actor, department string, now time.Time) (list []Capacity) {
	out := func(person uuid.UUID) bool {
		return person == uuid.Nil || person == s.Author || slices.Contains(s.StepOut, person)
	}
	if out(a.PersonID) {
		return nil
	}
	if slices.Contains(s.StepSeats, a.PersonID) {
		c := Capacity{Kind: AsStep, Seat: a.PersonID, Named: true}
		for _, p := range a.Postings {
			// Somebody who was added holds another post than the step's.
			if p.PrisonID == s.Prison && (c.Role == "" || slices.Contains(s.StepRoles, p.Role)) {
				c.Role = p.Role
			}
		}
		list = append(list, c)
	}
	for _, p := range a.Postings {
		if !s.StepBound && s.held(p, s.StepRoles, s.StepUnit, department) {
			list = append(list, Capacity{Kind: AsStep, Seat: a.PersonID, Role: p.Role})
		}
	}
	for _, d := range a.Delegations {
		if d.InForce(now) && !out(d.Holder) && s.held(d.Posting, s.StepRoles, s.StepUnit, department) &&
			(!s.StepBound || slices.Contains(s.StepSeats, d.Holder)) {
			list = append(list, Capacity{Kind: AsDeputy, Seat: d.Holder, Role: d.Posting.Role, Delegation: d.ID})
		}
	}
	if s.StepDue == nil || now.Before(*s.StepDue) {
		return list
	}
	for _, p := range a.Postings {
		if s.held(p, s.StepHigher, s.HigherUnit, department) {
			list = append(list, Capacity{Kind: AsHigher, Seat: a.PersonID, Role: p.Role})
		}
	}
	return list
}

// held: the posting is one of the roles at the unit.
func (s Subject) held(p actor.Posting, roles []actor.Role, unit, department string) bool {
	if !slices.Contains(roles, p.Role) || p.PrisonID != s.Prison && unit != "bureau" {
		return false
	}
	switch unit {
	case "area":
		return s.Area != uuid.Nil && p.AreaID == s.Area
	case "owner":
		return department != "" && p.Department == department
	case "prison":
		return p.AreaID == uuid.Nil && p.Department == ""
	case "bureau":
		return p.PrisonID == uuid.Nil
	}
	return false
}

// answering is the department that answers for an entry.
func (s *Service) answering(e Entry) string {
	if e.Sealed {
		return DisciplineDepartment
	}
	return s.Access.Owner(e.Ledger)
}

// capacities of the actor at the entry's step.
func (s *Service) capacities(a actor.Actor, e Entry, now time.Time) []Capacity {
	sub := Subject{Prison: e.Prison, Area: e.Area, Author: e.Author, StepRoles: e.StepRoles, StepUnit: e.StepUnit, StepAt: e.StepAt}
	return sub.Capacities(a, s.answering(e), now)
}
