package housetest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

// TestBulletin is written from the cases alone and equals what SQL finds; the baseline check
// begins once the case stands in it.
func TestBulletin(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	area := j.begin("area head", h.Area, "area")
	j.screened(area)
	b := j.planned("area")
	draw := func() accreditation.Drawn {
		t.Helper()
		d, err := h.Cases.Draw(j.as("bureau office"), b.Year)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := draw(); len(d.Waiting) != 1 || d.Counts.Units != 1 || d.Issue != 1 || !slices.Contains(d.To, custody) {
		t.Errorf("with one that waits: %+v", d)
	}
	if _, err := j.makes("bureau office", area, "batch", "", accreditation.Batch{Year: b.Year, Batch: 9}); !slices.Equal(refusals(err), []string{"enum"}) {
		t.Errorf("a batch that nobody planned: %v", err)
	}
	gone := accreditation.Planned{Year: b.Year, Batch: 8, Level: "area", ClosesOn: catalog.DayOf(j.clock.Now().AddDate(0, 0, -1)), From: j.day(), To: j.day()}
	if _, err := h.Cases.Plan(j.as("bureau office"), gone, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := j.makes("bureau office", area, "batch", "", accreditation.Batch{Year: b.Year, Batch: 8}); !slices.Equal(refusals(err), []string{"closed"}) {
		t.Errorf("a batch that had closed: %v", err)
	}
	j.record("bureau office", area, "batch", "", b)
	j.open(area, h.Area, inspection.Baseline)
	j.refused("bureau office", area, accreditation.Act{Event: "baseline"}, "batch_issued")

	seen := draw()
	office := j.as("bureau office")
	if _, err := h.Cases.Issue(j.as("prison office"), b.Year, seen.Digest.String(), ledger.Idem{}); err == nil {
		t.Error("a prison issues the bulletin")
	}
	if _, err := h.Cases.Issue(office, b.Year, "sha256:00", ledger.Idem{}); !fault.Is(err, fault.Stale) {
		t.Errorf("issued unseen: %v", err)
	}
	j.twice("issue", func() error {
		_, err := h.Cases.Issue(office, b.Year, seen.Digest.String(), ledger.Idem{})
		return err
	}, "bulletin_same", "changed_meanwhile")
	x, err := h.Cases.Bulletin(j.as(headOfCustody), b.Year, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(seen.Bulletin, x.Bulletin); diff != "" || x.Digest != seen.Digest || !x.Newest || x.Marks != nil {
		t.Errorf("issued is what was seen: %s", diff)
	}
	// The oracle: the cases that have applied, with the batch of their last record.
	rows, err := h.Owner.Query(t.Context(), `select c.case_id, convert_from(r.body, 'UTF8')::jsonb->>'batch' from cases c join case_records r using (prison_id, case_id)
		where r.kind = 'batch' and c.state not in ('DRAFT', 'WITHDRAWN')`)
	if err != nil {
		t.Fatal(err)
	}
	type unit struct {
		ID    uuid.UUID
		Batch string
	}
	want, err := pgx.CollectRows(rows, pgx.RowToStructByPos[unit])
	if err != nil {
		t.Fatal(err)
	}
	var got []unit
	for _, p := range x.Batches {
		for _, u := range p.Units {
			got = append(got, unit{u.Case, string(rune('0' + p.Batch))})
			if u.Kind != "ordinary" || u.Level != "area" || !strings.Contains(u.Name.ZH, "监区") {
				t.Errorf("%+v", u)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || x.Counts.Units != len(want) || x.Counts.Kinds["ordinary"] != 1 {
		t.Errorf("not the oracle's: %s %+v", diff, x.Counts)
	}
	j.act("bureau office", area, accreditation.Act{Event: "baseline"})
	w := j.whole("bureau office", area)
	if last := w.Events[len(w.Events)-1]; !strings.Contains(string(last.Detail), x.Digest.String()) {
		t.Errorf("the act does not bear the bulletin: %s", last.Detail)
	}
	verified(t, h)
	if _, err := h.Owner.Exec(t.Context(), "update bulletins set issued_by = issued_by"); err == nil {
		t.Error("an issue was changed")
	}
	for who, reads := range map[string]bool{"bureau leader": true, "prison office": true, "officer": false, "area head": false} {
		if _, err := h.Cases.Bulletin(j.as(who), b.Year, 1); (err == nil) != reads {
			t.Errorf("%s reads: %v", who, err)
		}
	}
}

// TestReissueMarks marks in the next issue what is otherwise: units added, moved and withdrawn, a
// batch changed, a title revoked since.
func TestReissueMarks(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	area := j.begin("area head", h.Area, "area")
	j.screened(area)
	b := j.planned("area")
	j.record("bureau office", area, "batch", "", b)
	first := j.issued(b.Year)
	if d, err := h.Cases.Draw(j.as("bureau office"), b.Year); err != nil || d.May || !d.Marks.Empty() {
		t.Errorf("nothing is otherwise: %+v %v", d.Marks, err)
	}
	if _, err := h.Cases.Issue(j.as("bureau office"), b.Year, first.Digest.String(), ledger.Idem{}); fault.CodeOf(err) != "bulletin_same" {
		t.Errorf("the same again: %v", err)
	}
	// The window moves, a second batch comes, and the unit goes into it.
	p := accreditation.Planned{Year: b.Year, Batch: b.Batch, N: 1, Level: "area", ClosesOn: j.day(), From: j.day(), To: catalog.DayOf(j.clock.Now().AddDate(1, 0, 0))}
	office := j.as("bureau office")
	j.twice("plan", func() error {
		_, err := h.Cases.Plan(office, p, ledger.Idem{})
		return err
	}, "changed_meanwhile")
	p.Batch, p.N = 5, 0
	if _, err := h.Cases.Plan(j.as("bureau office"), p, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	j.record("bureau office", area, "batch", "", accreditation.Batch{Year: b.Year, Batch: 5})
	// A title of before is taken from another unit meanwhile.
	title, err := h.Cases.Import(j.as("bureau office"), h.Prison, accreditation.Imported{Area: j.place[0].Kitchen, Level: "area", Wording: "规范化监区", DocumentNo: "旧发1号", NamedOn: "2022-03-18", Body: "省局"}, ledger.Idem{})
	if err == nil {
		_, err = h.Cases.Decide(j.as("second bureau office"), h.Prison, title.ID, "confirmed", "", ledger.Idem{})
	}
	if err != nil {
		t.Fatal(err)
	}
	j.owns(`insert into title_acts (prison_id, title_id, act_id, act, on_day, document_no, reason, acted_by, salt, recorded_at)
		values ($1, $2, gen_random_uuid(), 'revoked', $3::text::date, '局发9号', '复查低于通过分数线', $4, sha256('x'), $5)`, h.Prison, title.ID, j.day(), h.Person("bureau office").PersonID, j.clock.Now())
	j.clock.Advance(1e9)
	second := j.issued(b.Year)
	one, five := 1, 5
	want := accreditation.Marks{Against: 1, Batches: []accreditation.PartMark{
		{Batch: 1, Change: "changed", Before: &accreditation.BulletinPart{Batch: 1, Level: "area", ClosesOn: first.Batches[0].ClosesOn, From: first.Batches[0].From, To: first.Batches[0].To, Units: []accreditation.BulletinUnit{}}},
		{Batch: 5, Change: "added"}},
		Units:   []accreditation.UnitMark{{Unit: first.Batches[0].Units[0], Change: "changed", From: &one, To: &five}},
		Revoked: []accreditation.EndMark{{Title: second.Revoked[0], Change: "added"}}, To: []accreditation.SentMark{}}
	shown, err := h.Cases.Bulletin(j.as("bureau office"), b.Year, 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&want, shown.Marks); diff != "" || second.Issue != 2 || second.Revoked[0].Title != title.ID {
		t.Errorf("marks: %s", diff)
	}
	// Who withdraws is marked as gone.
	j.ask("area head", area, "withdraw")
	j.act("prison office", area, accreditation.Act{Event: "withdraw", Reason: "条件不成熟"})
	d, err := h.Cases.Draw(j.as("bureau office"), b.Year)
	if err != nil || len(d.Marks.Units) != 1 || d.Marks.Units[0].Change != "removed" || *d.Marks.Units[0].From != 5 {
		t.Errorf("withdrawn: %+v %v", d.Marks, err)
	}
	if old, err := h.Cases.Bulletin(j.as("bureau office"), b.Year, 1); err != nil || old.Newest || !cmp.Equal(old.Bulletin, first.Bulletin) {
		t.Errorf("the first issue: %v", err)
	}
}

// TestAcknowledged: each department once, by its head or its liaison, of the newest issue; who has
// not is reminded once.
func TestAcknowledged(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	area := j.begin("area head", h.Area, "area")
	j.screened(area)
	b := j.planned("area")
	j.record("bureau office", area, "batch", "", b)
	first := j.issued(b.Year)
	told := func(who, kind string) (n int) {
		t.Helper()
		for _, p := range j.place {
			if err := h.Cases.Tend(t.Context(), p.Prison); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Owner.QueryRow(t.Context(), "select count(*) from notices where person_id = $1 and kind = $2", h.Person(who).PersonID, kind).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	ack := func(who, department string, issue int) error {
		_, err := h.Cases.Acknowledge(j.as(who), b.Year, issue, department, ledger.Idem{})
		return err
	}
	if n := told(headOfCustody, "bulletin_issued"); n != 1 {
		t.Errorf("told %d times", n)
	}
	for what, x := range map[string]struct {
		err  error
		code string
	}{
		"another line": {ack("head of the labour line", custody, 1), "forbidden"},
		"no issue":     {ack(headOfCustody, custody, 2), "not_found"},
	} {
		if fault.CodeOf(x.err) != x.code {
			t.Errorf("%s: %v", what, x.err)
		}
	}
	if err := ack("yi inspector", custody, 1); err == nil {
		t.Error("somebody acknowledges for the department")
	}
	labour, then := j.as("head of the labour line"), j.day()
	j.twice("acknowledge", func() error {
		_, err := h.Cases.Acknowledge(labour, b.Year, 1, "dept_labour", ledger.Idem{})
		return err
	}, "acknowledged")
	number := j.post("yi inspector")
	if _, err := h.Cases.Name(j.as(headOfCustody), accreditation.Naming{Department: custody, Number: number, From: then}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	j.days(10)
	if n := told(headOfCustody, "bulletin_unread"); n != 1 || told(headOfCustody, "bulletin_unread") != 1 || told("head of the labour line", "bulletin_unread") != 0 {
		t.Errorf("reminded %d times", n)
	}
	if err := ack("yi inspector", custody, 1); err != nil {
		t.Errorf("the liaison: %v", err)
	}
	x, err := h.Cases.Bulletin(j.as("bureau office"), b.Year, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range x.Acks {
		if done := a.Department == custody || a.Department == "dept_labour"; done != (a.At != nil) || done != (a.ByName != "") {
			t.Errorf("%+v", a)
		}
	}
	if len(x.Acks) != len(first.To) {
		t.Errorf("%d of %d departments", len(x.Acks), len(first.To))
	}
	// A re-issue is acknowledged anew, and the one before it no more.
	j.ask("area head", area, "withdraw")
	j.act("prison office", area, accreditation.Act{Event: "withdraw", Reason: "条件不成熟"})
	again := j.begin("area head", h.Area, "area")
	j.screened(again)
	j.record("bureau office", again, "batch", "", b)
	j.issued(b.Year)
	if err := ack("head of the education line", "dept_education", 1); fault.CodeOf(err) != "bulletin_replaced" {
		t.Errorf("the issue before: %v", err)
	}
	if err := ack("head of the labour line", "dept_labour", 2); err != nil {
		t.Error(err)
	}
}

// TestDepartmentTasks is made from what was asked, given and acknowledged; nobody types it.
func TestDepartmentTasks(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	w := j.confirmedBaseline()
	mine := func() map[string]string {
		t.Helper()
		list, err := h.Cases.Tasks(j.as(headOfCustody))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, x := range list {
			if x.Mine != (x.Department == custody) {
				t.Errorf("%+v", x)
			}
			if x.Mine {
				out[x.Kind] = x.State
			}
		}
		return out
	}
	if diff := cmp.Diff(map[string]string{"opinion": "open", "bulletin": "open"}, mine()); diff != "" {
		t.Error(diff)
	}
	days := func() (kinds []string) {
		t.Helper()
		list, err := h.Cases.Dates(j.as("bureau office"))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list {
			if d.Department == "" || d.Department == custody {
				kinds = append(kinds, d.Kind)
			}
		}
		slices.Sort(kinds)
		return kinds
	}
	if got := days(); !slices.Equal(got, []string{"closes", "opinion", "timer", "window"}) {
		t.Errorf("the calendar: %v", got)
	}
	if _, err := h.Cases.Acknowledge(j.as(headOfCustody), j.clock.Now().Year(), 1, custody, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	j.days(20)
	if diff := cmp.Diff(map[string]string{"opinion": "overdue", "bulletin": "done"}, mine()); diff != "" {
		t.Error(diff)
	}
	j.record(headOfCustody, w.ID, "opinion", custody, accreditation.Opines{Value: "on_time"})
	if diff := cmp.Diff(map[string]string{"opinion": "done", "bulletin": "done"}, mine()); diff != "" {
		t.Error(diff)
	}
	if got := days(); slices.Contains(got, "opinion") {
		t.Errorf("given, and still in the calendar: %v", got)
	}
	if _, err := h.Cases.Tasks(j.as("area head")); err == nil {
		t.Error("an area reads the tasks of departments")
	}
}
