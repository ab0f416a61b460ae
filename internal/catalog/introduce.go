package catalog

import (
	"strings"

	"taizhang/internal/fault"
)

// Mentions are the numbers in a summary that are looked up, each under its item's
// pointer.
func (t *Type) Mentions(items []SummaryItem) []Reference {
	var list []Reference
	for _, item := range items {
		if kind := t.lookup(item.Pointer); kind != "" {
			for _, number := range spread(item.Value) {
				list = append(list, Reference{Pointer: item.Pointer, Kind: kind, Value: number})
			}
		}
	}
	return list
}

// Introduce writes names beside the numbers of a summary, 姓名（编号）; names are
// by kind and number, "police 0000001". A number without one stays as it is.
func (t *Type) Introduce(items []SummaryItem, names map[string]string) {
	for i, item := range items {
		kind := t.lookup(item.Pointer)
		if kind == "" {
			continue
		}
		var zh, en []string
		for _, number := range spread(item.Value) {
			if name := names[kind+" "+number]; name != "" {
				zh, en = append(zh, name+"（"+number+"）"), append(en, name+" ("+number+")")
			} else {
				zh, en = append(zh, number), append(en, number)
			}
		}
		items[i].Text = fault.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
	}
}

// lookup says what the field's value, or those in its list, are looked up in.
func (t *Type) lookup(pointer string) string {
	p := t.property(pointer)
	for _, node := range []map[string]any{itemsOf(p), p} {
		ui, _ := node["x-ui"].(map[string]any)
		if name, ok := ui["lookup"].(string); ok {
			kind, _, _ := strings.Cut(name, ":")
			return kind
		}
	}
	return ""
}

// spread makes one list of a text or a list of texts.
func spread(v any) []string {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	return texts(v)
}
