package housetest_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/exchange"
)

// TestExchangeOverHTTP walks a file in and out by the routes; every answer is
// held to the contract.
func TestExchangeOverHTTP(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	in := "/prisons/" + c.h.Prison.String()
	key := func() map[string]string { return map[string]string{"Idempotency-Key": uuid.NewString()} }
	want := func(status int, method, path, body string, headers map[string]string) map[string]any {
		t.Helper()
		got, out := c.do(t, method, path, body, headers)
		if got != status {
			t.Fatalf("%s %s: %d %v, want %d", method, path, got, out, status)
		}
		return out
	}
	for _, f := range exchange.Formats {
		want(200, "GET", in+"/workbooks/cell-body-search?format="+f, "", nil)
	}
	want(400, "GET", in+"/workbooks/cell-body-search?format=pdf", "", nil)
	want(404, "GET", in+"/workbooks/nothing", "", nil)

	raw := string(bookOf(t, c.h, "cell-body-search", searches(c.h, 5, func(i int) bool { return i == 3 })))
	send := in + "/imports?ledger=cell-body-search&area=" + c.h.Area.String() + "&name=a.xlsx"
	if out := want(428, "POST", send, raw, nil); out["code"] != "key_required" {
		t.Errorf("without a key: %v", out)
	}
	same := key()
	made := want(201, "POST", send, raw, same)
	again := want(201, "POST", send, raw, same)
	if made["id"] != again["id"] {
		t.Error("the same file sent twice under its key became two imports")
	}
	want(422, "POST", send, raw+"x", same)
	id := uuid.MustParse(made["id"].(string))
	run := func() {
		t.Helper()
		if _, err := c.h.Exchange.Run(t.Context(), exchange.Work{Prison: c.h.Prison, ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	run()
	one := in + "/imports/" + id.String()
	got := want(200, "GET", one, "", nil)
	if got["state"] != "checked" || got["good"] != 4.0 || got["bad"] != 1.0 || fmt.Sprint(got["actions"]) != "[start remove]" {
		t.Errorf("checked: %v", got)
	}
	rows := want(200, "GET", one+"/rows?outcome=bad", "", nil)["rows"].([]any)
	if len(rows) != 1 || len(rows[0].(map[string]any)["errors"].([]any)) == 0 {
		t.Errorf("bad rows: %v", rows)
	}
	want(400, "GET", one+"/rows?outcome=some", "", nil)
	want(200, "GET", one+"/errors", "", nil)
	want(428, "POST", one+"/start", "", nil)
	match := map[string]string{"If-Match": fmt.Sprintf(`"%v"`, got["etag"])}
	want(409, "POST", one+"/stop", "", match)
	want(200, "POST", one+"/start", "", match)
	want(412, "POST", one+"/stop", "", match)
	run()
	got = want(200, "GET", one, "", nil)
	if got["state"] != "done" || got["written"] != 4.0 {
		t.Errorf("written: %v", got)
	}
	want(200, "GET", in+"/imports", "", nil)

	foreign := want(201, "POST", in+"/imports?ledger=cell-body-search&name=b.csv", "没有,这些列\r\n1,2\r\n", key())
	id = uuid.MustParse(foreign["id"].(string))
	run()
	if got := want(200, "GET", in+"/imports/"+id.String(), "", nil); got["state"] != "failed" || got["message"] == "" {
		t.Errorf("a table of something else: %v", got)
	}

	e := want(201, "POST", in+"/exports", `{"ledger":"cell-body-search","format":"csv-gb18030","filter":{"from":"2020-01-01"}}`, key())
	want(409, "GET", in+"/exports/"+e["id"].(string)+"/file", "", nil)
	if _, err := c.h.Exchange.Run(t.Context(), exchange.Work{Prison: c.h.Prison, ID: uuid.MustParse(e["id"].(string)), Export: true}); err != nil {
		t.Fatal(err)
	}
	if got := want(200, "GET", in+"/exports/"+e["id"].(string), "", nil); got["state"] != "done" || got["rows"] != 4.0 {
		t.Errorf("exported: %v", got)
	}
	want(200, "GET", in+"/exports/"+e["id"].(string)+"/file", "", nil)
	want(200, "GET", in+"/exports", "", nil)
	want(400, "POST", in+"/exports", `{"ledger":"cell-body-search","format":"xlsx","filter":{"from":"gestern"}}`, key())
	for _, no := range []string{`["a"]`, `"x"`, `null`, `1`} {
		want(400, "POST", in+"/exports", `{"ledger":"cell-body-search","format":"xlsx","filter":{"fields":[`+no+`]}}`, key())
	}
	want(403, "POST", in+"/exports", `{"ledger":"medical-visit","format":"xlsx"}`, key())

	got = want(200, "GET", one, "", nil)
	want(204, "DELETE", one, "", map[string]string{"If-Match": fmt.Sprintf(`"%v"`, got["etag"])})
}
