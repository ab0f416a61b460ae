package housetest_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/organisation"
	"taizhang/internal/standards"
)

// TestOddStandards: what nobody can have seen, and a draft that cannot be called so, is said as it is and is no error of the
// program.
func TestOddStandards(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := serving(t, h, "bureau office").as(t, "bureau office")
	for _, at := range []string{"versions/2147483648", "versions/2147483648/mapping", "compare?from=1&to=2147483648", "compare?from=2147483648&to=1"} {
		if status, body := c.do(t, "GET", "/standards/ordinary-area/"+at, "", nil); status != http.StatusNotFound {
			t.Errorf("%s: %d %v", at, status, body)
		}
	}
	for n, draft := range []struct{ id, kind, pointer string }{{"", "other", "/id"}, {"标准", "other", "/id"}, {"Kitchen", "other", "/id"}, {"a/b", "other", "/id"},
		{strings.Repeat("x", 41), "other", "/id"}, {"own-kind", "", "/unit/kind"}, {"own-kind", "ward", "/unit/kind"}} {
		status, body := c.do(t, "POST", "/standards", fmt.Sprintf(`{"standard":{"id":%q,"version":1,"title":{"zh":"甲"},"unit":{"kind":%q}},"rules":{},"guide":{}}`, draft.id, draft.kind),
			map[string]string{"Idempotency-Key": fmt.Sprint("odd-draft-", n)})
		if status != http.StatusUnprocessableEntity || body["errors"].([]any)[0].(map[string]any)["pointer"] != draft.pointer {
			t.Errorf("%q %q: %d %v", draft.id, draft.kind, status, body)
		}
	}
	_, err := h.Areas.ChangeArea(h.As(t.Context(), "bureau office"), h.Prison, h.Area, organisation.Change{Version: 1 << 31, Reason: "核对"}, ledger.Idem{})
	if fault.CodeOf(err) != "changed_meanwhile" {
		t.Errorf("a version that nobody has seen: %v", err)
	}
}

// TestShapeOfADraft: what a page cannot show is not kept as a draft; and a table takes the place of a
// draft at the revision that was seen, also when two bring one in at once.
func TestShapeOfADraft(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := serving(t, h, "bureau office").as(t, "bureau office")
	for n, rules := range []string{`"x"`, `null`, `[]`, `{"indicators":"x"}`} {
		status, body := c.do(t, "POST", "/standards", `{"standard":{"id":"shape","version":1,"title":{"zh":"甲"},"unit":{"kind":"other"}},"guide":{},"rules":`+rules+`}`,
			map[string]string{"Idempotency-Key": fmt.Sprint("odd-shape-", n)})
		if status != http.StatusUnprocessableEntity && status != http.StatusBadRequest {
			t.Errorf("%s: %d %v", rules, status, body)
		}
	}
	version := int64(1)
	bring := func(n int, title, match string) (int, map[string]any) {
		table := base64.StdEncoding.EncodeToString([]byte("编号,方面,指标,分值,评分标准,方法\nA-1,甲," + title + ",10,不符合要求的每处扣一分，扣完为止,现场\n"))
		headers := map[string]string{"Idempotency-Key": fmt.Sprint("shape-import-", n)}
		if match != "" {
			headers["If-Match"] = match
		}
		return c.do(t, "POST", "/standards/import", fmt.Sprintf(`{"frame":{"id":"shape","version":%d,"title":{"zh":"甲"},"unit":{"kind":"other"},"line":"8","months":6},"file":%q}`, version, table), headers)
	}
	if status, body := bring(1, "初稿", ""); status != http.StatusCreated {
		t.Fatalf("%d %v", status, body)
	}
	if status, body := bring(2, "另起", ""); status != http.StatusConflict || body["code"] != "draft_there" {
		t.Errorf("beside a draft: %d %v", status, body)
	}
	if status, body := bring(3, "未见", `"7"`); status != http.StatusPreconditionFailed {
		t.Errorf("over a revision that nobody saw: %d %v", status, body)
	}
	for n, none := range []int64{1 << 31, 0, -1} {
		version = none
		if status, body := bring(9+n, "远", `"1"`); status != http.StatusNotFound {
			t.Errorf("version %d: %d %v", none, status, body)
		}
	}
	version = 1
	codes := make(chan int, 2)
	for n := range 2 {
		go func() { status, _ := bring(4+n, fmt.Sprint("改稿", n), `"1"`); codes <- status }()
	}
	if a, b := <-codes, <-codes; a+b != http.StatusCreated+http.StatusPreconditionFailed {
		t.Errorf("two at once: %d and %d", a, b)
	}
	_, body := c.do(t, "GET", "/standards/shape/versions/1", "", nil)
	if raw, _ := json.Marshal(body["standard"]); !strings.Contains(string(raw), "改稿") {
		t.Errorf("kept: %s", raw)
	}
}

// TestReplacedByWhatStands: a document is replaced by one that stands, within a year, and what rests on
// it is flagged from the day on and not before.
func TestReplacedByWhatStands(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	office := h.As(t.Context(), "bureau office")
	for _, title := range []string{"甲文", "乙文", "丙文"} {
		if err := h.Standards.AddBasis(office, standards.Document{Title: title, Issuer: "省局", Level: "bureau"}, onceAs(title)); err != nil {
			t.Fatal(err)
		}
	}
	replace := func(title, by, day string) error {
		return h.Standards.ReplaceBasis(office, standards.Replacement{Title: title, By: by, Day: day}, onceAs(title+by+day))
	}
	if err := replace("甲文", "乙文", "9999-12-31"); fault.CodeOf(err) != "bad_basis" {
		t.Errorf("in another age: %v", err)
	}
	oneOf(t, bothAtOnce(func() error { return replace("甲文", "乙文", dayFrom(0)) }, func() error { return replace("乙文", "甲文", dayFrom(0)) }), "basis_gone")
	gone, stands := "甲文", "乙文"
	if err := replace("丙文", gone, dayFrom(30)); fault.CodeOf(err) != "basis_gone" {
		gone, stands = stands, gone
		if err := replace("丙文", gone, dayFrom(30)); fault.CodeOf(err) != "basis_gone" {
			t.Errorf("by what was replaced: %v", err)
		}
	}
	if err := replace("丙文", stands, dayFrom(30)); err != nil && fault.CodeOf(err) != "basis_replaced" {
		t.Error(err)
	}
	// In turn, and not before there was what replaces it.
	for _, d := range []standards.Document{{Title: "丁文", Issuer: "省局", Level: "bureau", IssuedOn: "2024-05-01"}, {Title: "戊文", Issuer: "省局", Level: "bureau"}, {Title: "己文", Issuer: "省局", Level: "bureau"}} {
		if err := h.Standards.AddBasis(office, d, onceAs(d.Title)); err != nil {
			t.Fatal(err)
		}
	}
	if err := replace("戊文", "丁文", "2024-04-30"); fault.CodeOf(err) != "bad_basis" {
		t.Errorf("before it was issued: %v", err)
	}
	if err := replace("戊文", "丁文", dayFrom(0)); err != nil {
		t.Fatal(err)
	}
	if err := replace("丁文", "己文", dayFrom(-1)); fault.CodeOf(err) != "bad_basis" {
		t.Errorf("before it replaced another: %v", err)
	}
	if err := h.Standards.AddBasis(office, standards.Document{Title: "长号", Issuer: "省局", Level: "bureau", Number: strings.Repeat("号", 101)}, onceAs("long")); fault.CodeOf(err) != "bad_basis" {
		t.Errorf("a long number: %v", err)
	}
	list, err := h.Standards.Basis(h.As(t.Context(), "officer"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if want := d.Title == gone; (d.Title == "甲文" || d.Title == "乙文" || d.Title == "丙文") && d.Replaced != want {
			t.Errorf("%+v", d)
		}
	}
}

// TestStandardLargerThanAnEntry: what a table made is checked and saved again, whatever the size of an entry.
func TestStandardLargerThanAnEntry(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := serving(t, h, "bureau office").as(t, "bureau office")
	table := strings.Builder{}
	table.WriteString("编号,方面,指标,分值,评分标准,方法\n")
	for n := range 2000 {
		fmt.Fprintf(&table, "A-%d,甲,指标%d,1,不符合要求的每处扣一分，扣完为止,现场\n", n, n)
	}
	status, body := c.do(t, "POST", "/standards/import", `{"frame":{"id":"large-one","version":1,"title":{"zh":"甲"},"unit":{"kind":"other"},"line":"8","months":6},"file":"`+
		base64.StdEncoding.EncodeToString([]byte(table.String()))+`"}`, map[string]string{"Idempotency-Key": "large-import"})
	if status != http.StatusCreated {
		t.Fatalf("import: %d %v", status, body)
	}
	_, body = c.do(t, "GET", "/standards/large-one/versions/1", "", nil)
	whole, err := json.Marshal(map[string]any{"standard": body["standard"], "rules": body["rules"], "guide": body["guide"]})
	if err != nil {
		t.Fatal(err)
	}
	if status, body = c.do(t, "POST", "/standards/check", string(whole), nil); status != http.StatusOK {
		t.Errorf("check of %d bytes: %d %v", len(whole), status, body)
	}
	if status, body = c.do(t, "PUT", "/standards/large-one/versions/1", string(whole), map[string]string{"Idempotency-Key": "large-save", "If-Match": `"1"`}); status != http.StatusOK {
		t.Errorf("save of %d bytes: %d %v", len(whole), status, body)
	}
	// What could not be saved again is not made either.
	draft := fmt.Sprintf(`{"standard":{"id":"too-large","version":1,"title":{"zh":%q},"unit":{"kind":"other"}},"rules":{},"guide":{}}`, strings.Repeat("x", standards.MaxSet))
	if status, body = c.do(t, "POST", "/standards", draft, map[string]string{"Idempotency-Key": "too-large"}); status != http.StatusUnprocessableEntity || body["code"] != "bad_standard" {
		t.Errorf("too large: %d %v", status, body)
	}
}
