package catalog_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// sample is one file of valid/ or invalid/.
type sample struct {
	Why      string          `json:"why"`
	Now      *time.Time      `json:"now"`
	Filler   string          `json:"filler"`
	Document json.RawMessage `json:"document"`
	Others   []struct {
		Ledger   string          `json:"ledger"`
		Document json.RawMessage `json:"document"`
	} `json:"others"`
	Errors []struct{ Pointer, Code string } `json:"errors"`
}

func readSample(t *testing.T, path string) sample {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var s sample
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if s.Document == nil {
		s = sample{Document: raw}
	}
	return s
}

func (s sample) env() catalog.Env {
	env := catalog.Env{Now: time.Date(2026, 11, 24, 12, 0, 0, 0, catalog.Zone), Filler: s.Filler, Stage: catalog.StageSubmit}
	if s.Now != nil {
		env.Now = *s.Now
	}
	if env.Filler == "" {
		env.Filler = "0000001"
	}
	env.Lookup = func(ledger string, members map[string]any) ([]json.RawMessage, error) {
		var found []json.RawMessage
		for _, o := range s.Others {
			if o.Ledger == ledger && contains(o.Document, members) {
				found = append(found, o.Document)
			}
		}
		return found, nil
	}
	return env
}

func contains(doc json.RawMessage, members map[string]any) bool {
	var have map[string]any
	if json.Unmarshal(doc, &have) != nil {
		return false
	}
	for k, v := range members {
		want, _ := json.Marshal(v)
		got, _ := json.Marshal(have[k])
		if string(want) != string(got) {
			return false
		}
	}
	return true
}

// TestTypes holds every version of every shipped type to its own documents.
func TestTypes(t *testing.T) {
	root := os.DirFS("../../schemas")
	cat, err := catalog.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	var all []*catalog.Type
	for _, id := range cat.IDs() {
		all = append(all, cat.Versions(id)...)
	}
	for _, typ := range all {
		for _, tr := range typ.Triggers {
			target := cat.Current(tr.Opens)
			if tr.Opens != "" && target == nil {
				t.Errorf("%s: trigger %s opens %s, which is no ledger", typ.ID, tr.ID, tr.Opens)
			}
			for field := range tr.Fill {
				if !slices.ContainsFunc(target.Fields(), func(f catalog.Held) bool { return f.ID == field }) {
					t.Errorf("%s: trigger %s fills %s, which %s has not", typ.ID, tr.ID, field, tr.Opens)
				}
			}
		}
		version := fmt.Sprintf("%s/v%d", typ.ID, typ.Version)
		t.Run(version, func(t *testing.T) {
			dir := filepath.Join("../../schemas/ledgers", version)
			valid, _ := fs.Glob(os.DirFS(dir), "valid/*.json")
			invalid, _ := fs.Glob(os.DirFS(dir), "invalid/*.json")
			if len(valid) < 3 || len(invalid) < 6 {
				t.Errorf("%d valid and %d invalid documents; at least 3 and 6 are wanted", len(valid), len(invalid))
			}
			for _, name := range valid {
				s := readSample(t, filepath.Join(dir, name))
				doc, err := catalog.ParseDocument(s.Document)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				res := typ.Validate(doc, s.env())
				if len(res.Errors) > 0 {
					t.Errorf("%s: %v", name, res.Errors)
				}
				checkWhole(t, name, typ, res.Document)
			}
			broken := map[string]bool{}
			for _, name := range invalid {
				s := readSample(t, filepath.Join(dir, name))
				var got, want []string
				doc, err := catalog.ParseDocument(s.Document)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				for _, f := range typ.Validate(doc, s.env()).Errors {
					got = append(got, f.Pointer+" "+f.Code)
					broken[f.Code] = true
					if f.Text.ZH == "" {
						t.Errorf("%s: %s %s has no words", name, f.Pointer, f.Code)
					}
				}
				for _, e := range s.Errors {
					want = append(want, e.Pointer+" "+e.Code)
				}
				sort.Strings(got)
				sort.Strings(want)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
			for _, r := range typ.Rules {
				if r.Level == "error" && r.Stage == "submit" && !broken["rule:"+r.ID] {
					t.Errorf("no invalid document breaks rule %s", r.ID)
				}
			}
		})
	}
}

// checkWhole asks everything else that is asked of an accepted document.
func checkWhole(t *testing.T, name string, typ *catalog.Type, doc catalog.Document) {
	t.Helper()
	if _, err := typ.Occurred(doc); err != nil {
		t.Errorf("%s: occurred: %v", name, err)
	}
	steps, err := typ.Steps(doc, false)
	if err != nil || len(steps) == 0 {
		t.Errorf("%s: steps %v: %v", name, steps, err)
	}
	for what, f := range map[string]func() error{
		"needs":    func() error { _, err := typ.EvidenceNeeds(doc); return err },
		"counts":   func() error { _, err := typ.Counts(doc); return err },
		"seals":    func() error { _, err := typ.Seals(doc); return err },
		"measures": func() error { _, err := typ.Measured(doc); return err },
		"triggers": func() error { _, err := typ.Fired(doc); return err },
		"typed":    func() error { _, err := typ.Typed(doc.Canonical); return err },
	} {
		if err := f(); err != nil {
			t.Errorf("%s: %s: %v", name, what, err)
		}
	}
	if len(typ.Summaries(doc)) == 0 {
		t.Errorf("%s: no summary", name)
	}
}

func TestDoor(t *testing.T) {
	deep := ""
	for range 20 {
		deep += `{"a":`
	}
	cases := map[string]struct{ doc, code string }{
		"not JSON":           {`{`, "syntax"},
		"two values":         {`{"a":1}{"b":2}`, "trailing"},
		"an array":           {`[]`, "object"},
		"the same twice":     {`{"a":1,"a":2}`, "duplicate"},
		"twice by escape":    {`{"a":1,"\u0061":2}`, "duplicate"},
		"a huge exponent":    {`{"a":1e10000000}`, "number"},
		"a long number":      {`{"a":440000000000000001}`, "number"},
		"2^53+1":             {`{"a":9007199254740993}`, "number"},
		"NUL":                {`{"a":"\u0000"}`, "text"},
		"half a surrogate":   {`{"a":"\ud800"}`, "text"},
		"bytes that are not": {"{\"a\":\"\xff\"}", "utf8"},
		"too deep":           {deep, "depth"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := catalog.ParseDocument([]byte(c.doc))
			f, ok := err.(*fault.Error)
			if !ok || len(f.Fields) != 1 || f.Fields[0].Code != c.code || f.Fields[0].Text.ZH == "" {
				t.Fatalf("got %v %+v, want %s", err, f, c.code)
			}
		})
	}
	doc, err := catalog.ParseDocument([]byte(`{"b":1.50,"a":"甲"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(doc.Canonical); got != `{"a":"甲","b":1.5}` {
		t.Errorf("canonical: %s", got)
	}
}

func FuzzDoor(f *testing.F) {
	f.Add([]byte(`{"a":[1,2,{"b":null}],"c":"甲"}`))
	f.Add([]byte(`{"a":1e30}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		doc, err := catalog.ParseDocument(raw)
		if err != nil {
			return
		}
		again, err := catalog.ParseDocument(doc.Canonical)
		if err != nil {
			t.Fatalf("the canonical form does not pass the door: %v", err)
		}
		if string(again.Canonical) != string(doc.Canonical) {
			t.Fatalf("%s became %s", doc.Canonical, again.Canonical)
		}
	})
}
