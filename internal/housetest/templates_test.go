package housetest_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestTemplates: one's own alone, replaced by name, and carried to a new
// version like a draft, with what was dropped said.
func TestTemplates(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := h.As(t.Context(), "officer")
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "culture-activity",
		Body: json.RawMessage(`{"activity_kind":"sport","title":"篮球","held_at":"2026-11-20T09:00:00+08:00","place":"操场","organiser_ref":"0000001","duration_min":60}`)}
	begins := func(who string) ledger.Beginnings {
		t.Helper()
		b, err := h.Ledger.Beginnings(h.As(t.Context(), who), n)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	// Twice at once under one name: one template.
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if _, err := h.Ledger.SaveTemplate(ctx, n, " 球赛 ", ledger.Idem{}); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	b := begins("officer")
	if len(b.Templates) != 1 || b.Templates[0].Kept.Name != "球赛" || b.Last != nil {
		t.Fatalf("begins with %+v", b)
	}
	if got := string(b.Templates[0].Carried.Body); got != `{"activity_kind":"sport","organiser_ref":"0000001","place":"操场","title":"篮球"}` {
		t.Errorf("kept %s", got)
	}
	if others := begins("second officer"); len(others.Templates) != 0 {
		t.Error("somebody else sees it")
	}
	if err := h.Ledger.DropTemplate(h.As(t.Context(), "second officer"), h.Prison, b.Templates[0].Kept.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else drops it: %v", err)
	}
	if _, err := h.Ledger.SaveTemplate(h.As(t.Context(), "officer elsewhere"), n, "别处", ledger.Idem{}); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
		t.Errorf("for another area: %v", err)
	}
	if _, err := h.Ledger.SaveTemplate(ctx, n, "", ledger.Idem{}); fault.CodeOf(err) != "invalid_document" {
		t.Errorf("without a name: %v", err)
	}

	// The next version has no organiser any more, and calls the place otherwise.
	c := next(t, h, n.Ledger, func(schema, definition, form map[string]any) {
		props := properties(schema)
		everywhere(t, definition, "evidence", "doc.place", "doc.venue")
		delete(props, "organiser_ref")
		props["venue"] = props["place"]
		delete(props, "place")
		required := schema["required"].([]any)
		required[slices.Index(required, any("place"))] = "venue"
		schema["required"] = slices.DeleteFunc(required, func(f any) bool { return f == "organiser_ref" })
		for _, s := range form["sections"].([]any) {
			fields := s.(map[string]any)["fields"].([]any)
			fields = slices.DeleteFunc(fields, func(f any) bool { return f == "organiser_ref" })
			if i := slices.Index(fields, any("place")); i >= 0 {
				fields[i] = "venue"
			}
			s.(map[string]any)["fields"] = fields
		}
	})
	files, err := h.Store.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v2 := catalog.Files{Schema: []byte(c.Schema), Definition: []byte(c.Definition), Form: []byte(c.Form)}
	if err := h.Catalog.Replace(append(files, v2), nil); err != nil {
		t.Fatal(err)
	}
	m := begins("officer").Templates[0]
	if got := string(m.Carried.Body); got != `{"activity_kind":"sport","title":"篮球","venue":"操场"}` || len(m.Dropped) != 1 || len(m.Held) != 0 {
		t.Errorf("carried %s, dropped %v, held %v", got, m.Dropped, m.Held)
	}

	// Row-level security alone keeps others out.
	var seen int
	err = h.Owner.QueryRow(t.Context(), `with me as (select set_config('app.person', $1, false)) select count(*) from me`, h.Person("second officer").PersonID.String()).Scan(&seen)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Owner.Exec(t.Context(), "set role taizhang_app"); err != nil {
		t.Fatal(err)
	}
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from templates").Scan(&seen); err != nil || seen != 0 {
		t.Errorf("the database shows %d of somebody else's: %v", seen, err)
	}
}

// TestBeginningsRead: to be shown what stood in a strictly restricted entry is to read
// it, and is recorded so; where nothing of the last one is shown nothing is.
func TestBeginningsRead(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	meeting := inForce(t, h, "area-conditions-meeting", nil)
	empty := inForce(t, h, "complaint-rights", map[string]any{"record_kind": nil, "channel": nil, "receiver_ref": nil})
	for _, k := range []ledger.Key{meeting, empty} {
		if _, err := h.Owner.Exec(t.Context(), "update entries set level = 'L3' where entry_id = $1", k.Entry); err != nil {
			t.Fatal(err)
		}
	}
	reads := func(k ledger.Key) (n int) {
		t.Helper()
		if err := h.Owner.QueryRow(t.Context(), "select count(*) from custody_events where kind = 'read' and subject = $1", k.Entry.String()).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range 2 {
		b, err := h.Ledger.Beginnings(h.As(t.Context(), "officer"), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "area-conditions-meeting"})
		if err != nil || b.Last == nil || b.Last.Entry != meeting.Entry {
			t.Fatalf("begins with %+v: %v", b.Last, err)
		}
	}
	if n := reads(meeting); n != 2 {
		t.Errorf("%d readings recorded, want one for each look", n)
	}
	b, err := h.Ledger.Beginnings(h.As(t.Context(), "officer"), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "complaint-rights"})
	if err != nil || b.Last == nil {
		t.Fatalf("begins with %+v: %v", b.Last, err)
	}
	if n := reads(empty); string(b.Last.Body) != "{}" || n != 0 {
		t.Errorf("%d readings of nothing recorded, %s shown", n, b.Last.Body)
	}
}
