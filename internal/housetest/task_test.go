package housetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/schemas"
)

// sample is the first valid document of a ledger.
func sample(t testing.TB, ledgerID string) map[string]any {
	t.Helper()
	names, err := fs.Glob(schemas.FS, "ledgers/"+ledgerID+"/v1/valid/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(ledgerID, err)
	}
	raw, err := fs.ReadFile(schemas.FS, names[0])
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// inForce puts an approved entry of a ledger there, its first sample with some
// members set; a member set to nil is taken away.
func inForce(t *testing.T, h *housetest.House, ledgerID string, set map[string]any) ledger.Key {
	t.Helper()
	doc := sample(t, ledgerID)
	maps.Copy(doc, set)
	maps.DeleteFunc(doc, func(_ string, v any) bool { return v == nil })
	raw, _ := json.Marshal(doc)
	canonical, err := integrity.Canonical(raw)
	if err != nil {
		t.Fatal(err)
	}
	k := ledger.Key{Prison: h.Prison, Entry: uuid.New()}
	author, version := h.Person("officer").PersonID, h.Catalog.Current(ledgerID).Version
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{`insert into entries (prison_id, entry_id, area_id, ledger, version, level, author, state, revision, in_force, counts, occurred_at, occurred_day, submitted_at, resubmitted_at)
			values ($1, $2, $3, $4, $6, 'L2', $5, 'approved', 1, 1, true, now(), current_date, now(), now())`, []any{k.Prison, k.Entry, h.Area, ledgerID, author, version}},
		{`insert into revisions (prison_id, entry_id, revision, author, ledger, version, canonical, salt, digest, nil_return, reason, chain, warnings, occurred_at)
			values ($1, $2, 1, $3, $4, $7, $5, $6, $6, false, '', '[{"id":"a","title":{"zh":"甲"},"roles":["area_head"],"unit":"area"}]', '[]', now())`,
			[]any{k.Prison, k.Entry, author, ledgerID, canonical, integrity.NewSalt(), version}},
	} {
		if _, err := h.Owner.Exec(t.Context(), q.sql, q.args...); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// open runs the job of an approved entry twice at once, and once more.
func open(t *testing.T, h *housetest.House, k ledger.Key) {
	t.Helper()
	var both sync.WaitGroup
	var errs [2]error
	for i := range errs {
		both.Go(func() {
			errs[i] = h.Ledger.Open(context.WithoutCancel(t.Context()), ledger.EntryApproved{Prison: k.Prison, Entry: k.Entry, Revision: 1})
		})
	}
	both.Wait()
	for _, err := range append(errs[:], h.Ledger.Open(t.Context(), ledger.EntryApproved{Prison: k.Prison, Entry: k.Entry, Revision: 1})) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func allTasks(t *testing.T, h *housetest.House) (list []ledger.Task) {
	t.Helper()
	err := h.Store.Read(t.Context(), ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}, func(r ledger.Reader) error {
		var err error
		list, err = r.Tasks(t.Context(), h.Prison, ledger.TaskQuery{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// opens is one line of the catalogue's table 2.5, or a part of one: what must
// come of an approved entry.
var opens = []struct {
	when   string // the table's words
	ledger string
	set    map[string]any
	fires  string // ledger and trigger; "" wants nothing to come of it
	target string
	draft  bool // the author goes on with it
	hours  int
	to     string // role that does it
	fill   map[string]any
}{
	{"tool-hazmat.balance ≠ 0: major hazard", "tool-hazmat", map[string]any{"balance": -1.0}, "tool-hazmat/shortage", "hazard-rectification", true, 0, "officer",
		map[string]any{"severity": "major", "source": "tool_check", "source_entry": "@"}},
	{"tool-hazmat.balance ≠ 0: line in the duty log", "tool-hazmat", map[string]any{"balance": -1.0}, "tool-hazmat/duty_log", "", false, 8, "duty_leader", nil},
	{"tool-hazmat.balance = 0", "tool-hazmat", map[string]any{"balance": 0.0}, "", "", false, 0, "", nil},
	{"fire-safety.findings_count > 0", "fire-safety", map[string]any{"findings_count": 2.0}, "fire-safety/hazard", "hazard-rectification", true, 0, "officer",
		map[string]any{"source": "fire_check", "source_entry": "@"}},
	{"fire-safety.findings_count = 0", "fire-safety", map[string]any{"findings_count": 0.0}, "", "", false, 0, "", nil},
	{"facility-maintenance.safety_critical", "facility-maintenance", map[string]any{"safety_critical": true}, "facility-maintenance/hazard", "hazard-rectification", true, 0, "officer",
		map[string]any{"source": "maintenance", "source_entry": "@"}},
	{"cell-body-search with class prohibited", "cell-body-search", map[string]any{"findings": []any{map[string]any{"item_class": "prohibited"}}},
		"cell-body-search/case_copy", "", false, 0, "dept_head", nil},
	{"cell-body-search with class irregular", "cell-body-search", map[string]any{"findings": []any{map[string]any{"item_class": "irregular"}}}, "", "", false, 0, "", nil},
	{"visit-call.anomaly", "visit-call", map[string]any{"anomaly": true, "inmate_ref": "0000000001"}, "visit-call/talk", "individual-talk", true, 48, "officer",
		map[string]any{"inmate_ref": "0000000001", "talk_kind": "trigger"}},
	{"visit-call without anomaly", "visit-call", map[string]any{"anomaly": false}, "", "", false, 0, "", nil},
	{"individual-talk routed to complaints", "individual-talk", map[string]any{"request_raised": true, "routed_to": "complaint-rights"}, "individual-talk/complaint-rights", "complaint-rights", true, 0, "officer", nil},
	{"individual-talk routed to the doctor", "individual-talk", map[string]any{"request_raised": true, "routed_to": "medical-visit"}, "individual-talk/medical-visit", "medical-visit", true, 0, "medic", nil},
	{"individual-talk routed to visits", "individual-talk", map[string]any{"request_raised": true, "routed_to": "visit-call"}, "individual-talk/visit-call", "visit-call", true, 0, "officer", nil},
	{"individual-talk routed to the department", "individual-talk", map[string]any{"request_raised": true, "routed_to": "department"}, "individual-talk/department", "", false, 0, "dept_head", nil},
	{"individual-talk solved on the spot", "individual-talk", map[string]any{"request_raised": true, "routed_to": "solved_on_spot"}, "", "", false, 0, "", nil},
	{"psych-health high: notice to the area head", "psych-health", map[string]any{"risk_grade": "high"}, "psych-health/precautions", "", false, 0, "area_head", nil},
	{"psych-health moderate: topic of the next meeting", "psych-health", map[string]any{"risk_grade": "moderate"}, "psych-health/topic", "area-conditions-meeting", false, 0, "officer", nil},
	{"psych-health watch", "psych-health", map[string]any{"risk_grade": "watch", "record_kind": "screening"}, "", "", false, 0, "", nil},
	{"points-assessment.cycle_completed", "points-assessment", map[string]any{"cycle_completed": true}, "points-assessment/grading", "reward-punishment", true, -1, "officer",
		map[string]any{"cycle_entry": "@"}},
	{"points-assessment.objection_raised", "points-assessment", map[string]any{"objection_raised": true, "cycle_completed": false}, "points-assessment/objection", "complaint-rights", true, 0, "officer",
		map[string]any{"record_kind": "points_objection"}},
	{"video-lookback mismatch", "video-lookback", map[string]any{"entry_match": "mismatch"}, "video-lookback/disputed", "", false, 0, "area_head", nil},
	{"video-lookback match", "video-lookback", map[string]any{"entry_match": "match"}, "", "", false, 0, "", nil},
}

// TestCatalogueOpens walks table 2.5.
func TestCatalogueOpens(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	checked := approved(t, h)
	for _, c := range opens {
		t.Run(c.when, func(t *testing.T) {
			if c.ledger == "video-lookback" {
				c.set["checked_entry"] = checked.Entry.String()
			}
			k := inForce(t, h, c.ledger, c.set)
			open(t, h, k)
			var mine []ledger.Task
			for _, task := range allTasks(t, h) {
				if task.Source == k.Entry.String() && (c.fires == "" || task.Trigger == c.fires) {
					mine = append(mine, task)
				}
			}
			if c.fires == "" {
				if len(mine) > 0 {
					t.Errorf("opened %+v", mine)
				}
				return
			}
			if len(mine) != 1 {
				t.Fatalf("%d tasks, want the one", len(mine))
			}
			task := mine[0]
			if task.Ledger != c.target || (task.Opened != nil) != c.draft || task.Title.ZH == "" || task.Title.EN == "" || !has(task, c.to) {
				t.Errorf("%+v", task)
			}
			switch {
			case c.hours == 0 && task.DueAt != nil, c.hours != 0 && task.DueAt == nil:
				t.Errorf("due %v", task.DueAt)
			case c.hours > 0 && task.DueAt.Sub(task.RecordedAt) != time.Duration(c.hours)*time.Hour:
				t.Errorf("due after %s", task.DueAt.Sub(task.RecordedAt))
			case c.hours < 0: // the end of the next month
				if end := task.DueAt.In(time.FixedZone("CST", 8*60*60)); end.Day() != 1 || end.Month() != (time.Now().Month()+1)%12+1 {
					t.Errorf("due %s, want the end of next month", end)
				}
			}
			var body map[string]any
			if err := json.Unmarshal(task.Body, &body); err != nil {
				t.Fatal(err)
			}
			for field, want := range c.fill {
				if want == "@" {
					want = k.Entry.String()
				}
				if body[field] != want {
					t.Errorf("begins with %s = %v, want %v", field, body[field], want)
				}
			}
			if c.draft {
				v, err := h.Ledger.Get(h.As(t.Context(), "officer"), ledger.Key{Prison: h.Prison, Entry: *task.Opened})
				if err != nil || v.Draft == nil || v.Entry.OpenedBy == nil || *v.Entry.OpenedBy != k.Entry {
					t.Errorf("the draft: %+v %v", v.Entry, err)
				}
			}
		})
	}
	// Every line of the table that begins with an entry is in the list, and every shipped trigger is walked.
	walked := map[string]bool{}
	for _, c := range opens {
		walked[c.fires] = true
	}
	for _, typ := range h.Catalog.Types() {
		for _, tr := range typ.Triggers {
			if name := typ.ID + "/" + tr.ID; !walked[name] && name != "labour-daily/protective_gear" && name != "psych-health/referral" {
				t.Errorf("%s is shipped and not walked", name)
			}
		}
	}
}

func has(task ledger.Task, role string) bool {
	for _, r := range task.Roles {
		if string(r) == role {
			return true
		}
	}
	return false
}

// TestOpensWhatIsKept: what was to open a ledger that ended in between is noted,
// and keeps nothing else from being opened.
func TestOpensWhatIsKept(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	short := inForce(t, h, "tool-hazmat", map[string]any{"balance": -1})
	exec(t, h, "insert into ledger_ends (ledger, kind, target, notice_zh, notice_en, proposal_id) values ('hazard-rectification', 'delete', '', '停用', '', $1)", uuid.New())
	if err := h.Proposals.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	open(t, h, short)
	var got []string
	for _, task := range allTasks(t, h) {
		if task.Source == short.Entry.String() {
			got = append(got, task.Trigger)
		}
	}
	if !slices.Equal(got, []string{"tool-hazmat/duty_log"}) {
		t.Errorf("opened %v", got)
	}
	if n := ask(t, h, "select count(*) from events where entry_id = $1 and kind = 'not_opened' and detail->>'ledger' = 'hazard-rectification'", short.Entry); n == "0" {
		t.Error("the history does not say what was not opened")
	}
}

// TestOccasions: an arrival opens six tasks, a release in three months one;
// however often it runs, each once; filed, they are done.
func TestOccasions(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	for _, q := range []string{
		"insert into inmates (prison_id, inmate_no, name, area_id, admitted_on) values ('%s', '0000000001', '张三', '%s', current_date - 1)",
		"insert into inmates (prison_id, inmate_no, name, area_id, admitted_on, release_on) values ('%s', '0000000002', '李四', '%s', '2020-01-01', current_date + 60)",
		"insert into inmates (prison_id, inmate_no, name, area_id, admitted_on, release_on) values ('%s', '0000000003', '王五', '%s', '2020-01-01', current_date + 200)",
	} {
		if _, err := h.Owner.Exec(ctx, fmt.Sprintf(q, h.Prison, h.Area)); err != nil {
			t.Fatal(err)
		}
	}
	if n := once(t, func(ctx context.Context) error { return h.Ledger.Arrivals(ctx, h.Prison) }, ""); n != 2 {
		t.Errorf("two at once: %d", n)
	}
	if err := h.Ledger.Arrivals(ctx, h.Prison); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, task := range allTasks(t, h) {
		if task.DueAt == nil {
			t.Errorf("%s has no deadline", task.Trigger)
		}
		got[task.Trigger] += task.Source
	}
	want := map[string]string{"release/preparation": "0000000002"}
	for _, id := range []string{"search", "exam", "rights", "talk", "screening", "group"} {
		want["arrival/"+id] = "0000000001"
	}
	if !maps.Equal(want, got) {
		t.Errorf("%v, want %v", got, want)
	}
	// The officer sees theirs; the screening is the counsellor's.
	mine, err := h.Ledger.Tasks(h.As(ctx, "officer"), h.Prison)
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range mine {
		if task.Trigger == "arrival/screening" || !slices.Contains(task.Actions, "begin") {
			t.Errorf("%+v", task)
		}
	}
	if elsewhere, err := h.Ledger.Tasks(h.As(ctx, "officer elsewhere"), h.Prison); err != nil || len(elsewhere) > 0 {
		t.Errorf("another area's: %v %v", elsewhere, err)
	}
	i := slices.IndexFunc(mine, func(x ledger.Task) bool { return x.Trigger == "arrival/talk" })
	once := ledger.Idem{Key: "begin-the-talk", Route: "test"}
	out, err := h.Ledger.BeginTask(h.As(ctx, "officer"), h.Prison, mine[i].ID, once)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := h.Ledger.BeginTask(h.As(ctx, "officer"), h.Prison, mine[i].ID, once); err != nil || again.Entry.Entry != out.Entry.Entry {
		t.Errorf("the same act again: %v %v", again.Entry.Entry, err)
	}
	v, err := h.Ledger.Get(h.As(ctx, "officer"), out.Entry.Key)
	if err != nil || !strings.Contains(string(v.Draft.Body), `"new_arrival"`) || !strings.Contains(string(v.Draft.Body), `"0000000001"`) {
		t.Errorf("what the talk begins with: %s %v", v.Draft.Body, err)
	}
	open := func() int {
		t.Helper()
		list, err := h.Ledger.Tasks(h.As(ctx, "officer"), h.Prison)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	before := open()
	inForce(t, h, "individual-talk", map[string]any{"inmate_ref": "0000000009", "summary": "谈及新收罪犯 0000000001 的表现，要求其注意相处方式，本人表示愿意配合，没有异议。"})
	inForce(t, h, "mutual-supervision-group", map[string]any{"member_refs": []string{"0000000007", "0000000008", "0000000009"}, "pairing_note": "0000000001 另行编组"})
	inForce(t, h, "cell-body-search", map[string]any{"findings_count": 1, "findings": []any{map[string]any{"item_class": "irregular", "holder_ref": "0000000001"}}})
	// Nor does the one that was begun from the task and speaks of somebody else now.
	other := sample(t, "individual-talk")
	other["inmate_ref"] = "0000000009"
	typed, err := h.Ledger.SaveDraft(h.As(ctx, "officer"), out.Entry.Key, out.Entry.ETag, out.Entry.Version, mustJSON(t, other), ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	h.Attach(t, "officer", out.Entry.Key, "room_clip", housetest.Photo(4))
	if _, err := h.Ledger.Submit(h.As(ctx, "officer"), out.Entry.Key, typed.Entry.ETag, "", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if open() != before {
		t.Error("an entry about somebody else that mentions them does it")
	}
	inForce(t, h, "individual-talk", map[string]any{"inmate_ref": "0000000001"})
	if open() != before-1 {
		t.Error("the talk was held, and the task stays open")
	}
	inForce(t, h, "mutual-supervision-group", map[string]any{"member_refs": []string{"0000000007", "0000000001", "0000000009"}})
	if open() != before-2 {
		t.Error("the group was made, and the task stays open")
	}
	// A search names nobody: the one that was begun from the task does it.
	i = slices.IndexFunc(mine, func(x ledger.Task) bool { return x.Trigger == "arrival/search" })
	searched, err := h.Ledger.BeginTask(h.As(ctx, "officer"), h.Prison, mine[i].ID, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if open() != before-2 {
		t.Error("a search that is not filed does it")
	}
	saved, err := h.Ledger.SaveDraft(h.As(ctx, "officer"), searched.Entry.Key, searched.Entry.ETag, searched.Entry.Version, h.Search(), ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Ledger.Submit(h.As(ctx, "officer"), searched.Entry.Key, saved.Entry.ETag, "", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if open() != before-3 {
		t.Error("the search was filed, and the task stays open")
	}
	// However much others have to do first.
	if _, err := h.Owner.Exec(ctx, `insert into tasks (prison_id, task_id, area_id, trigger, source, ledger, title_zh, title_en, roles, department, due_at, body, disputes)
		select $1, gen_random_uuid(), $2, 'arrival/talk', 'x' || n, 'individual-talk', '谈话', 'talk', '{officer}', '', now() - interval '1 day', '{}', false
		from generate_series(1, 501) n`, h.Prison, h.Other); err != nil {
		t.Fatal(err)
	}
	if n := open(); n != before-3 {
		t.Errorf("behind the tasks of others: %d, want %d", n, before-3)
	}
}

// TestTaskByHand: what a task asks is done by an entry of the ledger that says it of
// whom the source is about, though nobody began it from the task; by no other.
func TestTaskByHand(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	asked := map[string]any{"inmate_ref": "0000000001", "talk_kind": "trigger", "trigger_code": "abnormal_behaviour"}
	with := func(set map[string]any) map[string]any {
		all := maps.Clone(asked)
		maps.Copy(all, set)
		return all
	}
	inForce(t, h, "individual-talk", asked) // before the visit
	visit := inForce(t, h, "visit-call", map[string]any{"anomaly": true, "inmate_ref": "0000000001"})
	open(t, h, visit)
	moderate := inForce(t, h, "psych-health", map[string]any{"risk_grade": "moderate"})
	open(t, h, moderate)
	done := func(k ledger.Key, trigger string) bool {
		t.Helper()
		list := allTasks(t, h)
		i := slices.IndexFunc(list, func(x ledger.Task) bool { return x.Source == k.Entry.String() && x.Trigger == trigger })
		return list[i].Done
	}
	if done(visit, "visit-call/talk") {
		t.Fatal("done by a talk before the visit")
	}
	for name, entry := range map[string]func() ledger.Key{
		"about somebody else": func() ledger.Key {
			return inForce(t, h, "individual-talk", with(map[string]any{"inmate_ref": "0000000009"}))
		},
		"for another reason": func() ledger.Key {
			return inForce(t, h, "individual-talk", with(map[string]any{"trigger_code": "new_arrival"}))
		},
		"a voided one": func() ledger.Key {
			k := inForce(t, h, "individual-talk", asked)
			exec(t, h, "update entries set state = 'voided' where entry_id = $1", k.Entry)
			return k
		},
		"of another area": func() ledger.Key {
			k := inForce(t, h, "individual-talk", asked)
			exec(t, h, "update entries set area_id = $1 where entry_id = $2", h.Other, k.Entry)
			return k
		},
		"asked for by another visit": func() ledger.Key {
			k := inForce(t, h, "individual-talk", asked)
			exec(t, h, "update entries set opened_by = $1 where entry_id = $2", moderate.Entry, k.Entry)
			return k
		},
	} {
		entry()
		if done(visit, "visit-call/talk") {
			t.Fatalf("done by %s", name)
		}
	}
	inForce(t, h, "individual-talk", asked)
	if !done(visit, "visit-call/talk") {
		t.Error("the talk was held and filed, and the task stays open")
	}
	// A task that says nothing of its source is done by no entry that happens to be filed.
	inForce(t, h, "area-conditions-meeting", nil)
	if done(moderate, "psych-health/topic") {
		t.Error("any meeting does it")
	}
}

// TestTaskOneEntry: one entry does one task, the oldest that it fits, and none whose
// source happened after it. What was begun for one does that one. Whatever becomes of the
// entries, each look finds the same.
func TestTaskOneEntry(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	asked := map[string]any{"inmate_ref": "0000000001", "talk_kind": "trigger", "trigger_code": "abnormal_behaviour"}
	visited := func() ledger.Key {
		k := inForce(t, h, "visit-call", map[string]any{"anomaly": true, "inmate_ref": "0000000001"})
		open(t, h, k)
		return k
	}
	first, second := visited(), visited()
	became := func(state string, entries ...ledger.Key) {
		for _, k := range entries {
			exec(t, h, "update entries set state = $1 where entry_id = $2", state, k.Entry)
		}
	}
	wants := func(what string, one, two bool) {
		t.Helper()
		got := map[string]bool{}
		for _, x := range allTasks(t, h) {
			got[x.Source] = x.Done
		}
		if got[first.Entry.String()] != one || got[second.Entry.String()] != two {
			t.Errorf("%s: done %v and %v", what, got[first.Entry.String()], got[second.Entry.String()])
		}
	}
	early := inForce(t, h, "individual-talk", asked)
	exec(t, h, "update entries set occurred_at = now() - interval '3 hours' where entry_id = $1", early.Entry)
	wants("a talk of before both visits, filed after", false, false)
	// Of a day without an hour nobody knows that it was before.
	exec(t, h, `update entries set occurred_day = q.occurred_day, occurred_at = (q.occurred_day + time '12:00') at time zone 'Asia/Shanghai'
		from entries q where q.entry_id = $1 and entries.entry_id = $2`, first.Entry, early.Entry)
	wants("a talk of the same day", true, false)
	became("voided", early)

	one := inForce(t, h, "individual-talk", asked)
	wants("one talk", true, false)
	two := inForce(t, h, "individual-talk", asked)
	wants("two talks", true, true)
	became("voided", one)
	wants("the first voided", true, false)
	became("voided", two)
	wants("both voided", false, false)
	became("approved", one)
	exec(t, h, "update entries set occurred_at = q.occurred_at from entries q where q.entry_id = $1 and entries.entry_id = $2", first.Entry, one.Entry)
	exec(t, h, "update entries set occurred_at = occurred_at + interval '1 minute' where entry_id = $1", second.Entry)
	became("approved", two)
	exec(t, h, "update entries set occurred_at = now() + interval '1 hour' where entry_id = $1", two.Entry)
	wants("one between the visits, one behind", true, true)
	became("voided", two)
	wants("one between the visits", true, false)

	// The draft that was made with the second task does that one.
	became("voided", one)
	exec(t, h, "update entries set state = 'submitted', submitted_at = now() where entry_id = (select opened from tasks where source = $1)", second.Entry.String())
	wants("the draft of the second", false, true)
	became("approved", one)
	wants("that, and one by hand", true, true)
	// Taken note of, the first leaves the one by hand to whoever comes next.
	task := allTasks(t, h)[0]
	for _, x := range allTasks(t, h) {
		if x.Source == first.Entry.String() {
			task = x
		}
	}
	became("voided", one)
	if _, err := h.Ledger.DoTask(h.As(t.Context(), "officer"), h.Prison, task.ID, "已当面谈过", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	exec(t, h, "update entries set state = 'voided' where entry_id = (select opened from tasks where source = $1)", second.Entry.String())
	wants("the first taken note of", true, false)
	became("approved", one)
	exec(t, h, "update entries set occurred_at = now() + interval '1 hour' where entry_id = $1", one.Entry)
	wants("and one by hand", true, true)
}

// TestTaskGroup: one group with two who arrived is what was asked for both of them.
func TestTaskGroup(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for _, no := range []string{"0000000001", "0000000002"} {
		exec(t, h, "insert into inmates (prison_id, inmate_no, name, area_id, admitted_on) values ($1, $2, '张三', $3, current_date)", h.Prison, no, h.Area)
	}
	if err := h.Ledger.Arrivals(t.Context(), h.Prison); err != nil {
		t.Fatal(err)
	}
	done := func(trigger string) (n int) {
		for _, x := range allTasks(t, h) {
			if x.Trigger == trigger && x.Done {
				n++
			}
		}
		return n
	}
	talk := inForce(t, h, "individual-talk", map[string]any{"inmate_ref": "0000000001"})
	exec(t, h, "update entries set occurred_day = current_date - 2 where entry_id = $1", talk.Entry)
	if n := done("arrival/talk"); n != 0 {
		t.Errorf("a talk of before the arrival does %d", n)
	}
	exec(t, h, "update entries set occurred_day = current_date where entry_id = $1", talk.Entry)
	inForce(t, h, "mutual-supervision-group", map[string]any{"member_refs": []string{"0000000001", "0000000002", "0000000009"}})
	if g, n := done("arrival/group"), done("arrival/talk"); g != 2 || n != 1 {
		t.Errorf("%d in a group, %d talks", g, n)
	}
}

// TestTaskDone: taken note of once, by whom it names; a doubted entry is marked
// until it is corrected, voided or made a finding.
func TestTaskDone(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	open(t, h, inForce(t, h, "psych-health", map[string]any{"risk_grade": "high"}))
	list, err := h.Ledger.Tasks(h.As(ctx, "area head"), h.Prison)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v %v", list, err)
	}
	notice := list[0]
	if _, err := h.Ledger.DoTask(h.As(ctx, "officer"), h.Prison, notice.ID, "", ledger.Idem{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer takes note for the head: %v", err)
	}
	if _, err := h.Ledger.DoTask(h.As(ctx, "area head elsewhere"), h.Prison, notice.ID, "", ledger.Idem{}); fault.CodeOf(err) == "" {
		t.Error("another area's head takes note")
	}
	if n := once(t, func(ctx context.Context) error {
		_, err := h.Ledger.DoTask(h.As(ctx, "area head"), h.Prison, notice.ID, "已落实", ledger.Idem{})
		return err
	}, "task_done"); n != 1 {
		t.Errorf("done %d times", n)
	}
	topic, err := h.Ledger.Tasks(h.As(ctx, "officer"), h.Prison)
	if err != nil || len(topic) != 1 {
		t.Fatalf("%+v %v", topic, err)
	}
	for _, nothing := range []string{" ", "\u200b"} {
		if _, err := h.Ledger.DoTask(h.As(ctx, "officer"), h.Prison, topic[0].ID, nothing, ledger.Idem{}); fault.CodeOf(err) != "reason_required" {
			t.Errorf("waved away with %q: %v", nothing, err)
		}
	}
	if _, err := h.Ledger.BeginTask(h.As(ctx, "area head"), h.Prison, notice.ID, ledger.Idem{}); fault.CodeOf(err) != "task_done" {
		t.Errorf("begun though done: %v", err)
	}

	checked := approved(t, h)
	open(t, h, inForce(t, h, "video-lookback", map[string]any{"entry_match": "mismatch", "checked_entry": checked.Entry.String()}))
	disputed := func() int {
		t.Helper()
		v, err := h.Ledger.Get(h.As(ctx, "officer"), checked.Key)
		if err != nil {
			t.Fatal(err)
		}
		return len(v.Disputes)
	}
	if disputed() != 1 {
		t.Error("the checked entry is not marked")
	}
	e := amended(t, h, checked)
	if disputed() != 1 {
		t.Error("a correction that nobody approved clears the mark")
	}
	out := ledger.Outcome{Entry: e}
	for _, who := range []string{"duty leader", "area head"} {
		if out, err = approve(h, t, who, out.Entry); err != nil {
			t.Fatal(err)
		}
	}
	if disputed() != 0 {
		t.Error("corrected, and still marked")
	}
}

// TestTaskDrafts: whoever has no draft for a task of their own may begin one, whatever
// became of the one that was made with it, and each is shown their own.
func TestTaskDrafts(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	visit := inForce(t, h, "visit-call", map[string]any{"anomaly": true, "inmate_ref": "0000000001"})
	open(t, h, visit)
	task := func(who string) ledger.Task {
		t.Helper()
		list, err := h.Ledger.Tasks(h.As(ctx, who), h.Prison)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s: %+v %v", who, list, err)
		}
		return list[0]
	}
	wants := func(what, who string, goOn *uuid.UUID, drafting string, actions ...string) {
		t.Helper()
		got := task(who)
		if (got.GoOn == nil) != (goOn == nil) || goOn != nil && *got.GoOn != *goOn || got.Drafting != drafting || !slices.Equal(got.Actions, actions) {
			t.Errorf("%s, %s: goes on with %v, drafted by %q, may %v", what, who, got.GoOn, got.Drafting, got.Actions)
		}
	}
	made := task("officer").Opened
	var author string
	if err := h.Owner.QueryRow(ctx, "select name from persons where person_id = $1", h.Person("officer").PersonID).Scan(&author); err != nil {
		t.Fatal(err)
	}
	wants("as it was made", "officer", made, "", "done")
	wants("a colleague", "second officer", nil, author, "begin", "done")

	v, err := h.Ledger.Get(h.As(ctx, "officer"), ledger.Key{Prison: h.Prison, Entry: *made})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Ledger.Discard(h.As(ctx, "officer"), v.Entry.Key, v.Entry.ETag, "", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	wants("discarded", "officer", nil, "", "begin", "done")
	out, err := h.Ledger.BeginTask(h.As(ctx, "second officer"), h.Prison, task("second officer").ID, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	wants("begun anew", "second officer", &out.Entry.Entry, "", "done")
	if got := task("officer"); got.GoOn != nil || got.Drafting == "" || got.Voided {
		t.Errorf("seen by the first: %+v", got)
	}
	if _, err := h.Owner.Exec(ctx, "update entries set state = 'voided' where entry_id = $1", visit.Entry); err != nil {
		t.Fatal(err)
	}
	if !task("officer").Voided {
		t.Error("nothing says that the visit is voided")
	}
}

// TestTamperTasks: that an entry was begun to do a task is in the log.
func TestTamperTasks(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	if _, err := h.Owner.Exec(t.Context(), "insert into inmates (prison_id, inmate_no, name, area_id, admitted_on) values ($1, '0000000001', '张三', $2, current_date)", h.Prison, h.Area); err != nil {
		t.Fatal(err)
	}
	if err := h.Ledger.Arrivals(t.Context(), h.Prison); err != nil {
		t.Fatal(err)
	}
	officer := h.As(t.Context(), "officer")
	list, err := h.Ledger.Tasks(officer, h.Prison)
	if err != nil || len(list) < 2 {
		t.Fatalf("%+v %v", list, err)
	}
	if _, err := h.Ledger.BeginTask(officer, h.Prison, list[0].ID, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	s := verified(t, h)
	for _, c := range []struct{ want, sql string }{
		{"A01", fmt.Sprintf("update task_entries set task_id = '%s'", list[1].ID)},
		{"I02", "delete from task_entries"},
	} {
		if tag, err := h.Owner.Exec(t.Context(), c.sql); err != nil || tag.RowsAffected() != 1 {
			t.Fatalf("%s: %s %v", c.sql, tag, err)
		}
		r := s.verify(t)
		if !slices.ContainsFunc(r.Problems, func(p integrity.Problem) bool { return p.Code == c.want }) {
			t.Errorf("%s: %+v", c.sql, r.Problems)
		}
	}
}

// inForceOpened makes the tasks of one entry.
func inForceOpened(t *testing.T, h *housetest.House) {
	t.Helper()
	open(t, h, inForce(t, h, "psych-health", map[string]any{"risk_grade": "moderate"}))
}
