package ledger

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
)

// Signing is a change of who signs the step at hand, bound to what was shown.
type Signing struct {
	Digest Digest
	Person string // police number of the other one
	Place  string // of an added one: before or after
	Reason string
}

// Transfer passes one's own decision of the step on to another holder of the
// same post (转签), once. Faults: to_oneself, not_equal_post, signs_already.
func (s *Service) Transfer(ctx context.Context, k Key, in Signing, idem Idem) (Outcome, error) {
	return s.sign(ctx, k, Transfer, in, idem, func(tx Tx, e *Entry, t *catalog.Type, at atStep) (Signer, error) {
		me := actor.From(ctx).PersonID
		equals, err := s.equals(ctx, tx, *e, at)
		if err != nil {
			return Signer{}, err
		}
		i := slices.IndexFunc(equals, func(p Posted) bool { return p.Number == in.Person })
		switch {
		case i < 0:
			return Signer{}, fault.New(fault.Invalid, "not_equal_post")
		case at.seats(equals[i].ID):
			return Signer{}, fault.New(fault.Conflict, "signs_already")
		}
		return Signer{Kind: Transferred, Person: equals[i].ID, Name: equals[i].Name, Role: equals[i].Role, For: &me}, nil
	})
}

// AddSigner lets somebody who may read the entry sign the step too, before
// everybody else or after them (加签). Nobody can add the author, nor oneself:
// who has signed as the one added would be missing from the step's own people.
// Faults: to_oneself, person_unknown, own_entry, signer_cannot_read, signs_already.
func (s *Service) AddSigner(ctx context.Context, k Key, in Signing, idem Idem) (Outcome, error) {
	if in.Place != Before && in.Place != After {
		return Outcome{}, fault.InvalidFields("bad_request", []fault.Field{{Pointer: "/place", Code: "enum", Text: fault.Text{ZH: "请选择先签或后签", EN: "Say before or after"}}})
	}
	return s.sign(ctx, k, AddSigner, in, idem, func(tx Tx, e *Entry, t *catalog.Type, at atStep) (Signer, error) {
		p, err := tx.PersonByNumber(ctx, e.Prison, in.Person)
		if fault.Is(err, fault.NotFound) {
			err = fault.New(fault.Invalid, "person_unknown")
		}
		if err == nil {
			err = s.addable(*e, t, at, p)
		}
		if err != nil {
			return Signer{}, err
		}
		g := Signer{Kind: in.Place, Person: p.ID, Name: p.Name}
		for _, o := range p.Postings {
			if g.Role == "" && o.PrisonID == e.Prison {
				g.Role = o.Role
			}
		}
		return g, nil
	})
}

// addable says why somebody else cannot be added to the step at hand.
func (s *Service) addable(e Entry, t *catalog.Type, at atStep, p Posted) error {
	switch {
	case p.ID == e.Author:
		return fault.New(fault.Forbidden, "own_entry")
	case s.Access.Check(p.actor(), "read", s.subject(e, t), s.Now()) != nil:
		return fault.New(fault.Invalid, "signer_cannot_read")
	case at.seats(p.ID), slices.Contains(e.StepOut, p.ID):
		return fault.New(fault.Conflict, "signs_already")
	}
	return nil
}

// sign is the frame of both: the signer is written and logged, the step counted
// anew, the other one told.
func (s *Service) sign(ctx context.Context, k Key, a Action, in Signing, idem Idem, choose func(Tx, *Entry, *catalog.Type, atStep) (Signer, error)) (Outcome, error) {
	in.Reason = strings.TrimSpace(in.Reason)
	if Blank(in.Reason) {
		return Outcome{}, fault.InvalidFields("reason_required", []fault.Field{{Pointer: "/reason", Code: "required", Text: fault.Text{ZH: "请说明理由", EN: "Say why"}}})
	}
	if utf8.RuneCountInString(in.Reason) > maxReason {
		return Outcome{}, fault.InvalidFields("bad_request", []fault.Field{{Pointer: "/reason", Code: "maxLength",
			Text: fault.Text{ZH: "理由不超过 500 字", EN: "A reason has at most 500 characters"}}})
	}
	return s.change(ctx, k, a, 0, idem, func(tx Tx, e *Entry, _ Situation, to State) (*Outcome, error) {
		if own, err := tx.PersonNumber(ctx, actor.From(ctx).PersonID); err != nil || own == in.Person {
			return nil, cmp.Or(err, error(fault.New(fault.Invalid, "to_oneself")))
		}
		rev, err := shown(ctx, tx, e, Judgement{Digest: in.Digest})
		if err != nil {
			return nil, err
		}
		t, err := s.typeOf(*e)
		if err != nil {
			return nil, err
		}
		at, err := stepOf(ctx, tx, *e, rev)
		if err != nil {
			return nil, err
		}
		g, err := choose(tx, e, t, at)
		if err != nil {
			return nil, err
		}
		if slices.Contains(e.StepOut, g.Person) {
			return nil, fault.New(fault.Conflict, "signs_already")
		}
		g.ID, g.Revision, g.Step, g.Author = uuid.Must(uuid.NewV7()), rev.Number, e.Step, rev.Author
		g.By, g.Reason, g.Salt = actor.From(ctx).PersonID, in.Reason, integrity.NewSalt()
		if err := tx.InsertSigner(ctx, k, g); err != nil {
			return nil, err
		}
		kind := map[string]string{Transferred: "transferred", Before: "added", After: "added"}[g.Kind]
		if err := tx.InsertEvent(ctx, k, kind, rev.Number, map[string]any{"step": e.Step, "place": g.Kind, "to": g.Person, "name": g.Name, "reason": g.Reason}); err != nil {
			return nil, err
		}
		e.State = to
		e.stepStands(at.Count(append(at.signers, g), at.decisions))
		if err := tx.UpdateEntry(ctx, e); err != nil {
			return nil, err
		}
		if err := tx.Notify(ctx, e.notice(g.Person, kind, map[string]any{"by": actor.From(ctx).Name, "reason": g.Reason})); err != nil {
			return nil, err
		}
		receipt, err := tx.Append(ctx, e.Prison)
		if err != nil {
			return nil, err
		}
		fault.Point("sign.logged")
		return &Outcome{Receipt: &receipt}, nil
	})
}

// equals are the other holders of the post that decides the step at hand. There are
// none for who was added or had the decision passed on to them: it goes no further.
func (s *Service) equals(ctx context.Context, r Reader, e Entry, at atStep) ([]Posted, error) {
	me := actor.From(ctx).PersonID
	if slices.ContainsFunc(at.signers, func(g Signer) bool { return g.Person == me && g.Kind != Holder }) {
		return nil, nil
	}
	list, err := r.Holders(ctx, e.Prison, e.Area, s.answering(e), catalog.Post{Roles: e.StepRoles, Unit: e.StepUnit})
	return slices.DeleteFunc(list, func(p Posted) bool {
		return p.ID == e.Author || p.ID == me || slices.Contains(e.StepOut, p.ID)
	}), err
}

// free are the equals who do not sign the step already.
func (s *Service) free(ctx context.Context, r Reader, e Entry, at atStep) ([]Posted, error) {
	list, err := s.equals(ctx, r, e, at)
	return slices.DeleteFunc(list, func(p Posted) bool { return at.seats(p.ID) }), err
}

// seats: the person signs the step by name.
func (at atStep) seats(person uuid.UUID) bool {
	return slices.ContainsFunc(at.signers, func(g Signer) bool { return g.Person == person })
}

// Equals lists whom the context's actor may pass the decision at hand on to.
func (s *Service) Equals(ctx context.Context, k Key) ([]Posted, error) {
	return s.toSign(ctx, k, Transfer, s.free)
}

// Addable lists whom the context's actor may add to the step at hand (加签), of
// those found by number or name; a page of them.
func (s *Service) Addable(ctx context.Context, k Key, text string) ([]Posted, error) {
	return s.toSign(ctx, k, AddSigner, func(ctx context.Context, r Reader, e Entry, at atStep) ([]Posted, error) {
		t, err := s.typeOf(e)
		if err != nil {
			return nil, err
		}
		list, err := r.Posted(ctx, e.Prison, text)
		list = slices.DeleteFunc(list, func(p Posted) bool {
			return p.ID == actor.From(ctx).PersonID || s.addable(e, t, at, p) != nil
		})
		return list[:min(len(list), maxFound)], err
	})
}

// maxFound people are as many as one chooses from.
const maxFound = 20

// toSign lists who else may sign the step at hand, for whom the action is allowed.
func (s *Service) toSign(ctx context.Context, k Key, a Action, who func(context.Context, Reader, Entry, atStep) ([]Posted, error)) ([]Posted, error) {
	var list []Posted
	err := s.Store.Read(ctx, s.session(ctx, k.Prison), func(r Reader) error {
		e, err := r.Entry(ctx, k)
		if err != nil {
			return err
		}
		if err := s.check(ctx, a, e); err != nil {
			return err
		}
		rev, err := r.Revision(ctx, k, e.Revision)
		if err != nil {
			return err
		}
		at, err := stepOf(ctx, r, e, rev)
		if err != nil {
			return err
		}
		list, err = who(ctx, r, e, at)
		return err
	})
	return list, err
}
