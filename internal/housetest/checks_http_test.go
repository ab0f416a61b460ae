package housetest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/account"
	"taizhang/internal/catalog"
)

// TestChecksOverHTTP goes the road of a check by its routes: what is answered is as the
// contract says, and whoever may not is told so.
func TestChecksOverHTTP(t *testing.T) {
	t.Parallel()
	c := serve(t)
	h := c.h
	h.Province(t)
	people := map[string]*client{}
	for _, who := range []string{"yi inspector", "area head", "bureau leader", "prison office"} {
		if _, err := h.Owner.Exec(t.Context(), "insert into users (user_id, person_id, password) values ($1, $2, $3)", uuid.New(), h.Person(who).PersonID, account.Hash("a password")); err != nil {
			t.Fatal(err)
		}
	}
	for _, who := range []string{"bureau office", "yi inspector", "area head", "bureau leader", "prison office", "officer"} {
		people[who] = c.as(t, who)
	}
	in := "/prisons/" + h.Prison.String()
	n := 0
	ask := func(who, method, path, body string, want int) map[string]any {
		t.Helper()
		n++
		status, answer := people[who].do(t, method, path, body, map[string]string{"Idempotency-Key": fmt.Sprintf("check-key-%d", n)})
		if status != want {
			t.Fatalf("%s %s %s: %d %v", who, method, path, status, answer)
		}
		return answer
	}
	day := catalog.DayOf(time.Now())
	if pool := ask("bureau office", "GET", in+"/inspectors?kind=baseline", "", 200)["people"].([]any); len(pool) < 5 {
		t.Errorf("the pool: %v", pool)
	}
	ask("officer", "GET", in+"/inspectors?kind=baseline", "", 403)
	ids := []any{}
	for _, who := range []string{"yi inspector", "yi second inspector", "bing inspector"} {
		ids = append(ids, h.Person(who).PersonID)
	}
	team := fmt.Sprintf(`"team":[{"person":%q,"leader":true},{"person":%q},{"person":%q}]`, ids...)
	body := fmt.Sprintf(`{"kind":"joint","area":%q,"from_day":%q,"to_day":%q,"purpose":"现场考核",%s}`, h.Area, day, day, team)
	ask("prison office", "POST", in+"/checks", body, 403)
	check := ask("bureau office", "POST", in+"/checks", body, 201)["id"].(string)
	at := in + "/checks/" + check
	finding := fmt.Sprintf(`{"line":"YJ-02.missing","day":%q,"count":2,"note":"缺谈话室一间","conclusion":"不符合","severity":"moderate","scope":"limited","sources":["seen","written"],"event":"谈话室","key":true,"place":"二楼","time":"09:30"}`, day)
	ask("area head", "POST", at+"/findings", finding, 403)
	ask("yi inspector", "POST", at+"/findings", `{"line":"XX","day":"`+day+`","note":"","conclusion":"","severity":"","scope":"","sources":[]}`, 422)
	ask("yi inspector", "POST", at+"/findings", finding, 200)
	lot := ask("yi inspector", "POST", at+"/draws", fmt.Sprintf(`{"kind":"officers","area":%q,"n":1,"word":"三"}`, h.Area), 201)
	rests := fmt.Sprintf(`{"seed":%q,"roster":%q,"drawn":[%q]}`, lot["seed"], lot["digest"], lot["drawn"].([]any)[0].(map[string]any)["item"])
	quiz := fmt.Sprintf(`{"line":"ZZ-04.pass","day":%q,"count":3,"note":"抽考","conclusion":"未达标","severity":"low","scope":"pattern","sources":["tested"],"draw":%s}`, day, rests)
	ask("yi inspector", "POST", at+"/findings", quiz, 200)
	ask("yi inspector", "POST", at+"/findings", fmt.Sprintf(`{"day":%q,"note":"建议增设标识","conclusion":"可改进","severity":"low","scope":"limited","sources":["seen"]}`, day), 200)
	whole := ask("area head", "GET", at, "", 200)
	found := whole["findings"].([]any)
	id := func(i int) string { return at + "/findings/" + found[i].(map[string]any)["id"].(string) }
	ask("area head", "POST", id(0)+"/replies", `{"agrees":false,"text":"正在改造"}`, 200)
	ask("yi inspector", "POST", id(1)+"/withdrawal", `{"reason":"抽样有误"}`, 200)
	ask("yi inspector", "GET", at+"/sheet", "", 200)
	ask("bureau office", "POST", at+"/members", fmt.Sprintf(`{"person":%q}`, h.Person("inspector").PersonID), 200)
	seq := int(ask("yi inspector", "GET", at, "", 200)["seq"].(float64))
	due := catalog.DayOf(time.Now().AddDate(0, 1, 0))
	ask("yi inspector", "POST", at+"/confirm", fmt.Sprintf(`{"seq":%d,"due_on":%q}`, seq-1, due), 412)
	confirmed := ask("yi inspector", "POST", at+"/confirm", fmt.Sprintf(`{"seq":%d,"due_on":%q}`, seq, due), 200)
	ask("bureau office", "GET", in+"/runs/"+confirmed["run"].(string), "", 200)
	ask("area head", "POST", id(0)+"/appeal", `{"reason":"正在改造，有批复"}`, 200)
	ask("yi inspector", "POST", id(0)+"/appeal/decision", `{"verdict":"annul","reason":"无"}`, 403)
	ask("bureau office", "POST", at+"/close", `{}`, 409)
	ask("bureau leader", "POST", id(0)+"/appeal/decision", `{"verdict":"reduce","count":1,"reason":"一间有批复"}`, 200)
	ask("bureau office", "POST", at+"/close", `{}`, 409)
	ask("bureau office", "POST", at+"/cancel", `{"reason":"改期"}`, 409)
	items := ask("area head", "GET", in+"/rectifications", "", 200)["rectifications"].([]any)
	if len(items) != 1 {
		t.Fatalf("%d items", len(items))
	}
	item := in + "/rectifications/" + items[0].(map[string]any)["id"].(string) + "/acts"
	ask("area head", "POST", item, fmt.Sprintf(`{"kind":"assigned","owner":%q,"cause":"巡检遗漏","action":"恢复谈话室"}`, h.Person("officer").Number), 200)
	ask("officer", "POST", item, `{"kind":"done","action":"已恢复"}`, 200)
	ask("area head", "POST", item, `{"kind":"verified","action":"属实"}`, 403)
	ask("prison office", "POST", item, `{"kind":"verified","action":"属实"}`, 200)
	ask("prison office", "GET", at, "", 200)
	if list := ask("prison office", "GET", in+"/checks", "", 200)["checks"].([]any); len(list) != 1 {
		t.Errorf("%d checks", len(list))
	}
	prison := fmt.Sprintf(`{"kind":"mock","from_day":%q,"to_day":%q,"purpose":"模拟",%s}`, day, day, team)
	whole = ask("bureau office", "POST", in+"/checks", prison, 201)
	ask("prison office", "GET", in+"/checks/"+whole["id"].(string), "", 200)
	ask("area head", "GET", in+"/checks/"+whole["id"].(string), "", 403)
	ask("bureau office", "POST", in+"/checks/"+whole["id"].(string)+"/cancel", `{"reason":"演练改期"}`, 200)
}
