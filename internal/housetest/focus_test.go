package housetest_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/guidance"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestFocusUnits: the bureau's office marks a prison and plans its visits; a planned visit is closed
// by the one visit that names it, or called off, never both; one that is not made is told as overdue.
func TestFocusUnits(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	all := h.Province(t)
	office := h.As(t.Context(), "bureau office")
	mark := func(begins bool, seen int) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := h.Guidance.Mark(ctx, h.Prison, begins, seen, "创建条件较为成熟", ledger.Idem{})
			return err
		}
	}
	plan := func(v guidance.PlannedVisit) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := h.Guidance.PlanVisit(ctx, h.Prison, v, ledger.Idem{})
			return err
		}
	}
	visit := guidance.PlannedVisit{Area: h.Area, Day: dayFrom(5), Department: "dept_custody", Subject: "清监点名记录"}
	refusedTo(t, h, "forbidden", mark(true, 0), "head of the custody line", "bureau leader", "prison office")
	refusedTo(t, h, "focus_state", plan(visit), "bureau office") // no focus unit yet
	refusedTo(t, h, "focus_state", mark(false, 0), "bureau office")
	refusedTo(t, h, "changed_meanwhile", mark(false, 1<<31-1), "bureau office")
	oneOf(t, bothAtOnce(func() error { return mark(true, 0)(office) }, func() error { return mark(true, 0)(h.As(t.Context(), "second bureau office")) }), "changed_meanwhile")
	refusedTo(t, h, "focus_state", mark(true, 1), "bureau office")
	refusedTo(t, h, "forbidden", plan(visit), "head of the custody line", "prison office")
	early, nobody, elsewhere, wordless := visit, visit, visit, visit
	early.Day, nobody.Department, elsewhere.Area, wordless.Subject = dayFrom(-1), "dept_x", all[1].Ordinary, " "
	refusedTo(t, h, "bad_guidance", plan(early), "bureau office")
	refusedTo(t, h, "bad_guidance", plan(wordless), "bureau office")
	refusedTo(t, h, "not_found", plan(nobody), "bureau office")
	refusedTo(t, h, "not_found", plan(elsewhere), "bureau office")
	v, err := h.Guidance.PlanVisit(office, h.Prison, visit, ledger.Idem{})
	if err != nil || v.State != "planned" {
		t.Fatalf("%+v %v", v, err)
	}
	// It stands on the home of its department, and with no other.
	visits := func(who string) (n int) {
		t.Helper()
		lines, err := h.Overview.Lines(h.As(t.Context(), who))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			n += len(l.Visits)
		}
		return n
	}
	if a, b := visits("head of the custody line"), visits("head of the education line"); a != 1 || b != 0 {
		t.Errorf("%d and %d visits", a, b)
	}
	seen := func(who string) []guidance.PlannedVisit {
		t.Helper()
		list, err := h.Guidance.Planned(h.As(t.Context(), who))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for who, n := range map[string]int{"prison office": 1, "area head": 1, "area head elsewhere": 0, "yi prison office": 0, "bureau leader": 1} {
		if got := len(seen(who)); got != n {
			t.Errorf("%s sees %d", who, got)
		}
	}
	// The visit that names it closes it; another unit's does not, and of two at once one does.
	made := func(area, planned uuid.UUID) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := h.Guidance.AddVisit(ctx, h.Prison, guidance.Visit{Area: area, Day: dayFrom(0), Findings: "记录齐全", Advice: "保持", DueOn: dayFrom(9), Planned: planned}, ledger.Idem{})
			return err
		}
	}
	refusedTo(t, h, "not_found", made(h.Other, v.ID), "bureau office")
	refusedTo(t, h, "not_found", made(h.Area, uuid.New()), "bureau office")
	callOff := func(id uuid.UUID) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := h.Guidance.CallOff(ctx, h.Prison, id, "与检查冲突", ledger.Idem{})
			return err
		}
	}
	refusedTo(t, h, "forbidden", callOff(v.ID), "head of the custody line", "prison office")
	oneOf(t, bothAtOnce(func() error { return made(h.Area, v.ID)(h.As(t.Context(), "head of the custody line")) }, func() error { return callOff(v.ID)(office) }), "visit_over")
	refusedTo(t, h, "visit_over", made(h.Area, v.ID), "bureau office")
	refusedTo(t, h, "visit_over", callOff(v.ID), "bureau office")
	if visits("head of the custody line") != 0 {
		t.Error("what is over is still planned")
	}
	second, third := visit, visit
	second.Area = uuid.Nil
	for i, v := range []guidance.PlannedVisit{second, third} {
		p, err := h.Guidance.PlanVisit(office, h.Prison, v, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		if err := []func(context.Context) error{made(uuid.Nil, p.ID), callOff(p.ID)}[i](office); err != nil {
			t.Fatal(err)
		}
	}
	list, may, err := h.Guidance.Focuses(office)
	if err != nil || !may || len(list) != 1 || list[0].On == nil || !*list[0].On || len(list[0].Planned) != 3 {
		t.Fatalf("%+v %v", list, err)
	}
	for _, v := range list[0].Planned {
		if v.Open() || v.State == "done" && v.VisitedOn != dayFrom(0) || v.State == "called_off" && v.End == nil {
			t.Errorf("%+v", v)
		}
	}
	// Who is of one area sees what is planned for it; whether the prison is marked is not said, nor denied.
	if list, _, err := h.Guidance.Focuses(h.As(t.Context(), "area head")); err != nil || len(list) != 1 || list[0].On != nil || len(list[0].Planned) == 0 {
		t.Errorf("%+v %v", list, err)
	}
	// One that nobody made is overdue, for whoever sees it.
	if _, err := h.Owner.Exec(t.Context(), `insert into planned_visits (prison_id, planned_id, day, department, subject, author, salt)
		select prison_id, $2, current_date - 3, department, subject, author, salt from planned_visits where prison_id = $1 limit 1`, h.Prison, uuid.New()); err != nil {
		t.Fatal(err)
	}
	if list := seen("prison office"); !slices.ContainsFunc(list, func(v guidance.PlannedVisit) bool { return v.State == "overdue" }) {
		t.Errorf("%+v", list)
	}
	if _, err := h.Owner.Exec(t.Context(), "alter table planned_visits disable trigger user; delete from planned_visits where day < current_date; alter table planned_visits enable trigger user"); err != nil {
		t.Fatal(err)
	}
	if err := mark(false, 1)(office); err != nil {
		t.Fatal(err)
	}
	refusedTo(t, h, "focus_state", plan(visit), "bureau office")
	leavesHold(t, h, h.Prison, "focus_acts", "planned_visits", "planned_visit_ends", "visits")
	altered(t, h, "update focus_acts set begins = false", "delete from planned_visits", "update planned_visit_ends set reason = ''", "update visits set planned_id = null")
}

// TestFocusHTTP asks the routes as the page does; each answer is held to the contract.
func TestFocusHTTP(t *testing.T) {
	t.Parallel()
	c := serve(t)
	office, officer := c.as(t, "bureau office"), c.as(t, "officer")
	in := "/prisons/" + c.h.Prison.String()
	key := func(k string) map[string]string { return map[string]string{"Idempotency-Key": "focus-" + k} }
	marked := `{"begins":true,"seen":0,"reason":"条件成熟"}`
	if status, v := officer.do(t, "POST", in+"/focus", marked, key("officer")); status != http.StatusForbidden {
		t.Errorf("%d %v", status, v)
	}
	for range 2 {
		if status, v := office.do(t, "POST", in+"/focus", marked, key("begin")); status != http.StatusCreated || v["n"] != float64(1) {
			t.Fatalf("%d %v", status, v)
		}
	}
	planned := `{"area":"` + c.h.Area.String() + `","day":"` + dayFrom(2) + `","department":"dept_custody","subject":"点名"}`
	status, v := office.do(t, "POST", in+"/planned-visits", planned, key("plan"))
	if status != http.StatusCreated || v["state"] != "planned" {
		t.Fatalf("%d %v", status, v)
	}
	status, days := office.do(t, "GET", "/accreditation/calendar", "", nil)
	if status != http.StatusOK || !slices.ContainsFunc(days["days"].([]any), func(d any) bool { return d.(map[string]any)["kind"] == "visit" }) {
		t.Errorf("%d %v", status, days)
	}
	visit := `{"area":"` + c.h.Area.String() + `","day":"` + dayFrom(0) + `","due_on":"` + dayFrom(3) + `","findings":"缺两页","advice":"补齐","planned":"` + v["id"].(string) + `"}`
	if status, x := office.do(t, "POST", in+"/visits", visit, key("visit")); status != http.StatusCreated || x["planned"] != v["id"] {
		t.Errorf("%d %v", status, x)
	}
	if status, x := office.do(t, "POST", in+"/planned-visits/"+v["id"].(string)+"/end", `{"reason":"已安排"}`, key("end")); status != http.StatusConflict || x["code"] != "visit_over" {
		t.Errorf("%d %v", status, x)
	}
	if status, x := office.do(t, "GET", "/focus", "", nil); status != http.StatusOK || len(x["prisons"].([]any)) != 1 {
		t.Errorf("%d %v", status, x)
	}
	if status, x := office.do(t, "GET", "/overview/lines", "", nil); status != http.StatusOK || x["lines"] == nil {
		t.Errorf("%d %v", status, x)
	}
}

// TestVisitsOfTheirTime: an area is visited on days of its own alone, and what was over before it was
// planned fulfils no plan.
func TestVisitsOfTheirTime(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Province(t)
	office := h.As(t.Context(), "bureau office")
	if _, err := h.Guidance.Mark(office, h.Prison, true, 0, "条件成熟", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	field := func(err error, pointer string) {
		t.Helper()
		if e := new(fault.Error); !errors.As(err, &e) || e.Code != "bad_guidance" || len(e.Fields) != 1 || e.Fields[0].Pointer != pointer {
			t.Errorf("%s: %v", pointer, err)
		}
	}
	plan := func() (guidance.PlannedVisit, error) {
		return h.Guidance.PlanVisit(office, h.Prison, guidance.PlannedVisit{Area: h.Area, Day: dayFrom(3), Department: "dept_custody", Subject: "点名"}, ledger.Idem{})
	}
	made := func(day string, planned uuid.UUID) error {
		_, err := h.Guidance.AddVisit(office, h.Prison, guidance.Visit{Area: h.Area, Day: day, Findings: "齐全", Advice: "保持", DueOn: dayFrom(9), Planned: planned}, ledger.Idem{})
		return err
	}
	v, err := plan()
	if err != nil {
		t.Fatal(err)
	}
	field(made(dayFrom(-1), v.ID), "/day")
	if _, err := h.Owner.Exec(t.Context(), `insert into visits (prison_id, visit_id, area_id, day, findings, advice, due_on, author, salt, planned_id)
		values ($1, gen_random_uuid(), $2, $3::text::date, '齐全', '保持', $4::text::date, $5, sha256('x'), $6)`,
		h.Prison, h.Area, dayFrom(-1), dayFrom(9), h.Person("bureau office").PersonID, v.ID); err == nil || !strings.Contains(err.Error(), "before it was planned") {
		t.Errorf("the database takes it: %v", err)
	}
	if err := made(dayFrom(0), v.ID); err != nil {
		t.Error(err)
	}
	set := func(opened, closed any) {
		t.Helper()
		if _, err := h.Owner.Exec(t.Context(), "update areas set opened_on = $2::text::date, closed_on = $3::text::date where area_id = $1", h.Area, opened, closed); err != nil {
			t.Fatal(err)
		}
	}
	set("2020-01-01", dayFrom(0))
	_, err = plan()
	field(err, "/area")
	field(made(dayFrom(0), uuid.Nil), "/area")
	if err := made(dayFrom(-1), uuid.Nil); err != nil { // it was open then
		t.Error(err)
	}
	set(dayFrom(5), nil)
	_, err = plan()
	field(err, "/area")
}
