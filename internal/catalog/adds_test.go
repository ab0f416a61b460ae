package catalog_test

import (
	"strings"
	"testing"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// TestAdds: which changes have to pass the gate.
func TestAdds(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	const event = `"kind":"event","expected":0,"per":"area","workdays":false`
	monthly := []string{event, `"kind":"monthly","expected":2,"per":"area","workdays":false`}
	const none = `"evidence":[]`
	evidence := func(min string) []string {
		return []string{none, `"evidence":[{"id":"photo","title":{"zh":"照片","en":"photo"},"kinds":["photo"],"min":` + min + `,"max":50}]`}
	}
	for name, x := range map[string]struct {
		before, after []string
		adds          bool
	}{
		"another basis":                    {nil, []string{`"lawful_basis":{"zh":"试"}`, `"lawful_basis":{"zh":"另"}`}, false},
		"later":                            {monthly, []string{event, monthly[1] + `,"deadline_workdays":3`}, false},
		"due where nothing was":            {nil, monthly, true},
		"more often":                       {monthly, []string{event, strings.ReplaceAll(monthly[1], "monthly", "weekly")}, true},
		"less often":                       {monthly, []string{event, strings.ReplaceAll(monthly[1], "monthly", "quarterly")}, false},
		"more of a month":                  {monthly, []string{event, strings.ReplaceAll(monthly[1], "2", "3")}, true},
		"of everybody":                     {monthly, []string{event, `"kind":"monthly","expected":1,"per":"inmate","workdays":false`}, true},
		"of every site":                    {monthly, []string{event, `"kind":"monthly","expected":1,"per":"site","workdays":false`}, true},
		"of holidays too":                  {[]string{event, `"kind":"daily","expected":1,"per":"area","workdays":true`}, []string{event, `"kind":"daily","expected":1,"per":"area","workdays":false`}, true},
		"of working days only":             {[]string{event, `"kind":"daily","expected":1,"per":"area","workdays":false`}, []string{event, `"kind":"daily","expected":1,"per":"area","workdays":true`}, false},
		"functional areas too":             {nil, []string{`"kinds":["ordinary"]`, `"kinds":["ordinary","functional"]`}, true},
		"one function more":                {[]string{`"kinds":["ordinary"],"functions":[]`, `"kinds":["functional"],"functions":["kitchen"]`}, []string{`"kinds":["ordinary"],"functions":[]`, `"kinds":["functional"],"functions":["kitchen","hospital"]`}, true},
		"every function":                   {[]string{`"kinds":["ordinary"],"functions":[]`, `"kinds":["functional"],"functions":["kitchen"]`}, []string{`"kinds":["ordinary"],"functions":[]`, `"kinds":["functional"],"functions":[]`}, true},
		"one function less":                {[]string{`"kinds":["ordinary"]`, `"kinds":["ordinary","functional"]`}, []string{`"kinds":["ordinary"],"functions":[],"labour":false,"except":[]`, `"kinds":["ordinary","functional"],"functions":[],"labour":false,"except":["hospital"]`}, false},
		"areas without labour too":         {[]string{`"labour":false`, `"labour":true`}, nil, true},
		"areas with labour only":           {nil, []string{`"labour":false`, `"labour":true`}, false},
		"another post too":                 {nil, []string{`"filler":{"roles":["officer"]`, `"filler":{"roles":["officer","medic"]`}, true},
		"another post instead":             {nil, []string{`"filler":{"roles":["officer"]`, `"filler":{"roles":["medic"]`}, true},
		"one post less":                    {[]string{`"filler":{"roles":["officer"]`, `"filler":{"roles":["officer","medic"]`}, nil, false},
		"evidence that is wanted":          {nil, evidence(`20`), true},
		"evidence that is welcome":         {nil, evidence(`0`), false},
		"evidence by a condition":          {nil, evidence(`"has(doc.on) ? 20 : 0"`), true},
		"more of it":                       {evidence(`1`), evidence(`2`), true},
		"less of it":                       {evidence(`2`), evidence(`1`), false},
		"by another condition":             {evidence(`"1"`), evidence(`"20"`), true},
		"a number instead of a condition":  {evidence(`"1"`), evidence(`1`), true},
		"a condition no more":              {evidence(`"1"`), evidence(`0`), false},
		"the same under another title":     {evidence(`1`), []string{none, strings.Replace(evidence(`1`)[1], "照片", "图片", 1)}, false},
		"a department instead of the area": {nil, []string{`"filler":{"roles":["officer"],"unit":"area"`, `"filler":{"roles":["officer"],"unit":"dept","dept":"dept_custody"`}, true},
	} {
		t.Run(name, func(t *testing.T) {
			made := func(version int, swap []string) *catalog.Type {
				f := small(version, `"on"`, `"on":`+node("on", "string", `,"format":"date"`), "")
				def := string(f.Definition)
				if swap != nil {
					if !strings.Contains(def, swap[0]) {
						t.Fatalf("no %s in %s", swap[0], def)
					}
					def = strings.Replace(def, swap[0], swap[1], 1)
				}
				f.Definition = []byte(def)
				typ, err := c.Draft(f)
				if err != nil {
					t.Fatal(err)
				}
				return typ
			}
			changes := catalog.Compare(made(1, x.before), made(2, x.after))
			if got := catalog.Adds(changes); got != x.adds || len(changes) == 0 {
				t.Errorf("%v of %+v", got, changes)
			}
		})
	}
}

// TestNewOverlaps: an old id under a title of another type's is a likeness that
// was not there; one that was there is none again.
func TestNewOverlaps(t *testing.T) {
	titled := func(id string, version int, title string) *catalog.Type {
		f := small(version, `"on"`, `"on":`+node("on", "string", `,"format":"date"`)+`,"n":{"title":"`+title+`","x-en":"n","x-id":"n_`+id+`","type":"integer"}`, "")
		f.Definition = []byte(strings.Replace(string(f.Definition), `"id":"probe"`, `"id":"`+id+`"`, 1))
		return compiled(t, f)
	}
	others := []*catalog.Type{titled("other", 1, "查获违禁品件数")}
	plain, same := titled("probe", 1, "参加人数"), titled("probe", 2, "查获违禁品件数")
	if list := catalog.NewOverlaps(plain, same, others); len(list) != 1 || list[0].Field != "n_probe" || len(catalog.Certain(list)) != 1 {
		t.Errorf("made into another fact: %+v", list)
	}
	if list := catalog.NewOverlaps(same, titled("probe", 3, "查获违禁品件数"), others); len(list) > 0 {
		t.Errorf("it was there before: %+v", list)
	}
	if list := catalog.NewOverlaps(nil, same, others); len(list) != 1 {
		t.Errorf("a new type: %+v", list)
	}
}
