package housetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/housetest"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
	"taizhang/schemas"
)

// onTimeBelow is the shipped standard with its rule of headcounts turned into:
// duty logs on time below 95 %, one point for each started point.
func onTimeBelow(t *testing.T) *scoring.Standard {
	t.Helper()
	set, err := scoring.ReadSet(schemas.FS, "standards/ordinary-area/v1")
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := scoring.Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(shipped)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	var turn func(v any)
	turn = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if v["id"] == "JG-03.timeliness" {
				v["target"] = "95"
				v["of"] = []any{map[string]any{"ledger": "duty-log", "measure": "ontime"}}
				v["per"] = []any{map[string]any{"ledger": "duty-log", "measure": "due"}}
			}
			for _, m := range v {
				turn(m)
			}
		case []any:
			for _, m := range v {
				turn(m)
			}
		}
	}
	turn(doc)
	if raw, err = json.Marshal(doc); err != nil {
		t.Fatal(err)
	}
	s, err := scoring.CompileOne(raw)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func lossOf(t *testing.T, h *housetest.House, line string) (of, per string, losses []scoring.Loss) {
	t.Helper()
	sheet, _, err := h.Assessment.Score(h.As(t.Context(), "warden"), h.Prison, h.Area)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range sheet.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				if l.ID == line {
					return l.Of.String(), l.Per.String(), l.Losses
				}
			}
		}
	}
	t.Fatalf("no line %s", line)
	return
}

// TestRateBelow: 准时率 < 95 % costs points, and the deduction leads to the very
// days on which the log is missing or late; an excuse takes a day out of both
// sides of the rate, an outage makes what was late on time.
func TestRateBelow(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	h.Assessment.Standards = only{onTimeBelow(t)}
	today := time.Now().In(catalog.Zone)
	midnight := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, catalog.Zone)
	from := midnight.AddDate(0, 0, -21)
	if err := h.Duty.PlanWhole(ctx, h.Prison, from, midnight); err != nil {
		t.Fatal(err)
	}
	// 20 days of three shifts; missing on day 3 (all) and late on day 7 (one).
	day := func(n int) string { return catalog.DayOf(from.AddDate(0, 0, n)) }
	list, err := h.Duty.List(h.As(ctx, "warden"), h.Prison, duty.Filter{Areas: []uuid.UUID{h.Area}, Ledgers: []string{"duty-log"}, DueFrom: from, DueTo: midnight.AddDate(0, 0, -1).Add(2 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	var bad []string
	for _, d := range list {
		submitted := d.Ends
		switch {
		case d.Day == day(3):
			bad = append(bad, d.Day)
			continue
		case d.Period == day(7)+"/day":
			bad = append(bad, d.Day)
			submitted = d.Due.Add(90 * time.Minute)
		}
		if _, err := h.Owner.Exec(ctx, `insert into entries (prison_id, entry_id, area_id, ledger, version, level, author, state, revision, in_force, counts,
				occurred_at, occurred_day, submitted_at, resubmitted_at, decided_at)
			values ($1, $2, $3, 'duty-log', 1, 'L1', $4, 'approved', 1, 1, true, $5, $6::text::date, $7, $7, $7)`,
			h.Prison, uuid.New(), h.Area, h.Person("officer").PersonID, d.Ends, d.Day, submitted); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Duty.RefreshDue(ctx, h.Prison, from, midnight.AddDate(0, 0, -1).Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	due := len(list)
	const line = "JG-03.timeliness"
	check := func(what string, onTime, due int, days []string) {
		t.Helper()
		of, per, losses := lossOf(t, h, line)
		if of != fmt.Sprint(onTime) || per != fmt.Sprint(due) {
			t.Errorf("%s: %s of %s, want %d of %d", what, of, per, onTime, due)
		}
		var got []string
		points := "0"
		for _, l := range losses {
			points = l.Raw.String()
			for _, r := range l.Refs {
				got = append(got, r.Day)
			}
		}
		slices.Sort(got)
		if d := cmp.Diff(days, got); d != "" {
			t.Errorf("%s: the deduction leads to other days:\n%s", what, d)
		}
		// Started points below 95, by hand: ⌈95 − 100·onTime/due⌉.
		want := max(0, (95*due-100*onTime+due-1)/due)
		if points != fmt.Sprint(want) {
			t.Errorf("%s: %s points, want %d", what, points, want)
		}
	}
	slices.Sort(bad)
	check("as it was", due-4, due, bad)
	decide(t, h, "custody head", askRelief(t, h, "area head", excuse(h, "duty-log", day(3), day(3))).ID, "grant")
	reckoned(t, h)
	check("three excused", due-4, due-3, nil)
	r := askRelief(t, h, "area head", excuse(h, "duty-log", day(4), day(12)))
	decide(t, h, "custody head", r.ID, "grant")
	reckoned(t, h)
	check("with more excused", due-3-27, due-3-27, nil)
	decide(t, h, "custody head", r.ID, "revoke")
	reckoned(t, h)
	check("and revoked", due-4, due-3, nil)
	// The system stood still from the shift's end until an hour after the log's deadline.
	ends := from.AddDate(0, 0, 7).Add(16 * time.Hour)
	decide(t, h, "warden", askRelief(t, h, "command head", outage(ends, ends.Add(3*time.Hour))).ID, "grant")
	if n := reckoned(t, h); n == 0 {
		t.Error("an outage of past days reckons nothing anew")
	}
	check("with the outage", due-3, due-3, nil)
}

// only is a house with one standard for all.
type only struct{ *scoring.Standard }

func (o only) For(context.Context, string, string, string) (*scoring.Standard, error) {
	return o.Standard, nil
}

func (o only) Compiled(context.Context, string, int) (*scoring.Standard, error) {
	return o.Standard, nil
}

func (only) Versions(context.Context, string) ([]standards.Version, error) { return nil, nil }

func (only) Hops(context.Context, string, int, int) ([]standards.Hop, error) { return nil, nil }
