package catalog

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"taizhang/internal/fault"
)

// What a schema may say by the profile and cannot mean: nobody could fill such a
// field, or the form could not show it. Asked of what is not published yet.

// spansOf are the keywords that bound the same thing from both sides; open ones have
// to leave room between them.
var spansOf = []struct {
	low, high string
	open      bool
}{
	{"minLength", "maxLength", false}, {"minItems", "maxItems", false}, {"minimum", "maximum", false},
	{"exclusiveMinimum", "maximum", true}, {"minimum", "exclusiveMaximum", true}, {"exclusiveMinimum", "exclusiveMaximum", true},
}

// widgets are the controls that a field may ask for, what it has to be, and in words.
var widgets = map[string]struct {
	fits  func(node map[string]any) bool
	words fault.Text
}{
	"radio":    {func(n map[string]any) bool { return n["oneOf"] != nil || n["type"] == "boolean" }, fault.Text{ZH: "选项（oneOf）", EN: "a choice (oneOf)"}},
	"textarea": {plainText, fault.Text{ZH: "文字", EN: "text"}},
	"month":    {plainText, fault.Text{ZH: "文字", EN: "text"}},
	"lookup":   {textOrTexts, fault.Text{ZH: "文字或文字的列表", EN: "text or a list of texts"}},
	"evidence": {func(n map[string]any) bool { return n["format"] == "uuid" }, fault.Text{ZH: "format 为 uuid 的文字", EN: "text with format uuid"}},
	"rows":     {func(n map[string]any) bool { return itemsOf(n)["type"] == "object" }, fault.Text{ZH: "对象的列表", EN: "a list of objects"}},
	"group":    {func(n map[string]any) bool { return n["type"] == "object" }, fault.Text{ZH: "对象", EN: "an object"}},
	"checks":   {func(n map[string]any) bool { return itemsOf(n)["oneOf"] != nil }, fault.Text{ZH: "选项（oneOf）的列表", EN: "a list of choices (oneOf)"}},
}

func plainText(n map[string]any) bool {
	return n["type"] == "string" && n["format"] == nil && n["oneOf"] == nil
}

func textOrTexts(n map[string]any) bool {
	return n["type"] == "string" || itemsOf(n)["type"] == "string"
}

// registers are what a look-up asks beside the entries of a ledger.
var registers = []string{"police", "inmate", "asset", "entry"}

// stableID goes into columns of exports, queries and addresses.
var stableID = regexp.MustCompile(`^[a-z][a-z0-9_.]{0,249}$`)

const maxTitle = 200

func (w *profile) sense(n map[string]any, at string) {
	for _, s := range spansOf {
		low, one := n[s.low].(float64)
		high, two := n[s.high].(float64)
		if one && two && (low > high || s.open && low == high) {
			w.p.say(at+"/"+s.low, "span", fault.Text{
				ZH: fmt.Sprintf("%s（%v）与 %s（%v）之间没有可填的值，请改其中一个", s.low, low, s.high, high),
				EN: fmt.Sprintf("Nothing lies between %s (%v) and %s (%v); change one of them", s.low, low, s.high, high)})
		}
	}
	w.kinds(n, at)
	w.options(n, at)
	w.steps(n, at)
	if v, ok := n["default"]; ok && !takesDefault(n, v) {
		w.p.say(at+"/default", "default", fault.Text{ZH: "默认值不符合本字段自己的类型或限制，请改默认值，或放宽限制",
			EN: "The default is not what the field itself takes; change it, or the field's bounds"})
	}
	for _, k := range []string{"title", "x-en"} {
		w.named(n[k], at+"/"+k)
	}
	for _, k := range []string{"zh", "en"} {
		unit, _ := n["x-unit"].(map[string]any)
		w.named(unit[k], at+"/x-unit/"+k)
	}
	for i, c := range choiceNodes(n) {
		for _, k := range []string{"title", "x-en"} {
			w.named(c[k], fmt.Sprintf("%s/oneOf/%d/%s", at, i, k))
		}
	}
	if id, ok := n["x-id"].(string); ok && !stableID.MatchString(id) {
		w.p.say(at+"/x-id", "name", fault.Text{ZH: "x-id 须以小写字母开头，只含小写字母、数字、下划线和点，至多 250 个字符",
			EN: "An x-id begins with a small letter and has small letters, digits, underscores and full stops only, 250 at most"})
	}
	w.shown(n, at)
}

// kindOf says of which type a field has to be for a keyword to mean anything.
var kindOf = map[string][]string{
	"minLength": {"string"}, "maxLength": {"string"}, "pattern": {"string"}, "format": {"string"},
	"minimum": {"integer", "number"}, "maximum": {"integer", "number"}, "exclusiveMinimum": {"integer", "number"}, "exclusiveMaximum": {"integer", "number"}, "multipleOf": {"integer", "number"},
	"minItems": {"array"}, "maxItems": {"array"}, "uniqueItems": {"array"}, "items": {"array"},
	"properties": {"object"}, "required": {"object"}, "dependentRequired": {"object"},
}

// kinds asks that nothing is said of a field that means nothing of its type.
func (w *profile) kinds(n map[string]any, at string) {
	kind, typed := n["type"].(string)
	for _, k := range slices.Sorted(maps.Keys(kindOf)) {
		if typed && n[k] != nil && !slices.Contains(kindOf[k], kind) {
			w.p.say(at+"/"+k, "kind", fault.Text{ZH: fmt.Sprintf("%s 对类型 %s 不起作用，请删去或改类型", k, kind),
				EN: fmt.Sprintf("%s means nothing of type %s; leave it out or change the type", k, kind)})
		}
	}
	if n["pattern"] != nil && n["format"] != nil {
		w.p.say(at+"/pattern", "kind", fault.Text{ZH: "有格式（format）的字段不能再加 pattern", EN: "A field with a format takes no pattern"})
	}
}

// options asks that each choice can be told from the others.
func (w *profile) options(n map[string]any, at string) {
	seen := map[string]bool{}
	for i, c := range choiceNodes(n) {
		here := fmt.Sprintf("%s/oneOf/%d", at, i)
		for _, k := range []string{"const", "title", "x-en"} {
			if told := fmt.Sprintf("%s %v", k, c[k]); c[k] != nil && seen[told] {
				w.p.say(here+"/"+k, "choice", fault.Text{ZH: fmt.Sprintf("选项重复：%v", c[k]), EN: fmt.Sprintf("The choice is there already: %v", c[k])})
			} else {
				seen[told] = true
			}
		}
	}
}

// steps asks whether a whole number, or a multiple, lies within the bounds.
func (w *profile) steps(n map[string]any, at string) {
	step, stepped := n["multipleOf"].(float64)
	if !stepped && n["type"] == "integer" {
		step = 1
	}
	low, high := bound(n, "minimum", "exclusiveMinimum", 1), bound(n, "maximum", "exclusiveMaximum", -1)
	if low.name == "" || high.name == "" || low.at > high.at || low.at == high.at && (low.open || high.open) || step <= 0 {
		return // crossed ones are told already
	}
	most := math.Floor(high.at/step) * step
	if most == high.at && high.open {
		most -= step
	}
	if most < low.at || most == low.at && low.open {
		w.p.say(at+"/"+low.name, "span", fault.Text{
			ZH: fmt.Sprintf("%s（%v）与 %s（%v）之间没有 %v 的倍数，请改其中一个", low.name, low.at, high.name, high.at, step),
			EN: fmt.Sprintf("No multiple of %v lies between %s (%v) and %s (%v); change one of them", step, low.name, low.at, high.name, high.at)})
	}
}

// edge is a bound by the keyword that says it; open where the number itself is out.
type edge struct {
	name string
	at   float64
	open bool
}

// bound is the stricter of the two keywords for one end; inward is the sign of the way
// to the other.
func bound(n map[string]any, closed, open string, inward float64) edge {
	var e edge
	if at, ok := n[closed].(float64); ok {
		e = edge{closed, at, false}
	}
	if at, ok := n[open].(float64); ok && (e.name == "" || (at-e.at)*inward >= 0) {
		e = edge{open, at, true}
	}
	return e
}

// named asks of words that are there whether they can be read.
func (w *profile) named(words any, at string) {
	if s, ok := words.(string); ok && s != "" {
		if _, ok := Name(s, maxTitle); !ok {
			w.p.fields = append(w.p.fields, BadName(at, maxTitle))
		}
	}
}

func choiceNodes(n map[string]any) []map[string]any {
	list, _ := n["oneOf"].([]any)
	out := make([]map[string]any, len(list))
	for i, c := range list {
		out[i], _ = c.(map[string]any)
	}
	return out
}

// takesDefault: a group may begin with some of its fields.
func takesDefault(n map[string]any, v any) bool {
	checker, err := compileSchema(map[string]any{"properties": map[string]any{"v": n}}, nil)
	if err != nil {
		return true // the schema itself is at fault, and said so
	}
	wrong, err := checker.validate(map[string]any{"v": v})
	return err == nil && !slices.ContainsFunc(wrong, func(f fault.Field) bool { return f.Code != "required" })
}

// shown looks at x-ui: whether the form has such a control for such a field.
func (w *profile) shown(n map[string]any, at string) {
	asked, _ := n["x-ui"].(map[string]any)
	if name, ok := asked["widget"]; ok {
		kind, _ := name.(string)
		switch control, known := widgets[kind]; {
		case !known:
			list := strings.Join(slices.Sorted(maps.Keys(widgets)), "、")
			w.p.say(at+"/x-ui/widget", "widget", fault.Text{ZH: fmt.Sprintf("没有控件 %v：只有 %s；普通字段不必写", name, list),
				EN: fmt.Sprintf("There is no widget %v: there are %s; a plain field needs none", name, list)})
		case !control.fits(n):
			w.p.say(at+"/x-ui/widget", "widget", fault.Text{ZH: fmt.Sprintf("控件 %s 只用于%s，请改控件或字段类型", kind, control.words.ZH),
				EN: fmt.Sprintf("The widget %s is for %s; change it or the field's type", kind, control.words.EN)})
		case kind == "lookup" && asked["lookup"] == nil:
			w.p.say(at+"/x-ui/lookup", "lookup", fault.Text{ZH: "请写明查找什么：" + strings.Join(registers, "、") + " 或 entry:台账编号",
				EN: "Say what is looked up: " + strings.Join(registers, ", ") + " or entry:<ledger>"})
		}
	}
	if span, ok := asked["colSpan"]; ok && !slices.Contains([]any{1.0, 2.0, 3.0}, span) {
		w.p.say(at+"/x-ui/colSpan", "widget", fault.Text{ZH: "colSpan 只能是 1、2 或 3", EN: "colSpan is 1, 2 or 3"})
	}
}

// untyped names the fields of a type that do not say what they are: whatever was
// sent would be stored in them, and no form shows it.
func (t *Type) untyped() []fault.Field {
	var bad []fault.Field
	for _, f := range t.Fields() {
		within := f.inSchema()
		n := f.node
		for n["type"] == "array" && itemsOf(n) != nil {
			n, within = itemsOf(n), within+"/items"
		}
		switch n["type"] {
		case nil:
			bad = append(bad, fault.Field{Pointer: within, Code: "type", Text: fault.Text{ZH: "字段须写明类型（type）", EN: "A field says its type"}})
		case "array":
			bad = append(bad, fault.Field{Pointer: within, Code: "items", Text: fault.Text{ZH: "列表须写明各项是什么（items）", EN: "A list says what its items are"}})
		}
	}
	return bad
}

// strays names the look-ups of a type that lead nowhere.
func (t *Type) strays(kept func(ledger string) bool) []fault.Field {
	var bad []fault.Field
	for _, f := range t.Fields() {
		within := f.inSchema()
		for n := f.node; n != nil; n = itemsOf(n) {
			asked, _ := n["x-ui"].(map[string]any)
			kind, ok := asked["lookup"]
			name, _ := kind.(string)
			ledger, entries := strings.CutPrefix(name, "entry:")
			if ok && !slices.Contains(registers, name) && !(entries && kept(ledger)) {
				bad = append(bad, fault.Field{Pointer: within + "/x-ui/lookup", Code: "lookup", Text: fault.Text{
					ZH: fmt.Sprintf("没有可查找的 %v：请写 %s，或 entry: 加现有台账的编号", kind, strings.Join(registers, "、")),
					EN: fmt.Sprintf("There is no %v to look up: write %s, or entry: and the id of a ledger there is", kind, strings.Join(registers, ", "))}})
			}
			within += "/items"
		}
	}
	return bad
}

// readable asks of every title in ledger.json and form.json whether it can be read,
// and of the time entries are kept whether it is one.
func (t *Type) readable(p *problems) {
	titles := map[string]fault.Text{"ledger.json/filler/title": t.Filler.Title}
	for i, s := range t.Chain {
		titles[fmt.Sprintf("ledger.json/chain/%d/title", i)] = s.Title
	}
	for i, e := range t.Evidence {
		titles[fmt.Sprintf("ledger.json/evidence/%d/title", i)] = e.Title
	}
	for i, m := range t.Measures {
		titles[fmt.Sprintf("ledger.json/measures/%d/title", i)] = m.Title
	}
	for i, tr := range t.Triggers {
		titles[fmt.Sprintf("ledger.json/triggers/%d/title", i)] = tr.Title
	}
	for i, s := range t.form.Sections {
		titles[fmt.Sprintf("form.json/sections/%d/title", i)] = s.Title
	}
	for at, title := range titles {
		for language, words := range map[string]string{"zh": title.ZH, "en": title.EN} {
			if _, ok := Name(words, maxTitle); !ok && words != "" {
				p.fields = append(p.fields, BadName(at+"/"+language, maxTitle))
			}
		}
	}
	if t.Retention.Years <= 0 && !t.Retention.Permanent {
		p.say("ledger.json/retention/years", "definition", fault.Text{ZH: "保存年限须为 1 年以上的整数；永久保存请写 \"permanent\": true",
			EN: "Entries are kept for whole years, 1 at least; for ever is \"permanent\": true"})
	}
}
