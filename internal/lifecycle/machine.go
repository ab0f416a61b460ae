// Package lifecycle is the road of an accreditation from the draft to the title
// and on: which act may follow which, on what conditions, and what it changes.
// The road is data (schemas/accreditation); this package reads it, refuses one
// that cannot hold, and is the only way from one state to another. It is pure:
// no clock, no store.
package lifecycle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"taizhang/internal/fault"
)

// State is a place on the road; its name stands in the machine's data.
type State string

// The states that rules of this package speak of; all others are data.
const (
	Draft   State = "DRAFT"
	Named   State = "NAMED"
	Revoked State = "REVOKED"
)

// next in a transition's To is the step after this one, on the case's own track.
const next State = "@next"

// Actor is in which quality somebody acts (section 3.1 of the standard's text).
type Actor string

// The actors of the machine.
const (
	Unit           Actor = "U"
	PrisonOffice   Actor = "PO"
	BureauOffice   Actor = "BO"
	Department     Actor = "DL"
	TeamLeader     Actor = "TL"
	PartyCommittee Actor = "PC"
	Committee      Actor = "RC"
	Clock          Actor = "SYS"
)

var actors = []Actor{Unit, PrisonOffice, BureauOffice, Department, TeamLeader, PartyCommittee, Committee, Clock}

// Effects that the house carries out when a transition is made.
var effects = []string{
	"pin_standard", "keep_snapshot", "tell_numbers", "grant_team", "end_grants", "ask_opinions", "open_results",
	"open_items", "seal_package", "register_title", "keep_title", "revoke_title", "review_parent",
}

// Condition is something that must hold, and what is said when it does not.
type Condition struct {
	When string     `json:"when"`
	Says fault.Text `json:"says"`

	when program
	says map[string][]part
}

// Step is a state that a track passes through. Record is the kind of record that
// must be confirmed before the step is left forward; "" for none. A step whose
// When is false of the parameters is not on the road.
type Step struct {
	State  State  `json:"state"`
	Record string `json:"record,omitempty"`
	When   string `json:"when,omitempty"`
}

// Transition is one row of the table. Of several for one event and state, the
// first whose When holds is taken. Asks is who must have asked for it before:
// somebody else than the one who acts.
type Transition struct {
	ID      string            `json:"id"`
	Event   string            `json:"event"`
	From    []State           `json:"from"`
	To      State             `json:"to"`
	Actors  []Actor           `json:"actors"`
	Asks    Actor             `json:"asks,omitempty"`
	When    string            `json:"when,omitempty"`
	Guards  []string          `json:"guards"`
	Sets    map[string]string `json:"sets,omitempty"`
	Effects []string          `json:"effects,omitempty"`
	Title   fault.Text        `json:"title"`

	when program
	sets map[string]program
}

// Opinion is what a timer runs for each of: one that was asked for and not given.
const Opinion = "opinion"

// Timer opens a task and marks; it never moves a case. Before is in days, or in working days if
// Workdays says so. One with Each runs for everything of that name; the only one is Opinion.
type Timer struct {
	ID       string     `json:"id"`
	Each     string     `json:"each,omitempty"`
	Title    fault.Text `json:"title"`
	When     string     `json:"when"`
	Due      string     `json:"due"`
	Before   string     `json:"before"`
	Workdays bool       `json:"workdays,omitempty"`
	Overdue  string     `json:"overdue"`
	Tells    []Actor    `json:"tells"`
	// TellsLate are told besides once it is overdue.
	TellsLate []Actor `json:"tells_late,omitempty"`

	when, due, before, overdue program
}

// Machine is a version of the road, read and checked.
type Machine struct {
	Version    int                  `json:"version"`
	Parameters map[string]Parameter `json:"parameters"`
	States     map[State]fault.Text `json:"states"`
	// Order of the states as the document has them: the road from its beginning, then what stands beside it.
	Order      []State                    `json:"-"`
	Tracks     map[string]map[string]Road `json:"tracks"`
	Guards     map[string]*Condition      `json:"guards"`
	Proposal   []*Condition               `json:"proposal"`
	Warnings   []*Condition               `json:"warnings"`
	Transition []*Transition              `json:"transitions"`
	Timers     []*Timer                   `json:"timers"`
}

// Road is the steps of a track at one level, in order.
type Road []Step

// Parameter is a value that the text leaves open; Source names the open point
// ("O10") or the article ("A").
type Parameter struct {
	Value  any        `json:"value"`
	Source string     `json:"source"`
	Title  fault.Text `json:"title"`
}

// Parse reads a machine and compiles it. The error names every mistake.
func Parse(raw []byte) (*Machine, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	m := &Machine{}
	if err := dec.Decode(m); err != nil {
		return nil, fmt.Errorf("machine: %w", err)
	}
	c := &compiler{m: m}
	if err := c.compile(); err != nil {
		return nil, err
	}
	m.Order = order(raw)
	return m, nil
}

// order reads the names of the states once more, as they stand in a document that has been parsed: a
// map forgets it.
func order(raw []byte) (list []State) {
	var doc struct {
		States json.RawMessage `json:"states"`
	}
	_ = json.Unmarshal(raw, &doc)
	dec := json.NewDecoder(bytes.NewReader(doc.States))
	_, _ = dec.Token()
	for dec.More() {
		name, _ := dec.Token()
		list = append(list, State(name.(string)))
		_ = dec.Decode(new(fault.Text))
	}
	return list
}

type compiler struct {
	m    *Machine
	env  *cel.Env
	errs []string
}

func (c *compiler) wrong(format string, args ...any) {
	c.errs = append(c.errs, fmt.Sprintf(format, args...))
}

// choices are parameters that are no numbers: what each may be.
var choices = map[string][]any{"ratio_inclusive": {true, false}, "functional_none": {"holds", "fails"}, "functional_pool": {"one", "either"}}

// counts are parameters that the house counts people, days and months by, beside what expressions ask.
var counts = []string{"team_min", "opinion_workdays", "opinion_remind_workdays", "bulletin_read_workdays", "liaison_vacant_days", "liaison_changes", "appeal_workdays"}

func (c *compiler) compile() error {
	for _, name := range counts {
		if n, ok := c.m.Parameters[name].Value.(json.Number); !ok || strings.ContainsAny(n.String(), "-.eE") {
			c.wrong("parameter %s is a whole number", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(choices)) {
		if !slices.Contains(choices[name], c.m.Parameters[name].Value) {
			c.wrong("parameter %s is one of %v", name, choices[name])
		}
	}
	if line := c.m.Parameter("recheck_line"); line != "acceptance" {
		if _, ok := new(big.Rat).SetString(line); !ok {
			c.wrong("parameter recheck_line is acceptance or a score")
		}
	}
	env, err := environment(c.m.Parameters)
	if err != nil {
		return err
	}
	c.env = env
	for _, name := range slices.Sorted(maps.Keys(c.m.Guards)) {
		c.condition("guard "+name, c.m.Guards[name])
	}
	for i, p := range append(slices.Clone(c.m.Proposal), c.m.Warnings...) {
		c.condition(fmt.Sprintf("proposal %d", i), p)
	}
	c.tracks()
	seen := map[string]bool{}
	for _, t := range c.m.Transition {
		if seen[t.ID] {
			c.wrong("%s stands twice", t.ID)
		}
		seen[t.ID] = true
		c.transition(t)
	}
	for _, t := range c.m.Timers {
		c.timer(t)
	}
	if len(c.errs) > 0 {
		return &Mistakes{List: c.errs}
	}
	return nil
}

// Mistakes is everything wrong with a machine.
type Mistakes struct{ List []string }

func (m *Mistakes) Error() string { return fmt.Sprintf("machine: %q", m.List) }

func (c *compiler) tracks() {
	for track, levels := range c.m.Tracks {
		for level, road := range levels {
			at := track + "/" + level
			if len(road) == 0 || road[0].State != Draft || road[len(road)-1].State != Named {
				c.wrong("%s: a road begins at %s and ends at %s", at, Draft, Named)
			}
			kept := Road{}
			seen := map[State]bool{}
			for _, s := range road {
				if _, ok := c.m.States[s.State]; !ok {
					c.wrong("%s: state %s has no title", at, s.State)
				}
				if seen[s.State] {
					c.wrong("%s: %s stands twice", at, s.State)
				}
				seen[s.State] = true
				if s.When == "" {
					kept = append(kept, s)
					continue
				}
				p := c.program(at, s.When, cel.BoolType)
				on, err := p.yes(&known{m: c.m})
				if err != nil {
					c.wrong("%s: %v", at, err)
				} else if on {
					kept = append(kept, s)
				}
			}
			levels[level] = kept
		}
	}
}

func (c *compiler) transition(t *Transition) {
	at := "transition " + t.ID
	if len(t.From) == 0 || len(t.Actors) == 0 {
		c.wrong("%s: from and actors must be named", at)
	}
	for _, s := range append(slices.Clone(t.From), t.To) {
		if _, ok := c.m.States[s]; !ok && s != next {
			c.wrong("%s: state %s is not known", at, s)
		}
	}
	for _, a := range t.Actors {
		if !slices.Contains(actors, a) {
			c.wrong("%s: actor %s is not known", at, a)
		}
		// No title is ever lost by a clock.
		if a == Clock && (t.To == Revoked || slices.Contains(t.From, Named)) {
			c.wrong("%s: the clock does not take a title", at)
		}
	}
	if t.Asks != "" && !slices.Contains(actors, t.Asks) {
		c.wrong("%s: actor %s is not known", at, t.Asks)
	}
	for _, g := range t.Guards {
		if c.m.Guards[g] == nil {
			c.wrong("%s: guard %s is not known", at, g)
		}
	}
	for _, e := range t.Effects {
		if !slices.Contains(effects, e) {
			c.wrong("%s: effect %s is not known", at, e)
		}
	}
	if t.When != "" {
		t.when = c.program(at, t.When, cel.BoolType)
	}
	t.sets = map[string]program{}
	for _, name := range slices.Sorted(maps.Keys(t.Sets)) {
		kind, ok := settable[name]
		if !ok {
			c.wrong("%s: %s cannot be set", at, name)
			continue
		}
		t.sets[name] = c.program(at+" sets "+name, t.Sets[name], kind)
	}
}

func (c *compiler) timer(t *Timer) {
	at := "timer " + t.ID
	if t.Each != "" && t.Each != Opinion {
		c.wrong("%s: %s is nothing that a case has several of", at, t.Each)
	}
	for _, a := range append(slices.Clone(t.Tells), t.TellsLate...) {
		if !slices.Contains(actors, a) {
			c.wrong("%s: actor %s is not known", at, a)
		}
	}
	t.when = c.program(at, t.When, cel.BoolType)
	t.due = c.program(at, t.Due, cel.StringType)
	t.before = c.program(at, t.Before, cel.IntType)
	t.overdue = c.program(at, t.Overdue, cel.IntType)
}

func (c *compiler) condition(at string, p *Condition) {
	p.when = c.program(at, p.When, cel.BoolType)
	p.says = map[string][]part{}
	for lang, text := range map[string]string{"zh": p.Says.ZH, "en": p.Says.EN} {
		if text == "" {
			c.wrong("%s: says nothing in %s", at, lang)
		}
		p.says[lang] = c.parts(at, text)
	}
}

// Parameter's decimal or fraction, as it is written.
func (m *Machine) Parameter(name string) string { return fmt.Sprint(m.Parameters[name].Value) }

// Steps of a track at a level; nil for one that there is not.
func (m *Machine) Steps(track, level string) Road { return m.Tracks[track][level] }

// After is the step behind this one; "" where the road ends or the state is not on it.
func (r Road) After(s State) State {
	i := r.place(s)
	if i < 0 || i+1 >= len(r) {
		return ""
	}
	return r[i+1].State
}
