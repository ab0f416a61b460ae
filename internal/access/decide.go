package access

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// hold is one capacity in which an actor stands to a thing.
type hold struct {
	role     actor.Role
	relation string
}

// holds computes every relation of the actor to the subject, from the row's
// own attributes.
func (r *rules) holds(a actor.Actor, s ledger.Subject, now time.Time) []hold {
	var list []hold
	for _, p := range a.Postings {
		for _, rel := range r.posted(p, s) {
			list = append(list, hold{p.Role, rel})
		}
		if s.Author != uuid.Nil && s.Author == a.PersonID {
			list = append(list, hold{p.Role, "author"})
		}
	}
	if a.Holds(actor.Inspector) {
		for _, g := range a.Grants {
			if inForce(g, now) && g.PrisonID == s.Prison && (len(g.Areas) == 0 || slices.Contains(g.Areas, s.Area)) {
				list = append(list, hold{actor.Inspector, "granted"})
			}
		}
	}
	return list
}

func inForce(g actor.Grant, now time.Time) bool { return !now.Before(g.From) && now.Before(g.To) }

// posted lists the relations one posting gives.
func (r *rules) posted(p actor.Posting, s ledger.Subject) []string {
	if p.PrisonID == uuid.Nil {
		if p.Role == actor.BureauOffice {
			return []string{"bureau"}
		}
		return nil
	}
	if p.PrisonID != s.Prison {
		return nil
	}
	list := []string{"same_prison"}
	inArea := p.AreaID != uuid.Nil && p.AreaID == s.Area
	whole := p.AreaID == uuid.Nil && p.Department == ""
	owns := p.Department != "" && p.Department == s.Department
	if inArea {
		list = append(list, "own_area")
	}
	if whole {
		list = append(list, "prison")
	}
	if owns {
		list = append(list, "department")
	}
	if p.Department == "dept_discipline" {
		list = append(list, "discipline")
	}
	if slices.Contains(s.FillRoles, p.Role) && (s.FillDept == "" && inArea || s.FillDept != "" && p.Department == s.FillDept) {
		list = append(list, "filler")
	}
	if slices.Contains(s.StepRoles, p.Role) && (s.StepUnit == "area" && inArea || s.StepUnit == "owner" && owns || whole) {
		list = append(list, "step")
	}
	return list
}

// classOf names the class that a reading of the subject falls in.
func classOf(s ledger.Subject) string {
	switch {
	case s.Class != "entry":
		return s.Class
	case s.Sealed:
		return "entry_sealed"
	case s.Level == "L3":
		return "entry_l3"
	}
	return "entry"
}

// allows runs the policy over all relations: one deny outweighs every allow.
func (r *rules) allows(list []hold, class, action string) bool {
	ok := false
	for _, h := range list {
		allowed, denied := r.ask(h.role, h.relation, class, action)
		if denied {
			return false
		}
		ok = ok || allowed
	}
	return ok
}

func (r *rules) reads(list []hold, s ledger.Subject) bool {
	if r.allows(list, classOf(s), "read") {
		return true
	}
	// Authors see their own, whatever its level: they wrote it.
	own := slices.ContainsFunc(list, func(h hold) bool { return h.relation == "author" })
	return own && s.Class == "entry" && r.allows(list, "entry", "read")
}

// Check returns nil where the policy allows. Those who may not even read the
// thing get not_found; others forbidden, with who could do it.
func (e *Enforcer) Check(a actor.Actor, action string, s ledger.Subject, now time.Time) error {
	r := e.now.Load()
	if a.Nobody() || a.PersonID == uuid.Nil {
		return fault.New(fault.Unauthenticated, "sign_in")
	}
	list := r.holds(a, s, now)
	seen := r.reads(list, s)
	if action == "read" {
		if seen {
			return nil
		}
		return errDenied[s.Class == "entry"]
	}
	class := s.Class
	if r.allows(list, class, action) && (action == "create" || class != "entry" || seen) {
		return nil
	}
	if class == "entry" && !seen && action != "create" {
		return errDenied[true]
	}
	return errDenied[false].With("action", action).With("reason", reason(r, list, class, action, s))
}

// reason says which rule stands in the way and who could do it instead.
func reason(r *rules, list []hold, class, action string, s ledger.Subject) fault.Text {
	own := slices.ContainsFunc(list, func(h hold) bool { return h.relation == "author" })
	switch {
	case own && (action == "approve" || action == "return" || action == "void"):
		return fault.Text{ZH: "本人填报的条目不能由本人审批，请由审批环节的其他人员办理", EN: "Nobody decides an entry of their own; somebody else of this step must"}
	case action == "approve" || action == "return":
		return fault.Text{ZH: "您不在当前审批环节中，只有该环节的人员可以办理", EN: "You are not of the step at hand; only its people can decide"}
	case action == "void":
		return fault.Text{ZH: "只有归属部门负责人可以作废已通过的条目", EN: "Only the head of the owning department voids an approved entry"}
	case action == "create":
		return fault.Text{ZH: "该台账由指定岗位填报，您的岗位不能填写", EN: "This ledger is filled by another post"}
	case class == "entry":
		return fault.Text{ZH: "只有填报人本人可以这样做", EN: "Only who filled the entry can do this"}
	}
	return fault.Text{ZH: "您的岗位没有这项权限，如需办理请联系安全管理员", EN: "Your post does not allow this; ask the security administrator"}
}
