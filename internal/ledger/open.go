package ledger

import (
	"context"
	"fmt"
	"slices"

	"taizhang/internal/catalog"
)

// Everything is the scope of the program's own work: what follows from a
// decision already made, and reckoning, which must not depend on who asks.
func Everything() Scope {
	return Scope{"prisons": "*", "areas": "*", "ledgers": "*", "restricted": "*", "sealed": "*", "scores": "*", "person": ""}
}

func (s *Service) fired(t *catalog.Type, rev Revision) ([]catalog.Trigger, error) {
	doc, err := catalog.ParseDocument(rev.Document)
	if err != nil {
		return nil, err
	}
	return t.Fired(doc)
}

// Open begins the entries that an approved revision opens elsewhere, as drafts
// of the same author, once: neither a repeated job nor an amendment opens them
// again. It is the program's own work, for the one who approved may not be
// allowed to see what is opened.
func (s *Service) Open(ctx context.Context, j EntryApproved) error {
	k := Key{Prison: j.Prison, Entry: j.Entry}
	ses := Session{Prison: j.Prison, Scope: Everything()}
	if s.Clock != nil {
		ses.Clock = s.Clock()
	}
	err := s.Store.Read(ctx, ses, func(r Reader) error {
		e, err := r.Entry(ctx, k)
		ses.Person = e.Author
		return err
	})
	if err != nil {
		return err
	}
	return s.Store.Write(ctx, ses, Idem{}, nil, func(tx Tx) error {
		e, err := tx.Lock(ctx, k)
		if err != nil {
			return err
		}
		t, err := s.typeOf(e)
		if err != nil {
			return err
		}
		rev, err := tx.Revision(ctx, k, j.Revision)
		if err != nil {
			return err
		}
		fired, err := s.fired(t, rev)
		if err != nil {
			return err
		}
		before, err := tx.Opened(ctx, k)
		if err != nil {
			return err
		}
		for _, tr := range fired {
			target := s.Catalog.Current(tr.Opens)
			if target == nil {
				return fmt.Errorf("%s: trigger %s opens %s, which is not published", e.Ledger, tr.ID, tr.Opens)
			}
			if slices.ContainsFunc(before, func(o Entry) bool { return o.Ledger == target.ID }) {
				continue
			}
			opened, err := begin(ctx, tx, target, Entry{
				Key: newKey(e.Prison), Area: e.Area, Ledger: target.ID, Version: target.Version, Level: target.Sensitivity,
				Author: e.Author, State: Draft, OpenedBy: &e.Entry,
			}, []byte("{}"), nil, "opened")
			if err != nil {
				return err
			}
			before = append(before, opened)
		}
		return nil
	})
}
