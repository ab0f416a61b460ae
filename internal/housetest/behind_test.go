package housetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/exchange"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

// otherBasis is a next version that holds no draft.
func otherBasis(t *testing.T, h *housetest.House, id string) proposal.Content {
	t.Helper()
	return next(t, h, id, func(_, definition, _ map[string]any) {
		definition["lawful_basis"] = map[string]any{"zh": "新的依据"}
	})
}

// TestServerBehind: a server that has not yet read what another published begins and
// files nothing under the version that passed or of the ledger that ended. It reads
// the catalogue anew and goes on; where it cannot, it refuses.
func TestServerBehind(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	const id = "cell-body-search"
	ctx := h.As(t.Context(), "officer")
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: id}
	draft := h.Begin(t, "officer", id, h.Search())
	short := inForce(t, h, "tool-hazmat", map[string]any{"balance": -1})
	// The import was looked at under the first version.
	sent := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, bookOf(t, h, id, searches(h, 3, func(int) bool { return false }))))
	sent = begin(t, h, "officer", sent)
	servers := map[string]*housetest.House{}
	for _, name := range []string{"cut off", "begins", "files", "of its version", "saves", "imports", "opens", "ended"} {
		servers[name] = h.Beside()
	}
	servers["cut off"].Ledger.Refresh = func(context.Context) error { return errors.New("cut off") }
	publish(t, h, otherBasis(t, h, id))
	publish(t, h, otherBasis(t, h, "hazard-rectification"))
	p, err := propose(h, t.Context(), "bureau office", proposal.Content{Kind: proposal.Delete, Ledger: "police-training", Reason: "演练用的删除",
		On: catalog.DayOf(time.Now()), Notice: fault.Text{ZH: "不再填报"}})
	if err != nil {
		t.Fatal(err)
	}
	decideAll(t, h, p, "second bureau office", "bureau leader")
	if err := h.Ledger.Rebase(t.Context(), draft.Key, 2); err != nil {
		t.Fatal(err)
	}

	if _, err := servers["cut off"].Ledger.Create(ctx, n, ledger.Idem{}); fault.CodeOf(err) != "version_passed" {
		t.Errorf("begun by one that is cut off: %v", err)
	}
	if out, err := servers["begins"].Ledger.Create(ctx, n, ledger.Idem{}); err != nil || out.Entry.Version != 2 {
		t.Errorf("begun: version %d, %v", out.Entry.Version, err)
	}
	n.Body = h.Search()
	if out, err := servers["files"].Ledger.File(ctx, n, ledger.Idem{}); err != nil || out.Entry.Version != 2 {
		t.Errorf("filed: version %d, %v", out.Entry.Version, err)
	}
	n.Version = 1
	if _, err := servers["of its version"].Ledger.File(ctx, n, ledger.Idem{}); fault.CodeOf(err) != "version_passed" {
		t.Errorf("filed under the version it was typed under: %v", err)
	}
	if _, err := servers["saves"].Ledger.SaveDraft(ctx, draft.Key, draft.ETag, 1, h.Search(), ledger.Idem{}); fault.CodeOf(err) != "version_moved" {
		t.Errorf("saved: %v", err)
	}
	if i := through(t, servers["imports"], "officer", sent); i.State != exchange.Checked || i.Version != 2 || i.Good != 3 || i.Bad != 0 {
		t.Errorf("the import is %s under version %d: %d good, %d bad", i.State, i.Version, i.Good, i.Bad)
	}
	open(t, servers["opens"], short)
	if v := ask(t, h, "select string_agg(version::text, ' ') from entries where opened_by = $1", short.Entry); v != "2" {
		t.Errorf("opened under version %q", v)
	}
	gone := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "police-training", Body: json.RawMessage(`{}`)}
	if _, err := servers["ended"].Ledger.Create(ctx, gone, ledger.Idem{}); fault.CodeOf(err) != "ledger_ended" {
		t.Errorf("begun of what has ended: %v", err)
	}
}

// TestPublishedWhileBegun publishes while other servers begin and file: what is of
// the old version was there before it, and its drafts all move.
func TestPublishedWhileBegun(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	const id = "cell-body-search"
	ctx := h.As(t.Context(), "officer")
	p, err := propose(h, t.Context(), "custody head", otherBasis(t, h, id))
	if err != nil {
		t.Fatal(err)
	}
	old := func() string {
		return ask(t, h, "select count(*)::text from entries where ledger = $1 and version = 1", id)
	}
	var all sync.WaitGroup
	begun := make(chan struct{}, 100)
	done := make(chan struct{})
	for w := range 4 {
		server := h.Beside()
		do := server.Ledger.Create
		if w%2 == 1 {
			do = server.Ledger.File
		}
		all.Go(func() {
			for last := false; !last; {
				select {
				case <-done:
					last = true // once more, after it
				default:
				}
				out, err := do(ctx, ledger.New{Prison: h.Prison, Area: h.Area, Ledger: id, Body: h.Search()}, ledger.Idem{Key: uuid.NewString(), Route: "test"})
				if err != nil || last && out.Entry.Version != 2 {
					t.Errorf("version %d: %v", out.Entry.Version, err)
				}
				select {
				case begun <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 8 {
		<-begun
	}
	decideAll(t, h, p, "bureau office")
	before := old()
	close(done)
	all.Wait()
	if after := old(); after != before {
		t.Errorf("%s entries of the old version, then %s", before, after)
	}
	if err := h.Proposals.EachBehind(t.Context(), proposal.Published{Ledger: id, Version: 2}, func(k ledger.Key) error { return h.Ledger.Rebase(t.Context(), k, 2) }); err != nil {
		t.Fatal(err)
	}
	if n := ask(t, h, "select count(*)::text from entries where ledger = $1 and version = 1 and state = 'draft'", id); n != "0" {
		t.Errorf("%s drafts stay behind", n)
	}
}
