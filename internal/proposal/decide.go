package proposal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Decide says yes, no, or takes the proposal back. It binds to the digest that
// was shown; a yes to what would now do something else is refused, with the new
// dry run where there is one, and leaves the proposal open (see still). The last yes carries it out when its day has come.
func (s *Service) Decide(ctx context.Context, prison, id uuid.UUID, verdict, comment string, of ledger.Digest, idem ledger.Idem) (Proposal, error) {
	if verdict == "refuse" && ledger.Blank(comment) {
		return Proposal{}, fault.InvalidFields("reason_required", []fault.Field{field("/comment", "请说明理由", "Say why")})
	}
	if err := s.check(ctx, "read", ledger.Subject{Prison: prison}); err != nil {
		return Proposal{}, err
	}
	var out Proposal
	err := s.Store.Write(ctx, s.reckoning(ctx, prison), idem, &out, func(tx Tx) error {
		s, err := s.locked(ctx, tx)
		if err != nil {
			return err
		}
		p, err := tx.Lock(ctx, prison, id)
		if err != nil {
			return err
		}
		if err := s.may(ctx, p, verdict); err != nil {
			return err
		}
		if p.Digest != of {
			return fault.New(fault.Stale, "changed_meanwhile").With("digest", p.Digest)
		}
		d := Decision{ID: uuid.Must(uuid.NewV7()), Step: p.Step, Verdict: verdict, By: actor.From(ctx).PersonID, Of: of, Comment: comment, Salt: integrity.NewSalt()}
		steps := way(p.Content, p.Department, s.receiving(p.Content))
		switch verdict {
		case "approve":
			if err := alone(ctx, tx, p.Content.Ledger); err != nil {
				return err
			}
			now, err := s.still(ctx, tx, p, min(catalog.DayOf(tx.Now()), p.Content.On))
			if err != nil {
				return err
			}
			if p.Step++; p.Step == len(steps) {
				p.State = Approved
				if p.Content.On <= catalog.DayOf(tx.Now()) {
					if err := s.execute(ctx, tx, &p, now); err != nil {
						return err
					}
				}
			}
		case "refuse":
			p.State = Refused
		case "withdraw":
			p.State = Withdrawn
		}
		if err := tx.Decide(ctx, p, d); err != nil {
			return err
		}
		if err := tx.SetState(ctx, p); err != nil {
			return err
		}
		out, err = tx.Get(ctx, prison, id)
		return err
	})
	if err != nil {
		return out, err
	}
	if out.State == Executed {
		// It is done, whatever becomes of this: every server follows within a second.
		_ = s.Refresh(ctx)
	}
	return s.dressed(ctx, out), nil
}

// execute carries a proposal out in the transaction that decided it, or on its
// day: what the report says, and nothing else.
func (s *Service) execute(ctx context.Context, tx Tx, p *Proposal, now Report) error {
	c := p.Content
	p.State, p.Executed = Executed, &now
	at := tx.Now()
	p.ExecutedAt = &at
	switch c.Kind {
	case Add, Version:
		t, err := s.Catalog.Draft(c.files())
		if err != nil {
			return err
		}
		if err := Publish(ctx, tx, t, p.ID); err != nil {
			return err
		}
		if c.Kind == Add {
			return tx.PublishOwner(ctx, t.ID, t.Owner, p.ID)
		}
		return nil
	case Transfer:
		if !strings.HasPrefix(c.Target, "ext:") {
			return tx.PublishOwner(ctx, c.Ledger, c.Target, p.ID)
		}
	}
	if err := tx.PublishEnd(ctx, catalog.End{Ledger: c.Ledger, Kind: string(c.Kind), Target: c.Target, Notice: c.Notice, Places: c.Map}, p.ID); err != nil {
		return err
	}
	return tx.DropDuties(ctx, c.Ledger, c.drops())
}

// ExecuteDue carries out what was approved for a day that has come. One that the
// catalogue no longer allows fails, which its author and those who decided it are
// told, and holds back no other. Anything else is an error, and tried again.
func (s *Service) ExecuteDue(ctx context.Context) error {
	list, err := s.Store.Waiting(ctx, catalog.DayOf(s.Now()))
	if err != nil {
		return err
	}
	var errs []error
	for _, w := range list {
		err := s.executeOne(ctx, w)
		if why := failure(err); why != nil {
			err = s.fail(ctx, w, why)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("proposal %s: %w", w.ID, err))
			continue
		}
		errs = append(errs, s.Refresh(ctx))
	}
	return errors.Join(errs...)
}

// failure is why a change cannot be carried out as it was decided; nil for what
// another try may mend.
func failure(err error) *Failure {
	var f *fault.Error
	if !errors.As(err, &f) || !slices.Contains([]fault.Kind{fault.Stale, fault.Conflict, fault.Invalid}, f.Kind) {
		return nil
	}
	why := &Failure{Code: f.Code, Reasons: []fault.Text{}}
	for _, field := range f.Fields {
		why.Reasons = append(why.Reasons, field.Text)
	}
	if len(why.Reasons) == 0 {
		why.Reasons = []fault.Text{{ZH: "台账目录此后有变，照此执行的结果与获批时不同", EN: "The catalogue has changed since: to carry it out would now do something else than was approved"}}
	}
	return why
}

func (s *Service) fail(ctx context.Context, w Proposal, why *Failure) error {
	return s.Store.Write(ctx, program(w), ledger.Idem{}, nil, func(tx Tx) error {
		p, err := tx.Lock(ctx, w.Prison, w.ID)
		if err != nil || p.State != Approved {
			return err
		}
		p.State, p.Failure = Failed, why
		if err := tx.SetState(ctx, p); err != nil {
			return err
		}
		told := map[uuid.UUID]bool{}
		for _, person := range append([]uuid.UUID{p.Author}, deciders(p)...) {
			if told[person] {
				continue
			}
			told[person] = true
			if err := tx.Notify(ctx, ledger.Notice{Prison: p.Prison, Person: person, Kind: "not_executed", Subject: p.ID,
				Detail: map[string]any{"proposal": p.ID, "ledger": p.Content.Ledger, "on": p.Content.On}}); err != nil {
				return err
			}
		}
		return nil
	})
}

func deciders(p Proposal) (list []uuid.UUID) {
	for _, d := range p.Decisions {
		list = append(list, d.By)
	}
	return list
}

// program is the session in which what was approved is carried out, on behalf of its author.
func program(p Proposal) ledger.Session {
	return ledger.Session{Prison: p.Prison, Person: p.Author, Scope: ledger.Everything()}
}

func (s *Service) executeOne(ctx context.Context, w Proposal) error {
	return s.Store.Write(ctx, program(w), ledger.Idem{}, nil, func(tx Tx) error {
		s, err := s.locked(ctx, tx)
		if err != nil {
			return err
		}
		p, err := tx.Lock(ctx, w.Prison, w.ID)
		if err != nil || p.State != Approved {
			return err
		}
		now, err := s.still(ctx, tx, p, p.Content.On)
		if err != nil {
			return err
		}
		if err := s.execute(ctx, tx, &p, now); err != nil {
			return err
		}
		return tx.SetState(ctx, p)
	})
}

// EachBehind visits open drafts below the version, in all prisons, as many as one
// job has time for, and asks for the next. One that fails holds back no other and
// is reported; so it is visited again, with those that a change holds.
func (s *Service) EachBehind(ctx context.Context, p Published, visit func(ledger.Key) error) error {
	list, err := s.Store.DraftsBehind(ctx, p, MovedAtOnce)
	if err != nil {
		return err
	}
	var errs []error
	for _, k := range list {
		if err := visit(k); err != nil {
			errs = append(errs, fmt.Errorf("draft %s: %w", k.Entry, err))
		}
		if ctx.Err() != nil {
			return errors.Join(append(errs, ctx.Err())...)
		}
	}
	if len(list) == MovedAtOnce {
		p.After = list[len(list)-1]
		errs = append(errs, s.Store.GoOn(ctx, p))
	}
	return errors.Join(errs...)
}
