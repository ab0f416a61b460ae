package housetest_test

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/planning"
)

// yearOf the house today.
func yearOf(t time.Time) int { return t.In(catalog.Zone).Year() }

// applied is a case of the house's area that has applied.
func (j *journey) applied() uuid.UUID {
	j.t.Helper()
	c := j.begin("area head", j.h.Area, "area")
	j.selfCheck(j.h.Area)
	j.ask("area head", c, "submit")
	j.act("prison office", c, accreditation.Act{Event: "submit"})
	return c
}

// TestPlanOfYear: the office brings a plan forward, the prison's leader and nobody else agrees;
// a later version says why and leaves the one before; who sees a unit's case sees its marks.
func TestPlanOfYear(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Province(t)
	year := yearOf(time.Now())
	marks := []planning.Mark{{Area: h.Other, Level: "area", State: lifecycle.Named, Month: 12}, {Level: "standard", State: "APPLIED", Month: 3},
		{Level: "standard", State: "ON_SITE", Month: 9}, {Area: h.Area, Level: "area", State: "BASELINE", Month: 5}}
	submit := func(seen int, reason string, marks []planning.Mark) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := h.Planning.Submit(ctx, h.Prison, year, seen, reason, slices.Clone(marks), ledger.Idem{})
			return err
		}
	}
	decide := func(version int, agreed bool, comment string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := h.Planning.Decide(ctx, h.Prison, year, version, agreed, comment, ledger.Idem{})
			return err
		}
	}
	refusedTo(t, h, "forbidden", submit(0, "", marks), "warden", "area head", "custody head")
	refusedTo(t, h, "not_found", submit(0, "", marks), "yi prison office")
	for _, bad := range [][]planning.Mark{
		nil,
		{{Level: "area", State: "APPLIED", Month: 3}},                                                              // a prison is no area
		{{Area: uuid.New(), Level: "area", State: "APPLIED", Month: 3}},                                            // of another prison
		{{Level: "standard", State: lifecycle.Draft, Month: 3}},                                                    // nobody has to prepare
		{{Level: "standard", State: "DEMO_EVAL", Month: 3}},                                                        // not on this road
		{{Level: "standard", State: "APPLIED", Month: 13}},                                                         // no month
		{{Level: "standard", State: "ON_SITE", Month: 3}, {Level: "standard", State: "APPLIED", Month: 3}},         // back on the road
		{{Level: "standard", State: "APPLIED", Month: 5}, {Level: "standard", State: "ON_SITE", Month: 4}},         // back in time
		{{Level: "standard", State: "APPLIED", Month: 5}, {Level: "demonstration", State: "ON_SITE", Month: 6}},    // two levels
		{{Area: h.Area, Level: "standard", State: "APPLIED", Month: 5}, {Level: "standard", State: "x", Month: 6}}, // an area is no prison
	} {
		refusedTo(t, h, "bad_plan", submit(0, "", bad), "prison office")
	}
	_, err := h.Planning.Submit(h.As(t.Context(), "prison office"), h.Prison, year-1, 0, "", slices.Clone(marks), ledger.Idem{})
	if got := refusals(err); !slices.Equal(got, []string{"range"}) {
		t.Errorf("a year that is over is planned: %v", err)
	}
	oneOf(t, bothAtOnce(func() error { return submit(0, "", marks)(h.As(t.Context(), "prison office")) },
		func() error { return submit(0, "", marks)(h.As(t.Context(), "prison office")) }), "changed_meanwhile")
	see := func(who string) planning.Year {
		t.Helper()
		y, err := h.Planning.Plan(h.As(t.Context(), who), h.Prison, year)
		if err != nil {
			t.Fatal(who, err)
		}
		return y
	}
	y := see("prison leader")
	want := []planning.Mark{marks[1], marks[2], marks[3], marks[0]} // the prison first, its areas in their order
	if diff := cmp.Diff(want, y.Versions[0].Marks); diff != "" || y.InForce != 0 || !y.MayDecide || y.MaySubmit || len(y.Units) != 0 {
		t.Errorf("%+v %s", y, diff)
	}
	refusedTo(t, h, "plan_waits", submit(1, "另有安排", marks), "prison office")
	refusedTo(t, h, "forbidden", decide(1, true, ""), "prison office", "custody head", "bureau office", "area head")
	refusedTo(t, h, "not_found", decide(2, true, ""), "warden")
	refusedTo(t, h, "changed_meanwhile", decide(1<<31, true, ""), "warden")
	refusedTo(t, h, "bad_plan", decide(1, false, " "), "warden")
	oneOf(t, bothAtOnce(func() error { return decide(1, true, "")(h.As(t.Context(), "warden")) },
		func() error { return decide(1, false, "进度过快")(h.As(t.Context(), "prison leader")) }), "already_decided")
	for _, y := range []planning.Year{see("prison office"), see("custody head"), see("bureau leader")} {
		if len(y.Versions) != 1 || y.Versions[0].Decision == nil || len(y.Versions[0].Marks) != 4 {
			t.Errorf("%+v", y)
		}
	}
	// Who is of one area sees that there is a plan, and the marks of their own.
	if y := see("area head"); len(y.Versions[0].Marks) != 1 || y.Versions[0].Marks[0].Area != h.Area {
		t.Errorf("an area head sees %+v", y.Versions[0].Marks)
	}
	if _, err := h.Planning.Plan(h.As(t.Context(), "yi prison office"), h.Prison, year); err == nil {
		t.Error("another prison sees it")
	}
	// The next version says why, and is in force only when it is agreed; until then the one before is.
	refusedTo(t, h, "bad_plan", submit(1, " ", marks), "prison office")
	refusedTo(t, h, "changed_meanwhile", submit(0, "", marks), "prison office")
	refusedTo(t, h, "changed_meanwhile", submit(1<<31-1, "另有安排", marks), "prison office")
	second := append(slices.Clone(marks), planning.Mark{Area: h.Area, Level: "area", State: lifecycle.Named, Month: 11})
	if err := submit(1, "增加命名目标", second)(h.As(t.Context(), "prison office")); err != nil {
		t.Fatal(err)
	}
	first := see("warden").InForce
	if err := decide(2, true, "同意")(h.As(t.Context(), "warden")); err != nil {
		t.Fatal(err)
	}
	y = see("warden")
	if len(y.Versions) != 2 || first == 2 || y.InForce != 2 || y.Tally.All != 5 || y.Versions[0].Reason != "增加命名目标" || y.Versions[1].Reason != "" {
		t.Errorf("%+v", y)
	}
	if err := submit(2, "再调整", marks)(h.As(t.Context(), "prison office")); err != nil {
		t.Fatal(err)
	}
	if err := decide(3, false, "不同意再推迟")(h.As(t.Context(), "prison leader")); err != nil {
		t.Fatal(err)
	}
	if y := see("prison office"); y.InForce != 2 || len(y.Versions) != 3 || !y.MaySubmit {
		t.Errorf("what was sent back is in force: %+v", y)
	}
	leavesHold(t, h, h.Prison, "plans", "plan_decisions")
	altered(t, h, "update plans set reason = ''", "delete from plan_marks", "update plan_decisions set agreed = true", "delete from plan_decisions")
	// Nobody agrees to their own, whatever posts they hold; and a plan does not grow afterwards.
	if _, err := h.Owner.Exec(t.Context(), "insert into plan_decisions (prison_id, year, version, agreed, comment, decided_by, salt) select prison_id, year, version, true, '', author, salt from plans where version = 3"); err == nil {
		t.Error("decided by its author")
	}
	if _, err := h.Owner.Exec(t.Context(), "insert into plan_marks (prison_id, year, version, mark, level, state, month) values ($1, $2, 2, 9, 'standard', 'NAMED', 12)", h.Prison, year); err == nil {
		t.Error("a plan grew")
	}
}

// TestPlanAgainstActual: what was reached is worked out of cases and titles: in time, late by so
// many days, overdue, ahead; what was withdrawn is nothing, and the bureau sees all prisons.
func TestPlanAgainstActual(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	year := yearOf(j.clock.Now()) + 1
	at := func(day string) { j.until(day) }
	h.Planning.Now = j.clock.Now
	d := func(day string) string { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006") + day }
	at(d("-01-10"))
	marks := []planning.Mark{{Level: "standard", State: "APPLIED", Month: 11}, {Area: h.Area, Level: "area", State: "APPLIED", Month: 1},
		{Area: h.Area, Level: "area", State: "SCREENED", Month: 2}, {Area: h.Area, Level: "area", State: "BASELINE", Month: 3}, {Area: h.Area, Level: "area", State: "NAMED", Month: 12},
		{Area: h.Other, Level: "area", State: "NAMED", Month: 1}}
	if _, err := h.Planning.Submit(j.as("prison office"), h.Prison, year, 0, "", marks, ledger.Idem{}); err != nil {
		t.Fatal(err, refusals(err))
	}
	if _, err := h.Planning.Decide(j.as("warden"), h.Prison, year, 1, true, "", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	// One that is withdrawn counts for nothing.
	c := j.applied()
	j.ask("area head", c, "withdraw")
	if _, err := j.try("prison office", c, accreditation.Act{Event: "withdraw", Reason: "准备不足"}); err != nil {
		t.Fatal(err, refusals(err))
	}
	stands := func() (list []string) {
		y, err := h.Planning.Plan(j.as("warden"), h.Prison, year)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range y.Units {
			for _, m := range u.Marks {
				list = append(list, string(m.State)+" "+m.Stands+" "+m.ReachedOn+" "+time.Duration(m.Days).String())
			}
		}
		return list
	}
	check := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, stands()); diff != "" {
			t.Error(diff)
		}
	}
	check("APPLIED ahead  0s", "APPLIED ahead  0s", "SCREENED ahead  0s", "BASELINE ahead  0s", "NAMED ahead  0s", "NAMED ahead  0s")
	at(d("-01-31"))
	j.applied()
	given(t, h, h.Prison, h.Other, "area", d("-01-05"), "省局1号")
	check("APPLIED ahead  0s", "APPLIED reached "+d("-01-31")+" 0s", "SCREENED ahead  0s", "BASELINE ahead  0s", "NAMED ahead  0s", "NAMED reached "+d("-01-05")+" 0s")
	at(d("-04-02"))
	check("APPLIED ahead  0s", "APPLIED reached "+d("-01-31")+" 0s", "SCREENED overdue  33ns", "BASELINE overdue  2ns", "NAMED ahead  0s", "NAMED reached "+d("-01-05")+" 0s")
	list, err := h.Planning.Province(j.as("bureau leader"), year)
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v %v", list, err)
	}
	i := slices.IndexFunc(list, func(a planning.Against) bool { return a.Prison == h.Prison })
	if a := list[i]; a.Tally != (planning.Tally{All: 6, Reached: 2, Overdue: 2, Ahead: 2}) || a.Whole == nil || a.Slowest == nil || a.Slowest.State != "SCREENED" || a.Waits {
		t.Errorf("%+v", a)
	}
	if list, err := h.Planning.Province(j.as("area head"), year); err != nil || len(list) != 0 {
		t.Errorf("an area head sees the prisons: %+v %v", list, err)
	}
	y, err := h.Planning.Plan(j.as("bureau office"), h.Prison, year)
	if err != nil || len(y.Months) != 12 || y.Months[11].Planned != 6 || y.Months[2].Planned != 4 || *y.Months[0].Reached != 2 || y.Months[4].Reached != nil {
		t.Errorf("%+v %v", y.Months, err)
	}
}

// TestPlansHTTP asks the routes of plans as the page does; each answer is held to the contract.
func TestPlansHTTP(t *testing.T) {
	t.Parallel()
	c := serving(t, housetest.New(t), "prison office", "warden", "bureau leader")
	c.h.Province(t)
	office, warden, bureau := c.as(t, "prison office"), c.as(t, "warden"), c.as(t, "bureau leader")
	year := strconv.Itoa(yearOf(time.Now()))
	at := "/prisons/" + c.h.Prison.String() + "/plans/" + year
	key := func(k string) map[string]string { return map[string]string{"Idempotency-Key": "plan-" + k} }
	body := `{"seen":0,"marks":[{"level":"standard","state":"APPLIED","month":1},{"area":"` + c.h.Area.String() + `","level":"area","state":"NAMED","month":12}]}`
	for range 2 {
		if status, v := office.do(t, "POST", at, body, key("first")); status != http.StatusCreated || v["version"] != float64(1) {
			t.Fatalf("%d %v", status, v)
		}
	}
	for name, x := range map[string]struct {
		who        *client
		path, body string
		status     int
		code       string
	}{
		"nothing planned": {office, at, `{"seen":1,"reason":"x","marks":[]}`, 422, "bad_plan"},
		"another waits":   {office, at, `{"seen":1,"reason":"x","marks":[{"level":"standard","state":"APPLIED","month":1}]}`, 409, "plan_waits"},
		"no word":         {warden, at + "/decision", `{"version":1,"agreed":false}`, 422, "bad_plan"},
		"no version":      {warden, at + "/decision", `{"version":2,"agreed":true}`, 404, "not_found"},
		"no year":         {office, "/prisons/" + c.h.Prison.String() + "/plans/x", body, 404, "not_found"},
	} {
		if status, v := x.who.do(t, "POST", x.path, x.body, key(strings.ReplaceAll(name, " ", "-"))); status != x.status || v["code"] != x.code {
			t.Errorf("%s: %d %v", name, status, v)
		}
	}
	if status, v := warden.do(t, "POST", at+"/decision", `{"version":1,"agreed":true}`, key("agreed")); status != http.StatusOK || v["decision"] == nil {
		t.Fatalf("%d %v", status, v)
	}
	if status, v := warden.do(t, "GET", at, "", nil); status != http.StatusOK || v["in_force"] != float64(1) || len(v["units"].([]any)) != 2 {
		t.Errorf("%d %v", status, v)
	}
	if status, v := bureau.do(t, "GET", "/plans/"+year, "", nil); status != http.StatusOK || len(v["prisons"].([]any)) != 3 {
		t.Errorf("%d %v", status, v)
	}
}

// TestPlanOfYearThatIsOver: what a year was held to is not chosen when it is over and the outcome is known.
func TestPlanOfYearThatIsOver(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Province(t)
	year := yearOf(time.Now())
	office, warden := h.As(t.Context(), "prison office"), h.As(t.Context(), "warden")
	marks := []planning.Mark{{Area: h.Area, Level: "area", State: "APPLIED", Month: 1}, {Level: "standard", State: "APPLIED", Month: 12}}
	if _, err := h.Planning.Submit(office, h.Prison, year, 0, "", slices.Clone(marks), ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Planning.Decide(warden, h.Prison, year, 1, true, "", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Planning.Submit(office, h.Prison, year, 1, "推迟", slices.Clone(marks[1:]), ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	h.Planning.Now = func() time.Time { return time.Date(year+1, time.January, 10, 9, 0, 0, 0, catalog.Zone) }
	_, err := h.Planning.Decide(warden, h.Prison, year, 2, true, "", ledger.Idem{})
	if got := refusals(err); !slices.Equal(got, []string{"range"}) {
		t.Errorf("agreed when the year is over: %v", err)
	}
	y, err := h.Planning.Plan(warden, h.Prison, year)
	if err != nil || y.InForce != 1 || y.MayDecide || y.Tally.All != len(marks) {
		t.Errorf("%v %d %v %+v", err, y.InForce, y.MayDecide, y.Tally)
	}
}
