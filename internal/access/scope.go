package access

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/ledger"
)

// Scope turns the policy's answers on reading into the lists that the
// database's app.sees takes (see the migration): one source, two walls.
func (e *Enforcer) Scope(a actor.Actor, now time.Time) ledger.Scope {
	r := e.now.Load()
	w := &scope{}
	if a.Nobody() || a.PersonID == uuid.Nil {
		return w.settings("")
	}
	for _, p := range a.Postings {
		if p.Role == actor.System {
			return ledger.Scope{"prisons": "*", "areas": "*", "ledgers": "*", "restricted": "*", "sealed": "*", "person": a.PersonID.String()}
		}
		r.widen(w, p)
	}
	if a.Holds(actor.Inspector) {
		for _, g := range a.Grants {
			if inForce(g, now) {
				r.grant(w, g)
			}
		}
	}
	return w.settings(a.PersonID.String())
}

type scope struct{ prisons, areas, ledgers, restricted, sealed map[string]bool }

func add(m *map[string]bool, item string) {
	if *m == nil {
		*m = map[string]bool{}
	}
	(*m)[item] = true
}

func (w *scope) settings(person string) ledger.Scope {
	join := func(m map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(m)), ",") }
	return ledger.Scope{"prisons": join(w.prisons), "areas": join(w.areas), "ledgers": join(w.ledgers),
		"restricted": join(w.restricted), "sealed": join(w.sealed), "person": person}
}

func (r *rules) can(role actor.Role, relation, class string) bool {
	ok, _ := r.ask(role, relation, class, "read")
	return ok
}

// widen adds what one posting lets somebody read.
func (r *rules) widen(w *scope, p actor.Posting) {
	if p.PrisonID == uuid.Nil {
		if r.can(p.Role, "bureau", "entry") {
			add(&w.prisons, "*")
			add(&w.areas, "*")
		}
		if r.can(p.Role, "bureau", "entry_l3") {
			add(&w.restricted, "*")
		}
		return
	}
	prison := p.PrisonID.String()
	add(&w.prisons, prison)
	switch {
	case p.AreaID != uuid.Nil:
		area := p.AreaID.String()
		if r.can(p.Role, "own_area", "entry") {
			add(&w.areas, area)
		}
		if r.can(p.Role, "own_area", "entry_l3") {
			for _, l := range r.ledgers {
				add(&w.restricted, area+"/"+l)
			}
		}
	case p.Department != "":
		for _, l := range r.ledgers {
			if r.owners[l] != p.Department {
				continue
			}
			if r.can(p.Role, "department", "entry") {
				add(&w.ledgers, prison+"/"+l)
			}
			if r.can(p.Role, "department", "entry_l3") {
				add(&w.restricted, prison+"/"+l)
			}
		}
		if p.Department == "dept_discipline" && r.can(p.Role, "discipline", "entry_sealed") {
			add(&w.sealed, prison)
		}
	default:
		if r.can(p.Role, "prison", "entry") {
			add(&w.areas, prison)
		}
		if r.can(p.Role, "prison", "entry_l3") {
			add(&w.restricted, prison)
		}
		if r.can(p.Role, "prison", "entry_sealed") {
			add(&w.sealed, prison)
		}
	}
}

func (r *rules) grant(w *scope, g actor.Grant) {
	prison := g.PrisonID.String()
	add(&w.prisons, prison)
	places := []string{prison}
	if len(g.Areas) > 0 {
		places = nil
		for _, id := range g.Areas {
			places = append(places, id.String())
		}
	}
	for _, place := range places {
		if r.can(actor.Inspector, "granted", "entry") {
			add(&w.areas, place)
		}
		if !r.can(actor.Inspector, "granted", "entry_l3") {
			continue
		}
		if place == prison {
			add(&w.restricted, prison)
			continue
		}
		for _, l := range r.ledgers {
			add(&w.restricted, place+"/"+l)
		}
	}
}
