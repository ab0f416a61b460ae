package catalog

import (
	"slices"
)

// Rebased is an open draft as the new version takes it.
type Rebased struct {
	Document Document
	// Held names the changes that keep the draft where it is; then Document is
	// the old one.
	Held []Change
	// Dropped are the values of removed fields, and of those that mean something
	// else now, by stable id: they leave the draft, not the history.
	Dropped map[string]any
}

// Rebase moves a draft's document along the changes of Compare(from, to), all
// or none: renamed fields keep their values, removed ones lose them.
func Rebase(changes []Change, doc Document) (Rebased, error) {
	r := Rebased{Document: doc, Dropped: map[string]any{}}
	for _, c := range changes {
		if c.Holds(doc) {
			r.Held = append(r.Held, c)
		}
	}
	if len(r.Held) > 0 {
		return r, nil
	}
	return Move(changes, doc)
}

// Move is Rebase for what cannot stay behind, such as a row that is no entry
// yet: it moves whatever the changes hold, and the new version judges it anew. A
// value that would mean something else does not come along.
func Move(changes []Change, doc Document) (Rebased, error) {
	r := Rebased{Document: doc, Dropped: map[string]any{}}
	fresh, err := ParseDocument(doc.Canonical) // a copy: the old one is still shown
	if err != nil {
		return r, err
	}
	for _, c := range changes {
		if c.Kind != Meaning {
			continue
		}
		edit(fresh.Value, c.old.Pointer, func(object map[string]any, name string) {
			if v, ok := object[name]; ok && c.touches(v) {
				r.Dropped[c.Field] = v
				delete(object, name)
			}
		})
	}
	// All values are taken up before one is put down: two fields may have
	// swapped their names. Deepest first, for a renamed group takes its own along.
	var put []func()
	ordered := slices.Clone(changes)
	slices.SortStableFunc(ordered, func(a, b Change) int { return len(b.old.Pointer) - len(a.old.Pointer) })
	for _, c := range ordered {
		if c.Kind != RemoveField && c.Kind != RenameField {
			continue
		}
		edit(fresh.Value, c.old.Pointer, func(object map[string]any, name string) {
			v, ok := object[name]
			if !ok {
				return
			}
			delete(object, name)
			if c.Kind == RemoveField {
				r.Dropped[c.Field] = v
				return
			}
			put = append(put, func() { object[unescape(c.now.Name())] = v })
		})
	}
	for _, p := range put {
		p()
	}
	r.Document, err = newDocument(fresh.Value)
	return r, err
}

// edit visits every object that holds, or may hold, the pointer's last name.
func edit(value any, pointer string, fn func(object map[string]any, name string)) {
	first, rest := cut(pointer)
	switch v := value.(type) {
	case []any:
		for _, e := range v {
			edit(e, rest, fn)
		}
	case map[string]any:
		if rest == "" {
			fn(v, unescape(first))
			return
		}
		edit(v[unescape(first)], rest, fn)
	}
}

func cut(pointer string) (first, rest string) {
	for i := 1; i < len(pointer); i++ {
		if pointer[i] == '/' {
			return pointer[1:i], pointer[i:]
		}
	}
	return pointer[1:], ""
}
