package housetest_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/overview"
)

// draws is the bulletin of this year as it would be issued now.
func (j *journey) draws() accreditation.Drawn {
	j.t.Helper()
	d, err := j.h.Cases.Draw(j.as("bureau office"), j.clock.Now().In(catalog.Zone).Year())
	if err != nil {
		j.t.Fatal(err)
	}
	return d
}

// enters a title of the past, and lets a second person decide on it; "" lets it wait.
func (j *journey) enters(in accreditation.Imported, verdict string) accreditation.Title {
	j.t.Helper()
	in.Level, in.Wording, in.DocumentNo, in.Body = "area", "规范化监区", "旧发1号", "省局"
	if in.RevokedOn != "" {
		in.OrderNo, in.Reason = "令1号", "复查不合格"
	}
	title, err := j.h.Cases.Import(j.as("bureau office"), j.h.Prison, in, ledger.Idem{})
	if err == nil && verdict != "" {
		title, err = j.h.Cases.Decide(j.as("second bureau office"), j.h.Prison, title.ID, verdict, "查无此事", ledger.Idem{})
	}
	if err != nil {
		j.t.Fatal(err, refusals(err))
	}
	return title
}

// TestRevokedAnnounced: the bulletin names the titles that ended since the last year's, by their day;
// not those that nobody has confirmed, that were refused, or that ended years ago.
func TestRevokedAnnounced(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	ago := func(days int) string { return catalog.DayOf(j.clock.Now().AddDate(0, 0, -days)) }
	if d := j.day()[5:]; d < "01-20" || d > "11-25" {
		j.days(60) // what ended days ago, and what ends in these weeks, is of one year
	}
	j.enters(accreditation.Imported{Area: j.h.Area, NamedOn: "2013-05-01", RevokedOn: "2016-05-01"}, "confirmed")
	j.enters(accreditation.Imported{Area: j.h.Area, NamedOn: "2018-05-01", RevokedOn: ago(3)}, "refused")
	j.enters(accreditation.Imported{Area: j.h.Other, NamedOn: "2018-05-01", RevokedOn: ago(3)}, "")
	if d := j.draws(); len(d.Revoked) != 0 || d.May {
		t.Errorf("announced: %+v", d.Revoked)
	}
	ended := j.enters(accreditation.Imported{Area: j.place[0].Kitchen, NamedOn: "2018-05-01", RevokedOn: ago(3)}, "confirmed")
	taken := j.imported(j.h.Area, "area")
	j.revoked(taken, lost86...)
	d := j.draws()
	var got []uuid.UUID
	for _, r := range d.Revoked {
		got = append(got, r.Title)
	}
	if !slices.Equal(got, []uuid.UUID{ended.ID, taken.ID}) {
		t.Errorf("revoked %+v", d.Revoked)
	}
	// A year of nothing but revocations is announced too.
	if !d.May || d.Counts.Units != 0 {
		t.Fatalf("it may not be issued: %+v", d.Counts)
	}
	if x := j.issued(d.Year); len(x.Revoked) != 2 {
		t.Errorf("issued %+v", x.Revoked)
	}
	if d := j.draws(); d.May || !d.Marks.Empty() {
		t.Errorf("nothing is otherwise: %+v", d.Marks)
	}
}

// TestReissueSays: an issue is followed by another when a department is concerned that was not, and when
// all who had applied have gone.
func TestReissueSays(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	area := j.begin("area head", j.h.Area, "area")
	j.screened(area)
	owner := j.h.Cases.Owner
	j.h.Cases.Owner = func(l string) string {
		if owner(l) == "dept_labour" {
			return custody
		}
		return owner(l)
	}
	b := j.planned("area")
	j.record("bureau office", area, "batch", "", b)
	j.issued(b.Year)
	j.h.Cases.Owner = owner
	d := j.draws()
	if diff := cmp.Diff([]accreditation.SentMark{{Department: "dept_labour", Change: "added"}}, d.Marks.To); diff != "" || !d.May {
		t.Errorf("a department more: %s", diff)
	}
	j.issued(b.Year)
	j.ask("area head", area, "withdraw")
	j.act("prison office", area, accreditation.Act{Event: "withdraw", Reason: "条件不成熟"})
	if d = j.draws(); !d.May || d.Counts.Units != 0 {
		t.Errorf("all have gone: %+v", d.Marks)
	}
	j.issued(b.Year)
}

// TestReturnedLosesBatch: an application that was sent back is in no batch when it comes again, and
// stands in the bulletin as one that waits.
func TestReturnedLosesBatch(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	area := j.begin("area head", h.Area, "area")
	j.selfCheck(h.Area)
	submit := func() {
		j.ask("area head", area, "submit")
		j.act("prison office", area, accreditation.Act{Event: "submit"})
	}
	submit()
	p := accreditation.Planned{Year: j.clock.Now().In(catalog.Zone).Year(), Batch: 1, Level: "area", ClosesOn: j.day(), From: j.day(), To: j.day()}
	if _, err := h.Cases.Plan(j.as("bureau office"), p, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	j.record("bureau office", area, "batch", "", accreditation.Batch{Year: p.Year, Batch: 1})
	j.act("bureau office", area, accreditation.Act{Event: "return", Reason: "材料不全"})
	j.days(1)
	submit()
	j.act("bureau office", area, accreditation.Act{Event: "screen"})
	d, err := h.Cases.Draw(j.as("bureau office"), p.Year)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Waiting) != 1 || len(d.Batches[0].Units) != 0 {
		t.Errorf("waiting %+v, in the closed batch %+v", d.Waiting, d.Batches[0].Units)
	}
	j.issued(p.Year)
	j.open(area, h.Area, inspection.Baseline)
	j.refused("bureau office", area, accreditation.Act{Event: "baseline"}, "batch_issued")
	p.Batch, p.ClosesOn, p.From, p.To = 2, j.day(), j.day(), j.day()
	if _, err := h.Cases.Plan(j.as("bureau office"), p, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	j.record("bureau office", area, "batch", "", accreditation.Batch{Year: p.Year, Batch: 2})
	j.issued(p.Year)
	j.act("bureau office", area, accreditation.Act{Event: "baseline"})
}

// TestApplicantsOfYear: who applied this year, whenever it was begun and whatever became of it; not who
// withdrew, and by the day of the province.
func TestApplicantsOfYear(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	shown := func() (list []uuid.UUID) {
		t.Helper()
		lines, err := h.Overview.Lines(j.as("head of the custody line"))
		if err != nil || len(lines) != 1 {
			t.Fatalf("%+v %v", lines, err)
		}
		for _, a := range lines[0].Applicants {
			list = append(list, a.Case)
		}
		return list
	}
	next := catalog.DayOf(j.clock.Now())[:4]
	j.until(next + "-12-31")
	c := j.begin("area head", h.Area, "area")
	j.selfCheck(h.Area)
	// Seven in the morning of New Year's Day is another day by the clock of the world.
	j.clock.Advance(19 * 3600e9)
	if day := j.day(); day[4:] != "-01-01" {
		t.Fatal(day)
	}
	j.ask("area head", c, "submit")
	j.act("prison office", c, accreditation.Act{Event: "submit"})
	if got := shown(); !slices.Equal(got, []uuid.UUID{c}) {
		t.Errorf("applied on New Year's morning: %v", got)
	}
	j.act("bureau office", c, accreditation.Act{Event: "screen"})
	j.batch(c)
	base := j.open(c, h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	j.accepted(c)
	j.meeting("party secretary", c, "agree")
	j.act("party secretary", c, accreditation.Act{Event: "agree", Document: "局发〔2026〕1号", DocumentOn: j.day()})
	if got := shown(); !slices.Equal(got, []uuid.UUID{c}) {
		t.Errorf("named this year: %v", got)
	}
	gone := j.begin("area head elsewhere", h.Other, "area")
	if _, err := h.Assessment.Keep(j.as("area head elsewhere"), h.Prison, h.Other, "self_check", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	j.ask("area head elsewhere", gone, "submit")
	j.act("prison office", gone, accreditation.Act{Event: "submit"})
	j.ask("area head elsewhere", gone, "withdraw")
	j.act("prison office", gone, accreditation.Act{Event: "withdraw", Reason: "条件不成熟"})
	if got := shown(); !slices.Equal(got, []uuid.UUID{c}) {
		t.Errorf("one withdrew: %v", got)
	}
}

// TestUncounted: a title that waits for its second person, and one that was refused, are in no figure:
// no batch, no point of the line, no pace.
func TestUncounted(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	see := func() overview.Province {
		t.Helper()
		p, err := j.h.Overview.Province(j.as("bureau leader"), "")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	j.imported(uuid.Nil, "standard")
	want := see()
	enter := func(prison uuid.UUID, verdict string) {
		t.Helper()
		title, err := j.h.Cases.Import(j.as("bureau office"), prison, accreditation.Imported{Level: "standard", Wording: "规范化达标监狱", DocumentNo: "误录1号", NamedOn: "2003-05-01", Body: "省厅"}, ledger.Idem{})
		if err == nil && verdict != "" {
			_, err = j.h.Cases.Decide(j.as("second bureau office"), prison, title.ID, verdict, "录入有误", ledger.Idem{})
		}
		if err != nil {
			t.Fatal(err, fault.CodeOf(err))
		}
	}
	enter(j.place[1].Prison, "refused")
	enter(j.place[2].Prison, "")
	got := see()
	if len(got.Batches) != 1 || len(want.Batches) != 1 || len(got.Series) != len(want.Series) {
		t.Errorf("%d batches, a line of %d months, not %d", len(got.Batches), len(got.Series), len(want.Series))
	}
	for i, x := range got.Targets {
		if of := want.Targets[i]; (x.Forecast == nil) != (of.Forecast == nil) || x.Forecast != nil && *x.Forecast != *of.Forecast || x.ReachedOn != of.ReachedOn {
			t.Errorf("%s: %+v, not %+v", x.ID, x.Forecast, of.Forecast)
		}
	}
}

// TestBulletinPaper: an issue as a paper says what it says, with what is otherwise in it; printed after it
// was acknowledged, and after a department is called otherwise, it is the same file.
func TestBulletinPaper(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	rename := func(to string) {
		t.Helper()
		if _, err := h.Owner.Exec(t.Context(), "update departments set bureau_zh = $1 where code = 'dept_custody'", to); err != nil {
			t.Fatal(err)
		}
	}
	rename("狱政管理处")
	area := j.begin("area head", h.Area, "area")
	j.screened(area)
	b := j.planned("area")
	j.issued(b.Year)
	j.record("bureau office", area, "batch", "", b)
	j.enters(accreditation.Imported{Area: j.place[0].Kitchen, NamedOn: "2018-05-01", RevokedOn: j.day()}, "confirmed")
	x := j.issued(b.Year)
	guest := serving(t, h, "bureau office").as(t, "bureau office")
	path := fmt.Sprintf("/bulletins/%d/%d/paper", x.Year, x.Issue)
	first := guest.file(t, path)
	if _, err := h.Cases.Acknowledge(j.as(headOfCustody), x.Year, x.Issue, custody, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	rename("狱管处")
	if !bytes.Equal(guest.file(t, path), first) {
		t.Error("printed later it is another file")
	}
	said := strings.NewReplacer(" ", "", "　", "").Replace(strings.Join(onPaper(t, first), ""))
	for _, want := range []string{"年度预验收公告", "第2期", "申报单位共1个", "普通监区1个", "第1批", "甲监狱监区", "取消称号", "令1号", "与第1期相比的变化", "由待定批次改为第1批", "发送", "狱政管理处", x.Digest.String()[:20]} {
		if !strings.Contains(said, want) {
			t.Errorf("the paper does not say %q: %s", want, said)
		}
	}
}
