package workbook

import (
	"encoding/json"
	"slices"
)

// Said is a document as a version of the ledger says it.
type Said struct {
	Version int
	Value   map[string]any
}

// Differ lists what an import takes and two documents say otherwise, as pointers of
// the first one's version: fields, and lists as wholes. What only one of the
// versions has is not compared.
func (p *Plan) Differ(a, b Said) []string {
	here, there := p.Split(a.Version, a.Value), p.Split(b.Version, b.Value)
	var list []string
	for i, t := range p.Tables {
		at, ok := t.at[a.Version]
		if _, both := t.at[b.Version]; !ok || !both {
			continue
		}
		for c, col := range t.Columns {
			if !col.Typed() || !col.in(a.Version) || !col.in(b.Version) {
				continue
			}
			pointer := at
			if i == 0 {
				pointer = col.At[a.Version].Pointer
			}
			same := slices.EqualFunc(here[i], there[i], func(x, y Line) bool {
				return slices.Equal(x.Key, y.Key) && alike(x.Cells[c], y.Cells[c])
			})
			if !same && !slices.Contains(list, pointer) {
				list = append(list, pointer)
			}
		}
	}
	return list
}

// alike: no value and an empty list are one cell.
func alike(a, b any) bool {
	return written(a) == written(b)
}

func written(v any) string {
	if list, ok := v.([]any); v == nil || ok && len(list) == 0 {
		return ""
	}
	raw, _ := json.Marshal(v) // of a document, which was JSON
	return string(raw)
}
