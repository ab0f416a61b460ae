package housetest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/retrieval"
)

const inmate = "0000000001"

// story is one inmate's last three months: what is told of him is true, or has
// the mistakes that a test plants.
type story struct {
	t     *testing.T
	h     *housetest.House
	month time.Time // first day of the month that is two months back
}

func (s story) tell(ledgerID string, area uuid.UUID, at time.Time, state ledger.State, doc map[string]any) ledger.Key {
	s.t.Helper()
	raw, err := json.Marshal(doc)
	if err != nil {
		s.t.Fatal(err)
	}
	who := "officer"
	if ledgerID == "medical-visit" || ledgerID == "complaint-rights" {
		who = "medic"
	}
	return plant(s.t, s.h, who, ledgerID, area, at, state, raw)
}

func stamp(t time.Time) string { return t.In(catalog.Zone).Format(time.RFC3339) }

func (s story) talk(at time.Time) ledger.Key {
	return s.tell("individual-talk", s.h.Area, at, ledger.Approved, map[string]any{"inmate_ref": inmate, "talked_at": stamp(at), "duration_min": 25, "place": "talk_room", "talk_kind": "monthly"})
}

func (s story) outside(from time.Time, to time.Time) ledger.Key {
	referral := map[string]any{"hospital": "市一医院", "left_at": stamp(from)}
	if !to.IsZero() {
		referral["returned_at"] = stamp(to)
	}
	return s.tell("medical-visit", s.h.Area, from, ledger.Approved, map[string]any{"inmate_ref": inmate, "record_kind": "outside_referral", "seen_at": stamp(from), "referral": referral})
}

func (s story) headcount(at time.Time, listed bool) ledger.Key {
	doc := map[string]any{"count_point": "lock_up", "counted_at": stamp(at), "actual_count": 20, "off_site_list": []any{}}
	if listed {
		doc["off_site_list"] = []any{map[string]any{"inmate_ref": inmate, "reason": "outside_hospital", "left_at": stamp(at)}}
	}
	return s.tell("headcount", s.h.Area, at, ledger.Approved, doc)
}

func (s story) visit(at time.Time) ledger.Key {
	return s.tell("visit-call", s.h.Area, at, ledger.Approved, map[string]any{"inmate_ref": inmate, "contact_kind": "glass_visit", "visitor_name": "李四", "started_at": stamp(at), "ended_at": stamp(at.Add(30 * time.Minute))})
}

func (s story) points(month time.Time, source *ledger.Key) ledger.Key {
	doc := map[string]any{"inmate_ref": inmate, "assess_month": month.Format("2006-01"), "adjustments": []any{}}
	if source != nil {
		doc["adjustments"] = []any{map[string]any{"part": "supervision", "delta": -5, "rule_code": "K-1", "source_entry": source.Entry.String()}}
	}
	return s.tell("points-assessment", s.h.Area, month.AddDate(0, 1, -1), ledger.Approved, doc)
}

func (s story) reward(at time.Time) ledger.Key {
	return s.tell("reward-punishment", s.h.Area, at, ledger.Approved, map[string]any{"inmate_ref": inmate, "record_kind": "commendation", "decided_on": at.In(catalog.Zone).Format("2006-01-02"), "evidence_entries": []any{}})
}

func (s story) tool(at time.Time, returned bool) ledger.Key {
	doc := map[string]any{"item_code": "GJ-000001", "item_name": "剪刀", "user_ref": inmate, "issued_at": stamp(at), "issued_qty": 1, "returned_qty": 0}
	if returned {
		doc["returned_at"], doc["returned_qty"] = stamp(at.Add(4*time.Hour)), 1
	}
	return s.tell("tool-hazmat", s.h.Area, at, ledger.Approved, doc)
}

func (s story) hazard(found, due time.Time, result string, source *ledger.Key) ledger.Key {
	doc := map[string]any{"source": "search", "found_at": stamp(found), "due_at": stamp(due), "result": result, "description": "工具柜锁具损坏"}
	if source != nil {
		doc["source_entry"] = source.Entry.String()
	}
	return s.tell("hazard-rectification", s.h.Area, found, ledger.Approved, doc)
}

func (s story) search(at time.Time, state ledger.State) ledger.Key {
	return s.tell("cell-body-search", s.h.Area, at, state, map[string]any{"search_kind": "cell", "ended_at": stamp(at), "findings": []any{map[string]any{"item_name": "打火机", "holder_ref": inmate}}})
}

func newStory(t *testing.T) story {
	now := time.Now().In(catalog.Zone)
	return story{t, housetest.New(t), time.Date(now.Year(), now.Month()-2, 1, 9, 0, 0, 0, catalog.Zone)}
}

func (s story) marks(who string, sub retrieval.Subject) []string {
	s.t.Helper()
	tr := s.trace(who, sub)
	var list []string
	for _, m := range tr.Marks {
		list = append(list, strings.TrimSpace(m.Rule+" "+m.Month))
	}
	slices.Sort(list)
	return list
}

func (s story) trace(who string, sub retrieval.Subject) retrieval.Trace {
	s.t.Helper()
	if _, err := s.h.Ledger.Reindex(s.t.Context(), s.h.Prison); err != nil {
		s.t.Fatal(err)
	}
	tr, err := s.h.Retrieval.Trace(s.h.As(s.t.Context(), who), s.h.Prison, sub)
	if err != nil {
		s.t.Fatal(err)
	}
	return tr
}

// clean tells what is in order: three talks, a stay outside with every
// headcount right, points before the reward, a tool back in its place.
func (s story) clean() (reward, hazard ledger.Key) {
	m := s.month
	s.talk(m)
	s.talk(m.AddDate(0, 1, 2))
	found := s.search(m.AddDate(0, 0, 3), ledger.Approved)
	s.points(m, &found)
	reward = s.reward(m.AddDate(0, 1, 10))
	s.outside(m.AddDate(0, 1, 4), m.AddDate(0, 1, 6))
	s.headcount(m.AddDate(0, 1, 3), false)
	s.headcount(m.AddDate(0, 1, 5), true)
	s.headcount(m.AddDate(0, 1, 7), false)
	s.visit(m.AddDate(0, 1, 8))
	s.tool(m.AddDate(0, 1, 9), true)
	hazard = s.hazard(m.AddDate(0, 0, 4), m.AddDate(0, 0, 9), "done", &found)
	return reward, hazard
}

// TestTraceClean: where all is in order nothing is marked.
func TestTraceClean(t *testing.T) {
	s := newStory(t)
	reward, hazard := s.clean()
	for _, sub := range []retrieval.Subject{{Kind: "inmate", Ref: inmate}, {Kind: "tool", Ref: "GJ-000001"}, {Kind: "hazard", Ref: hazard.Entry.String()},
		{Kind: "reward", Ref: reward.Entry.String()}, {Kind: "entry", Ref: reward.Entry.String()}} {
		if got := s.marks("warden", sub); len(got) > 0 {
			t.Errorf("%s: %v", sub.Kind, got)
		}
	}
	tr := s.trace("warden", retrieval.Subject{Kind: "inmate", Ref: inmate})
	if len(tr.Items) != 9 || tr.Hidden || tr.Truncated {
		t.Errorf("%d entries, hidden %v", len(tr.Items), tr.Hidden)
	}
	for i, it := range tr.Items {
		if i > 0 && it.From.Before(tr.Items[i-1].From) {
			t.Errorf("entry %d before the one before it", i)
		}
		if len(it.Steps) == 0 || len(it.Fields) == 0 {
			t.Errorf("%s: %d steps, %d fields", it.Entry.Ledger, len(it.Steps), len(it.Fields))
		}
	}
	// The hazard comes from the search, which points were taken for.
	tr = s.trace("warden", retrieval.Subject{Kind: "hazard", Ref: hazard.Entry.String()})
	var names []string
	for _, it := range tr.Items {
		names = append(names, it.Entry.Ledger)
	}
	if diff := cmp.Diff([]string{"cell-body-search", "hazard-rectification", "points-assessment"}, names); diff != "" || len(tr.Links) != 2 {
		t.Errorf("links %+v\n%s", tr.Links, diff)
	}
}

// TestTracePlanted: each planted mistake is found, and nothing else.
func TestTracePlanted(t *testing.T) {
	s := newStory(t)
	m := s.month
	s.talk(m) // none in the month after it
	voided := s.search(m.AddDate(0, 0, 3), ledger.Voided)
	s.points(m.AddDate(0, 1, 0), &voided)
	s.outside(m.AddDate(0, 1, 4), m.AddDate(0, 1, 6))
	wrong := s.headcount(m.AddDate(0, 1, 5), false)
	s.headcount(m.AddDate(0, 1, 5).Add(time.Hour), true)
	s.visit(m.AddDate(0, 1, 5).Add(2 * time.Hour))
	s.tool(m.AddDate(0, 1, 9), false)
	hazard := s.hazard(m.AddDate(0, 0, 4), m.AddDate(0, 0, 9), "open", nil)
	month := m.AddDate(0, 1, 0).Format("2006-01")
	want := []string{"counted-while-outside", "deduction-source-voided", "talk-missing " + month, "tool-not-returned", "visit-while-outside"}
	sub := retrieval.Subject{Kind: "inmate", Ref: inmate}
	if diff := cmp.Diff(want, s.marks("warden", sub)); diff != "" {
		t.Errorf("inmate: %s", diff)
	}
	for _, mark := range s.trace("warden", sub).Marks {
		if mark.Rule == "counted-while-outside" && !slices.Contains(mark.Entries, wrong.Entry) {
			t.Errorf("opens %v, not the headcount", mark.Entries)
		}
		if mark.Title.ZH == "" || len(mark.Entries) == 0 && mark.Month == "" {
			t.Errorf("%+v says nothing", mark)
		}
	}
	if got := s.marks("warden", retrieval.Subject{Kind: "hazard", Ref: hazard.Entry.String()}); !slices.Equal(got, []string{"hazard-past-due"}) {
		t.Errorf("hazard: %v", got)
	}
	if got := s.marks("warden", retrieval.Subject{Kind: "tool", Ref: "GJ-000001"}); !slices.Equal(got, []string{"tool-not-returned"}) {
		t.Errorf("tool: %v", got)
	}
	// A reward of somebody who never had points.
	other := newStory(t)
	reward := other.reward(m.AddDate(0, 1, 10))
	if got := other.marks("warden", retrieval.Subject{Kind: "reward", Ref: reward.Entry.String()}); !slices.Equal(got, []string{"reward-without-points"}) {
		t.Errorf("reward: %v", got)
	}
}

// TestTraceWalls: nobody traces what he may not read, and who may know that
// there is more is told so, without a number.
func TestTraceWalls(t *testing.T) {
	s := newStory(t)
	s.clean()
	m := s.month
	sealed := s.tell("complaint-rights", s.h.Area, m.AddDate(0, 1, 11), ledger.Submitted, map[string]any{"complainant_ref": inmate})
	if _, err := s.h.Owner.Exec(t.Context(), "update entries set sealed = true where entry_id = $1", sealed.Entry); err != nil {
		t.Fatal(err)
	}
	sub := retrieval.Subject{Kind: "inmate", Ref: inmate}
	for who, hidden := range map[string]bool{"warden": false, "area head": false, "officer": true, "second officer": true, "officer elsewhere": false, "education head": false, "inspector": false, "medic": false} {
		tr := s.trace(who, sub)
		for _, it := range tr.Items {
			if _, err := s.h.Ledger.Get(s.h.As(t.Context(), who), it.Entry.Key); err != nil {
				t.Errorf("%s traces a %s that he may not read: %v", who, it.Entry.Ledger, err)
			}
		}
		// The medic wrote the visit; strangers hear of nothing.
		if tr.Hidden != hidden {
			t.Errorf("%s: hidden %v", who, tr.Hidden)
		}
	}
	if n := len(s.trace("officer elsewhere", sub).Items); n != 0 {
		t.Errorf("the officer elsewhere sees %d", n)
	}
	// Looking at strictly restricted entries is recorded, each time, and is a leaf.
	count := func() (n int) {
		_ = s.h.Owner.QueryRow(t.Context(), "select count(*) from custody_events where kind = 'trace'").Scan(&n)
		return n
	}
	before := count()
	s.trace("officer", sub)
	if count() != before {
		t.Error("an event of custody where nothing restricted was seen")
	}
	s.trace("area head", sub)
	if count() != before+1 {
		t.Errorf("%d events", count()-before)
	}
	for _, bad := range []retrieval.Subject{{}, {Kind: "inmate", Ref: "1"}, {Kind: "tool", Ref: "x"}, {Kind: "entry", Ref: "x"}, {Kind: "hazard", Ref: "' or 1"}} {
		if _, err := s.h.Retrieval.Trace(s.h.As(t.Context(), "warden"), s.h.Prison, bad); fault.CodeOf(err) != "bad_subject" {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := s.h.Retrieval.Trace(s.h.As(t.Context(), "officer"), s.h.Prison, retrieval.Subject{Kind: "entry", Ref: sealed.Entry.String()}); fault.CodeOf(err) != "not_found" {
		t.Errorf("a sealed entry: %v", err)
	}
}

// TestTraceRoute asks as a browser would.
func TestTraceRoute(t *testing.T) {
	c := serve(t).as(t, "officer")
	e := photographed(t, c.h)
	in := "/prisons/" + c.h.Prison.String() + "/trace"
	status, body := c.do(t, "GET", in+"?kind=entry&ref="+e.Entry.String(), "", nil)
	if status != 200 || len(body["items"].([]any)) != 1 || fmt.Sprint(body["hidden"]) != "false" {
		t.Errorf("%d %v", status, body)
	}
	if status, body := c.do(t, "GET", in+"?kind=entry&ref=x", "", nil); status != 422 || body["code"] != "bad_subject" {
		t.Errorf("%d %v", status, body)
	}
}
