package housetest_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestVersionMoved: what is typed under one version while the draft moves to
// the next is refused with what the new version makes of it, and nothing is lost.
func TestVersionMoved(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	officer := h.As(ctx, "officer")
	const id = "culture-activity"
	e := h.Begin(t, "officer", id, json.RawMessage(`{"title":"第一次"}`))
	c := next(t, h, id, func(schema, definition, form map[string]any) {
		props := properties(schema)
		renamed := props["title"]
		delete(props, "title")
		props["theme"] = renamed
		delete(props, "awards")
		choice := props["activity_kind"].(map[string]any)
		choice["oneOf"] = choice["oneOf"].([]any)[:1]
		everywhere(t, schema, "required", `"title"`, `"theme"`)
		everywhere(t, form, "sections", `"title",`, `"theme",`)
		everywhere(t, form, "sections", `,"awards"`, ``)
		everywhere(t, definition, "summary", `"/title"`, `"/theme"`)
		for _, asked := range []string{"evidence", "measures"} {
			for _, gone := range []string{"library_month'", "reading'"} {
				everywhere(t, definition, asked, gone, "flag_raising'")
			}
		}
	})
	c.AcceptHeld, c.Gate = true, theGate // another condition of a file may ask for more
	p, err := propose(h, ctx, "education head", c)
	if err != nil {
		t.Fatal(err)
	}
	decideAll(t, h, p, "bureau office")
	if err := h.Ledger.Rebase(ctx, e.Key, 2); err != nil {
		t.Fatal(err)
	}
	typed := json.RawMessage(`{"activity_kind":"library_month","awards":["一等奖"],"place":"礼堂","title":"第二次"}`)
	_, err = h.Ledger.SaveDraft(officer, e.Key, e.ETag, 1, typed, ledger.Idem{})
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != "version_moved" || f.Kind != fault.Conflict {
		t.Fatal(err)
	}
	moved := f.Detail["moved"].(ledger.Moved)
	said := []any{f.Detail["version"], f.Detail["etag"], string(f.Detail["current"].(json.RawMessage)), string(moved.Body), moved.Dropped, moved.Held}
	want := []any{2, e.ETag + 1, `{"theme":"第一次"}`, `{"activity_kind":"library_month","place":"礼堂","theme":"第二次"}`,
		nil, nil}
	for _, field := range h.Catalog.Type(id, 1).Fields() {
		switch field.ID {
		case "awards":
			want[4] = []ledger.Dropped{{Title: field.Title(), Value: []any{"一等奖"}}}
		case "activity_kind":
			want[5] = []fault.Text{field.Title()}
		}
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
	out, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag+1, 2, moved.Body, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	// Another window is still at the version before: told the same, whatever its etag.
	if _, err := h.Ledger.SaveDraft(officer, e.Key, out.Entry.ETag, 1, typed, ledger.Idem{}); fault.CodeOf(err) != "version_moved" {
		t.Errorf("over the newest: %v", err)
	}
	v, err := h.Ledger.Get(officer, e.Key)
	if err != nil || string(v.Draft.Body) != string(moved.Body) || v.Entry.Version != 2 {
		t.Errorf("version %d, %s: %v", v.Entry.Version, v.Draft.Body, err)
	}
	if _, err := h.Ledger.Submit(officer, e.Key, out.Entry.ETag, "", ledger.Idem{}); fault.CodeOf(err) != "invalid_document" {
		t.Error(err)
	}
	_, err = h.Ledger.SaveDraft(officer, e.Key, out.Entry.ETag, 2, json.RawMessage(`{}`), ledger.Idem{})
	if err != nil {
		t.Error(err)
	}
}

// everywhere replaces a piece of text within one member.
func everywhere(t *testing.T, in map[string]any, member, old, now string) {
	t.Helper()
	raw, err := json.Marshal(in[member])
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(raw), old, now)), &out); err != nil {
		t.Fatal(err)
	}
	in[member] = out
}
