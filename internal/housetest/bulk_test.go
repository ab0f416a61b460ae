package housetest_test

import (
	"bytes"
	"testing"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestBulk: of 500 as they were listed seven have changed since: 493 are done,
// seven are told so, and all that was done is in the trail.
func TestBulk(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, step{"roles": []string{"duty_leader"}})
	var items []ledger.Item
	stale := map[int]bool{}
	for i := range 500 {
		e := h.Submitted(t)
		items = append(items, ledger.Item{Entry: e.Entry, Digest: *e.Digest})
		if i%72 == 5 {
			stale[i] = true
			back, err := h.Ledger.Withdraw(h.As(t.Context(), "officer"), e.Key, e.ETag, ledger.Idem{})
			if err != nil {
				t.Fatal(err)
			}
			// Filed anew, with something else in it.
			saved, err := h.Ledger.SaveDraft(h.As(t.Context(), "officer"), e.Key, back.Entry.ETag, back.Entry.Version, bytes.Replace(h.Search(), []byte("301"), []byte("302"), 1), ledger.Idem{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Ledger.Submit(h.As(t.Context(), "officer"), e.Key, saved.Entry.ETag, "", ledger.Idem{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(stale) != 7 {
		t.Fatalf("%d stale", len(stale))
	}
	run := func() (done, refused int) {
		n := 0
		err := h.Ledger.ApproveAll(h.As(t.Context(), "duty leader"), h.Prison, items, ledger.Idem{Key: "bulk-of-500", Route: "approvals"}, func(_ ledger.Item, out ledger.Outcome, err error) error {
			switch {
			case err == nil && !stale[n] && out.Entry.State == ledger.Approved && out.Receipt != nil:
				done++
			case stale[n] && fault.Is(err, fault.Stale):
				refused++
			default:
				t.Errorf("item %d: %v", n, err)
			}
			n++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return done, refused
	}
	// Sent twice, as after a lost answer: the same results, nothing done twice.
	for range 2 {
		if done, refused := run(); done != 493 || refused != 7 {
			t.Fatalf("%d done, %d refused", done, refused)
		}
	}
	var decisions, events, leaves int
	err := h.Owner.QueryRow(t.Context(), `select (select count(*) from decisions), (select count(*) from events where kind = 'approved'),
		(select count(*) from log_leaves where kind = 'decision')`).Scan(&decisions, &events, &leaves)
	if err != nil || decisions != 493 || events != 493 || leaves != 493 {
		t.Errorf("%d decisions, %d events, %d leaves: %v", decisions, events, leaves, err)
	}
}
