package housetest_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

func approved(t *testing.T, h *housetest.House) ledger.Entry {
	t.Helper()
	out := ledger.Outcome{Entry: h.Submitted(t)}
	var err error
	for _, who := range []string{"duty leader", "area head"} {
		if out, err = approve(h, t, who, out.Entry); err != nil {
			t.Fatal(err)
		}
	}
	return out.Entry
}

// moved is the search of the house two days earlier, at another place.
func moved(t *testing.T, h *housetest.House) json.RawMessage {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(h.Search(), &doc); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"started_at", "ended_at"} {
		at, err := time.Parse(time.RFC3339, doc[field].(string))
		if err != nil {
			t.Fatal(err)
		}
		doc[field] = at.AddDate(0, 0, -2).Format(time.RFC3339)
	}
	doc["places"] = []string{"302 监舍"}
	doc["clips"] = []map[string]any{{"camera_code": "A3-0102", "from": doc["started_at"], "to": doc["ended_at"], "locked": true}}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// amended files a correction of an approved entry that moves it.
func amended(t *testing.T, h *housetest.House, e ledger.Entry) ledger.Entry {
	t.Helper()
	officer := h.As(t.Context(), "officer")
	out, err := h.Ledger.Amend(officer, e.Key, e.ETag, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if out, err = h.Ledger.SaveDraft(officer, e.Key, out.Entry.ETag, out.Entry.Version, moved(t, h), ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if out, err = h.Ledger.Submit(officer, e.Key, out.Entry.ETag, "日期写错", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	return out.Entry
}

type standing struct {
	Day     string
	Summary any
	Counts  bool
	InForce int
}

func standingOf(e ledger.Entry) standing {
	var summary any
	if err := json.Unmarshal(e.Summary, &summary); err != nil {
		panic(err)
	}
	return standing{Day: e.Day, Summary: summary, Counts: e.Counts, InForce: e.InForce}
}

// TestAmendmentWaits: what is in force stands as it was until the correction is
// approved, and again when the correction is given up.
func TestAmendmentWaits(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	before := approved(t, h)
	e := amended(t, h, before)
	if diff := cmp.Diff(standingOf(before), standingOf(e)); diff != "" {
		t.Errorf("a correction moved the entry before it was approved (-was +is):\n%s", diff)
	}
	back, err := h.Ledger.Return(h.As(t.Context(), "duty leader"), e.Key, ledger.Judgement{Digest: *e.Digest, Comment: "不同意"}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Ledger.Revise(officer, e.Key, back.Entry.ETag, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.Ledger.Discard(officer, e.Key, again.Entry.ETag, "", ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(standingOf(before), standingOf(out.Entry)); diff != "" {
		t.Errorf("a correction that was given up left its mark (-was +is):\n%s", diff)
	}
	if out.Entry.Hints != before.Hints {
		t.Errorf("a correction that was given up left %d hints, want %d", out.Entry.Hints, before.Hints)
	}
	if gone := voided(t, h, e); gone.Entry.State != ledger.Voided {
		t.Errorf("voiding what was once to be corrected: %+v", gone.Entry)
	}
}

// TestAmendmentMoves: approved, the correction takes its place.
func TestAmendmentMoves(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	before := approved(t, h)
	out := ledger.Outcome{Entry: amended(t, h, before)}
	var err error
	for _, who := range []string{"duty leader", "area head"} {
		if out, err = approve(h, t, who, out.Entry); err != nil {
			t.Fatal(err)
		}
	}
	day, err := time.Parse(time.DateOnly, before.Day)
	if err != nil {
		t.Fatal(err)
	}
	want := day.AddDate(0, 0, -2).Format(time.DateOnly)
	if out.Entry.Day != want || out.Entry.InForce != 2 {
		t.Errorf("day %s, in force %d", out.Entry.Day, out.Entry.InForce)
	}
}

// TestAmendmentLinks: from each revision the page is led to the one it corrects and
// to the one that stands in its place, be corrections refused and given up between
// them; and the first is still provably what was filed (D5).
func TestAmendmentLinks(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	h := c.h
	officer := h.As(t.Context(), "officer")
	decided := func(e ledger.Entry) ledger.Entry {
		t.Helper()
		out := ledger.Outcome{Entry: e}
		var err error
		for _, who := range []string{"duty leader", "area head"} {
			if out, err = approve(h, t, who, out.Entry); err != nil {
				t.Fatal(err)
			}
		}
		return out.Entry
	}
	begun := h.Begin(t, "officer", "cell-body-search", h.Finding())
	h.Attach(t, "officer", begun.Key, "finding_photo", housetest.Photo(3))
	filed, err := h.Ledger.Submit(officer, begun.Key, begun.ETag, "", ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	e := decided(filed.Entry)
	s := verified(t, h)
	first, err := h.Ledger.Get(officer, e.Key)
	if err != nil {
		t.Fatal(err)
	}

	// Refused and given up, then one that is refused and filed again, then one more.
	refused := func(e ledger.Entry) ledger.Entry {
		t.Helper()
		out, err := vote(t, h, "duty leader", e, false)
		must(t, out, err)
		return out.Entry
	}
	e = refused(amended(t, h, e))
	out, err := h.Ledger.Discard(officer, e.Key, e.ETag, "", ledger.Idem{})
	must(t, out, err)
	e = refused(amended(t, h, out.Entry))
	out, err = h.Ledger.Revise(officer, e.Key, e.ETag, ledger.Idem{})
	must(t, out, err)
	out, err = h.Ledger.Submit(officer, e.Key, out.Entry.ETag, "日期写错", ledger.Idem{})
	must(t, out, err)
	e = decided(out.Entry)
	e = amended(t, h, e)

	links := func() map[int]ledger.Links {
		t.Helper()
		status, body := c.do(t, "GET", "/prisons/"+h.Prison.String()+"/entries/"+e.Entry.String(), "", nil)
		if status != 200 {
			t.Fatalf("%d %v", status, body)
		}
		var view struct {
			Revisions []struct {
				ledger.Links
				Revision int
			}
		}
		if err := json.Unmarshal(mustJSON(t, body), &view); err != nil {
			t.Fatal(err)
		}
		all := map[int]ledger.Links{}
		for _, r := range view.Revisions {
			all[r.Revision] = r.Links
		}
		return all
	}
	want := map[int]ledger.Links{1: {CorrectedBy: 4}, 2: {Corrects: 1}, 3: {Corrects: 1}, 4: {Corrects: 1}, 5: {Corrects: 4}}
	if diff := cmp.Diff(want, links()); diff != "" {
		t.Errorf("while the last waits (-want +got):\n%s", diff)
	}
	e = decided(e)
	want[4] = ledger.Links{Corrects: 1, CorrectedBy: 5}
	if diff := cmp.Diff(want, links()); diff != "" || e.InForce != 5 {
		t.Errorf("when it is in force (-want +got):\n%s", diff)
	}

	// What was filed first is as it was, by its digest and by the log, before and after.
	v, err := h.Ledger.Get(officer, e.Key)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.Revisions[0], v.Revisions[0]); diff != "" {
		t.Errorf("the first revision (-was +is):\n%s", diff)
	}
	files := slices.DeleteFunc(v.Evidence, func(f ledger.Evidence) bool { return f.Revision != 1 })
	rev := v.Revisions[0]
	sealed, err := ledger.Seal(rev.Ledger, rev.Version, rev.Nil, rev.Document, files)
	if err != nil || sealed != rev.Digest || sealed != *filed.Entry.Digest || len(files) != 1 {
		t.Errorf("sealed anew with %d files it is %s, was filed as %s: %v", len(files), sealed, filed.Entry.Digest, err)
	}
	s.checkpoint(t)
	for _, signed := range s.anchors {
		at, err := integrity.ParseCheckpoint(signed, s.signer.Verifier())
		if err != nil {
			t.Fatal(err)
		}
		hashes := nodes(t, h)
		proof, err := tlog.ProveRecord(at.Size, filed.Receipt.Index, hashes)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckRecord(proof, at.Size, at.Root, filed.Receipt.Index, tlog.Hash(filed.Receipt.Leaf)); err != nil {
			t.Errorf("the receipt of the first against a checkpoint of %d: %v", at.Size, err)
		}
	}
	if r := s.verify(t); len(s.anchors) != 2 || len(r.Problems) > 0 {
		t.Errorf("%d checkpoints, %+v", len(s.anchors), r.Problems)
	}
}

// nodes are the hashes that the house keeps of its log.
func nodes(t *testing.T, h *housetest.House) tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, idx := range indexes {
			var raw []byte
			if err := h.Owner.QueryRow(t.Context(), "select hash from log_hashes where prison_id = $1 and idx = $2", h.Prison, idx).Scan(&raw); err != nil {
				return nil, err
			}
			out[i] = tlog.Hash(raw)
		}
		return out, nil
	}
}

// TestNilReturns: for a duty that has begun, once, and never a way round the chain.
func TestNilReturns(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "tool-hazmat"}
	if _, err := h.Ledger.Nil(officer, n, time.Now(), ledger.Idem{}); fault.CodeOf(err) != "nil_without_duty" {
		t.Errorf("without a duty: %v", err)
	}
	if err := h.Duty.Plan(t.Context(), h.Prison, time.Now().Add(-48*time.Hour), time.Now().Add(48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Ledger.Nil(officer, n, time.Now().Add(30*time.Hour), ledger.Idem{}); fault.CodeOf(err) != "period_not_begun" {
		t.Errorf("ahead of time: %v", err)
	}
	for i := range 3 {
		at := time.Now().Add(time.Duration(-8*i) * time.Hour)
		out, err := h.Ledger.Nil(officer, n, at, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		if !out.Entry.OccurredAt.Before(at.Add(time.Minute)) || !out.Entry.Nil {
			t.Errorf("%+v", out.Entry)
		}
	}
	if _, err := h.Ledger.Nil(officer, n, time.Now(), ledger.Idem{}); fault.CodeOf(err) != "period_filed" {
		t.Errorf("the same period again: %v", err)
	}
	out, err := h.Ledger.Nil(officer, n, time.Now().Add(-24*time.Hour), ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	open, err := h.Ledger.Withdraw(officer, out.Entry.Key, out.Entry.ETag, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := h.Ledger.Get(officer, open.Entry.Key)
	if err != nil || string(v.Draft.Body) != "{}" {
		t.Fatalf("the draft of a nil return taken back: %s %v", v.Draft.Body, err)
	}
	if _, err := h.Ledger.Submit(officer, open.Entry.Key, open.Entry.ETag, "", ledger.Idem{}); fault.CodeOf(err) != "invalid_document" {
		t.Errorf("an empty document in place of a nil return: %v", err)
	}
}
