package catalog_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	// Its module carries the official suite of the draft; go.mod pins it.
	_ "github.com/google/jsonschema-go/jsonschema"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// suite is the folder of the JSON Schema test suite's required cases.
func suite(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/google/jsonschema-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "jsonschema", "testdata", "draft2020-12")
}

// wrapped makes a ledger's schema of any schema: it becomes its one field. What
// every field must carry besides (title, English title, stable id) is added, for
// nobody's schema but ours has it; nothing that decides a verdict is touched.
func wrapped(schema any) []byte {
	top := map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:ledger:suite:1", "title": "套件", "x-en": "Suite",
		"type": "object", "additionalProperties": false}
	n := 0
	var dress func(v any, field bool) any
	dress = func(v any, field bool) any {
		m, ok := v.(map[string]any)
		if !ok {
			return v
		}
		out := maps.Clone(m)
		if field {
			n++
			maps.Copy(out, map[string]any{"title": "字段", "x-en": "Field", "x-id": fmt.Sprintf("f%d", n)})
		}
		for _, k := range []string{"items", "contains", "if", "then", "else"} {
			if s, ok := out[k]; ok {
				out[k] = dress(s, false)
			}
		}
		for _, k := range []string{"properties", "$defs"} {
			if subs, ok := out[k].(map[string]any); ok {
				named := map[string]any{}
				for name, s := range subs {
					named[name] = dress(s, k == "properties")
				}
				out[k] = named
			}
		}
		return out
	}
	value := dress(schema, true)
	if m, ok := value.(map[string]any); ok {
		delete(m, "$schema")
		// "#/$defs/…" means the document's, which now is ours.
		if defs, ok := m["$defs"]; ok {
			top["$defs"] = defs
			delete(m, "$defs")
		}
	}
	top["properties"] = map[string]any{"value": value}
	raw, err := json.Marshal(top)
	if err != nil {
		panic(err)
	}
	return raw
}

// TestSuite takes the official suite of the draft: whatever schema lies inside
// the profile is judged as the draft says, and of one outside it every refusal
// names a place that is there.
func TestSuite(t *testing.T) {
	types, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(suite(t), "*.json"))
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files of the suite: %v", len(files), err)
	}
	taken, cases, refused := 0, 0, map[string]int{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var groups []struct {
			Description string
			Schema      any
			Tests       []struct {
				Description string
				Data        json.RawMessage
				Valid       bool
			}
		}
		if err := json.Unmarshal(raw, &groups); err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			name := strings.TrimSuffix(filepath.Base(file), ".json") + "/" + g.Description
			schema := wrapped(g.Schema)
			judge, bad := types.Judge(schema)
			if len(bad) > 0 {
				for _, f := range bad {
					refused[f.Code]++
					if f.Code == "keyword" && !strings.Contains(f.Text.ZH, f.Pointer[strings.LastIndexByte(f.Pointer, '/')+1:]) && !strings.Contains(f.Text.ZH, "只能") {
						t.Errorf("%s: refused at %s without saying which keyword: %s", name, f.Pointer, f.Text.ZH)
					}
					if !exists(t, schema, strings.TrimPrefix(f.Pointer, "schema.json")) {
						t.Errorf("%s: refused at %s (%s), which is not there: %s", name, f.Pointer, f.Code, schema)
					}
				}
				continue
			}
			taken++
			for _, c := range g.Tests {
				doc, err := catalog.ParseDocument([]byte(`{"value":` + string(c.Data) + `}`))
				if err != nil {
					continue // the door comes first; it has tests of its own
				}
				cases++
				if errs := judge(doc); (len(errs) == 0) != c.Valid {
					t.Errorf("%s: %s: valid is %v, we say %v", name, c.Description, c.Valid, errs)
				}
			}
		}
	}
	t.Logf("%d schemas taken with %d cases; refusals by kind: %v", taken, cases, refused)
	if taken < 30 || cases < 150 || len(refused) < 4 {
		t.Errorf("%d schemas taken with %d cases, refusals %v: the suite was hardly tried", taken, cases, refused)
	}
}

// exists says that a pointer leads to something, or to a keyword missing from
// something that is there.
func exists(t *testing.T, raw []byte, pointer string) bool {
	t.Helper()
	var at any
	if err := json.Unmarshal(raw, &at); err != nil {
		t.Fatal(err)
	}
	if pointer == "" {
		return true
	}
	parts := strings.Split(pointer[1:], "/")
	for i, p := range parts {
		p = strings.NewReplacer("~1", "/", "~0", "~").Replace(p)
		switch x := at.(type) {
		case map[string]any:
			next, ok := x[p]
			if !ok {
				return i == len(parts)-1 && slices.Contains([]string{"title", "x-en", "x-id", "additionalProperties", "required"}, p)
			}
			at = next
		case []any:
			var n int
			if _, err := fmt.Sscan(p, &n); err != nil || n >= len(x) {
				return false
			}
			at = x[n]
		default:
			return false
		}
	}
	return true
}

// TestHiddenKept: what is hidden goes, unless its field says that it stays.
func TestHiddenKept(t *testing.T) {
	schema := func(ui string) []byte {
		return []byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:ledger:hidden:1","title":"隐","x-en":"hidden","type":"object",
			"additionalProperties":false,"properties":{
			"ill":{"type":"boolean","title":"病","x-en":"ill","x-id":"ill"},
			"note":{"type":"string","title":"注","x-en":"note","x-id":"note"` + ui + `}},
			"allOf":[{"if":{"required":["ill"],"properties":{"ill":{"const":true}}},"then":{"required":["note"]}}]}`)
	}
	files := func(ui string) catalog.Files {
		read := func(name string) string {
			raw, err := os.ReadFile("../../schemas/ledgers/facility-maintenance/v1/" + name)
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		}
		var def map[string]any
		if err := json.Unmarshal([]byte(read("ledger.json")), &def); err != nil {
			t.Fatal(err)
		}
		maps.Copy(def, map[string]any{"id": "hidden", "occurred": "/note", "summary": []string{"/note"}})
		for _, k := range []string{"evidence", "computed", "rules", "sources", "measures", "triggers", "chain"} {
			def[k] = []any{}
		}
		def["chain"] = []any{map[string]any{"id": "head", "title": map[string]string{"zh": "监区长", "en": "head"}, "roles": []string{"area_head"}, "unit": "area", "mode": "any"}}
		def["cadence"] = map[string]any{"kind": "event", "per": "area"}
		raw, err := json.Marshal(def)
		if err != nil {
			t.Fatal(err)
		}
		return catalog.Files{Schema: schema(ui), Definition: raw, Form: []byte(`{"sections":[{"id":"a","title":{"zh":"甲"},"fields":["ill","note"]}]}`)}
	}
	for ui, want := range map[string]string{``: `{"ill":false}`, `,"x-ui":{"hidden":"keep"}`: `{"ill":false,"note":"旧"}`} {
		types, err := catalog.Compile(os.DirFS("../../schemas"), []catalog.Files{files(ui)})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := catalog.ParseDocument([]byte(`{"ill":false,"note":"旧"}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := types.Current("hidden").Validate(doc, catalog.Env{}).Document.Canonical; string(got) != want {
			t.Errorf("%s: stored %s, want %s", ui, got, want)
		}
	}
}
