package housetest_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/account"
	"taizhang/internal/catalog"
)

// TestCalendarRoutes holds every new creation and decision to the contract, by
// the people who do it (client.do compares each answer).
func TestCalendarRoutes(t *testing.T) {
	t.Parallel()
	c := serve(t)
	h := c.h
	for _, who := range []string{"area head", "custody head"} {
		p := h.Person(who)
		for _, q := range []struct {
			sql  string
			args []any
		}{
			{"insert into users (user_id, person_id, password) values ($1, $2, $3)", []any{uuid.New(), p.PersonID, account.Hash("a password")}},
			{"insert into postings (posting_id, person_id, role, prison_id, area_id, department) values ($1, $2, $3, $4, nullif($5, '00000000-0000-0000-0000-000000000000'::uuid), nullif($6, ''))",
				[]any{uuid.New(), p.PersonID, p.Postings[0].Role, h.Prison, p.Postings[0].AreaID, p.Postings[0].Department}},
		} {
			if _, err := h.Owner.Exec(t.Context(), q.sql, q.args...); err != nil {
				t.Fatal(err)
			}
		}
	}
	officer, head, owner := c.as(t, "officer"), c.as(t, "area head"), c.as(t, "custody head")
	in, area, day := "/prisons/"+h.Prison.String(), h.Area.String(), catalog.DayOf(time.Now())
	planned(t, h, 2)
	inForceOpened(t, h)
	key := func(k string) map[string]string { return map[string]string{"Idempotency-Key": "the-key-" + k} }
	post := func(c *client, path, body string, headers map[string]string, want int) map[string]any {
		t.Helper()
		status, answer := c.do(t, "POST", in+path, body, headers)
		if status != want {
			t.Errorf("%s %s: %d %v, want %d", path, body, status, answer, want)
		}
		return answer
	}
	roster := `{"rosters":[{"day":"` + day + `","shift":"day","version":0,"people":[{"number":"` + h.Person("officer").Number + `","post":"leader"}]}]}`
	post(officer, "/areas/"+area+"/rosters", roster, key("roster-1"), 403)
	post(head, "/areas/"+area+"/rosters", roster, nil, 428)
	post(head, "/areas/"+area+"/rosters", roster, key("roster-2"), 201)
	post(head, "/areas/"+area+"/rosters", roster, key("roster-2"), 201)
	post(head, "/areas/"+area+"/rosters", roster, key("roster-3"), 412)

	ask := `{"kind":"excuse","areas":["` + area + `"],"ledger":"duty-log","from_day":"` + day + `","to_day":"` + day + `","reason":"停电检修"}`
	post(head, "/reliefs", `{"kind":"holiday","areas":[],"reason":"放假"}`, key("relief-0"), 400)
	post(head, "/reliefs", `{"kind":"outage","areas":[],"reason":"停电"}`, key("relief-1"), 403)
	post(head, "/reliefs", `{"kind":"excuse","areas":["`+area+`"],"ledger":"duty-log","from_day":"`+day+`","to_day":"2020-01-01","reason":" "}`, key("relief-2"), 422)
	id, _ := post(head, "/reliefs", ask, key("relief-3"), 201)["id"].(string)
	post(head, "/reliefs/"+id+"/decision", `{"verdict":"grant"}`, nil, 403)
	post(owner, "/reliefs/"+id+"/decision", `{"verdict":"refuse"}`, nil, 422)
	post(owner, "/reliefs/"+id+"/decision", `{"verdict":"perhaps"}`, nil, 400)
	post(owner, "/reliefs/"+id+"/decision", `{"verdict":"grant"}`, nil, 200)
	post(owner, "/reliefs/"+id+"/decision", `{"verdict":"grant"}`, nil, 409)
	post(owner, "/reliefs/"+uuid.NewString()+"/decision", `{"verdict":"grant"}`, nil, 404)

	for _, path := range []string{"/heat?month=" + day[:7], "/heat?area=" + area + "&ledger=duty-log", "/bursts", "/reliefs", "/tasks", "/areas/" + area + "/rosters?from=" + day + "&to=" + day} {
		if status, body := head.do(t, "GET", in+path, "", nil); status != 200 {
			t.Errorf("%s: %d %v", path, status, body)
		}
	}
	if status, _ := head.do(t, "GET", in+"/heat?month=2026-13", "", nil); status != 400 {
		t.Errorf("a 13th month: %d", status)
	}
	_, tasks := officer.do(t, "GET", in+"/tasks", "", nil)
	list, _ := tasks["tasks"].([]any)
	for _, one := range list {
		task := one.(map[string]any)
		path := "/tasks/" + task["id"].(string)
		if task["ledger"] == "" {
			continue
		}
		post(officer, path+"/begin", `{}`, key("begin-"+task["id"].(string)[:8]), 201)
		post(officer, path+"/done", `{"note":""}`, nil, 422)
		post(officer, path+"/done", `{"note":"已在会上通报"}`, nil, 200)
		post(officer, path+"/done", `{"note":"已在会上通报"}`, nil, 409)
	}
	if len(list) == 0 {
		t.Error("the officer has no task")
	}
	post(officer, "/entries", `{"ledger":"duty-log","area":"`+area+`","for":"2020-01-01T00:00:00Z"}`, key("begin-old"), 409)
}
