package housetest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/connector"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestSourcedField pins what a connector delivered: whatever is typed, sent or
// said later, the entry keeps it and shows that the source says otherwise.
func TestSourcedField(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	officer := h.As(ctx, "officer")
	draft := func(e ledger.Entry) ledger.DraftBody {
		t.Helper()
		v, err := h.Ledger.Get(officer, e.Key)
		if err != nil {
			t.Fatal(err)
		}
		return *v.Draft
	}
	field := func(d ledger.DraftBody, name string) string {
		t.Helper()
		var body map[string]any
		if err := json.Unmarshal(d.Body, &body); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(body[name])
	}
	sent := json.RawMessage(`{"expected_count":5,"counted_at":"` + time.Now().In(catalog.Zone).Format(time.RFC3339) + `"}`)
	// No connector: typed by hand, and nothing is pinned.
	if d := draft(h.Begin(t, "officer", "headcount", sent)); len(d.Pins) != 0 || field(d, "expected_count") != "5" {
		t.Errorf("without a connector: %s %v", d.Body, d.Pins)
	}
	src := newSource(t, []person{held(1, 1, "01", person{"dq": "2027-02-01"}), held(2, 1, "01", person{"dq": "2028-02-01"}), held(3, 1, "02")})
	c := rollConnector(t, h, connector.Pull)
	c.URL = src.URL
	s := connect(t, h, c)
	if d := draft(h.Begin(t, "officer", "headcount", sent)); len(d.Pins) != 0 {
		t.Errorf("configured, nothing delivered: %v", d.Pins)
	}
	tick(t, h, s)
	run := last(t, h, s, c.ID)
	var e ledger.Entry
	for _, body := range []json.RawMessage{nil, sent} {
		e = h.Begin(t, "officer", "headcount", body)
		d := draft(e)
		if len(d.Pins) != 1 || d.Pins[0].Origin == nil || d.Pins[0].Origin.System != "ext:inmate-master" || d.Pins[0].Origin.Run != run.ID || d.Pins[0].Corrected || field(d, "expected_count") != "2" {
			t.Fatalf("%s: %s %+v", body, d.Body, d.Pins)
		}
	}
	// Typed over, it still counts as pinned.
	out, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag, e.Version, json.RawMessage(`{"expected_count":99}`), ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := h.Ledger.Check(officer, e.Key, json.RawMessage(`{"expected_count":99}`))
	if err != nil || fmt.Sprint(res.Document.Value["expected_count"]) != "2" {
		t.Errorf("%v %v", res.Document.Value, err)
	}
	// The source corrects itself: shown, taken over by the officer's own act only.
	src.set(func() { src.pages = [][]person{{held(2, 2, "02")}} })
	tick(t, h, s)
	if d := draft(e); !d.Pins[0].Corrected || string(d.Pins[0].Value) != "2" {
		t.Errorf("after the correction: %+v", d.Pins)
	}
	if _, err := h.Ledger.Retake(officer, e.Key, out.Entry.ETag, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if d := draft(e); d.Pins[0].Corrected || string(d.Pins[0].Value) != "1" {
		t.Errorf("taken anew: %+v", d.Pins)
	}
	// A day the source has said nothing of is the officer's.
	before := json.RawMessage(`{"expected_count":5,"counted_at":"` + time.Now().AddDate(0, 0, -3).In(catalog.Zone).Format(time.RFC3339) + `"}`)
	if d := draft(h.Begin(t, "officer", "headcount", before)); len(d.Pins) != 0 || field(d, "expected_count") != "5" {
		t.Errorf("three days ago: %s %v", d.Body, d.Pins)
	}
	// Of one inmate: the pin follows the inmate named, and never speaks of another.
	e = h.Begin(t, "officer", "release-preparation", json.RawMessage(`{"inmate_ref":"0000000001","release_on":"2030-01-01"}`))
	if d := draft(e); len(d.Pins) != 1 || d.Pins[0].Origin.Record != "R-1" || field(d, "release_on") != "2027-02-01" {
		t.Fatalf("%s %+v", d.Body, d.Pins)
	}
	other, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag, e.Version, json.RawMessage(`{"inmate_ref":"0000000003","release_on":"2030-01-01"}`), ledger.Idem{})
	if err != nil || !other.Retaken {
		t.Fatalf("another inmate: %+v %v", other, err)
	}
	if d := draft(e); len(d.Pins) != 0 {
		t.Errorf("another inmate: %+v", d.Pins)
	}
	// With a record that nobody could map, the roll is not put over the officer's count.
	src.set(func() { src.pages = [][]person{{held(9, 1, "77")}} })
	tick(t, h, s)
	if d := draft(h.Begin(t, "officer", "headcount", sent)); len(d.Pins) != 0 || field(d, "expected_count") != "5" {
		t.Errorf("with a rejected record: %s %v", d.Body, d.Pins)
	}
	src.set(func() { src.pages = [][]person{{held(9, 2, "01")}} })
	tick(t, h, s)
	if d := draft(h.Begin(t, "officer", "headcount", sent)); len(d.Pins) != 1 || field(d, "expected_count") != "2" {
		t.Errorf("mended: %s %v", d.Body, d.Pins)
	}
	// The file gone, it is typed by hand again; what was pinned stays.
	connect(t, h)
	if d := draft(h.Begin(t, "officer", "headcount", sent)); len(d.Pins) != 0 {
		t.Errorf("without its file: %v", d.Pins)
	}
}

// TestSentBodyIsPinned: a creation that brings its own body takes the pins of its
// day, and they win.
func TestSentBodyIsPinned(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	counted(t, h, ledger.Entry{}, 61, "")
	at := time.Now().In(catalog.Zone)
	for _, test := range []struct {
		days int
		want string
		pins int
	}{{0, "61", 1}, {-2, "7", 0}} {
		name := strings.TrimPrefix(h.Catalog.Current("duty-log").OccurredAt, "/")
		ends := at.AddDate(0, 0, test.days)
		body := fmt.Sprintf(`{"inmate_count":7,"shift_start":%q,%q:%q}`, ends.Add(-8*time.Hour).Format(time.RFC3339), name, ends.Format(time.RFC3339))
		e := h.Begin(t, "officer", "duty-log", json.RawMessage(body))
		v, err := h.Ledger.Get(h.As(t.Context(), "officer"), e.Key)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(v.Draft.Body, &got); err != nil || fmt.Sprint(got["inmate_count"]) != test.want {
			t.Errorf("%d days: %s %v", test.days, v.Draft.Body, err)
		}
		n := 0
		for _, p := range v.Draft.Pins {
			if p.Field == "/inmate_count" {
				n++
			}
		}
		if n != test.pins {
			t.Errorf("%d days: %+v", test.days, v.Draft.Pins)
		}
	}
}
