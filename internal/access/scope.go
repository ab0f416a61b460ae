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
// database's app.sees takes (docs/access.md): one source, two walls. Whoever
// is nobody gets empty lists, which see nothing.
func (e *Enforcer) Scope(a actor.Actor, now time.Time) ledger.Scope {
	r := e.rules()
	w := widening{}
	for _, x := range reaches(a, now) {
		r.widen(w, x)
	}
	scope := ledger.Scope{"person": "", "units": ""}
	if !nobody(a) {
		scope["person"] = a.PersonID.String()
		scope["units"] = strings.Join(a.Units(), ",")
	}
	for _, name := range []string{"prisons", "areas", "ledgers", "restricted", "whole", "sealed", "scores", "cases", "meetings"} {
		scope[name] = strings.Join(slices.Sorted(maps.Keys(w[name])), ",")
	}
	return scope
}

// widening collects the items of each list.
type widening map[string]map[string]bool

func (w widening) add(list string, items ...string) {
	if w[list] == nil {
		w[list] = map[string]bool{}
	}
	for _, i := range items {
		w[list][i] = true
	}
}

// widen adds what one capacity lets somebody read. The prison alone shows
// nothing: it admits what the other lists name, and what the person wrote.
func (r *rules) widen(w widening, x reach) {
	w.add("prisons", x.place())
	if r.can(x.role, x.relation, "entry", "read") {
		if x.department == "" {
			w.add("areas", x.places()...)
		} else {
			w.add("ledgers", under(x.place(), r.owned(x, r.ledgers))...)
		}
	}
	w.add("whole", r.restricted(x, func(id string) bool { return r.can(x.role, x.relation, r.strict(id), "read") })...)
	w.add("restricted", r.restricted(x, func(id string) bool {
		return r.can(x.role, x.relation, r.strict(id), "read") || r.can(x.role, x.relation, "entry_part/"+id, "read")
	})...)
	if !x.deputy && r.can(x.role, x.relation, "score", "read") {
		w.add("scores", x.places()...)
	}
	if !x.deputy && r.can(x.role, x.relation, "case", "read") {
		w.add("cases", x.places()...)
	}
	if !x.deputy && r.can(x.role, x.relation, "meeting", "oversee") {
		w.add("meetings", x.place())
	}
	if r.can(x.role, x.relation, "entry_sealed", "read") && (x.department == "" || x.department == discipline) {
		w.add("sealed", x.place())
	}
}

// place is the prison's item.
func (x reach) place() string {
	if x.prison == uuid.Nil {
		return "*"
	}
	return x.prison.String()
}

// places are the areas' items, or the prison's for all of them.
func (x reach) places() []string {
	if len(x.areas) == 0 {
		return []string{x.place()}
	}
	var list []string
	for _, a := range x.areas {
		list = append(list, a.String())
	}
	return list
}

// restricted are the items of those ledgers whose L3 entries one capacity may read.
func (r *rules) restricted(x reach, may func(ledger string) bool) []string {
	list := slices.DeleteFunc(slices.Clone(r.ledgers), func(id string) bool { return !may(id) })
	if x.department != "" {
		return under(x.place(), r.owned(x, list))
	}
	var items []string
	if len(x.areas) == 0 && len(list) == len(r.ledgers) && r.can(x.role, x.relation, "entry_l3", "read") {
		return x.places()
	}
	for _, place := range x.places() {
		items = append(items, under(place, list)...)
	}
	return items
}

// owned are those of the ledgers that the department owns.
func (r *rules) owned(x reach, ledgers []string) []string {
	return slices.DeleteFunc(slices.Clone(ledgers), func(l string) bool { return r.owners[l] != x.department })
}

func under(place string, ledgers []string) []string {
	var list []string
	for _, l := range ledgers {
		list = append(list, place+"/"+l)
	}
	return list
}
