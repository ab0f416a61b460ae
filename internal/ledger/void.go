package ledger

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
)

// VoidAt is the void (作废) that is asked for and not decided yet. The entry
// stays in force meanwhile, whatever becomes of a correction.
type VoidAt struct {
	VoidAsked *uuid.UUID   `json:"void_asked,omitempty"`
	VoidBy    uuid.UUID    `json:"-"`
	VoidRoles []actor.Role `json:"void_roles,omitempty"` // who decides it
	VoidUnit  string       `json:"-"`
	VoidDue   *time.Time   `json:"void_due,omitempty"`
	// As of a step: who may decide too, once it is due; when the time began to run
	// and was to be over, before outages moved it.
	VoidHigher     []actor.Role `json:"-"`
	VoidHigherUnit string       `json:"-"`
	VoidReached    *time.Time   `json:"-"`
	VoidPlanned    *time.Time   `json:"-"`
}

// VoidRequest asks that what is in force be so no longer. It never changes; the
// decision on it names it.
type VoidRequest struct {
	ID         uuid.UUID  `json:"id"`
	Revision   int        `json:"revision"` // that was in force
	Of         Digest     `json:"of_digest"`
	Author     uuid.UUID  `json:"-"`
	By         uuid.UUID  `json:"asked_by"`
	ByName     string     `json:"asked_by_name"`
	Role       actor.Role `json:"role"`
	Reason     string     `json:"reason"`
	Salt       []byte     `json:"-"`
	RecordedAt time.Time  `json:"recorded_at"`
}

// voiding is the round that decides a void: the head of the department that
// answers for the entry, or, while that is nobody but the author or who asked,
// the next rung of the ladder.
var voiding = Step{Roles: []actor.Role{actor.DeptHead}, Unit: "owner"}

// atVoid is the entry as it stands at the void's round, not at its approval's.
func (e Entry) atVoid() Entry {
	e.StepRoles, e.StepUnit, e.StepAt = e.VoidRoles, e.VoidUnit, StepAt{StepOut: []uuid.UUID{e.VoidBy}, StepDue: e.VoidDue,
		StepHigher: e.VoidHigher, HigherUnit: e.VoidHigherUnit, StepReached: e.VoidReached, StepPlanned: e.VoidPlanned}
	return e
}

// timeVoid gives the void the deadline of an approval of what is in force: the
// longest its ledger gives a step, with that step's escalation. Where the ledger
// sets none, neither has the void one.
func (s *Service) timeVoid(ctx context.Context, tx Tx, e *Entry, rev Revision) error {
	var st Step
	for _, step := range rev.Chain {
		if step.Within > st.Within {
			st = step
		}
	}
	if st.Within == 0 {
		return nil
	}
	now := tx.Now()
	due := s.Catalog.Calendar().AddWorkdays(now, st.Within)
	e.VoidReached, e.VoidPlanned = &now, &due
	if st.Escalate != nil {
		e.VoidHigher, e.VoidHigherUnit = st.Escalate.Roles, st.Escalate.Unit
	}
	return postponeVoid(ctx, tx, e)
}

func postponeVoid(ctx context.Context, r Reader, e *Entry) error {
	at := e.atVoid()
	err := postpone(ctx, r, &at)
	e.VoidDue = at.StepDue
	return err
}

// remindOfVoid moves the deadline of the void at hand as outages do, and tells of
// one that is near or over.
func (s *Service) remindOfVoid(ctx context.Context, tx Tx, e *Entry) error {
	if e.VoidDue == nil {
		return nil
	}
	before := *e.VoidDue
	if err := postponeVoid(ctx, tx, e); err != nil {
		return err
	}
	if !before.Equal(*e.VoidDue) {
		if err := tx.UpdateEntry(ctx, e); err != nil {
			return err
		}
	}
	return s.remind(ctx, tx, e.atVoid(), *e.VoidAsked)
}

// voidWanting: the deadline of the void is near or has moved.
func (s *Service) voidWanting(ctx context.Context, r Reader, e Entry, now time.Time) (bool, error) {
	if e.VoidDue == nil {
		return false, nil
	}
	before := *e.VoidDue
	err := postponeVoid(ctx, r, &e)
	return !now.Before(s.soon(before)) || !before.Equal(*e.VoidDue), err
}

// postAt is the post that somebody has nearest to an entry: in its area, in the
// department that answers, else in its prison; "" for none there.
func (s *Service) postAt(a actor.Actor, e Entry) actor.Role {
	answers := s.answering(e)
	for _, near := range []func(actor.Posting) bool{
		func(p actor.Posting) bool { return p.AreaID == e.Area },
		func(p actor.Posting) bool { return p.Department == answers },
		func(actor.Posting) bool { return true },
	} {
		for _, p := range a.Postings {
			if p.PrisonID == e.Prison && near(p) {
				return p.Role
			}
		}
	}
	return ""
}

// AskVoid asks with a reason that the entry be voided. One is decided before
// another is asked for.
func (s *Service) AskVoid(ctx context.Context, k Key, j Judgement, idem Idem) (Outcome, error) {
	if err := worded(Judgement{Comment: j.Comment}); err != nil {
		return Outcome{}, err
	}
	return s.change(ctx, k, AskVoid, 0, idem, func(tx Tx, e *Entry, _ Situation, _ State) (*Outcome, error) {
		rev, err := inForce(ctx, tx, *e, j)
		if err != nil {
			return nil, err
		}
		t, err := s.typeOf(*e)
		if err != nil {
			return nil, err
		}
		if err := placed(t, Judgement{Comment: j.Comment}); err != nil {
			return nil, err
		}
		a := actor.From(ctx)
		v := VoidRequest{ID: uuid.Must(uuid.NewV7()), Revision: rev.Number, Of: rev.Digest, Author: rev.Author, By: a.PersonID,
			Role: s.postAt(a, *e), Reason: j.Comment, Salt: integrity.NewSalt()}
		if err := tx.InsertVoid(ctx, k, v); err != nil {
			return nil, err
		}
		if err := tx.InsertEvent(ctx, k, "void_asked", rev.Number, map[string]any{"void": v.ID, "comment": v.Reason}); err != nil {
			return nil, err
		}
		e.VoidAt = VoidAt{VoidAsked: &v.ID, VoidBy: v.By}
		if err := s.timeVoid(ctx, tx, e, rev); err != nil {
			return nil, err
		}
		deciders, err := s.staffVoid(ctx, tx, t, e)
		if err != nil {
			return nil, err
		}
		if err := tx.UpdateEntry(ctx, e); err != nil {
			return nil, err
		}
		if err := s.tellOfVoid(ctx, tx, *e, deciders, "void_asked", map[string]any{"author": e.AuthorName}); err != nil {
			return nil, err
		}
		receipt, err := tx.Append(ctx, e.Prison)
		if err != nil {
			return nil, err
		}
		fault.Point("void.asked")
		return &Outcome{Receipt: &receipt}, nil
	})
}

// Void takes the entry out of force as was asked for. A correction on its way
// ends with it: what was submitted stays among the revisions, what was not stays
// with its author, to read.
func (s *Service) Void(ctx context.Context, k Key, j Judgement, idem Idem) (Outcome, error) {
	return s.decideVoid(ctx, k, Void, j, idem)
}

// RefuseVoid leaves the entry in force; the reason is kept.
func (s *Service) RefuseVoid(ctx context.Context, k Key, j Judgement, idem Idem) (Outcome, error) {
	return s.decideVoid(ctx, k, RefuseVoid, j, idem)
}

// WithdrawVoid takes back what one asked for oneself and nobody has decided, with
// a reason. The entry stays as it is, and those who were to decide hear of it.
func (s *Service) WithdrawVoid(ctx context.Context, k Key, j Judgement, idem Idem) (Outcome, error) {
	if err := worded(Judgement{Comment: j.Comment}); err != nil {
		return Outcome{}, err
	}
	return s.change(ctx, k, WithdrawVoid, 0, idem, func(tx Tx, e *Entry, _ Situation, _ State) (*Outcome, error) {
		t, err := s.typeOf(*e)
		if err != nil {
			return nil, err
		}
		if err := placed(t, Judgement{Comment: j.Comment}); err != nil {
			return nil, err
		}
		deciders, err := s.staffVoid(ctx, tx, t, e)
		if err != nil {
			return nil, err
		}
		asked := *e
		e.VoidAt = VoidAt{}
		if err := tx.InsertEvent(ctx, k, "void_withdrawn", e.InForce, map[string]any{"void": asked.VoidAsked, "comment": j.Comment}); err != nil {
			return nil, err
		}
		if err := s.tellOfVoid(ctx, tx, asked, deciders, "void_withdrawn", map[string]any{"by": actor.From(ctx).Name, "reason": j.Comment}); err != nil {
			return nil, err
		}
		return &Outcome{}, tx.UpdateEntry(ctx, e)
	})
}

func (s *Service) decideVoid(ctx context.Context, k Key, a Action, j Judgement, idem Idem) (Outcome, error) {
	if err := worded(j); err != nil {
		return Outcome{}, err
	}
	return s.change(ctx, k, a, 0, idem, func(tx Tx, e *Entry, _ Situation, to State) (*Outcome, error) {
		rev, err := inForce(ctx, tx, *e, j)
		if err != nil {
			return nil, err
		}
		t, err := s.typeOf(*e)
		if err != nil {
			return nil, err
		}
		if err := placed(t, j); err != nil {
			return nil, err
		}
		verdict, kind := "void", "voided"
		if a == RefuseVoid {
			verdict, kind = "keep", "void_refused"
		}
		asked := e.VoidAt
		d := decision(ctx, e, rev, verdict, j)
		// It is of no step: it comes after the chain.
		d.Step, d.Void, d.AskedBy = len(rev.Chain), asked.VoidAsked, &asked.VoidBy
		if err := s.capacitate(ctx, tx, e.atVoid(), &d); err != nil {
			return nil, err
		}
		e.VoidAt = VoidAt{}
		if a == Void {
			if err := s.endAmendment(ctx, tx, e); err != nil {
				return nil, err
			}
			e.State, e.Counts = to, false
		}
		for _, person := range []uuid.UUID{e.Author, asked.VoidBy} {
			n := e.notice(person, kind, map[string]any{"by": actor.From(ctx).Name, "reason": d.Comment})
			n.Subject = *asked.VoidAsked
			if err := tx.Notify(ctx, n); err != nil {
				return nil, err
			}
		}
		return s.settle(ctx, tx, t, e, rev, d, kind)
	})
}

// inForce is the revision that a void is about, made sure to be what was shown.
func inForce(ctx context.Context, r Reader, e Entry, j Judgement) (Revision, error) {
	rev, err := r.Revision(ctx, e.Key, e.InForce)
	if err == nil && !rev.shownAs(j.Digest) {
		err = fault.New(fault.Stale, "changed_meanwhile").With("etag", e.ETag).With("revision", rev.Number)
	}
	return rev, err
}

// endAmendment ends a correction that is on its way. Nothing of it is lost.
func (s *Service) endAmendment(ctx context.Context, tx Tx, e *Entry) error {
	if e.State == Approved {
		return nil
	}
	if err := tx.InsertEvent(ctx, e.Key, "amendment_ended", e.Revision, map[string]any{"state": e.State}); err != nil {
		return err
	}
	if e.State == Submitted {
		now := tx.Now()
		e.DecidedAt = &now
	}
	return s.inForceAgain(ctx, tx, e)
}

// inForceAgain lets the head show the revision in force, as it did before it was
// to be corrected.
func (s *Service) inForceAgain(ctx context.Context, r Reader, e *Entry) error {
	rev, err := r.Revision(ctx, e.Key, e.InForce)
	if err != nil {
		return err
	}
	if err := s.stand(e, rev); err != nil {
		return err
	}
	e.Revision, e.Step = rev.Number, len(rev.Chain)
	e.sealedAs(rev)
	e.leaveStep()
	return nil
}

// staffVoid puts the void in front of those who decide it.
func (s *Service) staffVoid(ctx context.Context, r Reader, t *catalog.Type, e *Entry) ([]Posted, error) {
	at := e.atVoid()
	deciders, err := s.staff(ctx, r, t, &at, voiding)
	e.VoidRoles, e.VoidUnit = at.StepRoles, at.StepUnit
	return deciders, err
}

// restaffVoid asks anew who decides the void at hand, and says whether those are
// others than before.
func (s *Service) restaffVoid(ctx context.Context, r Reader, e *Entry) ([]Posted, bool, error) {
	if e.VoidAsked == nil {
		return nil, false, nil
	}
	t, err := s.typeOf(*e)
	if err != nil {
		return nil, false, err
	}
	before := e.VoidRoles
	deciders, err := s.staffVoid(ctx, r, t, e)
	return deciders, !slices.Equal(before, e.VoidRoles), err
}

// tellOfVoid writes to those who decide the void at hand, and to their deputies.
func (s *Service) tellOfVoid(ctx context.Context, tx Tx, e Entry, deciders []Posted, kind string, detail map[string]any) error {
	var who []uuid.UUID
	for _, p := range deciders {
		who = append(who, p.ID)
	}
	who, err := s.withDeputies(ctx, tx, e.atVoid(), who)
	if err != nil {
		return err
	}
	for _, person := range who {
		n := e.notice(person, kind, detail)
		n.Subject = *e.VoidAsked
		if err := tx.Notify(ctx, n); err != nil {
			return err
		}
	}
	return nil
}
