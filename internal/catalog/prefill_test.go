package catalog

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/schemas"
)

func TestShiftAt(t *testing.T) {
	types, err := Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2026-11-24T00:00:00+08:00": "night 2026-11-24T00:00:00+08:00", "2026-11-24T07:59:59+08:00": "night 2026-11-24T00:00:00+08:00",
		"2026-11-24T08:00:00+08:00": "day 2026-11-24T08:00:00+08:00", "2026-11-24T15:59:00Z": "evening 2026-11-24T16:00:00+08:00",
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		shift, start, _ := types.Calendar().ShiftAt(now)
		if got := shift.ID + " " + start.Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}

// TestBeginnings: what an entry begins with, and what one hands to the next.
func TestBeginnings(t *testing.T) {
	c, err := Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	by := Beginner{Number: "0000001", AreaName: "三监区", At: time.Date(2026, 11, 24, 9, 30, 10, 0, Zone), Calendar: c.Calendar()}
	cases := map[string]struct {
		begins   string
		document string
		again    string
		subject  string
	}{
		"cell-body-search": {`{"searchers":["0000001"],"started_at":"2026-11-24T08:00:00+08:00"}`,
			`{"search_kind":"cell","search_mode":"planned","started_at":"2026-11-23T08:00:00+08:00","places":["301"],"findings_count":1,
			"findings":[{"item_name":"打火机"}],"receipt_signed":"0a","clips":[{"camera_code":"A3-0102"}],"unknown":1}`,
			`{"search_kind":"cell","search_mode":"planned"}`, ""},
		"points-assessment": {`{"adjustments":[],"education_base":35,"labour_base":30,"objection_raised":false,"supervision_base":35}`,
			`{"inmate_ref":"0000000001","assess_month":"2026-10","supervision_base":50,"labour_base":0,"labour_exempt":true,"month_total":85}`,
			`{}`, "inmate_ref"},
		"labour-daily": {`{"work_date":"2026-11-24"}`, `{}`, `{}`, "site_code"},
	}
	for id, want := range cases {
		typ := c.Current(id)
		raw, err := json.Marshal(typ.Defaults(by))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.begins, string(raw)); diff != "" {
			t.Errorf("%s begins: %s", id, diff)
		}
		doc, err := ParseDocument([]byte(want.document))
		if err != nil {
			t.Fatal(err)
		}
		again, err := typ.Repeated(doc, AsLast)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.again, string(again.Canonical)); diff != "" {
			t.Errorf("%s again: %s", id, diff)
		}
		if typ.Subject() != want.subject {
			t.Errorf("%s is about %q, want %q", id, typ.Subject(), want.subject)
		}
	}
}

// TestBeginningsOnDuty: whom the roster names; without one it is who begins.
func TestBeginningsOnDuty(t *testing.T) {
	c, err := Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	lead, one, two, three := OnDuty{Number: "0000009", Leader: true}, OnDuty{Number: "0000001"}, OnDuty{Number: "0000002"}, OnDuty{Number: "0000003"}
	const shift = `"shift":"day","shift_start":"2026-11-24T08:00:00+08:00"`
	for name, want := range map[string]struct {
		ledger       string
		onDuty, next []OnDuty
		begins       string
	}{
		"both shifts": {"duty-log", []OnDuty{lead, one, two}, []OnDuty{lead, one, three},
			`{"handover":{"to_ref":"0000003"},"leader_ref":"0000009","police_on_duty":["0000009","0000001","0000002"],` + shift + `}`},
		"nobody leads, the next shift has nobody else": {"duty-log", []OnDuty{two}, []OnDuty{lead, one}, `{"police_on_duty":["0000002"],` + shift + `}`},
		"no roster":                 {"duty-log", nil, nil, `{"police_on_duty":["0000001"],` + shift + `}`},
		"the searchers":             {"cell-body-search", []OnDuty{two, three}, nil, `{"searchers":["0000002","0000003"],"started_at":"2026-11-24T08:00:00+08:00"}`},
		"the counter is who counts": {"headcount", []OnDuty{lead, two}, nil, `{"counted_at":"2026-11-24T09:30:00+08:00","counted_by":"0000001"}`},
	} {
		by := Beginner{Number: "0000001", At: time.Date(2026, 11, 24, 9, 30, 0, 0, Zone), Calendar: c.Calendar(), OnDuty: want.onDuty, Next: want.next}
		raw, err := json.Marshal(c.Current(want.ledger).Defaults(by))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.begins, string(raw)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	// A field that takes one takes the first, who leads where somebody does.
	props := map[string]map[string]any{"by": {"type": "string", "x-ui": map[string]any{"prefill": "roster"}}}
	if got := defaults(props, Beginner{OnDuty: []OnDuty{lead, one}}); got["by"] != lead.Number {
		t.Errorf("one field: %v", got)
	}
}

// TestPrefillUnknown: a word that nobody answers is refused, in a group too.
func TestPrefillUnknown(t *testing.T) {
	asked := func(word string) map[string]any {
		return map[string]any{"x-ui": map[string]any{"prefill": word}}
	}
	props := map[string]map[string]any{
		"a": asked("roster"), "b": asked("everybody"),
		"c": {"type": "object", "properties": map[string]any{"d": asked("me"), "e": asked("nobody")}},
	}
	var p problems
	checkPrefill(props, "schema.json", &p)
	var at []string
	for _, one := range p.fields {
		at = append(at, one.Pointer)
	}
	slices.Sort(at)
	if diff := cmp.Diff([]string{"schema.json/properties/b/x-ui/prefill", "schema.json/properties/c/properties/e/x-ui/prefill"}, at); diff != "" {
		t.Error(diff)
	}
}

func TestHolds(t *testing.T) {
	doc, err := ParseDocument([]byte(`{"n":3,"s":"a","b":true}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		members map[string]any
		want    bool
	}{{map[string]any{"n": 3.0, "s": "a"}, true}, {map[string]any{"n": 4.0}, false}, {map[string]any{"s": "b"}, false}, {map[string]any{"x": 1.0}, false}, {map[string]any{"b": true}, true}} {
		if got := doc.Holds(c.members); got != c.want {
			t.Errorf("%v: %v", c.members, got)
		}
	}
}
