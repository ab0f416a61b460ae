package housetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

// next makes the files of a ledger's next version, changed by fn.
func next(t *testing.T, h *housetest.House, id string, fn func(schema, definition, form map[string]any)) proposal.Content {
	t.Helper()
	typ := h.Catalog.Current(id)
	parts := make([]map[string]any, 3)
	for i, raw := range []json.RawMessage{typ.SchemaJSON, typ.DefinitionJSON, typ.FormJSON} {
		if err := json.Unmarshal(raw, &parts[i]); err != nil {
			t.Fatal(err)
		}
	}
	parts[1]["version"] = typ.Version + 1
	fn(parts[0], parts[1], parts[2])
	texts := make([]string, 3)
	for i, p := range parts {
		raw, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(raw)
	}
	return proposal.Content{Kind: proposal.Version, Ledger: id, Reason: "试行一年后的调整", On: catalog.DayOf(time.Now()),
		Schema: texts[0], Definition: texts[1], Form: texts[2]}
}

func property(title, id, kind string) map[string]any {
	return map[string]any{"title": title, "x-en": title, "x-id": id, "type": kind}
}

func properties(schema map[string]any) map[string]any {
	return schema["properties"].(map[string]any)
}

func section(form map[string]any) map[string]any {
	return form["sections"].([]any)[0].(map[string]any)
}

var theGate = &catalog.Gate{Basis: "监狱教育改造工作规定", Purpose: "执法证据需要", NoOther: "现有台账没有这一项", Minutes: 1, PerMonth: 4,
	Savings: []catalog.Spare{{Ledger: "duty-log", Minutes: 4, How: "不再重复抄写"}}, ReviewOn: catalog.DayOf(time.Now().AddDate(0, 6, 0))}

func propose(h *housetest.House, ctx context.Context, who string, c proposal.Content) (proposal.Proposal, error) {
	return h.Proposals.Propose(h.As(ctx, who), h.Prison, c, ledger.Idem{})
}

func decideAll(t *testing.T, h *housetest.House, p proposal.Proposal, people ...string) proposal.Proposal {
	t.Helper()
	for _, who := range people {
		var err error
		if p, err = h.Proposals.Decide(h.As(t.Context(), who), h.Prison, p.ID, "approve", "", p.Digest, ledger.Idem{}); err != nil {
			t.Fatalf("%s: %v", who, err)
		}
	}
	return p
}

// TestOccasionsNamed: a change that takes from an occasion the field in which it
// names the inmate says so in the dry run; another does not.
func TestOccasionsNamed(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	named := func(c proposal.Content) (list []string) {
		t.Helper()
		r, err := h.Proposals.Try(h.As(t.Context(), "education head"), h.Prison, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range r.Uses {
			if u.What == "occasion" {
				list = append(list, u.In)
			}
		}
		return list
	}
	c := next(t, h, "individual-talk", func(_, definition, _ map[string]any) {
		definition["lawful_basis"] = map[string]any{"zh": "新的依据"}
	})
	if got := named(c); len(got) > 0 {
		t.Errorf("of another change: %v", got)
	}
	// The stable id stays, and what other ledgers are opened with.
	rename := strings.NewReplacer(`"x-id":"inmate_ref"`, `"x-id":"inmate_ref"`, `doc.inmate_ref`, `doc.held_ref`, `"inmate_ref":"doc`, `"inmate_ref":"doc`, `/inmate_ref`, `/held_ref`, `"inmate_ref"`, `"held_ref"`)
	c.Schema, c.Definition, c.Form = rename.Replace(c.Schema), rename.Replace(c.Definition), rename.Replace(c.Form)
	if got := named(c); !slices.Equal(got, []string{"talk"}) {
		t.Errorf("of a new name: %v", got)
	}
}

// TestNewVersion publishes a version over forty open drafts: those that the dry
// run said move, move, with what was typed; those it said stay, stay.
func TestNewVersion(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	const id = "culture-activity"
	var drafts []ledger.Entry
	for i := range 40 {
		kind := "sport"
		if i < 6 {
			kind = "library_month"
		}
		drafts = append(drafts, h.Begin(t, "officer", id, json.RawMessage(`{"activity_kind":"`+kind+`","title":"第`+string(rune('一'+i))+`次"}`)))
	}
	c := next(t, h, id, func(schema, definition, form map[string]any) {
		props := properties(schema)
		props["weather_note"] = property("天气情况说明", "weather_note", "string")
		retired := props["title"].(map[string]any)
		delete(props, "title")
		props["theme"] = retired // renamed: the same stable id
		choice := props["activity_kind"].(map[string]any)
		kept := []any{}
		for _, o := range choice["oneOf"].([]any) {
			if o.(map[string]any)["const"] != "library_month" {
				kept = append(kept, o)
			}
		}
		choice["oneOf"] = kept
		raw, _ := json.Marshal(schema["required"])
		_ = json.Unmarshal([]byte(strings.ReplaceAll(string(raw), `"title"`, `"theme"`)), ptr(schema, "required"))
		raw, _ = json.Marshal(form)
		_ = json.Unmarshal([]byte(strings.ReplaceAll(string(raw), `"title"]`, `"theme"]`)), &form)
		for _, s := range form["sections"].([]any) {
			fields := s.(map[string]any)["fields"].([]any)
			for i, f := range fields {
				if f == "title" {
					fields[i] = "theme"
				}
			}
		}
		section(form)["fields"] = append(section(form)["fields"].([]any), "weather_note")
		raw, _ = json.Marshal(definition["summary"])
		_ = json.Unmarshal([]byte(strings.ReplaceAll(string(raw), `"/title"`, `"/theme"`)), ptr(definition, "summary"))
	})
	// Without the gate's answers a new field is refused, and the refusal kept.
	if _, err := propose(h, ctx, "education head", c); fault.CodeOf(err) != "gate_refused" {
		t.Fatalf("without the gate: %v", err)
	}
	c.Gate = theGate
	_, err := propose(h, ctx, "education head", c)
	if fault.CodeOf(err) != "drafts_held" {
		t.Fatalf("held drafts not accepted: %v", err)
	}
	c.AcceptHeld = true
	p, err := propose(h, ctx, "education head", c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(proposal.Drafts{Open: 40, Move: 34, Hold: 6, Fate: "version"}, p.Report.Drafts); diff != "" {
		t.Error(diff)
	}
	holds := map[catalog.ChangeKind]int{}
	for _, l := range p.Report.Changes {
		holds[l.Kind] += l.Holds
	}
	if diff := cmp.Diff(6, holds[catalog.DropOption]); diff != "" || holds[catalog.RenameField] != 0 {
		t.Error(diff, holds)
	}
	if _, err := h.Proposals.Decide(h.As(ctx, "education head"), h.Prison, p.ID, "approve", "", p.Digest, ledger.Idem{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("decided by who proposed it: %v", err)
	}
	if _, err := h.Proposals.Decide(h.As(ctx, "bureau office"), h.Prison, p.ID, "refuse", "\u200b", p.Digest, ledger.Idem{}); fault.CodeOf(err) != "reason_required" {
		t.Errorf("refused without a word: %v", err)
	}
	p = decideAll(t, h, p, "bureau office")
	if p.State != proposal.Executed || h.Catalog.Current(id).Version != 2 {
		t.Fatalf("%s, version %d", p.State, h.Catalog.Current(id).Version)
	}
	if diff := cmp.Diff(written(t, p.Report), written(t, *p.Executed)); diff != "" {
		t.Errorf("the execution is not its dry run: %s", diff)
	}
	// The job runs, twice.
	for range 2 {
		if err := h.Proposals.EachBehind(ctx, proposal.Published{Ledger: id, Version: 2}, func(k ledger.Key) error { return h.Ledger.Rebase(ctx, k, 2) }); err != nil {
			t.Fatal(err)
		}
	}
	for i, d := range drafts {
		v, err := h.Ledger.Get(h.As(ctx, "officer"), d.Key)
		if err != nil {
			t.Fatal(err)
		}
		version, text := 2, `"theme":"第`
		if i < 6 {
			version, text = 1, `"title":"第`
		}
		if v.Entry.Version != version || !strings.Contains(string(v.Draft.Body), text) {
			t.Errorf("draft %d: version %d, %s", i, v.Entry.Version, v.Draft.Body)
		}
	}
	// What is published stays as it is (A1): not even the owner of the database
	// changes it by mistake.
	_, err = h.Owner.Exec(ctx, "update ledger_versions set schema = '' where ledger = $1", id)
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "23001" {
		t.Errorf("owner: %v", err)
	}
	_, err = h.Store.Pool().Exec(ctx, "update ledger_versions set schema = '' where ledger = $1", id)
	if !errors.As(err, &pg) || pg.Code != "42501" {
		t.Errorf("service: %v", err)
	}
}

func written(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func ptr(m map[string]any, name string) any {
	v := m[name]
	m[name] = &v
	return &v
}

// TestOperations carries the others out and looks at what stays.
func TestOperations(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	begun := h.Begin(t, "officer", "police-training", json.RawMessage(`{}`))
	today := catalog.DayOf(time.Now())
	notice := fault.Text{ZH: "今后请填报新台账", EN: "Fill the other one"}
	merged := []catalog.Place{}
	for _, f := range h.Catalog.Current("letter-parcel").Fields() {
		merged = append(merged, catalog.Place{From: f.ID})
	}
	tests := []struct {
		c      proposal.Content
		by     string
		people []string
	}{
		{proposal.Content{Kind: proposal.Delete, Ledger: "police-training", Reason: "演练用的删除", On: today, Notice: notice}, "bureau office", []string{"second bureau office", "bureau leader"}},
		{proposal.Content{Kind: proposal.Transfer, Ledger: "tool-hazmat", Reason: "工具改由劳动改造科管理", On: today, Target: "dept_education"}, "custody head", []string{"education head", "bureau office"}},
		{proposal.Content{Kind: proposal.Transfer, Ledger: "video-lookback", Reason: "改用业务系统记录", On: today, Target: "ext:video", Notice: notice}, "bureau office", []string{"bureau leader", "second bureau office"}},
		{proposal.Content{Kind: proposal.Merge, Ledger: "letter-parcel", Reason: "并入会见通话台账", On: today, Target: "visit-call", Map: merged, Notice: notice}, "bureau office", []string{"custody head", "second bureau office"}},
		{proposal.Content{Kind: proposal.Share, Ledger: "culture-activity", Reason: "课时台账已经记录", On: today, Target: "education-session", Notice: notice}, "bureau office", []string{"education head", "second bureau office"}},
	}
	before := len(h.Catalog.Types())
	for _, test := range tests {
		t.Run(string(test.c.Kind)+" "+test.c.Ledger, func(t *testing.T) {
			p, err := propose(h, ctx, test.by, test.c)
			if err != nil {
				t.Fatal(err)
			}
			ahead, filed := aheadOf(t, h, test.c.Ledger), filedIn(t, h, test.c.Ledger)
			p = decideAll(t, h, p, test.people...)
			if p.State != proposal.Executed {
				t.Fatal(p.State)
			}
			// Counted in the tables, not by the report: what it said falls away did, and nothing filed is gone.
			if gone := ahead - aheadOf(t, h, test.c.Ledger); gone != p.Report.Duties {
				t.Errorf("%d duties fell away, the dry run said %d", gone, p.Report.Duties)
			}
			if filed != p.Report.Records || filedIn(t, h, test.c.Ledger) != filed {
				t.Errorf("%d filed before, %d in the dry run", filed, p.Report.Records)
			}
			if diff := cmp.Diff(written(t, p.Report), written(t, *p.Executed)); diff != "" {
				t.Errorf("the execution is not its dry run: %s", diff)
			}
		})
	}
	if n := len(h.Catalog.Types()); n != before-4 {
		t.Errorf("%d ledgers, had %d", n, before)
	}
	if owner := h.Access.Owner("tool-hazmat"); owner != "dept_education" {
		t.Errorf("owner of the tools: %s", owner)
	}
	if e, _ := h.Catalog.End("letter-parcel"); !slices.Equal(e.Places, merged) || len(merged) == 0 {
		t.Errorf("where the fields of what was merged live now: %+v", e.Places)
	}
	if e, ok := h.Catalog.End("video-lookback"); !ok || e.Target != "ext:video" || e.Notice != notice {
		t.Errorf("stub: %+v", e)
	}
	// What was begun stays readable and may be finished; nothing new is begun.
	v, err := h.Ledger.Get(h.As(ctx, "officer"), begun.Key)
	if err != nil || !slices.Contains(v.Allowed, ledger.Submit) {
		t.Errorf("what was begun: %v %v", v.Allowed, err)
	}
	if _, err := h.Ledger.Create(h.As(ctx, "officer"), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "police-training", Body: json.RawMessage(`{}`)}, ledger.Idem{}); fault.CodeOf(err) != "ledger_ended" {
		t.Errorf("a new entry of what is no longer kept: %v", err)
	}
	// What was kept on a day can be asked later (B4).
	yesterday := catalog.DayOf(time.Now().AddDate(0, 0, -1))
	if then, since := len(h.Catalog.KeptOn(yesterday)), len(h.Catalog.KeptOn(today)); then != before || since != before-4 {
		t.Errorf("kept yesterday %d, today %d", then, since)
	}
	if ended := h.Catalog.Ended(); len(ended) != 4 || h.Catalog.Type("police-training", 1) == nil {
		t.Errorf("%d ended", len(ended))
	}
	// What others still refer to cannot go.
	_, err = propose(h, ctx, "bureau office", proposal.Content{Kind: proposal.Delete, Ledger: "headcount", Reason: "不再需要了", On: today, Notice: notice})
	if fault.CodeOf(err) != "bad_proposal" {
		t.Errorf("headcount: %v", err)
	}
}

// aheadOf counts the duties of a ledger that are still to come, filedIn its entries ever filed.
func aheadOf(t *testing.T, h *housetest.House, id string) int {
	return tallied(t, h, "select count(*) from duties where ledger = $1 and starts_at > now()", id)
}

func filedIn(t *testing.T, h *housetest.House, id string) int {
	return tallied(t, h, "select count(distinct (prison_id, entry_id)) from revisions join entries using (prison_id, entry_id) where entries.ledger = $1", id)
}

func tallied(t *testing.T, h *housetest.House, sql, id string) (n int) {
	t.Helper()
	if err := h.Owner.QueryRow(t.Context(), sql, id).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOverlapRefused proposes a ledger that asks for what there is.
func TestOverlapRefused(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := next(t, h, "facility-maintenance", func(schema, definition, _ map[string]any) {
		definition["id"], definition["version"], definition["owner"] = "repair-book", 1, "dept_custody"
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

// TestProposalsAtOnce lets two people decide the last step at once, and two
// proposals for the same next version meet: one version, one execution.
func TestProposalsAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	c := next(t, h, "culture-activity", func(_, definition, _ map[string]any) {
		definition["lawful_basis"] = map[string]any{"zh": "新的依据"}
	})
	first, err := propose(h, ctx, "education head", c)
	if err != nil {
		t.Fatal(err)
	}
	second, err := propose(h, ctx, "education head", c)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i, who := range []string{"bureau office", "second bureau office"} {
		for j, p := range []proposal.Proposal{first, second} {
			wg.Go(func() {
				_, errs[2*i+j] = h.Proposals.Decide(h.As(ctx, who), h.Prison, p.ID, "approve", "", p.Digest, ledger.Idem{})
			})
		}
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		}
	}
	if versions := h.Catalog.Versions("culture-activity"); won != 1 || len(versions) != 2 {
		t.Errorf("%d won, %d versions: %v", won, len(versions), errs)
	}
}

// TestProposalRefused sends what must not become a ledger.
func TestProposalRefused(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	base := func(id, owner string) proposal.Content {
		c := next(t, h, "culture-activity", func(schema, definition, _ map[string]any) {
			definition["id"], definition["version"], definition["owner"] = id, 1, owner
		})
		c.Kind, c.Ledger, c.Gate = proposal.Add, id, theGate
		return c
	}
	today := catalog.DayOf(time.Now())
	tests := map[string]struct {
		c    proposal.Content
		want string
	}{
		// An id is written into the lists of who sees what: "*" there is everything.
		"an id that opens every list": {base("x,*", "dept_custody"), "bad_type"},
		"no such department":          {base("new-book", "dept_nobody"), "bad_proposal"},
		"another ledger's files":      {func() proposal.Content { c := base("new-book", "dept_custody"); c.Ledger = "other-book"; return c }(), "bad_proposal"},
		"yesterday":                   {func() proposal.Content { c := base("new-book", "dept_custody"); c.On = "2020-01-01"; return c }(), "bad_proposal"},
		"no reason":                   {func() proposal.Content { c := base("new-book", "dept_custody"); c.Reason = "  "; return c }(), "bad_proposal"},
		"a reason nobody sees": {func() proposal.Content {
			c := base("new-book", "dept_custody")
			c.Reason = strings.Repeat("\u200b", 6)
			return c
		}(), "bad_proposal"},
		"a notice nobody sees":       {proposal.Content{Kind: proposal.Share, Ledger: "letter-parcel", Reason: "会见通话已经记录", On: today, Target: "visit-call", Notice: fault.Text{ZH: "\u3164"}}, "bad_proposal"},
		"a notice in English unseen": {proposal.Content{Kind: proposal.Share, Ledger: "letter-parcel", Reason: "会见通话已经记录", On: today, Target: "visit-call", Notice: fault.Text{ZH: "见会见通话", EN: "\u200b"}}, "bad_proposal"},
		"to a system of no name":     {proposal.Content{Kind: proposal.Transfer, Ledger: "letter-parcel", Reason: "改用业务系统", On: today, Target: "ext:\u200b", Notice: fault.Text{ZH: "见业务系统"}}, "bad_proposal"},
		"no schema":                  {func() proposal.Content { c := base("new-book", "dept_custody"); c.Schema = "[]"; return c }(), "bad_type"},
		"a kind that is none":        {proposal.Content{Kind: "forget", Ledger: "headcount", Reason: "随便写写", On: today}, "bad_proposal"},
		"merged without its fields":  {proposal.Content{Kind: proposal.Merge, Ledger: "letter-parcel", Reason: "并入会见通话", On: today, Target: "visit-call", Notice: fault.Text{ZH: "见会见通话"}}, "bad_proposal"},
		"merged into itself":         {proposal.Content{Kind: proposal.Merge, Ledger: "letter-parcel", Reason: "并入自己", On: today, Target: "letter-parcel", Notice: fault.Text{ZH: "见自己"}}, "bad_proposal"},
		"transferred to its owner":   {proposal.Content{Kind: proposal.Transfer, Ledger: "letter-parcel", Reason: "转给归属部门", On: today, Target: "dept_custody"}, "bad_proposal"},
		"the same version again":     {next(t, h, "culture-activity", func(_, _, _ map[string]any) {}), "bad_proposal"},
		"a lower level":              {next(t, h, "psych-health", func(_, d, _ map[string]any) { d["sensitivity"] = "L1" }), "bad_proposal"},
		"another owner":              {next(t, h, "culture-activity", func(_, d, _ map[string]any) { d["owner"] = "dept_custody" }), "bad_proposal"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := propose(h, t.Context(), "bureau office", test.c); fault.CodeOf(err) != test.want {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
	short := base("new-book", "dept_custody")
	short.Reason = "调整"
	var refused *fault.Error
	if _, err := propose(h, t.Context(), "bureau office", short); !errors.As(err, &refused) || !strings.Contains(refused.Fields[0].Text.ZH, "至少 4 个字") {
		t.Errorf("a reason too short is not told how long: %v", err)
	}
	if list, _, err := h.Proposals.List(h.As(t.Context(), "bureau office"), h.Prison); err != nil || len(list) != 0 {
		t.Errorf("%d stored, %v", len(list), err)
	}
}

// TestOnItsDay approves for tomorrow: today nothing happens, tomorrow each is
// carried out once, and one that no longer fits holds back no other: it fails, and
// its author and the office hear of it once.
func TestOnItsDay(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	tomorrow := time.Now().AddDate(0, 0, 1)
	basis := func(id, text string) proposal.Content {
		c := next(t, h, id, func(_, definition, _ map[string]any) { definition["lawful_basis"] = map[string]any{"zh": text} })
		c.On = catalog.DayOf(tomorrow)
		return c
	}
	var waiting []proposal.Proposal
	for _, c := range []proposal.Content{basis("culture-activity", "甲"), basis("culture-activity", "乙"), basis("individual-talk", "丙")} {
		p, err := propose(h, t.Context(), "education head", c)
		if err != nil {
			t.Fatal(err)
		}
		waiting = append(waiting, p)
	}
	// Two of one ledger may have been approved before that was refused.
	state := func(to string) {
		t.Helper()
		if _, err := h.Owner.Exec(t.Context(), "update proposals set state = $1 where proposal_id = $2", to, waiting[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range waiting {
		if p = decideAll(t, h, p, "bureau office"); p.State != proposal.Approved {
			t.Fatal(p.State)
		}
		state([]string{"proposed", "approved", "approved"}[i])
	}
	if err := h.Proposals.ExecuteDue(t.Context()); err != nil || len(h.Catalog.Versions("individual-talk")) != 1 {
		t.Fatalf("today: %v", err)
	}
	h.Proposals.Now = func() time.Time { return tomorrow }
	var wg sync.WaitGroup
	for range 2 { // on two servers at once
		wg.Go(func() {
			if err := h.Proposals.ExecuteDue(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	states := map[proposal.State]int{}
	for _, p := range waiting {
		now, err := h.Proposals.Get(h.As(t.Context(), "education head"), h.Prison, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		states[now.State]++
		if now.State != proposal.Failed {
			continue
		}
		if now.Failure == nil || len(now.Failure.Reasons) == 0 || now.Failure.Reasons[0].ZH == "" || len(now.Allowed) > 0 {
			t.Errorf("failed because of %+v, allowed %v", now.Failure, now.Allowed)
		}
	}
	for who, want := range map[string]int{"education head": 1, "bureau office": 1, "warden": 0} {
		list, err := h.Ledger.Notices(h.As(t.Context(), who), h.Prison)
		if err != nil || len(list) != want || want > 0 && (list[0].Kind != "not_executed" || list[0].Detail["on"] != catalog.DayOf(tomorrow)) {
			t.Errorf("%s hears %v: %v", who, list, err)
		}
	}
	if states[proposal.Executed] != 2 || states[proposal.Failed] != 1 || len(h.Catalog.Versions("culture-activity")) != 2 || len(h.Catalog.Versions("individual-talk")) != 2 {
		t.Errorf("%v", states)
	}
}

// TestOneChangeWaits: while an approved change of a ledger waits for its day no
// other is proposed or approved, even of two approved at once.
func TestOneChangeWaits(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	basis := func(id, text string) proposal.Content {
		c := next(t, h, id, func(_, definition, _ map[string]any) { definition["lawful_basis"] = map[string]any{"zh": text} })
		c.On = catalog.DayOf(time.Now().AddDate(0, 0, 1))
		return c
	}
	var both [2]proposal.Proposal
	for i, text := range []string{"甲", "乙"} {
		var err error
		if both[i], err = propose(h, t.Context(), "education head", basis("culture-activity", text)); err != nil {
			t.Fatal(err)
		}
	}
	var said [2]error
	var wg sync.WaitGroup
	for i, p := range both {
		wg.Go(func() {
			_, said[i] = h.Proposals.Decide(h.As(t.Context(), "bureau office"), h.Prison, p.ID, "approve", "", p.Digest, ledger.Idem{})
		})
	}
	wg.Wait()
	if (said[0] == nil) == (said[1] == nil) || fault.CodeOf(errors.Join(said[:]...)) != "change_waits" {
		t.Fatalf("two at once: %v", said)
	}
	if _, err := propose(h, t.Context(), "education head", basis("culture-activity", "丙")); fault.CodeOf(err) != "change_waits" {
		t.Errorf("another one: %v", err)
	}
	if _, err := propose(h, t.Context(), "education head", basis("individual-talk", "丁")); err != nil {
		t.Errorf("of another ledger: %v", err)
	}
	// Withdrawn, it holds back nobody.
	i := 0
	if said[0] != nil {
		i = 1
	}
	if _, err := h.Proposals.Decide(h.As(t.Context(), "education head"), h.Prison, both[i].ID, "withdraw", "", both[i].Digest, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	decideAll(t, h, both[1-i], "bureau office")
}

// TestBench judges samples by files that nobody published, for those who may
// propose, and stores nothing.
func TestBench(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := next(t, h, "cell-body-search", func(_, definition, _ map[string]any) {
		definition["rules"] = append(definition["rules"].([]any), map[string]any{
			"id": "two_places", "at": "/places", "expr": "size(doc.places) >= 2", "level": "warning", "stage": "submit",
			"message": map[string]any{"zh": "请至少检查两处", "en": "Search two places at least"}})
	})
	ctx := h.As(t.Context(), "custody head")
	verdicts, err := h.Proposals.Bench(ctx, h.Prison, c, []json.RawMessage{h.Finding(), []byte(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	good, bad := verdicts[0], verdicts[1]
	if len(good.Errors) > 0 || !slices.ContainsFunc(good.Warnings, func(f fault.Field) bool { return f.Code == "rule:two_places" }) || !good.Counts || len(good.Steps) < 2 || good.Day == "" {
		t.Errorf("a good sample: %+v", good)
	}
	if need := slices.IndexFunc(good.Evidence, func(n catalog.Need) bool { return n.Min == 1 }); need < 0 {
		t.Errorf("a finding wants its photo: %+v", good.Evidence)
	}
	if len(bad.Errors) < 5 || len(bad.Steps) > 0 {
		t.Errorf("an empty sample: %+v", bad)
	}
	if v := h.Catalog.Current("cell-body-search").Version; v != 1 {
		t.Errorf("version %d came in by a bench", v)
	}
	c.Definition = strings.Replace(c.Definition, "size(doc.places)", "size(doc.places", 1)
	_, err = h.Proposals.Bench(ctx, h.Prison, c, nil)
	if fault.CodeOf(err) != "bad_type" {
		t.Errorf("half an expression: %v", err)
	}
	if _, err := h.Proposals.Bench(h.As(t.Context(), "officer"), h.Prison, c, nil); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer at the drawing board: %v", err)
	}
}
