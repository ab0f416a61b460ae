package housetest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// beforeCommittee has a prison's case on the committee's agenda, with the members there, and is
// what is done with its item.
func (j *journey) beforeCommittee() (c, item uuid.UUID) {
	j.t.Helper()
	cs := "committee secretary"
	c = j.prisonCase()
	j.prisonAccepted(c)
	j.meeting("party secretary", c, "agree")
	j.act("party secretary", c, accreditation.Act{Event: "agree"})
	j.seated(cs)
	item = j.put(cs, c).ID
	for _, m := range members {
		j.did(cs, item, accreditation.ItemDeed{Kind: "presence", Person: j.person(m), Value: "present"})
	}
	return c, item
}

// opened opens two areas that hold no title: 2 of 4 are no two thirds.
func (j *journey) opened() {
	j.t.Helper()
	for n := range 2 {
		if _, err := j.h.Owner.Exec(j.t.Context(), "insert into areas values ($1, $2, $3, '新监区', 'New area', 'ordinary', 'residential', true)", j.h.Prison, uuid.New(), fmt.Sprintf("N%d", n)); err != nil {
			j.t.Fatal(err)
		}
	}
}

// TestLossShown: a committee is shown the conditions of the day with their names before anybody
// votes; where they are lost meanwhile, what was voted on others counts no more.
func TestLossShown(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	cs := "committee secretary"
	c, item := j.beforeCommittee()
	agree := accreditation.ItemDeed{Kind: "outcome", Value: "agree", Reason: "同意"}
	vote := func(m string) accreditation.ItemDeed {
		return accreditation.ItemDeed{Kind: "vote", Person: j.person(m), Value: "for"}
	}
	refused := func(what, who string, in accreditation.ItemDeed, code string) {
		t.Helper()
		if _, err := j.deed(who, item, in); fault.CodeOf(err) != code {
			t.Errorf("%s: %v %v", what, err, refusals(err))
		}
	}
	d := j.item(cs, item)
	if !d.ShowDue || !slices.Contains(d.May, "show") || slices.ContainsFunc(d.Seats, func(x accreditation.Seat) bool { return slices.Contains(x.May, "vote") }) {
		t.Errorf("unseen: due %v, may %v, seats %+v", d.ShowDue, d.May, d.Seats)
	}
	refused("read in unseen", cs, vote(members[0]), "not_shown")
	refused("voted unseen", members[0], vote(members[0]), "not_shown")
	if _, err := j.deed(cs, item, agree); !slices.Equal(refusals(err), []string{"votes_open", "votes", "not_shown"}) {
		t.Errorf("decided unseen: %v %v", err, refusals(err))
	}
	if d = j.did(cs, item, accreditation.ItemDeed{Kind: "show"}); d.ShowDue || !d.Shown.Holds || len(d.Shown.Areas) != 3 || slices.Contains(d.May, "show") {
		t.Errorf("shown %+v, may %v", d.Shown, d.May)
	}
	refused("the same again", cs, accreditation.ItemDeed{Kind: "show"}, "item_shown")
	j.did(members[0], item, vote(members[0]))
	j.did(cs, item, vote(members[1]))
	if d = j.did(cs, item, vote(members[2])); d.Tally.For != 3 {
		t.Errorf("tally %+v", d.Tally)
	}
	j.opened()
	refused("voted on what is no more", cs, vote(members[1]), "not_shown")
	if _, err := j.deed(cs, item, agree); !slices.Equal(refusals(err), []string{"not_shown"}) {
		t.Errorf("decided on what is no more: %v %v", err, refusals(err))
	}
	d = j.did(cs, item, accreditation.ItemDeed{Kind: "show"})
	if d.Shown.Holds || len(d.Shown.Says) != 1 || !slices.ContainsFunc(d.Shown.Areas, func(a accreditation.AreaTitle) bool { return a.Name.ZH == "新监区" && !a.Passed }) {
		t.Errorf("shown %+v", d.Shown)
	}
	if d.Tally.For != 0 || d.Tally.Open != 3 || d.Tally.Present != 3 {
		t.Errorf("votes on other conditions count: %+v", d.Tally)
	}
	if _, err := j.deed(cs, item, agree); !slices.Equal(refusals(err), []string{"votes_open", "votes"}) {
		t.Errorf("decided without a vote on it: %v %v", err, refusals(err))
	}
	for _, m := range members {
		j.did(cs, item, vote(m)) // the vote of before was another
	}
	j.did(cs, item, agree)
	j.minutes(cs, item)
	if d = j.did(cs, item, accreditation.ItemDeed{Kind: "freeze"}); d.Shown == nil || d.Shown.Holds || d.ShowDue {
		t.Errorf("frozen with %+v", d.Shown)
	}
	j.act(cs, c, accreditation.Act{Event: "name", Document: "司发1号", DocumentOn: j.day()})
	verified(t, j.h)
}

// TestShownAfterwards: a loss that is shown when all is decided was not shown before; the order is
// the database's too.
func TestShownAfterwards(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	cs := "committee secretary"
	c, item := j.beforeCommittee()
	app := j.service()
	raw := func(kind, value string, body []byte) string {
		t.Helper()
		var person *uuid.UUID
		if kind == "vote" {
			p := j.person(members[0])
			person = &p
		}
		_, err := app.Exec(t.Context(), `insert into meeting_acts (prison_id, item_id, act, kind, person_id, value, reason, body, acted_by, salt) values ($1, $2, $3, $4, $5, $6, 'x', $7, $8, sha256('x'))`,
			j.h.Prison, item, j.item(cs, item).Seen+1, kind, person, value, body, j.person(cs))
		return constraintOf(err)
	}
	for kind, value := range map[string]string{"vote": "for", "outcome": "agree"} {
		if got := raw(kind, value, nil); got != "meeting_acts_shown" {
			t.Errorf("%s unseen: %s", kind, got)
		}
	}
	j.did(cs, item, accreditation.ItemDeed{Kind: "show"})
	for _, m := range members {
		j.did(cs, item, accreditation.ItemDeed{Kind: "vote", Person: j.person(m), Value: "for"})
	}
	j.did(cs, item, accreditation.ItemDeed{Kind: "outcome", Value: "agree", Reason: "同意"})
	j.minutes(cs, item)
	j.opened()
	d := j.did(cs, item, accreditation.ItemDeed{Kind: "show"})
	if d.Outcome != "" || d.Tally.For != 0 || slices.Contains(d.May, "freeze") {
		t.Errorf("decided on other conditions: %q %+v %v", d.Outcome, d.Tally, d.May)
	}
	if _, err := j.deed(cs, item, accreditation.ItemDeed{Kind: "freeze"}); fault.CodeOf(err) != "bad_case" {
		t.Errorf("frozen with it: %v", err)
	}
	if got := raw("freeze", "", []byte("{}")); got != "meeting_acts_whole" {
		t.Errorf("frozen with it past the service: %s", got)
	}
	if got := raw("outcome", "agree", nil); got != "meeting_acts_shown" {
		t.Errorf("decided without a vote past the service: %s", got)
	}
	j.refused(cs, c, accreditation.Act{Event: "name", Document: "司发1号", DocumentOn: j.day()}, "meeting", "loss_shown", "record")
	// To adjourn decides nothing and asks for none of it.
	j.did(cs, item, accreditation.ItemDeed{Kind: "outcome", Value: "adjourn", Reason: "条件有变"})
	j.did(cs, item, accreditation.ItemDeed{Kind: "freeze"})
	verified(t, j.h)
}

// TestRoundsOverConfirmed: what was left unconfirmed in a round that is over stays so.
func TestRoundsOverConfirmed(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.prisonCase()
	j.atEvaluation(c)
	old := j.evaluation(c)
	j.evaluated(c)
	j.meeting("party secretary", c, "send_back")
	j.act("party secretary", c, accreditation.Act{Event: "send_back", Reason: "现场资料不全"})
	j.atEvaluation(c)
	now := j.evaluation(c)
	for _, r := range j.whole("second bureau office", c).Records {
		if r.Kind == "evaluation" && r.May != (r.ID == now.ID) {
			t.Errorf("%s is offered to be confirmed: %v", r.ID, r.May)
		}
	}
	if _, err := h.Cases.Confirm(j.as("second bureau office"), h.Prison, c, old.ID, ledger.Idem{}); fault.CodeOf(err) != "case_forbids" {
		t.Errorf("of the round before: %v", err)
	}
	app := j.service()
	_, err := app.Exec(t.Context(), "insert into case_confirmations (prison_id, case_id, record_id, made_by, confirmed_by, salt) values ($1, $2, $3, $4, $5, sha256('x'))",
		h.Prison, c, old.ID, j.person("bureau office"), j.person("second bureau office"))
	if got := constraintOf(err); got != "case_confirmations_round" {
		t.Errorf("past the service: %s", got)
	}
	if _, err := h.Cases.Confirm(j.as("second bureau office"), h.Prison, c, now.ID, ledger.Idem{}); err != nil {
		t.Error(err)
	}
}
