package inspection

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/scoring"
)

// Texts finds standards (package standards). Fault: standard_unknown.
type Texts interface {
	For(ctx context.Context, kind, function, day string) (*scoring.Standard, error)
	Compiled(ctx context.Context, standard string, version int) (*scoring.Standard, error)
}

// Rules of checks that the road's parameters set.
type Rules struct {
	TeamMin        int
	AppealWorkdays int
	CarryRate      scoring.Decimal
}

// Kinds of checks, and of these the ones that want a team of full size.
var (
	Kinds = []string{SelfCheck, Mock, Baseline, OnSite, LookBack, Recheck, Joint}
	full  = []string{Baseline, OnSite, LookBack, Recheck}
)

const (
	maxText = 500
	maxDays = 92 // of a check
	maxKey  = 15 // key problems of a check
)

// NewCheck is what the bureau's office opens; Members[i].Leader is of exactly one.
type NewCheck struct {
	Area    uuid.UUID // zero: the prison as a whole
	Case    *uuid.UUID
	Kind    string
	FromDay string
	ToDay   string
	Purpose string
	Team    []NewMember
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
	Actions  []string        `json:"actions"` // member, finding, confirm, close, cancel
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

// OpenCheck of a unit by its standard of today, with its team. Faults: forbidden,
// standard_unknown, bad_check with fields, own_prison.
func (s *Service) OpenCheck(ctx context.Context, prison uuid.UUID, n NewCheck, idem ledger.Idem) (Check, error) {
	a := actor.From(ctx)
	if !slices.Contains(Kinds, n.Kind) {
		return Check{}, fault.New(fault.Malformed, "bad_request")
	}
	if err := s.Access.Check(a, "create", ledger.Subject{Class: runs(n.Kind), Prison: prison, Area: n.Area}, s.Now()); err != nil {
		return Check{}, err
	}
	kind, function := "prison", ""
	if n.Area != uuid.Nil {
		areas, err := s.Store.Areas(ctx, prison)
		if err != nil {
			return Check{}, err
		}
		i := slices.IndexFunc(areas, func(x ledger.Area) bool { return x.ID == n.Area })
		if i < 0 {
			return Check{}, fault.New(fault.NotFound, "not_found")
		}
		kind, function = areas[i].Kind, areas[i].Function
	}
	std, err := s.Texts.For(ctx, kind, function, catalog.DayOf(s.Now()))
	if err != nil {
		return Check{}, err
	}
	if n.Case != nil {
		id, version, err := s.Cases.Held(ctx, prison, n.Area, *n.Case, n.Kind)
		if err != nil {
			return Check{}, err
		}
		if std, err = s.Texts.Compiled(ctx, id, version); err != nil {
			return Check{}, err
		}
	}
	pool, err := s.Store.Candidates(ctx, s.asked(ctx, prison), n.Kind == SelfCheck)
	if err != nil {
		return Check{}, err
	}
	if bad := s.wrongCheck(n, pool); len(bad) > 0 {
		return Check{}, fault.InvalidFields("bad_check", bad)
	}
	c := Check{ID: uuid.Must(uuid.NewV7()), Area: n.Area, Case: n.Case, Kind: n.Kind, Standard: std.ID, Version: std.Version, FromDay: n.FromDay, ToDay: n.ToDay,
		Purpose: n.Purpose, OpenedBy: a.PersonID, Salt: integrity.NewSalt()}
	for _, m := range n.Team {
		if err := calls(pool, m.Person, n.Kind); err != nil {
			return Check{}, err
		}
		c.Members = append(c.Members, Member{Person: m.Person, Leader: m.Leader, AddedBy: a.PersonID, Salt: integrity.NewSalt()})
	}
	return s.Store.OpenCheck(ctx, s.asked(ctx, prison), idem, c)
}

// calls refuses whoever is or was of the prison, and who is no inspector at all.
func calls(pool []Candidate, person uuid.UUID, kind string) error {
	i := slices.IndexFunc(pool, func(c Candidate) bool { return c.Person == person })
	switch {
	case i < 0:
		return fault.New(fault.Invalid, "no_inspector")
	case pool[i].Own && kind != SelfCheck:
		return fault.New(fault.Forbidden, "own_prison").With("name", pool[i].Name)
	}
	return nil
}

func (s *Service) wrongCheck(n NewCheck, pool []Candidate) (bad []fault.Field) {
	wrong := func(pointer, zh, en string) {
		bad = append(bad, fault.Field{Pointer: pointer, Code: "invalid", Text: fault.Text{ZH: zh, EN: en}})
	}
	from, err1 := catalog.Day(n.FromDay)
	to, err2 := catalog.Day(n.ToDay)
	if err1 != nil || err2 != nil || to.At.Before(from.At) || to.At.Sub(from.At) > maxDays*24*time.Hour || n.ToDay < catalog.DayOf(s.Now()) || !catalog.Near(to.At, s.Now()) {
		wrong("/to_day", "止日不早于起日和今天，考核不超过 92 天", "The last day is neither before the first nor before today, within 92 days")
	}
	if ledger.Blank(n.Purpose) || len([]rune(n.Purpose)) > 200 {
		wrong("/purpose", "请写明考核事由，200 字以内", "Say in at most 200 characters what the check is for")
	}
	least := 1
	if slices.Contains(full, n.Kind) {
		least = s.Rules.TeamMin
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

// AddMember calls one more. Faults: forbidden, check_state, own_prison, no_inspector.
func (s *Service) AddMember(ctx context.Context, prison, id, person uuid.UUID, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, id, "", "manage")
	if err != nil {
		return c, err
	}
	pool, err := s.Store.Candidates(ctx, s.asked(ctx, prison), c.Kind == SelfCheck)
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
		return Change{Member: &Member{Person: person, AddedBy: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}}, nil
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

// Candidates for a team in the prison, and whom it may not have.
func (s *Service) Candidates(ctx context.Context, prison uuid.UUID, kind string) ([]Candidate, error) {
	if err := s.Access.Check(actor.From(ctx), "create", ledger.Subject{Class: runs(kind), Prison: prison}, s.Now()); err != nil {
		return nil, err
	}
	return s.Store.Candidates(ctx, s.asked(ctx, prison), kind == SelfCheck)
}

// Checks of a prison that the actor may see, the newest first, and the kinds they may open.
func (s *Service) Checks(ctx context.Context, prison uuid.UUID) (list []Check, may []string, err error) {
	may = []string{}
	for _, kind := range Kinds {
		if s.Access.Check(actor.From(ctx), "create", ledger.Subject{Class: runs(kind), Prison: prison}, s.Now()) == nil {
			may = append(may, kind)
		}
	}
	list, err = s.Store.Checks(ctx, s.asked(ctx, prison))
	return list, may, err
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
	items, err := s.Rectifications(ctx, prison, &c.Area)
	if err != nil {
		return nil, err
	}
	w.carry(items)
	for i := range w.Findings {
		s.dressFinding(ctx, prison, c, &w.Findings[i])
		if e := w.Findings[i].Event; e != "" && w.Findings[i].Withdrawn == nil && !slices.Contains(w.Events, e) {
			w.Events = append(w.Events, e)
		}
	}
	for _, x := range []struct{ name, state, class, action string }{
		{"member", Open, runs(c.Kind), "manage"}, {"finding", Open, "check", "edit"}, {"confirm", Open, "check", "approve"},
		{"cancel", Open, runs(c.Kind), "manage"}, {"close", Confirmed, runs(c.Kind), "manage"},
	} {
		if c.State == x.state && s.Access.Check(actor.From(ctx), x.action, subject(x.class, prison, c), s.Now()) == nil {
			w.Actions = append(w.Actions, x.name)
		}
	}
	return w, nil
}

// carry sorts the items of the unit, the newest first.
func (w *Whole) carry(items []Rectification) {
	for _, r := range items {
		switch {
		case r.Check == w.ID:
			w.Items = append(w.Items, r)
			continue
		case !r.RecordedAt.Before(w.RecordedAt) || r.State == Annulled:
			continue
		}
		if w.Closing == nil {
			w.Closing = &Closing{Check: r.Check, Kind: r.Kind}
		}
		verified := r.State == Verified
		if r.Check == w.Closing.Check {
			w.Closing.All++
			if verified {
				w.Closing.Verified++
			}
		}
		if !verified || r.Acts[len(r.Acts)-1].RecordedAt.After(w.RecordedAt) {
			w.Carried = append(w.Carried, r)
		}
	}
}

// Sheet of a check: of the run in force, or what it would be if it were confirmed now.
func (s *Service) Sheet(ctx context.Context, prison, id uuid.UUID) (json.RawMessage, error) {
	c, err := s.may(ctx, prison, id, "score", "read")
	if err != nil {
		return nil, err
	}
	if c.Run != nil {
		r, _, err := s.Scores.Run(ctx, prison, *c.Run)
		return r.Sheet, err
	}
	r, err := s.run(ctx, prison, c)
	return r.Sheet, err
}

// run works the check's score out, storing nothing.
func (s *Service) run(ctx context.Context, prison uuid.UUID, c Check) (assessment.Run, error) {
	std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
	if err != nil {
		return assessment.Run{}, err
	}
	ses := s.asked(ctx, prison)
	in := assessment.Checked{Area: c.Area, Check: c.ID, Kind: c.Kind, Standard: std, AsOf: min(c.ToDay, catalog.DayOf(s.Now()))}
	if in.Findings, err = s.Store.Scored(ctx, ses, c.ID); err != nil {
		return assessment.Run{}, err
	}
	if c.Area == uuid.Nil && s.Titles != nil {
		if in.Titled, err = s.Titles.Titled(ctx, prison, in.AsOf); err != nil {
			return assessment.Run{}, err
		}
	}
	if c.Kind == Recheck {
		if in.Carry, err = s.carry(ctx, ses, c.Area); err != nil {
			return assessment.Run{}, err
		}
	}
	return s.Scores.Checked(ctx, prison, in)
}

// carry is what the look-back of this cycle takes from its re-check (R88).
func (s *Service) carry(ctx context.Context, ses ledger.Session, area uuid.UUID) (*scoring.Carry, error) {
	run, err := s.Store.LookBack(ctx, ses, area)
	if err != nil || run == nil {
		return nil, err
	}
	lost, _, err := lost(run.Sheet)
	return &scoring.Carry{Rate: s.Rules.CarryRate, Deductions: lost, Sheet: run.ID.String()}, err
}

// lost is what a stored sheet lacks of its points, and its line.
func lost(raw []byte) (scoring.Decimal, scoring.Decimal, error) {
	var sheet scoring.Sheet
	if err := json.Unmarshal(raw, &sheet); err != nil {
		return scoring.Decimal{}, scoring.Decimal{}, err
	}
	d, err := scoring.DecimalOf(new(big.Rat).Sub(sheet.Points.Rat(), sheet.Score.Rat()))
	return d, sheet.Line, err
}

// Confirm keeps the sheet as the leader of the team saw it, seq being the check's then,
// and opens an item for every deduction, to be put right by a day. Faults: forbidden,
// check_state, changed_meanwhile, bad_check.
func (s *Service) Confirm(ctx context.Context, prison, id uuid.UUID, seq int, due string, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, id, "check", "approve")
	if err != nil {
		return c, err
	}
	today := catalog.DayOf(s.Now())
	if m, err := catalog.Day(due); err != nil || due <= today || !catalog.Near(m.At, s.Now()) {
		return c, fault.InvalidFields("bad_check", []fault.Field{{Pointer: "/due_on", Code: "invalid", Text: fault.Text{ZH: "整改期限应晚于今天，一年以内", EN: "The day by which it is put right is after today, within a year"}}})
	}
	if c.State != Open || today < c.FromDay {
		return c, fault.New(fault.Conflict, "check_state").With("state", c.State)
	}
	run, err := s.run(ctx, prison, c)
	if err != nil {
		return c, err
	}
	until := catalog.DayOf(s.Catalog.Calendar().AddWorkdays(s.Now().In(catalog.Zone), s.Rules.AppealWorkdays))
	return s.change(ctx, prison, c, Open, idem, func(now Check, list []Finding) (Change, error) {
		if now.Seq != seq || now.Seq != c.Seq {
			return Change{}, fault.New(fault.Stale, "changed_meanwhile")
		}
		w := Change{Run: &run, Until: until, Act: &Act{Kind: Confirmed, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}}
		for _, f := range list {
			if f.Line != "" && f.Withdrawn == nil {
				w.Items = append(w.Items, Rectification{ID: uuid.Must(uuid.NewV7()), Area: c.Area, Check: c.ID, Finding: f.ID, Line: f.Line, DueOn: due, Salt: integrity.NewSalt()})
			}
		}
		return w, nil
	})
}

// Close ends the check and its team's rights, once every appeal is decided and their time
// is over. Where an appeal changed a finding, another run follows the confirmed one.
// Faults: forbidden, check_state, appeals_open, appeal_time.
func (s *Service) Close(ctx context.Context, prison, id uuid.UUID, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, id, "", "manage")
	if err != nil {
		return c, err
	}
	if c.State != Confirmed {
		return c, fault.New(fault.Conflict, "check_state").With("state", c.State)
	}
	list, err := s.Store.FindingsOf(ctx, s.asked(ctx, prison), id)
	if err != nil {
		return c, err
	}
	if err := s.over(c, list); err != nil {
		return c, err
	}
	following, err := s.following(ctx, prison, c, list)
	if err != nil {
		return c, err
	}
	return s.change(ctx, prison, c, Confirmed, idem, func(now Check, list []Finding) (Change, error) {
		if now.Seq != c.Seq {
			return Change{}, fault.New(fault.Stale, "changed_meanwhile")
		}
		return Change{Run: following, Act: &Act{Kind: Closed, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}}, s.over(now, list)
	})
}

// over says whether nothing more can come of appeals.
func (s *Service) over(c Check, list []Finding) error {
	open := 0
	for _, f := range list {
		if f.Appeal != nil && f.Appeal.Decision == nil {
			open++
		}
	}
	switch {
	case open > 0:
		return fault.New(fault.Conflict, "appeals_open").With("open", open)
	case catalog.DayOf(s.Now()) <= c.AppealUntil:
		return fault.New(fault.Conflict, "appeal_time").With("last_day", c.AppealUntil)
	}
	return nil
}

// following is the run that follows the appeals; nil where they changed nothing.
func (s *Service) following(ctx context.Context, prison uuid.UUID, c Check, list []Finding) (*assessment.Run, error) {
	scored, err := s.Store.Scored(ctx, s.asked(ctx, prison), c.ID)
	if err != nil {
		return nil, err
	}
	changed := map[string]*scoring.Finding{}
	for _, f := range list {
		if f.Appeal == nil || f.Appeal.Decision == nil || f.Appeal.Decision.Verdict == "uphold" {
			continue
		}
		changed[f.ID.String()] = nil
		if i := slices.IndexFunc(scored, func(x scoring.Finding) bool { return x.ID == f.ID.String() }); i >= 0 {
			changed[f.ID.String()] = &scored[i]
		}
	}
	if len(changed) == 0 {
		return nil, nil
	}
	r, err := s.Scores.Following(ctx, prison, *c.Run, changed)
	return &r, err
}

// Cancel ends a check that has no sheet, with the reason.
func (s *Service) Cancel(ctx context.Context, prison, id uuid.UUID, reason string, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, id, "", "manage")
	if err != nil {
		return c, err
	}
	if ledger.Blank(reason) || len([]rune(reason)) > maxText {
		return c, needsReason()
	}
	return s.change(ctx, prison, c, Open, idem, func(Check, []Finding) (Change, error) {
		return Change{Act: &Act{Kind: Cancelled, Reason: reason, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}}, nil
	})
}

func needsReason() error {
	return fault.InvalidFields("reason_required", []fault.Field{{Pointer: "/reason", Code: "required", Text: fault.Text{ZH: "请说明理由，500 字以内", EN: "Say why in at most 500 characters"}}})
}

// RulesOf reads them from the road's parameters.
func RulesOf(m *lifecycle.Machine) (Rules, error) {
	team, err1 := strconv.Atoi(m.Parameter("team_min"))
	days, err2 := strconv.Atoi(m.Parameter("appeal_workdays"))
	rate, err3 := scoring.ParseDecimal(m.Parameter("carry_rate"))
	return Rules{TeamMin: team, AppealWorkdays: days, CarryRate: rate}, errors.Join(err1, err2, err3)
}
