package housetest_test

import "testing"

// TestDutiesMore: of a list too long for one answer the earliest deadlines are left out,
// and it is said; one that just fits is whole.
func TestDutiesMore(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	const most = 2000
	exec(t, c.h, `insert into duties (prison_id, area_id, ledger, period, target, duty_id, starts_at, ends_at, due_at, planned_due_at, day)
		select $1, $2, 'headcount', 'P', n, gen_random_uuid(), at, at, at, at, at::date from (select n, now() + n * interval '1 second' as at from generate_series(1, $3) n) d`, c.h.Prison, c.h.Area, most)
	look := func() (targets []float64, more bool) {
		t.Helper()
		status, body := c.do(t, "GET", "/prisons/"+c.h.Prison.String()+"/duties?ledger=headcount&area="+c.h.Area.String(), "", nil)
		if status != 200 {
			t.Fatal(status, body)
		}
		for _, d := range body["duties"].([]any) {
			targets = append(targets, d.(map[string]any)["target"].(float64))
		}
		return targets, body["more"].(bool)
	}
	if list, more := look(); len(list) != most || more || list[0] != 1 {
		t.Errorf("%d duties from %v, more %t", len(list), list[0], more)
	}
	exec(t, c.h, `insert into duties (prison_id, area_id, ledger, period, target, duty_id, starts_at, ends_at, due_at, planned_due_at, day)
		select prison_id, area_id, ledger, period, $1, gen_random_uuid(), at, at, at, at, at::date from (select *, now() + $1 * interval '1 second' as at from duties where target = 1) d`, most+1)
	if list, more := look(); len(list) != most || !more || list[0] != 2 || list[most-1] != most+1 {
		t.Errorf("%d duties from %v to %v, more %t", len(list), list[0], list[len(list)-1], more)
	}
}
