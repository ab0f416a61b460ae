package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Pin is a shared field (共) as it was taken from other entries. It stays as it
// is: a later correction of its source is shown, and changes nothing.
type Pin struct {
	Field   string          `json:"field"` // pointer
	Ledger  string          `json:"ledger"`
	Of      []Pinned        `json:"of"` // the revisions it was taken from, oldest first
	Value   json.RawMessage `json:"value"`
	TakenAt time.Time       `json:"taken_at"`
	// Corrected (来源已更正) is worked out when it is read: a source has been
	// corrected, withdrawn or voided since.
	Corrected bool `json:"corrected,omitempty"`
}

// Pinned names one revision.
type Pinned struct {
	Entry    uuid.UUID `json:"entry"`
	Revision int       `json:"revision"`
}

// Sourced is a document that may be taken from.
type Sourced struct {
	Pinned
	Document json.RawMessage
}

// dated is a transaction that only looks, with its one time.
type dated interface {
	Reader
	Now() time.Time
}

// take works out the shared fields of an area on a day: what the sources say
// now, pinned where they are entries. The roll is taken as a number.
func take(ctx context.Context, tx dated, t *catalog.Type, area Area, day string) (map[string]any, []Pin, error) {
	values, pins := map[string]any{}, []Pin{}
	for _, src := range t.Sources {
		switch {
		case src.Take == "roll":
			n, err := tx.Roll(ctx, area.Prison, area.ID, day)
			if err != nil {
				return nil, nil, err
			}
			values[src.Field[1:]] = n
		case src.Ledger != "":
			found, err := tx.OnDay(ctx, area.Prison, area.ID, src.Ledger, day)
			if err != nil {
				return nil, nil, err
			}
			docs := make([]json.RawMessage, len(found))
			for i, f := range found {
				docs[i] = f.Document
			}
			value, used, err := t.Take(src, docs)
			if err != nil {
				return nil, nil, err
			}
			if value == nil {
				continue
			}
			raw, err := json.Marshal(value)
			if err != nil {
				return nil, nil, fmt.Errorf("pin %s: %w", src.Field, err)
			}
			p := Pin{Field: src.Field, Ledger: src.Ledger, Value: raw, TakenAt: tx.Now().UTC().Truncate(time.Microsecond)}
			for _, i := range used {
				p.Of = append(p.Of, found[i].Pinned)
			}
			values[src.Field[1:]] = value
			pins = append(pins, p)
		}
	}
	return values, pins, nil
}

// pinned puts the pinned values over what was sent: a shared field is not typed.
func pinned(doc catalog.Document, pins []Pin) (catalog.Document, error) {
	if len(pins) == 0 {
		return doc, nil
	}
	over := make(map[string]any, len(doc.Value)+len(pins))
	for k, v := range doc.Value {
		over[k] = v
	}
	for _, p := range pins {
		over[p.Field[1:]] = p.Value
	}
	raw, err := json.Marshal(over)
	if err != nil {
		return doc, fmt.Errorf("pins: %w", err)
	}
	return catalog.ParseDocument(raw)
}

// lookAgain marks the pins whose source is no longer what was taken. A source
// that the reader may not see says nothing.
func lookAgain(ctx context.Context, r Reader, prison uuid.UUID, pins []Pin) error {
	for i := range pins {
		for _, of := range pins[i].Of {
			e, err := r.Entry(ctx, Key{Prison: prison, Entry: of.Entry})
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			now := e.InForce
			if now == 0 {
				now = e.Revision
			}
			if e.State == Voided || now > of.Revision {
				pins[i].Corrected = true
			}
		}
	}
	return nil
}

// Retake takes the shared fields of a draft anew, by the officer's own act:
// what the sources say now, for the day the draft was begun on.
func (s *Service) Retake(ctx context.Context, k Key, ifMatch int64, idem Idem) (Outcome, error) {
	return s.change(ctx, k, Edit, ifMatch, idem, func(tx Tx, e *Entry, _ Situation, _ State) (*Outcome, error) {
		t, err := s.typeOf(*e)
		if err != nil {
			return nil, err
		}
		area, err := tx.Area(ctx, e.Prison, e.Area)
		if err != nil {
			return nil, err
		}
		d, err := tx.Draft(ctx, k)
		if err != nil {
			return nil, err
		}
		doc, err := catalog.ParseDocument(d.Body)
		if err != nil {
			return nil, err
		}
		values, pins, err := take(ctx, tx, t, area, catalog.DayOf(e.CreatedAt))
		if err != nil {
			return nil, err
		}
		for name, v := range values {
			doc.Value[name] = v
		}
		body, err := json.Marshal(doc.Value)
		if err != nil {
			return nil, fmt.Errorf("draft: %w", err)
		}
		if err := tx.SaveDraft(ctx, k, body, d.Remarks); err != nil {
			return nil, err
		}
		if err := tx.SavePins(ctx, k, pins); err != nil {
			return nil, err
		}
		if err := tx.InsertEvent(ctx, k, "retaken", e.Revision, map[string]any{"pins": pins}); err != nil {
			return nil, err
		}
		return &Outcome{}, tx.UpdateEntry(ctx, e)
	})
}
