package housetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

const talk = "individual-talk"

// talked files a talk with an inmate, in an area, in the name of the program: what
// is filled in is not the subject here.
func talked(t *testing.T, h *housetest.House, area uuid.UUID, at time.Time, numbers ...string) ledger.Entry {
	t.Helper()
	e := ledger.Entry{Key: ledger.Key{Prison: h.Prison, Entry: uuid.New()}, Area: area, Ledger: talk, Day: catalog.DayOf(at), OccurredAt: &at}
	exec(t, h, `insert into entries (prison_id, entry_id, area_id, ledger, version, level, author, state, revision, counts, occurred_at, occurred_day, submitted_at, resubmitted_at)
		values ($1, $2, $3, $4, 1, 'L2', $5, 'submitted', $6, true, $7, $8::text::date, $7, $7)`, h.Prison, e.Entry, area, talk, h.Person("officer").PersonID, len(numbers), at, e.Day)
	for i, number := range numbers {
		exec(t, h, `insert into revisions (prison_id, entry_id, revision, version, author, canonical, occurred_at, ledger, salt, digest, nil_return, reason, chain, warnings)
			values ($1, $2, $3, 1, $4, $5, $6, $7, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), false, '', '[]', '[]')`,
			h.Prison, e.Entry, i+1, h.Person("officer").PersonID, mustJSON(t, map[string]string{"inmate_ref": number}), at, talk)
	}
	return e
}

func talkOf(t *testing.T, h *housetest.House, who string, area uuid.UUID, day string) string {
	t.Helper()
	list, err := h.Duty.List(h.As(t.Context(), who), h.Prison, duty.Filter{Areas: []uuid.UUID{area}, Ledgers: []string{talk}, Day: day})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	names := []string{}
	for _, m := range list[0].Missing {
		names = append(names, m.Number[8:]+m.Name)
	}
	return fmt.Sprintf("%s %d/%d %s", list[0].State, list[0].Have, list[0].Target, strings.Join(names, " "))
}

// TestEverybody: what is kept of each inmate is counted by who was filed about, not by
// how many entries there are; who is missing is named to who may look him up.
func TestEverybody(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	now := time.Now().In(catalog.Zone)
	first := time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, catalog.Zone)
	last := catalog.DayOf(first.AddDate(0, 1, -1))
	for _, n := range []string{"01", "02", "03"} {
		exec(t, h, "insert into inmates values ($1, '00000000' || $2, '张' || $2, $3, '2020-01-01', null)", h.Prison, n, h.Area)
	}
	exec(t, h, "insert into inmates values ($1, '0000000004', '张04', $2, '2020-01-01', null)", h.Prison, h.Other)
	if err := h.Duty.PlanWhole(t.Context(), h.Prison, first, first.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	refresh := func() map[string]string {
		t.Helper()
		if err := h.Duty.Refresh(t.Context(), h.Prison, h.Area, talk, last); err != nil {
			t.Fatal(err)
		}
		return sums(t, h, h.Area, talk)
	}
	at := first.AddDate(0, 0, 10)
	says := func(what, list string, facts ...string) {
		t.Helper()
		if got := talkOf(t, h, "officer", h.Area, last); got != list {
			t.Errorf("%s: %s, want %s", what, got, list)
		}
		got := refresh()
		for i, m := range []string{"due", "filled", "ontime", "missing", "unfilled"} {
			if v := got[m]; v != facts[i] {
				t.Errorf("%s: %s %q, want %q", what, m, v, facts[i])
			}
		}
	}
	says("nobody talked to", "missing 0/3 01张01 02张02 03张03", "3", "", "", "3", "3")
	talked(t, h, h.Area, at, "0000000001")
	talked(t, h, h.Area, at.Add(time.Hour), "0000000001")
	talked(t, h, h.Area, at, "0000000004")
	says("one talked to twice, and somebody of another area", "missing 1/3 02张02 03张03", "3", "1", "1", "2", "2")
	if got := talkOf(t, h, "prison office", h.Area, last); got != "missing 1/3 " {
		t.Errorf("named to who may look up nobody: %s", got)
	}
	// By another area of the prison; the log of the entry names him after a correction.
	e := talked(t, h, h.Other, at, "0000000004", "0000000002")
	says("by another area", "missing 2/3 03张03", "3", "2", "2", "1", "1")
	days := touchedBy(t, h, e)
	if want := []string{h.Area.String() + last, h.Other.String() + last}; !slices.Equal(days, slices.Sorted(slices.Values(want))) {
		t.Errorf("touches %v, want %v", days, want)
	}
	talked(t, h, h.Area, now, "0000000003")
	says("in another month", "missing 2/3 03张03", "3", "2", "2", "1", "1")
	talked(t, h, h.Area, at, "0000000003")
	says("everybody", "on_time 3/3 ", "3", "3", "3", "", "")
	// The month is over: who comes or goes changes nothing of it.
	exec(t, h, "update inmates set area_id = $1 where inmate_no = '0000000003'", h.Other)
	exec(t, h, "insert into inmates values ($1, '0000000005', '张05', $2, '2020-01-01', null)", h.Prison, h.Area)
	planned(t, h, 40)
	says("the roll changes later", "on_time 3/3 ", "3", "3", "3", "", "")
}

// TestEverybodyFollows: while its period runs a duty is owed of those on the roll, and
// of who was released in it.
func TestEverybodyFollows(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	exec(t, h, "insert into inmates values ($1, '0000000001', '张01', $2, '2020-01-01', null), ($1, '0000000002', '张02', $2, '2020-01-01', null), ($1, '0000000003', '张03', $2, '2020-01-01', '2020-06-01')", h.Prison, h.Area)
	planned(t, h, 0)
	last := catalog.DayOf(time.Date(time.Now().In(catalog.Zone).Year(), time.Now().In(catalog.Zone).Month()+1, 0, 12, 0, 0, 0, catalog.Zone))
	if got := talkOf(t, h, "officer", h.Area, last); got != "open 0/2 01张01 02张02" {
		t.Error(got)
	}
	exec(t, h, "update inmates set area_id = $1 where inmate_no = '0000000001'", h.Other)
	exec(t, h, "update inmates set released_on = (now() at time zone 'Asia/Shanghai')::date + 1 where inmate_no = '0000000002'")
	exec(t, h, "insert into inmates values ($1, '0000000006', '张06', $2, current_date, null)", h.Prison, h.Area)
	planned(t, h, 0)
	if got := talkOf(t, h, "officer", h.Area, last); got != "open 0/2 02张02 06张06" {
		t.Error(got)
	}
	unfilled, err := h.Duty.List(h.As(t.Context(), "officer"), h.Prison, duty.Filter{Areas: []uuid.UUID{h.Area}, Ledgers: []string{talk}, Day: last, Unfilled: true})
	if err != nil || len(unfilled) != 1 || unfilled[0].Left() != 2 {
		t.Errorf("%+v, %v", unfilled, err)
	}
	raw, err := json.Marshal(unfilled[0])
	if err != nil || !strings.Contains(string(raw), `"missing":[{"inmate_no":"0000000002","name":"张02"}`) {
		t.Errorf("%s, %v", raw, err)
	}
}

// TestFollowsAtOnce: several that plan at once, while people come, go and move, leave
// the roll as it then is, with nobody twice; and what is over stays as it was.
func TestFollowsAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for n := range 9 {
		exec(t, h, "insert into inmates values ($1, $2, '张三', $3, '2020-01-01', null)", h.Prison, fmt.Sprintf("%010d", n+1), h.Area)
	}
	now := time.Now().In(catalog.Zone)
	first := time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, catalog.Zone)
	over, running := catalog.DayOf(first.AddDate(0, 1, -1)), catalog.DayOf(first.AddDate(0, 2, -1))
	if err := h.Duty.PlanWhole(t.Context(), h.Prison, first, now.AddDate(0, 0, 2)); err != nil {
		t.Fatal(err)
	}
	listed := func(area uuid.UUID, day string) string {
		return ask(t, h, `select string_agg(right(o.inmate_no, 2), ' ' order by o.inmate_no) from duty_inmates o join duties d using (prison_id, duty_id)
			where d.ledger = $1 and d.area_id = $2 and d.day = $3::text::date`, talk, area, day)
	}
	before := listed(h.Area, over)
	for round := range 5 {
		var all sync.WaitGroup
		start := make(chan struct{})
		for range 3 {
			all.Go(func() {
				<-start
				if err := h.Duty.Plan(context.WithoutCancel(t.Context()), h.Prison, now, now.AddDate(0, 0, 2)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Go(func() {
			<-start
			exec(t, h, "update inmates set area_id = case area_id when $1 then $2 else $1 end where inmate_no::int % 3 = $3", h.Area, h.Other, round%3)
			exec(t, h, "insert into inmates values ($1, $2, '李四', $3, current_date - 1, null)", h.Prison, fmt.Sprintf("%010d", 20+round), h.Area)
		})
		close(start)
		all.Wait()
		planned(t, h, 0) // whoever was first, the next sees it
		for _, area := range []uuid.UUID{h.Area, h.Other} {
			want := ask(t, h, "select string_agg(right(inmate_no, 2), ' ' order by inmate_no) from inmates where area_id = $1", area)
			if got := listed(area, running); got != want {
				t.Errorf("round %d: owed of %s, on the roll %s", round, got, want)
			}
		}
	}
	if now := listed(h.Area, over); now != before || before == "" {
		t.Errorf("of the month that is over: %s, then %s", before, now)
	}
}

// touchedBy lists where a change of an entry would be reckoned.
func touchedBy(t *testing.T, h *housetest.House, e ledger.Entry) []string {
	t.Helper()
	var list []string
	if err := h.Store.Read(t.Context(), ledger.Session{Prison: h.Prison}, func(r ledger.Reader) error {
		days, err := r.DutyDays(t.Context(), e)
		for _, d := range days {
			list = append(list, d.Area.String()+d.Day)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}
