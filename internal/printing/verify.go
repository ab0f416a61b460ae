package printing

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Answer is what a verification code is answered with: of a form or of a score sheet.
type Answer struct {
	Filing  Filing       `json:"filing"`
	Leaf    int64        `json:"leaf"`     // of the print
	InForce bool         `json:"in_force"` // what it says still stands
	Form    *FormAnswer  `json:"form,omitempty"`
	Sheet   *SheetAnswer `json:"sheet,omitempty"`
}

// FormAnswer is which revision of which entry stands on the form.
type FormAnswer struct {
	Entry      ledger.Entry `json:"entry"`
	Revision   int          `json:"revision"`
	Kind       Kind         `json:"kind"`
	Author     string       `json:"author_name"`
	OccurredAt time.Time    `json:"occurred_at"`
	FiledAt    time.Time    `json:"filed_at"`
	Leaf       int64        `json:"revision_leaf"`
}

// Verify answers a code as typed. A slip of the pen is the fault bad_code; a
// code that does not exist and one whose entry or score is not the actor's to
// read are all not_found.
func (s *Service) Verify(ctx context.Context, typed string) (Answer, error) {
	code, ok := ReadCode(typed)
	if !ok {
		return Answer{}, fault.New(fault.Invalid, "bad_code")
	}
	var p Print
	var sheet *SheetPrint
	err := s.Store.Read(ctx, s.session(ctx, uuid.Nil), func(tx Tx) error {
		var err error
		if p, err = tx.PrintOf(ctx, code); !fault.Is(err, fault.NotFound) {
			return err
		}
		of, err := tx.SheetOf(ctx, code)
		sheet = &of
		return err
	})
	switch {
	case err != nil:
		return Answer{}, err
	case sheet != nil:
		return s.verifySheet(ctx, *sheet)
	}
	return s.verifyForm(ctx, p)
}

func (s *Service) verifyForm(ctx context.Context, p Print) (Answer, error) {
	v, err := s.Ledger.Get(ctx, p.Key)
	if err != nil {
		return Answer{}, err
	}
	i := slices.IndexFunc(v.Revisions, func(r ledger.Revision) bool { return r.Number == p.Revision })
	if i < 0 {
		return Answer{}, fmt.Errorf("print %s: its revision is missing", p.ref())
	}
	rev := v.Revisions[i]
	f := FormAnswer{Entry: v.Entry, Revision: p.Revision, Kind: p.Kind, Author: rev.AuthorName, OccurredAt: rev.OccurredAt, FiledAt: rev.RecordedAt}
	a := Answer{Filing: p.Filing, Form: &f, InForce: v.Entry.State != ledger.Voided && v.Entry.InForce == rev.Number && p.Kind == Filed}
	err = s.Store.Read(ctx, s.session(ctx, p.Prison), func(tx Tx) error {
		if a.Leaf, err = tx.Leaf(ctx, p.Prison, "print", p.ref()); err != nil {
			return err
		}
		f.Leaf, err = tx.Leaf(ctx, p.Prison, "revision", fmt.Sprintf("%s/%d", p.Entry, rev.Number))
		return err
	})
	return a, err
}

func (s *Service) verifySheet(ctx context.Context, p SheetPrint) (Answer, error) {
	a := Answer{Filing: p.Filing}
	err := s.Store.Read(ctx, s.session(ctx, p.Prison), func(tx Tx) error {
		of, err := tx.SheetAnswer(ctx, p.Prison, p.Run)
		if err != nil {
			return err
		}
		a.Sheet, a.InForce = &of, of.Stands
		if of.Leaf, err = tx.Leaf(ctx, p.Prison, "score_run", p.Run.String()); err != nil {
			return err
		}
		a.Leaf, err = tx.Leaf(ctx, p.Prison, "sheet_print", p.Run.String())
		return err
	})
	if err == nil && s.Access.Check(actor.From(ctx), "read", ledger.Subject{Class: "score", Prison: p.Prison, Area: a.Sheet.Area}, s.Now()) != nil {
		err = fault.New(fault.NotFound, "not_found")
	}
	return a, err
}

// Compare says whether a file is, byte for byte, the paper of the code.
func (s *Service) Compare(ctx context.Context, typed string, file io.Reader) (sum ledger.Digest, same bool, err error) {
	a, err := s.Verify(ctx, typed)
	if err != nil {
		return sum, false, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return sum, false, err
	}
	sum = ledger.Digest(h.Sum(nil))
	return sum, sum == a.Filing.Sha256, nil
}
