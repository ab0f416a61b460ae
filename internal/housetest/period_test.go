package housetest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

const weeklySearch = "cell-body-search" // due once a week

// lastWednesday of the week before this one, at noon.
func lastWednesday() time.Time {
	now := time.Now().In(catalog.Zone)
	monday := now.AddDate(0, 0, -(int(now.Weekday())+6)%7-7)
	return time.Date(monday.Year(), monday.Month(), monday.Day()+2, 12, 0, 0, 0, catalog.Zone)
}

// weekly is the search of the house at another time.
func weekly(t *testing.T, h *housetest.House, at time.Time) json.RawMessage {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(h.Search(), &doc); err != nil {
		t.Fatal(err)
	}
	doc["started_at"], doc["ended_at"] = at.Format(time.RFC3339), at.Add(time.Hour).Format(time.RFC3339)
	doc["clips"] = []map[string]any{{"camera_code": "A3-0102", "from": doc["started_at"], "to": doc["ended_at"], "locked": true}}
	return mustJSON(t, doc)
}

// weeks are what the facts say of the search in each week of a span, by its last day.
func weeks(t *testing.T, h *housetest.House) string {
	t.Helper()
	list, err := h.Duty.Heat(h.As(t.Context(), "warden"), h.Prison, h.Area, weeklySearch, catalog.DayOf(time.Now().AddDate(0, 0, -30)), catalog.DayOf(time.Now().AddDate(0, 0, 10)))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range list {
		out = append(out, fmt.Sprintf("%s due %d filled %d late %d missing %d", c.Day, c.Due, c.Filled, c.Late+c.Backfilled, c.Missing))
	}
	return strings.Join(out, "; ")
}

// TestLatePeriods: whatever becomes of an entry reckons the day of the duty in
// whose week it lies, the one it left and the one it came to.
func TestLatePeriods(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	wednesday := lastWednesday()
	sunday, before := catalog.DayOf(wednesday.AddDate(0, 0, 4)), catalog.DayOf(wednesday.AddDate(0, 0, -3))
	if err := h.Duty.PlanWhole(t.Context(), h.Prison, wednesday.AddDate(0, 0, -10), wednesday.AddDate(0, 0, 2)); err != nil {
		t.Fatal(err)
	}
	if err := h.Duty.RefreshDue(t.Context(), h.Prison, time.Now().AddDate(0, 0, -40), time.Now()); err != nil {
		t.Fatal(err)
	}
	says := func(what string, early, late string) {
		t.Helper()
		reckoned(t, h)
		if got, want := weeks(t, h), before+" "+early+"; "+sunday+" "+late; got != want {
			t.Errorf("%s:\n got %s\nwant %s", what, got, want)
		}
	}
	const none, full, returned = "due 1 filled 0 late 0 missing 1", "due 1 filled 1 late 1 missing 0", "due 1 filled 0 late 1 missing 0"
	says("nothing filed", none, none)
	officer := h.As(t.Context(), "officer")
	file := func(at time.Time) ledger.Entry {
		t.Helper()
		e := h.Begin(t, "officer", weeklySearch, weekly(t, h, at))
		out, err := h.Ledger.Submit(officer, e.Key, e.ETag, "", ledger.Idem{})
		must(t, out, err)
		return out.Entry
	}
	sign := func(e ledger.Entry) ledger.Entry {
		t.Helper()
		for _, who := range []string{"duty leader", "area head"} {
			out, err := approve(h, t, who, e)
			must(t, out, err)
			e = out.Entry
		}
		return e
	}
	e := file(wednesday)
	sent, err := vote(t, h, "duty leader", e, false)
	must(t, sent, err)
	says("returned", none, returned)
	e = sign(file(wednesday.Add(2 * time.Hour)))
	gone, err := h.Ledger.Discard(officer, sent.Entry.Key, sent.Entry.ETag, "重复填报", ledger.Idem{})
	must(t, gone, err)
	says("filed once more, the other thrown away", none, full)
	out, err := h.Ledger.Amend(officer, e.Key, e.ETag, ledger.Idem{})
	must(t, out, err)
	out, err = h.Ledger.SaveDraft(officer, e.Key, out.Entry.ETag, out.Entry.Version, weekly(t, h, wednesday.AddDate(0, 0, -7)), ledger.Idem{})
	must(t, out, err)
	out, err = h.Ledger.Submit(officer, e.Key, out.Entry.ETag, "日期写错", ledger.Idem{})
	must(t, out, err)
	e = sign(out.Entry)
	says("corrected into the week before", full, none)
	voided(t, h, e)
	says("voided", none, none)
}

// TestExcuseCuts: an excuse that ends before a period does is refused, and names it.
func TestExcuseCuts(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	wednesday := lastWednesday()
	day := func(n int) string { return catalog.DayOf(wednesday.AddDate(0, 0, n)) }
	year, week := wednesday.ISOWeek()
	for name, c := range map[string]struct {
		ledger, from, to, period string
		named                    string
	}{
		"part of a week":              {weeklySearch, day(-1), day(2), "", fmt.Sprintf("%d-W%02d", year, week)},
		"a week and part of the next": {weeklySearch, day(-9), day(0), "", fmt.Sprintf("%d-W%02d", year, week)},
		"a whole week":                {weeklySearch, day(-2), day(4), "", ""},
		"its last days":               {weeklySearch, day(1), day(4), "", ""},
		"one period of two, whole":    {weeklySearch, day(-9), day(0), weekBefore(wednesday), ""},
		"part of a month":             {"individual-talk", "2026-03-02", "2026-03-20", "", "2026-03"},
		"what is due every shift":     {"duty-log", day(-1), day(2), "", ""},
	} {
		r := excuse(h, c.ledger, c.from, c.to)
		r.Period = c.period
		_, err := h.Duty.Ask(h.As(t.Context(), "area head"), h.Prison, r, ledger.Idem{})
		if c.named == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		f, ok := err.(*fault.Error)
		if !ok || f.Code != "bad_relief" || len(f.Fields) != 1 || f.Fields[0].Pointer != "/to_day" || !strings.Contains(f.Fields[0].Text.ZH, c.named) || !strings.Contains(f.Fields[0].Text.EN, c.named) {
			t.Errorf("%s: %+v", name, err)
		}
	}
}

func weekBefore(at time.Time) string {
	year, week := at.AddDate(0, 0, -7).ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}

// TestDutiesCut: what is left out of a long list is the oldest; what is filled takes
// nothing's place; without a limit, as news of what was missed is read, all are there.
func TestDutiesCut(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	now := time.Now()
	var list []duty.Duty
	for n := range 5200 {
		at := now.Add(-time.Duration(n) * time.Minute)
		list = append(list, duty.Duty{ID: uuid.New(), Area: h.Area, Ledger: "duty-log", Period: fmt.Sprint(n), Target: 1, Starts: at.Add(-time.Hour), Ends: at, Due: at, Day: catalog.DayOf(at)})
	}
	if err := h.Duty.Store.AddDuties(t.Context(), ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}, list); err != nil {
		t.Fatal(err)
	}
	// The newest is filled: the first that is not takes its place.
	exec(t, h, `insert into entries (prison_id, entry_id, area_id, ledger, version, level, author, state, counts, occurred_at, occurred_day, submitted_at)
		select d.prison_id, gen_random_uuid(), d.area_id, d.ledger, 1, 'L1', (select person_id from persons limit 1), 'submitted', true, d.ends_at, d.day, d.ends_at from duties d where d.period = '0'`)
	got, err := h.Duty.List(h.As(t.Context(), "warden"), h.Prison, duty.Filter{Unfilled: true, Limit: 10})
	if err != nil || len(got) != 10 {
		t.Fatal(len(got), err)
	}
	if got[0].Period != "10" || got[9].Period != "1" {
		t.Errorf("from %s to %s", got[0].Period, got[9].Period)
	}
	all, err := h.Duty.List(h.As(t.Context(), "warden"), h.Prison, duty.Filter{})
	if err != nil || len(all) != 5200 {
		t.Errorf("all of them: %d, %v", len(all), err)
	}
}
