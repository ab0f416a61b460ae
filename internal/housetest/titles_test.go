package housetest_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/postgres"
	"taizhang/internal/scoring"
	"taizhang/schemas"
)

// imported enters a title from before the system.
func (j *journey) imported(area uuid.UUID, level string) accreditation.Title {
	j.t.Helper()
	title, err := j.h.Cases.Import(j.as("bureau office"), j.h.Prison, accreditation.Imported{Area: area, Level: level, Wording: "规范化单位", DocumentNo: "旧发1号",
		NamedOn: catalog.DayOf(j.clock.Now().AddDate(0, 0, -340)), Body: "省局"}, ledger.Idem{})
	if err != nil {
		j.t.Fatal(err, refusals(err))
	}
	if title, err = j.h.Cases.Decide(j.as("second bureau office"), j.h.Prison, title.ID, "confirmed", "", ledger.Idem{}); err != nil {
		j.t.Fatal(err, refusals(err))
	}
	return title
}

// lookedBack takes a title from before up and gives its unit the sheet of a look-back.
func (j *journey) lookedBack(title accreditation.Title, losses ...loss) uuid.UUID {
	j.t.Helper()
	c, err := j.h.Cases.TakeUp(j.as("bureau office"), j.h.Prison, title.ID, ledger.Idem{})
	if err != nil {
		j.t.Fatal(err)
	}
	check := j.open(c.ID, title.Area, inspection.LookBack)
	j.act("bureau office", c.ID, accreditation.Act{Event: "look_back"})
	j.confirm(check, losses...)
	return c.ID
}

// grown gives the house's prison so many areas of each sort, and returns them.
func (j *journey) grown(ordinary, functional int) (list [2][]uuid.UUID) {
	j.t.Helper()
	list = [2][]uuid.UUID{{j.h.Area, j.h.Other}, {j.place[0].Kitchen}}
	for i, want := range []int{ordinary, functional} {
		for n := len(list[i]); n < want; n++ {
			id := uuid.New()
			kind, function := "ordinary", "residential"
			if i == 1 {
				kind, function = "functional", "kitchen"
			}
			if _, err := j.h.Owner.Exec(j.t.Context(), "insert into areas values ($1, $2, $3, '监区', 'Area', $4, $5, true)",
				j.h.Prison, id, fmt.Sprintf("X%d%d", i, n), kind, function); err != nil {
				j.t.Fatal(err)
			}
			list[i] = append(list[i], id)
		}
	}
	return list
}

func (j *journey) eligible(level, day string) accreditation.Conditions {
	j.t.Helper()
	c, err := j.h.Cases.Eligibility(j.as("prison office"), j.h.Prison, level, day)
	if err != nil {
		j.t.Fatal(err)
	}
	return c
}

// TestIfAreaPasses: what the conditions would be with one area more, and no title of it is kept.
func TestIfAreaPasses(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	areas := j.grown(7, 4)
	for _, a := range slices.Concat(areas[0][:4], areas[1][:3]) {
		j.imported(a, "area")
	}
	if c := j.eligible("demonstration", ""); c.Holds {
		t.Fatalf("without it: %+v", c.Ratios)
	}
	rows := everyRow(t, j.h)
	c, err := j.h.Cases.Eligibility(j.as("prison office"), j.h.Prison, "demonstration", "", areas[0][5])
	if err != nil || !c.Holds || c.Ratios[0].Passed != 5 || len(c.Says) != 0 {
		t.Errorf("if area 6 passes: %+v %v", c.Ratios, err)
	}
	// One that passed already is not counted twice.
	if c, err = j.h.Cases.Eligibility(j.as("prison office"), j.h.Prison, "demonstration", "", areas[0][0]); err != nil || c.Holds || c.Ratios[0].Passed != 4 {
		t.Errorf("if area 1 passes: %+v %v", c.Ratios, err)
	}
	if _, err = j.h.Cases.Eligibility(j.as("prison office"), j.h.Prison, "demonstration", "", uuid.New()); fault.CodeOf(err) != "bad_case" {
		t.Errorf("an area there is not: %v", err)
	}
	if n := everyRow(t, j.h); n != rows {
		t.Errorf("%d rows were kept", n-rows)
	}
}

// TestEligibilityOfHouse is W1 and W2 on a house: exact numbers with names, at any date.
func TestEligibilityOfHouse(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	areas := j.grown(7, 4)
	for _, a := range areas[0][:4] {
		j.imported(a, "area")
	}
	for _, a := range areas[1][:3] {
		j.imported(a, "area")
	}
	c := j.eligible("demonstration", "")
	if c.Holds || len(c.Says) != 1 || c.Says[0].ZH != "普通监区 4/7，示范需 5" || c.Says[0].EN != "Ordinary areas 4/7, demonstration needs 5" {
		t.Errorf("demonstration: %+v", c.Says)
	}
	if s := j.eligible("standard", ""); !s.Holds || len(s.Areas) != 11 {
		t.Errorf("standard: %+v of %d areas", s.Says, len(s.Areas))
	}
	if before := j.eligible("standard", catalog.DayOf(j.clock.Now().AddDate(-1, 0, 0))); before.Holds || before.Ratios[0].Passed != 0 {
		t.Errorf("a year ago: %+v", before.Ratios)
	}
	// The unit may not even apply, and is told the numbers.
	id := j.begin("warden", uuid.Nil, "demonstration")
	j.ask("warden", id, "submit")
	_, err := j.try("prison office", id, accreditation.Act{Event: "submit"})
	if diff := cmp.Diff([]string{"self_complete", "eligible", "record"}, refusals(err)); diff != "" {
		t.Error(diff)
	}
	w := j.whole("prison office", id)
	i := slices.IndexFunc(w.Actions, func(x lifecycle.Choice) bool { return x.Event == "submit" })
	if i < 0 || !slices.ContainsFunc(w.Actions[i].Refused, func(f fault.Field) bool {
		return f.Code == "eligible" && f.Text.ZH == "普通监区 4/7，需 5；功能监区 3/4，需 3"
	}) {
		t.Errorf("actions %+v", w.Actions)
	}
	// A closed area leaves both numbers from its day: 4 of 6 is enough.
	if _, err := j.h.Owner.Exec(t.Context(), "update areas set closed_on = $2::text::date where area_id = $1", areas[0][6], j.day()); err != nil {
		t.Fatal(err)
	}
	if c := j.eligible("demonstration", ""); !c.Holds || c.Ratios[0].Count != (lifecycle.Count{Passed: 4, All: 6}) {
		t.Errorf("with one closed: %+v", c.Ratios)
	}
	list, err := j.h.Cases.Screening(j.as("bureau office"))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 3 || list[0].Prison != j.h.Prison || list[0].Reaches != "demonstration" || list[0].Missing != 0 || list[1].Reaches != "" || list[1].Missing != 2 {
		t.Errorf("screening %+v", list)
	}
	// Each stands by its own score too, with the points to the line of the next level.
	for _, p := range list {
		if p.Score == nil || p.Score.Next != "standard" || p.Score.Line.String() != "900" || new(big.Rat).Add(p.Score.Score.Rat(), p.Score.Gap.Rat()).Cmp(big.NewRat(900, 1)) != 0 {
			t.Errorf("own score %+v", p.Score)
		}
	}
	if own, err := j.h.Cases.Screening(j.as("yi prison office")); err != nil || len(own) != 1 || own[0].Prison != j.place[1].Prison {
		t.Errorf("another prison's office sees %+v: %v", own, err)
	}
}

// TestScreeningScores: a prison's own score is of its areas as they are titled today, and of two prisons that miss as much
// the one with more stands first.
func TestScreeningScores(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	j.lookedBack(j.imported(h.Other, "area"), lost42...)
	j.selfCheck(h.Area) // before anything is found
	j.revoked(j.imported(h.Area, "area"), lost86...)
	j.owns("update areas set closed_on = $2::text::date where area_id = $1", j.place[0].Kitchen, j.day())
	std, err := h.Standards.For(t.Context(), "prison", "", j.day())
	if err != nil {
		t.Fatal(err)
	}
	office := j.as("bureau office")
	of := func(titled ...uuid.UUID) string {
		t.Helper()
		in := map[uuid.UUID]bool{}
		for _, a := range titled {
			in[a] = true
		}
		sheet, err := h.Assessment.Whole(office, h.Prison, in, std)
		if err != nil {
			t.Fatal(err)
		}
		return sheet.Score.String()
	}
	screened := func() []accreditation.Screened {
		t.Helper()
		list, err := h.Cases.Screening(office)
		if err != nil || len(list) != 3 {
			t.Fatal(list, err)
		}
		return list
	}
	list := screened()
	i := slices.IndexFunc(list, func(s accreditation.Screened) bool { return s.Prison == h.Prison })
	got, held := list[i].Score.Score.String(), of(h.Other)
	if got != held || held == of() || held == of(h.Area, h.Other) {
		t.Errorf("own score %s; with the title that stands %s, with none %s, with the revoked one too %s", got, held, of(), of(h.Area, h.Other))
	}
	rest := slices.DeleteFunc(list, func(s accreditation.Screened) bool { return s.Prison == h.Prison })
	if !rest[0].Score.Score.Equal(rest[1].Score.Score) || rest[0].Missing != rest[1].Missing {
		t.Fatalf("not alike to begin with: %+v", rest)
	}
	lower, higher := rest[0].Prison, rest[1].Prison
	// What the prison's standard asks for alone: the mean of the areas stays.
	i = slices.IndexFunc(j.place[:], func(p housetest.Place) bool { return p.Prison == lower })
	err = postgres.Duties{Store: h.Store}.Reckon(t.Context(), ledger.Session{Prison: lower, Scope: ledger.Everything()}, j.place[i].Ordinary, "psych-health", j.day(), func(duty.Day) ([]scoring.DayFact, error) {
		return []scoring.DayFact{{Measure: "high_risk_without_plan", Value: *exact(t, "1")}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	at := map[uuid.UUID]int{}
	for i, s := range screened() {
		at[s.Prison] = i
	}
	if at[lower] < at[higher] {
		t.Error("of two that miss as much, the lower comes first")
	}
}

// TestTitleImported: a title from before counts from its own day, with its history, once a
// second person has confirmed it; it is entered once, by the bureau's office, and goes on from
// its own days.
func TestTitleImported(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	in := accreditation.Imported{Area: h.Area, Level: "area", Wording: "规范化监区", DocumentNo: "旧发1号", NamedOn: "2020-12-25", Body: "省局"}
	enter := func(who string, in accreditation.Imported) error {
		title, err := h.Cases.Import(j.as(who), h.Prison, in, ledger.Idem{})
		if err == nil {
			_, err = h.Cases.Decide(j.as("second bureau office"), h.Prison, title.ID, "confirmed", "", ledger.Idem{})
		}
		return err
	}
	if err := enter("prison office", in); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
		t.Errorf("the prison enters its own title: %v", err)
	}
	for name, edit := range map[string]func(*accreditation.Imported){
		"/named_on": func(i *accreditation.Imported) { i.NamedOn = "2100-01-01" },
		"/revoked_on": func(i *accreditation.Imported) {
			i.RevokedOn, i.OrderNo, i.Reason = "2020-01-01", "令1号", "不合格"
		},
		"/order_no": func(i *accreditation.Imported) { i.RevokedOn, i.Reason = "2022-01-01", "不合格" },
		"/level":    func(i *accreditation.Imported) { i.Level = "standard" },
	} {
		bad := in
		edit(&bad)
		if err := enter("bureau office", bad); fault.CodeOf(err) != "bad_title" {
			t.Errorf("%s: %v", name, err)
		}
	}
	revoked := in
	revoked.NamedOn, revoked.RevokedOn, revoked.OrderNo, revoked.Reason = "2018-05-01", "2019-05-01", "令1号", "复查不合格"
	if err := enter("bureau office", revoked); err != nil {
		t.Fatal(err)
	}
	kept := in
	kept.KeptOn = "2023-12-20"
	if err := enter("bureau office", kept); err != nil {
		t.Fatal(err)
	}
	if err := enter("bureau office", in); fault.CodeOf(err) != "title_held" {
		t.Errorf("entered twice: %v", err)
	}
	for day, want := range map[string]int{"2018-04-30": 0, "2018-05-01": 1, "2019-05-01": 0, "2020-12-24": 0, "2020-12-25": 1} {
		if got := j.eligible("standard", day).Ratios[0].Passed; got != want {
			t.Errorf("%s: %d areas passed, not %d", day, got, want)
		}
	}
	titles, may, err := h.Cases.Register(j.as("bureau office"))
	if err != nil || len(titles) != 2 || !may || titles[0].Standing || !titles[1].Standing {
		t.Fatalf("%+v %v %v", titles, may, err)
	}
	c, err := h.Cases.TakeUp(j.as("bureau office"), h.Prison, titles[1].ID, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	w := j.whole("bureau office", c.ID)
	if w.State != lifecycle.Named || w.CycleStart != "2023-12-20" || w.Cycle != 2 || w.Title == nil || w.Title.DocumentNo != "旧发1号" {
		t.Errorf("%s since %s, cycle %d, title %+v", w.State, w.CycleStart, w.Cycle, w.Title)
	}
	if i := slices.IndexFunc(w.Timers, func(x accreditation.Timer) bool { return x.Timer == "TM2" }); i < 0 || w.Timers[i].On != "2026-12-20" {
		t.Errorf("timers %+v", w.Timers)
	}
	if _, err := h.Cases.TakeUp(j.as("bureau office"), h.Prison, titles[1].ID, ledger.Idem{}); fault.CodeOf(err) != "title_gone" {
		t.Errorf("taken up twice: %v", err)
	}
	if _, err := h.Cases.Begin(j.as("area head"), h.Prison, h.Area, "area", ledger.Idem{}); fault.CodeOf(err) != "title_held" {
		t.Errorf("applied for what it holds: %v", err)
	}
	verified(t, h)
}

// rechecked takes a title from before up and brings it to an early re-check that it fails.
func (j *journey) revoked(title accreditation.Title, losses ...loss) {
	j.t.Helper()
	c, err := j.h.Cases.TakeUp(j.as("bureau office"), j.h.Prison, title.ID, ledger.Idem{})
	if err != nil {
		j.t.Fatal(err)
	}
	j.record("bureau office", c.ID, "grave", "", accreditation.Note{Day: j.day(), Text: "重大事件"})
	check := j.open(c.ID, title.Area, inspection.Recheck)
	j.act("bureau office", c.ID, accreditation.Act{Event: "recheck_early", Reason: "重大事件"})
	j.confirm(check, losses...)
	j.closed(check)
	j.refused("bureau office", c.ID, accreditation.Act{Event: "close"}, "document")
	j.act("bureau office", c.ID, accreditation.Act{Event: "close", Reason: "复查不合格", Document: "局发〔2026〕9号", DocumentOn: j.day()})
}

// TestRevokedArea is W12: a revoked area takes the conditions of its prison's title, which
// stands; both offices are told.
func TestRevokedArea(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	areas := j.grown(9, 4)
	var titles [2][]accreditation.Title
	for i, n := range []int{6, 3} {
		for _, a := range areas[i][:n] {
			titles[i] = append(titles[i], j.imported(a, "area"))
		}
	}
	own := j.imported(uuid.Nil, "demonstration")
	told := func(who string) (n int) {
		list, err := j.h.Ledger.Notices(j.as(who), j.h.Prison)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			if x.Kind == "conditions_lost" {
				n++
			}
		}
		return n
	}
	if err := j.h.Cases.Tend(t.Context(), j.h.Prison); err != nil {
		t.Fatal(err)
	}
	if !j.eligible("demonstration", "").Holds || told("bureau office") != 0 {
		t.Error("the conditions do not hold at first")
	}
	j.revoked(titles[0][0], lost86...)
	demonstration, standard := j.eligible("demonstration", ""), j.eligible("standard", "")
	if demonstration.Holds || demonstration.Says[0].ZH != "普通监区 5/9，示范需 6" || !standard.Holds {
		t.Errorf("after the ordinary area: %v, %v", demonstration.Says, standard.Says)
	}
	if told("bureau office") != 1 || told("prison office") != 1 {
		t.Errorf("the offices were told %d and %d times", told("bureau office"), told("prison office"))
	}
	list, _, err := j.h.Cases.Register(j.as("bureau office"))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if want := x.ID != titles[0][0].ID; x.Standing != want {
			t.Errorf("%s of %s stands: %v", x.Wording, x.Area, x.Standing)
		}
		if x.ID == titles[0][0].ID && (len(x.Acts) != 1 || x.Acts[0].DocumentNo != "局发〔2026〕9号") {
			t.Errorf("acts %+v", x.Acts)
		}
	}
	j.revoked(titles[1][0], loss{"HF-03.ill", 1}, loss{"HF-03.poisoning", 1})
	if d, s := j.eligible("demonstration", ""), j.eligible("standard", ""); d.Holds || s.Holds || d.Ratios[1].Count != (lifecycle.Count{Passed: 2, All: 4}) {
		t.Errorf("after the functional area: %v, %v", d.Says, s.Says)
	}
	if told("bureau office") != 2 {
		t.Error("the second loss was not told")
	}
	// The waiting time before the next application.
	again := j.begin("area head", j.h.Area, "area")
	j.selfCheck(j.h.Area)
	j.ask("area head", again, "submit")
	j.refused("prison office", again, accreditation.Act{Event: "submit"}, "waited")
	w := j.whole("bureau office", again)
	if w.Previous == uuid.Nil {
		t.Error("the new application does not name the one before")
	}
	// The prison's page shows that its conditions are lost.
	c, err := j.h.Cases.TakeUp(j.as("bureau office"), j.h.Prison, own.ID, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if w := j.whole("prison office", c.ID); len(w.Lost) != 1 || w.Lost[0].Level != "demonstration" || !w.Title.Standing {
		t.Errorf("lost %+v", w.Lost)
	}
	verified(t, j.h)
}

// TestCarryOfHouse is W10: what the look-back lost is shown from its day and taken off the
// re-check once, as a line of its own.
func TestCarryOfHouse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		losses []loss
		carry  string
		score  string
		line   string // of the re-check, by the road (O8)
		state  lifecycle.State
	}{
		{"80 kept", lost80, "8", "950", "950", lifecycle.Named},
		{"86 revoked", lost86, "8.6", "949.4", "950", lifecycle.Revoked},
		{"86 kept by a line of its own", lost86, "8.6", "949.4", "940", lifecycle.Named},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			j := onRoad(t)
			h := j.h
			if tt.line != "950" {
				h.Cases.Machines = roadWith(t, `"recheck_line": {"value": "acceptance"`, `"recheck_line": {"value": "`+tt.line+`"`)
			}
			c := j.named()
			start := j.whole("bureau office", c).CycleStart
			j.refused("bureau office", c, accreditation.Act{Event: "look_back"}, "look_back_open", "team")
			j.until(months(t, start, 12))
			back := j.open(c, h.Area, inspection.LookBack)
			j.act("bureau office", c, accreditation.Act{Event: "look_back"})
			j.confirm(back, tt.losses...)
			j.closed(back)
			j.act("bureau office", c, accreditation.Act{Event: "close"})
			// A cycle has one look-back: none is prepared any more.
			if w := j.whole("bureau office", c); !slices.Equal(w.Prepares, []string{inspection.Recheck}) {
				t.Errorf("%v are prepared", w.Prepares)
			}
			_, err := h.Inspection.OpenCheck(j.as("bureau office"), h.Prison, inspection.NewCheck{Area: h.Area, Case: &c, Kind: inspection.LookBack, FromDay: j.day(), ToDay: j.day(), Purpose: "回头看",
				Team: j.team("inspector", "yi inspector", "bing inspector")}, ledger.Idem{})
			wants(t, "a second look-back", err, "case_forbids")
			if r, err := h.Assessment.Readiness(j.as("area head"), h.Prison, h.Area); err != nil || r.Carry == nil || r.Carry.Amount.String() != tt.carry || r.Sheet.Carry != nil {
				t.Errorf("live: %+v %v", r, err)
			}
			j.until(months(t, start, 36))
			re := j.open(c, h.Area, inspection.Recheck)
			j.act("bureau office", c, accreditation.Act{Event: "recheck"})
			j.confirm(re, lost42...)
			j.closed(re)
			check, err := h.Inspection.Whole(j.as("bureau office"), h.Prison, re)
			if err != nil {
				t.Fatal(err)
			}
			run, same, err := h.Assessment.Run(j.as("bureau office"), h.Prison, *check.Run)
			if err != nil || same != assessment.Same || run.Score.String() != tt.score {
				t.Errorf("the run's score is %s: %v", run.Score, err)
			}
			w := j.whole("bureau office", c)
			if w.Score != "958" || w.AfterCarry != tt.score || w.Line != tt.line {
				t.Errorf("own score %s, %s after the carry, line %s", w.Score, w.AfterCarry, w.Line)
			}
			out := j.act("bureau office", c, accreditation.Act{Event: "close", Reason: "复查", Document: "局发9号", DocumentOn: j.day()})
			if out.State != tt.state {
				t.Errorf("%s, not %s", out.State, tt.state)
			}
			if out.State == lifecycle.Named && (out.Carry != "0" || out.Cycle != 2 || out.CycleStart != j.day()) {
				t.Errorf("new cycle %+v", out.Case)
			}
			if r, err := h.Assessment.Readiness(j.as("area head"), h.Prison, h.Area); err != nil || r.Carry != nil {
				t.Errorf("carried on: %+v %v", r.Carry, err)
			}
		})
	}
}

// roadWith is the shipped road with one value otherwise.
func roadWith(t *testing.T, value, otherwise string) accreditation.Machines {
	t.Helper()
	raw, err := schemas.FS.ReadFile("accreditation/v1/case.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := lifecycle.Parse([]byte(strings.Replace(string(raw), value, otherwise, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return accreditation.Machines{m.Version: m}
}

func months(t *testing.T, day string, n int) string {
	t.Helper()
	m, err := catalog.Day(day)
	if err != nil {
		t.Fatal(err)
	}
	return lifecycle.AddMonths(m.At, n).Format(time.DateOnly)
}

// TestTimersOfHouse is W11: a timer tells once when it opens and once when it is overdue,
// to the offices; however long nobody acts, the title stands.
func TestTimersOfHouse(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.named()
	start := j.whole("bureau office", c).CycleStart
	told := func() (marks []string) {
		t.Helper()
		for range 2 { // a second round tells nothing anew
			if err := j.h.Cases.Tend(t.Context(), j.h.Prison); err != nil {
				t.Fatal(err)
			}
		}
		list, err := j.h.Ledger.Notices(j.as("prison office"), j.h.Prison)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range list {
			if n.Kind == "case_due" {
				marks = append(marks, fmt.Sprint(n.Detail["due_on"], " ", n.Detail["mark"]))
			}
		}
		slices.Sort(marks)
		return marks
	}
	due := months(t, start, 12)
	day := func(by int) string {
		m, _ := catalog.Day(due)
		return m.At.AddDate(0, 0, by).Format(time.DateOnly)
	}
	var want []string
	for _, x := range []struct {
		by   int
		mark string
	}{{-31, ""}, {-30, "open"}, {29, ""}, {30, "overdue"}} {
		j.until(day(x.by))
		if x.mark != "" {
			want = append(want, due+" "+x.mark)
		}
		if diff := cmp.Diff(want, told()); diff != "" {
			t.Errorf("%d days: %s", x.by, diff)
		}
	}
	j.until(months(t, start, 120))
	told()
	if w := j.whole("bureau office", c); w.State != lifecycle.Named || !w.Title.Standing || len(w.Timers) != 2 || w.Timers[1].Mark != lifecycle.Late {
		t.Errorf("ten years on: %s, %+v", w.State, w.Timers)
	}
}

// TestTamperCases lets a superuser change what a case or a title is: each is named.
func TestTamperCases(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c, err := j.h.Cases.TakeUp(j.as("bureau office"), j.h.Prison, j.imported(j.h.Area, "area").ID, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	j.record("bureau office", c.ID, "grave", "", accreditation.Note{Day: j.day(), Text: "重大事件"})
	s := verified(t, j.h)
	s.notices(t, map[string][2]string{
		"state":   {"update cases set state = 'REVOKED'", "update cases set state = 'NAMED'"},
		"history": {"update case_events set reason = '改'", "update case_events set reason = ''"},
		"record":  {`update case_records set body = convert_to(replace(convert_from(body, 'UTF8'), '重大', '轻微'), 'UTF8')`, `update case_records set body = convert_to(replace(convert_from(body, 'UTF8'), '轻微', '重大'), 'UTF8')`},
		"title":   {"update titles set document_no = '假'", "update titles set document_no = '旧发1号'"},
	})
}

// TestWaived is W10's last rows: a look-back that was not done is waived with a reason, and
// nothing is carried; without it the re-check does not begin.
func TestWaived(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.named()
	j.until(months(t, j.whole("bureau office", c).CycleStart, 36))
	j.open(c, j.h.Area, inspection.Recheck)
	j.refused("bureau office", c, accreditation.Act{Event: "recheck"}, "looked_back")
	j.refused("bureau office", c, accreditation.Act{Event: "recheck", Waived: true}, "looked_back")
	out := j.act("bureau office", c, accreditation.Act{Event: "recheck", Waived: true, Reason: "当年未做"})
	w := j.whole("bureau office", c)
	if out.Carry != "0" || string(w.Events[len(w.Events)-1].Detail) != `{"waived":true}` {
		t.Errorf("carry %s, %s", out.Carry, w.Events[len(w.Events)-1].Detail)
	}
}

// TestTitleWaits: while a title from before waits for its second person nothing is begun for it;
// a confirming and a beginning at once leave one of the two.
func TestTitleWaits(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	entered := func() accreditation.Title {
		title, err := h.Cases.Import(j.as("bureau office"), h.Prison, accreditation.Imported{Area: h.Area, Level: "area", Wording: "规范化单位", DocumentNo: "旧发1号",
			NamedOn: "2024-03-01", Body: "省局"}, ledger.Idem{})
		if err != nil {
			t.Fatal(err, refusals(err))
		}
		return title
	}
	begin := func() error {
		_, err := h.Cases.Begin(j.as("area head"), h.Prison, h.Area, "area", ledger.Idem{})
		return err
	}
	// One that has ended is in nobody's way, whatever becomes of it.
	if _, err := h.Cases.Import(j.as("bureau office"), h.Prison, accreditation.Imported{Area: h.Other, Level: "area", Wording: "规范化单位", DocumentNo: "旧发2号",
		NamedOn: "2014-03-01", Body: "省局", RevokedOn: "2016-03-01", OrderNo: "令2号", Reason: "复查不合格"}, ledger.Idem{}); err != nil {
		t.Fatal(err, refusals(err))
	}
	j.begin("prison office", h.Other, "area")
	title := entered()
	if err := begin(); fault.CodeOf(err) != "title_waits" {
		t.Errorf("while it waits: %v", err)
	}
	if _, err := h.Owner.Exec(t.Context(), `insert into cases (prison_id, case_id, area_id, track, begun_by, salt, level, machine, standing)
		values ($1, gen_random_uuid(), $2, 'area', $3, decode(repeat('00', 32), 'hex'), 'area', 1, '{}')`, h.Prison, h.Area, h.Person("area head").PersonID); err == nil {
		t.Error("the database let one be begun")
	}
	if _, err := h.Cases.Decide(j.as("second bureau office"), h.Prison, title.ID, "refused", "查无此文", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	// Held by nobody, it is in nobody's way.
	title = entered()
	second, head := j.as("second bureau office"), j.as("area head")
	errs := make(chan error, 2)
	go func() {
		_, err := h.Cases.Decide(second, h.Prison, title.ID, "confirmed", "", ledger.Idem{})
		errs <- err
	}()
	go func() {
		_, err := h.Cases.Begin(head, h.Prison, h.Area, "area", ledger.Idem{})
		errs <- err
	}()
	var done int
	for range 2 {
		if err := <-errs; err == nil {
			done++
		} else if code := fault.CodeOf(err); code != "title_waits" && code != "title_held" {
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("%d of the two were done", done)
	}
}

// TestTitleHistory: what was named and ended is entered in any order; two spans of one level never
// overlap, and nothing is kept after it ended.
func TestTitleHistory(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	enter := func(named, revoked, kept string) error {
		in := accreditation.Imported{Area: h.Area, Level: "area", Wording: "规范化监区", DocumentNo: "旧发1号", NamedOn: named, KeptOn: kept, RevokedOn: revoked, Body: "省局"}
		if revoked != "" {
			in.OrderNo, in.Reason = "令1号", "复查不合格"
		}
		_, err := h.Cases.Import(j.as("bureau office"), h.Prison, in, ledger.Idem{})
		return err
	}
	for _, x := range []struct{ named, revoked, kept, code string }{
		{"2019-05-01", "", "", ""},
		{"2013-05-01", "2016-05-01", "2015-05-01", ""},
		{"2016-05-01", "2017-05-01", "", ""},           // the day on which the other ended
		{"2017-06-01", "2019-05-01", "", ""},           // up to the day of the next
		{"2012-01-01", "2013-05-02", "", "title_held"}, // a day too long
		{"2015-01-01", "2015-06-01", "", "title_held"}, // within another
		{"2010-01-01", "", "", "title_held"},           // never ended
		{"2020-01-01", "2021-01-01", "", "title_held"}, // under one that stands
		{"2010-01-01", "2011-01-01", "2011-01-02", "bad_title"},
	} {
		if err := enter(x.named, x.revoked, x.kept); fault.CodeOf(err) != x.code {
			t.Errorf("%s to %s: %v", x.named, x.revoked, err)
		}
	}
	// The database holds to it too, whoever writes.
	if _, err := h.Owner.Exec(t.Context(), `insert into titles (prison_id, title_id, area_id, level, wording, document_no, named_on, body, origin, added_by, salt)
		values ($1, gen_random_uuid(), $2, 'area', '规范化监区', '假', '2018-01-01', '省局', 'imported', $3, sha256('x'))`, h.Prison, h.Area, h.Person("bureau office").PersonID); err == nil {
		t.Error("a second title at the same time was written")
	}
	if _, err := h.Owner.Exec(t.Context(), `insert into title_acts (prison_id, title_id, act_id, act, on_day, document_no, reason, acted_by, salt)
		select prison_id, title_id, gen_random_uuid(), 'kept', '2017-01-01', '', '', added_by, sha256('x') from titles where named_on = '2013-05-01'`); err == nil {
		t.Error("a title was kept after it had ended")
	}
	verified(t, h)
}
