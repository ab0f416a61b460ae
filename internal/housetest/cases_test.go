package housetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/testkit"
)

// journey is a house on a clock of its own, whose people take a unit along the road.
type journey struct {
	t     *testing.T
	h     *housetest.House
	clock *testkit.Clock
	place [3]housetest.Place
	lines []string
}

func onRoad(t *testing.T) *journey {
	t.Helper()
	h := housetest.New(t)
	// From the next noon: no midnight falls within a step, whenever the test runs.
	noon, err := catalog.Noon(catalog.DayOf(time.Now().Add(12 * time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	j := &journey{t: t, h: h, place: h.Province(t), lines: h.Lines(t), clock: testkit.NewClock(noon.At)}
	if _, err := h.Owner.Exec(t.Context(), "update prisons set demonstration = true"); err != nil {
		t.Fatal(err)
	}
	h.Store.Clock = j.clock.Now
	h.Overview.Now = j.clock.Now
	h.Ledger.Now, h.Cases.Now, h.Inspection.Now, h.Assessment.Now, h.Standards.Now = j.clock.Now, j.clock.Now, j.clock.Now, j.clock.Now, j.clock.Now
	return j
}

// as is the context of somebody, a minute later; inspectors have rights in the prison.
func (j *journey) as(who string) context.Context {
	j.clock.Advance(time.Minute)
	a := j.h.Person(who)
	if a.Holds(actor.Inspector) {
		a.Grants = []actor.Grant{{PrisonID: j.h.Prison, From: j.clock.Now().Add(-time.Hour), To: j.clock.Now().Add(time.Hour)}}
	}
	return actor.With(j.t.Context(), a)
}

func (j *journey) day() string { return catalog.DayOf(j.clock.Now()) }

func (j *journey) days(n int) { j.clock.Advance(time.Duration(n) * 24 * time.Hour) }

// until sets the clock to the noon of a day.
func (j *journey) until(day string) {
	j.t.Helper()
	m, err := catalog.Noon(day)
	if err != nil {
		j.t.Fatal(err)
	}
	j.clock.Advance(m.At.Sub(j.clock.Now()))
}

// owns executes as who owns the database, at the time of the road.
func (j *journey) owns(sql string, args ...any) {
	j.t.Helper()
	tx, err := j.h.Owner.Begin(j.t.Context())
	if err == nil {
		_, err = tx.Exec(j.t.Context(), "select set_config('app.prison', $1, true), set_config('app.clock', $2, true)", j.h.Prison.String(), j.clock.Now().Format(time.RFC3339Nano))
	}
	if err == nil {
		_, err = tx.Exec(j.t.Context(), sql, args...)
	}
	if err == nil {
		err = tx.Commit(j.t.Context())
	}
	if err != nil {
		j.t.Fatal(err)
	}
}

func (j *journey) whole(who string, c uuid.UUID) accreditation.Whole {
	j.t.Helper()
	w, err := j.h.Cases.Case(j.as(who), j.h.Prison, c)
	if err != nil {
		j.t.Fatal(who, err)
	}
	return w
}

func (j *journey) begin(who string, area uuid.UUID, level string) uuid.UUID {
	j.t.Helper()
	c, err := j.h.Cases.Begin(j.as(who), j.h.Prison, area, level, ledger.Idem{})
	if err != nil {
		j.t.Fatal(err)
	}
	return c.ID
}

func (j *journey) try(who string, c uuid.UUID, act accreditation.Act) (accreditation.Case, error) {
	j.t.Helper()
	w := j.whole("bureau office", c)
	return j.h.Cases.Act(j.as(who), j.h.Prison, c, w.Seq, act, ledger.Idem{})
}

func (j *journey) act(who string, c uuid.UUID, act accreditation.Act) accreditation.Case {
	j.t.Helper()
	out, err := j.try(who, c, act)
	if err != nil {
		j.t.Fatalf("%s by %s: %v %v", act.Event, who, err, refusals(err))
	}
	return out
}

// refusals are what stood against an act, by code.
func refusals(err error) (codes []string) {
	var f *fault.Error
	if errors.As(err, &f) {
		for _, x := range f.Fields {
			codes = append(codes, x.Code)
		}
	}
	return codes
}

func (j *journey) refused(who string, c uuid.UUID, act accreditation.Act, codes ...string) {
	j.t.Helper()
	_, err := j.try(who, c, act)
	got := refusals(err)
	if got == nil && err != nil {
		got = []string{fault.CodeOf(err)}
	}
	if diff := cmp.Diff(codes, got); diff != "" {
		j.t.Errorf("%s by %s: %s", act.Event, who, diff)
	}
}

func (j *journey) ask(who string, c uuid.UUID, event string) {
	j.t.Helper()
	if _, err := j.h.Cases.Ask(j.as(who), j.h.Prison, c, event, "条件具备", ledger.Idem{}); err != nil {
		j.t.Fatal(err)
	}
}

func (j *journey) makes(who string, c uuid.UUID, kind, department string, body any) (accreditation.Record, error) {
	if said, ok := body.(accreditation.Opines); ok && said.Facts == "" {
		said.Facts = j.form(who, c, department).Digest
		body = said
	}
	raw, err := json.Marshal(body)
	if err != nil {
		j.t.Fatal(err)
	}
	return j.h.Cases.Make(j.as(who), j.h.Prison, c, accreditation.Made{Kind: kind, Department: department, Body: raw}, ledger.Idem{})
}

// form of an opinion, as a department has it before it; nothing where there is none.
func (j *journey) form(who string, c uuid.UUID, department string) accreditation.OpinionForm {
	j.t.Helper()
	f, err := j.h.Cases.OpinionForm(j.as(who), j.h.Prison, c, department)
	if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
		j.t.Fatal(err)
	}
	return f
}

func (j *journey) record(who string, c uuid.UUID, kind, department string, body any) accreditation.Record {
	j.t.Helper()
	r, err := j.makes(who, c, kind, department, body)
	if err != nil {
		j.t.Fatalf("%s by %s: %v %v", kind, who, err, refusals(err))
	}
	return r
}

// loss is a finding that costs points.
type loss struct {
	line  string
	count int
}

// Losses of exactly so many points of an ordinary area.
var (
	lost42 = []loss{{"DW-01.beating", 1}, {"YJ-03.dead", 1}}
	lost50 = []loss{{"DW-01.beating", 1}, {"YJ-02.missing", 2}}
	lost80 = []loss{{"DW-01.beating", 1}, {"JG-01.riot", 1}}
	lost86 = []loss{{"DW-01.beating", 1}, {"JG-01.riot", 1}, {"YJ-02.misused", 2}}
)

// open a check of the case with a team of three from elsewhere.
func (j *journey) open(c, area uuid.UUID, kind string) uuid.UUID {
	j.t.Helper()
	team := []inspection.NewMember{}
	for i, who := range []string{"inspector", "yi inspector", "bing inspector"} {
		team = append(team, inspection.NewMember{Person: j.h.Person(who).PersonID, Leader: i == 0})
	}
	x, err := j.h.Inspection.OpenCheck(j.as("bureau office"), j.h.Prison, inspection.NewCheck{Area: area, Case: &c, Kind: kind, FromDay: j.day(),
		ToDay: catalog.DayOf(j.clock.Now().AddDate(0, 0, 5)), Purpose: "规范化创建考核", Team: team}, ledger.Idem{})
	if err != nil {
		j.t.Fatalf("%s: %v %v", kind, err, refusals(err))
	}
	return x.ID
}

// confirm the sheet of a check with these losses.
func (j *journey) confirm(check uuid.UUID, losses ...loss) {
	j.t.Helper()
	for _, l := range losses {
		if _, err := j.h.Inspection.AddFinding(j.as("inspector"), j.h.Prison, check, inspection.Finding{Line: l.line, Day: j.day(), Count: l.count, Place: "现场", Note: "现场发现",
			Conclusion: "不符合标准", Severity: "moderate", Scope: "limited", Sources: []string{"seen", "written"}}, ledger.Idem{}); err != nil {
			j.t.Fatal(l.line, err, refusals(err))
		}
	}
	w, err := j.h.Inspection.Whole(j.as("inspector"), j.h.Prison, check)
	if err != nil {
		j.t.Fatal(err)
	}
	if _, err := j.h.Inspection.Confirm(j.as("inspector"), j.h.Prison, check, w.Seq, catalog.DayOf(j.clock.Now().AddDate(0, 1, 0)), ledger.Idem{}); err != nil {
		j.t.Fatal(err, refusals(err))
	}
}

// closed waits for the appeals and closes the check.
func (j *journey) closed(check uuid.UUID) {
	j.t.Helper()
	j.days(14)
	if _, err := j.h.Inspection.Close(j.as("bureau office"), j.h.Prison, check, ledger.Idem{}); err != nil {
		j.t.Fatal(err, refusals(err))
	}
}

func (j *journey) selfCheck(area uuid.UUID) {
	j.t.Helper()
	if _, err := j.h.Assessment.Keep(j.as("area head"), j.h.Prison, area, assessment.SelfCheck, ledger.Idem{}); err != nil {
		j.t.Fatal(err)
	}
}

// batches of the levels in every year of a journey.
var batches = map[string]int{"area": 1, "standard": 2, "demonstration": 3}

// batch puts a case into the batch of its level and issues the bulletin of the year.
func (j *journey) batch(c uuid.UUID) {
	j.t.Helper()
	b := j.planned(j.whole("bureau office", c).Level)
	j.record("bureau office", c, "batch", "", b)
	j.issued(b.Year)
}

// planned is the batch of a level this year.
func (j *journey) planned(level string) accreditation.Batch {
	j.t.Helper()
	year := j.clock.Now().Year()
	p := accreditation.Planned{Year: year, Batch: batches[level], Level: level, ClosesOn: catalog.DayOf(j.clock.Now().AddDate(1, 0, 0))}
	// The last day that a batch of this year may be of: a month on from December is none.
	p.From, p.To = p.ClosesOn, fmt.Sprintf("%d-12-31", year+1)
	if _, err := j.h.Cases.Plan(j.as("bureau office"), p, ledger.Idem{}); err != nil && fault.CodeOf(err) != "changed_meanwhile" {
		j.t.Fatal(err, refusals(err))
	}
	return accreditation.Batch{Year: p.Year, Batch: p.Batch}
}

// issued is the bulletin of a year as it is drawn now.
func (j *journey) issued(year int) accreditation.Issued {
	j.t.Helper()
	d, err := j.h.Cases.Draw(j.as("bureau office"), year)
	if err != nil {
		j.t.Fatal(err)
	}
	x, err := j.h.Cases.Issue(j.as("bureau office"), year, d.Digest.String(), ledger.Idem{})
	if err != nil {
		j.t.Fatal(err)
	}
	return x
}

// opined lets every department that was asked say its opinion, and returns the citing of all.
func (j *journey) opined(c uuid.UUID, value string) (cites []accreditation.Cite) {
	j.t.Helper()
	for _, o := range j.whole("bureau office", c).Opinions {
		j.record("head of the "+strings.TrimPrefix(o.Department, "dept_")+" line", c, "opinion", o.Department, accreditation.Opines{Value: value, Reason: "本线情况"})
		cites = append(cites, accreditation.Cite{Department: o.Department})
	}
	return cites
}

// screened takes the house's area up to the door of the baseline check.
func (j *journey) screened(c uuid.UUID) {
	j.t.Helper()
	j.selfCheck(j.h.Area)
	j.ask("area head", c, "submit")
	j.act("prison office", c, accreditation.Act{Event: "submit"})
	j.act("bureau office", c, accreditation.Act{Event: "screen"})
}

// named takes the house's area to its title.
func (j *journey) named() uuid.UUID {
	j.t.Helper()
	c := j.begin("area head", j.h.Area, "area")
	j.screened(c)
	j.batch(c)
	base := j.open(c, j.h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	site := j.open(c, j.h.Area, inspection.OnSite)
	j.confirm(site, lost50...)
	j.closed(site)
	j.act("bureau office", c, accreditation.Act{Event: "close"})
	j.meeting("party secretary", c, "agree")
	j.act("party secretary", c, accreditation.Act{Event: "agree", Document: "局发〔2026〕1号", DocumentOn: j.day()})
	return c
}

// TestCaseRoad takes an area from its draft to its title: postponed on the way, put right,
// accepted at exactly 950.0; every step is refused until what it rests on is there.
func TestCaseRoad(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.begin("area head", h.Area, "area")
	j.refused("prison office", c, accreditation.Act{Event: "submit"}, "self_complete", "asked", "record")
	j.selfCheck(h.Area)
	j.ask("area head", c, "submit")
	j.refused("area head", c, accreditation.Act{Event: "submit"}, "case_not_yours")
	j.act("prison office", c, accreditation.Act{Event: "submit"})
	j.refused("bureau office", c, accreditation.Act{Event: "return"}, "reason")
	j.act("bureau office", c, accreditation.Act{Event: "screen"})
	j.refused("bureau office", c, accreditation.Act{Event: "baseline"}, "team", "batch_issued")
	j.batch(c)
	base := j.open(c, h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	j.refused("bureau office", c, accreditation.Act{Event: "proceed"}, "confirmed", "opinions_in", "record")
	j.confirm(base, lost80...)
	cites := j.opined(c, "delay")
	w := j.whole("bureau office", c)
	if len(w.Proposal) != 1 || len(w.Opinions) < 8 {
		t.Errorf("proposal %v of %d opinions", w.Proposal, len(w.Opinions))
	}
	j.refused("bureau office", c, accreditation.Act{Event: "postpone", Reason: "整改"}, "opinions_cited")
	j.refused("bureau office", c, accreditation.Act{Event: "proceed", Cites: cites}, "opinions_cited", "differing_reason")
	j.act("bureau office", c, accreditation.Act{Event: "postpone", Reason: "各处室意见为延迟", Cites: cites})
	j.ask("area head", c, "again")
	j.refused("bureau office", c, accreditation.Act{Event: "again"}, "earliest", "items_verified", "team")
	postponed := j.whole("area head", c)
	if want := lifecycle.AddMonths(j.clock.Now(), 3).Format(time.DateOnly); postponed.Earliest != want {
		t.Errorf("earliest %s, not %s", postponed.Earliest, want)
	}
	j.until(postponed.Earliest)
	j.rectified()
	base = j.open(c, h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "again"})
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	site := j.open(c, h.Area, inspection.OnSite)
	j.confirm(site, lost50...)
	j.refused("bureau office", c, accreditation.Act{Event: "close"}, "appeals_over", "closed")
	j.closed(site)
	if w := j.whole("bureau office", c); w.Score != "950" || w.Line != "950" {
		t.Errorf("score %s, line %s", w.Score, w.Line)
	}
	j.act("bureau office", c, accreditation.Act{Event: "close"})
	j.refused("party secretary", c, accreditation.Act{Event: "agree", Document: "局发1号", DocumentOn: j.day()}, "meeting", "record")
	j.meeting("party secretary", c, "adjourn")
	j.refused("party secretary", c, accreditation.Act{Event: "agree", Document: "局发1号", DocumentOn: j.day()}, "meeting", "record")
	j.meeting("party secretary", c, "agree")
	j.refused("party secretary", c, accreditation.Act{Event: "reject", Reason: "另有考虑"}, "meeting")
	j.refused("party secretary", c, accreditation.Act{Event: "agree"}, "document")
	j.refused("bureau office", c, accreditation.Act{Event: "agree"}, "case_not_yours")
	named := j.act("party secretary", c, accreditation.Act{Event: "agree", Document: "局发〔2026〕1号", DocumentOn: j.day()})
	if named.State != lifecycle.Named || named.CycleStart != j.day() {
		t.Errorf("%s, cycle %s", named.State, named.CycleStart)
	}
	w = j.whole("bureau office", c)
	if w.Title == nil || !w.Title.Standing || w.Title.DocumentNo != "局发〔2026〕1号" || w.Title.NamedOn != j.day() {
		t.Errorf("title %+v", w.Title)
	}
	var steps []string
	for i, e := range w.Events {
		steps = append(steps, e.Transition+" "+string(e.To))
		if i > 0 && !e.RecordedAt.After(w.Events[i-1].RecordedAt) {
			t.Errorf("%s is not later than the act before it", e.Transition)
		}
	}
	want := []string{"T1 APPLIED", "T2 SCREENED", "T4 BASELINE", "T5 POSTPONED", "T7 BASELINE", "T6 ON_SITE", "T11 PARTY_REVIEW", "T14 NAMED"}
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Error(diff)
	}
	verified(t, h)
}

// rectified puts every open item of the house right, verified by another than its owner: the
// area's head, or who is named.
func (j *journey) rectified(who ...string) {
	j.t.Helper()
	who = append(who, "area head")
	items, _, err := j.h.Inspection.Rectifications(j.as("bureau office"), j.h.Prison, nil)
	if err != nil {
		j.t.Fatal(err)
	}
	owner := j.h.Person(who[0])
	for _, i := range items {
		if !i.Waits() {
			continue
		}
		for _, x := range []struct {
			who string
			n   inspection.NewAct
		}{
			{who[0], inspection.NewAct{Kind: "assigned", Owner: owner.Number, Cause: "管理不严", Action: "整改"}},
			{who[0], inspection.NewAct{Kind: "done", Action: "已整改"}},
			{"bureau office", inspection.NewAct{Kind: "verified", Action: "现场核验"}},
		} {
			now, err := j.h.Inspection.Rectify(j.as(x.who), j.h.Prison, i.ID, x.n, ledger.Idem{})
			if err != nil {
				j.t.Fatal(x.n.Kind, err, refusals(err))
			}
			i = now
		}
	}
}
