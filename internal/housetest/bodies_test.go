package housetest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// TestTakenOff: a meeting is of a day that somebody may have meant, and an item of which nothing
// was recorded comes off its agenda, whereupon the case may be on another.
func TestTakenOff(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.reviewed()
	ps := "party secretary"
	j.seated(ps)
	call := func(day string) (accreditation.Meeting, error) {
		return h.Cases.Call(j.as(ps), accreditation.Meeting{Body: accreditation.Party, Title: "专题会议", Day: day}, ledger.Idem{})
	}
	in := func(days int) string { return catalog.DayOf(j.clock.Now().AddDate(0, 0, days)) }
	if _, err := call(in(400)); !slices.Equal(refusals(err), []string{"range"}) {
		t.Errorf("a slip in the year: %v", err)
	}
	app := j.service()
	for _, day := range []string{in(-1), in(400)} {
		if _, err := app.Exec(t.Context(), "insert into meetings (meeting_id, body, title, day, called_by) values ($1, 'party', '会', $2::text::date, $3)", uuid.New(), day, j.person(ps)); constraintOf(err) != "meetings_day" {
			t.Errorf("on %s past the service: %v", day, err)
		}
	}
	m, err := call(in(30)) // for December, where November was meant
	if err != nil {
		t.Fatal(err)
	}
	i, err := h.Cases.Put(j.as(ps), h.Prison, m.ID, c, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	off := accreditation.ItemDeed{Kind: "taken_off", Reason: "会议日期有误"}
	if d := j.item(ps, i.ID); !slices.Equal(d.May, []string{"taken_off"}) {
		t.Errorf("ahead of its day: %v", d.May)
	}
	if d := j.item(members[0], i.ID); len(d.May) != 0 {
		t.Errorf("a member may %v", d.May)
	}
	if _, err := j.deed(ps, i.ID, accreditation.ItemDeed{Kind: "taken_off"}); !slices.Equal(refusals(err), []string{"required"}) {
		t.Errorf("without a reason: %v", err)
	}
	for _, who := range []string{"committee secretary", members[0], "bureau office"} {
		if _, err := j.deed(who, i.ID, off); fault.CodeOf(err) != "forbidden" {
			t.Errorf("by %s: %v", who, err)
		}
	}
	if _, err := app.Exec(t.Context(), "insert into meeting_acts (prison_id, item_id, act, kind, value, reason, acted_by, salt) values ($1, $2, 1, 'outcome', 'adjourn', 'x', $3, sha256('x'))",
		h.Prison, i.ID, j.person(ps)); constraintOf(err) != "meeting_acts_ahead" {
		t.Errorf("recorded before its day: %v", err)
	}
	d := j.did(ps, i.ID, off)
	if d.Off == nil || d.Off.Reason != off.Reason || len(d.May) != 0 || d.Frozen != nil {
		t.Errorf("%+v", d)
	}
	for _, kind := range []string{"taken_off", "outcome", "show"} {
		if _, err := j.deed(ps, i.ID, accreditation.ItemDeed{Kind: kind, Value: "adjourn", Reason: "x"}); fault.CodeOf(err) != "item_off" {
			t.Errorf("%s after it: %v", kind, err)
		}
	}
	if _, err := app.Exec(t.Context(), "insert into meeting_acts (prison_id, item_id, act, kind, value, reason, acted_by, salt) values ($1, $2, 2, 'outcome', 'adjourn', 'x', $3, sha256('x'))",
		h.Prison, i.ID, j.person(ps)); constraintOf(err) != "meeting_acts_off" {
		t.Errorf("after it past the service: %v", err)
	}
	var told int
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from notices where kind = 'item_taken_off' and subject = $1", i.ID).Scan(&told); err != nil || told != len(members) {
		t.Errorf("%d members are told: %v", told, err)
	}
	// The member has it before them no more, and the unit's case says why.
	if b, err := h.Cases.Cases(j.as(members[0])); err != nil || len(b.Cases) != 0 {
		t.Errorf("the member sees %d cases: %v", len(b.Cases), err)
	}
	if w := j.whole("area head", c); len(w.Items) != 1 || w.Items[0].TakenOff != off.Reason {
		t.Errorf("the unit's case: %+v", w.Items)
	}
	list, _, err := h.Cases.Meetings(j.as(ps))
	if err != nil || len(list) != 1 || list[0].Items != 0 {
		t.Errorf("%+v %v", list, err)
	}
	today, err := call(j.day())
	if err != nil {
		t.Fatal(err)
	}
	if s, err := h.Cases.Sitting(j.as(ps), today.ID); err != nil || len(s.Waiting) != 1 {
		t.Errorf("it waits: %+v %v", s.Waiting, err)
	}
	again, err := h.Cases.Put(j.as(ps), h.Prison, today.ID, c, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	// What was begun is brought to its end.
	j.did(ps, again.ID, accreditation.ItemDeed{Kind: "presence", Person: j.person(members[0]), Value: "present"})
	if _, err := j.deed(ps, again.ID, off); fault.CodeOf(err) != "item_begun" {
		t.Errorf("after somebody was there: %v", err)
	}
	if _, err := app.Exec(t.Context(), "insert into meeting_acts (prison_id, item_id, act, kind, reason, acted_by, salt) values ($1, $2, 2, 'taken_off', 'x', $3, sha256('x'))",
		h.Prison, again.ID, j.person(ps)); constraintOf(err) != "meeting_acts_begun" {
		t.Errorf("past the service: %v", err)
	}
	verified(t, h)
}

// TestMembership: nobody becomes a member or leaves for a day that has passed, by the service or
// past it; a last day that has not come is said again.
func TestMembership(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	ps := "party secretary"
	day := func(n int) string { return catalog.DayOf(j.clock.Now().AddDate(0, 0, n)) }
	m := j.seat(ps, members[0], uuid.Nil)
	app := j.service()
	seats := func(from string) string {
		_, err := app.Exec(t.Context(), "insert into body_members (member_id, body, person_id, voting, from_day, added_by) values ($1, 'party', $2, true, $3::text::date, $4)", uuid.New(), j.person(members[1]), from, j.person(ps))
		return constraintOf(err)
	}
	leaves := func(n int, last string) string {
		_, err := app.Exec(t.Context(), "insert into body_member_ends (member_id, n, last_day, ended_by) values ($1, $2, $3::text::date, $4)", m.ID, n, last, j.person(ps))
		return constraintOf(err)
	}
	for _, n := range []int{-1, 400} {
		if got := seats(day(n)); got != "body_members_day" {
			t.Errorf("seated from %s: %s", day(n), got)
		}
		if got := leaves(1, day(n)); got != "body_members_day" {
			t.Errorf("left on %s: %s", day(n), got)
		}
		if _, err := h.Cases.EndMember(j.as(ps), m.ID, day(n), ledger.Idem{}); !slices.Equal(refusals(err), []string{"range"}) {
			t.Errorf("%s: %v", day(n), err)
		}
		if _, err := h.Cases.AddMember(j.as(ps), accreditation.Member{Body: accreditation.Party, Person: j.person(members[2]), FromDay: day(n)}, ledger.Idem{}); !slices.Equal(refusals(err), []string{"range"}) {
			t.Errorf("%s: %v", day(n), err)
		}
	}
	end := func(last string) error {
		_, err := h.Cases.EndMember(j.as(ps), m.ID, last, ledger.Idem{})
		return err
	}
	last := func() accreditation.Member {
		t.Helper()
		all, err := h.Cases.Members(j.as(ps))
		if err != nil || len(all.Members) != 1 {
			t.Fatal(all.Members, err)
		}
		return all.Members[0]
	}
	if err := end(day(300)); err != nil { // where next month was meant
		t.Fatal(err)
	}
	if got := leaves(1, day(2)); got != "body_member_ends_pkey" {
		t.Errorf("said without the one before: %s", got)
	}
	if err := end(day(2)); err != nil {
		t.Fatal(err)
	}
	if x := last(); x.LastDay != day(2) || !x.May {
		t.Errorf("%+v", x)
	}
	j.days(3)
	if x := last(); x.May {
		t.Error("who has left may be asked to leave")
	}
	if err := end(day(5)); fault.CodeOf(err) != "member_left" {
		t.Errorf("after they left: %v", err)
	}
	if _, err := app.Exec(t.Context(), "select set_config('app.clock', $1, false)", j.clock.Now().Format(time.RFC3339)); err != nil {
		t.Fatal(err)
	}
	if got := leaves(3, day(5)); got != "body_member_ends_left" {
		t.Errorf("after they left, past the service: %s", got)
	}
	// Who comes back has one seat at a time.
	back := j.seat(ps, members[0], uuid.Nil)
	if _, err := h.Cases.EndMember(j.as(ps), back.ID, day(1), ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Cases.AddMember(j.as(ps), accreditation.Member{Body: accreditation.Party, Person: j.person(members[0]), Voting: true, FromDay: day(5)}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Cases.EndMember(j.as(ps), back.ID, day(6), ledger.Idem{}); fault.CodeOf(err) != "member_seated" {
		t.Errorf("two seats on one day: %v", err)
	}
}

// TestBarredSeesNothing: who comes from a prison has no part in its cases in either body, and does
// not read how others voted on them; who stays out by their own reason reads who was there, and
// no vote. Nor does who sees cases see meetings.
func TestBarredSeesNothing(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.reviewed()
	ps := "party secretary"
	j.seat("committee secretary", members[0], h.Prison) // the party committee did not write it down
	for _, m := range members {
		j.seat(ps, m, uuid.Nil)
	}
	i := j.put(ps, c)
	d := j.item(ps, i.ID)
	if d.Seats[0].Barred != "origin" || d.Seats[1].Barred != "" {
		t.Errorf("%+v", d.Seats)
	}
	j.did(ps, i.ID, accreditation.ItemDeed{Kind: "presence", Person: j.person(members[1]), Value: "present"})
	j.did(members[1], i.ID, accreditation.ItemDeed{Kind: "vote", Person: j.person(members[1]), Value: "against"})
	d, err := h.Cases.Deliberate(j.as(members[2]), h.Prison, i.ID, accreditation.ItemDeed{Kind: "recuse", Person: j.person(members[2]), Reason: "亲属"}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []accreditation.Deliberation{d, j.item(members[2], i.ID)} {
		if d.Tally.Against != 0 || !d.Seats[1].Present || slices.ContainsFunc(d.Seats, func(x accreditation.Seat) bool { return x.Vote != "" || x.VotedBy != "" }) {
			t.Errorf("who stays out reads the votes: %+v", d.Seats)
		}
	}
	j.minutes(ps, i.ID)
	for who, code := range map[string]string{members[1]: "", members[2]: "not_found"} {
		_, body, err := h.Cases.OpenMinutes(j.as(who), h.Prison, i.ID)
		if fault.CodeOf(err) != code {
			t.Errorf("%s opens the minutes: %v", who, err)
		}
		if err == nil {
			_ = body.Close()
		}
	}
	if d := j.item(members[1], i.ID); d.Tally.Against != 1 || d.Seats[1].Vote != "against" {
		t.Errorf("who has a part does not: %+v", d.Seats)
	}
	if _, err := h.Cases.Deliberation(j.as(members[0]), h.Prison, i.ID); fault.CodeOf(err) != "not_found" {
		t.Errorf("the barred member opens the item: %v", err)
	}
	if b, err := h.Cases.Cases(j.as(members[0])); err != nil || len(b.Cases) != 0 {
		t.Errorf("and sees %d cases: %v", len(b.Cases), err)
	}
	if list, _, err := h.Cases.Meetings(j.as(members[0])); err != nil || len(list) != 0 {
		t.Errorf("and %d meetings: %v", len(list), err)
	}
	app := j.service()
	for who, want := range map[string]int{"bureau leader": 1, "head of the custody line": 0, members[0]: 0, members[1]: 1} {
		scope := h.Ledger.Access.Scope(h.Person(who), j.clock.Now())
		var n int
		if _, err := app.Exec(t.Context(), "select set_config('app.cases', $1, false), set_config('app.meetings', $2, false), set_config('app.person', $3, false)", scope["cases"], scope["meetings"], scope["person"]); err != nil {
			t.Fatal(err)
		}
		if err := app.QueryRow(t.Context(), "select count(*) from meeting_items").Scan(&n); err != nil || n != want {
			t.Errorf("the database shows %s %d items: %v", who, n, err)
		}
	}
	verified(t, h)
}
