package ledger

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
)

// Delegation (委托): the holder of a post lets a deputy decide in the holder's
// name from one day to another, both included. It never changes; ending it
// early is a row of its own.
type Delegation struct {
	ID         uuid.UUID  `json:"id"`
	Prison     uuid.UUID  `json:"prison"`
	Holder     uuid.UUID  `json:"holder"`
	HolderName string     `json:"holder_name"`
	Deputy     uuid.UUID  `json:"deputy"`
	DeputyName string     `json:"deputy_name"`
	Role       actor.Role `json:"role"`
	Area       *uuid.UUID `json:"area,omitempty"`
	Department string     `json:"department,omitempty"`
	From       string     `json:"from"` // YYYY-MM-DD
	Until      string     `json:"until"`
	Reason     string     `json:"reason"`
	Salt       []byte     `json:"-"`
	RecordedAt time.Time  `json:"recorded_at"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	Standing   string     `json:"standing"` // ahead, in_force, over
	Mine       bool       `json:"mine"`     // given by the one who asks
}

// DelegationEnd ends a delegation before its last day.
type DelegationEnd struct {
	Delegation uuid.UUID
	By         uuid.UUID
	Salt       []byte
}

// NewDelegation is what the holder of a post says.
type NewDelegation struct {
	Deputy     string // police number
	Role       actor.Role
	Area       uuid.UUID
	Department string
	From       string
	Until      string
	Reason     string
}

// maxDelegation bounds a delegation; a longer absence is a posting.
const maxDelegation = 366

// maxReason bounds a reason that others read in lists.
const maxReason = 500

// Delegate names a deputy for one of one's own posts. Faults: not_your_post,
// bad_delegation with fields, person_unknown, delegation_refused.
func (s *Service) Delegate(ctx context.Context, prison uuid.UUID, n NewDelegation, idem Idem) (Delegation, error) {
	a := actor.From(ctx)
	var d Delegation
	err := s.Store.Write(ctx, s.session(ctx, prison), idem, &d, func(tx Tx) error {
		if err := s.Access.Check(a, "create", Subject{Class: "delegation", Prison: prison, Author: a.PersonID}, s.Now()); err != nil {
			return err
		}
		mine := actor.Posting{Role: n.Role, PrisonID: prison, AreaID: n.Area, Department: n.Department}
		if !slices.Contains(a.Postings, mine) || !catalog.Decides(n.Role) {
			return fault.New(fault.Invalid, "not_your_post")
		}
		if wrong := n.wrong(tx.Now()); len(wrong) > 0 {
			return fault.InvalidFields("bad_delegation", wrong)
		}
		p, err := tx.PersonByNumber(ctx, prison, n.Deputy)
		switch {
		case fault.Is(err, fault.NotFound):
			return fault.New(fault.Invalid, "person_unknown")
		case err != nil:
			return err
		case p.ID == a.PersonID || slices.ContainsFunc(p.Postings, keepsTheSystem):
			return fault.New(fault.Invalid, "delegation_refused")
		}
		d = Delegation{ID: uuid.Must(uuid.NewV7()), Prison: prison, Holder: a.PersonID, HolderName: a.Name, Deputy: p.ID, DeputyName: p.Name,
			Role: n.Role, Department: n.Department, From: n.From, Until: n.Until, Reason: strings.TrimSpace(n.Reason), Salt: integrity.NewSalt(), RecordedAt: tx.Now()}
		if n.Area != uuid.Nil {
			d.Area = &n.Area
		}
		// Of two at once for the same days the second sees the first.
		if err := tx.LockLedger(ctx, prison, "delegations of "+a.PersonID.String()); err != nil {
			return err
		}
		others, err := tx.Delegations(ctx, prison)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(others, d.overlaps) {
			return fault.New(fault.Conflict, "delegation_overlaps")
		}
		if err := tx.InsertDelegation(ctx, d); err != nil {
			return err
		}
		if err := tx.Notify(ctx, Notice{Prison: prison, Person: p.ID, Kind: "delegated", Subject: d.ID,
			Detail: map[string]any{"by": a.Name, "role": d.Role, "from": d.From, "until": d.Until, "reason": d.Reason}}); err != nil {
			return err
		}
		d.standing(tx.Now(), a.PersonID)
		return nil
	})
	return d, err
}

// EndDelegation takes it back at once; the holder does.
func (s *Service) EndDelegation(ctx context.Context, prison, id uuid.UUID, idem Idem) (Delegation, error) {
	a := actor.From(ctx)
	var d Delegation
	err := s.Store.Write(ctx, s.session(ctx, prison), idem, &d, func(tx Tx) error {
		list, err := tx.Delegations(ctx, prison)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(x Delegation) bool { return x.ID == id })
		if i < 0 {
			return fault.New(fault.NotFound, "not_found")
		}
		d = list[i]
		if err := s.Access.Check(a, "withdraw", Subject{Class: "delegation", Prison: prison, Author: d.Holder}, s.Now()); err != nil {
			return err
		}
		if d.standing(tx.Now(), a.PersonID); d.Standing == "over" {
			return fault.New(fault.Conflict, "delegation_over")
		}
		if err := tx.EndDelegation(ctx, prison, DelegationEnd{Delegation: id, By: a.PersonID, Salt: integrity.NewSalt()}); err != nil {
			return err
		}
		now := tx.Now()
		d.EndedAt = &now
		d.standing(now, a.PersonID)
		return nil
	})
	return d, err
}

// Delegations of the prison, those in force and ahead first: who stands in for
// whom is no secret there.
func (s *Service) Delegations(ctx context.Context, prison uuid.UUID) ([]Delegation, error) {
	a := actor.From(ctx)
	if err := s.Access.Check(a, "read", Subject{Class: "delegation", Prison: prison}, s.Now()); err != nil {
		return nil, err
	}
	var list []Delegation
	err := s.Store.Read(ctx, s.session(ctx, prison), func(r Reader) error {
		var err error
		list, err = r.Delegations(ctx, prison)
		for i := range list {
			list[i].standing(s.Now(), a.PersonID)
		}
		return err
	})
	slices.SortStableFunc(list, func(a, b Delegation) int {
		order := []string{"in_force", "ahead", "over"}
		return slices.Index(order, a.Standing) - slices.Index(order, b.Standing)
	})
	return list, err
}

// withDeputies adds to people who are told of the entry's step those who decide it
// in the name of one of them now (代).
func (s *Service) withDeputies(ctx context.Context, tx Tx, e Entry, who []uuid.UUID) ([]uuid.UUID, error) {
	list, err := tx.Delegations(ctx, e.Prison)
	at := Subject{Prison: e.Prison, Area: e.Area}
	for _, d := range list {
		d.standing(tx.Now(), uuid.Nil)
		post := actor.Posting{Role: d.Role, PrisonID: d.Prison, Department: d.Department}
		if d.Area != nil {
			post.AreaID = *d.Area
		}
		if d.Standing == "in_force" && slices.Contains(who, d.Holder) && !slices.Contains(who, d.Deputy) && d.Deputy != e.Author &&
			!slices.Contains(e.StepOut, d.Deputy) && at.held(post, e.StepRoles, e.StepUnit, s.answering(e)) {
			who = append(who, d.Deputy)
		}
	}
	return who, err
}

func (n NewDelegation) wrong(now time.Time) (list []fault.Field) {
	say := func(at, code, zh, en string) {
		list = append(list, fault.Field{Pointer: at, Code: code, Text: fault.Text{ZH: zh, EN: en}})
	}
	from, err1 := catalog.Day(n.From)
	until, err2 := catalog.Day(n.Until)
	switch {
	case err1 != nil:
		say("/from", "format", "请填写起始日期", "Say from which day")
	case err2 != nil:
		say("/until", "format", "请填写截止日期", "Say until which day")
	case until.At.Before(from.At):
		say("/until", "order", "截止日期不能早于起始日期", "The last day is before the first")
	case n.Until < catalog.DayOf(now):
		say("/until", "past", "截止日期已过", "The last day is over")
	case !catalog.Near(from.At, now):
		list = append(list, catalog.FarOff("/from"))
	case until.At.Sub(from.At).Hours() > 24*maxDelegation:
		say("/until", "maximum", "委托不超过一年；更长的离岗应调整岗位", "A delegation lasts a year at most; a longer absence wants another posting")
	}
	switch {
	case Blank(n.Reason):
		say("/reason", "required", "请说明理由", "Say why")
	case utf8.RuneCountInString(n.Reason) > maxReason:
		say("/reason", "maxLength", "理由不超过 500 字", "A reason has at most 500 characters")
	}
	return list
}

// overlaps: the same post of the same holder for some of the same days.
func (d Delegation) overlaps(o Delegation) bool {
	same := d.Area == nil && o.Area == nil || d.Area != nil && o.Area != nil && *d.Area == *o.Area
	return o.EndedAt == nil && o.Holder == d.Holder && o.Role == d.Role && same && o.Department == d.Department && o.From <= d.Until && d.From <= o.Until
}

func (d *Delegation) standing(now time.Time, me uuid.UUID) {
	day := catalog.DayOf(now)
	d.Mine = d.Holder == me
	switch {
	case d.EndedAt != nil || day > d.Until:
		d.Standing = "over"
	case day < d.From:
		d.Standing = "ahead"
	default:
		d.Standing = "in_force"
	}
}

// keepsTheSystem: administrators decide nothing, in nobody's name.
func keepsTheSystem(p actor.Posting) bool {
	return p.Role == actor.SystemAdmin || p.Role == actor.SecurityAdmin || p.Role == actor.AuditAdmin
}

// DelegationRecord commits to a delegation.
func DelegationRecord(d Delegation) (Record, error) {
	return NewRecord("delegation", d.ID.String(), d.Salt, map[string]any{
		"delegation": d.ID, "holder": d.Holder, "deputy": d.Deputy, "role": d.Role, "area": d.Area, "department": d.Department,
		"from": d.From, "until": d.Until, "reason": d.Reason,
	})
}

// DelegationEndRecord commits to its end.
func DelegationEndRecord(e DelegationEnd) (Record, error) {
	return NewRecord("delegation_end", e.Delegation.String(), e.Salt, map[string]any{"delegation": e.Delegation, "by": e.By})
}
