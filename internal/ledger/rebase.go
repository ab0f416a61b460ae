package ledger

import (
	"context"
	"fmt"

	"taizhang/internal/catalog"
)

// Rebase moves an open draft to a newer version if every change allows it; one
// that a change holds stays on its version and is finished there. A draft that
// corrects an approved entry stays too. It is the program's own work.
func (s *Service) Rebase(ctx context.Context, k Key, version int) error {
	ses := Session{Prison: k.Prison, Scope: Everything()}
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
		if err != nil || e.State != Draft || e.InForce > 0 || e.Version >= version {
			return err
		}
		from, to := s.Catalog.Type(e.Ledger, e.Version), s.Catalog.Type(e.Ledger, version)
		if from == nil || to == nil {
			return fmt.Errorf("%s v%d to v%d: not in the catalogue", e.Ledger, e.Version, version)
		}
		d, err := tx.Draft(ctx, k)
		if err != nil {
			return err
		}
		doc, err := catalog.ParseDocument(d.Body)
		if err != nil {
			return err
		}
		r, err := catalog.Rebase(catalog.Compare(from, to), doc)
		if err != nil || len(r.Held) > 0 {
			return err
		}
		if err := tx.SaveDraft(ctx, k, r.Document.Canonical, d.Remarks); err != nil {
			return err
		}
		if err := tx.InsertEvent(ctx, k, "rebased", e.Revision, map[string]any{"from": e.Version, "to": version, "dropped": r.Dropped}); err != nil {
			return err
		}
		e.Version = version
		return tx.UpdateEntry(ctx, &e)
	})
}
