package access

import (
	"slices"
	"strings"
	"time"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Decision says whether, and by which line of the policy.
type Decision struct {
	Allowed bool
	// Hidden: who asks may not even know that the thing exists.
	Hidden bool
	// Rule is the line of policy.csv that decided, "" where none speaks of it.
	Rule string
	// Reason says why not and who could; empty when allowed or hidden.
	Reason fault.Text
}

// Decide looks at the actor's capacities and the row's own attributes. An
// entry's level divides reading; whatever else is asked of an entry, except to
// create it, is refused to those who may not read it.
func (e *Enforcer) Decide(a actor.Actor, action string, s ledger.Subject, now time.Time) Decision {
	r := e.rules()
	list := reaches(a, now)
	h := r.holds(a, list, s, now)
	known := slices.ContainsFunc(list, func(x reach) bool { return x.in(s.Prison) })
	d := r.verdict(h, s.Class, action)
	if s.Class == "entry" && action != "create" {
		whole := r.reading(h, s)
		reading := whole
		if part := r.partOf(s); part != "" && !whole.Allowed {
			reading = r.verdict(h, part, "read")
		}
		switch action {
		case "read":
			d = reading
		case ledger.ReadWhole:
			d = whole
		}
		known = reading.Allowed
	}
	d.Allowed = d.Allowed && known
	d.Hidden = !known
	if !d.Allowed && known {
		d.Reason = r.reason(h, action, s)
	}
	return d
}

// Check is Decide as the use cases want it: nil, or sign_in, not_found or
// forbidden (with rule and reason).
func (e *Enforcer) Check(a actor.Actor, action string, s ledger.Subject, now time.Time) error {
	d := e.Decide(a, action, s, now)
	switch {
	case d.Allowed:
		return nil
	case nobody(a):
		return fault.New(fault.Unauthenticated, "sign_in")
	case d.Hidden:
		return fault.New(fault.NotFound, "not_found")
	}
	return fault.New(fault.Forbidden, "forbidden").With("action", action).With("rule", d.Rule).With("reason", d.Reason)
}

// classOf names the class that reading the whole of an entry falls in.
func (r *rules) classOf(s ledger.Subject) string {
	switch {
	case s.Sealed:
		return "entry_sealed"
	case s.Level == "L3":
		return r.strict(s.Ledger)
	}
	return "entry"
}

// strict is the class of a ledger's L3 entries: a ledger of which the policy speaks
// by name is read as its own lines say, and not as the rest.
func (r *rules) strict(id string) string {
	if own := "entry_l3/" + id; r.spoken[own] {
		return own
	}
	return "entry_l3"
}

// partOf is the class of the part of an entry that is read by more than those who
// read the whole, "" for none.
func (r *rules) partOf(s ledger.Subject) string {
	if class := "entry_part/" + s.Ledger; s.Level == "L3" && !s.Sealed && r.spoken[class] {
		return class
	}
	return ""
}

// verdict runs the policy over all relations: one deny outweighs every allow.
func (r *rules) verdict(h []hold, class, action string) Decision {
	var d Decision
	for _, one := range h {
		if one.deputy && (action != "read" || !strings.HasPrefix(class, "entry")) {
			continue
		}
		a, said := r.ask(one.role, one.relation, class, action)
		switch {
		case said && !a.allowed:
			return Decision{Rule: a.line}
		case said && !d.Allowed:
			d = Decision{Allowed: true, Rule: a.line}
		}
	}
	return d
}

// reading answers for the whole of an entry by its own class; authors see their own, whatever
// its level: they wrote it.
func (r *rules) reading(h []hold, s ledger.Subject) Decision {
	if d := r.verdict(h, r.classOf(s), "read"); d.Allowed {
		return d
	}
	h = slices.DeleteFunc(slices.Clone(h), func(one hold) bool { return one.relation != "author" })
	return r.verdict(h, "entry", "read")
}
