package catalog

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

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
	for _, c := range []struct{ name, path, old, with, says string }{
		{"summary", "ledgers/medical-visit/v1/ledger.json", `"/triage"`, `"/treatment"`, "/treatment"},
		{"trigger", "ledgers/psych-health/v1/ledger.json", `"inmate_ref": "doc.inmate_ref"`, `"treatment": "doc.session_note"`, "/session_note"},
		{"share", "ledgers/release-preparation/v1/ledger.json", `"take": "risk_grade"`, `"take": "score_summary"`, "/score_summary"},
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
