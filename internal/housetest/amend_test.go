package housetest_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
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
