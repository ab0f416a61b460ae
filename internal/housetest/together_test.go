package housetest_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/guidance"
	"taizhang/internal/housetest"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
)

// day is a number of days from today.
func dayFrom(n int) string { return catalog.DayOf(time.Now().AddDate(0, 0, n)) }

// bothAtOnce runs both at the same moment.
func bothAtOnce(fns ...func() error) []error {
	errs := make([]error, len(fns))
	var all sync.WaitGroup
	start := make(chan struct{})
	for i, fn := range fns {
		all.Go(func() { <-start; errs[i] = fn() })
	}
	close(start)
	all.Wait()
	return errs
}

// waits starts fn and comes back when so many sessions wait for a lock of the database, fn's the last of them.
func waits(t *testing.T, h *housetest.House, sessions int, fn func() error) <-chan error {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- fn() }()
	for waiting := 0; waiting < sessions; {
		select {
		case err := <-ended:
			t.Errorf("it did not wait: %v", err)
			ended <- err
			return ended
		default:
		}
		if err := h.Owner.QueryRow(t.Context(), "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'").Scan(&waiting); err != nil {
			t.Error(err)
			return ended
		}
	}
	return ended
}

// oneOf: one of two at once stands, the other hears why not.
func oneOf(t *testing.T, errs []error, codes ...string) {
	t.Helper()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("both or neither: %v", errs)
	}
	for _, err := range errs {
		if err != nil && !slices.Contains(codes, fault.CodeOf(err)) {
			t.Error(err)
		}
	}
}

// refusedTo runs fn as each, and wants the code.
func refusedTo(t *testing.T, h *housetest.House, code string, fn func(context.Context) error, who ...string) {
	t.Helper()
	for _, w := range who {
		if err := fn(h.As(t.Context(), w)); fault.CodeOf(err) != code {
			t.Errorf("%s: %v, want %s", w, err, code)
		}
	}
}

// leavesHold works every row of the prison out anew and finds its leaf.
func leavesHold(t *testing.T, h *housetest.House, prison uuid.UUID, tables ...string) {
	t.Helper()
	found := map[string]int{}
	v, err := postgres.Open(t.Context(), postgres.AsRole(h.OwnerURL, "taizhang_verify"), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	err = v.Verify(t.Context(), nil, func(snap *postgres.Snapshot) error {
		for row, err := range snap.Rows(t.Context(), prison) {
			if err != nil {
				return err
			}
			if !slices.Contains(tables, row.Table) {
				continue
			}
			found[row.Table]++
			var leaves int
			if err := h.Owner.QueryRow(t.Context(), "select count(*) from log_leaves where prison_id = $1 and kind = $2 and ref = $3 and content_digest = $4",
				prison, row.Kind, row.Ref, row.Digest[:]).Scan(&leaves); err != nil || leaves != 1 {
				t.Errorf("%s %s has %d leaves, %v", row.Table, row.Ref, leaves, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if found[table] == 0 {
			t.Errorf("no row of %s", table)
		}
	}
}

// altered: nobody changes or removes what stands.
func altered(t *testing.T, h *housetest.House, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := h.Owner.Exec(t.Context(), sql); err == nil {
			t.Errorf("done even by the owner: %s", sql)
		}
		if _, err := h.Store.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("done by the service: %s", sql)
		}
	}
}

// TestVisitClosure: the bureau advises, the unit sees and answers it, and somebody who is not
// of the unit closes it, after an answer only.
func TestVisitClosure(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Province(t)
	visit := guidance.Visit{Area: h.Area, Day: dayFrom(0), Findings: "三处台账记录不全", Advice: "逐项补正并复查", DueOn: dayFrom(10)}
	add := func(v guidance.Visit) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := h.Guidance.AddVisit(ctx, h.Prison, v, ledger.Idem{})
			return err
		}
	}
	refusedTo(t, h, "forbidden", add(visit), "prison office", "area head", "warden", "inspector", "bureau leader")
	refusedTo(t, h, "not_found", add(visit), "yi prison office")
	early, ahead, wordless, elsewhere := visit, visit, visit, visit
	early.DueOn, ahead.Day, wordless.Advice, elsewhere.Area = dayFrom(-1), dayFrom(1), " ", uuid.New()
	for _, v := range []guidance.Visit{early, ahead, wordless} {
		refusedTo(t, h, "bad_guidance", add(v), "bureau office")
	}
	refusedTo(t, h, "not_found", add(elsewhere), "bureau office")
	made, err := h.Guidance.AddVisit(h.As(t.Context(), "head of the custody line"), h.Prison, visit, ledger.Idem{})
	if err != nil || made.State != "open" || len(made.Actions) != 0 {
		t.Fatalf("%+v %v", made, err)
	}
	act := func(kind string, seen int) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := h.Guidance.ActVisit(ctx, h.Prison, made.ID, kind, "已核实", seen, ledger.Idem{})
			return err
		}
	}
	for who, want := range map[string][]string{"area head": {"answer"}, "prison office": {"answer"}, "officer": {}, "bureau office": {}} {
		list, may, err := h.Guidance.Visits(h.As(t.Context(), who), h.Prison)
		if err != nil || len(list) != 1 || !cmp.Equal(list[0].Actions, want) || may != (who == "bureau office") {
			t.Errorf("%s: %+v %v %v", who, list, may, err)
		}
	}
	for _, who := range []string{"officer elsewhere", "yi prison office", "system admin"} {
		if list, _, _ := h.Guidance.Visits(h.As(t.Context(), who), h.Prison); len(list) != 0 {
			t.Errorf("%s sees it", who)
		}
	}
	refusedTo(t, h, "visit_state", act("close", 0), "bureau office")
	refusedTo(t, h, "forbidden", act("answer", 0), "officer", "bureau office")
	refusedTo(t, h, "not_found", act("answer", 0), "area head elsewhere", "yi prison office")
	oneOf(t, bothAtOnce(
		func() error { return act("answer", 0)(h.As(t.Context(), "area head")) },
		func() error { return act("answer", 0)(h.As(t.Context(), "second area head")) },
	), "changed_meanwhile")
	refusedTo(t, h, "forbidden", act("close", 1), "area head", "second area head", "prison office", "warden")
	if err := act("return", 1)(h.As(t.Context(), "bureau office")); err != nil {
		t.Fatal(err)
	}
	refusedTo(t, h, "changed_meanwhile", act("answer", 1), "area head")
	if err := act("answer", 2)(h.As(t.Context(), "prison office")); err != nil {
		t.Fatal(err)
	}
	// Somebody of the bureau who is posted in the prison as well is of the unit.
	both := h.Person("second bureau office")
	if _, err := h.Owner.Exec(t.Context(), "insert into postings (posting_id, person_id, role, prison_id) values ($1, $2, 'prison_office', $3)", uuid.New(), both.PersonID, h.Prison); err != nil {
		t.Fatal(err)
	}
	refusedTo(t, h, "own_unit", act("close", 3), "second bureau office")
	oneOf(t, bothAtOnce(
		func() error { return act("close", 3)(h.As(t.Context(), "bureau office")) },
		func() error { return act("return", 3)(h.As(t.Context(), "head of the custody line")) },
	), "changed_meanwhile")
	leavesHold(t, h, h.Prison, "visits", "visit_acts")
	altered(t, h, "update visits set advice = ''", "delete from visit_acts", "update visit_acts set kind = 'close'")
}

// TestUntrained: who of the three kinds of key staff has not passed a training on the version
// in force is listed; a training on another version does not count, and a correction does.
func TestUntrained(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	office := h.As(t.Context(), "bureau office")
	training := guidance.Training{Title: "创建标准业务培训", Standard: "ordinary-area", Version: 1, Day: dayFrom(0), Audience: []string{"prison_office", "departments", "areas"}}
	add := func(x guidance.Training) func(context.Context) error {
		return func(ctx context.Context) error { _, err := h.Guidance.AddTraining(ctx, x, ledger.Idem{}); return err }
	}
	refusedTo(t, h, "not_found", add(training), "prison office", "warden")
	refusedTo(t, h, "forbidden", add(training), "head of the custody line", "bureau leader")
	unknown, nobody := training, training
	unknown.Version, nobody.Audience = 9, nil
	refusedTo(t, h, "standard_unknown", add(unknown), "bureau office")
	refusedTo(t, h, "bad_guidance", add(nobody), "bureau office")
	ahead := training
	ahead.Day = dayFrom(3)
	planned, err := h.Guidance.AddTraining(office, ahead, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	refusedTo(t, h, "bad_guidance", func(ctx context.Context) error {
		return h.Guidance.Attend(ctx, h.Prison, planned.ID, []guidance.Attendance{{Number: h.Person("area head").Number, Attended: true, Passed: true}}, ledger.Idem{})
	}, "bureau office")
	if _, _, may, err := h.Guidance.Training(office, h.Prison, planned.ID); err != nil || may {
		t.Errorf("who came is recorded before the day: %v %v", may, err)
	}
	made, err := h.Guidance.AddTraining(office, training, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	untrained := func(who string) []string {
		t.Helper()
		_, _, list, err := h.Guidance.Untrained(h.As(t.Context(), who), h.Prison, "ordinary-area")
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, p := range list {
			names = append(names, p.Name)
		}
		slices.Sort(names)
		return names
	}
	all := untrained("bureau office")
	for _, want := range []string{"area head", "area head elsewhere", "custody head", "deputy head", "education head", "hospital head", "prison office", "second area head"} {
		if !slices.Contains(all, want) {
			t.Errorf("%s is none of the key staff: %v", want, all)
		}
	}
	for _, other := range []string{"officer", "warden", "bureau office"} {
		if slices.Contains(all, other) {
			t.Errorf("%s is of the key staff", other)
		}
	}
	if _, _, _, err := h.Guidance.Untrained(h.As(t.Context(), "area head"), h.Prison, "ordinary-area"); fault.CodeOf(err) != "forbidden" {
		t.Errorf("an area reads the marks of the prison: %v", err)
	}
	row := func(who, mark string, version int) guidance.Attendance {
		return guidance.Attendance{Number: h.Person(who).Number, Version: version, Attended: true, Mark: exact(t, mark), Passed: true, Certificate: "样例-0001"}
	}
	attend := func(rows ...guidance.Attendance) func(context.Context) error {
		return func(ctx context.Context) error { return h.Guidance.Attend(ctx, h.Prison, made.ID, rows, ledger.Idem{}) }
	}
	refusedTo(t, h, "forbidden", attend(row("area head", "90", 0)), "prison office", "warden", "head of the custody line")
	wrong := []guidance.Attendance{row("area head", "100.1", 0), row("area head", "90.05", 0), row("officer", "90", 0), row("area head", "90", 0)}
	wrong[3].Attended = false
	for _, r := range wrong {
		refusedTo(t, h, "bad_guidance", attend(r), "bureau office")
	}
	if err := attend(row("area head", "91.5", 0), row("prison office", "88", 0))(office); err != nil {
		t.Fatal(err)
	}
	rest := slices.DeleteFunc(slices.Clone(all), func(n string) bool { return n == "area head" || n == "prison office" })
	if diff := cmp.Diff(rest, untrained("warden")); diff != "" {
		t.Error(diff)
	}
	// A correction is a later version with its reason; of two at once one hears of the other.
	failed := guidance.Attendance{Number: h.Person("area head").Number, Version: 1, Attended: true, Mark: exact(t, "51"), Reason: "成绩录错"}
	silent := failed
	silent.Reason = ""
	refusedTo(t, h, "bad_guidance", attend(silent), "bureau office")
	refusedTo(t, h, "changed_meanwhile", attend(row("area head", "90", 0)), "bureau office")
	oneOf(t, bothAtOnce(func() error { return attend(failed)(office) }, func() error { return attend(failed)(h.As(t.Context(), "second bureau office")) }), "changed_meanwhile")
	if list := untrained("warden"); !slices.Contains(list, "area head") {
		t.Error("who failed counts as trained")
	}
	leavesHold(t, h, h.Prison, "attendances")
	altered(t, h, "update attendances set passed = true", "delete from trainings")
	// A later version comes into force: whoever was trained on the one before was not on this one.
	if _, err := h.Owner.Exec(t.Context(), `insert into standard_sets (standard, version, title, unit_kind, functions, label, unofficial, points, line, body, rules, guide, digest, state, effective_on, issued_at)
		select standard, 10, title, unit_kind, functions, label, unofficial, points, line, body, rules, guide, digest, state, current_date - 1, now() from standard_sets where standard = 'ordinary-area' and version = 1`); err != nil {
		t.Fatal(err)
	}
	v, of, list, err := h.Guidance.Untrained(office, h.Prison, "ordinary-area")
	if err != nil || v.Version != 10 || len(list) != of || of != len(all) {
		t.Errorf("version %d: %d of %d not trained, %v", v.Version, len(list), of, err)
	}
}

// TestSevenSteps: none of the seven is skipped or goes back in time, and who reviews and
// evaluates is neither of the unit nor took another step; the database says so too.
func TestSevenSteps(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	step := guidance.BrandStep{Passed: true, Document: "材料", Content: "正文", Day: dayFrom(-10)}
	brand := guidance.Brand{Area: h.Area, Title: "样例品牌", Theme: "police"}
	add := func(ctx context.Context) error {
		_, err := h.Guidance.AddBrand(ctx, h.Prison, brand, step, ledger.Idem{})
		return err
	}
	refusedTo(t, h, "forbidden", add, "officer", "warden", "bureau office")
	b, err := h.Guidance.AddBrand(h.As(t.Context(), "area head"), h.Prison, brand, step, ledger.Idem{})
	if err != nil || b.Next != 2 {
		t.Fatalf("%+v %v", b, err)
	}
	take := func(n, seen int, x guidance.BrandStep) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := h.Guidance.StepBrand(ctx, h.Prison, b.ID, n, seen, x, ledger.Idem{})
			return err
		}
	}
	for _, n := range []int{1, 3, 4, 7} {
		refusedTo(t, h, "brand_step", take(n, 1, step), "area head")
	}
	earlier, failing := step, step
	earlier.Day, failing.Passed = dayFrom(-11), false
	refusedTo(t, h, "bad_guidance", take(2, 1, earlier), "area head")
	refusedTo(t, h, "brand_step", take(2, 1, failing), "area head")
	oneOf(t, bothAtOnce(func() error { return take(2, 1, step)(h.As(t.Context(), "area head")) },
		func() error { return take(2, 1, step)(h.As(t.Context(), "second area head")) }), "changed_meanwhile", "brand_step")
	do := func(who string, n, seen int, x guidance.BrandStep) {
		t.Helper()
		if err := take(n, seen, x)(h.As(t.Context(), who)); err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
	}
	do("area head", 3, 2, step)
	refusedTo(t, h, "forbidden", take(4, 3, step), "area head", "second area head", "prison office", "warden")
	do("bureau office", 4, 3, failing) // sent back: applied for anew
	do("area head", 3, 4, step)
	do("head of the education line", 4, 5, step)
	do("prison office", 5, 6, step)
	do("bureau office", 6, 7, step)
	do("area head", 7, 8, step)
	refusedTo(t, h, "brand_step", take(8, 9, step), "area head")
	list, err := h.Guidance.Brands(h.As(t.Context(), "bureau leader"))
	if err != nil || len(list) != 1 || !list[0].Finished() || list[0].Next != 8 || len(list[0].Steps) != 9 {
		t.Errorf("%+v %v", list, err)
	}
	if list, _ := h.Guidance.Brands(h.As(t.Context(), "area head elsewhere")); len(list) != 0 {
		t.Error("another area sees it")
	}
	leavesHold(t, h, h.Prison, "brands", "brand_steps")
	altered(t, h, "update brand_steps set step = 7", "delete from brands")
	// The database itself, whoever asks: by a new brand.
	other, err := h.Guidance.AddBrand(h.As(t.Context(), "area head"), h.Prison, brand, step, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	raw := func(act, n int, who string) error {
		_, err := h.Owner.Exec(t.Context(), "insert into brand_steps (prison_id, brand_id, act, step, passed, document, content, day, acted_by, salt) values ($1, $2, $3, $4, true, 'x', 'x', current_date, $5, $6)",
			h.Prison, other.ID, act, n, h.Person(who).PersonID, integrity.NewSalt())
		return err
	}
	for what, err := range map[string]error{"skipped": raw(2, 3, "area head"), "not the next": raw(3, 2, "area head")} {
		if err == nil {
			t.Errorf("the database takes a step %s", what)
		}
	}
	for i, n := range []int{2, 3} {
		if err := raw(i+2, n, "area head"); err != nil {
			t.Fatal(err)
		}
	}
	if err := raw(4, 4, "prison office"); err == nil || !strings.Contains(err.Error(), "reviews") {
		t.Errorf("the unit reviews its own: %v", err)
	}
}

// TestAdoptionCounted: an adoption counts once it is proved and somebody of neither side has
// verified it; a unit counts once.
func TestAdoptionCounted(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	all := h.Province(t)
	yi, bing := all[1], all[2]
	practice := guidance.Practice{Title: "样例经验", Content: "做法要点"}
	p, err := h.Guidance.AddPractice(h.As(t.Context(), "prison office"), h.Prison, practice, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	refusedTo(t, h, "forbidden", func(ctx context.Context) error {
		_, err := h.Guidance.AddPractice(ctx, h.Prison, practice, ledger.Idem{})
		return err
	}, "officer", "bureau office", "area head")
	adopt := func(who string, prison uuid.UUID, a guidance.Adoption) (guidance.Adoption, error) {
		return h.Guidance.Adopt(h.As(t.Context(), who), prison, a, ledger.Idem{})
	}
	of := guidance.Adoption{Practice: p.ID, AdoptedOn: dayFrom(-3), Proof: "印发文件与现场照片已留存"}
	if _, err := adopt("prison office", h.Prison, of); fault.CodeOf(err) != "own_practice" {
		t.Errorf("its own: %v", err)
	}
	unproved := of
	unproved.Proof = " "
	if _, err := adopt("yi prison office", yi.Prison, unproved); fault.CodeOf(err) != "bad_guidance" {
		t.Errorf("without proof: %v", err)
	}
	first, err := adopt("yi prison office", yi.Prison, of)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := adopt("yi prison office", yi.Prison, of); fault.CodeOf(err) != "adopted_already" {
		t.Errorf("twice: %v", err)
	}
	counts := func() int {
		t.Helper()
		list, err := h.Guidance.Practices(h.As(t.Context(), "bing prison office"))
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		return list[0].Counted
	}
	if counts() != 0 {
		t.Error("counted before it was verified")
	}
	verify := func(id uuid.UUID, holds bool) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := h.Guidance.Verify(ctx, yi.Prison, id, holds, "已核对", ledger.Idem{})
			return err
		}
	}
	refusedTo(t, h, "forbidden", verify(first.ID, true), "yi prison office", "yi area head")
	refusedTo(t, h, "not_found", verify(first.ID, true), "prison office", "area head", "bing area head")
	oneOf(t, bothAtOnce(func() error { return verify(first.ID, true)(h.As(t.Context(), "bing prison office")) },
		func() error { return verify(first.ID, false)(h.As(t.Context(), "bureau office")) }), "already_decided")
	// Whoever of the two came first: the next one is verified, and refused ones never count.
	second := of
	second.AdoptedOn = dayFrom(-2)
	again, err := adopt("yi prison office", yi.Prison, second)
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(again.ID, true)(h.As(t.Context(), "bing prison office")); err != nil {
		t.Fatal(err)
	}
	if n := counts(); n != 1 {
		t.Errorf("one unit counts %d times", n)
	}
	third := of
	third.Area = bing.Ordinary
	a, err := adopt("bing area head", bing.Prison, third)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Guidance.Verify(h.As(t.Context(), "bureau office"), bing.Prison, a.ID, false, "照片与做法不符", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if n := counts(); n != 1 {
		t.Errorf("a proof that does not hold counts: %d", n)
	}
	leavesHold(t, h, yi.Prison, "adoptions", "adoption_verdicts")
	leavesHold(t, h, h.Prison, "practices")
	altered(t, h, "update adoption_verdicts set holds = true", "delete from adoptions", "delete from practices")
	if list, err := h.Guidance.Practices(actor.With(t.Context(), actor.Actor{})); err == nil && len(list) != 0 {
		t.Error("nobody reads the library")
	}
}

// TestBoardOfLike: units of one kind and function are compared by the exact score, all of them whoever of
// those compared asks: of the province for the bureau, of the prison for who is posted there. What stands
// beside a score is told to who sees it, and opens rows that add up to it.
func TestBoardOfLike(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	all := h.Province(t)
	if _, err := h.Assessment.Keep(h.As(t.Context(), "area head"), h.Prison, h.Area, assessment.SelfCheck, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Assessment.Keep(h.As(t.Context(), "area head elsewhere"), h.Prison, h.Other, assessment.SelfCheck, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	// Alike in one of the two alone is not alike, what is closed is compared no more, nor what no standard judges.
	for code, of := range map[string][3]string{"strict": {"ordinary", "strict"}, "ordinary kitchen": {"ordinary", "kitchen"}, "hospital": {"functional", "hospital"}, "closed": {"ordinary", "closed", dayFrom(-1)}} {
		if _, err := h.Owner.Exec(t.Context(), "insert into areas (prison_id, area_id, code, name_zh, name_en, kind, function, has_labour, closed_on) values ($1, gen_random_uuid(), $2, $2, $2, $3, $4, true, nullif($5, '')::date)",
			h.Prison, code, of[0], of[1], of[2]); err != nil {
			t.Fatal(err)
		}
	}
	spotted(t, h, "YJ-02.missing", 2) // −10
	if _, err := h.Guidance.AddVisit(h.As(t.Context(), "bureau office"), h.Prison,
		guidance.Visit{Area: h.Area, Day: dayFrom(-1), Findings: "两处缺失", Advice: "补齐", DueOn: dayFrom(5)}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	for fact, n := range map[[2]string]int{{"duty-log", "incidents"}: 2, {"hazard-rectification", "found"}: 4, {"hazard-rectification", "closing_due"}: 3, {"hazard-rectification", "closed"}: 1} {
		if _, err := h.Owner.Exec(t.Context(), "insert into facts (prison_id, area_id, ledger, day, measure, value, refs) values ($1, $2, $3, $4::text::date, $5, $6::int::numeric, '[]')",
			h.Prison, h.Area, fact[0], dayFrom(-2), fact[1], n); err != nil {
			t.Fatal(err)
		}
	}
	board := func(who string) guidance.Board {
		t.Helper()
		b, err := h.Guidance.Board(h.As(t.Context(), who), "ordinary", "residential")
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	b := board("bureau office")
	ranks := map[uuid.UUID]int{}
	for _, p := range b.Places {
		ranks[p.Area] = p.Rank
	}
	if diff := cmp.Diff(map[uuid.UUID]int{h.Other: 1, all[1].Ordinary: 1, all[2].Ordinary: 1, h.Area: 4}, ranks); diff != "" {
		t.Error(diff)
	}
	last := b.Places[3]
	if last.Score.String() != "990" || last.Of != 4 || last.Since == nil || last.Since.Change.String() != "-10" {
		t.Errorf("%+v", last)
	}
	want := guidance.Counts{"visits": 1, "adopted": 0, "findings": 2, "incidents": 2, "hazards": 4, "hazards_open": 2}
	if diff := cmp.Diff(&want, last.Beside); diff != "" {
		t.Error(diff)
	}
	for figure, n := range want {
		rows, err := h.Guidance.Behind(h.As(t.Context(), "area head"), h.Prison, h.Area, figure, "", "")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			n -= r.N
		}
		if n != 0 {
			t.Errorf("%s opens %+v", figure, rows)
		}
		if _, err := h.Guidance.Behind(h.As(t.Context(), "area head elsewhere"), h.Prison, h.Area, figure, "", ""); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s for another area's head: %v", figure, err)
		}
	}
	for at, days := range map[string][2]string{"/from": {"", dayFrom(0)}, "/to": {dayFrom(-5), ""}, "/from bad": {"2026-13-01", dayFrom(0)}, "/to bad": {dayFrom(-5), "soon"}} {
		_, err := h.Guidance.Behind(h.As(t.Context(), "area head"), h.Prison, h.Area, "visits", days[0], days[1])
		at, _, _ = strings.Cut(at, " ")
		if f, _ := errors.AsType[*fault.Error](err); f == nil || f.Code != "bad_day" || len(f.Fields) != 1 || f.Fields[0].Pointer != at {
			t.Errorf("between %q: %+v", days, err)
		}
	}
	for who, n := range map[string]int{"warden": 2, "area head": 2, "officer elsewhere": 2, "yi prison office": 1, "yi area head": 1, "inspector": 0, "system admin": 0} {
		if got := len(board(who).Places); got != n {
			t.Fatalf("%s compares %d units, not %d", who, got, n)
		}
	}
	// The rank of an area is the same for its head and for the warden; the head sees nothing behind the other's row.
	for _, who := range []string{"warden", "area head"} {
		own := board(who).Places[1]
		if own.Area != h.Area || own.Rank != 2 || own.Of != 2 || own.Beside == nil {
			t.Errorf("%s: %+v", who, own)
		}
	}
	// How far it came is published with it: the last run is the other area's alone to open.
	if other := board("area head").Places[0]; other.Area != h.Other || other.Display == "" || other.Beside != nil || other.Since == nil {
		t.Errorf("to the other's head: %+v", other)
	}
	if b := board("area head"); b.Province || !board("bureau leader").Province {
		t.Error("who is of the prison ranks within it, the bureau in the province")
	}
	// A grant to inspect opens no board: whoever inspects is not compared.
	if kinds, err := h.Guidance.Kinds(h.As(t.Context(), "inspector")); err != nil || len(kinds) != 0 {
		t.Errorf("an inspector: %v %v", kinds, err)
	}
	kitchens, err := h.Guidance.Board(h.As(t.Context(), "bureau office"), "functional", "kitchen")
	if err != nil || len(kitchens.Places) != 3 || slices.ContainsFunc(kitchens.Places, func(p guidance.Place) bool {
		return !slices.Contains([]uuid.UUID{all[0].Kitchen, all[1].Kitchen, all[2].Kitchen}, p.Area)
	}) {
		t.Errorf("kitchens: %+v %v", kitchens.Places, err)
	}
	kinds, err := h.Guidance.Kinds(h.As(t.Context(), "bureau office"))
	slices.SortFunc(kinds, func(a, b guidance.Kind) int { return strings.Compare(a.Kind+a.Function, b.Kind+b.Function) })
	if diff := cmp.Diff([]guidance.Kind{{Kind: "functional", Function: "kitchen"}, {Kind: "ordinary", Function: "kitchen"}, {Kind: "ordinary", Function: "residential"}, {Kind: "ordinary", Function: "strict"}}, kinds); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
}

// TestTogetherOverHTTP: what the contract says of visits, brands and the rest is so.
func TestTogetherOverHTTP(t *testing.T) {
	t.Parallel()
	guest := serve(t)
	office, officer := guest.as(t, "bureau office"), guest.as(t, "officer")
	in := "/prisons/" + guest.h.Prison.String()
	key := func(k string) map[string]string { return map[string]string{"Idempotency-Key": "together-" + k} }
	body := `{"area":"` + guest.h.Area.String() + `","day":"` + dayFrom(0) + `","due_on":"` + dayFrom(3) + `","findings":"缺两页","advice":"补齐"}`
	if status, _ := officer.do(t, "POST", in+"/visits", body, key("officer")); status != http.StatusForbidden {
		t.Errorf("an officer: %d", status)
	}
	var first string
	for range 2 {
		status, v := office.do(t, "POST", in+"/visits", body, key("visit"))
		if status != http.StatusCreated || first != "" && v["id"] != first {
			t.Fatalf("%d %v", status, v)
		}
		first = v["id"].(string)
	}
	if status, _ := office.do(t, "POST", in+"/visits/"+first+"/acts", `{"kind":"close","comment":"好","seen":0}`, key("close")); status != http.StatusConflict {
		t.Errorf("closed without an answer: %d", status)
	}
	training := `{"title":"样例培训","standard":"ordinary-area","version":1,"day":"` + dayFrom(0) + `","audience":["areas"]}`
	status, made := office.do(t, "POST", "/trainings", training, key("training"))
	if status != http.StatusCreated {
		t.Fatalf("%d %v", status, made)
	}
	at := in + "/trainings/" + made["id"].(string)
	row := `{"rows":[{"number":"` + guest.h.Person("area head").Number + `","version":0,"attended":true,"mark":"91.5","passed":true,"certificate":"样例-1"}]}`
	for range 2 {
		if status, out := office.do(t, "POST", at+"/attendances", row, key("attend")); status != http.StatusOK {
			t.Errorf("%d %v", status, out)
		}
	}
	for _, path := range []string{in + "/visits", "/trainings", at, in + "/untrained/ordinary-area", "/brands", "/practices", "/boards", "/boards/ordinary/residential", in + "/areas/" + guest.h.Area.String() + "/beside/visits"} {
		if status, out := office.do(t, "GET", path, "", nil); status != http.StatusOK {
			t.Errorf("%s: %d %v", path, status, out)
		}
	}
}

// TestPairOvertakes: only like units are paired, the stronger one helps, either side logs it,
// and the evening on which the weak one passed the strong one is recorded once.
func TestPairOvertakes(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	all := h.Province(t)
	yi := all[1]
	spotted(t, h, "YJ-02.missing", 2) // 990 against 1000
	office := h.As(t.Context(), "bureau office")
	pair := guidance.Pair{Area: h.Area, StrongPrison: yi.Prison, StrongArea: yi.Ordinary, Aim: "补齐台账，达到 950 分", UntilDay: dayFrom(60)}
	add := func(prison uuid.UUID, p guidance.Pair) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := h.Guidance.AddPair(ctx, prison, p, ledger.Idem{})
			return err
		}
	}
	refusedTo(t, h, "forbidden", add(h.Prison, pair), "prison office", "area head", "head of the custody line", "bureau leader")
	unlike, past := pair, pair
	unlike.StrongArea, past.UntilDay = yi.Kitchen, dayFrom(-1)
	refusedTo(t, h, "pair_unlike", add(h.Prison, unlike), "bureau office")
	refusedTo(t, h, "bad_guidance", add(h.Prison, past), "bureau office")
	turned := guidance.Pair{Area: yi.Ordinary, StrongPrison: h.Prison, StrongArea: h.Area, Aim: "帮扶", UntilDay: dayFrom(60)}
	refusedTo(t, h, "pair_order", add(yi.Prison, turned), "bureau office")
	p, err := h.Guidance.AddPair(office, h.Prison, pair, ledger.Idem{})
	if err != nil || p.WeakScore.String() != "990" || p.StrongScore.String() != "1000" {
		t.Fatalf("%+v %v", p, err)
	}
	help := func(ctx context.Context) error {
		_, err := h.Guidance.Help(ctx, h.Prison, p.ID, guidance.Help{Day: dayFrom(0), Content: "派两名骨干到场帮带"}, ledger.Idem{})
		return err
	}
	for _, who := range []string{"yi area head", "yi prison office", "area head"} {
		if err := help(h.As(t.Context(), who)); err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
	refusedTo(t, h, "forbidden", help, "bureau office", "officer")
	refusedTo(t, h, "not_found", help, "bing area head", "area head elsewhere")
	seen := func(who string) []guidance.Pair {
		t.Helper()
		list, _, err := h.Guidance.Pairs(h.As(t.Context(), who))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for who, n := range map[string]int{"area head": 1, "yi area head": 1, "bureau leader": 1, "bing area head": 0, "area head elsewhere": 0} {
		if len(seen(who)) != n {
			t.Errorf("%s sees %d pairs", who, len(seen(who)))
		}
	}
	evening := func(prison, area uuid.UUID, day, score string) {
		t.Helper()
		if _, err := h.Owner.Exec(t.Context(), "insert into daily_scores (prison_id, area_id, day, standard, version, score, sheet) values ($1, $2, $3::text::date, 'ordinary-area', 1, $4, '')",
			prison, area, day, score); err != nil {
			t.Fatal(err)
		}
	}
	look := func() error { return h.Guidance.Overtakes(t.Context(), h.Prison) }
	for _, c := range []struct {
		day, weak, strong string
		overtakes         bool
	}{{dayFrom(-3), "989", "990", false}, {dayFrom(-2), "171800/181", "171800/181", false}, {dayFrom(-1), "171800/181", "949.17", true}} {
		day := c.day
		evening(h.Prison, h.Area, day, c.weak)
		if err := look(); err != nil || seen("warden")[0].Overtake != nil {
			t.Errorf("an evening of another day: %+v %v", seen("warden")[0].Overtake, err)
		}
		evening(yi.Prison, yi.Ordinary, day, c.strong)
		for _, err := range bothAtOnce(look, look) {
			if err != nil {
				t.Error(err)
			}
		}
		if o := seen("warden")[0].Overtake; (o != nil) != c.overtakes || o != nil && (o.Day != day || o.WeakScore.String() != c.weak) {
			t.Errorf("%+v: %+v", c, o)
		}
	}
	leavesHold(t, h, h.Prison, "pairs", "pair_helps", "overtakes")
	altered(t, h, "update overtakes set day = current_date", "delete from pair_helps", "delete from pairs")
}
