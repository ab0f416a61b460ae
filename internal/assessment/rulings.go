package assessment

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// The kinds of ruling: an indicator does not apply to a unit (O12), a line costs what
// persons decided (R56). Each is also the action that access is asked about.
const (
	Exclude  = "exclude"
	Override = "override"
)

// RulingState of a request.
type RulingState string

// The states. Only what is granted counts.
const (
	Requested RulingState = "requested"
	Granted   RulingState = "granted"
	Refused   RulingState = "refused"
	Withdrawn RulingState = "withdrawn"
	Revoked   RulingState = "revoked"
)

type rulingMove struct {
	from    RulingState
	verdict string
	action  string
	to      RulingState
}

// The one state table: which verdict leads where, and the action access is asked about.
var rulingMoves = []rulingMove{
	{Requested, "grant", "approve", Granted},
	{Requested, "refuse", "return", Refused},
	{Requested, "withdraw", "withdraw", Withdrawn},
	{Granted, "revoke", "void", Revoked},
}

// Ruling is asked for with its reason by one and decided by another. It never changes
// but for its state.
type Ruling struct {
	ID       uuid.UUID        `json:"id"`
	Area     uuid.UUID        `json:"area"`
	Kind     string           `json:"kind"`
	Standard string           `json:"standard"`
	Target   string           `json:"target"` // an indicator's code, or a line's id
	Amount   *scoring.Decimal `json:"amount,omitempty"`
	// FromDay and ToDay are the first and last day of a check on which it holds.
	FromDay    string           `json:"from_day"`
	ToDay      string           `json:"to_day"`
	Reason     string           `json:"reason"`
	Author     uuid.UUID        `json:"author"`
	AuthorName string           `json:"author_name"`
	RecordedAt time.Time        `json:"recorded_at"`
	State      RulingState      `json:"state"`
	Decisions  []RulingDecision `json:"decisions"`
	Actions    []string         `json:"actions"` // verdicts the reader may say now
	Salt       []byte           `json:"-"`
}

// RulingDecision on a ruling. It never changes.
type RulingDecision struct {
	ID         uuid.UUID `json:"id"`
	Verdict    string    `json:"verdict"`
	By         uuid.UUID `json:"decided_by"`
	ByName     string    `json:"decided_by_name"`
	Comment    string    `json:"comment"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Record commits to what was asked for.
func (r Ruling) Record() (ledger.Record, error) {
	return ledger.NewRecord("ruling", r.ID.String(), r.Salt, map[string]any{
		"ruling": r.ID, "area": r.Area, "kind": r.Kind, "standard": r.Standard, "target": r.Target, "amount": r.Amount,
		"from_day": r.FromDay, "to_day": r.ToDay, "reason": r.Reason, "author": r.Author,
	})
}

// Record commits to the decision.
func (d RulingDecision) Record(ruling, author uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("ruling_decision", d.ID.String(), d.Salt, map[string]any{
		"ruling": ruling, "decision": d.ID, "verdict": d.Verdict, "author": author, "decided_by": d.By, "comment": d.Comment,
	})
}

// longestRuling is how long a ruling may hold: to the re-check and its window (R54).
const longestRuling = 4 * 366 * 24 * time.Hour

func (s *Service) rulingSubject(prison uuid.UUID, r Ruling) ledger.Subject {
	return ledger.Subject{Class: "ruling", Prison: prison, Area: r.Area, Author: r.Author}
}

// AskRuling records a request. Faults: forbidden, standard_unknown, bad_ruling with fields.
func (s *Service) AskRuling(ctx context.Context, prison uuid.UUID, r Ruling, idem ledger.Idem) (Ruling, error) {
	if r.Kind != Exclude && r.Kind != Override {
		return Ruling{}, fault.New(fault.Malformed, "bad_request")
	}
	r.Author = uuid.Nil
	a := actor.From(ctx)
	if err := s.Access.Check(a, r.Kind, s.rulingSubject(prison, r), s.Now()); err != nil {
		return Ruling{}, err
	}
	_, std, err := s.unit(ctx, prison, r.Area)
	if err != nil {
		return Ruling{}, err
	}
	if bad := wrongRuling(r, std, s.Now()); len(bad) > 0 {
		return Ruling{}, fault.InvalidFields("bad_ruling", bad)
	}
	r.ID, r.Author, r.Salt, r.Standard, r.State = uuid.Must(uuid.NewV7()), a.PersonID, integrity.NewSalt(), std.ID, Requested
	r, err = s.Store.AddRuling(ctx, s.asked(ctx, prison), idem, r)
	return s.dressed(ctx, prison, r), err
}

func wrongRuling(r Ruling, std *scoring.Standard, now time.Time) []fault.Field {
	var bad []fault.Field
	wrong := func(pointer, zh, en string) {
		bad = append(bad, fault.Field{Pointer: pointer, Code: "invalid", Text: fault.Text{ZH: zh, EN: en}})
	}
	switch r.Kind {
	case Exclude:
		if _, ok := std.Find(r.Target); !ok {
			wrong("/target", "标准中没有这个指标", "The standard has no such indicator")
		}
		if r.Amount != nil {
			wrong("/amount", "不适用的指标不填扣分", "What does not apply has no amount")
		}
	case Override:
		_, ind, ok := std.Place(r.Target)
		switch {
		case !ok:
			wrong("/target", "标准中没有这条规则", "The standard has no such line")
		case r.Amount == nil || !measurable(*r.Amount) || r.Amount.Rat().Cmp(ind.Points.Rat()) > 0:
			wrong("/amount", "扣分应为 0 至该指标分值，最多四位小数", "From 0 to the indicator's points, with at most four decimals")
		}
	}
	from, err1 := catalog.Day(r.FromDay)
	to, err2 := catalog.Day(r.ToDay)
	if err1 != nil || err2 != nil || to.At.Before(from.At) || to.At.Sub(from.At) > longestRuling || !catalog.Near(from.At, now) {
		wrong("/to_day", "止日不早于起日，且不超过四年", "The last day is not before the first, within four years")
	}
	if ledger.Blank(r.Reason) || len([]rune(r.Reason)) > 500 {
		wrong("/reason", "请写明理由，500 字以内", "Say why in at most 500 characters")
	}
	return bad
}

// DecideRuling says a verdict. Granting and refusing are never the author's; a refusal
// and a revocation have their reason. Of one target one ruling at most is in force on a
// day. Faults: forbidden, ruling_decided, reason_required, ruling_overlaps.
func (s *Service) DecideRuling(ctx context.Context, prison, id uuid.UUID, verdict, comment string, idem ledger.Idem) (Ruling, error) {
	i := slices.IndexFunc(rulingMoves, func(m rulingMove) bool { return m.verdict == verdict })
	if i < 0 || len([]rune(comment)) > 500 {
		return Ruling{}, fault.New(fault.Malformed, "bad_request")
	}
	if ledger.Blank(comment) && (verdict == "refuse" || verdict == "revoke") {
		return Ruling{}, fault.InvalidFields("reason_required", []fault.Field{{Pointer: "/comment", Code: "required", Text: fault.Text{ZH: "请说明理由", EN: "Say why"}}})
	}
	a, move := actor.From(ctx), rulingMoves[i]
	r, err := s.Store.DecideRuling(ctx, s.asked(ctx, prison), idem, id, func(r *Ruling, beside []Ruling) (RulingDecision, error) {
		if err := s.mayRead(ctx, prison, r.Area); err != nil {
			return RulingDecision{}, err
		}
		if err := s.Access.Check(a, move.action, s.rulingSubject(prison, *r), s.Now()); err != nil {
			return RulingDecision{}, err
		}
		if move.from != r.State {
			return RulingDecision{}, fault.New(fault.Conflict, "ruling_decided").With("state", r.State)
		}
		for _, b := range beside {
			if move.to == Granted && b.Kind == r.Kind && b.Target == r.Target && b.FromDay <= r.ToDay && r.FromDay <= b.ToDay {
				return RulingDecision{}, fault.New(fault.Conflict, "ruling_overlaps").With("from", b.FromDay).With("to", b.ToDay)
			}
		}
		r.State = move.to
		return RulingDecision{ID: uuid.Must(uuid.NewV7()), Verdict: verdict, By: a.PersonID, Comment: comment, Salt: integrity.NewSalt()}, nil
	})
	return s.dressed(ctx, prison, r), err
}

// dressed adds what the reader may do.
func (s *Service) dressed(ctx context.Context, prison uuid.UUID, r Ruling) Ruling {
	r.Actions = []string{}
	for _, m := range rulingMoves {
		if r.ID != uuid.Nil && m.from == r.State && s.Access.Check(actor.From(ctx), m.action, s.rulingSubject(prison, r), s.Now()) == nil {
			r.Actions = append(r.Actions, m.verdict)
		}
	}
	return r
}

// Rulings of an area, the newest first, and which kinds the actor may ask for.
func (s *Service) Rulings(ctx context.Context, prison, area uuid.UUID) (list []Ruling, may []string, err error) {
	if _, _, err = s.unit(ctx, prison, area); err != nil {
		return nil, nil, err
	}
	by, err := s.Store.Rulings(ctx, s.asked(ctx, prison), []uuid.UUID{area})
	list, may = by[area], []string{}
	for i := range list {
		list[i] = s.dressed(ctx, prison, list[i])
	}
	for _, kind := range []string{Exclude, Override} {
		if s.Access.Check(actor.From(ctx), kind, s.rulingSubject(prison, Ruling{Area: area}), s.Now()) == nil {
			may = append(may, kind)
		}
	}
	return list, may, err
}

// ruled puts the rulings in force on the day of the check into an input.
func ruled(in *scoring.Input, std *scoring.Standard, list []Ruling) {
	for _, r := range list {
		if r.State != Granted || r.Standard != std.ID || in.To < r.FromDay || in.To > r.ToDay {
			continue
		}
		switch r.Kind {
		case Exclude:
			in.Exclusions = append(in.Exclusions, scoring.Exclusion{Indicator: r.Target, Decision: r.ID.String()})
		case Override:
			in.Overrides = append(in.Overrides, scoring.Override{ID: r.ID.String(), Line: r.Target, Amount: *r.Amount, Reason: r.Reason})
		}
	}
}
