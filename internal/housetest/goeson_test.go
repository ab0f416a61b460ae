package housetest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
	"taizhang/internal/scoring"
)

// drafted puts so many open drafts into the house.
func drafted(t *testing.T, h *housetest.House, id string, n int) {
	t.Helper()
	if _, err := h.Owner.Exec(t.Context(), `with made as (
			insert into entries (prison_id, entry_id, area_id, ledger, version, level, author, state)
			select $1, gen_random_uuid(), $2, $3, 1, 'L1', $4, 'draft' from generate_series(1, $5::int) returning prison_id, entry_id)
		insert into drafts (prison_id, entry_id, body) select prison_id, entry_id, '{}' from made`, h.Prison, h.Area, id, h.Person("officer").PersonID, n); err != nil {
		t.Fatal(err)
	}
}

// TestDraftsGoOn: a draft that cannot move holds back none behind it, and one job
// moves no more than it has time for: it asks for the next, once however often it
// is tried.
func TestDraftsGoOn(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	const id = "culture-activity"
	all := 2*proposal.MovedAtOnce + 3
	drafted(t, h, id, all)
	broken := errors.New("no such disk")
	seen := map[ledger.Key]int{}
	var first ledger.Key
	visit := func(k ledger.Key) error {
		if len(seen) == 0 {
			first = k
		}
		seen[k]++
		if k == first {
			return broken
		}
		return nil
	}
	p := proposal.Published{Ledger: id, Version: 2}
	for range 2 { // tried again
		if err := h.Proposals.EachBehind(t.Context(), p, visit); !errors.Is(err, broken) || !strings.Contains(err.Error(), first.Entry.String()) {
			t.Fatalf("not reported: %v", err)
		}
	}
	if len(seen) != proposal.MovedAtOnce {
		t.Errorf("%d visited by one job, want %d", len(seen), proposal.MovedAtOnce)
	}
	for jobs := 1; jobs < 3; jobs++ {
		var queued int
		next := proposal.Published{}
		if err := h.Owner.QueryRow(t.Context(), "select count(*), (array_agg(args order by id desc))[1] from river_job where kind = 'version_published' and args->>'ledger' = $1", id).Scan(&queued, &next); err != nil {
			t.Fatal(err)
		}
		if queued != jobs || next.Ledger != id || next.Version != 2 {
			t.Fatalf("%d jobs, the last %+v", queued, next)
		}
		if err := h.Proposals.EachBehind(t.Context(), next, visit); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != all {
		t.Errorf("%d of %d visited", len(seen), all)
	}
}

// TestDraftsPaged: a dry run over more drafts than it holds at once counts each.
func TestDraftsPaged(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	const id = "culture-activity"
	n := 2*proposal.PageOfDrafts + 3
	drafted(t, h, id, n)
	store := h.Proposals.Store
	most := 0
	h.Proposals.Store = counting{store, &most}
	today := catalog.DayOf(time.Now())
	version := next(t, h, id, func(schema, _, form map[string]any) {
		properties(schema)["weather_note"] = property("天气情况说明", "weather_note", "string")
		section(form)["fields"] = append(section(form)["fields"].([]any), "weather_note")
	})
	for _, x := range []struct {
		c    proposal.Content
		want proposal.Drafts
	}{
		{version, proposal.Drafts{Open: n, Move: n, Fate: "version"}},
		{proposal.Content{Kind: proposal.Delete, Ledger: id, Reason: "演练用的删除", On: today, Notice: fault.Text{ZH: "不再填报", EN: "No longer kept"}}, proposal.Drafts{Open: n, Fate: "delete"}},
	} {
		r, err := h.Proposals.Try(h.As(t.Context(), "bureau office"), h.Prison, x.c)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(x.want, r.Drafts); diff != "" {
			t.Errorf("%s: %s", x.c.Kind, diff)
		}
	}
	if most != proposal.PageOfDrafts {
		t.Errorf("%d documents held at once, want %d", most, proposal.PageOfDrafts)
	}
}

// counting notes how many drafts a dry run was given at once.
type counting struct {
	proposal.Store
	most *int
}

func (c counting) Read(ctx context.Context, s ledger.Session, fn func(proposal.Tx) error) error {
	return c.Store.Read(ctx, s, func(tx proposal.Tx) error { return fn(countingTx{tx, c.most}) })
}

type countingTx struct {
	proposal.Tx
	most *int
}

func (c countingTx) OpenDrafts(ctx context.Context, id string, after ledger.Key, limit int) ([]proposal.OpenDraft, error) {
	list, err := c.Tx.OpenDrafts(ctx, id, after, limit)
	*c.most = max(*c.most, len(list))
	return list, err
}

// TestRemindGoesOn: an entry that cannot be looked at holds back none behind it.
func TestRemindGoesOn(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	set := func(sql string, args ...any) {
		t.Helper()
		if _, err := h.Owner.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	chained(t, h, step{"roles": []string{"duty_leader"}}, step{"roles": []string{"area_head"}, "deputy": []string{"deputy_head"}})
	broken, behind := h.Submitted(t), h.Submitted(t)
	set("update entries set revision = 9 where entry_id = $1", broken.Entry)
	set("update postings set until_at = now() where role = 'duty_leader'")
	if err := h.Ledger.Remind(t.Context(), h.Prison); err == nil || !strings.Contains(err.Error(), broken.Entry.String()) {
		t.Errorf("not reported: %v", err)
	}
	if e := get(t, h, behind).Entry; len(e.StepVacant) != 1 || e.StepVacant[0] != actor.DutyLeader {
		t.Errorf("the one behind it was left: %v for %v", e.StepRoles, e.StepVacant)
	}
}

// failing cannot reckon one ledger.
type failing struct {
	duty.Store
	ledger string
	done   map[string]bool
}

func (f failing) Reckon(ctx context.Context, s ledger.Session, area uuid.UUID, id, day string, fn func(duty.Day) ([]scoring.DayFact, error)) error {
	if id == f.ledger {
		return errors.New("no such disk")
	}
	f.done[id] = true
	return f.Store.Reckon(ctx, s, area, id, day, fn)
}

// TestRefreshGoesOn: a day that cannot be reckoned holds back no other.
func TestRefreshGoesOn(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	if err := h.Duty.Plan(ctx, h.Prison, time.Now().Add(-72*time.Hour), time.Now()); err != nil {
		t.Fatal(err)
	}
	all := failing{h.Duty.Store, "", map[string]bool{}}
	refresh := func(f failing) error {
		one := *h.Duty
		one.Store = f
		return one.RefreshDue(ctx, h.Prison, time.Now().Add(-72*time.Hour), time.Now())
	}
	if err := refresh(all); err != nil {
		t.Fatal(err)
	}
	rest := failing{h.Duty.Store, "headcount", map[string]bool{}}
	if err := refresh(rest); err == nil || !strings.Contains(err.Error(), "headcount") {
		t.Errorf("not reported: %v", err)
	}
	if rest.done["headcount"] = true; len(all.done) < 2 || !cmp.Equal(all.done, rest.done) {
		t.Errorf("reckoned %v, of %v", rest.done, all.done)
	}
}
