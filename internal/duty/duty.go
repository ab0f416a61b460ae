package duty

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Grace is how long after its deadline an entry is late before it counts as
// back-filled (accreditation 2.1, B).
const Grace = 24 * time.Hour

// State of a duty.
type State string

// The states (glossary: 待填, 按时, 迟报, 补录, 缺失, 免填).
const (
	Open       State = "open"
	OnTime     State = "on_time"
	Late       State = "late"
	Backfilled State = "backfilled"
	Missing    State = "missing"
	Excused    State = "excused"
)

// Duty is one thing due.
type Duty struct {
	ID     uuid.UUID `json:"id"`
	Area   uuid.UUID `json:"area"`
	Ledger string    `json:"ledger"`
	Period string    `json:"period"`
	Target int       `json:"target"` // how many entries of the period fulfil it
	Have   int       `json:"have"`   // how many there are, at most Target
	// About is the field that names the inmate, of a duty that is owed of each on the
	// roll: Slots are what is owed, and Missing whom nothing was filed about.
	About   string    `json:"-"`
	Slots   []Slot    `json:"-"`
	Missing []Inmate  `json:"missing,omitempty"`
	Starts  time.Time `json:"starts_at"`
	Ends    time.Time `json:"ends_at"`
	Due     time.Time `json:"due_at"`
	// Planned is the deadline as the cadence has it; Due is later where an outage
	// moved it.
	Planned time.Time `json:"planned_due_at"`
	Day     string    `json:"day"`
	State   State     `json:"state"`
	// Entry that fulfilled it, and whether it is approved.
	Entry     *uuid.UUID `json:"entry,omitempty"`
	Submitted *time.Time `json:"submitted_at,omitempty"`
	Approved  bool       `json:"approved"`
	// Waiting says that the entry lies with somebody for decision.
	Waiting bool `json:"waiting"`
	// Excused by decision (免填): it counts neither for nor against.
	Excused bool `json:"-"`
	// Unlocked says that a lock is lifted by decision (解锁), for now.
	Unlocked bool `json:"-"`
	// Lock is why it cannot be filled now; nil when it can.
	Lock *ledger.Lock `json:"lock"`
}

// Inmate as a list names him.
type Inmate struct {
	Number string `json:"inmate_no"`
	Name   string `json:"name"`
}

// Slot is one entry owed of one inmate, and the one that fills it.
type Slot struct {
	Inmate
	Entry     *uuid.UUID `json:"entry"`
	Submitted *time.Time `json:"submitted_at"`
	Approved  bool       `json:"approved"`
	Waiting   bool       `json:"waiting"`
}

// Sum says of a duty what its slots say together: it is fulfilled with the last of
// them.
func (d *Duty) Sum() {
	d.Target, d.Approved = len(d.Slots), true
	for _, s := range d.Slots {
		if s.Entry == nil {
			if n := len(d.Missing); n == 0 || d.Missing[n-1] != s.Inmate {
				d.Missing = append(d.Missing, s.Inmate)
			}
			continue
		}
		d.Have++
		d.Approved, d.Waiting = d.Approved && s.Approved, d.Waiting || s.Waiting
		if d.Submitted == nil || s.Submitted.After(*d.Submitted) {
			d.Entry, d.Submitted = s.Entry, s.Submitted
		}
	}
	if d.Have < d.Target {
		d.Entry, d.Submitted, d.Approved, d.Waiting = nil, nil, false, false
	}
}

// each is what is counted one by one: a duty is itself, or its slots.
func (d Duty) each() []Duty {
	if d.About == "" {
		return []Duty{d}
	}
	list := make([]Duty, len(d.Slots))
	for i, s := range d.Slots {
		list[i] = d
		list[i].Entry, list[i].Submitted, list[i].Approved, list[i].Waiting = s.Entry, s.Submitted, s.Approved, s.Waiting
	}
	return list
}

// Left is how many of what is counted are not filled.
func (d Duty) Left() int {
	n := 0
	for _, one := range d.each() {
		if one.Submitted == nil {
			n++
		}
	}
	return n
}

// Judge fills in the state as it is at now.
func (d *Duty) Judge(now time.Time) {
	switch {
	case d.Excused:
		d.State = Excused
	case d.Submitted == nil && now.After(d.Due):
		d.State = Missing
	case d.Submitted == nil:
		d.State = Open
	case !d.Submitted.After(d.Due):
		d.State = OnTime
	case !d.Submitted.After(d.Due.Add(Grace)):
		d.State = Late
	default:
		d.State = Backfilled
	}
}

// Filter of duties. Zero members do not restrict.
type Filter struct {
	Areas    []uuid.UUID
	Ledgers  []string
	DueFrom  time.Time
	DueTo    time.Time
	Day      string
	Unfilled bool // open or missing
	// Limit leaves the earliest deadlines out where there are more.
	Limit int
}

// Decided is one submission that the owning department had to decide.
type Decided struct {
	Entry     uuid.UUID
	Submitted time.Time
	Decided   *time.Time
}

// Store keeps duties and facts.
type Store interface {
	Areas(ctx context.Context, prison uuid.UUID) ([]ledger.Area, error)
	Prisons(ctx context.Context) ([]uuid.UUID, error)
	Roll(ctx context.Context, s ledger.Session, day string) (map[uuid.UUID]int, error)
	// AddDuties also brings the lists of inmates of periods that are not over up to
	// the roll.
	AddDuties(ctx context.Context, s ledger.Session, list []Duty) error
	// Duties comes in the order of the deadlines.
	Duties(ctx context.Context, s ledger.Session, f Filter) ([]Duty, error)
	// Reckon replaces the facts of a day by what fn makes of it. It holds the day
	// from before it reads until it has written: two reckonings of one day come
	// one after the other, and the later sees all that the earlier saw.
	Reckon(ctx context.Context, s ledger.Session, area uuid.UUID, ledgerID, day string, fn func(Day) ([]scoring.DayFact, error)) error
	// Look reads a day, and the facts that stand of it, as the transaction has changed it.
	Look(ctx context.Context, tx ledger.Tx, area uuid.UUID, ledgerID, day string) (Day, []scoring.DayFact, error)
	// Undecided lists what was submitted before a time and is not decided yet.
	Undecided(ctx context.Context, s ledger.Session, before time.Time) ([]Undecided, error)
	// Reckoned is how far SetReckoned said; the zero time if never.
	Reckoned(ctx context.Context, s ledger.Session) (time.Time, error)
	SetReckoned(ctx context.Context, s ledger.Session, to time.Time) error
	Facts(ctx context.Context, s ledger.Session, area uuid.UUID, from, to string) ([]scoring.DayFact, error)
	// Announce tells receivers outside, each piece of news once.
	Announce(ctx context.Context, s ledger.Session, list []ledger.Announcement) error
	// Filed lists first submissions between two times, of areas.
	Filed(ctx context.Context, s ledger.Session, areas []uuid.UUID, from, to time.Time) ([]Filed, error)
	// DueDays names every ledger and day of which a deadline lies between two times.
	DueDays(ctx context.Context, s ledger.Session, from, to time.Time) ([]ledger.DayTouched, error)
	// Reliefs lists the newest first; uuid.Nil all of them.
	Reliefs(ctx context.Context, s ledger.Session, id uuid.UUID) ([]Relief, error)
	AddRelief(ctx context.Context, s ledger.Session, idem ledger.Idem, r Relief) (Relief, error)
	// DecideRelief locks the relief, lets fn set its state and decide, and carries
	// out what follows in the same transaction.
	DecideRelief(ctx context.Context, s ledger.Session, idem ledger.Idem, id uuid.UUID, fn func(*Relief) (ReliefDecision, error)) (Relief, error)
	// AddRosters inserts each list as the version it bears; when it is not the
	// next one the fault is changed_meanwhile.
	AddRosters(ctx context.Context, s ledger.Session, idem ledger.Idem, list []Roster) ([]Roster, error)
	// Rosters reads the newest lists of an area between two days; a delivered one
	// may name its shift by id or title.
	Rosters(ctx context.Context, s ledger.Session, area uuid.UUID, from, to string, shifts []catalog.Shift) ([]Roster, error)
}

// Day is what there is of one ledger of one area on one day.
type Day struct {
	Duties      []Duty
	Submissions []Decided
	Outages     []Span // in force in the area
	// Counted are the documents in force of the day's approved entries.
	Counted []Document
}

// Undecided is a submission that waits for the department.
type Undecided struct {
	Area      uuid.UUID
	Ledger    string
	Day       string
	Submitted time.Time
	Outages   []Span // in force in the area
}

// Document in force of an entry, with the version it was written in.
type Document struct {
	Entry   uuid.UUID
	Version int
	Nil     bool
	// Corrected says that an earlier revision had been in force.
	Corrected bool
	Raw       []byte
}

// Service is the use cases of duties, facts and scores.
type Service struct {
	Store   Store
	Access  ledger.Authorizer
	Catalog *catalog.Catalog
	Now     func() time.Time
	Clock   func() time.Time // demonstration prisons only; nil: never
}

// reckoning is the program's own session: a duty is fulfilled whether or not
// the one who asks may read the entry.
func (s *Service) reckoning(prison uuid.UUID) ledger.Session {
	return s.session(ledger.Session{Prison: prison, Scope: ledger.Everything()})
}

// asked is the session of an answer: the database sees who asks. Only which
// entry fulfils a duty is looked up for everybody (Store.Duties).
func (s *Service) asked(ctx context.Context, prison uuid.UUID) ledger.Session {
	a := actor.From(ctx)
	return s.session(ledger.Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())})
}

func (s *Service) session(ses ledger.Session) ledger.Session {
	if s.Clock != nil {
		ses.Clock = s.Clock()
	}
	return ses
}

// mayRead asks whether the actor may see an area's standing.
func (s *Service) mayRead(ctx context.Context, prison, area uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), "read", ledger.Subject{Class: "score", Prison: prison, Area: area}, s.Now())
}

// Plan makes the duties of a prison whose periods overlap from and to. Those
// already there stay.
func (s *Service) Plan(ctx context.Context, prison uuid.UUID, from, to time.Time) error {
	return s.plan(ctx, prison, from, to, func(Period) bool { return true })
}

// PlanWhole leaves out periods that began before from: nobody was there yet to
// fill them.
func (s *Service) PlanWhole(ctx context.Context, prison uuid.UUID, from, to time.Time) error {
	return s.plan(ctx, prison, from, to, func(p Period) bool { return !p.Starts.Before(from) })
}

func (s *Service) plan(ctx context.Context, prison uuid.UUID, from, to time.Time, keep func(Period) bool) error {
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return err
	}
	ses := s.reckoning(prison)
	rolls, err := s.Store.Roll(ctx, ses, catalog.DayOf(from))
	if err != nil {
		return err
	}
	var list []Duty
	for _, t := range s.Catalog.Types() {
		periods := slices.DeleteFunc(Periods(t.Cadence, s.Catalog.Calendar(), from, to), func(p Period) bool { return !keep(p) })
		for _, a := range areas {
			if t.AppliesTo(a.Kind, a.Function, a.HasLabour) {
				owed := slices.DeleteFunc(slices.Clone(periods), func(p Period) bool { return !a.Counts(p.Day()) })
				list = append(list, plan(t, s.Catalog.Calendar(), a.ID, owed, catalog.Extent{Inmates: rolls[a.ID], Sites: s.Catalog.Nominal().Sites})...)
			}
		}
	}
	return s.Store.AddDuties(ctx, ses, list)
}

// plan makes one duty of what is owed of each inmate, else one for each entry.
func plan(t *catalog.Type, cal *catalog.Calendar, area uuid.UUID, periods []Period, e catalog.Extent) []Duty {
	var list []Duty
	for _, p := range periods {
		d := Duty{Area: area, Ledger: t.ID, Period: p.Key, Starts: p.Starts, Ends: p.Ends,
			Due: t.Cadence.Due(p.Ends, cal), Day: p.Day()}
		n := t.Cadence.Target(e)
		if t.Cadence.Per == "inmate" {
			d.About, d.Target, n = t.Subject(), t.Cadence.Expected, min(n, 1)
		}
		for i := range n {
			d.ID = uuid.Must(uuid.NewV7())
			if d.About == "" {
				d.Target = i + 1
			}
			list = append(list, d)
		}
	}
	return list
}

// List returns the duties of areas the actor may see, judged at now. Inmates are
// named to who may look up those of the area.
func (s *Service) List(ctx context.Context, prison uuid.UUID, f Filter) ([]Duty, error) {
	if len(f.Areas) == 0 {
		areas, err := s.Store.Areas(ctx, prison)
		if err != nil {
			return nil, err
		}
		for _, a := range areas {
			if s.mayRead(ctx, prison, a.ID) == nil {
				f.Areas = append(f.Areas, a.ID)
			}
		}
		if len(f.Areas) == 0 {
			return nil, nil
		}
	}
	for _, a := range f.Areas {
		if err := s.mayRead(ctx, prison, a); err != nil {
			return nil, err
		}
	}
	list, err := s.Store.Duties(ctx, s.asked(ctx, prison), f)
	if err != nil {
		return nil, err
	}
	named := map[uuid.UUID]bool{}
	for _, a := range f.Areas {
		named[a] = s.Access.Check(actor.From(ctx), "read", ledger.Subject{Class: "inmate", Prison: prison, Area: a}, s.Now()) == nil
	}
	for i := range list {
		if !named[list[i].Area] {
			list[i].Missing = nil
		}
	}
	return s.judged(list), nil
}

func (s *Service) now() time.Time {
	if s.Clock != nil {
		return s.Clock()
	}
	return s.Now()
}

func (s *Service) judged(list []Duty) []Duty {
	now := s.now()
	for i := range list {
		list[i].Judge(now)
		list[i].Lock = s.lock(list[i], now)
	}
	return list
}
