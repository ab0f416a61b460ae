package lifecycle

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"taizhang/internal/fault"
	"taizhang/schemas"
)

// good is a day on which nothing stands against any act.
func good() Facts {
	return Facts{
		Today: "2026-06-01", SelfComplete: true, SelfScore: "960", StandardIssued: true, UnitActive: true, AskedBy: "unit",
		RatiosHold: true, TeamSize: 3, BatchIssued: true, OpinionsAsked: 2, OpinionsGiven: 2, OpinionsCited: 2,
		ResultsAsked: 1, ResultsConfirmed: 1, Items: 1, AppealsOver: true, GraveEvent: true, MeetingFrozen: true,
		SheetConfirmed: true, SheetClosed: true, SheetScore: "960", SheetDeducted: "40", Line: "950", Evaluation: "85", DomainRateReached: true,
	}
}

func act(name string, as Actor) Event {
	return Event{Name: name, By: "office", As: as, Reason: "理由", Document: "文1号", DocumentOn: "2026-06-01", Record: "r"}
}

// roads is the acts that lead each track to its title, and the transitions they are.
var roads = []struct {
	track, level string
	acts         []Event
	want         []string
}{
	{"area", "area", []Event{
		act("submit", PrisonOffice), act("screen", BureauOffice), act("baseline", BureauOffice), act("proceed", BureauOffice),
		act("close", BureauOffice), act("agree", PartyCommittee),
	}, []string{"T1 APPLIED", "T2 SCREENED", "T4 BASELINE", "T6 ON_SITE", "T11 PARTY_REVIEW", "T14 NAMED"}},
	{"prison", "standard", []Event{
		act("submit", PrisonOffice), act("screen", BureauOffice), act("baseline", BureauOffice), act("proceed", BureauOffice),
		act("assessed", Clock), act("close", BureauOffice), act("agree", PartyCommittee), act("name", Committee),
	}, []string{"T1 APPLIED", "T2 SCREENED", "T4 BASELINE", "T6 DEPT_ASSESS", "T8 ON_SITE", "T11 PARTY_REVIEW", "T13 PROV_REVIEW", "T17 NAMED"}},
	{"prison", "demonstration", []Event{
		act("submit", PrisonOffice), act("screen", BureauOffice), act("baseline", BureauOffice), act("proceed", BureauOffice),
		act("assessed", Clock), act("close", BureauOffice), act("evaluated", BureauOffice), act("agree", PartyCommittee), act("name", Committee),
	}, []string{"T1 APPLIED", "T2 SCREENED", "T4 BASELINE", "T6 DEPT_ASSESS", "T8 ON_SITE", "T10 DEMO_EVAL", "T12 PARTY_REVIEW", "T13 PROV_REVIEW", "T17 NAMED"}},
}

func start(m *Machine, t testing.TB, track, level string) driver {
	tt, _ := t.(*testing.T)
	return driver{t: tt, m: m, c: Begin(track, level, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)), f: good()}
}

// TestRoads walks each track to its title, and from each of its states tries to leave without the record.
func TestRoads(t *testing.T) {
	m := machine(t)
	for _, r := range roads {
		t.Run(r.track+" "+r.level, func(t *testing.T) {
			d := start(m, t, r.track, r.level)
			var got []string
			for _, e := range r.acts {
				bare := e
				bare.Record = ""
				before := d.c.State
				if _, err := d.do(bare); err == nil {
					if i := slices.IndexFunc(m.Steps(r.track, r.level), func(s Step) bool { return s.State == before }); m.Steps(r.track, r.level)[i].Record != "" {
						t.Fatalf("%s left %s without a record", e.Name, before)
					}
				} else {
					if diff := cmp.Diff([]string{"record"}, codesOf(err)); diff != "" {
						t.Fatal(before, diff)
					}
					d.must(e)
				}
				got = append(got, "")
				got[len(got)-1] = fmt.Sprint(lastOf(m, before, d.c, e), " ", d.c.State)
			}
			if diff := cmp.Diff(r.want, got); diff != "" {
				t.Error(diff)
			}
			if missing := m.Steps(r.track, r.level).missing(d.c.Records); len(missing) > 0 {
				t.Error("named without", missing)
			}
		})
	}
}

// lastOf is the transition that led from a state to the case as it is.
func lastOf(m *Machine, from State, c Case, e Event) string {
	before := c
	before.State, before.At = from, time.Time{}
	e.At = time.Now()
	_, move, err := m.Next(before, good(), e)
	if err != nil {
		return err.Error()
	}
	return move.Transition
}

// TestGuards breaks one fact after the other: each refuses the acts that ask for it, by its name.
func TestGuards(t *testing.T) {
	m := machine(t)
	at := func(s State) Case {
		return Case{Track: "prison", Level: "demonstration", State: s, BaselineOn: "2026-05-01", CycleStart: "2023-06-01", Cycle: 1, LookedBack: s == Named, Carry: "0"}
	}
	area := at("APPLIED")
	area.Track, area.Level = "area", "area"
	postponed := at("POSTPONED")
	postponed.Earliest = "2026-06-02"
	fresh := at(Named)
	fresh.CycleStart, fresh.LookedBack = "2026-01-01", false
	for _, tt := range []struct {
		guard string
		c     Case
		e     Event
		edit  func(*Facts, *Event)
	}{
		{"self_complete", at(Draft), act("submit", PrisonOffice), func(f *Facts, _ *Event) { f.SelfComplete = false }},
		{"one_case", at(Draft), act("submit", PrisonOffice), func(f *Facts, _ *Event) { f.OpenCases = 1 }},
		{"waited", at(Draft), act("submit", PrisonOffice), func(f *Facts, _ *Event) { f.WaitUntil = "2026-06-02" }},
		{"standard_issued", at(Draft), act("submit", PrisonOffice), func(f *Facts, _ *Event) { f.StandardIssued = false }},
		{"eligible", at(Draft), act("submit", PrisonOffice), func(f *Facts, _ *Event) { f.RatiosHold = false }},
		{"asked", at(Draft), act("submit", PrisonOffice), func(f *Facts, _ *Event) { f.AskedBy = "" }},
		{"other", at(Draft), act("submit", PrisonOffice), func(f *Facts, _ *Event) { f.AskedBy = "office" }},
		{"eligible", at("APPLIED"), act("screen", BureauOffice), func(f *Facts, _ *Event) { f.RatiosHold = false }},
		{"area_ready", area, act("screen", BureauOffice), func(f *Facts, _ *Event) { f.SelfScore = "899.9" }},
		{"area_ready", area, act("screen", BureauOffice), func(f *Facts, _ *Event) { f.UnitActive = false }},
		{"reason", at("APPLIED"), act("return", BureauOffice), func(_ *Facts, e *Event) { e.Reason = "" }},
		{"team", at("SCREENED"), act("baseline", BureauOffice), func(f *Facts, _ *Event) { f.TeamSize = 2 }},
		{"team", at("SCREENED"), act("baseline", BureauOffice), func(f *Facts, _ *Event) { f.TeamOfPrison = 1 }},
		{"batch_issued", at("SCREENED"), act("baseline", BureauOffice), func(f *Facts, _ *Event) { f.BatchIssued = false }},
		{"confirmed", at("BASELINE"), act("postpone", BureauOffice), func(f *Facts, _ *Event) { f.SheetConfirmed = false }},
		{"opinions_in", at("BASELINE"), act("postpone", BureauOffice), func(f *Facts, _ *Event) { f.OpinionsAsked = 3 }},
		{"opinions_cited", at("BASELINE"), act("proceed", BureauOffice), func(f *Facts, _ *Event) { f.OpinionsCited = 1 }},
		{"has_items", at("BASELINE"), act("postpone", BureauOffice), func(f *Facts, _ *Event) { f.Items = 0 }},
		{"differing_reason", at("BASELINE"), act("proceed", BureauOffice), func(f *Facts, e *Event) { f.ProposalIsPostpone, e.Reason = true, "" }},
		{"earliest", postponed, act("again", BureauOffice), func(*Facts, *Event) {}},
		{"items_verified", at("POSTPONED"), act("again", BureauOffice), func(f *Facts, _ *Event) { f.ItemsOpen = 1 }},
		{"results_in", at("DEPT_ASSESS"), act("assessed", Clock), func(f *Facts, _ *Event) { f.ResultsAsked = 2 }},
		{"results_met", at("DEPT_ASSESS"), act("assessed", Clock), func(f *Facts, _ *Event) { f.ResultsUnmet = 1 }},
		{"no_critical", at("DEPT_ASSESS"), act("assessed", Clock), func(f *Facts, _ *Event) { f.CriticalOpen = 1 }},
		{"baseline_valid", at("DEPT_ASSESS"), act("assessed", Clock), func(f *Facts, _ *Event) { f.Today = "2026-07-31" }},
		{"baseline_expired", at("ON_SITE"), act("baseline_anew", BureauOffice), func(*Facts, *Event) {}},
		{"appeals_over", at("ON_SITE"), act("close", BureauOffice), func(f *Facts, _ *Event) { f.AppealsOpen = 1 }},
		{"appeals_over", at("ON_SITE"), act("close", BureauOffice), func(f *Facts, _ *Event) { f.AppealsOver = false }},
		{"closed", at("ON_SITE"), act("close", BureauOffice), func(f *Facts, _ *Event) { f.SheetClosed = false }},
		{"evaluated", at("DEMO_EVAL"), act("evaluated", BureauOffice), func(f *Facts, _ *Event) { f.Evaluation = "79.9" }},
		{"evaluation_below", at("DEMO_EVAL"), act("decline", BureauOffice), func(*Facts, *Event) {}},
		{"standard_free", at("DEMO_EVAL"), act("take_standard", BureauOffice), func(f *Facts, _ *Event) { f.Evaluation, f.StandardHeld = "70", "旧发1号" }},
		{"meeting", at("PARTY_REVIEW"), act("agree", PartyCommittee), func(f *Facts, _ *Event) { f.MeetingFrozen = false }},
		{"document", at("PROV_REVIEW"), act("name", Committee), func(_ *Facts, e *Event) { e.Document = "" }},
		{"loss_shown", at("PROV_REVIEW"), act("name", Committee), func(f *Facts, _ *Event) { f.RatiosHold = false }},
		{"look_back_open", fresh, act("look_back", BureauOffice), func(*Facts, *Event) {}},
		{"not_looked_back", at(Named), act("look_back", BureauOffice), func(*Facts, *Event) {}},
		{"grave", at(Named), act("recheck_early", BureauOffice), func(f *Facts, _ *Event) { f.GraveEvent = false }},
		{"document", at("RECHECK"), act("close", BureauOffice), func(f *Facts, e *Event) { f.SheetScore, e.Document = "900", "" }},
	} {
		t.Run(tt.guard+" "+tt.e.Name, func(t *testing.T) {
			d := driver{t: t, m: m, c: tt.c, f: good()}
			tt.edit(&d.f, &tt.e)
			d.refused(tt.e, tt.guard)
		})
	}
}

// TestTeamsWhereAreasAreInUse: whatever sends a team out asks whether the area is in use.
func TestTeamsWhereAreasAreInUse(t *testing.T) {
	sent := 0
	for _, x := range machine(t).Transition {
		if slices.Contains(x.Effects, "grant_team") {
			sent++
			if !slices.Contains(x.Guards, "in_use") {
				t.Errorf("%s sends a team to an area that is closed", x.ID)
			}
		}
	}
	if sent < 7 {
		t.Errorf("%d transitions send a team", sent)
	}
}

// TestChoicesOfParameters: a word that says nothing is refused.
func TestChoicesOfParameters(t *testing.T) {
	raw, err := schemas.FS.ReadFile("accreditation/v1/case.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string][2]string{
		"functional_none": {`"value": "holds"`, `"value": "maybe"`},
		"recheck_line":    {`"recheck_line": {"value": "acceptance"`, `"recheck_line": {"value": "accept"`},
		"ratio_inclusive": {`"ratio_inclusive": {"value": true`, `"ratio_inclusive": {"value": "yes"`},
		"appeal_workdays": {`"appeal_workdays": {"value": 5`, `"appeal_workdays": {"value": "five"`},
	} {
		var bad *Mistakes
		_, err = Parse([]byte(strings.Replace(string(raw), edit[0], edit[1], 1)))
		if !errors.As(err, &bad) || len(bad.List) != 1 || !strings.Contains(bad.List[0], name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLine is the exact line: 950.0 passes, 949.9 does not, and it is not passed back in time.
func TestLine(t *testing.T) {
	m := machine(t)
	for score, want := range map[string]State{"950": "PARTY_REVIEW", "950.0": "PARTY_REVIEW", "949.9": "NOT_PASSED", "171800/181": "NOT_PASSED"} {
		d := start(m, t, "area", "area")
		d.c.State, d.c.BaselineOn, d.f.SheetScore = "ON_SITE", "2026-05-01", score
		d.must(act("close", BureauOffice))
		if d.c.State != want {
			t.Errorf("%s: %s, not %s", score, d.c.State, want)
		}
	}
	d := start(m, t, "area", "area")
	e := act("submit", PrisonOffice)
	e.At = d.c.At
	if _, _, err := m.Next(d.c, d.f, e); fmt.Sprint(codesOf(err)) != "[later]" {
		t.Error("an act at the time of the one before it:", err)
	}
}

// TestSendBack is T15: a new round, and what stood for it and for later steps stands no more.
func TestSendBack(t *testing.T) {
	m := machine(t)
	d := start(m, t, "prison", "demonstration")
	for _, e := range roads[2].acts[:8] {
		d.must(e)
	}
	d.refusedKind(act("send_back", PartyCommittee), "case_forbids")
	d.must(act("send_back", Committee))
	var left []State
	for _, r := range d.c.Records {
		left = append(left, r.State)
	}
	if diff := cmp.Diff([]State{"DRAFT", "APPLIED", "BASELINE", "DEPT_ASSESS"}, left); diff != "" {
		t.Error(diff)
	}
	for _, e := range roads[2].acts[5:] {
		d.must(e)
	}
	if d.c.State != Named {
		t.Error(d.c.State)
	}
}

func (d *driver) refusedKind(e Event, code string) {
	d.t.Helper()
	if _, err := d.do(e); fault.CodeOf(err) != code {
		d.t.Errorf("%s in %s: %v, not %s", e.Name, d.c.State, err, code)
	}
}

// TestNothingSkipped tries every act in every quality from every state: what the table names
// leads where it says, everything else leaves the case as it was.
func TestNothingSkipped(t *testing.T) {
	m := machine(t)
	events := map[string]bool{}
	for _, x := range m.Transition {
		events[x.Event] = true
	}
	for _, r := range roads {
		for state := range maps.Keys(m.States) {
			for _, name := range slices.Sorted(maps.Keys(events)) {
				for _, as := range actors {
					d := start(m, t, r.track, r.level)
					d.c.State, d.c.BaselineOn, d.c.CycleStart = state, "2026-05-01", "2020-01-01"
					before := d.c
					move, err := d.do(act(name, as))
					row := slices.IndexFunc(m.Transition, func(x *Transition) bool {
						return x.Event == name && slices.Contains(x.From, state) && slices.Contains(x.Actors, as)
					})
					if err != nil {
						if diff := cmp.Diff(before, d.c); diff != "" {
							t.Fatalf("%s %s %s refused and changed: %s", state, name, as, diff)
						}
						continue
					}
					if row < 0 {
						t.Fatalf("%s %s by %s is in no row and led to %s", state, name, as, move.To)
					}
					road := m.Steps(r.track, r.level)
					from, to := stepAt(road, state), stepAt(road, move.To)
					if from >= 0 && to > from+1 && move.Transition != "T26" {
						t.Fatalf("%s %s skips from %s to %s", r.track, name, state, move.To)
					}
				}
			}
		}
	}
}

func stepAt(road Road, s State) int {
	return slices.IndexFunc(road, func(x Step) bool { return x.State == s })
}

// ends are the states that nothing leads out of.
var ends = []State{"NOT_PASSED", "REVOKED", "WITHDRAWN"}

// leaves is which states of each track and level leave a confirmed record (section 3.1 of the standard's
// text), in the order of the road: written down here, so that nothing of the road judges itself.
var leaves = map[string][]State{
	"area":          {"DRAFT", "APPLIED", "BASELINE", "ON_SITE", "PARTY_REVIEW"},
	"standard":      {"DRAFT", "APPLIED", "BASELINE", "DEPT_ASSESS", "ON_SITE", "PARTY_REVIEW", "PROV_REVIEW"},
	"demonstration": {"DRAFT", "APPLIED", "BASELINE", "DEPT_ASSESS", "ON_SITE", "DEMO_EVAL", "PARTY_REVIEW", "PROV_REVIEW"},
}

// ahead are the states up to the title, in order; one that is not named lies beside the road.
var ahead = []State{"DRAFT", "APPLIED", "SCREENED", "BASELINE", "DEPT_ASSESS", "ON_SITE", "DEMO_EVAL", "PARTY_REVIEW", "PROV_REVIEW", Named}

// oracle reckons from the acts that were accepted alone what a title rests on and what a look-back takes.
type oracle struct {
	rests map[State]string // the record by which each step of the latest round was left
	taken *big.Rat         // what the look-back of this cycle takes; nil for none
	backs int              // look-backs of this cycle
}

func (o *oracle) accept(before Case, e Event, move Move, after Case, f Facts) error {
	from, to := slices.Index(ahead, move.From), slices.Index(ahead, move.To)
	switch {
	case move.From == Named || from >= 0 && to == from:
	case from >= 0 && to > from:
		o.rests[move.From] = e.Record
	case to >= 0 && move.From != "LOOKBACK" && move.From != "RECHECK":
		for _, s := range ahead[to:] {
			delete(o.rests, s)
		}
	}
	if move.To == Named && before.CycleStart == "" {
		for _, s := range leaves[after.Level] {
			if o.rests[s] == "" {
				return fmt.Errorf("named without a record of %s in its latest round", s)
			}
			if i := slices.IndexFunc(after.Records, func(r Record) bool { return r.State == s }); i < 0 || after.Records[i].ID != o.rests[s] {
				return fmt.Errorf("the title rests on another record of %s than that it was left by", s)
			}
		}
	}
	switch {
	case move.From == "LOOKBACK" && move.To == Named:
		if o.backs++; o.backs > 1 {
			return errors.New("a cycle looked back twice")
		}
		o.taken = new(big.Rat).Mul(big.NewRat(1, 10), rat(f.SheetDeducted))
	case move.From == "RECHECK":
		own := rat(f.SheetScore)
		if o.taken != nil {
			own.Sub(own, o.taken)
		}
		if kept := own.Cmp(rat(f.Line)) >= 0; kept != (move.To == Named) {
			return fmt.Errorf("%s after a re-check of %s less %v", move.To, f.SheetScore, o.taken)
		}
		o.taken, o.backs = nil, 0
	}
	want := "0"
	if o.taken != nil {
		want = Exact(o.taken)
	}
	if move.To != Revoked && after.Carry != want {
		return fmt.Errorf("%s is carried, not %s", after.Carry, want)
	}
	return nil
}

// TestModel drives random cases by legal and illegal acts, on good and bad days;
// -rapid.checks says how many histories (make soak: 100,000).
func TestModel(t *testing.T) {
	m := machine(t)
	var events []string
	for _, x := range m.Transition {
		if !slices.Contains(events, x.Event) {
			events = append(events, x.Event)
		}
	}
	reached := map[State]int{}
	lacking := func() (list []State) {
		for state := range m.States {
			if state != Draft && reached[state] == 0 {
				list = append(list, state)
			}
		}
		return list
	}
	history := func(t *rapid.T) {
		r := rapid.SampledFrom(roads).Draw(t, "road")
		c := Begin(r.track, r.level, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
		day, seen := c.At, &oracle{rests: map[State]string{}}
		for step := range 100 {
			f := good()
			day = day.AddDate(0, 0, rapid.SampledFrom([]int{0, 1, 10, 40, 100, 400, 800}).Draw(t, "days"))
			f.Today = day.Format(time.DateOnly)
			f.SheetScore = rapid.SampledFrom([]string{"960", "1000", "958", "950", "949.9"}).Draw(t, "score")
			f.SheetDeducted = rapid.SampledFrom([]string{"0", "35.5", "80", "81", "400"}).Draw(t, "deducted")
			bad(t, &f)
			e := act(rapid.SampledFrom(events).Draw(t, "event"), rapid.SampledFrom(actors).Draw(t, "as"))
			// Most acts are such as the table has: else few cases would come far.
			if rapid.IntRange(0, 9).Draw(t, "legal") > 0 {
				var rows []*Transition
				for _, x := range m.Transition {
					// A withdrawal is possible everywhere: it would end most cases early.
					if slices.Contains(x.From, c.State) && (x.Event != "withdraw" || rapid.IntRange(0, 19).Draw(t, "withdraw") == 19) {
						rows = append(rows, x)
					}
				}
				if len(rows) > 0 {
					x := rapid.SampledFrom(rows).Draw(t, "row")
					e = act(x.Event, rapid.SampledFrom(x.Actors).Draw(t, "as"))
				}
			}
			e.Record = fmt.Sprint("r", step)
			if rapid.IntRange(0, 29).Draw(t, "bare") == 29 {
				e.Record, e.Reason, e.Document = "", "", ""
			}
			e.At = c.At.Add(time.Duration(rapid.IntRange(-1, 100).Draw(t, "later")) * time.Second)
			after, move, err := m.Next(c, f, e)
			if err != nil {
				if !isFault(err) {
					t.Fatalf("%s %s: %v", c.State, e.Name, err)
				}
				// cmp only when there is something to show: most acts are refused.
				if !reflect.DeepEqual(c, after) {
					t.Fatal("refused and changed", cmp.Diff(c, after))
				}
				continue
			}
			held := slices.Contains([]State{Named, "LOOKBACK", "RECHECK"}, c.State)
			switch {
			case !after.At.After(c.At):
				t.Fatal("history does not go on in time")
			case held && !slices.Contains([]State{Named, "LOOKBACK", "RECHECK"}, after.State) && (e.As == Clock || c.State != "RECHECK" || e.Document == ""):
				t.Fatalf("a title was lost by %s of %s", e.Name, e.As)
			case slices.Contains(ends, c.State):
				t.Fatalf("%s is an end", c.State)
			case f.TeamOfPrison > 0 && slices.Contains([]State{"BASELINE", "LOOKBACK", "RECHECK"}, move.To):
				t.Fatalf("%s began a check with one of the inspected prison in its team", move.Transition)
			case move.Transition == "T21" && after.LookedBack:
				t.Fatal("a look-back counts in another cycle")
			}
			if err := seen.accept(c, e, move, after, f); err != nil {
				t.Fatalf("%s: %v", move.Transition, err)
			}
			reached[after.State]++
			c = after
			if slices.Contains(ends, c.State) && rapid.Bool().Draw(t, "anew") {
				c, seen = Begin(r.track, r.level, c.At), &oracle{rests: map[State]string{}}
			}
			if _, err := m.Running(c, f, calendarDays); err != nil {
				t.Fatal(err)
			}
		}
	}
	// A hundred histories do not come to every state each time.
	for range 50 {
		rapid.Check(t, history)
		if t.Failed() || len(lacking()) == 0 {
			break
		}
	}
	if list := lacking(); len(list) > 0 {
		t.Errorf("no case came to %v", list)
	}
}

func isFault(err error) bool {
	f := (*fault.Error)(nil)
	return errors.As(err, &f)
}

// bad makes a few of the day's facts stand against something.
func bad(t *rapid.T, f *Facts) {
	for _, spoil := range []func(){
		func() { f.SelfComplete = false }, func() { f.OpenCases = 1 }, func() { f.RatiosHold = false }, func() { f.TeamSize = 2 },
		func() { f.TeamOfPrison = 1 }, func() { f.SheetConfirmed, f.SheetScore = false, "" },
		func() { f.AppealsOpen = 1 }, func() { f.MeetingFrozen = false }, func() { f.Evaluation = "79" }, func() { f.AskedBy = "" },
	} {
		if rapid.IntRange(0, 99).Draw(t, "spoil") == 99 {
			spoil()
		}
	}
}

// TestAddedStep adds a step to the road by data alone ("等", R34).
func TestAddedStep(t *testing.T) {
	m := machine(t,
		`"LOOKBACK": {"zh"`, `"SOCIAL": {"zh": "社会评议中", "en": "Public opinion"}, "LOOKBACK": {"zh"`,
		`{"state": "DEMO_EVAL", "record": "evaluation"}`, `{"state": "DEMO_EVAL", "record": "evaluation"}, {"state": "SOCIAL", "record": "form"}`,
		`{"id": "T13"`, `{"id": "X1", "event": "heard", "from": ["SOCIAL"], "to": "@next", "actors": ["BO"], "guards": ["reason"], "title": {"zh": "评议完成", "en": "Heard"}}, {"id": "T13"`)
	d := start(m, t, "prison", "demonstration")
	for _, e := range roads[2].acts[:7] {
		d.must(e)
	}
	if d.c.State != "SOCIAL" {
		t.Fatal(d.c.State)
	}
	d.refusedKind(act("agree", PartyCommittee), "case_forbids")
	e := act("heard", BureauOffice)
	e.Record = ""
	d.refused(e, "record")
	d.must(act("heard", BureauOffice))
	for _, e := range roads[2].acts[7:] {
		d.must(e)
	}
	if d.c.State != Named {
		t.Error(d.c.State)
	}
}

// TestMachineMistakes is what a machine that cannot hold is told.
func TestMachineMistakes(t *testing.T) {
	raw := func(edit ...string) error {
		b, err := readMachine()
		if err != nil {
			t.Fatal(err)
		}
		_, err = Parse([]byte(strings.NewReplacer(edit...).Replace(b)))
		return err
	}
	for want, edit := range map[string][]string{
		"guard nothing is not known":         {`"guards": ["in_use", "team", "batch_issued"]`, `"guards": ["nothing"]`},
		"effect ring_bells is not known":     {`"effects": ["pin_standard"]`, `"effects": ["ring_bells"]`},
		"state AWAY is not known":            {`"to": "POSTPONED"`, `"to": "AWAY"`},
		"actor XX is not known":              {`"asks": "U", "guards": ["self_complete"`, `"asks": "XX", "guards": ["self_complete"`},
		"did you mean 'f.self_complete'":     {`f.self_complete"`, `f.self_compleet"`},
		"the clock does not take a title":    {`"to": "REVOKED", "actors": ["BO"]`, `"to": "REVOKED", "actors": ["SYS"]`},
		"T24 stands twice":                   {`"id": "T25"`, `"id": "T24"`},
		"is bool, not int":                   {`"cycle": "c.cycle + 1"`, `"cycle": "c.cycle > 1"`},
		"state cannot be set":                {`"sets": {"level": "'standard'"}`, `"sets": {"state": "'NAMED'"}`},
		"decimals and fractions are written": {`"carry_rate": {"value": "0.10"`, `"carry_rate": {"value": 0.10`},
		"unknown field":                      {`"version": 1,`, `"version": 1, "more": 1,`},
	} {
		if err := raw(edit...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestChoices says what is to be written down apart from what stands against an act.
func TestChoices(t *testing.T) {
	m := machine(t)
	c := Begin("area", "area", time.Time{})
	f := good()
	choices := func(state State, record string, as ...Actor) map[string]string {
		c.State = state
		list, err := m.Choices(c, f, "office", record, as)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, x := range list {
			out[x.Transition] = fmt.Sprint(x.Wants, codesOf(&fault.Error{Fields: x.Refused}))
		}
		return out
	}
	for _, tt := range []struct {
		state  State
		record string
		as     []Actor
		want   map[string]string
	}{
		{Draft, "r", []Actor{BureauOffice}, map[string]string{}},
		{Draft, "", []Actor{PrisonOffice}, map[string]string{"T1": "[] [record]", "T24": "[reason] []"}},
		{"BASELINE", "r", []Actor{BureauOffice}, map[string]string{"T5": "[reason cites] []", "T6": "[cites] []"}},
		{"ON_SITE", "r", []Actor{BureauOffice}, map[string]string{"T11": "[] []", "T25": "[] [baseline_expired]"}},
		{"PARTY_REVIEW", "r", []Actor{PartyCommittee}, map[string]string{"T14": "[document] []", "T15": "[reason] []", "T16": "[reason] []"}},
		{Named, "", []Actor{BureauOffice}, map[string]string{"T18": "[] []", "T20": "[waived reason] []", "T23": "[reason] []"}},
	} {
		c.BaselineOn, c.CycleStart, c.Cycle = "2026-05-01", "2023-06-01", 1
		if diff := cmp.Diff(tt.want, choices(tt.state, tt.record, tt.as...)); diff != "" {
			t.Error(tt.state, diff)
		}
	}
	f.AskedBy = "office"
	if got := choices(Draft, "r", PrisonOffice)["T1"]; got != "[] [other]" {
		t.Error("who asked agrees:", got)
	}
	if diff := cmp.Diff(map[string]fault.Text{"submit": {ZH: "申报", EN: "Apply"}, "withdraw": {ZH: "撤回", EN: "Withdraw"}}, m.Asked(Begin("area", "area", time.Time{}))); diff != "" {
		t.Error(diff)
	}
}
