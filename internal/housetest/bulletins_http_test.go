package housetest_test

import (
	"strings"
	"testing"
	"time"
)

// TestBulletinsHTTP asks the routes of opinions, liaisons and bulletins as the page does; each
// answer is held to the contract.
func TestBulletinsHTTP(t *testing.T) {
	t.Parallel()
	c := serve(t)
	bureau, officer := c.as(t, "bureau office"), c.as(t, "officer")
	keyed := func(what string) map[string]string { return map[string]string{"Idempotency-Key": "announce-" + what} }
	year := time.Now().Format("2006")
	batch := `{"year":` + year + `,"batch":1,"n":0,"level":"area","closes_on":"` + year + `-03-01","from":"` + year + `-04-01","to":"` + year + `-05-01"}`
	status, made := bureau.do(t, "POST", "/batches", batch, keyed("plan"))
	if status != 201 || made["n"] != float64(1) {
		t.Fatalf("%d %v", status, made)
	}
	if status, again := bureau.do(t, "POST", "/batches", batch, keyed("plan")); status != 201 || again["n"] != float64(1) {
		t.Errorf("repeated: %d %v", status, again)
	}
	status, draft := bureau.do(t, "GET", "/bulletin-drafts/"+year, "", nil)
	if status != 200 || draft["may_issue"] != false || draft["issue"] != float64(1) {
		t.Fatalf("%d %v", status, draft)
	}
	for name, x := range map[string]struct {
		who                *client
		method, path, body string
		status             int
		code               string
	}{
		"an old batch":         {bureau, "POST", "/batches", batch, 412, "changed_meanwhile"},
		"a window backwards":   {bureau, "POST", "/batches", `{"year":2026,"batch":2,"n":0,"level":"area","closes_on":"2026-05-01","from":"2026-04-01","to":"2026-05-01"}`, 422, "bad_case"},
		"an officer's batch":   {officer, "POST", "/batches", batch, 404, "not_found"},
		"nobody has applied":   {bureau, "POST", "/bulletins", `{"year":` + year + `,"seen":"` + draft["digest"].(string) + `"}`, 409, "bulletin_empty"},
		"typed by hand":        {bureau, "POST", "/bulletins", `{"year":` + year + `,"seen":"x","batches":[]}`, 400, "bad_request"},
		"no issue":             {bureau, "GET", "/bulletins/" + year + "/1", "", 404, "not_found"},
		"no paper":             {bureau, "GET", "/bulletins/" + year + "/1/paper", "", 404, "not_found"},
		"no number":            {bureau, "GET", "/bulletins/" + year + "/first", "", 404, "not_found"},
		"no acknowledgement":   {officer, "POST", "/bulletins/" + year + "/1/acknowledgements", `{"department":"dept_custody"}`, 404, "not_found"},
		"an officer's liaison": {officer, "POST", "/liaisons", `{"department":"dept_custody","from":"2026-01-01","seen":0}`, 404, "not_found"},
		"a liaison yesterday":  {bureau, "POST", "/liaisons", `{"department":"dept_custody","number":"1","from":"2020-01-01","seen":0}`, 422, "bad_case"},
		"no such case":         {bureau, "GET", "/prisons/" + c.h.Prison.String() + "/cases/" + c.h.Area.String() + "/opinions/dept_custody", "", 404, "not_found"},
	} {
		if status, body := x.who.do(t, x.method, x.path, x.body, keyed(strings.ReplaceAll(strings.ReplaceAll(name, " ", "-"), "'", ""))); status != x.status || body["code"] != x.code {
			t.Errorf("%s: %d %v", name, status, body)
		}
	}
	for path, member := range map[string]string{"/opinions": "opinions", "/liaisons": "liaisons", "/departments/tasks": "tasks", "/accreditation/calendar": "days", "/bulletins": "batches"} {
		if status, body := bureau.do(t, "GET", path, "", nil); status != 200 || body[member] == nil {
			t.Errorf("%s: %d %v", path, status, body)
		}
	}
	if status, body := officer.do(t, "GET", "/opinions", "", nil); status != 200 || len(body["opinions"].([]any)) != 0 {
		t.Errorf("the officer's opinions: %d %v", status, body)
	}
}
