package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Supposed is an entry that would stand otherwise: one there is, or one of a ledger that
// would be filed and approved.
type Supposed struct {
	Entry uuid.UUID `json:"entry,omitzero"`
	As    State     `json:"as,omitempty"` // of one there is: approved, returned, voided
	// Of one that would be filed: what it says, or where nothing is said a time of the
	// period that it would be filed for, as a nil return is.
	Ledger   string          `json:"ledger,omitempty"`
	Document json.RawMessage `json:"document,omitempty"`
	At       time.Time       `json:"at,omitzero"`
}

// decides is what brings an entry to stand so.
var decides = map[State]Action{Approved: Approve, Returned: Return, Voided: Void}

// Meant says whether it says one thing only.
func (w Supposed) Meant() bool {
	if w.Entry != uuid.Nil {
		return decides[w.As] != "" && w.Ledger == "" && w.Document == nil && w.At.IsZero()
	}
	return w.As == "" && w.Ledger != "" && (w.Document == nil) != w.At.IsZero()
}

// supposing is a transaction that nobody hears of: it only remembers which days it touches.
type supposing struct {
	Tx
	days map[DayTouched]bool
}

func (t supposing) Enqueue(_ context.Context, job Job) error {
	if d, ok := job.(DayTouched); ok {
		t.days[d] = true
	}
	return nil
}

func (supposing) Announce(context.Context, Announcement) error { return nil }
func (supposing) Notify(context.Context, Notice) error         { return nil }

// Append takes no head of the log: writers do not wait for what is only supposed.
func (supposing) Append(context.Context, uuid.UUID) (Receipt, error) { return Receipt{}, nil }

var errSupposed = errors.New("only supposed")

// Suppose lets entries of an area stand otherwise, shows look the days that are touched,
// and rolls back: nothing of it is kept. Faults: not_found, state_forbids,
// invalid_document, ledger_unknown, and those of a lock.
func (s *Service) Suppose(ctx context.Context, prison, area uuid.UUID, list []Supposed, look func(Tx, []DayTouched) error) error {
	// In one order, so that two who suppose the same wait for each other in it.
	list = slices.SortedStableFunc(slices.Values(list), func(a, b Supposed) int { return cmp.Compare(a.Entry.String(), b.Entry.String()) })
	err := s.Store.Write(ctx, s.session(ctx, prison), Idem{}, nil, func(tx Tx) error {
		t := supposing{tx, map[DayTouched]bool{}}
		for _, w := range list {
			e, err := s.supposed(ctx, t, prison, area, w)
			if err != nil {
				return err
			}
			if err := t.UpdateEntry(ctx, &e); err != nil {
				return err
			}
			if err := touch(ctx, t, e); err != nil {
				return err
			}
		}
		if err := look(tx, slices.Collect(maps.Keys(t.days))); err != nil {
			return err
		}
		return errSupposed
	})
	if errors.Is(err, errSupposed) {
		return nil
	}
	return err
}

// supposed is the entry as it would stand.
func (s *Service) supposed(ctx context.Context, tx Tx, prison, area uuid.UUID, w Supposed) (Entry, error) {
	if w.Entry == uuid.Nil {
		return s.supposedFiled(ctx, tx, prison, area, w)
	}
	e, err := tx.Lock(ctx, Key{Prison: prison, Entry: w.Entry})
	if err == nil && e.Area != area {
		err = fault.New(fault.NotFound, "not_found")
	}
	if err == nil {
		err = s.check(ctx, "read", e)
	}
	if err != nil {
		return e, err
	}
	to, err := Next(Situation{State: e.State, Last: true, InForce: e.InForce > 0, Void: true, Approving: Passed, Returning: Refused}, decides[w.As])
	if err != nil {
		return e, err
	}
	switch to {
	case Approved:
		rev, err := tx.Revision(ctx, e.Key, e.Revision)
		if err != nil {
			return e, err
		}
		if err := s.comesInForce(ctx, tx, &e, rev); err != nil {
			return e, err
		}
	case Returned:
		e.leaveStep()
	case Voided:
		e.VoidAt = VoidAt{}
		if err := s.endAmendment(ctx, tx, &e); err != nil {
			return e, err
		}
		e.Counts = false
	}
	now := tx.Now()
	e.State, e.DecidedAt = to, &now
	return e, nil
}

// supposedFiled files an entry by whoever supposes, and puts it in force.
func (s *Service) supposedFiled(ctx context.Context, tx Tx, prison, area uuid.UUID, w Supposed) (Entry, error) {
	t := s.Catalog.Current(w.Ledger)
	if t == nil {
		return Entry{}, s.unknown(w.Ledger)
	}
	e := Entry{Key: newKey(prison), Area: area, Ledger: t.ID, Version: t.Version, Level: t.Sensitivity, Author: actor.From(ctx).PersonID, State: Draft, Nil: w.Document == nil}
	if err := tx.InsertEntry(ctx, e); err != nil {
		return e, err
	}
	e, err := tx.Lock(ctx, e.Key)
	if err != nil {
		return e, err
	}
	if w.At.After(tx.Now()) {
		w.At = tx.Now()
	}
	f := filing{nilAt: w.At}
	if e.Nil {
		f.doc, err = nilReturn(w.At)
		if err == nil {
			err = s.fillable(ctx, tx, t, prison, area, w.At)
		}
	} else {
		f.doc, err = s.supposedDocument(ctx, tx, t, e, w.Document)
	}
	if err != nil {
		return e, err
	}
	if _, err := s.file(ctx, tx, t, &e, Submitted, f); err != nil {
		return e, err
	}
	rev, err := tx.Revision(ctx, e.Key, e.Revision)
	if err != nil {
		return e, err
	}
	if err := s.comesInForce(ctx, tx, &e, rev); err != nil {
		return e, err
	}
	now := tx.Now()
	e.State, e.DecidedAt = Approved, &now
	return e, nil
}

// supposedDocument is held to the rules of its type as one that is submitted.
func (s *Service) supposedDocument(ctx context.Context, tx Tx, t *catalog.Type, e Entry, raw json.RawMessage) (catalog.Document, error) {
	doc, err := catalog.ParseDocument(raw)
	if err != nil {
		return doc, err
	}
	res, err := judge(ctx, tx, e, t, doc, actor.From(ctx).Number, tx.Now(), catalog.StageSubmit)
	if err != nil {
		return doc, err
	}
	if len(res.Errors) > 0 {
		return doc, fault.InvalidFields("invalid_document", res.Errors)
	}
	return res.Document, nil
}
