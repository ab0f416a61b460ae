package catalog

import (
	"strings"
	"testing"
	"testing/fstest"

	"taizhang/schemas"
)

// TestOccasionsHold: what an occasion fills is read as it is meant, and is a field
// of the ledger that it opens.
func TestOccasionsHold(t *testing.T) {
	c, err := Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	for fill, want := range map[string]string{
		`{"inmate_ref": "@inmate", "talk_kind": "trigger"}`: "",
		`{"inmate_ref": "@inmates"}`:                        "/fill/inmate_ref",
		`{"inmate_ref": ["0000000001"]}`:                    "/fill/inmate_ref",
		`{"inmate_ref": ["@inmate", "@inmate"]}`:            "/fill/inmate_ref",
		`{"inmate_ref": {"number": "@inmate"}}`:             "/fill/inmate_ref",
		`{"inmate_ref": null}`:                              "/fill/inmate_ref",
		`{"inmate": "@inmate"}`:                             "[inmate]",
		`{"inmate_ref": ["@inmate"]}`:                       "[inmate_ref]", // takes one
		`{"talk_kind": "trigger"}, "opens": "talk"`:         "no ledger",
	} {
		o, err := readOccasions(fstest.MapFS{"occasions.json": {Data: []byte(`{"arrival": [{"id": "talk", "opens": "individual-talk", "due_hours": 48, "roles": ["officer"],
			"title": {"zh": "谈话", "en": "Talk"}, "fill": ` + fill + `}]}`)}})
		if err == nil {
			c.compiler.occasions = o
			err = c.holdOccasions()
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", fill, err, want)
		}
	}
}
