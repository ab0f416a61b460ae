package accreditation

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
)

// Shown is a case in a list.
type Shown struct {
	Case
	StateTitle fault.Text `json:"state_title"`
	ETag       int        `json:"etag"`
	Timers     []Timer    `json:"timers"`
	Open       bool       `json:"open"` // on its way: neither ended nor come to a title
}

// StepShown is one step of the road: passed, at hand, or to come.
type StepShown struct {
	State  lifecycle.State `json:"state"`
	Title  fault.Text      `json:"title"`
	Record string          `json:"record,omitempty"`
	Stands string          `json:"stands"` // passed, here, ahead
}

// Whole is a case with everything that its page shows.
type Whole struct {
	Shown
	Road     []StepShown        `json:"road"`
	Events   []Event            `json:"events"`
	Records  []Record           `json:"records"`
	Opinions []Opinion          `json:"opinions"`
	Actions  []lifecycle.Choice `json:"actions"`
	// Asks are the acts that the actor may ask for, with what they are called.
	Asks map[string]fault.Text `json:"asks"`
	// Makes are the kinds of records that the actor may make now.
	Makes []Makes `json:"makes"`
	// Prepares are the kinds of checks that the actor may open for the case now; Prepared
	// those that are open ahead of the act that begins them.
	Prepares   []string     `json:"prepares"`
	Prepared   []Prepared   `json:"prepared"`
	Proposal   []fault.Text `json:"proposal"`
	Warnings   []fault.Text `json:"warnings"`
	Conditions *Conditions  `json:"conditions,omitempty"`
	Line       string       `json:"line"`
	SelfScore  string       `json:"self_score,omitempty"`
	Score      string       `json:"score,omitempty"` // of this step's confirmed sheet, without the carry
	// AfterCarry is what the look-back of the cycle leaves of it (R88): by that a re-check is decided.
	AfterCarry string    `json:"after_carry,omitempty"`
	Check      uuid.UUID `json:"check,omitzero"`
	Title      *Title    `json:"title,omitempty"`
	// MayAsk says that the actor may ask departments besides for their opinion now.
	MayAsk      bool             `json:"may_ask_opinion,omitempty"`
	Lost        []Lost           `json:"lost"`
	Newer       *Newer           `json:"newer,omitempty"`
	Evaluations []EvaluationItem `json:"evaluations,omitempty"`
	Deeds       []Deed           `json:"deeds,omitempty"` // on record now, beside them
	// Items of agendas that the case is or was on: what was decided, and not who voted how.
	Items []OnAgenda `json:"items"`
	// Package says that one was sealed, and goes to the reader.
	Package bool `json:"package"`
}

// OnAgenda is an item as its case shows it.
type OnAgenda struct {
	ID       uuid.UUID      `json:"id"`
	Meeting  uuid.UUID      `json:"meeting"`
	Body     Body           `json:"body"`
	Day      string         `json:"day"`
	Number   int            `json:"number"`
	Outcome  string         `json:"outcome,omitempty"` // once it is frozen
	Text     string         `json:"text,omitempty"`
	FrozenAt *time.Time     `json:"frozen_at,omitempty"`
	Digest   *ledger.Digest `json:"digest,omitempty"`
	TakenOff string         `json:"taken_off,omitempty"` // why, where it was
	May      bool           `json:"may_open"`
}

// Makes is a kind of record with the departments it may be made for.
type Makes struct {
	Kind        string   `json:"kind"`
	Departments []string `json:"departments,omitempty"`
}

// Prepared is a check that is ready for what may begin now.
type Prepared struct {
	Kind  string    `json:"kind"`
	Check uuid.UUID `json:"check"`
	Team  int       `json:"team"`
}

// Board is every case in sight with the states it may be in, and what the actor may begin.
type Board struct {
	Cases  []Shown   `json:"cases"`
	States []Named   `json:"states"`
	Begin  []Beginer `json:"begin"`
}

// Named is a state with its title, in the order of the roads.
type Named struct {
	State lifecycle.State `json:"state"`
	Title fault.Text      `json:"title"`
}

// Beginer is a unit for which the actor may begin a case, and its levels.
type Beginer struct {
	Prison uuid.UUID `json:"prison"`
	Area   uuid.UUID `json:"area,omitzero"`
	Levels []string  `json:"levels"`
}

// Cases lists those in sight.
func (s *Service) Cases(ctx context.Context) (Board, error) {
	return s.CasesOf(ctx, uuid.Nil)
}

// CasesOf are those of one prison.
func (s *Service) CasesOf(ctx context.Context, prison uuid.UUID) (Board, error) {
	list, err := s.Store.Cases(ctx, s.asked(ctx, prison))
	if err != nil {
		return Board{}, err
	}
	prisons, err := s.Store.Prisons(ctx)
	if err != nil {
		return Board{}, err
	}
	agenda, err := s.agenda(ctx)
	if err != nil {
		return Board{}, err
	}
	m := s.Machines.newest()
	b, today := Board{Cases: []Shown{}, States: ordered(m), Begin: []Beginer{}}, catalog.DayOf(s.Now())
	facts, err := s.listed(ctx, list, prisons, today)
	if err != nil {
		return Board{}, err
	}
	for _, c := range list {
		if s.mayRead(ctx, c, agenda) != nil {
			continue
		}
		x, err := s.shown(c, facts(c), nil)
		if err != nil {
			return Board{}, err
		}
		b.Cases = append(b.Cases, x)
	}
	titles, err := s.Store.Register(ctx, s.asked(ctx, prison))
	if err != nil {
		return Board{}, err
	}
	begins := func(prison, area uuid.UUID, cases []Case, held []Title) {
		if !slices.ContainsFunc(s.qualities(ctx, prison, area), func(a lifecycle.Actor) bool { return a == lifecycle.Unit || a == lifecycle.PrisonOffice }) {
			return
		}
		x := Beginer{Prison: prison, Area: area}
		for level := range m.Tracks[trackOf(area)] {
			if hinders(cases, held, area, level, today) == nil {
				x.Levels = append(x.Levels, level)
			}
		}
		if len(x.Levels) == 0 {
			return
		}
		slices.SortFunc(x.Levels, func(a, b string) int {
			return cmp.Or(slices.Index(levels, a)-slices.Index(levels, b), strings.Compare(a, b))
		})
		b.Begin = append(b.Begin, x)
	}
	for _, p := range prisons {
		cases := slices.DeleteFunc(slices.Clone(list), func(c Case) bool { return c.Prison != p.ID })
		held := slices.DeleteFunc(slices.Clone(titles), func(t Title) bool { return t.Prison != p.ID })
		begins(p.ID, uuid.Nil, cases, held)
		for _, a := range p.Areas {
			if !a.Closed(today) {
				begins(p.ID, a.ID, cases, held)
			}
		}
	}
	return b, nil
}

// ordered are the states as the road's document has them.
func ordered(m *lifecycle.Machine) []Named {
	list := make([]Named, len(m.Order))
	for i, state := range m.Order {
		list[i] = Named{state, m.States[state]}
	}
	return list
}

func (s *Service) shown(c Case, f lifecycle.Facts, opinions []Opinion) (Shown, error) {
	timers, err := s.timers(c, f, opinions)
	return Shown{Case: c, StateTitle: s.machine(c).States[c.State], ETag: c.Seq + 1, Timers: timers, Open: c.Open()}, err
}

// Case with its road, its history and what may be done now. Faults: not_found, forbidden.
func (s *Service) Case(ctx context.Context, prison, id uuid.UUID) (Whole, error) {
	g, err := s.ground(ctx, prison, id)
	if err != nil {
		return Whole{}, err
	}
	var w Whole
	err = s.Store.Read(ctx, s.asked(ctx, prison), func(l Look) error {
		c, err := l.Case(ctx, id)
		if err != nil {
			return err
		}
		g.of = c
		return l.Wide(ctx, func() error {
			w, err = s.whole(ctx, l, g, c)
			return err
		})
	})
	return w, err
}

func (s *Service) whole(ctx context.Context, l Look, g ground, c Case) (Whole, error) {
	k, err := s.known(ctx, l, g, c)
	if err != nil {
		return Whole{}, err
	}
	w := Whole{Line: k.facts.Line, SelfScore: k.facts.SelfScore, Score: k.facts.SheetScore, AfterCarry: k.afterCarry, Check: k.check, Conditions: k.conditions,
		Asks: map[string]fault.Text{}, Makes: []Makes{}, Proposal: []fault.Text{}, Warnings: []fault.Text{}, Opinions: []Opinion{}, Lost: []Lost{}, Records: []Record{}}
	if w.Shown, err = s.shown(c, k.facts, k.round.opinions); err != nil {
		return w, err
	}
	m := s.machine(c)
	w.Road = road(m, c)
	if w.Events, err = l.Events(ctx, c.ID); err != nil {
		return w, err
	}
	for i := range w.Events {
		w.Events[i].Title, w.Events[i].ToTitle = titleOf(m, w.Events[i].Transition), m.States[w.Events[i].To]
	}
	records, err := l.Records(ctx, c.ID)
	if err != nil {
		return w, err
	}
	for _, r := range records {
		r.May = r.Seq >= k.round.since && s.mayConfirm(ctx, c, r)
		if r.Body, err = thin(r); err != nil {
			return w, err
		}
		w.Records = append(w.Records, r)
	}
	if w.Actions, err = s.choices(ctx, c, k); err != nil {
		return w, err
	}
	if s.may(ctx, capacity(lifecycle.Unit, c.Area), subject(c.Prison, c.Area)) == nil {
		w.Asks = m.Asked(c.Case)
	}
	s.makes(ctx, c, k, &w)
	if slices.ContainsFunc(w.Records, func(r Record) bool { return r.Kind == kindEvaluation }) {
		w.Evaluations = Evaluations // what its rows are called
	}
	if slices.ContainsFunc(w.Makes, func(x Makes) bool { return x.Kind == kindEvaluation }) {
		w.Evaluations = Evaluations
		counts, err := l.Deeds(ctx)
		if err != nil {
			return w, err
		}
		w.Deeds = deeds(counts)
	}
	s.prepares(ctx, c, k, &w)
	if k.round.opinions != nil {
		reasons, warnings, err := m.Propose(c.Case, k.facts)
		if err != nil {
			return w, err
		}
		w.Proposal, w.Warnings = append(w.Proposal, reasons...), append(w.Warnings, warnings...)
	}
	for _, o := range k.round.opinions {
		o.May = o.Given == nil && s.speaksFor(ctx, c.Prison, c.Area, o.Department) == nil
		w.Opinions = append(w.Opinions, o)
	}
	w.MayAsk = len(w.Opinions) > 0 && s.mayMake(ctx, c, lifecycle.BureauOffice, "") == nil
	titles, err := l.Titles(ctx)
	if err != nil {
		return w, err
	}
	if i := slices.IndexFunc(titles, func(t Title) bool { return t.Goes == c.ID }); i >= 0 {
		w.Title = &titles[i]
		w.Title.Standing, w.Title.Actions = w.Title.Stands(k.facts.Today), []string{}
	}
	if c.Area == uuid.Nil {
		areas, err := l.Areas(ctx)
		if err != nil {
			return w, err
		}
		if w.Lost, err = lostOf(s.Machines.newest(), k.facts.Today, areas, titles); err != nil {
			return w, err
		}
	}
	w.Lost = append([]Lost{}, w.Lost...)
	if err := s.onAgendas(ctx, l, c, &w); err != nil {
		return w, err
	}
	busy, err := s.busy(ctx, l, c)
	w.Newer = s.newer(ctx, c, g, busy)
	return w, err
}

func titleOf(m *lifecycle.Machine, transition string) fault.Text {
	for _, t := range m.Transition {
		if t.ID == transition {
			return t.Title
		}
	}
	return map[string]fault.Text{"T0": {ZH: "历史称号转入", EN: "Taken up from before"}, "V": {ZH: "改用新版标准", EN: "Moved to a newer version"}}[transition]
}

func road(m *lifecycle.Machine, c Case) []StepShown {
	list := []StepShown{}
	passed := "passed"
	steps := m.Steps(c.Track, c.Level)
	at := slices.IndexFunc(steps, func(x lifecycle.Step) bool { return x.State == c.State })
	for i, step := range steps {
		x := StepShown{State: step.State, Title: m.States[step.State], Record: step.Record, Stands: passed}
		switch {
		case i == at:
			x.Stands = "here"
		case at >= 0 && i > at:
			x.Stands = "ahead"
		// Off the road, or back on it: what has left its record is passed.
		case at < 0 && !c.Held() && step.Record != "" && !slices.ContainsFunc(c.Records, func(r lifecycle.Record) bool { return r.State == step.State }):
			passed, x.Stands = "ahead", "ahead"
		}
		list = append(list, x)
	}
	return list
}

// choices are the acts of the actor, each with what is known for it.
func (s *Service) choices(ctx context.Context, c Case, k known) ([]lifecycle.Choice, error) {
	m, by := s.machine(c), actor.From(ctx).PersonID.String()
	as := slices.DeleteFunc(s.qualities(ctx, c.Prison, c.Area), func(a lifecycle.Actor) bool { return s.otherBody(c, a) })
	record := k.record
	// What the act of screening itself writes down is there when it is done.
	if m.Steps(c.Track, c.Level).Record(c.State) == kindSnapshot {
		record = kindSnapshot
	}
	list, err := m.Choices(c.Case, k.facts, by, record, as)
	if err != nil {
		return nil, err
	}
	for i, x := range list {
		own, err := m.Choices(c.Case, k.of(x.Event), by, record, as)
		if err != nil {
			return nil, err
		}
		if j := slices.IndexFunc(own, func(y lifecycle.Choice) bool { return y.Transition == x.Transition }); j >= 0 {
			list[i] = own[j]
		}
	}
	return list, nil
}

// makes lists the kinds of records of the step that the actor may make.
func (s *Service) makes(ctx context.Context, c Case, k known, w *Whole) {
	for _, kind := range order {
		as, here := sorts[kind].here(s.machine(c), c, kind)
		if !here {
			continue
		}
		x := Makes{Kind: kind}
		if as == lifecycle.Department {
			for _, d := range k.departments {
				given := kind == kindOpinion && slices.ContainsFunc(k.round.opinions, func(o Opinion) bool { return o.Department == d && o.Given != nil })
				if !given && s.speaksFor(ctx, c.Prison, c.Area, d) == nil {
					x.Departments = append(x.Departments, d)
				}
			}
			if x.Departments == nil {
				continue
			}
		} else if s.mayMake(ctx, c, as, "") != nil {
			continue
		}
		w.Makes = append(w.Makes, x)
	}
}

// prepares tells which checks the case has ahead of it, and which it still wants.
func (s *Service) prepares(ctx context.Context, c Case, k known, w *Whole) {
	w.Prepares, w.Prepared = []string{}, []Prepared{}
	kinds := preparable(c)
	if own, ok := sheets[c.State]; ok && k.check == uuid.Nil {
		kinds = append(kinds, own)
	}
	may := c.Pin != nil && s.may(ctx, capacity(lifecycle.BureauOffice, c.Area), subject(c.Prison, c.Area)) == nil
	for _, kind := range kinds {
		switch next, ok := k.next[kind]; {
		case ok:
			w.Prepared = append(w.Prepared, Prepared{kind, next.id, next.Team})
		case may:
			w.Prepares = append(w.Prepares, kind)
		}
	}
}

func (s *Service) mayConfirm(ctx context.Context, c Case, r Record) bool {
	k := sorts[r.Kind]
	as, here := k.here(s.machine(c), c, r.Kind)
	return k.second && here && !r.Stands && actor.From(ctx).PersonID != r.By && s.mayMake(ctx, c, as, r.Department) == nil
}

// thin leaves out of a list what is large: the two sheets of a choice of versions.
func thin(r Record) (json.RawMessage, error) {
	if r.Kind != kindVersion {
		return r.Body, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(r.Body, &members); err != nil {
		return nil, err
	}
	delete(members, "before")
	delete(members, "after")
	return json.Marshal(members)
}

// Record of a case, whole. Faults: not_found, forbidden.
func (s *Service) Record(ctx context.Context, prison, id, record uuid.UUID) (Record, error) {
	var out Record
	agenda, err := s.agenda(ctx)
	if err != nil {
		return out, err
	}
	err = s.Store.Read(ctx, s.asked(ctx, prison), func(l Look) error {
		c, err := l.Case(ctx, id)
		if err != nil {
			return err
		}
		if err := s.mayRead(ctx, c, agenda); err != nil {
			return err
		}
		list, err := l.Records(ctx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(r Record) bool { return r.ID == record })
		if i < 0 {
			return fault.New(fault.NotFound, "not_found")
		}
		out = list[i]
		return nil
	})
	return out, err
}

func (s *Service) onAgendas(ctx context.Context, l Look, c Case, w *Whole) error {
	w.Items = []OnAgenda{}
	items, err := l.ItemsOf(ctx, c.ID)
	if err != nil {
		return err
	}
	may := s.may(ctx, "read", meeting(c.Prison)) == nil
	for _, i := range items {
		x := OnAgenda{ID: i.ID, Meeting: i.Meeting, Body: i.Body, Day: i.Day, Number: i.Number, May: may}
		if f := i.Frozen(); f != nil {
			sum := ledger.Digest(sha256.Sum256(f.Body))
			x.Outcome, x.Text, x.FrozenAt, x.Digest = i.outcome(), i.last("outcome", uuid.Nil).Reason, &f.RecordedAt, &sum
		}
		if a := i.off(); a != nil {
			x.TakenOff = a.Reason
		}
		w.Items = append(w.Items, x)
	}
	sealed, err := l.Packages(ctx, c.ID)
	if err != nil || len(sealed) == 0 {
		return err
	}
	w.Package, err = s.mayTake(ctx, l, c)
	return err
}
