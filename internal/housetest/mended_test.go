package housetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/guidance"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/scoring"
	"taizhang/schemas"
)

// another is a second check of the case, of the same kind.
func (j *journey) another(c, area uuid.UUID, kind string, team ...string) (uuid.UUID, error) {
	return j.openAs(j.as("bureau office"), c, area, kind, team...)
}

func (j *journey) openAs(ctx context.Context, c, area uuid.UUID, kind string, team ...string) (uuid.UUID, error) {
	x, err := j.h.Inspection.OpenCheck(ctx, j.h.Prison, inspection.NewCheck{Area: area, Case: &c, Kind: kind, FromDay: j.day(),
		ToDay: j.day(), Purpose: "另行考核", Team: j.team(team...)}, ledger.Idem{})
	return x.ID, err
}

var ofThree = []string{"inspector", "yi inspector", "bing inspector"}

// atBaseline takes the house's area into its baseline check and returns case and check.
func (j *journey) atBaseline() (c, base uuid.UUID) {
	j.t.Helper()
	c = j.begin("area head", j.h.Area, "area")
	j.screened(c)
	j.batch(c)
	base = j.open(c, j.h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	return c, base
}

// wholeAtBaseline names all areas of the house's prison before, and takes the prison as a whole to
// its baseline check.
func (j *journey) wholeAtBaseline(level string) (c, base uuid.UUID) {
	j.t.Helper()
	for _, a := range []uuid.UUID{j.h.Area, j.h.Other, j.place[0].Kitchen} {
		j.lookedBack(j.imported(a, "area"))
	}
	c = j.begin("warden", uuid.Nil, level)
	j.checked(uuid.Nil, inspection.SelfCheck, j.team("warden"), "prison office")
	j.ask("warden", c, "submit")
	j.act("prison office", c, accreditation.Act{Event: "submit"})
	j.act("bureau office", c, accreditation.Act{Event: "screen"})
	j.batch(c)
	base = j.open(c, uuid.Nil, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	return c, base
}

// onSite takes it on to its acceptance.
func (j *journey) onSite() uuid.UUID {
	j.t.Helper()
	c, base := j.atBaseline()
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	return c
}

func (j *journey) cancelled(check uuid.UUID) {
	j.t.Helper()
	if _, err := j.h.Inspection.Cancel(j.as("bureau office"), j.h.Prison, check, "改期", ledger.Idem{}); err != nil {
		j.t.Fatal(err)
	}
}

// TestOneSheetOfRound: the sheet that fails is not set aside by opening another check; only a
// cancelled one makes room. A team is of three, and what is only prepared is not confirmed.
func TestOneSheetOfRound(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	area := j.h.Area
	c := j.begin("area head", area, "area")
	j.screened(c)
	j.batch(c)
	_, err := j.another(c, area, inspection.Baseline, "inspector", "yi inspector")
	wants(t, "a team of two", err, "bad_check")
	for _, kind := range []string{inspection.Baseline, inspection.OnSite, inspection.LookBack, inspection.Recheck} {
		_, err := j.h.Inspection.OpenCheck(j.as("bureau office"), j.h.Prison, inspection.NewCheck{Area: area, Kind: kind, FromDay: j.day(), ToDay: j.day(), Purpose: "考核", Team: j.team(ofThree...)}, ledger.Idem{})
		wants(t, kind+" of no case", err, "bad_check")
	}
	first := j.open(c, area, inspection.Baseline)
	_, err = j.another(c, area, inspection.Baseline, ofThree...)
	wants(t, "a second that is prepared", err, "case_checked")
	_, err = j.h.Inspection.Confirm(j.as("inspector"), j.h.Prison, first, 1, catalog.DayOf(j.clock.Now().AddDate(0, 1, 0)), ledger.Idem{})
	wants(t, "confirmed before the step begins", err, "case_forbids")
	j.cancelled(first)
	base := j.open(c, area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	j.confirm(base, lost80...)
	_, err = j.another(c, area, inspection.Baseline, ofThree...)
	wants(t, "beside a confirmed baseline", err, "case_checked")
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Reason: "如期", Cites: j.opined(c, "on_time")})
	office := j.as("bureau office")
	onlyOne(t, func() error { _, err := j.openAs(office, c, area, inspection.OnSite, ofThree...); return err },
		func() error { _, err := j.openAs(office, c, area, inspection.OnSite, ofThree...); return err })
	site := j.whole("bureau office", c).Check
	j.confirm(site, lost86...)
	_, err = j.another(c, area, inspection.OnSite, ofThree...)
	wants(t, "beside a confirmed sheet that fails", err, "case_checked")
	j.closed(site)
	_, err = j.another(c, area, inspection.OnSite, ofThree...)
	wants(t, "beside a closed sheet that fails", err, "case_checked")
	if out := j.act("bureau office", c, accreditation.Act{Event: "close"}); out.State != "NOT_PASSED" {
		t.Errorf("914 of 950: %s", out.State)
	}
	// When opinions were due stands in the act that asked for them.
	s := verified(t, j.h)
	if _, err := j.h.Owner.Exec(t.Context(), "update opinions set due_on = due_on + 30"); err != nil {
		t.Fatal(err)
	}
	if r := s.verify(t); len(r.Problems) == 0 {
		t.Error("the day of opinions was changed and nobody sees it")
	}
}

// TestSheetIsOfItsRound: an acceptance of before the case was sent back, or of before a new
// baseline, is not the sheet of the round after it.
func TestSheetIsOfItsRound(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]func(j *journey, c uuid.UUID){
		"sent back": func(j *journey, c uuid.UUID) {
			site := j.open(c, j.h.Area, inspection.OnSite)
			j.confirm(site)
			j.closed(site)
			j.act("bureau office", c, accreditation.Act{Event: "close"})
			// Nothing of the step is dated before it began, and days do not lie ahead (R35).
			yesterday := catalog.DayOf(j.clock.Now().AddDate(0, 0, -1))
			j.meeting("party secretary", c, "send_back")
			_, err := j.try("party secretary", c, accreditation.Act{Event: "send_back", Reason: "资料不全", Document: "1号", DocumentOn: yesterday})
			wants(j.t, "a document before the step began", err, "bad_case")
			j.act("party secretary", c, accreditation.Act{Event: "send_back", Reason: "资料不全"})
		},
		"baseline anew": func(j *journey, c uuid.UUID) {
			site := j.open(c, j.h.Area, inspection.OnSite)
			j.confirm(site)
			j.days(91)
			base := j.open(c, j.h.Area, inspection.Baseline)
			j.act("bureau office", c, accreditation.Act{Event: "baseline_anew"})
			j.confirm(base)
			j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
			if _, err := j.h.Inspection.Close(j.as("bureau office"), j.h.Prison, site, ledger.Idem{}); err != nil {
				j.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := onRoad(t)
			c := j.onSite()
			back(j, c)
			if w := j.whole("bureau office", c); w.State != "ON_SITE" || w.Check != uuid.Nil || w.Score != "" {
				t.Errorf("%s: the old sheet is back: %s %s", w.State, w.Check, w.Score)
			}
			j.refused("bureau office", c, accreditation.Act{Event: "close"}, "confirmed", "appeals_over", "closed", "record")
			site := j.open(c, j.h.Area, inspection.OnSite)
			j.confirm(site)
			j.closed(site)
			if out := j.act("bureau office", c, accreditation.Act{Event: "close"}); out.State != "PARTY_REVIEW" {
				t.Errorf("with its own sheet: %s", out.State)
			}
			verified(t, j.h)
		})
	}
}

// TestCarryIsOfCase: a prison that holds both titles has two roads: what the look-back of one
// lost is not taken off the re-check of the other, on the sheet as on the road.
func TestCarryIsOfCase(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	standard := j.lookedBack(j.imported(uuid.Nil, "standard"), loss{"P-YJ-02.room", 1})
	back := j.whole("bureau office", standard).Check
	j.closed(back)
	carried := j.act("bureau office", standard, accreditation.Act{Event: "close"}).Carry
	if carried == "0" {
		t.Fatal("nothing was lost")
	}
	title := j.imported(uuid.Nil, "demonstration")
	demonstration, err := j.h.Cases.TakeUp(j.as("bureau office"), j.h.Prison, title.ID, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range map[uuid.UUID]string{demonstration.ID: "0", standard: carried} {
		j.record("bureau office", c, "grave", "", accreditation.Note{Day: j.day(), Text: "重大事件"})
		check := j.open(c, uuid.Nil, inspection.Recheck)
		out := j.act("bureau office", c, accreditation.Act{Event: "recheck_early", Reason: "重大事件"})
		j.confirm(check)
		run, err := j.h.Inspection.Whole(j.as("bureau office"), j.h.Prison, check)
		if err != nil {
			t.Fatal(err)
		}
		r, same, err := j.h.Assessment.Run(j.as("bureau office"), j.h.Prison, *run.Run)
		if err != nil || same != assessment.Same {
			t.Fatalf("%v %v", same, err)
		}
		var sheet scoring.Sheet
		if err := json.Unmarshal(r.Sheet, &sheet); err != nil {
			t.Fatal(err)
		}
		got := "0"
		if sheet.Carry != nil {
			got = sheet.Carry.Deducted.String()
		}
		if got != want || out.Carry != want {
			t.Errorf("%s: the sheet carries %q, the road %s", out.Level, got, out.Carry)
		}
	}
}

// TestTitleNeedsSecond: who enters a title from before does not make it count, by no way.
func TestTitleNeedsSecond(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	in := accreditation.Imported{Area: h.Area, Level: "area", Wording: "规范化监区", DocumentNo: "旧发1号", NamedOn: j.day(), Body: "省局"}
	enter := func() (accreditation.Title, error) {
		return h.Cases.Import(j.as("bureau office"), h.Prison, in, ledger.Idem{})
	}
	decide := func(who string, title accreditation.Title, verdict, reason string) error {
		_, err := h.Cases.Decide(j.as(who), h.Prison, title.ID, verdict, reason, ledger.Idem{})
		return err
	}
	_, err := enter()
	wants(t, "of today", err, "bad_title")
	in.NamedOn = catalog.DayOf(j.clock.Now().AddDate(-1, 0, 0))
	title, err := enter()
	if err != nil || title.Standing {
		t.Fatalf("%+v %v", title, err)
	}
	if n := j.eligible("standard", "").Ratios[0].Passed; n != 0 {
		t.Errorf("%d areas passed by one person's word", n)
	}
	_, err = h.Cases.TakeUp(j.as("bureau office"), h.Prison, title.ID, ledger.Idem{})
	wants(t, "taken up while it waits", err, "title_gone")
	wants(t, "by who entered it", decide("bureau office", title, "confirmed", ""), "own_title")
	wants(t, "by the prison", decide("prison office", title, "confirmed", ""), "forbidden")
	wants(t, "refused without a reason", decide("second bureau office", title, "refused", ""), "bad_title")
	if _, err := h.Owner.Exec(t.Context(), `insert into title_decisions (prison_id, title_id, added_by, verdict, reason, decided_by, salt)
		select prison_id, title_id, added_by, 'confirmed', '', added_by, salt from titles`); err == nil || !strings.Contains(err.Error(), "title_decisions_other") {
		t.Errorf("past the use case: %v", err)
	}
	list, _, err := h.Cases.Register(j.as("second bureau office"))
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	if diff := cmp.Diff([]string{"confirm", "refuse"}, list[0].Actions); diff != "" {
		t.Error(diff)
	}
	// Refused, it is held by nobody: it may be entered as it should be.
	if err := decide("second bureau office", title, "refused", "文号不符"); err != nil {
		t.Fatal(err)
	}
	wants(t, "decided twice", decide("second bureau office", title, "confirmed", ""), "already_decided")
	in.DocumentNo = "旧发2号"
	if title, err = enter(); err != nil {
		t.Fatal(err)
	}
	// What waits comes first; once a case is open none is entered.
	_, err = h.Cases.Begin(j.as("area head"), h.Prison, h.Area, "area", ledger.Idem{})
	wants(t, "begun while it waits", err, "title_waits")
	if err := decide("second bureau office", title, "refused", "文号不符"); err != nil {
		t.Fatal(err)
	}
	c := j.begin("area head", h.Area, "area")
	_, err = enter()
	wants(t, "entered while a case is open", err, "case_open")
	j.ask("area head", c, "withdraw")
	j.act("prison office", c, accreditation.Act{Event: "withdraw", Reason: "已有称号"})
	in.DocumentNo = "旧发3号"
	if title, err = enter(); err != nil {
		t.Fatal(err)
	}
	if err := decide("second bureau office", title, "confirmed", ""); err != nil {
		t.Fatal(err)
	}
	if n := j.eligible("standard", "").Ratios[0].Passed; n != 1 {
		t.Errorf("%d areas passed", n)
	}
	s := verified(t, h)
	if _, err := h.Owner.Exec(t.Context(), "update title_decisions set verdict = 'confirmed', reason = ''"); err != nil {
		t.Fatal(err)
	}
	if r := s.verify(t); len(r.Problems) == 0 {
		t.Error("a decision on a title was changed and nobody sees it")
	}
}

// TestTeamsEndWithCase: a case that is withdrawn, or begins its baseline anew, ends the rights of
// the teams it has no use for; what was open is cancelled and stays to be read.
func TestTeamsEndWithCase(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.onSite()
	site := j.open(c, j.h.Area, inspection.OnSite)
	j.days(91)
	base := j.open(c, j.h.Area, inspection.Baseline)
	rights := func(check uuid.UUID) (n int) {
		t.Helper()
		if err := j.h.Owner.QueryRow(t.Context(), "select count(*) from check_members m join grants g using (prison_id, grant_id) where m.check_id = $1 and g.until_at > $2", check, j.clock.Now()).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	state := func(check uuid.UUID) string {
		t.Helper()
		w, err := j.h.Inspection.Whole(j.as("bureau office"), j.h.Prison, check)
		if err != nil {
			t.Fatal(err)
		}
		return w.State
	}
	j.act("bureau office", c, accreditation.Act{Event: "baseline_anew"})
	if state(site) != "cancelled" || rights(site) != 0 || state(base) != "open" || rights(base) != 3 {
		t.Errorf("anew: the acceptance is %s with %d rights, the baseline %s with %d", state(site), rights(site), state(base), rights(base))
	}
	j.ask("area head", c, "withdraw")
	j.act("prison office", c, accreditation.Act{Event: "withdraw", Reason: "条件不成熟"})
	if state(base) != "cancelled" || rights(base) != 0 {
		t.Errorf("withdrawn: the baseline is %s with %d rights", state(base), rights(base))
	}
	verified(t, j.h)
}

// TestItemsAreOfTheSheet: a postponement rests on what this round's sheet found, not on what
// the unit has to put right from elsewhere.
func TestItemsAreOfTheSheet(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	other, err := j.h.Inspection.OpenCheck(j.as("bureau office"), j.h.Prison, inspection.NewCheck{Area: j.h.Area, Kind: inspection.Joint, FromDay: j.day(), ToDay: j.day(), Purpose: "片区联检", Team: j.team("inspector")}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	j.confirm(other.ID, lost42...)
	c, base := j.atBaseline()
	j.confirm(base)
	j.refused("bureau office", c, accreditation.Act{Event: "postpone", Reason: "各处室意见为延迟", Cites: j.opined(c, "delay")}, "has_items")
}

// road is the shipped one, edited.
func (j *journey) road(edit ...string) {
	j.t.Helper()
	raw, err := fs.ReadFile(schemas.FS, "accreditation/v1/case.json")
	if err != nil {
		j.t.Fatal(err)
	}
	m, err := lifecycle.Parse([]byte(strings.NewReplacer(edit...).Replace(string(raw))))
	if err != nil {
		j.t.Fatal(err)
	}
	j.h.Cases.Machines = accreditation.Machines{1: m}
}

// TestResultsAndRates: a department whose line is not met holds the case, and where the lowest
// domain rate is asked it is worked out of the sheet; each with its numbers.
func TestResultsAndRates(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	j.road(`"domain_rate_asked": {"value": false`, `"domain_rate_asked": {"value": true`)
	c, base := j.wholeAtBaseline("standard")
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	all := j.departments(c)
	for i, d := range all {
		j.record("head of the "+strings.TrimPrefix(d, "dept_")+" line", c, "results", d, accreditation.Result{Met: i > 0, Text: "考核结果"})
	}
	if w := j.whole("bureau office", c); w.State != "DEPT_ASSESS" {
		t.Fatalf("a line is not met and the case is %s", w.State)
	}
	j.record("head of the "+strings.TrimPrefix(all[0], "dept_")+" line", c, "results", all[0], accreditation.Result{Met: true, Text: "已达到"})
	if w := j.whole("bureau office", c); w.State != "ON_SITE" {
		t.Fatalf("every line is met and the case is %s", w.State)
	}
	site := j.open(c, uuid.Nil, inspection.OnSite)
	j.confirm(site, loss{"P-YJ-02.room", 8}) // 40 of the domain's 90
	j.closed(site)
	_, err := j.try("bureau office", c, accreditation.Act{Event: "close"})
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Code != "domain_rate" || f.Fields[0].Text.ZH != "最低项目得分率 500/9%，需 80%" {
		t.Errorf("%v %+v", err, f)
	}
}

// TestTimersApart: a further timer on the road is told of, and swallows none that was told before.
func TestTimersApart(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.named()
	j.until(months(t, j.whole("bureau office", c).CycleStart, 12))
	told := func() (titles []string) {
		t.Helper()
		if err := j.h.Cases.Tend(t.Context(), j.h.Prison); err != nil {
			t.Fatal(err)
		}
		list, err := j.h.Ledger.Notices(j.as("prison office"), j.h.Prison)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range list {
			if n.Kind == "case_due" {
				titles = append(titles, n.Detail["timer"].(map[string]any)["zh"].(string))
			}
		}
		slices.Sort(titles)
		return titles
	}
	if diff := cmp.Diff([]string{"回头看"}, told()); diff != "" {
		t.Fatal(diff)
	}
	j.road(`"timers": [`, `"timers": [{"id": "TM0", "title": {"zh": "年度小结", "en": "Summary"}, "when": "c.state == 'NAMED'", "due": "months(c.cycle_start, 12)", "before": "30", "overdue": "30", "tells": ["BO", "PO"]},`)
	if diff := cmp.Diff([]string{"回头看", "年度小结"}, told()); diff != "" {
		t.Error(diff)
	}
}

// TestPoolIsSearched: an inspector beyond the first three hundred is found by name, and called.
func TestPoolIsSearched(t *testing.T) {
	t.Parallel()
	x := checked(t)
	if _, err := x.Owner.Exec(t.Context(), `with more as (insert into persons (person_id, number, name) select gen_random_uuid(), '77' || lpad(n::text, 5, '0'), '张三' || n from generate_series(1, 320) n returning person_id)
		insert into postings (posting_id, person_id, role, from_at) select gen_random_uuid(), person_id, 'inspector', '2020-01-01' from more`); err != nil {
		t.Fatal(err)
	}
	pool, err := x.Inspection.Candidates(x.as("bureau office"), x.Prison, inspection.Call{Kind: inspection.Joint, Said: "张三320"})
	list := pool.People
	if err != nil || len(list) != 1 {
		t.Fatalf("%d found: %v", len(list), err)
	}
	n := x.newCheck(x.Area, inspection.Joint)
	n.Team = append(n.Team, inspection.NewMember{Person: list[0].Person})
	if _, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, n, ledger.Idem{}); err != nil {
		t.Errorf("called: %v", err)
	}
}

// TestBoardCountsWhatStands: of a check's findings a board counts those that stand: not what was
// withdrawn, annulled or advised, nor what a unit found of itself. Who answers for the unit is
// told when the check is closed and when an appeal is decided.
func TestBoardCountsWhatStands(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	x.find(c, x.finding("YJ-02.missing", 2))
	annulled := x.find(c, x.finding("JG-02.video", 3))
	withdrawn := x.find(c, x.finding("JG-02.video", 4))
	advice := x.finding("", 1)
	x.find(c, advice)
	if _, err := x.Inspection.Withdraw(x.as("bing inspector"), x.Prison, c.ID, withdrawn, "重复", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	x.confirm(c)
	if _, err := x.Inspection.Appeal(x.as("area head"), x.Prison, c.ID, annulled, "不属实", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Inspection.DecideAppeal(x.as("bureau office"), x.Prison, c.ID, annulled, inspection.AppealDecision{Verdict: "annul", Reason: "经复核"}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	x.close(c)
	n := x.newCheck(x.Area, inspection.SelfCheck)
	n.Team = x.team("area head")
	self, err := x.Inspection.OpenCheck(x.as("prison office"), x.Prison, n, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Inspection.AddFinding(x.as("area head"), x.Prison, self.ID, x.finding("YJ-02.missing", 5), ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	x.Guidance.Now = x.Inspection.Now
	b, err := x.Guidance.Board(x.as("bureau office"), "ordinary", "residential")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(b.Places, func(p guidance.Place) bool { return p.Area == x.Area })
	if i < 0 || (*b.Places[i].Beside)["findings"] != 2 {
		t.Errorf("counted %+v", b.Places)
	}
	for _, who := range []string{"area head", "prison office"} {
		list, err := x.Ledger.Notices(x.as(who), x.Prison)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{"check_closed", "appeal_decided"} {
			if !slices.ContainsFunc(list, func(n ledger.Notice) bool { return n.Kind == kind }) {
				t.Errorf("%s is not told: %s", who, kind)
			}
		}
	}
}

// TestDriftAfterManySelfChecks: the acceptance stays the measure, however many self-checks follow.
func TestDriftAfterManySelfChecks(t *testing.T) {
	t.Parallel()
	x := checked(t)
	back := x.lookedBack()
	x.confirm(back)
	if _, err := x.Assessment.Keep(x.as("area head"), x.Prison, x.Area, assessment.SelfCheck, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Owner.Exec(t.Context(), `begin; set local session_replication_role = replica;
		insert into score_runs (prison_id, run_id, area_id, kind, standard, version, engine, as_of, input, sheet, score, passes, made_by, salt, standard_digest)
		select prison_id, gen_random_uuid(), area_id, kind, standard, version, engine, as_of, input, sheet, score, passes, made_by, salt, standard_digest
		from score_runs, generate_series(1, 210) where kind = 'self_check'; commit`); err != nil {
		t.Fatal(err)
	}
	r, err := x.Assessment.Readiness(x.as("area head"), x.Prison, x.Area)
	if err != nil || r.Drift == nil || r.Drift.Kind != inspection.LookBack {
		t.Errorf("measured by %+v: %v", r.Drift, err)
	}
}

// TestDriftFromAcceptance: what was accepted stays the measure, a later check stands beside it. A check
// that did not pass accepted nothing, nor does a run that a later one of the same check took the place of.
func TestDriftFromAcceptance(t *testing.T) {
	t.Parallel()
	x := checked(t)
	x.confirm(x.lookedBack()) // of a title that was named before the system: nothing here was accepted
	// Runs of other checks, hours before or after the look-back's.
	kept := func(kind, check string, hours int, passes bool) {
		t.Helper()
		if _, err := x.Owner.Exec(t.Context(), fmt.Sprintf(`begin; set local session_replication_role = replica;
			insert into score_runs (prison_id, run_id, area_id, check_id, kind, standard, version, engine, as_of, input, sheet, score, passes, made_by, salt, standard_digest, recorded_at)
			select prison_id, gen_random_uuid(), area_id, '%s', '%s', standard, version, engine, as_of, input, sheet, score, %v, made_by, salt, standard_digest, recorded_at + interval '%d hours'
			from score_runs where kind = 'lookback'; commit`, check, kind, passes, hours)); err != nil {
			t.Fatal(err)
		}
	}
	measured := func(what, drift, later string) {
		t.Helper()
		r, err := x.Assessment.Readiness(x.as("area head"), x.Prison, x.Area)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if r.Later != nil {
			got = r.Later.Kind
		}
		if r.Drift.Kind != drift || got != later {
			t.Errorf("%s: measured by %s, then %q", what, r.Drift.Kind, got)
		}
	}
	check := func() string { return uuid.NewString() }
	measured("nothing accepted", inspection.LookBack, "")
	kept("onsite", check(), -4, true)
	measured("accepted before", "onsite", inspection.LookBack)
	overruled := check()
	kept("recheck", overruled, 1, true)
	measured("the title kept", "recheck", "")
	kept("recheck", overruled, 2, false)
	measured("and then not", "onsite", "recheck")
	kept("baseline", check(), 3, true)
	measured("a check of the next case", "onsite", "baseline")
}
