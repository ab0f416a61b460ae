package housetest_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/accreditation"
	"taizhang/internal/guidance"
	"taizhang/internal/ledger"
)

// TestDeedsBesideEvaluation: who evaluates the demonstration effect sees what is on record of the prison,
// and the sheet keeps it as it stood: neither what the maker says of it nor what comes later changes it.
func TestDeedsBesideEvaluation(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	step := guidance.BrandStep{Passed: true, Document: "材料", Content: "正文", Day: dayFrom(-10)}
	brand := func(title string, steps int) {
		t.Helper()
		b, err := h.Guidance.AddBrand(j.as("area head"), h.Prison, guidance.Brand{Area: h.Area, Title: title, Theme: "police"}, step, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		for n := 2; n <= steps; n++ {
			who := "area head"
			if n == 4 || n == 6 {
				who = "bureau office"
			}
			if _, err := h.Guidance.StepBrand(j.as(who), h.Prison, b.ID, n, n-1, step, ledger.Idem{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	brand("样例品牌", 7)
	brand("未完品牌", 2)
	p, err := h.Guidance.AddPractice(j.as("prison office"), h.Prison, guidance.Practice{Title: "样例经验", Content: "做法要点"}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	adopt := func(day int, holds bool) {
		t.Helper()
		a, err := h.Guidance.Adopt(j.as("yi prison office"), h.Person("yi prison office").Postings[0].PrisonID, guidance.Adoption{Practice: p.ID, AdoptedOn: dayFrom(day), Proof: "印发文件已留存"}, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Guidance.Verify(j.as("bureau office"), a.Prison, a.ID, holds, "已核实", ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
	}
	adopt(-3, true)
	adopt(-4, true)
	adopt(-5, false)
	c := j.prisonCase()
	j.atEvaluation(c)
	want := map[string]int{"brands": 2, "brands_done": 1, "practices": 1, "adoptions": 2, "adopters": 1}
	counted := func(list []accreditation.Deed) map[string]int {
		got := map[string]int{}
		for _, d := range list {
			if d.Count > 0 {
				got[d.Fact] = d.Count
			}
		}
		return got
	}
	shown := j.whole("bureau office", c)
	if diff := cmp.Diff(want, counted(shown.Deeds)); diff != "" || len(shown.Deeds) != len(accreditation.DeedsShown) {
		t.Errorf("beside the form: %s", diff)
	}
	if w := j.whole("warden", c); w.Deeds != nil {
		t.Errorf("who does not evaluate: %v", w.Deeds)
	}
	rows := []accreditation.EvaluationRow{}
	for _, x := range accreditation.Evaluations {
		rows = append(rows, accreditation.EvaluationRow{Code: x.Code, Points: *exact(t, "15"), Proof: "附件"})
	}
	r := j.record("bureau office", c, "evaluation", "", accreditation.Evaluation{Rows: rows, Deeds: []accreditation.Deed{{Row: "brands", Fact: "brands_done", Count: 26}}})
	brand("后来的品牌", 7)
	for _, x := range j.whole("second bureau office", c).Records {
		if x.ID != r.ID {
			continue
		}
		var said accreditation.Evaluation
		if err := json.Unmarshal(x.Body, &said); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, counted(said.Deeds)); diff != "" {
			t.Errorf("kept: %s", diff)
		}
	}
	verified(t, h)
}
