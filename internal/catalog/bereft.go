package catalog

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"taizhang/internal/fault"
)

// Bereft is what a ledger does with another one's entries and could not do with those
// of its next version.
type Bereft struct {
	Ledger *Type
	What   fault.Text // the field that takes from it; the rule, the measure that asks about it
	Why    fault.Text
}

// Bereft lists the fields of other ledgers that take from one, and the expressions that
// ask about its entries, for which its next version lacks what they read.
func (c *Catalog) Bereft(current, next *Type) []Bereft {
	var list []Bereft
	for _, t := range c.Types() {
		for _, src := range t.Sources {
			if t.ID == next.ID || src.Ledger != next.ID || !t.Serves(src) {
				continue
			}
			for _, why := range src.misses(t, current, next) {
				list = append(list, Bereft{Ledger: t, What: titleOf(t.field(src.Field)), Why: why})
			}
		}
		if t.ID == next.ID {
			continue
		}
		for _, q := range t.questions() {
			for _, why := range lost(c.compiler.world.asksOf(q.expr, next.ID), current, next) {
				list = append(list, Bereft{Ledger: t, What: q.of, Why: why})
			}
		}
	}
	return list
}

// misses says what a source of a type does not find in another version as it found it.
func (s Source) misses(t, current, next *Type) []fault.Text {
	list := lost(s.members(), current, next)
	if len(list) == 0 {
		p := &problems{}
		sourceCheck{t: t, src: s, p: p}.other(next)
		for _, f := range p.fields {
			list = append(list, f.Text)
		}
	}
	return list
}

// lost says which of some pointers into a version name nothing of the kind in the next.
func lost(pointers []string, current, next *Type) []fault.Text {
	var list []fault.Text
	for _, path := range pointers {
		was, path := nearest(current, path)
		if is, there := nearest(next, path); was != nil && (there != path || !reflect.DeepEqual(shapeOf(was), shapeOf(is))) {
			name := strings.TrimPrefix(strings.ReplaceAll(path, "/*", ""), "/")
			list = append(list, fault.Text{ZH: name + " 停用、改了代码或类型", EN: name + " is retired, renamed or of another type"})
		}
	}
	return list
}

var (
	theirField = regexp.MustCompile(`\b(doc|row)((?:\.[a-z_][a-z0-9_]*)+)`)
	bracketed  = regexp.MustCompile(`\[\s*['"]([a-z_][a-z0-9_]*)['"]\s*\]`)
)

// theirFields finds the members of the other document in an expression: the variable
// and the path, however they are written.
func theirFields(expr string) (list [][2]string) {
	for _, m := range theirField.FindAllStringSubmatch(bracketed.ReplaceAllString(expr, ".$1"), -1) {
		list = append(list, [2]string{m[1], strings.ReplaceAll(m[2], ".", "/")})
	}
	return list
}

// members are the pointers into the other ledger that the source reads, "*" for every row.
func (s Source) members() []string {
	within := ""
	var list []string
	if s.Rows != "" {
		within = "/" + s.Rows + "/*"
		list = append(list, "/"+s.Rows)
	}
	if s.Take != "" && s.Take != entryItself {
		list = append(list, within+"/"+s.Take)
	}
	if s.About != "" || s.Per != "" {
		list = append(list, within+"/"+InmateField)
	}
	for _, expr := range s.expressions() {
		for _, m := range theirFields(expr) {
			path := m[1]
			if m[0] == "row" {
				path = within + path
			}
			list = append(list, path)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// nearest is the schema of the field that a pointer names, or else of the nearest
// that it stands in, with its pointer: what follows may be a function (doc.rows.exists).
func nearest(t *Type, pointer string) (map[string]any, string) {
	for ; pointer != ""; pointer = pointer[:strings.LastIndexByte(pointer, '/')] {
		node := t.validator.expanded
		for part := range strings.SplitSeq(pointer[1:], "/") {
			if part == "*" {
				node = itemsOf(node)
			} else {
				node = propertiesOf(node)[part]
			}
		}
		if node != nil {
			return node, pointer
		}
	}
	return nil, ""
}
