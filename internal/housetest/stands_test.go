package housetest_test

import (
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/assessment"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// behind is a sheet with nothing behind its losses, and what was there, in one order.
func behind(sheet *scoring.Sheet) (*scoring.Sheet, []scoring.Ref) {
	var refs []scoring.Ref
	for _, d := range sheet.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				losses := l.Losses
				if l.Override != nil {
					losses = slices.Concat(losses, l.Override.Losses)
				}
				for k := range losses {
					refs = append(refs, losses[k].Refs...)
				}
				for k := range l.Losses {
					l.Losses[k].Refs = nil
				}
				if l.Override != nil {
					for k := range l.Override.Losses {
						l.Override.Losses[k].Refs = nil
					}
				}
			}
		}
	}
	slices.SortFunc(refs, func(a, b scoring.Ref) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return sheet, refs
}

// ratioIn is what a line compared.
func ratioIn(sheet *scoring.Sheet, line string) *scoring.Decimal {
	for _, d := range sheet.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				if l.ID == line {
					return l.Of
				}
			}
		}
	}
	return nil
}

// TestStandsAsChecked: the sheet that is worked out from sums is the one that the run of a check is made of with all
// days and references, of an area and of the prison as a whole: facts of two standards, findings of a check and
// outside of any, rulings, what was met, what is carried over, areas with and without a title or a sheet.
func TestStandsAsChecked(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	draw := rand.New(rand.NewPCG(3, 5))
	std, err := h.Standards.For(t.Context(), "prison", "", j.day())
	if err != nil {
		t.Fatal(err)
	}
	from := j.clock.Now().AddDate(0, 0, -200)
	for _, area := range []uuid.UUID{h.Area, h.Other} {
		for _, s := range []*scoring.Standard{h.Standard, std} {
			measured(t, h, area, s, draw, from, 150)
		}
	}
	for _, line := range []string{"JG-01.riot", "YJ-02.missing"} { // of a register, and of a visit
		if _, err := h.Assessment.AddFinding(j.as("inspector"), h.Prison, assessment.NewFinding{Area: h.Area, Line: line, Day: j.day(), Count: 1, Note: "现场发现"}, ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range []assessment.Ruling{{Kind: assessment.Exclude, Target: "JG-10"}, {Kind: assessment.Override, Target: "JG-04.missing", Amount: exact(t, "1.5")}} {
		r.Area, r.FromDay, r.ToDay, r.Reason = h.Area, j.day(), j.day(), "经核实"
		asked, err := h.Assessment.AskRuling(j.as("bureau office"), h.Prison, r, ledger.Idem{})
		if err == nil {
			_, err = h.Assessment.DecideRuling(j.as("second bureau office"), h.Prison, asked.ID, "grant", "属实", ledger.Idem{})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// One area has a self-check, the other a title and the sheet of a look-back, the kitchen nothing.
	j.selfCheck(h.Area)
	title := j.imported(h.Other, "area")
	j.lookedBack(title, lost42...)
	found := []scoring.Finding{{ID: "a", Line: "YJ-03.dead", Day: j.day(), Count: 2, Note: "不亮"}}
	whole := []scoring.Finding{{ID: "b", Line: "P-XX-02.grown", Day: j.day(), Count: 1, Note: "增多"}}
	carry := &scoring.Carry{Rate: *exact(t, "0.1"), Deductions: *exact(t, "42"), Sheet: "c"}
	for name, c := range map[string]assessment.Checked{
		"an area":           {Area: h.Area, Standard: h.Standard},
		"an area, checked":  {Area: h.Area, Standard: h.Standard, Findings: found, Met: []string{"YJ-02.misused"}, Carry: carry},
		"another":           {Area: h.Other, Standard: h.Standard},
		"the whole":         {Standard: std},
		"the whole, titled": {Standard: std, Titled: map[uuid.UUID]bool{h.Other: true}, Findings: whole, Met: []string{"P-XX-02.burden"}},
	} {
		for _, day := range []string{j.day(), from.AddDate(0, 0, 80).Format("2006-01-02")} {
			c.AsOf, c.Kind = day, inspection.Recheck
			run, err := h.Assessment.Checked(j.as("bureau office"), h.Prison, c)
			if err != nil {
				t.Fatal(err)
			}
			want := &scoring.Sheet{}
			if err := json.Unmarshal(run.Sheet, want); err != nil {
				t.Fatal(err)
			}
			if want.Score.Equal(want.Points) {
				t.Errorf("%s, %s: nothing is lost, nothing is compared", name, day)
			}
			// Twice: what is read from the shelf is what was put there.
			for range 2 {
				got, err := h.Assessment.Stands(j.as("bureau office"), h.Prison, c)
				if err != nil {
					t.Fatal(err)
				}
				got, _ = behind(got)
				want, _ := behind(want)
				if diff := gocmp.Diff(want, got); diff != "" {
					t.Errorf("%s, %s (-thorough +quick):\n%s", name, day, diff)
				}
			}
		}
	}
	// The rates of the areas are those of their kept sheets.
	runs, _, err := h.Assessment.Runs(j.as("bureau office"), h.Prison, h.Area)
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	kept, _, err := h.Assessment.Run(j.as("bureau office"), h.Prison, runs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	own := &scoring.Sheet{}
	if err := json.Unmarshal(kept.Sheet, own); err != nil {
		t.Fatal(err)
	}
	rate, _ := own.Rate("JG")
	got, err := h.Assessment.Whole(j.as("bureau office"), h.Prison, nil, std)
	if err != nil {
		t.Fatal(err)
	}
	if of := ratioIn(got, "P-JG-02.rate"); of == nil || of.Rat().Cmp(rate) != 0 {
		t.Errorf("the areas' rates add up to %v, the only sheet says %s", of, rate.RatString())
	}
	// What the prison's page shows behind the losses is what the thorough sheet names.
	titled := map[uuid.UUID]bool{h.Other: true}
	run, err := h.Assessment.Checked(j.as("bureau office"), h.Prison, assessment.Checked{Standard: std, AsOf: j.day(), Titled: titled})
	if err != nil {
		t.Fatal(err)
	}
	want := &scoring.Sheet{}
	if err := json.Unmarshal(run.Sheet, want); err != nil {
		t.Fatal(err)
	}
	list, err := h.Assessment.Under(j.as("bureau office"), h.Prison, uuid.Nil, titled, std)
	if err != nil {
		t.Fatal(err)
	}
	_, all := behind(want)
	_, shown := behind(list[0])
	if diff := gocmp.Diff(all, shown); diff != "" || len(all) == 0 {
		t.Errorf("behind the losses of the whole (-thorough +quick):\n%s", diff)
	}
}
