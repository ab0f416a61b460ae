package housetest_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

// TestOnItsDay approves for tomorrow: today nothing happens, tomorrow each is
// carried out once, and one that no longer fits holds back no other: it fails, and
// its author and the office hear of it once.
func TestOnItsDay(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	tomorrow := time.Now().AddDate(0, 0, 1)
	basis := func(id, text string) proposal.Content {
		c := next(t, h, id, func(_, definition, _ map[string]any) { definition["lawful_basis"] = map[string]any{"zh": text} })
		c.On = catalog.DayOf(tomorrow)
		return c
	}
	var waiting []proposal.Proposal
	for _, c := range []proposal.Content{basis("culture-activity", "甲"), basis("culture-activity", "乙"), basis("individual-talk", "丙")} {
		p, err := propose(h, t.Context(), "education head", c)
		if err != nil {
			t.Fatal(err)
		}
		waiting = append(waiting, p)
	}
	// Two of one ledger may have been approved before that was refused.
	state := func(to string) {
		t.Helper()
		if _, err := h.Owner.Exec(t.Context(), "update proposals set state = $1 where proposal_id = $2", to, waiting[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range waiting {
		if p = decideAll(t, h, p, "bureau office"); p.State != proposal.Approved {
			t.Fatal(p.State)
		}
		state([]string{"proposed", "approved", "approved"}[i])
	}
	if err := h.Proposals.ExecuteDue(t.Context()); err != nil || len(h.Catalog.Versions("individual-talk")) != 1 {
		t.Fatalf("today: %v", err)
	}
	h.Proposals.Now = func() time.Time { return tomorrow }
	var wg sync.WaitGroup
	for range 2 { // on two servers at once
		wg.Go(func() {
			if err := h.Proposals.ExecuteDue(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	states := map[proposal.State]int{}
	for _, p := range waiting {
		now, err := h.Proposals.Get(h.As(t.Context(), "education head"), h.Prison, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		states[now.State]++
		if now.State != proposal.Failed {
			continue
		}
		if now.Failure == nil || len(now.Failure.Reasons) == 0 || now.Failure.Reasons[0].ZH == "" || len(now.Allowed) > 0 {
			t.Errorf("failed because of %+v, allowed %v", now.Failure, now.Allowed)
		}
	}
	for who, want := range map[string]int{"education head": 1, "bureau office": 1, "warden": 0} {
		list, err := h.Ledger.Notices(h.As(t.Context(), who), h.Prison)
		if err != nil || len(list) != want || want > 0 && (list[0].Kind != "not_executed" || list[0].Detail["on"] != catalog.DayOf(tomorrow)) {
			t.Errorf("%s hears %v: %v", who, list, err)
		}
	}
	if states[proposal.Executed] != 2 || states[proposal.Failed] != 1 || len(h.Catalog.Versions("culture-activity")) != 2 || len(h.Catalog.Versions("individual-talk")) != 2 {
		t.Errorf("%v", states)
	}
}

// TestOneChangeWaits: while an approved change of a ledger waits for its day no
// other is proposed or approved, even of two approved at once.
func TestOneChangeWaits(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	basis := func(id, text string) proposal.Content {
		c := next(t, h, id, func(_, definition, _ map[string]any) { definition["lawful_basis"] = map[string]any{"zh": text} })
		c.On = catalog.DayOf(time.Now().AddDate(0, 0, 1))
		return c
	}
	var both [2]proposal.Proposal
	for i, text := range []string{"甲", "乙"} {
		var err error
		if both[i], err = propose(h, t.Context(), "education head", basis("culture-activity", text)); err != nil {
			t.Fatal(err)
		}
	}
	var said [2]error
	var wg sync.WaitGroup
	for i, p := range both {
		wg.Go(func() {
			_, said[i] = h.Proposals.Decide(h.As(t.Context(), "bureau office"), h.Prison, p.ID, "approve", "", p.Digest, ledger.Idem{})
		})
	}
	wg.Wait()
	if (said[0] == nil) == (said[1] == nil) || fault.CodeOf(errors.Join(said[:]...)) != "change_waits" {
		t.Fatalf("two at once: %v", said)
	}
	if _, err := propose(h, t.Context(), "education head", basis("culture-activity", "丙")); fault.CodeOf(err) != "change_waits" {
		t.Errorf("another one: %v", err)
	}
	if _, err := propose(h, t.Context(), "education head", basis("individual-talk", "丁")); err != nil {
		t.Errorf("of another ledger: %v", err)
	}
	// Withdrawn, it holds back nobody.
	i := 0
	if said[0] != nil {
		i = 1
	}
	if _, err := h.Proposals.Decide(h.As(t.Context(), "education head"), h.Prison, both[i].ID, "withdraw", "", both[i].Digest, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	decideAll(t, h, both[1-i], "bureau office")
}

// TestExecutedByTheClock: what a change of the catalogue is dated by is the
// house's clock, the demonstration's too, never the database's own.
func TestExecutedByTheClock(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	exec(t, h, "update prisons set demonstration = true")
	ahead := time.Now().AddDate(0, 2, 0)
	h.Store.Clock = func() time.Time { return ahead }
	h.Proposals.Now = h.Store.Clock
	day := catalog.DayOf(ahead)
	notice := fault.Text{ZH: "不再单独填写", EN: "No longer by itself"}
	version := next(t, h, "individual-talk", func(_, definition, _ map[string]any) { definition["lawful_basis"] = map[string]any{"zh": "丙"} })
	version.On = day
	for _, c := range []struct {
		content proposal.Content
		by      string
		people  []string
	}{
		{version, "education head", []string{"bureau office"}},
		{proposal.Content{Kind: proposal.Delete, Ledger: "police-training", Reason: "演练用的删除", On: day, Notice: notice}, "bureau office", []string{"second bureau office", "bureau leader"}},
		{proposal.Content{Kind: proposal.Transfer, Ledger: "tool-hazmat", Reason: "工具改由劳动改造科管理", On: day, Target: "dept_education"}, "custody head", []string{"education head", "bureau office"}},
	} {
		p, err := propose(h, t.Context(), c.by, c.content)
		if err != nil {
			t.Fatal(err)
		}
		if p = decideAll(t, h, p, c.people...); p.State != proposal.Executed {
			t.Fatal(p.State)
		}
	}
	if e, _ := h.Catalog.End("police-training"); e.On != day {
		t.Errorf("ended on %s, executed on %s", e.On, day)
	}
	if v := h.Catalog.Current("individual-talk"); v.Version != 2 || catalog.DayOf(v.PublishedAt) != day {
		t.Errorf("version %d published on %s, executed on %s", v.Version, v.PublishedAt, day)
	}
	if got := ask(t, h, "select (max(from_at)::date - current_date > 30)::text from ledger_owners where ledger = 'tool-hazmat'"); got != "true" {
		t.Errorf("the owner's day: %s", got)
	}
	if owner := h.Access.Owner("tool-hazmat"); owner != "dept_education" {
		t.Errorf("owner %s", owner)
	}
	before := func(id string) bool {
		return slices.ContainsFunc(h.Catalog.KeptOn(catalog.DayOf(ahead.AddDate(0, 0, -1))), func(x *catalog.Type) bool { return x.ID == id })
	}
	if !before("police-training") {
		t.Error("what was kept the day before is gone")
	}
}
