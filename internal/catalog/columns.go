package catalog

import (
	"encoding/json"
	"fmt"
	"strings"

	"taizhang/internal/fault"
)

// Column is one scalar field of the top level, as lists and filters show it.
type Column struct {
	Pointer string     `json:"pointer"`
	Title   fault.Text `json:"title"`
	Type    string     `json:"type"` // string number integer boolean date date-time choice
	Choices []Choice   `json:"choices,omitempty"`
}

// Choice an officer picks.
type Choice struct {
	Value any        `json:"value"`
	Title fault.Text `json:"title"`
}

// Columns lists the scalar fields in the form's order.
func (t *Type) Columns() []Column {
	props, _ := t.validator.expanded["properties"].(map[string]any)
	var list []Column
	for _, s := range t.form.Sections {
		for _, name := range s.Fields {
			p, _ := props[name].(map[string]any)
			c := Column{Pointer: "/" + name, Title: titleOf(p), Choices: choices(p)}
			switch c.Type, _ = p["type"].(string); {
			case c.Type == "object" || c.Type == "array":
				continue
			case c.Choices != nil:
				c.Type = "choice"
			case p["format"] == "date" || p["format"] == "date-time":
				c.Type = p["format"].(string)
			}
			list = append(list, c)
		}
	}
	return list
}

func titleOf(p map[string]any) fault.Text {
	zh, _ := p["title"].(string)
	en, _ := p["x-en"].(string)
	return fault.Text{ZH: zh, EN: en}
}

func choices(p map[string]any) []Choice {
	list, _ := p["oneOf"].([]any)
	var out []Choice
	for _, c := range list {
		if m, ok := c.(map[string]any); ok {
			out = append(out, Choice{Value: m["const"], Title: titleOf(m)})
		}
	}
	return out
}

// SummaryItem is one of the few values by which a list shows an entry.
type SummaryItem struct {
	Pointer string     `json:"pointer"`
	Title   fault.Text `json:"title"`
	Value   any        `json:"value"`
	Text    fault.Text `json:"text"`
}

// Summaries of a document; what it does not hold is left out.
func (t *Type) Summaries(doc Document) []SummaryItem {
	list := []SummaryItem{}
	for _, ptr := range t.SummaryOf {
		v, ok := at(doc.Value, ptr)
		if !ok {
			continue
		}
		p := t.property(ptr)
		list = append(list, SummaryItem{Pointer: ptr, Title: titleOf(p), Value: v, Text: display(p, v)})
	}
	return list
}

func (t *Type) property(pointer string) map[string]any {
	node := t.validator.expanded
	for _, part := range strings.Split(pointer[1:], "/") {
		props, _ := node["properties"].(map[string]any)
		node, _ = props[part].(map[string]any)
	}
	return node
}

// InWords is a value of one of its fields as people read it.
func (t *Type) InWords(pointer string, v any) fault.Text { return display(t.property(pointer), v) }

// display writes a value as people read it.
func display(p map[string]any, v any) fault.Text {
	for _, c := range choices(p) {
		if fmt.Sprint(c.Value) == fmt.Sprint(v) {
			return c.Title
		}
	}
	switch x := v.(type) {
	case bool:
		if x {
			return fault.Text{ZH: "是", EN: "Yes"}
		}
		return fault.Text{ZH: "否", EN: "No"}
	case []any:
		var zh, en []string
		items, _ := p["items"].(map[string]any)
		for _, e := range x {
			if _, nested := e.(map[string]any); nested {
				return fault.Text{ZH: fmt.Sprintf("%d 项", len(x)), EN: fmt.Sprintf("%d items", len(x))}
			}
			d := display(items, e)
			zh, en = append(zh, d.ZH), append(en, d.In("en"))
		}
		return fault.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
	case json.Number:
		s := x.String()
		unit, _ := p["x-unit"].(map[string]any)
		zh, _ := unit["zh"].(string)
		en, _ := unit["en"].(string)
		return fault.Text{ZH: strings.TrimSpace(s + " " + zh), EN: strings.TrimSpace(s + " " + en)}
	case string:
		if p["format"] == "date-time" && len(x) >= 16 {
			x = strings.Replace(x[:16], "T", " ", 1)
		}
		return fault.Text{ZH: x}
	}
	return fault.Text{ZH: fmt.Sprint(v)}
}
