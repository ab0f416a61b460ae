package housetest_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// shownInForce is what a void is bound to: the revision in force.
func shownInForce(t *testing.T, h *housetest.House, k ledger.Key, why string) ledger.Judgement {
	t.Helper()
	v := get(t, h, ledger.Entry{Key: k})
	i := slices.IndexFunc(v.Revisions, func(r ledger.Revision) bool { return r.Number == v.Entry.InForce })
	if i < 0 {
		t.Fatal("nothing is in force")
	}
	return ledger.Judgement{Digest: v.Revisions[i].Digest, Comment: why}
}

func askVoid(t *testing.T, h *housetest.House, who string, k ledger.Key) (ledger.Outcome, error) {
	t.Helper()
	return h.Ledger.AskVoid(h.As(t.Context(), who), k, shownInForce(t, h, k, "重复填报"), ledger.Idem{})
}

func decideVoid(t *testing.T, h *housetest.House, ctx context.Context, k ledger.Key, yes bool) (ledger.Outcome, error) {
	t.Helper()
	do, why := h.Ledger.RefuseVoid, "内容属实，应予保留"
	if yes {
		do, why = h.Ledger.Void, "经核实重复填报"
	}
	return do(ctx, k, shownInForce(t, h, k, why), ledger.Idem{})
}

// voided asks for a void and grants it.
func voided(t *testing.T, h *housetest.House, e ledger.Entry) ledger.Outcome {
	t.Helper()
	if _, err := askVoid(t, h, "officer", e.Key); err != nil {
		t.Fatal(err)
	}
	out, err := decideVoid(t, h, h.As(t.Context(), "custody head"), e.Key, true)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func noticesOf(t *testing.T, h *housetest.House, who string, e ledger.Entry) (kinds []string) {
	t.Helper()
	list, err := h.Ledger.Notices(h.As(t.Context(), who), h.Prison)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		if n.Entry != nil && *n.Entry == e.Entry {
			kinds = append(kinds, n.Kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// TestVoid: asked for with a reason, decided by another. Meanwhile the entry is
// in force; refused it stays so, with the reasons kept, and may be asked for again.
func TestVoid(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	e := approved(t, h)
	before := standingOf(e)
	j := shownInForce(t, h, e.Key, " ")
	_, err := h.Ledger.AskVoid(h.As(t.Context(), "officer"), e.Key, j, ledger.Idem{})
	code(t, "reason_required", ledger.Outcome{}, err)
	j.Comment = strings.Repeat("长", 501)
	_, err = h.Ledger.AskVoid(h.As(t.Context(), "officer"), e.Key, j, ledger.Idem{})
	code(t, "invalid_document", ledger.Outcome{}, err)
	j = ledger.Judgement{Comment: "重复填报"}
	_, err = h.Ledger.AskVoid(h.As(t.Context(), "officer"), e.Key, j, ledger.Idem{})
	code(t, "changed_meanwhile", ledger.Outcome{}, err)
	out, err := decideVoid(t, h, h.As(t.Context(), "custody head"), e.Key, true)
	code(t, "state_forbids", out, err)

	out, err = askVoid(t, h, "officer", e.Key)
	must(t, out, err)
	if out.Receipt == nil || out.Entry.State != ledger.Approved || out.Entry.VoidAsked == nil {
		t.Errorf("asked for: %+v", out)
	}
	if diff := cmp.Diff(before, standingOf(out.Entry)); diff != "" {
		t.Errorf("asking moved it:\n%s", diff)
	}
	head := h.As(t.Context(), "custody head")
	if !slices.Contains(inboxOf(t, h, head), e.Key) {
		t.Error("not in the inbox of who decides")
	}
	if got := noticesOf(t, h, "custody head", e); !slices.Equal(got, []string{"void_asked"}) {
		t.Errorf("the decider was told %v", got)
	}
	out, err = askVoid(t, h, "area head", e.Key)
	code(t, "state_forbids", out, err)
	v, err := h.Ledger.Get(head, e.Key)
	if err != nil || !slices.Equal(v.Allowed, []ledger.Action{ledger.Void, ledger.RefuseVoid}) || len(v.Voids) != 1 || v.Voids[0].Reason != "重复填报" || v.Voids[0].ByName != "officer" {
		t.Errorf("the decider sees %v, %+v, %v", v.Allowed, v.Voids, err)
	}
	_, err = h.Ledger.RefuseVoid(head, e.Key, shownInForce(t, h, e.Key, ""), ledger.Idem{})
	code(t, "reason_required", ledger.Outcome{}, err)

	out, err = decideVoid(t, h, head, e.Key, false)
	must(t, out, err)
	if out.Entry.State != ledger.Approved || out.Entry.VoidAsked != nil || slices.Contains(inboxOf(t, h, head), e.Key) {
		t.Errorf("refused: %+v", out.Entry)
	}
	if diff := cmp.Diff(before, standingOf(out.Entry)); diff != "" || !out.Entry.DecidedAt.Equal(*e.DecidedAt) {
		t.Errorf("refusing moved it:\n%s", diff)
	}
	// Asked again, by another.
	out, err = askVoid(t, h, "area head", e.Key)
	must(t, out, err)
	out, err = decideVoid(t, h, head, e.Key, true)
	must(t, out, err)
	if out.Entry.State != ledger.Voided || out.Entry.Counts || !out.Entry.DecidedAt.Equal(*e.DecidedAt) {
		t.Errorf("granted: %+v", out.Entry)
	}
	v = get(t, h, e)
	var said []string
	for _, d := range v.Decisions {
		if d.Void != nil {
			said = append(said, d.Verdict+" "+d.Comment)
		}
	}
	if diff := cmp.Diff([]string{"keep 内容属实，应予保留", "void 经核实重复填报"}, said); diff != "" || len(v.Voids) != 2 {
		t.Errorf("the history says %v of %+v", said, v.Voids)
	}
	for who, want := range map[string][]string{"officer": {"void_refused", "voided"}, "area head": {"voided"}} {
		if got := noticesOf(t, h, who, e); !slices.Equal(got, want) {
			t.Errorf("%s was told %v", who, got)
		}
	}
	for _, kind := range []string{"void_asked", "void_refused", "voided"} {
		if !slices.ContainsFunc(v.Events, func(e ledger.Event) bool { return e.Kind == kind }) {
			t.Errorf("%s is not on the time line", kind)
		}
	}
	out, err = askVoid(t, h, "officer", e.Key)
	code(t, "state_forbids", out, err)
	verified(t, h)
}

// TestVoidWalls: who may ask, and who decides: never the author, never who asked,
// in nobody's name; while only those hold the post, the next rung does.
func TestVoidWalls(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	for who, want := range map[string]string{"officer": "", "area head": "", "custody head": "", "second officer": "forbidden", "duty leader": "forbidden",
		"warden": "forbidden", "education head": "not_found", "area head elsewhere": "not_found", "inspector": "not_found"} {
		e := approved(t, h)
		out, err := askVoid(t, h, who, e.Key)
		code(t, want, out, err)
	}
	// The head asked: whoever is above decides.
	e := approved(t, h)
	out, err := askVoid(t, h, "custody head", e.Key)
	must(t, out, err)
	if !slices.Equal(out.Entry.VoidRoles, []actor.Role{actor.PrisonLeader}) || slices.Contains(inboxOf(t, h, h.As(ctx, "custody head")), e.Key) {
		t.Errorf("the head asked: %v decides", out.Entry.VoidRoles)
	}
	for who, want := range map[string]string{"custody head": "own_request", "officer": "forbidden", "area head": "forbidden", "warden": "forbidden", "education head": "not_found"} {
		out, err = decideVoid(t, h, h.As(ctx, who), e.Key, true)
		code(t, want, out, err)
	}
	// That post becomes vacant too: the reminder goes up, and down again.
	leave := func(role string, gone bool) {
		t.Helper()
		exec(t, h, "update postings set until_at = case when $2 then now() end where role = $1", role, gone)
		if err := h.Ledger.Remind(ctx, h.Prison); err != nil {
			t.Fatal(err)
		}
	}
	leave("prison_leader", true)
	if got := noticesOf(t, h, "warden", e); !slices.Equal(got, []string{"void_asked"}) || !slices.Contains(inboxOf(t, h, h.As(ctx, "warden")), e.Key) {
		t.Errorf("the warden was told %v", got)
	}
	leave("prison_leader", false)
	if slices.Contains(inboxOf(t, h, h.As(ctx, "warden")), e.Key) {
		t.Error("still with the warden")
	}
	out, err = decideVoid(t, h, h.As(ctx, "prison leader"), e.Key, true)
	must(t, out, err)

	// By delegation in the head's name; not where the holder asked, nor who did themselves.
	lend := func(from, to string, role actor.Role, department string) context.Context {
		t.Helper()
		day := catalog.DayOf(time.Now())
		if _, err := h.Ledger.Delegate(h.As(ctx, from), h.Prison, ledger.NewDelegation{Deputy: h.Person(to).Number, Role: role, Department: department,
			From: day, Until: day, Reason: "外出学习"}, ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
		return signedIn(t, h, to)
	}
	deputy := lend("custody head", "area head", actor.DeptHead, "dept_custody")
	mine, theirs, plain := approved(t, h), approved(t, h), approved(t, h)
	for who, e := range map[string]ledger.Entry{"area head": mine, "custody head": theirs, "officer": plain} {
		out, err = askVoid(t, h, who, e.Key)
		must(t, out, err)
	}
	out, err = decideVoid(t, h, deputy, mine.Key, true)
	code(t, "own_request", out, err)
	out, err = decideVoid(t, h, deputy, theirs.Key, true)
	code(t, "forbidden", out, err)
	if inbox := inboxOf(t, h, deputy); !slices.Contains(inbox, plain.Key) || slices.Contains(inbox, mine.Key) || slices.Contains(inbox, theirs.Key) {
		t.Errorf("the deputy's inbox: %v", inbox)
	}
	out, err = decideVoid(t, h, deputy, plain.Key, true)
	must(t, out, err)
	if d := get(t, h, plain).Decisions; d[len(d)-1].Capacity != "deputy" || d[len(d)-1].ForName != "custody head" || d[len(d)-1].Role != actor.DeptHead {
		t.Errorf("%+v", d[len(d)-1])
	}

	// The database holds the same by itself.
	for name, who := range map[string]string{"decisions_asker": "area head", "decisions_check": "officer"} {
		_, err := h.Owner.Exec(ctx, `insert into decisions (prison_id, entry_id, revision, step, decision_id, verdict, author, decided_by, role, of_digest, comment, remarks, salt, void_id, asked_by)
			select prison_id, entry_id, revision, 9, gen_random_uuid(), 'void', author, $1, role, of_digest, '', '[]', salt, void_id, asked_by from voids where entry_id = $2`, h.Person(who).PersonID, mine.Entry)
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.Owner.Exec(ctx, `insert into decisions (prison_id, entry_id, revision, step, decision_id, verdict, author, decided_by, role, of_digest, comment, remarks, salt)
		select prison_id, entry_id, revision, 9, gen_random_uuid(), 'void', author, $1, role, of_digest, '', '[]', salt from voids where entry_id = $2`, h.Person("custody head").PersonID, mine.Entry); err == nil {
		t.Error("a void that nobody asked for")
	}
}

// TestVoidAtOnce: asked for twice, decided twice, and decided both ways at the
// same moment; and beside the last approval of a correction.
func TestVoidAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	head := h.As(t.Context(), "custody head")
	for range 10 {
		e := approved(t, h)
		j := shownInForce(t, h, e.Key, "重复填报")
		atOnce(t, 2, func(i int) error {
			_, err := h.Ledger.AskVoid(h.As(t.Context(), []string{"officer", "area head"}[i]), e.Key, j, ledger.Idem{})
			return err
		}, 1)
		atOnce(t, 2, func(i int) error {
			_, err := []func(context.Context, ledger.Key, ledger.Judgement, ledger.Idem) (ledger.Outcome, error){h.Ledger.Void, h.Ledger.RefuseVoid}[i](head, e.Key, j, ledger.Idem{})
			return err
		}, 1)
		if v := get(t, h, e); len(v.Voids) != 1 || len(v.Decisions) != 3 {
			t.Fatalf("%d requests, %d decisions", len(v.Voids), len(v.Decisions))
		}
		e = amended(t, h, approved(t, h))
		out, err := approve(h, t, "duty leader", e)
		must(t, out, err)
		out, err = askVoid(t, h, "officer", e.Key)
		must(t, out, err)
		j = shownInForce(t, h, e.Key, "重复填报")
		var errs [2]error
		atOnce(t, 2, func(i int) error {
			if i == 0 {
				_, errs[0] = approve(h, t, "area head", e)
			} else {
				_, errs[1] = h.Ledger.Void(head, e.Key, j, ledger.Idem{})
			}
			return nil
		}, 2)
		want := map[bool]ledger.State{true: ledger.Voided, false: ledger.Approved}[errs[1] == nil]
		if v := get(t, h, e); (errs[0] == nil) == (errs[1] == nil) || v.Entry.State != want {
			t.Fatalf("approved %v, voided %v: %s", errs[0], errs[1], v.Entry.State)
		}
	}
}

// TestVoidCounts: an entry counts until it is voided, not until that is asked for.
func TestVoidCounts(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	e := approved(t, h)
	counted := func() (n int) {
		t.Helper()
		if err := h.Duty.Refresh(t.Context(), h.Prison, e.Area, e.Ledger, e.Day); err != nil {
			t.Fatal(err)
		}
		if err := h.Owner.QueryRow(t.Context(), "select coalesce(sum(value), 0)::int from facts where ledger = $1 and measure = 'entries'", e.Ledger).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if _, err := askVoid(t, h, "officer", e.Key); err != nil {
		t.Fatal(err)
	}
	if n := counted(); n != 1 {
		t.Errorf("asked for, it counts %d times", n)
	}
	if _, err := decideVoid(t, h, h.As(t.Context(), "custody head"), e.Key, true); err != nil {
		t.Fatal(err)
	}
	if n := counted(); n != 0 {
		t.Errorf("voided, it counts %d times", n)
	}
}

// TestVoidRole: a void is asked for in the post that is the entry's, whichever post somebody has besides.
func TestVoidRole(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	e := approved(t, h)
	a := actor.From(h.As(t.Context(), "officer"))
	own := a.Postings[0].Role
	a.Postings = append([]actor.Posting{{Role: actor.Warden, PrisonID: uuid.New()}, {Role: actor.DutyLeader, PrisonID: h.Prison, AreaID: h.Other}}, a.Postings...)
	if _, err := h.Ledger.AskVoid(actor.With(t.Context(), a), e.Key, shownInForce(t, h, e.Key, "重复填报"), ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	var role actor.Role
	if err := h.Owner.QueryRow(t.Context(), "select role from voids where entry_id = $1", e.Entry).Scan(&role); err != nil || role != own {
		t.Errorf("asked for as %s, not %s: %v", role, own, err)
	}
}

// TestVoidAfterEnd: what was filed in a ledger that has ended since can still be found
// to be wrong: asked for before the end or after it, a void is decided, once.
func TestVoidAfterEnd(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	before, after := approved(t, h), approved(t, h)
	if _, err := askVoid(t, h, "officer", before.Key); err != nil {
		t.Fatal(err)
	}
	exec(t, h, "insert into ledger_ends (ledger, kind, target, notice_zh, notice_en, proposal_id) values ('cell-body-search', 'delete', '', '停用', '', $1)", uuid.New())
	if err := h.Proposals.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := askVoid(t, h, "officer", after.Key); err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]ledger.Entry{"asked before": before, "asked after": after} {
		var all sync.WaitGroup
		var errs [2]error
		for i := range errs {
			all.Go(func() { _, errs[i] = decideVoid(t, h, h.As(t.Context(), "custody head"), e.Key, true) })
		}
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("%s: not once: %v, %v", name, errs[0], errs[1])
		}
		v, err := h.Ledger.Get(h.As(t.Context(), "officer"), e.Key)
		if err != nil || v.Entry.State != ledger.Voided || v.Entry.Counts {
			t.Errorf("%s: %s, counts %t, %v", name, v.Entry.State, v.Entry.Counts, err)
		}
	}
}
