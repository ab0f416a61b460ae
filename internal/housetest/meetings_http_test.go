package housetest_test

import (
	"maps"
	"testing"
)

// TestMeetingsHTTP walks a deliberation over HTTP as the page does; each answer is held to the
// contract.
func TestMeetingsHTTP(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.reviewed()
	s := serving(t, j.h, "party secretary", "first committee member", "area head")
	secretary, member, head := s.as(t, "party secretary"), s.as(t, "first committee member"), s.as(t, "area head")
	prison, one := "/prisons/"+j.h.Prison.String(), j.person("first committee member").String()
	n := 0
	post := func(who *client, method, path, body string, status int) map[string]any {
		t.Helper()
		n++
		headers := map[string]string{"Idempotency-Key": "meetings-" + string(rune('a'+n))}
		if method == "PATCH" {
			maps.Copy(headers, map[string]string{"Content-Type": "application/octet-stream"})
		}
		got, answer := who.do(t, method, path, body, headers)
		if got != status {
			t.Fatalf("%s %s: %d %v", method, path, got, answer)
		}
		return answer
	}
	post(secretary, "POST", "/bodies/members", `{"body":"party","person":"`+one+`","voting":true,"from_day":"`+j.day()+`"}`, 201)
	gone := post(secretary, "POST", "/bodies/members", `{"body":"party","person":"`+j.person("second committee member").String()+`","origin":"`+j.place[1].Prison.String()+`","voting":false,"from_day":"`+j.day()+`"}`, 201)
	post(secretary, "POST", "/bodies/members/"+gone["id"].(string)+"/end", `{"last_day":"`+j.day()+`"}`, 200)
	post(member, "POST", "/bodies/members", `{"body":"party","person":"`+one+`","voting":true,"from_day":"`+j.day()+`"}`, 403)
	if status, b := secretary.do(t, "GET", "/bodies", "", nil); status != 200 || len(b["members"].([]any)) != 2 || len(b["manages"].([]any)) != 1 || len(b["candidates"].([]any)) != 3 {
		t.Errorf("%d %v", status, b)
	}
	post(secretary, "POST", "/meetings", `{"body":"committee","title":"会","day":"`+j.day()+`"}`, 403)
	post(secretary, "POST", "/meetings", `{"body":"party","title":"","day":"`+j.day()+`"}`, 422)
	m := post(secretary, "POST", "/meetings", `{"body":"party","title":"第3次会议","day":"`+j.day()+`"}`, 201)
	at := "/meetings/" + m["id"].(string)
	if status, x := secretary.do(t, "GET", at, "", nil); status != 200 || len(x["waiting"].([]any)) != 1 {
		t.Fatalf("%d %v", status, x)
	}
	if status, x := member.do(t, "GET", at, "", nil); status != 404 {
		t.Errorf("a member of no item: %d %v", status, x)
	}
	i := post(secretary, "POST", prison+at+"/items", `{"case":"`+c.String()+`"}`, 201)
	off := prison + "/items/" + i["id"].(string) + "/acts"
	post(secretary, "POST", off, `{"kind":"taken_off"}`, 422)
	if d := post(secretary, "POST", off, `{"kind":"taken_off","reason":"日期有误"}`, 200); d["taken_off"].(map[string]any)["reason"] != "日期有误" {
		t.Errorf("%v", d)
	}
	post(secretary, "POST", off, `{"kind":"outcome","value":"adjourn","reason":"缓议","seen":1}`, 409)
	i = post(secretary, "POST", prison+at+"/items", `{"case":"`+c.String()+`"}`, 201)
	acts := prison + "/items/" + i["id"].(string)
	post(secretary, "POST", acts+"/acts", `{"kind":"presence","person":"`+one+`","value":"present"}`, 200)
	post(member, "POST", acts+"/acts", `{"kind":"vote","person":"`+one+`","value":"for"}`, 200)
	post(member, "POST", acts+"/acts", `{"kind":"applaud","person":"`+one+`"}`, 422)
	post(head, "POST", acts+"/acts", `{"kind":"vote","person":"`+one+`","value":"for"}`, 403)
	post(secretary, "POST", acts+"/acts", `{"kind":"outcome","value":"agree","reason":"同意","seen":1}`, 412)
	// The second member is there on the last day too, and has no vote.
	d := post(secretary, "POST", acts+"/acts", `{"kind":"outcome","value":"agree","reason":"同意","seen":2}`, 200)
	if d["outcome"] != "agree" || len(d["seats"].([]any)) != 2 {
		t.Errorf("%v", d)
	}
	post(secretary, "PATCH", acts+"/minutes?name=%E7%BA%AA%E8%A6%81.pdf", "%PDF-1.7", 200)
	if status, _ := member.do(t, "GET", acts+"/minutes", "", nil); status != 200 {
		t.Errorf("minutes: %d", status)
	}
	post(secretary, "POST", acts+"/acts", `{"kind":"freeze","seen":4}`, 200)
	if status, x := member.do(t, "GET", at, "", nil); status != 200 || len(x["agenda"].([]any)) != 1 || x["items"] != float64(1) || x["frozen"] != float64(1) {
		t.Errorf("%d %v", status, x)
	}
	if status, x := head.do(t, "GET", "/meetings", "", nil); status != 404 {
		t.Errorf("an area head: %d %v", status, x)
	}
	if status, x := head.do(t, "GET", prison+"/cases/"+c.String(), "", nil); status != 200 || x["items"].([]any)[1].(map[string]any)["outcome"] != "agree" {
		t.Errorf("%d %v", status, x)
	}
	if status, x := secretary.do(t, "GET", prison+"/cases/"+c.String()+"/package", "", nil); status != 404 {
		t.Errorf("no package: %d %v", status, x)
	}
}
