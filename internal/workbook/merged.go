package workbook

import (
	"slices"
	"strings"

	"taizhang/internal/catalog"
)

// edition is a version of a ledger that was merged into the plan's.
type edition struct {
	ledger  string
	version int
}

// said is a value of a merged ledger with the field that it was filled in as:
// its choices and its sort of value are that field's, not the column's.
type said struct {
	leaf  catalog.Leaf
	value any
}

// words are several values that share one cell.
var words = catalog.Leaf{Kind: "string", List: true}

// Merge gives the entries of a ledger that was merged into the plan's a place in
// its columns, by the map of the merge. A field that was dropped then has none.
func (p *Plan) Merge(versions []*catalog.Type, places []catalog.Place) {
	goals := map[string]string{}
	for _, x := range places {
		goals[x.From] = x.To
	}
	if p.merged == nil {
		p.merged = map[string]string{}
	}
	for _, t := range versions {
		p.merged[t.ID] = t.Title.ZH
		leaves, _ := t.Leaves()
		for _, l := range leaves {
			if c := p.column(goals[l.ID]); c != nil {
				of := edition{t.ID, t.Version}
				if c.from == nil {
					c.from = map[edition][]catalog.Leaf{}
				}
				c.from[of] = append(c.from[of], l)
			}
		}
	}
}

// column of a field, where the newest version has it if it has it still; nil for none.
func (p *Plan) column(id string) *Column {
	var found *Column
	for _, t := range p.Tables {
		for i := range t.Columns {
			if c := &t.Columns[i]; id != "" && c.ID == id && (found == nil || c.in(p.Version)) {
				found = c
			}
		}
	}
	return found
}

// rows is what a field of a merged ledger is repeated by, "" for once an entry.
func rows(l catalog.Leaf) string {
	return l.Pointer[:max(0, strings.LastIndex(l.Pointer, "/*/"))]
}

// lay puts an entry into the plan's tables, be it the ledger's own or one of a
// ledger that was merged into it.
func (p *Plan) lay(o Out) [][]Line {
	if o.Ledger == "" {
		return p.Split(o.Version, o.Value)
	}
	of := edition{o.Ledger, o.Version}
	out := make([][]Line, len(p.Tables))
	out[0] = []Line{p.Tables[0].take(of, o.Value, "", nil)}
	for i, t := range p.Tables[1:] {
		depth := t.depth(p.newestOf(t))
		for _, list := range t.lists(of) {
			at := list
			if list != "" {
				at += "/*"
			}
			each(o.Value, at, nil, func(row any, key []int) {
				if len(key) != depth || depth == 1 {
					// Of another depth, or of several lists: one behind the other.
					key = make([]int, depth)
					key[depth-1] = len(out[i+1])
				}
				if line := t.take(of, row, list, key); slices.ContainsFunc(line.Cells, func(v any) bool { return v != nil }) {
					out[i+1] = append(out[i+1], line)
				}
			})
		}
	}
	return out
}

// lists are what the fields that a table receives are repeated by.
func (t Table) lists(of edition) []string {
	var list []string
	for _, c := range t.Columns {
		for _, l := range c.from[of] {
			if !slices.Contains(list, rows(l)) {
				list = append(list, rows(l))
			}
		}
	}
	return list
}

// take makes a line of the fields that a row of a list holds. The line of the
// entry takes them all: what was repeated stands there in one cell.
func (t Table) take(of edition, row any, list string, key []int) Line {
	line := Line{Key: key, Cells: make([]any, len(t.Columns))}
	for i, c := range t.Columns {
		var found []said
		for _, l := range c.from[of] {
			at := l.Pointer
			switch {
			case t.ID != "" && rows(l) != list:
				continue
			case list != "":
				at = strings.TrimPrefix(at, list+"/*")
			}
			each(row, at, nil, func(v any, _ []int) { found = append(found, said{l, v}) })
		}
		switch len(found) {
		case 0:
		case 1:
			line.Cells[i] = found[0]
		default:
			var all []any
			for _, f := range found {
				all = append(all, shown(f.leaf, f.value))
			}
			line.Cells[i] = said{words, all}
		}
	}
	return line
}

// assembled makes of the lines of a merged entry what a document of the plan's
// newest version would hold of a table.
func (p *Plan) assembled(lines [][]Line, table int) (any, bool) {
	doc := map[string]any{}
	whole := p.Tables[table].at[p.newestOf(p.Tables[table])]
	for i, t := range p.Tables {
		at := t.at[p.newestOf(t)]
		if i == 0 || !strings.HasPrefix(at+"/", whole+"/") {
			continue
		}
		for _, line := range lines[i] {
			for c, v := range line.Cells {
				if s, ok := v.(said); ok {
					l := t.Columns[c].Leaf
					put(doc, at+"/*"+strings.TrimPrefix(l.Pointer[len(rows(l)):], "/*"), line.Key, s.value)
				}
			}
		}
	}
	return look(doc, whole)
}

// holds is a value of a line with the field it is one of; false where the
// version has no such field.
func (c Column) holds(version int, v any) (catalog.Leaf, any, bool) {
	if s, ok := v.(said); ok {
		return s.leaf, s.value, true
	}
	leaf, ok := c.At[version]
	return leaf, v, ok
}
