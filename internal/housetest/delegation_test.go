package housetest_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
	"taizhang/internal/testkit"
)

// clocked puts the house on a clock of the test's, the database's time with it.
func clocked(t *testing.T, h *housetest.House) *testkit.Clock {
	t.Helper()
	if _, err := h.Owner.Exec(t.Context(), "update prisons set demonstration = true where prison_id = $1", h.Prison); err != nil {
		t.Fatal(err)
	}
	clock := testkit.NewClock(time.Now().Add(time.Minute))
	h.Ledger.Now, h.Ledger.Clock = clock.Now, clock.Now
	return clock
}

// signedIn is the context of somebody who signs in now: with what they received.
func signedIn(t *testing.T, h *housetest.House, who string) context.Context {
	t.Helper()
	a := h.Person(who)
	list, err := h.Ledger.Delegations(h.As(t.Context(), who), h.Prison)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.Deputy == a.PersonID && d.EndedAt == nil {
			a.Delegations = append(a.Delegations, postgres.Received(d))
		}
	}
	return actor.With(t.Context(), a)
}

func delegate(t *testing.T, h *housetest.House, who, deputy string, role actor.Role, from, until time.Time) (ledger.Delegation, error) {
	t.Helper()
	return h.Ledger.Delegate(h.As(t.Context(), who), h.Prison, ledger.NewDelegation{Deputy: h.Person(deputy).Number, Role: role, Area: h.Area,
		From: catalog.DayOf(from), Until: catalog.DayOf(until), Reason: "外出学习"}, ledger.Idem{})
}

func inboxOf(t *testing.T, h *housetest.House, ctx context.Context) (ids []ledger.Key) {
	t.Helper()
	list, err := h.Ledger.List(ctx, ledger.Query{Prison: h.Prison, Waiting: true, Sort: ledger.BySubmitted, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		ids = append(ids, e.Key)
	}
	return ids
}

func judged(e ledger.Entry) ledger.Judgement {
	return ledger.Judgement{Digest: *e.Digest, Comment: "请核对"}
}

// TestDelegation: a deputy decides in the holder's name from the first day to
// the last, not before and not after, and reads only as long.
func TestDelegation(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, step{"roles": []string{"area_head"}})
	clock := clocked(t, h)
	day := func(n int) time.Time { return clock.Now().AddDate(0, 0, n) }
	e, late := h.Submitted(t), h.Submitted(t)
	if _, err := delegate(t, h, "area head", "officer elsewhere", actor.AreaHead, day(2), day(4)); err != nil {
		t.Fatal(err)
	}
	first := day(0)
	for _, c := range []struct {
		day  int
		may  bool
		name string
	}{{0, false, "before"}, {1, false, "the day before"}, {2, true, "the first day"}, {4, true, "the last day"}, {5, false, "after"}} {
		clock.Advance(first.AddDate(0, 0, c.day).Sub(clock.Now()))
		ctx := signedIn(t, h, "officer elsewhere")
		if c.name == "the last day" {
			e = late
		}
		if got := slices.Contains(inboxOf(t, h, ctx), late.Key); got != c.may {
			t.Errorf("%s: in the inbox %v", c.name, got)
		}
		if _, err := h.Ledger.Get(ctx, late.Key); (err == nil) != c.may {
			t.Errorf("%s: read: %v", c.name, err)
		}
		out, err := h.Ledger.Approve(ctx, e.Key, judged(e), ledger.Idem{})
		if (err == nil) != c.may || c.may && out.Entry.State != ledger.Approved {
			t.Errorf("%s: %v %s", c.name, err, out.Entry.State)
		}
	}
	d := get(t, h, late).Decisions[0]
	if d.Capacity != "deputy" || d.ForName != "area head" || d.ByName != "officer elsewhere" || d.Seat() != h.Person("area head").PersonID || d.Role != actor.AreaHead {
		t.Errorf("%+v", d)
	}
}

// TestDelegationLimits: what a delegation does not give.
func TestDelegationLimits(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, step{"roles": []string{"area_head"}})
	today := time.Now()
	d, err := delegate(t, h, "area head", "medic", actor.AreaHead, today, today.AddDate(0, 0, 3))
	if err != nil {
		t.Fatal(err)
	}
	refused := func(name, code string, err error) {
		t.Helper()
		if fault.CodeOf(err) != code {
			t.Errorf("%s: %v, want %s", name, err, code)
		}
	}
	// No chain: what was received is not one's own post.
	medic := signedIn(t, h, "medic")
	_, err = h.Ledger.Delegate(medic, h.Prison, ledger.NewDelegation{Deputy: h.Person("second officer").Number, Role: actor.AreaHead, Area: h.Area,
		From: catalog.DayOf(today), Until: catalog.DayOf(today), Reason: "外出"}, ledger.Idem{})
	refused("a chain", "not_your_post", err)
	_, err = delegate(t, h, "area head", "area head", actor.AreaHead, today.AddDate(0, 0, 9), today.AddDate(0, 0, 9))
	refused("oneself", "delegation_refused", err)
	_, err = delegate(t, h, "area head", "second area head", actor.AreaHead, today.AddDate(0, 0, 1), today.AddDate(0, 0, 1))
	refused("the same days again", "delegation_overlaps", err)
	_, err = delegate(t, h, "area head", "second area head", actor.AreaHead, today.AddDate(0, 0, -9), today.AddDate(0, 0, -8))
	refused("days that are over", "bad_delegation", err)
	_, err = h.Ledger.Delegate(h.As(t.Context(), "area head"), h.Prison, ledger.NewDelegation{Deputy: h.Person("second area head").Number, Role: actor.AreaHead,
		Area: h.Area, From: catalog.DayOf(today.AddDate(0, 0, 9)), Until: catalog.DayOf(today.AddDate(0, 0, 9)), Reason: strings.Repeat("长", 501)}, ledger.Idem{})
	refused("a reason without an end", "bad_delegation", err)
	_, err = h.Ledger.EndDelegation(medic, h.Prison, d.ID, ledger.Idem{})
	refused("ended by another", "forbidden", err)
	// Deciding and reading, nothing else: no filling, no passing on.
	e := h.Submitted(t)
	v, err := h.Ledger.Get(medic, e.Key)
	if err != nil || v.Deciding.Capacity != "deputy" || v.Deciding.ForName != "area head" {
		t.Errorf("%+v %v", v.Deciding, err)
	}
	if !slices.Equal(v.Allowed, []ledger.Action{ledger.Approve, ledger.Return}) {
		t.Errorf("may %v", v.Allowed)
	}
	// Never the author, in nobody's name: of an entry of the holder's, and of one's own.
	for _, who := range []string{"area head", "medic"} {
		if _, err := h.Owner.Exec(t.Context(), "set session_replication_role = replica"); err != nil {
			t.Fatal(err)
		}
		mine := h.Submitted(t)
		for _, table := range []string{"entries", "revisions"} {
			if _, err := h.Owner.Exec(t.Context(), "update "+table+" set author = $2 where entry_id = $1", mine.Entry, h.Person(who).PersonID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.Ledger.Approve(medic, mine.Key, judged(mine), ledger.Idem{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("an entry of %s: %v", who, err)
		}
		if slices.Contains(inboxOf(t, h, medic), mine.Key) {
			t.Errorf("an entry of %s is in the deputy's inbox", who)
		}
	}
	// A session that does not know of the end yet: the row is asked.
	atOnce(t, 2, func(int) error {
		_, err := h.Ledger.EndDelegation(h.As(t.Context(), "area head"), h.Prison, d.ID, ledger.Idem{})
		return err
	}, 1)
	_, err = h.Ledger.Approve(medic, e.Key, judged(e), ledger.Idem{})
	refused("after its end", "delegation_over", err)
	// Or the holder has left the post.
	if _, err = delegate(t, h, "area head", "medic", actor.AreaHead, today, today); err != nil {
		t.Fatal(err)
	}
	medic = signedIn(t, h, "medic")
	if _, err := h.Owner.Exec(t.Context(), "update postings set until_at = now() where person_id = $1", h.Person("area head").PersonID); err != nil {
		t.Fatal(err)
	}
	_, err = h.Ledger.Approve(medic, e.Key, judged(e), ledger.Idem{})
	refused("of a post that was left", "delegation_over", err)
}

// TestDelegateAtOnce: two delegations of the same post for the same days.
func TestDelegateAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for n := range 20 {
		on := time.Now().AddDate(0, 0, n)
		atOnce(t, 2, func(i int) error {
			_, err := delegate(t, h, "area head", []string{"medic", "second officer"}[i], actor.AreaHead, on, on)
			return err
		}, 1)
	}
}

// TestDeputyInGroup: of several who must all sign, a deputy signs for one; the
// same person does not sign twice.
func TestDeputyInGroup(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, group("all"))
	if _, err := delegate(t, h, "area head", "medic", actor.AreaHead, time.Now(), time.Now()); err != nil {
		t.Fatal(err)
	}
	medic := signedIn(t, h, "medic")
	for range 20 {
		e := h.Submitted(t)
		// The holder and the deputy at the same moment: one seat, one verdict.
		atOnce(t, 2, func(i int) error {
			_, err := h.Ledger.Approve([]context.Context{medic, h.As(t.Context(), "area head")}[i], e.Key, judged(e), ledger.Idem{})
			return err
		}, 1)
		if v := get(t, h, e); len(v.Decisions) != 1 || v.Entry.State != ledger.Submitted || len(v.Entry.Waiting) != 2 {
			t.Fatalf("%d decisions, waiting for %v", len(v.Decisions), v.Entry.Waiting)
		}
		if _, err := h.Ledger.Approve(medic, e.Key, judged(e), ledger.Idem{}); err == nil {
			t.Fatal("a second signature of the deputy")
		}
		for _, who := range three[1:] {
			if _, err := vote(t, h, who, e, true); err != nil {
				t.Fatal(err)
			}
		}
		if v := get(t, h, e); v.Entry.State != ledger.Approved {
			t.Fatal(v.Entry.State)
		}
	}
}

// TestDeputySigns: who decides in somebody's name decides, and changes nothing of
// who signs: neither passes the decision on nor adds anybody.
func TestDeputySigns(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for _, mode := range []string{"any", "all", "vote"} {
		chained(t, h, group(mode))
		if mode == "any" {
			if _, err := delegate(t, h, "area head", "medic", actor.AreaHead, time.Now(), time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		medic := signedIn(t, h, "medic")
		// The medic is a deputy, else all below would be forbidden for another reason.
		before := h.Submitted(t)
		if _, err := h.Ledger.Approve(medic, before.Key, judged(before), ledger.Idem{}); err != nil {
			t.Fatalf("%s: %v", mode, err)
		}
		e := h.Submitted(t)
		for place, other := range map[string]string{"": "second area head", ledger.Before: "area head", ledger.After: "duty leader"} {
			in := ledger.Signing{Digest: *e.Digest, Person: h.Person(other).Number, Place: place, Reason: "请本人先看"}
			do := h.Ledger.AddSigner
			if place == "" {
				do = h.Ledger.Transfer
			}
			out, err := do(medic, e.Key, in, ledger.Idem{})
			code(t, "forbidden", out, err)
		}
		if v := get(t, h, e); slices.ContainsFunc(v.Signers, func(g ledger.Signer) bool { return g.Kind != ledger.Holder }) {
			t.Errorf("%s: signers %+v", mode, v.Signers)
		}
	}
}

// TestDeputyHears: who decides in somebody's name is told of what that one is told of,
// while the delegation is in force and of the post it is for.
func TestDeputyHears(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, step{"roles": []string{"area_head"}, "within_workdays": 1})
	clock := clocked(t, h)
	today := clock.Now()
	for _, d := range []struct {
		deputy      string
		from, until time.Time
	}{{"duty leader", today, today.AddDate(0, 0, 30)}, {"deputy head", today.AddDate(0, 0, 31), today.AddDate(0, 0, 40)}} {
		if _, err := delegate(t, h, "area head", d.deputy, actor.AreaHead, d.from, d.until); err != nil {
			t.Fatal(err)
		}
	}
	for _, deputy := range []string{"education head", "officer"} { // the author decides in nobody's name
		holder := map[string]string{"education head": "custody head", "officer": "second area head"}[deputy]
		n := ledger.NewDelegation{Deputy: h.Person(deputy).Number, Role: actor.DeptHead, Department: "dept_custody", From: catalog.DayOf(today), Until: catalog.DayOf(today.AddDate(0, 0, 30)), Reason: "外出学习"}
		if deputy == "officer" {
			n.Role, n.Department, n.Area = actor.AreaHead, "", h.Area
		}
		if _, err := h.Ledger.Delegate(h.As(t.Context(), holder), h.Prison, n, ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
	}
	hears := func(when string, want map[string][]string) {
		t.Helper()
		for range 2 {
			if err := h.Ledger.Remind(t.Context(), h.Prison); err != nil {
				t.Fatal(err)
			}
		}
		for who, kinds := range want {
			list, err := h.Ledger.Notices(signedIn(t, h, who), h.Prison)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, n := range list {
				if n.Kind != "delegated" {
					got = append(got, n.Kind)
				}
			}
			if slices.Sort(got); !slices.Equal(got, kinds) {
				t.Errorf("%s: %s has %v, want %v", when, who, got, kinds)
			}
		}
	}
	e := h.Submitted(t)
	clock.Advance(e.StepDue.Add(time.Hour).Sub(clock.Now()))
	overdue := []string{"overdue"}
	hears("over", map[string][]string{"area head": overdue, "second area head": overdue, "duty leader": overdue, "deputy head": nil, "education head": nil, "officer": nil})
	out, err := vote(t, h, "area head", e, true)
	must(t, out, err)
	out, err = askVoid(t, h, "officer", e.Key)
	must(t, out, err)
	asked := []string{"due_soon", "void_asked"}
	hears("asked", map[string][]string{"custody head": asked, "education head": asked, "duty leader": overdue})
	out, err = h.Ledger.WithdrawVoid(h.As(t.Context(), "officer"), e.Key, ledger.Judgement{Comment: "填报无误"}, ledger.Idem{})
	must(t, out, err)
	withdrawn := append(asked, "void_withdrawn")
	hears("withdrawn", map[string][]string{"custody head": withdrawn, "education head": withdrawn, "duty leader": overdue})
}
