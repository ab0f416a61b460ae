package housetest_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
)

var members = []string{"first committee member", "second committee member", "third committee member"}

func bodyOf(who string) accreditation.Body {
	if who == "party secretary" {
		return accreditation.Party
	}
	return accreditation.Committee
}

// seated makes the three members of the house members of the secretary's body, once.
func (j *journey) seated(who string) {
	j.t.Helper()
	all, err := j.h.Cases.Members(j.as(who))
	if err != nil {
		j.t.Fatal(err)
	}
	for _, m := range members {
		if slices.ContainsFunc(all.Members, func(x accreditation.Member) bool { return x.Body == bodyOf(who) && x.Name == m }) {
			continue
		}
		j.seat(who, m, uuid.Nil)
	}
}

func (j *journey) seat(who, member string, origin uuid.UUID) accreditation.Member {
	j.t.Helper()
	m, err := j.h.Cases.AddMember(j.as(who), accreditation.Member{Body: bodyOf(who), Person: j.h.Person(member).PersonID, Origin: origin, Voting: true, FromDay: j.day()}, ledger.Idem{})
	if err != nil {
		j.t.Fatal(err, refusals(err))
	}
	return m
}

// put calls a meeting of today with the case on its agenda.
func (j *journey) put(who string, c uuid.UUID) accreditation.Item {
	j.t.Helper()
	m, err := j.h.Cases.Call(j.as(who), accreditation.Meeting{Body: bodyOf(who), Title: "专题会议", Day: j.day()}, ledger.Idem{})
	if err != nil {
		j.t.Fatal(err, refusals(err))
	}
	i, err := j.h.Cases.Put(j.as(who), j.h.Prison, m.ID, c, ledger.Idem{})
	if err != nil {
		j.t.Fatal(err)
	}
	return i
}

func (j *journey) deed(who string, item uuid.UUID, in accreditation.ItemDeed) (accreditation.Deliberation, error) {
	j.t.Helper()
	if in.Kind == "outcome" || in.Kind == "freeze" {
		in.Seen = j.item(who, item).Seen
	}
	return j.h.Cases.Deliberate(j.as(who), j.h.Prison, item, in, ledger.Idem{})
}

func (j *journey) did(who string, item uuid.UUID, in accreditation.ItemDeed) accreditation.Deliberation {
	j.t.Helper()
	d, err := j.deed(who, item, in)
	if err != nil {
		j.t.Fatalf("%s %s by %s: %v %v", in.Kind, in.Value, who, err, refusals(err))
	}
	return d
}

func (j *journey) item(who string, id uuid.UUID) accreditation.Deliberation {
	j.t.Helper()
	d, err := j.h.Cases.Deliberation(j.as(who), j.h.Prison, id)
	if err != nil {
		j.t.Fatal(who, err)
	}
	return d
}

func (j *journey) person(who string) uuid.UUID { return j.h.Person(who).PersonID }

// voted has everybody there, each with the vote.
func (j *journey) voted(who string, item uuid.UUID, votes ...string) {
	j.t.Helper()
	for n, v := range votes {
		j.did(who, item, accreditation.ItemDeed{Kind: "presence", Person: j.person(members[n]), Value: "present"})
		j.did(who, item, accreditation.ItemDeed{Kind: "vote", Person: j.person(members[n]), Value: v})
	}
}

func (j *journey) minutes(who string, item uuid.UUID) {
	j.t.Helper()
	if _, err := j.h.Cases.AttachMinutes(j.as(who), j.h.Prison, item, "纪要.pdf", []byte("%PDF-1.7 会议纪要 "+item.String()), ledger.Idem{}); err != nil {
		j.t.Fatal(err)
	}
}

// meeting has the body deliberate on the case, with this outcome, frozen.
func (j *journey) meeting(who string, c uuid.UUID, outcome string) accreditation.Deliberation {
	j.t.Helper()
	j.seated(who)
	i := j.put(who, c)
	vote := "for"
	if outcome != "agree" {
		vote = "against"
	}
	j.voted(who, i.ID, vote, vote, "abstain")
	if slices.Contains(j.item(who, i.ID).May, "show") {
		j.did(who, i.ID, accreditation.ItemDeed{Kind: "show"})
	}
	j.did(who, i.ID, accreditation.ItemDeed{Kind: "outcome", Value: outcome, Reason: "经审议决定"})
	j.minutes(who, i.ID)
	return j.did(who, i.ID, accreditation.ItemDeed{Kind: "freeze"})
}

// reviewed takes the house's area before the party committee.
func (j *journey) reviewed() uuid.UUID {
	j.t.Helper()
	c := j.begin("area head", j.h.Area, "area")
	j.screened(c)
	j.batch(c)
	base := j.open(c, j.h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	j.accepted(c)
	return c
}

func (j *journey) accepted(c uuid.UUID) {
	j.t.Helper()
	site := j.open(c, j.h.Area, inspection.OnSite)
	j.confirm(site, lost50...)
	j.closed(site)
	j.act("bureau office", c, accreditation.Act{Event: "close"})
	j.morrow()
}

// morrow goes on at the next noon: no midnight falls within a meeting, whenever the test runs.
func (j *journey) morrow() {
	j.t.Helper()
	j.until(catalog.DayOf(j.clock.Now().AddDate(0, 0, 1)))
}

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
	app, err := pgx.Connect(t.Context(), postgres.AsRole(h.OwnerURL, "taizhang_app"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Close(t.Context()) }()
	if _, err := app.Exec(t.Context(), "select set_config('app.cases', '*', false), set_config('app.prisons', '*', false)"); err != nil {
		t.Fatal(err)
	}
	raw := func(act int, kind, person, value string) error {
		_, err := app.Exec(t.Context(), `insert into meeting_acts (prison_id, item_id, act, kind, person_id, value, acted_by, salt) values ($1, $2, $3, $4, $5, $6, $5, sha256('x'))`,
			h.Prison, i.ID, act, kind, j.person(person), value)
		return err
	}
	constraint := func(err error) string {
		var pg *pgconn.PgError
		if errors.As(err, &pg) {
			return pg.ConstraintName
		}
		return fmt.Sprint(err)
	}
	for _, m := range members[:2] {
		if got := constraint(raw(1, "presence", m, "present")); got != "meeting_acts_recused" {
			t.Errorf("the database lets %s in: %s", m, got)
		}
	}
	if got := constraint(raw(1, "vote", members[2], "for")); got != "meeting_acts_present" {
		t.Errorf("a vote of who is not there: %s", got)
	}
	if got := constraint(raw(1, "presence", "bureau leader", "present")); got != "meeting_acts_member" {
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
	if got := constraint(raw(d.Seen+1, "vote", members[2], "for")); got != "meeting_acts_recused" {
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
	app, err := pgx.Connect(t.Context(), postgres.AsRole(h.OwnerURL, "taizhang_app"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Close(t.Context()) }()
	if _, err := app.Exec(t.Context(), "select set_config('app.cases', '*', false), set_config('app.prisons', '*', false)"); err != nil {
		t.Fatal(err)
	}
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
			twice("leave", func() error { _, err := h.Cases.EndMember(ctx, left.ID, day, ledger.Idem{}); return err }, "member_left")
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

// flipped changes one byte of a file within a zip.
func flipped(t *testing.T, pack []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Name == name {
			at, err := f.DataOffset()
			if err != nil {
				t.Fatal(err)
			}
			out := slices.Clone(pack)
			out[at+int64(f.UncompressedSize64)/2] ^= 1
			return out
		}
	}
	t.Fatalf("no %s", name)
	return nil
}

// TestPackageVerifies: what goes to the committee is one sealed file with all that it should
// hold; whoever has it checks it without us, and one byte altered is named.
func TestPackageVerifies(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.prisonCase()
	j.prisonAccepted(c)
	ps, cs := "party secretary", "committee secretary"
	minutes := j.meeting(ps, c, "agree")
	if _, _, err := h.Cases.OpenPackage(j.as(ps), h.Prison, c); fault.CodeOf(err) != "not_found" {
		t.Errorf("before it is sealed: %v", err)
	}
	seq, ctx := j.whole("bureau office", c).Seq, j.as(ps)
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for n := range errs {
		wait.Go(func() {
			_, errs[n] = h.Cases.Act(ctx, h.Prison, c, seq, accreditation.Act{Event: "agree"}, ledger.Idem{})
		})
	}
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("sealed twice at once: %v", errs)
	}
	taken := func(who string) []byte {
		t.Helper()
		p, body, err := h.Cases.OpenPackage(j.as(who), h.Prison, c)
		if err != nil {
			t.Fatal(who, err)
		}
		raw, err := io.ReadAll(body)
		if err := errors.Join(err, body.Close()); err != nil || int64(len(raw)) != p.Size {
			t.Fatal(who, err)
		}
		return raw
	}
	pack := taken(cs)
	names := manifested(t, pack)
	for _, want := range []string{"case.json", "history.json", "opinions.json", "eligibility.json", "evidence.json", "report.html", "records/results.json", "records/snapshot.json",
		"records/evaluation.json", "minutes/" + minutes.ID.String() + ".json", "minutes/" + minutes.ID.String() + ".file", "sheets/onsite-", "sheets/baseline-"} {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, want) }) {
			t.Errorf("no %s among %v", want, names)
		}
	}
	for _, name := range names {
		if got := differing(t, flipped(t, pack, name)); !slices.Equal(got, []string{name}) {
			t.Errorf("a byte of %s altered: the check names %v", name, got)
		}
	}
	j.seated(cs)
	j.put(cs, c)
	for _, who := range []string{ps, "bureau office", members[0]} {
		if !bytes.Equal(taken(who), pack) {
			t.Errorf("%s has another package", who)
		}
	}
	for who, code := range map[string]string{"bureau leader": "forbidden", "warden": "forbidden", "head of the labour line": "forbidden", "yi prison office": "not_found"} {
		if _, _, err := h.Cases.OpenPackage(j.as(who), h.Prison, c); fault.CodeOf(err) != code {
			t.Errorf("%s takes it: %v", who, err)
		}
	}
	var taking int
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from custody_events where kind = 'package' and subject = $1", c.String()).Scan(&taking); err != nil || taking != 4 {
		t.Errorf("%d takings are recorded: %v", taking, err)
	}
	// It is put under lock, and the sweeper leaves it.
	p, body, err := h.Cases.OpenPackage(j.as(ps), h.Prison, c)
	if err != nil {
		t.Fatal(err)
	}
	_ = body.Close()
	for range 2 {
		if err := h.Cases.Keep(t.Context(), accreditation.FileKept{Prison: h.Prison, Sha256: p.Sha256, VersionID: p.VersionID, At: j.clock.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	verified(t, h)
}

// differing are the files of a pack that its manifest does not fit, as sha256sum -c names them.
func differing(t *testing.T, pack []byte) (names []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		// The checker reads bytes and not the zip's own sums.
		r, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(string(files["manifest-sha256.txt"])) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		if got := sha256.Sum256(files[name]); hex.EncodeToString(got[:]) != sum {
			names = append(names, name)
		}
	}
	return names
}

// TestLossShown: a committee is shown the conditions of the day with their names before it
// decides, and a loss of them does not pass unseen.
func TestLossShown(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.prisonCase()
	j.prisonAccepted(c)
	cs := "committee secretary"
	j.meeting("party secretary", c, "agree")
	j.act("party secretary", c, accreditation.Act{Event: "agree"})
	j.seated(cs)
	i := j.put(cs, c)
	j.voted(cs, i.ID, "for", "for", "for")
	agree := accreditation.ItemDeed{Kind: "outcome", Value: "agree", Reason: "同意"}
	if _, err := j.deed(cs, i.ID, agree); !slices.Equal(refusals(err), []string{"not_shown"}) {
		t.Errorf("decided unseen: %v %v", err, refusals(err))
	}
	if d := j.did(cs, i.ID, accreditation.ItemDeed{Kind: "show"}); !d.Shown.Holds || len(d.Shown.Areas) != 3 {
		t.Errorf("shown %+v", d.Shown)
	}
	// Two areas are opened that hold no title: 2 of 4 are no two thirds.
	for n := range 2 {
		if _, err := h.Owner.Exec(t.Context(), "insert into areas values ($1, $2, $3, '新监区', 'New area', 'ordinary', 'residential', true)", h.Prison, uuid.New(), fmt.Sprintf("N%d", n)); err != nil {
			t.Fatal(err)
		}
	}
	d := j.did(cs, i.ID, accreditation.ItemDeed{Kind: "show"})
	if d.Shown.Holds || len(d.Shown.Says) != 1 || !slices.ContainsFunc(d.Shown.Areas, func(a accreditation.AreaTitle) bool { return a.Name.ZH == "新监区" && !a.Passed }) {
		t.Errorf("shown %+v", d.Shown)
	}
	j.did(cs, i.ID, agree)
	j.minutes(cs, i.ID)
	if d = j.did(cs, i.ID, accreditation.ItemDeed{Kind: "freeze"}); d.Shown == nil || d.Shown.Holds {
		t.Errorf("frozen with %+v", d.Shown)
	}
	j.act(cs, c, accreditation.Act{Event: "name", Document: "司发1号", DocumentOn: j.day()})
	verified(t, h)
}

// TestTamperMeetings: what somebody with the database's own rights does to a deliberation is seen.
func TestTamperMeetings(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.reviewed()
	j.meeting("party secretary", c, "agree")
	s := verified(t, j.h)
	for name, sql := range map[string][2]string{
		"a vote":       {"update meeting_acts set value = 'abstain' where kind = 'vote' and value = 'for'", "update meeting_acts set value = 'for' where kind = 'vote' and act in (2, 4)"},
		"whose it was": {"update meeting_items set number = 9", "update meeting_items set number = 1"},
		"what was frozen": {`update meeting_acts set body = convert_to(replace(convert_from(body, 'UTF8'), '决定', '否定'), 'UTF8') where kind = 'freeze'`,
			`update meeting_acts set body = convert_to(replace(convert_from(body, 'UTF8'), '否定', '决定'), 'UTF8') where kind = 'freeze'`},
		"the minutes": {"update meeting_acts set value = '另.pdf' where kind = 'minutes'", "update meeting_acts set value = '纪要.pdf' where kind = 'minutes'"},
	} {
		if _, err := j.h.Owner.Exec(t.Context(), sql[0]); err != nil {
			t.Fatal(name, err)
		}
		if r := s.verify(t); len(r.Problems) == 0 {
			t.Errorf("%s was changed and nobody sees it", name)
		}
		if _, err := j.h.Owner.Exec(t.Context(), sql[1]); err != nil {
			t.Fatal(name, err)
		}
	}
	if r := s.verify(t); len(r.Problems) > 0 {
		t.Errorf("put back: %+v", r.Problems)
	}
}
