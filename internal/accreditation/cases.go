package accreditation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/standards"
)

// Case of a unit: what its last event left.
type Case struct {
	Prison     uuid.UUID      `json:"prison"`
	ID         uuid.UUID      `json:"id"`
	Area       uuid.UUID      `json:"area,omitzero"` // zero: the prison as a whole
	Previous   uuid.UUID      `json:"previous,omitzero"`
	BegunBy    uuid.UUID      `json:"-"`
	RecordedAt time.Time      `json:"begun_at"`
	Seq        int            `json:"seq"`
	Machine    int            `json:"machine"`
	Pin        *standards.Pin `json:"pin,omitempty"`
	Salt       []byte         `json:"-"`
	lifecycle.Case
}

// Record commits to what a case began as.
func (c Case) Record() (ledger.Record, error) {
	return ledger.NewRecord("case", c.ID.String(), c.Salt, map[string]any{
		"case": c.ID, "area": c.Area, "track": c.Track, "previous": c.Previous, "begun_by": c.BegunBy,
	})
}

// Event is one act on a case. It never changes.
type Event struct {
	Seq        int             `json:"seq"`
	Transition string          `json:"transition"`
	Title      fault.Text      `json:"title"`
	From       lifecycle.State `json:"from"`
	To         lifecycle.State `json:"to"`
	ToTitle    fault.Text      `json:"to_title"`
	As         lifecycle.Actor `json:"as"`
	By         uuid.UUID       `json:"-"` // zero: the program
	ByName     string          `json:"by"`
	Reason     string          `json:"reason,omitempty"`
	Document   string          `json:"document,omitempty"`
	DocumentOn string          `json:"document_on,omitempty"`
	Rests      string          `json:"record,omitempty"`
	Detail     json.RawMessage `json:"detail"`
	RecordedAt time.Time       `json:"recorded_at"`
	Salt       []byte          `json:"-"`

	// After is the case as it then stood.
	After Case `json:"-"`
}

// Record commits to the act and to what it left.
func (e Event) Record() (ledger.Record, error) {
	standing, err := json.Marshal(e.After.Case)
	if err != nil {
		return ledger.Record{}, err
	}
	return ledger.NewRecord("case_event", e.After.ID.String()+"/"+strconv.Itoa(e.Seq), e.Salt, map[string]any{
		"case": e.After.ID, "seq": e.Seq, "transition": e.Transition, "from": e.From, "to": e.To, "as": e.As, "by": e.By, "reason": e.Reason,
		"document": e.Document, "document_on": e.DocumentOn, "record": e.Rests, "detail": e.Detail, "machine": e.After.Machine, "pin": e.After.Pin,
		"standing": json.RawMessage(standing),
	})
}

// Ends says whether the case has come to its end.
func (c Case) Ends() bool {
	return slices.Contains([]lifecycle.State{"NOT_PASSED", lifecycle.Revoked, "WITHDRAWN"}, c.State)
}

// Held says whether the case has come to a title that stands.
func (c Case) Held() bool {
	return slices.Contains([]lifecycle.State{lifecycle.Named, "LOOKBACK", "RECHECK"}, c.State)
}

// Open says whether the case is on its way to a title.
func (c Case) Open() bool { return !c.Ends() && !c.Held() }

// Act is what somebody does on a case.
type Act struct {
	Event      string `json:"event"`
	Reason     string `json:"reason"`
	Document   string `json:"document"`
	DocumentOn string `json:"document_on"`
	Waived     bool   `json:"waived"`
	// Cites answer the opinions given, department by department.
	Cites []Cite `json:"cites"`
}

// Cite is how a decision answers an opinion; without a word it follows it, so that one
// which says otherwise is answered in words.
type Cite struct {
	Department string `json:"department"`
	Answer     string `json:"answer,omitempty"`
}

// detail of an event, as it is kept.
type detail struct {
	Proposal []fault.Text `json:"proposal,omitempty"`
	Warnings []fault.Text `json:"warnings,omitempty"`
	Cites    []Cite       `json:"cites,omitempty"`
	Waived   bool         `json:"waived,omitempty"`
	Says     []fault.Text `json:"says,omitempty"`
	Asked    []asked      `json:"asked,omitempty"`
	Bulletin *named       `json:"bulletin,omitempty"`
}

// named is an issue of the bulletin, by its digest: the leaf of the act covers it.
type named struct {
	Year   int    `json:"year"`
	Issue  int    `json:"issue"`
	Digest string `json:"digest"`
}

// asked is a department whose opinion is wanted, and until when.
type asked struct {
	Department string `json:"department"`
	DueOn      string `json:"due_on"`
}

// longest reason or other text that somebody writes on a case.
const longest = 1000

// Begin opens a case of a unit: its self-check and plan are prepared in it. Faults:
// forbidden, bad_case with fields, case_open, title_held, title_waits.
func (s *Service) Begin(ctx context.Context, prison, area uuid.UUID, level string, idem ledger.Idem) (Case, error) {
	if !slices.ContainsFunc(s.qualities(ctx, prison, area), func(a lifecycle.Actor) bool { return a == lifecycle.Unit || a == lifecycle.PrisonOffice }) {
		return Case{}, s.may(ctx, "act_prison", subject(prison, area))
	}
	m := s.Machines.newest()
	c := Case{Prison: prison, ID: uuid.Must(uuid.NewV7()), Area: area, BegunBy: actor.From(ctx).PersonID, Machine: m.Version, Salt: integrity.NewSalt()}
	track := trackOf(area)
	if m.Steps(track, level) == nil {
		return Case{}, fault.InvalidFields("bad_case", []fault.Field{told("/level", "enum", "请选择创建等级", "Choose a level")})
	}
	var out Case
	err := s.Store.Write(ctx, s.asked(ctx, prison), idem, &out, func(tx Tx) error {
		// What is held and what is begun is decided by one at a time.
		if err := tx.Alone(ctx); err != nil {
			return err
		}
		switch a, err := areaOf(ctx, tx, area); {
		case err != nil:
			return err
		case a.Closed(catalog.DayOf(tx.Now())):
			return fault.InvalidFields("bad_case", []fault.Field{told("/area", "closed", "该监区已于 "+a.ClosedOn+" 撤销", "The area was closed on "+a.ClosedOn)})
		}
		before, err := tx.CasesOf(ctx, area)
		if err != nil {
			return err
		}
		titles, err := tx.Titles(ctx)
		if err != nil {
			return err
		}
		if err := hinders(before, titles, area, level, catalog.DayOf(tx.Now())); err != nil {
			return err
		}
		if len(before) > 0 {
			c.Previous = before[0].ID
		}
		c.Case = lifecycle.Begin(track, level, tx.Now())
		c.RecordedAt = tx.Now()
		out = c
		return tx.InsertCase(ctx, c)
	})
	return out, err
}

// hinders is what stands against beginning anew: a case of the unit that is open, or the title itself. Of
// the cases and titles of its prison.
func hinders(cases []Case, titles []Title, area uuid.UUID, level, day string) error {
	for _, x := range cases {
		switch {
		case x.Area != area:
		case !x.Ends() && !x.Held():
			return fault.New(fault.Conflict, "case_open").With("case", x.ID)
		case x.Held() && x.Level == level:
			return fault.New(fault.Conflict, "title_held")
		}
	}
	for _, t := range titles {
		switch {
		case t.Area != area || t.Level != level:
		case t.Stands(day):
			return fault.New(fault.Conflict, "title_held")
		case t.Waits(day):
			return fault.New(fault.Conflict, "title_waits").With("title", t.ID)
		}
	}
	return nil
}

func trackOf(area uuid.UUID) string {
	if area == uuid.Nil {
		return "prison"
	}
	return "area"
}

// areaOf finds an area of the prison; the zero area is the prison as a whole.
func areaOf(ctx context.Context, l Look, id uuid.UUID) (ledger.Area, error) {
	if id == uuid.Nil {
		return ledger.Area{}, nil
	}
	areas, err := l.Areas(ctx)
	if err != nil {
		return ledger.Area{}, err
	}
	if i := slices.IndexFunc(areas, func(a ledger.Area) bool { return a.ID == id }); i >= 0 {
		return areas[i], nil
	}
	return ledger.Area{}, fault.New(fault.NotFound, "not_found")
}

// Act moves the case by the road's one table. seq is the event that was seen last.
// Faults: forbidden, changed_meanwhile, case_forbids, case_not_yours, and case_refused
// with every condition that does not hold, in numbers.
func (s *Service) Act(ctx context.Context, prison, id uuid.UUID, seq int, act Act, idem ledger.Idem) (Case, error) {
	if bad := wrongAct(&act); len(bad) > 0 {
		return Case{}, fault.InvalidFields("bad_case", bad)
	}
	g, err := s.ground(ctx, prison, id)
	if err != nil {
		return Case{}, err
	}
	// A package is made and brought before the transaction that seals it: none waits for the store.
	if g.of.Seq == seq && s.machine(g.of).Brings(g.of.Case, act.Event, "seal_package") && slices.Contains(s.qualities(ctx, prison, g.of.Area), lifecycle.PartyCommittee) {
		if g.sealed, err = s.pack(ctx, prison, id); err != nil {
			return Case{}, err
		}
	}
	var out Case
	err = s.Store.Write(ctx, s.asked(ctx, prison), idem, &out, func(tx Tx) error {
		c, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		if c.Seq != seq || g.of.Seq != seq {
			return fault.New(fault.Stale, "changed_meanwhile")
		}
		return tx.Wide(ctx, func() error {
			as, err := s.acting(ctx, c, act.Event)
			if err != nil {
				return err
			}
			out, err = s.step(ctx, tx, g, c, as, act)
			return err
		})
	})
	return out, err
}

func wrongAct(act *Act) (bad []fault.Field) {
	for pointer, text := range map[string]*string{"/reason": &act.Reason, "/document": &act.Document} {
		if *text == "" {
			continue
		}
		clean, ok := catalog.Name(*text, longest)
		if !ok {
			bad = append(bad, told(pointer, "text", "最多 1000 字，不能含看不见的字符", "At most 1000 characters, none of them invisible"))
		}
		*text = clean
	}
	for i := range act.Cites {
		department, answer := act.Cites[i].Department, &act.Cites[i].Answer
		at := fmt.Sprintf("/cites/%d", i)
		switch {
		case follows[act.Event] == "":
			bad = append(bad, told(at, "cites", "只有推迟或如期的决定引用处室意见", "Only a decision to postpone or to go on cites opinions"))
		case slices.ContainsFunc(act.Cites[:i], func(c Cite) bool { return c.Department == department }):
			bad = append(bad, told(at+"/department", "twice", "每条处室意见只引用一次", "Each opinion is cited once"))
		}
		if *answer == "" {
			continue
		}
		clean, ok := catalog.Name(*answer, longest)
		if !ok {
			bad = append(bad, told(at+"/answer", "text", "最多 1000 字，不能含看不见的字符", "At most 1000 characters, none of them invisible"))
		}
		*answer = clean
	}
	if _, err := catalog.Day(act.DocumentOn); act.DocumentOn != "" && err != nil {
		bad = append(bad, told("/document_on", "format", "日期应写作 年-月-日", "A day is written YYYY-MM-DD"))
	}
	return bad
}

// step makes one transition under the case's lock, with all it brings.
func (s *Service) step(ctx context.Context, tx Tx, g ground, c Case, as lifecycle.Actor, act Act) (Case, error) {
	k, err := s.known(ctx, tx, g, c)
	if err != nil {
		return Case{}, err
	}
	if k.snapshot, err = s.snap(c, k); err != nil {
		return Case{}, err
	}
	if k.snapshot != nil {
		k.record = k.snapshot.ID.String()
	}
	if k.sealed = g.sealed; k.sealed != nil {
		now, err := s.contents(ctx, tx, c)
		if err != nil {
			return Case{}, err
		}
		if now.digest() != k.sealed.of {
			return Case{}, fault.New(fault.Stale, "changed_meanwhile")
		}
	}
	if act.DocumentOn > k.facts.Today {
		return Case{}, fault.InvalidFields("bad_case", []fault.Field{told("/document_on", "range", "日期不能晚于今天", "The day is not after today")})
	}
	if bad := notBefore("/document_on", act.DocumentOn, k.round.began); len(bad) > 0 {
		return Case{}, fault.InvalidFields("bad_case", bad)
	}
	who := actor.From(ctx).PersonID
	e := lifecycle.Event{Name: act.Event, As: as, At: tx.Now(), Reason: act.Reason, Document: act.Document, DocumentOn: act.DocumentOn, Waived: act.Waived, Record: k.record}
	if as == lifecycle.Clock {
		who = uuid.Nil // what the road does by itself it does in nobody's name
	} else {
		e.By = who.String()
	}
	f := k.of(act.Event)
	if f.OpinionsCited, err = k.cited(act); err != nil {
		return Case{}, err
	}
	m := s.machine(c)
	next, move, err := m.Next(c.Case, f, e)
	if err != nil {
		return Case{}, err
	}
	proposal, warnings, err := m.Propose(c.Case, f)
	if err != nil {
		return Case{}, err
	}
	d := detail{Cites: act.Cites, Waived: act.Waived}
	if k.round.opinions != nil {
		d.Proposal, d.Warnings = proposal, warnings
	}
	after := c
	after.Case, after.Seq = next, c.Seq+1
	ev := Event{Seq: after.Seq, Transition: move.Transition, From: move.From, To: move.To, As: as, By: who, Reason: act.Reason, Document: act.Document,
		DocumentOn: act.DocumentOn, Rests: e.Record, Salt: integrity.NewSalt()}
	for _, name := range move.Effects {
		if before := effects[name].before; before != nil {
			if err := before(ctx, s, tx, g, k, &after, &d); err != nil {
				return Case{}, err
			}
		}
	}
	if ev.Detail, err = canonical(d); err != nil {
		return Case{}, err
	}
	ev.After = after
	if err := tx.InsertEvent(ctx, c, ev); err != nil {
		return Case{}, err
	}
	for _, name := range move.Effects {
		if then := effects[name].then; then != nil {
			if err := then(ctx, s, tx, k, after, ev); err != nil {
				return Case{}, err
			}
		}
	}
	return after, s.tell(ctx, tx, k, after, ev, d)
}

// acting is the quality in which the context's actor may do this now: of several the
// first that the road knows for it.
func (s *Service) acting(ctx context.Context, c Case, event string) (lifecycle.Actor, error) {
	mine := s.qualities(ctx, c.Prison, c.Area)
	for _, t := range s.machine(c).Transition {
		if t.Event != event || !slices.Contains(t.From, c.State) {
			continue
		}
		for _, a := range t.Actors {
			if slices.Contains(mine, a) && !s.otherBody(c, a) {
				return a, nil
			}
		}
	}
	if len(mine) > 0 {
		return mine[0], nil
	}
	return "", s.may(ctx, "act_bureau", subject(c.Prison, c.Area))
}

// otherBody says that a committee is not the one before which the case is.
func (s *Service) otherBody(c Case, a lifecycle.Actor) bool {
	forward := s.machine(c).Forward(c.Case)
	return (a == lifecycle.PartyCommittee || a == lifecycle.Committee) && len(forward) > 0 && !slices.Contains(forward, a)
}

// Ask puts down that the unit wants an act (T1, T7, T24, T26): somebody else then does it.
// Faults: forbidden, case_forbids, bad_case.
func (s *Service) Ask(ctx context.Context, prison, id uuid.UUID, event, reason string, idem ledger.Idem) (Record, error) {
	return s.record(ctx, prison, id, idem, func(_ Tx, c Case, _ known) (Record, error) {
		if err := s.may(ctx, capacity(lifecycle.Unit, c.Area), subject(prison, c.Area)); err != nil {
			return Record{}, err
		}
		if _, ok := s.machine(c).Asked(c.Case)[event]; !ok {
			return Record{}, fault.New(fault.Conflict, "case_forbids").With("state", c.State).With("event", event)
		}
		clean, ok := catalog.Name(reason, longest)
		if reason != "" && !ok {
			return Record{}, fault.InvalidFields("bad_case", []fault.Field{told("/reason", "text", "最多 1000 字，不能含看不见的字符", "At most 1000 characters, none of them invisible")})
		}
		return s.newRecord(ctx, c, kindAsked, "", asking{event, clean})
	})
}
