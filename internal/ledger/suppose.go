package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
)

// Supposed is an entry that would stand otherwise: one there is, or one of a ledger that
// would be filed and approved.
type Supposed struct {
	Entry uuid.UUID `json:"entry,omitzero"`
	As    State     `json:"as,omitempty"` // of one there is: approved, returned, voided
	// Of one that would be filed: what it says, or where nothing is said a time of the
	// period that it would be filed for. That fills one thing due, as a nil return does, of
	// any ledger.
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

// Suppose lets entries of an area stand otherwise, then files what would be filed by the
// rules of a real filing, shows look the days that are touched, and rolls back: nothing of
// it is kept. Faults: not_found, state_forbids, invalid_document, ledger_unknown,
// period_filed, and those of a lock.
func (s *Service) Suppose(ctx context.Context, prison, area uuid.UUID, list []Supposed, look func(Tx, []DayTouched) error) error {
	// In one order, so that two who suppose the same wait for each other in it. What would be
	// filed comes last: it may take the place of what would be voided.
	list = slices.SortedStableFunc(slices.Values(list), func(a, b Supposed) int {
		return cmp.Or(cmp.Compare(a.Ledger, b.Ledger), cmp.Compare(a.Entry.String(), b.Entry.String()))
	})
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
	a, err := tx.Area(ctx, prison, area)
	if err != nil {
		return Entry{}, err
	}
	if err := keptBy(t, a); err != nil {
		return Entry{}, err
	}
	e := Entry{Key: newKey(prison), Area: area, Ledger: t.ID, Version: t.Version, Level: t.Sensitivity, Author: actor.From(ctx).PersonID, State: Draft, Nil: w.Document == nil}
	if err := tx.InsertEntry(ctx, e); err != nil {
		return e, err
	}
	if e, err = tx.Lock(ctx, e.Key); err != nil {
		return e, err
	}
	var rev Revision
	if e.Nil {
		rev, err = s.supposedUnsaid(ctx, tx, t, &e, w.At)
	} else {
		rev, err = s.supposedSaid(ctx, tx, t, &e, w.Document)
	}
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

// supposedSaid files what an entry would say, as it is filed.
func (s *Service) supposedSaid(ctx context.Context, tx Tx, t *catalog.Type, e *Entry, raw json.RawMessage) (Revision, error) {
	doc, err := s.supposedDocument(ctx, tx, t, *e, raw)
	if err != nil {
		return Revision{}, err
	}
	if _, err := s.file(ctx, tx, t, e, Submitted, filing{doc: doc}); err != nil {
		return Revision{}, err
	}
	return tx.Revision(ctx, e.Key, e.Revision)
}

// supposedUnsaid files an entry of which only the time is known. It walks no chain: whose
// turn a step is may hang on what the entry says.
func (s *Service) supposedUnsaid(ctx context.Context, tx Tx, t *catalog.Type, e *Entry, at time.Time) (Revision, error) {
	owed, err := s.supposedDue(ctx, tx, t, *e, at)
	if err != nil {
		return Revision{}, err
	}
	now := tx.Now()
	if at.After(now) {
		at = now
	}
	said := map[string]any{"nil_return": true, "day": catalog.DayOf(at)}
	if owed.About != "" {
		said[owed.About] = owed.Inmate
	}
	raw, err := json.Marshal(said)
	if err != nil {
		return Revision{}, fmt.Errorf("suppose %s: %w", t.ID, err)
	}
	doc, err := catalog.ParseDocument(raw)
	if err != nil {
		return Revision{}, err
	}
	rev := Revision{Number: 1, Author: e.Author, Ledger: t.ID, Version: t.Version, Document: doc.Canonical, Salt: integrity.NewSalt(), Nil: true, OccurredAt: at, Chain: []Step{}}
	if rev.Digest, err = Seal(t.ID, t.Version, rev.Nil, rev.Document, nil); err != nil {
		return rev, err
	}
	e.Revision, e.Submitted, e.Resubmit = rev.Number, &now, &now
	e.sealedAs(rev)
	return rev, tx.InsertRevision(ctx, e.Key, rev)
}

// supposedDue is what an unsaid entry fills: something due then that is not filed yet. Where
// nothing is due it may come as often as it happens, and fills nothing.
func (s *Service) supposedDue(ctx context.Context, tx Tx, t *catalog.Type, e Entry, at time.Time) (Owed, error) {
	if err := s.fillable(ctx, tx, t, e.Prison, e.Area, at); err != nil {
		return Owed{}, err
	}
	p, err := tx.PeriodAt(ctx, e.Prison, e.Area, t.ID, at)
	switch {
	case fault.Is(err, fault.NotFound):
		if ahead := early(t, catalog.Moment{At: at, Day: catalog.DayOf(at)}, tx.Now()); len(ahead) > 0 {
			return Owed{}, fault.InvalidFields("invalid_document", ahead)
		}
		return Owed{}, nil
	case err != nil:
		return Owed{}, err
	}
	owed, err := tx.Owed(ctx, e.Prison, e.Area, t.ID, p)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.Conflict, "period_filed").With("ledger", t.ID)
	}
	return owed, err
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
