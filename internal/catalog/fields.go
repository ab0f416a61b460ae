package catalog

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"taizhang/internal/fault"
)

// Held is one field of a type as versions know it: by its stable id, whatever
// its name.
type Held struct {
	ID      string
	Pointer string // of the names, "*" for every row: /findings/*/item_class
	parent  string // id of the field it stands in, "" at the top
	need    bool   // in the required list of its object
	node    map[string]any
}

// Name within its object.
func (f Held) Name() string { return f.Pointer[strings.LastIndexByte(f.Pointer, '/')+1:] }

// Title of the field.
func (f Held) Title() fault.Text { return titleOf(f.node) }

// Takes says what the field takes, more closely than its type.
func (f Held) Takes() string { return takes(f) }

// Unit of a number, in Chinese; "" for none.
func (f Held) Unit() string { return unit(f) }

// Counts reports whether the field takes a number.
func (f Held) Counts() bool { return f.node["type"] == "integer" || f.node["type"] == "number" }

// Offers reports whether the field has one of the options of another, where both have any.
func (f Held) Offers(other Held) bool {
	mine, theirs := options(f.node), options(other.node)
	return len(mine) == 0 || len(theirs) == 0 || slices.ContainsFunc(theirs, func(o string) bool { return slices.Contains(mine, o) })
}

// Group reports whether the field only holds others.
func (f Held) Group() bool {
	items, _ := f.node["items"].(map[string]any)
	return f.node["properties"] != nil || items["properties"] != nil
}

// Names reports whether a rule or look-up of the type asks about a ledger.
func (t *Type) Names(ledger string) bool {
	if bytes.Contains(t.SchemaJSON, []byte(`"entry:`+ledger+`"`)) {
		return true
	}
	for _, r := range t.Rules {
		if strings.Contains(r.Expr, `'`+ledger+`'`) || strings.Contains(r.Expr, `"`+ledger+`"`) {
			return true
		}
	}
	return slices.ContainsFunc(t.Computed, func(c Computed) bool {
		return strings.Contains(c.Expr, `'`+ledger+`'`) || strings.Contains(c.Expr, `"`+ledger+`"`)
	})
}

// Fields of the type with their groups and rows, parents before children, in
// the order of the pointers.
func (t *Type) Fields() []Held {
	var list []Held
	collect(t.validator.expanded, "", "", &list)
	return list
}

// Holds says that a pointer into a document names a field of the type, or a row of
// one.
func (t *Type) Holds(pointer string) bool {
	node := t.validator.expanded
	for _, part := range strings.Split(pointer[1:], "/") {
		items, listed := node["items"].(map[string]any)
		if listed {
			if _, err := strconv.ParseUint(part, 10, 31); err != nil {
				return false
			}
			node = items
			continue
		}
		props, _ := node["properties"].(map[string]any)
		next, ok := props[unescape(part)].(map[string]any)
		if !ok {
			return false
		}
		node = next
	}
	return true
}

func collect(node map[string]any, at, parent string, into *[]Held) {
	if items, ok := node["items"].(map[string]any); ok {
		collect(items, at+"/*", parent, into)
		return
	}
	props, _ := node["properties"].(map[string]any)
	need := texts(node["required"])
	for _, name := range names(props) {
		sub, _ := props[name].(map[string]any)
		id, _ := sub["x-id"].(string)
		f := Held{ID: id, Pointer: at + "/" + escape(name), parent: parent, need: slices.Contains(need, name), node: sub}
		*into = append(*into, f)
		collect(sub, f.Pointer, id, into)
	}
}

// instances lists the values a pointer with stars meets in a document; an
// object that lacks the last name yields absent.
func instances(value any, pointer string) (found []any, absent int) {
	if pointer == "" {
		return []any{value}, 0
	}
	first, rest, deeper := strings.Cut(pointer[1:], "/")
	if deeper {
		rest = "/" + rest
	}
	switch v := value.(type) {
	case []any:
		if first != "*" {
			return nil, 0
		}
		for _, e := range v {
			f, a := instances(e, rest)
			found, absent = append(found, f...), absent+a
		}
	case map[string]any:
		sub, ok := v[unescape(first)]
		if !ok {
			if !deeper {
				absent = 1
			}
			return nil, absent
		}
		return instances(sub, rest)
	}
	return found, absent
}
