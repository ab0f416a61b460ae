package housetest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// TestYearsOfBulletins: a bulletin is of this year, or of one for which a batch is planned, and the days
// of a batch are of its year or the ones beside it.
func TestYearsOfBulletins(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	j.screened(j.begin("area head", j.h.Area, "area"))
	year := j.clock.Now().In(catalog.Zone).Year()
	for _, y := range []int{-5, 0, 2000, year - 1, year + 1, 3000, 1 << 40} {
		if _, err := j.h.Cases.Draw(j.as("bureau office"), y); fault.CodeOf(err) != "bad_case" {
			t.Errorf("drawn of %d: %v", y, err)
		}
		if _, err := j.h.Cases.Issue(j.as("bureau office"), y, "sha256:0", ledger.Idem{}); fault.CodeOf(err) != "bad_case" {
			t.Errorf("issued of %d: %v", y, err)
		}
		if _, err := j.h.Cases.Bulletin(j.as("bureau office"), y, 1); fault.CodeOf(err) != "not_found" {
			t.Errorf("read of %d: %v", y, err)
		}
		if _, err := j.h.Cases.Acknowledge(j.as("head of the custody line"), y, 1, custody, ledger.Idem{}); fault.CodeOf(err) != "not_found" {
			t.Errorf("acknowledged of %d: %v", y, err)
		}
	}
	plan := func(year, n int, closes, from, to string) error {
		_, err := j.h.Cases.Plan(j.as("bureau office"), accreditation.Planned{Year: year, Batch: 7, N: n, Level: "area", ClosesOn: closes, From: from, To: to}, ledger.Idem{})
		return err
	}
	of := func(year int, rest string) string { return fmt.Sprintf("%d-%s", year, rest) }
	for what, err := range map[string]error{
		"a century ago":      plan(year, 0, "1901-01-01", "1901-02-01", "1901-03-01"),
		"a window of years":  plan(year, 0, of(year, "01-01"), of(year, "02-01"), of(year+2, "03-01")),
		"a year of no plan":  plan(year+30, 0, of(year, "01-01"), of(year, "02-01"), of(year, "03-01")),
		"of years ago":       plan(year-2, 0, of(year-2, "01-01"), of(year-2, "02-01"), of(year-2, "03-01")),
		"closed years ago":   plan(year, 0, of(year-2, "12-31"), of(year, "02-01"), of(year, "03-01")),
		"the thirtieth, Feb": plan(year, 0, of(year, "01-01"), of(year, "02-30"), of(year, "03-01")),
	} {
		if fault.CodeOf(err) != "bad_case" {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, n := range []int{-1, 1, 1<<31 - 1, 1 << 31, 1 << 62} {
		if err := plan(year, n, of(year, "01-01"), of(year, "02-01"), of(year, "03-01")); fault.CodeOf(err) != "changed_meanwhile" {
			t.Errorf("seen %d: %v", n, err)
		}
		if _, err := j.h.Cases.Name(j.as("bureau office"), accreditation.Naming{Department: custody, Number: j.post("custody head"), From: j.day(), Reason: "交接", Seen: n}, ledger.Idem{}); fault.CodeOf(err) != "changed_meanwhile" {
			t.Errorf("liaison, seen %d: %v", n, err)
		}
	}
	// Over the turn of the year: next year's batch is planned, and its bulletin drawn.
	if err := plan(year+1, 0, of(year, "12-31"), of(year+1, "01-10"), of(year+2, "01-10")); err != nil {
		t.Fatal(err, refusals(err))
	}
	if d, err := j.h.Cases.Draw(j.as("bureau office"), year+1); err != nil || len(d.Waiting) != 1 {
		t.Errorf("of next year: %+v %v", d.Waiting, err)
	}
}

// TestLastYearsAgain: when last year's bulletin is issued again after this year's first, this year's next
// still names what was revoked since then.
func TestLastYearsAgain(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	// Begun in the first days of a year.
	year := j.clock.Now().In(catalog.Zone).Year() + 1
	j.screened(j.begin("area head", j.h.Area, "area"))
	j.issued(year - 1)
	j.revoked(j.imported(j.h.Other, "area"), lost86...)
	j.until(catalog.DayOf(time.Date(year, 1, 20, 0, 0, 0, 0, catalog.Zone)))
	if first := j.issued(year); len(first.Revoked) != 1 {
		t.Fatalf("revoked %+v", first.Revoked)
	}
	j.days(3)
	if _, err := j.h.Cases.Plan(j.as("bureau office"), accreditation.Planned{Year: year - 1, Batch: 1, Level: "area", ClosesOn: j.day(), From: j.day(), To: j.day()}, ledger.Idem{}); err != nil {
		t.Fatal(err, refusals(err))
	}
	j.issued(year - 1)
	d, err := j.h.Cases.Draw(j.as("bureau office"), year)
	if err != nil || len(d.Revoked) != 1 || len(d.Marks.Revoked) != 0 {
		t.Errorf("revoked %+v, marked %+v: %v", d.Revoked, d.Marks, err)
	}
}

// TestBatchOver: nobody is put into a batch whose window has passed.
func TestBatchOver(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c := j.begin("area head", j.h.Area, "area")
	j.screened(c)
	p := accreditation.Planned{Year: j.clock.Now().In(catalog.Zone).Year(), Batch: 7, Level: "area", ClosesOn: j.day(), From: j.day(), To: j.day()}
	if _, err := j.h.Cases.Plan(j.as("bureau office"), p, ledger.Idem{}); err != nil {
		t.Fatal(err, refusals(err))
	}
	j.days(1)
	if _, err := j.makes("bureau office", c, "batch", "", accreditation.Batch{Year: p.Year, Batch: p.Batch}); !slices.Equal(refusals(err), []string{"over"}) {
		t.Errorf("the day after: %v %v", err, refusals(err))
	}
	j.days(-1)
	j.record("bureau office", c, "batch", "", accreditation.Batch{Year: p.Year, Batch: p.Batch})
}

// TestUnknownDepartment is told at the field that names it.
func TestUnknownDepartment(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	c, _ := j.atBaseline()
	for _, d := range []string{"", "dept_nowhere"} {
		if _, err := j.h.Cases.AskOpinion(j.as("bureau office"), j.h.Prison, c, accreditation.Adding{Department: d, Reason: "涉及本线"}, ledger.Idem{}); fault.CodeOf(err) != "bad_case" || !slices.Equal(refusals(err), []string{"enum"}) {
			t.Errorf("asked %q: %v", d, err)
		}
	}
	if _, err := j.h.Cases.AskOpinion(j.as("bureau office"), uuid.New(), c, accreditation.Adding{Department: custody, Reason: "x"}, ledger.Idem{}); fault.CodeOf(err) != "not_found" {
		t.Errorf("of another prison: %v", err)
	}
}
