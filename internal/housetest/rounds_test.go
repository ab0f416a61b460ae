package housetest_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/housetest"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/schemas"
)

// TestTasksAfterMove: what departments have done stays done when the case is moved to a newer
// version, for the round goes on.
func TestTasksAfterMove(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	j.road(`"area_departments_assess": {"value": false`, `"area_departments_assess": {"value": true`)
	kitchen := j.place[0].Kitchen
	c := j.begin("prison office", kitchen, "area")
	h.Reassign(t, "area head elsewhere", kitchen)
	if _, err := h.Assessment.Keep(j.as("area head elsewhere"), h.Prison, kitchen, assessment.SelfCheck, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	j.ask("area head elsewhere", c, "submit")
	j.act("prison office", c, accreditation.Act{Event: "submit"})
	j.act("bureau office", c, accreditation.Act{Event: "screen"})
	j.batch(c)
	base := j.open(c, kitchen, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	one := j.departments(c)[0]
	j.record("head of the "+strings.TrimPrefix(one, "dept_")+" line", c, "results", one, accreditation.Result{Met: true, Text: "达到要求"})
	state := func() (state string) {
		t.Helper()
		list, err := h.Cases.Tasks(j.as("bureau office"))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			if x.Kind == "results" && x.Department == one {
				state = x.State
			}
		}
		return state
	}
	if got := state(); got != "done" {
		t.Fatalf("before: %q", got)
	}
	v := reviewed(t, h, kitchenV2(t))
	if _, err := h.Standards.Issue(j.as("bureau office"), "kitchen", 2, v.Revision, j.day(), onceAs("issue")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Cases.Choose(j.as("bureau office"), h.Prison, c, j.whole("bureau office", c).Seq, "move", "新版更严", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if w := j.whole("bureau office", c); w.State != "DEPT_ASSESS" || w.Pin.Version != 2 {
		t.Fatalf("%s by version %d", w.State, w.Pin.Version)
	}
	if got := state(); got != "done" {
		t.Errorf("after the move: %q", got)
	}
}

// TestCheckWaitedForAct: a check whose transaction began before the act that ended the round, and
// waited for it, belongs to no round.
func TestCheckWaitedForAct(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c, base := j.atBaseline()
	j.confirm(base, lost80...)
	j.act("bureau office", c, accreditation.Act{Event: "postpone", Reason: "须整改", Cites: j.opined(c, "delay")})
	// The time of a transaction is that of its beginning, and so before the act it waited for.
	j.clock.Advance(-10 * time.Minute)
	_, err := j.another(c, h.Area, inspection.Baseline, ofThree...)
	wants(t, "of before the act", err, "changed_meanwhile")
	_, err = h.Owner.Exec(t.Context(), `insert into checks select (jsonb_populate_record(k, jsonb_build_object('check_id', gen_random_uuid(), 'state', 'open', 'recorded_at', $3::timestamptz))).*
		from checks k where k.prison_id = $1 and k.check_id = $2`, h.Prison, base, j.clock.Now())
	if got := constraintOf(err); got != "case_events_pkey" {
		t.Errorf("past the service: %s", got)
	}
	j.clock.Advance(20 * time.Minute)
	ready := j.open(c, h.Area, inspection.Baseline)
	if w := j.whole("bureau office", c); len(w.Prepared) != 1 || w.Prepared[0].Check != ready {
		t.Errorf("prepared: %+v", w.Prepared)
	}
	_, err = j.another(c, h.Area, inspection.Baseline, ofThree...)
	wants(t, "a second", err, "case_checked")
}

// newRoad brings a second version of the road in force beside the first.
func (j *journey) newRoad(edit ...string) {
	j.t.Helper()
	raw, err := fs.ReadFile(schemas.FS, "accreditation/v1/case.json")
	if err != nil {
		j.t.Fatal(err)
	}
	newer := strings.NewReplacer(append(edit, `"version": 1,`, `"version": 2,`)...).Replace(string(raw))
	if j.h.Cases.Machines, err = housetest.Roads(fstest.MapFS{"v2/case.json": {Data: []byte(newer)}}); err != nil {
		j.t.Fatal(err)
	}
}

// twoLeft is the working day on which two more are left until the last.
func (j *journey) twoLeft(last string) string {
	j.t.Helper()
	m, err := catalog.Noon(last)
	if err != nil {
		j.t.Fatal(err)
	}
	for at := m.At; ; at = at.AddDate(0, 0, -1) {
		if cal, day := j.h.Catalog.Calendar(), catalog.DayOf(at); cal.Workday(day) && cal.Workdays(day, last) == 2 {
			return day
		}
	}
}

// twoDays before another, whatever they are.
func (j *journey) twoDays(last string) string {
	j.t.Helper()
	m, err := catalog.Noon(last)
	if err != nil {
		j.t.Fatal(err)
	}
	return catalog.DayOf(m.At.AddDate(0, 0, -2))
}

// crossing lets days pass until the last of so many working days from now has days off among the two before
// it: working days and days are not the same then.
func (j *journey) crossing(workdays int) {
	j.t.Helper()
	for ; ; j.days(1) {
		last := catalog.DayOf(j.h.Catalog.Calendar().AddWorkdays(j.clock.Now().In(catalog.Zone), workdays))
		if j.twoLeft(last) != j.twoDays(last) {
			return
		}
	}
}

// TestRemindsByOwnRoad: when a department is reminded says the road of the case, as does until
// when it is asked; a newer road is of newer cases.
func TestRemindsByOwnRoad(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	j.crossing(10)
	w := j.confirmedBaseline()
	j.newRoad(`"opinion_remind_workdays": {"value": 2`, `"opinion_remind_workdays": {"value": 10`)
	list, err := h.Cases.Opinions(j.as(headOfCustody))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if o.Mark != "open" {
			t.Errorf("%s is %s at once", o.Department, o.Mark)
		}
	}
	timers := 0
	for _, x := range j.whole("bureau office", w.ID).Timers {
		if x.Timer != "TM3" {
			continue
		}
		if timers++; x.Mark != lifecycle.Ahead {
			t.Errorf("the case reminds: %+v", x)
		}
		if x.Opens != j.twoLeft(x.On) || x.Opens == j.twoDays(x.On) {
			t.Errorf("two working days before %s it is reminded on %s", x.On, x.Opens)
		}
	}
	if timers == 0 {
		t.Error("no opinion is due")
	}
}

// TestChecksByOwnRoad: how many a team has and how long appeals may be made says the road of the case
// that a check is of; of a check of no case, the road in force.
func TestChecksByOwnRoad(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	ofFour := append(slices.Clone(ofThree), "yi second inspector")
	until := func(check uuid.UUID) string {
		t.Helper()
		w, err := h.Inspection.Whole(j.as("inspector"), h.Prison, check)
		if err != nil {
			t.Fatal(err)
		}
		return w.AppealUntil
	}
	in := func(workdays int) string {
		return catalog.DayOf(h.Catalog.Calendar().AddWorkdays(j.clock.Now().In(catalog.Zone), workdays))
	}
	old := j.begin("area head", h.Area, "area")
	j.screened(old)
	j.batch(old)
	j.newRoad(`"team_min": {"value": 3`, `"team_min": {"value": 4`, `"appeal_workdays": {"value": 5`, `"appeal_workdays": {"value": 9`)
	base := j.open(old, h.Area, inspection.Baseline)
	j.act("bureau office", old, accreditation.Act{Event: "baseline"})
	j.confirm(base)
	if got, want := until(base), in(5); got != want {
		t.Errorf("appeals of the case of before until %s, not %s", got, want)
	}
	j.ask("area head", old, "withdraw")
	j.act("prison office", old, accreditation.Act{Event: "withdraw", Reason: "另行申报"})

	c := j.begin("area head", h.Area, "area")
	j.screened(c)
	j.batch(c)
	_, err := j.another(c, h.Area, inspection.Baseline, ofThree...)
	wants(t, "a team that the new road finds small", err, "bad_check")
	base, err = j.another(c, h.Area, inspection.Baseline, ofFour...)
	if err != nil {
		t.Fatal(err, refusals(err))
	}
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	j.confirm(base)
	if got, want := until(base), in(9); got != want {
		t.Errorf("appeals of the new case until %s, not %s", got, want)
	}
	j.checked(h.Other, inspection.Mock, j.team("inspector"), "bureau office")
	shown, err := h.Inspection.Checks(j.as("bureau office"), h.Prison)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := shown.Checks[0].AppealUntil, in(9); shown.Checks[0].Kind != inspection.Mock || got != want {
		t.Errorf("appeals of a %s of no case until %s, not %s", shown.Checks[0].Kind, got, want)
	}
}

// TestAppealTimer: whoever may appeal is reminded before their time is over, the bureau's office once it
// is; the sheet stays for people to close, and nothing is due of it then (TM4).
func TestAppealTimer(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	j.crossing(5)
	c, base := j.atBaseline()
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	site := j.open(c, h.Area, inspection.OnSite)
	timer := func() *accreditation.Timer {
		t.Helper()
		list := j.whole("bureau office", c).Timers
		if i := slices.IndexFunc(list, func(x accreditation.Timer) bool { return x.Timer == "TM4" }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	// elsewhere is the same timer in the list of cases and in the calendar: its day and mark.
	elsewhere := func(who string) (list, dates string) {
		t.Helper()
		board, err := h.Cases.Cases(j.as(who))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range board.Cases {
			for _, tm := range x.Timers {
				if x.ID == c && tm.Timer == "TM4" {
					list += fmt.Sprint(tm.On, " ", tm.Mark == lifecycle.Late)
				}
			}
		}
		due, err := h.Cases.Dates(j.as(who))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range due {
			if d.Case == c && d.Kind == "timer" && d.Title.ZH == "申诉期限" {
				dates += fmt.Sprint(d.Day, " ", d.Late)
			}
		}
		return list, dates
	}
	told := func() (out []string) {
		t.Helper()
		if err := h.Cases.Tend(t.Context(), h.Prison); err != nil {
			t.Fatal(err)
		}
		for _, who := range []string{"area head", "prison office", "bureau office"} {
			var n int
			if err := h.Owner.QueryRow(t.Context(), "select count(*) from notices where person_id = $1 and kind = 'case_due' and detail->'timer'->>'zh' = '申诉期限'", j.person(who)).Scan(&n); err != nil {
				t.Fatal(err)
			}
			out = append(out, fmt.Sprint(who, " ", n))
		}
		return out
	}
	stands := func(when string, mark lifecycle.Mark, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, told()); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
		x := timer()
		if x == nil || x.Mark != mark {
			t.Fatalf("%s: %+v", when, x)
		}
		for _, who := range []string{"area head", headOfCustody, "bureau office"} {
			if list, dates := elsewhere(who); list != fmt.Sprint(x.On, " ", mark == lifecycle.Late) || dates != list {
				t.Errorf("%s, to %s: the list has %q, the calendar %q, the page %s", when, who, list, dates, x.On)
			}
		}
	}
	none := func(when string) {
		t.Helper()
		list, dates := elsewhere("bureau office")
		if x := timer(); x != nil || list != "" || dates != "" {
			t.Errorf("%s: %+v, in the list %q, in the calendar %q", when, x, list, dates)
		}
	}
	none("of no sheet")
	j.confirm(site, lost50...)
	stands("at once", lifecycle.Ahead, "area head 0", "prison office 0", "bureau office 0")
	last := timer().On
	opens := j.twoLeft(last)
	if opens == j.twoDays(last) {
		t.Fatalf("no day off between %s and %s", opens, last)
	}
	m, err := catalog.Noon(opens)
	if err != nil {
		t.Fatal(err)
	}
	j.until(catalog.DayOf(m.At.AddDate(0, 0, -1)))
	stands("the day before", lifecycle.Ahead, "area head 0", "prison office 0", "bureau office 0")
	j.until(opens)
	stands("two working days before", lifecycle.Open, "area head 1", "prison office 1", "bureau office 0")
	j.until(last)
	stands("on the last day", lifecycle.Open, "area head 1", "prison office 1", "bureau office 0")
	j.days(1)
	stands("over", lifecycle.Late, "area head 2", "prison office 2", "bureau office 1")
	stands("told again", lifecycle.Late, "area head 2", "prison office 2", "bureau office 1")
	if w := j.whole("bureau office", c); w.State != "ON_SITE" {
		t.Errorf("the clock took the case to %s", w.State)
	}
	if _, err := h.Inspection.Close(j.as("bureau office"), h.Prison, site, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	none("of a closed sheet")
}

// TestUnreadOfEachYear: the bulletin of a year stays to be read when the next year's is there.
func TestUnreadOfEachYear(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	area := j.begin("area head", h.Area, "area")
	j.screened(area)
	old := j.planned("area")
	j.record("bureau office", area, "batch", "", old)
	j.issued(old.Year)
	j.until(catalog.DayOf(time.Date(old.Year+1, 1, 10, 12, 0, 0, 0, catalog.Zone)))
	next := accreditation.Planned{Year: old.Year + 1, Batch: 1, Level: "area", ClosesOn: j.day(), From: j.day(), To: catalog.DayOf(j.clock.Now().AddDate(0, 6, 0))}
	if _, err := h.Cases.Plan(j.as("bureau office"), next, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	j.record("bureau office", area, "batch", "", accreditation.Batch{Year: next.Year, Batch: 1})
	j.issued(next.Year)
	j.days(15)
	for range 2 {
		for _, p := range j.place {
			if err := h.Cases.Tend(t.Context(), p.Prison); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := h.Owner.Query(t.Context(), "select (detail->>'year')::int from notices where person_id = $1 and kind = 'bulletin_unread' order by 1", j.person(headOfCustody))
		if err != nil {
			t.Fatal(err)
		}
		var years []int
		for rows.Next() {
			var y int
			if err := rows.Scan(&y); err != nil {
				t.Fatal(err)
			}
			years = append(years, y)
		}
		if !slices.Equal(years, []int{old.Year, next.Year}) {
			t.Errorf("reminded of %v", years)
		}
	}
}
