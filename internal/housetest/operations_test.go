package housetest_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

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
	rename := strings.NewReplacer(`"x-id":"inmate_ref"`, `"x-id":"inmate_ref"`, `"inmate_ref":"doc.inmate_ref"`, `"inmate_ref":"doc.held_ref"`, `doc.inmate_ref`, `doc.held_ref`, `"inmate_ref":"doc`, `"inmate_ref":"doc`, `/inmate_ref`, `/held_ref`, `"inmate_ref"`, `"held_ref"`)
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
		for _, asked := range []string{"evidence", "measures"} {
			everywhere(t, definition, asked, "library_month'", "sport'")
		}
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

// TestOperations carries the others out and looks at what stays: everything filed, the
// duties of a ledger under another owner, and of one that ended those that are filled
// or were due before; nothing of it is missed two months later.
func TestOperations(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	begun := h.Begin(t, "officer", "police-training", json.RawMessage(`{}`))
	today := catalog.DayOf(time.Now())
	notice := fault.Text{ZH: "今后请填报新台账", EN: "Fill the other one"}
	merged := onto(h, "letter-parcel", nil)
	tests := []struct {
		c      proposal.Content
		by     string
		people []string
	}{
		{proposal.Content{Kind: proposal.Delete, Ledger: "police-training", Reason: "演练用的删除", On: today, Notice: notice}, "bureau office", []string{"second bureau office", "bureau leader"}},
		{proposal.Content{Kind: proposal.Transfer, Ledger: "tool-hazmat", Reason: "工具改由劳动改造科管理", On: today, Target: "dept_education"}, "custody head", []string{"education head", "bureau office"}},
		{proposal.Content{Kind: proposal.Transfer, Ledger: "video-lookback", Reason: "改用业务系统记录", On: today, Target: "ext:video", Notice: notice}, "bureau office", []string{"bureau leader", "second bureau office"}},
		{proposal.Content{Kind: proposal.Merge, Ledger: "letter-parcel", Reason: "并入会见通话台账", On: today, Target: "visit-call", Map: merged, Notice: notice}, "bureau office", []string{"custody head", "second bureau office"}},
		{proposal.Content{Kind: proposal.Share, Ledger: "culture-activity", Reason: "课时台账已经记录", On: today, Target: "education-session",
			Map: onto(h, "culture-activity", map[string]string{"held_at": "started_at"}), Notice: notice}, "bureau office", []string{"education head", "second bureau office"}},
	}
	before := len(h.Catalog.Types())
	planned(t, h, 8)
	var ended []string
	for _, test := range tests {
		inForce(t, h, test.c.Ledger, nil)
		if test.c.Notice != (fault.Text{}) {
			ended = append(ended, test.c.Ledger)
		}
	}
	// A reckoned day of a duty that will fall away.
	all := duties(t, h, "culture-activity")
	last := all[len(all)-1].Day
	elsewhere := excuse(h, "culture-activity", last, last)
	elsewhere.Areas = []uuid.UUID{h.Other}
	decide(t, h, "education head", askRelief(t, h, "officer elsewhere", elsewhere).ID, "grant")
	facts := func(measure string) (n int) {
		t.Helper()
		reckoned(t, h)
		if err := h.Owner.QueryRow(ctx, "select coalesce(sum(value), 0)::int from facts where measure = $1 and ledger = any($2)", measure, ended).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if facts("excused") == 0 {
		t.Error("none excused: the test says nothing")
	}
	var stayed, gone int
	for _, test := range tests {
		t.Run(string(test.c.Kind)+" "+test.c.Ledger, func(t *testing.T) {
			p, err := propose(h, ctx, test.by, test.c)
			if err != nil {
				t.Fatal(err)
			}
			were, filed, now := duties(t, h, test.c.Ledger), filedIn(t, h, test.c.Ledger), time.Now()
			p = decideAll(t, h, p, test.people...)
			if p.State != proposal.Executed {
				t.Fatal(p.State)
			}
			// Told by the duties themselves, not by the report.
			stay := slices.DeleteFunc(slices.Clone(were), func(d duty.Duty) bool {
				return slices.Contains(ended, d.Ledger) && d.Due.After(now) && d.Submitted == nil
			})
			ids := func(list []duty.Duty) (ids []string) {
				for _, d := range list {
					ids = append(ids, d.ID.String())
				}
				slices.Sort(ids)
				return ids
			}
			if diff := cmp.Diff(ids(stay), ids(duties(t, h, test.c.Ledger))); diff != "" {
				t.Errorf("the duties that stay: %s", diff)
			}
			if n := len(were) - len(stay); n != p.Report.Duties {
				t.Errorf("%d duties fell away, the dry run said %d", n, p.Report.Duties)
			}
			stayed, gone = stayed+len(stay), gone+len(were)-len(stay)
			if filed == 0 || filed != p.Report.Records || filedIn(t, h, test.c.Ledger) != filed {
				t.Errorf("%d filed before, %d in the dry run", filed, p.Report.Records)
			}
			if diff := cmp.Diff(written(t, p.Report), written(t, *p.Executed)); diff != "" {
				t.Errorf("the execution is not its dry run: %s", diff)
			}
		})
	}
	if stayed == 0 || gone == 0 {
		t.Errorf("%d duties stayed, %d fell away: the test says nothing", stayed, gone)
	}
	if n := facts("excused"); n != 0 {
		t.Errorf("%d excused of duties there are no more", n)
	}
	later := time.Now().AddDate(0, 2, 0)
	h.Duty.Now = func() time.Time { return later }
	if err := h.Duty.RefreshDue(ctx, h.Prison, time.Now(), later); err != nil {
		t.Fatal(err)
	}
	if n := facts("missing"); n != 0 {
		t.Errorf("%d missed of ledgers nobody could fill", n)
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

// TestEndBesidePlan: what plans with the catalogue of before, while a ledger ends or
// after, makes no duty of it.
func TestEndBesidePlan(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	const id = "police-training"
	behind := &duty.Service{Store: h.Duty.Store, Access: h.Access, Catalog: h.Catalog.Copy(), Now: time.Now}
	p, err := propose(h, t.Context(), "bureau office", proposal.Content{Kind: proposal.Delete, Ledger: id, Reason: "演练用的删除",
		On: catalog.DayOf(time.Now()), Notice: fault.Text{ZH: "不再填报"}})
	if err != nil {
		t.Fatal(err)
	}
	p = decideAll(t, h, p, "second bureau office")
	plan := func() {
		if err := behind.Plan(t.Context(), h.Prison, time.Now(), time.Now().AddDate(0, 0, 2)); err != nil {
			t.Error(err)
		}
	}
	var both sync.WaitGroup
	for range 3 {
		both.Go(plan)
	}
	both.Go(func() {
		if _, err := h.Proposals.Decide(h.As(t.Context(), "bureau leader"), h.Prison, p.ID, "approve", "", p.Digest, ledger.Idem{}); err != nil {
			t.Error(err)
		}
	})
	both.Wait()
	plan()
	if n := len(duties(t, h, id)); n != 0 {
		t.Errorf("%d duties of a ledger that has ended", n)
	}
	if len(duties(t, h, "duty-log")) == 0 {
		t.Error("nothing was planned: the test says nothing")
	}
}

// duties of a ledger in all areas, with what became of them.
func duties(t *testing.T, h *housetest.House, id string) []duty.Duty {
	t.Helper()
	list, err := h.Duty.List(h.As(t.Context(), "warden"), h.Prison, duty.Filter{Ledgers: []string{id}})
	if err != nil {
		t.Fatal(err)
	}
	return list
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
