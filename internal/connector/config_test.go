package connector_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/connector"
	"taizhang/internal/fault"
	"taizhang/schemas"
)

const good = `{"id": "inmate-master", "title": {"zh": "罪犯信息"}, "kind": "rest_pull", "system": "ext:inmate-master", "prison": "P1", "target": "inmates",
	"every_seconds": 900, "url": "http://10.0.0.5:8080/roll", "secret": {"file": "roll.token"}, "paging": {"items": "/data", "next": "/next", "param": "page"},
	"key": "/id", "version": "/rev", "fields": {"number": "/no", "name": "/xm", "area": "/jq", "admitted": "/rj"}}`

// What good says of the roll, and what facts of inmates would say there.
var (
	roll  = good[strings.Index(good, `"target"`):]
	facts = strings.Replace(roll[:strings.Index(roll, `"fields"`)], "inmates", "facts", 1) + `"fields": {"number": "/no"}, "members": {"labour_exempt": {"at": "/bk", "type": "boolean"}}}`
)

// TestLoad names every mistake of every file with its place.
func TestLoad(t *testing.T) {
	tests := map[string]struct {
		from, to string
		want     []string
	}{
		"good":                    {"", "", nil},
		"an unknown member":       {`"prison": "P1"`, `"prison": "P1", "password": "x"`, []string{"/password: additionalProperties"}},
		"a secret in the file":    {`{"file": "roll.token"}`, `"hunter2"`, []string{"/secret: type"}},
		"a title too long":        {`罪犯信息`, strings.Repeat("罪", 81), []string{"/title/zh: maxLength"}},
		"two secrets":             {`{"file": "roll.token"}`, `{"file": "a", "env": "B"}`, []string{"/secret: maxProperties"}},
		"no interval, no mapping": {`"every_seconds": 900, `, ``, []string{"/every_seconds: required"}},
		"too often":               {`900`, `1`, []string{"/every_seconds: minimum"}},
		"a file address":          {`http://10.0.0.5:8080/roll`, `file:///etc/passwd`, []string{"/url: pattern"}},
		"a password in it":        {`http://10.0.0.5`, `http://a:b@10.0.0.5`, []string{"/url: pattern"}},
		"a field too few":         {`"name": "/xm", `, ``, []string{"/fields/name: required"}},
		"a field of rosters":      {`"name": "/xm"`, `"name": "/xm", "shift": "/x"`, []string{"/fields/shift: additionalProperties"}},
		"facts":                   {roll, facts, nil},
		"facts of an area's day":  {roll, strings.Replace(facts, `"number": "/no"`, `"area": "/jq", "day": "/rq"`, 1), nil},
		"facts of nothing":        {roll, strings.Replace(facts, `"number": "/no"`, `"area": "/jq"`, 1), []string{"/fields/day: required"}},
		"facts of two things":     {roll, strings.Replace(facts, `"number": "/no"`, `"number": "/no", "day": "/rq"`, 1), []string{"/fields: maxProperties"}},
		"facts about a name":      {roll, strings.Replace(facts, `"number": "/no"`, `"number": "/no", "name": "/xm"`, 1), []string{"/fields/name: additionalProperties"}},
		"facts without members":   {roll, strings.Split(facts, `, "members"`)[0] + "}", []string{"/members: required"}},
		"a member of no type":     {roll, strings.Replace(facts, `, "type": "boolean"`, ``, 1), []string{"/members/labour_exempt/type: required"}},
		"a member of odd type":    {roll, strings.Replace(facts, `"boolean"`, `"float"`, 1), []string{"/members/labour_exempt/type: enum"}},
		"a member of odd name":    {roll, strings.Replace(facts, `"labour_exempt"`, `"劳动"`, 1), []string{"/members/%E5%8A%B3%E5%8A%A8: pattern"}},
		"members of a roll":       {`"fields"`, `"members": {"a": {"at": "/a", "type": "text"}}, "fields"`, []string{"/members: maxProperties"}},
		"no page parameter":       {`, "param": "page"`, ``, []string{"/paging/param: required"}},
		"another file's name":     {`"id": "inmate-master"`, `"id": "roster"`, []string{"/id: "}},
		"a name twice":            {`"prison": "P1"`, `"prison": "P1", "prison": "P2"`, []string{": duplicate"}},
		"not JSON":                {`{"id"`, `{id`, []string{": syntax"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "inmate-master.json"), []byte(strings.Replace(good, test.from, test.to, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			set, err := connector.Load(dir, schemas.FS)
			if len(test.want) == 0 {
				if err != nil || set["inmate-master"].Secret.File != filepath.Join(dir, "roll.token") {
					t.Errorf("%v %+v", err, set)
				}
				return
			}
			if err == nil {
				t.Fatal("taken")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), "inmate-master.json") || !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %s", err, want)
				}
			}
		})
	}
	if set, err := connector.Load(filepath.Join(t.TempDir(), "none"), schemas.FS); err != nil || len(set) != 0 {
		t.Errorf("no folder: %v %v", set, err)
	}
}

// TestTitle: what is no name, as older versions took it, gives way to the id, and
// the house starts.
func TestTitle(t *testing.T) {
	for title, want := range map[string]fault.Text{
		`{"zh": "罪犯信息"}`:                            {ZH: "罪犯信息"},
		`{"zh": " 罪犯信息 ", "en": "Roll "}`:           {ZH: "罪犯信息", EN: "Roll"},
		`{"zh": "` + strings.Repeat("罪", 80) + `"}`: {ZH: strings.Repeat("罪", 80)},
		`{"zh": "罪犯\u200b信息", "en": "\u202eRoll"}`:  {ZH: "inmate-master"},
		`{"zh": " "}`: {ZH: "inmate-master"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "inmate-master.json"), []byte(strings.Replace(good, `{"zh": "罪犯信息"}`, title, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if set, err := connector.Load(dir, schemas.FS); err != nil || set["inmate-master"].Title != want {
			t.Errorf("%s: %+v %v, want %+v", title, set["inmate-master"].Title, err, want)
		}
	}
}

// TestSecret: a file, a variable, and neither.
func TestSecret(t *testing.T) {
	t.Setenv("THE_TOKEN", " abc \n")
	if got, err := (&connector.Secret{Env: "THE_TOKEN"}).Read(); got != "abc" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	for _, s := range []connector.Secret{{Env: "NO_SUCH"}, {File: "/no/such"}} {
		if _, err := s.Read(); !errors.Is(err, connector.NoSecret) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func mapper() connector.Connector {
	return connector.Connector{Target: connector.Inmates, Key: "/p/id", Version: "/rev", Deleted: "/del", Areas: map[string]string{"01": "A1"},
		Fields: map[string]string{"number": "/no", "name": "/xm", "area": "/jq", "admitted": "/rj", "released": "/lj"}}
}

// TestMap reads what sources write in their ways.
func TestMap(t *testing.T) {
	r := mapper().Map([]byte(`{"p":{"id":17},"rev":"2026-11-24T23:30:00Z","del":1,"no":"0000000001","xm":" 张三 ","jq":"01","rj":"2024/3/1"}`))
	if len(r.Problems) > 0 {
		t.Fatal(r.Problems)
	}
	// Deleted without a day: released on the day the source said so, in our zone.
	want := map[string]string{"number": "0000000001", "name": "张三", "area": "A1", "admitted": "2024-03-01", "released": "2026-11-25"}
	if diff := cmp.Diff(want, r.Fields); diff != "" || r.Key != "17" || !r.Deleted {
		t.Errorf("%s %+v", diff, r)
	}
}

// FuzzMap: whatever a source sends becomes a record or a reason, and a record
// that is taken can be kept.
func FuzzMap(f *testing.F) {
	f.Add([]byte(`{"p":{"id":1},"rev":1,"no":"0000000001","xm":"张三","jq":"01","rj":"2024-03-01"}`))
	f.Add([]byte(`{"p":[],"rev":-1}`))
	f.Add([]byte("\xff\x00"))
	c := mapper()
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := c.Map(raw)
		if len(r.Problems) > 0 {
			return
		}
		if r.Key == "" || r.Version < 0 || len(r.Fields["number"]) != 10 || strings.ContainsRune(r.Fields["name"], 0) || r.Fields["area"] != "A1" {
			t.Errorf("%q became %+v", raw, r)
		}
	})
}

// TestFact reads what sources say of a fact in their ways.
func TestFact(t *testing.T) {
	for _, test := range []struct {
		kind, said string
		want       any
		code       string
	}{
		{"text", `" 剪刀 "`, "剪刀", ""}, {"text", `7`, "7", ""}, {"text", `""`, nil, ""}, {"text", `"  "`, nil, ""}, {"text", `null`, nil, ""}, {"text", `["a"]`, nil, "type"},
		{"text", `"a\u0007"`, nil, "type"}, {"text", `{}`, nil, "type"}, {"text", `"` + strings.Repeat("长", 201) + `"`, nil, "type"},
		{"integer", `12`, json.Number("12"), ""}, {"integer", `"-3"`, json.Number("-3"), ""}, {"integer", `"03"`, nil, "type"}, {"integer", `3.0`, nil, "type"}, {"integer", `1e3`, nil, "type"},
		{"integer", `9999999999999`, nil, "type"}, {"number", `"0.125"`, json.Number("0.125"), ""}, {"number", `"0.1234567"`, nil, "type"}, {"number", `".5"`, nil, "type"},
		{"boolean", `true`, true, ""}, {"boolean", `"否"`, false, ""}, {"boolean", `0`, false, ""}, {"boolean", `"可能"`, nil, "type"},
		{"date", `"2026/1/2"`, "2026-01-02", ""}, {"date", `"2026-11-24T23:30:00Z"`, "2026-11-25", ""}, {"date", `"2026-02-30"`, nil, "type"},
	} {
		c := factMapper(test.kind)
		r := c.Map([]byte(`{"id":"a","v":1,"no":"GJ-000001","x":` + test.said + `}`))
		code := ""
		if len(r.Problems) > 0 {
			code = r.Problems[0].Code
		}
		if r.Facts["x"] != test.want || code != test.code {
			t.Errorf("%s %s: %#v %q, want %#v %q", test.kind, test.said, r.Facts["x"], code, test.want, test.code)
		}
	}
}

func factMapper(kind string) connector.Connector {
	return connector.Connector{Target: connector.Facts, Key: "/id", Version: "/v", Fields: map[string]string{"number": "/no"}, Members: map[string]connector.Member{"x": {At: "/x", Type: kind}}}
}

// FuzzFact: whatever is said of a fact is nothing, a reason, or a value that a
// document can hold.
func FuzzFact(f *testing.F) {
	for _, said := range []string{`"a"`, `1`, `-0`, `1.50`, `true`, `[]`, `"2026-01-02"`, `"\ud800"`} {
		f.Add(said)
	}
	f.Fuzz(func(t *testing.T, said string) {
		for _, kind := range []string{"text", "integer", "number", "boolean", "date"} {
			r := factMapper(kind).Map([]byte(`{"id":"a","v":1,"no":"0000000001","x":` + said + `}`))
			if len(r.Problems) > 0 || r.Facts["x"] == nil {
				continue
			}
			raw, err := json.Marshal(r.Facts)
			if err != nil {
				t.Fatalf("%s %q: %v", kind, said, err)
			}
			if _, err := catalog.ParseDocument(raw); err != nil {
				t.Errorf("%s %q became %s: %v", kind, said, raw, err)
			}
		}
	})
}
