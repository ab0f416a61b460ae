package housetest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/exchange"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/retrieval"
)

// TestNames: whatever a person gives a name to, it is kept without the space
// around it, and not at all with what nobody sees.
func TestNames(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	draft := h.Begin(t, "officer", "cell-body-search", h.Search())
	none := ledger.Idem{}
	givers := map[string]func(string) (string, error){
		"a saved filter": func(name string) (string, error) {
			f, err := h.Retrieval.Keep(officer, h.Prison, retrieval.Filter{Page: "ledgers", Name: name}, none)
			return f.Name, err
		},
		"a template": func(name string) (string, error) {
			m, err := h.Ledger.SaveTemplate(officer, ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search", Body: h.Search()}, name, none)
			return m.Name, err
		},
		"a file": func(name string) (string, error) {
			u, err := h.Ledger.NewUpload(officer, draft.Key, "", name, 1, none)
			return u.Name, err
		},
		"an import": func(name string) (string, error) {
			i, err := h.Exchange.Send(officer, exchange.Sent{Prison: h.Prison, Ledger: "cell-body-search", Area: h.Area, Name: name, Size: 3}, strings.NewReader("a,b"), none)
			return i.Name, err
		},
	}
	for what, give := range givers {
		if got, err := give(" 三监区　夜查 "); err != nil || got != "三监区　夜查" {
			t.Errorf("%s: %q %v", what, got, err)
		}
		for _, bad := range []string{"", "　 ", "夜\u200b查", "\u202e夜查", "夜\n查", "\u3164"} {
			if _, err := give(bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s named %q: %v", what, bad, err)
			}
		}
	}
}

// TestNamesOfPeople: whoever may read an entry is told whose the numbers in it
// are, and nothing of numbers that nobody has.
func TestNamesOfPeople(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	if _, err := h.Owner.Exec(t.Context(), "insert into inmates (prison_id, inmate_no, name, area_id, admitted_on) values ($1, '0000000001', '张三', $2, '2025-01-01'), ($1, '0000000002', '李四', $2, '2025-01-01')", h.Prison, h.Area); err != nil {
		t.Fatal(err)
	}
	talk := h.Begin(t, "officer", "individual-talk", json.RawMessage(`{"inmate_ref": "0000000001"}`))
	missing := h.Begin(t, "officer", "individual-talk", json.RawMessage(`{"inmate_ref": "0000000009"}`))
	filed := h.Submitted(t)
	for name, c := range map[string]struct {
		who  string
		key  ledger.Key
		want map[string]string
	}{
		"draft":    {"officer", talk.Key, map[string]string{"inmate 0000000001": "张三"}},
		"nobody":   {"officer", missing.Key, map[string]string{}},
		"revision": {"duty leader", filed.Key, map[string]string{"police 0000001": "officer", "police 0000002": "second officer"}},
	} {
		v, err := h.Ledger.Get(h.As(t.Context(), c.who), c.key)
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(c.want, v.Names); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
