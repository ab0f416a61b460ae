package housetest_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/schemas"
)

// counted files a headcount of n people through its chain.
func counted(t *testing.T, h *housetest.House, e ledger.Entry, n int, reason string) ledger.Entry {
	t.Helper()
	ctx := t.Context()
	raw, err := fs.ReadFile(schemas.FS, "ledgers/headcount/v1/valid/"+first(t, "headcount"))
	if err != nil {
		t.Fatal(err)
	}
	var sample struct {
		Document map[string]any `json:"document"`
	}
	doc := map[string]any{}
	if json.Unmarshal(raw, &sample) == nil && sample.Document != nil {
		doc = sample.Document
	} else if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	at := time.Now().In(time.FixedZone("", 8*3600)).Add(-time.Minute).Format(time.RFC3339)
	doc["counted_at"], doc["expected_count"], doc["actual_count"], doc["counted_by"] = at, n, n, h.Person("officer").Number
	delete(doc, "off_site_list")
	delete(doc, "difference_reason")
	delete(doc, "reported_at")
	delete(doc, "resolved_at")
	doc["off_site_count"] = 0
	body, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if e.Entry.String() == (ledger.Entry{}).Entry.String() {
		e = h.Begin(t, "officer", "headcount", body)
	} else {
		out, err := h.Ledger.Amend(h.As(ctx, "officer"), e.Key, e.ETag, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		if out, err = h.Ledger.SaveDraft(h.As(ctx, "officer"), e.Key, out.Entry.ETag, out.Entry.Version, body, ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
		e = out.Entry
	}
	out, err := h.Ledger.Submit(h.As(ctx, "officer"), e.Key, e.ETag, reason, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	for out.Entry.State == ledger.Submitted {
		moved := false
		for _, who := range []string{"second officer", "duty leader", "area head", "custody head"} {
			if next, err := approve(h, t, who, out.Entry); err == nil {
				out, moved = next, true
				break
			}
		}
		if !moved {
			t.Fatalf("nobody approves step %d", out.Entry.Step)
		}
	}
	return out.Entry
}

func first(t *testing.T, id string) string {
	t.Helper()
	list, err := fs.ReadDir(schemas.FS, "ledgers/"+id+"/v1/valid")
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	return list[0].Name()
}

// TestPins is A5: a shared field is taken from a revision and stays; a later
// correction of its source is shown and changes nothing.
func TestPins(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	source := counted(t, h, ledger.Entry{}, 61, "")
	e := h.Begin(t, "officer", "duty-log", nil)
	v, err := h.Ledger.Get(h.As(ctx, "officer"), e.Key)
	if err != nil {
		t.Fatal(err)
	}
	pin := func(v ledger.View) ledger.Pin {
		t.Helper()
		for _, p := range v.Draft.Pins {
			if p.Field == "/inmate_count" {
				return p
			}
		}
		t.Fatalf("no pin: %+v", v.Draft)
		return ledger.Pin{}
	}
	p := pin(v)
	if string(p.Value) != "61" || len(p.Of) != 1 || p.Of[0] != (ledger.Pinned{Entry: source.Entry, Revision: 1}) || p.Corrected {
		t.Fatalf("%+v", p)
	}
	// Typed over, it is still what was taken: the check computes with the pin.
	res, err := h.Ledger.Check(h.As(ctx, "officer"), e.Key, json.RawMessage(`{"inmate_count":5}`))
	if err != nil || string(mustJSON(t, res.Document.Value["inmate_count"])) != "61" {
		t.Errorf("%s %v", res.Document.Canonical, err)
	}
	source = counted(t, h, source, 60, "点名更正")
	if v, err = h.Ledger.Get(h.As(ctx, "officer"), e.Key); err != nil {
		t.Fatal(err)
	}
	if p = pin(v); !p.Corrected || string(p.Value) != "61" {
		t.Errorf("after the correction: %+v", p)
	}
	if _, err := h.Ledger.Retake(h.As(ctx, "officer"), e.Key, v.Entry.ETag, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if v, err = h.Ledger.Get(h.As(ctx, "officer"), e.Key); err != nil {
		t.Fatal(err)
	}
	if p = pin(v); p.Corrected || string(p.Value) != "60" || p.Of[0].Revision != source.InForce {
		t.Errorf("taken anew: %+v", p)
	}
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestPinsFollowTheDay: a draft whose day is changed takes its shared fields of
// that day, is said to, and holds nothing of a day on which there is no source.
func TestPinsFollowTheDay(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	// At noon of days that are over, whatever the hour is now.
	noon := time.Now().In(catalog.Zone).AddDate(0, 0, -1)
	first := time.Date(noon.Year(), noon.Month(), noon.Day(), 12, 0, 0, 0, catalog.Zone)
	before := first.AddDate(0, 0, -1)
	on := func(day time.Time, n int) {
		t.Helper()
		k := inForce(t, h, "headcount", map[string]any{"expected_count": n, "actual_count": n})
		if _, err := h.Owner.Exec(t.Context(), "update entries set occurred_day = $2, occurred_at = $3 where entry_id = $1", k.Entry, day.Format(time.DateOnly), day); err != nil {
			t.Fatal(err)
		}
	}
	on(first, 61)
	on(before, 55)
	// As it is autosaved between two days: no day at all, or half of one.
	cleared := time.Time{}
	body := func(day time.Time) json.RawMessage {
		if day == cleared {
			return json.RawMessage(`{"shift_end":"20"}`)
		}
		return mustJSON(t, map[string]any{"shift_start": day.Add(-8 * time.Hour).Format(time.RFC3339), "shift_end": day.Format(time.RFC3339), "inmate_count": 61})
	}
	e := h.Begin(t, "officer", "duty-log", body(first))
	for _, c := range []struct {
		name      string
		day       time.Time
		pin, held string
		retaken   int
	}{
		{"the day it was begun for", first, "61", "61", 0},
		{"the day before", before, "55", "55", 1},
		{"the day before again", before, "55", "61", 1}, // as typed; the pin stands over it
		{"a day without a count", first.AddDate(0, 0, -3), "", "", 2},
		{"back", first, "61", "61", 3},
		{"cleared", cleared, "61", "", 3},
		{"the same day given", first, "61", "61", 3},
		{"cleared again", cleared, "61", "", 3},
		{"another day given", before, "55", "55", 4},
		{"cleared for a day without a count", cleared, "55", "", 4},
		{"given without a count", first.AddDate(0, 0, -3), "", "", 5},
		{"cleared without a count", cleared, "", "", 5},
		{"given back", first, "61", "61", 6},
	} {
		res, err := h.Ledger.Check(officer, e.Key, body(c.day))
		if got := number(res.Document.Value["inmate_count"]); err != nil || got != c.pin {
			t.Errorf("%s: the check computes with %s, %v", c.name, got, err)
		}
		out, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag, e.Version, body(c.day), ledger.Idem{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		e = out.Entry
		v, err := h.Ledger.Get(officer, e.Key)
		if err != nil {
			t.Fatal(err)
		}
		// None of them sends the other field that is taken: what stands over it has to be read again.
		if !out.Retaken && len(v.Draft.Pins) > 0 {
			t.Errorf("%s: the reply does not say that pins stand over what was sent", c.name)
		}
		pin := ""
		for _, p := range v.Draft.Pins {
			if p.Field == "/inmate_count" {
				pin = string(p.Value)
			}
		}
		var held map[string]any
		if err := json.Unmarshal(v.Draft.Body, &held); err != nil {
			t.Fatal(err)
		}
		retaken := 0
		for _, ev := range v.Events {
			if ev.Kind == "retaken" {
				retaken++
			}
		}
		if pin != c.pin || number(held["inmate_count"]) != c.held || retaken != c.retaken {
			t.Errorf("%s: pinned %q, holds %q, said %d times; want %+v", c.name, pin, number(held["inmate_count"]), retaken, c)
		}
	}
	v, err := h.Ledger.Get(officer, e.Key)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag, e.Version, v.Draft.Body, ledger.Idem{}); err != nil || out.Retaken {
		t.Errorf("what is pinned is sent: the reply says %v, %v", out.Retaken, err)
	}
}

// number as JSON has it; nothing for none.
func number(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
