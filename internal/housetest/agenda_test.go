package housetest_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// TestDeliberatedTwiceAtOnce does each act twice at once: votes of two fall into a row, of one
// meeting there is one, an item is frozen once.
func TestDeliberatedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.reviewed()
	ps := "party secretary"
	twice := func(what string, fn func() error, codes ...string) {
		t.Helper()
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for n := range errs {
			wait.Go(func() { errs[n] = fn() })
		}
		wait.Wait()
		slices.SortFunc(errs, func(a, b error) int { return strings.Compare(fault.CodeOf(a), fault.CodeOf(b)) })
		if errs[0] != nil || !slices.Contains(codes, fault.CodeOf(errs[1])) {
			t.Errorf("%s: %v and %v", what, errs[0], errs[1])
		}
	}
	ctx, day := j.as(ps), j.day()
	for _, who := range members {
		var left accreditation.Member
		twice("seat", func() error {
			m, err := h.Cases.AddMember(ctx, accreditation.Member{Body: accreditation.Party, Person: j.person(who), Voting: true, FromDay: day}, ledger.Idem{})
			if err == nil {
				left = m
			}
			return err
		}, "member_seated")
		if who == members[2] {
			twice("leave", func() error { _, err := h.Cases.EndMember(ctx, left.ID, day, ledger.Idem{}); return err }, "member_left", "changed_meanwhile")
		}
	}
	m, err := h.Cases.Call(ctx, accreditation.Meeting{Body: accreditation.Party, Title: "专题会议", Day: day}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	var item accreditation.Item
	twice("put", func() error {
		i, err := h.Cases.Put(ctx, h.Prison, m.ID, c, ledger.Idem{})
		if err == nil {
			item = i
		}
		return err
	}, "item_there", "changed_meanwhile")
	// Two acts at once are two acts, one after the other.
	both := func(kind, value string) {
		t.Helper()
		twice(kind, func() error {
			_, err := h.Cases.Deliberate(ctx, h.Prison, item.ID, accreditation.ItemDeed{Kind: kind, Person: j.person(members[0]), Value: value}, ledger.Idem{})
			return err
		}, "")
	}
	both("presence", "present")
	both("vote", "for")
	twice("recuse", func() error {
		_, err := h.Cases.Deliberate(ctx, h.Prison, item.ID, accreditation.ItemDeed{Kind: "recuse", Person: j.person(members[1]), Reason: "亲属"}, ledger.Idem{})
		return err
	}, "member_recused")
	j.did(ps, item.ID, accreditation.ItemDeed{Kind: "presence", Person: j.person(members[2]), Value: "present"})
	j.did(ps, item.ID, accreditation.ItemDeed{Kind: "vote", Person: j.person(members[2]), Value: "for"})
	bound := func(kind, value string, codes ...string) {
		t.Helper()
		seen := j.item(ps, item.ID).Seen
		twice(kind, func() error {
			_, err := h.Cases.Deliberate(ctx, h.Prison, item.ID, accreditation.ItemDeed{Kind: kind, Value: value, Reason: "同意", Seen: seen}, ledger.Idem{})
			return err
		}, codes...)
	}
	bound("outcome", "agree", "changed_meanwhile")
	twice("minutes", func() error {
		_, err := h.Cases.AttachMinutes(ctx, h.Prison, item.ID, "纪要.pdf", []byte("会议纪要"), ledger.Idem{})
		return err
	}, "")
	bound("freeze", "", "item_frozen")
	verified(t, h)
}

// TestMeetingWalls: a member sees the cases on the agendas of the own body and no others; a
// prison learns what was decided of its case, and not who voted how.
func TestMeetingWalls(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.reviewed()
	ps := "party secretary"
	j.seat(ps, members[0], uuid.Nil)
	j.seat("committee secretary", members[1], uuid.Nil)
	sees := func(who string, meetings, cases int) {
		t.Helper()
		list, _, err := h.Cases.Meetings(j.as(who))
		if err != nil || len(list) != meetings {
			t.Errorf("%s sees %d meetings: %v", who, len(list), err)
		}
		b, err := h.Cases.Cases(j.as(who))
		if err != nil || len(b.Cases) != cases {
			t.Errorf("%s sees %d cases: %v", who, len(b.Cases), err)
		}
	}
	sees(members[0], 0, 0)
	i := j.put(ps, c)
	sees(members[0], 1, 1)
	sees(members[1], 0, 0)
	sees("bureau leader", 1, 1)
	if w := j.whole(members[0], c); len(w.Actions) != 0 || len(w.Makes) != 0 || len(w.Items) != 1 || !w.Items[0].May {
		t.Errorf("the member's case: %d acts, %d records, items %+v", len(w.Actions), len(w.Makes), w.Items)
	}
	if d := j.item(members[0], i.ID); len(d.Seats) != 1 || len(d.May) != 0 {
		t.Errorf("the member's item: %+v", d)
	}
	for who, code := range map[string]string{members[1]: "not_found", "warden": "forbidden", "area head": "forbidden", "yi prison office": "not_found", "head of the labour line": "forbidden"} {
		if _, err := h.Cases.Deliberation(j.as(who), h.Prison, i.ID); fault.CodeOf(err) != code {
			t.Errorf("%s opens the item: %v", who, err)
		}
	}
	if w := j.whole("area head", c); len(w.Items) != 1 || w.Items[0].May || w.Items[0].Outcome != "" {
		t.Errorf("the unit's case: %+v", w.Items)
	}
	if _, err := h.Cases.Call(j.as(members[0]), accreditation.Meeting{Body: accreditation.Party, Title: "会", Day: j.day()}, ledger.Idem{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a member calls: %v", err)
	}
	if _, err := h.Cases.AddMember(j.as("committee secretary"), accreditation.Member{Body: accreditation.Party, Person: j.person(members[2]), Voting: true, FromDay: j.day()}, ledger.Idem{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the other secretary seats: %v", err)
	}
	past := accreditation.Meeting{Body: accreditation.Party, Title: "会", Day: "2020-01-01"}
	if _, err := h.Cases.Call(j.as(ps), past, ledger.Idem{}); fault.CodeOf(err) != "bad_case" {
		t.Errorf("called for a day that has passed: %v", err)
	}
	// Who left sees nothing of the agendas after.
	all, err := h.Cases.Members(j.as(ps))
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(all.Members, func(m accreditation.Member) bool { return m.Name == members[0] })
	if _, err := h.Cases.EndMember(j.as(ps), all.Members[at].ID, j.day(), ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	sees(members[0], 1, 1)
	j.days(1)
	j.did(ps, i.ID, accreditation.ItemDeed{Kind: "outcome", Value: "adjourn", Reason: "到会人数不足"})
	j.minutes(ps, i.ID)
	j.did(ps, i.ID, accreditation.ItemDeed{Kind: "freeze"})
	later := j.put(ps, c)
	if _, err := h.Cases.Deliberation(j.as(members[0]), h.Prison, later.ID); fault.CodeOf(err) != "not_found" {
		t.Errorf("who left opens a later item: %v", err)
	}
	if w := j.whole("area head", c); w.Items[0].Outcome != "adjourn" || w.Items[0].Digest == nil {
		t.Errorf("the unit learns: %+v", w.Items[0])
	}
}

// TestSendBack (T15): a case that was sent back has a new round, whose decision is a new item;
// the old sheet and the old item are kept.
func TestSendBack(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.reviewed()
	ps := "party secretary"
	old := j.meeting(ps, c, "send_back")
	j.act(ps, c, accreditation.Act{Event: "send_back", Reason: "现场资料不全"})
	before := j.whole("bureau office", c)
	if d := j.item(ps, old.ID); !d.Moot || d.Frozen == nil || d.Outcome != "send_back" {
		t.Errorf("the old item: %+v", d)
	}
	j.accepted(c)
	j.refused(ps, c, accreditation.Act{Event: "send_back", Reason: "再退"}, "meeting")
	j.refused(ps, c, accreditation.Act{Event: "agree", Document: "1号", DocumentOn: j.day()}, "meeting", "record")
	j.meeting(ps, c, "agree")
	j.act(ps, c, accreditation.Act{Event: "agree", Document: "1号", DocumentOn: j.day()})
	w := j.whole("bureau office", c)
	if len(w.Items) != 2 || w.Items[0].Outcome != "send_back" || w.Items[1].Outcome != "agree" {
		t.Errorf("items %+v", w.Items)
	}
	rests := map[string]bool{}
	for _, e := range w.Events {
		if e.Transition == "T11" {
			rests[e.Rests] = true
		}
	}
	if len(rests) != 2 || len(w.Events) <= len(before.Events) {
		t.Errorf("sheets of both rounds: %v", rests)
	}
	verified(t, j.h)
}

// TestTamperMeetings: what somebody with the database's own rights does to a deliberation is seen.
func TestTamperMeetings(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.reviewed()
	j.meeting("party secretary", c, "agree")
	s := verified(t, j.h)
	s.notices(t, map[string][2]string{
		"a vote":       {"update meeting_acts set value = 'abstain' where kind = 'vote' and value = 'for'", "update meeting_acts set value = 'for' where kind = 'vote' and act in (2, 4)"},
		"whose it was": {"update meeting_items set number = 9", "update meeting_items set number = 1"},
		"what was frozen": {`update meeting_acts set body = convert_to(replace(convert_from(body, 'UTF8'), '决定', '否定'), 'UTF8') where kind = 'freeze'`,
			`update meeting_acts set body = convert_to(replace(convert_from(body, 'UTF8'), '否定', '决定'), 'UTF8') where kind = 'freeze'`},
		"the minutes": {"update meeting_acts set value = '另.pdf' where kind = 'minutes'", "update meeting_acts set value = '纪要.pdf' where kind = 'minutes'"},
	})
}
