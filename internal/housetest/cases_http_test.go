package housetest_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/account"
)

// TestCasesHTTP asks every route of cases and titles as the page does; each answer is held to
// the contract.
func TestCasesHTTP(t *testing.T) {
	t.Parallel()
	c := serve(t)
	prison, area := "/prisons/"+c.h.Prison.String(), c.h.Area.String()
	bureau, officer := c.as(t, "bureau office"), c.as(t, "officer")
	keyed := func(what string) map[string]string { return map[string]string{"Idempotency-Key": "cases-" + what} }
	key := keyed("import")
	title := `{"area":"` + area + `","level":"area","wording":"规范化监区","document_no":"旧发1号","named_on":"2022-03-18","body":"省局","kept_on":"2025-03-18"}`
	status, made := bureau.do(t, "POST", prison+"/titles", title, key)
	if status != 201 {
		t.Fatalf("%d %v", status, made)
	}
	if status, again := bureau.do(t, "POST", prison+"/titles", title, key); status != 201 || again["id"] != made["id"] {
		t.Errorf("repeated: %d %v", status, again)
	}
	if status, body := officer.do(t, "POST", prison+"/titles", title, key); status != 403 {
		t.Errorf("an officer enters a title: %d %v", status, body)
	}
	if status, body := bureau.do(t, "POST", prison+"/titles/"+made["id"].(string)+"/decision", `{"verdict":"confirmed"}`, keyed("own")); status != 403 || body["code"] != "own_title" {
		t.Errorf("who entered it confirms: %d %v", status, body)
	}
	if _, err := c.h.Owner.Exec(t.Context(), "insert into users (user_id, person_id, password) values ($1, $2, $3)", uuid.New(), c.h.Person("second bureau office").PersonID, account.Hash("a password")); err != nil {
		t.Fatal(err)
	}
	second := c.as(t, "second bureau office")
	if status, body := second.do(t, "POST", prison+"/titles/"+made["id"].(string)+"/decision", `{"verdict":"confirmed"}`, keyed("second")); status != 200 || body["standing"] != true {
		t.Fatalf("another confirms: %d %v", status, body)
	}
	status, taken := bureau.do(t, "POST", prison+"/titles/"+made["id"].(string)+"/case", `{}`, keyed("take"))
	if status != 201 || taken["state"] != "NAMED" {
		t.Fatalf("%d %v", status, taken)
	}
	one := prison + "/cases/" + taken["id"].(string)
	status, whole := bureau.do(t, "GET", one, "", nil)
	if status != 200 || whole["etag"] != float64(2) || whole["title"] == nil {
		t.Fatalf("%d %v", status, whole)
	}
	matched, seen := map[string]string{"If-Match": `"2"`}, keyed("look-back")
	maps.Copy(seen, matched)
	status, refused := bureau.do(t, "POST", one+"/acts", `{"event":"look_back"}`, seen)
	var codes []string
	for _, e := range refused["errors"].([]any) {
		codes = append(codes, e.(map[string]any)["code"].(string))
	}
	if status != 409 || refused["code"] != "case_refused" || !slices.Contains(codes, "team") {
		t.Errorf("%d %v", status, refused)
	}
	for name, x := range map[string]struct {
		who                *client
		method, path, body string
		headers            map[string]string
		status             int
		code               string
	}{
		"without the etag":     {bureau, "POST", one + "/acts", `{"event":"look_back"}`, nil, 428, "match_required"},
		"another's etag":       {bureau, "POST", one + "/acts", `{"event":"look_back"}`, map[string]string{"If-Match": `"1"`}, 412, "changed_meanwhile"},
		"an unknown act":       {bureau, "POST", one + "/acts", `{"event":"skip"}`, matched, 409, "case_forbids"},
		"a state by hand":      {bureau, "POST", one + "/acts", `{"event":"look_back","state":"NAMED"}`, matched, 400, "bad_request"},
		"no newer version":     {bureau, "GET", one + "/difference", "", nil, 409, "no_newer_version"},
		"a record elsewhere":   {bureau, "POST", one + "/records", `{"kind":"batch","body":{"year":2026,"batch":1}}`, nil, 409, "case_forbids"},
		"a record of no kind":  {bureau, "POST", one + "/records", `{"kind":"gossip","body":{}}`, nil, 422, "bad_case"},
		"a record of no form":  {bureau, "POST", one + "/records", `{"kind":"grave","body":{"score":"950"}}`, nil, 422, "bad_case"},
		"an officer's ask":     {officer, "POST", one + "/asks", `{"event":"submit"}`, nil, 403, "forbidden"},
		"a level of none":      {bureau, "GET", prison + "/eligibility?level=best", "", nil, 422, "bad_case"},
		"the bureau's request": {bureau, "POST", prison + "/cases", `{"area":"` + area + `","level":"area"}`, nil, 403, "forbidden"},
	} {
		headers := keyed(strings.ReplaceAll(strings.ReplaceAll(name, " ", "-"), "'", ""))
		maps.Copy(headers, x.headers)
		if status, body := x.who.do(t, x.method, x.path, x.body, headers); status != x.status || body["code"] != x.code {
			t.Errorf("%s: %d %v", name, status, body)
		}
	}
	status, grave := bureau.do(t, "POST", one+"/records", `{"kind":"grave","body":{"day":"2026-01-05","text":"重大事件"}}`, map[string]string{"Idempotency-Key": "fourth-of-cases"})
	if status != 201 {
		t.Fatalf("%d %v", status, grave)
	}
	if status, read := bureau.do(t, "GET", one+"/records/"+grave["id"].(string), "", nil); status != 200 || read["kind"] != "grave" {
		t.Errorf("%d %v", status, read)
	}
	for path, member := range map[string]string{"/cases": "cases", "/screening": "prisons", "/titles": "titles", prison + "/eligibility?level=standard": "areas"} {
		if status, body := bureau.do(t, "GET", path, "", nil); status != 200 || len(body[member].([]any)) == 0 {
			t.Errorf("%s: %d %v", path, status, body)
		}
	}
	if status, board := officer.do(t, "GET", "/cases", "", nil); status != 200 || len(board["cases"].([]any)) != 1 || len(board["begin"].([]any)) != 0 {
		t.Errorf("the officer's board: %d %v", status, board)
	}
}
