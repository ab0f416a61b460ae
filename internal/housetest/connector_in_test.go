package housetest_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/account"
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
