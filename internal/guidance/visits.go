package guidance

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Visit (指导) is what the bureau saw in a unit and advised, with all that followed.
type Visit struct {
	Prison     uuid.UUID  `json:"prison"`
	ID         uuid.UUID  `json:"id"`
	Area       uuid.UUID  `json:"area,omitzero"` // zero: the prison as a whole
	Day        string     `json:"day"`
	Findings   string     `json:"findings"`
	Advice     string     `json:"advice"`
	DueOn      string     `json:"due_on"`
	Planned    uuid.UUID  `json:"planned,omitzero"` // the planned visit that this one is
	Author     uuid.UUID  `json:"-"`
	AuthorName string     `json:"author_name"`
	RecordedAt time.Time  `json:"recorded_at"`
	Acts       []VisitAct `json:"acts"`
	State      string     `json:"state"` // open, answered, closed
	Overdue    bool       `json:"overdue"`
	Actions    []string   `json:"actions"` // kinds of act the reader may do now
	Salt       []byte     `json:"-"`
}

// VisitAct is the unit's answer, or what somebody else says of it. It never changes.
type VisitAct struct {
	Act        int       `json:"act"`
	Kind       string    `json:"kind"` // answer, return, close
	Comment    string    `json:"comment"`
	By         uuid.UUID `json:"by"`
	ByName     string    `json:"by_name"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Record commits to the visit.
func (v Visit) Record() (ledger.Record, error) {
	columns := map[string]any{"visit": v.ID, "area": v.Area, "day": v.Day, "findings": v.Findings, "advice": v.Advice, "due_on": v.DueOn, "author": v.Author}
	if v.Planned != uuid.Nil { // visits of before name none
		columns["planned"] = v.Planned
	}
	return ledger.NewRecord("visit", v.ID.String(), v.Salt, columns)
}

// Record commits to the act.
func (a VisitAct) Record(visit uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("visit_act", visit.String()+"/"+strconv.Itoa(a.Act), a.Salt, map[string]any{
		"visit": visit, "act": a.Act, "kind": a.Kind, "comment": a.Comment, "acted_by": a.By,
	})
}

// The one state table: which act leads where, and the action access is asked about.
var visitMoves = []struct{ from, kind, action, to string }{
	{"open", "answer", "submit", "answered"},
	{"answered", "return", "return", "open"},
	{"answered", "close", "approve", "closed"},
}

// settled works the state out of the acts.
func (s *Service) settled(ctx context.Context, v Visit) Visit {
	v.State, v.Actions = "open", []string{}
	answerer := uuid.Nil
	for _, a := range v.Acts {
		for _, m := range visitMoves {
			if m.from == v.State && m.kind == a.Kind {
				v.State = m.to
				break
			}
		}
		if a.Kind == "answer" {
			answerer = a.By
		}
	}
	v.Overdue = v.State == "open" && v.DueOn < s.today()
	for _, m := range visitMoves {
		if m.from == v.State && s.may(ctx, m.action, v.Prison, v.Area, answerer) == nil {
			v.Actions = append(v.Actions, m.kind)
		}
	}
	return v
}

// Visits of a prison, the latest first, and whether the actor may record one.
func (s *Service) Visits(ctx context.Context, prison uuid.UUID) (list []Visit, may bool, err error) {
	if list, err = s.Store.Visits(ctx, s.asked(ctx, prison)); err != nil {
		return nil, false, err
	}
	list = slices.DeleteFunc(list, func(v Visit) bool { return s.maySee(ctx, prison, v.Area) != nil })
	for i := range list {
		list[i] = s.settled(ctx, list[i])
	}
	return list, s.may(ctx, "create", prison, uuid.Nil, uuid.Nil) == nil, nil
}

// AddVisit records one; a planned one is closed by it. Faults: forbidden, not_found, visit_over,
// bad_guidance with fields.
func (s *Service) AddVisit(ctx context.Context, prison uuid.UUID, v Visit, idem ledger.Idem) (Visit, error) {
	if err := s.may(ctx, "create", prison, v.Area, uuid.Nil); err != nil {
		return Visit{}, err
	}
	var bad wrong
	bad.day("/day", v.Day, s.Now(), true)
	bad.day("/due_on", v.DueOn, s.Now(), false)
	bad.text("/findings", v.Findings)
	bad.text("/advice", v.Advice)
	if len(bad) == 0 && v.DueOn < v.Day {
		bad.add("/due_on", "order", "整改期限不早于指导日期", "The deadline is not before the visit")
	}
	if err := s.inUse(ctx, &bad, prison, v.Area, v.Day); err != nil {
		return Visit{}, err
	}
	if err := bad.refused(); err != nil {
		return Visit{}, err
	}
	v.Prison, v.ID, v.Author, v.Salt = prison, uuid.Must(uuid.NewV7()), actor.From(ctx).PersonID, integrity.NewSalt()
	v, err := s.Store.AddVisit(ctx, s.asked(ctx, prison), idem, v)
	return s.settled(ctx, v), err
}

// ActVisit answers, sends the answer back or closes; seen is the number of acts that were
// seen. The unit answers, and somebody else closes. Faults: forbidden, visit_state,
// changed_meanwhile, bad_guidance with fields.
func (s *Service) ActVisit(ctx context.Context, prison, id uuid.UUID, kind, comment string, seen int, idem ledger.Idem) (Visit, error) {
	var bad wrong
	bad.text("/comment", comment)
	if err := bad.refused(); err != nil {
		return Visit{}, err
	}
	v, err := s.Store.ActVisit(ctx, s.asked(ctx, prison), idem, id, func(v Visit) (VisitAct, error) {
		if err := s.maySee(ctx, prison, v.Area); err != nil {
			return VisitAct{}, err
		}
		v = s.settled(ctx, v)
		for _, m := range visitMoves {
			if m.kind != kind {
				continue
			}
			answerer := uuid.Nil
			if n := len(v.Acts); n > 0 {
				answerer = v.Acts[n-1].By
			}
			if kind == "answer" {
				answerer = uuid.Nil
			}
			if err := s.may(ctx, m.action, prison, v.Area, answerer); err != nil {
				return VisitAct{}, err
			}
			if len(v.Acts) != seen {
				return VisitAct{}, fault.New(fault.Stale, "changed_meanwhile")
			}
			if m.from != v.State {
				return VisitAct{}, fault.New(fault.Conflict, "visit_state").With("state", v.State)
			}
			return VisitAct{Act: seen + 1, Kind: kind, Comment: comment, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}, nil
		}
		return VisitAct{}, fault.New(fault.Malformed, "bad_request")
	})
	return s.settled(ctx, v), err
}
