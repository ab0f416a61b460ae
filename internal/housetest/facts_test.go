package housetest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/connector"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

const (
	someInmate = "0000000001"
	someAsset  = "GJ-000001"
)

// factsOf is a connector of facts: of numbers, or of days where about names two fields.
func factsOf(t *testing.T, h *housetest.House, kind connector.Kind, system string, fields map[string]string, members map[string]connector.Member) connector.Connector {
	c := rollConnector(t, h, kind)
	c.ID, c.System, c.Target, c.Fields, c.Members, c.Areas = strings.TrimPrefix(system, "ext:"), system, connector.Facts, fields, members, nil
	return c
}

var (
	ofNumber = map[string]string{"number": "/no"}
	ofDay    = map[string]string{"area": "/jq", "day": "/rq"}
)

func today() string { return catalog.DayOf(time.Now()) }

// draftOf reads a draft as its author.
func draftOf(t *testing.T, h *housetest.House, k ledger.Key) ledger.DraftBody {
	t.Helper()
	v, err := h.Ledger.Get(h.As(t.Context(), "officer"), k)
	if err != nil {
		t.Fatal(err)
	}
	return *v.Draft
}

func pinOf(d ledger.DraftBody, field string) *ledger.Pin {
	for _, p := range d.Pins {
		if p.Field == field {
			return &p
		}
	}
	return nil
}

func holds(d ledger.DraftBody, field string) string {
	var body map[string]json.RawMessage
	_ = json.Unmarshal(d.Body, &body)
	return string(body[field[1:]])
}

// TestFactsRejected keeps what cannot be read, with its reason; while a word of an
// area's days is open none of them is put over the officer, and a record of an
// inmate is not while a newer word of it is.
func TestFactsRejected(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	members := map[string]connector.Member{"count": {At: "/cs", Type: "integer"}, "rate": {At: "/bl", Type: "number"}, "seen_on": {At: "/kr", Type: "date"}, "note": {At: "/bz", Type: "text"},
		"kind": {At: "/lx", Type: "text", Values: map[string]string{"1": "one"}}, "ok": {At: "/ok", Type: "boolean"}}
	c := factsOf(t, h, connector.Push, "ext:patrol", ofDay, members)
	s := connect(t, h, c)
	n := 0
	push := func(list ...person) map[string]string {
		t.Helper()
		n++
		body := pushed(t, list...)
		out, err := s.Receive(t.Context(), c.ID, "the-token", body, idemOf(fmt.Sprintf("push-%d", n), body))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, r := range out.Rejected {
			got[r.Key] = r.Problems[0].Pointer + " " + r.Problems[0].Code
		}
		return got
	}
	day := func(id string, ver int, more person) person {
		return merged(person{"id": id, "ver": ver, "jq": "A1", "rq": today(), "cs": 4}, more)
	}
	got := push(day("good", 1, person{"bl": "0.25", "kr": "2026/1/2", "bz": "正常", "lx": 1, "ok": true}), day("a", 1, person{"cs": "四"}), day("b", 1, person{"cs": 4.5}),
		day("c", 1, person{"bl": "1e3"}), day("d", 1, person{"kr": "昨天"}), day("e", 1, person{"bz": "看\u202e不见"}), day("f", 1, person{"lx": 2}), day("g", 1, person{"ok": "也许"}),
		day("h", 1, person{"cs": []int{4}}), day("i", 1, person{"jq": "A7"}), day("j", 1, person{"rq": ""}), day("k", 1, person{"cs": "007"}))
	want := map[string]string{"a": "/cs type", "b": "/cs type", "c": "/bl type", "d": "/kr type", "e": "/bz type", "f": "/lx value_unmapped", "g": "/ok type", "h": "/cs type",
		"i": "/jq area_unknown", "j": "/rq date", "k": "/cs type"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if kept := ask(t, h, "select convert_from(fields, 'UTF8') from source_records"); kept != `{"area":"A1","day":"`+today()+`","facts":{"count":4,"kind":"one","note":"正常","ok":true,"rate":0.25,"seen_on":"2026-01-02"}}` {
		t.Errorf("kept %s", kept)
	}
	patrols := func() *ledger.Pin {
		t.Helper()
		typ := h.Catalog.Current("duty-log")
		return pinOf(draftOf(t, h, h.Begin(t, "officer", "duty-log", sourcedBody(t, typ, catalog.Source{Field: "/patrol_done"}, json.RawMessage("3"))).Key), "/patrol_done")
	}
	if p := patrols(); p != nil {
		t.Errorf("with open rejections: %+v", p)
	}
	var gone []person
	for id := range want {
		gone = append(gone, day(id, 2, person{"gone": true}))
	}
	if got := push(gone...); len(got) != 0 {
		t.Errorf("mended: %v", got)
	}
	if p := patrols(); p == nil || string(p.Value) != "4" {
		t.Errorf("all mended: %+v", p)
	}
	// Two records of a day are no one number; and what the field cannot hold is not put there.
	push(day("second", 1, nil))
	if p := patrols(); p != nil {
		t.Errorf("two records: %+v", p)
	}
	push(day("second", 2, person{"gone": true}), day("good", 2, person{"cs": 201}))
	if p := patrols(); p != nil {
		t.Errorf("above the field's most: %+v", p)
	}

	c = factsOf(t, h, connector.Push, "ext:custody-admin", ofNumber, map[string]connector.Member{"treatment_level": {At: "/cy", Type: "text"}})
	s = connect(t, h, c)
	visit := func() *ledger.Pin {
		t.Helper()
		return pinOf(draftOf(t, h, h.Begin(t, "officer", "visit-call", json.RawMessage(`{"inmate_ref":"`+someInmate+`"}`)).Key), "/treatment_level")
	}
	of := func(id string, ver int, number, level string) person {
		return person{"id": id, "ver": ver, "no": number, "cy": level}
	}
	for _, step := range []struct {
		name string
		send []person
		want map[string]string
		pin  string
	}{
		{"as it is", []person{of("x", 1, someInmate, "general")}, map[string]string{}, `"general"`},
		{"numbers of nothing", []person{of("n", 1, "12", "general"), of("m", 1, "gj-000001", "general")}, map[string]string{"n": "/no number", "m": "/no number"}, `"general"`},
		{"another key of the same inmate", []person{of("y", 1, someInmate, "strict")}, map[string]string{"y": "/no number_taken"}, `"general"`},
		{"the same version, said otherwise", []person{of("x", 1, someInmate, "strict")}, map[string]string{"x": "/ver version_reused"}, ``},
		{"the next version", []person{of("x", 2, someInmate, "lenient")}, map[string]string{}, `"lenient"`},
		{"of somebody else now", []person{of("x", 3, "0000000002", "lenient")}, map[string]string{"x": "/no number_changed"}, ``},
		{"said well", []person{of("x", 4, someInmate, "observation")}, map[string]string{}, `"observation"`},
		{"a level nobody knows", []person{of("x", 5, someInmate, "vip")}, map[string]string{}, ``},
		{"gone", []person{merged(of("x", 6, someInmate, ""), person{"gone": "1"})}, map[string]string{}, ``},
		{"its place is free", []person{of("y", 2, someInmate, "strict")}, map[string]string{}, `"strict"`},
	} {
		if diff := cmp.Diff(step.want, push(step.send...)); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
		pin := ""
		if p := visit(); p != nil {
			pin = string(p.Value)
		}
		if pin != step.pin {
			t.Errorf("%s: pinned %s, want %s", step.name, pin, step.pin)
		}
	}
}

// TestFactsOrder tells three versions of an area's day in every order, each twice:
// the greatest stands, on the day it names, and a day it left is told so.
func TestFactsOrder(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := factsOf(t, h, connector.Push, "ext:procurement", ofDay, map[string]connector.Member{"batch_no": {At: "/ph", Type: "text"}})
	s := connect(t, h, c)
	yesterday := catalog.DayOf(time.Now().AddDate(0, 0, -1))
	n := 0
	permute([]int{1, 2, 3}, func(order []int) {
		n++
		for i, v := range append(append([]int{}, order...), order...) {
			body := pushed(t, person{"id": fmt.Sprint(n), "ver": v, "jq": "A1", "rq": []string{"", today(), today(), yesterday}[v], "ph": fmt.Sprintf("P-%d-%d", n, v)})
			if _, err := s.Receive(t.Context(), c.ID, "the-token", body, idemOf(fmt.Sprintf("order-%d-%d", n, i), body)); err != nil {
				t.Fatal(err)
			}
		}
	})
	const said = `select value::text from deliveries where day = $1::date order by recorded_at desc, run_id desc limit 1`
	if got := ask(t, h, said, today()); got != "{}" {
		t.Errorf("today: %s", got)
	}
	if got := ask(t, h, said, yesterday); got != `{"batch_no": ["P-1-3", "P-2-3", "P-3-3", "P-4-3", "P-5-3", "P-6-3"]}` {
		t.Errorf("yesterday: %s", got)
	}
	if got := ask(t, h, "select count(*) || ' ' || count(distinct key) from source_records"); got != "18 6" {
		t.Errorf("versions: %s", got)
	}
}

// TestFactsAtOnce sends the same record, and a newer one, many times at once: each
// version once, one leaf a run, and the log holds all of it.
func TestFactsAtOnce(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	h := sc.House
	c := factsOf(t, h, connector.Push, "ext:assets", ofNumber, map[string]connector.Member{"name": {At: "/mc", Type: "text"}})
	s := connect(t, h, c)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			body := pushed(t, person{"id": "a", "ver": i/2%2 + 1, "no": someAsset, "mc": []string{"锤", "剪刀"}[i/2%2]})
			if _, err := s.Receive(t.Context(), c.ID, "the-token", body, idemOf(fmt.Sprintf("at-once-%d", i/2), body)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := ask(t, h, "select (select count(*) from source_records) || ' ' || (select count(*) from connector_runs) || ' ' || (select count(*) from log_leaves where kind = 'connector_run')"); got != "2 4 4" {
		t.Errorf("versions, runs, leaves: %s", got)
	}
	d := draftOf(t, h, h.Begin(t, "officer", "tool-hazmat", json.RawMessage(`{"item_code":"`+someAsset+`"}`)).Key)
	if p := pinOf(d, "/item_name"); p == nil || string(p.Value) != `"剪刀"` || p.Origin.Record != "a" || p.Origin.Number != someAsset {
		t.Errorf("%+v", d.Pins)
	}
	sc.checkpoint(t)
	if r := sc.verify(t); len(r.Problems) > 0 {
		t.Errorf("%+v", r.Problems)
	}
	exec(t, h, "set session_replication_role = replica")
	exec(t, h, `update source_records set fields = convert_to(replace(convert_from(fields, 'UTF8'), '剪刀', '锯'), 'UTF8')`)
	if r := sc.verify(t); len(r.Problems) == 0 {
		t.Error("a fact that was altered is not named")
	}
	for _, sql := range []string{"update source_records set deleted = true", "delete from source_records", "delete from deliveries"} {
		if _, err := h.Store.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("the service may %s", sql)
		}
	}
}

// TestFactsFollow: the pin is of the asset that the draft names, also when it names
// another one, and is handed in as it was delivered.
func TestFactsFollow(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	c := factsOf(t, h, connector.Push, "ext:assets", ofNumber, map[string]connector.Member{"name": {At: "/mc", Type: "text"}})
	s := connect(t, h, c)
	body := pushed(t, person{"id": "a", "ver": 1, "no": someAsset, "mc": "剪刀"}, person{"id": "b", "ver": 1, "no": "GJ-000002", "mc": "锤"})
	if _, err := s.Receive(t.Context(), c.ID, "the-token", body, idemOf("follow", body)); err != nil {
		t.Fatal(err)
	}
	e := h.Begin(t, "officer", "tool-hazmat", nil)
	for _, step := range []struct{ code, typed, pin, held string }{
		{someAsset, "锯", `"剪刀"`, `"剪刀"`}, {"GJ-000002", "锯", `"锤"`, `"锤"`}, {"GJ-000003", "锯", "", `"锯"`}, {someAsset, "", `"剪刀"`, `"剪刀"`},
	} {
		sent := json.RawMessage(fmt.Sprintf(`{"item_code":%q,"item_name":%q}`, step.code, step.typed))
		out, err := h.Ledger.SaveDraft(officer, e.Key, e.ETag, e.Version, sent, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		e = out.Entry
		res, err := h.Ledger.Check(officer, e.Key, sent)
		if err != nil || string(mustJSON(t, res.Document.Value["item_name"])) != step.held {
			t.Errorf("%s: the check has %v, %v", step.code, res.Document.Value["item_name"], err)
		}
		pin := ""
		if p := pinOf(draftOf(t, h, e.Key), "/item_name"); p != nil {
			pin = string(p.Value)
		}
		if pin != step.pin {
			t.Errorf("%s: pinned %q, want %q", step.code, pin, step.pin)
		}
	}
	// A later word of the register is shown, and taken by the officer's own act.
	body = pushed(t, person{"id": "a", "ver": 2, "no": someAsset, "mc": "圆头剪刀"})
	if _, err := s.Receive(t.Context(), c.ID, "the-token", body, idemOf("follow-2", body)); err != nil {
		t.Fatal(err)
	}
	if p := pinOf(draftOf(t, h, e.Key), "/item_name"); !p.Corrected || string(p.Value) != `"剪刀"` {
		t.Errorf("%+v", p)
	}
	if _, err := h.Ledger.Retake(officer, e.Key, e.ETag, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if p := pinOf(draftOf(t, h, e.Key), "/item_name"); p.Corrected || string(p.Value) != `"圆头剪刀"` {
		t.Errorf("taken anew: %+v", p)
	}
	// Nobody of another prison or without rights reads the facts by asking.
	if _, err := s.Rejected(officer, h.Prison, c.ID); fault.CodeOf(err) != "forbidden" {
		t.Errorf("an officer reads what was refused: %v", err)
	}
}
