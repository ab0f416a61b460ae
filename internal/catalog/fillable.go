package catalog

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"taizhang/internal/fault"
)

// kindsOf are the types of field that a keyword says something of.
var kindsOf = map[string][]string{
	"minLength": {"string"}, "maxLength": {"string"}, "pattern": {"string"}, "format": {"string"},
	"minimum": {"integer", "number"}, "maximum": {"integer", "number"}, "exclusiveMinimum": {"integer", "number"}, "exclusiveMaximum": {"integer", "number"},
	"multipleOf": {"integer", "number"},
	"minItems":   {"array"}, "maxItems": {"array"}, "uniqueItems": {"array"}, "items": {"array"},
	"properties": {"object"}, "required": {"object"}, "dependentRequired": {"object"}, "allOf": {"object"},
}

// fillable refuses a form with fields that nobody could fill, be shown, or tell from
// those beside them. The profile takes such a schema: what it says of any JSON is clear.
func (t *Type) fillable(p *problems) {
	found := &problems{}
	fillable{found}.object(t.validator.expanded, "")
	root, err := decodeObject(t.SchemaJSON)
	if err != nil {
		p.say("schema.json", "syntax", notJSON)
		return
	}
	for _, f := range news(root, found.fields) {
		f.Pointer = "schema.json" + f.Pointer
		p.fields = append(p.fields, f)
	}
}

type fillable struct{ p *problems }

func (f fillable) refuse(at, zh, en string) {
	f.p.say(at, "unfillable", fault.Text{ZH: zh, EN: en})
}

func (f fillable) unknown(at, name string) {
	f.refuse(at, "没有字段 "+name, "There is no field "+name)
}

func (f fillable) object(n map[string]any, at string) {
	props := propertiesOf(n)
	titles := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(props)) {
		here := at + "/properties/" + escape(name)
		title := titleOf(props[name]).ZH
		if other, twice := titles[readAs(title)]; twice {
			f.refuse(here+"/title", "标题“"+title+"”与字段 "+other+" 的相同，表格和页面上分不清，请改其中一个；同一内容只设一个字段",
				"The title is that of the field "+other+": nobody could tell them apart; change one, or ask once")
		}
		titles[readAs(title)] = name
		f.field(props[name], here)
	}
	for _, name := range texts(n["required"]) {
		if props[name]["readOnly"] == true {
			f.refuse(at+"/required", "字段 "+name+" 只读，由系统填写，不能列为必填", "The field "+name+" is filled by the server; it cannot be required of the officer")
		}
	}
	depends := asObject(n["dependentRequired"])
	for _, name := range slices.Sorted(maps.Keys(depends)) {
		for _, one := range append(texts(depends[name]), name) {
			if props[one] == nil {
				f.unknown(at+"/dependentRequired/"+escape(name), one)
			}
		}
	}
	f.branches(n, n, at)
	shown := showable(n)
	for _, name := range slices.Sorted(maps.Keys(props)) {
		if !shown[name] {
			f.refuse(at+"/properties/"+escape(name), "字段 "+name+" 的显示条件永远不成立，请改条件", "The field "+name+" is never shown, for its conditions cannot come true; change them")
		}
	}
}

// readAs is a title as a reader goes by it, with the number at its end.
func readAs(title string) string {
	plain := norm.NFKC.String(title)
	return fold(title) + " " + plain[len(strings.TrimRight(plain, "0123456789")):]
}

// branches looks at the conditions of an object's schema, or of one of its branches.
func (f fillable) branches(n, object map[string]any, at string) {
	all, _ := n["allOf"].([]any)
	for i, v := range all {
		here := fmt.Sprintf("%s/allOf/%d", at, i)
		f.mentions(asObject(asObject(v)["if"]), object, here+"/if", true)
		for _, k := range []string{"then", "else"} {
			branch := asObject(asObject(v)[k])
			f.mentions(branch, object, here+"/"+k, false)
			f.branches(branch, object, here+"/"+k)
		}
	}
}

// mentions holds what a condition or a branch names to the fields that there are. What
// a condition tests has to be there: of what is absent every test is true.
func (f fillable) mentions(n, of map[string]any, at string, tested bool) {
	props, parts, required := propertiesOf(of), propertiesOf(n), texts(n["required"])
	for _, name := range required {
		if props[name] == nil && parts[name] == nil {
			f.unknown(at+"/required", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		here := at + "/properties/" + escape(name)
		switch {
		case props[name] == nil:
			f.unknown(here, name)
			continue
		case tested && !slices.Contains(required, name):
			f.refuse(here, "条件 if 须在自己的 required 中列出字段 "+name+"，否则未填时也成立", "An if lists the field "+name+" in its own required; else it holds while nothing is filled in")
		}
		f.mentions(parts[name], props[name], here, tested)
	}
	for _, k := range []string{"items", "contains"} {
		if sub := asObject(n[k]); sub != nil {
			f.mentions(sub, itemsOf(of), at+"/"+k, tested)
		}
	}
}

// showable are the fields of an object that some document shows: those that no
// branch asks for, and those of branches whose conditions ask for such.
func showable(n map[string]any) map[string]bool {
	type way struct{ asks, gives []string }
	var ways []way
	var collect func(n map[string]any, asks []string)
	collect = func(n map[string]any, asks []string) {
		all, _ := n["allOf"].([]any)
		for _, v := range all {
			c := asObject(v)
			more := slices.Concat(asks, texts(asObject(c["if"])["required"]))
			for k, asks := range map[string][]string{"then": more, "else": asks} {
				branch := asObject(c[k])
				ways = append(ways, way{asks, texts(branch["required"])})
				collect(branch, asks)
			}
		}
	}
	collect(n, nil)
	shown := map[string]bool{}
	for name := range propertiesOf(n) {
		shown[name] = slices.Contains(texts(n["required"]), name) || !slices.ContainsFunc(ways, func(w way) bool { return slices.Contains(w.gives, name) })
	}
	for name, needs := range asObject(n["dependentRequired"]) {
		ways = append(ways, way{[]string{name}, texts(needs)})
	}
	for more := true; more; {
		more = false
		for _, w := range ways {
			if slices.ContainsFunc(w.asks, func(name string) bool { return !shown[name] }) {
				continue
			}
			for _, name := range w.gives {
				more = more || !shown[name]
				shown[name] = true
			}
		}
	}
	return shown
}

func (f fillable) field(n map[string]any, at string) {
	kind, _ := n["type"].(string)
	if kind == "" {
		f.refuse(at, "须写明 type：没有类型的字段什么都收", "Say the type: a field without one takes anything")
		return
	}
	for _, k := range slices.Sorted(maps.Keys(kindsOf)) {
		if _, said := n[k]; said && !slices.Contains(kindsOf[k], kind) {
			f.refuse(at+"/"+k, k+" 对 "+kind+" 不起作用，请删去，或改 type", k+" says nothing of a field of type "+kind+"; leave it out, or change the type")
		}
	}
	for _, k := range []string{"pattern", "minLength", "maxLength"} {
		if n["format"] != nil && n[k] != nil {
			f.refuse(at+"/"+k, fmt.Sprintf("%s 已由 format 限定，请删去 %s", n["format"], k), fmt.Sprintf("The format says all of it; leave %s out", k))
		}
	}
	f.choices(n, at)
	if !roomFor(n, kind) {
		f.refuse(at, "最小值与最大值之间没有可填的数，请放宽", "No number lies within the bounds; widen them")
	}
	switch kind {
	case "object":
		f.object(n, at)
	case "array":
		if items := itemsOf(n); items == nil {
			f.refuse(at, "列表须写 items：每一项是什么", "A list says by items what it is of")
		} else {
			f.field(items, at+"/items")
		}
	}
}

// choices looks at the options of a field, and at a value that it has to have.
func (f fillable) choices(n map[string]any, at string) {
	alone := maps.Clone(n)
	delete(alone, "oneOf")
	delete(alone, "default")
	if v, fixed := n["const"]; fixed && !takesDefault(alone, v) {
		f.refuse(at+"/const", "规定的值不符合本字段自己的类型或限制", "The value asked for is not what the field itself takes")
	}
	values, titles := map[string]bool{}, map[string]bool{}
	for i, c := range choiceNodes(n) {
		here := fmt.Sprintf("%s/oneOf/%d", at, i)
		title, _ := c["title"].(string)
		value, words := asJSON(c["const"]), strings.TrimSpace(norm.NFKC.String(title))
		if !takesDefault(alone, c["const"]) {
			f.refuse(here+"/const", "选项的值不符合本字段自己的类型或限制", "The option is not what the field itself takes")
		}
		if values[value] {
			f.refuse(here+"/const", "选项 "+value+" 重复，两项都无法选", "The option "+value+" stands twice: neither could be picked")
		}
		if titles[words] {
			f.refuse(here+"/title", "选项“"+title+"”重复，分不清选的是哪一项", "Two options have the title "+title+": nobody could tell them apart")
		}
		values[value], titles[words] = true, true
	}
}

// roomFor reports whether a number lies within the bounds of a field. Of numbers that
// need not be whole, nor multiples, sense has said so.
func roomFor(n map[string]any, kind string) bool {
	step := exactly(n["multipleOf"])
	if kind == "integer" {
		if step == nil {
			step = big.NewRat(1, 1)
		}
		step.SetInt(step.Num()) // whole multiples of p/q are those of p
	}
	low, high := bound(n, "minimum", "exclusiveMinimum", 1), bound(n, "maximum", "exclusiveMaximum", -1)
	if step == nil || low == nil || high == nil {
		return true
	}
	// The first multiple that is not below the lower bound, nor it where it is open.
	times := new(big.Rat).Quo(low.at, step)
	whole := new(big.Int).Div(times.Num(), times.Denom())
	if !times.IsInt() || low.open {
		whole.Add(whole, big.NewInt(1))
	}
	side := new(big.Rat).Mul(new(big.Rat).SetInt(whole), step).Cmp(high.at)
	return side < 0 || side == 0 && !high.open
}

type limit struct {
	at   *big.Rat
	open bool
}

// bound is the stricter of a closed and an open limit; toward is 1 for lower ones.
func bound(n map[string]any, closed, open string, toward int) *limit {
	a, b := exactly(n[closed]), exactly(n[open])
	switch {
	case a == nil && b == nil:
		return nil
	case b == nil || a != nil && a.Cmp(b) == toward:
		return &limit{a, false}
	}
	return &limit{b, true}
}

// exactly is a number of a schema as it is written; nil for none.
func exactly(v any) *big.Rat {
	x, ok := v.(float64)
	if !ok {
		return nil
	}
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(x, 'f', -1, 64))
	return r
}
