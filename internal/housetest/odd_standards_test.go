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
