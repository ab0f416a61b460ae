package housetest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestRosters: typed by the area's heads, a version for every change, the same
// shift changed at once by two is changed once.
func TestRosters(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for _, who := range []string{"officer", "second officer", "duty leader"} {
		h.Post(t, who)
	}
	head := h.As(t.Context(), "area head")
	at := time.Now()
	under, began, ok := h.Catalog.Calendar().ShiftAt(at)
	if !ok {
		t.Fatal("no shift now")
	}
	shift, day := under.ID, catalog.DayOf(began)
	on := func(post string, who ...string) (list []duty.OnDuty) {
		for _, w := range who {
			list = append(list, duty.OnDuty{Number: h.Person(w).Number, Post: post})
		}
		return list
	}
	set := func(ctx context.Context, version int, people []duty.OnDuty) error {
		_, err := h.Duty.SetRosters(ctx, h.Prison, h.Area, []duty.Roster{{Day: day, Shift: shift, Version: version, People: people}}, ledger.Idem{})
		return err
	}
	if err := set(head, 0, slices.Concat(on("leader", "duty leader"), on("officer", "officer"))); err != nil {
		t.Fatal(err)
	}
	now, err := h.Duty.OnDutyAt(h.As(t.Context(), "officer"), h.Prison, h.Area, at)
	if err != nil || len(now.People) != 2 || now.People[0].Name != "duty leader" || now.People[0].Post != "leader" || now.Version != 1 {
		t.Errorf("on duty now: %+v %v", now, err)
	}
	for name, c := range map[string]struct {
		who     string
		version int
		people  []duty.OnDuty
		code    string
	}{
		"an officer":         {"officer", 1, nil, "forbidden"},
		"of another area":    {"area head elsewhere", 1, nil, "forbidden"},
		"an old version":     {"area head", 0, nil, "changed_meanwhile"},
		"a version to come":  {"area head", 2, nil, "changed_meanwhile"},
		"nobody's number":    {"area head", 1, []duty.OnDuty{{Number: "9999999", Post: "officer"}}, "bad_roster"},
		"twice":              {"area head", 1, on("officer", "officer", "officer"), "bad_roster"},
		"no post":            {"area head", 1, on("", "officer"), "bad_roster"},
		"not of this prison": {"area head", 1, on("officer", "inspector"), "bad_roster"},
	} {
		if err := set(h.As(t.Context(), c.who), c.version, c.people); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	for version := 1; version < 6; version++ {
		if n := once(t, func(ctx context.Context) error {
			return set(h.As(ctx, "area head"), version, on("officer", "second officer"))
		}, "changed_meanwhile"); n != 1 {
			t.Errorf("version %d: changed %d times", version, n)
		}
	}
	list, editable, err := h.Duty.Rosters(head, h.Prison, h.Area, day, day)
	if err != nil || len(list) != 1 || list[0].Version != 6 || !editable {
		t.Errorf("%+v %v %v", list, editable, err)
	}
	if _, _, err := h.Duty.Rosters(h.As(t.Context(), "officer elsewhere"), h.Prison, h.Area, day, day); err == nil {
		t.Error("another area's roster is shown")
	}
	verified(t, h)
}
