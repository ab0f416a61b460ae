package catalog

import (
	"slices"
	"strings"

	"taizhang/internal/fault"
)

// Leaf is a field that takes one value, or a list of plain values: what a table
// has a column for. Objects are walked through; an array of objects is a table
// of its own.
type Leaf struct {
	ID      string       // stable through renames
	Pointer string       // of the names, "*" for every row
	Titles  []fault.Text // of the objects it stands in within its table, then its own
	Kind    string       // string integer number boolean date date-time choice
	List    bool         // several of Kind
	Choices []Choice
	Unit    fault.Text
	Const   any
	Need    Demand
	Widget  string
	Hint    string // what the schema says of it, in Chinese
	Limits  map[string]any
	Derived bool // computed by the server or taken from elsewhere
}

// Demand says whether a value must be there.
type Demand int

// What a field asks for.
const (
	Optional Demand = iota
	Conditional
	Required
)

// Rows is an array of objects.
type Rows struct {
	ID      string
	Pointer string // ends without the "*" of its rows
	Titles  []fault.Text
	Need    Demand
}

// Leaves lists the fields of a type in the form's order, and the arrays of
// objects that some of them stand in, outer before inner.
func (t *Type) Leaves() ([]Leaf, []Rows) {
	var order []string
	for _, s := range t.form.Sections {
		order = append(order, s.Fields...)
	}
	taken := map[string]bool{}
	for _, s := range t.Sources {
		if s.Ledger != "" && t.Serves(s) && !s.Offered() {
			taken[s.Field] = true
		}
	}
	w := leafWalk{order: order, taken: taken}
	w.object(t.validator.expanded, "", nil, Required)
	return w.leaves, w.rows
}

type leafWalk struct {
	order  []string // of the top level
	taken  map[string]bool
	leaves []Leaf
	rows   []Rows
}

func (w *leafWalk) object(node map[string]any, at string, titles []fault.Text, need Demand) {
	props, _ := node["properties"].(map[string]any)
	list := names(props)
	if at == "" {
		list = w.order
	}
	required := texts(node["required"])
	conditional := demanded(node)
	for _, name := range list {
		sub, _ := props[name].(map[string]any)
		n := Optional
		switch {
		case slices.Contains(required, name):
			n = need
		case slices.Contains(conditional, name):
			n = min(need, Conditional)
		}
		w.field(sub, at+"/"+escape(name), append(slices.Clone(titles), titleOf(sub)), n)
	}
}

func (w *leafWalk) field(node map[string]any, at string, titles []fault.Text, need Demand) {
	id, _ := node["x-id"].(string)
	if node["properties"] != nil {
		w.object(node, at, titles, need)
		return
	}
	value, list := node, false
	if items, ok := node["items"].(map[string]any); ok {
		if items["properties"] != nil {
			w.rows = append(w.rows, Rows{ID: id, Pointer: at, Titles: titles, Need: need})
			w.object(items, at+"/*", nil, Required)
			return
		}
		value, list = items, true
	}
	ui, _ := node["x-ui"].(map[string]any)
	widget, _ := ui["widget"].(string)
	unit, _ := node["x-unit"].(map[string]any)
	zh, _ := unit["zh"].(string)
	en, _ := unit["en"].(string)
	hint, _ := node["description"].(string)
	l := Leaf{ID: id, Pointer: at, Titles: titles, List: list, Choices: choices(value), Unit: fault.Text{ZH: zh, EN: en}, Const: value["const"],
		Need: need, Widget: widget, Hint: hint, Limits: map[string]any{}, Derived: node["readOnly"] == true || w.taken[at]}
	switch l.Kind, _ = value["type"].(string); {
	case l.Choices != nil:
		l.Kind = "choice"
	case value["format"] == "date" || value["format"] == "date-time":
		l.Kind = value["format"].(string)
	case l.Kind == "":
		l.Kind = "string"
	}
	if own, ok := ownMessage(value, "pattern"); ok && l.Hint == "" {
		l.Hint = own.ZH
	}
	for _, k := range []string{"pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"} {
		if v, ok := value[k]; ok {
			l.Limits[k] = v
		} else if v, ok := node[k]; ok {
			l.Limits[k] = v
		}
	}
	w.leaves = append(w.leaves, l)
}

// demanded names what conditions of an object ask for.
func demanded(node map[string]any) []string {
	var out []string
	list, _ := node["allOf"].([]any)
	for _, one := range list {
		m, _ := one.(map[string]any)
		for _, branch := range []string{"then", "else"} {
			b, _ := m[branch].(map[string]any)
			out = append(out, texts(b["required"])...)
		}
	}
	return out
}

// Title of the leaf with those of the objects it stands in.
func (l Leaf) Title() string { return joined(l.Titles) }

// Title of the rows with those of the objects they stand in.
func (r Rows) Title() string { return joined(r.Titles) }

func joined(titles []fault.Text) string {
	var parts []string
	for _, t := range titles {
		parts = append(parts, t.ZH)
	}
	return strings.Join(parts, "·")
}
