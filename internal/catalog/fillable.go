package catalog

import (
	"fmt"
	"maps"
	"slices"

	"taizhang/internal/fault"
)

// fillable refuses a form with fields that nobody could fill, be shown, or tell from
// those beside them. Judge takes such a schema: what it says of a document is clear.
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
		if other, twice := titles[unspaced(title)]; twice {
			f.refuse(here+"/title", "标题“"+title+"”与字段 "+other+" 的相同，表格和页面上分不清，请改其中一个；同一内容只设一个字段",
				"The title is that of the field "+other+": nobody could tell them apart; change one, or ask once")
		}
		titles[unspaced(title)] = name
		f.field(props[name], here)
	}
	for _, name := range texts(n["required"]) {
		if props[name]["readOnly"] == true {
			f.refuse(at+"/required", "字段 "+name+" 只读，由系统填写，不能列为必填", "The field "+name+" is filled by the server; it cannot be required of the officer")
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
	alone := maps.Clone(n)
	delete(alone, "oneOf")
	delete(alone, "default")
	if v, fixed := n["const"]; fixed && !takesDefault(alone, v) {
		f.refuse(at+"/const", "规定的值不符合本字段自己的类型或限制", "The value asked for is not what the field itself takes")
	}
	for i, c := range choiceNodes(n) {
		if !takesDefault(alone, c["const"]) {
			f.refuse(fmt.Sprintf("%s/oneOf/%d/const", at, i), "选项的值不符合本字段自己的类型或限制", "The option is not what the field itself takes")
		}
	}
	f.object(n, at)
	if items := itemsOf(n); items != nil {
		f.field(items, at+"/items")
	}
}
