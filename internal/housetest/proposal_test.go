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

// next makes the files of a ledger's next version, changed by fn.
func next(t *testing.T, h *housetest.House, id string, fn func(schema, definition, form map[string]any)) proposal.Content {
	t.Helper()
	typ := h.Catalog.Current(id)
	parts := make([]map[string]any, 3)
	for i, raw := range []json.RawMessage{typ.SchemaJSON, typ.DefinitionJSON, typ.FormJSON} {
		if err := json.Unmarshal(raw, &parts[i]); err != nil {
			t.Fatal(err)
		}
	}
	parts[1]["version"] = typ.Version + 1
	fn(parts[0], parts[1], parts[2])
	texts := make([]string, 3)
	for i, p := range parts {
		raw, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(raw)
	}
	return proposal.Content{Kind: proposal.Version, Ledger: id, Reason: "试行一年后的调整", On: catalog.DayOf(time.Now()),
		Schema: texts[0], Definition: texts[1], Form: texts[2]}
}

func property(title, id, kind string) map[string]any {
	return map[string]any{"title": title, "x-en": title, "x-id": id, "type": kind}
}

func properties(schema map[string]any) map[string]any {
	return schema["properties"].(map[string]any)
}

// retire takes a field out of a schema, and out of what its branches ask for.
func retire(schema map[string]any, name string) {
	delete(properties(schema), name)
	for _, c := range schema["allOf"].([]any) {
		then := c.(map[string]any)["then"].(map[string]any)
		then["required"] = slices.DeleteFunc(then["required"].([]any), func(n any) bool { return n == name })
	}
}

func section(form map[string]any) map[string]any {
	return form["sections"].([]any)[0].(map[string]any)
}

var theGate = &catalog.Gate{Basis: "监狱教育改造工作规定", Purpose: "执法证据需要", NoOther: "现有台账没有这一项", Minutes: 1, PerMonth: 4,
	Savings: []catalog.Spare{{Ledger: "duty-log", Minutes: 4, How: "不再重复抄写"}}, ReviewOn: catalog.DayOf(time.Now().AddDate(0, 6, 0))}

func propose(h *housetest.House, ctx context.Context, who string, c proposal.Content) (proposal.Proposal, error) {
	return h.Proposals.Propose(h.As(ctx, who), h.Prison, c, ledger.Idem{})
}

func decideAll(t *testing.T, h *housetest.House, p proposal.Proposal, people ...string) proposal.Proposal {
	t.Helper()
	for _, who := range people {
		var err error
		if p, err = h.Proposals.Decide(h.As(t.Context(), who), h.Prison, p.ID, "approve", "", p.Digest, ledger.Idem{}); err != nil {
			t.Fatalf("%s: %v", who, err)
		}
	}
	return p
}

// TestProposalsAtOnce lets two people decide the last step at once, and two
// proposals for the same next version meet: one version, one execution.
func TestProposalsAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	c := next(t, h, "culture-activity", func(_, definition, _ map[string]any) {
		definition["lawful_basis"] = map[string]any{"zh": "新的依据"}
	})
	first, err := propose(h, ctx, "education head", c)
	if err != nil {
		t.Fatal(err)
	}
	second, err := propose(h, ctx, "education head", c)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i, who := range []string{"bureau office", "second bureau office"} {
		for j, p := range []proposal.Proposal{first, second} {
			wg.Go(func() {
				_, errs[2*i+j] = h.Proposals.Decide(h.As(ctx, who), h.Prison, p.ID, "approve", "", p.Digest, ledger.Idem{})
			})
		}
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		}
	}
	if versions := h.Catalog.Versions("culture-activity"); won != 1 || len(versions) != 2 {
		t.Errorf("%d won, %d versions: %v", won, len(versions), errs)
	}
}

// onto is a map of a ledger by which the fields told live on, and the others are dropped.
func onto(h *housetest.House, id string, told map[string]string) (list []catalog.Place) {
	for _, f := range h.Catalog.Current(id).Fields() {
		list = append(list, catalog.Place{From: f.ID, To: told[f.ID]})
	}
	return list
}

// TestProposalRefused sends what must not become a ledger.
func TestProposalRefused(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	base := func(id, owner string) proposal.Content {
		c := next(t, h, "culture-activity", func(schema, definition, _ map[string]any) {
			definition["id"], definition["version"], definition["owner"] = id, 1, owner
			definition["title"] = map[string]any{"zh": "新簿", "en": "New book"}
		})
		c.Kind, c.Ledger, c.Gate = proposal.Add, id, theGate
		return c
	}
	today := catalog.DayOf(time.Now())
	tests := map[string]struct {
		c    proposal.Content
		want string
	}{
		// An id is written into the lists of who sees what: "*" there is everything.
		"an id that opens every list": {base("x,*", "dept_custody"), "bad_type"},
		"no such department":          {base("new-book", "dept_nobody"), "bad_proposal"},
		"another ledger's files":      {func() proposal.Content { c := base("new-book", "dept_custody"); c.Ledger = "other-book"; return c }(), "bad_proposal"},
		"yesterday":                   {func() proposal.Content { c := base("new-book", "dept_custody"); c.On = "2020-01-01"; return c }(), "bad_proposal"},
		"no reason":                   {func() proposal.Content { c := base("new-book", "dept_custody"); c.Reason = "  "; return c }(), "bad_proposal"},
		"a reason nobody sees": {func() proposal.Content {
			c := base("new-book", "dept_custody")
			c.Reason = strings.Repeat("\u200b", 6)
			return c
		}(), "bad_proposal"},
		"a notice nobody sees":       {proposal.Content{Kind: proposal.Share, Ledger: "letter-parcel", Reason: "会见通话已经记录", On: today, Target: "visit-call", Notice: fault.Text{ZH: "\u3164"}}, "bad_proposal"},
		"a notice in English unseen": {proposal.Content{Kind: proposal.Share, Ledger: "letter-parcel", Reason: "会见通话已经记录", On: today, Target: "visit-call", Notice: fault.Text{ZH: "见会见通话", EN: "\u200b"}}, "bad_proposal"},
		"to a system of no name":     {proposal.Content{Kind: proposal.Transfer, Ledger: "letter-parcel", Reason: "改用业务系统", On: today, Target: "ext:\u200b", Notice: fault.Text{ZH: "见业务系统"}}, "bad_proposal"},
		"no schema":                  {func() proposal.Content { c := base("new-book", "dept_custody"); c.Schema = "[]"; return c }(), "bad_type"},
		"a kind that is none":        {proposal.Content{Kind: "forget", Ledger: "headcount", Reason: "随便写写", On: today}, "bad_proposal"},
		"to a system there is not":   {proposal.Content{Kind: proposal.Transfer, Ledger: "letter-parcel", Reason: "改用业务系统", On: today, Target: "ext:nothing-there", Notice: fault.Text{ZH: "见业务系统"}}, "bad_proposal"},
		"shared without its fields":  {proposal.Content{Kind: proposal.Share, Ledger: "letter-parcel", Reason: "会见通话已经记录", On: today, Target: "visit-call", Notice: fault.Text{ZH: "见会见通话"}}, "bad_proposal"},
		"shared with all dropped":    {proposal.Content{Kind: proposal.Share, Ledger: "letter-parcel", Reason: "会见通话已经记录", On: today, Target: "visit-call", Map: onto(h, "letter-parcel", nil), Notice: fault.Text{ZH: "见会见通话"}}, "bad_proposal"},
		"shared with what none reads": {proposal.Content{Kind: proposal.Share, Ledger: "letter-parcel", Reason: "已经记录在别处", On: today, Target: "culture-activity",
			Map: onto(h, "letter-parcel", map[string]string{"registered_at": "held_at"}), Notice: fault.Text{ZH: "见文化活动"}}, "bad_proposal"},
		"merged without its fields": {proposal.Content{Kind: proposal.Merge, Ledger: "letter-parcel", Reason: "并入会见通话", On: today, Target: "visit-call", Notice: fault.Text{ZH: "见会见通话"}}, "bad_proposal"},
		"merged into itself":        {proposal.Content{Kind: proposal.Merge, Ledger: "letter-parcel", Reason: "并入自己", On: today, Target: "letter-parcel", Notice: fault.Text{ZH: "见自己"}}, "bad_proposal"},
		"transferred to its owner":  {proposal.Content{Kind: proposal.Transfer, Ledger: "letter-parcel", Reason: "转给归属部门", On: today, Target: "dept_custody"}, "bad_proposal"},
		"the same version again":    {next(t, h, "culture-activity", func(_, _, _ map[string]any) {}), "bad_proposal"},
		"a lower level":             {next(t, h, "psych-health", func(_, d, _ map[string]any) { d["sensitivity"] = "L1" }), "bad_proposal"},
		"another owner":             {next(t, h, "culture-activity", func(_, d, _ map[string]any) { d["owner"] = "dept_custody" }), "bad_proposal"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := propose(h, t.Context(), "bureau office", test.c); fault.CodeOf(err) != test.want {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
	short := base("new-book", "dept_custody")
	short.Reason = "调整"
	var refused *fault.Error
	if _, err := propose(h, t.Context(), "bureau office", short); !errors.As(err, &refused) || !strings.Contains(refused.Fields[0].Text.ZH, "至少 4 个字") {
		t.Errorf("a reason too short is not told how long: %v", err)
	}
	if list, _, err := h.Proposals.List(h.As(t.Context(), "bureau office"), h.Prison); err != nil || len(list) != 0 {
		t.Errorf("%d stored, %v", len(list), err)
	}
}
