package housetest_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/duty"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// deadlines of every duty, step and task, and all else of every entry.
func deadlines(t *testing.T, h *housetest.House) (due map[string]time.Time, entries string) {
	t.Helper()
	due = map[string]time.Time{}
	rows, err := h.Owner.Query(t.Context(), "select duty_id::text, due_at from duties union all select entry_id::text, step_due from entries")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var id string
		var at time.Time
		if err := rows.Scan(&id, &at); err != nil {
			t.Fatal(err)
		}
		due[id] = at
	}
	tasks, err := h.Ledger.Tasks(h.As(t.Context(), "officer"), h.Prison)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range tasks {
		due[k.ID.String()] = *k.DueAt
	}
	if err := h.Owner.QueryRow(t.Context(), "select coalesce(string_agg((to_jsonb(e) - 'step_due')::text, ';' order by entry_id), '') from entries e").Scan(&entries); err != nil {
		t.Fatal(err)
	}
	return due, entries
}

// TestOutageMovesOnlyItsOwn declares outages at random and takes some back:
// after each act every deadline is what an oracle of its own says, no entry's
// time has moved, and what was taken back left no trace.
func TestOutageMovesOnlyItsOwn(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, step{"roles": []string{"area_head"}, "within_workdays": 1})
	for range 12 {
		h.Submitted(t)
	}
	planned(t, h, 8)
	// Steps and tasks with deadlines all over the days.
	exec(t, h, `update entries e set step_reached_at = now() - n * interval '17 hours', step_planned_due = now() - n * interval '17 hours' + interval '10 hours',
		step_due = now() - n * interval '17 hours' + interval '10 hours' from (select entry_id, row_number() over (order by entry_id) n from entries) o where o.entry_id = e.entry_id`)
	exec(t, h, `insert into tasks (prison_id, task_id, area_id, trigger, source, ledger, title_zh, title_en, roles, department, due_at, body, disputes, recorded_at)
		select $1, gen_random_uuid(), $2, 'arrival/search', n::text, '', '任务', 'task', '{officer}', '', date_trunc('minute', now()) - n * interval '13 hours' + interval '9 hours',
			'{}', false, date_trunc('minute', now()) - n * interval '13 hours' from generate_series(1, 14) n`, h.Prison, h.Area)
	exec(t, h, "update entries set step_reached_at = date_trunc('minute', step_reached_at), step_planned_due = date_trunc('minute', step_planned_due), step_due = date_trunc('minute', step_due)")
	original, entries := deadlines(t, h)
	type row struct {
		id        string
		area      uuid.UUID
		ends, due time.Time
	}
	var duties []row
	rows, err := h.Owner.Query(t.Context(), `select duty_id::text, area_id, ends_at, planned_due_at from duties
		union all select entry_id::text, area_id, step_reached_at, step_planned_due from entries union all select task_id::text, area_id, recorded_at, due_at from tasks`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var d row
		if err := rows.Scan(&d.id, &d.area, &d.ends, &d.due); err != nil {
			t.Fatal(err)
		}
		duties = append(duties, d)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	base := time.Now().Truncate(time.Minute).AddDate(0, 0, -8)
	var held []duty.Relief
	check := func(act string) {
		t.Helper()
		now, also := deadlines(t, h)
		if also != entries {
			t.Fatalf("%s: an entry changed", act)
		}
		for _, d := range duties {
			if want := postponedByHand(d.ends, d.due, d.area, held); !now[d.id].Equal(want) {
				t.Fatalf("%s: planned %s (period to %s), now %s, want %s", act, d.due, d.ends, now[d.id], want)
			}
		}
	}
	moved := map[string]bool{}
	for n := range 14 {
		if len(held) > 2 && n%3 == 2 {
			i := rng.IntN(len(held))
			decide(t, h, "warden", held[i].ID, "revoke")
			held = append(held[:i], held[i+1:]...)
			check("revoked")
			continue
		}
		from := base.Add(time.Duration(rng.IntN(9*24*60)) * time.Minute)
		var areas []uuid.UUID
		if n%2 == 0 {
			areas = []uuid.UUID{h.Area}
		}
		r := askRelief(t, h, "command head", outage(from, from.Add(time.Duration(10+rng.IntN(1500))*time.Minute), areas...))
		held = append(held, decide(t, h, "warden", r.ID, "grant"))
		check("granted")
		now, _ := deadlines(t, h)
		for id := range now {
			if !now[id].Equal(original[id]) {
				moved[id] = true
			}
		}
		// What is planned later is planned with the outages in sight, and once.
		planned(t, h, 8)
		check("planned again")
	}
	var kinds [3]int
	if err := h.Owner.QueryRow(t.Context(), `select count(*) filter (where exists (select from duties where duty_id = id)), count(*) filter (where exists (select from entries where entry_id = id)),
		count(*) filter (where exists (select from tasks where task_id = id)) from unnest($1::uuid[]) id`, slices.Collect(maps.Keys(moved))).Scan(&kinds[0], &kinds[1], &kinds[2]); err != nil {
		t.Fatal(err)
	}
	if slices.Min(kinds[:]) == 0 {
		t.Errorf("moved %v duties, steps and tasks: the test says nothing", kinds)
	}
	for _, r := range held {
		decide(t, h, "warden", r.ID, "revoke")
	}
	if now, _ := deadlines(t, h); cmp.Diff(original, now) != "" {
		t.Error("outages that were taken back left a trace")
	}
	verified(t, h)
}

// TestOutageMovesDecisions: the time the department has to decide is moved like
// every other, in what is scored; taken back, it is as it was.
func TestOutageMovesDecisions(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, step{"roles": []string{"area_head"}})
	e := h.Submitted(t)
	out, err := vote(t, h, "area head", e, true)
	must(t, out, err)
	submitted := time.Now().Truncate(time.Minute).AddDate(0, 0, -20)
	exec(t, h, "update entries set resubmitted_at = $1, decided_at = $2", submitted, submitted.Add(49*time.Hour))
	facts := func() (f [4]int) {
		t.Helper()
		reckoned(t, h)
		if err := h.Owner.QueryRow(t.Context(), `select coalesce(sum(value) filter (where measure = 'decided_48h'), 0)::int, coalesce(sum(value) filter (where measure = 'slow_48h'), 0)::int,
			coalesce(sum(value) filter (where measure = 'decided_5wd'), 0)::int, coalesce(sum(value) filter (where measure = 'slow_5wd'), 0)::int from facts where ledger = $1`,
			e.Ledger).Scan(&f[0], &f[1], &f[2], &f[3]); err != nil {
			t.Fatal(err)
		}
		return f
	}
	if f := facts(); f != [4]int{0, 1, 1, 0} {
		t.Fatalf("decided after 49 hours: %v", f)
	}
	for _, c := range []struct {
		name        string
		from, until time.Duration
		area        []uuid.UUID
		want        int
	}{
		{"that it fell into", 47 * time.Hour, 50 * time.Hour, nil, 1},
		{"that was over before", 30 * time.Hour, 47 * time.Hour, nil, 0},
		{"of another area", 47 * time.Hour, 50 * time.Hour, []uuid.UUID{h.Other}, 0},
		{"that gives too little", 47*time.Hour + 59*time.Minute, 48*time.Hour + 30*time.Minute, nil, 0},
	} {
		r := askRelief(t, h, "command head", outage(submitted.Add(c.from), submitted.Add(c.until), c.area...))
		decide(t, h, "warden", r.ID, "grant")
		if f := facts(); f != [4]int{c.want, 1 - c.want, 1, 0} {
			t.Errorf("an outage %s: %v", c.name, f)
		}
		decide(t, h, "warden", r.ID, "revoke")
		if f := facts(); f != [4]int{0, 1, 1, 0} {
			t.Errorf("an outage %s left a trace: %v", c.name, f)
		}
	}
	// Five working days likewise.
	due := h.Catalog.Calendar().AddWorkdays(submitted, 5)
	exec(t, h, "update entries set decided_at = $1", due.Add(time.Hour))
	r := askRelief(t, h, "command head", outage(due.Add(-time.Hour), due.Add(2*time.Hour)))
	decide(t, h, "warden", r.ID, "grant")
	if f := facts(); f != [4]int{0, 1, 1, 0} {
		t.Errorf("five working days: %v", f)
	}
}

// TestOutageAndStep: while it lasts nobody else may decide, and a step reached
// with the outage in sight has its deadline beyond it.
func TestOutageAndStep(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, step{"roles": []string{"area_head"}, "within_workdays": 1, "escalate": step{"roles": []string{"prison_leader"}, "unit": "prison"}})
	e := h.Submitted(t)
	due := *e.StepDue
	leader := h.As(t.Context(), "prison leader")
	clock := clocked(t, h)
	r := askRelief(t, h, "command head", outage(due.Add(-2*time.Hour), due.Add(6*time.Hour)))
	decide(t, h, "warden", r.ID, "grant")
	clock.Advance(due.Add(time.Hour).Sub(clock.Now()))
	if slices.Contains(inboxOf(t, h, leader), e.Key) {
		t.Error("overdue in the outage")
	}
	out, err := h.Ledger.Approve(leader, e.Key, judged(e), ledger.Idem{})
	code(t, "forbidden", out, err)
	clock.Advance(due.Add(8 * time.Hour).Sub(clock.Now()))
	out, err = h.Ledger.Approve(leader, e.Key, judged(e), ledger.Idem{})
	must(t, out, err)
	// One set while the outage was being declared: the reminder sees to it.
	e = h.Submitted(t)
	planned := *e.StepDue
	r = askRelief(t, h, "command head", outage(planned.Add(-time.Hour), planned.Add(3*time.Hour)))
	decide(t, h, "warden", r.ID, "grant")
	exec(t, h, "update entries set step_due = step_planned_due where entry_id = $1", e.Entry)
	if err := h.Ledger.Remind(t.Context(), h.Prison); err != nil {
		t.Fatal(err)
	}
	if got := *get(t, h, e).Entry.StepDue; !got.Equal(planned.Add(4 * time.Hour)) {
		t.Errorf("due %s, want %s", got, planned.Add(4*time.Hour))
	}
	if late := h.Submitted(t); late.StepDue.Before(planned.Add(4 * time.Hour).Add(-time.Minute)) {
		t.Errorf("reached with the outage in sight: due %s", late.StepDue)
	}
}

// TestOutageAndVoid: the deadline of a void moves with the outage, at once and
// back, without the reminder's round; while it lasts the higher post decides nothing.
func TestOutageAndVoid(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, step{"roles": []string{"area_head"}, "within_workdays": 3, "escalate": step{"roles": []string{"prison_leader"}, "unit": "prison"}})
	clock := clocked(t, h)
	e := h.Submitted(t)
	out, err := vote(t, h, "area head", e, true)
	must(t, out, err)
	out, err = askVoid(t, h, "officer", e.Key)
	must(t, out, err)
	due := *out.Entry.VoidDue
	is := func(when string, want time.Time) {
		t.Helper()
		if got := *get(t, h, e).Entry.VoidDue; !got.Equal(want) {
			t.Errorf("%s: due %s, want %s", when, got, want)
		}
	}
	elsewhere := askRelief(t, h, "command head", outage(due.Add(-2*time.Hour), due.Add(6*time.Hour), h.Other))
	decide(t, h, "warden", elsewhere.ID, "grant")
	is("an outage elsewhere", due)
	r := askRelief(t, h, "command head", outage(due.Add(-2*time.Hour), due.Add(6*time.Hour)))
	decide(t, h, "warden", r.ID, "grant")
	is("granted", due.Add(8*time.Hour))
	decide(t, h, "warden", r.ID, "revoke")
	is("revoked", due)
	// Declared after the fact: by then it was not over.
	clock.Advance(due.Add(time.Hour).Sub(clock.Now()))
	r = askRelief(t, h, "command head", outage(due.Add(-2*time.Hour), due.Add(6*time.Hour)))
	decide(t, h, "warden", r.ID, "grant")
	leader := h.As(t.Context(), "prison leader")
	if slices.Contains(inboxOf(t, h, leader), e.Key) {
		t.Error("overdue in the outage")
	}
	late, err := decideVoid(t, h, leader, e.Key, true)
	code(t, "forbidden", late, err)
}

// TestOutageAfterReminder: an outage declared after somebody was told that the
// deadline is over gives a new deadline, of which they are told as of the first.
func TestOutageAfterReminder(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, step{"roles": []string{"area_head"}, "within_workdays": 1, "escalate": step{"roles": []string{"prison_leader"}, "unit": "prison"}})
	e := h.Submitted(t)
	due := *e.StepDue
	clock := clocked(t, h)
	told := func(when time.Duration) string {
		t.Helper()
		clock.Advance(due.Add(when).Sub(clock.Now()))
		for range 2 {
			if err := h.Ledger.Remind(t.Context(), h.Prison); err != nil {
				t.Fatal(err)
			}
		}
		return ask(t, h, `select count(*) filter (where p.name = 'area head' and n.kind = 'overdue') || ' ' || count(*) filter (where p.name = 'prison leader' and n.kind = 'escalated')
			from notices n join persons p using (person_id) where n.entry_id = $1`, e.Entry)
	}
	if got := told(time.Hour); got != "1 1" {
		t.Fatalf("told %s", got)
	}
	r := askRelief(t, h, "command head", outage(due.Add(-2*time.Hour), due.Add(6*time.Hour)))
	decide(t, h, "warden", r.ID, "grant")
	if got := told(7 * time.Hour); got != "1 1" {
		t.Errorf("told before the new deadline: %s", got)
	}
	if got := told(9 * time.Hour); got != "2 2" {
		t.Errorf("told of the new deadline: %s, want each once more", got)
	}
}

// postponedByHand walks minute by minute: out of service or not.
func postponedByHand(ends, due time.Time, area uuid.UUID, held []duty.Relief) time.Time {
	down := func(at time.Time) bool {
		for _, r := range held {
			if (len(r.Areas) == 0 || r.Areas[0] == area) && !at.Before(*r.From) && at.Before(*r.Until) {
				return true
			}
		}
		return false
	}
	for down(due) {
		began, until := due, due
		for down(began.Add(-time.Minute)) && began.After(ends) {
			began = began.Add(-time.Minute)
		}
		for down(until) {
			until = until.Add(time.Minute)
		}
		due = until.Add(due.Sub(began))
	}
	return due
}
