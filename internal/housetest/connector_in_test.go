package housetest_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"golang.org/x/text/encoding/simplifiedchinese"

	"taizhang/internal/account"
	"taizhang/internal/catalog"
	"taizhang/internal/connector"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/httpapi"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
)

func rosterConnector(t *testing.T, h *housetest.House, kind connector.Kind) connector.Connector {
	return connector.Connector{ID: "duty-roster", Title: fault.Text{ZH: "值班安排", EN: "Duty roster"}, Kind: kind, System: "ext:duty-roster", Prison: h.Prison.String(),
		Target: connector.Rosters, Secret: secretFile(t, "roster-token"), Key: "/编号", Version: "/修改时间", Deleted: "/取消",
		Fields: map[string]string{"person": "/警号", "area": "/监区", "day": "/日期", "shift": "/班次"}}
}

func post(t *testing.T, h *housetest.House, who string) {
	t.Helper()
	p := h.Person(who)
	exec(t, h, "insert into postings (posting_id, person_id, role, prison_id, area_id) values ($1, $2, $3, $4, $5)", uuid.New(), p.PersonID, p.Postings[0].Role, h.Prison, nullable(p.Postings[0].AreaID))
}

func nullable(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func pushed(t *testing.T, records ...person) []byte {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"records": records})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func idemOf(key string, body []byte) ledger.Idem {
	return ledger.Idem{Key: key, Route: "push", BodyHash: sha256.Sum256(body)}
}

// TestOrder tells the versions of one inmate in every order, each one twice: the
// greatest stands.
func TestOrder(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := rollConnector(t, h, connector.Push)
	s := connect(t, h, c)
	var n int
	permute([]int{1, 2, 3}, func(order []int) {
		n++
		for i, v := range append(slices.Clone(order), order...) {
			who := held(n, v, []string{"", "01", "02", "01"}[v], person{"lj": map[int]string{3: "2026-10-01"}[v]})
			body := pushed(t, who)
			if _, err := s.Receive(t.Context(), c.ID, "the-token", body, idemOf(fmt.Sprintf("order-%d-%d", n, i), body)); err != nil {
				t.Fatal(err)
			}
		}
		if got := ask(t, h, `select a.code || ' ' || i.released_on from inmates i join areas a using (prison_id, area_id) where inmate_no = $1`, fmt.Sprintf("%010d", n)); got != "A1 2026-10-01" {
			t.Errorf("%v: %s", order, got)
		}
	})
	if got := ask(t, h, "select count(*) || ' ' || count(distinct key) from source_records"); got != "18 6" {
		t.Errorf("versions: %s", got)
	}
}

func permute(list []int, fn func([]int)) {
	if len(list) == 1 {
		fn(list)
		return
	}
	for i := range list {
		rest := append(slices.Clone(list[:i]), list[i+1:]...)
		permute(rest, func(r []int) { fn(append([]int{list[i]}, r...)) })
	}
}

// asking makes the whole stack with connectors, and signs in two administrators.
func asking(t *testing.T, h *housetest.House, s *connector.Service) *client {
	t.Helper()
	for who, role := range map[string]string{"system admin": "system_admin", "security admin": "security_admin", "officer": "officer"} {
		p := h.Person(who)
		exec(t, h, "insert into users (user_id, person_id, password) values ($1, $2, $3)", uuid.New(), p.PersonID, account.Hash("a password"))
		exec(t, h, "insert into postings (posting_id, person_id, role, prison_id, area_id) values ($1, $2, $3, $4, $5)", uuid.New(), p.PersonID, role, h.Prison, nullable(p.Postings[0].AreaID))
	}
	api := &httpapi.API{Ledger: h.Ledger, Duty: h.Duty, Catalog: h.Catalog, House: h.Store, Log: slog.New(slog.DiscardHandler), Static: fstest.MapFS{}, Connectors: s,
		Accounts: &account.Service{Store: postgres.Accounts{Store: h.Store}, Now: time.Now, Idle: time.Hour, Absolute: time.Hour}}
	server := httptest.NewServer(api.New())
	t.Cleanup(server.Close)
	return &client{Client: &http.Client{}, base: server.URL + "/api/v1", h: h}
}

// TestPush sends records as another system does: with its own token, one key a
// request, twice at once, and hostile.
func TestPush(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := rollConnector(t, h, connector.Push)
	c.Areas = nil
	s := connect(t, h, c)
	other := asking(t, h, s)
	at, auth := "/connectors/inmate-master/records", func(key string) map[string]string {
		return map[string]string{"Authorization": "Bearer the-token", "Idempotency-Key": key}
	}
	body := string(pushed(t, held(1, 1, "A1"), held(2, 1, "A7")))
	var wg sync.WaitGroup
	runs := make([]any, 4)
	for i := range runs {
		wg.Go(func() {
			status, out := other.do(t, "POST", at, body, auth("push-0001"))
			if status != 200 || out["read"] != 2.0 || out["changed"] != 1.0 || len(out["rejected"].([]any)) != 1 {
				t.Errorf("%d %v", status, out)
			}
			runs[i] = out["run"]
		})
	}
	wg.Wait()
	if runs[0] != runs[1] || runs[1] != runs[2] || runs[2] != runs[3] {
		t.Errorf("one key, many runs: %v", runs)
	}
	if got := ask(t, h, "select count(*) || ' ' || (select count(*) from connector_runs) || ' ' || (select count(*) from connector_rejected) from inmates"); got != "1 1 1" {
		t.Errorf("inmates, runs, rejected: %s", got)
	}
	many := make([]person, 1001)
	for i := range many {
		many[i] = held(i, 1, "A1")
	}
	for name, k := range map[string]struct {
		at, body string
		headers  map[string]string
		status   int
		code     string
	}{
		"another body":       {at, string(pushed(t, held(3, 1, "A1"))), auth("push-0001"), 422, "idempotency_key_reused"},
		"no key":             {at, body, map[string]string{"Authorization": "Bearer the-token"}, 428, "key_required"},
		"no token":           {at, body, map[string]string{"Idempotency-Key": "push-0002"}, 401, "connector_token"},
		"a wrong token":      {at, body, map[string]string{"Idempotency-Key": "push-0002", "Authorization": "Bearer the-tokem"}, 401, "connector_token"},
		"an empty token":     {"/connectors/nobody/records", body, map[string]string{"Idempotency-Key": "push-0002", "Authorization": "Bearer "}, 401, "connector_token"},
		"no such connector":  {"/connectors/nobody/records", body, auth("push-0002"), 401, "connector_token"},
		"no records":         {at, `{"data":[]}`, auth("push-0002"), 400, "bad_records"},
		"records of another": {at, `{"records":7}`, auth("push-0002"), 400, "bad_records"},
		"null":               {at, `{"records":null}`, auth("push-0002"), 400, "bad_records"},
		"no JSON":            {at, `{"records":[`, auth("push-0002"), 400, "bad_records"},
		"a thousand and one": {at, string(pushed(t, many...)), auth("push-0002"), 400, "bad_records"},
	} {
		if status, out := other.do(t, "POST", k.at, k.body, k.headers); status != k.status || out["code"] != k.code {
			t.Errorf("%s: %d %v", name, status, out)
		}
	}
	// What is in the records may be anything: rejected, never a fault.
	if status, out := other.do(t, "POST", at, `{"records":[null,7,"x",[],{"id":{"a":1}},{"id":"a","ver":1e400}]}`, auth("push-0003")); status != 200 || len(out["rejected"].([]any)) != 6 {
		t.Errorf("%d %v", status, out)
	}
}

// TestDropPlace: where on the machine files are dropped, only who keeps the connector
// reads; others read the folder's name.
func TestDropPlace(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	drop := rosterConnector(t, h, connector.Drop)
	drop.Folder = filepath.Join(t.TempDir(), "roster")
	c := asking(t, h, connect(t, h, drop))
	for who, place := range map[string]string{"system admin": drop.Folder, "security admin": "roster"} {
		_, out := c.as(t, who).do(t, "GET", "/prisons/"+h.Prison.String()+"/connectors", "", nil)
		if list, _ := out["connectors"].([]any); len(list) != 1 || list[0].(map[string]any)["place"] != place {
			t.Errorf("%s reads %v", who, out)
		}
	}
}

// TestKeepers asks as the two administrators and as an officer: who keeps it may
// act, who watches sees, others are refused; no secret and no record is shown.
func TestKeepers(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	src := newSource(t, []person{held(1, 1, "01"), held(2, 1, "77")})
	pull, push := rollConnector(t, h, connector.Pull), rosterConnector(t, h, connector.Push)
	pull.URL = src.URL + "/roll?token=in-the-address"
	s := connect(t, h, pull, push)
	tick(t, h, s)
	c := asking(t, h, s)
	system, security, officer := c.as(t, "system admin"), c.as(t, "security admin"), c.as(t, "officer")
	in := "/prisons/" + h.Prison.String()
	status, out := system.do(t, "GET", in+"/connectors", "", nil)
	raw := string(mustJSON(t, out))
	if status != 200 || strings.Contains(raw, "token") || !strings.Contains(raw, `"actions":["run","pause"]`) || !strings.Contains(raw, `"open_rejections":1`) {
		t.Errorf("%d %s", status, raw)
	}
	if _, out = system.do(t, "GET", in+"/connectors/inmate-master/rejected", "", nil); strings.Contains(string(mustJSON(t, out)), "张三") {
		t.Errorf("a record is shown: %v", out)
	}
	if _, out = security.do(t, "GET", in+"/connectors", "", nil); !strings.Contains(string(mustJSON(t, out)), `"actions":[]`) {
		t.Errorf("security: %v", out)
	}
	for _, path := range []string{"/connectors/inmate-master/runs", "/connectors/inmate-master/rejected", "/connectors/inmate-master/rejected?format=csv", "/outbox"} {
		if status, _ := security.do(t, "GET", in+path, "", nil); status != 200 {
			t.Errorf("security %s: %d", path, status)
		}
		if status, _ := officer.do(t, "GET", in+path, "", nil); status != 403 {
			t.Errorf("officer %s: %d", path, status)
		}
	}
	acts := []struct {
		who          *client
		method, path string
		body         string
		status       int
		code         any
	}{
		{security, "POST", "/connectors/inmate-master/run", "", 403, "forbidden"},
		{officer, "PUT", "/connectors/inmate-master/paused", `{"paused":true}`, 403, "forbidden"},
		{system, "POST", "/connectors/inmate-master/run", "", 204, nil},
		{system, "PUT", "/connectors/inmate-master/paused", `{"paused":true}`, 204, nil},
		{system, "POST", "/connectors/inmate-master/run", "", 409, "connector_paused"},
		{system, "POST", "/connectors/duty-roster/run", "", 409, "connector_not_ours"},
		{system, "POST", "/connectors/nobody/run", "", 404, "not_found"},
		{system, "POST", "/outbox/" + uuid.NewString() + "/send", "", 404, "not_found"},
	}
	for _, a := range acts {
		if status, out := a.who.do(t, a.method, in+a.path, a.body, nil); status != a.status || out["code"] != a.code {
			t.Errorf("%s %s: %d %v", a.method, a.path, status, out)
		}
	}
	if got := ask(t, h, "select string_agg(kind, ' ' order by recorded_at) from custody_events"); got != "connector_run connector_pause" {
		t.Errorf("kept acts: %s", got)
	}
	src.takeAsked()
	tick(t, h, s)
	if len(src.takeAsked()) != 0 {
		t.Error("a paused connector asks")
	}
	// Its file gone, it stays to be seen and does nothing.
	tick(t, h, connect(t, h, push))
	if _, out = system.do(t, "GET", in+"/connectors", "", nil); !strings.Contains(string(mustJSON(t, out)), `"configured":false`) {
		t.Errorf("%v", out)
	}
	if status, out := system.do(t, "PUT", in+"/connectors/inmate-master/paused", `{"paused":false}`, nil); status != 409 || out["code"] != "connector_gone" {
		t.Errorf("%d %v", status, out)
	}
}

// TestDrop lays files into a folder as people and programs do.
func TestDrop(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	post(t, h, "officer")
	post(t, h, "second officer")
	c := rosterConnector(t, h, connector.Drop)
	c.Folder = t.TempDir()
	s := connect(t, h, c)
	now := time.Now()
	s.Now = func() time.Time { return now }
	lay := func(name, text string) {
		t.Helper()
		file := filepath.Join(c.Folder, name)
		if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, now, now); err != nil {
			t.Fatal(err)
		}
	}
	look := func() {
		t.Helper()
		tick(t, h, s)
		now = now.Add(6 * time.Second)
		tick(t, h, s)
	}
	has := func(name string) bool {
		_, err := os.Stat(filepath.Join(c.Folder, name))
		return err == nil
	}
	const header = "编号,修改时间,警号,监区,日期,班次,取消\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(header + "1,2026-11-20 08:00:00,0000001,A1,2026/11/26,白班,\n2,2026-11-20 08:00:00,0000002,A1,2026-11-26,夜班,否\n")
	if err != nil {
		t.Fatal(err)
	}
	lay("a.csv", gb)
	lay("b.csv.part", header)
	lay("c.csv", "\xef\xbb\xbf"+header+"3,2026-11-20 08:00:00,0000002,A2,20261127,白班,\n4,2026-11-20 08:00:00,9999999,A1,20261127,白班,\n")
	lay("d.csv", "甲,乙\n1,2\n")
	lay("e.csv", header+"\"1,2\n")
	lay("f.csv", header+"1,2\n")
	lay("g.csv", "\xff\xff\xff")
	if err := os.Symlink("/etc/passwd", filepath.Join(c.Folder, "h.csv")); err != nil {
		t.Fatal(err)
	}
	// Looked at once, nothing is certain: somebody may still be writing.
	tick(t, h, s)
	if !has("a.csv") {
		t.Error("taken at first sight")
	}
	lay("a.csv", gb+" ")
	now = now.Add(time.Second)
	tick(t, h, s)
	if !has("a.csv") {
		t.Error("taken while it grew")
	}
	lay("a.csv", gb)
	look()
	for _, name := range []string{"done/a.csv", "done/c.csv", "failed/d.csv", "failed/e.csv", "failed/f.csv", "failed/g.csv", "b.csv.part", "h.csv"} {
		if !has(name) {
			t.Errorf("no %s", name)
		}
	}
	const rota = `select string_agg(p.number || ' ' || a.code || ' ' || r.day || ' ' || r.shift, ', ' order by p.number, r.day) from delivered_rosters r join persons p using (person_id) join areas a using (prison_id, area_id)`
	if got := ask(t, h, rota); got != "0000001 A1 2026-11-26 白班, 0000002 A1 2026-11-26 夜班, 0000002 A2 2026-11-27 白班" {
		t.Errorf("rosters: %s", got)
	}
	raw, err := os.ReadFile(filepath.Join(c.Folder, "done/c.csv.result.json"))
	if err != nil || !strings.Contains(string(raw), `"row": 3`) || !strings.Contains(string(raw), "本监狱没有这个警号") {
		t.Errorf("%v %s", err, raw)
	}
	if raw, err = os.ReadFile(filepath.Join(c.Folder, "failed/d.csv.result.json")); err != nil || !strings.Contains(string(raw), "bad_header") {
		t.Errorf("%v %s", err, raw)
	}
	// Changed and cancelled; the versions stay.
	lay("n.csv", header+"1,2026-11-21 08:00:00,0000001,A2,2026-11-26,白班,\n2,2026-11-21 08:00:00,0000002,A1,2026-11-26,夜班,是\n")
	look()
	if got := ask(t, h, rota); got != "0000001 A2 2026-11-26 白班, 0000002 A2 2026-11-27 白班" {
		t.Errorf("rosters: %s", got)
	}
	if n := ask(t, h, "select count(*)::text from source_records"); n != "5" {
		t.Errorf("%s versions", n)
	}
	// The same bytes once more are known, whatever they are called.
	runs := ask(t, h, "select count(*)::text from connector_runs")
	lay("a.csv", gb)
	look()
	if again := ask(t, h, "select count(*)::text from connector_runs"); again != runs || has("a.csv") {
		t.Errorf("%s runs, then %s", runs, again)
	}
	if d, err := os.ReadDir(filepath.Join(c.Folder, "done")); err != nil || len(d) != 8 {
		t.Errorf("%d files in done, %v", len(d), err)
	}
}

// TestDropGoesOn: a file that cannot be put away under its own name holds up no
// other, and one that failed is read again once it is laid there again: what was
// wrong may have been the columns named in the configuration.
func TestDropGoesOn(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	post(t, h, "officer")
	c := rosterConnector(t, h, connector.Drop)
	c.Folder = t.TempDir()
	now := time.Now()
	lay := func(name, text string) {
		t.Helper()
		file := filepath.Join(c.Folder, name)
		if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, now, now); err != nil {
			t.Fatal(err)
		}
	}
	look := func(s *connector.Service) {
		t.Helper()
		s.Now = func() time.Time { return now }
		tick(t, h, s)
		now = now.Add(6 * time.Second)
		tick(t, h, s)
	}
	const header = "编号,修改时间,警号,监区,日期,班次,取消\n"
	const row = "1,2026-11-20 08:00:00,0000001,A1,2026-11-26,白班,\n"
	s := connect(t, h, c)
	long := strings.Repeat("值", 83)
	lay(long+".csv", header+row)
	lay(strings.Repeat("班", 83)+".csv", "甲,乙\n1,2\n")
	lay("龘.csv", header+"2,2026-11-20 08:00:00,0000001,A1,2026-11-27,夜班,\n")
	look(s)
	if n := ask(t, h, "select count(*)::text from delivered_rosters"); n != "2" {
		t.Errorf("%s rosters: the file behind one with a long name was not taken in", n)
	}
	for dir, want := range map[string]int{".": 2, "done": 4, "failed": 2} {
		if d, err := os.ReadDir(filepath.Join(c.Folder, dir)); err != nil || len(d) != want {
			t.Errorf("%s holds %d, want %d: %v", dir, len(d), want, err)
		}
	}
	old := strings.Replace(header, "取消", "注销", 1) + "3,2026-11-20 08:00:00,0000001,A1,2026-11-28,白班,\n"
	lay("old.csv", old)
	look(s)
	c.Deleted = "/注销"
	s = connect(t, h, c)
	lay("old.csv", old)
	look(s)
	if n := ask(t, h, "select count(*)::text from delivered_rosters"); n != "3" {
		t.Errorf("%s rosters: what failed under the old columns was not read again", n)
	}

	// No room where it belongs: it failed once, and is put away when there is.
	runs := func() string { return ask(t, h, "select count(*)::text from connector_runs") }
	failed := filepath.Join(c.Folder, "failed")
	if err := os.Rename(failed, failed+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(failed, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	stuck := func() {
		t.Helper()
		now = now.Add(6 * time.Second)
		if err := s.Tick(t.Context()); err == nil {
			t.Error("nobody is told that the file cannot be put away")
		}
	}
	before := runs()
	lay("stuck.csv", "甲,乙\n3,4\n")
	tick(t, h, s)
	stuck()
	once := runs()
	for range 5 {
		stuck()
	}
	if once == before || runs() != once {
		t.Errorf("%s runs before, %s when it failed, %s while it lay there", before, once, runs())
	}
	if err := os.Remove(failed); err != nil {
		t.Fatal(err)
	}
	look(s)
	if d, err := os.ReadDir(failed); err != nil || len(d) != 2 || runs() != once {
		t.Errorf("with room again %d are put away after %s runs: %v", len(d), runs(), err)
	}
	lay("stuck.csv", "甲,乙\n3,4\n")
	look(s)
	if runs() == once {
		t.Error("laid there again, it was not read again")
	}
}

// TestSourcedField pins what a connector delivered: whatever is typed, sent or
// said later, the entry keeps it and shows that the source says otherwise.
func TestSourcedField(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	officer := h.As(ctx, "officer")
	draft := func(e ledger.Entry) ledger.DraftBody {
		t.Helper()
		v, err := h.Ledger.Get(officer, e.Key)
		if err != nil {
			t.Fatal(err)
		}
		return *v.Draft
	}
	field := func(d ledger.DraftBody, name string) string {
		t.Helper()
		var body map[string]any
		if err := json.Unmarshal(d.Body, &body); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(body[name])
	}
	sent := json.RawMessage(`{"expected_count":5,"counted_at":"` + time.Now().In(catalog.Zone).Format(time.RFC3339) + `"}`)
	// No connector: typed by hand, and nothing is pinned.
	if d := draft(h.Begin(t, "officer", "headcount", sent)); len(d.Pins) != 0 || field(d, "expected_count") != "5" {
		t.Errorf("without a connector: %s %v", d.Body, d.Pins)
	}
	src := newSource(t, []person{held(1, 1, "01", person{"dq": "2027-02-01"}), held(2, 1, "01", person{"dq": "2028-02-01"}), held(3, 1, "02")})
	c := rollConnector(t, h, connector.Pull)
	c.URL = src.URL
	s := connect(t, h, c)
	if d := draft(h.Begin(t, "officer", "headcount", sent)); len(d.Pins) != 0 {
		t.Errorf("configured, nothing delivered: %v", d.Pins)
	}
	tick(t, h, s)
	run := last(t, h, s, c.ID)
	var e ledger.Entry
	for _, body := range []json.RawMessage{nil, sent} {
		e = h.Begin(t, "officer", "headcount", body)
		d := draft(e)
		if len(d.Pins) != 1 || d.Pins[0].Origin == nil || d.Pins[0].Origin.System != "ext:inmate-master" || d.Pins[0].Origin.Run != run.ID || d.Pins[0].Corrected || field(d, "expected_count") != "2" {
			t.Fatalf("%s: %s %+v", body, d.Body, d.Pins)
		}
	}
	// Typed over, it still counts as pinned.
	out, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag, e.Version, json.RawMessage(`{"expected_count":99}`), ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := h.Ledger.Check(officer, e.Key, json.RawMessage(`{"expected_count":99}`))
	if err != nil || fmt.Sprint(res.Document.Value["expected_count"]) != "2" {
		t.Errorf("%v %v", res.Document.Value, err)
	}
	// The source corrects itself: shown, taken over by the officer's own act only.
	src.set(func() { src.pages = [][]person{{held(2, 2, "02")}} })
	tick(t, h, s)
	if d := draft(e); !d.Pins[0].Corrected || string(d.Pins[0].Value) != "2" {
		t.Errorf("after the correction: %+v", d.Pins)
	}
	if _, err := h.Ledger.Retake(officer, e.Key, out.Entry.ETag, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if d := draft(e); d.Pins[0].Corrected || string(d.Pins[0].Value) != "1" {
		t.Errorf("taken anew: %+v", d.Pins)
	}
	// A day the source has said nothing of is the officer's.
	before := json.RawMessage(`{"expected_count":5,"counted_at":"` + time.Now().AddDate(0, 0, -3).In(catalog.Zone).Format(time.RFC3339) + `"}`)
	if d := draft(h.Begin(t, "officer", "headcount", before)); len(d.Pins) != 0 || field(d, "expected_count") != "5" {
		t.Errorf("three days ago: %s %v", d.Body, d.Pins)
	}
	// Of one inmate: the pin follows the inmate named, and never speaks of another.
	e = h.Begin(t, "officer", "release-preparation", json.RawMessage(`{"inmate_ref":"0000000001","release_on":"2030-01-01"}`))
	if d := draft(e); len(d.Pins) != 1 || d.Pins[0].Origin.Record != "R-1" || field(d, "release_on") != "2027-02-01" {
		t.Fatalf("%s %+v", d.Body, d.Pins)
	}
	other, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag, e.Version, json.RawMessage(`{"inmate_ref":"0000000003","release_on":"2030-01-01"}`), ledger.Idem{})
	if err != nil || !other.Retaken {
		t.Fatalf("another inmate: %+v %v", other, err)
	}
	if d := draft(e); len(d.Pins) != 0 {
		t.Errorf("another inmate: %+v", d.Pins)
	}
	// With a record that nobody could map, the roll is not put over the officer's count.
	src.set(func() { src.pages = [][]person{{held(9, 1, "77")}} })
	tick(t, h, s)
	if d := draft(h.Begin(t, "officer", "headcount", sent)); len(d.Pins) != 0 || field(d, "expected_count") != "5" {
		t.Errorf("with a rejected record: %s %v", d.Body, d.Pins)
	}
	src.set(func() { src.pages = [][]person{{held(9, 2, "01")}} })
	tick(t, h, s)
	if d := draft(h.Begin(t, "officer", "headcount", sent)); len(d.Pins) != 1 || field(d, "expected_count") != "2" {
		t.Errorf("mended: %s %v", d.Body, d.Pins)
	}
	// The file gone, it is typed by hand again; what was pinned stays.
	connect(t, h)
	if d := draft(h.Begin(t, "officer", "headcount", sent)); len(d.Pins) != 0 {
		t.Errorf("without its file: %v", d.Pins)
	}
}

// TestSentBodyIsPinned: a creation that brings its own body takes the pins of its
// day, and they win.
func TestSentBodyIsPinned(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	counted(t, h, ledger.Entry{}, 61, "")
	at := time.Now().In(catalog.Zone)
	for _, test := range []struct {
		days int
		want string
		pins int
	}{{0, "61", 1}, {-2, "7", 0}} {
		name := strings.TrimPrefix(h.Catalog.Current("duty-log").OccurredAt, "/")
		ends := at.AddDate(0, 0, test.days)
		body := fmt.Sprintf(`{"inmate_count":7,"shift_start":%q,%q:%q}`, ends.Add(-8*time.Hour).Format(time.RFC3339), name, ends.Format(time.RFC3339))
		e := h.Begin(t, "officer", "duty-log", json.RawMessage(body))
		v, err := h.Ledger.Get(h.As(t.Context(), "officer"), e.Key)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(v.Draft.Body, &got); err != nil || fmt.Sprint(got["inmate_count"]) != test.want {
			t.Errorf("%d days: %s %v", test.days, v.Draft.Body, err)
		}
		n := 0
		for _, p := range v.Draft.Pins {
			if p.Field == "/inmate_count" {
				n++
			}
		}
		if n != test.pins {
			t.Errorf("%d days: %+v", test.days, v.Draft.Pins)
		}
	}
}
