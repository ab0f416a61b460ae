package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// New is an entry to be begun.
type New struct {
	ID     uuid.UUID // chosen by a browser that begins without the network; else zero
	Prison uuid.UUID
	Area   uuid.UUID
	Ledger string
	Body   json.RawMessage // may be empty: then what the sources know is filled in
}

// Create begins an entry as a draft of the type's current version.
// Faults: ledger_unknown, not_for_area, forbidden, and those of the door.
func (s *Service) Create(ctx context.Context, n New, idem Idem) (Outcome, error) {
	t := s.Catalog.Current(n.Ledger)
	if t == nil {
		return Outcome{}, fault.New(fault.NotFound, "ledger_unknown").With("ledger", n.Ledger)
	}
	var out Outcome
	err := s.Store.Write(ctx, s.session(ctx, n.Prison), idem, &out, func(tx Tx) error {
		e, area, err := s.admit(ctx, tx, t, n)
		if err != nil {
			return err
		}
		body, pins := n.Body, []Pin{}
		if len(body) == 0 {
			values, taken, err := take(ctx, tx, t, area, catalog.DayOf(tx.Now()))
			if err != nil {
				return err
			}
			if body, err = json.Marshal(values); err != nil {
				return fmt.Errorf("prefill %s: %w", t.ID, err)
			}
			pins = taken
		}
		created, err := begin(ctx, tx, t, e, body, pins, "created")
		out = Outcome{Entry: created}
		return err
	})
	return out, err
}

// admit decides whether the context's actor may begin an entry of the ledger in
// the area, and makes its head.
func (s *Service) admit(ctx context.Context, tx Tx, t *catalog.Type, n New) (Entry, Area, error) {
	area, err := tx.Area(ctx, n.Prison, n.Area)
	if err != nil {
		return Entry{}, Area{}, err
	}
	e := Entry{
		Key: newKey(n.Prison), Area: n.Area, Ledger: t.ID, Version: t.Version,
		Level: t.Sensitivity, Author: actor.From(ctx).PersonID, State: Draft,
	}
	if n.ID != uuid.Nil {
		e.Entry = n.ID
	}
	if err := s.Access.Check(actor.From(ctx), "create", s.subject(e, t), s.Now()); err != nil {
		return Entry{}, Area{}, err
	}
	if !t.AppliesTo(area.Kind, area.Function, area.HasLabour) {
		return Entry{}, Area{}, fault.New(fault.Invalid, "not_for_area").With("ledger", t.ID)
	}
	return e, area, nil
}

// begin inserts the entry, its draft and the event that says why it is there.
func begin(ctx context.Context, tx Tx, t *catalog.Type, e Entry, body json.RawMessage, pins []Pin, kind string) (Entry, error) {
	if _, err := catalog.ParseDocument(body); err != nil {
		return Entry{}, err
	}
	if err := tx.InsertEntry(ctx, e); err != nil {
		return Entry{}, err
	}
	if err := tx.SaveDraft(ctx, e.Key, body, nil); err != nil {
		return Entry{}, err
	}
	if len(pins) > 0 {
		if err := tx.SavePins(ctx, e.Key, pins); err != nil {
			return Entry{}, err
		}
	}
	if err := tx.InsertEvent(ctx, e.Key, kind, 0, map[string]any{"ledger": t.ID, "version": t.Version, "opened_by": e.OpenedBy}); err != nil {
		return Entry{}, err
	}
	return tx.Entry(ctx, e.Key)
}

// SaveDraft keeps the body exactly as typed; only the door stands before it,
// not the schema, for nobody types a finished document.
func (s *Service) SaveDraft(ctx context.Context, k Key, ifMatch int64, body json.RawMessage, idem Idem) (Outcome, error) {
	doc, err := catalog.ParseDocument(body)
	if err != nil {
		return Outcome{}, err
	}
	return s.change(ctx, k, Edit, ifMatch, idem, func(tx Tx, e *Entry, _ Situation, _ State) (*Outcome, error) {
		d, err := tx.Draft(ctx, k)
		if err != nil {
			return nil, err
		}
		if err := tx.SaveDraft(ctx, k, body, d.Remarks); err != nil {
			return nil, err
		}
		fault.Point("draft.saved")
		return &Outcome{Received: received(doc, nil)}, tx.UpdateEntry(ctx, e)
	})
}

// Discard throws a draft away: one that was never submitted ends as discarded,
// one that was to amend leaves the approved revision in force.
func (s *Service) Discard(ctx context.Context, k Key, ifMatch int64, idem Idem) (Outcome, error) {
	return s.change(ctx, k, Discard, ifMatch, idem, func(tx Tx, e *Entry, _ Situation, to State) (*Outcome, error) {
		e.State, e.Revision = to, e.InForce
		if e.InForce > 0 {
			rev, err := tx.Revision(ctx, k, e.InForce)
			if err != nil {
				return nil, err
			}
			if err := s.stand(e, rev); err != nil {
				return nil, err
			}
			e.Step, e.StepRoles, e.StepUnit, e.Digest = len(rev.Chain), nil, "", &rev.Digest
		}
		if err := tx.DropDraft(ctx, k); err != nil {
			return nil, err
		}
		if err := tx.InsertEvent(ctx, k, "discarded", e.Revision, nil); err != nil {
			return nil, err
		}
		if err := tx.UpdateEntry(ctx, e); err != nil {
			return nil, err
		}
		return &Outcome{}, touch(ctx, tx, *e)
	})
}
