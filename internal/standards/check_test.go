package standards_test

import (
	"bytes"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"taizhang/internal/access"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
	"taizhang/policies"
	"taizhang/schemas"
)

func ground(t testing.TB) standards.Ground {
	t.Helper()
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, typ := range c.Types() {
		ids = append(ids, typ.ID)
	}
	e, err := access.Load(policies.FS, ids)
	if err != nil {
		t.Fatal(err)
	}
	return standards.Ground{Catalog: c, Owner: e.Owner}
}

func artefacts(t testing.TB, dir string) scoring.Set {
	t.Helper()
	set, err := scoring.ReadSet(os.DirFS("../../schemas/standards"), dir)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestReleaseChecks plants one mistake each in a shipped standard; unhurt, all of
// them pass.
func TestReleaseChecks(t *testing.T) {
	g := ground(t)
	dirs, err := fs.Glob(schemas.FS, "standards/*/v*")
	if err != nil || len(dirs) < 4 {
		t.Fatalf("%d standards: %v", len(dirs), err)
	}
	for _, dir := range dirs {
		if r := standards.Check(artefacts(t, strings.TrimPrefix(dir, "standards/")), g); len(r.Mistakes) > 0 {
			t.Errorf("%s: %v", dir, r.Mistakes)
		}
	}
	for name, tt := range map[string]struct {
		dir, from, to string
		in            func(*scoring.Set) *[]byte
		code, at      string
	}{
		"sum of a domain":         {"kitchen/v1", `"points": "60", "principle"`, `"points": "61", "principle"`, what, "standard", "/domains/0/points"},
		"sum of the whole":        {"kitchen/v1", `"points": "1000"`, `"points": "999"`, what, "standard", "/points"},
		"a code twice":            {"kitchen/v1", `"code": "HF-02"`, `"code": "HF-01"`, what, "standard", "/domains/0/indicators/1/code"},
		"a line twice":            {"kitchen/v1", `"id": "HF-01.barred"`, `"id": "HF-01.approval"`, how, "standard", "/rules/indicators/0/lines/1/id"},
		"no rules":                {"kitchen/v1", `"code": "HF-02"`, `"code": "HF-99"`, how, "standard", "/rules/indicators/1/code"},
		"no method":               {"kitchen/v1", `"method": "reading"`, `"method": ""`, how, "standard", "/rules/indicators/0/lines/0/method"},
		"no such ledger":          {"kitchen/v1", `["points-assessment"]`, `["points"]`, what, "ledger", "/domains/0/indicators/0/ledgers/0"},
		"a fact of no ledger":     {"kitchen/v1", `"ledger": "points-assessment"`, `"ledger": "points"`, how, "fact", "/rules/indicators/1/lines/0/of/0"},
		"an unknown measure":      {"kitchen/v1", `"measure": "mismatch"`, `"measure": "mishap"`, how, "fact", "/rules/indicators/3/lines/1/count/0"},
		"an unknown total":        {"kitchen/v1", `"ledger": "*", "measure": "ontime"`, `"ledger": "*", "measure": "mismatch"`, how, "fact", "/rules/indicators/22/lines/0/of/0"},
		"areas of an area":        {"kitchen/v1", `"ledger": "tool-hazmat", "measure": "mismatch"`, `"ledger": "areas", "measure": "under.JG.90"`, how, "fact", "/rules/indicators/3/lines/1/count/0"},
		"a veto by member":        {"kitchen/v1", `"former_veto": true`, `"veto": true`, what, "veto", "/domains/1/indicators/0/veto"},
		"a veto by word":          {"kitchen/v1", `"zh": "脱逃"`, `"zh": "脱逃，一票否决"`, how, "veto", "/rules/indicators/2/lines/0/title/zh"},
		"no guide":                {"kitchen/v1", `"id": "HF-01.barred"`, `"id": "HF-01.approval"`, check, "guide", "/rules/indicators/0/lines/1"},
		"a guide to nothing":      {"kitchen/v1", `"id": "HF-01.barred"`, `"id": "HF-01.other"`, check, "guide", "/guide/lines/1"},
		"a guide of another":      {"kitchen/v1", `"version": 1`, `"version": 2`, check, "guide", "/guide"},
		"a guide without a place": {"kitchen/v1", `"where": {"zh": "`, `"where": {"zh": "", "x`, check, "syntax", "/guide"},
		"an example of no weight": {"kitchen/v1", `"lines": [`, `"lines": [{"id": "HF-00", "where": {"zh": "x"}, "steps": [{"zh": "x"}], "evidence": {"zh": "x"}, "anchors": [{"severity": "grave", "scope": "limited", "example": {"zh": "x"}}]}, `, check, "guide", "/guide/lines/0/anchors/0"},
		"no title":                {"kitchen/v1", `{"zh": "伙房罪犯选用审批", `, `{"zh": "", `, what, "text", "/domains/0/indicators/0/title"},
		"a unit of no kind":       {"kitchen/v1", `"unit": {"kind": "functional", "functions": ["kitchen"]}`, `"unit": {"kind": ""}`, what, "text", "/unit/kind"},
		"months of millennia":     {"kitchen/v1", `"months": 6`, `"months": 60000`, what, "months", "/months"},
		"more than one document":  {"kitchen/v1", "{\n", "{}\n{\n", how, "syntax", "/rules"},
	} {
		set := artefacts(t, tt.dir)
		raw := tt.in(&set)
		if !bytes.Contains(*raw, []byte(tt.from)) {
			t.Errorf("%s: nothing to plant it in", name)
			continue
		}
		*raw = bytes.Replace(*raw, []byte(tt.from), []byte(tt.to), 1)
		if r := standards.Check(set, g); !slices.ContainsFunc(r.Mistakes, func(f fault.Field) bool { return f.Code == tt.code && f.Pointer == tt.at }) {
			t.Errorf("%s: %v", name, r.Mistakes)
		}
	}
}

func what(s *scoring.Set) *[]byte  { return &s.Standard }
func how(s *scoring.Set) *[]byte   { return &s.Rules }
func check(s *scoring.Set) *[]byte { return &s.Guide }

// TestTotal: 1000 is the whole of an official standard; another framework has its own.
func TestTotal(t *testing.T) {
	g := ground(t)
	set := artefacts(t, "kitchen/v1")
	for _, doc := range []struct{ from, to string }{{`"points": "1000"`, `"points": "1010"`}, {`"points": "60", "principle"`, `"points": "70", "principle"`},
		{`审批", "en": "Approval of prisoners for kitchen work"}, "points": "30"`, `审批", "en": "Approval of prisoners for kitchen work"}, "points": "40"`}} {
		set.Standard = bytes.Replace(set.Standard, []byte(doc.from), []byte(doc.to), 1)
	}
	if r := standards.Check(set, g); len(r.Mistakes) != 1 || r.Mistakes[0].Code != "total" {
		t.Errorf("1010 of 1000: %v", r.Mistakes)
	}
	set.Standard = bytes.Replace(set.Standard, []byte(`{"kind": "functional", "functions": ["kitchen"]}`), []byte(`{"kind": "other"}`), 1)
	if r := standards.Check(set, g); len(r.Mistakes) > 0 {
		t.Errorf("another framework: %v", r.Mistakes)
	}
}

// TestCountedTwice warns where two lines count one fact, and where nothing rests on
// a document; it does not refuse.
func TestCountedTwice(t *testing.T) {
	set := artefacts(t, "kitchen/v1")
	set.Rules = bytes.Replace(set.Rules, []byte(`"ledger": "headcount", "measure": "unexplained"`), []byte(`"ledger": "tool-hazmat", "measure": "mismatch"`), 1)
	set.Standard = bytes.Replace(set.Standard, []byte(`"basis": [`), []byte(`"basis": [], "external": [`), 1)
	set.Standard = bytes.Replace(set.Standard, []byte(`"document": "样例标准编写说明（非官方）"`), []byte(`"list": "x"`), 1)
	r := standards.Check(set, ground(t))
	var codes []string
	for _, f := range r.Warnings {
		codes = append(codes, f.Code+" "+f.Pointer)
	}
	if len(r.Mistakes) > 0 || !slices.Contains(codes, "twice /rules/indicators/4/lines/1/count") || !slices.Contains(codes, "basis /domains/0/indicators/0/basis") {
		t.Errorf("%v\n%v", r.Mistakes, codes)
	}
}

// TestCoverage: the ordinary sample looks at every ledger that its areas keep; the
// kitchen's names the ledgers that nothing looks at.
func TestCoverage(t *testing.T) {
	g := ground(t)
	r := standards.Check(artefacts(t, "ordinary-area/v2"), g)
	for _, l := range r.Coverage.Ledgers {
		if len(l.Indicators) == 0 {
			t.Errorf("nothing looks at %s", l.ID)
		}
	}
	if len(r.Coverage.Domains) != 9 || r.Coverage.Domains[0].Indicators != 7 || r.Coverage.Domains[0].Methods["register"] != 3 {
		t.Errorf("domains: %+v", r.Coverage.Domains)
	}
	r = standards.Check(artefacts(t, "kitchen/v1"), g)
	var uncovered []string
	for _, f := range r.Warnings {
		if f.Code == "uncovered" {
			uncovered = append(uncovered, f.Text.ZH)
		}
	}
	if !slices.Contains(uncovered, "没有指标考核台账《劳动出勤、产量与安全》") || slices.ContainsFunc(uncovered, func(s string) bool { return strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz_-") }) {
		t.Errorf("what the kitchen leaves out, by title: %v", uncovered)
	}
	for _, c := range r.Coverage.Departments {
		if c.ID == "dept_life" && c.Points.String() != "270" {
			t.Errorf("living and hygiene is worth %s", c.Points)
		}
		if c.ID == "dept_life" && !slices.Contains(c.Indicators, "HF-14") {
			t.Errorf("living and hygiene: %v", c.Indicators)
		}
	}
}
