package housetest_test

import (
	"crypto/sha256"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// shiftOn is the day shift so many days from today, as a duty log says it.
func shiftOn(days int) (began time.Time, doc map[string]any) {
	now := time.Now().In(catalog.Zone)
	began = time.Date(now.Year(), now.Month(), now.Day()+days, 8, 0, 0, 0, catalog.Zone)
	return began, said("shift", "day", "shift_start", began.Format(time.RFC3339), "shift_end", began.Add(8*time.Hour).Format(time.RFC3339))
}

// loggedOn is a duty log of the day shift so many days from today.
func loggedOn(t *testing.T, days int, set map[string]any) json.RawMessage {
	t.Helper()
	doc := sample(t, "duty-log")
	_, shift := shiftOn(days)
	maps.Copy(doc, shift)
	maps.Copy(doc, set)
	return mustJSON(t, doc)
}

func digestOf(t *testing.T, body json.RawMessage) ledger.Digest {
	t.Helper()
	doc, err := catalog.ParseDocument(body)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(doc.Canonical)
}

// overruledAt says of which fields the officer is told that they stand otherwise than typed.
func overruledAt(list []fault.Field) (at []string) {
	for _, f := range list {
		if f.Code == "shared_stands" {
			at = append(at, f.Pointer)
		}
	}
	slices.Sort(at)
	return at
}

// TestOfflineShared: what was typed without the network of a type with shared fields
// arrives as it was typed and keeps its proven time, whatever its sources say; what
// stands otherwise than typed is told.
func TestOfflineShared(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	anchor, err := h.Ledger.Anchor(officer)
	if err != nil {
		t.Fatal(err)
	}
	counted := func(at time.Time, n int) {
		filedAt(t, h, "headcount", h.Area, at, said("expected_count", n, "actual_count", n, "off_site_count", 0))
	}
	yesterday, _ := shiftOn(-1)
	counted(yesterday.Add(time.Hour), 61)
	counted(yesterday.AddDate(0, 0, -1).Add(time.Hour), 55)
	counted(time.Now(), 62) // what is pinned to the moment of sending
	// afresh begins it when it is sent, as a browser does that was away all the time.
	afresh := func(t *testing.T) ledger.Entry {
		t.Helper()
		n := ledger.New{ID: uuid.Must(uuid.NewV7()), Prison: h.Prison, Area: h.Area, Ledger: "duty-log"}
		out, err := h.Ledger.Create(officer, n, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		return out.Entry
	}
	signed := func(t *testing.T, e ledger.Entry) ledger.Entry {
		t.Helper()
		h.Attach(t, "officer", e.Key, "handover_signature", housetest.Photo(1))
		return e
	}
	online := func(days int) func(*testing.T) ledger.Entry {
		return func(t *testing.T) ledger.Entry {
			return signed(t, h.Begin(t, "officer", "duty-log", loggedOn(t, days, nil)))
		}
	}
	amended := func(t *testing.T) ledger.Entry {
		t.Helper()
		e := signed(t, h.Begin(t, "officer", "duty-log", loggedOn(t, -1, nil)))
		out, err := h.Ledger.Submit(officer, e.Key, e.ETag, "", ledger.Idem{})
		for _, who := range []string{"duty leader", "area head"} {
			if err == nil {
				out, err = approve(h, t, who, out.Entry)
			}
		}
		if err == nil {
			out, err = h.Ledger.Amend(officer, e.Key, out.Entry.ETag, ledger.Idem{})
		}
		if err != nil || out.Entry.State != ledger.Draft {
			t.Fatalf("%+v %v", out.Entry, err)
		}
		return out.Entry
	}
	for _, c := range []struct {
		name   string
		begun  func(*testing.T) ledger.Entry
		days   int
		typed  map[string]any
		filed  string // people present
		stands []string
	}{
		{"begun away, another figure typed", afresh, -1, said("inmate_count", 60, "off_site_count", 0, "open_hazards", 0), "61", []string{"/inmate_count"}},
		{"begun away, nothing typed", afresh, -1, said("off_site_count", 0, "open_hazards", 0), "61", []string{"/inmate_count"}},
		{"begun away, the same typed", afresh, -1, said("inmate_count", 61, "off_site_count", 0, "open_hazards", 0), "61", nil},
		{"begun away, of a day without a count", afresh, -3, said("inmate_count", 60, "off_site_count", 0, "open_hazards", 0), "60", nil},
		{"begun online", online(-1), -1, said("inmate_count", 61, "off_site_count", 0, "open_hazards", 0), "61", nil},
		{"begun online, of another day", online(-1), -2, said("inmate_count", 61, "off_site_count", 0, "open_hazards", 0), "55", []string{"/inmate_count"}},
		{"begun online, of a day without a count", online(-1), -3, said("inmate_count", 61, "open_hazards", 0), "", []string{"/inmate_count"}},
		{"amended", amended, -1, said("inmate_count", 61, "off_site_count", 0, "open_hazards", 0), "61", nil},
		{"amended, of another day", amended, -2, said("inmate_count", 61, "off_site_count", 0, "open_hazards", 0), "55", []string{"/inmate_count"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := loggedOn(t, c.days, c.typed)
			e := c.begun(t)
			save := h.Ledger.SaveDraft
			if strings.HasPrefix(c.name, "begun away") {
				save = h.Ledger.SaveUnseen
			}
			saved, err := save(officer, e.Key, e.ETag, e.Version, body, ledger.Idem{})
			if err != nil || saved.Received.Document != digestOf(t, body) {
				t.Fatalf("saved: %+v %v", saved.Received, err)
			}
			if e.Revision == 0 {
				signed(t, e)
			}
			sub := ledger.Submission{Reason: "补记", Written: chainOf(t, anchor.Token, body, nil, time.Now())}
			out, err := h.Ledger.SubmitWith(officer, e.Key, saved.Entry.ETag, sub, ledger.Idem{})
			if err != nil {
				t.Fatal(err)
			}
			if out.Received.Document != digestOf(t, body) {
				t.Error("submitted: what arrived is not what was typed")
			}
			if got := claimOf(t, h, e.Key, "written_offline"); !got.Verified || got.NotBefore == nil || got.Document != digestOf(t, body) {
				t.Errorf("the proven time is lost: %+v", got)
			}
			v := get(t, h, out.Entry)
			var filed map[string]any
			if err := json.Unmarshal(v.Revisions[len(v.Revisions)-1].Document, &filed); err != nil || number(filed["inmate_count"]) != c.filed {
				t.Errorf("filed: %v, want %q, %v", filed["inmate_count"], c.filed, err)
			}
			if diff := cmp.Diff(c.stands, overruledAt(out.Warnings)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestOwnSaveKnown: who sends the same over an etag that is past learns that it has
// arrived, whatever the sources have made of it since.
func TestOwnSaveKnown(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	yesterday, _ := shiftOn(-1)
	filedAt(t, h, "headcount", h.Area, yesterday.Add(time.Hour), said("expected_count", 61, "actual_count", 61))
	body := loggedOn(t, -1, said("inmate_count", 60))
	e := h.Begin(t, "officer", "duty-log", nil)
	if _, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag, e.Version, body, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	_, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag, e.Version, body, ledger.Idem{})
	f, ok := err.(*fault.Error)
	if !ok || f.Code != "changed_meanwhile" || f.Detail["arrived"] != digestOf(t, body) || digestOf(t, f.Detail["current"].(json.RawMessage)) == digestOf(t, body) {
		t.Errorf("%v", err)
	}
}
