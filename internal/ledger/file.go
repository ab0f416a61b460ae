package ledger

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// File begins and submits an entry in one transaction: a row of a batch or of
// an import is filed whole or leaves nothing behind, and under its idempotency
// key only once. Shared fields are taken for the day of the matter and stand
// over what was sent. Files come only from a draft of the same author that is
// named with it: a document that asks for others is the fault invalid_document,
// like every other mistake.
func (s *Service) File(ctx context.Context, n New, idem Idem) (Outcome, error) {
	t := s.Catalog.Current(n.Ledger)
	if t == nil {
		return Outcome{}, fault.New(fault.NotFound, "ledger_unknown").With("ledger", n.Ledger)
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
		files, err := s.lent(ctx, tx, n)
		if err != nil {
			return err
		}
		if t.LooksUp() {
			if err := tx.LockLedger(ctx, n.Prison, t.ID); err != nil {
				return err
			}
		}
		res, pins, err := weigh(ctx, tx, e.Key, t, area, doc, files)
		if err != nil {
			return err
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
		o, err := s.file(ctx, tx, t, &e, Submitted, filing{doc: res.Document, attached: files, warnings: res.Warnings, pins: pins})
		if err != nil {
			return err
		}
		o.Entry = e
		out = *o
		return nil
	})
	return out, err
}

// lent are the files of the draft that a batch takes its proof from, each with
// an identity of its own: the same bytes rest under every row.
func (s *Service) lent(ctx context.Context, r Reader, n New) ([]Evidence, error) {
	if n.Files == uuid.Nil {
		return nil, nil
	}
	k := Key{Prison: n.Prison, Entry: n.Files}
	e, err := r.Entry(ctx, k)
	if err != nil {
		return nil, err
	}
	if err := s.check(ctx, "edit", e); err != nil {
		return nil, err
	}
	if e.State != Draft || e.Ledger != n.Ledger {
		return nil, fault.New(fault.Conflict, "state_forbids").With("state", e.State)
	}
	files, err := r.Evidence(ctx, k, 0)
	for i := range files {
		files[i].ID = newKey(n.Prison).Entry
	}
	return files, err
}

// weigh says what would come of filing a document: everything wrong with it,
// or what is filed.
func weigh(ctx context.Context, r dated, k Key, t *catalog.Type, area Area, doc catalog.Document, files []Evidence) (catalog.Result, []Pin, error) {
	day := catalog.DayOf(r.Now())
	moment, untimed := t.Occurred(doc)
	if untimed == nil {
		day = moment.Day // without its time it is refused below, with all its mistakes
	}
	_, pins, err := take(ctx, r, t, area, day)
	if err != nil {
		return catalog.Result{}, nil, err
	}
	if doc, err = pinned(doc, pins); err != nil {
		return catalog.Result{}, nil, err
	}
	res, err := judge(ctx, r, k, t, doc, actor.From(ctx).Number, r.Now(), catalog.StageSubmit)
	if err != nil || len(res.Errors) > 0 {
		return res, pins, err
	}
	if res.Errors, err = lacking(t, res.Document, files); err == nil && untimed == nil {
		res.Errors = append(res.Errors, early(t, moment, r.Now())...)
	}
	return res, pins, err
}
