package housetest_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// another is a second check of the case, of the same kind.
func (j *journey) another(c, area uuid.UUID, kind string, team ...string) (uuid.UUID, error) {
	return j.openAs(j.as("bureau office"), c, area, kind, team...)
}

func (j *journey) openAs(ctx context.Context, c, area uuid.UUID, kind string, team ...string) (uuid.UUID, error) {
	x, err := j.h.Inspection.OpenCheck(ctx, j.h.Prison, inspection.NewCheck{Area: area, Case: &c, Kind: kind, FromDay: j.day(),
		ToDay: j.day(), Purpose: "另行考核", Team: j.team(team...)}, ledger.Idem{})
	return x.ID, err
}

var ofThree = []string{"inspector", "yi inspector", "bing inspector"}

// atBaseline takes the house's area into its baseline check and returns case and check.
func (j *journey) atBaseline() (c, base uuid.UUID) {
	j.t.Helper()
	c = j.begin("area head", j.h.Area, "area")
	j.screened(c)
	j.batch(c)
	base = j.open(c, j.h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	return c, base
}

// onSite takes it on to its acceptance.
func (j *journey) onSite() uuid.UUID {
	j.t.Helper()
	c, base := j.atBaseline()
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	return c
}

func (j *journey) cancelled(check uuid.UUID) {
	j.t.Helper()
	if _, err := j.h.Inspection.Cancel(j.as("bureau office"), j.h.Prison, check, "改期", ledger.Idem{}); err != nil {
		j.t.Fatal(err)
	}
}

// TestOneSheetOfRound: the sheet that fails is not set aside by opening another check; only a
// cancelled one makes room. A team is of three, and what is only prepared is not confirmed.
func TestOneSheetOfRound(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	area := j.h.Area
	c := j.begin("area head", area, "area")
	j.screened(c)
	j.batch(c)
	_, err := j.another(c, area, inspection.Baseline, "inspector", "yi inspector")
	wants(t, "a team of two", err, "bad_check")
	for _, kind := range []string{inspection.Baseline, inspection.OnSite, inspection.LookBack, inspection.Recheck} {
		_, err := j.h.Inspection.OpenCheck(j.as("bureau office"), j.h.Prison, inspection.NewCheck{Area: area, Kind: kind, FromDay: j.day(), ToDay: j.day(), Purpose: "考核", Team: j.team(ofThree...)}, ledger.Idem{})
		wants(t, kind+" of no case", err, "bad_check")
	}
	first := j.open(c, area, inspection.Baseline)
	_, err = j.another(c, area, inspection.Baseline, ofThree...)
	wants(t, "a second that is prepared", err, "case_checked")
	_, err = j.h.Inspection.Confirm(j.as("inspector"), j.h.Prison, first, 1, catalog.DayOf(j.clock.Now().AddDate(0, 1, 0)), ledger.Idem{})
	wants(t, "confirmed before the step begins", err, "case_forbids")
	j.cancelled(first)
	base := j.open(c, area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	j.confirm(base, lost80...)
	_, err = j.another(c, area, inspection.Baseline, ofThree...)
	wants(t, "beside a confirmed baseline", err, "case_checked")
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Reason: "如期", Cites: j.opined(c, "on_time")})
	office := j.as("bureau office")
	onlyOne(t, func() error { _, err := j.openAs(office, c, area, inspection.OnSite, ofThree...); return err },
		func() error { _, err := j.openAs(office, c, area, inspection.OnSite, ofThree...); return err })
	site := j.whole("bureau office", c).Check
	j.confirm(site, lost86...)
	_, err = j.another(c, area, inspection.OnSite, ofThree...)
	wants(t, "beside a confirmed sheet that fails", err, "case_checked")
	j.closed(site)
	_, err = j.another(c, area, inspection.OnSite, ofThree...)
	wants(t, "beside a closed sheet that fails", err, "case_checked")
	if out := j.act("bureau office", c, accreditation.Act{Event: "close"}); out.State != "NOT_PASSED" {
		t.Errorf("914 of 950: %s", out.State)
	}
}

// TestSheetIsOfItsRound: an acceptance of before the case was sent back, or of before a new
// baseline, is not the sheet of the round after it.
func TestSheetIsOfItsRound(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]func(j *journey, c uuid.UUID){
		"sent back": func(j *journey, c uuid.UUID) {
			site := j.open(c, j.h.Area, inspection.OnSite)
			j.confirm(site)
			j.closed(site)
			j.act("bureau office", c, accreditation.Act{Event: "close"})
			j.meeting("party secretary", c, "send_back")
			j.act("party secretary", c, accreditation.Act{Event: "send_back", Reason: "资料不全"})
		},
		"baseline anew": func(j *journey, c uuid.UUID) {
			site := j.open(c, j.h.Area, inspection.OnSite)
			j.confirm(site)
			j.days(91)
			base := j.open(c, j.h.Area, inspection.Baseline)
			j.act("bureau office", c, accreditation.Act{Event: "baseline_anew"})
			j.confirm(base)
			j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
			if _, err := j.h.Inspection.Close(j.as("bureau office"), j.h.Prison, site, ledger.Idem{}); err != nil {
				j.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := onRoad(t)
			c := j.onSite()
			back(j, c)
			if w := j.whole("bureau office", c); w.State != "ON_SITE" || w.Check != uuid.Nil || w.Score != "" {
				t.Errorf("%s: the old sheet is back: %s %s", w.State, w.Check, w.Score)
			}
			j.refused("bureau office", c, accreditation.Act{Event: "close"}, "confirmed", "appeals_over", "closed", "record")
			site := j.open(c, j.h.Area, inspection.OnSite)
			j.confirm(site)
			j.closed(site)
			if out := j.act("bureau office", c, accreditation.Act{Event: "close"}); out.State != "PARTY_REVIEW" {
				t.Errorf("with its own sheet: %s", out.State)
			}
			verified(t, j.h)
		})
	}
}

// TestCarryIsOfCase: a prison that holds both titles has two roads: what the look-back of one
// lost is not taken off the re-check of the other, on the sheet as on the road.
func TestCarryIsOfCase(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	standard := j.lookedBack(j.imported(uuid.Nil, "standard"), loss{"P-YJ-02.room", 1})
	back := j.whole("bureau office", standard).Check
	j.closed(back)
	carried := j.act("bureau office", standard, accreditation.Act{Event: "close"}).Carry
	if carried == "0" {
		t.Fatal("nothing was lost")
	}
	title := j.imported(uuid.Nil, "demonstration")
	demonstration, err := j.h.Cases.TakeUp(j.as("bureau office"), j.h.Prison, title.ID, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range map[uuid.UUID]string{demonstration.ID: "0", standard: carried} {
		j.record("bureau office", c, "grave", "", accreditation.Note{Day: j.day(), Text: "重大事件"})
		check := j.open(c, uuid.Nil, inspection.Recheck)
		out := j.act("bureau office", c, accreditation.Act{Event: "recheck_early", Reason: "重大事件"})
		j.confirm(check)
		run, err := j.h.Inspection.Whole(j.as("bureau office"), j.h.Prison, check)
		if err != nil {
			t.Fatal(err)
		}
		r, same, err := j.h.Assessment.Run(j.as("bureau office"), j.h.Prison, *run.Run)
		if err != nil || !same {
			t.Fatalf("%v %v", same, err)
		}
		var sheet scoring.Sheet
		if err := json.Unmarshal(r.Sheet, &sheet); err != nil {
			t.Fatal(err)
		}
		got := "0"
		if sheet.Carry != nil {
			got = sheet.Carry.Deducted.String()
		}
		if got != want || out.Carry != want {
			t.Errorf("%s: the sheet carries %q, the road %s", out.Level, got, out.Carry)
		}
	}
}

// TestTitleNeedsSecond: who enters a title from before does not make it count, by no way.
func TestTitleNeedsSecond(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	in := accreditation.Imported{Area: h.Area, Level: "area", Wording: "规范化监区", DocumentNo: "旧发1号", NamedOn: j.day(), Body: "省局"}
	enter := func() (accreditation.Title, error) {
		return h.Cases.Import(j.as("bureau office"), h.Prison, in, ledger.Idem{})
	}
	decide := func(who string, title accreditation.Title, verdict, reason string) error {
		_, err := h.Cases.Decide(j.as(who), h.Prison, title.ID, verdict, reason, ledger.Idem{})
		return err
	}
	_, err := enter()
	wants(t, "of today", err, "bad_title")
	in.NamedOn = catalog.DayOf(j.clock.Now().AddDate(-1, 0, 0))
	title, err := enter()
	if err != nil || title.Standing {
		t.Fatalf("%+v %v", title, err)
	}
	if n := j.eligible("standard", "").Ratios[0].Passed; n != 0 {
		t.Errorf("%d areas passed by one person's word", n)
	}
	_, err = h.Cases.TakeUp(j.as("bureau office"), h.Prison, title.ID, ledger.Idem{})
	wants(t, "taken up while it waits", err, "title_gone")
	wants(t, "by who entered it", decide("bureau office", title, "confirmed", ""), "own_title")
	wants(t, "by the prison", decide("prison office", title, "confirmed", ""), "forbidden")
	wants(t, "refused without a reason", decide("second bureau office", title, "refused", ""), "bad_title")
	if _, err := h.Owner.Exec(t.Context(), `insert into title_decisions (prison_id, title_id, added_by, verdict, reason, decided_by, salt)
		select prison_id, title_id, added_by, 'confirmed', '', added_by, salt from titles`); err == nil || !strings.Contains(err.Error(), "title_decisions_other") {
		t.Errorf("past the use case: %v", err)
	}
	list, _, err := h.Cases.Register(j.as("second bureau office"))
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	if diff := cmp.Diff([]string{"confirm", "refuse"}, list[0].Actions); diff != "" {
		t.Error(diff)
	}
	// Refused, it is held by nobody: it may be entered as it should be.
	if err := decide("second bureau office", title, "refused", "文号不符"); err != nil {
		t.Fatal(err)
	}
	wants(t, "decided twice", decide("second bureau office", title, "confirmed", ""), "already_decided")
	in.DocumentNo = "旧发2号"
	if title, err = enter(); err != nil {
		t.Fatal(err)
	}
	// A case that was begun meanwhile comes first.
	c := j.begin("area head", h.Area, "area")
	wants(t, "while a case is open", decide("second bureau office", title, "confirmed", ""), "case_open")
	in.Level = "area"
	_, err = enter()
	wants(t, "entered while a case is open", err, "case_open")
	j.ask("area head", c, "withdraw")
	j.act("prison office", c, accreditation.Act{Event: "withdraw", Reason: "已有称号"})
	if err := decide("second bureau office", title, "confirmed", ""); err != nil {
		t.Fatal(err)
	}
	if n := j.eligible("standard", "").Ratios[0].Passed; n != 1 {
		t.Errorf("%d areas passed", n)
	}
	s := verified(t, h)
	if _, err := h.Owner.Exec(t.Context(), "update title_decisions set verdict = 'confirmed', reason = ''"); err != nil {
		t.Fatal(err)
	}
	if r := s.verify(t); len(r.Problems) == 0 {
		t.Error("a decision on a title was changed and nobody sees it")
	}
}

// TestTeamsEndWithCase: a case that is withdrawn, or begins its baseline anew, ends the rights of
// the teams it has no use for; what was open is cancelled and stays to be read.
func TestTeamsEndWithCase(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.onSite()
	site := j.open(c, j.h.Area, inspection.OnSite)
	j.days(91)
	base := j.open(c, j.h.Area, inspection.Baseline)
	rights := func(check uuid.UUID) (n int) {
		t.Helper()
		if err := j.h.Owner.QueryRow(t.Context(), "select count(*) from check_members m join grants g using (prison_id, grant_id) where m.check_id = $1 and g.until_at > $2", check, j.clock.Now()).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	state := func(check uuid.UUID) string {
		t.Helper()
		w, err := j.h.Inspection.Whole(j.as("bureau office"), j.h.Prison, check)
		if err != nil {
			t.Fatal(err)
		}
		return w.State
	}
	j.act("bureau office", c, accreditation.Act{Event: "baseline_anew"})
	if state(site) != "cancelled" || rights(site) != 0 || state(base) != "open" || rights(base) != 3 {
		t.Errorf("anew: the acceptance is %s with %d rights, the baseline %s with %d", state(site), rights(site), state(base), rights(base))
	}
	j.ask("area head", c, "withdraw")
	j.act("prison office", c, accreditation.Act{Event: "withdraw", Reason: "条件不成熟"})
	if state(base) != "cancelled" || rights(base) != 0 {
		t.Errorf("withdrawn: the baseline is %s with %d rights", state(base), rights(base))
	}
	verified(t, j.h)
}
