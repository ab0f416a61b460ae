package housetest_test

import (
	"context"
	"errors"
	"fmt"
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

// notices says that the verifier finds each change, by its name, and nothing once it is put back:
// the statement that changes, and the one that undoes it.
func (s *scene) notices(t *testing.T, changes map[string][2]string) {
	t.Helper()
	for name, sql := range changes {
		if _, err := s.Owner.Exec(t.Context(), sql[0]); err != nil {
			t.Fatal(name, err)
		}
		if r := s.verify(t); len(r.Problems) == 0 {
			t.Errorf("%s was changed and nobody sees it", name)
		}
		if _, err := s.Owner.Exec(t.Context(), sql[1]); err != nil {
			t.Fatal(name, err)
		}
	}
	if r := s.verify(t); len(r.Problems) > 0 {
		t.Errorf("put back: %+v", r.Problems)
	}
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
