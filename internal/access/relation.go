package access

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/ledger"
)

// discipline answers for a case against police, whoever owns the ledger.
const discipline = "dept_discipline"

// reach is one capacity of an actor and the rows it covers. Decisions ask
// whether it covers a row, lists turn it into the rows: both walls rest on it.
type reach struct {
	role       actor.Role
	relation   string
	prison     uuid.UUID   // uuid.Nil: every prison
	areas      []uuid.UUID // empty: every area
	department string      // "": whoever answers for the ledger
}

func nobody(a actor.Actor) bool { return a.Nobody() || a.PersonID == uuid.Nil }

// reaches lists what the actor's postings, and grants in force, cover.
func reaches(a actor.Actor, now time.Time) []reach {
	if nobody(a) {
		return nil
	}
	var list []reach
	for _, p := range a.Postings {
		if !slices.Contains(all, p.Role) {
			continue // a role without rules is no capacity
		}
		at := reach{role: p.Role, relation: "same_prison", prison: p.PrisonID}
		if p.PrisonID == uuid.Nil {
			at.relation = "bureau"
			list = append(list, at)
			continue
		}
		list = append(list, at)
		if p.AreaID == uuid.Nil && p.Department == "" {
			at.relation = "prison"
			list = append(list, at)
		}
		if p.AreaID != uuid.Nil {
			list = append(list, reach{role: p.Role, relation: "own_area", prison: p.PrisonID, areas: []uuid.UUID{p.AreaID}})
		}
		if p.Department != "" {
			list = append(list, reach{role: p.Role, relation: "department", prison: p.PrisonID, department: p.Department})
		}
	}
	if !a.Holds(actor.Inspector) {
		return list
	}
	for _, g := range a.Grants {
		if g.PrisonID != uuid.Nil && !now.Before(g.From) && now.Before(g.To) {
			list = append(list, reach{role: actor.Inspector, relation: "granted", prison: g.PrisonID, areas: g.Areas})
		}
	}
	return list
}

func (x reach) in(prison uuid.UUID) bool { return x.prison == uuid.Nil || x.prison == prison }

func (x reach) covers(s ledger.Subject, department string) bool {
	return x.in(s.Prison) &&
		(len(x.areas) == 0 || s.Area != uuid.Nil && slices.Contains(x.areas, s.Area)) &&
		(x.department == "" || x.department == department)
}

// fills reports whether this capacity is the one that fills the ledger there.
func (x reach) fills(s ledger.Subject) bool {
	if !slices.Contains(s.FillRoles, x.role) {
		return false
	}
	if s.FillDept != "" {
		return x.department == s.FillDept
	}
	return x.relation == "own_area" && slices.Contains(x.areas, s.Area)
}

// unitRelation says in which relation the people of a step's unit stand.
var unitRelation = map[string]string{"area": "own_area", "owner": "department", "prison": "prison", "bureau": "bureau"}

func (x reach) decides(s ledger.Subject) bool {
	return slices.Contains(s.StepRoles, x.role) && x.relation == unitRelation[s.StepUnit]
}

// hold is one capacity in which an actor stands to a thing.
type hold struct {
	role     actor.Role
	relation string
}

// answering names the department that answers for the thing.
func (r *rules) answering(s ledger.Subject) string {
	switch {
	case s.Class != "entry":
		return s.Department
	case s.Sealed:
		return discipline
	}
	return r.owners[s.Ledger]
}

// holds computes every relation of the actor to the subject, from the row's
// own attributes.
func (r *rules) holds(a actor.Actor, list []reach, s ledger.Subject) []hold {
	var h []hold
	department := r.answering(s)
	for _, x := range list {
		if !x.in(s.Prison) {
			continue
		}
		if wrote(a, s) {
			h = append(h, hold{x.role, "author"})
		}
		if x.fills(s) {
			h = append(h, hold{x.role, "filler"})
		}
		if !x.covers(s, department) {
			continue
		}
		h = append(h, hold{x.role, x.relation})
		if x.decides(s) {
			h = append(h, hold{x.role, "step"})
		}
	}
	return h
}

// wrote goes by the human, whatever the account or the post.
func wrote(a actor.Actor, s ledger.Subject) bool {
	return s.Author != uuid.Nil && s.Author == a.PersonID
}
