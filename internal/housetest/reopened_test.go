package housetest_test

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

// stated files a search with what the holder stated, and what else is set.
func stated(t *testing.T, h *housetest.House, set map[string]any) ledger.Entry {
	t.Helper()
	doc := loose(h.Search())
	doc["holder_statement"] = "无异议"
	maps.Copy(doc, set)
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.Ledger.File(h.As(t.Context(), "officer"), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search", Body: raw}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	return out.Entry
}

// TestReopenedAfterVersion: what was returned or waited when a version was published
// goes on under it when it is a draft again, as drafts do: moved, or held with the
// reason in its history. A correction stays with what is in force. The report counts
// them.
func TestReopenedAfterVersion(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer, none := h.As(t.Context(), "officer"), ledger.Idem{}
	back := func(e ledger.Entry) ledger.Entry {
		t.Helper()
		out, err := h.Ledger.Return(h.As(t.Context(), "duty leader"), e.Key, ledger.Judgement{Digest: *e.Digest, Comment: "请核对"}, none)
		if err != nil {
			t.Fatal(err)
		}
		return out.Entry
	}
	waits, returned := stated(t, h, nil), back(stated(t, h, nil))
	held := stated(t, h, map[string]any{"search_mode": "surprise"})
	correcting := approved(t, h)
	c := next(t, h, "cell-body-search", func(schema, _, form map[string]any) {
		delete(properties(schema), "holder_statement")
		everywhere(t, form, "sections", `"holder_statement",`, ``)
		mode := properties(schema)["search_mode"].(map[string]any)
		mode["oneOf"] = mode["oneOf"].([]any)[:1] // planned
	})
	c.AcceptHeld = true
	p, err := propose(h, t.Context(), "custody head", c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(proposal.Drafts{Fate: "version", Returned: 1, Submitted: 2}, p.Report.Drafts); diff != "" {
		t.Error(diff)
	}
	decideAll(t, h, p, "bureau office")

	for name, x := range map[string]struct {
		e  ledger.Entry
		do func(e ledger.Entry) (ledger.Outcome, error)
	}{
		"withdrawn": {waits, func(e ledger.Entry) (ledger.Outcome, error) { return h.Ledger.Withdraw(officer, e.Key, e.ETag, none) }},
		"revised":   {returned, func(e ledger.Entry) (ledger.Outcome, error) { return h.Ledger.Revise(officer, e.Key, e.ETag, none) }},
	} {
		out, err := x.do(x.e)
		if err != nil || out.Entry.Version != 2 {
			t.Fatalf("%s: version %d, %v", name, out.Entry.Version, err)
		}
		v, err := h.Ledger.Get(officer, x.e.Key)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(loose(h.Search()), loose(v.Draft.Body)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		i := slices.IndexFunc(v.Events, func(e ledger.Event) bool { return e.Kind == "rebased" })
		if i < 0 || loose(v.Events[i].Detail)["dropped"].(map[string]any)["holder_statement"] != "无异议" {
			t.Errorf("%s: the history is %+v", name, v.Events)
		}
		if out, err := h.Ledger.Submit(officer, x.e.Key, out.Entry.ETag, "", none); err != nil || out.Entry.Version != 2 {
			t.Errorf("%s and filed: version %d, %v", name, out.Entry.Version, err)
		}
	}

	out, err := h.Ledger.Withdraw(officer, held.Key, held.ETag, none)
	if err != nil || out.Entry.Version != 1 {
		t.Fatalf("held: version %d, %v", out.Entry.Version, err)
	}
	why := ask(t, h, "select detail::text from events where entry_id = $1 and kind = 'not_moved'", held.Entry)
	var said struct {
		From, To int
		Held     []fault.Text
	}
	if err := json.Unmarshal([]byte(why), &said); err != nil || said.From != 1 || said.To != 2 || len(said.Held) != 1 || said.Held[0].ZH != titleOf(t, h, "search_mode") {
		t.Errorf("why it stays: %s", why)
	}
	if _, err := h.Ledger.Submit(officer, held.Key, out.Entry.ETag, "", none); err != nil {
		t.Errorf("finished as it is: %v", err)
	}
	if out, err = h.Ledger.Amend(officer, correcting.Key, correcting.ETag, none); err != nil || out.Entry.Version != 1 {
		t.Errorf("a correction: version %d, %v", out.Entry.Version, err)
	}
}

// TestReopenedWhilePublished withdraws while the version is published: none stays
// behind, whichever was first.
func TestReopenedWhilePublished(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	const id = "cell-body-search"
	var waiting []ledger.Entry
	for range 12 {
		waiting = append(waiting, h.Submitted(t))
	}
	p, err := propose(h, t.Context(), "custody head", otherBasis(t, h, id))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	start := make(chan struct{})
	for _, e := range waiting {
		server := h.Beside()
		all.Go(func() {
			<-start
			if _, err := server.Ledger.Withdraw(officer, e.Key, e.ETag, ledger.Idem{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Go(func() {
		<-start
		decideAll(t, h, p, "bureau office")
		if err := h.Proposals.EachBehind(t.Context(), proposal.Published{Ledger: id, Version: 2}, func(k ledger.Key) error { return h.Ledger.Rebase(t.Context(), k, 2) }); err != nil {
			t.Error(err)
		}
	})
	close(start)
	all.Wait()
	if n := ask(t, h, "select count(*)::text from entries where ledger = $1 and state = 'draft' and version = 2", id); n != "12" {
		t.Errorf("%s of 12 are of the new version", n)
	}
}
