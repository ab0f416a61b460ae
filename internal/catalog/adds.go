package catalog

import (
	"slices"

	"taizhang/internal/actor"
)

// What counts as 增 between two versions, beside a new field: that an area fills
// more often, that areas keep it which did not, that posts fill it which did not,
// that officers type what was computed or came from elsewhere, that more evidence
// has to be attached.
var adding = map[string]func(from, to *Type) bool{
	"cadence": raised, "areas": widened, "filler": called, "computed": typed, "sources": typed, "evidence": proven,
}

// Adds reports whether anything in the list has to pass the gate.
func Adds(list []Change) bool {
	return slices.ContainsFunc(list, func(c Change) bool { return c.Adds })
}

// raised: more entries are due in an area of whatever size; how many there are
// grows evenly with it.
func raised(from, to *Type) bool {
	return slices.ContainsFunc([]Extent{{Inmates: 1, Sites: 1}, {Inmates: 1000, Sites: 100}}, func(e Extent) bool {
		return to.Cadence.perWeek(e) > from.Cadence.perWeek(e)
	})
}

// widened: an area of some sort keeps it now.
func widened(from, to *Type) bool {
	functions := []string{"", "residential", "any other"}
	for _, a := range []Areas{from.Areas, to.Areas} {
		functions = slices.Concat(functions, a.Functions, a.Except)
	}
	for _, kind := range slices.Concat(from.Areas.Kinds, to.Areas.Kinds) {
		for _, function := range functions {
			for _, labour := range []bool{false, true} {
				if to.AppliesTo(kind, function, labour) && !from.AppliesTo(kind, function, labour) {
					return true
				}
			}
		}
	}
	return false
}

// called: a post has to fill it now.
func called(from, to *Type) bool {
	elsewhere := from.Filler.Unit != to.Filler.Unit || from.Filler.Dept != to.Filler.Dept
	return elsewhere || slices.ContainsFunc(to.Filler.Roles, func(r actor.Role) bool { return !slices.Contains(from.Filler.Roles, r) })
}

// typed: a field that the server filled is the officer's now.
func typed(from, to *Type) bool { return len(untold(from, to)) > 0 }

// untold are the ids of the fields that the server filled, or began the rows of,
// and does no more.
func untold(from, to *Type) (list []string) {
	was, is := told(from), told(to)
	for _, f := range to.Fields() {
		if was[f.ID] && !is[f.ID] {
			list = append(list, f.ID)
		}
	}
	return list
}

// told are the ids of the fields that the server fills, or begins the rows of.
func told(t *Type) map[string]bool {
	asks := byID(asked(t))
	ids := map[string]bool{}
	for _, f := range t.Fields() {
		_, typed := asks[f.ID]
		ids[f.ID] = t.shared[f.Pointer] || !typed && !holdsOthers(f)
	}
	return ids
}

// proven: more files have to be attached. What a condition asks for cannot be
// counted: a new one, and another one, is taken to be more.
func proven(from, to *Type) bool {
	had := map[string]Amount{}
	for _, s := range from.Evidence {
		had[s.ID] = s.Min
	}
	return slices.ContainsFunc(to.Evidence, func(s Slot) bool {
		before := had[s.ID]
		if s.Min.CEL != "" || before.CEL != "" {
			return s.Min != before && s.Min != Amount{}
		}
		return s.Min.Number > before.Number
	})
}

// certainty is where a likeness is no longer a question.
const certainty = 900

// NewOverlaps are the likenesses of a version that the one before it had not, or
// less: of new fields, and of fields that were made into another fact under their
// old id. from is nil for a new type.
func NewOverlaps(from, to *Type, others []*Type) []Overlap {
	list := Overlaps(to, others)
	if from != nil {
		type pair struct{ field, ledger, other string }
		had := map[pair]int{}
		for _, o := range Overlaps(from, others) {
			had[pair{o.Field, o.Ledger, o.Other}] = o.Score
		}
		list = slices.DeleteFunc(list, func(o Overlap) bool { return o.Score <= had[pair{o.Field, o.Ledger, o.Other}] })
	}
	if from == nil {
		copied(to, list)
	}
	if list == nil {
		list = []Overlap{}
	}
	return list
}

// Certain are those of the likenesses that are no question: of a field, or of a
// whole ledger.
func Certain(list []Overlap) []Overlap {
	return slices.DeleteFunc(slices.Clone(list), func(o Overlap) bool { return o.Score < certainty && !slices.Contains(o.Reasons, "ledger") })
}
