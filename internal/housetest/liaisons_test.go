package housetest_test

import (
	"slices"
	"sync/atomic"
	"testing"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// liaised is how a department stands with its liaison.
func (j *journey) liaised(who, department string) accreditation.Liaised {
	j.t.Helper()
	list, err := j.h.Cases.Liaisons(j.as(who))
	if err != nil {
		j.t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(x accreditation.Liaised) bool { return x.Department == department })
	if i < 0 {
		j.t.Fatalf("%s is not concerned", department)
	}
	return list[i]
}

const custody, headOfCustody = "dept_custody", "head of the custody line"

// post makes somebody of the custody line at the bureau.
func (j *journey) post(who string) string {
	j.t.Helper()
	p := j.h.Person(who)
	if _, err := j.h.Owner.Exec(j.t.Context(), "insert into postings (posting_id, person_id, role, department, from_at) values (gen_random_uuid(), $1, 'dept_staff', $2, now() - interval '1 day')",
		p.PersonID, custody); err != nil {
		j.t.Fatal(err)
	}
	return p.Number
}

// TestOneLiaison hands over on a day: the old one's time ends as the new one's begins, and of two
// who name at once one does.
func TestOneLiaison(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	first, second := j.post("yi inspector"), j.post("bing inspector")
	name := func(who, number, from string, seen int) error {
		_, err := h.Cases.Name(j.as(who), accreditation.Naming{Department: custody, Number: number, From: from, Reason: "分工调整", Seen: seen}, ledger.Idem{})
		return err
	}
	if x := j.liaised(headOfCustody, custody); x.Current != nil || !x.May || len(x.Colleagues) != 3 {
		t.Errorf("before: %+v", x)
	}
	for what, x := range map[string]struct {
		err  error
		code string
	}{
		"another line":  {name("head of the labour line", first, j.day(), 0), "forbidden"},
		"a prison":      {name("prison office", first, j.day(), 0), "not_found"},
		"yesterday":     {name(headOfCustody, first, "2020-01-01", 0), "bad_case"},
		"nobody":        {name(headOfCustody, "0", j.day(), 0), "person_unknown"},
		"another's":     {name(headOfCustody, h.Person("area head").Number, j.day(), 0), "liaison_elsewhere"},
		"what was seen": {name(headOfCustody, first, j.day(), 3), "changed_meanwhile"},
	} {
		if fault.CodeOf(x.err) != x.code {
			t.Errorf("%s: %v", what, x.err)
		}
	}
	head, office, day := j.as(headOfCustody), j.as("bureau office"), j.day()
	var n atomic.Int32
	j.twice("name", func() error {
		ctx := head
		if n.Add(1) == 2 {
			ctx = office
		}
		_, err := h.Cases.Name(ctx, accreditation.Naming{Department: custody, Number: first, From: day}, ledger.Idem{})
		return err
	}, "changed_meanwhile")
	if err := name(headOfCustody, first, day, 1); fault.CodeOf(err) != "liaison_same" {
		t.Errorf("the same again: %v", err)
	}
	// The hand-over is on a day to come: until then the first one is.
	j.days(1)
	today := j.day()
	j.days(2)
	then := j.day()
	j.days(-2)
	if err := name(headOfCustody, second, then, 1); err != nil {
		t.Fatal(err)
	}
	if x := j.liaised(headOfCustody, custody); x.Current == nil || x.Current.Number != first || x.Current.Until != then || len(x.History) != 2 || today == then {
		t.Errorf("before the day: %+v", x.Current)
	}
	j.until(then)
	if x := j.liaised("bureau office", custody); x.Current == nil || x.Current.Number != second || x.Changes != 1 || x.Often {
		t.Errorf("on the day: %+v", x)
	}
	// What is asked of the department is told to its head and its liaison.
	w := j.confirmedBaseline()
	for _, who := range []string{headOfCustody, "bing inspector", "yi inspector"} {
		var told int
		if err := h.Owner.QueryRow(t.Context(), "select count(*) from notices where person_id = $1 and kind = 'opinion_asked'", h.Person(who).PersonID).Scan(&told); err != nil {
			t.Fatal(err)
		}
		if want := map[string]int{headOfCustody: 1, "bing inspector": 1}[who]; told != want {
			t.Errorf("%s is told %d times of %s", who, told, w.ID)
		}
	}
	// A third change within the year is too many.
	for i, number := range []string{first, second} {
		j.days(1)
		if err := name(headOfCustody, number, j.day(), 2+i); err != nil {
			t.Fatal(err)
		}
	}
	if x := j.liaised("bureau office", custody); x.Changes != 3 || !x.Often {
		t.Errorf("changed %d times: %v", x.Changes, x.Often)
	}
	if _, err := h.Owner.Exec(t.Context(), "update liaisons set person_id = null"); err == nil {
		t.Error("a liaison was changed")
	}
}

// TestVacancyAlarm tells the bureau's office of a department without a liaison, once it is too long.
func TestVacancyAlarm(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	told := func() (n int) {
		t.Helper()
		if err := h.Cases.Tend(t.Context(), h.Prison); err != nil {
			t.Fatal(err)
		}
		if err := h.Cases.Tend(t.Context(), j.place[1].Prison); err != nil {
			t.Fatal(err)
		}
		if err := h.Cases.Tend(t.Context(), j.place[2].Prison); err != nil {
			t.Fatal(err)
		}
		if err := h.Owner.QueryRow(t.Context(), "select count(*) from notices where person_id = $1 and kind = 'liaison_vacant' and detail->>'department' = $2",
			h.Person("bureau office").PersonID, custody).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	number := j.post("yi inspector")
	if x := j.liaised("bureau office", custody); x.VacantSince != "" || x.Alarm || told() != 0 {
		t.Errorf("before the first application: %+v", x)
	}
	j.begin("area head", h.Area, "area")
	if x := j.liaised("bureau office", custody); x.VacantSince != j.day() || x.Alarm || told() != 0 {
		t.Errorf("on its day: %+v", x)
	}
	j.days(31)
	if x := j.liaised("bureau office", custody); !x.Alarm || told() != 1 || told() != 1 {
		t.Errorf("after 31 days: %+v", x)
	}
	name := func(number string, seen int) {
		t.Helper()
		if _, err := h.Cases.Name(j.as("bureau office"), accreditation.Naming{Department: custody, Number: number, From: j.day(), Reason: "指定", Seen: seen}, ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
	}
	name(number, 0)
	if x := j.liaised("bureau office", custody); x.VacantSince != "" || x.Alarm {
		t.Errorf("named: %+v", x)
	}
	// Who leaves the department is its liaison no more, whoever has noticed.
	if _, err := h.Owner.Exec(t.Context(), "update postings set until_at = $2 where person_id = $1 and prison_id is null and department is not null", h.Person("yi inspector").PersonID, j.clock.Now()); err != nil {
		t.Fatal(err)
	}
	gone := j.day()
	j.days(31)
	if x := j.liaised("bureau office", custody); x.Current != nil || x.VacantSince != gone || !x.Alarm || told() != 2 {
		t.Errorf("left: %+v", x)
	}
	name("", 1)
	if x := j.liaised("bureau office", custody); x.Current != nil || x.VacantSince != j.day() || x.Alarm {
		t.Errorf("said to have left: %+v", x)
	}
}

// TestLiaisonBetween: who is named ahead does not keep the place empty until then, nor is the plan
// dropped by who is named between; another named for the same day takes the place of it.
func TestLiaisonBetween(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	first, second, third := j.post("yi inspector"), j.post("bing inspector"), j.post("second bureau office")
	name := func(number, from string, seen int) error {
		_, err := j.h.Cases.Name(j.as(headOfCustody), accreditation.Naming{Department: custody, Number: number, From: from, Reason: "分工调整", Seen: seen}, ledger.Idem{})
		return err
	}
	today, soon, ahead := j.day(), catalog.DayOf(j.clock.Now().AddDate(0, 1, 0)), catalog.DayOf(j.clock.Now().AddDate(0, 2, 0))
	for i, x := range []struct{ number, from string }{{first, today}, {second, ahead}, {"", soon}} {
		if err := name(x.number, x.from, i); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := name(second, ahead, 3); fault.CodeOf(err) != "liaison_same" {
		t.Errorf("who is it on that day already: %v", err)
	}
	if x := j.liaised(headOfCustody, custody); x.Current == nil || x.Current.Number != first || x.Current.Until != soon || x.Seen != 3 {
		t.Errorf("today: %+v", x)
	}
	j.until(soon)
	if x := j.liaised(headOfCustody, custody); x.Current != nil || x.VacantSince != soon || x.Changes != 0 {
		t.Errorf("between: %+v", x)
	}
	if err := name(first, soon, 3); err != nil {
		t.Fatal(err)
	}
	if err := name(third, ahead, 4); err != nil {
		t.Fatal(err)
	}
	x := j.liaised(headOfCustody, custody)
	var dropped []int
	for _, l := range x.History {
		if l.Superseded {
			dropped = append(dropped, l.N)
		}
	}
	if x.Current == nil || x.Current.N != 4 || x.Current.Until != ahead || !slices.Equal(dropped, []int{2, 3}) {
		t.Errorf("filled: %+v, dropped %v", x.Current, dropped)
	}
	j.until(ahead)
	if x := j.liaised(headOfCustody, custody); x.Current == nil || x.Current.Number != third || x.Changes != 2 {
		t.Errorf("on the day planned first: %+v, %d changes", x.Current, x.Changes)
	}
}
