package housetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/schemas"
)

// TestTwiceAtOnce does every change of an entry twice at the same moment:
// exactly one is done, and the other is told why not.
func TestTwiceAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	officer := h.As(ctx, "officer")
	none := ledger.Idem{}
	judged := func(e ledger.Entry) ledger.Judgement {
		return ledger.Judgement{Digest: *e.Digest, Comment: "请核对"}
	}
	draft := func(*testing.T) ledger.Entry { return h.Begin(t, "officer", "cell-body-search", h.Search()) }
	submitted := func(t *testing.T) ledger.Entry { return h.Submitted(t) }
	returned := func(t *testing.T) ledger.Entry {
		t.Helper()
		e := h.Submitted(t)
		out, err := h.Ledger.Return(h.As(ctx, "duty leader"), e.Key, judged(e), none)
		if err != nil {
			t.Fatal(err)
		}
		return out.Entry
	}
	inForce := func(t *testing.T) ledger.Entry { return approved(t, h) }
	amending := func(t *testing.T) ledger.Entry {
		t.Helper()
		e := approved(t, h)
		out, err := h.Ledger.Amend(officer, e.Key, e.ETag, none)
		if err != nil {
			t.Fatal(err)
		}
		return out.Entry
	}
	voiding := func(t *testing.T) ledger.Entry {
		t.Helper()
		out, err := askVoid(t, h, "officer", approved(t, h).Key)
		if err != nil {
			t.Fatal(err)
		}
		return out.Entry
	}
	withdrawn := func(t *testing.T) ledger.Entry {
		t.Helper()
		e := h.Submitted(t)
		out, err := h.Ledger.Withdraw(officer, e.Key, e.ETag, none)
		if err != nil {
			t.Fatal(err)
		}
		return out.Entry
	}
	leaders := []context.Context{h.As(ctx, "duty leader"), h.As(ctx, "second duty leader")}
	heads := []context.Context{h.As(ctx, "custody head"), h.As(ctx, "custody head")}
	authors := []context.Context{officer, officer}
	type act func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error)
	cases := map[string]struct {
		from func(*testing.T) ledger.Entry
		as   []context.Context
		do   act
		want ledger.State
	}{
		"save": {draft, authors, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.SaveDraft(ctx, e.Key, e.ETag, e.Version, h.Search(), none)
		}, ledger.Draft},
		"submit": {draft, authors, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.Submit(ctx, e.Key, e.ETag, "", none)
		}, ledger.Submitted},
		"discard": {draft, authors, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.Discard(ctx, e.Key, e.ETag, "", none)
		}, ledger.Discarded},
		"discard what was submitted": {withdrawn, authors, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.Discard(ctx, e.Key, e.ETag, "重复填报", none)
		}, ledger.Discarded},
		"withdraw": {submitted, authors, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.Withdraw(ctx, e.Key, e.ETag, none)
		}, ledger.Draft},
		"approve": {submitted, leaders, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.Approve(ctx, e.Key, judged(e), none)
		}, ledger.Submitted},
		"return": {submitted, leaders, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.Return(ctx, e.Key, judged(e), none)
		}, ledger.Returned},
		"revise": {returned, authors, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.Revise(ctx, e.Key, e.ETag, none)
		}, ledger.Draft},
		"amend": {inForce, authors, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.Amend(ctx, e.Key, e.ETag, none)
		}, ledger.Draft},
		"ask for a void": {inForce, authors, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.AskVoid(ctx, e.Key, judged(e), none)
		}, ledger.Approved},
		"refuse a void": {voiding, heads, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.RefuseVoid(ctx, e.Key, judged(e), none)
		}, ledger.Approved},
		"void": {voiding, heads, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.Void(ctx, e.Key, judged(e), none)
		}, ledger.Voided},
		"give up a correction": {amending, authors, func(ctx context.Context, e ledger.Entry) (ledger.Outcome, error) {
			return h.Ledger.Discard(ctx, e.Key, e.ETag, "", none)
		}, ledger.Approved},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for range 5 {
				e := c.from(t)
				var errs [2]error
				var both sync.WaitGroup
				start := make(chan struct{})
				for i, who := range c.as {
					both.Go(func() {
						<-start
						_, errs[i] = c.do(who, e)
					})
				}
				close(start)
				both.Wait()
				if (errs[0] == nil) == (errs[1] == nil) {
					t.Fatalf("not once: %v, %v", errs[0], errs[1])
				}
				var f *fault.Error
				i := slices.IndexFunc(errs[:], func(err error) bool { return err != nil })
				if !errors.As(errs[i], &f) || f.Kind != fault.Conflict && f.Kind != fault.Stale && f.Kind != fault.Forbidden {
					t.Errorf("the other: %v", errs[i])
				}
				v, err := h.Ledger.Get(officer, e.Key)
				if err != nil || v.Entry.State != c.want {
					t.Errorf("now %s, want %s: %v", v.Entry.State, c.want, err)
				}
			}
		})
	}
}

// TestAlikeAtOnce: what may be filed once a month is, when two file it at once.
func TestAlikeAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	names, err := fs.Glob(schemas.FS, "ledgers/points-assessment/v1/valid/*.json")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := fs.ReadFile(schemas.FS, names[0])
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		typ := h.Catalog.Current("points-assessment")
		var doc map[string]any
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		doc["inmate_ref"] = fmt.Sprintf("%010d", rand.IntN(1e9))
		body, _ := json.Marshal(doc)
		var drafts [2]ledger.Entry
		for i := range drafts {
			drafts[i] = h.Begin(t, "officer", typ.ID, body)
			needs, err := typ.EvidenceNeeds(catalog.Document{Value: doc})
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range needs {
				for range n.Min {
					h.Attach(t, "officer", drafts[i].Key, n.ID, housetest.Photo(i))
				}
			}
		}
		var errs [2]error
		var both sync.WaitGroup
		for i, e := range drafts {
			both.Go(func() {
				_, errs[i] = h.Ledger.Submit(h.As(t.Context(), "officer"), e.Key, e.ETag, "", ledger.Idem{})
			})
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("not once: %v, %v", errs[0], errs[1])
		}
	}
}
