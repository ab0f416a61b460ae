package housetest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// TestVoteStays: what a member voted in person is not undone by a secretary who says that they were not
// there, or had no part in it; the database knows it too. The member may still stay out by themselves.
func TestVoteStays(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.reviewed()
	ps := "party secretary"
	j.seated(ps)
	i := j.put(ps, c)
	for n, v := range []string{"for", "abstain", "against"} {
		j.did(ps, i.ID, accreditation.ItemDeed{Kind: "presence", Person: j.person(members[n]), Value: "present"})
		who := members[n]
		if n == 1 {
			who = ps // read in
		}
		j.did(who, i.ID, accreditation.ItemDeed{Kind: "vote", Person: j.person(members[n]), Value: v})
	}
	third := j.person(members[2])
	for _, in := range []accreditation.ItemDeed{{Kind: "presence", Person: third, Value: "absent"}, {Kind: "recuse", Person: third, Reason: "与申报单位有关联"}} {
		if _, err := j.deed(ps, i.ID, in); fault.CodeOf(err) != "vote_cast" {
			t.Errorf("%s by the secretary: %v", in.Kind, err)
		}
	}
	d := j.item(ps, i.ID)
	for _, s := range d.Seats {
		want := []string{"presence", "recuse", "vote"} // who was read in is read in anew
		if s.Person != j.person(members[1]) {
			want = nil
		}
		if diff := cmp.Diff(want, s.May); diff != "" {
			t.Errorf("offered of %s: %s", s.Name, diff)
		}
	}
	app := j.service()
	for kind, value := range map[string]string{"presence": "absent", "recuse": ""} {
		_, err := app.Exec(t.Context(), `insert into meeting_acts (prison_id, item_id, act, kind, person_id, value, reason, acted_by, salt) values ($1, $2, $3, $4, $5, $6, '理由', $7, sha256('x'))`,
			j.h.Prison, i.ID, d.Seen+1, kind, third, value, j.person(ps))
		if got := constraintOf(err); got != "meeting_acts_own" {
			t.Errorf("%s past the service: %s", kind, got)
		}
	}
	if d := j.did(members[2], i.ID, accreditation.ItemDeed{Kind: "recuse", Person: third, Reason: "与申报单位有关联"}); d.Tally.Out != 1 || d.Tally.Against != 0 {
		t.Errorf("by themselves: %+v", d.Tally)
	}
	// Who was read in may have left.
	j.did(ps, i.ID, accreditation.ItemDeed{Kind: "presence", Person: j.person(members[1]), Value: "absent"})
}

// TestRecusedOnTheCase: who stayed out of a case has no part in it when it comes again, before either
// body, and takes no package of it.
func TestRecusedOnTheCase(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.reviewed()
	ps := "party secretary"
	j.seated(ps)
	first := j.put(ps, c)
	one := j.person(members[0])
	j.did(members[0], first.ID, accreditation.ItemDeed{Kind: "recuse", Person: one, Reason: "亲属在申报单位任职"})
	j.did(ps, first.ID, accreditation.ItemDeed{Kind: "outcome", Value: "adjourn", Reason: "到会人数不足"})
	j.minutes(ps, first.ID)
	j.did(ps, first.ID, accreditation.ItemDeed{Kind: "freeze"})
	second := j.put(ps, c)
	d := j.item(ps, second.ID)
	if s := d.Seats[0]; s.Person != one || s.Recused != "亲属在申报单位任职" || len(s.May) != 0 || d.Tally.Out != 1 {
		t.Errorf("seat %+v, tally %+v", s, d.Tally)
	}
	for _, in := range []accreditation.ItemDeed{{Kind: "presence", Person: one, Value: "present"}, {Kind: "vote", Person: one, Value: "for"}} {
		if _, err := j.deed(ps, second.ID, in); fault.CodeOf(err) != "member_recused" {
			t.Errorf("%s: %v", in.Kind, err)
		}
	}
	_, err := j.service().Exec(t.Context(), `insert into meeting_acts (prison_id, item_id, act, kind, person_id, value, acted_by, salt) values ($1, $2, 1, 'presence', $3, 'present', $4, sha256('x'))`,
		j.h.Prison, second.ID, one, j.person(ps))
	if got := constraintOf(err); got != "meeting_acts_recused" {
		t.Errorf("past the service: %s", got)
	}
	// Of two who are left both are for it.
	for _, m := range members[1:] {
		j.did(ps, second.ID, accreditation.ItemDeed{Kind: "presence", Person: j.person(m), Value: "present"})
		j.did(m, second.ID, accreditation.ItemDeed{Kind: "vote", Person: j.person(m), Value: "for"})
	}
	if seen := j.item(members[0], second.ID); seen.Tally.For != 0 || seen.Seats[1].Vote != "" {
		t.Errorf("who stays out reads the votes: %+v", seen.Tally)
	}
	j.did(ps, second.ID, accreditation.ItemDeed{Kind: "outcome", Value: "agree", Reason: "同意"})
	j.minutes(ps, second.ID)
	if f := j.did(ps, second.ID, accreditation.ItemDeed{Kind: "freeze"}); f.Tally.Out != 1 || f.Seats[0].Recused == "" {
		t.Errorf("frozen %+v", f.Tally)
	}
	verified(t, j.h)
}

// TestSeatedMeanwhile: who is seated when an item has begun has no part in it.
func TestSeatedMeanwhile(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.reviewed()
	ps := "party secretary"
	j.seat(ps, members[0], uuid.Nil)
	j.seat(ps, members[1], uuid.Nil)
	i := j.put(ps, c)
	j.voted(ps, i.ID, "for", "against")
	late := j.seat(ps, members[2], uuid.Nil)
	if d := j.item(ps, i.ID); len(d.Seats) != 2 || d.Tally.Voting != 2 {
		t.Errorf("seats %+v", d.Seats)
	}
	if _, err := j.h.Cases.Deliberate(j.as(ps), j.h.Prison, i.ID, accreditation.ItemDeed{Kind: "presence", Person: late.Person, Value: "present"}, ledger.Idem{}); fault.CodeOf(err) != "bad_case" {
		t.Errorf("there: %v", err)
	}
	_, err := j.service().Exec(t.Context(), `insert into meeting_acts (prison_id, item_id, act, kind, person_id, value, acted_by, salt) values ($1, $2, $3, 'presence', $4, 'present', $5, sha256('x'))`,
		j.h.Prison, i.ID, j.item(ps, i.ID).Seen+1, late.Person, j.person(ps))
	if got := constraintOf(err); got != "meeting_acts_member" {
		t.Errorf("past the service: %s", got)
	}
}
