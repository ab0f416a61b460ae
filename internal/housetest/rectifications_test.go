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

	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// TestVerifierOther: the unit names an owner with cause and measure, the owner does it,
// somebody else verifies; what was verified is opened again; nothing closes itself.
func TestVerifierOther(t *testing.T) {
	t.Parallel()
	x := checked(t)
	ctx := t.Context()
	c := x.open(x.Area, inspection.Joint)
	x.find(c, x.finding("YJ-02.missing", 1))
	x.find(c, x.finding("", 0)) // advice opens nothing
	x.confirm(c)
	items, _, err := x.Inspection.Rectifications(x.as("area head"), x.Prison, nil)
	if err != nil || len(items) != 1 || !slices.Equal(items[0].Actions, []string{"assigned"}) {
		t.Fatalf("%+v: %v", items, err)
	}
	id := items[0].ID
	act := func(who string, n inspection.NewAct) error {
		if n.Action == "" {
			n.Action = "补装到位"
		}
		_, err := x.Inspection.Rectify(x.as(who), x.Prison, id, n, ledger.Idem{})
		return err
	}
	owner := x.Person("prison office").Number
	assign := inspection.NewAct{Kind: inspection.Assigned, Owner: owner, Cause: "巡查不到位"}
	wants(t, "done by nobody", act("area head", inspection.NewAct{Kind: inspection.Done}), "forbidden")
	wants(t, "without a cause", act("area head", inspection.NewAct{Kind: inspection.Assigned, Owner: owner}), "bad_item")
	wants(t, "to somebody of another prison", act("area head", inspection.NewAct{Kind: inspection.Assigned, Owner: x.Person("yi area head").Number, Cause: "无"}), "bad_item")
	wants(t, "to somebody of another area", act("area head", inspection.NewAct{Kind: inspection.Assigned, Owner: x.Person("officer elsewhere").Number, Cause: "无"}), "bad_item")
	wants(t, "by another area's head", act("area head elsewhere", assign), "not_found")
	if err := act("area head", assign); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Inspection.Rectify(x.as("area head"), x.Prison, id, inspection.NewAct{Kind: inspection.Assigned, Owner: owner, Cause: "巡查不到位", Action: "三日内补装"}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for _, who := range []string{"area head", "prison office", "bing inspector", "area head elsewhere"} {
		list, err := x.Ledger.Notices(x.as(who), x.Prison)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range list {
			told[who+" "+n.Kind]++
		}
	}
	if diff := cmp.Diff(map[string]int{"area head check_opened": 1, "area head check_confirmed": 1, "prison office check_opened": 1, "prison office check_confirmed": 1,
		"prison office item_assigned": 2, "bing inspector check_called": 1}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	wants(t, "verified before it is done", act("bureau office", inspection.NewAct{Kind: inspection.Verified}), "item_state")
	wants(t, "done by another", act("area head", inspection.NewAct{Kind: inspection.Done}), "forbidden")
	office := x.as("prison office")
	twice := func(ctx context.Context, n inspection.NewAct) func() error {
		return func() error { _, err := x.Inspection.Rectify(ctx, x.Prison, id, n, ledger.Idem{}); return err }
	}
	done := twice(office, inspection.NewAct{Kind: inspection.Done, Action: "补装到位"})
	onlyOne(t, done, done)
	// The owner is the prison's office too, which may verify what others did.
	wants(t, "verified by the owner", act("prison office", inspection.NewAct{Kind: inspection.Verified}), "forbidden")
	if _, err := x.Owner.Exec(ctx, `insert into rectification_acts (prison_id, item_id, seq, kind, owner, cause, action, acted_by, salt) select prison_id, item_id, seq + 1, 'verified', owner, '', '属实', owner, salt from rectification_acts order by seq desc limit 1`); err == nil || !strings.Contains(err.Error(), "rectification_acts_other") {
		t.Errorf("past the use case: %v", err)
	}
	if _, err := x.Owner.Exec(ctx, `insert into rectification_acts (prison_id, item_id, seq, kind, owner, cause, action, acted_by, salt) select prison_id, item_id, seq + 1, 'verified', $1, '', '属实', owner, salt from rectification_acts order by seq desc limit 1`, x.Person("warden").PersonID); err == nil || !strings.Contains(err.Error(), "changed meanwhile") {
		t.Errorf("under another owner: %v", err)
	}
	if got := items[0].State; got != "open" {
		t.Error(got)
	}
	bureau := x.as("bureau office")
	verify := twice(bureau, inspection.NewAct{Kind: inspection.Verified, Action: "现场查看属实"})
	onlyOne(t, verify, verify)
	if err := act("bing inspector", inspection.NewAct{Kind: inspection.Reopened, Action: "复查又发现"}); err != nil {
		t.Fatal(err)
	}
	x.clock = x.clock.AddDate(0, 2, 0)
	items, _, err = x.Inspection.Rectifications(x.as("area head"), x.Prison, &x.Area)
	if err != nil || items[0].State != "open" || !items[0].Overdue || len(items[0].Acts) != 5 {
		t.Errorf("%+v: %v", items, err)
	}
	if _, _, err := x.Inspection.Rectifications(x.as("area head elsewhere"), x.Prison, &x.Area); err != nil {
		t.Fatal(err)
	} else if list, _, _ := x.Inspection.Rectifications(x.as("area head elsewhere"), x.Prison, &x.Area); len(list) != 0 {
		t.Error("another area's head sees them")
	}
}

// TestRectificationCarried: what is not verified counts live and heads the next check with
// the closing rate; verified, it costs nothing more.
func TestRectificationCarried(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.lookedBack()
	x.find(c, x.finding("YJ-02.missing", 2)) // −10
	x.find(c, x.finding("JG-02.video", 1))
	x.find(c, x.finding("YJ-02.missing", 1)) // −5
	x.confirm(c)
	if got := scored(t, x.House).Display; got != "1000.00" {
		t.Errorf("live, before it is closed: %s", got)
	}
	x.close(c)
	live := scored(t, x.House)
	if live.Score.Equal(*exact(t, "1000")) || live.Score.String() != x.whole(c).Score {
		t.Errorf("live after it was closed: %s, the sheet %s", live.Score, x.whole(c).Score)
	}
	var first inspection.Rectification
	for _, i := range x.whole(c).Items {
		if i.Line == "YJ-02.missing" && (first.ID == uuid.Nil || i.RecordedAt.Before(first.RecordedAt) || i.ID.String() < first.ID.String()) {
			first = i
		}
	}
	for _, step := range []struct {
		who string
		n   inspection.NewAct
	}{{"area head", inspection.NewAct{Kind: inspection.Assigned, Owner: x.Person("officer").Number, Cause: "巡查不到位", Action: "补装"}},
		{"officer", inspection.NewAct{Kind: inspection.Done, Action: "已补装"}}, {"prison office", inspection.NewAct{Kind: inspection.Verified, Action: "属实"}}} {
		if _, err := x.Inspection.Rectify(x.as(step.who), x.Prison, first.ID, step.n, ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
	}
	before := live.Score
	live = scored(t, x.House)
	if live.Score.Rat().Cmp(before.Rat()) <= 0 {
		t.Errorf("verified, live %s, before %s", live.Score, before)
	}
	next := x.open(x.Area, inspection.Mock)
	w := x.whole(next)
	if w.Closing == nil || w.Closing.Check != c.ID || w.Closing.Verified != 1 || w.Closing.All != 3 || len(w.Carried) != 2 || len(w.Items) != 0 {
		t.Errorf("the next check begins with %+v, %d carried", w.Closing, len(w.Carried))
	}
	// The next check's own sheet knows its own findings alone.
	raw, err := x.Inspection.Sheet(x.as("bureau office"), x.Prison, next.ID)
	if err != nil {
		t.Fatal(err)
	}
	var sheet scoring.Sheet
	if err := json.Unmarshal(raw, &sheet); err != nil || sheet.Display != "1000.00" {
		t.Errorf("the next sheet: %s %v", sheet.Display, err)
	}
	if err := x.Store.Write(t.Context(), ledger.Session{Prison: x.Prison, Scope: ledger.Everything()}, ledger.Idem{}, nil, func(tx ledger.Tx) error {
		items, err := x.Inspection.Items(t.Context(), tx, x.Prison, x.Area)
		verified := 0
		for _, i := range items {
			if i.Verified {
				verified++
			}
		}
		if err != nil || len(items) != 3 || verified != 1 {
			t.Errorf("the port's items %+v: %v", items, err)
		}
		st, err := x.Inspection.Standing(t.Context(), tx, x.Prison, c.ID)
		if err != nil || !st.Confirmed || !st.Closed || st.Team != 3 || st.OfPrison != 0 || st.Run == uuid.Nil || st.Score == "" || st.Deducted == "0" || st.Line != "950" {
			t.Errorf("the standing %+v: %v", st, err)
		}
		return x.Inspection.EndRights(t.Context(), tx, x.Prison, next.ID)
	}); err != nil {
		t.Fatal(err)
	}
	x.clock = time.Now().Add(time.Second)
	_, err = x.Inspection.AddFinding(x.as("bing inspector"), x.Prison, next.ID, x.finding("YJ-02.missing", 1), ledger.Idem{})
	wants(t, "after its case ended the rights", err, "rights_ended")
}
