package housetest_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/account"
	"taizhang/internal/housetest"
	"taizhang/internal/httpapi"
	"taizhang/internal/postgres"
)

// client talks to the whole stack as a browser would.
type client struct {
	*http.Client
	base, csrf string
	h          *housetest.House
}

func serve(t *testing.T) *client {
	t.Helper()
	return serving(t, housetest.New(t), "officer", "officer elsewhere", "bureau office")
}

// serving is the API of a house, in which these have accounts.
func serving(t *testing.T, h *housetest.House, people ...string) *client {
	t.Helper()
	for _, who := range people {
		p := h.Person(who)
		if _, err := h.Owner.Exec(t.Context(), "insert into users (user_id, person_id, password) values ($1, $2, $3)", uuid.New(), p.PersonID, account.Hash("a password")); err != nil {
			t.Fatal(err)
		}
	}
	api := &httpapi.API{
		Ledger:      h.Ledger,
		Retrieval:   h.Retrieval,
		Duty:        h.Duty,
		Assessment:  h.Assessment,
		Proposals:   h.Proposals,
		Catalog:     h.Catalog,
		Register:    h.Register,
		Areas:       h.Areas,
		Guidance:    h.Guidance,
		Overview:    h.Overview,
		Planning:    h.Planning,
		Standards:   h.Standards,
		Stewardship: h.Stewardship,
		House:       h.Store,
		Printing:    h.Printing(t),
		Exchange:    h.Exchange,
		Log:         slog.New(slog.DiscardHandler),
		Static:      fstest.MapFS{},
		Inspection:  h.Inspection,
		Cases:       h.Cases,
		Accounts:    &account.Service{Store: postgres.Accounts{Store: h.Store}, Now: h.Cases.Now, Idle: time.Hour, Absolute: time.Hour},
	}
	s := httptest.NewServer(api.New())
	t.Cleanup(s.Close)
	return &client{base: s.URL + "/api/v1", h: h}
}

func (c *client) as(t *testing.T, who string) *client {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	n := &client{Client: &http.Client{Jar: jar}, base: c.base, h: c.h}
	status, body := n.do(t, "POST", "/session", `{"number":"`+c.h.Person(who).Number+`","password":"a password"}`, nil)
	if status != http.StatusCreated {
		t.Fatalf("sign in: %d %v", status, body)
	}
	n.csrf = body["csrf_token"].(string)
	return n
}

func (c *client) do(t *testing.T, method, path, body string, headers map[string]string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CSRF-Token", c.csrf)
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	mediaType, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	answered(t, method, path, res.StatusCode, mediaType, raw)
	out := map[string]any{}
	_ = json.Unmarshal(raw, &out)
	if res.StatusCode >= 400 {
		if ct := res.Header.Get("Content-Type"); method != http.MethodHead && ct != "application/problem+json" {
			t.Errorf("%s %s: %d as %s: %.200s", method, path, res.StatusCode, ct, raw)
		}
		for _, leak := range []string{"SQLSTATE", "ERROR:", "pgx", "goroutine", ".go:"} {
			if strings.Contains(string(raw), leak) {
				t.Errorf("%s %s lets out %q: %.300s", method, path, leak, raw)
			}
		}
	}
	return res.StatusCode, out
}

// TestStaleDraft: who saves over another's save is told what stands now, whole, so that the page
// can show field by field what differs (D6).
func TestStaleDraft(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	prison := "/prisons/" + c.h.Prison.String()
	_, made := c.do(t, "POST", prison+"/entries", `{"ledger":"cell-body-search","area":"`+c.h.Area.String()+`"}`, map[string]string{"Idempotency-Key": "first-entry"})
	draft := prison + "/entries/" + made["entry"].(map[string]any)["id"].(string) + "/draft?version=1"
	first := map[string]string{"If-Match": `"1"`}
	if status, body := c.do(t, "PUT", draft, `{"findings_count":1,"places":["一号监舍"]}`, first); status != http.StatusOK {
		t.Fatalf("%d %v", status, body)
	}
	status, body := c.do(t, "PUT", draft, `{"findings_count":2}`, first)
	if status != http.StatusPreconditionFailed || body["code"] != "changed_meanwhile" || body["etag"] != float64(2) {
		t.Errorf("%d %v", status, body)
	}
	want := map[string]any{"findings_count": float64(1), "places": []any{"一号监舍"}}
	if diff := cmp.Diff(want, body["current"]); diff != "" {
		t.Error(diff)
	}
}

// TestHostile sends what a browser never would: always a problem with a code,
// never a 500.
func TestHostile(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	prison, area := c.h.Prison.String(), c.h.Area.String()
	status, made := c.do(t, "POST", "/prisons/"+prison+"/entries", `{"ledger":"cell-body-search","area":"`+area+`"}`, map[string]string{"Idempotency-Key": "first-entry"})
	if status != http.StatusCreated {
		t.Fatalf("create: %d %v", status, made)
	}
	entry := "/prisons/" + prison + "/entries/" + made["entry"].(map[string]any)["id"].(string)
	match := map[string]string{"If-Match": `"1"`}
	deep := strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10000)
	cases := []struct {
		name, method, path, body string
		headers                  map[string]string
		status                   int
		code                     string
	}{
		{"not JSON", "PUT", entry + "/draft?version=1", `{`, match, 400, "bad_document"},
		{"10,000 deep", "PUT", entry + "/draft?version=1", deep, match, 400, "bad_document"},
		{"a number that kills validators", "PUT", entry + "/draft?version=1", `{"findings_count":1e10000000}`, match, 400, "bad_document"},
		{"a name twice", "PUT", entry + "/draft?version=1", `{"a":1,"a":2}`, match, 400, "bad_document"},
		{"NUL", "PUT", entry + "/draft?version=1", `{"a":"\u0000"}`, match, 400, "bad_document"},
		{"300 KB", "PUT", entry + "/draft?version=1", `{"a":"` + strings.Repeat("x", 300<<10) + `"}`, match, 413, "document_too_large"},
		{"30 MB", "PUT", entry + "/draft?version=1", strings.Repeat("x", 30<<20), match, 413, "body_too_large"},
		{"no etag", "PUT", entry + "/draft?version=1", `{}`, nil, 428, "match_required"},
		{"another etag", "PUT", entry + "/draft?version=1", `{}`, map[string]string{"If-Match": `"99"`}, 412, "changed_meanwhile"},
		{"no version", "PUT", entry + "/draft", `{}`, match, 400, "bad_request"},
		{"a version that never was", "PUT", entry + "/draft?version=99", `{}`, match, 404, "ledger_unknown"},
		{"a form", "PUT", entry + "/draft?version=1", `a=1`, map[string]string{"If-Match": `"1"`, "Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type"},
		{"an unfinished document", "POST", entry + "/submit", `{}`, match, 422, "invalid_document"},
		{"an unknown member", "POST", entry + "/submit", `{"reason":"","admin":true}`, match, 400, "bad_request"},
		{"a name in capitals", "POST", entry + "/submit", `{"REASON":"x"}`, match, 400, "bad_request"},
		{"no token", "POST", entry + "/submit", `{}`, map[string]string{"If-Match": `"1"`, "X-CSRF-Token": ""}, 403, "cross_site"},
		{"another origin", "POST", entry + "/submit", `{}`, map[string]string{"If-Match": `"1"`, "Origin": "http://evil.example"}, 403, "cross_site"},
		{"no key", "POST", "/prisons/" + prison + "/entries", `{"ledger":"cell-body-search","area":"` + area + `"}`, nil, 428, "key_required"},
		{"a key too short", "POST", "/prisons/" + prison + "/entries", `{"ledger":"cell-body-search","area":"` + area + `"}`, map[string]string{"Idempotency-Key": "x"}, 400, "bad_idempotency_key"},
		{"an unknown ledger", "POST", "/prisons/" + prison + "/entries", `{"ledger":"gossip","area":"` + area + `"}`, map[string]string{"Idempotency-Key": "another-key"}, 404, "ledger_unknown"},
		{"another's area", "POST", "/prisons/" + prison + "/entries", `{"ledger":"cell-body-search","area":"` + c.h.Other.String() + `"}`, map[string]string{"Idempotency-Key": "another-key"}, 403, "forbidden"},
		{"a wrong type", "POST", "/prisons/" + prison + "/entries", `{"ledger":7,"area":"` + area + `"}`, map[string]string{"Idempotency-Key": "another-key"}, 400, "bad_request"},
		{"an id that is none", "GET", "/prisons/x/entries/y", "", nil, 404, "not_found"},
		{"a path that climbs", "GET", "/prisons/" + prison + "/entries/1%2F..%2F2", "", nil, 404, "not_found"},
		{"a huge cursor", "GET", "/prisons/" + prison + "/entries?after=" + strings.Repeat("a", 9000), "", nil, 400, "bad_request"},
		{"a bad day", "GET", "/prisons/" + prison + "/entries?from=yesterday", "", nil, 400, "bad_request"},
		{"a filter that injects", "GET", "/prisons/" + prison + "/entries?field=%2Fa%27%3Bdrop%20table%20x=1", "", nil, 200, ""},
		{"an order that injects", "GET", "/prisons/" + prison + "/entries?sort=1%3Bdrop", "", nil, 400, "bad_request"},
		{"a broken query", "GET", "/prisons/" + prison + "/entries?%zz=1", "", nil, 400, "bad_request"},
		{"NUL in a query", "GET", "/prisons/" + prison + "/entries?q=%00", "", nil, 400, "bad_request"},
		{"bytes that are no text", "GET", "/prisons/" + prison + "/people?q=%ff", "", nil, 400, "bad_request"},
		{"the year 0", "GET", "/prisons/" + prison + "/entries?from=0000-01-01", "", nil, 400, "bad_request"},
		{"the year 0 of duties", "GET", "/prisons/" + prison + "/duties?day=0000-01-01", "", nil, 400, "bad_request"},
		{"duties of no prison", "GET", "/prisons/" + area + "/duties", "", nil, 404, "not_found"},
		{"days of no prison", "GET", "/prisons/" + area + "/heat", "", nil, 404, "not_found"},
		{"the burden of no prison", "GET", "/prisons/" + area + "/burden", "", nil, 404, "not_found"},
		{"how it came to be", "GET", "/prisons/" + area + "/burden/history", "", nil, 404, "not_found"},
		{"a NUL in a field", "GET", "/prisons/" + prison + "/entries?field=/a=%22%5Cu0000%22", "", nil, 400, "bad_request"},
		{"a number no column holds", "GET", "/prisons/" + prison + "/entries?field=/a=1e999999", "", nil, 400, "bad_request"},
		{"a hundred conditions", "GET", "/prisons/" + prison + "/entries?" + strings.Repeat("field=/a=1&", 100), "", nil, 400, "bad_request"},
		{"a state that is none", "GET", "/prisons/" + prison + "/entries?state=nonsense", "", nil, 400, "bad_request"},
		{"a cursor of the year 0", "GET", "/prisons/" + prison + "/entries?after=" + base64.RawURLEncoding.EncodeToString([]byte("0000-01-01T00:00:00Z "+area)), "", nil, 400, "bad_request"},
		{"a key that is no text", "POST", "/prisons/" + prison + "/entries", `{"ledger":"cell-body-search","area":"` + area + `"}`, map[string]string{"Idempotency-Key": "\xff\xfe\xff\xfe\xff\xfe\xff\xfe"}, 400, "bad_idempotency_key"},
		{"a name folded", "POST", entry + "/submit", `{"rea\u017fon":"x"}`, match, 400, "bad_request"},
		{"a revision too large", "GET", entry + "/evidence/99999999999/" + area, "", nil, 404, "not_found"},
		{"a slot that is none", "POST", entry + "/uploads", `{"slot":"nonsense","name":"a.jpg","size":1}`, nil, 422, "bad_slot"},
		{"a name of nothing", "POST", entry + "/uploads", `{"slot":"","name":"\u200b","size":1}`, nil, 422, "bad_name"},
		{"a pack by an officer", "POST", "/prisons/" + prison + "/areas/" + area + "/packs", `{"indicator":"JG-04","reason":"x","from":"","to":""}`, nil, 403, "forbidden"},
		{"the log for an officer", "GET", "/prisons/" + prison + "/log", "", nil, 403, "forbidden"},
		{"a route that is none", "GET", "/nowhere", "", nil, 404, "not_found"},
		{"an upload of nothing", "POST", entry + "/uploads", `{"slot":"","name":"a.jpg","size":0}`, nil, 422, "upload_empty"},
		{"an upload of 10 GB", "POST", entry + "/uploads", `{"slot":"","name":"a.jpg","size":10737418240}`, nil, 413, "upload_too_large"},
		{"a name with a path", "POST", entry + "/uploads", `{"slot":"","name":"../a.jpg","size":1}`, nil, 422, "bad_name"},
		{"a digest that is none", "POST", entry + "/approve", `{"digest":"md5:1"}`, nil, 400, "bad_digest"},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			status, body := c.do(t, k.method, k.path, k.body, k.headers)
			code, _ := body["code"].(string)
			if status != k.status || code != k.code {
				t.Errorf("%d %s, want %d %s: %v", status, code, k.status, k.code, body["title"])
			}
			if status >= 400 && (body["title"] == nil || body["titles"] == nil) {
				t.Errorf("no words: %v", body)
			}
		})
	}
	// To an officer of another area it does not exist.
	stranger := c.as(t, "officer elsewhere")
	if status, body := stranger.do(t, "GET", entry, "", nil); status != 404 || body["code"] != "not_found" {
		t.Errorf("a stranger: %d %v", status, body)
	}
	if status, _ := (&client{Client: http.DefaultClient, base: c.base, h: c.h}).do(t, "GET", entry, "", nil); status != 401 {
		t.Errorf("nobody: %d", status)
	}
}

// TestUploadRefused sends contents that are not what evidence may be.
func TestUploadRefused(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	prison, area := c.h.Prison.String(), c.h.Area.String()
	_, made := c.do(t, "POST", "/prisons/"+prison+"/entries", `{"ledger":"cell-body-search","area":"`+area+`"}`, map[string]string{"Idempotency-Key": "first-entry"})
	entry := "/prisons/" + prison + "/entries/" + made["entry"].(map[string]any)["id"].(string)
	for name, content := range map[string]string{
		"HTML as a picture": "<html><script>alert(1)</script></html>",
		"SVG":               `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`,
		"a program":         "\x7fELF" + strings.Repeat("\x00", 100),
		"half a JPEG":       "\xff\xd8\xff\xe0\x00\x10JFIF",
	} {
		t.Run(name, func(t *testing.T) {
			_, up := c.do(t, "POST", entry+"/uploads", `{"slot":"finding_photo","name":"photo.jpg","size":`+itoa(len(content))+`}`, nil)
			status, body := c.do(t, "PATCH", "/prisons/"+prison+"/uploads/"+up["id"].(string), content, map[string]string{"Upload-Offset": "0", "Content-Type": "application/octet-stream"})
			if status != http.StatusUnsupportedMediaType {
				t.Errorf("%d %v", status, body)
			}
		})
	}
}

func itoa(n int) string { raw, _ := json.Marshal(n); return string(raw) }

// TestNow: every answer, a refusal too, says what time it is here.
func TestNow(t *testing.T) {
	t.Parallel()
	c := serve(t)
	at := time.Date(2031, 3, 1, 8, 0, 0, 0, time.UTC)
	c.h.Ledger.Now = func() time.Time { return at }
	for _, path := range []string{"/session", "/nowhere"} {
		res, err := http.Get(c.base + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := res.Header.Get("X-Now"); got != "2031-03-01T08:00:00Z" {
			t.Errorf("%s: %d, X-Now %q", path, res.StatusCode, got)
		}
	}
}
