package housetest_test

import (
	"slices"
	"testing"
	"time"

	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestVoidDeadline: a void has the time of a step of its ledger, in working days,
// with reminders; then the higher post may decide it too. Without one it has none.
func TestVoidDeadline(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	e := approved(t, h)
	out, err := askVoid(t, h, "officer", e.Key)
	must(t, out, err)
	if out.Entry.VoidDue != nil {
		t.Errorf("no step has a deadline, the void has %s", out.Entry.VoidDue)
	}
	chained(t, h, step{"roles": []string{"area_head"}, "within_workdays": 3, "escalate": step{"roles": []string{"prison_leader"}, "unit": "prison"}})
	clock := clocked(t, h)
	e = h.Submitted(t)
	out, err = approve(h, t, "area head", e)
	must(t, out, err)
	out, err = askVoid(t, h, "officer", e.Key)
	must(t, out, err)
	due := h.Catalog.Calendar().AddWorkdays(clock.Now(), 3)
	if got := out.Entry.VoidDue; got == nil || got.Sub(due).Abs() > time.Minute {
		t.Fatalf("due %v, want %v", got, due)
	}
	leader := h.As(t.Context(), "prison leader")
	told := func(when, who string, want ...string) {
		t.Helper()
		for range 2 {
			if err := h.Ledger.Remind(t.Context(), h.Prison); err != nil {
				t.Fatal(err)
			}
		}
		if got := noticesOf(t, h, who, e); !slices.Equal(got, want) {
			t.Errorf("%s: %s has %v, want %v", when, who, got, want)
		}
	}
	told("at first", "custody head", "void_asked")
	late, err := decideVoid(t, h, leader, e.Key, true)
	code(t, "forbidden", late, err)
	clock.Advance(due.Add(-time.Hour).Sub(clock.Now()))
	told("near", "custody head", "due_soon", "void_asked")
	told("near", "prison leader")
	if slices.Contains(inboxOf(t, h, leader), e.Key) {
		t.Error("in the inbox of the higher post before the deadline")
	}
	clock.Advance(2 * time.Hour)
	told("over", "custody head", "due_soon", "overdue", "void_asked")
	told("over", "prison leader", "escalated")
	told("over", "officer")
	if !slices.Contains(inboxOf(t, h, leader), e.Key) {
		t.Error("not in the inbox of the higher post")
	}
	out, err = decideVoid(t, h, leader, e.Key, true)
	must(t, out, err)
	if out.Entry.State != ledger.Voided || out.Entry.VoidDue != nil {
		t.Errorf("%+v", out.Entry)
	}
}
