package housetest_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/assessment"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

// TestAppealHoldsClosing: neither an open appeal nor the time for appeals lets a check
// close; what an appeal changed is in a run that follows, and both are kept.
func TestAppealHoldsClosing(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Mock)
	first := x.find(c, x.finding("YJ-02.missing", 3)) // 15
	second := x.find(c, x.finding("JG-02.video", 2))
	third := x.find(c, x.finding("JG-04.found", 1))
	appeal := func(who string, f uuid.UUID) error {
		_, err := x.Inspection.Appeal(x.as(who), x.Prison, c.ID, f, "设施当日已送修", ledger.Idem{})
		return err
	}
	wants(t, "before the sheet is confirmed", appeal("area head", first), "check_state")
	confirmed := x.confirm(c)
	before := confirmed.Score
	wants(t, "by an officer", appeal("officer", first), "forbidden")
	area := x.as("area head")
	onlyOne(t, func() error {
		_, err := x.Inspection.Appeal(area, x.Prison, c.ID, first, "设施当日已送修", ledger.Idem{})
		return err
	},
		func() error {
			_, err := x.Inspection.Appeal(area, x.Prison, c.ID, first, "设施当日已送修", ledger.Idem{})
			return err
		})
	if err := appeal("prison office", second); err != nil {
		t.Fatal(err)
	}
	closing := func() error {
		_, err := x.Inspection.Close(x.as("bureau office"), x.Prison, c.ID, ledger.Idem{})
		return err
	}
	wants(t, "with two open", closing(), "appeals_open")
	one, two := 1, 3
	decide := func(who string, f uuid.UUID, d inspection.AppealDecision) error {
		d.Reason = "经复核"
		_, err := x.Inspection.DecideAppeal(x.as(who), x.Prison, c.ID, f, d, ledger.Idem{})
		return err
	}
	wants(t, "reduced to more", decide("bureau office", first, inspection.AppealDecision{Verdict: "reduce", Count: &two}), "bad_appeal")
	wants(t, "by the prison", decide("warden", first, inspection.AppealDecision{Verdict: "annul"}), "forbidden")
	office, boss := x.as("bureau office"), x.as("bureau leader")
	onlyOne(t, func() error {
		_, err := x.Inspection.DecideAppeal(office, x.Prison, c.ID, first, inspection.AppealDecision{Verdict: "reduce", Count: &one, Reason: "两处属实其一"}, ledger.Idem{})
		return err
	},
		func() error {
			_, err := x.Inspection.DecideAppeal(boss, x.Prison, c.ID, first, inspection.AppealDecision{Verdict: "annul", Reason: "不成立"}, ledger.Idem{})
			return err
		})
	if err := decide("bureau leader", second, inspection.AppealDecision{Verdict: "annul"}); err != nil {
		t.Fatal(err)
	}
	wants(t, "within the time", closing(), "appeal_time")
	x.later()
	wants(t, "a second appeal", appeal("area head", second), "appeal_there")
	wants(t, "an appeal too late", appeal("area head", third), "appeal_over")
	onlyOne(t, func() error { _, err := x.Inspection.Close(office, x.Prison, c.ID, ledger.Idem{}); return err },
		func() error { _, err := x.Inspection.Close(office, x.Prison, c.ID, ledger.Idem{}); return err })
	w := x.whole(c)
	if w.State != inspection.Closed || len(w.Acts) != 2 || *w.Acts[0].Run == *w.Acts[1].Run || *w.Run != *w.Acts[1].Run || w.Score == before {
		t.Errorf("after the appeals: %s by %v, %s before", w.Score, w.Acts, before)
	}
	for _, a := range w.Acts {
		if run, same, err := x.Assessment.Run(x.as("bureau office"), x.Prison, *a.Run); err != nil || same != assessment.Same || run.Check == nil || *run.Check != c.ID {
			t.Errorf("the %s run: %v %v", a.Kind, same, err)
		}
	}
	// The annulled finding has nothing to be put right.
	states := map[string]string{}
	for _, i := range w.Items {
		states[i.Line] = i.State
	}
	if states["JG-02.video"] == "open" || states["YJ-02.missing"] == "annulled" && w.Findings[0].Appeal.Decision.Verdict == "reduce" {
		t.Errorf("items %v", states)
	}
}

// TestAppealByTeamRefused: whoever was of the team, or asked, does not decide; the
// database says so too.
func TestAppealByTeamRefused(t *testing.T) {
	t.Parallel()
	x := checked(t)
	ctx := t.Context()
	// Of the bureau's office, and called as an inspector besides.
	if _, err := x.Owner.Exec(ctx, "insert into postings (posting_id, person_id, role) values (gen_random_uuid(), $1, 'inspector')", x.Person("second bureau office").PersonID); err != nil {
		t.Fatal(err)
	}
	n := x.newCheck(x.Area, inspection.Joint)
	n.Team = append(n.Team, inspection.NewMember{Person: x.Person("second bureau office").PersonID})
	c, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, n, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	f := x.find(c, x.finding("YJ-02.missing", 1))
	x.confirm(c)
	if _, err := x.Inspection.Appeal(x.as("area head"), x.Prison, c.ID, f, "不属实", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	d := inspection.AppealDecision{Verdict: "uphold", Reason: "属实"}
	_, err = x.Inspection.DecideAppeal(x.as("second bureau office"), x.Prison, c.ID, f, d, ledger.Idem{})
	wants(t, "of the team", err, "forbidden")
	for who, says := range map[string]string{"second bureau office": "of the team", "area head": "appeal_decisions_other"} {
		_, err := x.Owner.Exec(ctx, `insert into appeal_decisions (prison_id, appeal_id, asked_by, verdict, reason, decided_by, salt) select prison_id, appeal_id, asked_by, 'annul', '无', $1, salt from appeals`,
			x.Person(who).PersonID)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s, past the use case: %v", who, err)
		}
	}
	if _, err := x.Inspection.DecideAppeal(x.as("bureau office"), x.Prison, c.ID, f, d, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
}
