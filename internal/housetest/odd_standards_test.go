package housetest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/organisation"
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
