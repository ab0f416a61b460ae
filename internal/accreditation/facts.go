package accreditation

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// ground is what an act stands on that no lock holds: read before the transaction,
// for within it no second connection may be taken.
type ground struct {
	of     Case
	issued *standards.Pin // in force for the unit today; nil for none
	std    *scoring.Standard
	sealed *sealed // the package, where the act seals one
}

func (s *Service) ground(ctx context.Context, prison, id uuid.UUID) (ground, error) {
	var g ground
	var area ledger.Area
	agenda, err := s.agenda(ctx)
	if err != nil {
		return g, err
	}
	err = s.Store.Read(ctx, s.asked(ctx, prison), func(l Look) error {
		var err error
		if g.of, err = l.Case(ctx, id); err != nil {
			return err
		}
		area, err = areaOf(ctx, l, g.of.Area)
		return err
	})
	if err != nil {
		return g, err
	}
	if err := s.mayRead(ctx, g.of, agenda); err != nil {
		return g, err
	}
	return g, s.grounded(ctx, &g, area)
}

// grounded finds the standards of a case: the one in force, and the one it is held to.
func (s *Service) grounded(ctx context.Context, g *ground, area ledger.Area) error {
	std, pin, err := s.Standards.Issued(ctx, unitOf(g.of.Prison, area, g.of.Level), catalog.DayOf(s.Now()))
	switch {
	case fault.CodeOf(err) == "standard_unknown":
	case err != nil:
		return err
	default:
		g.issued, g.std = &pin, std
	}
	if g.of.Pin != nil {
		g.std, err = s.Standards.Version(ctx, *g.of.Pin)
		return err
	}
	return nil
}

// round is what was made since the case came to its state.
type round struct {
	since    int    // the event by which it came
	began    string // the day on which it came
	records  []Record
	opinions []Opinion
}

// prepared is a check that has its team and waits for the act that begins it.
type prepared struct {
	id uuid.UUID
	inspection.Standing
}

// known is what the house knows of a case under its lock.
type known struct {
	facts       lifecycle.Facts
	round       round
	record      string // of the step, confirmed
	snapshot    *Record
	check       uuid.UUID
	afterCarry  string // the score that a re-check is decided by
	departments []string
	area        ledger.Area
	conditions  *Conditions // of a prison
	bulletin    *named      // in which the case stands
	// next are the checks that are prepared, by kind: for what may begin now.
	next map[string]prepared
	// item is the frozen one of this round that decided; sealed the package that was made for the act.
	item   *Item
	shown  bool // it was shown a loss of conditions before it decided
	sealed *sealed
}

// last record of a kind in this round that stands.
func (k known) last(kind string) *Record {
	for i := len(k.round.records) - 1; i >= 0; i-- {
		if r := &k.round.records[i]; r.Kind == kind && r.Stands {
			return r
		}
	}
	return nil
}

// of is what is known when this is to be done: whether the body decided so, whether the
// unit asked for it, and the team of what it begins.
func (k known) of(event string) lifecycle.Facts {
	f := k.facts
	f.MeetingFrozen = k.item != nil && k.item.outcome() == decided[event]
	for _, r := range k.round.records {
		var a asking
		if r.Kind == kindAsked && json.Unmarshal(r.Body, &a) == nil && a.Event == event {
			f.AskedBy = r.By.String()
		}
	}
	kind := map[string]string{"baseline": inspection.Baseline, "again": inspection.Baseline, "baseline_anew": inspection.Baseline,
		"look_back": inspection.LookBack, "recheck": inspection.Recheck, "recheck_early": inspection.Recheck}[event]
	if next, ok := k.next[kind]; ok {
		f.TeamSize, f.TeamOfPrison = next.Team, next.OfPrison
	}
	return f
}

// follows says which opinion each decision on a baseline check follows.
var follows = map[string]string{"proceed": "on_time", "postpone": "delay"}

// cited counts the opinions of this round that a decision answers: it names each, and none
// that was not given; what says otherwise than it decides it answers in words.
func (k known) cited(act Act) (n int, err error) {
	for i, c := range act.Cites {
		if !slices.ContainsFunc(k.round.opinions, func(o Opinion) bool { return o.Department == c.Department && o.Given != nil }) {
			return 0, fault.InvalidFields("bad_case", []fault.Field{told(fmt.Sprintf("/cites/%d/department", i), "enum", "该处室本轮没有提出意见，不能引用", "This department gave no opinion of this round to cite")})
		}
	}
	for _, o := range k.round.opinions {
		i := slices.IndexFunc(act.Cites, func(c Cite) bool { return c.Department == o.Department })
		if o.Given == nil || i < 0 {
			continue
		}
		var said Opines
		if err := json.Unmarshal(o.Given.Body, &said); err != nil {
			return 0, err
		}
		if said.Value == follows[act.Event] || !ledger.Blank(act.Cites[i].Answer) {
			n++
		}
	}
	return n, nil
}

// known gathers the facts of the case, with everything in sight.
func (s *Service) known(ctx context.Context, l Look, g ground, c Case) (known, error) {
	k := known{next: map[string]prepared{}}
	f := &k.facts
	f.Today = catalog.DayOf(l.Now())
	f.StandardIssued = g.issued != nil
	if g.std != nil {
		k.departments = s.departments(g.std)
	}
	for _, gather := range []func(context.Context, Look, Case, *known) error{s.ofRound, s.ofUnit, s.ofTitles, s.ofConditions, s.ofChecks, s.ofItems, s.ofRecords} {
		if err := gather(ctx, l, c, &k); err != nil {
			return k, err
		}
	}
	reasons, _, err := s.machine(c).Propose(c.Case, *f)
	f.ProposalIsPostpone = len(reasons) > 0
	return k, err
}

// beganOn is the day on which a case came to its state.
func beganOn(c Case, events []Event) string {
	began := c.RecordedAt
	for _, e := range events {
		if e.From != e.To {
			began = e.RecordedAt
		}
	}
	return catalog.DayOf(began)
}

// sinceOf is the event by which the case came to its state: there its round began.
func sinceOf(events []Event) (seq int) {
	for _, e := range events {
		if e.From != e.To {
			seq = e.Seq
		}
	}
	return seq
}

// ofRound finds what was made since the case came to its state.
func (s *Service) ofRound(ctx context.Context, l Look, c Case, k *known) error {
	events, err := l.Events(ctx, c.ID)
	if err != nil {
		return err
	}
	k.round.since, k.round.began = sinceOf(events), beganOn(c, events)
	applied := 0 // the act by which it came the last time
	for _, e := range events {
		if e.From == lifecycle.Draft {
			applied = e.Seq
		}
	}
	// What happens under a title happens in its cycle, taken up and looked back on as it may be.
	if c.State == lifecycle.Named {
		k.round.began = c.CycleStart
	}
	records, err := l.Records(ctx, c.ID)
	if err != nil {
		return err
	}
	var placed *Record
	for _, r := range records {
		if r.Seq >= k.round.since {
			k.round.records = append(k.round.records, r)
		}
		// The batch is the application's, whatever step it is in; one that was sent back comes anew.
		if r.Kind == kindBatch && r.Seq >= applied {
			placed = &r
		}
	}
	if err := s.ofBulletin(ctx, l, c, placed, k); err != nil {
		return err
	}
	list, err := l.Opinions(ctx, c.ID)
	if err != nil {
		return err
	}
	f, open := &k.facts, false // one that was asked for later has its own time
	for _, o := range list {
		if o.Seq != k.round.since {
			continue
		}
		for i := range k.round.records {
			r := &k.round.records[i]
			if r.Kind != kindOpinion || r.Department != o.Department {
				continue
			}
			var said Opines
			if err := json.Unmarshal(r.Body, &said); err != nil {
				return err
			}
			o.Given = r
			f.OpinionsGiven++
			if said.Value == "delay" {
				f.OpinionsDelay++
			}
		}
		k.round.opinions = append(k.round.opinions, o)
		f.OpinionsAsked++
		open = open || o.Given == nil && o.DueOn >= f.Today
	}
	f.OpinionsOver = f.OpinionsAsked > 0 && !open
	return nil
}

// ofBulletin finds the case in the newest bulletin of its batch's year.
func (s *Service) ofBulletin(ctx context.Context, l Look, c Case, placed *Record, k *known) error {
	b, err := batched(placed)
	if err != nil || b.Year == 0 {
		return err
	}
	list, err := l.Bulletins(ctx, b.Year)
	if err != nil || len(list) == 0 {
		return err
	}
	if k.facts.BatchIssued = inBulletin(c, b, &list[0]); k.facts.BatchIssued {
		k.bulletin = &named{list[0].Year, list[0].Issue, list[0].Digest.String()}
	}
	return nil
}

// ofUnit is the unit itself, its self-check and what it applied for before.
func (s *Service) ofUnit(ctx context.Context, l Look, c Case, k *known) error {
	var err error
	if k.area, err = areaOf(ctx, l, c.Area); err != nil {
		return err
	}
	f := &k.facts
	f.UnitActive = c.Area == uuid.Nil || k.area.Counts(f.Today)
	run, score, err := l.SelfCheck(ctx, c.Area, c.RecordedAt)
	if err != nil {
		return err
	}
	f.SelfComplete, f.SelfScore = run != "", score
	if c.State == lifecycle.Draft {
		k.record = run
	}
	before, err := l.CasesOf(ctx, c.Area)
	if err != nil {
		return err
	}
	for _, x := range before {
		switch {
		case x.ID == c.ID:
		case x.Ends():
			f.WaitUntil = max(f.WaitUntil, x.Earliest)
		case !x.Held():
			f.OpenCases++
		}
	}
	return nil
}

// ofTitles is whether the prison holds the standard title already.
func (s *Service) ofTitles(ctx context.Context, l Look, c Case, k *known) error {
	titles, err := l.Titles(ctx)
	for _, t := range titles {
		if t.Area == c.Area && t.Level == levels[0] && t.Stands(k.facts.Today) {
			k.facts.StandardHeld = t.DocumentNo + " · " + t.NamedOn
		}
	}
	return err
}

// ofConditions is the share of the prison's areas that hold a title.
func (s *Service) ofConditions(ctx context.Context, l Look, c Case, k *known) error {
	if c.Area != uuid.Nil {
		return nil
	}
	n, err := s.conditions(ctx, l, s.machine(c), c.Level, k.facts.Today)
	if err != nil {
		return err
	}
	k.conditions = &n
	f, o, u := &k.facts, n.Ratios[0], n.Ratios[1]
	f.RatiosHold = n.Holds
	f.OrdinaryPassed, f.OrdinaryAll, f.OrdinaryNeeded = o.Passed, o.All, o.Need
	f.FunctionalPassed, f.FunctionalAll, f.FunctionalNeeded = u.Passed, u.All, u.Need
	return nil
}

// ofChecks is the sheet of this round, the checks that are prepared, and what is to be put right.
func (s *Service) ofChecks(ctx context.Context, l Look, c Case, k *known) error {
	find := func(kind string) (uuid.UUID, inspection.Standing, error) {
		id, err := l.Check(ctx, c.ID, kind, stepOf(kind))
		if err != nil || id == uuid.Nil {
			return id, inspection.Standing{}, err
		}
		st, err := s.Checks.Standing(ctx, l.Ledger(), c.Prison, id)
		return id, st, err
	}
	f := &k.facts
	f.Line = s.line(c)
	if kind, ok := sheets[c.State]; ok {
		id, st, err := find(kind)
		if err != nil {
			return err
		}
		if id != uuid.Nil {
			k.check = id
			f.SheetConfirmed, f.SheetClosed = st.Confirmed, st.Closed
			f.AppealsOpen, f.AppealsOver, f.AppealUntil = st.AppealsOpen, st.AppealsOver, st.AppealUntil
		}
		if f.SheetConfirmed {
			k.record, f.SheetScore, f.SheetDeducted = st.Run.String(), st.Score, st.Deducted
			if err := s.domains(c, st.Lowest, f); err != nil {
				return err
			}
		}
		if f.SheetConfirmed && c.State == "RECHECK" {
			// The run holds the carry as a leaf of its own; the road takes it off itself.
			k.afterCarry = st.Score
			if f.SheetScore, err = l.Own(ctx, st.Run); err != nil {
				return err
			}
		}
	}
	for _, kind := range []string{inspection.Baseline, inspection.LookBack, inspection.Recheck} {
		id, st, err := find(kind)
		if err != nil {
			return err
		}
		if id != uuid.Nil && !st.Confirmed {
			k.next[kind] = prepared{id, st}
		}
	}
	items, err := s.Checks.Items(ctx, l.Ledger(), c.Prison, c.Area)
	if err != nil {
		return err
	}
	for _, i := range items {
		if k.check != uuid.Nil && i.Check == k.check {
			f.Items++
		}
		if !i.Verified {
			f.ItemsOpen++
			if i.Critical {
				f.CriticalOpen++
			}
		}
	}
	return nil
}

// domains is the lowest rate of the sheet's domains against what the level asks, exactly;
// a level that asks none has no such parameter.
func (s *Service) domains(c Case, lowest *big.Rat, f *lifecycle.Facts) error {
	p, ok := s.machine(c).Parameters["domain_rate_"+c.Level]
	if f.DomainRateReached = !ok; !ok || lowest == nil {
		return nil
	}
	needed, ok := new(big.Rat).SetString(fmt.Sprint(p.Value))
	if !ok {
		return fault.New(fault.Invalid, "bad_parameter").With("parameter", "domain_rate_"+c.Level)
	}
	percent := func(r *big.Rat) string { return lifecycle.Exact(new(big.Rat).Mul(r, big.NewRat(100, 1))) + "%" }
	f.DomainRateReached, f.DomainRate, f.DomainRateNeeded = lowest.Cmp(needed) >= 0, percent(lowest), percent(needed)
	return nil
}

// line that the unit is held to (O1, O8).
func (s *Service) line(c Case) string {
	if own := s.machine(c).Parameter("recheck_line"); c.State == "RECHECK" && own != "acceptance" {
		return own
	}
	name := "pass_area"
	if c.Area == uuid.Nil {
		name = "pass_prison_" + c.Level
	}
	return s.machine(c).Parameter(name)
}

// ofItems is what a body decided in this round, by an item that is frozen. To adjourn
// decides nothing.
func (s *Service) ofItems(ctx context.Context, l Look, c Case, k *known) error {
	list, err := l.ItemsOf(ctx, c.ID)
	if err != nil {
		return err
	}
	for i := range list {
		if x := &list[i]; x.Seq >= k.round.since && x.State == c.State && x.Frozen() != nil && x.outcome() != "adjourn" {
			k.item = x
			if a := x.last("show", uuid.Nil); a != nil { // older than every vote that counts
				var shown Conditions
				if err := json.Unmarshal(a.Body, &shown); err != nil {
					return err
				}
				k.shown = !shown.Holds
			}
		}
	}
	return nil
}

// ofRecords is what people put beside the case in this round.
func (s *Service) ofRecords(_ context.Context, _ Look, c Case, k *known) error {
	f := &k.facts
	f.MeetingFrozen = k.item != nil
	f.ShownToCommittee = k.last(kindTold) != nil || k.shown
	f.GraveEvent = k.last(kindGrave) != nil
	if e := k.last(kindEvaluation); e != nil {
		var said Evaluation
		if err := json.Unmarshal(e.Body, &said); err != nil {
			return err
		}
		f.Evaluation = lifecycle.Exact(said.Total.Rat())
	}
	asks := s.machine(c).Steps(c.Track, c.Level).Record(c.State)
	if asks == kindResults {
		f.ResultsAsked = len(k.departments)
		for _, d := range k.departments {
			var last *Result
			for _, r := range k.round.records {
				if r.Kind != kindResults || r.Department != d {
					continue
				}
				last = &Result{}
				if err := json.Unmarshal(r.Body, last); err != nil {
					return err
				}
				k.record = r.ID.String()
			}
			if last != nil {
				f.ResultsConfirmed++
				if !last.Met {
					f.ResultsUnmet++
				}
				f.CriticalOpen += last.CriticalOpen
			}
		}
		return nil
	}
	if asks == kindMeeting {
		if k.item != nil {
			k.record = k.item.ID.String()
		}
		return nil
	}
	if k.record == "" && asks != "" {
		if r := k.last(asks); r != nil {
			k.record = r.ID.String()
		}
	}
	return nil
}
