package housetest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestVoidWhileAmended: a correction left open keeps nobody from voiding, and
// ends with the void: what was submitted and what was typed can still be read.
func TestVoidWhileAmended(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	head := h.As(t.Context(), "custody head")
	draft := func(t *testing.T) ledger.Entry {
		t.Helper()
		e := approved(t, h)
		out, err := h.Ledger.Amend(officer, e.Key, e.ETag, ledger.Idem{})
		must(t, out, err)
		out, err = h.Ledger.SaveDraft(officer, e.Key, out.Entry.ETag, out.Entry.Version, moved(t, h), ledger.Idem{})
		must(t, out, err)
		return out.Entry
	}
	submitted := func(t *testing.T) ledger.Entry {
		t.Helper()
		return amended(t, h, approved(t, h))
	}
	returned := func(t *testing.T) ledger.Entry {
		t.Helper()
		e := submitted(t)
		out, err := vote(t, h, "duty leader", e, false)
		must(t, out, err)
		return out.Entry
	}
	for state, from := range map[ledger.State]func(*testing.T) ledger.Entry{ledger.Draft: draft, ledger.Submitted: submitted, ledger.Returned: returned} {
		t.Run(string(state), func(t *testing.T) {
			e := from(t)
			before := standingOf(e)
			out, err := askVoid(t, h, "area head", e.Key)
			must(t, out, err)
			out, err = decideVoid(t, h, head, e.Key, false)
			must(t, out, err)
			if out.Entry.State != state || cmp.Diff(before, standingOf(out.Entry)) != "" {
				t.Errorf("refused: %+v", out.Entry)
			}
			out, err = askVoid(t, h, "area head", e.Key)
			must(t, out, err)
			out, err = decideVoid(t, h, head, e.Key, true)
			must(t, out, err)
			if e := out.Entry; e.State != ledger.Voided || e.Revision != 1 || e.InForce != 1 || e.Counts || len(e.StepRoles) > 0 {
				t.Errorf("granted: %+v", e)
			}
			v := get(t, h, e)
			if !slices.ContainsFunc(v.Events, func(e ledger.Event) bool { return e.Kind == "amendment_ended" }) {
				t.Error("the time line does not say what ended")
			}
			if state == ledger.Draft {
				if v.Ended == nil || !strings.Contains(string(v.Ended.Body), "302 监舍") || v.Draft != nil || slices.Contains(v.Allowed, ledger.Edit) {
					t.Errorf("its author reads %+v and may %v", v.Ended, v.Allowed)
				}
				if v, err := h.Ledger.Get(head, e.Key); err != nil || v.Ended != nil {
					t.Errorf("the decider reads the draft: %v", err)
				}
			} else if len(v.Revisions) != 2 {
				t.Errorf("%d revisions", len(v.Revisions))
			}
			for _, who := range []string{"duty leader", "custody head"} {
				if slices.Contains(inboxOf(t, h, h.As(t.Context(), who)), e.Key) {
					t.Errorf("still in the inbox of the %s", who)
				}
			}
		})
	}
	// The correction comes first: what is decided is what is in force then.
	e := submitted(t)
	stale := shownInForce(t, h, e.Key, "重复填报")
	out, err := askVoid(t, h, "area head", e.Key)
	must(t, out, err)
	for _, who := range []string{"duty leader", "area head"} {
		out, err = approve(h, t, who, e)
		must(t, out, err)
	}
	if out.Entry.State != ledger.Approved || out.Entry.VoidAsked == nil {
		t.Errorf("%+v", out.Entry)
	}
	out, err = h.Ledger.Void(head, e.Key, stale, ledger.Idem{})
	code(t, "changed_meanwhile", out, err)
	out, err = decideVoid(t, h, head, e.Key, true)
	must(t, out, err)
	verified(t, h)
}
