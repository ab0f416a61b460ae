package housetest_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestClosedIsNotCorrected: a hazard that was closed later was open when it was
// counted; one that was found later than first said was not.
func TestClosedIsNotCorrected(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	k := filedAt(t, h, "hazard-rectification", h.Area, noon, said("found_at", after(0), "result", "open"))
	e := h.Begin(t, "officer", "duty-log", mustJSON(t, shift))
	correctedTo(t, h, k, said("result", "done", "rectified_at", after(48*time.Hour)))
	if p, held := pinAt(t, h, "officer", e.Key, "/open_hazards"); p.Corrected || held != "1" {
		t.Errorf("closed two days later: %+v, %s", p, held)
	}
	if _, err := h.Owner.Exec(t.Context(), "update entries set occurred_at = $2 where entry_id = $1", k.Entry, noon.AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	if p, _ := pinAt(t, h, "officer", e.Key, "/open_hazards"); !p.Corrected {
		t.Errorf("found a day later than was said: %+v", p)
	}
}

// TestPinsFollowTheInmate: a draft that names somebody else takes their figures;
// rows that were offered and are untouched go with the first, typed ones stay.
func TestPinsFollowTheInmate(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	filedAt(t, h, "reward-punishment", h.Area, noon, said("inmate_ref", zhang, "points_deduction", 100))
	filedAt(t, h, "reward-punishment", h.Area, noon, said("inmate_ref", li, "points_deduction", 200))
	e := h.Begin(t, "officer", "points-assessment", mustJSON(t, said("assess_month", lastMonth())))
	for _, step := range []struct {
		inmate, want string
		retaken      bool
	}{{zhang, "100", true}, {zhang, "100", false}, {li, "200", true}, {"", "", true}, {"", "", false}} {
		body := said("assess_month", lastMonth())
		if step.inmate != "" {
			body["inmate_ref"] = step.inmate
		}
		if step.want != "" {
			body["punishment_deduction"] = json.Number(step.want)
		}
		out, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag, e.Version, mustJSON(t, body), ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		e = out.Entry
		if p, held := pinAt(t, h, "officer", e.Key, "/punishment_deduction"); held != step.want || (p != nil) != (step.want != "") || out.Retaken != step.retaken {
			t.Errorf("%q: %s, retaken %v, %+v; want %+v", step.inmate, held, out.Retaken, p, step)
		}
	}

	filedAt(t, h, "medical-visit", h.Area, time.Now().Add(-time.Hour), said("record_kind", "outpatient", "inmate_ref", zhang, "work_fitness", "unfit"))
	e = h.Begin(t, "officer", "labour-daily", nil)
	typed := said("work_date", catalog.DayOf(time.Now()), "absentees", rows(said("inmate_ref", li, "reason", "court")))
	out, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag, e.Version, mustJSON(t, typed), ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Ledger.Retake(officer, e.Key, out.Entry.ETag, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if p, held := pinAt(t, h, "officer", e.Key, "/absentees"); p == nil || held != `[{"inmate_ref":"0000000002","reason":"court"}]` {
		t.Errorf("typed rows: %s, %+v", held, p)
	}
}

// TestRetakeOnceOnly: of two who take the sources anew at once, one does.
func TestRetakeOnceOnly(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	k := filedAt(t, h, "headcount", h.Area, noon, said("actual_count", 60))
	e := h.Begin(t, "officer", "duty-log", mustJSON(t, shift))
	correctedTo(t, h, k, said("actual_count", 59))
	var both sync.WaitGroup
	var errs [2]error
	for i := range errs {
		both.Go(func() {
			_, errs[i] = h.Ledger.Retake(h.As(t.Context(), "officer"), e.Key, e.ETag, ledger.Idem{})
		})
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("%v, %v", errs[0], errs[1])
	}
	if p, held := pinAt(t, h, "officer", e.Key, "/inmate_count"); held != "59" || p.Corrected {
		t.Errorf("%s %+v", held, p)
	}
}
