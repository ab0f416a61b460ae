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

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

// TestBurdenHistory carries out a new version and the end of a ledger while the
// house runs: each is a line of its own, with its proposal, from the moment it
// is in force, and what is measured since goes into it.
func TestBurdenHistory(t *testing.T) {
	t.Parallel()
	c := serve(t)
	h := c.h
	officer := c.as(t, "officer")
	const id = "cell-body-search"
	began := h.Catalog.Current(id)
	filed := func(seconds, keystrokes int) {
		t.Helper()
		e := h.Begin(t, "officer", id, h.Search())
		effort := ledger.Effort{Seconds: seconds, Keystrokes: keystrokes}
		if _, err := h.Ledger.SubmitWith(h.As(t.Context(), "officer"), e.Key, e.ETag, ledger.Submission{Effort: effort}, ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
	}
	type history struct {
		Extent  catalog.Extent
		Base    catalog.Weight
		Changes []struct {
			catalog.BurdenChange
			Proposal *proposal.Origin
		}
	}
	read := func(query string) map[string]history {
		t.Helper()
		status, body := officer.do(t, "GET", "/prisons/"+h.Prison.String()+"/burden/history"+query, "", nil)
		if status != 200 {
			t.Fatalf("%d %v", status, body)
		}
		raw, err := json.Marshal(body["kinds"])
		if err != nil {
			t.Fatal(err)
		}
		var kinds map[string]history
		if err := json.Unmarshal(raw, &kinds); err != nil {
			t.Fatal(err)
		}
		return kinds
	}

	// Three in one area, none in the other: one and a half, and more than the half is one more.
	for i := range 3 {
		if _, err := h.Owner.Exec(t.Context(), "insert into inmates (prison_id, inmate_no, name, area_id, admitted_on) values ($1, $2, '张三', $3, '2020-01-01')", h.Prison, fmt.Sprintf("%010d", i+1), h.Area); err != nil {
			t.Fatal(err)
		}
	}
	nominal := h.Catalog.Nominal()
	perWeek := func(e catalog.Extent) int {
		kept := slices.DeleteFunc(slices.Clone(h.Catalog.Types()), func(typ *catalog.Type) bool { return !typ.AppliesTo("ordinary", "residential", true) })
		return catalog.BurdenOf(kept, e).PerWeek
	}
	for query, want := range map[string]catalog.Extent{"": {Inmates: 2, Sites: nominal.Sites, Of: "mean"},
		"?area=" + h.Area.String(): {Inmates: 3, Sites: nominal.Sites, Of: "area"}, "?area=" + h.Other.String(): {Inmates: 0, Sites: nominal.Sites, Of: "area"}} {
		got := read(query)["ordinary"]
		if query != "" {
			got = read(query)["area"]
		}
		if diff := cmp.Diff(want, got.Extent); diff != "" || got.Base.PerWeek != perWeek(want) || got.Base.PerWeek-perWeek(catalog.Extent{Sites: 1}) != want.Inmates*2*230 {
			t.Errorf("%q reckoned by %+v: %d entries a week, want %d %s", query, got.Extent, got.Base.PerWeek, perWeek(want), diff)
		}
	}
	if got := read("")["kitchen"].Extent; got != nominal {
		t.Errorf("a kind of area that the prison has not: %+v", got)
	}

	filed(40, 80)
	filed(60, 100)
	kinds := read("")
	base := kinds["ordinary"].Base
	if len(kinds) != 4 || len(kinds["ordinary"].Changes) != 0 || base.Keystrokes != 80*1000 || base.Seconds != 40*1000 || base.Ledgers == kinds["kitchen"].Base.Ledgers {
		t.Fatalf("before any change: %+v", kinds)
	}

	version := next(t, h, id, func(schema, definition, form map[string]any) {
		properties(schema)["weather_note"] = property("天气情况说明", "weather_note", "string")
		section(form)["fields"] = append(section(form)["fields"].([]any), "weather_note")
	})
	version.Gate = theGate
	ended := proposal.Content{Kind: proposal.Delete, Ledger: "police-training", Reason: "演练用的删除", On: catalog.DayOf(time.Now()), Notice: fault.Text{ZH: "不再填报", EN: "No longer kept"}}
	carried := func(who string, content proposal.Content, people ...string) proposal.Proposal {
		t.Helper()
		p, err := propose(h, t.Context(), who, content)
		if err != nil {
			t.Fatal(err)
		}
		return decideAll(t, h, p, people...)
	}
	first := carried("custody head", version, "bureau office")
	filed(50, 200)
	second := carried("bureau office", ended, "second bureau office", "bureau leader")

	kinds = read("")
	changes := kinds["ordinary"].Changes
	if len(changes) != 2 || len(kinds["hospital"].Changes) != 2 {
		t.Fatalf("%d changes: %+v", len(changes), changes)
	}
	training := catalog.BurdenOf(h.Catalog.Versions("police-training")[:1], catalog.Extent{})
	for i, want := range []struct {
		kind    string
		net     catalog.Weight
		by      proposal.Proposal
		version int
	}{
		{"version", catalog.Weight{Burden: catalog.Burden{Fields: 1}, Keystrokes: 120 * 1000, Seconds: 10 * 1000}, first, began.Version + 1},
		{"delete", catalog.Weight{Burden: catalog.Burden{Ledgers: -1, Fields: -training.Fields, Required: -training.Required, Filled: -training.Filled, PerWeek: -training.PerWeek, Evidence: -training.Evidence}, Unmeasured: -1}, second, 0},
	} {
		got := changes[i]
		if diff := cmp.Diff(want.net, got.Net); diff != "" || got.Kind != want.kind || got.Version != want.version || got.On != catalog.DayOf(time.Now()) {
			t.Errorf("%s: %+v %s", want.kind, got, diff)
		}
		raw, _ := json.Marshal(proposal.Origin{Prison: h.Prison, ID: want.by.ID})
		if link, _ := json.Marshal(got.Proposal); string(link) != string(raw) {
			t.Errorf("%s came of %s, not %s", want.kind, link, raw)
		}
		if want.by.Executed.After.Fields-want.by.Executed.Before.Fields != got.Net.Fields {
			t.Errorf("%s: the dry run said %+v to %+v", want.kind, want.by.Executed.Before, want.by.Executed.After)
		}
	}
	if last := changes[1]; kinds["ordinary"].Base != base || last.Total.Ledgers != -1 || last.After.Ledgers != base.Ledgers-1 || last.Total.Keystrokes != 120*1000 {
		t.Errorf("in all: %+v", last)
	}

	one := read("?area=" + h.Area.String())
	same := kinds["ordinary"].Changes[1].After
	same.PerWeek += 2 * 230 // one inmate more than the mean, in two ledgers kept of everybody
	if diff := cmp.Diff(same, one["area"].Changes[1].After); len(one) != 1 || diff != "" {
		t.Errorf("one ordinary area: %v %s", one, diff)
	}
	if status, _ := officer.do(t, "GET", "/prisons/"+h.Prison.String()+"/burden/history?area=nowhere", "", nil); status != 400 {
		t.Errorf("an area that is none: %d", status)
	}
	elsewhere, area := uuid.New(), uuid.New()
	if _, err := h.Owner.Exec(t.Context(), "insert into prisons (prison_id, code, name_zh, name_en) values ($1, 'YI', '乙监狱', 'Prison Yi')", elsewhere); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Owner.Exec(t.Context(), "insert into areas values ($1, $2, 'B1', '监区', 'Area', 'ordinary', 'residential', true)", elsewhere, area); err != nil {
		t.Fatal(err)
	}
	if status, body := officer.do(t, "GET", "/prisons/"+h.Prison.String()+"/burden/history?area="+area.String(), "", nil); status != 404 {
		t.Errorf("an area of another prison: %d %v", status, body)
	}
	for path, member := range map[string]string{"/shares": "keys", "/consolidation": "extent"} {
		if status, body := officer.do(t, "GET", path, "", nil); status != 200 || body[member] == nil {
			t.Errorf("%s: %d %v", path, status, body)
		}
	}
	notShown(t, h)
}

// notShown: whoever may not read a proposal is not led to it, and whoever sees
// nothing in the prison is told nothing of it; all others are told the same.
func notShown(t *testing.T, h *housetest.House) {
	t.Helper()
	stranger := actor.With(t.Context(), actor.Actor{PersonID: uuid.New(), Postings: []actor.Posting{{PrisonID: uuid.New(), Role: actor.Warden}}})
	for who, ctx := range map[string]context.Context{"an inspector without a grant": h.As(t.Context(), "inspector"), "a warden of another prison": stranger} {
		if list, err := h.Proposals.Origins(ctx, h.Prison); err != nil || len(list) > 0 {
			t.Errorf("%s: %v %v", who, list, err)
		}
	}
	costs := func(ctx context.Context, who string) catalog.Costs {
		t.Helper()
		found, err := h.Ledger.Costs(ctx, h.Prison)
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		return found
	}
	want := costs(h.As(t.Context(), "officer"), "officer")
	if len(want) == 0 {
		t.Error("an officer is told nothing")
	}
	if diff := cmp.Diff(want, costs(h.As(t.Context(), "officer elsewhere"), "officer elsewhere")); diff != "" {
		t.Errorf("an officer of another area (-own area +other): %s", diff)
	}
	if got := costs(stranger, "stranger"); len(got) > 0 {
		t.Errorf("a warden of another prison: %v", got)
	}
	// Neither is of sealed cases, nor of what was submitted so long ago.
	for _, change := range []string{"update entries set sealed = true", "update entries set sealed = false; update events set recorded_at = now() - interval '401 days'"} {
		if _, err := h.Owner.Exec(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if got := costs(h.As(t.Context(), "officer"), change); len(got) > 0 {
			t.Errorf("%s: %v", change, got)
		}
	}
}
