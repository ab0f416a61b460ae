package housetest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

func sign(t *testing.T, h *housetest.House, who string, e ledger.Entry, place, other string) (ledger.Outcome, error) {
	t.Helper()
	in := ledger.Signing{Digest: *e.Digest, Person: h.Person(other).Number, Place: place, Reason: "熟悉情况"}
	if place == "" {
		return h.Ledger.Transfer(h.As(t.Context(), who), e.Key, in, ledger.Idem{})
	}
	return h.Ledger.AddSigner(h.As(t.Context(), who), e.Key, in, ledger.Idem{})
}

func must(t *testing.T, _ ledger.Outcome, err error) {
	t.Helper()
	if err != nil {
		t.Helper()
		t.Fatal(err)
	}
}

func code(t *testing.T, want string, _ ledger.Outcome, err error) {
	t.Helper()
	if fault.CodeOf(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestTransfer passes a decision on to an equal post, once and with a reason.
func TestTransfer(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	do := func(who string, e ledger.Entry, place, other string) (ledger.Outcome, error) {
		return sign(t, h, who, e, place, other)
	}
	chained(t, h, step{"roles": []string{"area_head"}})
	e := h.Submitted(t)
	out, err := do("area head", e, "", "duty leader")
	code(t, "not_equal_post", out, err)
	out, err = do("area head", e, "", "officer")
	code(t, "not_equal_post", out, err)
	out, err = do("duty leader", e, "", "area head")
	code(t, "forbidden", out, err)
	_, err = h.Ledger.Transfer(h.As(t.Context(), "area head"), e.Key, ledger.Signing{Digest: *e.Digest, Person: h.Person("second area head").Number, Reason: " "}, ledger.Idem{})
	if fault.CodeOf(err) != "reason_required" {
		t.Errorf("without a reason: %v", err)
	}
	list, err := h.Ledger.Equals(h.As(t.Context(), "area head"), e.Key)
	if err != nil || len(list) != 1 || list[0].Name != "second area head" {
		t.Errorf("equals %v %v", list, err)
	}
	out, err = do("area head", e, "", "second area head")
	must(t, out, err)
	if out.Receipt == nil {
		t.Error("no receipt")
	}
	// Gone from the one, there for the other, and not to be passed back.
	if slices.Contains(inboxOf(t, h, h.As(t.Context(), "area head")), e.Key) || !slices.Contains(inboxOf(t, h, h.As(t.Context(), "second area head")), e.Key) {
		t.Error("the inboxes do not say so")
	}
	out, err = vote(t, h, "area head", e, true)
	code(t, "forbidden", out, err)
	out, err = do("second area head", e, "", "area head")
	code(t, "not_equal_post", out, err)
	notices, err := h.Ledger.Notices(h.As(t.Context(), "second area head"), h.Prison)
	if err != nil || len(notices) != 1 || notices[0].Kind != "transferred" {
		t.Errorf("notices %+v %v", notices, err)
	}
	out, err = vote(t, h, "second area head", e, true)
	must(t, out, err)
	v := get(t, h, e)
	if v.Entry.State != ledger.Approved || len(v.Signers) != 1 || v.Signers[0].ForName != "area head" || v.Signers[0].Reason != "熟悉情况" {
		t.Errorf("%s %+v", v.Entry.State, v.Signers)
	}
	if !slices.ContainsFunc(v.Events, func(e ledger.Event) bool { return e.Kind == "transferred" }) {
		t.Error("not in the history")
	}
	e = h.Submitted(t)
	out, err = do("area head", e, "", "area head")
	code(t, "to_oneself", out, err)
	// Of all: the seat moves to somebody of the post who came later.
	chained(t, h, group("all"))
	e = h.Submitted(t)
	out, err = do("area head", e, "", "second area head")
	code(t, "signs_already", out, err)
	p := h.Person("duty leader")
	if _, err := h.Owner.Exec(t.Context(), "insert into postings (posting_id, person_id, role, prison_id, area_id) values (gen_random_uuid(), $1, 'deputy_head', $2, $3)", p.PersonID, h.Prison, h.Area); err != nil {
		t.Fatal(err)
	}
	out, err = do("area head", e, "", "duty leader")
	must(t, out, err)
	for _, who := range []string{"second area head", "deputy head", "duty leader"} {
		out, err = vote(t, h, who, e, true)
		must(t, out, err)
	}
	if out.Entry.State != ledger.Approved {
		t.Error(out.Entry.State)
	}
}

// TestAddSigner: the added one must decide too, before or after, in each mode.
func TestAddSigner(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	do := func(who string, e ledger.Entry, place, other string) (ledger.Outcome, error) {
		return sign(t, h, who, e, place, other)
	}
	for _, mode := range []string{"any", "all", "vote"} {
		t.Run(mode, func(t *testing.T) {
			chained(t, h, group(mode))
			needed := map[string][]string{"any": three[:1], "all": three, "vote": three[:2]}[mode]
			// Before: nobody else decides until they have.
			e := h.Submitted(t)
			out, err := do("area head", e, "before", "duty leader")
			must(t, out, err)
			out, err = vote(t, h, "area head", e, true)
			code(t, "forbidden", out, err)
			if inbox := inboxOf(t, h, h.As(t.Context(), "duty leader")); !slices.Contains(inbox, e.Key) {
				t.Error("not in the added one's inbox")
			}
			out, err = vote(t, h, "duty leader", e, true)
			must(t, out, err)
			for _, who := range needed {
				out, err = vote(t, h, who, e, true)
				must(t, out, err)
			}
			if out.Entry.State != ledger.Approved {
				t.Errorf("before: %s", out.Entry.State)
			}
			// After: approved by the step's own people, it waits for them.
			e = h.Submitted(t)
			out, err = do("area head", e, "after", "duty leader")
			must(t, out, err)
			out, err = vote(t, h, "duty leader", e, true)
			code(t, "forbidden", out, err)
			for _, who := range needed {
				out, err = vote(t, h, who, e, true)
				must(t, out, err)
			}
			if out.Entry.State != ledger.Submitted {
				t.Errorf("after: %s before the added one", out.Entry.State)
			}
			out, err = vote(t, h, "duty leader", e, true)
			must(t, out, err)
			if out.Entry.State != ledger.Approved {
				t.Errorf("after: %s", out.Entry.State)
			}
			// Who was added and returns, returns it for all.
			for _, place := range []string{"before", "after"} {
				e = h.Submitted(t)
				out, err = do("area head", e, place, "duty leader")
				must(t, out, err)
				if place == "after" {
					for _, who := range needed {
						out, err = vote(t, h, who, e, true)
						must(t, out, err)
					}
				}
				out, err = vote(t, h, "duty leader", e, false)
				must(t, out, err)
				if out.Entry.State != ledger.Returned {
					t.Errorf("%s, returned: %s", place, out.Entry.State)
				}
			}
		})
	}
	e := h.Submitted(t)
	out, err := do("area head", e, "before", "officer")
	code(t, "own_entry", out, err)
	for _, place := range []string{"before", "after"} {
		out, err = do("area head", e, place, "area head")
		code(t, "to_oneself", out, err)
	}
	out, err = do("area head", e, "before", "officer elsewhere")
	code(t, "signer_cannot_read", out, err)
	out, err = do("area head", e, "before", "deputy head")
	code(t, "signs_already", out, err)
	out, err = do("duty leader", e, "before", "second duty leader")
	code(t, "forbidden", out, err)
	_, err = h.Ledger.AddSigner(h.As(t.Context(), "area head"), e.Key, ledger.Signing{Digest: *e.Digest, Person: "9999999", Place: "before", Reason: "x"}, ledger.Idem{})
	if fault.CodeOf(err) != "person_unknown" {
		t.Error(err)
	}
}

// TestTransferOffers: who already signs the step is not in the list of whom to pass
// it on to, and where nobody is left, or to whoever was added, it is not offered.
func TestTransferOffers(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"all", "vote"} {
		t.Run(mode, func(t *testing.T) {
			h := housetest.New(t)
			chained(t, h, group(mode))
			offered := func(who string, e ledger.Entry, want ...string) {
				t.Helper()
				ctx := h.As(t.Context(), who)
				list, err := h.Ledger.Equals(ctx, e.Key)
				names := []string{}
				for _, p := range list {
					names = append(names, p.Name)
				}
				if err != nil || !slices.Equal(names, want) {
					t.Errorf("%s: in the list %v %v, want %v", who, names, err, want)
				}
				v, err := h.Ledger.Get(ctx, e.Key)
				if err != nil || slices.Contains(v.Allowed, ledger.Transfer) != (len(want) > 0) {
					t.Errorf("%s: offered %v %v", who, v.Allowed, err)
				}
			}
			e := h.Submitted(t)
			offered("area head", e)
			// Somebody of the post who came later.
			exec(t, h, "insert into postings (posting_id, person_id, role, prison_id, area_id) values (gen_random_uuid(), $1, 'deputy_head', $2, $3)",
				h.Person("duty leader").PersonID, h.Prison, h.Area)
			offered("area head", e, "duty leader")
			out, err := sign(t, h, "area head", e, "before", "custody head")
			must(t, out, err)
			offered("custody head", e)
			out, err = vote(t, h, "custody head", e, true)
			must(t, out, err)
			offered("area head", e, "duty leader")
			out, err = sign(t, h, "area head", e, "", "duty leader")
			must(t, out, err)
			offered("deputy head", e)
		})
	}
}

// TestAddableOffers: whoever is in the list of whom to add can be added; whoever is
// posted in the prison and not in it cannot be.
func TestAddableOffers(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	head := h.As(t.Context(), "area head")
	for _, mode := range []string{"any", "all"} {
		t.Run(mode, func(t *testing.T) {
			chained(t, h, group(mode))
			add := func(e ledger.Entry, number string) error {
				_, err := h.Ledger.AddSigner(head, e.Key, ledger.Signing{Digest: *e.Digest, Person: number, Place: "before", Reason: "熟悉情况"}, ledger.Idem{})
				return err
			}
			refused := h.Submitted(t)
			list, err := h.Ledger.Addable(head, refused.Key, "")
			if err != nil || len(list) == 0 {
				t.Fatalf("%v %v", list, err)
			}
			var offered []string
			for _, p := range list {
				offered = append(offered, p.Number)
				if err := add(h.Submitted(t), p.Number); err != nil {
					t.Errorf("%s is offered: %v", p.Name, err)
				}
			}
			rest := strings.Fields(ask(t, h, "select string_agg(distinct number, ' ') from persons join postings using (person_id) where prison_id = $1 and number <> all($2)", h.Prison, offered))
			if len(rest) < 3 {
				t.Fatalf("nearly everybody is offered: %v", offered)
			}
			for _, number := range rest {
				if err := add(refused, number); fault.CodeOf(err) == "" {
					t.Errorf("%s is not offered: %v", number, err)
				}
			}
			one := list[0]
			if found, err := h.Ledger.Addable(head, refused.Key, one.Number); err != nil || len(found) != 1 || found[0].Name != one.Name {
				t.Errorf("looked up by number: %v %v", found, err)
			}
			if found, err := h.Ledger.Addable(head, refused.Key, "%"); err != nil || len(found) > 0 {
				t.Errorf("a wildcard: %v %v", found, err)
			}
			if _, err := h.Ledger.Addable(h.As(t.Context(), "officer"), refused.Key, ""); !fault.Is(err, fault.Forbidden) {
				t.Errorf("the author looks up: %v", err)
			}
		})
	}
}

// TestTransferOnce: whoever had a decision passed on to them passes it on no further.
func TestTransferOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, step{"roles": []string{"area_head", "deputy_head"}})
	e := h.Submitted(t)
	out, err := sign(t, h, "area head", e, "", "second area head")
	must(t, out, err)
	second := h.As(t.Context(), "second area head")
	list, err := h.Ledger.Equals(second, e.Key)
	if err != nil || len(list) > 0 {
		t.Errorf("in the list %v %v", list, err)
	}
	if v, err := h.Ledger.Get(second, e.Key); err != nil || slices.Contains(v.Allowed, ledger.Transfer) || !slices.Contains(v.Allowed, ledger.Approve) {
		t.Errorf("offered %v %v", v.Allowed, err)
	}
	out, err = sign(t, h, "second area head", e, "", "deputy head")
	code(t, "not_equal_post", out, err)
	out, err = vote(t, h, "second area head", e, true)
	must(t, out, err)
}

// TestSpentPost: whoever could still decide the step has decided it or passed it
// on. It goes up a rung; while it waits for somebody by name it does not.
func TestSpentPost(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, step{"roles": []string{"area_head"}})
	quit := func(who string, quit bool) {
		t.Helper()
		if _, err := h.Owner.Exec(t.Context(), "update postings set until_at = case when $2 then now() end where person_id = $1", h.Person(who).PersonID, quit); err != nil {
			t.Fatal(err)
		}
	}
	remind := func() {
		t.Helper()
		if err := h.Ledger.Remind(t.Context(), h.Prison); err != nil {
			t.Fatal(err)
		}
	}
	// The one who was added first holds the post too, and in the end alone.
	e := h.Submitted(t)
	out, err := sign(t, h, "area head", e, "before", "second area head")
	must(t, out, err)
	out, err = vote(t, h, "second area head", e, true)
	must(t, out, err)
	quit("area head", true)
	remind()
	if e = get(t, h, e).Entry; !slices.Contains(e.StepRoles, actor.DeptHead) || !slices.Contains(inboxOf(t, h, h.As(t.Context(), "custody head")), e.Key) {
		t.Errorf("a spent post: %v decides", e.StepRoles)
	}
	out, err = vote(t, h, "custody head", e, true)
	must(t, out, err)
	if out.Entry.State != ledger.Approved {
		t.Error(out.Entry.State)
	}
	// A sole holder has approved and somebody signs after: nobody stands in.
	e = h.Submitted(t)
	out, err = sign(t, h, "second area head", e, "after", "duty leader")
	must(t, out, err)
	out, err = vote(t, h, "second area head", e, true)
	must(t, out, err)
	remind()
	if e = get(t, h, e).Entry; !slices.Equal(e.StepRoles, []actor.Role{actor.AreaHead}) || len(e.StepVacant) > 0 {
		t.Errorf("%v for %v", e.StepRoles, e.StepVacant)
	}
	out, err = vote(t, h, "duty leader", e, true)
	must(t, out, err)
	if out.Entry.State != ledger.Approved {
		t.Error(out.Entry.State)
	}
}

// TestSigningAtOnce: each new change twice at the same moment, and beside a
// verdict: no seat is lost and none is given twice.
func TestSigningAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, step{"roles": []string{"area_head"}})
	for range 20 {
		e := h.Submitted(t)
		atOnce(t, 2, func(int) error { _, err := sign(t, h, "area head", e, "", "second area head"); return err }, 1)
		e = h.Submitted(t)
		atOnce(t, 2, func(i int) error { _, err := sign(t, h, three[i], e, "after", "duty leader"); return err }, 1)
		// A signer added at the moment of the last approval: both orders are
		// right, but an entry approved has no open seat.
		e = h.Submitted(t)
		var added, decided error
		atOnce(t, 2, func(i int) error {
			if i == 0 {
				_, added = sign(t, h, "second area head", e, "before", "duty leader")
				return nil
			}
			_, decided = vote(t, h, "area head", e, true)
			return nil
		}, 2)
		v := get(t, h, e)
		if (added == nil) == (decided == nil) || (v.Entry.State == ledger.Approved) != (decided == nil) || len(v.Signers) != map[bool]int{true: 1}[added == nil] {
			t.Fatalf("added %v, decided %v: %s", added, decided, v.Entry.State)
		}
	}
}

// TestVacancy: while nobody holds the post, a deputy post or the next rung takes
// over, is named as such, and hands back.
func TestVacancy(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	leave := func(role string) {
		t.Helper()
		if _, err := h.Owner.Exec(t.Context(), "update postings set until_at = now() where role = $1", role); err != nil {
			t.Fatal(err)
		}
	}
	come := func(role string) {
		t.Helper()
		if _, err := h.Owner.Exec(t.Context(), "update postings set until_at = null where role = $1", role); err != nil {
			t.Fatal(err)
		}
	}
	standsIn := func(e ledger.Entry, role actor.Role, vacant ...actor.Role) {
		t.Helper()
		if e = get(t, h, e).Entry; !slices.Contains(e.StepRoles, role) || !slices.Equal(e.StepVacant, vacant) {
			t.Errorf("%v decides for %v, want %s for %v", e.StepRoles, e.StepVacant, role, vacant)
		}
	}
	chained(t, h, step{"roles": []string{"duty_leader"}}, step{"roles": []string{"area_head"}, "deputy": []string{"deputy_head"}})
	leave("duty_leader")
	e := h.Submitted(t)
	standsIn(e, actor.DeputyHead, actor.DutyLeader)
	// It was held when it was reached and is not now: the reminder sees to it, once.
	come("duty_leader")
	held := h.Submitted(t)
	standsIn(held, actor.DutyLeader)
	leave("duty_leader")
	for range 2 {
		if err := h.Ledger.Remind(t.Context(), h.Prison); err != nil {
			t.Fatal(err)
		}
	}
	standsIn(held, actor.DeputyHead, actor.DutyLeader)
	changes := 0
	for _, ev := range get(t, h, held).Events {
		if ev.Kind == "restaffed" {
			changes++
		}
	}
	if changes != 1 {
		t.Errorf("%d events", changes)
	}
	if !slices.Contains(inboxOf(t, h, h.As(t.Context(), "deputy head")), held.Key) {
		t.Error("not in the inbox of who stands in")
	}
	leave("area_head")
	out, err := vote(t, h, "deputy head", e, true)
	must(t, out, err)
	standsIn(e, actor.DeputyHead, actor.AreaHead) // the step names its deputy
	leave("deputy_head")
	leave("instructor")
	if err := h.Ledger.Remind(t.Context(), h.Prison); err != nil {
		t.Fatal(err)
	}
	standsIn(e, actor.DeptHead, actor.AreaHead) // the owner's head comes next
	out, err = vote(t, h, "custody head", e, true)
	must(t, out, err)
	if out.Entry.State != ledger.Approved {
		t.Error(out.Entry.State)
	}
	// And back, once somebody is posted.
	come("duty_leader")
	if err := h.Ledger.Remind(t.Context(), h.Prison); err != nil {
		t.Fatal(err)
	}
	standsIn(held, actor.DutyLeader)
	// Nobody at all: it waits, and says so.
	for _, r := range []string{"duty_leader", "dept_head", "prison_leader", "warden"} {
		leave(r)
	}
	none := h.Submitted(t)
	standsIn(none, actor.DutyLeader, actor.DutyLeader)
}

// TestDeadline: reminders before and after the deadline in working days, each
// once; then the higher post may decide too, and only then.
func TestDeadline(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for _, mode := range []string{"any", "all"} {
		t.Run(mode, func(t *testing.T) {
			g := group(mode)
			g["within_workdays"], g["escalate"] = 3, step{"roles": []string{"prison_leader"}, "unit": "prison"}
			chained(t, h, g)
			clock := clocked(t, h)
			e := h.Submitted(t)
			due := h.Catalog.Calendar().AddWorkdays(clock.Now(), 3)
			if e.StepDue == nil || e.StepDue.Sub(due).Abs() > time.Minute {
				t.Fatalf("due %v, want %v", e.StepDue, due)
			}
			kinds := func(who string) (list []string) {
				t.Helper()
				for range 2 {
					if err := h.Ledger.Remind(t.Context(), h.Prison); err != nil {
						t.Fatal(err)
					}
				}
				ns, err := h.Ledger.Notices(h.As(t.Context(), who), h.Prison)
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range ns {
					if n.Entry != nil && *n.Entry == e.Entry {
						list = append(list, n.Kind)
					}
				}
				slices.Sort(list)
				return list
			}
			want := func(name, who string, kindsWanted ...string) {
				t.Helper()
				if got := kinds(who); fmt.Sprint(got) != fmt.Sprint(kindsWanted) {
					t.Errorf("%s: %s has %v, want %v", name, who, got, kindsWanted)
				}
			}
			leader := h.As(t.Context(), "prison leader")
			want("at first", "area head")
			out, err := h.Ledger.Approve(leader, e.Key, judged(e), ledger.Idem{})
			code(t, "forbidden", out, err)
			clock.Advance(due.Add(-time.Hour).Sub(clock.Now()))
			want("near", "area head", "due_soon")
			want("near", "prison leader")
			if slices.Contains(inboxOf(t, h, leader), e.Key) {
				t.Error("in the inbox of the higher post before the deadline")
			}
			clock.Advance(2 * time.Hour)
			want("over", "area head", "due_soon", "overdue")
			want("over", "prison leader", "escalated")
			want("over", "officer")
			if !slices.Contains(inboxOf(t, h, leader), e.Key) {
				t.Error("not in the inbox of the higher post")
			}
			out, err = h.Ledger.Approve(leader, e.Key, judged(e), ledger.Idem{})
			must(t, out, err)
			if d := get(t, h, e).Decisions[0]; out.Entry.State != ledger.Approved || d.Capacity != "higher" || d.Role != actor.PrisonLeader {
				t.Errorf("%s %+v", out.Entry.State, d)
			}
			if err := h.Ledger.ReadNotices(h.As(t.Context(), "area head"), h.Prison); err != nil {
				t.Fatal(err)
			}
			ns, err := h.Ledger.Notices(h.As(t.Context(), "area head"), h.Prison)
			if err != nil || slices.ContainsFunc(ns, func(n ledger.Notice) bool { return n.ReadAt == nil }) {
				t.Errorf("unread: %v %v", ns, err)
			}
			h.Ledger.Clock = nil
		})
	}
	// The calendar has its say: three working days over a week-end.
	c := h.Catalog.Calendar()
	friday, err := catalog.Day("2026-03-06")
	if err != nil {
		t.Fatal(err)
	}
	if got := catalog.DayOf(c.AddWorkdays(friday.At, 3)); got != "2026-03-11" {
		t.Error(got)
	}
}

// TestSignerGone: whoever was to sign by name and has left their post holds the
// entry up no longer; the higher post decides.
func TestSignerGone(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"any", "all"} {
		t.Run(mode, func(t *testing.T) {
			h := housetest.New(t)
			chained(t, h, group(mode))
			e := h.Submitted(t)
			last, head := "duty leader", h.As(t.Context(), "custody head")
			voters := three[:1]
			if mode == "all" {
				last, voters = three[2], three[:2]
			} else {
				out, err := sign(t, h, "area head", e, "after", last)
				must(t, out, err)
			}
			for _, who := range voters {
				out, err := vote(t, h, who, e, true)
				must(t, out, err)
			}
			remind := func() {
				t.Helper()
				if err := h.Ledger.Remind(t.Context(), h.Prison); err != nil {
					t.Fatal(err)
				}
			}
			remind()
			out, err := h.Ledger.Approve(head, e.Key, judged(e), ledger.Idem{})
			code(t, "forbidden", out, err)
			if _, err := h.Owner.Exec(t.Context(), "update postings set until_at = now() where person_id = $1", h.Person(last).PersonID); err != nil {
				t.Fatal(err)
			}
			remind()
			remind()
			if !slices.Contains(inboxOf(t, h, head), e.Key) {
				t.Error("not in the inbox of the higher post")
			}
			out, err = h.Ledger.Approve(head, e.Key, judged(e), ledger.Idem{})
			must(t, out, err)
			if out.Entry.State != ledger.Approved {
				t.Errorf("%s", out.Entry.State)
			}
		})
	}
}
