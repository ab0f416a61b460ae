package catalog

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"taizhang/internal/fault"
)

// ChangeKind says what became of a field or of a member of the definition.
type ChangeKind string

// The kinds. Which of them hold an open draft back is said by effects.
const (
	AddOptional ChangeKind = "add_optional"
	AddRequired ChangeKind = "add_required"
	RemoveField ChangeKind = "remove"
	RenameField ChangeKind = "rename"
	Retitle     ChangeKind = "retitle"
	Relax       ChangeKind = "relax"
	Tighten     ChangeKind = "tighten"
	Require     ChangeKind = "require"
	AddOption   ChangeKind = "add_option"
	DropOption  ChangeKind = "drop_option"
	Meaning     ChangeKind = "meaning"
	Retype      ChangeKind = "type"
	Condition   ChangeKind = "condition"
	Reorder     ChangeKind = "reorder"
	Redefine    ChangeKind = "definition"
)

// effect of a change on an open draft.
type effect string

const (
	moves effect = "moves" // every draft goes along
	some  effect = "some"  // those whose values or gaps it forbids stay
	holds effect = "holds" // every draft stays
)

var effects = map[ChangeKind]effect{
	AddOptional: moves, RemoveField: moves, RenameField: moves, Retitle: moves, Relax: moves, AddOption: moves, Reorder: moves, Redefine: moves,
	AddRequired: some, Tighten: some, Require: some, DropOption: some, Meaning: some,
	Retype: holds, Condition: holds,
}

// Change is one difference between two versions.
type Change struct {
	Kind ChangeKind `json:"kind"`
	// Field is its stable id; "" for members of the definition.
	Field   string     `json:"field,omitempty"`
	Member  string     `json:"member,omitempty"` // of ledger.json, or the keyword of a field (items/maxLength)
	Title   fault.Text `json:"title"`
	Before  any        `json:"before,omitempty"`
	After   any        `json:"after,omitempty"`
	Effect  effect     `json:"effect"`
	Adds    bool       `json:"adds,omitempty"` // 增: it has to pass the gate
	old     Held
	now     Held
	touches func(value any) bool // which values of the field hold their draft; nil: none does
}

// judging members of ledger.json change how a document is judged or who may see
// it: a draft begun under the old ones is finished under them.
var judging = []string{"computed", "rules", "sources", "sensitivity", "sealed"}

// members of ledger.json in the words of who reads a dry run.
var members = map[string]fault.Text{
	"title": {ZH: "名称", EN: "Name"}, "filler": {ZH: "填报人", EN: "Who fills it"},
	"areas": {ZH: "适用监区", EN: "Areas"}, "cadence": {ZH: "周期", EN: "Cadence"}, "occurred": {ZH: "发生时间", EN: "Time of occurrence"},
	"summary": {ZH: "列表摘要", EN: "Summary"}, "chain": {ZH: "审批环节", EN: "Approval steps"}, "evidence": {ZH: "佐证要求", EN: "Evidence"},
	"retention": {ZH: "保存期限", EN: "Retention"}, "sensitivity": {ZH: "密级", EN: "Level"}, "sealed": {ZH: "封存条件", EN: "Sealing"},
	"offline": {ZH: "离线填写", EN: "Filling offline"}, "enforcement_evidence": {ZH: "执法证据", EN: "Enforcement evidence"},
	"lawful_basis": {ZH: "依据", EN: "Lawful basis"}, "computed": {ZH: "自动计算", EN: "Computed fields"}, "rules": {ZH: "规则", EN: "Rules"},
	"sources": {ZH: "来源", EN: "Sources"}, "measures": {ZH: "统计", EN: "Measures"}, "triggers": {ZH: "触发", EN: "Triggers"},
}

// silent members are no difference between versions of one ledger: an owner is
// changed by a transfer, which a version only repeats.
var silent = []string{"id", "version", "owner"}

// Compare lists what differs, fields first, in the order of the new version.
// Fields are matched by their stable ids: a rename is one.
func Compare(from, to *Type) []Change {
	var list []Change
	before, after, handed := byID(from.Fields()), byID(to.Fields()), untold(from, to)
	for _, f := range to.Fields() {
		old, was := before[f.ID]
		if !was {
			// What stands in a new group came with the group.
			if _, fresh := before[f.parent]; f.parent == "" || fresh {
				kind := AddOptional
				if f.need {
					kind = AddRequired
				}
				list = append(list, change(kind, "", Held{}, f))
			}
			continue
		}
		changes := fieldChanges(old, f, to.validator.messages)
		for i := range changes {
			changes[i].Adds = slices.Contains(handed, f.ID)
		}
		list = append(list, changes...)
	}
	for _, f := range from.Fields() {
		_, is := after[f.ID]
		_, parent := after[f.parent]
		if !is && (f.parent == "" || parent) {
			list = append(list, change(RemoveField, "", f, Held{}))
		}
	}
	list = append(list, conditionChanges(from.validator.expanded, to.validator.expanded)...)
	return append(list, definitionChanges(from, to)...)
}

func byID(list []Held) map[string]Held {
	m := make(map[string]Held, len(list))
	for _, f := range list {
		m[f.ID] = f
	}
	return m
}

func change(kind ChangeKind, member string, old, now Held) Change {
	c := Change{Kind: kind, Field: now.ID, Member: member, Title: titleOf(now.node), Effect: effects[kind],
		Adds: kind == AddOptional || kind == AddRequired, old: old, now: now}
	if now.node == nil {
		c.Field, c.Title = old.ID, titleOf(old.node)
	}
	if member != "" {
		c.Before, _ = at(old.node, "/"+member)
		c.After, _ = at(now.node, "/"+member)
	}
	return c
}

// bounds are the keywords that narrow values; up says that a higher number is
// the narrower one.
var bounds = map[string]struct{ up bool }{
	"minimum": {true}, "exclusiveMinimum": {true}, "minLength": {true}, "minItems": {true},
	"maximum": {false}, "exclusiveMaximum": {false}, "maxLength": {false}, "maxItems": {false},
}

// restricting keywords allow less than no keyword does, whatever they say.
var restricting = []string{"pattern", "multipleOf", "const", "uniqueItems", "readOnly"}

// meaning are the keywords that say what a value stands for: the number 150 is
// another duration in another unit.
var meaning = []string{"x-unit", "x-ui/lookup"}

// harmless keywords say nothing about the values that are there.
var harmless = map[string]ChangeKind{
	"x-message": Retitle, "default": Redefine, "x-ui/widget": Reorder, "x-ui/colSpan": Reorder,
	"x-ui/hidden": Redefine, "x-ui/prefill": Redefine, "x-ui/repeat": Redefine, "x-ui/subject": Redefine,
}

func fieldChanges(old, now Held, messages map[string]fault.Text) []Change {
	if old.parent != now.parent || !reflect.DeepEqual(shapeOf(old.node), shapeOf(now.node)) {
		return []Change{change(Retype, "type", old, now)}
	}
	var list []Change
	add := func(kind ChangeKind, member string, touches func(any) bool) {
		c := change(kind, member, old, now)
		c.touches = touches
		list = append(list, c)
	}
	if old.Name() != now.Name() {
		add(RenameField, "", nil)
	}
	if titleOf(old.node) != titleOf(now.node) || !reflect.DeepEqual(old.node["description"], now.node["description"]) {
		add(Retitle, "title", nil)
	}
	switch {
	case !old.need && now.need:
		add(Require, "", nil)
	case old.need && !now.need:
		add(Relax, "required", nil)
	}
	// A list is judged by itself and by its items.
	within := ""
	for a, b := old.node, now.node; a != nil; a, b = itemsOf(a), itemsOf(b) {
		keywordChanges(a, b, func(kind ChangeKind, keyword string, touches func(any) bool) {
			if kind == Tighten || kind == DropOption {
				touches = refused(now.node, messages)
			}
			add(kind, within+keyword, touches)
		})
		within += "items/"
	}
	return list
}

func keywordChanges(old, now map[string]any, add func(ChangeKind, string, func(any) bool)) {
	for _, k := range slices.Sorted(maps.Keys(bounds)) {
		if w := narrows(old[k], now[k], bounds[k].up); w != 0 {
			add(map[bool]ChangeKind{true: Tighten, false: Relax}[w > 0], k, nil)
		}
	}
	for _, k := range restricting {
		if !reflect.DeepEqual(old[k], now[k]) {
			add(map[bool]ChangeKind{true: Tighten, false: Relax}[now[k] != nil && now[k] != false], k, nil)
		}
	}
	for _, k := range meaning {
		if before, after := differing(old, now, k); before != after {
			add(Meaning, k, func(any) bool { return true })
		}
	}
	optionChanges(choices(old), choices(now), add)
	for _, k := range slices.Sorted(maps.Keys(harmless)) {
		if before, after := differing(old, now, k); before != after {
			add(harmless[k], k, nil)
		}
	}
}

// differing writes what stands at a keyword's path in both, so that it compares.
func differing(old, now map[string]any, path string) (before, after string) {
	a, _ := at(old, "/"+path)
	b, _ := at(now, "/"+path)
	return asJSON(a), asJSON(b)
}

// shapeOf says what a value is made of, down to the items of its lists.
func shapeOf(node map[string]any) []any {
	if node == nil {
		return nil
	}
	return []any{node["type"], node["format"], shapeOf(itemsOf(node))}
}

// itemsOf is the schema of a list's items, nil where there are none.
func itemsOf(node map[string]any) map[string]any {
	items, _ := node["items"].(map[string]any)
	return items
}

// refused tells the values that the schema of a field does not take. It is the
// part of a compiled type, which compiles.
func refused(node map[string]any, messages map[string]fault.Text) func(any) bool {
	checker, err := compileSchema(map[string]any{"properties": map[string]any{"v": maps.Clone(node)}}, messages)
	return func(v any) bool {
		if err != nil {
			return true
		}
		wrong, err := checker.validate(map[string]any{"v": v})
		return err != nil || len(wrong) > 0
	}
}

// narrows compares two bounds: 1 narrower, -1 wider, 0 the same.
func narrows(old, now any, up bool) int {
	a, hadOne := old.(float64)
	b, hasOne := now.(float64)
	switch {
	case !hadOne && !hasOne, hadOne && hasOne && a == b:
		return 0
	case !hadOne:
		return 1
	case !hasOne:
		return -1
	case (b > a) == up:
		return 1
	}
	return -1
}

// optionChanges compares the options of a choice by their values: what an option
// is called is what choosing it meant.
func optionChanges(old, now []Choice, add func(ChangeKind, string, func(any) bool)) {
	if reflect.DeepEqual(old, now) {
		return
	}
	before, after := titles(old), titles(now)
	reworded := map[string]bool{}
	var dropped, added bool
	for v, title := range before {
		other, kept := after[v]
		dropped = dropped || !kept
		if kept && other != title {
			reworded[v] = true
		}
	}
	for v := range after {
		_, had := before[v]
		added = added || !had
	}
	switch {
	case len(old) == 0:
		dropped, added = true, false // what could be anything is now one of these
	case len(now) == 0:
		dropped, added = false, true
	}
	if dropped {
		add(DropOption, "oneOf", nil)
	}
	if added {
		add(AddOption, "oneOf", nil)
	}
	if len(reworded) > 0 {
		add(Meaning, "oneOf", func(v any) bool { return chosen(v, reworded) })
	}
	if !dropped && !added && len(reworded) == 0 {
		add(Reorder, "oneOf", nil)
	}
}

// options of a choice, or of a list of choices.
func options(node map[string]any) []string {
	list := choices(node)
	if items := itemsOf(node); items != nil && list == nil {
		list = choices(items)
	}
	var out []string
	for _, c := range list {
		out = append(out, asJSON(c.Value))
	}
	return out
}

// titles of the options by their values as JSON.
func titles(list []Choice) map[string]fault.Text {
	m := make(map[string]fault.Text, len(list))
	for _, c := range list {
		m[asJSON(c.Value)] = c.Title
	}
	return m
}

// chosen reports whether a value, or one of a list, is among the options.
func chosen(v any, among map[string]bool) bool {
	if list, ok := v.([]any); ok {
		return slices.ContainsFunc(list, func(e any) bool { return chosen(e, among) })
	}
	return among[asJSON(v)]
}

// asJSON of what was read from JSON, which never fails.
func asJSON(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

// conditionChanges compares the branches of all objects, wherever they stand.
func conditionChanges(from, to map[string]any) []Change {
	a, b := branches(from), branches(to)
	if reflect.DeepEqual(a, b) {
		return nil
	}
	c := Change{Kind: Condition, Member: "allOf", Effect: effects[Condition], Title: fault.Text{ZH: "条件", EN: "Conditions"}}
	return []Change{c}
}

func branches(node any) []any {
	var list []any
	switch n := node.(type) {
	case map[string]any:
		for _, k := range names(n) {
			if k == "allOf" || k == "dependentRequired" {
				raw, _ := json.Marshal(n[k])
				list = append(list, string(raw))
				continue
			}
			list = append(list, branches(n[k])...)
		}
	case []any:
		for _, v := range n {
			list = append(list, branches(v)...)
		}
	}
	return list
}

func names(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

func definitionChanges(from, to *Type) []Change {
	var list []Change
	var a, b map[string]any
	_ = json.Unmarshal(from.DefinitionJSON, &a) // both were read when they were compiled
	_ = json.Unmarshal(to.DefinitionJSON, &b)
	all := maps.Clone(a)
	maps.Copy(all, b)
	for _, k := range names(all) {
		if slices.Contains(silent, k) || reflect.DeepEqual(a[k], b[k]) || empty(a[k]) && empty(b[k]) {
			continue
		}
		c := Change{Kind: Redefine, Member: k, Before: a[k], After: b[k], Effect: moves, Title: members[k]}
		if slices.Contains(judging, k) {
			c.Effect = holds
		}
		if more := adding[k]; more != nil {
			c.Adds = more(from, to)
		}
		list = append(list, c)
	}
	if !reflect.DeepEqual(from.form, to.form) {
		list = append(list, Change{Kind: Reorder, Member: "form", Effect: moves, Title: fault.Text{ZH: "版面", EN: "Layout"}})
	}
	return list
}

func empty(v any) bool {
	switch x := v.(type) {
	case []any:
		return len(x) == 0
	case string:
		return x == ""
	}
	return v == nil
}

// Holds reports whether the change keeps a draft with this document, written
// under the old version, from moving to the new one.
func (c Change) Holds(doc Document) bool {
	switch c.Effect {
	case moves:
		return false
	case holds:
		return true
	}
	switch c.Kind {
	case AddRequired:
		// A new field in rows holds those drafts that have rows.
		parent := c.now.Pointer[:strings.LastIndexByte(c.now.Pointer, '/')]
		found, _ := instances(doc.Value, parent)
		return len(found) > 0
	case Require:
		_, absent := instances(doc.Value, c.old.Pointer)
		return absent > 0
	}
	found, _ := instances(doc.Value, c.old.Pointer)
	return slices.ContainsFunc(found, c.touches)
}
