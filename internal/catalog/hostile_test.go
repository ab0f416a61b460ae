package catalog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// TestHostileSchemas: nothing is loaded from anywhere, nothing runs for ever,
// and what is not tested on both sides is refused where it stands.
func TestHostileSchemas(t *testing.T) {
	read := func(name string) []byte {
		t.Helper()
		raw, err := os.ReadFile("../../schemas/ledgers/facility-maintenance/v1/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	files := catalog.Files{Schema: read("schema.json"), Definition: read("ledger.json"), Form: read("form.json")}
	cat, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cat.Draft(files); err != nil {
		t.Fatalf("untouched: %v", err)
	}
	deep := strings.Repeat(`{"type":"object","additionalProperties":false,"properties":{"a":`, 600) + `{"type":"string"}` + strings.Repeat(`}}`, 600)
	doubled := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"d%d":{"type":"object","additionalProperties":false,"properties":{"a":{"$ref":"#/$defs/d%d"},"b":{"$ref":"#/$defs/d%d"}}},`, i, i+1, i+1)
		}
		return b.String() + fmt.Sprintf(`"d%d":{"type":"string"}`, n)
	}
	// Each is the field x of an otherwise good schema, with $defs beside it.
	cases := map[string]struct{ field, defs string }{
		"a file":                     {`{"$ref":"file:///etc/passwd"}`, ``},
		"a file of the folder":       {`{"$ref":"../../duty-log/v1/schema.json"}`, ``},
		"another machine":            {`{"$ref":"http://127.0.0.1:1/x.json"}`, ``},
		"itself":                     {`{"$ref":"#"}`, ``},
		"a loop":                     {`{"$ref":"#/$defs/a"}`, `"a":{"$ref":"#/$defs/a"}`},
		"a loop of two":              {`{"$ref":"#/$defs/a"}`, `"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}`},
		"a loop through properties":  {`{"$ref":"#/$defs/a"}`, `"a":{"type":"object","additionalProperties":false,"properties":{"n":{"$ref":"#/$defs/a","title":"甲","x-en":"a","x-id":"n"}}}`},
		"doubled thirty times":       {`{"$ref":"#/$defs/d0"}`, doubled(30)},
		"nothing there":              {`{"$ref":"#/$defs/none"}`, ``},
		"a dynamic reference":        {`{"$dynamicRef":"#a"}`, ``},
		"an anchor":                  {`{"$anchor":"a","type":"string"}`, ``},
		"anyOf":                      {`{"anyOf":[{"type":"string"},{"type":"integer"}]}`, ``},
		"not":                        {`{"not":{"type":"string"}}`, ``},
		"patternProperties":          {`{"type":"object","additionalProperties":false,"patternProperties":{"^a":{"type":"string"}}}`, ``},
		"unevaluated":                {`{"type":"object","additionalProperties":false,"unevaluatedProperties":false}`, ``},
		"an open object":             {`{"type":"object","properties":{}}`, ``},
		"two types":                  {`{"type":["string","null"]}`, ``},
		"a format nobody checks":     {`{"type":"string","format":"email"}`, ``},
		"a pattern that is none":     {`{"type":"string","pattern":"("}`, ``},
		"a pattern that never ends":  {`{"type":"string","pattern":"^(a+)+$"}`, ``},
		"a media type":               {`{"type":"string","contentMediaType":"text/html"}`, ``},
		"600 levels":                 {deep, ``},
		"a keyword in capitals":      {`{"type":"string","MaxLength":3}`, ``},
		"a length that is text":      {`{"type":"string","maxLength":"3"}`, ``},
		"a boolean schema":           {`true`, ``},
		"a schema that is a list":    {`[]`, ``},
		"a required that is nowhere": {`{"type":"object","additionalProperties":false,"properties":{},"required":["y"]}`, ``},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var schema map[string]json.RawMessage
			if err := json.Unmarshal(files.Schema, &schema); err != nil {
				t.Fatal(err)
			}
			var props map[string]json.RawMessage
			if err := json.Unmarshal(schema["properties"], &props); err != nil {
				t.Fatal(err)
			}
			field := c.field
			if strings.HasPrefix(field, "{") {
				field = `{"title":"甲","x-en":"x","x-id":"x",` + field[1:]
			}
			props["x"] = json.RawMessage(field)
			schema["properties"], _ = json.Marshal(props)
			if c.defs != "" {
				schema["$defs"] = json.RawMessage("{" + c.defs + "}")
			}
			raw, err := json.Marshal(schema)
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() {
				bad := files
				bad.Schema = raw
				_, err := cat.Draft(bad)
				done <- err
			}()
			select {
			case err = <-done:
			case <-time.After(10 * time.Second):
				t.Fatal("still at it")
			}
			var f *fault.Error
			if !errors.As(err, &f) || len(f.Fields) == 0 {
				t.Fatalf("taken, or refused without a place: %v", err)
			}
			for _, field := range f.Fields {
				if strings.Contains(field.Text.ZH, "root:") {
					t.Errorf("the content of a file: %s", field.Text.ZH)
				}
			}
		})
	}
}

// TestRefusedInWords: who designs a type is told in their language what to do, not
// in that of a library.
func TestRefusedInWords(t *testing.T) {
	cat, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		t.Helper()
		raw, err := os.ReadFile("../../schemas/ledgers/facility-maintenance/v1/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	schema, definition, form := read("schema.json"), read("ledger.json"), read("form.json")
	with := func(field string) string {
		return strings.Replace(schema, `"properties": {`, `"properties": {"x":{"title":"甲","x-en":"x","x-id":"x",`+field+`},`, 1)
	}
	topped := func(member string) string {
		var top map[string]json.RawMessage
		if err := json.Unmarshal([]byte(schema), &top); err != nil {
			t.Fatal(err)
		}
		delete(top, "allOf")
		raw, err := json.Marshal(top)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSuffix(string(raw), "}") + "," + member + "}"
	}
	ruled := func(expr string) string {
		var def map[string]any
		if err := json.Unmarshal([]byte(definition), &def); err != nil {
			t.Fatal(err)
		}
		def["rules"] = []any{map[string]any{"id": "r", "expr": expr, "at": "", "level": "error", "stage": "submit", "message": map[string]any{"zh": "甲", "en": "a"}}}
		raw, err := json.Marshal(def)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	member := func(file, before, member string) string {
		return strings.Replace(file, before, member+before, 1)
	}
	for name, c := range map[string]struct{ schema, definition, form, pointer, zh string }{
		"an unknown member":              {schema, member(definition, `"owner"`, `"zz": 1, `), form, "ledger.json/zz", "没有名为“zz”的项"},
		"an unknown member below":        {schema, member(definition, `"expected"`, `"zz": 1, `), form, "ledger.json/cadence/zz", "没有名为“zz”的项"},
		"an unknown member of a section": {schema, definition, `{"sections":[{"id":"a","title":{"zh":"甲"},"fields":[],"zz":1}]}`, "form.json/sections/0/zz", "没有名为“zz”的项"},
		"a definition that is a list":    {schema, "[]", form, "ledger.json", "这里应为对象"},
		"a cadence that is text":         {schema, strings.Replace(definition, `"expected": 1`, `"expected": "1"`, 1), form, "ledger.json/cadence/expected", "这里应为整数"},
		"rules that are none":            {schema, strings.Replace(definition, `"rules": [`, `"rules": true, "summary": [`, 1), form, "ledger.json/rules", "这里应为列表"},
		"a schema broken off":            {"{", definition, form, "schema.json", "不是完整的 JSON 对象"},
		"a schema of brackets":           {strings.Repeat("[", 10000), definition, form, "schema.json", "不是完整的 JSON 对象"},
		"a definition broken off":        {schema, "{", form, "ledger.json", "不是完整的 JSON 对象"},
		"no form":                        {schema, definition, "", "form.json", "不是完整的 JSON 对象"},
		"a name twice":                   {`{"a":1,"a":2}`, definition, form, "schema.json/a", "同一名称出现了两次"},
		"a rule too deep":                {schema, ruled(strings.Repeat("(", 400) + "true" + strings.Repeat(")", 400)), form, "ledger.json/rules/0", "表达式嵌套过深"},
		"a rule that is none":            {schema, ruled("doc."), form, "ledger.json/rules/0", "表达式有误"},
		"a bad pattern":                  {with(`"type":"string","pattern":"("`), definition, form, "schema.json/properties/x/pattern", "正则表达式 ( 中的“(”"},
		"conditions that are none":       {topped(`"allOf":[]`), definition, form, "schema.json/allOf", "至少 1 项"},
		"an id that is no address":       {strings.Replace(schema, `"$id": "`, `"$id": "%zz`, 1), definition, form, "schema.json", "此处不是有效的 JSON Schema"},
		"a length that is text":          {with(`"type":"string","maxLength":"3"`), definition, form, "schema.json/properties/x/maxLength", "这里应为整数"},
		"a length below nothing":         {with(`"type":"string","maxLength":-1`), definition, form, "schema.json/properties/x/maxLength", "不得小于 0"},
		"a type there is not":            {with(`"type":"null"`), definition, form, "schema.json/properties/x/type", "这里只能写 object、array"},
		"required twice":                 {with(`"type":"object","additionalProperties":false,"properties":{},"required":["a","a"]`), definition, form, "schema.json/properties/x/required", "不得重复"},
		"an open object":                 {with(`"type":"object","additionalProperties":true,"properties":{}`), definition, form, "schema.json/properties/x/additionalProperties", "这里只能写 false"},
		"a unit without words":           {with(`"type":"integer","x-unit":{}`), definition, form, "schema.json/properties/x/x-unit", "须写齐 zh"},
		"a condition without if":         {topped(`"allOf":[{"then":{}}]`), definition, form, "schema.json/allOf/0", "须写齐 if"},
		"a very long pattern":            {with(`"type":"string","pattern":"^` + strings.Repeat("a", 200) + `$"`), definition, form, "schema.json/properties/x/pattern", "最多 200 个字"},
		"a bad reference":                {with(`"$ref":"file:///etc/passwd"`), definition, form, "schema.json/properties/x/$ref", "只能引用本文件的 $defs"},
	} {
		_, err := cat.Draft(catalog.Files{Schema: []byte(c.schema), Definition: []byte(c.definition), Form: []byte(c.form)})
		var f *fault.Error
		if !errors.As(err, &f) || len(f.Fields) == 0 || f.Fields[0].Pointer != c.pointer || !strings.HasPrefix(f.Fields[0].Text.ZH, c.zh) || f.Fields[0].Text.EN == "" {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, field := range f.Fields {
			if said := field.Text.ZH + field.Text.EN; slices.ContainsFunc([]string{"json:", "Go value", "jsonschema", "urn:", "compilation", "expected", "got"}, func(w string) bool { return strings.Contains(said, w) }) {
				t.Errorf("%s is told %q", name, said)
			}
		}
	}
}

// FuzzValidate: no document makes a type's validation fail or panic.
func FuzzValidate(f *testing.F) {
	cat, err := catalog.Load(os.DirFS("../../schemas"))
	if err != nil {
		f.Fatal(err)
	}
	types := cat.Types()
	f.Add(uint8(0), []byte(`{}`))
	f.Add(uint8(2), []byte(`{"findings_count":1,"findings":[{}],"started_at":"x"}`))
	f.Add(uint8(5), []byte(`{"shift_start":"0000-01-01T00:00:00Z","handover":{"to_ref":"0000001"}}`))
	f.Fuzz(func(t *testing.T, n uint8, raw []byte) {
		doc, err := catalog.ParseDocument(raw)
		if err != nil {
			return
		}
		typ := types[int(n)%len(types)]
		res := typ.Validate(doc, sample{}.env())
		for _, e := range res.Errors {
			if e.Text.ZH == "" {
				t.Errorf("%s: %s %s has no words", typ.ID, e.Pointer, e.Code)
			}
		}
	})
}
