package housetest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/accreditation"
	"taizhang/internal/assessment"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/postgres"
	"taizhang/internal/scoring"
)

// checked gives a unit a confirmed sheet outside of any case.
func (j *journey) checked(area uuid.UUID, kind string, team []inspection.NewMember, who string) {
	j.t.Helper()
	x, err := j.h.Inspection.OpenCheck(j.as(who), j.h.Prison, inspection.NewCheck{Area: area, Kind: kind, FromDay: j.day(), ToDay: j.day(), Purpose: "考核", Team: team}, ledger.Idem{})
	if err != nil {
		j.t.Fatalf("%s: %v %v", kind, err, refusals(err))
	}
	leader := "inspector"
	if kind == inspection.SelfCheck {
		leader = "warden"
	}
	w, err := j.h.Inspection.Whole(j.as(leader), j.h.Prison, x.ID)
	if err != nil {
		j.t.Fatal(err)
	}
	if _, err := j.h.Inspection.Confirm(j.as(leader), j.h.Prison, x.ID, w.Seq, months(j.t, j.day(), 1), ledger.Idem{}); err != nil {
		j.t.Fatal(err, refusals(err))
	}
}

func (j *journey) team(names ...string) (team []inspection.NewMember) {
	for i, who := range names {
		team = append(team, inspection.NewMember{Person: j.h.Person(who).PersonID, Leader: i == 0})
	}
	return team
}

// prisonCase takes the house's prison to the door of acceptance for the demonstration level:
// conditions, screening with names, opinions, every department.
func (j *journey) prisonCase() uuid.UUID {
	t := j.t
	t.Helper()
	c, base := j.wholeAtBaseline("demonstration")
	w := j.whole("bureau office", c)
	if i := slices.IndexFunc(w.Records, func(r accreditation.Record) bool { return r.Kind == "snapshot" }); i < 0 || !strings.Contains(string(w.Records[i].Body), "罪犯伙房") {
		t.Errorf("the snapshot has no names: %+v", w.Records)
	}
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	for _, o := range j.departments(c) {
		who := "head of the " + strings.TrimPrefix(o, "dept_") + " line"
		j.record(who, c, "results", o, accreditation.Result{Met: true, CriticalOpen: 1, Text: "有一项重大问题"})
	}
	if w := j.whole("bureau office", c); w.State != "DEPT_ASSESS" {
		t.Fatalf("critical items are open and the case is %s", w.State)
	}
	for _, o := range j.departments(c) {
		j.record("head of the "+strings.TrimPrefix(o, "dept_")+" line", c, "results", o, accreditation.Result{Met: true, Text: "已解决"})
	}
	w = j.whole("bureau office", c)
	if last := w.Events[len(w.Events)-1]; w.State != "ON_SITE" || last.Transition != "T8" || last.As != lifecycle.Clock || last.By != uuid.Nil {
		t.Fatalf("%s by %+v", w.State, w.Events[len(w.Events)-1])
	}
	return c
}

// prisonAccepted takes it through acceptance and the effect by two people before the party committee.
func (j *journey) prisonAccepted(c uuid.UUID) {
	j.t.Helper()
	j.atEvaluation(c)
	j.evaluated(c)
}

// atEvaluation takes it through acceptance, evaluated on through the effect.
func (j *journey) atEvaluation(c uuid.UUID) {
	j.t.Helper()
	site := j.open(c, uuid.Nil, inspection.OnSite)
	j.confirm(site)
	j.closed(site)
	j.act("bureau office", c, accreditation.Act{Event: "close"})
}

func (j *journey) evaluated(c uuid.UUID) {
	t, h := j.t, j.h
	t.Helper()
	r := j.evaluation(c)
	j.refused("bureau office", c, accreditation.Act{Event: "evaluated"}, "evaluated", "record")
	if _, err := h.Cases.Confirm(j.as("bureau office"), h.Prison, c, r.ID, ledger.Idem{}); fault.CodeOf(err) != "own_entry" {
		t.Errorf("its maker confirms: %v", err)
	}
	if _, err := h.Cases.Confirm(j.as("second bureau office"), h.Prison, c, r.ID, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	j.act("bureau office", c, accreditation.Act{Event: "evaluated"})
	j.morrow()
}

// evaluation of 80 in all, by one.
func (j *journey) evaluation(c uuid.UUID) accreditation.Record {
	j.t.Helper()
	rows := []accreditation.EvaluationRow{}
	for i, x := range accreditation.Evaluations {
		points := fmt.Sprint(x.Points)
		if i == 0 {
			points = "5"
		}
		rows = append(rows, accreditation.EvaluationRow{Code: x.Code, Points: *exact(j.t, points), Proof: "附件"})
	}
	return j.record("bureau office", c, "evaluation", "", accreditation.Evaluation{Rows: rows})
}

// TestPrisonRoad takes a prison to its demonstration title: conditions, screening with names,
// opinions, every department, acceptance, effect by two people, both bodies; sent back once.
func TestPrisonRoad(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.prisonCase()
	accepted := func() {
		j.prisonAccepted(c)
		j.meeting("party secretary", c, "agree")
		j.act("party secretary", c, accreditation.Act{Event: "agree"})
	}
	accepted()
	j.refused("party secretary", c, accreditation.Act{Event: "name", Document: "1号", DocumentOn: j.day()}, "case_not_yours")
	j.meeting("committee secretary", c, "send_back")
	j.act("committee secretary", c, accreditation.Act{Event: "send_back", Reason: "现场资料不全"})
	accepted()
	w := j.whole("committee secretary", c)
	if n := count(w.Records, "package"); n != 2 {
		t.Errorf("%d packages were sealed", n)
	}
	j.meeting("committee secretary", c, "agree")
	out := j.act("committee secretary", c, accreditation.Act{Event: "name", Document: "司发〔2026〕3号", DocumentOn: j.day()})
	w = j.whole("warden", c)
	if out.State != lifecycle.Named || w.Title == nil || w.Title.Wording != "规范化示范监狱" || len(w.Title.Body) == 0 {
		t.Errorf("%s, title %+v", out.State, w.Title)
	}
	verified(t, h)
}

func count(list []accreditation.Record, kind string) (n int) {
	for _, r := range list {
		if r.Kind == kind {
			n++
		}
	}
	return n
}

// departments that have a say in the case.
func (j *journey) departments(c uuid.UUID) (list []string) {
	j.t.Helper()
	for _, d := range j.lines {
		w := j.whole("head of the "+strings.TrimPrefix(d, "dept_")+" line", c)
		for _, m := range w.Makes {
			list = append(list, m.Departments...)
		}
	}
	return list
}

// TestNothingSkippedInHouse tries every act by everybody in every state that an area passes:
// what no row of the road names is refused and changes nothing. What the service could not do
// otherwise the database refuses too.
func TestNothingSkippedInHouse(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	m := h.Cases.Machines[1]
	var events []string
	for _, x := range m.Transition {
		if !slices.Contains(events, x.Event) {
			events = append(events, x.Event)
		}
	}
	qualities := map[string]lifecycle.Actor{"area head": lifecycle.Unit, "prison office": lifecycle.PrisonOffice, "bureau office": lifecycle.BureauOffice,
		"party secretary": lifecycle.PartyCommittee, "committee secretary": lifecycle.Committee}
	tried := 0
	everything := func(c uuid.UUID) {
		t.Helper()
		before := j.whole("bureau office", c)
		for who, as := range qualities {
			for _, event := range events {
				named := slices.ContainsFunc(m.Transition, func(x *lifecycle.Transition) bool {
					return x.Event == event && slices.Contains(x.From, before.State) && slices.Contains(x.Actors, as)
				})
				if named {
					continue
				}
				tried++
				_, err := h.Cases.Act(j.as(who), h.Prison, c, before.Seq, accreditation.Act{Event: event, Reason: "跳过", Document: "1号", DocumentOn: j.day()}, ledger.Idem{})
				if code := fault.CodeOf(err); code != "case_forbids" && code != "case_not_yours" {
					t.Errorf("%s: %s by %s: %v", before.State, event, who, err)
				}
			}
		}
		after := j.whole("bureau office", c)
		if after.Seq != before.Seq || after.State != before.State {
			t.Errorf("%s became %s", before.State, after.State)
		}
	}
	c := j.begin("area head", h.Area, "area")
	everything(c)
	j.selfCheck(h.Area)
	j.ask("area head", c, "submit")
	j.act("prison office", c, accreditation.Act{Event: "submit"})
	everything(c)
	j.act("bureau office", c, accreditation.Act{Event: "screen"})
	everything(c)
	j.batch(c)
	base := j.open(c, h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	everything(c)
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	everything(c)
	site := j.open(c, h.Area, inspection.OnSite)
	j.confirm(site)
	j.closed(site)
	j.act("bureau office", c, accreditation.Act{Event: "close"})
	everything(c)
	j.meeting("party secretary", c, "agree")
	j.act("party secretary", c, accreditation.Act{Event: "agree", Document: "局发1号", DocumentOn: j.day()})
	everything(c)
	if tried < 300 {
		t.Errorf("only %d acts were tried", tried)
	}
	app, err := pgx.Connect(t.Context(), postgres.AsRole(h.OwnerURL, "taizhang_app"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Close(t.Context()) }()
	if _, err := app.Exec(t.Context(), "select set_config('app.cases', '*', false), set_config('app.prisons', '*', false)"); err != nil {
		t.Fatal(err)
	}
	event := `insert into case_events (prison_id, case_id, seq, transition, from_state, to_state, acted_as, acted_by, detail, level, machine, standing, salt)
		select prison_id, case_id, %s, 'T14', %s, '%s', 'BO', begun_by, '{}', level, machine, standing, salt from cases where state = 'NAMED'`
	for name, x := range map[string][2]string{
		"a state by hand":       {"update cases set state = 'REVOKED'", "42501"},
		"history taken away":    {"delete from case_events", "42501"},
		"history written over":  {"update case_events set to_state = 'NAMED'", "42501"},
		"history emptied":       {"truncate case_events", "42501"},
		"a record written over": {"update case_records set body = '{}'", "42501"},
		"back-dated": {strings.NewReplacer("(prison_id,", "(recorded_at, prison_id,", "select prison_id,", "select now() - interval '1 year', prison_id,").
			Replace(fmt.Sprintf(event, "seq + 1", "state", "NAMED")), "42501"},
		"out of turn":           {fmt.Sprintf(event, "seq + 2", "state", "NAMED"), "23505"},
		"from elsewhere":        {fmt.Sprintf(event, "seq + 1", "'DRAFT'", "NAMED"), "23505"},
		"revoked without order": {fmt.Sprintf(event, "seq + 1", "state", "REVOKED"), "23514"},
		"a record of another day": {`insert into case_records (prison_id, case_id, record_id, seq, state, kind, body, made_by, salt)
			select prison_id, case_id, gen_random_uuid(), seq - 1, state, 'grave', '{}', begun_by, salt from cases`, "23505"},
		"a title of no case": {`insert into titles (prison_id, title_id, area_id, level, wording, document_no, named_on, body, origin, case_id, seq, added_by, salt)
			select prison_id, gen_random_uuid(), area_id, level, '假', '1号', current_date, '假', 'system', case_id, 1, begun_by, salt from cases`, "23514"},
		"a title ended without its case": {`insert into title_acts (prison_id, title_id, act_id, act, on_day, document_no, reason, acted_by, salt)
			select prison_id, title_id, gen_random_uuid(), 'revoked', named_on, '1号', '假', added_by, salt from titles`, "23514"},
		"a title taken away": {"delete from titles", "42501"},
	} {
		_, err := app.Exec(t.Context(), x[0])
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != x[1] {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestChooseVersion: a newer standard does nothing to a case by itself; a person stays with
// the old one or moves, with both sheets and the difference kept.
func TestChooseVersion(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	kitchen := j.place[0].Kitchen
	c := j.begin("prison office", kitchen, "area")
	// Who heads the kitchen checks it and asks; its prison's office agrees.
	h.Reassign(t, "area head elsewhere", kitchen)
	if _, err := h.Assessment.Keep(j.as("area head elsewhere"), h.Prison, kitchen, assessment.SelfCheck, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	j.ask("area head elsewhere", c, "submit")
	j.act("prison office", c, accreditation.Act{Event: "submit"})
	if w := j.whole("bureau office", c); w.Newer != nil || w.Pin.Version != 1 {
		t.Fatalf("pin %+v, newer %+v", w.Pin, w.Newer)
	}
	if _, err := h.Cases.Difference(j.as("bureau office"), h.Prison, c); fault.CodeOf(err) != "no_newer_version" {
		t.Errorf("no newer version: %v", err)
	}
	for _, l := range []string{"HF-01.barred", "HF-14.short"} {
		if _, err := h.Assessment.AddFinding(j.as("inspector"), h.Prison, assessment.NewFinding{Area: kitchen, Line: l, Day: j.day(), Count: 3, Note: "现场发现"}, ledger.Idem{}); err != nil {
			t.Fatal(l, err, refusals(err))
		}
	}
	v := reviewed(t, h, kitchenV2(t))
	if _, err := h.Standards.Issue(j.as("bureau office"), "kitchen", 2, v.Revision, j.day(), onceAs("issue")); err != nil {
		t.Fatal(err)
	}
	w := j.whole("bureau office", c)
	if w.Pin.Version != 1 || w.Newer == nil || w.Newer.Pin.Version != 2 || !w.Newer.May || w.Seq != 1 {
		t.Fatalf("pin %+v, newer %+v, seq %d", w.Pin, w.Newer, w.Seq)
	}
	d, err := h.Cases.Difference(j.as("bureau office"), h.Prison, c)
	if err != nil {
		t.Fatal(err)
	}
	choose := func(who, choice, reason string, seq int) (accreditation.Case, error) {
		return h.Cases.Choose(j.as(who), h.Prison, c, seq, choice, reason, ledger.Idem{})
	}
	if _, err := choose("prison office", "move", "新版", 1); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the prison chooses: %v", err)
	}
	if _, err := choose("bureau office", "move", "", 1); fault.CodeOf(err) != "bad_case" {
		t.Errorf("without a reason: %v", err)
	}
	if out, err := choose("bureau office", "stay", "已按旧版准备", 1); err != nil || out.Pin.Version != 1 {
		t.Errorf("stay: %+v %v", out.Pin, err)
	}
	// What was asked for in the step still counts. A check that is prepared holds the case to
	// its version until it is cancelled.
	j.act("bureau office", c, accreditation.Act{Event: "screen"})
	ready := j.open(c, kitchen, inspection.Baseline)
	if w := j.whole("bureau office", c); w.Newer == nil || !w.Newer.Busy || w.Newer.May {
		t.Errorf("prepared: %+v", w.Newer)
	}
	_, err = choose("bureau office", "move", "新版更严", 2)
	wants(t, "moved under a prepared check", err, "case_checking")
	j.cancelled(ready)
	out, err := choose("bureau office", "move", "新版更严", 2)
	if err != nil || out.Pin.Version != 2 || out.Seq != 3 {
		t.Fatalf("move: %+v %v", out.Pin, err)
	}
	if _, err := choose("bureau office", "move", "再次", 3); fault.CodeOf(err) != "no_newer_version" {
		t.Errorf("moved twice: %v", err)
	}
	w = j.whole("bureau office", c)
	if w.State != "SCREENED" || count(w.Records, "version") != 2 || w.Newer != nil {
		t.Errorf("%s, %d choices", w.State, count(w.Records, "version"))
	}
	for _, r := range w.Records {
		if r.Kind != "version" {
			continue
		}
		whole, err := h.Cases.Record(j.as("bureau office"), h.Prison, c, r.ID)
		if err != nil || strings.Contains(string(r.Body), `"domains"`) || !strings.Contains(string(whole.Body), `"domains"`) || !strings.Contains(string(whole.Body), `"changes"`) {
			t.Errorf("kept %.200s: %v", whole.Body, err)
		}
	}
	if diff := cmp.Diff(scoring.Compare(d.Before, d.After), d.Changes); diff != "" {
		t.Error(diff)
	}
	// The move is no new round: the new check is by the new version.
	if x, err := h.Inspection.Whole(j.as("bureau office"), h.Prison, j.open(c, kitchen, inspection.Baseline)); err != nil || x.Version != 2 {
		t.Errorf("the baseline is by version %d: %v", x.Version, err)
	}
	verified(t, h)
}

// TestCaseTwiceAtOnce does each change of state twice at once: one is done, the other is told.
func TestCaseTwiceAtOnce(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	twice := j.twice
	head := j.as("area head")
	twice("begin", func() error {
		_, err := h.Cases.Begin(head, h.Prison, h.Area, "area", ledger.Idem{})
		return err
	}, "case_open")
	c := j.whole("bureau office", j.only())
	j.selfCheck(h.Area)
	j.ask("area head", c.ID, "submit")
	acts := func(what, who string, act accreditation.Act) {
		t.Helper()
		seq, ctx := j.whole("bureau office", c.ID).Seq, j.as(who)
		twice(what, func() error {
			_, err := h.Cases.Act(ctx, h.Prison, c.ID, seq, act, ledger.Idem{})
			return err
		}, "changed_meanwhile")
	}
	acts("submit", "prison office", accreditation.Act{Event: "submit"})
	acts("screen", "bureau office", accreditation.Act{Event: "screen"})
	j.batch(c.ID)
	base := j.open(c.ID, h.Area, inspection.Baseline)
	acts("baseline", "bureau office", accreditation.Act{Event: "baseline"})
	j.confirm(base)
	custody, said := j.as("head of the custody line"), accreditation.Made{Kind: "opinion", Department: "dept_custody", Body: json.RawMessage(`{"value": "on_time", "reason": "", "facts": "` + j.form("head of the custody line", c.ID, "dept_custody").Digest + `"}`)}
	twice("opinion", func() error {
		_, err := h.Cases.Make(custody, h.Prison, c.ID, said, ledger.Idem{})
		return err
	}, "opinion_given")
	var cites []accreditation.Cite
	for _, o := range j.whole("bureau office", c.ID).Opinions {
		if o.Given == nil {
			j.record("head of the "+strings.TrimPrefix(o.Department, "dept_")+" line", c.ID, "opinion", o.Department, accreditation.Opines{Value: "on_time"})
		}
		cites = append(cites, accreditation.Cite{Department: o.Department})
	}
	acts("proceed", "bureau office", accreditation.Act{Event: "proceed", Cites: cites})
	site := j.open(c.ID, h.Area, inspection.OnSite)
	j.confirm(site)
	j.closed(site)
	acts("close", "bureau office", accreditation.Act{Event: "close"})
	j.meeting("party secretary", c.ID, "agree")
	acts("name", "party secretary", accreditation.Act{Event: "agree", Document: "局发1号", DocumentOn: j.day()})
	twice("import", func() error {
		_, err := h.Cases.Import(h.As(t.Context(), "bureau office"), h.Prison, accreditation.Imported{Area: h.Other, Level: "area", Wording: "规范化监区", DocumentNo: "1号",
			NamedOn: "2024-05-01", Body: "省局"}, ledger.Idem{})
		return err
	}, "title_held")
	titles, _, err := h.Cases.Register(j.as("bureau office"))
	if err != nil || len(titles) != 2 {
		t.Fatalf("%d titles: %v", len(titles), err)
	}
	imported := titles[slices.IndexFunc(titles, func(x accreditation.Title) bool { return x.Origin == "imported" })]
	twice("confirm a title", func() error {
		_, err := h.Cases.Decide(h.As(t.Context(), "second bureau office"), h.Prison, imported.ID, "confirmed", "", ledger.Idem{})
		return err
	}, "already_decided")
	twice("take up", func() error {
		_, err := h.Cases.TakeUp(h.As(t.Context(), "bureau office"), h.Prison, imported.ID, ledger.Idem{})
		return err
	}, "title_gone")
	verified(t, h)
}

// only is the one case of the house.
func (j *journey) only() uuid.UUID {
	j.t.Helper()
	b, err := j.h.Cases.Cases(j.as("bureau office"))
	if err != nil || len(b.Cases) != 1 {
		j.t.Fatalf("%d cases: %v", len(b.Cases), err)
	}
	return b.Cases[0].ID
}

// TestCaseWalls: a case is seen by its unit, its prison and the bureau; another prison does
// not know that it exists, and nobody acts for whom they are not.
func TestCaseWalls(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.begin("area head", h.Area, "area")
	sees := map[string]bool{"area head": true, "officer": true, "prison office": true, "warden": true, "custody head": true, "bureau office": true, "bureau leader": true,
		"party secretary": true, "committee secretary": true, "head of the labour line": true,
		"area head elsewhere": false, "yi prison office": false, "yi area head": false, "system admin": false, "first committee member": false}
	for _, who := range slices.Sorted(maps.Keys(sees)) {
		b, err := h.Cases.Cases(j.as(who))
		if err != nil {
			t.Fatal(err)
		}
		_, one := h.Cases.Case(j.as(who), h.Prison, c)
		if len(b.Cases) == 1 != sees[who] || (one == nil) != sees[who] || one != nil && fault.CodeOf(one) != "not_found" {
			t.Errorf("%s sees %d cases: %v", who, len(b.Cases), one)
		}
	}
	j.selfCheck(h.Area)
	if _, err := h.Cases.Ask(j.as("officer"), h.Prison, c, "submit", "", ledger.Idem{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer asks: %v", err)
	}
	if _, err := h.Cases.Ask(j.as("warden"), h.Prison, c, "submit", "", ledger.Idem{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the warden asks for an area: %v", err)
	}
	if _, err := h.Cases.Act(j.as("yi prison office"), h.Prison, c, 0, accreditation.Act{Event: "submit"}, ledger.Idem{}); fault.CodeOf(err) != "not_found" {
		t.Errorf("another prison's office acts: %v", err)
	}
	j.ask("area head", c, "submit")
	j.act("prison office", c, accreditation.Act{Event: "submit"})
	if _, err := j.makes("prison office", c, "batch", "", accreditation.Batch{Year: 2026, Batch: 1}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the prison issues its own batch: %v", err)
	}
	j.act("bureau office", c, accreditation.Act{Event: "screen"})
	j.batch(c)
	j.open(c, h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	if _, err := j.makes("head of the labour line", c, "opinion", "dept_custody", accreditation.Opines{Value: "on_time"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another line's opinion: %v", err)
	}
	if _, err := j.makes("custody head", c, "opinion", "dept_custody", accreditation.Opines{Value: "on_time"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the prison's own department gives the bureau's opinion: %v", err)
	}
	if titles, may, err := h.Cases.Register(j.as("yi prison office")); err != nil || len(titles) != 0 || may {
		t.Errorf("%d titles: %v", len(titles), err)
	}
}
