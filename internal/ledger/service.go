package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Service is the use cases of entries. All fields are required.
type Service struct {
	Store   Store
	Files   Files
	Access  Authorizer
	Catalog *catalog.Catalog
	// Refresh puts what the database now holds of the catalogue in force in this process.
	Refresh func(ctx context.Context) error
	// Now is asked for time limits of grants and sessions only; what is stored
	// is stamped with the transaction's time.
	Now func() time.Time
	// Clock overrides the transaction's time in demonstration prisons; nil: never.
	Clock func() time.Time
}

func (s *Service) session(ctx context.Context, prison uuid.UUID) Session {
	a := actor.From(ctx)
	ses := Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
	if s.Clock != nil {
		ses.Clock = s.Clock()
	}
	return ses
}

func (s *Service) typeOf(e Entry) (*catalog.Type, error) {
	t := s.Catalog.Type(e.Ledger, e.Version)
	if t == nil {
		return nil, fault.New(fault.NotFound, "ledger_unknown").With("ledger", e.Ledger)
	}
	return t, nil
}

// subject describes an entry to access.
func (s *Service) subject(e Entry, t *catalog.Type) Subject {
	sub := Subject{
		Class: "entry", Prison: e.Prison, Area: e.Area, Ledger: e.Ledger, State: e.State, Author: e.Author,
		StepRoles: e.StepRoles, StepUnit: e.StepUnit, StepAt: e.StepAt, Level: e.Level, Sealed: e.Sealed,
		FillRoles: t.Filler.Roles, Department: s.Access.Owner(e.Ledger),
	}
	if t.Filler.Unit == "dept" {
		sub.FillDept = t.Filler.Dept
	}
	return sub
}

// Describe is an entry as access looks at it.
func (s *Service) Describe(e Entry) (Subject, error) {
	t, err := s.typeOf(e)
	if err != nil {
		return Subject{}, err
	}
	return s.subject(e, t), nil
}

func (s *Service) check(ctx context.Context, a Action, e Entry) error {
	t, err := s.typeOf(e)
	if err != nil {
		return err
	}
	who := actor.From(ctx)
	if a == WithdrawVoid {
		if err := s.Access.Check(who, string(AskVoid), s.subject(e, t), s.Now()); err != nil || e.VoidBy == who.PersonID {
			return err
		}
		return fault.New(fault.Forbidden, "not_asked")
	}
	right, ofVoid := map[Action]Action{Void: Approve, RefuseVoid: Return}[a]
	if !ofVoid {
		return s.Access.Check(who, string(a), s.subject(e, t), s.Now())
	}
	err = s.Access.Check(who, string(right), s.subject(e.atVoid(), t), s.Now())
	if fault.Is(err, fault.Forbidden) && e.VoidAsked != nil && e.VoidBy == who.PersonID {
		return fault.New(fault.Forbidden, "own_request")
	}
	return err
}

// Allowed lists what the context's actor may do to the entry now: what the
// state table allows and access permits.
func (s *Service) Allowed(ctx context.Context, e Entry, sit Situation) []Action {
	list := []Action{}
	for _, a := range Actions {
		if _, err := Next(sit, a); err != nil {
			continue
		}
		if s.check(ctx, a, e) == nil {
			list = append(list, a)
		}
	}
	return list
}

// abreast runs fn once more where it may have failed only because another server
// has changed the catalogue since this one read it.
func (s *Service) abreast(ctx context.Context, fn func() error) error {
	err := fn()
	if code := fault.CodeOf(err); code != "version_passed" && code != "ledger_unknown" {
		return err
	}
	if missed := s.Refresh(ctx); missed != nil {
		return errors.Join(err, missed)
	}
	return fn()
}

// begun is Store.Write under the type of n.Ledger that is in force, and stays so
// until commit. Faults: ledger_unknown, ledger_ended.
func (s *Service) begun(ctx context.Context, n New, idem Idem, out *Outcome, fn func(Tx, *catalog.Type) error) error {
	return s.abreast(ctx, func() error {
		return s.Store.Write(ctx, s.session(ctx, n.Prison), idem, out, func(tx Tx) error {
			if err := tx.HoldCatalogue(ctx); err != nil {
				return err
			}
			t, err := s.newest(ctx, tx, n.Ledger)
			if err != nil {
				return err
			}
			if t == nil {
				return s.unknown(n.Ledger)
			}
			return fn(tx, t)
		})
	})
}

// newest is the type of a ledger that the database has in force, nil of one that is
// kept no longer. Where this process has read another: the fault version_passed.
func (s *Service) newest(ctx context.Context, tx Tx, id string) (*catalog.Type, error) {
	version, err := tx.VersionInForce(ctx, id)
	if err != nil || version == 0 {
		return nil, err
	}
	t := s.Catalog.Current(id)
	if t == nil || t.Version != version {
		return nil, fault.New(fault.Conflict, "version_passed").With("version", version)
	}
	return t, nil
}

// change is the frame of every change of an entry: lock first, look, ask the
// state table and access, compare the etag, then write. ifMatch 0 skips the
// comparison (only for use cases bound to a digest instead).
func (s *Service) change(ctx context.Context, k Key, a Action, ifMatch int64, idem Idem, fn func(Tx, *Entry, Situation, State) (*Outcome, error)) (Outcome, error) {
	var out Outcome
	err := s.abreast(ctx, func() error {
		return s.Store.Write(ctx, s.session(ctx, k.Prison), idem, &out, func(tx Tx) error {
			o, err := s.changed(ctx, tx, k, a, ifMatch, fn)
			if err == nil {
				out = *o
			}
			return err
		})
	})
	return out, err
}

// changed is change within its transaction.
func (s *Service) changed(ctx context.Context, tx Tx, k Key, a Action, ifMatch int64, fn func(Tx, *Entry, Situation, State) (*Outcome, error)) (*Outcome, error) {
	if a == Withdraw || a == Revise { // see carried
		if err := tx.HoldCatalogue(ctx); err != nil {
			return nil, err
		}
	}
	e, err := tx.Lock(ctx, k)
	if err != nil {
		return nil, err
	}
	fault.Point("entry.locked")
	sit, err := s.look(ctx, tx, e)
	if err != nil {
		return nil, err
	}
	if err := s.check(ctx, a, e); err != nil {
		// Who may read it hears that it is too late, not that he may not.
		if _, late := Next(sit, a); late != nil && fault.Is(err, fault.Forbidden) && s.check(ctx, "read", e) == nil {
			return nil, late
		}
		return nil, err
	}
	if ifMatch != 0 && ifMatch != e.ETag {
		return nil, s.stale(ctx, tx, e)
	}
	to, err := Next(sit, a)
	if err != nil {
		return nil, err
	}
	o, err := fn(tx, &e, sit, to)
	if err != nil {
		return nil, err
	}
	// The names were read before the change.
	e.Waiting, e.Heard = nil, nil
	o.Entry = e
	return o, s.Conceal(ctx, []*Entry{&o.Entry})
}

// look gathers what the state table needs to know of an entry, seen by the
// context's actor.
func (s *Service) look(ctx context.Context, r Reader, e Entry) (Situation, error) {
	sit := Situation{State: e.State, Decided: e.Step > 0, Last: true, InForce: e.InForce > 0, Void: e.VoidAsked != nil, Approving: Passed, Returning: Refused}
	if e.Revision == 0 {
		return sit, nil
	}
	rev, err := r.Revision(ctx, e.Key, e.Revision)
	if err != nil {
		return sit, err
	}
	sit.Last = e.Step+1 >= len(rev.Chain)
	if e.State != Submitted {
		return sit, nil
	}
	at, err := stepOf(ctx, r, e, rev)
	if err != nil {
		return sit, err
	}
	sit.Decided = sit.Decided || len(at.decisions) > 0
	if list := s.capacities(actor.From(ctx), e, s.Now()); len(list) > 0 {
		sit.Approving, sit.Returning = at.If(at.signers, at.decisions, list[0], "approve"), at.If(at.signers, at.decisions, list[0], "return")
	}
	return sit, nil
}

// atStep is the step at hand with who signs it and what was said.
type atStep struct {
	Step
	signers   []Signer
	decisions []Decision
}

func stepOf(ctx context.Context, r Reader, e Entry, rev Revision) (atStep, error) {
	signers, err := r.Signers(ctx, e.Key)
	if err != nil {
		return atStep{}, err
	}
	decisions, err := r.Decisions(ctx, e.Key)
	if err != nil {
		return atStep{}, err
	}
	return atStep{Step: rev.Chain[e.Step], signers: ofStep(signers, rev.Number, e.Step), decisions: decidedAt(decisions, rev.Number, e.Step)}, nil
}

// stale is the answer to an etag that is no longer true, with what is there now
// so that the screen can show the difference field by field.
func (s *Service) stale(ctx context.Context, r Reader, e Entry) error {
	f := fault.New(fault.Stale, "changed_meanwhile").With("etag", e.ETag).With("state", e.State)
	d, err := r.Draft(ctx, e.Key)
	switch {
	case err == nil:
		typed, err := d.typed()
		if err != nil {
			return errors.Join(f, err)
		}
		return f.With("current", d.Body).With("arrived", received(typed, nil).Document)
	case fault.Is(err, fault.NotFound):
		return f
	}
	return errors.Join(f, err)
}

// touch queues what a change of an entry's standing causes, given as it stood and
// as it stands: its own day is reckoned anew, and the day on which the duty counts
// in whose period it lies.
func touch(ctx context.Context, tx Tx, stood ...Entry) error {
	seen := map[DayTouched]bool{}
	for _, e := range stood {
		if e.Day == "" || e.OccurredAt == nil {
			continue
		}
		days, err := tx.DutyDays(ctx, e)
		if err != nil {
			return err
		}
		for _, d := range append(days, DayTouched{Prison: e.Prison, Area: e.Area, Ledger: e.Ledger, Day: e.Day}) {
			if seen[d] {
				continue
			}
			seen[d] = true
			if err := tx.Enqueue(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}
