package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Notice tells one person of one thing, once.
type Notice struct {
	ID         uuid.UUID      `json:"id"`
	Prison     uuid.UUID      `json:"prison"`
	Person     uuid.UUID      `json:"-"`
	Kind       string         `json:"kind"` // due_soon overdue escalated transferred added delegated void_asked voided void_refused void_withdrawn discarded not_executed, and those of notice_kinds
	Entry      *uuid.UUID     `json:"entry,omitempty"`
	Ledger     string         `json:"ledger,omitempty"`
	Subject    uuid.UUID      `json:"-"` // the entry, or the delegation
	Revision   int            `json:"-"`
	Step       int            `json:"-"`
	Detail     map[string]any `json:"detail"`
	RecordedAt time.Time      `json:"recorded_at"`
	ReadAt     *time.Time     `json:"read_at,omitempty"`
}

func (e Entry) notice(person uuid.UUID, kind string, detail map[string]any) Notice {
	return Notice{Prison: e.Prison, Person: person, Kind: kind, Entry: &e.Entry, Subject: e.Entry, Revision: e.Revision, Step: e.Step, Detail: detail}
}

// Notices of the context's actor, the newest first.
func (s *Service) Notices(ctx context.Context, prison uuid.UUID) ([]Notice, error) {
	if actor.From(ctx).Nobody() {
		return nil, fault.New(fault.Unauthenticated, "sign_in")
	}
	var list []Notice
	err := s.Store.Read(ctx, s.session(ctx, prison), func(r Reader) error {
		var err error
		list, err = r.Notices(ctx, prison, actor.From(ctx).PersonID)
		return err
	})
	return list, err
}

// ReadNotices marks all of the actor's notices as read.
func (s *Service) ReadNotices(ctx context.Context, prison uuid.UUID) error {
	return s.Store.Write(ctx, s.session(ctx, prison), Idem{}, nil, func(tx Tx) error {
		return tx.ReadNotices(ctx, prison, actor.From(ctx).PersonID)
	})
}

// remindAhead is how many working days before the deadline those who have to
// decide are reminded.
const remindAhead = 1

// Remind looks at every entry of the prison that waits for a decision, of its
// contents or of a void: who has to decide hears of a deadline that is near or
// over, the higher post that it may decide now, each once; and a post that nobody
// holds any more, or again, passes to who stands in. A deadline that was set while an outage was being
// declared is moved too. One that fails holds back no other and is reported. It is
// the program's own work and may be repeated.
func (s *Service) Remind(ctx context.Context, prison uuid.UUID) error {
	ses := Session{Prison: prison, Scope: Everything()}
	if s.Clock != nil {
		ses.Clock = s.Clock()
	}
	q := Query{Prison: prison, Scope: ses.Scope, Undecided: true, Sort: BySubmitted, Limit: MaxPage}
	var errs []error
	for {
		var list []Entry
		err := s.Store.Read(ctx, ses, func(r Reader) error {
			var err error
			list, err = r.Entries(ctx, q)
			return err
		})
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		for _, e := range list {
			if err := s.attend(ctx, ses, e.Key); err != nil {
				errs = append(errs, fmt.Errorf("entry %s: %w", e.Entry, err))
			}
			if ctx.Err() != nil {
				return errors.Join(append(errs, ctx.Err())...)
			}
		}
		if len(list) < MaxPage {
			return errors.Join(errs...)
		}
		last := list[len(list)-1]
		q.After = Cursor{Value: last.Resubmit.UTC().Format(time.RFC3339Nano), Entry: last.Entry}
	}
}

// attend does so for one entry; most of the time there is nothing to write, and
// then no lock is taken.
func (s *Service) attend(ctx context.Context, ses Session, k Key) error {
	var todo bool
	err := s.Store.Read(ctx, ses, func(r Reader) error {
		e, err := r.Entry(ctx, k)
		if err != nil {
			return err
		}
		todo, err = s.wanting(ctx, r, e, s.now())
		ses.Person = e.Author
		return err
	})
	if err != nil || !todo {
		return err
	}
	return s.Store.Write(ctx, ses, Idem{}, nil, func(tx Tx) error {
		e, err := tx.Lock(ctx, k)
		if err != nil {
			return err
		}
		deciders, moved, err := s.restaffVoid(ctx, tx, &e)
		if err != nil {
			return err
		}
		if moved {
			if err := tx.InsertEvent(ctx, k, "restaffed", e.InForce, map[string]any{"void": e.VoidAsked, "roles": e.VoidRoles}); err != nil {
				return err
			}
			if err := tx.UpdateEntry(ctx, &e); err != nil {
				return err
			}
			if err := s.tellOfVoid(ctx, tx, e, deciders, "void_asked", map[string]any{"author": e.AuthorName}); err != nil {
				return err
			}
		}
		if err := s.remindOfVoid(ctx, tx, &e); err != nil {
			return err
		}
		if e.State != Submitted {
			return nil
		}
		if due := e.StepDue; due != nil {
			if err := postpone(ctx, tx, &e); err != nil {
				return err
			}
			if !due.Equal(*e.StepDue) {
				if err := tx.UpdateEntry(ctx, &e); err != nil {
					return err
				}
			}
		}
		if err := s.restaff(ctx, tx, &e); err != nil {
			return err
		}
		return s.remind(ctx, tx, e, e.Entry)
	})
}

func (s *Service) now() time.Time {
	if s.Clock != nil {
		return s.Clock()
	}
	return s.Now()
}

// wanting: the deadline is near, or the post has another standing.
func (s *Service) wanting(ctx context.Context, r Reader, e Entry, now time.Time) (bool, error) {
	if soon, err := s.voidWanting(ctx, r, e, now); err != nil || soon {
		return soon, err
	}
	void := e
	if _, moved, err := s.restaffVoid(ctx, r, &void); err != nil || moved || e.State != Submitted {
		return moved, err
	}
	late := e
	if err := postpone(ctx, r, &late); err != nil {
		return false, err
	}
	if e.StepDue != nil && (!now.Before(s.soon(*e.StepDue)) || !e.StepDue.Equal(*late.StepDue)) {
		return true, nil
	}
	if gone, err := s.deserted(ctx, r, e); err != nil || gone {
		return gone, err
	}
	again := e
	err := s.staffed(ctx, r, &again)
	return err == nil && !slices.Equal(again.StepRoles, e.StepRoles) || !slices.Equal(again.StepVacant, e.StepVacant), err
}

// soon is when the reminder is due.
func (s *Service) soon(due time.Time) time.Time {
	for n := remindAhead; n > 0; {
		due = due.AddDate(0, 0, -1)
		if s.Catalog.Calendar().Workday(catalog.DayOf(due)) {
			n--
		}
	}
	return due
}

// staffed asks anew who decides a step that goes by the post. Seats given by
// name stay, and while the step waits for those alone nobody else is asked for.
func (s *Service) staffed(ctx context.Context, r Reader, e *Entry) error {
	if e.StepMode != "" || e.StepBound {
		return nil
	}
	t, err := s.typeOf(*e)
	if err != nil {
		return err
	}
	rev, err := r.Revision(ctx, e.Key, e.Revision)
	if err != nil {
		return err
	}
	_, err = s.staff(ctx, r, t, e, rev.Chain[e.Step])
	return err
}

// deserted: the step waits for people by name, and none of them may read the
// entry any more: they have left the prison or their post there.
func (s *Service) deserted(ctx context.Context, r Reader, e Entry) (bool, error) {
	if !e.StepBound || len(e.StepSeats) == 0 {
		return false, nil
	}
	t, err := s.typeOf(e)
	if err != nil {
		return false, err
	}
	for _, person := range e.StepSeats {
		number, err := r.PersonNumber(ctx, person)
		if err != nil {
			return false, err
		}
		p, err := r.PersonByNumber(ctx, e.Prison, number)
		switch {
		case fault.Is(err, fault.NotFound):
		case err != nil:
			return false, err
		case s.Access.Check(p.actor(), "read", s.subject(e, t), s.Now()) == nil:
			return false, nil
		}
	}
	return true, nil
}

// relieve hands a deserted step to the higher post, as if its deadline had
// passed: the one the type names, else the next rung where somebody is.
func (s *Service) relieve(ctx context.Context, tx Tx, e *Entry) error {
	t, err := s.typeOf(*e)
	if err != nil {
		return err
	}
	rev, err := tx.Revision(ctx, e.Key, e.Revision)
	if err != nil {
		return err
	}
	st := rev.Chain[e.Step]
	posts := above(st)
	if st.Escalate != nil {
		posts = append([]catalog.Post{*st.Escalate}, posts...)
	}
	for _, post := range posts {
		list, err := tx.Holders(ctx, e.Prison, e.Area, s.answering(*e), post)
		if err != nil {
			return err
		}
		able := func(p Posted) bool {
			return p.ID != e.Author && !slices.Contains(e.StepOut, p.ID) && s.Access.Check(p.actor(), "read", s.subject(*e, t), s.Now()) == nil
		}
		if !slices.ContainsFunc(list, able) {
			continue
		}
		now := tx.Now()
		over := e.StepDue != nil && !now.Before(*e.StepDue)
		if over && slices.Equal(e.StepHigher, post.Roles) && e.HigherUnit == post.Unit {
			return nil
		}
		if !over {
			e.StepDue, e.StepPlanned = &now, nil
		}
		e.StepHigher, e.HigherUnit = post.Roles, post.Unit
		if err := tx.InsertEvent(ctx, e.Key, "restaffed", e.Revision, map[string]any{"step": e.Step, "vacant": e.StepRoles, "roles": post.Roles}); err != nil {
			return err
		}
		return tx.UpdateEntry(ctx, e)
	}
	return nil
}

func (s *Service) restaff(ctx context.Context, tx Tx, e *Entry) error {
	if gone, err := s.deserted(ctx, tx, *e); err != nil {
		return err
	} else if gone {
		return s.relieve(ctx, tx, e)
	}
	before := *e
	if err := s.staffed(ctx, tx, e); err != nil {
		return err
	}
	if slices.Equal(before.StepRoles, e.StepRoles) && slices.Equal(before.StepVacant, e.StepVacant) {
		return nil
	}
	if err := tx.InsertEvent(ctx, e.Key, "restaffed", e.Revision, map[string]any{"step": e.Step, "vacant": e.StepVacant, "roles": e.StepRoles}); err != nil {
		return err
	}
	return tx.UpdateEntry(ctx, e)
}

// remind writes the notices that are due of a round about subject, the entry or a
// void of it; the table keeps each but once for a deadline, and one that an outage
// moved is another.
func (s *Service) remind(ctx context.Context, tx Tx, e Entry, subject uuid.UUID) error {
	if e.StepDue == nil || tx.Now().Before(s.soon(*e.StepDue)) {
		return nil
	}
	who := slices.Clone(e.StepSeats)
	if !e.StepBound {
		holders, err := tx.Holders(ctx, e.Prison, e.Area, s.answering(e), catalog.Post{Roles: e.StepRoles, Unit: e.StepUnit})
		if err != nil {
			return err
		}
		for _, p := range holders {
			if p.ID != e.Author && !slices.Contains(e.StepOut, p.ID) && !slices.Contains(who, p.ID) {
				who = append(who, p.ID)
			}
		}
	}
	who, err := s.withDeputies(ctx, tx, e, who)
	if err != nil {
		return err
	}
	over := !tx.Now().Before(*e.StepDue)
	kind := map[bool]string{false: "due_soon", true: "overdue"}[over]
	// In UTC: the table keeps one notice of a deadline, and knows it by its writing.
	detail := map[string]any{"due": e.StepDue.UTC(), "author": e.AuthorName}
	tell := func(person uuid.UUID, kind string) error {
		n := e.notice(person, kind, detail)
		n.Subject = subject
		return tx.Notify(ctx, n)
	}
	for _, p := range who {
		if err := tell(p, kind); err != nil {
			return err
		}
	}
	if !over || len(e.StepHigher) == 0 {
		return nil
	}
	higher, err := tx.Holders(ctx, e.Prison, e.Area, s.answering(e), catalog.Post{Roles: e.StepHigher, Unit: e.HigherUnit})
	if err != nil {
		return err
	}
	for _, p := range higher {
		if p.ID == e.Author || slices.Contains(e.StepOut, p.ID) {
			continue
		}
		if err := tell(p.ID, "escalated"); err != nil {
			return err
		}
	}
	return nil
}
