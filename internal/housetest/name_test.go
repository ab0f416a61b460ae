package housetest_test

import (
	"strings"
	"testing"

	"taizhang/internal/exchange"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/retrieval"
)

// TestNames: whatever a person gives a name to, it is kept without the space
// around it, and not at all with what nobody sees.
func TestNames(t *testing.T) {
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
