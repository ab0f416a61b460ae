package accreditation

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
)

// Body is one of the two that deliberate.
type Body string

// The bodies.
const (
	Party     Body = "party"     // 省局党委会
	Committee Body = "committee" // 省厅创建考核评审委员会
)

// Bodies that deliberate, in the order of the road.
var Bodies = []Body{Party, Committee}

// as is the actor of the road that a body is; its secretary acts for it.
func (b Body) as() lifecycle.Actor {
	if b == Party {
		return lifecycle.PartyCommittee
	}
	return lifecycle.Committee
}

// Member of a body, from a day, until the last.
type Member struct {
	ID      uuid.UUID `json:"id"`
	Body    Body      `json:"body"`
	Person  uuid.UUID `json:"person"`
	Number  string    `json:"number"`
	Name    string    `json:"name"`
	Origin  uuid.UUID `json:"origin,omitzero"` // the prison they come from
	Voting  bool      `json:"voting"`
	FromDay string    `json:"from_day"`
	LastDay string    `json:"last_day,omitempty"`
	// Ends is how often a last day was said: who says it again has seen the one before.
	Ends int `json:"-"`
	// May says that the actor may say the last day, for the first time or again.
	May bool `json:"may_end"`
}

// Seated is somebody who may be made a member.
type Seated struct {
	Person uuid.UUID `json:"person"`
	Number string    `json:"number"`
	Name   string    `json:"name"`
}

// Seats are the two bodies as they are known to those who work with them.
type Seats struct {
	Members []Member `json:"members"`
	// Manages are the bodies whose members the actor keeps.
	Manages    []Body   `json:"manages"`
	Candidates []Seated `json:"candidates"`
}

// serves asks whether the actor is the secretary of the body.
func (s *Service) serves(ctx context.Context, b Body) error {
	return s.may(ctx, capacity(b.as(), uuid.Nil), subject(uuid.Nil, uuid.Nil))
}

func (s *Service) serving(ctx context.Context) (list []Body) {
	for _, b := range Bodies {
		if s.serves(ctx, b) == nil {
			list = append(list, b)
		}
	}
	return list
}

func meeting(prison uuid.UUID) ledger.Subject {
	return ledger.Subject{Class: "meeting", Prison: prison}
}

// Members of both bodies, those who left included. Fault: forbidden.
func (s *Service) Members(ctx context.Context) (Seats, error) {
	if err := s.may(ctx, "read", meeting(uuid.Nil)); err != nil {
		return Seats{}, err
	}
	out := Seats{Manages: append([]Body{}, s.serving(ctx)...), Candidates: []Seated{}}
	var err error
	if out.Members, err = s.Store.Members(ctx, s.asked(ctx, uuid.Nil)); err != nil {
		return out, err
	}
	today := catalog.DayOf(s.Now())
	for i, m := range out.Members {
		out.Members[i].May = slices.Contains(out.Manages, m.Body) && (m.LastDay == "" || m.LastDay >= today)
	}
	if len(out.Manages) > 0 {
		out.Candidates, err = s.Store.Candidates(ctx, s.asked(ctx, uuid.Nil))
	}
	return out, err
}

// AddMember seats somebody in a body, by its secretary, from today or a day to come.
// Faults: forbidden, bad_case with fields, member_seated, not_found.
func (s *Service) AddMember(ctx context.Context, m Member, idem ledger.Idem) (Member, error) {
	if !slices.Contains(Bodies, m.Body) {
		return Member{}, fault.InvalidFields("bad_case", []fault.Field{told("/body", "enum", "请选择审议机构", "Choose a body")})
	}
	if err := s.serves(ctx, m.Body); err != nil {
		return Member{}, err
	}
	bad := s.ahead("/from_day", m.FromDay, catalog.DayOf(s.Now()))
	list, err := s.Store.Candidates(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return Member{}, err
	}
	i := slices.IndexFunc(list, func(x Seated) bool { return x.Person == m.Person })
	if i < 0 {
		bad = append(bad, told("/person", "enum", "此人没有审议成员岗位", "That person is not posted as a member"))
	}
	if len(bad) > 0 {
		return Member{}, fault.InvalidFields("bad_case", bad)
	}
	m.ID, m.Number, m.Name, m.LastDay = uuid.Must(uuid.NewV7()), list[i].Number, list[i].Name, ""
	return s.Store.AddMember(ctx, s.asked(ctx, uuid.Nil), idem, m)
}

// EndMember says the last day of somebody's membership, or says it anew as long as it has not
// passed. Faults: forbidden, not_found, bad_case with fields, member_left, member_seated,
// changed_meanwhile.
func (s *Service) EndMember(ctx context.Context, id uuid.UUID, lastDay string, idem ledger.Idem) (Member, error) {
	if err := s.may(ctx, "read", meeting(uuid.Nil)); err != nil {
		return Member{}, err
	}
	list, err := s.Store.Members(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return Member{}, err
	}
	i := slices.IndexFunc(list, func(m Member) bool { return m.ID == id })
	if i < 0 {
		return Member{}, fault.New(fault.NotFound, "not_found")
	}
	m := list[i]
	if err := s.serves(ctx, m.Body); err != nil {
		return Member{}, err
	}
	today := catalog.DayOf(s.Now())
	if m.LastDay != "" && m.LastDay < today || m.LastDay == lastDay {
		return Member{}, fault.New(fault.Conflict, "member_left")
	}
	if bad := s.ahead("/last_day", lastDay, max(today, m.FromDay)); len(bad) > 0 {
		return Member{}, fault.InvalidFields("bad_case", bad)
	}
	m.LastDay, m.Ends, m.May = lastDay, m.Ends+1, true
	return s.Store.EndMember(ctx, s.asked(ctx, uuid.Nil), idem, m)
}

// ahead: what is changed of a body, or called, is not of a day that has passed, nor of one
// that a slip of the pen put years away.
func (s *Service) ahead(pointer, day, first string) []fault.Field {
	m, err := catalog.Day(day)
	switch {
	case err != nil || day < first:
		return []fault.Field{told(pointer, "range", "请填写日期，不早于 "+first, "Say a day, "+first+" at the earliest")}
	case !catalog.Near(m.At, s.Now()):
		return []fault.Field{catalog.FarOff(pointer)}
	}
	return nil
}

// agenda lists the cases that the actor deliberates on as a member.
func (s *Service) agenda(ctx context.Context) ([]uuid.UUID, error) {
	if !actor.From(ctx).Holds(actor.CommitteeMember) {
		return nil, nil
	}
	return s.Store.Agenda(ctx, s.asked(ctx, uuid.Nil))
}

// mayRead of a case: who sees the unit, and the members on whose agenda it is.
func (s *Service) mayRead(ctx context.Context, c Case, agenda []uuid.UUID) error {
	if slices.Contains(agenda, c.ID) && s.may(ctx, "read", meeting(c.Prison)) == nil {
		return nil
	}
	return s.may(ctx, "read", subject(c.Prison, c.Area))
}
