package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

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
	// Version of the type that the body was written and looked at under; another
	// than the current one is the fault version_passed. Zero: not said.
	Version int
	Body    json.RawMessage // may be empty: then what the sources know is filled in
	For     time.Time       // a time of the period it is begun for; zero: not said
	// openedBy is the entry whose task this one does.
	openedBy *uuid.UUID
	// Once names the row of a file that the entry is made of; a row that became
	// an entry before is the fault row_written.
	Once []Digest
	// Files is a draft of the same author whose files come with the entry too
	// (File only): one scan of the minutes is the proof of a whole batch.
	Files uuid.UUID
	// effort of a row of a grid; nil: not measured, as in imports.
	effort *Effort
}

// Create begins an entry as a draft of the type's current version.
// Faults: ledger_unknown, forbidden, those of a lock (period_expired,
// not_for_area …), and those of the door.
func (s *Service) Create(ctx context.Context, n New, idem Idem) (Outcome, error) {
	var out Outcome
	err := s.begun(ctx, n, idem, &out, func(tx Tx, t *catalog.Type) error {
		created, err := s.create(ctx, tx, t, n)
		out = Outcome{Entry: created}
		return err
	})
	return out, err
}

func (s *Service) create(ctx context.Context, tx Tx, t *catalog.Type, n New) (Entry, error) {
	e, area, err := s.admit(ctx, tx, t, n)
	if err != nil {
		return Entry{}, err
	}
	if err := tx.ClaimRow(ctx, n.Prison, n.Once, e.Entry); err != nil {
		return Entry{}, err
	}
	by, err := s.beginner(ctx, tx, t, area, n.For)
	if err != nil {
		return Entry{}, err
	}
	body, pins, err := s.prefilled(ctx, tx, t, area, by, n.Body)
	if err != nil {
		return Entry{}, err
	}
	at := n.For
	if doc, err := catalog.ParseDocument(n.Body); err == nil {
		if m, err := t.Occurred(doc); err == nil {
			at = m.At
		}
	}
	// Nobody types a page that cannot be filed.
	if !at.IsZero() {
		if err := s.fillable(ctx, tx, t, n.Prison, n.Area, at); err != nil {
			return Entry{}, err
		}
	}
	return begin(ctx, tx, t, e, body, pins, "created")
}

// admit decides whether the context's actor may begin an entry of the ledger in
// the area, and makes its head.
func (s *Service) admit(ctx context.Context, r Reader, t *catalog.Type, n New) (Entry, Area, error) {
	if n.Version != 0 && n.Version != t.Version {
		return Entry{}, Area{}, fault.New(fault.Conflict, "version_passed").With("version", t.Version)
	}
	area, err := r.Area(ctx, n.Prison, n.Area)
	if err != nil {
		return Entry{}, Area{}, err
	}
	e := Entry{
		Key: newKey(n.Prison), Area: n.Area, Ledger: t.ID, Version: t.Version,
		Level: t.Sensitivity, Author: actor.From(ctx).PersonID, State: Draft, OpenedBy: n.openedBy,
	}
	if n.ID != uuid.Nil {
		e.Entry = n.ID
	}
	if err := s.Access.Check(actor.From(ctx), "create", s.subject(e, t), s.Now()); err != nil {
		return Entry{}, Area{}, err
	}
	return e, area, keptBy(t, area)
}

// keptBy refuses a ledger that the area does not keep.
func keptBy(t *catalog.Type, a Area) error {
	if !t.AppliesTo(a.Kind, a.Function, a.HasLabour) {
		return LockFor(NotForArea).Refusal(fault.Invalid).With("ledger", t.ID)
	}
	return nil
}

// prefilled is the body of a new draft with what the sources know: their pinned
// values stand over what was sent, what they only offer fills an empty form.
func (s *Service) prefilled(ctx context.Context, tx Tx, t *catalog.Type, area Area, by catalog.Beginner, sent json.RawMessage) (json.RawMessage, []Pin, error) {
	if len(sent) == 0 {
		if err := manned(ctx, tx, t, area, &by); err != nil {
			return nil, nil, err
		}
		body, err := json.Marshal(t.Defaults(by))
		if err != nil {
			return nil, nil, fmt.Errorf("prefill %s: %w", t.ID, err)
		}
		doc, err := catalog.ParseDocument(body)
		if err != nil {
			return nil, nil, err
		}
		offers, pins, err := take(ctx, tx, t, area, doc.Value, momentOf(t, by))
		if err != nil {
			return nil, nil, err
		}
		for field, value := range offers {
			catalog.Put(doc.Value, field, value)
		}
		for _, p := range pins {
			if !p.Offered {
				catalog.Put(doc.Value, p.Field, p.Value)
			}
		}
		body, err = json.Marshal(doc.Value)
		if err != nil {
			return nil, nil, fmt.Errorf("prefill %s: %w", t.ID, err)
		}
		return body, pins, nil
	}
	doc, err := catalog.ParseDocument(sent)
	if err != nil {
		return nil, nil, err
	}
	_, pins, err := take(ctx, tx, t, area, doc.Value, tx.Now())
	if err != nil || len(pins) == 0 {
		return sent, nil, err
	}
	doc, err = pinned(t, doc, nil, pins)
	return doc.Canonical, pins, err
}

// momentOf stands for the time of the matter until the document says one: now, or of
// a shift that is over its end.
func momentOf(t *catalog.Type, by catalog.Beginner) time.Time {
	if by.Past && t.Cadence.Kind == "per_shift" {
		if shift, began, ok := by.Calendar.ShiftAt(by.At); ok {
			return began.Add(time.Duration(shift.Hours) * time.Hour)
		}
	}
	return by.At
}

// unknown says that there is no such ledger, or what became of it.
func (s *Service) unknown(id string) error {
	if end, gone := s.Catalog.End(id); gone {
		return LockFor(LedgerEnded).Refusal(fault.NotFound).With("ledger", id).With("notice", end.Notice)
	}
	return fault.New(fault.NotFound, "ledger_unknown").With("ledger", id)
}

// beginner is who begins an entry, and the time it speaks of until somebody says
// another: now, or of a period that is over the time of it that was named.
func (s *Service) beginner(ctx context.Context, r dated, t *catalog.Type, area Area, named time.Time) (catalog.Beginner, error) {
	by := catalog.Beginner{Number: actor.From(ctx).Number, AreaName: area.NameZH, At: r.Now(), Calendar: s.Catalog.Calendar()}
	if named.IsZero() {
		return by, nil
	}
	p, err := r.PeriodAt(ctx, area.Prison, area.ID, t.ID, named)
	if fault.Is(err, fault.NotFound) {
		return by, nil
	}
	if err == nil && p.Ends.Before(r.Now()) {
		by.At, by.Past = named, true
	}
	return by, err
}

// manned adds whom the roster names for the shift that the beginner speaks of,
// and for the one after it. A period that is over says its shift only where it
// is one itself: its day may be any of a week.
func manned(ctx context.Context, r Reader, t *catalog.Type, area Area, by *catalog.Beginner) error {
	if by.Past && t.Cadence.Kind != "per_shift" {
		return nil
	}
	at := by.At
	for _, list := range []*[]catalog.OnDuty{&by.OnDuty, &by.Next} {
		shift, began, ok := by.Calendar.ShiftAt(at)
		if !ok {
			return nil
		}
		var err error
		if *list, err = r.OnDuty(ctx, area.Prison, area.ID, catalog.DayOf(began), shift); err != nil {
			return err
		}
		at = began.Add(time.Duration(shift.Hours) * time.Hour)
	}
	return nil
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
// not the schema, for nobody types a finished document. version is the one of
// the ledger that it was typed under. Faults: version_moved where the draft has
// moved to another meanwhile, with what was sent as that one takes it.
func (s *Service) SaveDraft(ctx context.Context, k Key, ifMatch int64, version int, body json.RawMessage, idem Idem) (Outcome, error) {
	return s.save(ctx, k, ifMatch, version, body, false, idem)
}

// SaveUnseen is SaveDraft of what was begun without the network: who typed it has not seen
// what the sources say of it, so that a figure is theirs where no source speaks.
func (s *Service) SaveUnseen(ctx context.Context, k Key, ifMatch int64, version int, body json.RawMessage, idem Idem) (Outcome, error) {
	return s.save(ctx, k, ifMatch, version, body, true, idem)
}

func (s *Service) save(ctx context.Context, k Key, ifMatch int64, version int, body json.RawMessage, unseen bool, idem Idem) (Outcome, error) {
	doc, err := catalog.ParseDocument(body)
	if err != nil {
		return Outcome{}, err
	}
	return s.change(ctx, k, Edit, 0, idem, func(tx Tx, e *Entry, _ Situation, _ State) (*Outcome, error) {
		if version != e.Version {
			return nil, s.movedOn(ctx, tx, *e, version, doc)
		}
		if ifMatch != e.ETag {
			return nil, s.stale(ctx, tx, *e)
		}
		retaken, err := s.retype(ctx, tx, *e, body, doc, unseen)
		if err != nil {
			return nil, err
		}
		fault.Point("draft.saved")
		return &Outcome{Received: received(doc, nil), Retaken: retaken}, tx.UpdateEntry(ctx, e)
	})
}

// retype writes a body over the draft's; remarks stay, and so do pins that still
// speak of what it names. Where it is of another day, it is kept with what was
// taken of that day, and the history says so.
// unseen: whoever typed it saw none of the pins. It reports whether the pins are not
// those before, or stand over what was sent.
func (s *Service) retype(ctx context.Context, tx Tx, e Entry, body json.RawMessage, doc catalog.Document, unseen bool) (anew bool, err error) {
	t, err := s.typeOf(e)
	if err != nil {
		return false, err
	}
	d, err := tx.Draft(ctx, e.Key)
	if err != nil {
		return false, err
	}
	pins, other, err := repinned(ctx, tx, t, e, d, doc)
	if err != nil {
		return false, err
	}
	was := d.Pins
	if unseen {
		was = nil // nothing that was typed came from them
	}
	over, err := pinned(t, doc, was, pins)
	if err != nil {
		return false, err
	}
	same := func(a, b Pin) bool { return a.Field == b.Field && a.TakenAt.Equal(b.TakenAt) }
	anew = !slices.EqualFunc(pins, d.Pins, same) || !bytes.Equal(over.Canonical, doc.Canonical)
	if other {
		if over, err = offered(t, over, was, pins); err != nil {
			return false, err
		}
		body = over.Canonical
	}
	if err := tx.SaveDraft(ctx, e.Key, body, d.Remarks); err != nil || len(pins)+len(d.Pins) == 0 {
		return false, err
	}
	if other {
		if err := tx.SaveArrived(ctx, e.Key, doc.Canonical); err != nil {
			return false, err
		}
	}
	if err := tx.SavePins(ctx, e.Key, pins); err != nil || !other {
		return anew, err
	}
	return anew, tx.InsertEvent(ctx, e.Key, "retaken", e.Revision, retaken(pins))
}

// Discard throws a draft, or what was returned, away: one that was to amend leaves the approved
// revision in force, any other ends the entry. What was submitted before stays
// in the history and in the log, and to end it asks for a reason, which those
// who decided on it are told. Faults: reason_required.
func (s *Service) Discard(ctx context.Context, k Key, ifMatch int64, reason string, idem Idem) (Outcome, error) {
	return s.change(ctx, k, Discard, ifMatch, idem, func(tx Tx, e *Entry, _ Situation, to State) (*Outcome, error) {
		filed := e.Revision > 0 && to == Discarded
		if filed && Blank(reason) || len([]rune(reason)) > maxReason {
			return nil, fault.InvalidFields("reason_required", []fault.Field{{Pointer: "/reason", Code: "required",
				Text: fault.Text{ZH: "请说明弃用理由，500 字以内", EN: "Say why it is discarded, in at most 500 characters"}}})
		}
		e.State = to
		if e.InForce > 0 {
			if err := s.inForceAgain(ctx, tx, e); err != nil {
				return nil, err
			}
		}
		if err := tx.DropDraft(ctx, k); err != nil {
			return nil, err
		}
		var detail map[string]any
		if !Blank(reason) {
			detail = map[string]any{"reason": reason}
		}
		if err := tx.InsertEvent(ctx, k, "discarded", e.Revision, detail); err != nil {
			return nil, err
		}
		if filed {
			if err := tellDeciders(ctx, tx, *e, reason); err != nil {
				return nil, err
			}
		}
		if err := tx.UpdateEntry(ctx, e); err != nil {
			return nil, err
		}
		if err := s.index(ctx, tx, *e); err != nil {
			return nil, err
		}
		return &Outcome{}, touch(ctx, tx, *e)
	})
}

// tellDeciders: who returned the entry waits for it no longer.
func tellDeciders(ctx context.Context, tx Tx, e Entry, reason string) error {
	list, err := tx.Decisions(ctx, e.Key)
	if err != nil {
		return err
	}
	for _, d := range list {
		if err := tx.Notify(ctx, e.notice(d.By, "discarded", map[string]any{"author": e.AuthorName, "reason": reason})); err != nil {
			return err
		}
	}
	return nil
}
