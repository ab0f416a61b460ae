package housetest_test

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
	"taizhang/internal/proposal"
	"taizhang/schemas"
)

// shipment is the shipped files, to which a test adds.
type shipment struct{ fstest.MapFS }

func files(t *testing.T) shipment {
	t.Helper()
	all := fstest.MapFS{}
	err := fs.WalkDir(schemas.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(schemas.FS, path)
		all[path] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return shipment{all}
}

// book adds a version of a ledger that nobody asked for, with a field for each title.
func (s shipment) book(version int, titles ...string) {
	dir := "ledgers/weather-book/v1/"
	props, names := "", `"on"`
	for i, title := range titles {
		name := "f" + string(rune('a'+i))
		props += `,"` + name + `":{"title":"` + title + `","x-en":"` + name + `","x-id":"weather_` + name + `","type":"string","maxLength":60}`
		names += `,"` + name + `"`
	}
	n := string(rune('0' + version))
	dir = strings.Replace(dir, "v1", "v"+n, 1)
	s.MapFS[dir+"schema.json"] = &fstest.MapFile{Data: []byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:ledger:weather-book:` + n + `","title":"天气簿","x-en":"Weather book",
		"type":"object","additionalProperties":false,"required":["on"],"properties":{"on":{"title":"日期","x-en":"Date","x-id":"weather_on","type":"string","format":"date"}` + props + `}}`)}
	s.MapFS[dir+"ledger.json"] = &fstest.MapFile{Data: []byte(`{"id":"weather-book","version":` + n + `,"title":{"zh":"天气簿","en":"Weather book"},"owner":"dept_custody",
		"filler":{"roles":["officer"],"unit":"area","title":{"zh":"民警","en":"officer"}},"areas":{"kinds":["ordinary"],"functions":[],"labour":false,"except":[]},
		"cadence":{"kind":"event","expected":0,"per":"area","workdays":false,"nil":false,"deadline_hours":24,"counts":""},"occurred":"/on","summary":["/on"],
		"chain":[{"id":"a","title":{"zh":"监区长","en":"area head"},"roles":["area_head"],"unit":"area","mode":"any"}],"evidence":[],"retention":{"years":10},
		"sensitivity":"L1","enforcement_evidence":false,"lawful_basis":{"zh":"试"},"computed":[],"sources":[],"triggers":[]}`)}
	s.MapFS[dir+"form.json"] = &fstest.MapFile{Data: []byte(`{"sections":[{"id":"s","title":{"zh":"节","en":"s"},"fields":[` + names + `]}]}`)}
}

// answered adds a record of the gate to the register.
func (s shipment) answered(t *testing.T, form string, version int, field string, change func(gate map[string]any)) {
	t.Helper()
	const path = "consolidation/register.json"
	var r map[string]any
	if err := json.Unmarshal(s.MapFS[path].Data, &r); err != nil {
		t.Fatal(err)
	}
	gate := map[string]any{"basis": map[string]any{"zh": "演练用的制度第一条"}, "purpose": map[string]any{"zh": "演练用的执法证据"}, "no_other": map[string]any{"zh": "现有台账没有这一项"},
		"minutes": 1, "per_month": 4, "savings": []any{map[string]any{"ledger": "duty-log", "minutes": 4, "how": "不再重复抄写"}},
		"decided_on": "2026-03-02", "review_on": "2026-09-01", "approved_by": "演练用的局领导"}
	change(gate)
	r["additions"] = append(r["additions"].([]any), map[string]any{"no": "AD-X", "title": map[string]any{"zh": "天气", "en": "Weather"}, "owner": "狱政管理科", "cadence": "event",
		"target": "weather-book", "form": form, "version": version, "lands": []any{map[string]any{"ledger": "weather-book", "field": field}},
		"gate": gate, "reason": map[string]any{"zh": "演练", "en": "Drill"}})
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	s.MapFS[path] = &fstest.MapFile{Data: raw}
}

var installer = postgres.Installer{Operator: "zhangsan@test", Program: "v1"}

// install does what a server does when it starts, and catalog check before it.
func (s shipment) install(t *testing.T, h *housetest.House) error {
	t.Helper()
	c, err := catalog.Load(s)
	if err != nil {
		t.Fatal(err)
	}
	r, err := catalog.LoadRegister(s)
	if err != nil {
		t.Fatal(err)
	}
	err = h.Store.Install(t.Context(), c, r, func(string) string { return "dept_custody" }, []postgres.Department{{Code: "dept_custody"}, {Code: "dept_of_books"}}, installer)
	// The check says the same of an empty house, but for the totals, which count the shipped additions.
	said := false
	for _, f := range r.Check(c) {
		said = said || f.Code == "orphan" || f.Code == "definition" || strings.HasPrefix(f.Code, "gate")
	}
	if said != (fault.CodeOf(err) == "install_refused") {
		t.Errorf("the check: %v, installing: %v", r.Check(c), err)
	}
	return err
}

// TestInstallGate: what is in the files and passed no gate is not installed, nor
// anything with it; with its answers it is, once, however many servers start.
func TestInstallGate(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	rows := func() (n int) {
		t.Helper()
		if err := h.Owner.QueryRow(t.Context(), `select (select count(*) from ledger_versions) + (select count(*) from ledger_owners)
			+ (select count(*) from departments where code = 'dept_of_books')`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := rows()
	refused := func(s shipment, words ...string) {
		t.Helper()
		err := s.install(t, h)
		if fault.CodeOf(err) != "install_refused" || rows() != before {
			t.Fatalf("%v; %d rows, were %d", err, rows(), before)
		}
		for _, w := range append(words, "天气簿") {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%q is not in %s", w, err)
			}
		}
	}
	whole := func(map[string]any) {}
	s := files(t)
	s.book(1, "云量")
	refused(s, "不来自任何旧台账", "G1–G5")
	for member, test := range map[string]string{"basis": "G1", "purpose": "G2", "no_other": "G3", "minutes": "G4", "savings": "G4", "review_on": "G5", "decided_on": "G5", "approved_by": "G5"} {
		s := files(t)
		s.book(1, "云量")
		s.answered(t, "type", 1, "weather_fa", func(gate map[string]any) {
			if delete(gate, member); member == "basis" || member == "purpose" {
				gate[member] = map[string]any{"zh": ""}
			}
		})
		refused(s, test)
	}
	twin := files(t)
	twin.book(1, "天气现象记录")
	twin.answered(t, "field", 1, "weather_fa", whole) // a field's gate brings no ledger
	refused(twin, "不来自任何旧台账")

	s.answered(t, "type", 1, "weather_fa", whole)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := s.install(t, h); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if rows() != before+3 { // its version, its owner, and the department that came with it
		t.Fatalf("installed %d rows", rows()-before)
	}
	before = rows()

	// A new version of it adds a field: by itself, not by the gate of the first.
	s.book(2, "云量", "风力")
	refused(s, "第 2 版", "没有增设记录")
	s.answered(t, "field", 2, "weather_fb", whole)
	if err := s.install(t, h); err != nil || rows() != before+1 {
		t.Fatalf("version 2: %v, %d rows", err, rows()-before)
	}
	before = rows()
	// One that only takes away needs no gate.
	s.book(3, "云量")
	if err := s.install(t, h); err != nil || rows() != before+1 {
		t.Errorf("version 3: %v, %d rows", err, rows()-before)
	}
}

// TestInstallFollowed: a version that comes with the program has what follows from one
// that was decided, once, however many servers start: drafts move to it, and duties
// that have not begun are planned anew.
func TestInstallFollowed(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	const id = "culture-activity"
	draft := h.Begin(t, "officer", id, json.RawMessage(`{"title":"第一次"}`))
	exec(t, h, `insert into duties (prison_id, area_id, ledger, period, target, duty_id, starts_at, ends_at, due_at, planned_due_at, day)
		select $1, $2, l, '2099-01', 1, gen_random_uuid(), at, at, at, at, current_date from (values ('culture-activity', now() + interval '1 day'), ('headcount', now() + interval '1 day'),
			('fire-safety', now() - interval '1 day')) v(l, at)`, h.Prison, h.Area)
	s := files(t)
	for from, to := range map[string]string{`"version": 1`: `"version": 2`, `"version":1`: `"version":2`} {
		raw := s.MapFS["ledgers/"+id+"/v1/ledger.json"].Data
		s.MapFS["ledgers/"+id+"/v1/ledger.json"] = &fstest.MapFile{Data: []byte(strings.Replace(string(raw), from, to, 1))}
	}
	schema := string(s.MapFS["ledgers/"+id+"/v1/schema.json"].Data)
	s.MapFS["ledgers/"+id+"/v1/schema.json"] = &fstest.MapFile{Data: []byte(strings.Replace(schema, "urn:ledger:"+id+":1", "urn:ledger:"+id+":2", 1))}
	for path, f := range s.MapFS {
		if rest, ours := strings.CutPrefix(path, "ledgers/"+id+"/v1/"); ours {
			s.MapFS["ledgers/"+id+"/v2/"+rest] = f
			delete(s.MapFS, path)
		}
	}
	count := func(sql string, args ...any) (n int) {
		t.Helper()
		if err := h.Owner.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	// A type that first came in a later version has one already.
	had := count("select count(*) from river_job where kind = 'version_published'")
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := s.install(t, h); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := count("select count(*) from river_job where kind = 'version_published' and args->>'ledger' = $1 and args->>'version' = '2'", id); n != 1 {
		t.Errorf("%d jobs move drafts", n)
	}
	if n := count("select count(*) from river_job where kind = 'version_published'"); n != had+1 {
		t.Errorf("%d jobs in all, %d before", n, had)
	}
	if ours, others := count("select count(*) from duties where ledger = $1", id), count("select count(*) from duties where ledger <> $1", id); ours != 0 || others != 2 {
		t.Errorf("%d duties of the ledger, %d of others", ours, others)
	}
	if err := h.Proposals.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.Proposals.EachBehind(t.Context(), proposal.Published{Ledger: id, Version: 2}, func(k ledger.Key) error { return h.Ledger.Rebase(t.Context(), k, 2) }); err != nil {
		t.Fatal(err)
	}
	if v, err := h.Ledger.Get(h.As(t.Context(), "officer"), draft.Key); err != nil || v.Entry.Version != 2 {
		t.Errorf("the draft is of version %d: %v", v.Entry.Version, err)
	}
}

// TestInstallRefusalKept: of files that passed no gate it is kept which they were, what
// failed, when, and under whom which server was started, once; nobody changes that, and it
// is read beside the refused proposals.
func TestInstallRefusalKept(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "bureau office")
	s := files(t)
	s.book(1, "云量")
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := s.install(t, c.h); fault.CodeOf(err) != "install_refused" {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s.book(1, "风力")
	if err := s.install(t, c.h); fault.CodeOf(err) != "install_refused" {
		t.Fatal(err)
	}
	if _, err := c.h.Owner.Exec(t.Context(), "update refused_installs set operator = '李四'"); err == nil {
		t.Error("it can be changed")
	}
	if _, err := c.h.Owner.Exec(t.Context(), "truncate refused_installs"); err == nil {
		t.Error("it can be emptied")
	}
	status, body := c.do(t, "GET", "/prisons/"+c.h.Prison.String()+"/proposals", "", nil)
	if status != 200 {
		t.Fatal(status, body)
	}
	digests := map[any]bool{}
	list := body["refused_installs"].([]any)
	for _, x := range list {
		r := x.(map[string]any)
		digests[r["digest"]] = true
		failed := r["failed"].([]any)[0].(map[string]any)
		if r["operator"] != installer.Operator || r["program"] != installer.Program || r["recorded_at"] == "" || !strings.Contains(failed["text"].(map[string]any)["zh"].(string), "天气簿") {
			t.Errorf("%v", r)
		}
	}
	if len(list) != 2 || len(digests) != 2 {
		t.Errorf("two refusals, listed are %v", list)
	}
	if list, err := c.h.Proposals.RefusedInstalls(c.h.As(t.Context(), "inspector"), c.h.Prison); err == nil {
		t.Errorf("read by who reads no proposals: %v", list)
	}
}

// TestInstallUnlike: a version that the house has otherwise under its number stays as
// it is, and is told from those that came as they are.
func TestInstallUnlike(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	unlike := func(title string) (list []string) {
		t.Helper()
		s := files(t)
		s.book(1, title)
		s.answered(t, "type", 1, "weather_fa", func(map[string]any) {})
		c, err := catalog.Load(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.install(t, h); err != nil {
			t.Fatal(err)
		}
		if err := h.Proposals.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, u := range h.Catalog.Unlike(c.Types()) {
			list = append(list, u.ID)
		}
		return list
	}
	if got := unlike("云量"); len(got) > 0 {
		t.Errorf("came as they are: %v", got)
	}
	if got := unlike("风力"); !slices.Equal(got, []string{"weather-book"}) {
		t.Errorf("the house has otherwise: %v", got)
	}
	if f := h.Catalog.Type("weather-book", 1); !strings.Contains(string(f.SchemaJSON), "云量") {
		t.Error("what was published has changed")
	}
}

// TestWaysIn: into the catalogue writes the service's own role and nobody else, and no
// role changes what stands there; what the service writes goes through the gates of
// files and proposals (TestInstallGate, TestGateHeld).
func TestWaysIn(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	const granted = `select coalesce(string_agg(distinct coalesce(r.rolname, 'public') || ' ' || a.privilege_type, ', ' order by coalesce(r.rolname, 'public') || ' ' || a.privilege_type), '')
		from pg_class c cross join lateral (
			select * from aclexplode(c.relacl)
			union all select x.* from pg_attribute f cross join lateral aclexplode(f.attacl) x where f.attrelid = c.oid) a
		left join pg_roles r on r.oid = a.grantee
		where c.oid = 'ledger_versions'::regclass and a.grantee <> c.relowner and a.privilege_type <> 'SELECT'`
	if got := ask(t, h, granted); got != "taizhang_app INSERT" {
		t.Errorf("granted besides reading: %s", got)
	}
	// Nor by another's right: through a membership, or a routine that runs as its owner.
	if got := ask(t, h, `select coalesce(string_agg(rolname, ', ' order by rolname), '') from pg_roles where not rolsuper and rolname <> 'taizhang_app' and rolname !~ '^pg_'
		and oid <> (select relowner from pg_class where oid = 'ledger_versions'::regclass)
		and (has_table_privilege(oid, 'ledger_versions', 'INSERT, UPDATE, DELETE, TRUNCATE') or has_any_column_privilege(oid, 'ledger_versions', 'INSERT, UPDATE'))`); got != "" {
		t.Errorf("these write too: %s", got)
	}
	if got := ask(t, h, `select coalesce(string_agg(p.oid::regprocedure::text, ', '), '') from pg_proc p where p.prosecdef
		and p.prosrc ~* '(insert|update|delete|merge|copy|truncate|execute)' and p.prosrc ~* 'ledger_versions|execute'`); got != "" {
		t.Errorf("routines that write it for whoever calls them: %s", got)
	}
	// The table believes it too.
	for _, role := range []string{"taizhang_verify", "pg_read_all_data"} {
		tx, err := h.Owner.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), "set local role "+role); err != nil {
			t.Fatal(err)
		}
		_, err = tx.Exec(t.Context(), "insert into ledger_versions (ledger, version, schema, definition, form, digest) values ('weather-book', 9, '', '', '', '')")
		if err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", role, err)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNewerInFiles: a house that has version 1 of a type gets version 2 with the
// files, and what was begun under version 1 is judged and filed by it.
func TestNewerInFiles(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	files, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	v1 := files.Type("tool-hazmat", 1)
	exec(t, h, "set session_replication_role = replica")
	exec(t, h, "delete from ledger_versions where ledger = $1", v1.ID)
	exec(t, h, "set session_replication_role = origin")
	exec(t, h, "insert into ledger_versions (ledger, version, schema, definition, form, digest) values ($1, 1, $2, $3, $4, $5)",
		v1.ID, []byte(v1.SchemaJSON), []byte(v1.DefinitionJSON), []byte(v1.FormJSON), v1.Digest[:])
	published := func() (list []int) {
		t.Helper()
		files, err := h.Store.Published(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Catalog.Replace(files, nil); err != nil {
			t.Fatal(err)
		}
		for _, v := range h.Catalog.Versions(v1.ID) {
			list = append(list, v.Version)
		}
		return list
	}
	if got := published(); !slices.Equal(got, []int{1}) {
		t.Fatalf("versions %v", got)
	}
	e := h.Begin(t, "officer", v1.ID, shipped(t, v1.ID, "01", nil))
	r, err := catalog.LoadRegister(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Store.Install(t.Context(), files, r, func(string) string { return "dept_custody" }, nil, installer); err != nil {
		t.Fatal(err)
	}
	if got := published(); !slices.Equal(got, []int{1, 2}) {
		t.Fatalf("versions %v", got)
	}
	res, err := h.Ledger.Check(h.As(t.Context(), "officer"), e.Key, shipped(t, v1.ID, "01", nil))
	if err != nil || e.Version != 1 {
		t.Errorf("version %d: %v", e.Version, err)
	}
	for _, f := range res.Errors {
		if !strings.HasPrefix(f.Code, "person_") && f.Code != "evidence_missing" {
			t.Errorf("%+v", f)
		}
	}
	if e := h.Begin(t, "officer", v1.ID, json.RawMessage("{}")); e.Version != 2 {
		t.Errorf("the next is begun under version %d", e.Version)
	}
}
