package housetest_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/connector"
	"taizhang/internal/duty"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestBegunOnDuty: an entry begins with whom the roster names for its shift, set
// by hand or delivered, and with who takes over.
func TestBegunOnDuty(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	past := time.Now().In(catalog.Zone).AddDate(0, 0, -3)
	noon := time.Date(past.Year(), past.Month(), past.Day(), 12, 0, 0, 0, catalog.Zone)
	if err := h.Duty.Plan(ctx, h.Prison, noon.AddDate(0, 0, -2), time.Now().AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	number := func(who string) string { return h.Person(who).Number }
	people := func(leader string, officers ...string) (list []duty.OnDuty) {
		for _, who := range officers {
			list = append(list, duty.OnDuty{Number: number(who), Post: "officer"})
		}
		return append(list, duty.OnDuty{Number: number(leader), Post: "leader"})
	}
	set := func(list ...duty.Roster) {
		t.Helper()
		if _, err := h.Duty.SetRosters(h.As(ctx, "area head"), h.Prison, h.Area, list, ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
	}
	// begun says what is filled in of these fields.
	begun := func(who, id string, at time.Time, fields ...string) map[string]any {
		t.Helper()
		out, err := h.Ledger.Create(h.As(ctx, who), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: id, For: at}, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		v, err := h.Ledger.Get(h.As(ctx, who), out.Entry.Key)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]any{}
		for _, f := range fields {
			if value := loose(v.Draft.Body)[f]; value != nil {
				got[f] = value
			}
		}
		return got
	}
	same := func(what string, want, got map[string]any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	logged := []string{"leader_ref", "police_on_duty", "handover"}

	same("nobody is named", map[string]any{"police_on_duty": []any{number("officer")}}, begun("officer", "duty-log", noon, logged...))

	// By hand, the evening after it too: its first officer who is somebody else.
	day := catalog.DayOf(noon)
	set(duty.Roster{Day: day, Shift: "day", People: people("duty leader", "officer", "second officer")},
		duty.Roster{Day: day, Shift: "evening", People: people("second duty leader", "officer", "deputy head")})
	same("set by hand", map[string]any{
		"leader_ref": number("duty leader"), "police_on_duty": []any{number("duty leader"), number("officer"), number("second officer")},
		"handover": map[string]any{"to_ref": number("deputy head")},
	}, begun("officer", "duty-log", noon, logged...))
	same("a search of that week, whose shift nobody said", map[string]any{"searchers": []any{number("officer")}}, begun("officer", "cell-body-search", noon, "searchers"))

	// Delivered, for the day before: by the names that people call the shifts, without a post.
	c := rosterConnector(t, h, connector.Push)
	s := connect(t, h, c)
	before := noon.AddDate(0, 0, -1)
	record := func(key, who, day, shift string) person {
		return person{"编号": key, "修改时间": "2026-11-20 08:00:00", "警号": number(who), "监区": "A1", "日期": day, "班次": shift}
	}
	body := pushed(t, record("1", "second officer", catalog.DayOf(before), "白班"), record("2", "officer", catalog.DayOf(before), "day"),
		record("3", "second officer", catalog.DayOf(before), "中班"), record("4", "medic", day, "白班"))
	if run, err := s.Receive(ctx, c.ID, "roster-token", body, idemOf("roster-1", body)); err != nil || len(run.Rejected) > 0 {
		t.Fatalf("%+v %v", run, err)
	}
	same("delivered", map[string]any{
		"police_on_duty": []any{number("officer"), number("second officer")}, "handover": map[string]any{"to_ref": number("second officer")},
	}, begun("officer", "duty-log", before, logged...))
	list, _, err := h.Duty.Rosters(h.As(ctx, "area head"), h.Prison, h.Area, catalog.DayOf(before), day)
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, r := range list {
		who := r.Day + " " + r.Shift
		for _, p := range r.People {
			who += " " + p.Name
		}
		shown = append(shown, who)
	}
	// What is set by hand stands over what is delivered under another name.
	if diff := cmp.Diff([]string{catalog.DayOf(before) + " day officer second officer", catalog.DayOf(before) + " evening second officer",
		day + " day duty leader officer second officer", day + " evening second duty leader officer deputy head"}, shown); diff != "" {
		t.Error(diff)
	}

	// Now: the shift under way, and one more, should it end meanwhile.
	shift, began, _ := h.Catalog.Calendar().ShiftAt(time.Now())
	next, then, _ := h.Catalog.Calendar().ShiftAt(began.Add(time.Duration(shift.Hours) * time.Hour))
	set(duty.Roster{Day: catalog.DayOf(began), Shift: shift.ID, People: people("duty leader", "second officer")},
		duty.Roster{Day: catalog.DayOf(then), Shift: next.ID, People: people("duty leader", "second officer")})
	searchers := []any{number("duty leader"), number("second officer")}
	same("a search now", map[string]any{"searchers": searchers}, begun("officer", "cell-body-search", time.Time{}, "searchers"))
	for period, want := range map[string][]any{catalog.DayOf(time.Now()): searchers, day: {number("officer")}} {
		p, err := h.Ledger.Prefill(h.As(ctx, "officer"), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search"}, period)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, p.Rows[0].Body["searchers"]); diff != "" {
			t.Errorf("a batch of %s: %s", period, diff)
		}
	}
}
