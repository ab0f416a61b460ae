package accreditation

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Minutes of an item: a file in the prison's store.
type Minutes struct {
	Name   string        `json:"name"`
	Sha256 ledger.Digest `json:"sha256"`
	Size   int64         `json:"size"`
	By     string        `json:"by"`
}

// Deliberation is an item as it stands.
type Deliberation struct {
	Item
	Seen    int         `json:"seen"` // acts so far
	Seats   []Seat      `json:"seats"`
	Tally   Tally       `json:"tally"`
	Outcome string      `json:"outcome,omitempty"`
	Text    string      `json:"text,omitempty"`
	Minutes *Minutes    `json:"minutes,omitempty"`
	Shown   *Conditions `json:"shown,omitempty"`
	// ShowDue says that the conditions are to be shown before anybody votes: they were not, or
	// have changed since, so that what was voted on them counts no more.
	ShowDue bool `json:"show_due,omitempty"`
	// Off is who took the item off the agenda, and why.
	Off *Off `json:"taken_off,omitempty"`
	// Frozen is when, by whom, and the digest of all that was frozen.
	Frozen *Freeze `json:"frozen,omitempty"`
	// Moot: the case has left the round in which the item was put.
	Moot bool `json:"moot"`
	// May are the acts on the item as a whole; the conditions are shown only where there are any.
	May []string `json:"may"`
	// Package that was sealed of the case, for those to whom it goes.
	Package uuid.UUID `json:"package,omitzero"`
}

// Off says that an item is on the agenda no more.
type Off struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
}

// Freeze of an item.
type Freeze struct {
	At     time.Time     `json:"at"`
	By     string        `json:"by"`
	Digest ledger.Digest `json:"digest"`
}

// frozen is the whole of an item, as it is kept.
type frozen struct {
	Item
	Seats   []Seat      `json:"seats"`
	Tally   Tally       `json:"tally"`
	Quorum  string      `json:"quorum"`
	Outcome string      `json:"outcome"`
	Text    string      `json:"text"`
	Minutes *Minutes    `json:"minutes"`
	Shown   *Conditions `json:"shown,omitempty"`
}

// Deliberation of one item. Faults: forbidden, not_found.
func (s *Service) Deliberation(ctx context.Context, prison, id uuid.UUID) (Deliberation, error) {
	if err := s.may(ctx, "read", meeting(prison)); err != nil {
		return Deliberation{}, err
	}
	var d Deliberation
	err := s.Store.Read(ctx, s.asked(ctx, prison), func(l Look) error {
		i, err := l.Item(ctx, id)
		if err != nil {
			return err
		}
		return l.Wide(ctx, func() error {
			c, err := l.Case(ctx, i.Case)
			if err != nil {
				return err
			}
			d, err = s.deliberation(ctx, l, i, c)
			return err
		})
	})
	return s.without(ctx, d), err
}

// without the votes, and the minutes that tell of them, is how an item is shown to a member who
// has no part in it: the package does not go to them either.
func (s *Service) without(ctx context.Context, d Deliberation) Deliberation {
	me := actor.From(ctx).PersonID
	if s.may(ctx, "oversee", meeting(d.Prison)) == nil || !slices.ContainsFunc(d.Seats, func(x Seat) bool { return x.Person == me && x.Out() }) {
		return d
	}
	d.Seats = slices.Clone(d.Seats)
	for n := range d.Seats {
		d.Seats[n].Vote, d.Seats[n].VotedBy = "", ""
	}
	d.Tally.For, d.Tally.Against, d.Tally.Abstain, d.Tally.Open, d.Minutes = 0, 0, 0, 0, nil
	return d
}

// deliberation is what the acts make of an item; of a frozen one, what was frozen.
func (s *Service) deliberation(ctx context.Context, l Look, i Item, c Case) (Deliberation, error) {
	i.Area, i.Level = c.Area, c.Level
	d := Deliberation{Item: i, Seen: len(i.Acts), May: []string{}}
	share, ok := new(big.Rat).SetString(s.machine(c).Parameter("quorum"))
	if !ok {
		return d, fmt.Errorf("quorum of version %d is no fraction", c.Machine)
	}
	open, err := s.itemsOf(ctx, l, c)
	if err != nil {
		return d, err
	}
	d.Moot = !slices.ContainsFunc(open, func(x Item) bool { return x.ID == i.ID })
	if d.Package, err = s.packageFor(ctx, l, i); err != nil {
		return d, err
	}
	if f := i.Frozen(); f != nil {
		var kept frozen
		if err := json.Unmarshal(f.Body, &kept); err != nil {
			return d, err
		}
		d.Seats, d.Tally, d.Outcome, d.Text, d.Minutes, d.Shown = kept.Seats, kept.Tally, kept.Outcome, kept.Text, kept.Minutes, kept.Shown
		d.Frozen = &Freeze{f.RecordedAt, f.ByName, sha256.Sum256(f.Body)}
		return d, nil
	}
	if a := i.off(); a != nil {
		d.Off, d.Seats = &Off{a.RecordedAt, a.ByName, a.Reason}, []Seat{}
		return d, nil
	}
	if d.Seats, err = l.Seats(ctx, i); err != nil {
		return d, err
	}
	for n := range d.Seats {
		x := &d.Seats[n]
		if x.Out() {
			continue
		}
		if a := i.last("presence", x.Person); a != nil {
			x.Present = a.Value == "present"
		}
		if a := i.counts("vote", x.Person); a != nil && x.Present {
			x.Vote, x.VotedBy = a.Value, a.ByName
		}
	}
	d.Tally = Count(share, d.Seats)
	if a := i.counts("outcome", uuid.Nil); a != nil {
		d.Outcome, d.Text = a.Value, a.Reason
	}
	if a := i.last("minutes", uuid.Nil); a != nil {
		d.Minutes = &Minutes{a.Value, *a.Sha256, a.Size, a.ByName}
	}
	if a := i.last("show", uuid.Nil); a != nil {
		d.Shown = &Conditions{}
		if err := json.Unmarshal(a.Body, d.Shown); err != nil {
			return d, err
		}
	}
	if c.Area == uuid.Nil && !d.Moot && d.Day <= catalog.DayOf(l.Now()) {
		now, err := s.conditions(ctx, l, s.machine(c), c.Level, catalog.DayOf(l.Now()))
		if err != nil {
			return d, err
		}
		if d.ShowDue, err = otherwise(d.Shown, now); err != nil {
			return d, err
		}
	}
	s.allows(ctx, l, c, &d)
	return d, nil
}

// otherwise says that conditions are not as they were shown, but for the day of showing.
func otherwise(shown *Conditions, now Conditions) (bool, error) {
	if shown == nil {
		return true, nil
	}
	now.Day = shown.Day
	one, err := canonical(shown)
	if err != nil {
		return false, err
	}
	other, err := canonical(now)
	return !bytes.Equal(one, other), err
}

// allows says what the reader may do with an open item: on the day of the meeting and after,
// and as long as nothing was recorded, whenever that is, take it off the agenda.
func (s *Service) allows(ctx context.Context, l Look, c Case, d *Deliberation) {
	if d.Moot {
		return
	}
	secretary, me := s.serves(ctx, d.Body) == nil, actor.From(ctx).PersonID
	if secretary && d.Seen == 0 {
		d.May = append(d.May, "taken_off")
	}
	if d.Day > catalog.DayOf(l.Now()) {
		return
	}
	for n := range d.Seats {
		x := &d.Seats[n]
		if x.Out() {
			continue
		}
		sub := meeting(c.Prison)
		sub.Team = []uuid.UUID{x.Person}
		own := x.Person == me && s.may(ctx, "vote", sub) == nil
		reads := secretary && !d.cast(x.Person)
		if reads {
			x.May = append(x.May, "presence")
		}
		if reads || own {
			x.May = append(x.May, "recuse")
		}
		if x.Voting && x.Present && !d.ShowDue && (own || reads) {
			x.May = append(x.May, "vote")
		}
	}
	if !secretary {
		return
	}
	if d.ShowDue {
		d.May = append(d.May, "show")
	}
	d.May = append(d.May, "outcome", "minutes")
	if d.Outcome != "" && d.Minutes != nil {
		d.May = append(d.May, "freeze")
	}
}

// ItemDeed is what somebody does with an item.
type ItemDeed struct {
	Kind   string    `json:"kind"`
	Person uuid.UUID `json:"person"`
	Value  string    `json:"value"`
	Reason string    `json:"reason"`
	// Seen is how many acts the actor saw: to decide and to freeze bind to what was seen.
	Seen int `json:"seen"`
}

// minutes that were brought, for the act that rests on them.
type resting struct {
	name string
	file ledger.Brought
}

// Deliberate does one act on an item. The platform records who is there, who stays out,
// how each voted and what was decided; it votes for nobody. Faults: forbidden, not_found,
// bad_case with fields, item_frozen, item_moot, member_recused, not_present, vote_cast,
// case_refused with what stands against an outcome, not_shown, item_shown, item_off, item_begun,
// changed_meanwhile.
func (s *Service) Deliberate(ctx context.Context, prison, id uuid.UUID, in ItemDeed, idem ledger.Idem) (Deliberation, error) {
	if !slices.Contains([]string{"presence", "recuse", "vote", "show", "outcome", "freeze", "taken_off"}, in.Kind) {
		return Deliberation{}, fault.InvalidFields("bad_case", []fault.Field{told("/kind", "enum", "没有这种办理", "There is no such act")})
	}
	return s.onItem(ctx, prison, id, in, nil, idem)
}

func (s *Service) onItem(ctx context.Context, prison, id uuid.UUID, in ItemDeed, file *resting, idem ledger.Idem) (Deliberation, error) {
	if err := s.may(ctx, "read", meeting(prison)); err != nil {
		return Deliberation{}, err
	}
	var out Deliberation
	err := s.Store.Write(ctx, s.asked(ctx, prison), idem, &out, func(tx Tx) error {
		i, err := tx.Item(ctx, id)
		if err != nil {
			return err
		}
		c, err := tx.Lock(ctx, i.Case)
		if err != nil {
			return err
		}
		return tx.Wide(ctx, func() error {
			if i, err = tx.Item(ctx, id); err != nil { // as it is under the lock
				return err
			}
			d, err := s.deliberation(ctx, tx, i, c)
			if err != nil {
				return err
			}
			a, err := s.deed(ctx, tx, c, d, in)
			if err != nil {
				return err
			}
			if file != nil {
				a.Value, a.Size, a.Sha256 = file.name, file.file.Size, &file.file.Sum
				if a.VersionID, err = file.file.Keep(ctx, tx.Ledger()); err != nil {
					return err
				}
			}
			a.RecordedAt = tx.Now()
			if err := tx.InsertItemAct(ctx, i, a); err != nil {
				return err
			}
			if m := i.last("minutes", uuid.Nil); a.Kind == "freeze" && m != nil {
				if err := tx.Ledger().Enqueue(ctx, FileKept{prison, *m.Sha256, m.VersionID, tx.Now()}); err != nil {
					return err
				}
			}
			if a.Kind == "taken_off" {
				i.Area, i.Level = c.Area, c.Level
				if err := s.tellSeats(ctx, tx, i, "item_taken_off"); err != nil {
					return err
				}
			}
			i.Acts = append(i.Acts, a)
			out, err = s.deliberation(ctx, tx, i, c)
			return err
		})
	})
	return s.without(ctx, out), err
}

// deed is the act, once it has been looked at.
func (s *Service) deed(ctx context.Context, tx Tx, c Case, d Deliberation, in ItemDeed) (ItemAct, error) {
	who := actor.From(ctx)
	a := ItemAct{Act: d.Seen + 1, Kind: in.Kind, Person: in.Person, Value: in.Value, Reason: in.Reason, By: who.PersonID, ByName: who.Name, Salt: integrity.NewSalt()}
	switch {
	case d.Frozen != nil:
		return a, fault.New(fault.Conflict, "item_frozen")
	case d.Off != nil:
		return a, fault.New(fault.Conflict, "item_off")
	case d.Moot:
		return a, fault.New(fault.Conflict, "item_moot")
	case d.Day > catalog.DayOf(tx.Now()) && in.Kind != "taken_off":
		return a, fault.New(fault.Conflict, "meeting_ahead").With("day", d.Day)
	}
	if in.Person != uuid.Nil {
		return a, s.ofSeat(ctx, d, &a)
	}
	if err := s.serves(ctx, d.Body); err != nil {
		return a, err
	}
	switch in.Kind {
	case "presence", "recuse", "vote":
		return a, fault.InvalidFields("bad_case", []fault.Field{told("/person", "required", "请选择成员", "Choose a member")})
	case "taken_off":
		if d.Seen > 0 {
			return a, fault.New(fault.Conflict, "item_begun")
		}
		if bad := worded("/reason", &a.Reason); len(bad) > 0 {
			return a, fault.InvalidFields("bad_case", bad)
		}
		a.Value = ""
	case "show":
		switch {
		case c.Area != uuid.Nil:
			return a, fault.New(fault.Conflict, "case_forbids").With("state", c.State)
		case !d.ShowDue: // to show the same again would undo the votes for nothing
			return a, fault.New(fault.Conflict, "item_shown")
		}
		now, err := s.conditions(ctx, tx, s.machine(c), c.Level, catalog.DayOf(tx.Now()))
		if err == nil {
			a.Value, a.Reason = "", ""
			a.Body, err = canonical(now)
		}
		return a, err
	case "outcome":
		bad := worded("/reason", &a.Reason)
		if !slices.Contains([]string{"agree", "send_back", "reject", "adjourn"}, in.Value) {
			bad = append(bad, told("/value", "enum", "请选择审议结果", "Choose what was decided"))
		}
		if len(bad) > 0 {
			return a, fault.InvalidFields("bad_case", bad)
		}
		return a, s.decides(d, in, in.Value)
	case "freeze":
		if d.Outcome == "" || d.Minutes == nil {
			return a, fault.InvalidFields("bad_case", []fault.Field{told("/kind", "required", "定稿前须记录审议结果并附上会议纪要", "Outcome and minutes come before the freezing")})
		}
		a.Value, a.Reason = "", ""
		if err := s.decides(d, in, d.Outcome); err != nil {
			return a, err
		}
		for n := range d.Seats {
			d.Seats[n].May = nil
		}
		var err error
		a.Body, err = canonical(frozen{d.Item, d.Seats, d.Tally, s.machine(c).Parameter("quorum"), d.Outcome, d.Text, d.Minutes, d.Shown})
		return a, err
	}
	return a, nil
}

// ofSeat looks at an act that is somebody's: by themselves, or read in by the secretary.
func (s *Service) ofSeat(ctx context.Context, d Deliberation, a *ItemAct) error {
	n := slices.IndexFunc(d.Seats, func(x Seat) bool { return x.Person == a.Person })
	if n < 0 {
		return fault.InvalidFields("bad_case", []fault.Field{told("/person", "enum", "此人不是本次会议的成员", "That person is no member of this meeting")})
	}
	x := d.Seats[n]
	own := a.Person == a.By
	sub := meeting(d.Prison)
	sub.Team = []uuid.UUID{x.Person}
	if !own || a.Kind == "presence" || s.may(ctx, "vote", sub) != nil {
		if err := s.serves(ctx, d.Body); err != nil {
			return err
		}
	}
	switch {
	case x.Barred != "", x.Recused != "":
		return fault.New(fault.Forbidden, "member_recused")
	// A vote cast in person is nobody's to take back: not as one of somebody who was not there either.
	case !own && d.cast(x.Person) && (a.Kind != "presence" || a.Value == "absent"):
		return fault.New(fault.Forbidden, "vote_cast")
	case a.Kind == "recuse":
		if bad := worded("/reason", &a.Reason); len(bad) > 0 {
			return fault.InvalidFields("bad_case", bad)
		}
		a.Value = ""
		return nil
	case a.Kind == "presence" && (a.Value == "present" || a.Value == "absent"), a.Kind == "vote" && slices.Contains([]string{"for", "against", "abstain"}, a.Value):
		a.Reason = ""
	default:
		return fault.InvalidFields("bad_case", []fault.Field{told("/value", "enum", "请选择一项", "Choose one")})
	}
	if a.Kind != "vote" {
		return nil
	}
	switch {
	case d.ShowDue:
		return fault.New(fault.Conflict, "not_shown")
	case !x.Voting:
		return fault.New(fault.Forbidden, "member_no_vote")
	case !x.Present:
		return fault.New(fault.Conflict, "not_present")
	}
	return nil
}

// decides refuses an outcome that the votes do not bear, or that binds to something else
// than what was seen. A prison's conditions are as they were shown before the voting.
func (s *Service) decides(d Deliberation, in ItemDeed, outcome string) error {
	if in.Seen != d.Seen {
		return fault.New(fault.Stale, "changed_meanwhile")
	}
	bad := d.Tally.against(outcome)
	if outcome != "adjourn" && in.Kind == "outcome" && d.ShowDue {
		bad = append(bad, told("", "not_shown", "申报条件未出示，或出示后有变化：请出示当日条件并重新表决", "The conditions were not shown, or have changed since: show those of the day, and vote anew"))
	}
	if len(bad) > 0 {
		return &fault.Error{Kind: fault.Conflict, Code: "case_refused", Fields: bad}
	}
	return nil
}
