// Package exchange turns entries into Excel workbooks and CSV and reads them
// back. It knows formats, not people: what may go out or in is decided above.
package workbook

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"taizhang/internal/catalog"
)

// Plan says which columns a ledger has in a table, over one or several of its
// versions: a field keeps its column through renames (A2), and one that a later
// version dropped keeps it too (P1).
type Plan struct {
	Ledger  string
	Title   string
	Version int // whose titles and order stand; the newest
	Digest  string
	Tables  []Table           // the first has one line for each entry
	merged  map[string]string // titles of the ledgers whose entries are shown too (Merge), by id
}

// Table is a sheet: the entries, or the rows of one array of objects.
type Table struct {
	ID      string // "" for the entries
	Title   string
	Need    catalog.Demand
	Columns []Column
	at      map[int]string // pointer of the array, by version
}

// Column is one field. At holds it as each version knows it.
type Column struct {
	catalog.Leaf
	At   map[int]catalog.Leaf
	from map[edition][]catalog.Leaf // of merged ledgers that it receives
}

// NewPlan joins versions of one ledger; the first gives the titles and the order.
func NewPlan(types ...*catalog.Type) *Plan {
	newest := types[0]
	p := &Plan{Ledger: newest.ID, Title: newest.Title.ZH, Version: newest.Version, Digest: hex.EncodeToString(newest.Digest[:8])}
	p.Tables = []Table{{Title: newest.Title.ZH, Need: catalog.Required, at: map[int]string{}}}
	for _, t := range types {
		p.join(t)
	}
	return p
}

func (p *Plan) join(t *catalog.Type) {
	leaves, arrays := t.Leaves()
	p.Tables[0].at[t.Version] = ""
	for _, a := range arrays {
		i := slices.IndexFunc(p.Tables, func(x Table) bool { return x.ID == a.ID })
		if i < 0 {
			i = len(p.Tables)
			p.Tables = append(p.Tables, Table{ID: a.ID, Title: a.Title(), Need: a.Need, at: map[int]string{}})
		}
		p.Tables[i].at[t.Version] = a.Pointer
	}
	for _, l := range leaves {
		tab := &p.Tables[p.tableOf(t.Version, l.Pointer)]
		i := slices.IndexFunc(tab.Columns, func(c Column) bool { return c.ID == l.ID })
		if i < 0 {
			i = len(tab.Columns)
			tab.Columns = append(tab.Columns, Column{Leaf: l, At: map[int]catalog.Leaf{}})
		}
		tab.Columns[i].At[t.Version] = l
	}
}

// tableOf finds the innermost array a pointer stands in.
func (p *Plan) tableOf(version int, pointer string) int {
	best, length := 0, -1
	for i, t := range p.Tables {
		at, ok := t.at[version]
		if !ok || i > 0 && !strings.HasPrefix(pointer, at+"/*/") || len(at) <= length {
			continue
		}
		best, length = i, len(at)
	}
	return best
}

// Header as an officer reads it: the title, the unit, a star where a value is
// always wanted.
func (c Column) Header() string {
	h := c.Title()
	if c.Unit.ZH != "" {
		h += "（" + c.Unit.ZH + "）"
	}
	if c.Need == catalog.Required && !c.Derived {
		h += "*"
	}
	return h
}

// Typed reports whether an import takes the column: not what the server works
// out, and no file, which cannot come with a table.
func (c Column) Typed() bool { return !c.Derived && c.Widget != "evidence" }

// in reports whether a version has the field.
func (c Column) in(version int) bool { _, ok := c.At[version]; return ok }

// depth is the number of arrays a table is inside of, its own included.
func (t Table) depth(version int) int {
	if t.ID == "" {
		return 0
	}
	return strings.Count(t.at[version], "/*") + 1
}

// Line is one line of a table: where its row stands in the arrays, and a value
// for each column, nil for none.
type Line struct {
	Key   []int
	Cells []any
}

// Split lays a document of one version out in the plan's tables.
func (p *Plan) Split(version int, doc map[string]any) [][]Line {
	out := make([][]Line, len(p.Tables))
	for i, t := range p.Tables {
		at, ok := t.at[version]
		if !ok {
			continue
		}
		base := at
		if i > 0 {
			base += "/*"
		}
		each(doc, base, nil, func(row any, key []int) {
			line := Line{Key: key, Cells: make([]any, len(t.Columns))}
			for c, col := range t.Columns {
				if l, ok := col.At[version]; ok {
					line.Cells[c], _ = look(row, strings.TrimPrefix(l.Pointer, base))
				}
			}
			out[i] = append(out[i], line)
		})
	}
	return out
}

// each visits what a pointer with stars names, with the place of every row.
func each(v any, pointer string, key []int, visit func(any, []int)) {
	if pointer == "" {
		visit(v, slices.Clone(key))
		return
	}
	first, rest := step(pointer)
	if first == "*" {
		list, _ := v.([]any)
		for i, e := range list {
			each(e, rest, append(key, i), visit)
		}
		return
	}
	if m, ok := v.(map[string]any); ok && m[first] != nil {
		each(m[first], rest, key, visit)
	}
}

func look(v any, pointer string) (any, bool) {
	for pointer != "" {
		var name string
		name, pointer = step(pointer)
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = m[name]; !ok {
			return nil, false
		}
	}
	return v, true
}

var pointerNames = strings.NewReplacer("~1", "/", "~0", "~")

// step takes the first name off a pointer.
func step(pointer string) (name, rest string) {
	name = pointer[1:]
	if i := strings.IndexByte(name, '/'); i >= 0 {
		name, rest = name[:i], name[i:]
	}
	return pointerNames.Replace(name), rest
}

// Join makes a document of one version of its lines, the reverse of Split. What
// the type wants as a list and has no lines is an empty list.
func (p *Plan) Join(version int, lines [][]Line) map[string]any {
	doc := map[string]any{}
	for i, t := range p.Tables {
		at, ok := t.at[version]
		if !ok {
			continue
		}
		if i > 0 && len(lines[i]) == 0 && t.Need == catalog.Required && !strings.Contains(at, "*") {
			put(doc, at, nil, []any{})
		}
		for _, line := range lines[i] {
			if i > 0 {
				put(doc, at+"/*", line.Key, nil)
			}
			for c, col := range t.Columns {
				l, ok := col.At[version]
				if !ok {
					continue
				}
				switch v := line.Cells[c]; {
				case v != nil:
					put(doc, l.Pointer, line.Key, v)
				case l.List && l.Need == catalog.Required && col.Typed():
					put(doc, l.Pointer, line.Key, []any{})
				}
			}
		}
	}
	return doc
}

// put sets a value, making the objects and lists on the way; nil only makes them.
func put(doc map[string]any, pointer string, key []int, value any) {
	var at any = doc
	store := func(any) {}
	for pointer != "" {
		var name string
		name, pointer = step(pointer)
		if name == "*" {
			list, _ := at.([]any)
			for len(list) <= key[0] {
				list = append(list, map[string]any{})
			}
			store(list)
			i := key[0]
			at, key = list[i], key[1:]
			store = func(v any) { list[i] = v }
			continue
		}
		m, ok := at.(map[string]any)
		if !ok {
			m = map[string]any{}
			store(m)
		}
		at, store = m[name], func(v any) { m[name] = v }
	}
	if value != nil {
		store(value)
	}
}

// Place is where a pointer of a document stands in the plan.
type Place struct {
	Table  int
	Key    []int // without that of its own row: the list as a whole
	Column int   // -1: the line as a whole
}

// Locate finds the cell that a mistake speaks of.
func (p *Plan) Locate(version int, pointer string) Place {
	var key []int
	shape := ""
	for _, part := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		if n, err := strconv.Atoi(part); err == nil {
			key, part = append(key, n), "*"
		}
		shape += "/" + part
	}
	for i, t := range p.Tables {
		for c, col := range t.Columns {
			l, ok := col.At[version]
			if ok && (l.Pointer == shape || l.List && l.Pointer+"/*" == shape) {
				return Place{Table: i, Key: key[:min(len(key), t.depth(version))], Column: c}
			}
		}
	}
	for i, t := range p.Tables {
		if at, kept := t.at[version]; i > 0 && kept && (at == shape || at+"/*" == shape) {
			return Place{Table: i, Key: key, Column: -1}
		}
	}
	// A group of fields is named by the first of them.
	for i, t := range p.Tables {
		for c, col := range t.Columns {
			if l, ok := col.At[version]; ok && len(key) == t.depth(version) && strings.HasPrefix(l.Pointer, shape+"/") && shape != "/" {
				return Place{Table: i, Key: key, Column: c}
			}
		}
	}
	return Place{Column: -1}
}

// whole reports whether a place is a list, none of its rows.
func (p *Plan) whole(at Place) bool {
	t := p.Tables[at.Table]
	return at.Column < 0 && len(at.Key) < t.depth(p.newestOf(t))
}

// Where names a place for people: the field's title, and in which line.
func (p *Plan) Where(at Place) string {
	t := p.Tables[at.Table]
	name := t.Title
	if at.Column >= 0 {
		name = t.Columns[at.Column].Title()
		if at.Table > 0 {
			name = t.Title + "·" + name
		}
	} else if at.Table == 0 {
		name = ""
	}
	if above := p.parent(at.Table); above >= 0 && p.whole(at) {
		return p.Where(Place{Table: above, Key: at.Key, Column: -1}) + "·" + name
	}
	if len(at.Key) > 0 {
		name += fmt.Sprintf("（第 %d 行）", at.Key[len(at.Key)-1]+1)
	}
	return name
}
