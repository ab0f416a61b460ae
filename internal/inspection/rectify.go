package inspection

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// What becomes of an item, beside Open.
const (
	Assigned = "assigned"
	Done     = "done"
	Verified = "verified"
	Reopened = "reopened"
	Annulled = "annulled" // with its finding, by the decision on an appeal
)

// Rectification (整改) is what a deduction asks to be put right.
type Rectification struct {
	ID         uuid.UUID    `json:"id"`
	Area       uuid.UUID    `json:"area,omitzero"`
	Check      uuid.UUID    `json:"check"`
	Kind       string       `json:"kind"` // of the check
	Standard   string       `json:"standard"`
	Version    int          `json:"version"`
	Finding    uuid.UUID    `json:"finding"`
	Line       string       `json:"line"`
	Note       string       `json:"note"`   // what was found
	Photos     []string     `json:"photos"` // likewise, SHA-256
	DueOn      string       `json:"due_on"`
	Overdue    bool         `json:"overdue"`
	State      string       `json:"state"` // open, done, verified, annulled
	Seq        int          `json:"seq"`
	Owner      *uuid.UUID   `json:"owner,omitempty"`
	OwnerName  string       `json:"owner_name,omitempty"`
	RecordedAt time.Time    `json:"recorded_at"`
	Acts       []Rectifying `json:"acts"`
	Actions    []string     `json:"actions"`
	Salt       []byte       `json:"-"`
}

// stood is the state of an item at a moment.
func (r Rectification) stood(at time.Time) string {
	state := Open
	for _, a := range r.Acts {
		switch {
		case a.RecordedAt.After(at):
			return state
		case a.Kind == Reopened:
			state = Open
		case a.Kind != Assigned:
			state = a.Kind
		}
	}
	return state
}

// Rectifying is an act on an item. It never changes.
type Rectifying struct {
	Seq        int        `json:"seq"`
	Kind       string     `json:"kind"` // assigned, done, verified, reopened, annulled
	Owner      *uuid.UUID `json:"owner,omitempty"`
	Cause      string     `json:"cause,omitempty"`
	Action     string     `json:"action,omitempty"` // what is to be done, was done, was seen
	Entry      *uuid.UUID `json:"entry,omitempty"`
	By         uuid.UUID  `json:"by"`
	ByName     string     `json:"by_name"`
	RecordedAt time.Time  `json:"recorded_at"`
	Salt       []byte     `json:"-"`
}

// Record commits to what is to be put right.
func (r Rectification) Record() (ledger.Record, error) {
	return ledger.NewRecord("rectification", r.ID.String(), r.Salt, map[string]any{
		"item": r.ID, "area": r.Area, "check": r.Check, "finding": r.Finding, "line": r.Line, "due_on": r.DueOn,
	})
}

// Record commits to the act.
func (a Rectifying) Record(item uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("rectification_act", fmt.Sprintf("%s/%d", item, a.Seq), a.Salt, map[string]any{
		"item": item, "seq": a.Seq, "kind": a.Kind, "owner": a.Owner, "cause": a.Cause, "action": a.Action, "entry": a.Entry, "by": a.By,
	})
}

// Waits says whether the item is still to be put right, or to be verified.
func (r Rectification) Waits() bool { return r.State == Open || r.State == Done }

type itemMove struct {
	kind   string
	from   []string
	action string // that access is asked about
}

// The one state table of items: which act is possible when. Nothing closes itself.
var itemMoves = []itemMove{
	{Assigned, []string{Open}, "edit"},
	{Done, []string{Open}, "submit"},
	{Verified, []string{Done}, "approve"},
	{Reopened, []string{Done, Verified}, "return"},
}

// NewAct is what somebody does with an item.
type NewAct struct {
	Kind   string
	Owner  string // of an assignment: a police number
	Cause  string // likewise
	Action string // what is to be done, was done, was seen
	Entry  *uuid.UUID
}

// Rectifications of the prison that the actor may see, of one unit (zero: the prison as a
// whole) or of all (nil); more says that there are others, which wait for nothing.
func (s *Service) Rectifications(ctx context.Context, prison uuid.UUID, unit *uuid.UUID) (list []Rectification, more bool, err error) {
	list, err = s.Store.Rectifications(ctx, s.asked(ctx, prison), unit, mostItems+1)
	if more = unit == nil && len(list) > mostItems; more {
		list = list[:mostItems]
	}
	for i := range list {
		s.dressItem(ctx, prison, &list[i])
	}
	return list, more, err
}

// Rectify acts on an item: the unit assigns it, its owner does it, somebody else verifies
// it or opens it again. Faults: not_found, forbidden, item_state, bad_item with fields.
func (s *Service) Rectify(ctx context.Context, prison, id uuid.UUID, n NewAct, idem ledger.Idem) (Rectification, error) {
	i := slices.IndexFunc(itemMoves, func(m itemMove) bool { return m.kind == n.Kind })
	if i < 0 {
		return Rectification{}, fault.New(fault.Malformed, "bad_request")
	}
	a, move, ses := actor.From(ctx), itemMoves[i], s.asked(ctx, prison)
	if bad := n.wrong(); len(bad) > 0 {
		return Rectification{}, fault.InvalidFields("bad_item", bad)
	}
	r, err := s.Store.ActOn(ctx, ses, idem, id, func(r Rectification) (Rectifying, error) {
		if err := s.Access.Check(a, move.action, s.itemSubject(prison, r), s.Now()); err != nil {
			return Rectifying{}, err
		}
		if !slices.Contains(move.from, r.State) {
			return Rectifying{}, fault.New(fault.Conflict, "item_state").With("state", r.State)
		}
		owner := r.Owner
		if n.Kind == Assigned {
			var err error
			if owner, err = s.Store.PostedFor(ctx, ses, n.Owner, r.Area); err != nil {
				return Rectifying{}, err
			}
			if owner == nil {
				return Rectifying{}, fault.InvalidFields("bad_item", []fault.Field{{Pointer: "/owner", Code: "invalid",
					Text: fault.Text{ZH: "责任人应为本单位在职人员", EN: "The owner is posted in the unit"}}})
			}
		}
		return Rectifying{Kind: n.Kind, Owner: owner, Cause: n.Cause, Action: n.Action, Entry: n.Entry, By: a.PersonID, Salt: integrity.NewSalt()}, nil
	})
	s.dressItem(ctx, prison, &r)
	return r, err
}

func (n NewAct) wrong() (bad []fault.Field) {
	wrong := func(pointer, zh, en string) {
		bad = append(bad, fault.Field{Pointer: pointer, Code: "required", Text: fault.Text{ZH: zh, EN: en}})
	}
	if ledger.Blank(n.Action) || len([]rune(n.Action)) > maxText {
		wrong("/action", "请写明措施、完成情况或核验情况，500 字以内", "Say in at most 500 characters what is to be done, was done or was seen")
	}
	if n.Kind == Assigned {
		if ledger.Blank(n.Owner) {
			wrong("/owner", "请指定责任人", "Name the owner")
		}
		if ledger.Blank(n.Cause) || len([]rune(n.Cause)) > maxText {
			wrong("/cause", "请分析原因，500 字以内", "Say in at most 500 characters what caused it")
		}
	}
	return bad
}

func (s *Service) itemSubject(prison uuid.UUID, r Rectification) ledger.Subject {
	sub := ledger.Subject{Class: "rectification", Prison: prison, Area: r.Area}
	if r.Owner != nil {
		sub.Author = *r.Owner
	}
	return sub
}

// dressItem adds what the reader may do, and whether the day is past.
func (s *Service) dressItem(ctx context.Context, prison uuid.UUID, r *Rectification) {
	r.Actions = []string{}
	r.Overdue = r.Waits() && r.DueOn < catalog.DayOf(s.Now())
	for _, m := range itemMoves {
		if slices.Contains(m.from, r.State) && s.Access.Check(actor.From(ctx), m.action, s.itemSubject(prison, *r), s.Now()) == nil {
			r.Actions = append(r.Actions, m.kind)
		}
	}
}
