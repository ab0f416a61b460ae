package housetest_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// searchAt is a search that happened at a time.
func searchAt(h *housetest.House, at time.Time) json.RawMessage {
	var doc map[string]any
	_ = json.Unmarshal(h.Search(), &doc)
	stamp := func(d time.Duration) string { return at.Add(d).In(catalog.Zone).Format(time.RFC3339) }
	doc["started_at"], doc["ended_at"] = stamp(-time.Hour), stamp(0)
	doc["clips"] = []map[string]any{{"camera_code": "A3-0102", "from": stamp(-time.Hour), "to": stamp(0), "locked": true}}
	raw, _ := json.Marshal(doc)
	return raw
}

// refused wants a refusal with a cause that names who can lift it, in both languages.
func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code {
		t.Errorf("%s: %v, want %s", what, err, code)
		return
	}
	who, _ := f.Detail["who"].(fault.Text)
	if who.ZH == "" || who.EN == "" {
		t.Errorf("%s: %s does not say who can lift it", what, code)
	}
}

// TestLocks: after the lock nothing is begun, filed or returned as nil without
// an exception; before it what is late is taken and marked so.
func TestLocks(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	officer := h.As(ctx, "officer")
	lockDays := int(h.Catalog.Setting("lock_days"))
	old, late := time.Now().AddDate(0, 0, -lockDays-30), time.Now().AddDate(0, 0, -lockDays+30)
	for _, at := range []time.Time{old, late, time.Now(), time.Now().AddDate(0, 0, 8)} {
		if err := h.Duty.Plan(ctx, h.Prison, at.AddDate(0, 0, -1), at.AddDate(0, 0, 1)); err != nil {
			t.Fatal(err)
		}
	}
	begin := func(at time.Time, body json.RawMessage) error {
		_, err := h.Ledger.Create(officer, ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search", Body: body, For: at}, ledger.Idem{})
		return err
	}
	file := func(at time.Time) (ledger.Outcome, error) {
		e := h.Begin(t, "officer", "cell-body-search", json.RawMessage(`{}`))
		out, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag, e.Version, searchAt(h, at), ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		return h.Ledger.Submit(officer, e.Key, out.Entry.ETag, "", ledger.Idem{})
	}
	blank := func(at time.Time) error {
		_, err := h.Ledger.Nil(officer, ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "hazard-rectification"}, at, ledger.Idem{})
		return err
	}
	refused(t, "begun for an old period", begin(old, nil), "period_expired")
	refused(t, "begun with an old time", begin(time.Time{}, searchAt(h, old)), "period_expired")
	_, err := file(old)
	refused(t, "filed", err, "period_expired")
	// The form hears of it before anybody submits, with who can lift it.
	draft := h.Begin(t, "officer", "cell-body-search", json.RawMessage(`{}`))
	checked, err := h.Ledger.Check(officer, draft.Key, searchAt(h, old))
	if i := slices.IndexFunc(checked.Errors, func(f fault.Field) bool { return f.Code == "period_expired" }); err != nil || i < 0 || checked.Errors[i].Text.ZH == "" {
		t.Errorf("checked: %+v %v", checked.Errors, err)
	}
	checked, err = h.Ledger.Check(officer, draft.Key, searchAt(h, late))
	if err != nil || slices.ContainsFunc(checked.Errors, func(f fault.Field) bool { return f.Code == "period_expired" }) {
		t.Errorf("checked before the lock: %+v %v", checked.Errors, err)
	}
	refused(t, "nil return", blank(old), "period_expired")
	refused(t, "begun ahead", begin(time.Now().AddDate(0, 0, 8), nil), "period_not_begun")
	// Before the lock.
	out, err := file(late)
	if err != nil {
		t.Fatalf("late, before the lock: %v", err)
	}
	if err := blank(late); err != nil {
		t.Errorf("nil return, late: %v", err)
	}
	list, err := h.Duty.List(officer, h.Prison, duty.Filter{Areas: []uuid.UUID{h.Area}, Ledgers: []string{"cell-body-search"}, DueFrom: late.AddDate(0, 0, -1), DueTo: late.AddDate(0, 0, 9)})
	if err != nil || !slices.ContainsFunc(list, func(d duty.Duty) bool {
		return d.State == duty.Backfilled && d.Entry != nil && *d.Entry == out.Entry.Entry
	}) {
		t.Errorf("what is late is marked so: %+v %v", list, err)
	}
	// What was filed in time may come back and be filed again, but not be moved behind the lock.
	back, err := h.Ledger.Withdraw(officer, out.Entry.Key, out.Entry.ETag, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	moved, err := h.Ledger.SaveDraft(officer, out.Entry.Key, back.Entry.ETag, back.Entry.Version, searchAt(h, old), ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Ledger.Submit(officer, out.Entry.Key, moved.Entry.ETag, "", ledger.Idem{})
	refused(t, "moved behind the lock", err, "period_expired")

	// The exception, for the days and until its end.
	day := func(at time.Time) string { return catalog.DayOf(at) }
	unlock := duty.Relief{Kind: duty.Unlock, Areas: []uuid.UUID{h.Area}, Ledger: "cell-body-search", FromDay: day(old.AddDate(0, 0, -1)), ToDay: day(old.AddDate(0, 0, 1)),
		Expires: day(time.Now()), Reason: "补录停电期间的检查"}
	asked := askRelief(t, h, "officer", unlock)
	refused(t, "only asked for", begin(old, nil), "period_expired")
	decide(t, h, "custody head", asked.ID, "refuse")
	elsewhere := unlock
	elsewhere.Areas = []uuid.UUID{h.Other}
	other := unlock
	other.FromDay, other.ToDay = day(old.AddDate(0, 0, -40)), day(old.AddDate(0, 0, -30))
	askRelief(t, h, "custody head", elsewhere)
	askRelief(t, h, "custody head", other)
	refused(t, "excepted elsewhere and for other days", begin(old, nil), "period_expired")
	given := askRelief(t, h, "custody head", unlock)
	if !given.Given || given.State != duty.Granted {
		t.Fatalf("the owner's head gives it: %+v", given)
	}
	if err := begin(old, nil); err != nil {
		t.Errorf("under the exception: %v", err)
	}
	if _, err := file(old); err != nil {
		t.Errorf("filed under the exception: %v", err)
	}
	if _, err := h.Owner.Exec(ctx, "update reliefs set expires_on = expires_on - 1 where relief_id = $1", given.ID); err != nil {
		t.Fatal(err)
	}
	refused(t, "after the exception's end", begin(old, nil), "period_expired")
	if _, err := h.Owner.Exec(ctx, "update reliefs set expires_on = expires_on + 1 where relief_id = $1", given.ID); err != nil {
		t.Fatal(err)
	}
	decide(t, h, "custody head", given.ID, "revoke")
	refused(t, "after its revocation", begin(old, nil), "period_expired")
	if _, err := h.Duty.Ask(h.As(ctx, "education head"), h.Prison, unlock, ledger.Idem{}); fault.CodeOf(err) != "forbidden" {
		t.Errorf("another department's head: %v", err)
	}
	verified(t, h)
}

// TestLockCauses: each cause has its own code, says why in both languages and
// who can lift it, on the duty, on the entry and in the refusal.
func TestLockCauses(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	officer := h.As(ctx, "officer")
	lockDays := int(h.Catalog.Setting("lock_days"))
	old := time.Now().AddDate(0, 0, -lockDays-30)
	for _, at := range []time.Time{old, time.Now()} {
		if err := h.Duty.Plan(ctx, h.Prison, at.AddDate(0, 0, -1), at.AddDate(0, 0, 2)); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	note := func(what string, l *ledger.Lock, want string) {
		t.Helper()
		switch {
		case l == nil && want == "":
		case l == nil || l.Code != want:
			t.Errorf("%s: %+v, want %s", what, l, want)
		case l.Why.ZH == "" || l.Why.EN == "" || l.Who.ZH == "" || l.Who.EN == "":
			t.Errorf("%s: %+v says too little", what, l)
		default:
			seen[l.Code] = true
		}
	}
	e := h.Submitted(t)
	lockOf := func(id string, at time.Time) *ledger.Lock {
		t.Helper()
		list, err := h.Duty.List(officer, h.Prison, duty.Filter{Areas: []uuid.UUID{h.Area}, Ledgers: []string{id}, DueFrom: at.AddDate(0, 0, -1), DueTo: at.AddDate(0, 0, 9)})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list {
			if d.Starts.Before(at) && !d.Ends.Before(at) {
				return d.Lock
			}
		}
		t.Fatalf("nothing is due from %s at %s", id, at)
		return nil
	}
	note("open", lockOf("duty-log", time.Now()), "")
	note("not begun", lockOf("duty-log", time.Now().Add(24*time.Hour)), "period_not_begun")
	note("expired", lockOf("duty-log", old), "period_expired")
	note("under approval", lockOf("cell-body-search", time.Now().Add(-time.Hour)), "under_approval")
	entry := func(who string, k ledger.Key) *ledger.Lock {
		t.Helper()
		v, err := h.Ledger.Get(h.As(ctx, who), k)
		if err != nil {
			t.Fatal(err)
		}
		return v.Lock
	}
	note("submitted", entry("officer", e.Key), "under_approval")
	draft := h.Begin(t, "officer", "cell-body-search", h.Search())
	note("one's own draft", entry("officer", draft.Key), "")
	note("another's draft", entry("area head", draft.Key), "another_hand")
	done := approved(t, h)
	note("approved", entry("officer", done.Key), "in_force")
	note("voided", entry("officer", voided(t, h, done).Entry.Key), "voided")
	_, err := h.Ledger.Create(officer, ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "kitchen-hygiene", Body: json.RawMessage(`{}`)}, ledger.Idem{})
	refused(t, "a kitchen's ledger in an ordinary area", err, "not_for_area")
	if len(seen) < 6 {
		t.Errorf("only %d causes were met: %v", len(seen), seen)
	}
}

// TestBegunLate: what is begun for a shift that is over speaks of that shift, not
// of the one under way, and guesses no minute.
func TestBegunLate(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	noon := time.Now().In(catalog.Zone).AddDate(0, 0, -3).Truncate(time.Minute)
	noon = time.Date(noon.Year(), noon.Month(), noon.Day(), 12, 0, 0, 0, catalog.Zone)
	if err := h.Duty.Plan(ctx, h.Prison, noon.AddDate(0, 0, -1), time.Now().AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	begun := func(id string, at time.Time) map[string]any {
		t.Helper()
		out, err := h.Ledger.Create(h.As(ctx, "officer"), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: id, For: at}, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		v, err := h.Ledger.Get(h.As(ctx, "officer"), out.Entry.Key)
		if err != nil {
			t.Fatal(err)
		}
		return loose(v.Draft.Body)
	}
	log := begun("duty-log", noon)
	if log["shift"] != "day" || log["shift_start"] != noon.Add(-4*time.Hour).Format(time.RFC3339) {
		t.Errorf("the log of a day shift three days ago begins with %v %v", log["shift"], log["shift_start"])
	}
	if count := begun("headcount", noon); count["counted_at"] != nil || count["counted_by"] == nil {
		t.Errorf("a count of three days ago: %v by %v, want no time", count["counted_at"], count["counted_by"])
	}
	if count := begun("headcount", time.Now()); count["counted_at"] == nil {
		t.Error("a count of now has no time")
	}
}
