package housetest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

func withdrawVoid(t *testing.T, h *housetest.House, who string, k ledger.Key, why string) (ledger.Outcome, error) {
	t.Helper()
	return h.Ledger.WithdrawVoid(h.As(t.Context(), who), k, ledger.Judgement{Comment: why}, ledger.Idem{})
}

// TestVoidWithdrawn: who asked takes it back with a reason while it is undecided;
// nobody else does. The trail keeps both, and it may be asked for again.
func TestVoidWithdrawn(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	e := approved(t, h)
	out, err := withdrawVoid(t, h, "area head", e.Key, "误报")
	code(t, "state_forbids", out, err)
	out, err = askVoid(t, h, "area head", e.Key)
	must(t, out, err)
	for who, want := range map[string]string{"officer": "not_asked", "custody head": "not_asked", "duty leader": "forbidden", "education head": "not_found"} {
		out, err = withdrawVoid(t, h, who, e.Key, "误报")
		code(t, want, out, err)
	}
	out, err = withdrawVoid(t, h, "area head", e.Key, " ")
	code(t, "reason_required", out, err)
	if v, err := h.Ledger.Get(h.As(t.Context(), "area head"), e.Key); err != nil || !slices.Contains(v.Allowed, ledger.WithdrawVoid) {
		t.Errorf("who asked may %v, %v", v.Allowed, err)
	}
	before := standingOf(e)
	out, err = withdrawVoid(t, h, "area head", e.Key, "误报")
	must(t, out, err)
	if out.Entry.VoidAsked != nil || cmp.Diff(before, standingOf(out.Entry)) != "" || slices.Contains(inboxOf(t, h, h.As(t.Context(), "custody head")), e.Key) {
		t.Errorf("withdrawn: %+v", out.Entry)
	}
	out, err = decideVoid(t, h, h.As(t.Context(), "custody head"), e.Key, true)
	code(t, "state_forbids", out, err)
	if got := noticesOf(t, h, "custody head", e); !slices.Equal(got, []string{"void_asked", "void_withdrawn"}) {
		t.Errorf("the decider was told %v", got)
	}
	v := get(t, h, e)
	if i := slices.IndexFunc(v.Events, func(e ledger.Event) bool { return e.Kind == "void_withdrawn" }); i < 0 || !strings.Contains(string(mustJSON(t, v.Events[i])), "误报") || len(v.Voids) != 1 {
		t.Errorf("the trail says %+v of %+v", v.Events, v.Voids)
	}
	out, err = askVoid(t, h, "officer", e.Key)
	must(t, out, err)
	out, err = decideVoid(t, h, h.As(t.Context(), "custody head"), e.Key, true)
	must(t, out, err)
	verified(t, h)
}

// TestVoidWithdrawnAtOnce: of withdrawing and deciding at the same moment one holds.
func TestVoidWithdrawnAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for range 10 {
		e := approved(t, h)
		out, err := askVoid(t, h, "officer", e.Key)
		must(t, out, err)
		j := shownInForce(t, h, e.Key, "经核实重复填报")
		var errs [2]error
		atOnce(t, 2, func(i int) error {
			if i == 0 {
				_, errs[i] = h.Ledger.WithdrawVoid(h.As(t.Context(), "officer"), e.Key, ledger.Judgement{Comment: "误报"}, ledger.Idem{})
			} else {
				_, errs[i] = h.Ledger.Void(h.As(t.Context(), "custody head"), e.Key, j, ledger.Idem{})
			}
			return errs[i]
		}, 1)
		want := map[bool]ledger.State{true: ledger.Voided, false: ledger.Approved}[errs[1] == nil]
		if v := get(t, h, e); v.Entry.State != want || v.Entry.VoidAsked != nil {
			t.Fatalf("withdrawn %v, voided %v: %s", errs[0], errs[1], v.Entry.State)
		}
	}
}
