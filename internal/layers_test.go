// Package internal holds the one test that keeps imports going down.
package internal

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers from the bottom up. A package may import what stands below it, and
// sideways only as named in beside.
var layers = [][]string{
	{"fault", "actor"},
	{"scoring", "lifecycle", "search", "catalog", "integrity"},
	{"workbook"},
	{"ledger", "duty", "inspection", "account", "proposal", "printing", "retrieval", "connector", "exchange",
		"organisation", "standards", "assessment", "accreditation", "guidance", "planning", "stewardship", "overview"},
	{"postgres", "objectstore", "access", "outbound"},
	{"httpapi", "jobs", "demo", "embedded", "config", "telemetry"},
	{"testkit", "housetest", "kill"},
}

var beside = map[string][]string{
	"accreditation": {"ledger", "duty", "standards", "inspection", "assessment", "printing"},
	"actor":         {"fault"},
	"assessment":    {"ledger", "duty", "standards"},
	"connector":     {"ledger"},
	"duty":          {"ledger"},
	"exchange":      {"ledger"},
	"guidance":      {"ledger", "standards", "assessment"},
	"inspection":    {"ledger", "duty", "assessment", "printing", "standards"},
	"organisation":  {"ledger"},
	"overview":      {"ledger", "assessment", "accreditation", "guidance", "standards"},
	"planning":      {"ledger", "standards", "accreditation"},
	"printing":      {"ledger"},
	"proposal":      {"ledger"},
	"retrieval":     {"ledger"},
	"standards":     {"ledger"},
	"stewardship":   {"ledger"},
	"demo":          {"httpapi"}, "housetest": {"testkit"}, "kill": {"housetest", "testkit"},
	// The private servers are started by tests too, and know nothing of the house.
	"testkit": {"embedded"},
}

func layerOf(name string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, name) })
}

// TestLayers names every edge that goes up or sideways.
func TestLayers(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "taizhang/internal/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	name := func(path string) (string, bool) {
		rest, ok := strings.CutPrefix(path, "taizhang/internal/")
		first, _, _ := strings.Cut(rest, "/")
		return first, ok
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		from, ok := name(p.ImportPath)
		if !ok {
			continue
		}
		if layerOf(from) < 0 {
			t.Errorf("%s stands in no layer", from)
		}
		for _, i := range p.Imports {
			to, ok := name(i)
			if !ok || to == from {
				continue
			}
			if layerOf(to) >= layerOf(from) && !slices.Contains(beside[from], to) {
				t.Errorf("%s must not import %s", from, to)
			}
		}
	}
}
