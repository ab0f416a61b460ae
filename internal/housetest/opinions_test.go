package housetest_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/accreditation"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

// confirmedBaseline is the house's area in its baseline check, with the sheet confirmed.
func (j *journey) confirmedBaseline(losses ...loss) accreditation.Whole {
	j.t.Helper()
	c, base := j.atBaseline()
	j.confirm(base, losses...)
	return j.whole("bureau office", c)
}

// twice does something twice at once: one is done, the other is told.
func (j *journey) twice(what string, fn func() error, codes ...string) {
	j.t.Helper()
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for n := range errs {
		wait.Go(func() { errs[n] = fn() })
	}
	wait.Wait()
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(fault.CodeOf(a), fault.CodeOf(b)) })
	if errs[0] != nil || !slices.Contains(codes, fault.CodeOf(errs[1])) {
		j.t.Errorf("%s: %v and %v", what, errs[0], errs[1])
	}
}

// TestOpinionForm shows each department the lines that are its own, as the sheet has them, and
// what was found of them; what it was given on stays, and its digest is in the record.
func TestOpinionForm(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	w := j.confirmedBaseline(lost80...)
	of := map[string]int{}
	found, deducted := 0, new(big.Rat)
	for _, o := range w.Opinions {
		f := j.form("bureau office", w.ID, o.Department)
		if len(f.Facts.Lines) == 0 {
			t.Errorf("%s is asked and has no line", o.Department)
		}
		sum := new(big.Rat)
		for _, l := range f.Facts.Lines {
			of[l.Line]++
			sum.Add(sum, l.Deducted.Rat())
		}
		if sum.Cmp(f.Facts.Deducted.Rat()) != 0 {
			t.Errorf("%s: lines cost %s, said %s", o.Department, sum.RatString(), f.Facts.Deducted)
		}
		found += len(f.Facts.Findings)
		for _, x := range f.Facts.Findings {
			if x.Kind != inspection.Baseline || x.Item != "open" || x.DueOn == "" {
				t.Errorf("found: %+v", x)
			}
		}
		deducted.Add(deducted, sum)
	}
	// Every line of the sheet is somebody's, as it stands on the sheet.
	sheet, _, err := j.h.Assessment.Score(j.as("bureau office"), j.h.Prison, j.h.Area)
	if err != nil {
		t.Fatal(err)
	}
	one := j.form("bureau office", w.ID, "dept_custody").Facts
	for _, d := range sheet.Domains {
		for _, ind := range d.Indicators {
			for _, l := range ind.Lines {
				// The informatisation is guided by no department of the bureau.
				if of[l.ID] == 0 && len(ind.Ledgers) > 0 {
					t.Errorf("%s is nobody's line", l.ID)
				}
				if i := slices.IndexFunc(one.Lines, func(x accreditation.LineFact) bool { return x.Line == l.ID }); i >= 0 {
					got := one.Lines[i]
					if !got.Deducted.Equal(l.Deducted) || got.Stands != l.State || got.Times != len(l.Losses) {
						t.Errorf("%s: %+v is not %+v", l.ID, got, l)
					}
				}
			}
		}
	}
	if score := j.form("bureau office", w.ID, "dept_custody").Score; found < 2 || score == nil || !score.Equal(sheet.Score) {
		t.Errorf("%d findings, score %s of %s", found, score, sheet.Score)
	}

	// It is given on what is seen now, and on nothing else.
	who := "head of the custody line"
	_, err = j.makes(who, w.ID, "opinion", "dept_custody", accreditation.Opines{Value: "delay", Reason: "本线问题未整改", Facts: "sha256:00"})
	if !fault.Is(err, fault.Stale) {
		t.Errorf("given on what nobody saw: %v", err)
	}
	if _, err = j.h.Cases.Make(j.as(who), j.h.Prison, w.ID, accreditation.Made{Kind: "opinion", Department: "dept_custody", Body: json.RawMessage(`{"value":"on_time","reason":""}`)}, ledger.Idem{}); !slices.Equal(refusals(err), []string{"required"}) {
		t.Errorf("given on nothing: %v", err)
	}
	before := j.form(who, w.ID, "dept_custody")
	if !before.May || before.Mark != "open" || !before.Mine {
		t.Errorf("before: %+v", before.Owed)
	}
	j.record(who, w.ID, "opinion", "dept_custody", accreditation.Opines{Value: "delay", Reason: "本线问题未整改"})
	after := j.form(who, w.ID, "dept_custody")
	if diff := cmp.Diff(before.Facts, after.Facts); diff != "" || after.Digest != before.Digest || after.May || after.Given == nil || after.Value != "delay" {
		t.Errorf("after: %s %+v", diff, after.Owed)
	}
	var said accreditation.Opines
	if err := json.Unmarshal(after.Given.Body, &said); err != nil || said.Facts != before.Digest {
		t.Errorf("the record does not bear the digest: %s", after.Given.Body)
	}
	scene := verified(t, j.h)
	if _, err := j.h.Owner.Exec(t.Context(), "alter table opinion_facts disable trigger all; update opinion_facts set body = '{}', digest = sha256('{}')"); err != nil {
		t.Fatal(err)
	}
	if r := scene.verify(t); len(r.Problems) != 1 {
		t.Errorf("altered facts: %+v", r.Problems)
	}
}

// TestOpinionLate reminds before the day and once after it; the decision goes on without.
func TestOpinionLate(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	w := j.confirmedBaseline()
	who, custody := "head of the custody line", "dept_custody"
	marks := func() (list []string) {
		t.Helper()
		all, err := h.Cases.Opinions(j.as(who))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range all {
			if o.Mine != (o.Department == custody) {
				t.Errorf("%s is mine: %v", o.Department, o.Mine)
			}
			if o.Mine {
				list = append(list, o.Mark)
			}
		}
		return list
	}
	told := func(who string) (n int) {
		t.Helper()
		if err := h.Cases.Tend(t.Context(), h.Prison); err != nil {
			t.Fatal(err)
		}
		if err := h.Owner.QueryRow(t.Context(), "select count(*) from notices where person_id = $1 and kind = 'case_due' and detail->>'department' = $2", h.Person(who).PersonID, custody).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n, m := told(who), marks(); n != 0 || !slices.Equal(m, []string{"open"}) {
		t.Errorf("at once: told %d, %v", n, m)
	}
	var due string
	for _, o := range w.Opinions {
		if o.Department == custody {
			due = o.DueOn
		}
	}
	j.until(due)
	if n, m := told(who), marks(); n != 1 || !slices.Equal(m, []string{"due_soon"}) {
		t.Errorf("on the day: told %d, %v", n, m)
	}
	// Another department gives its opinion: nobody is told again.
	j.record("head of the education line", w.ID, "opinion", "dept_education", accreditation.Opines{Value: "on_time"})
	if n := told(who); n != 1 {
		t.Errorf("told %d times", n)
	}
	j.refused("bureau office", w.ID, accreditation.Act{Event: "proceed", Cites: []accreditation.Cite{{Department: "dept_education"}}}, "opinions_in")
	j.days(1)
	if n, m := told(who), marks(); n != 2 || !slices.Equal(m, []string{"overdue"}) {
		t.Errorf("after it: told %d, %v", n, m)
	}
	if n := told("bureau office"); n != 1 {
		t.Errorf("the office is told %d times", n)
	}
	if n := told(who); n != 2 {
		t.Errorf("told %d times", n)
	}
	j.days(20)
	j.act("bureau office", w.ID, accreditation.Act{Event: "proceed", Cites: []accreditation.Cite{{Department: "dept_education"}}})
	if m := marks(); !slices.Equal(m, []string{"not_given"}) {
		t.Errorf("decided without: %v", m)
	}
	if _, err := j.makes(who, w.ID, "opinion", custody, accreditation.Opines{Value: "on_time"}); err == nil {
		t.Error("an opinion after the decision")
	}
}

// TestCited wants every opinion cited, and answered in words where the decision differs.
func TestCited(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	w := j.confirmedBaseline()
	var all []accreditation.Cite
	for i, o := range w.Opinions {
		value := "on_time"
		if i == 0 {
			value = "delay"
		}
		j.record("head of the "+o.Department[len("dept_"):]+" line", w.ID, "opinion", o.Department, accreditation.Opines{Value: value, Reason: "本线情况"})
		all = append(all, accreditation.Cite{Department: o.Department})
	}
	act := func(cites []accreditation.Cite) accreditation.Act {
		return accreditation.Act{Event: "proceed", Cites: cites}
	}
	j.refused("bureau office", w.ID, act(nil), "opinions_cited")
	j.refused("bureau office", w.ID, act(all[1:]), "opinions_cited")
	j.refused("bureau office", w.ID, act(all), "opinions_cited") // one says otherwise
	// What is cited was said, once; and only a decision on opinions cites.
	j.refused("bureau office", w.ID, act(append(slices.Clone(all[1:]), all[1])), "twice")
	j.refused("bureau office", w.ID, act(append(slices.Clone(all), accreditation.Cite{Department: "dept_none", Answer: "x"})), "enum")
	j.refused("prison office", w.ID, accreditation.Act{Event: "withdraw", Reason: "条件不成熟", Cites: all[:1]}, "cites")
	answered := slices.Clone(all)
	answered[0].Answer = "  "
	j.refused("bureau office", w.ID, act(answered), "text")
	answered[0].Answer = " 该处所指问题已在摸底中整改 "
	j.act("bureau office", w.ID, act(slices.Clone(answered)))
	answered[0].Answer = "该处所指问题已在摸底中整改" // as it is kept
	w = j.whole("bureau office", w.ID)
	var d struct{ Cites []accreditation.Cite }
	if err := json.Unmarshal(w.Events[len(w.Events)-1].Detail, &d); err != nil || !cmp.Equal(d.Cites, answered) {
		t.Errorf("kept: %s", cmp.Diff(d.Cites, answered))
	}
}

// TestAskOpinion asks a department besides; of two who ask at once one does.
func TestAskOpinion(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	w := j.confirmedBaseline()
	const besides = "dept_party"
	if _, err := h.Owner.Exec(t.Context(), "insert into departments values ($1, '机关党委', 'Party committee')", besides); err != nil {
		t.Fatal(err)
	}
	h.Lines(t)
	in := accreditation.Adding{Department: besides, Reason: "涉及该处室业务"}
	if _, err := h.Cases.AskOpinion(j.as("prison office"), h.Prison, w.ID, in, ledger.Idem{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a prison asks: %v", err)
	}
	if _, err := h.Cases.AskOpinion(j.as("bureau office"), h.Prison, w.ID, accreditation.Adding{Department: "dept_none", Reason: "x"}, ledger.Idem{}); fault.CodeOf(err) != "bad_case" {
		t.Errorf("nobody is asked: %v", err)
	}
	office := j.as("bureau office")
	j.twice("ask", func() error {
		_, err := h.Cases.AskOpinion(office, h.Prison, w.ID, in, ledger.Idem{})
		return err
	}, "opinion_asked")
	who := "head of the " + besides[len("dept_"):] + " line"
	f := j.form(who, w.ID, besides)
	if want := catalog.DayOf(h.Cases.Calendar().AddWorkdays(j.clock.Now(), 10)); !f.May || f.DueOn != want {
		t.Errorf("%+v, due %s", f.Owed, want)
	}
	// It has its own time: the others' is over, and the decision waits for it.
	cites := j.opined(w.ID, "on_time")
	j.act("bureau office", w.ID, accreditation.Act{Event: "proceed", Cites: cites})
	// Who was asked besides is held to the record of asking, in the log as in the table.
	s := verified(t, h)
	for what, sql := range map[string]string{"the day of it": "update opinions set due_on = due_on + 30 where department = $1", "that it was asked": "delete from opinions where department = $1"} {
		tx, err := h.Owner.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var was time.Time
		if err := tx.QueryRow(t.Context(), "select due_on from opinions where department = $1", besides).Scan(&was); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), sql, besides); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := s.verify(t); len(r.Problems) == 0 {
			t.Errorf("%s was changed and nobody sees it", what)
		}
		if _, err := h.Owner.Exec(t.Context(), "insert into opinions (prison_id, case_id, seq, department, due_on) values ($1, $2, $3, $4, $5) on conflict (prison_id, case_id, seq, department) do update set due_on = $5",
			h.Prison, w.ID, f.Seq, besides, was); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOpinionIsOfItsLine: the form is changed by what is the department's, and by nothing else.
func TestOpinionIsOfItsLine(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	w := j.confirmedBaseline()
	forms := func() (list []accreditation.OpinionForm) {
		t.Helper()
		for _, o := range w.Opinions {
			list = append(list, j.form("bureau office", w.ID, o.Department))
		}
		return list
	}
	before := forms()
	if _, err := j.h.Assessment.AddFinding(j.as("inspector"), j.h.Prison, assessment.NewFinding{Area: j.h.Area, Line: "JG-01.riot", Day: j.day(), Count: 1, Note: "现场发现"}, ledger.Idem{}); err != nil {
		t.Fatal(err, refusals(err))
	}
	same, other := 0, 0
	for i, f := range forms() {
		if f.Score == nil || f.Score.Equal(*before[i].Score) {
			t.Errorf("%s: the unit's score is not of today", f.Department)
		}
		mine := slices.ContainsFunc(f.Facts.Lines, func(l accreditation.LineFact) bool { return l.Line == "JG-01.riot" })
		if (f.Digest != before[i].Digest) != mine {
			t.Errorf("%s has the line: %v, and its form changed: %v", f.Department, mine, f.Digest != before[i].Digest)
		}
		if mine {
			other++
			continue
		}
		same++
		who := "head of the " + f.Department[len("dept_"):] + " line"
		if _, err := j.makes(who, w.ID, "opinion", f.Department, accreditation.Opines{Value: "on_time", Facts: before[i].Digest}); err != nil {
			t.Errorf("%s is refused for what is not its line: %v", f.Department, err)
		}
	}
	if same == 0 || other == 0 {
		t.Errorf("%d lines unchanged, %d changed", same, other)
	}
}
