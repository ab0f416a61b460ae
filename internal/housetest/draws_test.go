package housetest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

func (x *inspected) draw(c inspection.Check, n inspection.NewDraw) inspection.Drawing {
	x.t.Helper()
	d, err := x.Inspection.Draw(x.as("bing inspector"), x.Prison, c.ID, n, ledger.Idem{})
	if err != nil {
		x.t.Fatal(err)
	}
	return d
}

func drawOf(d inspection.Drawing) *inspection.Draw {
	f := &inspection.Draw{Seed: d.Seed, Roster: d.Digest}
	for _, i := range d.Drawn {
		f.Drawn = append(f.Drawn, i.Item)
	}
	return f
}

// TestDraws: of the roster as it is so many are drawn, which anybody can repeat; every draw is kept, a
// further one says why, and a finding rests on one of its own check as it was drawn.
func TestDraws(t *testing.T) {
	t.Parallel()
	x := checked(t)
	for n := range 30 {
		if _, err := x.Owner.Exec(t.Context(), "insert into inmates (prison_id, inmate_no, name, area_id, admitted_on) values ($1, $2, '张三', $3, '2024-01-01')", x.Prison, fmt.Sprintf("%010d", 9000+n), x.Area); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := x.Owner.Exec(t.Context(), "update inmates set released_on = '2024-02-01' where inmate_no = '0000009000'"); err != nil {
		t.Fatal(err)
	}
	c := x.open(x.Area, inspection.Joint)
	ask := inspection.NewDraw{Kind: inspection.Prisoners, Area: x.Area, N: 20, Word: "二十七"}
	for name, tt := range map[string]struct {
		change func(*inspection.NewDraw)
		at     string
	}{
		"of nothing":      {func(n *inspection.NewDraw) { n.Kind = "cells" }, "/kind"},
		"of another area": {func(n *inspection.NewDraw) { n.Area = x.Other }, "/area"},
		"of the prison":   {func(n *inspection.NewDraw) { n.Area = uuid.Nil }, "/area"},
		"of no area":      {func(n *inspection.NewDraw) { n.Area = uuid.New() }, "/area"},
		"nobody":          {func(n *inspection.NewDraw) { n.N = 0 }, "/n"},
		"too many":        {func(n *inspection.NewDraw) { n.N = 201 }, "/n"},
		"without a word":  {func(n *inspection.NewDraw) { n.Word = " \u200b" }, "/word"},
		"no camera":       {func(n *inspection.NewDraw) { n.Kind, n.FromDay, n.ToDay = inspection.Slots, dayFrom(-3), dayFrom(-1) }, "/cameras"},
		"hours still ahead": {func(n *inspection.NewDraw) {
			n.Kind, n.Cameras, n.FromDay, n.ToDay = inspection.Slots, []string{"A3-0102"}, dayFrom(-3), catalog.DayOf(x.clock)
		}, "/to_day"},
	} {
		n := ask
		tt.change(&n)
		_, err := x.Inspection.Draw(x.as("bing inspector"), x.Prison, c.ID, n, ledger.Idem{})
		bad, ok := err.(*fault.Error)
		if !ok || bad.Code != "bad_draw" || !slices.ContainsFunc(bad.Fields, func(p fault.Field) bool { return p.Pointer == tt.at }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, who := range []string{"area head", "officer", "bureau office", "prison office"} {
		if _, err := x.Inspection.Draw(x.as(who), x.Prison, c.ID, ask, ledger.Idem{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s draws: %v", who, err)
		}
	}
	// Two at once: both are kept, and the second one has to say why.
	ctx := x.as("bing inspector")
	draw := func(reason string) error {
		n := ask
		n.Reason = reason
		_, err := x.Inspection.Draw(ctx, x.Prison, c.ID, n, ledger.Idem{})
		return err
	}
	oneOf(t, bothAtOnce(func() error { return draw("") }, func() error { return draw("") }), "bad_draw")
	if err := draw("有 3 人外出就医"); err != nil {
		t.Fatal(err)
	}
	all, err := x.Inspection.Draws(ctx, x.Prison, c.ID)
	list := all.Draws
	if err != nil || !all.MayDraw || all.MayDouble || len(list) != 2 || list[1].No != 2 || list[1].Reason == "" {
		t.Fatalf("%+v %v", list, err)
	}
	d := list[0]
	roster, err := x.Inspection.Roster(x.as("area head"), x.Prison, c.ID, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	items := inspection.Items(roster.Roster)
	sum := sha256.Sum256([]byte(roster.Roster))
	chance, _ := hex.DecodeString(d.Chance)
	again := inspection.Lots(inspection.Seed(chance, "二十七", hex.EncodeToString(sum[:])), roster.Roster, 20)
	if len(d.Drawn) != 20 || d.Of != len(items) || slices.Contains(items, "0000009000") || !slices.Contains(items, "0000009001") || !slices.Equal(again, drawOf(d).Drawn) {
		t.Errorf("%d of %v, drawn again %v", len(d.Drawn), items, again)
	}
	if d.Drawn[0].Name == "" {
		t.Error("the team does not know whom to ask")
	}
	others, err := x.Inspection.Draws(x.as("area head"), x.Prison, c.ID)
	seen := others.Draws
	if err != nil || others.MayDraw || seen[0].MayMark || len(seen[0].Drawn) > 0 || seen[0].Seed+seen[0].Chance != "" || seen[0].N != 20 || seen[0].Digest != d.Digest {
		t.Errorf("who is checked sees %+v %v", seen, err)
	}
	if _, err := x.Inspection.Draws(x.as("area head elsewhere"), x.Prison, c.ID); fault.CodeOf(err) == "" {
		t.Error("another area sees it")
	}
	slots := x.draw(c, inspection.NewDraw{Kind: inspection.Slots, Area: x.Area, N: 5, Word: "七", Cameras: []string{"A3-0102", "A3-0103"}, FromDay: dayFrom(-3), ToDay: dayFrom(-1)})
	if slots.Of != 3*24*2 || len(slots.Drawn) != 5 || !strings.Contains(slots.Drawn[0].Item, ":00 A3-010") {
		t.Errorf("%+v", slots)
	}
	if o := x.draw(c, inspection.NewDraw{Kind: inspection.Officers, Area: x.Area, N: 200, Word: "七"}); o.Of != len(o.Drawn) || o.Of == 0 {
		t.Errorf("%+v", o)
	}
	// A finding rests on what was drawn, neither more nor less, and of this check.
	for name, change := range map[string]func(*inspection.Draw){
		"another seed":   func(f *inspection.Draw) { f.Seed = strings.Repeat("0", 64) },
		"another roster": func(f *inspection.Draw) { f.Roster = strings.Repeat("0", 64) },
		"one left out":   func(f *inspection.Draw) { f.Drawn = f.Drawn[1:] },
	} {
		f := x.finding("YJ-02.missing", 1)
		f.Draw = drawOf(d)
		change(f.Draw)
		if _, err := x.Inspection.AddFinding(ctx, x.Prison, c.ID, f, ledger.Idem{}); fault.CodeOf(err) != "invalid_document" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Of a kind that its line's method asks of; a line may count points or marks, of which there can be
	// more than people.
	for name, f := range map[string]struct {
		line  string
		count int
		draw  *inspection.Draw
		want  string
	}{
		"hours for a quiz":       {"DW-04.names", 1, drawOf(slots), "invalid_document"},
		"people on an inventory": {"YJ-02.missing", 1, drawOf(d), "invalid_document"},
		"60 % of 90":             {"ZZ-04.pass", 30, drawOf(d), ""},
		"as it is asked":         {"DW-04.names", 1, drawOf(d), ""},
	} {
		of := x.finding(f.line, f.count)
		of.Draw = f.draw
		if _, err := x.Inspection.AddFinding(ctx, x.Prison, c.ID, of, ledger.Idem{}); fault.CodeOf(err) != f.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for who, sees := range map[string]bool{"bing inspector": true, "area head": false} {
		w, err := x.Inspection.Whole(x.as(who), x.Prison, c.ID)
		if err != nil || len(w.Findings) == 0 || slices.ContainsFunc(w.Findings, func(f inspection.Finding) bool { return f.Draw != nil }) != sees {
			t.Errorf("%s sees on whom findings rest: %v, %v", who, !sees, err)
		}
	}
	// What became of each: the latest counts, of two at once one.
	mark := func(item, result string, seen int) error {
		_, err := x.Inspection.MarkDrawn(ctx, x.Prison, c.ID, d.ID, item, inspection.Mark{Result: result}, seen, ledger.Idem{})
		return err
	}
	first := d.Drawn[0].Item
	wants(t, "a result of slots", mark(first, "no_video", 0), "bad_draw")
	wants(t, "who was not drawn", mark("0000009999", "right", 0), "not_found")
	oneOf(t, bothAtOnce(func() error { return mark(first, "right", 0) }, func() error { return mark(first, "wrong", 0) }), "changed_meanwhile")
	if err := mark(first, "wrong", 1); err != nil {
		t.Fatal(err)
	}
	if all, err = x.Inspection.Draws(ctx, x.Prison, c.ID); err != nil || all.Draws[0].Drawn[0].Mark == nil || all.Draws[0].Drawn[0].Mark.N != 2 || all.Draws[0].Drawn[0].Mark.Result != "wrong" {
		t.Errorf("%+v %v", all.Draws[0].Drawn[0], err)
	}
	leavesHold(t, x.House, x.Prison, "draws", "draw_marks")
	altered(t, x.House, "update draws set word = '三'", "delete from draws", "update draw_marks set result = 'right'", "delete from draw_marks")
	x.confirm(c)
	if all, err := x.Inspection.Draws(x.as("area head"), x.Prison, c.ID); err != nil || !slices.Equal(drawOf(all.Draws[0]).Drawn, again) || all.Draws[0].Seed != d.Seed || all.Draws[0].Drawn[0].Name != "" {
		t.Errorf("who was checked sees %+v %v", all, err)
	}
	wants(t, "drawn after the sheet", draw("再抽"), "check_state")
	wants(t, "marked after the sheet", mark(d.Drawn[1].Item, "right", 0), "check_state")
	// In the next check of the unit too it is said why, and nothing is drawn before the team comes.
	next := x.open(x.Area, inspection.Mock)
	_, err = x.Inspection.Draw(ctx, x.Prison, next.ID, ask, ledger.Idem{})
	wants(t, "drawn in another check", err, "bad_draw")
	n := ask
	n.Reason = "另一次考核"
	if d := x.draw(next, n); d.No != 1 {
		t.Errorf("%+v", d)
	}
	later := x.newCheck(x.Area, inspection.Mock)
	later.FromDay, later.ToDay = dayFrom(20), dayFrom(28)
	ahead, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, later, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = x.Inspection.Draw(x.as("bing inspector"), x.Prison, ahead.ID, n, ledger.Idem{})
	wants(t, "drawn before the check", err, "bad_draw")
}

// TestDrawsHTTP: through the door, each answer as the contract says; the roster is the very file.
func TestDrawsHTTP(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	client := serving(t, x.House, "bing inspector").as(t, "bing inspector")
	at := "/prisons/" + x.Prison.String() + "/checks/" + c.ID.String() + "/draws"
	status, d := client.do(t, "POST", at, fmt.Sprintf(`{"kind":"officers","area":%q,"n":1,"word":"三"}`, x.Area), map[string]string{"Idempotency-Key": "draws-http-1"})
	if status != http.StatusCreated {
		t.Fatalf("%d %v", status, d)
	}
	drawn := d["drawn"].([]any)[0].(map[string]any)
	if status, body := client.do(t, "POST", at+"/"+d["id"].(string)+"/marks", fmt.Sprintf(`{"item":%q,"result":"right","seen":0}`, drawn["item"]), map[string]string{"Idempotency-Key": "draws-http-2"}); status != http.StatusOK {
		t.Errorf("%d %v", status, body)
	}
	if status, body := client.do(t, "GET", at, "", nil); status != http.StatusOK || len(body["draws"].([]any)) != 1 || body["may_draw"] != true {
		t.Errorf("%d %v", status, body)
	}
	if status, body := client.do(t, "GET", at+"/"+uuid.NewString()+"/roster", "", nil); status != http.StatusNotFound {
		t.Errorf("%d %v", status, body)
	}
}

// TestRosterOfLines: two rosters of lines differ by what was drawn, so that they are the team's while the
// check is open.
func TestRosterOfLines(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	d, err := x.twice(c, 2, "")
	if err != nil {
		t.Fatal(err)
	}
	roster := func(who string) error {
		_, err := x.Inspection.Roster(x.as(who), x.Prison, c.ID, d.ID)
		return err
	}
	wants(t, "the unit's", roster("area head"), "forbidden")
	wants(t, "the office's", roster("bureau office"), "forbidden")
	if err := roster("bing inspector"); err != nil {
		t.Error("the team's", err)
	}
	x.confirm(c)
	if err := roster("area head"); err != nil {
		t.Error("once the sheet is confirmed", err)
	}
}
