package housetest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
	"taizhang/internal/scoring"
)

// twice has n lines drawn by the leader, to be scored twice.
func (x *inspected) twice(c inspection.Check, n int, reason string) (inspection.Drawing, error) {
	return x.Inspection.Draw(x.as("yi inspector"), x.Prison, c.ID, inspection.NewDraw{Kind: inspection.Lines, Area: c.Area, N: n, Word: "九", Reason: reason}, ledger.Idem{})
}

func (x *inspected) says(who string, c inspection.Check, d inspection.Drawing, line string, v inspection.Value) error {
	x.t.Helper()
	return x.saying(who, c, d, line, v)()
}

// saying is what somebody is about to say.
func (x *inspected) saying(who string, c inspection.Check, d inspection.Drawing, line string, v inspection.Value) func() error {
	x.t.Helper()
	ctx := x.as(who)
	return func() error {
		_, err := x.Inspection.SayValue(ctx, x.Prison, c.ID, d.ID, line, v, ledger.Idem{})
		return err
	}
}

// doubled is the line as somebody reads it.
func (x *inspected) doubled(who string, c inspection.Check, line string) *inspection.Double {
	x.t.Helper()
	all, err := x.Inspection.Draws(x.as(who), x.Prison, c.ID)
	if err != nil {
		x.t.Fatal(err)
	}
	for _, d := range all.Draws {
		for _, l := range d.Drawn {
			if l.Item == line {
				return l.Double
			}
		}
	}
	return nil
}

func (x *inspected) figure(who string, c inspection.Check) *inspection.Calibration {
	x.t.Helper()
	all, err := x.Inspection.Draws(x.as(who), x.Prison, c.ID)
	if err != nil {
		x.t.Fatal(err)
	}
	return all.Calibration
}

// TestLinesScoredTwice: the leader has lines drawn, two say their values and neither knows the other's; then
// both are shown with the difference, exactly, and the sheet is what it was.
func TestLinesScoredTwice(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	const counts, same, looked = "YJ-02.missing", "ZZ-04.pass", "DW-04.names"
	met := inspection.Look{Line: looked, Result: inspection.Met, LookedAt: x.clock.Add(-1)}
	if err := x.look("bing inspector", c, met, 0); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"bing inspector", "area head", "bureau office", "prison office"} {
		if _, err := x.Inspection.Draw(x.as(who), x.Prison, c.ID, inspection.NewDraw{Kind: inspection.Lines, Area: x.Area, N: 1, Word: "九"}, ledger.Idem{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s has lines scored twice: %v", who, err)
		}
	}
	before, err := x.Inspection.Sheet(x.as("bing inspector"), x.Prison, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	// Two at once: both are kept, and the second has to say why.
	leads := x.as("yi inspector")
	draw := func() error {
		_, err := x.Inspection.Draw(leads, x.Prison, c.ID, inspection.NewDraw{Kind: inspection.Lines, Area: x.Area, N: 200, Word: "九"}, ledger.Idem{})
		return err
	}
	oneOf(t, bothAtOnce(draw, draw), "bad_draw")
	all, err := x.Inspection.Draws(x.as("bing inspector"), x.Prison, c.ID)
	if err != nil || len(all.Draws) != 1 || all.MayDouble || !all.MayDraw {
		t.Fatalf("%+v %v", all, err)
	}
	d := all.Draws[0]
	drawn := map[string]bool{}
	for _, l := range d.Drawn {
		drawn[l.Item] = l.Double.MaySay
	}
	if !drawn[counts] || !drawn[same] || drawn["YJ-01.ontime"] || drawn["XF-01.release"] || d.MayMark {
		t.Fatalf("%+v", d.Drawn)
	}
	if _, ok := drawn[looked]; ok {
		t.Error("a line is drawn of which somebody spoke")
	}
	_, err = x.twice(c, 200, "再来一次")
	wants(t, "lines that were drawn before", err, "bad_draw")
	if got := x.figure("bing inspector", c); got == nil || got.Lines != 0 || got.Mean.Rat().Sign() != 0 {
		t.Errorf("%+v", got)
	}

	// One speaks, twice at once: it is said once, and nobody else knows what.
	say := x.saying("yi inspector", c, d, counts, inspection.Value{Count: 3, Note: "三处"})
	oneOf(t, bothAtOnce(say, say), "value_said")
	for who, sees := range map[string]int{"yi inspector": 1, "bing inspector": 0} {
		if got := x.doubled(who, c, counts); got.Said != 1 || len(got.Values) != sees || got.Difference != nil || got.MaySay != (sees == 0) {
			t.Errorf("%s sees %+v", who, got)
		}
	}
	if got := x.doubled("bureau office", c, counts); got != nil {
		t.Errorf("who is not of the team sees what was drawn: %+v", got)
	}
	// Of two others at once one is the second, and both values are there to be seen.
	oneOf(t, bothAtOnce(x.saying("bing inspector", c, d, counts, inspection.Value{Count: 1}), x.saying("yi second inspector", c, d, counts, inspection.Value{Count: 1})), "value_full")
	for _, who := range []string{"yi inspector", "bing inspector", "yi second inspector"} {
		got := x.doubled(who, c, counts)
		if got.Said != 2 || len(got.Values) != 2 || got.MaySay || got.Difference == nil || got.Difference.Rat().Sign() <= 0 {
			t.Errorf("%s sees %+v", who, got)
			continue
		}
		std, err := x.Inspection.Texts.Compiled(t.Context(), c.Standard, c.Version)
		if err != nil {
			t.Fatal(err)
		}
		l, ind, _ := std.Place(counts)
		if cap := ind.Points.Rat(); got.Values[1].Points.Rat().Cmp(l.Deduct.Rat()) != 0 || got.Values[0].Points.Rat().Cmp(cap) > 0 {
			t.Errorf("1 costs %s, 3 cost %s of %s", got.Values[1].Points, got.Values[0].Points, ind.Points)
		}
	}
	for name, v := range map[string]inspection.Value{"less than none": {Count: -1}, "a ratio of a count": {Of: exact(t, "17"), Per: exact(t, "20")}, "a long word": {Note: strings.Repeat("字", 501)}} {
		wants(t, name, x.says("yi inspector", c, d, same, v), "bad_draw")
	}
	for _, who := range []string{"yi inspector", "bing inspector"} {
		if err := x.says(who, c, d, same, inspection.Value{}); err != nil {
			t.Fatal(err)
		}
	}
	if got := x.doubled("yi inspector", c, same); got.Difference == nil || got.Difference.Rat().Sign() != 0 || got.Asks != "count" {
		t.Errorf("%+v", got)
	}
	// Agreed are one of two lines, and the mean is half of the one difference.
	one := x.doubled("yi inspector", c, counts).Difference.Rat()
	mean, _ := scoring.DecimalOf(one.Mul(one, exact(t, "1/2").Rat()))
	want := &inspection.Calibration{Lines: 2, Agreed: 1, Mean: mean}
	for who, sees := range map[string]bool{"yi inspector": true, "bureau office": true, "area head": false, "prison office": false} {
		got := x.figure(who, c)
		if !sees {
			want := (*inspection.Calibration)(nil)
			if got != want {
				t.Errorf("%s sees %+v", who, got)
			}
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", who, diff)
		}
	}
	// What another can read is not said independently: neither over a look nor over a finding.
	var left []string
	for _, l := range d.Drawn {
		if l.Item != counts && l.Item != same && l.Double.Asks == "count" {
			left = append(left, l.Item)
		}
	}
	met.Line = left[0]
	if err := x.look("bing inspector", c, met, 0); err != nil {
		t.Fatal(err)
	}
	wants(t, "over a look", x.says("yi inspector", c, d, left[0], inspection.Value{}), "value_told")
	if got := x.doubled("yi inspector", c, left[0]); got.MaySay || !got.Told {
		t.Errorf("%+v", got)
	}
	if err := x.says("bing inspector", c, d, left[0], inspection.Value{}); err != nil {
		t.Errorf("over one's own look: %v", err)
	}
	x.find(c, x.finding(left[1], 1))
	wants(t, "over a finding", x.says("yi inspector", c, d, left[1], inspection.Value{}), "value_told")
	wants(t, "what was not drawn", x.says("yi inspector", c, d, looked, inspection.Value{}), "not_found")
	wants(t, "in no draw", x.says("yi inspector", c, inspection.Drawing{ID: uuid.New()}, counts, inspection.Value{}), "not_found")
	_, err = x.Inspection.MarkDrawn(x.as("yi inspector"), x.Prison, c.ID, d.ID, counts, inspection.Mark{Result: "right"}, 0, ledger.Idem{})
	wants(t, "a mark of a line", err, "bad_draw")
	if _, err := x.Owner.Exec(t.Context(), `insert into draw_values (prison_id, draw_id, item, author, count, note, salt) select $1, $2, $3, author, 0, '', salt from draws limit 1`, x.Prison, d.ID, counts); err == nil {
		t.Error("the database takes a third value")
	}
	leavesHold(t, x.House, x.Prison, "draws", "draw_values")
	altered(t, x.House, "update draw_values set count = 2 where count = 3", "delete from draw_values")

	// The finding and the look count, the values do not.
	if _, err := x.Inspection.Withdraw(x.as("bing inspector"), x.Prison, c.ID, x.whole(c).Findings[0].ID, "记错了", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	after, err := x.Inspection.Sheet(x.as("bing inspector"), x.Prison, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	var was, is scoring.Sheet
	if err := errors.Join(json.Unmarshal(before, &was), json.Unmarshal(after, &is)); err != nil || !was.Score.Equal(is.Score) {
		t.Errorf("the sheet was %s and is %s, %v", was.Display, is.Display, err)
	}
	// The history of each in the pool has the figure, for whoever keeps it.
	for _, who := range []string{"yi inspector", "bing inspector", "yi second inspector"} {
		h, err := x.Inspection.Inspector(x.as("bureau office"), x.Person(who).PersonID)
		spoke := slices.ContainsFunc(x.doubled("yi inspector", c, counts).Values, func(v inspection.Value) bool { return v.Person == x.Person(who).PersonID })
		lines := map[string]int{"yi inspector": 2, "bing inspector": 1}[who]
		if who != "yi inspector" && spoke {
			lines++
		}
		if err != nil || h.Calibration.Lines != lines {
			t.Errorf("%s: %+v of %d lines, %v", who, h.Calibration, lines, err)
		}
		if who == "yi inspector" && cmp.Diff(*want, h.Calibration) != "" {
			t.Errorf("%+v", h.Calibration)
		}
	}
	x.confirm(c)
	wants(t, "after the sheet", x.says("bing inspector", c, d, left[2], inspection.Value{}), "check_state")
	// The unit reads which lines were drawn, and nothing of who said what; who mans the check reads both.
	if got := x.doubled("area head", c, counts); got == nil || got.Said != 2 || len(got.Values) > 0 || got.Difference != nil {
		t.Errorf("the unit sees %+v", got)
	}
	if got := x.doubled("bureau office", c, counts); got == nil || len(got.Values) != 2 || got.Difference == nil {
		t.Errorf("the office sees %+v", got)
	}
	if got := x.doubled("bureau office", c, left[0]); len(got.Values) > 0 {
		t.Errorf("the office sees one value alone: %+v", got)
	}
}

// TestLinesDrawn: nothing is drawn that has a finding, nor for a part of the unit; another team draws without
// a reason. A ratio costs what a finding of it would. A check of one's own and one that was called off are no
// figure of anybody.
func TestLinesDrawn(t *testing.T) {
	t.Parallel()
	x := checked(t)
	const found, ratio = "YJ-02.missing", "P-XX-02.share"
	c := x.open(x.Area, inspection.Joint)
	x.find(c, x.finding(found, 1))
	d, err := x.twice(c, 200, "")
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(d.Drawn, func(l inspection.Drawn) bool { return l.Item == found }) {
		t.Error("a line is drawn that has a finding")
	}
	if _, err := x.twice(x.open(x.Area, inspection.Joint), 1, ""); err != nil {
		t.Errorf("by another team: %v", err)
	}
	c = x.open(uuid.Nil, inspection.Joint)
	part := c
	part.Area = x.Area
	_, err = x.twice(part, 1, "")
	if f, _ := errors.AsType[*fault.Error](err); f == nil || len(f.Fields) != 1 || f.Fields[0].Pointer != "/area" {
		t.Errorf("of an area of the prison that is checked: %v", err)
	}

	if d, err = x.twice(c, 200, ""); err != nil {
		t.Fatal(err)
	}
	pairs := func(who string) int {
		t.Helper()
		list, err := postgres.Checks{Store: x.Store}.Pairs(t.Context(), ledger.Session{Scope: ledger.Everything()}, x.Person(who).PersonID)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	for who, v := range map[string]inspection.Value{"yi inspector": {Of: exact(t, "1"), Per: exact(t, "20")}, "bing inspector": {}} {
		if err := x.says(who, c, d, ratio, v); err != nil {
			t.Fatal(who, err)
		}
	}
	std, err := x.Inspection.Texts.Compiled(t.Context(), c.Standard, c.Version)
	if err != nil {
		t.Fatal(err)
	}
	sheet := scoring.Evaluate(std, scoring.Input{From: c.FromDay, To: c.FromDay, Findings: []scoring.Finding{{ID: "1", Line: ratio, Day: c.FromDay, Count: 1, Of: exact(t, "1"), Per: exact(t, "20")}}})
	cost := new(big.Rat)
	for _, dom := range sheet.Domains {
		for _, i := range dom.Indicators {
			if slices.ContainsFunc(i.Lines, func(l scoring.LineScore) bool { return l.ID == ratio }) {
				cost = i.Deducted.Rat()
			}
		}
	}
	if got := x.doubled("bing inspector", c, ratio); got.Difference == nil || cost.Sign() <= 0 || got.Difference.Rat().Cmp(cost) != 0 {
		t.Errorf("1 of 20 of %s, which costs %s, and nothing: %+v", ratio, cost, got)
	}
	if n := pairs("yi inspector"); n != 1 {
		t.Errorf("of one line %d", n)
	}
	if _, err := x.Inspection.Cancel(x.as("bureau office"), x.Prison, c.ID, "改期", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if n := pairs("yi inspector"); n != 0 {
		t.Errorf("of a check that was called off %d", n)
	}

	own := x.newCheck(x.Area, inspection.SelfCheck)
	own.Team = x.team("area head", "officer")
	self, err := x.Inspection.OpenCheck(x.as("prison office"), x.Prison, own, ledger.Idem{})
	if err != nil {
		t.Fatal(err, refusals(err))
	}
	drawn, err := x.Inspection.Draw(x.as("area head"), x.Prison, self.ID, inspection.NewDraw{Kind: inspection.Lines, Area: x.Area, N: 1, Word: "九"}, ledger.Idem{})
	if err != nil {
		t.Fatal(err, refusals(err))
	}
	for _, who := range []string{"area head", "officer"} {
		if err := x.says(who, self, drawn, drawn.Drawn[0].Item, inspection.Value{}); err != nil {
			t.Fatal(who, err)
		}
	}
	if n := pairs("area head"); n != 0 {
		t.Errorf("of a self-check %d", n)
	}
}

// TestValueSaidAgain: who sends a value twice gets the draw as it stands, what others saw of its other lines
// with it.
func TestValueSaidAgain(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	d, err := x.twice(c, 200, "")
	if err != nil {
		t.Fatal(err)
	}
	line, seen := d.Drawn[0].Item, d.Drawn[1].Item
	if err := x.look("bing inspector", c, inspection.Look{Line: seen, Result: inspection.Met, LookedAt: x.clock.Add(-1)}, 0); err != nil {
		t.Fatal(err)
	}
	key := ledger.Idem{Key: "a value twice", Route: "draws.value"}
	for _, when := range []string{"said", "sent again"} {
		d, err := x.Inspection.SayValue(x.as("yi inspector"), x.Prison, c.ID, d.ID, line, inspection.Value{}, key)
		if err != nil {
			t.Fatal(when, err)
		}
		for _, l := range d.Drawn {
			if own := l.Double; l.Item == line && (own.Said != 1 || len(own.Values) != 1 || own.MaySay) || l.Item == seen && (own.MaySay || !own.Told) {
				t.Errorf("%s: of %s %+v", when, l.Item, own)
			}
		}
	}
}

// TestTwoSeats: of a line two values stand even where two writers take no lock: the later counts one by what it
// saw when it began, and its seat is taken.
func TestTwoSeats(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	d, err := x.twice(c, 1, "")
	if err != nil {
		t.Fatal(err)
	}
	line := d.Drawn[0].Item
	if err := x.says("yi inspector", c, d, line, inspection.Value{}); err != nil {
		t.Fatal(err)
	}
	other, err := pgx.Connect(t.Context(), x.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(t.Context())
	early, err := other.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		t.Fatal(err)
	}
	defer early.Rollback(t.Context())
	var n int
	if err := early.QueryRow(t.Context(), "select count(*) from draw_values").Scan(&n); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if err := x.says("bing inspector", c, d, line, inspection.Value{}); err != nil {
		t.Fatal(err)
	}
	_, err = early.Exec(t.Context(), "insert into draw_values (prison_id, draw_id, item, author, count, note, salt) select $1, $2, $3, $4, 0, '', salt from draws limit 1",
		x.Prison, d.ID, line, x.Person("yi second inspector").PersonID)
	if pg, _ := errors.AsType[*pgconn.PgError](err); pg == nil || pg.ConstraintName != "draw_values_seat" {
		t.Errorf("a third value: %v", err)
	}
}

// TestTwiceTakesTwo: nobody scores a line twice alone.
func TestTwiceTakesTwo(t *testing.T) {
	t.Parallel()
	x := checked(t)
	n := x.newCheck(x.Area, inspection.Joint)
	n.Team = n.Team[:1]
	c, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, n, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = x.twice(c, 1, "")
	wants(t, "a team of one", err, "bad_draw")
}

// TestDoublesHTTP: through the door, as the contract says.
func TestDoublesHTTP(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	client := serving(t, x.House, "yi inspector").as(t, "yi inspector")
	at := "/prisons/" + x.Prison.String() + "/checks/" + c.ID.String() + "/draws"
	status, d := client.do(t, "POST", at, fmt.Sprintf(`{"kind":"lines","area":%q,"n":2,"word":"九"}`, x.Area), map[string]string{"Idempotency-Key": "doubles-http-1"})
	if status != http.StatusCreated {
		t.Fatalf("%d %v", status, d)
	}
	line := d["drawn"].([]any)[0].(map[string]any)["item"]
	for i, want := range []int{http.StatusCreated, http.StatusConflict} {
		if status, body := client.do(t, "POST", at+"/"+d["id"].(string)+"/values", fmt.Sprintf(`{"item":%q,"count":0,"note":""}`, line), map[string]string{"Idempotency-Key": fmt.Sprint("doubles-http-v", i)}); status != want {
			t.Errorf("%d %v", status, body)
		}
	}
	if status, body := client.do(t, "GET", at, "", nil); status != http.StatusOK || body["may_double"] != true || body["calibration"].(map[string]any)["lines"] != 0.0 {
		t.Errorf("%d %v", status, body)
	}
}

// TestTwiceBlindElsewhere: what somebody recorded of the unit since the draw, in another check or outside of
// any, is told as well; what is older, or of another unit, is not.
func TestTwiceBlindElsewhere(t *testing.T) {
	t.Parallel()
	x := checked(t)
	other := x.open(x.Area, inspection.Mock)
	const older = "YJ-02.missing"
	if err := x.look("bing inspector", other, inspection.Look{Line: older, Result: inspection.Met, LookedAt: x.clock.Add(-1)}, 0); err != nil {
		t.Fatal(err)
	}
	c := x.open(x.Area, inspection.Joint)
	d, err := x.twice(c, 200, "")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range d.Drawn {
		if l.Item != older && l.Double.Asks == "count" {
			lines = append(lines, l.Item)
		}
	}
	found := func(area uuid.UUID, line string) {
		t.Helper()
		if _, err := x.Assessment.AddFinding(checking(t.Context(), x.House), x.Prison, assessment.NewFinding{Area: area, Line: line, Day: catalog.DayOf(time.Now()), Count: 1, Note: "现场发现"}, ledger.Idem{}); err != nil {
			t.Fatal(line, err, refusals(err))
		}
	}
	found(x.Area, lines[0])
	found(x.Other, lines[1])
	if err := x.look("bing inspector", other, inspection.Look{Line: lines[2], Result: inspection.Met, LookedAt: x.clock.Add(-1)}, 0); err != nil {
		t.Fatal(err)
	}
	for line, code := range map[string]string{lines[0]: "value_told", lines[1]: "", lines[2]: "value_told", older: ""} {
		if got := x.doubled("yi inspector", c, line); got.MaySay != (code == "") {
			t.Errorf("%s: %+v", line, got)
		}
		if err := x.says("yi inspector", c, d, line, inspection.Value{}); fault.CodeOf(err) != code {
			t.Errorf("%s: %v", line, err)
		}
	}
}
