package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"taizhang/internal/fault"
)

// Shown is one field of a document as it reads on paper: a text, a group of
// fields, or rows.
type Shown struct {
	Title   fault.Text
	Text    string   // of a scalar, in Chinese, with its unit; "" where nothing was filled in
	Lookup  string   // what Refs name: police, inmate, evidence, entry:<ledger>; "" for plain values
	Refs    []string // the values to be looked up, as they stand in the document
	Members []Shown  // of a group
	Columns []Shown  // of rows: the titles
	Rows    [][]Shown
}

// ShownSection is a section of the form with the fields to be printed.
type ShownSection struct {
	Title  fault.Text
	Fields []Shown
}

// Outline reads a document in the order of the form. A field that is always
// asked for is there even when it is empty; a conditional one only when filled.
func (t *Type) Outline(doc Document) []ShownSection {
	o := outline{order: fieldOrder(t.SchemaJSON)}
	props, _ := t.validator.expanded["properties"].(map[string]any)
	conditional := conditionals(t.validator.expanded)
	list := make([]ShownSection, 0, len(t.form.Sections))
	for _, s := range t.form.Sections {
		sec := ShownSection{Title: s.Title}
		for _, name := range s.Fields {
			v, there := doc.Value[name]
			if there || !conditional[name] {
				sec.Fields = append(sec.Fields, o.show(props[name], v))
			}
		}
		if len(sec.Fields) > 0 {
			list = append(list, sec)
		}
	}
	return list
}

// conditionals are the top fields that some branch of a condition asks for.
func conditionals(root map[string]any) map[string]bool {
	names := map[string]bool{}
	all, _ := root["allOf"].([]any)
	for _, c := range all {
		m, _ := c.(map[string]any)
		for _, branch := range []string{"then", "else"} {
			b, _ := m[branch].(map[string]any)
			for _, n := range texts(b["required"]) {
				names[n] = true
			}
		}
	}
	return names
}

var xID = regexp.MustCompile(`"x-id"\s*:\s*"([^"]+)"`)

// fieldOrder remembers the order in which the schema's author wrote the fields;
// a decoded object has none.
func fieldOrder(schema json.RawMessage) map[string]int {
	order := map[string]int{}
	for i, m := range xID.FindAllSubmatch(schema, -1) {
		if _, seen := order[string(m[1])]; !seen {
			order[string(m[1])] = i
		}
	}
	return order
}

type outline struct{ order map[string]int }

func (o outline) names(props map[string]any) []string {
	list := names(props)
	at := func(name string) int {
		p, _ := props[name].(map[string]any)
		id, _ := p["x-id"].(string)
		return o.order[id]
	}
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(at(a), at(b)) })
	return list
}

func (o outline) show(node, v any) Shown {
	p, _ := node.(map[string]any)
	s := Shown{Title: titleOf(p)}
	items, _ := p["items"].(map[string]any)
	ui, _ := p["x-ui"].(map[string]any)
	if s.Lookup, _ = ui["lookup"].(string); ui["widget"] == "evidence" {
		s.Lookup = "evidence"
	}
	switch x := v.(type) {
	case nil:
		return s
	case map[string]any:
		props, _ := p["properties"].(map[string]any)
		for _, name := range o.names(props) {
			if m, there := x[name]; there {
				s.Members = append(s.Members, o.show(props[name], m))
			}
		}
		return s
	case []any:
		if props, _ := items["properties"].(map[string]any); props != nil {
			o.rows(&s, props, x)
			return s
		}
		for _, e := range x {
			s.Refs = append(s.Refs, fmt.Sprint(e))
		}
	default:
		s.Refs = []string{fmt.Sprint(x)}
	}
	s.Text = onPaper(p, v)
	return s
}

// rows keeps the columns that at least one row has filled.
func (o outline) rows(s *Shown, props map[string]any, list []any) {
	for _, name := range o.names(props) {
		if slices.ContainsFunc(list, func(r any) bool { m, _ := r.(map[string]any); _, there := m[name]; return there }) {
			s.Columns = append(s.Columns, o.show(props[name], nil))
			for i, r := range list {
				if len(s.Rows) <= i {
					s.Rows = append(s.Rows, nil)
				}
				m, _ := r.(map[string]any)
				s.Rows[i] = append(s.Rows[i], o.show(props[name], m[name]))
			}
		}
	}
}

// onPaper writes a value as official papers do.
func onPaper(p map[string]any, v any) string {
	if x, ok := v.(string); ok {
		switch p["format"] {
		case "date":
			if d, err := time.ParseInLocation(time.DateOnly, x, Zone); err == nil {
				return OnPaper(d)
			}
		case "date-time":
			if at, err := time.Parse(time.RFC3339, x); err == nil {
				return OnPaper(at) + at.In(Zone).Format(" 15:04")
			}
		}
	}
	return display(p, v).ZH
}

// OnPaper writes a day as official papers do: 2026年11月23日.
func OnPaper(at time.Time) string { return at.In(Zone).Format("2006年1月2日") }
