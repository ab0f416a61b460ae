package lifecycle

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/fault"
	"taizhang/schemas"
)

func machine(t testing.TB, edit ...string) *Machine {
	t.Helper()
	raw, err := schemas.FS.ReadFile("accreditation/v1/case.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse([]byte(strings.NewReplacer(edit...).Replace(string(raw))))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

// TestNeed is W1: need(f, n) for n from 1 to 12.
func TestNeed(t *testing.T) {
	for share, want := range map[string][]int{
		"2/3": {1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8},
		"1/2": {1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6},
		"3/4": {1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9},
	} {
		for i, w := range want {
			if got := Need(rat(share), i+1); got != w {
				t.Errorf("need(%s, %d) = %d, not %d", share, i+1, got, w)
			}
		}
	}
}

// TestEligible is W1's four rows, W2 and the loss of W12.
func TestEligible(t *testing.T) {
	m := machine(t)
	either := machine(t, `"functional_pool": {"value": "one"`, `"functional_pool": {"value": "either"`)
	more := machine(t, `"ratio_inclusive": {"value": true`, `"ratio_inclusive": {"value": false`)
	asked := machine(t, `"functional_none": {"value": "holds"`, `"functional_none": {"value": "fails"`)
	for _, tt := range []struct {
		name                    string
		m                       *Machine
		n                       Counts
		demonstration, standard bool
	}{
		{"W1 4/7 3/4", m, Counts{Ordinary: Count{4, 7}, Functional: Count{3, 4}}, false, true},
		{"W1 5/7 3/4", m, Counts{Ordinary: Count{5, 7}, Functional: Count{3, 4}}, true, true},
		{"W1 3/7 4/4", m, Counts{Ordinary: Count{3, 7}, Functional: Count{4, 4}}, false, false},
		{"W1 7/7 2/4", m, Counts{Ordinary: Count{7, 7}, Functional: Count{2, 4}}, false, false},
		{"W2 exactly 2/3 and 3/4", m, Counts{Ordinary: Count{6, 9}, Functional: Count{6, 8}}, true, true},
		{"W2 2 of 3", m, Counts{Ordinary: Count{2, 3}}, true, true},
		{"W2 no ordinary area", m, Counts{Functional: Count{4, 4}}, false, false},
		{"13 of 20", m, Counts{Ordinary: Count{13, 20}}, false, true},
		{"14 of 21", m, Counts{Ordinary: Count{14, 21}}, true, true},
		{"W12 one ordinary area revoked", m, Counts{Ordinary: Count{5, 9}, Functional: Count{3, 4}}, false, true},
		{"W12 and one functional", m, Counts{Ordinary: Count{5, 9}, Functional: Count{2, 4}}, false, false},
		{"O3 more than the fraction", more, Counts{Ordinary: Count{6, 9}, Functional: Count{7, 8}}, false, true},
		{"O3 one more", more, Counts{Ordinary: Count{7, 9}, Functional: Count{7, 8}}, true, true},
		{"O3 of functional areas", more, Counts{Ordinary: Count{7, 9}, Functional: Count{6, 8}}, false, false},
		{"O3 between fractions", more, Counts{Ordinary: Count{14, 20}, Functional: Count{4, 5}}, true, true},
		{"O4 asked for", asked, Counts{Ordinary: Count{2, 3}}, false, false},
		{"O5 one pool", m, Counts{Ordinary: Count{2, 2}, Functional: Count{3, 4}, SubArea: Count{0, 4}}, false, false},
		{"O5 either", either, Counts{Ordinary: Count{2, 2}, Functional: Count{3, 4}, SubArea: Count{0, 4}}, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for level, want := range map[string]bool{"demonstration": tt.demonstration, "standard": tt.standard} {
				got, err := tt.m.Eligible(level, tt.n)
				if err != nil {
					t.Fatal(err)
				}
				if got.Holds != want {
					t.Errorf("%s: %+v", level, got)
				}
			}
		})
	}
	got, err := m.Eligible("demonstration", Counts{Ordinary: Count{4, 7}})
	if err != nil {
		t.Fatal(err)
	}
	want := []Ratio{
		{Of: "ordinary", Need: 5, Count: Count{4, 7}, Applies: true},
		{Of: "functional", Holds: true},
	}
	if diff := cmp.Diff(want, got.Ratios); diff != "" {
		t.Error(diff)
	}
}

// TestTowards is the rates of W12.
func TestTowards(t *testing.T) {
	for _, tt := range []struct {
		n           Count
		target      string
		needed, gap int
	}{
		{Count{13, 27}, "80/100", 22, 9},
		{Count{13, 27}, "1", 27, 14},
		{Count{30, 27}, "1", 27, 0},
		{Count{}, "1", 0, 0},
	} {
		if got := Towards(tt.n, rat(tt.target)); got.Needed != tt.needed || got.Gap != tt.gap {
			t.Errorf("%v of %s: %+v", tt.n, tt.target, got)
		}
	}
}

// TestTimers is W11, and W3's ends of postponement.
func TestTimers(t *testing.T) {
	m := machine(t)
	due := func(c Case, today, timer string) *Due {
		t.Helper()
		list, err := m.Running(c, Facts{Today: today, UnitActive: true}, calendarDays)
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(list, func(d Due) bool { return d.Timer == timer }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	named := func(day string, cycle int) Case {
		return Case{Track: "area", Level: "area", State: Named, CycleStart: day, Cycle: cycle, Carry: "0"}
	}
	for _, tt := range []struct{ start, back, opens, recheck string }{
		{"2020-12-25", "2021-12-25", "2021-11-25", "2023-12-25"},
		{"2024-02-29", "2025-02-28", "2025-01-29", "2027-02-28"},
	} {
		if d := due(named(tt.start, 1), tt.start, "TM1"); d.On != tt.back || d.Opens != tt.opens || d.Mark != Ahead {
			t.Errorf("look-back of %s: %+v", tt.start, d)
		}
		if d := due(named(tt.start, 1), tt.start, "TM2"); d.On != tt.recheck {
			t.Errorf("re-check of %s: %+v", tt.start, d)
		}
	}
	if d := due(named("2027-03-10", 2), "2027-03-11", "TM2"); d.On != "2030-03-10" {
		t.Errorf("after a kept re-check: %+v", d)
	}
	if d := due(named("2027-03-10", 2), "2027-03-11", "TM1"); d != nil {
		t.Errorf("a second cycle looks back only by switch: %+v", d)
	}
	for today, want := range map[string]Mark{"2021-11-24": Ahead, "2021-11-25": Open, "2022-01-23": Open, "2022-01-24": Late} {
		if d := due(named("2020-12-25", 1), today, "TM1"); d.Mark != want {
			t.Errorf("%s: %s, not %s", today, d.Mark, want)
		}
	}
	for from, want := range map[string]string{"2026-03-31": "2026-06-30", "2026-11-30": "2027-02-28"} {
		d, _ := time.Parse(time.DateOnly, from)
		if got := AddMonths(d, 3).Format(time.DateOnly); got != want {
			t.Errorf("%s and three months: %s, not %s", from, got, want)
		}
	}
}

// TestProposal is W3.
func TestProposal(t *testing.T) {
	m := machine(t)
	for name, tt := range map[string]struct {
		f        Facts
		postpone bool
		warning  string
	}{
		"a":        {Facts{SheetScore: "931", OpinionsAsked: 8, OpinionsGiven: 7, OpinionsDelay: 3}, false, ""},
		"b":        {Facts{SheetScore: "931", OpinionsAsked: 7, OpinionsGiven: 7, OpinionsDelay: 4}, true, ""},
		"c":        {Facts{SheetScore: "899.9", OpinionsAsked: 8, OpinionsGiven: 8}, true, ""},
		"d":        {Facts{SheetScore: "900.0", OpinionsAsked: 8}, false, "0 of 8 opinions"},
		"critical": {Facts{SheetScore: "990", OpinionsAsked: 1, OpinionsGiven: 1, CriticalOpen: 1}, true, ""},
	} {
		reasons, warnings, err := m.Propose(Case{Carry: "0"}, tt.f)
		if err != nil {
			t.Fatal(err)
		}
		if (len(reasons) > 0) != tt.postpone {
			t.Errorf("%s: %v", name, reasons)
		}
		if tt.warning != "" && (len(warnings) != 1 || warnings[0].EN != tt.warning) {
			t.Errorf("%s: %v", name, warnings)
		}
	}
}

// TestCarry is W10, row by row.
func TestCarry(t *testing.T) {
	m := machine(t)
	for _, tt := range []struct{ back, own, carry, score, state string }{
		{"80", "42", "8.0", "950", "NAMED"},
		{"81", "42", "8.1", "949.9", "REVOKED"},
		{"86", "42", "8.6", "949.4", "REVOKED"},
		{"35.5", "46.4", "3.55", "950.05", "NAMED"},
		{"35.5", "46.5", "3.55", "949.95", "REVOKED"},
		{"400", "0", "40", "960", "NAMED"},
		{"", "42", "0", "958", "NAMED"},
	} {
		t.Run(tt.back+" "+tt.own, func(t *testing.T) {
			d := driver{t: t, m: m, c: Case{Track: "area", Level: "area", State: Named, CycleStart: "2020-01-01", Cycle: 1, Carry: "0"}}
			d.f = Facts{Today: "2021-01-01", UnitActive: true, TeamSize: 3, SheetConfirmed: true, SheetClosed: true, AppealsOver: true, Line: "950"}
			waived := Event{Name: "recheck", As: BureauOffice}
			if tt.back != "" {
				d.must(Event{Name: "look_back", As: BureauOffice})
				d.f.SheetDeducted, d.f.SheetScore = tt.back, Exact(new(big.Rat).Sub(rat("1000"), rat(tt.back)))
				d.must(Event{Name: "close", As: BureauOffice})
			} else {
				d.refused(waived, "recheck_open", "looked_back")
				waived.Waived, waived.Reason = true, "未做"
			}
			d.f.Today = "2023-01-01"
			d.must(waived)
			if rat(d.c.Carry).Cmp(rat(tt.carry)) != 0 {
				t.Errorf("carry %s, not %s", d.c.Carry, tt.carry)
			}
			own := new(big.Rat).Sub(rat("1000"), rat(tt.own))
			if got := new(big.Rat).Sub(own, rat(d.c.Carry)); got.Cmp(rat(tt.score)) != 0 {
				t.Errorf("score %s, not %s", Exact(got), tt.score)
			}
			d.f.SheetScore = Exact(own)
			d.must(Event{Name: "close", As: BureauOffice, Document: "局发1号", DocumentOn: d.f.Today})
			if string(d.c.State) != tt.state {
				t.Errorf("%s, not %s", d.c.State, tt.state)
			}
			// A look-back is carried once, into the re-check of its own cycle only.
			if d.c.State == Named && (d.c.Carry != "0" || d.c.Cycle != 2 || d.c.LookedBack || d.c.CycleStart != d.f.Today) {
				t.Errorf("new cycle %+v", d.c)
			}
		})
	}
}

// driver walks a case by acts, a minute apart.
type driver struct {
	t *testing.T
	m *Machine
	c Case
	f Facts
}

func (d *driver) do(e Event) (Move, error) {
	e.At = d.c.At.Add(time.Minute)
	c, move, err := d.m.Next(d.c, d.f, e)
	if err == nil {
		d.c = c
	}
	return move, err
}

func (d *driver) must(e Event) {
	d.t.Helper()
	if _, err := d.do(e); err != nil {
		d.t.Fatalf("%s in %s: %v", e.Name, d.c.State, words(err))
	}
}

func (d *driver) refused(e Event, codes ...string) {
	d.t.Helper()
	_, err := d.do(e)
	if diff := cmp.Diff(codes, codesOf(err)); diff != "" {
		d.t.Errorf("%s in %s: %s", e.Name, d.c.State, diff)
	}
}

func codesOf(err error) []string {
	var codes []string
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		for _, x := range f.Fields {
			codes = append(codes, x.Code)
		}
	}
	return codes
}

func words(err error) []string {
	out := []string{err.Error()}
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		for _, x := range f.Fields {
			out = append(out, x.Text.ZH)
		}
	}
	return out
}

func readMachine() (string, error) {
	raw, err := schemas.FS.ReadFile("accreditation/v1/case.json")
	return string(raw), err
}

// calendarDays counts every day as one of work: the calendar is the house's.
func calendarDays(day string, n int) string {
	d, _ := time.Parse(time.DateOnly, day)
	return d.AddDate(0, 0, -n).Format(time.DateOnly)
}

// TestTimersAreData: each of the six stands in the road, and none in the code: an opinion's by its own
// day (TM3), a sheet's until it is closed (TM4); who is told, and who besides once it is late.
func TestTimersAreData(t *testing.T) {
	m := machine(t)
	var ids []string
	for _, x := range m.Timers {
		ids = append(ids, x.ID)
	}
	slices.Sort(ids)
	if diff := cmp.Diff([]string{"TM1", "TM2", "TM3", "TM4", "TM5", "TM6"}, ids); diff != "" {
		t.Fatal(diff)
	}
	c := Case{Track: "area", Level: "area", State: "BASELINE", BaselineOn: "2026-06-01", Carry: "0"}
	opinion := Facts{UnitActive: true, OpinionDue: "2026-06-15", AppealUntil: "2026-06-15"}
	sheet := Facts{UnitActive: true, AppealUntil: "2026-06-15"}
	closed := sheet
	closed.SheetClosed = true
	gone := sheet
	gone.UnitActive = false
	for _, tt := range []struct {
		f     Facts
		today string
		want  string
	}{
		{opinion, "2026-06-12", "TM3 2026-06-13 ahead [DL]"},
		{opinion, "2026-06-13", "TM3 2026-06-13 open [DL]"},
		{opinion, "2026-06-15", "TM3 2026-06-13 open [DL]"},
		{opinion, "2026-06-16", "TM3 2026-06-13 overdue [DL BO]"},
		{sheet, "2026-06-12", "TM4 2026-06-13 ahead [U PO]"},
		{sheet, "2026-06-15", "TM4 2026-06-13 open [U PO]"},
		{sheet, "2026-06-16", "TM4 2026-06-13 overdue [U PO BO]"},
		{closed, "2026-06-16", ""},
		{gone, "2026-06-16", ""},
	} {
		tt.f.Today = tt.today
		list, err := m.Running(c, tt.f, calendarDays)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range list {
			got = append(got, fmt.Sprint(d.Timer, " ", d.Opens, " ", d.Mark, " ", d.Tells))
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s: %s, not %s", tt.today, s, tt.want)
		}
	}
}
