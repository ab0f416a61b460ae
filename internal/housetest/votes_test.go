package housetest_test

import (
	"bytes"
	"errors"
	"io"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/accreditation"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// TestQuorum: who is out counts neither among the members nor among those who are there.
func TestQuorum(t *testing.T) {
	t.Parallel()
	seats := func(spec string) (list []accreditation.Seat) {
		for _, s := range strings.Fields(spec) {
			x := accreditation.Seat{Voting: true}
			for _, mark := range s {
				switch mark {
				case 'p':
					x.Present = true
				case 'b':
					x.Barred = "posting"
				case 'r':
					x.Recused = "亲属"
				case 'n':
					x.Voting = false
				case '+':
					x.Vote = "for"
				case '-':
					x.Vote = "against"
				case '0':
					x.Vote = "abstain"
				}
			}
			list = append(list, x)
		}
		return list
	}
	for spec, want := range map[string]accreditation.Tally{
		"p+ p+ -":           {Voting: 3, Present: 2, Need: 2, Quorum: true, For: 2},
		"p+ a a":            {Voting: 3, Present: 1, Need: 2, For: 1},
		"p+ p- a a":         {Voting: 4, Present: 2, Need: 3, For: 1, Against: 1},
		"p+ p0 p a":         {Voting: 4, Present: 3, Need: 3, Quorum: true, For: 1, Abstain: 1, Open: 1},
		"p+ p+ a b":         {Voting: 3, Out: 1, Present: 2, Need: 2, Quorum: true, For: 2},
		"p+ p+ pr+ pb+":     {Voting: 2, Out: 2, Present: 2, Need: 2, Quorum: true, For: 2},
		"p+ pn+ pn+ a a":    {Voting: 3, Present: 1, Need: 2, For: 1},
		"b r":               {Out: 2},
		"":                  {},
		"p+ p+ p+ p+ a a a": {Voting: 7, Present: 4, Need: 5, For: 4},
	} {
		if diff := cmp.Diff(want, accreditation.Count(big.NewRat(2, 3), seats(spec))); diff != "" {
			t.Errorf("%s: %s", spec, diff)
		}
	}
}

// TestVotes: each member votes in person or is read in, by name; nobody changes what a member
// said in person, and an outcome is what the votes bear.
func TestVotes(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.reviewed()
	ps := "party secretary"
	j.seated(ps)
	i := j.put(ps, c)
	one, two, three := j.person(members[0]), j.person(members[1]), j.person(members[2])
	deny := func(who string, in accreditation.ItemDeed, codes ...string) {
		t.Helper()
		_, err := j.deed(who, i.ID, in)
		got := refusals(err)
		if got == nil {
			got = []string{fault.CodeOf(err)}
		}
		if diff := cmp.Diff(codes, got); diff != "" {
			t.Errorf("%s %s by %s: %s", in.Kind, in.Value, who, diff)
		}
	}
	vote := func(p uuid.UUID, v string) accreditation.ItemDeed {
		return accreditation.ItemDeed{Kind: "vote", Person: p, Value: v}
	}
	decide := func(v string) accreditation.ItemDeed {
		return accreditation.ItemDeed{Kind: "outcome", Value: v, Reason: "记录在案"}
	}
	deny(members[0], vote(one, "for"), "not_present")
	j.did(ps, i.ID, accreditation.ItemDeed{Kind: "presence", Person: one, Value: "present"})
	j.did(ps, i.ID, accreditation.ItemDeed{Kind: "presence", Person: two, Value: "present"})
	deny(members[1], accreditation.ItemDeed{Kind: "presence", Person: two, Value: "absent"}, "forbidden")
	deny(members[1], vote(one, "against"), "forbidden")
	deny("committee secretary", vote(one, "for"), "forbidden")
	deny("bureau office", vote(one, "for"), "forbidden")
	j.did(members[0], i.ID, vote(one, "for"))
	deny(ps, vote(one, "against"), "vote_cast")
	deny(ps, decide("agree"), "votes_open")
	d := j.did(ps, i.ID, vote(two, "against"))
	if d.Seats[0].VotedBy != members[0] || d.Seats[1].VotedBy != ps {
		t.Errorf("voted by %s, %s", d.Seats[0].VotedBy, d.Seats[1].VotedBy)
	}
	deny(ps, decide("agree"), "votes")
	j.did(ps, i.ID, vote(two, "abstain"))
	deny(ps, decide("reject"), "votes")
	deny(ps, decide("send_back"), "votes")
	deny("committee secretary", decide("agree"), "forbidden")
	// Without two of three there is no quorum.
	j.did(ps, i.ID, accreditation.ItemDeed{Kind: "presence", Person: two, Value: "absent"})
	deny(ps, decide("agree"), "quorum")
	j.did(ps, i.ID, accreditation.ItemDeed{Kind: "presence", Person: three, Value: "present"})
	j.did(members[2], i.ID, vote(three, "for"))
	seen := j.item(ps, i.ID).Seen
	j.did(members[2], i.ID, vote(three, "abstain"))
	in := decide("agree")
	in.Seen = seen
	if _, err := j.h.Cases.Deliberate(j.as(ps), j.h.Prison, i.ID, in, ledger.Idem{}); fault.CodeOf(err) != "changed_meanwhile" {
		t.Errorf("decided on what was not seen: %v", err)
	}
	deny(ps, accreditation.ItemDeed{Kind: "freeze"}, "required")
	j.did(ps, i.ID, decide("agree"))
	j.minutes(ps, i.ID)
	// A vote after the outcome: what is frozen is looked at once more.
	j.did(members[0], i.ID, vote(one, "against"))
	deny(ps, accreditation.ItemDeed{Kind: "freeze"}, "votes")
	j.did(members[0], i.ID, vote(one, "for"))
	j.did(ps, i.ID, accreditation.ItemDeed{Kind: "freeze"})
	j.act(ps, c, accreditation.Act{Event: "agree", Document: "局发1号", DocumentOn: j.day()})
	verified(t, j.h)
}

// TestRecused: a member of the candidate prison, now or by origin, has no part in its case, and
// the database knows it too; others stay out with a reason.
func TestRecused(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.reviewed()
	ps := "party secretary"
	j.seat(ps, members[0], uuid.Nil)
	j.seat(ps, members[1], h.Prison)
	j.seat(ps, members[2], j.place[1].Prison)
	i := j.put(ps, c)
	if _, err := h.Owner.Exec(t.Context(), "insert into postings (posting_id, person_id, role, prison_id, from_at) values ($1, $2, 'warden', $3, '2020-01-01')", uuid.New(), j.person(members[0]), h.Prison); err != nil {
		t.Fatal(err)
	}
	d := j.item(ps, i.ID)
	barred := map[string]string{}
	for _, s := range d.Seats {
		barred[s.Name] = s.Barred
	}
	if diff := cmp.Diff(map[string]string{members[0]: "posting", members[1]: "origin", members[2]: ""}, barred); diff != "" {
		t.Fatal(diff)
	}
	for _, m := range members[:2] {
		for _, in := range []accreditation.ItemDeed{{Kind: "presence", Value: "present"}, {Kind: "vote", Value: "for"}, {Kind: "recuse", Reason: "本狱"}} {
			in.Person = j.person(m)
			if _, err := j.deed(ps, i.ID, in); fault.CodeOf(err) != "member_recused" {
				t.Errorf("%s of %s: %v", in.Kind, m, err)
			}
		}
	}
	app := j.service()
	raw := func(act int, kind, person, value string) error {
		_, err := app.Exec(t.Context(), `insert into meeting_acts (prison_id, item_id, act, kind, person_id, value, acted_by, salt) values ($1, $2, $3, $4, $5, $6, $5, sha256('x'))`,
			h.Prison, i.ID, act, kind, j.person(person), value)
		return err
	}
	for _, m := range members[:2] {
		if got := constraintOf(raw(1, "presence", m, "present")); got != "meeting_acts_recused" {
			t.Errorf("the database lets %s in: %s", m, got)
		}
	}
	if got := constraintOf(raw(1, "vote", members[2], "for")); got != "meeting_acts_present" {
		t.Errorf("a vote of who is not there: %s", got)
	}
	if got := constraintOf(raw(1, "presence", "bureau leader", "present")); got != "meeting_acts_member" {
		t.Errorf("presence of no member: %s", got)
	}
	// Of one member who is left, one is a quorum; then that one stays out too.
	third := j.person(members[2])
	j.did(ps, i.ID, accreditation.ItemDeed{Kind: "presence", Person: third, Value: "present"})
	if d = j.did(members[2], i.ID, accreditation.ItemDeed{Kind: "vote", Person: third, Value: "for"}); !d.Tally.Quorum || d.Tally.Out != 2 || d.Tally.Voting != 1 {
		t.Errorf("tally %+v", d.Tally)
	}
	if _, err := j.deed(members[2], i.ID, accreditation.ItemDeed{Kind: "recuse", Person: third}); fault.CodeOf(err) != "bad_case" {
		t.Errorf("without a reason: %v", err)
	}
	d = j.did(members[2], i.ID, accreditation.ItemDeed{Kind: "recuse", Person: third, Reason: "与申报单位负责人有亲属关系"})
	if d.Tally.Quorum || d.Tally.For != 0 || d.Tally.Out != 3 {
		t.Errorf("tally %+v", d.Tally)
	}
	if got := constraintOf(raw(d.Seen+1, "vote", members[2], "for")); got != "meeting_acts_recused" {
		t.Errorf("the database counts who stays out: %s", got)
	}
	if _, err := j.deed(ps, i.ID, accreditation.ItemDeed{Kind: "outcome", Value: "agree", Reason: "同意"}); !slices.Contains(refusals(err), "quorum") {
		t.Errorf("nobody is left: %v %v", err, refusals(err))
	}
	verified(t, h)
}

// TestFrozen: nothing of a frozen item changes, by the service or past it; the case has one item
// of a round, and another only when the body adjourned.
func TestFrozen(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.reviewed()
	ps := "party secretary"
	j.seated(ps)
	first := j.put(ps, c)
	m, err := h.Cases.Call(j.as(ps), accreditation.Meeting{Body: accreditation.Party, Title: "另一次会议", Day: j.day()}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	again := func() error {
		_, err := h.Cases.Put(j.as(ps), h.Prison, m.ID, c, ledger.Idem{})
		return err
	}
	if err := again(); fault.CodeOf(err) != "item_there" {
		t.Errorf("on two agendas: %v", err)
	}
	other, err := h.Cases.Call(j.as("committee secretary"), accreditation.Meeting{Body: accreditation.Committee, Title: "评审会", Day: j.day()}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Cases.Put(j.as("committee secretary"), h.Prison, other.ID, c, ledger.Idem{}); fault.CodeOf(err) != "case_forbids" {
		t.Errorf("before the other body: %v", err)
	}
	if _, err := h.Cases.Put(j.as("committee secretary"), h.Prison, m.ID, c, ledger.Idem{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by the other secretary: %v", err)
	}
	j.did(ps, first.ID, accreditation.ItemDeed{Kind: "outcome", Value: "adjourn", Reason: "到会人数不足"})
	j.minutes(ps, first.ID)
	frozen := j.did(ps, first.ID, accreditation.ItemDeed{Kind: "freeze"})
	if frozen.Frozen == nil || len(frozen.May) != 0 {
		t.Fatalf("%+v", frozen)
	}
	for _, in := range []accreditation.ItemDeed{{Kind: "presence", Person: j.person(members[0]), Value: "present"}, {Kind: "outcome", Value: "agree", Reason: "改"}, {Kind: "freeze"}} {
		if _, err := j.deed(ps, first.ID, in); fault.CodeOf(err) != "item_frozen" {
			t.Errorf("%s after the freezing: %v", in.Kind, err)
		}
	}
	if _, err := h.Cases.AttachMinutes(j.as(ps), h.Prison, first.ID, "另.pdf", []byte("另一份"), ledger.Idem{}); fault.CodeOf(err) != "item_frozen" {
		t.Errorf("other minutes: %v", err)
	}
	app := j.service()
	for what, x := range map[string][2]string{
		"an act more": {`insert into meeting_acts (prison_id, item_id, act, kind, value, acted_by, salt)
			select prison_id, item_id, max(act) + 1, 'outcome', 'agree', (array_agg(acted_by))[1], sha256('x') from meeting_acts group by prison_id, item_id`, "23514"},
		"an act written over": {"update meeting_acts set value = 'agree'", "42501"},
		"an act taken away":   {"delete from meeting_acts", "42501"},
		"an item moved":       {"update meeting_items set number = 9", "42501"},
		"the meeting's day":   {"update meetings set day = day - 1", "42501"},
		"a member written in": {"update body_members set from_day = '2020-01-01'", "42501"},
	} {
		_, err := app.Exec(t.Context(), x[0])
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != x[1] {
			t.Errorf("%s: %v", what, err)
		}
	}
	j.refused(ps, c, accreditation.Act{Event: "agree", Document: "1号", DocumentOn: j.day()}, "meeting", "record")
	if err := again(); err != nil {
		t.Errorf("after it was adjourned: %v", err)
	}
	name, body, err := h.Cases.OpenMinutes(j.as("bureau office"), h.Prison, first.ID)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close()); err != nil || name.Name != "纪要.pdf" || !bytes.Contains(raw, []byte(first.ID.String())) {
		t.Errorf("%s %q: %v", name.Name, raw, err)
	}
	verified(t, h)
}
