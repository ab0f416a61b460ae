package housetest_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
	"taizhang/internal/testkit"
)

// planting is a house under a clock, in which one defect after the other is planted.
type planting struct {
	*testing.T
	h     *housetest.House
	clock *testkit.Clock
	want  map[string]int
}

func planted(t *testing.T, at time.Time) *planting {
	p := &planting{T: t, h: housetest.New(t), clock: testkit.NewClock(at), want: map[string]int{}}
	exec(t, p.h, "update prisons set demonstration = true")
	exec(t, p.h, "update postings set from_at = '2020-01-01'")
	h, now := p.h, p.clock.Now
	h.Store.Clock, h.Ledger.Now, h.Duty.Now, h.Assessment.Now = now, now, now, now
	return p
}

func (p *planting) to(at time.Time) { p.clock.Advance(at.Sub(p.clock.Now())) }

func (p *planting) ok(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *planting) check(who string) map[string]assessment.Defect {
	p.Helper()
	d, err := p.h.Assessment.SelfCheck(p.h.As(p.Context(), who), p.h.Prison, p.h.Area)
	p.ok(err)
	by := map[string]assessment.Defect{}
	for _, x := range d.Defects {
		by[x.ID] = x
	}
	return by
}

// found says how many of each there are to be, beside those before.
func (p *planting) found(id string, n int) assessment.DefectItem {
	p.Helper()
	if p.want[id] = n; n == 0 {
		delete(p.want, id)
	}
	by, got := p.check("area head"), map[string]int{}
	for _, d := range by {
		if got[d.ID] = d.Count; d.Count != len(d.Items) {
			p.Errorf("%s: %d of %d", d.ID, len(d.Items), d.Count)
		}
	}
	if diff := cmp.Diff(p.want, got); diff != "" {
		p.Fatalf("after %s (-planted +found):\n%s", id, diff)
	}
	if n == 0 {
		return assessment.DefectItem{}
	}
	return by[id].Items[0]
}

// search is a draft of a search that ended then.
func (p *planting) search(at time.Time, change ...func(map[string]any)) ledger.Entry {
	p.Helper()
	return p.begin("officer", "cell-body-search", p.h.Search(), append([]func(map[string]any){func(doc map[string]any) { onDay(doc, at) }}, change...)...)
}

func (p *planting) begin(who, ledgerID string, body json.RawMessage, change ...func(map[string]any)) ledger.Entry {
	p.Helper()
	var doc map[string]any
	p.ok(json.Unmarshal(body, &doc))
	for _, fn := range change {
		fn(doc)
	}
	return p.h.Begin(p, who, ledgerID, mustJSON(p.T, doc))
}

func (p *planting) submit(e ledger.Entry) ledger.Entry {
	p.Helper()
	out, err := p.h.Ledger.Submit(p.h.As(p.Context(), "officer"), e.Key, e.ETag, "更正", ledger.Idem{})
	p.ok(err)
	return out.Entry
}

// through lets whoever may approve every step.
func (p *planting) through(e ledger.Entry) ledger.Entry {
	p.Helper()
	for e.State == ledger.Submitted {
		at := e.ETag
		for _, who := range []string{"second officer", "duty leader", "area head", "custody head"} {
			if out, err := approve(p.h, p.T, who, e); err == nil {
				e = out.Entry
				break
			}
		}
		if e.ETag == at {
			p.Fatalf("nobody approves step %d of %s", e.Step, e.Ledger)
		}
	}
	return e
}

// due makes a duty of one entry.
func (p *planting) due(ledgerID string, starts, ends, due time.Time) {
	p.Helper()
	p.ok(p.h.Duty.Store.AddDuties(p.Context(), ledger.Session{Prison: p.h.Prison, Scope: ledger.Everything()}, []duty.Duty{{ID: uuid.New(), Area: p.h.Area,
		Ledger: ledgerID, Period: starts.Format(time.RFC3339), Target: 1, Starts: starts, Ends: ends, Due: due, Day: catalog.DayOf(ends)}}))
}

func (p *planting) reckon(day time.Time) {
	p.Helper()
	p.ok(p.h.Duty.Refresh(p.Context(), p.h.Prison, p.h.Area, "cell-body-search", catalog.DayOf(day)))
}

func (p *planting) spot(f assessment.NewFinding) {
	p.Helper()
	a := p.h.Person("inspector")
	a.Grants = []actor.Grant{{PrisonID: p.h.Prison, From: p.clock.Now().Add(-time.Hour), To: p.clock.Now().Add(time.Hour)}}
	f.Area, f.Day, f.Note = p.h.Area, catalog.DayOf(p.clock.Now()), "现场发现"
	_, err := p.h.Assessment.AddFinding(actor.With(p.Context(), a), p.h.Prison, f, ledger.Idem{})
	p.ok(err)
}

// TestPlanted: a month without a fault has none; then one after the other is planted, and
// each is found, once, and nothing beside it.
func TestPlanted(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 5, 13, 12, 0, 0, 0, catalog.Zone)
	p := planted(t, noon.AddDate(0, 0, -31))
	h, ctx, none := p.h, t.Context(), ledger.Idem{}
	officer := h.As(ctx, "officer")
	var clean []ledger.Entry
	for n := 30; n > 0; n-- {
		day := noon.AddDate(0, 0, -n)
		p.due("cell-body-search", day.Add(-12*time.Hour), day.Add(12*time.Hour), day.Add(24*time.Hour))
		p.to(day.Add(4 * time.Hour))
		clean = append(clean, p.through(p.submit(p.search(day))))
		p.reckon(day.Add(11 * time.Hour))
	}
	p.to(noon)
	p.found("", 0)

	// What takes its time comes first.
	exec(t, h, "set session_replication_role = replica")
	exec(t, h, fmt.Sprintf("insert into rectifications (prison_id, item_id, area_id, check_id, finding_id, line, due_on, salt) values ('%s', '%s', '%s', '%s', '%s', 'YJ-02.missing', '2026-05-14', decode(repeat('ab', 32), 'hex'))",
		h.Prison, uuid.New(), h.Area, uuid.New(), uuid.New()))
	exec(t, h, "set session_replication_role = origin")
	exec(t, h, fmt.Sprintf("insert into inmates (prison_id, inmate_no, name, area_id, admitted_on, release_on) values ('%s', '0000000001', '张三', '%s', '2020-01-01', '2026-07-01')", h.Prison, h.Area))
	p.ok(h.Ledger.Arrivals(ctx, h.Prison))
	idle := p.search(noon)
	meeting := p.begin("officer", "area-conditions-meeting", mustJSON(t, sample(t, "area-conditions-meeting")))
	_, err := h.Ledger.Amend(officer, clean[0].Key, clean[0].ETag, none)
	p.ok(err)
	p.found("", 0)
	p.to(noon.AddDate(0, 0, 3).Add(time.Hour))
	p.want["amendment_idle"], p.want["rectification_overdue"] = 1, 1
	p.found("draft_idle", 2)
	entry := map[string]*uuid.UUID{}
	for _, who := range []string{"second officer", "officer"} {
		for _, i := range p.check(who)["draft_idle"].Items {
			switch {
			case i.Day != "2026-05-13" || i.Ledger == "":
				t.Errorf("%s is not told where: %+v", who, i)
			case i.Ledger == "area-conditions-meeting":
				entry[who] = i.Entry
				if who == "second officer" && (i.Person != "" || i.At != nil || i.Note != nil) {
					t.Errorf("%s is told more than ledger and day: %+v", who, i)
				}
			case i.Entry == nil || *i.Entry != idle.Entry:
				t.Errorf("%s is not led to the draft: %+v", who, i)
			}
		}
	}
	if entry["second officer"] != nil || entry["officer"] == nil || *entry["officer"] != meeting.Entry {
		t.Errorf("of what is not for everybody: %v, want %s", entry, meeting.Entry)
	}
	p.to(noon.AddDate(0, 0, 7).Add(2 * time.Hour))
	if i := p.found("task_overdue", 1); i.Ledger != "release-preparation" || i.Note.EN == "" {
		t.Errorf("%+v", i)
	}

	now := p.clock.Now()
	p.due("cell-body-search", now.Add(-30*time.Hour), now.Add(-29*time.Hour), now.Add(-28*time.Hour))
	p.reckon(now.Add(-29 * time.Hour))
	if i := p.found("duty_missing", 1); i.Period == "" || i.Day != "2026-05-19" {
		t.Errorf("%+v", i)
	}
	p.due("cell-body-search", now.Add(-3*time.Hour), now.Add(-2*time.Hour), now.Add(-time.Hour))
	late := p.through(p.submit(p.search(now.Add(-150 * time.Minute))))
	p.reckon(now)
	if i := p.found("filed_late", 1); *i.Entry != late.Entry || i.Person != "officer" {
		t.Errorf("%+v", i)
	}
	p.due("cell-body-search", now.Add(-60*time.Hour), now.Add(-58*time.Hour), now.Add(-50*time.Hour))
	p.through(p.submit(p.search(now.Add(-59 * time.Hour))))
	p.reckon(now.Add(-58 * time.Hour))
	p.found("backfilled", 1)
	for range 5 {
		p.through(p.submit(p.search(now.AddDate(0, 0, -5))))
	}
	if i := p.found("burst", 1); i.Day > "2026-05-15" || i.Note == nil {
		t.Errorf("%+v", i)
	}

	back := p.submit(p.search(now))
	_, err = h.Ledger.Return(h.As(ctx, "duty leader"), back.Key, ledger.Judgement{Digest: *back.Digest, Comment: "地点写错"}, none)
	p.ok(err)
	if i := p.found("returned", 1); i.Note.ZH != "地点写错" {
		t.Errorf("%+v", i)
	}
	out, err := h.Ledger.Revise(officer, back.Key, get(t, h, back).Entry.ETag, none)
	must(t, out, err)
	p.found("returned", 1)

	e := p.begin("officer", "cell-body-search", h.Finding(), func(doc map[string]any) { onDay(doc, now) })
	h.Attach(t, "officer", e.Key, "finding_photo", housetest.Photo(1))
	v := p.through(p.submit(get(t, h, e).Entry))
	p.found("", 0)
	exec(t, h, "set session_replication_role = replica")
	exec(t, h, "delete from evidence where entry_id = $1", v.Entry)
	exec(t, h, "set session_replication_role = origin")
	p.found("evidence_missing", 1)

	told := func(doc map[string]any) {
		doc["property_restored"], doc["restore_remark"] = false, "因床铺维修未能当场复位，已通知生活卫生民警于次日上午完成整理"
	}
	p.through(p.submit(p.search(now, told)))
	p.found("", 0)
	p.through(p.submit(p.search(now, told)))
	p.found("copied", 1)

	count := func(n int) func(map[string]any) {
		return func(doc map[string]any) {
			doc["counted_at"], doc["expected_count"], doc["actual_count"] = now.Add(-3*time.Hour).Format(time.RFC3339), n, n
		}
	}
	source := p.through(p.submit(p.begin("officer", "headcount", mustJSON(t, sample(t, "headcount")), count(61))))
	e = p.begin("officer", "duty-log", mustJSON(t, sample(t, "duty-log")), func(doc map[string]any) {
		doc["shift_start"], doc["shift_end"], doc["leader_ref"] = now.Add(-4*time.Hour).Format(time.RFC3339), now.Format(time.RFC3339), h.Person("duty leader").Number
	})
	h.Attach(t, "officer", e.Key, "handover_signature", housetest.Photo(2))
	p.through(p.submit(get(t, h, e).Entry))
	out, err = h.Ledger.Amend(officer, source.Key, source.ETag, none)
	must(t, out, err)
	doc := sample(t, "headcount")
	count(60)(doc)
	out, err = h.Ledger.SaveDraft(officer, source.Key, out.Entry.ETag, out.Entry.Version, mustJSON(t, doc), none)
	must(t, out, err)
	p.found("", 0)
	p.through(p.submit(out.Entry))
	p.found("source_corrected", 1)

	_, err = h.Ledger.Branch(officer, clean[1].Key, ledger.NewBranch{Version: 1, BaseETag: 1, Body: h.Search()}, none)
	p.ok(err)
	p.found("branch_open", 1)
	e = p.search(now)
	out, err = h.Ledger.SubmitWith(officer, e.Key, e.ETag, ledger.Submission{Written: &ledger.Written{}}, none)
	must(t, out, err)
	p.through(out.Entry)
	p.found("claim_unverified", 1)
	out, err = askVoid(t, h, "officer", clean[2].Key)
	must(t, out, err)
	p.found("void_undecided", 1)
	both := h.Person("duty leader")
	both.Postings = append(both.Postings, actor.Posting{Role: actor.AreaHead, PrisonID: h.Prison, AreaID: h.Area})
	e = p.submit(p.search(now))
	for e.State == ledger.Submitted {
		out, err = h.Ledger.Approve(actor.With(ctx, both), e.Key, ledger.Judgement{Digest: *e.Digest}, none)
		must(t, out, err)
		e = out.Entry
	}
	if i := p.found("two_steps", 1); i.Person != "duty leader" || *i.Entry != e.Entry {
		t.Errorf("%+v", i)
	}

	for n := range 12 {
		day := now.AddDate(0, 0, -n-1)
		p.due("facility-maintenance", day.Add(-time.Hour), day, now.AddDate(0, 1, 0))
		if n == 11 {
			p.found("", 0)
		}
		out, err := h.Ledger.Nil(officer, ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "facility-maintenance"}, day.Add(-time.Minute), none)
		must(t, out, err)
	}
	p.found("nil_only", 1)
	r, err := h.Assessment.AskRuling(h.As(ctx, "area head"), h.Prison, assessment.Ruling{Area: h.Area, Kind: assessment.Exclude, Target: "LD-01",
		FromDay: catalog.DayOf(now), ToDay: catalog.DayOf(now.AddDate(0, 0, 20)), Reason: "老病残监区，无劳动"}, none)
	p.ok(err)
	p.found("", 0)
	_, err = h.Assessment.DecideRuling(h.As(ctx, "bureau office"), h.Prison, r.ID, "grant", "属实", none)
	p.ok(err)
	if i := p.found("ruling_ends", 1); i.Note.ZH != "LD-01" || i.Day != "2026-06-09" {
		t.Errorf("%+v", i)
	}
	tomorrow := catalog.DayOf(now.AddDate(0, 0, 1))
	_, err = h.Duty.Ask(h.As(ctx, "area head"), h.Prison, excuse(h, "duty-log", tomorrow, tomorrow), none)
	p.ok(err)
	p.found("relief_undecided", 1)
	roster := func(day time.Time) {
		_, err := h.Duty.SetRosters(h.As(ctx, "area head"), h.Prison, h.Area, []duty.Roster{{Day: catalog.DayOf(day), Shift: h.Catalog.Calendar().Shifts[0].ID,
			People: []duty.OnDuty{{Number: h.Person("officer").Number, Post: "officer"}}}}, none)
		p.ok(err)
	}
	roster(now.AddDate(0, 0, -8))
	p.found("", 0)
	roster(now.AddDate(0, 0, -1))
	p.found("roster_missing", 1)
	p.due("cell-body-search", now.Add(20*time.Hour), now.Add(29*time.Hour), now.Add(30*time.Hour))
	if i := p.found("duty_due", 1); i.Note == nil || i.Ledger != "cell-body-search" {
		t.Errorf("without its price: %+v", i)
	}

	_, err = h.Assessment.Keep(h.As(ctx, "area head"), h.Prison, h.Area, assessment.SelfCheck, none)
	p.ok(err)
	p.spot(assessment.NewFinding{Line: "YJ-02.missing", Count: 2})
	p.found("drift", 1)
	p.spot(assessment.NewFinding{Line: "YJ-02.missing", Count: 3})
	p.spot(assessment.NewFinding{Line: "YJ-03.exit", Count: 4})
	p.found("score_below", 1)

	p.search(now)
	chained(t, h, step{"roles": []string{"area_head"}, "within_workdays": 1})
	// No job moves them: this one, and the two drafts from before.
	if i := p.found("draft_held", 3); i.Note.ZH != "v1 → v2" {
		t.Errorf("%+v", i)
	}
	slow := p.submit(p.search(now))
	p.found("decision_soon", 1)
	p.to(now.Add(25 * time.Hour))
	delete(p.want, "decision_soon")
	if i := p.found("decision_overdue", 1); *i.Entry != slow.Entry {
		t.Errorf("%+v", i)
	}
	p.submit(p.search(now))
	p.found("decision_soon", 1)
	if len(p.want) < 20 {
		t.Errorf("%d planted", len(p.want))
	}

	for who, code := range map[string]string{"officer elsewhere": "forbidden", "system admin": "forbidden"} {
		if _, err := h.Assessment.SelfCheck(h.As(ctx, who), h.Prison, h.Area); fault.CodeOf(err) != code {
			t.Errorf("%s: %v", who, err)
		}
	}
	if _, err := h.Assessment.SelfCheck(ctx, h.Prison, h.Area); fault.CodeOf(err) != "sign_in" {
		t.Errorf("nobody: %v", err)
	}
	// The second wall alone.
	ses := ledger.Session{Prison: h.Prison, Scope: h.Access.Scope(h.Person("officer elsewhere"), p.clock.Now())}
	all, err := postgres.Assessments{Store: h.Store}.Defects(ctx, ses, assessment.Look{Area: h.Area, From: "2025-11-20", To: "2026-05-21", Now: p.clock.Now(), Ledgers: h.Catalog.IDs()})
	if err != nil || len(all) > 0 {
		t.Errorf("the database lets through: %v %v", all, err)
	}

	// More than are listed are counted.
	for n := range assessment.MostItems {
		at := now.Add(-time.Duration(n+40)*time.Hour - 20*time.Minute)
		p.due("cell-body-search", at, at.Add(time.Minute), at.Add(2*time.Minute))
		p.reckon(at)
	}
	d, err := h.Assessment.SelfCheck(h.As(ctx, "warden"), h.Prison, h.Area)
	p.ok(err)
	answered(t, "GET", fmt.Sprintf("/prisons/%s/areas/%s/self-check", h.Prison, h.Area), 200, "application/json", mustJSON(t, d))
	for _, x := range d.Defects {
		if x.ID == "duty_missing" && (x.Count != assessment.MostItems+1 || len(x.Items) != assessment.MostItems) {
			t.Errorf("%d counted, %d listed", x.Count, len(x.Items))
		}
	}
}
