package inspection

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
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// Texts finds standards (package standards). Fault: standard_unknown.
type Texts interface {
	For(ctx context.Context, kind, function, day string) (*scoring.Standard, error)
	Compiled(ctx context.Context, standard string, version int) (*scoring.Standard, error)
	// Frameworks of other fields in force today.
	Frameworks() []*scoring.Standard
	// Domains of all that are in force.
	Domains(ctx context.Context) ([]standards.Domain, error)
}

// Rules that a version of the road sets for its checks.
type Rules struct {
	TeamMin        int
	AppealWorkdays int
}

// Kinds of checks, and of these the ones that are steps of a case: they want a team of full size.
var (
	Kinds = []string{SelfCheck, Mock, Baseline, OnSite, LookBack, Recheck, Joint, Other}
	full  = []string{Baseline, OnSite, LookBack, Recheck}
)

const (
	maxText = 500
	maxDays = 92 // of a check
	maxKey  = 15 // key problems of a check

	mostChecks, mostItems = 500, 2000 // that a list shows; it says when there are more

	afterwards = 30 // days after the last one until rights end by themselves
)

// NewCheck is what the bureau's office opens; Members[i].Leader is of exactly one.
type NewCheck struct {
	Area     uuid.UUID // zero: the prison as a whole
	Case     *uuid.UUID
	Kind     string
	Standard string // the framework of a check of kind Other; every other is held by what is in force for its unit
	FromDay  string
	ToDay    string
	Purpose  string
	Team     []NewMember
}

// NewMember of a team.
type NewMember struct {
	Person uuid.UUID
	Leader bool
}

// Closing is how much of the items of the unit's last check was verified.
type Closing struct {
	Check    uuid.UUID `json:"check"`
	Kind     string    `json:"kind"`
	Verified int       `json:"verified"`
	All      int       `json:"all"`
}

// Whole is a check with all that hangs on it.
type Whole struct {
	Check
	Acts     []Act           `json:"acts"`
	Findings []Finding       `json:"findings"`
	Events   []string        `json:"events"`  // that findings speak of already
	Closing  *Closing        `json:"closing"` // of the check before; it heads the page
	Carried  []Rectification `json:"carried"` // items of earlier checks that were not verified when this one was opened
	Items    []Rectification `json:"items"`   // of this check
	Coverage []Coverage      `json:"coverage"`
	// Uncovered are domains in which nobody of the team is skilled, for whoever may call more.
	Uncovered []standards.Domain `json:"uncovered,omitempty"`
	Actions   []string           `json:"actions"` // member, finding, confirm, close, cancel
}

// asked is the session of an answer: the database sees who asks.
func (s *Service) asked(ctx context.Context, prison uuid.UUID) ledger.Session {
	a := actor.From(ctx)
	ses := ledger.Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
	if s.Clock != nil {
		ses.Clock = s.Clock()
	}
	return ses
}

// subject of what is asked about a check. Whose rights have ended is of no team any more.
func subject(class string, prison uuid.UUID, c Check) ledger.Subject {
	sub := ledger.Subject{Class: class, Prison: prison, Area: c.Area}
	for _, m := range c.Members {
		sub.Team = append(sub.Team, m.Person)
		if m.Leader {
			sub.Leader = m.Person
		}
	}
	return sub
}

// runs is the class of opening, manning and closing: a unit runs its own self-checks.
func runs(kind string) string {
	if kind == SelfCheck {
		return "self_check"
	}
	return "check"
}

// may looks at the check whoever asks, and tells whether they may do that. One of the
// team whose rights have ended is told so: they know of the check. Faults: not_found,
// forbidden, rights_ended.
func (s *Service) may(ctx context.Context, prison, id uuid.UUID, class, action string) (Check, error) {
	ses := s.asked(ctx, prison)
	ses.Scope = ledger.Everything()
	c, err := s.Store.Check(ctx, ses, id)
	if err != nil {
		return c, err
	}
	if class == "" {
		class = runs(c.Kind)
	}
	a := actor.From(ctx)
	if err := s.Access.Check(a, "read", subject("score", prison, c), s.Now()); err != nil {
		if slices.ContainsFunc(c.Members, func(m Member) bool { return m.Person == a.PersonID }) {
			return c, fault.New(fault.Forbidden, "rights_ended")
		}
		return c, err
	}
	return c, s.Access.Check(a, action, subject(class, prison, c), s.Now())
}

// OpenCheck of a unit by its standard of today, or by the framework that was chosen, with its team. Faults: forbidden,
// standard_unknown, not_found of the case, bad_check with fields, no_inspector, own_prison, inspector_away.
func (s *Service) OpenCheck(ctx context.Context, prison uuid.UUID, n NewCheck, idem ledger.Idem) (Check, error) {
	a := actor.From(ctx)
	if !slices.Contains(Kinds, n.Kind) {
		return Check{}, fault.New(fault.Malformed, "bad_request")
	}
	if err := s.Access.Check(a, "create", ledger.Subject{Class: runs(n.Kind), Prison: prison, Area: n.Area}, s.Now()); err != nil {
		return Check{}, err
	}
	std, err := s.heldBy(ctx, prison, n.Area, n.Kind, n.Standard)
	if err != nil {
		return Check{}, err
	}
	var people []uuid.UUID
	for _, m := range n.Team {
		people = append(people, m.Person)
	}
	rules, err := s.Cases.Rules(ctx, prison, n.Case)
	if err != nil {
		return Check{}, err
	}
	n.Purpose, _ = catalog.Name(n.Purpose, 200)
	bad := s.wrongCheck(n, rules)
	if closed, err := s.closedOn(ctx, prison, n.Area); err != nil {
		return Check{}, err
	} else if closed != "" {
		bad = append(bad, fault.Field{Pointer: "/area", Code: "closed", Text: fault.Text{ZH: "该监区已于 " + closed + " 撤销，不再考核", EN: "The area was closed on " + closed + " and is checked no more"}})
	}
	if len(bad) > 0 {
		return Check{}, fault.InvalidFields("bad_check", bad)
	}
	q := s.sought(prison, n.Kind, n.FromDay, n.ToDay)
	q.People = people
	pool, err := s.Store.Candidates(ctx, s.asked(ctx, prison), q)
	if err != nil {
		return Check{}, err
	}
	c := Check{ID: uuid.Must(uuid.NewV7()), Area: n.Area, Case: n.Case, Kind: n.Kind, Standard: std.ID, Version: std.Version, FromDay: n.FromDay, ToDay: n.ToDay,
		Purpose: n.Purpose, OpenedBy: a.PersonID, Salt: integrity.NewSalt()}
	for _, m := range n.Team {
		if err := calls(pool, m.Person, n.Kind); err != nil {
			return Check{}, err
		}
		c.Members = append(c.Members, Member{Person: m.Person, Leader: m.Leader, AddedBy: a.PersonID, Until: rights(c), Salt: integrity.NewSalt()})
	}
	return s.Store.OpenCheck(ctx, s.asked(ctx, prison), idem, func(tx ledger.Tx) (Check, error) {
		if n.Case == nil {
			return c, nil
		}
		var err error
		c.Standard, c.Version, err = s.Cases.Held(ctx, tx, prison, n.Area, *n.Case, n.Kind, n.FromDay)
		return c, err
	})
}

// closedOn is the day since which an area is one of its prison's no more; "" while it is, and of a whole prison.
func (s *Service) closedOn(ctx context.Context, prison, area uuid.UUID) (string, error) {
	areas, err := s.Store.Areas(ctx, prison)
	for _, a := range areas {
		if a.ID == area && a.Closed(catalog.DayOf(s.Now())) {
			return a.ClosedOn, nil
		}
	}
	return "", err
}

// rights of a team end with the check; by themselves when nobody has ended it so many
// days after its last one, time enough to write the sheet and to be asked about it.
func rights(c Check) time.Time {
	last, err := catalog.Day(c.ToDay)
	if err != nil {
		return time.Time{} // refused by the database; wrongCheck has read the day
	}
	return last.At.AddDate(0, 0, afterwards+1)
}

func (s *Service) wrongCheck(n NewCheck, rules Rules) (bad []fault.Field) {
	wrong := func(pointer, zh, en string) {
		bad = append(bad, fault.Field{Pointer: pointer, Code: "invalid", Text: fault.Text{ZH: zh, EN: en}})
	}
	from, err1 := catalog.Day(n.FromDay)
	to, err2 := catalog.Day(n.ToDay)
	if err1 != nil || err2 != nil || to.At.Before(from.At) || to.At.Sub(from.At) > maxDays*24*time.Hour || n.ToDay < catalog.DayOf(s.Now()) || !catalog.Near(to.At, s.Now()) {
		wrong("/to_day", "止日不早于起日和今天，考核不超过 92 天", "The last day is neither before the first nor before today, within 92 days")
	}
	if n.Purpose == "" {
		wrong("/purpose", "请写明考核事由，200 字以内，不能含看不见的字符", "Say in at most 200 characters, none of them invisible, what the check is for")
	}
	least := 1
	if slices.Contains(full, n.Kind) {
		least = rules.TeamMin
	}
	if slices.Contains(full, n.Kind) != (n.Case != nil) {
		wrong("/case", "摸底检查、考核验收、回头看和复查从创建申报办理，其他考核不属于申报", "Baseline, acceptance, look-back and re-check are of a case; other checks are of none")
	}
	leaders, seen := 0, map[uuid.UUID]bool{}
	for _, m := range n.Team {
		if m.Leader {
			leaders++
		}
		seen[m.Person] = true
	}
	if len(seen) != len(n.Team) || len(seen) < least || len(seen) > 30 || leaders != 1 {
		wrong("/team", "考核组至少 "+strconv.Itoa(least)+" 人，其中组长一人", "A team has at least "+strconv.Itoa(least)+" people, one of whom leads it")
	}
	return bad
}

// AddMember calls one more. Faults: forbidden, check_state, own_prison, no_inspector, inspector_away.
func (s *Service) AddMember(ctx context.Context, prison, id, person uuid.UUID, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, id, "", "manage")
	if err != nil {
		return c, err
	}
	q := s.sought(prison, c.Kind, c.FromDay, c.ToDay)
	q.People = []uuid.UUID{person}
	pool, err := s.Store.Candidates(ctx, s.asked(ctx, prison), q)
	if err != nil {
		return c, err
	}
	if err := calls(pool, person, c.Kind); err != nil {
		return c, err
	}
	return s.change(ctx, prison, c, Open, idem, func(c Check, _ []Finding) (Change, error) {
		if slices.ContainsFunc(c.Members, func(m Member) bool { return m.Person == person }) {
			return Change{}, fault.New(fault.Conflict, "member_there")
		}
		return Change{Member: &Member{Person: person, AddedBy: actor.From(ctx).PersonID, Until: rights(c), Salt: integrity.NewSalt()}}, nil
	})
}

// change is the one way in: the check is locked, in the state that the act wants.
func (s *Service) change(ctx context.Context, prison uuid.UUID, c Check, state string, idem ledger.Idem, fn func(Check, []Finding) (Change, error)) (Check, error) {
	return s.Store.Change(ctx, s.asked(ctx, prison), idem, c.ID, func(c Check, list []Finding) (Change, error) {
		if c.State != state {
			return Change{}, fault.New(fault.Conflict, "check_state").With("state", c.State)
		}
		return fn(c, list)
	})
}

// Listed are the checks of a prison that the reader may see, the newest first.
type Listed struct {
	Checks []Check  `json:"checks"`
	More   bool     `json:"more"` // older ones are left out
	May    []string `json:"may"`  // the kinds that the reader may open without a case
	// Frameworks that a check of kind Other may be held by, for whoever may open one.
	Frameworks []Framework `json:"frameworks"`
}

// Framework of another field.
type Framework struct {
	Standard string     `json:"standard"`
	Version  int        `json:"version"`
	Title    fault.Text `json:"title"`
}

// Checks of a prison.
func (s *Service) Checks(ctx context.Context, prison uuid.UUID) (out Listed, err error) {
	out.May, out.Frameworks = []string{}, []Framework{}
	frameworks := s.Texts.Frameworks()
	for _, kind := range Kinds {
		if kind == Other && len(frameworks) == 0 {
			continue
		}
		if !slices.Contains(full, kind) && s.Access.Check(actor.From(ctx), "create", ledger.Subject{Class: runs(kind), Prison: prison}, s.Now()) == nil {
			out.May = append(out.May, kind)
		}
	}
	if slices.Contains(out.May, Other) {
		for _, std := range frameworks {
			out.Frameworks = append(out.Frameworks, Framework{Standard: std.ID, Version: std.Version, Title: std.Title})
		}
	}
	list, err := s.Store.Checks(ctx, s.asked(ctx, prison), mostChecks+1)
	out.More = len(list) > mostChecks
	out.Checks = list[:min(len(list), mostChecks)]
	return out, err
}

// Whole is a check with its findings, items and what the actor may do.
func (s *Service) Whole(ctx context.Context, prison, id uuid.UUID) (*Whole, error) {
	if _, err := s.may(ctx, prison, id, "score", "read"); err != nil {
		return nil, err
	}
	ses := s.asked(ctx, prison)
	c, err := s.Store.Check(ctx, ses, id)
	if err != nil {
		return nil, err
	}
	w := &Whole{Check: c, Events: []string{}, Carried: []Rectification{}, Items: []Rectification{}, Actions: []string{}}
	if w.Acts, err = s.Store.Acts(ctx, ses, id); err != nil {
		return nil, err
	}
	if w.Findings, err = s.Store.FindingsOf(ctx, ses, id); err != nil {
		return nil, err
	}
	looks, err := s.Store.Looks(ctx, ses, id)
	if err != nil {
		return nil, err
	}
	std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
	if err != nil {
		return nil, err
	}
	w.Coverage = coverage(routeOf(std, looks, w.Findings))
	items, _, err := s.Rectifications(ctx, prison, &c.Area)
	if err != nil {
		return nil, err
	}
	w.carry(beside(c, items), s.Now())
	for i := range w.Findings {
		s.dressFinding(ctx, prison, c, &w.Findings[i])
		if e := w.Findings[i].Event; e != "" && w.Findings[i].Withdrawn == nil && !slices.Contains(w.Events, e) {
			w.Events = append(w.Events, e)
		}
	}
	ahead := catalog.DayOf(s.Now()) < c.FromDay // nothing is found before
	for _, x := range []struct{ name, state, class, action string }{
		{"member", Open, runs(c.Kind), "manage"}, {"finding", Open, "check", "edit"}, {"confirm", Open, "check", "approve"},
		{"cancel", Open, runs(c.Kind), "manage"}, {"close", Confirmed, runs(c.Kind), "manage"},
	} {
		if ahead && (x.name == "finding" || x.name == "confirm") {
			continue
		}
		if c.State == x.state && s.Access.Check(actor.From(ctx), x.action, subject(x.class, prison, c), s.Now()) == nil {
			w.Actions = append(w.Actions, x.name)
		}
	}
	if c.State == Open && s.begun(ctx, prison, c) != nil {
		w.Actions = slices.DeleteFunc(w.Actions, func(x string) bool { return x == "confirm" })
	}
	if slices.Contains(w.Actions, "member") {
		w.Uncovered, err = s.uncovered(ctx, c)
	}
	return w, err
}

// beside are the items of the unit that a check looks back at: a framework's of that framework alone, and
// the accreditation's of no framework.
func beside(c Check, items []Rectification) []Rectification {
	return slices.DeleteFunc(slices.Clone(items), func(r Rectification) bool {
		return (r.Kind == Other) != (c.Kind == Other) || c.Kind == Other && r.Standard != c.Standard
	})
}

// carry sorts the items of the unit, the newest first.
func (w *Whole) carry(items []Rectification, now time.Time) {
	w.Closing = closing(w.Check, items, now)
	for _, r := range items {
		switch {
		case r.Check == w.ID:
			w.Items = append(w.Items, r)
		case !r.RecordedAt.Before(w.RecordedAt) || r.State == Annulled:
		case r.State != Verified || r.Acts[len(r.Acts)-1].RecordedAt.After(w.RecordedAt):
			w.Carried = append(w.Carried, r)
		}
	}
}

// closing counts the items of the unit's last check before c, as they stood at a moment; nil where
// there are none. Items come the newest first.
func closing(c Check, items []Rectification, at time.Time) *Closing {
	var out *Closing
	for _, r := range items {
		state := r.stood(at)
		if r.Check == c.ID || !r.RecordedAt.Before(c.RecordedAt) || state == Annulled {
			continue
		}
		if out == nil {
			out = &Closing{Check: r.Check, Kind: r.Kind}
		}
		if r.Check == out.Check {
			out.All++
			if state == Verified {
				out.Verified++
			}
		}
	}
	return out
}
