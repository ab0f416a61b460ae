package housetest_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/housetest"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// filedAt puts an approved entry of an area there that happened at a time. It is of
// its ledger's level, and of somebody else than the officer.
func filedAt(t *testing.T, h *housetest.House, ledgerID string, area uuid.UUID, at time.Time, set map[string]any) ledger.Key {
	t.Helper()
	k := inForce(t, h, ledgerID, set)
	if _, err := h.Owner.Exec(t.Context(), "update entries set area_id = $2, occurred_at = $3, occurred_day = $4, level = $5, author = $6 where entry_id = $1",
		k.Entry, area, at, catalog.DayOf(at), h.Catalog.Current(ledgerID).Sensitivity, h.Person("medic").PersonID); err != nil {
		t.Fatal(err)
	}
	return k
}

// correctedTo puts a second revision of an entry in force, with some members changed.
func correctedTo(t *testing.T, h *housetest.House, k ledger.Key, set map[string]any) {
	t.Helper()
	var was []byte
	if err := h.Owner.QueryRow(t.Context(), "select canonical from revisions where entry_id = $1 and revision = 1", k.Entry).Scan(&was); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(was, &doc); err != nil {
		t.Fatal(err)
	}
	maps.Copy(doc, set)
	for _, q := range []string{
		`insert into revisions (prison_id, entry_id, revision, author, ledger, version, canonical, salt, digest, nil_return, reason, chain, warnings, occurred_at)
			select prison_id, entry_id, 2, author, ledger, version, $2, salt, digest, false, '更正', chain, warnings, occurred_at from revisions where entry_id = $1 and revision = 1`,
		"update entries set revision = 2, in_force = 2 where entry_id = $1 and $2::bytea is not null",
	} {
		if _, err := h.Owner.Exec(t.Context(), q, k.Entry, []byte(inOrder(t, mustJSON(t, doc)))); err != nil {
			t.Fatal(err)
		}
	}
}

// pinAt is the draft's pin of a field, and what the body holds there; nil for none.
func pinAt(t *testing.T, h *housetest.House, who string, k ledger.Key, field string) (*ledger.Pin, string) {
	t.Helper()
	v, err := h.Ledger.Get(h.As(t.Context(), who), k)
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(v.Draft.Body, &body); err != nil {
		t.Fatal(err)
	}
	held := ""
	if value := catalog.At(body, field); value != nil {
		held = string(mustJSON(t, value))
	}
	i := slices.IndexFunc(v.Draft.Pins, func(p ledger.Pin) bool { return p.Field == field })
	if i < 0 {
		return nil, held
	}
	return &v.Draft.Pins[i], held
}

// inOrder writes a value with its members in order.
func inOrder(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	out, err := integrity.Canonical(raw)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// keeps lets the area keep a ledger for the length of a test.
func keeps(t *testing.T, h *housetest.House, function string) {
	t.Helper()
	if function == "" {
		return
	}
	set := func(kind, function string) {
		if _, err := h.Owner.Exec(context.WithoutCancel(t.Context()), "update areas set kind = $2, function = $3 where area_id = $1", h.Area, kind, function); err != nil {
			t.Fatal(err)
		}
	}
	set("functional", function)
	t.Cleanup(func() { set("ordinary", "residential") })
}

// noon of the 20th of last month; its month is the one that takes.
var noon = func() time.Time {
	now := time.Now().In(catalog.Zone)
	return time.Date(now.Year(), now.Month()-1, 20, 12, 0, 0, 0, catalog.Zone)
}()

// day so many days from noon's.
func day(n int) string { return catalog.DayOf(noon.AddDate(0, 0, n)) }

func after(d time.Duration) string { return noon.Add(d).Format(time.RFC3339) }

const (
	zhang = "0000000001"
	li    = "0000000002"
)

func said(members ...any) map[string]any {
	set := map[string]any{}
	for i := 0; i < len(members); i += 2 {
		set[members[i].(string)] = members[i+1]
	}
	return set
}

func rows(list ...map[string]any) []any {
	out := []any{}
	for _, r := range list {
		out = append(out, r)
	}
	return out
}

var (
	shift  = said("shift_start", after(-4*time.Hour), "shift_end", after(4*time.Hour))
	period = said("meeting_at", after(24*time.Hour), "period_from", day(-1), "period_to", day(5))
	month  = said("inmate_ref", zhang, "assess_month", noon.Format("2006-01"))
	level  = func(number, to string) map[string]any {
		return said("inmate_ref", number, "from", "normal", "to", to, "ground", "近期情绪异常")
	}
	output = func(number string, done int) map[string]any {
		return said("inmate_ref", number, "post", "缝纫", "quota_qty", 80, "done_qty", done, "unit", "件", "pass_rate", 99)
	}
	hospital = said("record_kind", "outside_referral", "inmate_ref", zhang, "work_fitness", "fit",
		"referral", said("hospital", "甲医院", "approval_no", "1", "escort_refs", []string{"0000001", "0000002"}, "left_at", after(-time.Hour)))
)

// shares is one line of the catalogue's table 2.4, or a part of one: what is entered
// in one ledger stands in the other, and says so when it is corrected.
var shares = []struct {
	fact       string // the table's words
	from       string // ledger
	set        map[string]any
	correct    map[string]any // its correction
	to, field  string
	body       map[string]any // as it is begun; nil for an empty form
	want, anew string         // "@" is the id of the entry
	none       string         // without the source; "" pins nothing
	function   string         // of an area that keeps the other ledger
	offered    bool           // the value is rows to begin with
	wants      bool           // they want something more, and wait
}{
	{fact: "people present", from: "headcount", set: said("actual_count", 60), correct: said("actual_count", 59), to: "duty-log", field: "/inmate_count", body: shift, want: "60", anew: "59"},
	{fact: "people away", from: "headcount", set: said("off_site_count", 2), correct: said("off_site_count", 3), to: "duty-log", field: "/off_site_count", body: shift, want: "2", anew: "3"},
	{fact: "people present at work", from: "headcount", set: said("count_point", "work_out", "actual_count", 40), correct: said("actual_count", 41), to: "labour-daily", field: "/expected_workers", body: said("work_date", day(0)), want: "40", anew: "41"},
	{fact: "people present in class", from: "headcount", set: said("count_point", "study", "actual_count", 30), correct: said("actual_count", 31), to: "education-session", field: "/expected_count", body: said("started_at", after(0)), want: "30", anew: "31"},
	{fact: "people present after a drill", from: "headcount", set: said("count_point", "after_drill", "actual_count", 50), correct: said("actual_count", 51), to: "emergency-drill", field: "/count_after", body: said("started_at", after(0)), want: "50", anew: "51"},
	{fact: "outside-hospital trip", from: "medical-visit", set: hospital, correct: said("inmate_ref", li), to: "headcount", field: "/off_site_list", offered: true,
		want: `[{"escort_ref":"0000001","inmate_ref":"0000000001","left_at":"` + after(-time.Hour) + `","reason":"outside_hospital"}]`,
		anew: `[{"escort_ref":"0000001","inmate_ref":"0000000002","left_at":"` + after(-time.Hour) + `","reason":"outside_hospital"}]`},
	{fact: "fitness for work", from: "medical-visit", set: said("record_kind", "outpatient", "inmate_ref", zhang, "work_fitness", "unfit"), correct: said("work_fitness", "fit"), to: "labour-daily", field: "/absentees", offered: true,
		want: `[{"inmate_ref":"0000000001","reason":"sick_rest"}]`},
	{fact: "control level of an inmate", from: "area-conditions-meeting", set: said("level_changes", rows(level(zhang, "key"), level(li, "watch"))), correct: said("level_changes", rows(level(zhang, "watch"))),
		to: "individual-talk", field: "/control_level", body: said("inmate_ref", zhang, "talked_at", after(time.Hour)), want: `"key"`, anew: `"watch"`, none: `"normal"`},
	{fact: "control level of a group", from: "area-conditions-meeting", set: said("level_changes", rows(level(zhang, "key"))), correct: said("level_changes", rows(level(zhang, "watch"))),
		to: "mutual-supervision-group", field: "/key_inmate_included", body: said("member_refs", []string{li, zhang, "0000000003"}, "effective_from", after(time.Hour)), want: "true", anew: "false", none: "false"},
	{fact: "figures: talks", from: "individual-talk", set: said("talked_at", after(0)), correct: nil, to: "area-conditions-meeting", field: "/figures/talks", body: period, want: "1", none: "0"},
	{fact: "figures: risk signals", from: "individual-talk", set: said("risk_signal", true), correct: said("risk_signal", false), to: "area-conditions-meeting", field: "/figures/risk_signals", body: period, want: "1", anew: "0", none: "0"},
	{fact: "figures: searches", from: "cell-body-search", set: said("findings_count", 2), correct: said("findings_count", 0), to: "area-conditions-meeting", field: "/figures/searches_with_findings", body: period, want: "1", anew: "0", none: "0"},
	{fact: "figures: hazards", from: "hazard-rectification", set: said("found_at", after(0), "result", "open"), correct: said("result", "transferred"), to: "area-conditions-meeting", field: "/figures/open_hazards", body: period, want: "1", anew: "0", none: "0"},
	{fact: "figures: sick calls", from: "medical-visit", set: said("record_kind", "outpatient"), correct: said("record_kind", "dose_check"), to: "area-conditions-meeting", field: "/figures/sick_calls", body: period, want: "1", anew: "0", none: "0"},
	{fact: "figures: contacts", from: "visit-call", set: said("anomaly", true), correct: said("anomaly", false), to: "area-conditions-meeting", field: "/figures/contact_anomalies", body: period, want: "1", anew: "0", none: "0"},
	{fact: "figures: complaints", from: "complaint-rights", set: said("against_police", false), correct: said("against_police", true), to: "area-conditions-meeting", field: "/figures/complaints", body: period, want: "1", anew: "0", none: "0"},
	{fact: "output per person", from: "labour-daily", set: said("work_date", day(0), "output_rows", rows(output(zhang, 86), output(li, 80))), correct: said("output_rows", rows(output(zhang, 80))), to: "points-assessment", field: "/adjustments",
		body: month, offered: true, wants: true, want: `[{"fact_on":"` + day(0) + `","part":"labour","source_entry":"@","weekly_review":"pending"}]`},
	{fact: "punishment deduction", from: "reward-punishment", set: said("inmate_ref", zhang, "points_deduction", 100), correct: said("points_deduction", 200), to: "points-assessment", field: "/punishment_deduction", body: month, want: "100", anew: "200", none: "0"},
	{fact: "completed cycle", from: "points-assessment", set: said("inmate_ref", zhang, "cycle_completed", true), correct: said("cycle_completed", false), to: "reward-punishment", field: "/cycle_entry",
		body: said("inmate_ref", zhang, "record_kind", "commendation", "decided_on", day(10)), want: `"@"`},
	{fact: "class hours in the release stage", from: "education-session", set: said("stage", "release", "class_hours", 1.5), correct: said("class_hours", 2), to: "release-preparation", field: "/hours_done", function: "release",
		body: said("inmate_ref", zhang, "stage_from", day(-19)), want: "1.5", anew: "2", none: "0"},
	{fact: "psychological risk grade", from: "psych-health", set: said("inmate_ref", zhang, "risk_grade", "watch"), correct: said("risk_grade", "none"), to: "release-preparation", field: "/psych_risk", function: "release",
		body: said("inmate_ref", zhang, "stage_from", day(-19)), want: `"watch"`, anew: `"none"`},
	{fact: "blade balance", from: "tool-hazmat", set: said("holding_kind", "blade", "balance", 0), correct: said("balance", 1), to: "kitchen-hygiene", field: "/blade_balance", function: "kitchen",
		body: said("meal_date", day(0)), want: "0", anew: "1"},
	{fact: "open hazards", from: "hazard-rectification", set: said("found_at", after(-30*24*time.Hour), "result", "open"), correct: said("result", "transferred"), to: "duty-log", field: "/open_hazards", body: shift, want: "1", anew: "0", none: "0"},
}

// TestCatalogueShares walks table 2.4: what is entered in one ledger stands in the
// other with its origin; a correction is shown, and taken over by the officer's act.
func TestCatalogueShares(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	heldBy(t, h, 3)
	officer := h.As(t.Context(), "officer")
	for _, c := range shares {
		t.Run(c.fact, func(t *testing.T) {
			keeps(t, h, c.function)
			begin := func() ledger.Entry {
				t.Helper()
				if c.body == nil {
					return h.Begin(t, "officer", c.to, nil)
				}
				return h.Begin(t, "officer", c.to, mustJSON(t, c.body))
			}
			e := begin()
			if p, held := pinAt(t, h, "officer", e.Key, c.field); held != c.none || (p != nil) != (c.none != "") || p != nil && p.Corrected {
				t.Errorf("without the source: %s, pinned %+v", held, p)
			}
			at := noon
			if strings.HasSuffix(c.field, "open_hazards") {
				at = noon.AddDate(0, 0, -30)
			}
			k := filedAt(t, h, c.from, h.Area, at, c.set)
			t.Cleanup(func() {
				if _, err := h.Owner.Exec(context.WithoutCancel(t.Context()), "update entries set state = 'voided' where entry_id = $1", k.Entry); err != nil {
					t.Error(err)
				}
			})
			full := func(s string) string { return strings.ReplaceAll(s, "@", k.Entry.String()) }
			e = begin()
			p, held := pinAt(t, h, "officer", e.Key, c.field)
			if p == nil {
				t.Fatalf("not pinned; the body holds %s", held)
			}
			value := c.want
			if c.wants {
				value = ""
			}
			if diff := cmp.Diff(full(c.want), inOrder(t, p.Value)); diff != "" || held != full(value) {
				t.Errorf("taken, the body holds %s: %s", held, diff)
			}
			if p.Ledger != c.from || p.TakenAt.IsZero() || p.Corrected || p.Offered != c.offered || p.Scope == nil {
				t.Errorf("the pin: %+v", p)
			}
			// Whoever may not see the source is not told which entry it was.
			_, err := h.Ledger.Get(officer, k)
			if sees := err == nil; sees != slices.Contains(p.Of, ledger.Pinned{Entry: k.Entry, Revision: 1}) {
				t.Errorf("the source can be seen: %v; the pin names %v", sees, p.Of)
			}
			if c.correct == nil {
				return
			}
			correctedTo(t, h, k, c.correct)
			if p, now := pinAt(t, h, "officer", e.Key, c.field); !p.Corrected || now != held {
				t.Errorf("after the correction: %+v, the body holds %s", p, now)
			}
			v, err := h.Ledger.Get(officer, e.Key)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Ledger.Retake(officer, e.Key, v.Entry.ETag, ledger.Idem{}); err != nil {
				t.Fatal(err)
			}
			if p, held := pinAt(t, h, "officer", e.Key, c.field); held != full(c.anew) || p != nil && p.Corrected {
				t.Errorf("taken anew: %s, %+v", held, p)
			}
		})
	}
	walked := map[string]bool{}
	for _, c := range shares {
		walked[c.from+" "+c.to+c.field] = true
	}
	for _, typ := range h.Catalog.Types() {
		for _, src := range typ.Sources {
			if name := src.Ledger + " " + typ.ID + src.Field; src.Ledger != "" && !walked[name] {
				t.Errorf("%s is shipped and not walked", name)
			}
		}
	}
}

// TestTakenOnlyWhatIsMeant: of another inmate, area or time, voided, sealed, drafted
// or undecided: nothing of it is taken.
func TestTakenOnlyWhatIsMeant(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	exec := func(k ledger.Key, change string) {
		t.Helper()
		if _, err := h.Owner.Exec(t.Context(), "update entries set "+change+" where entry_id = $1", k.Entry); err != nil {
			t.Fatal(err)
		}
	}
	punished := func(number string, at time.Time, points int) ledger.Key {
		return filedAt(t, h, "reward-punishment", h.Area, at, said("inmate_ref", number, "points_deduction", points))
	}
	punished(zhang, noon, 100)
	punished(zhang, noon.AddDate(0, 0, 1), 200)
	punished(li, noon, 400)
	punished(zhang, noon.AddDate(0, -1, 0), 400)
	exec(punished(zhang, noon, 400), "state = 'voided'")
	exec(punished(zhang, noon, 400), "state = 'draft', in_force = 0")
	exec(punished(zhang, noon, 400), "state = 'submitted', in_force = 0")
	exec(punished(zhang, noon, 400), "sealed = true")
	exec(punished(zhang, noon, 0), "area_id = '"+h.Other.String()+"'") // of the inmate, wherever he was
	for number, want := range map[string]string{zhang: "300", li: "400", "0000000003": "0"} {
		e := h.Begin(t, "officer", "points-assessment", mustJSON(t, said("inmate_ref", number, "assess_month", noon.Format("2006-01"), "punishment_deduction", 7)))
		if p, held := pinAt(t, h, "officer", e.Key, "/punishment_deduction"); held != want || p == nil {
			t.Errorf("%s: %s, want %s; %+v", number, held, want, p)
		}
	}

	count := func(area uuid.UUID, at time.Time, n int) ledger.Key {
		return filedAt(t, h, "headcount", area, at, said("actual_count", n))
	}
	count(h.Area, noon.Add(-5*time.Hour), 1)
	count(h.Area, noon.Add(-time.Hour), 60)
	count(h.Area, noon.Add(3*time.Hour), 61)
	count(h.Area, noon.Add(9*time.Hour), 62) // of the night
	count(h.Other, noon.Add(3*time.Hour), 63)
	exec(count(h.Area, noon.Add(3*time.Hour), 64), "state = 'returned', in_force = 0")
	hazard := func(area uuid.UUID, set map[string]any) {
		filedAt(t, h, "hazard-rectification", area, noon.AddDate(0, -3, 0), set)
	}
	hazard(h.Area, said("found_at", after(-90*24*time.Hour), "result", "open"))
	hazard(h.Area, said("found_at", after(-90*24*time.Hour), "result", "done", "rectified_at", after(-time.Hour)))
	hazard(h.Area, said("found_at", after(-90*24*time.Hour), "result", "done", "rectified_at", after(24*time.Hour)))
	hazard(h.Other, said("found_at", after(-90*24*time.Hour), "result", "open"))
	e := h.Begin(t, "officer", "duty-log", mustJSON(t, shift))
	for field, want := range map[string]string{"/inmate_count": "61", "/open_hazards": "2"} {
		if _, held := pinAt(t, h, "officer", e.Key, field); held != want {
			t.Errorf("%s: %s, want %s", field, held, want)
		}
	}

	// Of hours the exact sum; of a class that he missed none.
	keeps(t, h, "release")
	for _, hours := range []float64{0.1, 0.2} {
		filedAt(t, h, "education-session", h.Area, noon, said("stage", "release", "class_hours", hours))
	}
	filedAt(t, h, "education-session", h.Area, noon, said("stage", "regular", "class_hours", 8))
	filedAt(t, h, "education-session", h.Area, noon, said("stage", "release", "class_hours", 4, "absentees", rows(said("inmate_ref", zhang, "reason", "sick"))))
	filedAt(t, h, "education-session", h.Area, noon.AddDate(0, -1, 0), said("stage", "release", "class_hours", 4))
	for number, want := range map[string]string{zhang: "0.3", li: "4.3"} {
		e := h.Begin(t, "officer", "release-preparation", mustJSON(t, said("inmate_ref", number, "stage_from", day(-19))))
		if _, held := pinAt(t, h, "officer", e.Key, "/hours_done"); held != want {
			t.Errorf("hours of %s: %s, want %s", number, held, want)
		}
	}
}
