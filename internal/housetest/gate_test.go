package housetest_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

// TestOverlapRefused proposes a ledger that asks for what there is.
func TestOverlapRefused(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := next(t, h, "facility-maintenance", func(schema, definition, _ map[string]any) {
		definition["id"], definition["version"], definition["owner"] = "repair-book", 1, "dept_custody"
		definition["title"] = map[string]any{"zh": "报修簿", "en": "Repair book"}
	})
	c.Kind, c.Ledger, c.Gate = proposal.Add, "repair-book", theGate
	_, err := propose(h, t.Context(), "custody head", c)
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != "gate_refused" {
		t.Fatalf("%v", err)
	}
	overlaps, _ := f.Detail["overlaps"].([]catalog.Overlap)
	if len(overlaps) == 0 || len(f.Fields) != 1 || f.Fields[0].Code != "gate:overlap" {
		t.Errorf("overlaps %v, fields %v", overlaps, f.Fields)
	}
	list, _, err := h.Proposals.List(h.As(t.Context(), "custody head"), h.Prison)
	if err != nil || len(list) != 1 || list[0].State != proposal.Refused || len(list[0].Report.Failed) != 1 {
		t.Errorf("the refusal is not kept: %+v %v", list, err)
	}
	if _, err := propose(h, t.Context(), "officer", c); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer: %v", err)
	}
	// A source that nobody can serve does not make a fact a shared one.
	c = next(t, h, "facility-maintenance", func(schema, definition, _ map[string]any) {
		definition["id"], definition["version"], definition["owner"] = "repair-book", 1, "dept_custody"
		definition["title"] = map[string]any{"zh": "报修簿", "en": "Repair book"}
		sources := []any{}
		for name := range schema["properties"].(map[string]any) {
			sources = append(sources, map[string]any{"field": "/" + name, "system": "nonsense", "take": name})
		}
		definition["sources"] = sources
	})
	c.Kind, c.Ledger, c.Gate = proposal.Add, "repair-book", theGate
	if _, err := propose(h, t.Context(), "custody head", c); !errors.As(err, &f) || f.Fields[0].Code != "source" || !strings.Contains(f.Fields[0].Pointer, "/sources/0/system") {
		t.Errorf("shared from nowhere: %v", err)
	}
}

// TestDisguisesRefused: a ledger that asks for what there is under a title
// otherwise written is refused wherever it comes in: tried, proposed, installed;
// and so is one that bears the name of another.
func TestDisguisesRefused(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := h.As(t.Context(), "custody head")
	for title, test := range map[string]string{"临时措施：": "G3", "臨時措施": "G3", "查獲件數": "G3", "當事人 説明": "G3", "时长": "G3", "清監搜身台账": "清监搜身"} {
		s := files(t)
		s.book(1, title)
		if test != "G3" {
			s = files(t)
			s.book(1, "云量")
			for _, name := range []string{"schema.json", "ledger.json"} {
				f := s.MapFS["ledgers/weather-book/v1/"+name]
				f.Data = []byte(strings.Replace(string(f.Data), "天气簿", title, 1))
			}
		}
		c := proposal.Content{Kind: proposal.Add, Ledger: "weather-book", Reason: "演练用的增设", On: catalog.DayOf(time.Now()), Gate: theGate,
			Schema:     string(s.MapFS["ledgers/weather-book/v1/schema.json"].Data),
			Definition: string(s.MapFS["ledgers/weather-book/v1/ledger.json"].Data),
			Form:       string(s.MapFS["ledgers/weather-book/v1/form.json"].Data)}
		r, err := h.Proposals.Try(ctx, h.Prison, c)
		overlap := err == nil && slices.ContainsFunc(r.Failed, func(f fault.Field) bool { return f.Code == "gate:overlap" })
		if named := fault.CodeOf(err) == "bad_type"; overlap != (test == "G3") || named == (test == "G3") {
			t.Errorf("%s tried: %v, failed %v", title, err, r.Failed)
		}
		if _, err := propose(h, t.Context(), "custody head", c); fault.CodeOf(err) != "gate_refused" && fault.CodeOf(err) != "bad_type" {
			t.Errorf("%s proposed: %v", title, err)
		}
		s.answered(t, "type", 1, "weather_fa", func(map[string]any) {})
		if err := s.install(t, h); fault.CodeOf(err) != "install_refused" || !strings.Contains(err.Error(), test) {
			t.Errorf("%s installed: %v", title, err)
		}
	}
}

// TestGateHeld: what adds to the burden without a new field is 增 too, and an old
// id is not made into a fact that another ledger asks for.
func TestGateHeld(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	const id = "culture-activity"
	member := func(name string, more map[string]any) func(_, definition, _ map[string]any) {
		return func(_, definition, _ map[string]any) {
			for k, v := range more {
				definition[name].(map[string]any)[k] = v
			}
		}
	}
	var taken catalog.Held
	for _, f := range h.Catalog.Current("fire-safety").Fields() {
		if f.ID == "findings_count" {
			taken = f
		}
	}
	retitled := func(schema, _, _ map[string]any) {
		for _, p := range properties(schema) {
			if p := p.(map[string]any); p["type"] == "integer" {
				p["title"], p["x-en"] = taken.Title().ZH, taken.Title().EN
				delete(p, "x-unit")
				if u := unitOf(t, h, "fire-safety", "findings_count"); u != nil {
					p["x-unit"] = u
				}
				return
			}
		}
	}
	for name, x := range map[string]struct {
		change func(schema, definition, form map[string]any)
		fails  int  // tests without the gate's answers
		passes bool // with them
	}{
		"a cadence raised": {member("cadence", map[string]any{"expected": 5}), 5, true},
		"one lowered":      {member("cadence", map[string]any{"expected": 1}), 0, true},
		"a post more":      {member("filler", map[string]any{"roles": []any{"officer", "medic"}}), 5, true},
		"an area less":     {member("areas", map[string]any{"except": []any{"hospital"}}), 0, true},
		"another fact":     {retitled, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := next(t, h, id, x.change)
			r, err := h.Proposals.Try(h.As(t.Context(), "education head"), h.Prison, c)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Failed) != x.fails {
				t.Errorf("without answers: %v", r.Failed)
			}
			if p, err := propose(h, t.Context(), "education head", c); x.fails > 0 && (fault.CodeOf(err) != "gate_refused" || p.State != proposal.Refused) {
				t.Errorf("proposed without: %s %v", p.State, err)
			}
			c.Gate = theGate
			if r, err = h.Proposals.Try(h.As(t.Context(), "education head"), h.Prison, c); err != nil || (len(r.Failed) == 0) != x.passes {
				t.Errorf("with answers: %v %v", r.Failed, err)
			}
		})
	}
	// Nobody typed it, and somebody has to now; a proof has to be taken that had not.
	untold := func(member string) func(schema, definition, form map[string]any) {
		return func(schema, definition, _ map[string]any) {
			definition[member] = []any{}
			for _, p := range properties(schema) {
				delete(p.(map[string]any), "readOnly")
			}
		}
	}
	for name, c := range map[string]proposal.Content{
		"computed fields typed": next(t, h, "points-assessment", untold("computed")),
		"one no more locked": next(t, h, "points-assessment", func(schema, _, _ map[string]any) {
			delete(properties(schema)["month_total"].(map[string]any), "readOnly")
		}),
		"sources removed": next(t, h, "headcount", untold("sources")),
		"an offered list typed": next(t, h, "headcount", func(_, definition, _ map[string]any) {
			definition["sources"] = slices.DeleteFunc(definition["sources"].([]any), func(s any) bool { return s.(map[string]any)["field"] == "/off_site_list" })
		}),
		"photos wanted": next(t, h, "headcount", func(_, definition, _ map[string]any) {
			definition["evidence"] = append(definition["evidence"].([]any), map[string]any{
				"id": "post_photo", "title": map[string]any{"zh": "岗位照片", "en": "photo of the post"}, "kinds": []any{"image"}, "min": 20, "max": 30})
		}),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := h.Proposals.Try(h.As(t.Context(), "custody head"), h.Prison, c)
			if err != nil || len(r.Failed) != 5 {
				t.Fatalf("without answers: %v %v", r.Failed, err)
			}
			if name == "photos wanted" && r.After.Evidence != r.Before.Evidence+20 {
				t.Errorf("files wanted: %d, were %d", r.After.Evidence, r.Before.Evidence)
			}
			if p, err := propose(h, t.Context(), "custody head", c); fault.CodeOf(err) != "gate_refused" || p.State != proposal.Refused {
				t.Errorf("proposed without: %s %v", p.State, err)
			}
			c.Gate = theGate
			if r, err = h.Proposals.Try(h.As(t.Context(), "custody head"), h.Prison, c); err != nil || len(r.Failed) > 0 {
				t.Errorf("with answers: %v %v", r.Failed, err)
			}
		})
	}
	widened := next(t, h, "kitchen-hygiene", member("areas", map[string]any{"functions": []any{"kitchen", "hospital"}}))
	if r, err := h.Proposals.Try(h.As(t.Context(), "bureau office"), h.Prison, widened); err != nil || len(r.Failed) == 0 {
		t.Errorf("areas widened: %v %v", r.Failed, err)
	}
}

// TestSavingsThereAre: G4 wants a saving in another ledger, of no more than it
// takes, and which nobody else has claimed, of two at once neither.
func TestSavingsThereAre(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	more := func(id string) proposal.Content {
		return next(t, h, id, func(schema, _, form map[string]any) {
			properties(schema)["weather_note"] = property("天气情况说明", "weather_note", "string")
			section(form)["fields"] = append(section(form)["fields"].([]any), "weather_note")
		})
	}
	claiming := func(id string, minutes int, savings ...catalog.Spare) proposal.Content {
		c, gate := more(id), *theGate
		gate.Minutes, gate.PerMonth, gate.Savings = minutes, 1, savings
		c.Gate = &gate
		return c
	}
	spare := func(ledger string, minutes int) catalog.Spare {
		return catalog.Spare{Ledger: ledger, Minutes: minutes, How: "不再重复抄写"}
	}
	all := h.Catalog.Takes(h.Catalog.Current("duty-log"), nil)
	const id, half = "culture-activity", 1 << 62
	absurd := claiming(id, 1440, spare(id, 14400000))
	absurd.Gate.PerMonth = 10000
	for name, x := range map[string]struct {
		c     proposal.Content
		wants string
	}{
		"of itself":       {absurd, "gate:savings_own"},
		"more than it is": {claiming(id, 1, spare("duty-log", all+1)), "gate:savings_most"},
		"in two halves":   {claiming(id, 1, spare("duty-log", all), spare("duty-log", 1)), "gate:savings_most"},
		"beyond measure":  {claiming(id, 1, spare("duty-log", half), spare("duty-log", half), spare("duty-log", half), spare("duty-log", half), spare("duty-log", 1)), "gate:savings_most"},
		"of events":       {claiming(id, 1, spare("letter-parcel", 43200)), "gate:savings_most"},
		"all of it":       {claiming(id, 1, spare("duty-log", all)), ""},
	} {
		r, err := h.Proposals.Try(h.As(t.Context(), "education head"), h.Prison, x.c)
		if err != nil || (x.wants == "") != (len(r.Failed) == 0) || x.wants != "" && !slices.ContainsFunc(r.Failed, func(f fault.Field) bool { return f.Code == x.wants }) {
			t.Errorf("%s: %v %v", name, r.Failed, err)
		}
	}
	var made [2]proposal.Proposal
	var said [2]error
	var wg sync.WaitGroup
	for i, c := range []proposal.Content{claiming(id, 1, spare("duty-log", all)), claiming("individual-talk", 1, spare("duty-log", all))} {
		wg.Go(func() { made[i], said[i] = propose(h, t.Context(), "education head", c) })
	}
	wg.Wait()
	if (said[0] == nil) == (said[1] == nil) || fault.CodeOf(errors.Join(said[:]...)) != "gate_refused" {
		t.Fatalf("two at once: %v", said)
	}
	won := made[0]
	if said[0] != nil {
		won = made[1]
	}
	again := claiming("education-session", 1, spare("duty-log", 1))
	if r, err := h.Proposals.Try(h.As(t.Context(), "education head"), h.Prison, again); err != nil || len(r.Failed) != 1 {
		t.Errorf("what is claimed: %v %v", r.Failed, err)
	}
	// What is withdrawn claims nothing.
	if _, err := h.Proposals.Decide(h.As(t.Context(), "education head"), h.Prison, won.ID, "withdraw", "", won.Digest, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	p, err := propose(h, t.Context(), "education head", again)
	if err != nil {
		t.Fatal(err)
	}
	if p = decideAll(t, h, p, "bureau office"); p.State != proposal.Executed {
		t.Fatal(p.State)
	}
	if r, err := h.Proposals.Try(h.As(t.Context(), "education head"), h.Prison, claiming(id, 1, spare("duty-log", all))); err != nil || !slices.ContainsFunc(r.Failed, func(f fault.Field) bool { return f.Code == "gate:savings_most" }) {
		t.Errorf("what was carried out claims no more: %v %v", r.Failed, err)
	}
}

// unitOf a field at the top of a shipped schema; nil for none.
func unitOf(t *testing.T, h *housetest.House, id, name string) any {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal(h.Catalog.Current(id).SchemaJSON, &schema); err != nil {
		t.Fatal(err)
	}
	p, _ := properties(schema)[name].(map[string]any)
	return p["x-unit"]
}

// TestSavingsGone: a saving is judged again with every decision, under the lock: what
// it was claimed of may have come to take less. A proposal's own claim is not against it.
func TestSavingsGone(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	most := h.Catalog.Takes(h.Catalog.Current("duty-log"), nil)
	claiming := func(id string, minutes int) proposal.Proposal {
		t.Helper()
		c := next(t, h, id, func(schema, _, form map[string]any) {
			properties(schema)["weather_note"] = property("天气情况说明", "weather_note", "string")
			section(form)["fields"] = append(section(form)["fields"].([]any), "weather_note")
		})
		gate := *theGate
		gate.Minutes, gate.PerMonth, gate.Savings = 1, 1, []catalog.Spare{{Ledger: "duty-log", Minutes: minutes, How: "不再重复抄写"}}
		c.Gate = &gate
		p, err := propose(h, t.Context(), "education head", c)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	some, rest := claiming("culture-activity", 1), claiming("individual-talk", most-1)
	rarer, err := propose(h, t.Context(), "custody head", next(t, h, "duty-log", func(_, definition, _ map[string]any) {
		definition["cadence"].(map[string]any)["kind"] = "weekly"
	}))
	if err != nil {
		t.Fatal(err)
	}
	decideAll(t, h, rarer, "bureau office")
	_, err = h.Proposals.Decide(h.As(t.Context(), "bureau office"), h.Prison, rest.ID, "approve", "", rest.Digest, ledger.Idem{})
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != "gate_refused" || len(f.Fields) != 1 || f.Fields[0].Code != "gate:savings_most" {
		t.Errorf("the saving there is no more: %v", err)
	}
	if _, err := h.Proposals.Decide(h.As(t.Context(), "education head"), h.Prison, rest.ID, "withdraw", "", rest.Digest, ledger.Idem{}); err != nil {
		t.Fatalf("it stays open: %v", err)
	}
	if some = decideAll(t, h, some, "bureau office"); some.State != proposal.Executed {
		t.Errorf("the saving there still is: %s", some.State)
	}
}

// TestOldestOpen: however many proposals are over, and however many wait, none that
// waits is left out of the list or of its day, and what is left out is counted.
func TestOldestOpen(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	on := catalog.DayOf(time.Now().AddDate(0, 0, 1))
	version := func(text string) proposal.Content {
		c := next(t, h, "culture-activity", func(_, definition, _ map[string]any) {
			definition["lawful_basis"] = map[string]any{"zh": text}
		})
		c.On = on
		return c
	}
	first, err := propose(h, t.Context(), "education head", version("甲"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := propose(h, t.Context(), "education head", version("乙"))
	if err != nil {
		t.Fatal(err)
	}
	const over = proposal.MaxOver + 3
	exec(t, h, `insert into proposals (prison_id, proposal_id, kind, ledger, department, body, report, digest, author, salt, state)
		select prison_id, gen_random_uuid(), kind, ledger, department, body, report, digest, author, salt, 'withdrawn' from proposals, generate_series(1, $2) where proposal_id = $1`, first.ID, over)
	list, more, err := h.Proposals.List(h.As(t.Context(), "education head"), h.Prison)
	if err != nil || len(list) != proposal.MaxOver+2 || list[0].ID != first.ID || list[1].ID != second.ID || more != 3 {
		t.Fatalf("%d listed and %d more: %v", len(list), more, err)
	}
	decideAll(t, h, first, "bureau office")
	exec(t, h, `insert into proposals (prison_id, proposal_id, kind, ledger, department, body, report, digest, author, salt, state)
		select prison_id, gen_random_uuid(), kind, ledger, department, body, report, digest, author, salt, 'approved' from proposals, generate_series(1, 600) where proposal_id = $1`, first.ID)
	due, err := h.Proposals.Store.Waiting(t.Context(), on)
	if err != nil || len(due) != 601 || due[0].ID != first.ID {
		t.Errorf("%d wait for their day: %v", len(due), err)
	}
}
