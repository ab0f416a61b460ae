package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"taizhang/internal/fault"
)

// meta is schemas/meta/schema.json: the profile of what is tested on both
// sides, server and browser. Anything else is refused when a type is published.
type meta struct {
	keywords map[string]bool
	root     any
	compiled *jsonschema.Schema
	messages map[string]fault.Text
}

func newMeta(raw []byte, messages map[string]fault.Text) (meta, error) {
	m := meta{keywords: map[string]bool{}, messages: messages}
	if err := json.Unmarshal(raw, &m.root); err != nil {
		return meta{}, fmt.Errorf("meta/schema.json: %w", err)
	}
	properties, _ := at(m.root, "/$defs/node/properties")
	known, _ := properties.(map[string]any)
	for k := range known {
		m.keywords[k] = true
	}
	c := jsonschema.NewCompiler()
	c.LoadURL = func(url string) (io.ReadCloser, error) { return nil, errors.New("refused: " + url) }
	const name = "urn:taizhang:meta:schema"
	if err := c.AddResource(name, bytes.NewReader(raw)); err != nil {
		return meta{}, fmt.Errorf("meta/schema.json: %w", err)
	}
	var err error
	if m.compiled, err = c.Compile(name); err != nil {
		return meta{}, fmt.Errorf("meta/schema.json: %w", err)
	}
	return m, nil
}

// check names every place of a schema that the profile does not know, and what
// is the matter there.
func (m meta) check(schema any, p *problems) {
	var failed *jsonschema.ValidationError
	if !errors.As(m.compiled.Validate(schema), &failed) {
		return
	}
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			m.refuse(e, schema, p)
		}
		for _, c := range e.Causes {
			walk(c)
		}
	}
	walk(failed)
}

// kinds of JSON in the words of who writes a schema.
var kinds = map[string]fault.Text{
	"object": wants[reflect.Struct], "array": wants[reflect.Slice], "string": wants[reflect.String],
	"integer": wants[reflect.Int], "number": wants[reflect.Float64], "boolean": wants[reflect.Bool],
}

// refusals are the words for what the meta-schema says no to; what is what it says
// there. The other keywords are put as they are for a document.
var refusals = map[string]func(what any) fault.Text{
	"type": func(what any) fault.Text {
		kind := kinds[fmt.Sprint(what)]
		return fault.Text{ZH: "这里应为" + kind.ZH, EN: "What belongs here is " + kind.EN}
	},
	"enum": func(what any) fault.Text {
		return fault.Text{ZH: "这里只能写 " + strings.Join(texts(what), "、"), EN: "What may stand here is " + strings.Join(texts(what), ", ")}
	},
	"const": func(what any) fault.Text {
		return fault.Text{ZH: "这里只能写 " + asJSON(what), EN: "What may stand here is " + asJSON(what)}
	},
	"required": func(what any) fault.Text {
		return fault.Text{ZH: "须写齐 " + strings.Join(texts(what), "、"), EN: "What must be there: " + strings.Join(texts(what), ", ")}
	},
}

func (m meta) refuse(e *jsonschema.ValidationError, schema any, p *problems) {
	where, err := url.PathUnescape(e.InstanceLocation) // the library writes it as a fragment
	if err != nil {
		where = e.InstanceLocation
	}
	keyword := path.Base(e.KeywordLocation)
	switch {
	case keyword == "additionalProperties":
		node, _ := at(schema, where)
		members, _ := node.(map[string]any)
		for _, k := range slices.Sorted(maps.Keys(members)) {
			if !m.keywords[k] {
				p.add(where+"/"+escape(k), "keyword", "不支持关键字 %s", k)
			}
		}
	case strings.Contains(e.KeywordLocation, "/propertyNames/"):
		p.add(where, "name", "字段代码须以小写字母开头，只含小写字母、数字和下划线，至多 60 个字符")
	case path.Base(where) == "$ref":
		p.say(where, "profile", fault.Text{ZH: "只能引用本文件的 $defs，请写作 #/$defs/名称", EN: "Only the file's own $defs are referred to, as #/$defs/name"})
	case refusals[keyword] != nil:
		_, rule, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
		what, _ := at(m.root, rule)
		if keyword == "required" {
			node, _ := at(schema, where)
			what = lacking(node, what)
		}
		p.say(where, "profile", refusals[keyword](what))
	default:
		_, rule, _ := strings.Cut(path.Dir(e.AbsoluteKeywordLocation), "#")
		node, _ := at(m.root, rule)
		rules, _ := node.(map[string]any)
		p.say(where, "profile", filledIn(m.messages[keyword], rules))
	}
}

// lacking are those of the names that an object does not have.
func lacking(node, names any) any {
	members, _ := node.(map[string]any)
	var out []any
	for _, name := range texts(names) {
		if _, there := members[name]; !there {
			out = append(out, name)
		}
	}
	return out
}

// placed says where in the file a thing stands that is pointed at as if references
// were written out: in $defs, unless it stands beside the reference or nowhere.
func placed(root any, pointer string) string {
	node, here := root, ""
	for _, part := range strings.Split(pointer, "/")[1:] {
		members, _ := node.(map[string]any)
		target, there := node, here
		for hops := 0; hops < maxObjects && members != nil && members[unescape(part)] == nil; hops++ {
			ref, _ := members["$ref"].(string)
			next, found := resolve(root, ref)
			if !found {
				break
			}
			target, there = next, ref[1:]
			members, _ = next.(map[string]any)
		}
		if _, found := at(target, "/"+part); found {
			here = there
		}
		node, _ = at(target, "/"+part)
		here += "/" + part
	}
	return here
}

// news says of each problem where it stands in the file, and leaves out what only
// repeats: a second word on one place, and whatever lies in what is refused whole,
// an unknown keyword or a place whose reference leads nowhere. In the order of places.
func news(root any, found []fault.Field) []fault.Field {
	said, whole := map[string]bool{}, map[string]bool{}
	var out []fault.Field
	for i, f := range found {
		f.Pointer = placed(root, f.Pointer)
		found[i] = f
		if place, ref := strings.CutSuffix(f.Pointer, "/$ref"); ref {
			whole[place] = true
		} else if f.Code == "keyword" {
			whole[f.Pointer] = true
		}
	}
	for _, f := range found {
		inside := false
		for place := f.Pointer; place != ""; {
			place = place[:strings.LastIndexByte(place, '/')]
			inside = inside || whole[place] && place+"/$ref" != f.Pointer
		}
		if !said[f.Pointer] && !inside {
			said[f.Pointer] = true
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b fault.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
	return out
}

var formats = []string{"date", "date-time", "uuid"}

// Limits of a schema, so that no document costs more than milliseconds.
const (
	maxSchema   = 512 << 10
	maxNodes    = 5000
	maxBranches = 1000
	maxArrays   = 2
	maxObjects  = 4
)

// problems collects mistakes of a type with the pointer of each.
type problems struct{ fields []fault.Field }

func (p *problems) add(pointer, code, format string, args ...any) {
	p.fields = append(p.fields, fault.Field{Pointer: pointer, Code: code, Text: fault.Text{ZH: fmt.Sprintf(format, args...)}})
}

func (p *problems) say(pointer, code string, text fault.Text) {
	p.fields = append(p.fields, fault.Field{Pointer: pointer, Code: code, Text: text})
}

// uncompiled says of a schema that lies in the profile and still is none where that
// shows.
func (p *problems) uncompiled(err error) {
	where := ""
	var failed *jsonschema.ValidationError
	if errors.As(err, &failed) {
		for len(failed.Causes) > 0 {
			failed = failed.Causes[0]
		}
		if place, err := url.PathUnescape(failed.InstanceLocation); err == nil {
			where = place
		}
	}
	p.say(where, "schema", fault.Text{ZH: "此处不是有效的 JSON Schema 2020-12，请对照说明修改或删去", EN: "This is no valid JSON Schema 2020-12; correct it by the guide, or take it out"})
}

// notJSON is what the author of a file hears that cannot be read as one object.
var notJSON = fault.Text{ZH: "不是完整的 JSON 对象，请检查括号、引号和逗号是否配对", EN: "This is no complete JSON object; look at its brackets, quotes and commas"}

// unreadable says why a file could not be read: what the door found, or where its
// JSON breaks off.
func (p *problems) unreadable(file string, err error) {
	var f *fault.Error
	var broken *json.SyntaxError
	switch {
	case errors.As(err, &f) && len(f.Fields) > 0 && f.Fields[0].Code != "syntax" && f.Fields[0].Code != "object":
		p.say(file+f.Fields[0].Pointer, "syntax", f.Fields[0].Text)
	case f != nil, errors.As(err, &broken), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		p.say(file, "syntax", notJSON)
	default:
		at, text := misplaced(err)
		p.say(file+at, "syntax", text)
	}
}

// expand writes local references out, so that one pass sees the whole schema.
// What stands beside a $ref goes over what it refers to. A recursive or
// foreign reference is a mistake.
func expand(root, node any, at string, open []string, p *problems, nodes *int) any {
	if *nodes++; *nodes > maxNodes {
		if *nodes == maxNodes+1 {
			p.add(at, "too_large", "模式过大")
		}
		return nil
	}
	switch n := node.(type) {
	case map[string]any:
		if ref, ok := n["$ref"].(string); ok {
			target, found := resolve(root, ref)
			switch {
			case !found:
				p.add(at+"/$ref", "ref", "只能引用本文件的 $defs：%s", ref)
				return map[string]any{}
			case slices.Contains(open, ref):
				p.add(at+"/$ref", "recursion", "不允许循环引用：%s", ref)
				return map[string]any{}
			}
			merged := map[string]any{}
			if t, ok := target.(map[string]any); ok {
				maps.Copy(merged, t)
			}
			delete(merged, "$ref")
			if inner, ok := target.(map[string]any)["$ref"]; ok {
				merged["$ref"] = inner
			}
			for k, v := range n {
				if k != "$ref" {
					merged[k] = v
				}
			}
			return expand(root, merged, at, append(open, ref), p, nodes)
		}
		out := make(map[string]any, len(n))
		for k, v := range n {
			if k == "$defs" && at == "" {
				continue
			}
			out[k] = expand(root, v, at+"/"+escape(k), open, p, nodes)
		}
		return out
	case []any:
		out := make([]any, len(n))
		for i, v := range n {
			out[i] = expand(root, v, fmt.Sprintf("%s/%d", at, i), open, p, nodes)
		}
		return out
	}
	return node
}

func resolve(root any, ref string) (any, bool) {
	if !strings.HasPrefix(ref, "#/$defs/") {
		return nil, false
	}
	v, ok := at(root, ref[1:])
	_, isMap := v.(map[string]any)
	return v, ok && isMap
}

// checkProfile walks an expanded schema and reports what the profile forbids. What
// was published before it was forbidden stays.
func checkProfile(schema map[string]any, published bool, p *problems) {
	w := &profile{p: p, published: published, ids: map[string]string{}}
	w.node(schema, "", place{top: true})
	if w.branches > maxBranches {
		p.add("/allOf", "too_costly", "条件过多")
	}
}

type profile struct {
	p         *problems
	published bool
	ids       map[string]string
	branches  int
}

// place says where in the schema a node stands.
type place struct {
	top, condition  bool // condition: inside if, then or else, which describe no new field
	inIf            bool
	arrays, objects int
}

func (w *profile) node(n map[string]any, at string, pl place) {
	if t, ok := n["type"]; ok {
		if _, one := t.(string); !one {
			w.p.add(at+"/type", "type", "type 须为单个字符串")
		}
	}
	if f, ok := n["format"].(string); ok && !slices.Contains(formats, f) {
		w.p.add(at+"/format", "format", "不支持格式 %s", f)
	}
	if !w.published && !pl.condition {
		w.sense(n, at)
	}
	if pattern, ok := n["pattern"].(string); ok && !w.published {
		if text := checkPattern(pattern); text != (fault.Text{}) {
			w.p.say(at+"/pattern", "pattern", text)
		}
	}
	if (n["enum"] != nil || n["contains"] != nil) && !pl.inIf {
		w.p.add(at, "place", "enum 与 contains 只能用于 if")
	}
	w.object(n, at, pl)
	if items, ok := n["items"].(map[string]any); ok {
		if pl.arrays++; pl.arrays > maxArrays {
			w.p.add(at+"/items", "depth", "数组最多嵌套两层")
		} else {
			w.node(items, at+"/items", place{arrays: pl.arrays, objects: pl.objects, condition: pl.condition, inIf: pl.inIf})
		}
	}
	if c, ok := n["contains"].(map[string]any); ok {
		w.node(c, at+"/contains", place{condition: true, inIf: true})
	}
	w.conditions(n, at, pl)
}

func (w *profile) object(n map[string]any, at string, pl place) {
	props, _ := n["properties"].(map[string]any)
	if n["type"] == "object" && !pl.condition {
		if n["additionalProperties"] != false {
			w.p.add(at+"/additionalProperties", "open", "对象须写 additionalProperties: false")
		}
		if pl.objects++; pl.objects > maxObjects {
			w.p.add(at, "depth", "对象最多嵌套四层")
			return
		}
	}
	for _, name := range slices.Sorted(maps.Keys(props)) {
		here := at + "/properties/" + escape(name)
		sub, ok := props[name].(map[string]any)
		if !ok {
			w.p.add(here, "type", "须为对象")
			continue
		}
		if !pl.condition {
			w.labels(sub, here)
		}
		w.node(sub, here, place{condition: pl.condition, inIf: pl.inIf, arrays: pl.arrays, objects: pl.objects})
	}
	if pl.condition {
		return
	}
	for _, name := range texts(n["required"]) {
		if props[name] == nil {
			w.p.add(at+"/required", "unknown", "没有字段 %s", name)
		}
	}
	dependent, _ := n["dependentRequired"].(map[string]any)
	for _, asked := range slices.Sorted(maps.Keys(dependent)) {
		for _, name := range append(texts(dependent[asked]), asked) {
			if props[name] == nil && !w.published {
				w.p.add(at+"/dependentRequired/"+escape(asked), "unknown", "没有字段 %s", name)
			}
		}
	}
}

// labels wants what every field has: title, English title, stable id.
func (w *profile) labels(n map[string]any, at string) {
	for _, k := range []string{"title", "x-en", "x-id"} {
		if s, _ := n[k].(string); s == "" {
			w.p.add(at+"/"+k, "required", "缺少 %s", k)
		}
	}
	id, _ := n["x-id"].(string)
	if other, twice := w.ids[id]; twice && id != "" {
		w.p.add(at+"/x-id", "duplicate", "x-id %s 已用于 %s", id, other)
	}
	w.ids[id] = at
}

func (w *profile) conditions(n map[string]any, at string, pl place) {
	all, _ := n["allOf"].([]any)
	for i, m := range all {
		c, ok := m.(map[string]any)
		here := fmt.Sprintf("%s/allOf/%d", at, i)
		if !ok || c["if"] == nil {
			w.p.add(here, "place", "allOf 的成员须为 if/then/else")
			continue
		}
		w.branches++
		for _, k := range []string{"if", "then", "else"} {
			if sub, ok := c[k].(map[string]any); ok {
				w.node(sub, here+"/"+k, place{condition: true, inIf: k == "if", arrays: pl.arrays, objects: pl.objects})
			}
		}
	}
	if choices, ok := n["oneOf"].([]any); ok && !pl.condition {
		for i, m := range choices {
			c, _ := m.(map[string]any)
			if c["const"] == nil || c["title"] == nil || c["x-en"] == nil {
				w.p.add(fmt.Sprintf("%s/oneOf/%d", at, i), "choice", "选项须有 const、title、x-en")
			}
		}
	}
}

func texts(v any) []string {
	list, _ := v.([]any)
	out := make([]string, 0, len(list))
	for _, x := range list {
		if s, ok := x.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func decodeObject(raw []byte) (map[string]any, error) {
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, err
	}
	return m, nil
}
