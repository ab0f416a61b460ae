package housetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

// approveAtOnce lets one person give the last yes to all of them, and returns
// how many were carried out and why the others were not.
func approveAtOnce(t *testing.T, h *housetest.House, who string, all []proposal.Proposal) (done int, why []string) {
	t.Helper()
	said := make([]error, len(all))
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i, p := range all {
		wg.Go(func() {
			<-start
			_, said[i] = h.Proposals.Decide(h.As(t.Context(), who), h.Prison, p.ID, "approve", "", p.Digest, ledger.Idem{})
		})
	}
	close(start)
	wg.Wait()
	for _, err := range said {
		if err == nil {
			done++
		} else if code := fault.CodeOf(err); code != "" {
			why = append(why, code)
			var f *fault.Error
			if code == "proposal_outdated" && (!errors.As(err, &f) || len(f.Fields) != 1 || !strings.Contains(f.Fields[0].Text.ZH, "请提案人撤回") || f.Fields[0].Text.EN == "") {
				t.Errorf("what happened and what to do is not said: %+v", err)
			}
		} else {
			t.Errorf("no reason: %v", err)
		}
	}
	return done, why
}

// pigeons is a new ledger of which nobody asks yet what it asks for; two of them
// ask for the same.
func pigeons(t *testing.T, h *housetest.House, id string) proposal.Content {
	t.Helper()
	c := next(t, h, "culture-activity", func(schema, definition, form map[string]any) {
		count := property("信鸽羽数", "pigeon_tally", "integer")
		schema["properties"] = map[string]any{"held_at": properties(schema)["held_at"], "pigeon_tally": count}
		schema["required"] = []any{"held_at", "pigeon_tally"}
		delete(schema, "allOf")
		definition["id"], definition["version"], definition["owner"] = id, 1, "dept_custody"
		definition["title"] = map[string]any{"zh": "鸽子簿 " + id, "en": "Pigeons " + id}
		definition["summary"] = []any{"/pigeon_tally"}
		for _, name := range []string{"evidence", "rules", "measures"} {
			definition[name] = []any{}
		}
		section(form)["fields"] = []any{"held_at", "pigeon_tally"}
		form["sections"] = form["sections"].([]any)[:1]
	})
	c.Kind, c.Ledger, c.Gate = proposal.Add, id, theGate
	return c
}

// TestLastDecisionsAtOnce: of changes that exclude each other, all given the last
// yes at the same moment, one is carried out and each other is told why not, as
// if it had come after. That holds where this process has not taken up what was
// published, as another server has not.
func TestLastDecisionsAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Proposals.Refresh = func(context.Context) error { return nil }
	today := catalog.DayOf(time.Now())
	version := func(text string) proposal.Content {
		return next(t, h, "culture-activity", func(_, definition, _ map[string]any) {
			definition["lawful_basis"] = map[string]any{"zh": text}
		})
	}
	transfer := func(target string) proposal.Content {
		return proposal.Content{Kind: proposal.Transfer, Ledger: "tool-hazmat", Reason: "工具改由别科管理", On: today, Target: target}
	}
	for name, x := range map[string]struct {
		all    []proposal.Content
		by     string
		people []string // who decides before, and who last
		why    string
	}{
		"two ledgers that ask the same": {[]proposal.Content{pigeons(t, h, "pigeon-book"), pigeons(t, h, "pigeon-list")},
			"bureau office", []string{"custody head", "second bureau office", "bureau leader"}, "gate_refused"},
		"three versions of one ledger": {[]proposal.Content{version("甲"), version("乙"), version("丙")}, "education head", []string{"bureau office"}, "proposal_outdated"},
		"transfers of one ledger":      {[]proposal.Content{transfer("dept_education"), transfer("dept_education")}, "custody head", []string{"education head", "bureau office"}, "bad_proposal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all []proposal.Proposal
			last := len(x.people) - 1
			for _, c := range x.all {
				p, err := propose(h, t.Context(), x.by, c)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, decideAll(t, h, p, x.people[:last]...))
			}
			done, why := approveAtOnce(t, h, x.people[last], all)
			slices.Sort(why)
			if done != 1 || len(why) != len(all)-1 || slices.ContainsFunc(why, func(code string) bool { return code != x.why }) {
				t.Errorf("%d carried out; the others: %v", done, why)
			}
			states := map[proposal.State]int{}
			for _, p := range all {
				now, err := h.Proposals.Get(h.As(t.Context(), x.by), h.Prison, p.ID)
				if err != nil {
					t.Fatal(err)
				}
				states[now.State]++
			}
			if states[proposal.Executed] != 1 || states[proposal.Proposed] != len(all)-1 {
				t.Errorf("%v", states)
			}
		})
	}
}

// TestDueBeside: what is carried out on its day is judged by the catalogue of that
// moment, also where this process has not yet taken up what another published.
func TestDueBeside(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	tomorrow := time.Now().AddDate(0, 0, 1)
	people := []string{"custody head", "second bureau office", "bureau leader"}
	var all []proposal.Proposal
	for _, id := range []string{"pigeon-book", "pigeon-list"} {
		c := pigeons(t, h, id)
		c.On = catalog.DayOf(tomorrow)
		p, err := propose(h, t.Context(), "bureau office", c)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, decideAll(t, h, p, people...))
	}
	h.Proposals.Now = func() time.Time { return tomorrow }
	h.Proposals.Refresh = func(context.Context) error { return nil }
	if err := h.Proposals.ExecuteDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []proposal.State{proposal.Executed, proposal.Failed} {
		p, err := h.Proposals.Get(h.As(t.Context(), "bureau office"), h.Prison, all[i].ID)
		if err != nil || p.State != want {
			t.Errorf("%s: %s, %v", p.Content.Ledger, p.State, err)
		}
		if want == proposal.Failed && (p.Failure == nil || p.Failure.Code != "gate_refused" || len(p.Failure.Reasons) != 1) {
			t.Errorf("failed because of %+v", p.Failure)
		}
	}
}

// TestHeldSince: drafts that a version would hold, begun after it was proposed, ask
// for the same acceptance at its approval and on its day.
func TestHeldSince(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	dropped := func(id, option, on string) proposal.Content {
		c := next(t, h, id, func(schema, _, _ map[string]any) {
			choice := properties(schema)["activity_kind"].(map[string]any)
			choice["oneOf"] = slices.DeleteFunc(choice["oneOf"].([]any), func(o any) bool { return o.(map[string]any)["const"] == option })
		})
		c.On = on
		return c
	}
	begin := func(kind string) {
		h.Begin(t, "officer", "culture-activity", json.RawMessage(`{"activity_kind":"`+kind+`"}`))
	}
	ctx := t.Context()
	tomorrow := time.Now().AddDate(0, 0, 1)
	now, err := propose(h, ctx, "education head", dropped("culture-activity", "wall_newspaper", catalog.DayOf(time.Now())))
	if err != nil {
		t.Fatal(err)
	}
	later, err := propose(h, ctx, "education head", dropped("culture-activity", "art", catalog.DayOf(tomorrow)))
	if err != nil {
		t.Fatal(err)
	}
	begin("wall_newspaper")
	done, why := approveAtOnce(t, h, "bureau office", []proposal.Proposal{now, now})
	if done != 0 || !slices.Equal(why, []string{"drafts_held", "drafts_held"}) {
		t.Fatalf("%d carried out, %v", done, why)
	}
	_, err = h.Proposals.Decide(h.As(ctx, "bureau office"), h.Prison, now.ID, "approve", "", now.Digest, ledger.Idem{})
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Conflict || f.Detail["report"].(proposal.Report).Drafts.Hold != 1 || !strings.Contains(f.Fields[0].Text.ZH, "1 份草稿") {
		t.Errorf("%+v", f)
	}
	if now, err = h.Proposals.Get(h.As(ctx, "bureau office"), h.Prison, now.ID); err != nil || now.State != proposal.Proposed || len(now.Decisions) != 0 {
		t.Errorf("%s after %d decisions: %v", now.State, len(now.Decisions), err)
	}
	decideAll(t, h, later, "bureau office")
	begin("art")
	begin("art")
	h.Proposals.Now = func() time.Time { return tomorrow }
	if err := h.Proposals.ExecuteDue(ctx); err != nil {
		t.Fatal(err)
	}
	later, err = h.Proposals.Get(h.As(ctx, "education head"), h.Prison, later.ID)
	if err != nil || later.State != proposal.Failed || later.Failure.Code != "drafts_held" || !strings.Contains(later.Failure.Reasons[0].ZH, "2 份草稿") {
		t.Errorf("%s because of %+v, %v", later.State, later.Failure, err)
	}
	if n := len(h.Catalog.Versions("culture-activity")); n != 1 {
		t.Errorf("%d versions", n)
	}
}
