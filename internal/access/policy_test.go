package access_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"taizhang/internal/access"
	"taizhang/policies"
	"taizhang/schemas"
)

// ledgers are the shipped types' ids, from owners.csv.
func ledgers(t testing.TB) []string {
	t.Helper()
	var ids []string
	for _, line := range strings.Split(strings.TrimSpace(file(t, "owners.csv")), "\n") {
		if id, _, ok := strings.Cut(line, ","); ok && !strings.HasPrefix(line, "#") {
			ids = append(ids, id)
		}
	}
	return ids
}

func file(t testing.TB, name string) string {
	t.Helper()
	b, err := fs.ReadFile(policies.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func shipped(t testing.TB) fstest.MapFS {
	m := fstest.MapFS{}
	for _, name := range []string{"model.conf", "policy.csv", "owners.csv"} {
		m[name] = &fstest.MapFile{Data: []byte(file(t, name))}
	}
	m["policy.csv"].Data = []byte(spelt(file(t, "policy.csv")))
	return m
}

// spelt has one role and one action on each line, so that a test can change one of them;
// the decisions are tried on the file as it is.
func spelt(policy string) string {
	var out strings.Builder
	for line := range strings.Lines(policy) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		l := strings.Split(strings.TrimSpace(line), ", ")
		for _, role := range strings.Fields(l[1]) {
			for _, action := range strings.Fields(l[4]) {
				out.WriteString(strings.Join([]string{l[0], role, l[2], l[3], action, l[5]}, ", ") + "\n")
			}
		}
	}
	return out.String()
}

// TestOneOwnerEach: the 26 ledgers of the catalogue, each with the owner that
// its own ledger.json names.
func TestOneOwnerEach(t *testing.T) {
	e := load(t)
	if n := len(ledgers(t)); n != 26 {
		t.Errorf("%d ledgers have an owner, the catalogue has 26", n)
	}
	files, err := fs.Glob(schemas.FS, "ledgers/*/v*/ledger.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		b, err := fs.ReadFile(schemas.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		var l struct{ ID, Owner string }
		if err := json.Unmarshal(b, &l); err != nil {
			t.Fatal(name, err)
		}
		if got := e.Owner(l.ID); got != l.Owner {
			t.Errorf("%s: owners.csv says %q, ledger.json %q", l.ID, got, l.Owner)
		}
	}
	if got := e.Owner("no-such-ledger"); got != "" {
		t.Errorf("a ledger nobody knows is owned by %s", got)
	}
}

// TestRefusesToLoad: each way in which Casbin would fail open (T10), and each
// slip of the pen, is an error on loading.
func TestRefusesToLoad(t *testing.T) {
	replace := func(old, with string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, old) {
				panic(old + " is not in the shipped file")
			}
			return strings.Replace(s, old, with, 1)
		}
	}
	add := func(lines string) func(string) string { return func(s string) string { return s + lines } }
	const officer = "p, r:officer, own_area, entry, read, allow"
	for _, c := range []struct {
		name, file string
		edit       func(string) string
		says       string
	}{
		{"empty policy", "policy.csv", func(string) string { return "# nothing\n" }, "0 lines"},
		{"too many lines", "policy.csv", add(strings.Repeat(officer+"\n", 400)), "lines"},
		{"no role", "policy.csv", replace(officer, "p, , own_area, entry, read, allow"), "role"},
		{"no action", "policy.csv", replace(officer, "p, r:officer, own_area, entry, , allow"), "action"},
		{"role twice in a line", "policy.csv", replace(officer, "p, r:officer r:officer, own_area, entry, read, allow"), "twice"},
		{"eft typed DENY", "policy.csv", replace("author, entry, approve, deny", "author, entry, approve, DENY"), "effect"},
		{"eft missing", "policy.csv", replace(officer, "p, r:officer, own_area, entry, read"), "fields"},
		{"eft empty", "policy.csv", replace(officer, "p, r:officer, own_area, entry, read,"), "effect"},
		{"role without its prefix", "policy.csv", replace(officer, "p, officer, own_area, entry, read, allow"), "role"},
		{"role with the prefix of a user", "policy.csv", replace(officer, "p, u:officer, own_area, entry, read, allow"), "role"},
		{"unknown role", "policy.csv", replace(officer, "p, r:oficer, own_area, entry, read, allow"), "role"},
		{"empty role", "policy.csv", replace(officer, "p, r:, own_area, entry, read, allow"), "role"},
		{"unknown relation", "policy.csv", replace(officer, "p, r:officer, any_area, entry, read, allow"), "relation"},
		{"unknown class", "policy.csv", replace(officer, "p, r:officer, own_area, entries, read, allow"), "class"},
		{"unknown action", "policy.csv", replace(officer, "p, r:officer, own_area, entry, *, allow"), "action"},
		{"not a policy line", "policy.csv", replace(officer, "g, r:officer, own_area, entry, read, allow"), "not a policy line"},
		{"line twice", "policy.csv", add(officer + "\n"), "twice"},
		{"line and its opposite", "policy.csv", add("p, r:officer, own_area, entry, read, deny\n"), "twice"},
		{"author may approve", "policy.csv", replace("p, r:*, author, entry, approve, deny\n", ""), "must be denied"},
		{"author may not read", "policy.csv", replace("p, r:*, author, entry, read, allow\n", ""), "must be allowed"},
		{"grant to edit", "policy.csv", add("p, r:inspector, granted, entry, edit, allow\n"), "reading only"},
		{"exception to reading", "policy.csv", add("p, r:*, own_area, entry_l3, read, deny\n"), "list cannot say"},
		{"reading by the step", "policy.csv", add("p, r:warden, step, entry, read, allow\n"), "step"},
		{"L3 without L2", "policy.csv", replace(officer, "p, r:officer, own_area, entry_l3, read, allow"), "L3"},
		{"part without L2", "policy.csv", add("p, r:counsellor, prison, entry_part/psych-health, read, allow\n"), "a part of it"},
		{"part of no ledger", "policy.csv", add("p, r:officer, own_area, entry_part/psych, read, allow\n"), "class"},
		{"part of every ledger", "policy.csv", add("p, r:officer, own_area, entry_part, read, allow\n"), "class"},
		{"sealed by area", "policy.csv", add("p, r:area_head, own_area, entry_sealed, read, allow\n"), "sealed"},
		{"author by level", "policy.csv", add("p, r:*, author, entry_l3, read, allow\n"), "every level"},

		{"no model", "model.conf", func(string) string { return "" }, "model.conf"},
		{"deny-override", "model.conf", replace("some(where (p.eft == allow)) && ", ""), "effect"},
		{"allow-override", "model.conf", replace(" && !some(where (p.eft == deny))", ""), "effect"},
		{"effect turned round", "model.conf", replace("== allow", "== deny"), "effect"},
		{"no effect column", "model.conf", replace(", action, eft", ", action"), "section p"},
		{"no class in the request", "model.conf", replace("r = role, relation, class, action", "r = role, relation, action"), "section r"},
		{"inherited roles", "model.conf", add("[role_definition]\ng = _, _\n"), "inherited"},
		{"matcher without role", "model.conf", replace(` && (p.role == "r:*" || p.role == r.role)`, ""), "model.conf: allows"},
		{"matcher with an unknown word", "model.conf", replace("r.action", "r.verb"), "model.conf"},
		{"matcher that never fits", "model.conf", replace("p.action ==", `p.action + "x" ==`), "no effect"},
		{"matcher that always fits", "model.conf", func(s string) string { return s[:strings.Index(s, "m = ")] + "m = true\n" }, "this model"},

		{"ledger without owner", "owners.csv", replace("fire-safety, dept_equipment\n", ""), "fire-safety has no owner"},
		{"ledger with two owners", "owners.csv", add("fire-safety, dept_custody\n"), "two owners"},
		{"same owner twice", "owners.csv", add("fire-safety, dept_equipment\n"), "two owners"},
		{"owner is no department", "owners.csv", replace("fire-safety, dept_equipment", "fire-safety, equipment"), "no department"},
		{"owner is nobody", "owners.csv", replace("fire-safety, dept_equipment", "fire-safety, dept_"), "no department"},
		{"owner missing", "owners.csv", replace("fire-safety, dept_equipment", "fire-safety,"), "no department"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids, m := ledgers(t), shipped(t)
			m[c.file].Data = []byte(c.edit(string(m[c.file].Data)))
			e, err := access.Load(m, ids)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one that says %q", err, c.says)
			}
			if err != nil && e != nil {
				t.Error("an enforcer came with the error")
			}
		})
	}
	for _, name := range []string{"model.conf", "policy.csv", "owners.csv"} {
		m := shipped(t)
		delete(m, name)
		if _, err := access.Load(m, ledgers(t)); err == nil {
			t.Errorf("loaded without %s", name)
		}
	}
}

// TestPolicyIsSmall keeps the promise of maxLines with room to grow.
func TestPolicyIsSmall(t *testing.T) {
	n := 0
	for line := range strings.Lines(file(t, "policy.csv")) {
		if !strings.HasPrefix(line, "#") {
			n++
		}
	}
	if n > 150 {
		t.Errorf("%d lines: is there a rule for each record or ledger among them?", n)
	}
}
