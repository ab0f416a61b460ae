package housetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"taizhang/internal/connector"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/outbound"
	"taizhang/internal/postgres"
)

// person of a source's roll, as that system writes it.
type person map[string]any

// source is another system: a real server with pages, a token and moods.
type source struct {
	*httptest.Server
	mu    sync.Mutex
	pages [][]person
	etag  string
	mood  func(w http.ResponseWriter, page int) bool // true: it has answered
	asked []string                                   // the pages asked for, with what was known
}

func newSource(t *testing.T, pages ...[]person) *source {
	s := &source{pages: pages}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		s.asked = append(s.asked, fmt.Sprintf("%d %s", page, r.Header.Get("If-None-Match")))
		if r.Header.Get("Authorization") != "Bearer the-token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if s.mood != nil && s.mood(w, page) {
			return
		}
		if s.etag != "" {
			w.Header().Set("ETag", s.etag)
			if r.Header.Get("If-None-Match") == s.etag && page == 0 {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		out := map[string]any{"data": map[string]any{"list": s.pages[page]}}
		if page+1 < len(s.pages) {
			out["next"] = page + 1
		}
		_ = json.NewEncoder(w).Encode(out)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *source) set(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn()
}

func (s *source) takeAsked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.asked
	s.asked = nil
	return a
}

func held(n, version int, area string, more ...person) person {
	p := person{"id": fmt.Sprintf("R-%d", n), "ver": version, "no": fmt.Sprintf("%010d", n), "xm": "张三", "jq": area, "rj": "2024-03-01"}
	for _, m := range more {
		for k, v := range m {
			p[k] = v
		}
	}
	return p
}

func secretFile(t *testing.T, text string) *connector.Secret {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return &connector.Secret{File: file}
}

func rollConnector(t *testing.T, h *housetest.House, kind connector.Kind) connector.Connector {
	return connector.Connector{ID: "inmate-master", Title: fault.Text{ZH: "罪犯信息", EN: "Roll"}, Kind: kind, System: "ext:inmate-master", Prison: h.Prison.String(),
		Target: connector.Inmates, Every: 60, Secret: secretFile(t, "the-token"), Paging: &connector.Paging{Items: "/data/list", Next: "/next", Param: "page"},
		Key: "/id", Version: "/ver", Deleted: "/gone",
		Fields: map[string]string{"number": "/no", "name": "/xm", "area": "/jq", "admitted": "/rj", "released": "/lj", "release_on": "/dq"},
		Areas:  map[string]string{"01": "A1", "02": "A2", "99": "A9"}}
}

func connect(t *testing.T, h *housetest.House, list ...connector.Connector) *connector.Service {
	t.Helper()
	set := connector.Set{}
	for _, c := range list {
		set[c.ID] = c
	}
	s := &connector.Service{Store: postgres.Connectors{Store: h.Store}, Access: h.Access, Out: &outbound.Client{Timeout: 500 * time.Millisecond}, Set: set, Now: time.Now,
		Log: slog.New(slog.DiscardHandler)}
	if err := s.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// tick makes everything due and looks at it.
func tick(t *testing.T, h *housetest.House, s *connector.Service) {
	t.Helper()
	exec(t, h, "update connectors set next_at = now() - interval '1 second'")
	exec(t, h, "update outbox set next_at = now() - interval '1 second' where state = 'waiting'")
	if err := s.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func exec(t *testing.T, h *housetest.House, sql string, args ...any) {
	t.Helper()
	if _, err := h.Owner.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, h *housetest.House, sql string, args ...any) string {
	t.Helper()
	var s *string
	if err := h.Owner.QueryRow(t.Context(), sql, args...).Scan(&s); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	if s == nil {
		return ""
	}
	return *s
}

func last(t *testing.T, h *housetest.House, s *connector.Service, id string) connector.Run {
	t.Helper()
	list, err := s.Runs(h.As(t.Context(), "system admin"), h.Prison, id)
	if err != nil || len(list) == 0 {
		t.Fatalf("no run: %v", err)
	}
	return list[0]
}

const rollOf = `select string_agg(i.inmate_no || ' ' || a.code || coalesce(' out ' || i.released_on, ''), ', ' order by i.inmate_no) from inmates i join areas a using (prison_id, area_id)`

// TestPullRoll pulls a paged roll: upserted by key and version, older news heard
// late changes nothing, whoever is gone was released and stays.
func TestPullRoll(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	src := newSource(t, []person{held(1, 1, "01"), held(2, 1, "01")}, []person{held(3, 1, "02")})
	c := rollConnector(t, h, connector.Pull)
	c.URL = src.URL + "/roll?state=held"
	s := connect(t, h, c)
	tick(t, h, s)
	if got := ask(t, h, rollOf); got != "0000000001 A1, 0000000002 A1, 0000000003 A2" {
		t.Errorf("roll: %s", got)
	}
	if r := last(t, h, s, c.ID); r.State != "done" || r.Read != 3 || r.Changed != 3 || r.Rejected != 0 {
		t.Errorf("run: %+v", r)
	}
	if n := ask(t, h, "select count(*)::text from log_leaves where kind = 'connector_run'"); n != "1" {
		t.Errorf("%s leaves", n)
	}
	// Not due again for a minute.
	src.takeAsked()
	if err := s.Tick(t.Context()); err != nil || len(src.takeAsked()) != 0 {
		t.Errorf("asked too early: %v", err)
	}
	// 2 moves, 3 is gone, 1 is told in an older version than is known.
	src.set(func() {
		src.pages = [][]person{{held(2, 3, "02"), held(1, 0, "02", person{"xm": "李四"}), held(3, 2, "02", person{"gone": true, "lj": "2026-11-01"})}}
		src.etag = `"v2"`
	})
	tick(t, h, s)
	if got := ask(t, h, rollOf); got != "0000000001 A1, 0000000002 A2, 0000000003 A2 out 2026-11-01" {
		t.Errorf("roll: %s", got)
	}
	if r := last(t, h, s, c.ID); r.Changed != 2 || r.Unchanged != 1 {
		t.Errorf("run: %+v", r)
	}
	// One page, unchanged: asked with its tag, answered with 304, a run all the same.
	src.takeAsked()
	tick(t, h, s)
	if asked := src.takeAsked(); len(asked) != 1 || asked[0] != `0 "v2"` {
		t.Errorf("asked %v", asked)
	}
	if r := last(t, h, s, c.ID); r.State != "done" || r.Read != 0 {
		t.Errorf("run: %+v", r)
	}
	// The first of several pages says nothing of the others: no tag is sent.
	src.set(func() { src.pages, src.etag = [][]person{{held(2, 3, "02")}, {held(4, 1, "01")}}, `"v3"` })
	tick(t, h, s)
	tick(t, h, s)
	if asked := src.takeAsked(); fmt.Sprint(asked) != `[0 "v2" 1  0  1 ]` {
		t.Errorf("asked %q", asked)
	}
}

// TestRejected keeps what cannot be mapped, with its reason, and holds back nothing else.
func TestRejected(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	src := newSource(t, []person{held(1, 1, "01"), held(2, 1, "77"), held(3, 1, "99"), held(4, 1, "01", person{"rj": "昨天"}), held(5, 1, "01", person{"no": "12"}),
		held(6, 1, "01", person{"id": ""}), held(7, 1, "01", person{"ver": "新"}), held(8, 1, "01", person{"no": "0000000001"}), held(9, 1, "01", person{"gone": "是"}),
		held(1, 1, "02"), held(10, 1, "01", person{"lj": "2020-01-01"}), {"id": "nul", "xm": "a\x00b"}})
	c := rollConnector(t, h, connector.Pull)
	c.URL = src.URL
	s := connect(t, h, c)
	tick(t, h, s)
	if got := ask(t, h, rollOf); got != "0000000001 A1" {
		t.Errorf("roll: %s", got)
	}
	admin := h.As(t.Context(), "system admin")
	list, err := s.Rejected(admin, h.Prison, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	got := map[int]string{}
	for _, r := range list {
		got[r.Number] = r.Problems[0].Pointer + " " + r.Problems[0].Code
	}
	want := map[int]string{2: "/jq area_unmapped", 3: "/jq area_unknown", 4: "/rj date", 5: "/no number", 6: "/id key", 7: "/ver version", 8: "/no number_taken",
		9: "/lj release_date", 10: "/ver version_reused", 11: "/lj release_date", 12: " unreadable"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if r := last(t, h, s, c.ID); r.Read != 12 || r.Changed != 1 || r.Rejected != 11 {
		t.Errorf("run: %+v", r)
	}
	// Said better by the source, it is mended; the rejection stays.
	src.set(func() { src.pages = [][]person{{held(2, 2, "02"), held(3, 1, "02")}} })
	tick(t, h, s)
	if list, err = s.Rejected(admin, h.Prison, c.ID); err != nil {
		t.Fatal(err)
	}
	mended := 0
	for _, r := range list {
		if r.Mended {
			mended++
		}
	}
	if len(list) != 11 || mended != 2 {
		t.Errorf("%d rejected, %d mended", len(list), mended)
	}
	if got := ask(t, h, rollOf); got != "0000000001 A1, 0000000002 A2, 0000000003 A2" {
		t.Errorf("roll: %s", got)
	}
	for _, sql := range []string{"update connector_rejected set key = ''", "delete from connector_rejected", "update connector_runs set read = 0", "delete from source_records", "delete from inmates"} {
		if _, err := h.Store.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("the service may %s", sql)
		}
	}
}

// TestSourceFails lets the source fail in every way it can: a run that says so,
// a longer and longer wait, and no record lost or doubled when it recovers.
func TestSourceFails(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	src := newSource(t, []person{held(1, 1, "01")}, []person{held(2, 1, "01")})
	c := rollConnector(t, h, connector.Pull)
	c.URL = src.URL
	s := connect(t, h, c)
	gone := make(chan struct{})
	t.Cleanup(func() { close(gone) })
	moods := []struct {
		name string
		mood func(http.ResponseWriter, int) bool
		want connector.Trouble
	}{
		{"500 on page 2", func(w http.ResponseWriter, page int) bool {
			if page == 1 {
				w.WriteHeader(500)
			}
			return page == 1
		}, connector.BadStatus},
		{"slow", func(http.ResponseWriter, int) bool {
			select {
			case <-gone:
			case <-time.After(2 * time.Second):
			}
			return true
		}, connector.Unreachable},
		{"HTML", func(w http.ResponseWriter, _ int) bool { _, _ = io.WriteString(w, "<html>"); return true }, connector.Unreadable},
		{"no list", func(w http.ResponseWriter, _ int) bool { _, _ = io.WriteString(w, `{"data":{}}`); return true }, connector.Unreadable},
		{"a redirect", func(w http.ResponseWriter, _ int) bool {
			w.Header().Set("Location", "http://169.254.169.254/")
			w.WriteHeader(302)
			return true
		}, connector.Redirected},
		{"pages without end", func(w http.ResponseWriter, _ int) bool {
			_, _ = io.WriteString(w, `{"data":{"list":[]},"next":1}`)
			return true
		}, connector.Loops},
		{"cut off", func(w http.ResponseWriter, _ int) bool {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"data"`)
			return true
		}, connector.Unreachable},
	}
	wait := ""
	for _, m := range moods {
		src.set(func() { src.mood = m.mood })
		tick(t, h, s)
		if r := last(t, h, s, c.ID); r.State != "failed" || r.Problem != m.want {
			t.Errorf("%s: %s %s", m.name, r.State, r.Problem)
		}
		now := ask(t, h, "select to_char(next_at - now(), 'HH24:MI:SS') from connectors")
		if now <= wait {
			t.Errorf("%s: waits %s after %s", m.name, now, wait)
		}
		wait = now
	}
	src.set(func() { src.mood = nil })
	tick(t, h, s)
	if r := last(t, h, s, c.ID); r.State != "done" || r.Read != 2 {
		t.Errorf("%+v", r)
	}
	if got := ask(t, h, rollOf); got != "0000000001 A1, 0000000002 A1" {
		t.Errorf("roll: %s", got)
	}
	if n := ask(t, h, "select count(*)::text from source_records"); n != "2" {
		t.Errorf("%s versions", n)
	}
	// A public address is refused whoever wrote the file.
	c.URL = "http://192.0.2.10/roll"
	s = connect(t, h, c)
	tick(t, h, s)
	if r := last(t, h, s, c.ID); r.Problem != connector.AddressRefused {
		t.Errorf("a public address: %s", r.Problem)
	}
}

// TestPullAtOnce lets two servers look at the same connector at the same time.
func TestPullAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	src := newSource(t, []person{held(1, 1, "01")}, []person{held(2, 1, "01")})
	c := rollConnector(t, h, connector.Pull)
	c.URL = src.URL
	one, two := connect(t, h, c), connect(t, h, c)
	var wg sync.WaitGroup
	for _, s := range []*connector.Service{one, two} {
		wg.Go(func() {
			if err := s.Tick(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := ask(t, h, "select count(*)::text from connector_runs"); n != "1" {
		t.Errorf("%s runs", n)
	}
	if asked := src.takeAsked(); len(asked) != 2 {
		t.Errorf("asked %v", asked)
	}
}

// TestGoesOn takes a run up where another server left it: the first page is not
// asked for again, nothing is doubled, and it is one run.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	src := newSource(t, []person{held(1, 1, "01")}, []person{held(2, 1, "01")})
	c := rollConnector(t, h, connector.Pull)
	c.URL = src.URL
	s := connect(t, h, c)
	// The first server loses its connection to everything on the second page.
	ctx, fall := context.WithCancel(t.Context())
	src.set(func() {
		src.mood = func(_ http.ResponseWriter, page int) bool {
			if page == 1 {
				fall()
			}
			return page == 1
		}
	})
	_ = s.Tick(ctx)
	if n := ask(t, h, "select count(*)::text from connector_runs"); n != "0" {
		t.Fatalf("%s runs ended", n)
	}
	src.set(func() { src.mood = nil })
	src.takeAsked()
	exec(t, h, "update connectors set leased_until = '-infinity'") // two minutes later
	other := connect(t, h, c)
	tick(t, h, other)
	if asked := src.takeAsked(); fmt.Sprint(asked) != "[1 ]" {
		t.Errorf("asked %v", asked)
	}
	if r := last(t, h, other, c.ID); r.Read != 2 || r.Changed != 2 {
		t.Errorf("%+v", r)
	}
}

// TestRunsStand holds the runs under the log: what a superuser changes of a run,
// of what it brought or refused, is named.
func TestRunsStand(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	src := newSource(t, []person{held(1, 1, "01"), held(2, 1, "77")})
	c := rollConnector(t, s.House, connector.Pull)
	c.URL = src.URL
	tick(t, s.House, connect(t, s.House, c))
	s.checkpoint(t)
	if r := s.verify(t); len(r.Problems) > 0 {
		t.Fatalf("untouched: %+v", r.Problems)
	}
	exec(t, s.House, "set session_replication_role = replica")
	for _, a := range []struct{ table, sql, want string }{
		{"connector_runs", `update connector_runs set changed = 7`, "A01"},
		{"connector_runs", `update connector_runs set ended_at = ended_at + interval '1 second'`, "A01"},
		{"connector_runs", `delete from connector_runs`, "I02"},
		{"source_records", `update source_records set fields = convert_to(replace(convert_from(fields, 'UTF8'), 'A1', 'A2'), 'UTF8')`, ""},
		{"source_records", `delete from source_records`, ""},
		{"connector_rejected", `update connector_rejected set raw = '{}'`, ""},
		{"connector_rejected", `delete from connector_rejected`, ""},
	} {
		exec(t, s.House, "create table kept as table "+a.table)
		exec(t, s.House, a.sql)
		r := s.verify(t)
		if len(r.Problems) == 0 || a.want != "" && r.Problems[0].Code != a.want {
			t.Errorf("%s: %+v", a.sql, r.Problems)
		}
		exec(t, s.House, "delete from "+a.table)
		exec(t, s.House, "insert into "+a.table+" select * from kept")
		exec(t, s.House, "drop table kept")
	}
	if r := s.verify(t); len(r.Problems) > 0 {
		t.Errorf("put back: %+v", r.Problems)
	}
}
