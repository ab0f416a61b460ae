package catalog

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/fault"
)

// another are the changes that make a field another fact.
var another = []ChangeKind{Retype, Meaning, AddOption, DropOption}

// reused names the fields of a version that take a retired field's stable id for
// another fact: exports join all versions by it. earlier are the versions before,
// ascending.
func reused(t *Type, earlier []*Type) []fault.Field {
	if len(earlier) == 0 {
		return nil
	}
	known := byID(earlier[len(earlier)-1].Fields())
	var bad []fault.Field
	for _, f := range t.Fields() {
		if _, kept := known[f.ID]; kept {
			continue
		}
		for _, old := range slices.Backward(earlier[:len(earlier)-1]) {
			was, had := byID(old.Fields())[f.ID]
			if !had {
				continue
			}
			if slices.ContainsFunc(fieldChanges(was, f, nil), func(c Change) bool { return slices.Contains(another, c.Kind) }) {
				bad = append(bad, fault.Field{Pointer: f.inSchema() + "/x-id", Code: "reused", Text: fault.Text{
					ZH: fmt.Sprintf("x-id %s 在第 %d 版是“%s”，类型、选项或单位与现在不同，导出会把两者混在一起：请换一个未用过的 x-id", f.ID, old.Version, was.Title().ZH),
					EN: fmt.Sprintf("x-id %s was “%s” in version %d, of another type, other options or another unit, and exports would mix the two: take an x-id that was never used", f.ID, was.Title().In("en"), old.Version)}})
			}
			break
		}
	}
	return bad
}

// before lists a ledger's versions before one, of versions that ascend.
func before(version int, versions []*Type) []*Type {
	i := slices.IndexFunc(versions, func(t *Type) bool { return t.Version >= version })
	if i < 0 {
		return versions
	}
	return versions[:i]
}

// inSchema is where the field stands in schema.json.
func (f Held) inSchema() string {
	var b strings.Builder
	b.WriteString("schema.json")
	for _, name := range strings.Split(f.Pointer[1:], "/") {
		if name == "*" {
			b.WriteString("/items")
			continue
		}
		b.WriteString("/properties/" + name)
	}
	return b.String()
}
