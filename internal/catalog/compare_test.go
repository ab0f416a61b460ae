package catalog_test

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// node is one field of a small type made for the test.
func node(id, kind string, more ...string) string {
	return fmt.Sprintf(`{"title":"%s","x-en":"%s","x-id":"%s","type":"%s"%s}`, id, id, id, kind, strings.Join(more, ""))
}

// small makes the files of a type with the fields; required names are given apart.
func small(version int, required, props, definition string) catalog.Files {
	var names []string
	var all map[string]any
	if err := json.Unmarshal([]byte("{"+props+"}"), &all); err != nil {
		panic(err)
	}
	for n := range all {
		names = append(names, n)
	}
	fields, _ := json.Marshal(names)
	return catalog.Files{
		Schema: fmt.Appendf(nil, `{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:ledger:probe:%d","title":"试","x-en":"Probe","type":"object",
			"additionalProperties":false,"required":[%s],"properties":{%s}}`, version, required, props),
		Definition: fmt.Appendf(nil, `{"id":"probe","version":%d,"title":{"zh":"试","en":"Probe"},"owner":"dept_custody",
			"filler":{"roles":["officer"],"unit":"area","title":{"zh":"民警","en":"officer"}},"areas":{"kinds":["ordinary"],"functions":[],"labour":false,"except":[]},
			"cadence":{"kind":"event","expected":0,"per":"area","workdays":false,"nil":false,"deadline_hours":24,"counts":""},"occurred":"/on","summary":["/on"],
			"chain":[{"id":"a","title":{"zh":"甲","en":"a"},"roles":["area_head"],"unit":"area","mode":"any"}],"evidence":[],"retention":{"years":10},
			"sensitivity":"L1","enforcement_evidence":false,"lawful_basis":{"zh":"试"},"computed":[],"sources":[],"triggers":[]%s}`, version, definition),
		Form: fmt.Appendf(nil, `{"sections":[{"id":"s","title":{"zh":"节","en":"s"},"fields":%s}]}`, fields),
	}
}

var shipped = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(schemas.FS) })

func compiled(t *testing.T, f catalog.Files) *catalog.Type {
	t.Helper()
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	typ, err := c.Draft(f)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

// TestChanges is the table of A3: for each kind of change which drafts move.
func TestChanges(t *testing.T) {
	on := `"on":` + node("on", "string", `,"format":"date"`)
	choice := func(values ...string) string {
		var list []string
		for _, v := range values {
			list = append(list, fmt.Sprintf(`{"const":"%s","title":"%s","x-en":"%s"}`, v, v, v))
		}
		return `,"oneOf":[` + strings.Join(list, ",") + `]`
	}
	rows := func(required, fields string) string {
		return `"rows":{"title":"行","x-en":"rows","x-id":"rows","type":"array","x-ui":{"widget":"rows"},"items":{"type":"object","additionalProperties":false,"required":[` +
			required + `],"properties":{` + fields + `}}}`
	}
	tests := map[string]struct {
		before, after     string
		needBefore, need  string
		definition        string
		kind              catalog.ChangeKind
		moves, stays      string // documents; "" when there is none
		became            string
		droppedField, was string
	}{
		"add optional":    {before: on, after: on + `,"n":` + node("n", "integer"), kind: catalog.AddOptional, moves: `{}`, became: `{}`},
		"add required":    {before: on, after: on + `,"n":` + node("n", "integer"), need: `"n"`, kind: catalog.AddRequired, stays: `{}`},
		"remove":          {before: on + `,"n":` + node("n", "integer"), after: on, kind: catalog.RemoveField, moves: `{"n":3,"on":"2026-01-02"}`, became: `{"on":"2026-01-02"}`, droppedField: "n", was: "3"},
		"rename":          {before: on + `,"n":` + node("n", "integer"), after: on + `,"m":` + node("n", "integer"), kind: catalog.RenameField, moves: `{"n":3}`, became: `{"m":3}`},
		"retitle":         {before: on + `,"n":` + node("n", "integer"), after: on + `,"n":` + strings.Replace(node("n", "integer"), `"title":"n"`, `"title":"数"`, 1), kind: catalog.Retitle, moves: `{"n":3}`, became: `{"n":3}`},
		"relax":           {before: on + `,"n":` + node("n", "integer", `,"maximum":5`), after: on + `,"n":` + node("n", "integer", `,"maximum":9`), kind: catalog.Relax, moves: `{"n":3}`, became: `{"n":3}`},
		"relax required":  {before: on + `,"n":` + node("n", "integer"), needBefore: `"n"`, after: on + `,"n":` + node("n", "integer"), kind: catalog.Relax, moves: `{}`, became: `{}`},
		"tighten":         {before: on + `,"n":` + node("n", "integer", `,"maximum":9`), after: on + `,"n":` + node("n", "integer", `,"maximum":5`), kind: catalog.Tighten, moves: `{"n":3}`, became: `{"n":3}`, stays: `{"n":7}`},
		"require":         {before: on + `,"n":` + node("n", "integer"), after: on + `,"n":` + node("n", "integer"), need: `"n"`, kind: catalog.Require, moves: `{"n":3}`, became: `{"n":3}`, stays: `{}`},
		"add option":      {before: on + `,"c":` + node("c", "string", choice("a", "b")), after: on + `,"c":` + node("c", "string", choice("a", "b", "d")), kind: catalog.AddOption, moves: `{"c":"a"}`, became: `{"c":"a"}`},
		"drop option":     {before: on + `,"c":` + node("c", "string", choice("a", "b")), after: on + `,"c":` + node("c", "string", choice("a")), kind: catalog.DropOption, moves: `{"c":"a"}`, became: `{"c":"a"}`, stays: `{"c":"b"}`},
		"unit":            {before: on + `,"n":` + node("n", "integer", `,"x-unit":{"zh":"秒","en":"s"}`), after: on + `,"n":` + node("n", "integer", `,"x-unit":{"zh":"分钟","en":"min"}`), kind: catalog.Meaning, moves: `{}`, became: `{}`, stays: `{"n":150}`},
		"unit in row":     {before: on + "," + rows("", `"n":`+node("rows.n", "integer", `,"x-unit":{"zh":"秒"}`)), after: on + "," + rows("", `"n":`+node("rows.n", "integer")), kind: catalog.Meaning, moves: `{"rows":[{}]}`, became: `{"rows":[{}]}`, stays: `{"rows":[{},{"n":150}]}`},
		"option reworded": {before: on + `,"c":` + node("c", "string", choice("fire", "quake")), after: on + `,"c":` + node("c", "string", strings.Replace(choice("fire", "quake"), `"title":"fire"`, `"title":"地震"`, 1)), kind: catalog.Meaning, moves: `{"c":"quake"}`, became: `{"c":"quake"}`, stays: `{"c":"fire"}`},
		"option of list":  {before: on + `,"c":` + node("c", "array", `,"items":{"type":"string"`+choice("a", "b")+`}`), after: on + `,"c":` + node("c", "array", `,"items":{"type":"string"`+strings.Replace(choice("a", "b"), `"title":"a"`, `"title":"甲"`, 1)+`}`), kind: catalog.Meaning, moves: `{"c":["b"]}`, became: `{"c":["b"]}`, stays: `{"c":["b","a"]}`},
		"options turned":  {before: on + `,"c":` + node("c", "string", choice("a", "b")), after: on + `,"c":` + node("c", "string", choice("b", "a")), kind: catalog.Reorder, moves: `{"c":"a"}`, became: `{"c":"a"}`},
		"looks elsewhere": {before: on + `,"e":` + node("e", "string", `,"format":"uuid","x-ui":{"widget":"lookup","lookup":"entry:duty-log"}`), after: on + `,"e":` + node("e", "string", `,"format":"uuid","x-ui":{"widget":"lookup","lookup":"entry:headcount"}`), kind: catalog.Meaning, moves: `{}`, became: `{}`, stays: `{"e":"x"}`},
		"items shorter":   {before: on + `,"l":` + node("l", "array", `,"items":{"type":"string","maxLength":9}`), after: on + `,"l":` + node("l", "array", `,"items":{"type":"string","maxLength":2}`), kind: catalog.Tighten, moves: `{"l":["甲乙"]}`, became: `{"l":["甲乙"]}`, stays: `{"l":["甲","甲乙丙"]}`},
		"items longer":    {before: on + `,"l":` + node("l", "array", `,"items":{"type":"string","maxLength":2}`), after: on + `,"l":` + node("l", "array", `,"items":{"type":"string","maxLength":9}`), kind: catalog.Relax, moves: `{"l":["甲乙"]}`, became: `{"l":["甲乙"]}`},
		"items larger":    {before: on + `,"l":` + node("l", "array", `,"items":{"type":"integer"}`), after: on + `,"l":` + node("l", "array", `,"items":{"type":"integer","minimum":5}`), kind: catalog.Tighten, moves: `{"l":[5]}`, became: `{"l":[5]}`, stays: `{"l":[5,4]}`},
		"items by form":   {before: on + `,"l":` + node("l", "array", `,"items":{"type":"string","maxLength":7}`), after: on + `,"l":` + node("l", "array", `,"items":{"type":"string","maxLength":7,"pattern":"^[0-9]{7}$"}`), kind: catalog.Tighten, moves: `{"l":["0000001"]}`, became: `{"l":["0000001"]}`, stays: `{"l":["甲"]}`},
		"message":         {before: on + `,"n":` + node("n", "integer"), after: on + `,"n":` + node("n", "integer", `,"x-message":{"type":{"zh":"填数"}}`), kind: catalog.Retitle, moves: `{"n":3}`, became: `{"n":3}`},
		"default":         {before: on + `,"n":` + node("n", "integer"), after: on + `,"n":` + node("n", "integer", `,"default":1`), kind: catalog.Redefine, moves: `{"n":3}`, became: `{"n":3}`},
		"widget":          {before: on + `,"n":` + node("n", "string"), after: on + `,"n":` + node("n", "string", `,"x-ui":{"widget":"textarea"}`), kind: catalog.Reorder, moves: `{"n":"a"}`, became: `{"n":"a"}`},
		"type":            {before: on + `,"n":` + node("n", "integer"), after: on + `,"n":` + node("n", "string"), kind: catalog.Retype, stays: `{}`},
		"rule":            {before: on, after: on, definition: `,"rules":[{"id":"r","at":"/on","expr":"doc.on != ''","level":"error","stage":"submit","message":{"zh":"不行"}}]`, kind: catalog.Redefine, stays: `{}`},
		"seal":            {before: on, after: on, definition: `,"sealed":"true"`, kind: catalog.Redefine, stays: `{}`},
		"measure":         {before: on, after: on, definition: `,"measures":[{"id":"n","title":{"zh":"数"},"when":"true","value":"1"}]`, kind: catalog.Redefine, moves: `{"on":"x"}`, became: `{"on":"x"}`},
		"required in row": {before: on + "," + rows("", `"n":`+node("rows.n", "integer")), after: on + "," + rows(`"n"`, `"n":`+node("rows.n", "integer")), kind: catalog.Require, moves: `{"rows":[{"n":1}]}`, became: `{"rows":[{"n":1}]}`, stays: `{"rows":[{"n":1},{}]}`},
		"rename in row":   {before: on + "," + rows("", `"n":`+node("rows.n", "integer")), after: on + "," + rows("", `"m":`+node("rows.n", "integer")), kind: catalog.RenameField, moves: `{"rows":[{"n":1},{"n":2}]}`, became: `{"rows":[{"m":1},{"m":2}]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			from := compiled(t, small(1, test.needBefore, test.before, ""))
			to := compiled(t, small(2, test.need, test.after, test.definition))
			var changes []catalog.Change
			for _, c := range catalog.Compare(from, to) {
				if c.Member != "form" {
					changes = append(changes, c)
				}
			}
			if len(changes) != 1 || changes[0].Kind != test.kind {
				t.Fatalf("changes: %+v, want one %s", changes, test.kind)
			}
			if test.moves != "" {
				r, err := catalog.Rebase(changes, document(t, test.moves))
				if err != nil || len(r.Held) > 0 {
					t.Fatalf("held by %v, %v", r.Held, err)
				}
				if diff := cmp.Diff(test.became, string(r.Document.Canonical)); diff != "" {
					t.Error(diff)
				}
				if test.droppedField != "" && fmt.Sprint(r.Dropped[test.droppedField]) != test.was {
					t.Errorf("dropped %v", r.Dropped)
				}
			}
			if test.stays != "" {
				doc := document(t, test.stays)
				r, err := catalog.Rebase(changes, doc)
				if err != nil || len(r.Held) != 1 || string(r.Document.Canonical) != string(doc.Canonical) {
					t.Errorf("moved: %s held %v, %v", r.Document.Canonical, r.Held, err)
				}
			}
		})
	}
}

// TestMoveMeaning: what moves whatever changed leaves behind what would mean
// something else, under whatever name.
func TestMoveMeaning(t *testing.T) {
	on := `"on":` + node("on", "string", `,"format":"date"`)
	choice := func(fire string) string {
		return `,"oneOf":[{"const":"fire","title":"` + fire + `","x-en":"a"},{"const":"quake","title":"震","x-en":"b"}]`
	}
	from := compiled(t, small(1, "", on+`,"n":`+node("n", "integer", `,"x-unit":{"zh":"秒"}`)+`,"c":`+node("c", "string", choice("火")), ""))
	to := compiled(t, small(2, "", on+`,"m":`+node("n", "integer", `,"x-unit":{"zh":"分钟"}`)+`,"c":`+node("c", "string", choice("水")), ""))
	changes := catalog.Compare(from, to)
	for before, after := range map[string]string{`{"n":150,"c":"fire"}`: `{}`, `{"c":"quake"}`: `{"c":"quake"}`} {
		r, err := catalog.Move(changes, document(t, before))
		if err != nil || string(r.Document.Canonical) != after || len(r.Dropped) != 2-strings.Count(after, "quake")*2 {
			t.Errorf("%s: %s, dropped %v, %v", before, r.Document.Canonical, r.Dropped, err)
		}
	}
}

// TestRenamesSwap lets two fields take each other's name.
func TestRenamesSwap(t *testing.T) {
	on := `"on":` + node("on", "string", `,"format":"date"`)
	from := compiled(t, small(1, "", on+`,"a":`+node("a", "integer")+`,"b":`+node("b", "integer"), ""))
	to := compiled(t, small(2, "", on+`,"b":`+node("a", "integer")+`,"a":`+node("b", "integer"), ""))
	r, err := catalog.Rebase(catalog.Compare(from, to), document(t, `{"a":1,"b":2}`))
	if err != nil || string(r.Document.Canonical) != `{"a":2,"b":1}` {
		t.Errorf("%s %v", r.Document.Canonical, err)
	}
}

func document(t *testing.T, raw string) catalog.Document {
	t.Helper()
	d, err := catalog.ParseDocument([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestSame finds no change between a shipped type and itself.
func TestSame(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range c.Types() {
		if changes := catalog.Compare(typ, typ); len(changes) != 0 {
			t.Errorf("%s: %v", typ.ID, changes)
		}
	}
}

// TestMembersTitled: a dry run names every member of a definition in both languages.
func TestMembersTitled(t *testing.T) {
	cat, err := catalog.Load(os.DirFS("../../schemas"))
	if err != nil {
		t.Fatal(err)
	}
	from := cat.Types()[0]
	for f := range reflect.TypeFor[catalog.Definition]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "id" || name == "version" {
			continue
		}
		var def map[string]any
		if err := json.Unmarshal(from.DefinitionJSON, &def); err != nil {
			t.Fatal(err)
		}
		def[name] = "another"
		to := *from
		if to.DefinitionJSON, err = json.Marshal(def); err != nil {
			t.Fatal(err)
		}
		for _, c := range catalog.Compare(from, &to) {
			if c.Title.ZH == "" || c.Title.EN == "" || c.Title.ZH == c.Member || c.Member != name {
				t.Errorf("%s is called %q, %q", c.Member, c.Title.ZH, c.Title.EN)
			}
		}
	}
}
