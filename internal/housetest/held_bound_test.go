package housetest_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

// TestHeldNoMore: who accepts that drafts stay accepts as many as the report says;
// of more nobody has been told, at once or one after another.
func TestHeldNoMore(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	const id = "culture-activity"
	begin := func() { h.Begin(t, "officer", id, json.RawMessage(`{"activity_kind":"art"}`)) }
	begin()
	c := next(t, h, id, func(schema, _, _ map[string]any) {
		kind := properties(schema)["activity_kind"].(map[string]any)
		kind["oneOf"] = slices.DeleteFunc(kind["oneOf"].([]any), func(o any) bool { return o.(map[string]any)["const"] == "art" })
	})
	c.On, c.AcceptHeld = catalog.DayOf(time.Now()), true
	p, err := propose(h, ctx, "education head", c)
	if err != nil || p.Report.Drafts.Hold != 1 {
		t.Fatal(p.Report.Drafts, err)
	}
	begin()
	if done, why := approveAtOnce(t, h, "bureau office", []proposal.Proposal{p, p}); done != 0 || !slices.Equal(why, []string{"drafts_held", "drafts_held"}) {
		t.Fatalf("%d carried out, %v", done, why)
	}
	_, err = h.Proposals.Decide(h.As(ctx, "bureau office"), h.Prison, p.ID, "approve", "", p.Digest, ledger.Idem{})
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Conflict || f.Detail["report"].(proposal.Report).Drafts.Hold != 2 {
		t.Errorf("%+v", err)
	}
}
