package ledger

import (
	"context"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// File begins and submits an entry in one transaction: a row of a batch or of
// an import is filed whole or leaves nothing behind, and under its idempotency
// key only once. Shared fields are taken for the day of the matter and stand
// over what was sent. Evidence cannot come with it: a type or a document that
// asks for some is the fault invalid_document, like every other mistake.
func (s *Service) File(ctx context.Context, n New, idem Idem) (Outcome, error) {
	t := s.Catalog.Current(n.Ledger)
	if t == nil {
		return Outcome{}, s.unknown(n.Ledger)
	}
	doc, err := catalog.ParseDocument(n.Body)
	if err != nil {
		return Outcome{}, err
	}
	var out Outcome
	err = s.Store.Write(ctx, s.session(ctx, n.Prison), idem, &out, func(tx Tx) error {
		e, area, err := s.admit(ctx, tx, t, n)
		if err != nil {
			return err
		}
		_, pins, err := take(ctx, tx, t, area, dayOf(t, doc, tx.Now()), doc.Value)
		if err != nil {
			return err
		}
		if doc, err = pinned(doc, pins); err != nil {
			return err
		}
		if t.LooksUp() {
			if err := tx.LockLedger(ctx, n.Prison, t.ID); err != nil {
				return err
			}
		}
		res, err := judge(ctx, tx, e.Key, t, doc, actor.From(ctx).Number, tx.Now(), catalog.StageSubmit)
		if err != nil {
			return err
		}
		if len(res.Errors) == 0 {
			if res.Errors, err = lacking(t, res.Document, nil); err != nil {
				return err
			}
		}
		if len(res.Errors) > 0 {
			return fault.InvalidFields("invalid_document", res.Errors)
		}
		if e, err = begin(ctx, tx, t, e, n.Body, pins, "created"); err != nil {
			return err
		}
		if e, err = tx.Lock(ctx, e.Key); err != nil {
			return err
		}
		o, err := s.file(ctx, tx, t, &e, Submitted, filing{doc: res.Document, warnings: res.Warnings, pins: pins})
		if err != nil {
			return err
		}
		o.Entry = e
		out = *o
		return nil
	})
	return out, err
}
