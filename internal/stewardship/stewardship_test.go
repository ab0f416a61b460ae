package stewardship

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
)

func declared(n int, to PaperState, from, verdict, on string) Declaration {
	d := Declaration{N: n, State: to, FromDay: from}
	if verdict != "" {
		at, _ := time.ParseInLocation(time.DateOnly, on, catalog.Zone)
		d.Verdict = &PaperVerdict{Verdict: verdict, RecordedAt: at.Add(12 * time.Hour)}
	}
	return d
}

// TestStanding: what was refused or taken back is nothing, what waits changes nothing, and what had
// not begun when the next was confirmed never begins.
func TestStanding(t *testing.T) {
	t.Parallel()
	dual := declared(1, Dual, "2026-01-10", Confirm, "2026-01-12")
	end := declared(2, PaperEnded, "2026-06-01", Confirm, "2026-02-01")
	for name, c := range map[string]struct {
		acts  []Declaration
		day   string
		state PaperState
		since string
		ahead string
		waits int
		ends  string
	}{
		"nothing declared":       {nil, "2026-02-01", OnPaper, "", "", 0, ""},
		"before its day":         {[]Declaration{dual}, "2026-01-09", OnPaper, "", "2026-01-10", 0, ""},
		"on its day":             {[]Declaration{dual}, "2026-01-10", Dual, "2026-01-10", "", 0, ""},
		"an end ahead":           {[]Declaration{dual, end}, "2026-05-31", Dual, "2026-01-10", "2026-06-01", 0, "2026-06-01"},
		"and come":               {[]Declaration{dual, end}, "2026-06-01", PaperEnded, "2026-06-01", "", 0, "2026-06-01"},
		"refused":                {[]Declaration{dual, declared(2, PaperEnded, "2026-02-01", Refuse, "2026-02-02")}, "2026-03-01", Dual, "2026-01-10", "", 0, ""},
		"taken back":             {[]Declaration{declared(1, PaperEnded, "2026-02-01", Withdraw, "2026-02-02")}, "2026-03-01", OnPaper, "", "", 0, ""},
		"waits":                  {[]Declaration{dual, declared(2, PaperEnded, "2026-02-01", "", "")}, "2026-03-01", Dual, "2026-01-10", "", 2, ""},
		"put off":                {[]Declaration{dual, end, declared(3, PaperEnded, "2026-09-01", Confirm, "2026-05-01")}, "2026-07-01", Dual, "2026-01-10", "2026-09-01", 0, "2026-09-01"},
		"called off":             {[]Declaration{dual, end, declared(3, Dual, "2026-05-01", Confirm, "2026-05-01")}, "2026-07-01", Dual, "2026-05-01", "", 0, ""},
		"paper taken up again":   {[]Declaration{dual, end, declared(3, OnPaper, "2026-07-01", Confirm, "2026-07-01")}, "2026-07-02", OnPaper, "2026-07-01", "", 0, ""},
		"ended, to be taken up":  {[]Declaration{dual, end, declared(3, Dual, "2026-08-01", Confirm, "2026-07-01")}, "2026-07-02", PaperEnded, "2026-06-01", "2026-08-01", 0, ""},
		"put right the same day": {[]Declaration{dual, declared(2, PaperEnded, "2026-01-10", Confirm, "2026-01-13")}, "2026-01-20", PaperEnded, "2026-01-10", "", 0, "2026-01-10"},
	} {
		s := standing(c.acts, c.day)
		ahead, waits := "", 0
		if s.Ahead != nil {
			ahead = s.Ahead.FromDay
		}
		if s.Waits != nil {
			waits = s.Waits.N
		}
		if s.State != c.state || s.Since != c.since || ahead != c.ahead || waits != c.waits || s.ends() != c.ends {
			t.Errorf("%s: %+v, ahead %q, ends %q", name, s, ahead, s.ends())
		}
	}
}

// TestNextPaper is the whole table of moves: back needs a reason, and so does what takes the place
// of a day that is set.
func TestNextPaper(t *testing.T) {
	t.Parallel()
	states := []PaperState{OnPaper, Dual, PaperEnded}
	got := map[string]string{}
	for _, from := range states {
		for _, to := range append(slices.Clone(states), "other") {
			for _, ahead := range []bool{false, true} {
				s := Standing{State: from}
				name := string(from + " " + to)
				if ahead {
					s.Ahead, name = &Declaration{}, name+" ahead"
				}
				why, may := s.next(to)
				switch {
				case !may:
					got[name] = "no"
				case why:
					got[name] = "why"
				default:
					got[name] = "yes"
				}
			}
		}
	}
	want := map[string]string{
		"paper paper": "no", "paper dual": "yes", "paper ended": "yes", "dual paper": "why", "dual dual": "no", "dual ended": "yes",
		"ended paper": "why", "ended dual": "why", "ended ended": "no", "paper other": "no", "dual other": "no", "ended other": "no",
		"paper other ahead": "no", "dual other ahead": "no", "ended other ahead": "no",
	}
	for _, from := range states {
		for _, to := range states {
			want[string(from+" "+to)+" ahead"] = "why"
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestReport names each gap and overlap once, and nothing of a ledger that has none.
func TestReport(t *testing.T) {
	t.Parallel()
	area, owner := Step{Unit: "area"}, Step{Unit: "owner"}
	empty := Step{Unit: "prison", Vacant: true}
	rows := []Row{
		{Ledger: "a", Owners: []string{"dept_x"}, Steps: []Step{area, owner}},
		{Ledger: "b", Owners: nil, Steps: []Step{area}},
		{Ledger: "c", Owners: []string{"dept_x", "dept_y"}, Steps: []Step{area, empty}},
		{Ledger: "d", Owners: []string{"dept_y"}, Steps: []Step{owner}},
		{Ledger: "e", Owners: []string{"dept_y"}, Steps: []Step{area}},
	}
	twice := []catalog.Asked{{Ledger: "d", Overlaps: []catalog.Overlap{{Ledger: "e", Score: 900}}}, {Ledger: "e", Overlaps: []catalog.Overlap{{Ledger: "d", Score: 900}}},
		{Ledger: "b", Overlaps: []catalog.Overlap{{Ledger: "e", Score: 800}}}}
	r := reportOf(rows, []string{"dept_x", "dept_y", "dept_z"}, twice)
	if diff := cmp.Diff([][]string{{"b"}, {"c"}, {"d"}, {"dept_z"}}, [][]string{r.NoOwner, r.TwoOwners, r.OwnerOnly, r.Idle}); diff != "" || len(r.Vacant) != 1 || r.Vacant[0].Ledger != "c" {
		t.Errorf("%+v %s", r, diff)
	}
	if len(r.Overlaps) != 2 || r.Overlaps[0].Crossing || !r.Overlaps[1].Crossing {
		t.Errorf("%+v", r.Overlaps)
	}
	for id, want := range map[string][]string{"a": {}, "b": {"no_owner", "overlaps"}, "c": {"two_owners", "vacant"}, "d": {"owner_only", "overlaps"}, "e": {"overlaps"}} {
		if diff := cmp.Diff(want, r.problems(id)); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
}
