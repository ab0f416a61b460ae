package housetest_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

func approve(h *housetest.House, t *testing.T, who string, e ledger.Entry) (ledger.Outcome, error) {
	t.Helper()
	return h.Ledger.Approve(h.As(t.Context(), who), e.Key, ledger.Judgement{Digest: *e.Digest}, ledger.Idem{})
}

// TestThread follows one entry from the key press to the score.
func TestThread(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	officer := h.As(ctx, "officer")
	e := h.Begin(t, "officer", "cell-body-search", h.Finding())
	_, err := h.Ledger.Submit(officer, e.Key, e.ETag, "", ledger.Idem{})
	if f, ok := err.(*fault.Error); !ok || f.Code != "invalid_document" || len(f.Fields) != 1 || f.Fields[0].Pointer != "/@evidence/finding_photo" {
		t.Fatalf("without the photo: %v", err)
	}
	photo := housetest.Photo(1)
	h.Attach(t, "officer", e.Key, "finding_photo", photo)
	out, err := h.Ledger.Submit(officer, e.Key, e.ETag, "", ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if out.Receipt == nil || out.Receipt.Size == 0 || out.Entry.State != ledger.Submitted {
		t.Fatalf("submitted: %+v", out)
	}
	// It goes back once, with a remark that the officer then sees.
	back, err := h.Ledger.Return(h.As(ctx, "duty leader"), e.Key, ledger.Judgement{Digest: *out.Entry.Digest, Comment: "请补充", Remarks: []ledger.Remark{{Pointer: "/places", Text: "写全"}}}, ledger.Idem{})
	if err != nil || back.Entry.State != ledger.Returned {
		t.Fatalf("returned: %+v %v", back, err)
	}
	revised, err := h.Ledger.Revise(officer, e.Key, back.Entry.ETag, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := h.Ledger.Get(officer, e.Key)
	if err != nil {
		t.Fatal(err)
	}
	// Nothing of what was filed is lost by coming back: neither a value nor a file.
	filed := ask(t, h, "select convert_from(canonical, 'UTF8') from revisions where entry_id = $1 and revision = 1", e.Entry)
	if held, err := integrity.Canonical(v.Draft.Body); err != nil || string(held) != filed || len(filed) < 100 {
		t.Errorf("came back as %s (%v), filed as %s", held, err, filed)
	}
	if len(v.Attached) != 1 {
		t.Errorf("%d files came back, 1 was filed", len(v.Attached))
	}
	if diff := cmp.Diff([]ledger.Remark{{Text: "请补充"}, {Pointer: "/places", Text: "写全"}}, v.Draft.Remarks); diff != "" {
		t.Errorf("remarks (-want +got):\n%s", diff)
	}
	if len(v.Attached) != 1 {
		t.Errorf("the photo did not come back with the draft: %+v", v.Attached)
	}
	out, err = h.Ledger.Submit(officer, e.Key, revised.Entry.ETag, "", ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"duty leader", "area head"} {
		if out, err = approve(h, t, who, out.Entry); err != nil {
			t.Fatalf("%s: %v", who, err)
		}
	}
	if out.Entry.State != ledger.Approved || out.Entry.InForce != 2 {
		t.Fatalf("after the chain: %+v", out.Entry)
	}
	ev, body, err := h.Ledger.OpenEvidence(officer, e.Key, 2, v.Attached[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	if err != nil || sha256.Sum256(got) != [32]byte(ev.Sha256) || string(got) != string(photo) {
		t.Errorf("evidence: %v", err)
	}
	// The duty of the week is filled and the fact of the day says so.
	day := out.Entry.Day
	if err := h.Duty.Plan(officer, h.Prison, time.Now().AddDate(0, 0, -1), time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := h.Duty.Refresh(officer, h.Prison, h.Area, "cell-body-search", day); err != nil {
		t.Fatal(err)
	}
	facts, err := h.Duty.Store.Facts(officer, ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}, h.Area, day, day)
	if err != nil {
		t.Fatal(err)
	}
	entries := ""
	for _, f := range facts {
		if f.Measure == "entries" {
			entries = f.Value.String()
		}
	}
	if entries != "1" {
		t.Errorf("facts: %+v", facts)
	}
}

// TestLastApprovals lets two area heads decide the last step at once, 200
// times: always approved, always exactly once.
func TestLastApprovals(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for range 200 {
		out, err := approve(h, t, "duty leader", h.Submitted(t))
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, who := range []string{"area head", "second area head"} {
			wg.Go(func() { _, errs[i] = approve(h, t, who, out.Entry) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden):
				t.Fatalf("the loser: %v", err)
			}
		}
		v, err := h.Ledger.Get(h.As(t.Context(), "officer"), out.Entry.Key)
		if err != nil {
			t.Fatal(err)
		}
		if won != 1 || v.Entry.State != ledger.Approved || len(v.Decisions) != 2 {
			t.Fatalf("%d won, state %s, %d decisions: %v", won, v.Entry.State, len(v.Decisions), errs)
		}
	}
}

// TestReplay repeats writes under their key: one entry, one answer; the same
// key for something else is refused.
func TestReplay(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := h.As(t.Context(), "officer")
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search", Body: h.Search()}
	key := ledger.Idem{Key: "key-of-one-form", Route: "create", BodyHash: sha256.Sum256(n.Body)}
	var wg sync.WaitGroup
	outs := make([]ledger.Outcome, 8)
	for i := range outs {
		wg.Go(func() {
			var err error
			if outs[i], err = h.Ledger.Create(ctx, n, key); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, o := range outs[1:] {
		if o.Entry.Entry != outs[0].Entry.Entry {
			t.Fatalf("two entries: %s and %s", outs[0].Entry.Entry, o.Entry.Entry)
		}
	}
	key.BodyHash[0]++
	if _, err := h.Ledger.Create(ctx, n, key); fault.CodeOf(err) != "idempotency_key_reused" {
		t.Errorf("another body under the same key: %v", err)
	}
}

// TestHangUp cancels the request while it writes: the outcome is either whole
// or nothing, and the commit itself is never cancelled.
func TestHangUp(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for i := range 40 {
		e := h.Begin(t, "officer", "cell-body-search", h.Search())
		ctx, cancel := context.WithCancel(h.As(t.Context(), "officer"))
		time.AfterFunc(time.Duration(i)*250*time.Microsecond, cancel)
		_, err := h.Ledger.Submit(ctx, e.Key, e.ETag, "", ledger.Idem{})
		v, readErr := h.Ledger.Get(h.As(t.Context(), "officer"), e.Key)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if err == nil && v.Entry.State != ledger.Submitted {
			t.Fatalf("acknowledged and %s", v.Entry.State)
		}
		if v.Entry.State == ledger.Submitted && (len(v.Revisions) != 1 || len(v.Events) != 2) {
			t.Fatalf("half a submission: %+v", v)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	e := h.Submitted(t)
	ctx := t.Context()
	j := ledger.Judgement{Digest: *e.Digest}
	stale := j
	stale.Digest[0]++
	type refusal struct {
		do   func() error
		want string
	}
	cases := map[string]refusal{
		"own entry":          {func() error { _, err := h.Ledger.Approve(h.As(ctx, "officer"), e.Key, j, ledger.Idem{}); return err }, "forbidden"},
		"not of the step":    {func() error { _, err := h.Ledger.Approve(h.As(ctx, "area head"), e.Key, j, ledger.Idem{}); return err }, "forbidden"},
		"another area":       {func() error { _, err := h.Ledger.Get(h.As(ctx, "officer elsewhere"), e.Key); return err }, "not_found"},
		"another department": {func() error { _, err := h.Ledger.Get(h.As(ctx, "education head"), e.Key); return err }, "not_found"},
		"nobody":             {func() error { _, err := h.Ledger.Get(ctx, e.Key); return err }, "not_found"},
		"what was not shown": {func() error {
			_, err := h.Ledger.Approve(h.As(ctx, "duty leader"), e.Key, stale, ledger.Idem{})
			return err
		}, "changed_meanwhile"},
		"an old etag": {func() error {
			_, err := h.Ledger.Withdraw(h.As(ctx, "officer"), e.Key, e.ETag+1, ledger.Idem{})
			return err
		}, "changed_meanwhile"},
		"a state that forbids":   {func() error { _, err := h.Ledger.Amend(h.As(ctx, "officer"), e.Key, e.ETag, ledger.Idem{}); return err }, "state_forbids"},
		"a return without words": {func() error { _, err := h.Ledger.Return(h.As(ctx, "duty leader"), e.Key, j, ledger.Idem{}); return err }, "reason_required"},
	}
	returned := func(j ledger.Judgement) func() error {
		j.Digest = *e.Digest
		return func() error { _, err := h.Ledger.Return(h.As(ctx, "duty leader"), e.Key, j, ledger.Idem{}); return err }
	}
	cases["a remark on no field"] = refusal{returned(ledger.Judgement{Remarks: []ledger.Remark{{Pointer: "/nope/~9", Text: "写全"}}}), "invalid_document"}
	cases["a remark on no row"] = refusal{returned(ledger.Judgement{Remarks: []ledger.Remark{{Pointer: "/clips/x/camera_code", Text: "写全"}}}), "invalid_document"}
	cases["a remark too long"] = refusal{returned(ledger.Judgement{Remarks: []ledger.Remark{{Pointer: "/clips/0/camera_code", Text: strings.Repeat("长", 501)}}}), "invalid_document"}
	cases["a comment too long"] = refusal{returned(ledger.Judgement{Comment: strings.Repeat("长", 501)}), "invalid_document"}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if err := c.do(); fault.CodeOf(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if _, err := h.Ledger.Get(h.As(ctx, "officer"), e.Key); err != nil {
		t.Errorf("the author: %v", err)
	}
	var f *fault.Error
	if _, err := h.Ledger.Approve(h.As(ctx, "officer"), e.Key, j, ledger.Idem{}); !errors.As(err, &f) || f.Detail["reason"] == nil {
		t.Errorf("a denial says why: %v", err)
	}
}

// TestAbsurdTime: a draft holds what is typed, a year that no calendar has too,
// however it comes; what is filed says when it happened.
func TestAbsurdTime(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	for _, at := range []string{"0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"} {
		body := json.RawMessage(`{"shift_end":"` + at + `"}`)
		out, err := h.Ledger.Create(officer, ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "duty-log", Body: body}, ledger.Idem{})
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		if _, err := h.Ledger.SaveDraft(officer, out.Entry.Key, out.Entry.ETag, out.Entry.Version, body, ledger.Idem{}); err != nil {
			t.Errorf("%s: %v", at, err)
		}
		doc, err := catalog.ParseDocument(body)
		if err != nil {
			t.Fatal(err)
		}
		var refused *fault.Error
		if _, err := h.Catalog.Current("duty-log").Occurred(doc); !errors.As(err, &refused) || len(refused.Fields) != 1 || refused.Fields[0].Pointer != "/shift_end" {
			t.Errorf("%s: filed as of then, or without the field: %v", at, err)
		}
	}
}
