package catalog

import (
	"fmt"
	"strings"

	"taizhang/internal/fault"
)

// Line is one value of a document with its field, as people read it.
type Line struct {
	Pointer string
	Title   fault.Text
	Text    fault.Text
}

// Lines of a document in the form's order: choices by their titles, times as
// they are shown. What says nothing by itself is left out: yes and no, and the
// ids of files and entries.
func (t *Type) Lines(doc Document) []Line {
	var list []Line
	t.leaves(doc, func(pointer string, p map[string]any, v any) {
		if _, flag := v.(bool); flag || p["format"] == "uuid" {
			return
		}
		if text := display(p, v); text.ZH != "" {
			list = append(list, Line{Pointer: pointer, Title: titleOf(p), Text: text})
		}
	})
	return list
}

// Reference is a value that names something outside the document.
type Reference struct {
	Pointer string `json:"pointer"`
	Kind    string `json:"kind"` // inmate, police, asset, entry
	Value   string `json:"value"`
}

// References of a document: the fields that are looked up.
func (t *Type) References(doc Document) []Reference {
	var list []Reference
	t.leaves(doc, func(pointer string, p map[string]any, v any) {
		ui, _ := p["x-ui"].(map[string]any)
		lookup, _ := ui["lookup"].(string)
		kind, _, _ := strings.Cut(lookup, ":")
		if s, ok := v.(string); ok && kind != "" && s != "" {
			list = append(list, Reference{Pointer: pointer, Kind: kind, Value: s})
		}
	})
	return list
}

// leaves walks the scalars of a document with their schemas. An item of a list
// is shown under the list's own title and look-up.
func (t *Type) leaves(doc Document, each func(pointer string, p map[string]any, v any)) {
	props, _ := t.validator.expanded["properties"].(map[string]any)
	for _, s := range t.form.Sections {
		for _, name := range s.Fields {
			p, _ := props[name].(map[string]any)
			if v, ok := doc.Value[name]; ok && p != nil {
				leaf(p, "/"+escape(name), v, each)
			}
		}
	}
}

func leaf(p map[string]any, at string, v any, each func(string, map[string]any, any)) {
	switch x := v.(type) {
	case map[string]any:
		props, _ := p["properties"].(map[string]any)
		for _, name := range names(props) {
			sub, _ := props[name].(map[string]any)
			if value, ok := x[name]; ok && sub != nil {
				leaf(sub, at+"/"+escape(name), value, each)
			}
		}
	case []any:
		items, _ := p["items"].(map[string]any)
		merged := map[string]any{"title": p["title"], "x-en": p["x-en"], "x-ui": p["x-ui"]}
		for k, value := range items {
			merged[k] = value
		}
		for i, value := range x {
			leaf(merged, fmt.Sprintf("%s/%d", at, i), value, each)
		}
	case nil:
	default:
		each(at, p, v)
	}
}
