package housetest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
	"taizhang/internal/proposal"
)

// planned makes the duties of some days around now.
func planned(t *testing.T, h *housetest.House, back int) {
	t.Helper()
	if err := h.Duty.Plan(t.Context(), h.Prison, time.Now().AddDate(0, 0, -back), time.Now().AddDate(0, 0, 2)); err != nil {
		t.Fatal(err)
	}
}

func excuse(h *housetest.House, ledgerID, from, to string) duty.Relief {
	return duty.Relief{Kind: duty.Excuse, Areas: []uuid.UUID{h.Area}, Ledger: ledgerID, FromDay: from, ToDay: to, Reason: "全区停电检修"}
}

func outage(from, until time.Time, areas ...uuid.UUID) duty.Relief {
	return duty.Relief{Kind: duty.Outage, Areas: areas, From: &from, Until: &until, Reason: "机房断电"}
}

func askRelief(t *testing.T, h *housetest.House, who string, r duty.Relief) duty.Relief {
	t.Helper()
	out, err := h.Duty.Ask(h.As(t.Context(), who), h.Prison, r, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func decide(t *testing.T, h *housetest.House, who string, id uuid.UUID, verdict string) duty.Relief {
	t.Helper()
	out, err := h.Duty.Decide(h.As(t.Context(), who), h.Prison, id, verdict, "按规定办理", ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// reckoned runs the jobs that a change queued, as the workers would.
func reckoned(t *testing.T, h *housetest.House) (days int) {
	t.Helper()
	rows, err := h.Owner.Query(t.Context(), `delete from river_job where kind = 'day_touched' returning args->>'area', args->>'ledger', args->>'day'`)
	if err != nil {
		t.Fatal(err)
	}
	type touched struct{ area, ledger, day string }
	var list []touched
	for rows.Next() {
		var d touched
		if err := rows.Scan(&d.area, &d.ledger, &d.day); err != nil {
			t.Fatal(err)
		}
		list = append(list, d)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if err := h.Duty.Refresh(t.Context(), h.Prison, uuid.MustParse(d.area), d.ledger, d.day); err != nil {
			t.Fatal(err)
		}
	}
	return len(list)
}

func sums(t *testing.T, h *housetest.House, area uuid.UUID, ledgerID string) map[string]string {
	t.Helper()
	list, err := h.Duty.Completeness(h.As(t.Context(), "warden"), h.Prison, "2020-01-01", "2099-01-01")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, s := range list {
		if s.Area == area && s.Ledger == ledgerID {
			for m, v := range s.Sums {
				out[m] = v.String()
			}
		}
	}
	return out
}

// TestExcuse: asked for by one, decided by the owner's head, it counts neither
// for nor against, and a revocation leaves everything as it was.
func TestExcuse(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	planned(t, h, 6)
	from, to := catalog.DayOf(time.Now().AddDate(0, 0, -4)), catalog.DayOf(time.Now().AddDate(0, 0, -3))
	if err := h.Duty.RefreshDue(t.Context(), h.Prison, time.Now().AddDate(0, 0, -10), time.Now()); err != nil {
		t.Fatal(err)
	}
	const id = "duty-log"
	before := sums(t, h, h.Area, id)
	if before["missing"] == "" || before["excused"] != "" {
		t.Fatalf("nothing was filled: %v", before)
	}
	elsewhere := sums(t, h, h.Other, id)
	r := askRelief(t, h, "area head", excuse(h, id, from, to))
	if n := reckoned(t, h); n != 0 || r.State != duty.Requested {
		t.Errorf("a request alone touches %d days, state %s", n, r.State)
	}
	for who, want := range map[string]string{"area head": "own_entry", "education head": "forbidden", "area head elsewhere": "not_found"} {
		_, err := h.Duty.Decide(h.As(t.Context(), who), h.Prison, r.ID, "grant", "", ledger.Idem{})
		if code := fault.CodeOf(err); code != want && !(want == "own_entry" && code == "forbidden") {
			t.Errorf("%s grants: %v, want %s", who, err, want)
		}
	}
	decide(t, h, "custody head", r.ID, "grant")
	if n := reckoned(t, h); n != 2 {
		t.Errorf("%d days reckoned anew, want the two excused", n)
	}
	after := sums(t, h, h.Area, id)
	want := map[string]string{}
	for m, v := range before {
		want[m] = v
	}
	// Two days of three shifts, none filled.
	minus(want, 6, "due", "missing", "unfilled", "late")
	want["excused"] = "6"
	if d := cmp.Diff(want, after); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(elsewhere, sums(t, h, h.Other, id)); d != "" {
		t.Error("another area:", d)
	}
	list, err := h.Duty.List(h.As(t.Context(), "officer"), h.Prison, duty.Filter{Areas: []uuid.UUID{h.Area}, Ledgers: []string{id}, Day: from})
	if err != nil || len(list) != 3 {
		t.Fatal(len(list), err)
	}
	for _, d := range list {
		if d.State != duty.Excused {
			t.Errorf("%s %s: %s", d.Ledger, d.Period, d.State)
		}
	}
	if _, err := h.Duty.Decide(h.As(t.Context(), "custody head"), h.Prison, r.ID, "grant", "", ledger.Idem{}); fault.CodeOf(err) != "relief_decided" {
		t.Errorf("granted twice: %v", err)
	}
	decide(t, h, "custody head", r.ID, "revoke")
	reckoned(t, h)
	if d := cmp.Diff(before, sums(t, h, h.Area, id)); d != "" {
		t.Error("after the revocation:", d)
	}
	// One duty alone.
	one := excuse(h, id, from, from)
	one.Period = from + "/day"
	decide(t, h, "custody head", askRelief(t, h, "area head", one).ID, "grant")
	reckoned(t, h)
	if got := sums(t, h, h.Area, id)["excused"]; got != "1" {
		t.Errorf("excused %s, want the one duty", got)
	}
	verified(t, h)
}

func minus(m map[string]string, n int, measures ...string) {
	for _, k := range measures {
		var v int
		_, _ = fmt.Sscan(m[k], &v)
		if m[k] = fmt.Sprint(v - n); v == n {
			delete(m, k)
		}
	}
}

// TestReliefAtOnce: every verdict twice at the same moment is said once.
func TestReliefAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	day := catalog.DayOf(time.Now())
	requested := func() duty.Relief { return askRelief(t, h, "area head", excuse(h, "duty-log", day, day)) }
	granted := func() duty.Relief { return decide(t, h, "custody head", requested().ID, "grant") }
	for verdict, c := range map[string]struct {
		from func() duty.Relief
		who  string
	}{"grant": {requested, "custody head"}, "refuse": {requested, "custody head"}, "withdraw": {requested, "area head"}, "revoke": {granted, "custody head"}} {
		for range 5 {
			r := c.from()
			if n := once(t, func(ctx context.Context) error {
				_, err := h.Duty.Decide(h.As(ctx, c.who), h.Prison, r.ID, verdict, "按规定办理", ledger.Idem{})
				return err
			}, "relief_decided"); n != 1 {
				t.Errorf("%s: done %d times", verdict, n)
			}
		}
	}
	for range 5 {
		r := requested()
		verdicts := make(chan string, 2)
		verdicts <- "grant"
		verdicts <- "refuse"
		if n := once(t, func(ctx context.Context) error {
			_, err := h.Duty.Decide(h.As(ctx, "custody head"), h.Prison, r.ID, <-verdicts, "按规定办理", ledger.Idem{})
			return err
		}, "relief_decided"); n != 1 {
			t.Errorf("granted and refused: %d", n)
		}
	}
	key := ledger.Idem{Key: "the-same-key", Route: "POST /reliefs"}
	for range 3 {
		if n := once(t, func(ctx context.Context) error {
			_, err := h.Duty.Ask(h.As(ctx, "area head"), h.Prison, excuse(h, "duty-log", day, day), key)
			return err
		}, ""); n != 2 {
			t.Errorf("the same request twice: %d answered", n)
		}
	}
	var n int
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from reliefs where state = 'requested'").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d requests of one key, %v", n, err)
	}
}

// once does something twice at the same moment and counts how often it was
// done; the other answer bears the code.
func once(t *testing.T, do func(context.Context) error, code string) (done int) {
	t.Helper()
	var errs [2]error
	var both sync.WaitGroup
	start := make(chan struct{})
	for i := range errs {
		both.Go(func() {
			<-start
			errs[i] = do(t.Context())
		})
	}
	close(start)
	both.Wait()
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case fault.CodeOf(err) != code:
			t.Errorf("the other: %v, want %s", err, code)
		}
	}
	return done
}

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

// verified holds the house's log against its rows.
func verified(t *testing.T, h *housetest.House) *scene {
	t.Helper()
	s := &scene{House: h}
	var err error
	if s.signer, err = integrity.OpenSigner(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	s.checkpoint(t)
	if r := s.verify(t); len(r.Problems) > 0 || r.Rows == 0 {
		t.Errorf("%+v", r.Problems)
	}
	return s
}

// TestTamperReliefs lets a superuser change what eased duties: each is named.
func TestTamperReliefs(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	day := catalog.DayOf(time.Now())
	decide(t, h, "custody head", askRelief(t, h, "area head", excuse(h, "duty-log", day, day)).ID, "grant")
	people := []duty.OnDuty{{Number: h.Person("officer").Number, Post: "officer"}}
	h.Post(t, "officer")
	if _, err := h.Duty.SetRosters(h.As(t.Context(), "area head"), h.Prison, h.Area, []duty.Roster{{Day: day, Shift: "day", People: people}}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	s := verified(t, h)
	for name, sql := range map[string][2]string{
		"reason":    {"update reliefs set reason = '无'", "update reliefs set reason = '全区停电检修'"},
		"days":      {"update reliefs set to_day = to_day + 1", "update reliefs set to_day = to_day - 1"},
		"given":     {"update reliefs set given = true, kind = 'unlock', expires_on = to_day", "update reliefs set given = false, kind = 'excuse', expires_on = null"},
		"comment":   {"update relief_decisions set comment = '同意'", "update relief_decisions set comment = '按规定办理'"},
		"verdict":   {"update relief_decisions set verdict = 'revoke'", "update relief_decisions set verdict = 'grant'"},
		"who":       {"update rosters set people = '[]'", "update rosters set people = jsonb_build_array(jsonb_build_object('person', (select person_id from persons where number = '0000001'), 'post', 'officer'))"},
		"the shift": {"update rosters set shift = 'night'", "update rosters set shift = 'day'"},
	} {
		for i, q := range sql {
			if tag, err := h.Owner.Exec(t.Context(), q); err != nil || tag.RowsAffected() == 0 {
				t.Fatalf("%s: %v", q, err)
			}
			found := slices.ContainsFunc(s.verify(t).Problems, func(p integrity.Problem) bool { return p.Code == "A01" || p.Code == "I02" })
			if found != (i == 0) {
				t.Errorf("%s: found %v after %s", name, found, q)
			}
		}
	}
}

// TestRosters: typed by the area's heads, a version for every change, the same
// shift changed at once by two is changed once.
func TestRosters(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for _, who := range []string{"officer", "second officer", "duty leader"} {
		h.Post(t, who)
	}
	head := h.As(t.Context(), "area head")
	at := time.Now()
	under, began, ok := h.Catalog.Calendar().ShiftAt(at)
	if !ok {
		t.Fatal("no shift now")
	}
	shift, day := under.ID, catalog.DayOf(began)
	on := func(post string, who ...string) (list []duty.OnDuty) {
		for _, w := range who {
			list = append(list, duty.OnDuty{Number: h.Person(w).Number, Post: post})
		}
		return list
	}
	set := func(ctx context.Context, version int, people []duty.OnDuty) error {
		_, err := h.Duty.SetRosters(ctx, h.Prison, h.Area, []duty.Roster{{Day: day, Shift: shift, Version: version, People: people}}, ledger.Idem{})
		return err
	}
	if err := set(head, 0, slices.Concat(on("leader", "duty leader"), on("officer", "officer"))); err != nil {
		t.Fatal(err)
	}
	now, err := h.Duty.OnDutyAt(h.As(t.Context(), "officer"), h.Prison, h.Area, at)
	if err != nil || len(now.People) != 2 || now.People[0].Name != "duty leader" || now.People[0].Post != "leader" || now.Version != 1 {
		t.Errorf("on duty now: %+v %v", now, err)
	}
	for name, c := range map[string]struct {
		who     string
		version int
		people  []duty.OnDuty
		code    string
	}{
		"an officer":         {"officer", 1, nil, "forbidden"},
		"of another area":    {"area head elsewhere", 1, nil, "forbidden"},
		"an old version":     {"area head", 0, nil, "changed_meanwhile"},
		"a version to come":  {"area head", 2, nil, "changed_meanwhile"},
		"nobody's number":    {"area head", 1, []duty.OnDuty{{Number: "9999999", Post: "officer"}}, "bad_roster"},
		"twice":              {"area head", 1, on("officer", "officer", "officer"), "bad_roster"},
		"no post":            {"area head", 1, on("", "officer"), "bad_roster"},
		"not of this prison": {"area head", 1, on("officer", "inspector"), "bad_roster"},
	} {
		if err := set(h.As(t.Context(), c.who), c.version, c.people); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	for version := 1; version < 6; version++ {
		if n := once(t, func(ctx context.Context) error {
			return set(h.As(ctx, "area head"), version, on("officer", "second officer"))
		}, "changed_meanwhile"); n != 1 {
			t.Errorf("version %d: changed %d times", version, n)
		}
	}
	list, editable, err := h.Duty.Rosters(head, h.Prison, h.Area, day, day)
	if err != nil || len(list) != 1 || list[0].Version != 6 || !editable {
		t.Errorf("%+v %v %v", list, editable, err)
	}
	if _, _, err := h.Duty.Rosters(h.As(t.Context(), "officer elsewhere"), h.Prison, h.Area, day, day); err == nil {
		t.Error("another area's roster is shown")
	}
	verified(t, h)
}

// TestAbsurdYears: a slip of the pen in a year is refused where it stands.
func TestAbsurdYears(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	day := func(days int) string { return catalog.DayOf(time.Now().AddDate(0, 0, days)) }
	at := func(s string) time.Time {
		t.Helper()
		m, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	unlock := duty.Relief{Kind: duty.Unlock, Areas: []uuid.UUID{h.Area}, Ledger: "duty-log", FromDay: "2999-01-01", ToDay: "2999-01-02", Expires: day(3), Reason: "补录"}
	roster := func(d string) error {
		_, err := h.Duty.SetRosters(h.As(t.Context(), "area head"), h.Prison, h.Area,
			[]duty.Roster{{Day: day(1), Shift: "day"}, {Day: d, Shift: "day"}}, ledger.Idem{})
		return err
	}
	ask := func(who string, r duty.Relief) error {
		_, err := h.Duty.Ask(h.As(t.Context(), who), h.Prison, r, ledger.Idem{})
		return err
	}
	proposed := func(on string) error {
		_, err := h.Proposals.Try(h.As(t.Context(), "bureau office"), h.Prison, proposal.Content{Kind: proposal.Delete, Ledger: "police-training",
			Reason: "演练用的删除", On: on, Notice: fault.Text{ZH: "今后请填报新台账"}})
		return err
	}
	bound := func(from, to string) error {
		_, err := h.Printing(t).NewVolume(h.As(t.Context(), "area head"), printing.Volume{VolumeKey: printing.VolumeKey{Prison: h.Prison},
			Ledger: "duty-log", Area: h.Area, From: from, To: to}, ledger.Idem{})
		return err
	}
	_, delegated := delegate(t, h, "area head", "medic", actor.AreaHead, at("9998-12-30"), at("9998-12-31"))
	for name, c := range map[string]struct {
		err    error
		fields []string
	}{
		"a roster far ahead":  {roster("9999-12-31"), []string{"/rosters/1/day"}},
		"a roster long ago":   {roster("1926-11-25"), []string{"/rosters/1/day"}},
		"a roster of year 1":  {roster("0001-01-01"), []string{"/rosters/1/day"}},
		"an excuse far ahead": {ask("officer", excuse(h, "duty-log", "9999-01-01", "9999-01-02")), []string{"/from_day", "/to_day"}},
		"an excuse long ago":  {ask("officer", excuse(h, "duty-log", day(-367), day(-367))), []string{"/from_day", "/to_day"}},
		"an unlock far ahead": {ask("officer", unlock), []string{"/from_day", "/to_day"}},
		"an outage far ahead": {ask("command head", outage(at("9999-12-30"), at("9999-12-31"))), []string{"/from_at", "/until_at"}},
		"an outage in year 1": {ask("command head", outage(at("0001-01-02"), at("0001-01-03"))), []string{"/from_at", "/until_at"}},
		"an excuse of year 1": {ask("officer", excuse(h, "duty-log", "0001-01-02", "0001-01-02")), []string{"/from_day", "/to_day"}},
		"an excuse of year 0": {ask("officer", excuse(h, "duty-log", "0000-01-02", day(1))), []string{"/from_day"}},
		"an outage since 1":   {ask("command head", outage(at("0001-01-02"), time.Now())), []string{"/from_at"}},
		"a proposal":          {proposed("9999-01-01"), []string{"/on"}},
		"a proposal of 1926":  {proposed("1926-01-01"), []string{"/on"}},
		"a volume":            {bound(day(-800), "9999-12-31"), []string{"/to"}},
		"a delegation":        {delegated, []string{"/from"}},
		"a year ahead":        {roster(day(365)), nil},
		"a year ago":          {ask("officer", excuse(h, "duty-log", day(-364), day(-363))), nil},
	} {
		var refused *fault.Error
		var got []string
		if errors.As(c.err, &refused) {
			for _, f := range refused.Fields {
				got = append(got, f.Pointer)
			}
		}
		if (c.err == nil) != (c.fields == nil) || !slices.Equal(got, c.fields) {
			t.Errorf("%s: %v at %v, want %v", name, c.err, got, c.fields)
		}
	}
}
