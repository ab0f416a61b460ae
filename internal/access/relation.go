package access

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/ledger"
)

const discipline = ledger.DisciplineDepartment

// reach is one capacity of an actor and the rows it covers. Decisions ask
// whether it covers a row, lists turn it into the rows: both walls rest on it.
type reach struct {
	role       actor.Role
	relation   string
	prison     uuid.UUID   // uuid.Nil: every prison
	areas      []uuid.UUID // empty: every area
	department string      // "": whoever answers for the ledger
	deputy     bool        // held by delegation: for reading what is decided
}

func nobody(a actor.Actor) bool { return a.Nobody() || a.PersonID == uuid.Nil }

// reaches lists what the actor's postings, and grants in force, cover.
func reaches(a actor.Actor, now time.Time) []reach {
	if nobody(a) {
		return nil
	}
	var list []reach
	for _, p := range a.Postings {
		list = append(list, posting(p, false)...)
	}
	for _, d := range a.Delegations {
		if d.InForce(now) && d.Holder != a.PersonID {
			list = append(list, posting(d.Posting, true)...)
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

// posting lists what one posting covers.
func posting(p actor.Posting, deputy bool) (list []reach) {
	if !slices.Contains(all, p.Role) {
		return nil // a role without rules is no capacity
	}
	at := reach{role: p.Role, relation: "same_prison", prison: p.PrisonID, deputy: deputy}
	if p.PrisonID == uuid.Nil {
		at.relation = "bureau"
		list = append(list, at)
		if p.Department != "" {
			at.relation, at.department = "line", p.Department
			list = append(list, at)
		}
		return list
	}
	list = append(list, at)
	if p.AreaID == uuid.Nil && p.Department == "" {
		at.relation = "prison"
		list = append(list, at)
	}
	if p.AreaID != uuid.Nil {
		list = append(list, reach{role: p.Role, relation: "own_area", prison: p.PrisonID, areas: []uuid.UUID{p.AreaID}, deputy: deputy})
	}
	if p.Department != "" {
		list = append(list, reach{role: p.Role, relation: "department", prison: p.PrisonID, department: p.Department, deputy: deputy})
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
		return x.relation == "department" && x.department == s.FillDept
	}
	return x.relation == "own_area" && slices.Contains(x.areas, s.Area)
}

// hold is one capacity in which an actor stands to a thing.
type hold struct {
	role     actor.Role
	relation string
	deputy   bool // for reading only: the policy's relation deputy says the rest
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
func (r *rules) holds(a actor.Actor, list []reach, s ledger.Subject, now time.Time) []hold {
	var h []hold
	department := r.answering(s)
	for _, x := range list {
		if !x.in(s.Prison) {
			continue
		}
		if wrote(a, s) {
			h = append(h, hold{role: x.role, relation: "author"})
		}
		if slices.Contains(s.Team, a.PersonID) {
			h = append(h, hold{role: x.role, relation: "team"})
		}
		if s.Leader != uuid.Nil && s.Leader == a.PersonID {
			h = append(h, hold{role: x.role, relation: "leader"})
		}
		if x.fills(s) && !x.deputy {
			h = append(h, hold{role: x.role, relation: "filler"})
		}
		if x.covers(s, department) {
			h = append(h, hold{role: x.role, relation: x.relation, deputy: x.deputy})
		}
	}
	// The author is told that it is the author who may not, not that the step is another's.
	asked := s
	if wrote(a, s) {
		asked.Author = uuid.Nil
	}
	for _, c := range asked.Capacities(a, department, now) {
		// By a post one decides in its role; by name, by delegation or from above
		// in every role one holds, so that no denial to one of them is passed by.
		if c.Kind == ledger.AsStep && !c.Named {
			h = append(h, hold{role: c.Role, relation: c.Kind})
			continue
		}
		for _, x := range list {
			if !x.deputy && x.in(s.Prison) {
				h = append(h, hold{role: x.role, relation: c.Kind})
			}
		}
	}
	return h
}

// wrote goes by the human, whatever the account or the post.
func wrote(a actor.Actor, s ledger.Subject) bool {
	return s.Author != uuid.Nil && s.Author == a.PersonID
}
