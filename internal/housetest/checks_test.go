package housetest_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/accreditation"
	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
	"taizhang/internal/scoring"
)

// inspected is a house whose first area is checked by people of two other prisons.
type inspected struct {
	*housetest.House
	t     *testing.T
	clock time.Time
}

func checked(t *testing.T) *inspected {
	t.Helper()
	x := &inspected{House: housetest.New(t), t: t, clock: time.Now().Add(time.Minute)} // a little ahead: rights have begun
	x.Province(t)
	x.Inspection.Now = func() time.Time { return x.clock }
	return x
}

// as is a person with the grants that the database holds of them now.
func (x *inspected) as(name string) context.Context {
	x.t.Helper()
	a := x.Person(name)
	rows, err := x.Owner.Query(context.Background(), "select grant_id, prison_id, areas, from_at, until_at from grants where person_id = $1", a.PersonID)
	if err != nil {
		x.t.Fatal(err)
	}
	a.Grants, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (actor.Grant, error) {
		var g actor.Grant
		err := row.Scan(&g.ID, &g.PrisonID, &g.Areas, &g.From, &g.To)
		return g, err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return actor.With(x.t.Context(), a)
}

func (x *inspected) team(names ...string) []inspection.NewMember {
	var list []inspection.NewMember
	for i, n := range names {
		list = append(list, inspection.NewMember{Person: x.Person(n).PersonID, Leader: i == 0})
	}
	return list
}

func (x *inspected) newCheck(area uuid.UUID, kind string) inspection.NewCheck {
	return inspection.NewCheck{Area: area, Kind: kind, FromDay: catalog.DayOf(x.clock), ToDay: catalog.DayOf(x.clock.AddDate(0, 0, 2)), Purpose: "年度摸底检查",
		Team: x.team("yi inspector", "yi second inspector", "bing inspector")}
}

func (x *inspected) open(area uuid.UUID, kind string) inspection.Check {
	x.t.Helper()
	c, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, x.newCheck(area, kind), ledger.Idem{})
	if err != nil {
		x.t.Fatal(err)
	}
	return c
}

func (x *inspected) finding(line string, count int) inspection.Finding {
	return inspection.Finding{Line: line, Day: catalog.DayOf(x.clock), Count: count, Place: "二楼", Note: "现场发现", Conclusion: "不符合标准", Severity: "moderate", Scope: "limited", Sources: []string{"seen"}}
}

func (x *inspected) find(c inspection.Check, f inspection.Finding) uuid.UUID {
	x.t.Helper()
	if _, err := x.Inspection.AddFinding(x.as("bing inspector"), x.Prison, c.ID, f, ledger.Idem{}); err != nil {
		x.t.Fatal(err)
	}
	w := x.whole(c)
	return w.Findings[len(w.Findings)-1].ID
}

func (x *inspected) whole(c inspection.Check) *inspection.Whole {
	x.t.Helper()
	w, err := x.Inspection.Whole(x.as("bureau office"), x.Prison, c.ID)
	if err != nil {
		x.t.Fatal(err)
	}
	return w
}

func (x *inspected) confirm(c inspection.Check) inspection.Check {
	x.t.Helper()
	out, err := x.Inspection.Confirm(x.as("yi inspector"), x.Prison, c.ID, x.whole(c).Seq, catalog.DayOf(x.clock.AddDate(0, 1, 0)), ledger.Idem{})
	if err != nil {
		x.t.Fatal(err)
	}
	return out
}

// later passes the time for appeals.
func (x *inspected) later() { x.clock = x.clock.AddDate(0, 0, 14) }

func (x *inspected) close(c inspection.Check) inspection.Check {
	x.t.Helper()
	x.later()
	out, err := x.Inspection.Close(x.as("bureau office"), x.Prison, c.ID, ledger.Idem{})
	if err != nil {
		x.t.Fatal(err)
	}
	return out
}

func wants(t *testing.T, what string, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

// onlyOne sees to it that of acts done together exactly one comes through.
func onlyOne(t *testing.T, acts ...func() error) {
	t.Helper()
	atOnce(t, len(acts), func(i int) error { return acts[i]() }, 1)
}

// TestOwnPrisonRefused: nobody who is or was posted in the prison inspects it, the use
// case says, and the database.
func TestOwnPrisonRefused(t *testing.T) {
	t.Parallel()
	x := checked(t)
	ctx := t.Context()
	n := x.newCheck(x.Area, inspection.Joint)
	open := func() error {
		_, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, n, ledger.Idem{})
		return err
	}
	n.Team = x.team("yi inspector", "yi second inspector", "bing inspector")
	n.Team[1].Leader = true
	wants(t, "two leaders", open(), "bad_check")
	n.Team = x.team("yi inspector", "bing inspector", "area head elsewhere")
	wants(t, "who is no inspector", open(), "no_inspector")
	// Posted here once, and since moved away.
	if _, err := x.Owner.Exec(ctx, `insert into postings (posting_id, person_id, role, prison_id, from_at, until_at) values (gen_random_uuid(), $1, 'dept_staff', $2, now() - interval '9 years', now() - interval '8 years')`,
		x.Person("bing second inspector").PersonID, x.Prison); err != nil {
		t.Fatal(err)
	}
	n.Team = x.team("yi inspector", "bing inspector", "bing second inspector")
	wants(t, "who was posted here", open(), "own_prison")
	c := x.open(x.Area, inspection.Joint)
	_, err := x.Inspection.AddMember(x.as("bureau office"), x.Prison, c.ID, x.Person("bing second inspector").PersonID, ledger.Idem{})
	wants(t, "called later", err, "own_prison")
	for _, who := range []string{"prison office", "warden", "bureau leader", "yi inspector"} {
		_, err := x.Inspection.OpenCheck(x.as(who), x.Prison, x.newCheck(x.Area, inspection.Joint), ledger.Idem{})
		wants(t, who+" opens a check", err, "forbidden")
	}
	_, err = x.Owner.Exec(ctx, `insert into check_members (prison_id, check_id, person_id, leader, grant_id, added_by, salt) select prison_id, check_id, $3, false, grant_id, added_by, salt
		from check_members where prison_id = $1 and check_id = $2 and leader`, x.Prison, c.ID, x.Person("bing second inspector").PersonID)
	if err == nil || !strings.Contains(err.Error(), "of their own") {
		t.Errorf("past the use case: %v", err)
	}
	// A unit checks itself by its own people, led by its own office.
	self := inspection.NewCheck{Area: x.Area, Kind: inspection.SelfCheck, FromDay: n.FromDay, ToDay: n.ToDay, Purpose: "季度自查", Team: x.team("area head elsewhere")}
	if _, err := x.Inspection.OpenCheck(x.as("prison office"), x.Prison, self, ledger.Idem{}); err != nil {
		t.Errorf("a self-check: %v", err)
	}
	other := x.newCheck(x.Area, inspection.Mock)
	other.Team = x.team("yi inspector")
	if _, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, other, ledger.Idem{}); err != nil {
		t.Errorf("a mock check by one: %v", err)
	}
	pool, err := x.Inspection.Candidates(x.as("bureau office"), x.Prison, inspection.Call{Kind: inspection.Joint})
	if err != nil {
		t.Fatal(err)
	}
	served, own := map[string]int{}, map[string]bool{}
	for _, p := range pool.People {
		served[p.Name], own[p.Name] = p.Served, p.Own
	}
	if !own["bing second inspector"] || own["yi inspector"] || served["yi inspector"] != 2 || served["bing inspector"] != 1 {
		t.Errorf("the pool: own %v, served %v", own, served)
	}
	office := x.as("bureau office")
	onlyOne(t, func() error {
		_, err := x.Inspection.AddMember(office, x.Prison, c.ID, x.Person("inspector").PersonID, ledger.Idem{})
		return err
	},
		func() error {
			_, err := x.Inspection.AddMember(actor.With(ctx, x.Person("second bureau office")), x.Prison, c.ID, x.Person("inspector").PersonID, ledger.Idem{})
			return err
		})
}

// TestGrantEnds: rights begin with the team and end with the check, for its area alone.
func TestGrantEnds(t *testing.T) {
	t.Parallel()
	x := checked(t)
	if _, err := x.Assessment.Findings(x.as("bing inspector"), x.Prison, x.Area); err == nil {
		t.Error("an inspector reads before there is a team")
	}
	c := x.open(x.Area, inspection.Joint)
	if _, err := x.Assessment.Findings(x.as("bing inspector"), x.Prison, x.Area); err != nil {
		t.Errorf("of the team: %v", err)
	}
	if _, err := x.Assessment.Findings(x.as("bing inspector"), x.Prison, x.Other); err == nil {
		t.Error("another area is read too")
	}
	x.find(c, x.finding("YJ-02.missing", 2))
	for who, want := range map[string]int{"area head": 1, "bing inspector": 1, "area head elsewhere": 0, "inspector": 0, "yi area head": 0} {
		if list, err := x.Inspection.Checks(x.as(who), x.Prison); err != nil || len(list.Checks) != want || len(list.May) != 0 {
			t.Errorf("%s sees %d checks and may open %v: %v", who, len(list.Checks), list.May, err)
		}
	}
	for _, who := range []string{"area head", "prison office", "bureau office", "inspector"} {
		_, err := x.Inspection.AddFinding(x.as(who), x.Prison, c.ID, x.finding("YJ-02.missing", 1), ledger.Idem{})
		if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s adds a finding: %v", who, err)
		}
	}
	_, err := x.Inspection.Confirm(x.as("bing inspector"), x.Prison, c.ID, x.whole(c).Seq, catalog.DayOf(x.clock.AddDate(0, 1, 0)), ledger.Idem{})
	wants(t, "who does not lead confirms", err, "forbidden")
	x.confirm(c)
	if _, err := x.Inspection.Whole(x.as("bing inspector"), x.Prison, c.ID); err != nil {
		t.Errorf("while appeals may come: %v", err)
	}
	before := x.as("bing inspector")
	x.close(c)
	x.clock = time.Now().Add(time.Second)
	for name, act := range map[string]func(context.Context) error{
		"reads": func(ctx context.Context) error { _, err := x.Inspection.Whole(ctx, x.Prison, c.ID); return err },
		"adds": func(ctx context.Context) error {
			_, err := x.Inspection.AddFinding(ctx, x.Prison, c.ID, x.finding("YJ-02.missing", 1), ledger.Idem{})
			return err
		},
		"confirms": func(ctx context.Context) error {
			_, err := x.Inspection.Confirm(ctx, x.Prison, c.ID, 9, catalog.DayOf(x.clock.AddDate(0, 1, 0)), ledger.Idem{})
			return err
		},
	} {
		wants(t, "after the end "+name, act(x.as("bing inspector")), "rights_ended")
	}
	// With an actor read a moment before the end, the state refuses still.
	_, err = x.Inspection.AddFinding(before, x.Prison, c.ID, x.finding("YJ-02.missing", 1), ledger.Idem{})
	wants(t, "with rights of before", err, "check_state")
	cancelled := x.open(x.Other, inspection.Joint)
	if _, err := x.Inspection.Cancel(x.as("bureau office"), x.Prison, cancelled.ID, " ", ledger.Idem{}); fault.CodeOf(err) != "reason_required" {
		t.Errorf("cancelled without a reason: %v", err)
	}
	cancel := func() error {
		_, err := x.Inspection.Cancel(actor.With(t.Context(), x.Person("bureau office")), x.Prison, cancelled.ID, "改期", ledger.Idem{})
		return err
	}
	onlyOne(t, cancel, cancel)
	x.clock = time.Now().Add(time.Second)
	_, err = x.Inspection.AddFinding(x.as("bing inspector"), x.Prison, cancelled.ID, x.finding("YJ-02.missing", 1), ledger.Idem{})
	wants(t, "after it was cancelled", err, "rights_ended")
}

// TestFindings: criterion, evidence and conclusion, by the pinned standard; advice costs
// nothing; one event costs once; 15 key problems at most; what is taken back stays to be read.
func TestFindings(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	for name, tt := range map[string]struct {
		change func(*inspection.Finding)
		at     string
	}{
		"no such line":       {func(f *inspection.Finding) { f.Line = "XX-99.x" }, "/line"},
		"a line of ledgers":  {func(f *inspection.Finding) { f.Line = "JG-02.completeness" }, "/line"},
		"no conclusion":      {func(f *inspection.Finding) { f.Conclusion = " " }, "/conclusion"},
		"no severity":        {func(f *inspection.Finding) { f.Severity = "" }, "/severity"},
		"no source":          {func(f *inspection.Finding) { f.Sources = nil }, "/sources"},
		"an unknown source":  {func(f *inspection.Finding) { f.Sources = []string{"dreamt"} }, "/sources"},
		"tomorrow":           {func(f *inspection.Finding) { f.Day = catalog.DayOf(x.clock.AddDate(0, 0, 1)) }, "/day"},
		"before the window":  {func(f *inspection.Finding) { f.Day = catalog.DayOf(x.clock.AddDate(-1, 0, 0)) }, "/day"},
		"25 o'clock":         {func(f *inspection.Finding) { f.Time = "25:00" }, "/time"},
		"a draw of nobody":   {func(f *inspection.Finding) { f.Draw = &inspection.Draw{Seed: "s", Roster: strings.Repeat("a", 64)} }, "/draw"},
		"advice that counts": {func(f *inspection.Finding) { f.Line, f.Key = "", true }, "/line"},
		"a long place":       {func(f *inspection.Finding) { f.Place = strings.Repeat("楼", 61) }, "/place"},
		"a long subject":     {func(f *inspection.Finding) { f.Subject = strings.Repeat("某", 61) }, "/subject"},
		"no such photograph": {func(f *inspection.Finding) { f.Photos = []string{strings.Repeat("0", 64)} }, "/photos"},
		"a ratio":            {func(f *inspection.Finding) { f.Of, f.Per = exact(t, "17"), exact(t, "20") }, "/of"},
	} {
		f := x.finding("YJ-02.missing", 1)
		tt.change(&f)
		_, err := x.Inspection.AddFinding(x.as("bing inspector"), x.Prison, c.ID, f, ledger.Idem{})
		bad, ok := err.(*fault.Error)
		if !ok || bad.Code != "invalid_document" || !slices.ContainsFunc(bad.Fields, func(p fault.Field) bool { return p.Pointer == tt.at }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ahead := x.newCheck(x.Area, inspection.Mock)
	ahead.FromDay, ahead.ToDay = dayFrom(3), dayFrom(5)
	early, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, ahead, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"", "YJ-02.missing"} {
		_, err := x.Inspection.AddFinding(x.as("bing inspector"), x.Prison, early.ID, x.finding(line, 1), ledger.Idem{})
		bad, ok := err.(*fault.Error)
		if !ok || len(bad.Fields) != 1 || bad.Fields[0].Pointer != "/day" || !strings.Contains(bad.Fields[0].Text.ZH, early.FromDay) {
			t.Errorf("found before the check begins: %v", err)
		}
	}
	if w, err := x.Inspection.Whole(x.as("yi inspector"), x.Prison, early.ID); err != nil || len(w.Actions) != 0 {
		t.Errorf("before the check begins its team may %v: %v", w.Actions, err)
	}
	// Once it has begun, and after its last day, until the sheet is confirmed.
	today := x.clock
	for day, found := range map[int]string{4: early.FromDay, 9: early.ToDay} {
		x.clock = today.AddDate(0, 0, day)
		f := x.finding("YJ-02.missing", 1)
		f.Day = found
		x.find(early, f)
	}
	x.clock = today
	advice := x.finding("", 0)
	x.find(c, advice)
	phone := x.finding("JG-01.contraband", 1)
	phone.Event = "手机"
	x.find(c, phone)
	same := x.finding("JG-04.found", 1)
	same.Event = "手机"
	x.find(c, same)
	d := x.draw(c, inspection.NewDraw{Kind: inspection.Officers, Area: x.Area, N: 2, Word: "三"})
	unknown := x.finding("DW-04.names", 3)
	unknown.Draw = drawOf(d)
	back := x.find(c, unknown)
	withdraw := func() error {
		_, err := x.Inspection.Withdraw(x.as("bing inspector"), x.Prison, c.ID, back, "核对后不成立", ledger.Idem{})
		return err
	}
	ctx := x.as("bing inspector")
	onlyOne(t, func() error {
		_, err := x.Inspection.Withdraw(ctx, x.Prison, c.ID, back, "核对后不成立", ledger.Idem{})
		return err
	},
		func() error {
			_, err := x.Inspection.Withdraw(ctx, x.Prison, c.ID, back, "核对后不成立", ledger.Idem{})
			return err
		})
	wants(t, "taken back again", withdraw(), "finding_withdrawn")
	if _, err := x.Inspection.Reply(x.as("area head"), x.Prison, c.ID, x.whole(c).Findings[1].ID, false, "手机系民警物品", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	_, err = x.Inspection.Reply(x.as("officer"), x.Prison, c.ID, x.whole(c).Findings[1].ID, true, "属实", ledger.Idem{})
	wants(t, "an officer answers for the unit", err, "forbidden")
	w := x.whole(c)
	if len(w.Findings) != 4 || w.Findings[3].Withdrawn == nil || w.Findings[1].Replies[0].Agrees || !slices.Equal(w.Events, []string{"手机"}) {
		t.Errorf("the check: %+v", w)
	}
	if w, err := x.Inspection.Whole(ctx, x.Prison, c.ID); err != nil || !slices.Equal(w.Findings[3].Draw.Drawn, drawOf(d).Drawn) {
		t.Errorf("the check of its team: %+v %v", w, err)
	}
	raw, err := x.Inspection.Sheet(x.as("area head"), x.Prison, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	var sheet scoring.Sheet
	if err := json.Unmarshal(raw, &sheet); err != nil || sheet.Display != "980.00" { // the dearer of the two lines, once
		t.Errorf("the sheet before it is confirmed: %s %v", sheet.Display, err)
	}
	if got := scored(t, x.House).Display; got != "1000.00" {
		t.Errorf("live, while the check goes on: %s", got)
	}
	for n := range 16 {
		f := x.finding("YJ-02.missing", 1)
		f.Key = true
		_, err := x.Inspection.AddFinding(x.as("yi inspector"), x.Prison, c.ID, f, ledger.Idem{})
		if want := map[bool]string{true: "key_full"}[n == 15]; fault.CodeOf(err) != want {
			t.Errorf("key problem %d: %v", n+1, err)
		}
	}
}

// TestSheetFrozen: what the leader confirmed is what they saw, and nobody changes it
// afterwards, the database's owner not by mistake either; there is no way to set a score.
func TestSheetFrozen(t *testing.T) {
	t.Parallel()
	x := checked(t)
	ctx := t.Context()
	reckon(t, x.House, "duty-log", map[string]string{"due": "30", "filled": "29", "unfilled": "1"})
	c := x.open(x.Area, inspection.Joint)
	f := x.find(c, x.finding("YJ-02.missing", 2))
	seen := x.whole(c).Seq
	x.find(c, x.finding("YJ-02.missing", 1))
	day := catalog.DayOf(x.clock.AddDate(0, 1, 0))
	_, err := x.Inspection.Confirm(x.as("yi inspector"), x.Prison, c.ID, seen, day, ledger.Idem{})
	wants(t, "as it was before the last finding", err, "changed_meanwhile")
	leader := x.as("yi inspector")
	seen = x.whole(c).Seq
	act := func() error {
		_, err := x.Inspection.Confirm(leader, x.Prison, c.ID, seen, day, ledger.Idem{})
		return err
	}
	onlyOne(t, act, act)
	w := x.whole(c)
	if w.Run == nil || w.AppealUntil == "" || len(w.Items) != 2 || w.Items[0].DueOn != day {
		t.Errorf("%+v", w)
	}
	for name, err := range map[string]error{
		"a finding": func() error {
			_, err := x.Inspection.AddFinding(leader, x.Prison, c.ID, x.finding("YJ-02.missing", 1), ledger.Idem{})
			return err
		}(),
		"one back": func() error {
			_, err := x.Inspection.Withdraw(leader, x.Prison, c.ID, f, "重复", ledger.Idem{})
			return err
		}(),
		"a reply": func() error {
			_, err := x.Inspection.Reply(x.as("area head"), x.Prison, c.ID, f, false, "不属实", ledger.Idem{})
			return err
		}(),
		"a member": func() error {
			_, err := x.Inspection.AddMember(x.as("bureau office"), x.Prison, c.ID, x.Person("inspector").PersonID, ledger.Idem{})
			return err
		}(),
		"cancelled": func() error {
			_, err := x.Inspection.Cancel(x.as("bureau office"), x.Prison, c.ID, "改期", ledger.Idem{})
			return err
		}(),
		"again": act(),
		"closed soon": func() error {
			_, err := x.Inspection.Close(x.as("bureau office"), x.Prison, c.ID, ledger.Idem{})
			return err
		}(),
	} {
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("%s after the sheet was confirmed: %v", name, err)
		}
	}
	for _, sql := range []string{
		"update checks set run_id = gen_random_uuid(), seq = seq + 1", "update checks set state = 'open', run_id = null, appeal_until = null, seq = seq + 1", "update checks set appeal_until = '2020-01-01', seq = seq + 1",
		"insert into findings (prison_id, finding_id, area_id, check_id, standard, line, day, count, place, note, event, found_by, salt, severity, scope, sources, conclusion) select prison_id, gen_random_uuid(), area_id, check_id, standard, line, day, 9, '', '无', '', found_by, salt, severity, scope, sources, conclusion from findings limit 1",
		"insert into finding_ends (prison_id, finding_id, reason, ended_by, salt) select prison_id, finding_id, '无', found_by, salt from findings limit 1",
	} {
		if _, err := x.Owner.Exec(ctx, sql); err == nil || !strings.Contains(err.Error(), "check") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	conn, err := x.Store.Pool().Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, table := range []string{"check_members", "check_acts", "finding_ends", "finding_replies", "appeals", "appeal_decisions", "rectification_acts", "rectifications"} {
		for _, sql := range []string{"delete from " + table, "update " + table + " set prison_id = prison_id"} {
			if _, err := conn.Exec(ctx, sql); err == nil || !strings.Contains(err.Error(), "42501") {
				t.Errorf("%s: %v", sql, err)
			}
		}
	}
	// The facts go on; the sheet does not follow them.
	reckon(t, x.House, "duty-log", map[string]string{"due": "30", "filled": "3", "unfilled": "27"})
	run, same, err := x.Assessment.Run(x.as("bureau office"), x.Prison, *w.Run)
	if err != nil || same != assessment.Same || run.Score.String() != w.Score {
		t.Errorf("%v %s %s: %v", same, run.Score, w.Score, err)
	}
}

// TestPrisonCheck: the prison as a whole is scored by its own standard, fed by the scores
// of its areas in force: a titled one by its check, another by its self-check, one
// without any as nothing.
func TestPrisonCheck(t *testing.T) {
	t.Parallel()
	x := checked(t)
	ctx := t.Context()
	score := func(c inspection.Check) *scoring.Sheet {
		t.Helper()
		raw, err := x.Inspection.Sheet(x.as("bureau office"), x.Prison, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		var sheet scoring.Sheet
		if err := json.Unmarshal(raw, &sheet); err != nil {
			t.Fatal(err)
		}
		return &sheet
	}
	// What P-JG-02 asks for beyond its 50 points: two for every point that the mean rate is
	// below 95, three for every area below 90.
	beyond := func(s *scoring.Sheet) string {
		for _, d := range s.Domains {
			for _, i := range d.Indicators {
				if i.Code == "P-JG-02" {
					return i.OverCap.String()
				}
			}
		}
		return "none"
	}
	whole := x.open(uuid.Nil, inspection.Joint)
	if whole.Standard != "prison" {
		t.Errorf("by %s", whole.Standard)
	}
	_, err := x.Inspection.Whole(x.as("area head"), x.Prison, whole.ID)
	wants(t, "an area's head reads the prison's check", err, "forbidden")
	// Two residential areas and a kitchen, none with a score: all count as nothing.
	if got := beyond(score(whole)); got != "149" {
		t.Errorf("three areas without a score: %s", got)
	}
	// One that no standard judges never can have a score, and is left out.
	function := func(from, to string) {
		t.Helper()
		if tag, err := x.Owner.Exec(ctx, "update areas set function = $3 where prison_id = $1 and function = $2", x.Prison, from, to); err != nil || tag.RowsAffected() != 1 {
			t.Fatal(tag, err)
		}
	}
	function("kitchen", "hospital")
	if got := beyond(score(whole)); got != "146" {
		t.Errorf("two areas without a score, one without a standard: %s", got)
	}
	function("hospital", "kitchen")
	if _, err := x.Assessment.Keep(x.As(ctx, "area head"), x.Prison, x.Area, assessment.SelfCheck, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if got := beyond(score(whole)); got != "80" {
		t.Errorf("after one self-check %s", got)
	}
	// Its look-back lost much in that domain. Without a title the self-check counts.
	x.Inspection.Titles = titled{}
	back := x.lookedBack()
	x.find(back, x.finding("JG-01.contraband", 3))
	x.confirm(back)
	if got := beyond(score(whole)); got != "80" {
		t.Errorf("a look-back counts without a title: %s", got)
	}
	x.Inspection.Titles = titled{x.Area: true}
	if got := beyond(score(whole)); got != "101" {
		t.Errorf("with the title its check counts: %s", got)
	}
	x.find(whole, inspection.Finding{Line: "P-YJ-02.room", Day: catalog.DayOf(x.clock), Count: 1, Note: "缺隔离病房", Conclusion: "不符合", Severity: "high", Scope: "limited", Sources: []string{"seen", "written"}})
	out := x.confirm(whole)
	run, same, err := x.Assessment.Run(x.as("bureau office"), x.Prison, *out.Run)
	if err != nil || same != assessment.Same || run.Area != uuid.Nil || run.Kind != inspection.Joint {
		t.Errorf("the prison's run %+v %v: %v", run.Kind, same, err)
	}
	if _, _, err := x.Assessment.Run(x.as("prison office"), x.Prison, *out.Run); err != nil {
		t.Errorf("the prison reads its run: %v", err)
	}
}

// lookedBack is the look-back under way of a title from before that the area holds.
func (x *inspected) lookedBack() inspection.Check {
	x.t.Helper()
	title, err := x.Cases.Import(x.as("bureau office"), x.Prison, accreditation.Imported{Area: x.Area, Level: "area", Wording: "规范化监区", DocumentNo: "旧发1号",
		NamedOn: catalog.DayOf(x.clock.AddDate(0, 0, -340)), Body: "省局"}, ledger.Idem{})
	if err != nil {
		x.t.Fatal(err, refusals(err))
	}
	if _, err := x.Cases.Decide(x.as("second bureau office"), x.Prison, title.ID, "confirmed", "", ledger.Idem{}); err != nil {
		x.t.Fatal(err)
	}
	c, err := x.Cases.TakeUp(x.as("bureau office"), x.Prison, title.ID, ledger.Idem{})
	if err != nil {
		x.t.Fatal(err)
	}
	n := x.newCheck(x.Area, inspection.LookBack)
	n.Case = &c.ID
	check, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, n, ledger.Idem{})
	if err != nil {
		x.t.Fatal(err, refusals(err))
	}
	if _, err := x.Cases.Act(x.as("bureau office"), x.Prison, c.ID, c.Seq, accreditation.Act{Event: "look_back"}, ledger.Idem{}); err != nil {
		x.t.Fatal(err, refusals(err))
	}
	return check
}

// titled is a register of titles.
type titled map[uuid.UUID]bool

func (l titled) Titled(context.Context, uuid.UUID, string) (map[uuid.UUID]bool, error) { return l, nil }

// TestCheckLeaves: every row of a check stands in the log, and the verifier makes it anew.
func TestCheckLeaves(t *testing.T) {
	t.Parallel()
	x := checked(t)
	ctx := t.Context()
	c := x.open(x.Area, inspection.Mock)
	f := x.find(c, x.finding("YJ-02.missing", 2))
	back := x.find(c, x.finding("JG-02.video", 1))
	second := x.find(c, x.finding("JG-02.video", 2))
	if _, err := x.Inspection.Withdraw(x.as("bing inspector"), x.Prison, c.ID, back, "重复", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Inspection.Reply(x.as("area head"), x.Prison, c.ID, f, true, "属实", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if err := x.look("bing inspector", c, inspection.Look{Line: "JG-04.found", Result: inspection.Met, Photos: []string{x.photo(c, 1)}}, 0); err != nil {
		t.Fatal(err)
	}
	x.confirm(c)
	for finding, verdict := range map[uuid.UUID]string{f: "annul", second: "uphold"} {
		if _, err := x.Inspection.Appeal(x.as("area head"), x.Prison, c.ID, finding, "不属实", ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Inspection.DecideAppeal(x.as("bureau office"), x.Prison, c.ID, finding, inspection.AppealDecision{Verdict: verdict, Reason: "经复核"}, ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
	}
	x.close(c)
	rows := func() map[string][]string {
		t.Helper()
		v, err := postgres.Open(ctx, postgres.AsRole(x.OwnerURL, "taizhang_verify"), 2)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		wrong := map[string][]string{}
		err = v.Verify(ctx, nil, func(s *postgres.Snapshot) error {
			for r, err := range s.Rows(ctx, x.Prison) {
				if err != nil {
					return err
				}
				var found bool
				if err := x.Owner.QueryRow(ctx, "select exists (select from log_leaves where prison_id = $1 and kind = $2 and ref = $3 and content_digest = $4)", x.Prison, r.Kind, r.Ref, r.Digest[:]).Scan(&found); err != nil {
					return err
				}
				if wrong[r.Table] == nil {
					wrong[r.Table] = []string{}
				}
				if !found || r.Wrong != "" {
					wrong[r.Table] = append(wrong[r.Table], r.Ref+r.Wrong)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return wrong
	}
	none := []string{}
	want := map[string][]string{"checks": none, "check_members": none, "check_acts": none, "findings": none, "finding_ends": none, "finding_replies": none,
		"appeals": none, "appeal_decisions": none, "rectifications": none, "rectification_acts": none, "score_runs": none, "looks": none, "photos": none}
	if diff := cmp.Diff(want, rows()); diff != "" {
		t.Errorf("rows without their leaf (-want +got):\n%s", diff)
	}
	// The last day of appeals stands in the act's leaf, and the check shows it.
	for table, sql := range map[string][2]string{
		"checks":     {"update checks set appeal_until = appeal_until + 30", "update checks set appeal_until = appeal_until - 30"},
		"check_acts": {"update check_acts set appeal_until = appeal_until + 30", "update check_acts set appeal_until = appeal_until - 30"},
	} {
		for i, one := range sql {
			if _, err := x.Owner.Exec(ctx, "begin; set local session_replication_role = replica; "+one+"; commit"); err != nil {
				t.Fatalf("%s: %v", table, err)
			}
			if got := rows(); len(got[table]) != 1-i {
				t.Errorf("%s: the day of appeals altered: %v", table, got[table])
			}
		}
	}
	for table, sql := range map[string]string{
		"checks": "update checks set state = 'confirmed'", "check_members": "update check_members set leader = not leader where leader = false and person_id = (select min(person_id::text)::uuid from check_members where not leader)",
		"check_acts": "update check_acts set reason = '无'", "finding_ends": "update finding_ends set reason = '无'", "finding_replies": "update finding_replies set agrees = not agrees",
		"appeals": "update appeals set reason = '无'", "appeal_decisions": "update appeal_decisions set reason = '无'", "rectifications": "update rectifications set state = 'verified' where state = 'open'",
		"rectification_acts": "update rectification_acts set action = '无'", "findings": "update findings set photos = '{00}'", "looks": "update looks set photos = '{}'", "photos": "update photos set author = (select person_id from checks join persons on person_id <> photos.author limit 1)", "score_runs": "update score_runs set check_id = null",
	} {
		if _, err := x.Owner.Exec(ctx, "begin; set local session_replication_role = replica; drop index if exists check_members_leader; "+sql+"; commit"); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		if got := rows(); len(got[table]) == 0 {
			t.Errorf("%s: altered, and nobody sees it", table)
		}
	}
}
