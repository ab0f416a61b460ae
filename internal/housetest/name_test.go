package housetest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/exchange"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/retrieval"
	"taizhang/internal/workbook"
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

// TestNamesOnlyWhomOneMayLookUp: a number typed by who may not look up whose it is
// turns into no name before it is filed, neither in a draft nor in a check, a list or
// the preview of an import; what was filed names whom it names.
func TestNamesOnlyWhomOneMayLookUp(t *testing.T) {
	t.Parallel()
	c := serve(t)
	h := c.h
	exec(t, h, "insert into inmates (prison_id, inmate_no, name, area_id, admitted_on) values ($1, '0000000001', '张三', $2, '2025-01-01'), ($1, '0000000002', '李四', $3, '2025-01-01')", h.Prison, h.Area, h.Other)
	officer := c.as(t, "officer")
	base := "/prisons/" + h.Prison.String()
	typ := h.Catalog.Current("individual-talk")
	var outs []workbook.Out
	for i, number := range []string{"0000000001", "0000000002"} {
		v := loose(mustExample(t, typ))
		v["inmate_ref"] = number
		outs = append(outs, workbook.Out{Number: i + 1, Version: typ.Version, Value: v})
	}
	mentions := func(what string, said any, names ...string) {
		t.Helper()
		raw, err := json.Marshal(said)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, name := range []string{"张三", "李四"} {
			if strings.Contains(string(raw), name) {
				got = append(got, name)
			}
		}
		if diff := cmp.Diff(append([]string{}, names...), got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}

	i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{Ledger: typ.ID}, bookOf(t, h, typ.ID, outs)))
	_, preview := officer.do(t, "GET", base+"/imports/"+i.ID.String()+"/rows", "", nil)
	mentions("preview", preview, "张三")

	body := loose(mustExample(t, typ))
	body["inmate_ref"] = "0000000002"
	typed := mustJSON(t, body)
	e := h.Begin(t, "officer", typ.ID, typed)
	at := base + "/entries/" + e.Entry.String()
	_, draft := officer.do(t, "GET", at, "", nil)
	mentions("draft", draft)
	_, checked := officer.do(t, "POST", at+"/check", string(typed), nil)
	mentions("check", checked)
	_, list := officer.do(t, "GET", base+"/entries?ledger="+typ.ID, "", nil)
	mentions("list", list)
	if v := get(t, h, h.Begin(t, "officer", "cell-body-search", h.Search())); v.Names["police "+h.Person("second officer").Number] != "second officer" {
		t.Errorf("the police are not named: %v", v.Names)
	}

	// A medic looks up everybody of the prison; so does a chief of the other area his own.
	refs := []catalog.Reference{{Kind: "inmate", Value: "0000000001"}, {Kind: "inmate", Value: "0000000002"}}
	for who, want := range map[string]map[string]string{
		"officer":           {"inmate 0000000001": "张三"},
		"officer elsewhere": {"inmate 0000000002": "李四"},
		"medic":             {"inmate 0000000001": "张三", "inmate 0000000002": "李四"},
		"system admin":      {},
	} {
		got, err := h.Ledger.Names(h.As(t.Context(), who), h.Prison, refs)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", who, diff)
		}
	}

	filed := ledger.Entry{Key: inForce(t, h, typ.ID, map[string]any{"inmate_ref": "0000000002"})}
	if v := get(t, h, filed); v.Names["inmate 0000000002"] != "李四" {
		t.Errorf("filed: %v", v.Names)
	}
}
