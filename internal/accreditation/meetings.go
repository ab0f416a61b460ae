package accreditation

import (
	"context"
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
)

// Meeting of a body, called for a day by its secretary.
type Meeting struct {
	ID       uuid.UUID `json:"id"`
	Body     Body      `json:"body"`
	Title    string    `json:"title"`
	Day      string    `json:"day"`
	CalledBy string    `json:"called_by"`
	Items    int       `json:"items"`  // in the reader's sight, but for those taken off
	Frozen   int       `json:"frozen"` // of them
}

// Item of an agenda: a case in one of its rounds, and what its acts make of it.
type Item struct {
	Prison  uuid.UUID       `json:"prison"`
	ID      uuid.UUID       `json:"id"`
	Meeting uuid.UUID       `json:"meeting"`
	Body    Body            `json:"body"`
	Day     string          `json:"day"`
	Number  int             `json:"number"`
	Case    uuid.UUID       `json:"case"`
	Seq     int             `json:"-"`
	State   lifecycle.State `json:"-"`
	AddedBy uuid.UUID       `json:"-"`
	Salt    []byte          `json:"-"`
	Acts    []ItemAct       `json:"-"`
	// Of the case.
	Area  uuid.UUID `json:"area,omitzero"`
	Level string    `json:"level"`

	RecordedAt time.Time `json:"-"`
}

// ItemAct is one act on an item. It never changes.
type ItemAct struct {
	Act       int
	Kind      string // presence, recuse, vote, show, outcome, minutes, freeze, taken_off
	Person    uuid.UUID
	Value     string
	Reason    string
	Body      []byte
	Sha256    *ledger.Digest
	VersionID string
	Size      int64
	By        uuid.UUID
	ByName    string
	Salt      []byte

	RecordedAt time.Time
}

// Record commits to the item and to the meeting it is on.
func (i Item) Record() (ledger.Record, error) {
	return ledger.NewRecord("meeting_item", i.ID.String(), i.Salt, map[string]any{
		"item": i.ID, "meeting": i.Meeting, "body": i.Body, "day": i.Day, "number": i.Number, "case": i.Case, "seq": i.Seq, "state": i.State, "added_by": i.AddedBy,
	})
}

// Record commits to the act.
func (a ItemAct) Record(item uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("meeting_act", item.String()+"/"+strconv.Itoa(a.Act), a.Salt, map[string]any{
		"item": item, "act": a.Act, "kind": a.Kind, "person": a.Person, "value": a.Value, "reason": a.Reason, "body": a.Body, "sha256": a.Sha256,
		"version_id": a.VersionID, "size": a.Size, "acted_by": a.By,
	})
}

// last act of a kind; of a person where it is somebody's.
func (i Item) last(kind string, person uuid.UUID) *ItemAct {
	for n := len(i.Acts) - 1; n >= 0; n-- {
		if a := &i.Acts[n]; a.Kind == kind && a.Person == person {
			return a
		}
	}
	return nil
}

// counts is the last act of a kind that still does: a showing of the conditions begins the
// voting anew, and what was voted and decided on others is history.
func (i Item) counts(kind string, person uuid.UUID) *ItemAct {
	a := i.last(kind, person)
	if shown := i.last("show", uuid.Nil); a != nil && shown != nil && a.Act < shown.Act {
		return nil
	}
	return a
}

// cast says that the person has voted in person, and that it counts.
func (i Item) cast(person uuid.UUID) bool {
	a := i.counts("vote", person)
	return a != nil && a.By == person
}

// Frozen says that nothing follows.
func (i Item) Frozen() *ItemAct { return i.last("freeze", uuid.Nil) }

// off says that the item was taken off the agenda before anything was recorded of it.
func (i Item) off() *ItemAct { return i.last("taken_off", uuid.Nil) }

// over says that the item decides nothing any more, so that the case may have another one.
func (i Item) over() bool {
	return i.off() != nil || i.Frozen() != nil && i.outcome() == "adjourn"
}

// outcome that was recorded; "" for none.
func (i Item) outcome() string {
	if a := i.counts("outcome", uuid.Nil); a != nil {
		return a.Value
	}
	return ""
}

// Meetings in sight, the latest first, and the bodies for which the actor may call one.
// Fault: forbidden.
func (s *Service) Meetings(ctx context.Context) ([]Meeting, []Body, error) {
	if err := s.may(ctx, "read", meeting(uuid.Nil)); err != nil {
		return nil, nil, err
	}
	list, err := s.Store.Meetings(ctx, s.asked(ctx, uuid.Nil))
	return list, s.serving(ctx), err
}

// Call a meeting, by the body's secretary. Faults: forbidden, bad_case with fields.
func (s *Service) Call(ctx context.Context, m Meeting, idem ledger.Idem) (Meeting, error) {
	if !slices.Contains(Bodies, m.Body) {
		return Meeting{}, fault.InvalidFields("bad_case", []fault.Field{told("/body", "enum", "请选择审议机构", "Choose a body")})
	}
	if err := s.serves(ctx, m.Body); err != nil {
		return Meeting{}, err
	}
	bad := append(s.ahead("/day", m.Day, catalog.DayOf(s.Now())), worded("/title", &m.Title)...)
	if len(bad) > 0 {
		return Meeting{}, fault.InvalidFields("bad_case", bad)
	}
	m.ID, m.CalledBy, m.Items, m.Frozen = uuid.Must(uuid.NewV7()), actor.From(ctx).Name, 0, 0
	return s.Store.Call(ctx, s.asked(ctx, uuid.Nil), idem, m)
}

// Waiting is a case that stands before a body and on no agenda of its round.
type Waiting struct {
	Prison uuid.UUID `json:"prison"`
	Case   uuid.UUID `json:"case"`
	Area   uuid.UUID `json:"area,omitzero"`
	Level  string    `json:"level"`
}

// Sitting is a meeting with its agenda.
type Sitting struct {
	Meeting
	Agenda  []Deliberation `json:"agenda"`
	Waiting []Waiting      `json:"waiting"` // what the actor may put on the agenda
}

// Sitting of a meeting. Faults: forbidden, not_found.
func (s *Service) Sitting(ctx context.Context, id uuid.UUID) (Sitting, error) {
	list, serving, err := s.Meetings(ctx)
	if err != nil {
		return Sitting{}, err
	}
	i := slices.IndexFunc(list, func(m Meeting) bool { return m.ID == id })
	if i < 0 {
		return Sitting{}, fault.New(fault.NotFound, "not_found")
	}
	out := Sitting{Meeting: list[i], Agenda: []Deliberation{}, Waiting: []Waiting{}}
	items, err := s.Store.Items(ctx, s.asked(ctx, uuid.Nil), id)
	if err != nil {
		return out, err
	}
	for _, x := range items {
		d, err := s.Deliberation(ctx, x.Prison, x.ID)
		if err != nil {
			return out, err
		}
		out.Agenda = append(out.Agenda, d)
	}
	if !slices.Contains(serving, out.Body) {
		return out, nil
	}
	cases, err := s.Store.Cases(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return out, err
	}
	for _, c := range cases {
		if !s.before(c, out.Body) {
			continue
		}
		err := s.Store.Read(ctx, s.asked(ctx, c.Prison), func(l Look) error {
			of, err := s.itemsOf(ctx, l, c)
			if err == nil && !slices.ContainsFunc(of, func(i Item) bool { return !i.over() }) {
				out.Waiting = append(out.Waiting, Waiting{c.Prison, c.ID, c.Area, c.Level})
			}
			return err
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// before says that the case stands before the body.
func (s *Service) before(c Case, b Body) bool {
	return slices.Contains(s.machine(c).Forward(c.Case), b.as()) && s.machine(c).Steps(c.Track, c.Level).Record(c.State) == kindMeeting
}

// itemsOf a case in its present round, the oldest first.
func (s *Service) itemsOf(ctx context.Context, l Look, c Case) ([]Item, error) {
	events, err := l.Events(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	list, err := l.ItemsOf(ctx, c.ID)
	return slices.DeleteFunc(list, func(i Item) bool { return i.Seq < sinceOf(events) }), err
}

// Put a case on the agenda of a meeting of the body before which it stands. Faults:
// forbidden, not_found, case_forbids, item_there.
func (s *Service) Put(ctx context.Context, prison, id, c uuid.UUID, idem ledger.Idem) (Item, error) {
	list, serving, err := s.Meetings(ctx)
	if err != nil {
		return Item{}, err
	}
	at := slices.IndexFunc(list, func(m Meeting) bool { return m.ID == id })
	if at < 0 {
		return Item{}, fault.New(fault.NotFound, "not_found")
	}
	m := list[at]
	if !slices.Contains(serving, m.Body) {
		return Item{}, s.serves(ctx, m.Body)
	}
	var out Item
	err = s.Store.Write(ctx, s.asked(ctx, prison), idem, &out, func(tx Tx) error {
		k, err := tx.Lock(ctx, c)
		if err != nil {
			return err
		}
		if !s.before(k, m.Body) || m.Day < catalog.DayOf(tx.Now()) {
			return fault.New(fault.Conflict, "case_forbids").With("state", k.State)
		}
		out = Item{Prison: prison, ID: uuid.Must(uuid.NewV7()), Meeting: id, Body: m.Body, Day: m.Day, Case: c, Seq: k.Seq, State: k.State,
			AddedBy: actor.From(ctx).PersonID, Salt: integrity.NewSalt(), Area: k.Area, Level: k.Level}
		return tx.Wide(ctx, func() error {
			if out.Number, err = tx.InsertItem(ctx, out); err != nil {
				return err
			}
			return s.tellSeats(ctx, tx, out, "item_called")
		})
	})
	return out, err
}

// tellSeats tells the members who have a part in the item of it.
func (s *Service) tellSeats(ctx context.Context, tx Tx, i Item, kind string) error {
	seats, err := tx.Seats(ctx, i)
	if err != nil {
		return err
	}
	for _, p := range seats {
		if p.Out() || p.Person == actor.From(ctx).PersonID {
			continue
		}
		if err := tx.Notify(ctx, ledger.Notice{Prison: i.Prison, Person: p.Person, Kind: kind, Subject: i.ID,
			Detail: map[string]any{"meeting": i.Meeting, "case": i.Case, "area": i.Area, "level": i.Level, "due_on": i.Day, "body": i.Body}}); err != nil {
			return err
		}
	}
	return nil
}
