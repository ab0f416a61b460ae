package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"taizhang/internal/fault"
	"taizhang/schemas"
)

// changed is the shipped folder with one text of one file put in another's place.
func changed(t *testing.T, path, old, with string) fs.FS {
	t.Helper()
	raw, err := fs.ReadFile(schemas.FS, path)
	if err != nil || !strings.Contains(string(raw), old) {
		t.Fatal(path, old, err)
	}
	return overlaid{schemas.FS, fstest.MapFS{path: {Data: []byte(strings.Replace(string(raw), old, with, 1))}}}
}

type overlaid struct {
	fs.FS
	over fstest.MapFS
}

func (o overlaid) Open(name string) (fs.File, error) {
	if _, ok := o.over[name]; ok {
		return o.over.Open(name)
	}
	return o.FS.Open(name)
}

// TestReservedNotCarriedOn: nothing carries a reserved field to those who may not
// read it, and a name misspelt in reserved.json does not load.
func TestReservedNotCarriedOn(t *testing.T) {
	t.Parallel()
	const talk, rule = "ledgers/individual-talk/v1/ledger.json", `"expr": "count_where('individual-talk', {'talker_ref': doc.talker_ref, 'summary': doc.summary}) < 1"`
	for _, c := range []struct{ name, path, old, with, says string }{
		{"summary", "ledgers/medical-visit/v1/ledger.json", `"/triage"`, `"/treatment"`, "/treatment"},
		{"trigger", "ledgers/psych-health/v1/ledger.json", `"inmate_ref": "doc.inmate_ref"`, `"treatment": "doc.session_note"`, "/session_note"},
		{"share", "ledgers/release-preparation/v1/ledger.json", `"take": "risk_grade"`, `"take": "score_summary"`, "/score_summary"},
		{"asked by a rule", talk, rule, `"expr": "count_where('medical-visit', {'diagnosis_code': 'J06.9'}) < 1"`, "/diagnosis_code"},
		{"summed up", talk, rule, `"expr": "sum_where('medical-visit', {'inmate_ref': doc.inmate_ref}, 'treatment') < 1.0"`, "/treatment"},
		{"taken by a rule", talk, rule, `"expr": "latest_where('psych-health', {'inmate_ref': doc.inmate_ref}, 'session_note') == null"`, "/session_note"},
		{"member worked out", talk, rule, `"expr": "count_where('medical-visit', {'diagnosis' + '_code': 'J06.9'}) < 1"`, "medical-visit"},
		{"members of elsewhere", talk, rule, `"expr": "count_where('medical-visit', dyn(doc)) < 1"`, "medical-visit"},
		{"ledger worked out", talk, rule, `"expr": "count_where('medical' + '-visit', {'diagnosis_code': 'J06.9'}) < 1"`, "/rules/"},
		{"asked in a fold", talk, rule, `"expr": "['J06.9'].all(x, count_where('medical-visit', {'diagnosis_code': x}) < 1)"`, "/diagnosis_code"},
		{"part misspelt", "reserved.json", `"rest_days"`, `"rest_day"`, "rest_day"},
		{"part reserved", "reserved.json", `"risk_grade"`, `"session_note"`, "session_note"},
		{"part of no ledger", "reserved.json", `{"ledger": "psych-health", "fields": ["inmate_ref"`, `{"ledger": "psych", "fields": ["inmate_ref"`, "psych"},
		{"field misspelt", "reserved.json", `"treatment"`, `"treatmnet"`, "treatmnet"},
		{"file misspelt", "reserved.json", `"report"`, `"reports"`, "reports"},
		{"no ledger", "reserved.json", `"medical-visit"`, `"medical"`, "medical"},
		{"member misspelt", "reserved.json", `"fields"`, `"field"`, "field"},
	} {
		if _, err := Load(changed(t, c.path, c.old, c.with)); err == nil || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if c, err := Load(schemas.FS); err != nil || len(c.ReservedIn("treatment")) != 1 || len(c.ReservedIn("risk_grade")) != 0 {
		t.Errorf("as shipped: %v %v", c.ReservedIn("treatment"), err)
	}
}

// TestReservedAskedByItself: a ledger's own rules ask about what is reserved in it, and
// another's about what is not.
func TestReservedAskedByItself(t *testing.T) {
	t.Parallel()
	const visit, rule = "ledgers/medical-visit/v1/ledger.json", `"expr": "timestamp(doc.seen_at) <= now"`
	for _, expr := range []string{"count_where('medical-visit', {'diagnosis_code': doc.diagnosis_code}) < 9", "count_where('psych-health', {'risk_grade': 'high'}) < 9"} {
		if _, err := Load(changed(t, visit, rule, `"expr": "`+expr+`"`)); err != nil {
			t.Errorf("%s: %v", expr, err)
		}
	}
	c, err := Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	// A draft is told the place.
	pry := c.Current("individual-talk")
	f := Files{Schema: pry.SchemaJSON, Form: pry.FormJSON, Definition: []byte(strings.Replace(string(pry.DefinitionJSON),
		`"expr": "count_where('individual-talk', {'talker_ref'`, `"expr": "count_where('psych-health', {'score_summary'`, 1))}
	_, err = c.Draft(f)
	var bad *fault.Error
	if !errors.As(err, &bad) || !slices.ContainsFunc(bad.Fields, func(f fault.Field) bool {
		return f.Code == "reserved" && strings.HasPrefix(f.Pointer, "ledger.json/rules/")
	}) {
		t.Errorf("a draft: %v", err)
	}
}

// TestReservedStaysOutside: no version brings a reserved field, or one outside of the
// part, to where others read it: in a group that they read, a computed field, a warning
// beside another field, or a trigger's condition.
func TestReservedStaysOutside(t *testing.T) {
	t.Parallel()
	c, err := Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	const visit = "medical-visit"
	now := c.Current(visit)
	var form []byte
	edited := func(change func(schema, definition map[string]any)) error {
		form = now.FormJSON
		var schema, definition map[string]any
		if err := errors.Join(json.Unmarshal(now.SchemaJSON, &schema), json.Unmarshal(now.DefinitionJSON, &definition)); err != nil {
			t.Fatal(err)
		}
		change(schema, definition)
		definition["version"] = now.Version + 1
		f := Files{Form: form}
		var err1, err2 error
		f.Schema, err1 = json.Marshal(schema)
		f.Definition, err2 = json.Marshal(definition)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		_, err := c.Draft(f)
		return err
	}
	refused := func(err error) bool {
		var bad *fault.Error
		return errors.As(err, &bad) && slices.ContainsFunc(bad.Fields, func(f fault.Field) bool { return f.Code == "reserved" || f.Code == "unknown" })
	}
	within := func(name string) func(schema, _ map[string]any) {
		return func(schema, definition map[string]any) {
			form = []byte(strings.Replace(strings.Replace(string(form), `"`+name+`",`, "", 1), ",\n        \""+name+`"`, "", 1))
			definition["summary"] = []any{"/inmate_ref"}
			schema["allOf"] = slices.DeleteFunc(schema["allOf"].([]any), func(branch any) bool { return strings.Contains(fmt.Sprint(branch), name) })
			props := schema["properties"].(map[string]any)
			group := props["referral"].(map[string]any)["properties"].(map[string]any)
			group[name] = props[name]
			delete(props, name)
		}
	}
	add := func(list string, one map[string]any) func(_, definition map[string]any) {
		return func(_, definition map[string]any) {
			had, _ := definition[list].([]any)
			definition[list] = append(had, one)
		}
	}
	text := map[string]any{"zh": "提示", "en": "Hint"}
	for name, change := range map[string]func(schema, definition map[string]any){
		"reserved in a group":         within("diagnosis_code"),
		"outside the part, within":    within("triage"),
		"a warning beside another":    add("rules", map[string]any{"id": "w", "at": "/work_fitness", "level": "warning", "stage": "submit", "expr": "!has(doc.diagnosis_code) || doc.diagnosis_code != 'B20'", "message": text}),
		"by a name worked out":        add("rules", map[string]any{"id": "w", "at": "/work_fitness", "level": "warning", "stage": "submit", "expr": "!(('diagnosis' + '_code') in doc)", "message": text}),
		"a computed field":            add("computed", map[string]any{"field": "/wait_min", "expr": "size(string(doc.diagnosis_code))"}),
		"asked of a field it has not": add("rules", map[string]any{"id": "w", "at": "/inmate_ref", "level": "error", "stage": "submit", "expr": "count_where('medical-visit', {'diagnosis': 'B20'}) < 1", "message": text}),
		"a trigger's condition":       add("triggers", map[string]any{"id": "t", "title": text, "when": "doc.diagnosis_code == 'B20'", "opens": "individual-talk"}),
	} {
		if err := edited(change); !refused(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := edited(add("rules", map[string]any{"id": "w", "at": "/diagnosis_code", "level": "warning", "stage": "submit", "expr": "!has(doc.diagnosis_code) || doc.diagnosis_code != 'B20'", "message": text})); refused(err) {
		t.Errorf("a warning beside the field itself: %v", err)
	}
	if err := edited(func(_, _ map[string]any) {}); refused(err) {
		t.Errorf("unchanged: %v", err)
	}
}
