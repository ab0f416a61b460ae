package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"taizhang/internal/fault"
)

// unknownMember is a member that nobody reads, by its pointer.
type unknownMember struct{ at, name string }

func (e *unknownMember) Error() string { return fmt.Sprintf("read: no member %q at %s", e.name, e.at) }

// strict refuses members that nobody reads: a misspelt one would be a rule
// that silently does not hold.
func strict(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		return nil
	}
	var value any
	if json.Unmarshal(raw, &value) == nil {
		if unknown := stranger(value, reflect.TypeOf(into), ""); unknown != nil {
			return unknown
		}
	}
	return fmt.Errorf("read: %w", err)
}

// stranger finds the first member of a value that its type has no place for; nil
// if there is none.
func stranger(value any, t reflect.Type, at string) *unknownMember {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := value.(type) {
	case []any:
		if t.Kind() != reflect.Slice {
			return nil
		}
		for i, item := range v {
			if e := stranger(item, t.Elem(), fmt.Sprintf("%s/%d", at, i)); e != nil {
				return e
			}
		}
	case map[string]any:
		for _, name := range names(v) {
			below, known := jsonMember(t, name)
			if !known {
				return &unknownMember{at + "/" + escape(name), name}
			}
			if below == nil {
				return nil
			}
			if e := stranger(v[name], below, at+"/"+escape(name)); e != nil {
				return e
			}
		}
	}
	return nil
}

// jsonMember is the type of a member, nil where the type itself does not tell.
func jsonMember(t reflect.Type, name string) (below reflect.Type, known bool) {
	switch t.Kind() {
	case reflect.Map:
		return t.Elem(), true
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(t) {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if tag != "" && strings.EqualFold(tag, name) {
				return f.Type, true
			}
		}
		return nil, false
	}
	return nil, true
}

// wants names what belongs where another kind of value stands.
var wants = map[reflect.Kind]fault.Text{
	reflect.Struct: {ZH: "对象 { … }", EN: "an object { … }"}, reflect.Map: {ZH: "对象 { … }", EN: "an object { … }"},
	reflect.Slice: {ZH: "列表 [ … ]", EN: "a list [ … ]"}, reflect.Array: {ZH: "列表 [ … ]", EN: "a list [ … ]"},
	reflect.String: {ZH: "文字 \"…\"", EN: "a text \"…\""}, reflect.Bool: {ZH: "true 或 false", EN: "true or false"},
	reflect.Int: {ZH: "整数", EN: "a whole number"}, reflect.Float64: {ZH: "数字", EN: "a number"},
}

// misplaced says in words, and where, why a file that is JSON is not what it
// should be.
func misplaced(err error) (at string, text fault.Text) {
	var unknown *unknownMember
	var kind *json.UnmarshalTypeError
	if errors.As(err, &unknown) {
		return unknown.at, fault.Text{ZH: "没有名为“" + unknown.name + "”的项，请删去，或对照说明改正名称",
			EN: "There is no member called “" + unknown.name + "” here; take it out, or correct its name by the guide"}
	}
	want := fault.Text{ZH: "另一种内容，请对照说明修改", EN: "something else; compare the guide"}
	if errors.As(err, &kind) {
		if kind.Field != "" {
			at = "/" + strings.ReplaceAll(kind.Field, ".", "/")
		}
		if known, ok := wants[kind.Type.Kind()]; ok {
			want = known
		}
	}
	return at, fault.Text{ZH: "这里应为" + want.ZH, EN: "What belongs here is " + want.EN}
}
