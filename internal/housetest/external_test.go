package housetest_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/standards"
)

const smartList = "智慧监狱验收细则（虚构）"

// TestExternalLists: a list comes in as a table, stands as it came, and shows what of the standards
// in force answers each of its clauses.
func TestExternalLists(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	office := h.As(t.Context(), "bureau office")
	bring := func(table, key string) (standards.List, []standards.Misread, error) {
		return h.Standards.ImportList(office, smartList, strings.NewReader(table), int64(len(table)), onceAs(key))
	}
	if _, bad, err := bring("编号,内容\n1.1,统一门户\n1.1,\n", "twice"); err != nil || len(bad) != 2 || bad[0].Row != 3 {
		t.Fatalf("mistakes: %+v %v", bad, err)
	}
	table := "编号,内容\n1.1,统一门户\n1.2,移动执法\n"
	if _, _, err := h.Standards.ImportList(h.As(t.Context(), "officer"), smartList, strings.NewReader(table), int64(len(table)), onceAs("officer")); err == nil {
		t.Error("an officer brought a list in")
	}
	if l, bad, err := bring(table, "first"); err != nil || len(bad) > 0 || l.Version != 1 {
		t.Fatalf("%+v %v %v", l, bad, err)
	}
	if l, _, err := bring(table+"1.3,数据共享\n", "second"); err != nil || l.Version != 2 {
		t.Fatalf("%+v %v", l, err)
	}
	for _, stmt := range []string{"update external_lists set clauses = '[]'", "delete from external_lists", "truncate external_lists"} {
		if _, err := h.Owner.Exec(t.Context(), stmt); err == nil {
			t.Errorf("%s passed", stmt)
		}
	}
	set := kitchenV2(t)
	set.Standard = bytes.Replace(set.Standard, []byte(`"basis": [`), []byte(`"external": [{"list": "`+smartList+`", "clause": "1.3"}, {"list": "`+smartList+`", "clause": "9"}], "basis": [`), 1)
	v := reviewed(t, h, set)
	if _, err := h.Standards.Issue(office, "kitchen", 2, v.Revision, catalog.DayOf(time.Now()), onceAs("issue")); err != nil {
		t.Fatal(err)
	}
	lists, err := h.Standards.Lists(h.As(t.Context(), "officer"))
	if err != nil || len(lists) != 1 || lists[0].Version != 2 || len(lists[0].Clauses) != 3 {
		t.Fatalf("%+v %v", lists, err)
	}
	want := standards.Use{Standard: "kitchen", Version: 2, Indicator: "HF-01", Clause: "1.3"}
	if got := lists[0].Clauses[2].Answers; len(got) != 1 || got[0] != want || len(lists[0].Clauses[0].Answers) != 0 {
		t.Errorf("answers: %+v", lists[0].Clauses)
	}
	if got := lists[0].Strays; len(got) != 1 || got[0].Clause != "9" {
		t.Errorf("strays: %+v", got)
	}
	if _, _, err := h.Standards.ImportList(office, "  ", strings.NewReader(table), int64(len(table)), onceAs("nameless")); fault.CodeOf(err) != "bad_list" {
		t.Errorf("a list without a name: %v", err)
	}
}

// TestListsOverHTTP: as the contract says.
func TestListsOverHTTP(t *testing.T) {
	t.Parallel()
	c := serve(t)
	office := c.as(t, "bureau office")
	send := func(table, key string) (int, map[string]any) {
		body := `{"list":"` + smartList + `","file":"` + base64.StdEncoding.EncodeToString([]byte(table)) + `"}`
		return office.do(t, "POST", "/external-lists", body, map[string]string{"Idempotency-Key": key})
	}
	if status, body := send("编号,内容\n1,\n", "list-one"); status != 200 || len(body["mistakes"].([]any)) != 1 {
		t.Errorf("mistakes: %d %v", status, body)
	}
	if status, body := send("编号,内容\n1,统一门户\n", "list-two"); status != 201 || body["version"] != 1.0 {
		t.Errorf("import: %d %v", status, body)
	}
	if status, body := office.do(t, "GET", "/external-lists", "", nil); status != 200 || len(body["lists"].([]any)) != 1 {
		t.Errorf("lists: %d %v", status, body)
	}
}
