package duty

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

// ReliefKind is what eases a duty.
type ReliefKind string

// The kinds: a duty need not be fulfilled (免填); the system stood still, and
// deadlines move (停机报备); what is locked may be filled for a while (解锁).
const (
	Excuse ReliefKind = "excuse"
	Outage ReliefKind = "outage"
	Unlock ReliefKind = "unlock"
)

// ReliefState of a request.
type ReliefState string

// The states. Only what is granted has an effect.
const (
	Requested ReliefState = "requested"
	Granted   ReliefState = "granted"
	Refused   ReliefState = "refused"
	Withdrawn ReliefState = "withdrawn"
	Revoked   ReliefState = "revoked"
)

// The one state table: which verdict leads where, and the action access is asked about.
var reliefMoves = []struct {
	from    ReliefState
	verdict string
	action  string
	to      ReliefState
}{
	{Requested, "grant", "approve", Granted},
	{Requested, "refuse", "return", Refused},
	{Requested, "withdraw", "withdraw", Withdrawn},
	{Granted, "revoke", "void", Revoked},
}

// Verdicts are what may be said of a relief.
var Verdicts = []string{"grant", "refuse", "withdraw", "revoke"}

// Relief is asked for with its reason by one and decided by another. It never
// changes but for its state.
type Relief struct {
	ID    uuid.UUID   `json:"id"`
	Kind  ReliefKind  `json:"kind"`
	Areas []uuid.UUID `json:"areas"` // one; of an outage any number, none for the whole prison
	// Ledger, days and period of an excuse or unlock. With a period only that
	// one duty is excused.
	Ledger  string `json:"ledger"`
	Period  string `json:"period"`
	FromDay string `json:"from_day,omitempty"`
	ToDay   string `json:"to_day,omitempty"`
	// From and Until of an outage; the end is not included.
	From  *time.Time `json:"from_at,omitempty"`
	Until *time.Time `json:"until_at,omitempty"`
	// Expires is the last day on which an unlock holds.
	Expires    string           `json:"expires_on,omitempty"`
	Department string           `json:"department"` // that was to decide when it was asked for
	Reason     string           `json:"reason"`
	Given      bool             `json:"given"` // by the owner's head, without having been asked for
	Author     uuid.UUID        `json:"author"`
	AuthorName string           `json:"author_name"`
	RecordedAt time.Time        `json:"recorded_at"`
	State      ReliefState      `json:"state"`
	Decisions  []ReliefDecision `json:"decisions"`
	Actions    []string         `json:"actions"` // verdicts the reader may say now
	Salt       []byte           `json:"-"`
}

// ReliefDecision on a relief. It never changes.
type ReliefDecision struct {
	ID         uuid.UUID `json:"id"`
	Verdict    string    `json:"verdict"`
	By         uuid.UUID `json:"decided_by"`
	ByName     string    `json:"decided_by_name"`
	Comment    string    `json:"comment"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Record commits to what was asked for.
func (r Relief) Record() (ledger.Record, error) {
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return integrity.Stamp(*t)
	}
	return ledger.NewRecord("relief", r.ID.String(), r.Salt, map[string]any{
		"relief": r.ID, "kind": r.Kind, "areas": r.Areas, "ledger": r.Ledger, "period": r.Period, "from_day": r.FromDay, "to_day": r.ToDay,
		"from_at": at(r.From), "until_at": at(r.Until), "expires_on": r.Expires, "department": r.Department, "reason": r.Reason,
		"given": r.Given, "author": r.Author,
	})
}

// Record commits to the decision.
func (d ReliefDecision) Record(relief uuid.UUID, author uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("relief_decision", d.ID.String(), d.Salt, map[string]any{
		"relief": relief, "decision": d.ID, "verdict": d.Verdict, "author": author, "decided_by": d.By, "comment": d.Comment,
	})
}

// command answers for outages, as it does for the systems.
const command = "dept_command"

// Limits of what may be asked for at once.
const (
	longestRelief = 92 * 24 * time.Hour
	longestOutage = 30 * 24 * time.Hour
)

// subject of a relief: who decides is the owner today, whoever it was when it
// was asked for.
func (s *Service) reliefSubject(prison uuid.UUID, r Relief) ledger.Subject {
	sub := ledger.Subject{Class: "relief", Prison: prison, Ledger: r.Ledger, Author: r.Author, Department: s.Access.Owner(r.Ledger)}
	if r.Kind == Outage {
		sub.Class, sub.Department = "outage", command
		return sub
	}
	sub.Area = r.Areas[0]
	if t := s.Catalog.Current(r.Ledger); t != nil {
		sub.FillRoles = t.Filler.Roles
		if t.Filler.Unit == "dept" {
			sub.FillDept = t.Filler.Dept
		}
	}
	return sub
}

// Ask records a request. An unlock made by who could grant it is in force at
// once. Faults: forbidden, bad_relief with fields.
func (s *Service) Ask(ctx context.Context, prison uuid.UUID, r Relief, idem ledger.Idem) (Relief, error) {
	if r.Kind != Excuse && r.Kind != Outage && r.Kind != Unlock {
		return Relief{}, fault.New(fault.Malformed, "bad_request")
	}
	if r.Kind != Outage && len(r.Areas) != 1 {
		return Relief{}, fault.InvalidFields("bad_relief", []fault.Field{reliefField("/areas", "请选择一个监区", "Choose one area")})
	}
	r.Author = uuid.Nil
	sub := s.reliefSubject(prison, r)
	a := actor.From(ctx)
	r.State = Requested
	if r.Kind == Unlock && s.Access.Check(a, "approve", sub, s.Now()) == nil {
		r.Given, r.State = true, Granted
	} else if err := s.Access.Check(a, "create", sub, s.Now()); err != nil {
		return Relief{}, err
	}
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return Relief{}, err
	}
	if bad := s.wrongRelief(r, areas); len(bad) > 0 {
		return Relief{}, fault.InvalidFields("bad_relief", bad)
	}
	r.ID, r.Author, r.Salt, r.Department = uuid.Must(uuid.NewV7()), a.PersonID, integrity.NewSalt(), sub.Department
	if r.Areas == nil {
		r.Areas = []uuid.UUID{}
	}
	r, err = s.Store.AddRelief(ctx, s.program(ctx, prison), idem, r)
	return s.dressed(ctx, prison, r), err
}

// program sees everything in the name of who asks: what a decision moves lies
// beyond what they may see.
func (s *Service) program(ctx context.Context, prison uuid.UUID) ledger.Session {
	ses := s.reckoning(prison)
	ses.Person = actor.From(ctx).PersonID
	return ses
}

func reliefField(pointer, zh, en string) fault.Field {
	return fault.Field{Pointer: pointer, Code: "invalid", Text: fault.Text{ZH: zh, EN: en}}
}

func (s *Service) wrongRelief(r Relief, areas []ledger.Area) []fault.Field {
	var bad []fault.Field
	wrong := func(pointer, zh, en string) { bad = append(bad, reliefField(pointer, zh, en)) }
	if ledger.Blank(r.Reason) || len([]rune(r.Reason)) > 500 {
		wrong("/reason", "请写明理由，500 字以内", "Say why in at most 500 characters")
	}
	for _, id := range r.Areas {
		if !slices.ContainsFunc(areas, func(a ledger.Area) bool { return a.ID == id }) {
			wrong("/areas", "没有这个监区", "There is no such area")
		}
	}
	now := s.now()
	// A slip in the year is named first: what else is wrong may come of it.
	far := false
	farOff := func(pointer string, is bool) {
		if is {
			far = true
			bad = append(bad, catalog.FarOff(pointer))
		}
	}
	if r.Kind == Outage {
		farOff("/from_at", r.From != nil && !catalog.Near(*r.From, now))
		farOff("/until_at", r.Until != nil && !catalog.Near(*r.Until, now))
		if !far && (r.From == nil || r.Until == nil || !r.From.Before(*r.Until) || r.Until.Sub(*r.From) > longestOutage) {
			wrong("/until_at", "停机止时应晚于起时，且不超过 30 天", "An outage ends after it begins, within 30 days")
		}
		if r.Ledger != "" || r.Period != "" || r.FromDay != "" || r.ToDay != "" || r.Expires != "" {
			wrong("/ledger", "停机报备不限台账", "An outage names no ledger and no days")
		}
		return bad
	}
	t := s.Catalog.Current(r.Ledger)
	switch i := slices.IndexFunc(areas, func(a ledger.Area) bool { return a.ID == r.Areas[0] }); {
	case t == nil:
		wrong("/ledger", "没有这种台账", "There is no such ledger")
	case i >= 0 && !t.AppliesTo(areas[i].Kind, areas[i].Function, areas[i].HasLabour):
		wrong("/ledger", "该监区不填报这种台账", "The area does not keep that ledger")
	case r.Kind == Excuse && t.Cadence.Kind == "event":
		wrong("/ledger", "该台账按事项填报，没有应填任务", "Nothing is ever due from this ledger")
	}
	farOff("/from_day", catalog.DayFarOff(r.FromDay, now))
	farOff("/to_day", catalog.DayFarOff(r.ToDay, now))
	from, err1 := catalog.Day(r.FromDay)
	to, err2 := catalog.Day(r.ToDay)
	if !far && (err1 != nil || err2 != nil || to.At.Before(from.At) || to.At.Sub(from.At) > longestRelief || len(r.Period) > 40 || r.From != nil || r.Until != nil) {
		wrong("/to_day", "止日不早于起日，且不超过三个月", "The last day is not before the first, within three months")
	}
	if p, cut := s.cut(r, t); len(bad) == 0 && cut {
		wrong("/to_day", fmt.Sprintf("该台账 %s 这一期到 %s 才结束，只免到 %s 不起作用；请把止日改为 %[2]s，或改到这一期以前", p.Key, p.Day(), r.ToDay),
			fmt.Sprintf("The period %s ends on %s: excused until %s it would still be due. End on %[2]s, or before the period begins", p.Key, p.Day(), r.ToDay))
	}
	switch until, err := catalog.Day(r.Expires); {
	case r.Kind == Excuse && r.Expires != "":
		wrong("/expires_on", "免填没有截止日", "An excuse does not expire")
	case r.Kind == Unlock && (err != nil || r.Expires < catalog.DayOf(now) || until.At.Sub(now) > longestRelief):
		wrong("/expires_on", "解锁截止日应为今天以后三个月以内", "An unlock ends within three months from today")
	}
	return bad
}

// cut finds the period that an excuse covers a part of without its last day, on
// which it counts: that part would excuse nothing.
func (s *Service) cut(r Relief, t *catalog.Type) (Period, bool) {
	from, err1 := catalog.Day(r.FromDay)
	to, err2 := catalog.Day(r.ToDay)
	if r.Kind != Excuse || t == nil || err1 != nil || err2 != nil {
		return Period{}, false
	}
	for _, p := range Periods(t.Cadence, s.Catalog.Calendar(), midnight(from.At), midnight(to.At).AddDate(0, 0, 1)) {
		if (r.Period == "" || r.Period == p.Key) && p.Day() > r.ToDay {
			return p, true
		}
	}
	return Period{}, false
}

// Decide says a verdict of a relief. Granting and refusing are never the
// author's; every refusal and revocation has its reason. Faults: own_entry,
// relief_decided, reason_required.
func (s *Service) Decide(ctx context.Context, prison, id uuid.UUID, verdict, comment string, idem ledger.Idem) (Relief, error) {
	i := slices.Index(Verdicts, verdict)
	if i < 0 || len([]rune(comment)) > 500 {
		return Relief{}, fault.New(fault.Malformed, "bad_request")
	}
	if ledger.Blank(comment) && (verdict == "refuse" || verdict == "revoke") {
		return Relief{}, fault.InvalidFields("reason_required", []fault.Field{reliefField("/comment", "请说明理由", "Say why")})
	}
	// Under one's own sight first: what may not be seen is not there.
	if _, err := s.Relief(ctx, prison, id); err != nil {
		return Relief{}, err
	}
	a := actor.From(ctx)
	r, err := s.Store.DecideRelief(ctx, s.program(ctx, prison), idem, id, func(r *Relief) (ReliefDecision, error) {
		if err := s.Access.Check(a, reliefMoves[i].action, s.reliefSubject(prison, *r), s.Now()); err != nil {
			return ReliefDecision{}, err
		}
		for _, m := range reliefMoves {
			if m.from == r.State && m.verdict == verdict {
				r.State = m.to
				return ReliefDecision{ID: uuid.Must(uuid.NewV7()), Verdict: verdict, By: a.PersonID, Comment: comment, Salt: integrity.NewSalt()}, nil
			}
		}
		return ReliefDecision{}, fault.New(fault.Conflict, "relief_decided").With("state", r.State)
	})
	return s.dressed(ctx, prison, r), err
}

// dressed adds what the reader may do.
func (s *Service) dressed(ctx context.Context, prison uuid.UUID, r Relief) Relief {
	r.Actions = []string{}
	for _, m := range reliefMoves {
		if r.ID != uuid.Nil && m.from == r.State && s.Access.Check(actor.From(ctx), m.action, s.reliefSubject(prison, r), s.Now()) == nil {
			r.Actions = append(r.Actions, m.verdict)
		}
	}
	return r
}

// Relief returns one.
func (s *Service) Relief(ctx context.Context, prison, id uuid.UUID) (Relief, error) {
	list, err := s.Store.Reliefs(ctx, s.asked(ctx, prison), id)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "not_found")
	}
	if err != nil {
		return Relief{}, err
	}
	return s.dressed(ctx, prison, list[0]), nil
}

// Reliefs lists those the actor may see, the newest first, and which kinds the
// actor could ask for somewhere.
func (s *Service) Reliefs(ctx context.Context, prison uuid.UUID) ([]Relief, error) {
	list, err := s.Store.Reliefs(ctx, s.asked(ctx, prison), uuid.Nil)
	for i := range list {
		list[i] = s.dressed(ctx, prison, list[i])
	}
	return list, err
}

// MayAsk lists which ledgers the actor may ask for an excuse or an unlock of,
// by area, and whether an outage may be declared.
func (s *Service) MayAsk(ctx context.Context, prison uuid.UUID) (ledgers map[uuid.UUID][]string, outage bool, err error) {
	areas, err := s.Store.Areas(ctx, prison)
	a, now := actor.From(ctx), s.Now()
	ledgers = map[uuid.UUID][]string{}
	for _, area := range areas {
		for _, t := range s.Catalog.Types() {
			sub := s.reliefSubject(prison, Relief{Kind: Unlock, Areas: []uuid.UUID{area.ID}, Ledger: t.ID})
			if t.AppliesTo(area.Kind, area.Function, area.HasLabour) &&
				(s.Access.Check(a, "create", sub, now) == nil || s.Access.Check(a, "approve", sub, now) == nil) {
				ledgers[area.ID] = append(ledgers[area.ID], t.ID)
			}
		}
	}
	outage = s.Access.Check(a, "create", s.reliefSubject(prison, Relief{Kind: Outage}), now) == nil
	return ledgers, outage, err
}
