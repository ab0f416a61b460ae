package lifecycle

import (
	"fmt"
	"slices"
	"time"

	"taizhang/internal/fault"
)

// Case is an application and the title that came of it, as it stands.
type Case struct {
	Track string `json:"track" cel:"track"`
	Level string `json:"level" cel:"level"`
	State State  `json:"state" cel:"state"`
	// Earliest is the first day of the next try; "" for none.
	Earliest   string `json:"earliest,omitempty" cel:"earliest"`
	BaselineOn string `json:"baseline_on,omitempty" cel:"baseline_on"`
	// CycleStart is the day of naming, or of the last kept re-check (R90).
	CycleStart string `json:"cycle_start,omitempty" cel:"cycle_start"`
	Cycle      int    `json:"cycle,omitempty" cel:"cycle"`
	LookedBack bool   `json:"looked_back,omitempty" cel:"looked_back"`
	// Carry is what the look-back takes from the re-check of the same cycle (R88); "0" for nothing.
	Carry string `json:"carry" cel:"carry"`
	// At is when the last act was done; the next is later.
	At time.Time `json:"at"`
	// Records are those confirmed on the way here, the latest round of each step.
	Records []Record `json:"records"`
}

// Record is what a step leaves behind, by its digest or number.
type Record struct {
	State State  `json:"state"`
	Kind  string `json:"kind"`
	ID    string `json:"id"`
}

// Begin is a case that somebody has begun to prepare.
func Begin(track, level string, at time.Time) Case {
	return Case{Track: track, Level: level, State: Draft, Carry: "0", At: at}
}

// Facts is what the house knows on the day of an act. Scores and lines are exact,
// written as text; days are YYYY-MM-DD of the prison's calendar.
type Facts struct {
	Today string `cel:"today"`

	// Of the unit and its application.
	SelfComplete   bool   `cel:"self_complete"`
	SelfScore      string `cel:"self_score"`
	OpenCases      int    `cel:"open_cases"`
	WaitUntil      string `cel:"wait_until"`
	StandardIssued bool   `cel:"standard_issued"`
	UnitActive     bool   `cel:"unit_active"`
	// AskedBy is who asked for the act before; "" for nobody.
	AskedBy string

	// Of a prison's areas.
	RatiosHold         bool `cel:"ratios_hold"`
	OrdinaryPassed     int  `cel:"ordinary_passed"`
	OrdinaryAll        int  `cel:"ordinary_all"`
	OrdinaryNeeded     int  `cel:"ordinary_needed"`
	FunctionalPassed   int  `cel:"functional_passed"`
	FunctionalAll      int  `cel:"functional_all"`
	FunctionalNeeded   int  `cel:"functional_needed"`
	ShownToCommittee   bool `cel:"shown_to_committee"`
	DomainRateReached  bool `cel:"domain_rate_reached"`
	TeamSize           int  `cel:"team_size"`
	TeamOfPrison       int  `cel:"team_of_prison"`
	BatchIssued        bool `cel:"batch_issued"`
	OpinionsAsked      int  `cel:"opinions_asked"`
	OpinionsGiven      int  `cel:"opinions_given"`
	OpinionsDelay      int  `cel:"opinions_delay"`
	OpinionsCited      int  `cel:"opinions_cited"`
	OpinionsOver       bool `cel:"opinions_over"`
	ResultsAsked       int  `cel:"results_asked"`
	ResultsConfirmed   int  `cel:"results_confirmed"`
	ResultsUnmet       int  `cel:"results_unmet"`
	CriticalOpen       int  `cel:"critical_open"`
	Items              int  `cel:"items"`
	ItemsOpen          int  `cel:"items_open"`
	AppealsOpen        int  `cel:"appeals_open"`
	AppealsOver        bool `cel:"appeals_over"`
	GraveEvent         bool `cel:"grave_event"`
	MeetingFrozen      bool `cel:"meeting_frozen"`
	SheetConfirmed     bool `cel:"sheet_confirmed"`
	SheetClosed        bool `cel:"sheet_closed"`
	ProposalIsPostpone bool `cel:"proposal_is_postpone"`

	// Of the sheet of this round: its score, what it lost, the line it is held to.
	SheetScore    string `cel:"sheet_score"`
	SheetDeducted string `cel:"sheet_deducted"`
	Line          string `cel:"line"`
	Evaluation    string `cel:"evaluation"`
	// DomainRate is the lowest of the sheet's domains, as a fraction, and what the level asks of it.
	DomainRate       string `cel:"domain_rate"`
	DomainRateNeeded string `cel:"domain_rate_needed"`
	// AppealUntil is the last day of appeals against a confirmed sheet; OpinionDue the day of the one opinion
	// that is asked about. "" for none.
	AppealUntil string `cel:"appeal_until"`
	OpinionDue  string `cel:"opinion_due"`
	// StandardHeld is by which document the unit holds the standard title; "" if it does not.
	StandardHeld string `cel:"standard_held"`
}

// Event is what somebody does.
type Event struct {
	Name       string
	By         string
	As         Actor `cel:"as"`
	At         time.Time
	Reason     string `cel:"reason"`
	Document   string `cel:"document"`
	DocumentOn string `cel:"document_on"`
	Waived     bool   `cel:"waived"`
	// Record is the confirmed record of the step that is left.
	Record string `cel:"record"`
}

// Move is a transition made.
type Move struct {
	Transition string   `json:"transition"`
	From       State    `json:"from"`
	To         State    `json:"to"`
	Effects    []string `json:"effects"`
}

// Next is the only way from one state to another. A refusal is a fault of kind
// Conflict that names every condition that does not hold, with its numbers.
func (m *Machine) Next(c Case, f Facts, e Event) (Case, Move, error) {
	vars := &known{m: m, c: c, f: f, e: e}
	t, err := m.pick(c, e, vars)
	if err != nil {
		return c, Move{}, err
	}
	road := m.Steps(c.Track, c.Level)
	to := t.target(road, c.State)
	if to == "" {
		return c, Move{}, fault.New(fault.Conflict, "case_no_step")
	}
	refused, err := m.refusals(t, vars)
	if err != nil {
		return c, Move{}, err
	}
	refused = append(refused, asked(t, f, e)...)
	if !e.At.After(c.At) {
		refused = append(refused, said("later", "办理时间必须晚于上一步", "an act is later than the one before it"))
	}
	out := c
	out.Records = slices.Clone(c.Records)
	from, at := road.place(c.State), road.place(to)
	if kind := road.forward(c.State, to); kind != "" {
		if e.Record == "" {
			refused = append(refused, noRecord)
		}
		out.Records = append(out.Records, Record{c.State, kind, e.Record})
	}
	if len(refused) > 0 {
		return c, Move{}, &fault.Error{Kind: fault.Conflict, Code: "case_refused", Fields: refused}
	}
	// A step taken anew begins a new round: what stood for it and for later ones stands no more.
	if at >= 0 && (from < 0 || at < from) && to != Named {
		out.Records = slices.DeleteFunc(out.Records, func(r Record) bool {
			return slices.IndexFunc(road, func(s Step) bool { return s.State == r.State }) >= at
		})
	}
	if to == Named && c.CycleStart == "" {
		if missing := road.missing(out.Records); len(missing) > 0 {
			return c, Move{}, fmt.Errorf("case would be named without %v", missing)
		}
	}
	out.State, out.At = to, e.At
	if err := out.set(t, vars); err != nil {
		return c, Move{}, err
	}
	return out, Move{Transition: t.ID, From: c.State, To: to, Effects: t.Effects}, nil
}

var noRecord = said("record", "本环节还没有已确认的记录", "this step has no confirmed record yet")

// target is where the transition leads from a state of the road; "" past its end.
func (t *Transition) target(road Road, from State) State {
	if t.To == next {
		return road.After(from)
	}
	return t.To
}

func (r Road) place(s State) int {
	return slices.IndexFunc(r, func(x Step) bool { return x.State == s })
}

// forward is the kind of record that must be there before one state is left for
// another: "" when the way leads back, off the road, or the step has none.
func (r Road) forward(from, to State) string {
	if i := r.place(from); i >= 0 && r.place(to) > i {
		return r[i].Record
	}
	return ""
}

// Record is the kind that a step leaves on this road.
func (r Road) Record(s State) string {
	if i := r.place(s); i >= 0 {
		return r[i].Record
	}
	return ""
}

// missing is the steps that left no record.
func (r Road) missing(records []Record) []State {
	var out []State
	for _, s := range r {
		if s.Record != "" && !slices.ContainsFunc(records, func(x Record) bool { return x.State == s.State && x.ID != "" }) {
			out = append(out, s.State)
		}
	}
	return out
}

func (m *Machine) pick(c Case, e Event, vars *known) (*Transition, error) {
	known, mine := false, false
	for _, t := range m.Transition {
		if t.Event != e.Name || !slices.Contains(t.From, c.State) {
			continue
		}
		known = true
		if !slices.Contains(t.Actors, e.As) {
			continue
		}
		mine = true
		if t.when.run != nil {
			if ok, err := t.when.yes(vars); err != nil {
				return nil, err
			} else if !ok {
				continue
			}
		}
		return t, nil
	}
	switch {
	case !known:
		return nil, fault.New(fault.Conflict, "case_forbids").With("state", c.State).With("event", e.Name)
	case !mine:
		return nil, fault.New(fault.Forbidden, "case_not_yours").With("event", e.Name)
	}
	return nil, fault.New(fault.Conflict, "case_forbids").With("state", c.State).With("event", e.Name)
}

func (m *Machine) refusals(t *Transition, vars *known) ([]fault.Field, error) {
	var out []fault.Field
	for _, name := range t.Guards {
		g := m.Guards[name]
		ok, err := g.when.yes(vars)
		if err != nil {
			return nil, fmt.Errorf("guard %s: %w", name, err)
		}
		if ok {
			continue
		}
		text, err := g.sentence(vars)
		if err != nil {
			return nil, fmt.Errorf("guard %s: %w", name, err)
		}
		out = append(out, fault.Field{Code: name, Text: text})
	}
	return out, nil
}

func asked(t *Transition, f Facts, e Event) []fault.Field {
	switch {
	case t.Asks == "":
		return nil
	case f.AskedBy == "":
		return []fault.Field{said("asked", "申报单位还没有提出", "the unit has not asked for it")}
	case f.AskedBy == e.By:
		return []fault.Field{said("other", "提出的人不能自己批准", "who asked does not agree to it")}
	}
	return nil
}

func said(code, zh, en string) fault.Field {
	return fault.Field{Code: code, Text: fault.Text{ZH: zh, EN: en}}
}

// Choice is an act of the state a case is in: what it would do, what is to be written for
// it (reason, document, cites; waived if it may be), and what stands against it besides.
type Choice struct {
	Transition string        `json:"transition"`
	Event      string        `json:"event"`
	As         Actor         `json:"as"`
	Title      fault.Text    `json:"title"`
	Wants      []string      `json:"wants"`
	Refused    []fault.Field `json:"refused"`
}

// wanted is what the one who acts writes down, and what its lack looks like.
var wanted = []struct {
	name string
	lack func(*Facts, *Event)
}{
	{"reason", func(_ *Facts, e *Event) { e.Reason = "" }},
	{"document", func(_ *Facts, e *Event) { e.Document, e.DocumentOn = "", "" }},
	{"cites", func(f *Facts, _ *Event) { f.OpinionsCited = 0 }},
}

// Choices are the acts of somebody in these qualities, who would leave the record behind.
func (m *Machine) Choices(c Case, f Facts, by, record string, as []Actor) ([]Choice, error) {
	out := []Choice{}
	f.OpinionsCited = f.OpinionsGiven
	for _, t := range m.Transition {
		mine := slices.IndexFunc(as, func(a Actor) bool { return slices.Contains(t.Actors, a) })
		if mine < 0 || !slices.Contains(t.From, c.State) {
			continue
		}
		e := Event{Name: t.Event, By: by, As: as[mine], Record: record, Reason: "…", Document: "…", DocumentOn: f.Today}
		vars := &known{m: m, c: c, f: f, e: e}
		if t.when.run != nil {
			if ok, err := t.when.yes(vars); err != nil {
				return nil, err
			} else if !ok {
				continue
			}
		}
		// Of several rows of one event the first that fits is the one that is taken.
		if slices.ContainsFunc(out, func(x Choice) bool { return x.Event == t.Event && x.As == e.As }) {
			continue
		}
		choice := Choice{Transition: t.ID, Event: t.Event, As: e.As, Title: t.Title, Wants: []string{}}
		var err error
		if choice.Refused, err = m.refusals(t, vars); err != nil {
			return nil, err
		}
		for _, w := range wanted {
			lacking := &known{m: m, c: c, f: f, e: e}
			w.lack(&lacking.f, &lacking.e)
			more, err := m.refusals(t, lacking)
			if err != nil {
				return nil, err
			}
			if len(more) > len(choice.Refused) {
				choice.Wants = append(choice.Wants, w.name)
			}
		}
		waived := &known{m: m, c: c, f: f, e: e}
		waived.e.Waived = true
		less, err := m.refusals(t, waived)
		if err != nil {
			return nil, err
		}
		if len(less) < len(choice.Refused) {
			choice.Wants, choice.Refused = append(choice.Wants, "waived", "reason"), less
		}
		choice.Refused = append(choice.Refused, asked(t, f, e)...)
		if road := m.Steps(c.Track, c.Level); record == "" && road.forward(c.State, t.target(road, c.State)) != "" {
			choice.Refused = append(choice.Refused, noRecord)
		}
		if choice.Refused == nil {
			choice.Refused = []fault.Field{}
		}
		out = append(out, choice)
	}
	return out, nil
}

// Asked is the event by which the unit may ask for an act of this state; each by its title.
func (m *Machine) Asked(c Case) map[string]fault.Text {
	out := map[string]fault.Text{}
	for _, t := range m.Transition {
		if t.Asks != "" && slices.Contains(t.From, c.State) {
			out[t.Event] = t.Title
		}
	}
	return out
}

// Propose is whether the rule would postpone the acceptance, and why (W3); warnings
// are what the decision should know besides.
func (m *Machine) Propose(c Case, f Facts) (reasons, warnings []fault.Text, err error) {
	vars := &known{m: m, c: c, f: f}
	for _, of := range []struct {
		list []*Condition
		out  *[]fault.Text
	}{{m.Proposal, &reasons}, {m.Warnings, &warnings}} {
		for _, p := range of.list {
			ok, err := p.when.yes(vars)
			if err != nil {
				return nil, nil, err
			}
			if !ok {
				continue
			}
			text, err := p.sentence(vars)
			if err != nil {
				return nil, nil, err
			}
			*of.out = append(*of.out, text)
		}
	}
	return reasons, warnings, nil
}

// Forward is who takes the case to the next step of its road.
func (m *Machine) Forward(c Case) []Actor {
	for _, t := range m.Transition {
		if t.To != next || !slices.Contains(t.From, c.State) {
			continue
		}
		if t.when.run != nil {
			if ok, err := t.when.yes(&known{m: m, c: c}); err != nil || !ok {
				continue
			}
		}
		return t.Actors
	}
	return nil
}

// TakeUp is a case that goes on from a title given before the system had it, in the
// cycle that began on a day.
func TakeUp(track, level, start string, cycle int, at time.Time) Case {
	return Case{Track: track, Level: level, State: Named, CycleStart: start, Cycle: cycle, Carry: "0", At: at}
}

// Brings says whether an act in this state would have the effect.
func (m *Machine) Brings(c Case, event, effect string) bool {
	for _, t := range m.Transition {
		if t.Event != event || !slices.Contains(t.From, c.State) {
			continue
		}
		if t.when.run != nil {
			if ok, err := t.when.yes(&known{m: m, c: c}); err != nil || !ok {
				continue
			}
		}
		return slices.Contains(t.Effects, effect)
	}
	return false
}
