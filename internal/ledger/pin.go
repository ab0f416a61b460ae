package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
)

// Pin is a shared field (共) as it was taken from other entries, or from another
// system. It stays as it is: a later correction of its source is shown, and
// changes nothing.
type Pin struct {
	Field   string          `json:"field"` // pointer
	Ledger  string          `json:"ledger"`
	Of      []Pinned        `json:"of"` // the revisions it was taken from, oldest first
	Value   json.RawMessage `json:"value"`
	TakenAt time.Time       `json:"taken_at"`
	// Origin is set instead of Ledger and Of when the source is another system.
	Origin *Origin `json:"origin,omitempty"`
	// Corrected (来源已更正) is worked out when it is read: a source has been
	// corrected, withdrawn or voided since.
	Corrected bool `json:"corrected,omitempty"`
}

// Origin is a delivery of another system, and of what: an area's day, or one
// record of the source.
type Origin struct {
	System string    `json:"system"`
	Run    uuid.UUID `json:"run"`
	Record string    `json:"record,omitempty"`
	Area   uuid.UUID `json:"area"`
	Day    string    `json:"day"`
	Take   string    `json:"take"`
	Number string    `json:"number,omitempty"` // of the inmate or asset the record speaks of
}

// Delivery is what another system said last.
type Delivery struct {
	Run    uuid.UUID
	Record string
	Value  map[string]json.RawMessage
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
// now, pinned where they are entries or systems that have delivered. values also
// holds what is only offered: the roll while no connector vouches for it.
func take(ctx context.Context, r dated, t *catalog.Type, area Area, day string, doc map[string]any) (map[string]any, []Pin, error) {
	values, pins := map[string]any{}, []Pin{}
	for _, src := range t.Sources {
		var p Pin
		var err error
		switch {
		case src.Ledger != "":
			p, err = takeEntries(ctx, r, t, src, area, day)
		case strings.HasPrefix(src.System, "ext:"):
			p, err = takeDelivery(ctx, r, t, src, area, day, doc)
		}
		if err != nil {
			return nil, nil, err
		}
		switch {
		case p.Value != nil:
			p.Field, p.TakenAt = src.Field, r.Now().UTC().Truncate(time.Microsecond)
			values[src.Field[1:]] = p.Value
			pins = append(pins, p)
		case src.Take == "roll":
			n, err := r.Roll(ctx, area.Prison, area.ID, day)
			if err != nil {
				return nil, nil, err
			}
			values[src.Field[1:]] = n
		}
	}
	return values, pins, nil
}

// takeEntries takes a field from another ledger; no value when there is none.
func takeEntries(ctx context.Context, r Reader, t *catalog.Type, src catalog.Source, area Area, day string) (Pin, error) {
	found, err := r.OnDay(ctx, area.Prison, area.ID, src.Ledger, day)
	if err != nil {
		return Pin{}, err
	}
	docs := make([]json.RawMessage, len(found))
	for i, f := range found {
		docs[i] = f.Document
	}
	value, used, err := t.Take(src, docs)
	if err != nil || value == nil {
		return Pin{}, err
	}
	p := Pin{Ledger: src.Ledger}
	for _, i := range used {
		p.Of = append(p.Of, found[i].Pinned)
	}
	if p.Value, err = json.Marshal(value); err != nil {
		return Pin{}, fmt.Errorf("pin %s: %w", src.Field, err)
	}
	return p, nil
}

// subjectFields are the fields of an entry that name what it is about: an
// inmate, or an asset.
var subjectFields = []string{"inmate_ref", "item_code"}

func subjectsOf(doc map[string]any) (numbers []string) {
	for _, name := range subjectFields {
		if n, _ := doc[name].(string); n != "" {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// takeDelivery takes a field from another system: of the area's day, or of the
// inmate or asset the document names. No value while no connector has said it.
func takeDelivery(ctx context.Context, r Reader, t *catalog.Type, src catalog.Source, area Area, day string, doc map[string]any) (Pin, error) {
	o := Origin{System: src.System, Area: area.ID, Day: day, Take: src.Take}
	d, err := r.Delivered(ctx, area.Prison, src.System, area.ID, day, src.Take)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Pin{}, err
	}
	if p, ok := d.pin(t, src, o); ok {
		return p, nil
	}
	return takeRecord(ctx, r, area.Prison, t, src, o, doc)
}

// takeRecord takes a field from what a system says of the inmate or asset that
// the document names.
func takeRecord(ctx context.Context, r Reader, prison uuid.UUID, t *catalog.Type, src catalog.Source, o Origin, doc map[string]any) (Pin, error) {
	for _, o.Number = range subjectsOf(doc) {
		d, err := r.SourceRecord(ctx, prison, src.System, o.Number, src.Take)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return Pin{}, err
		}
		if p, ok := d.pin(t, src, o); ok {
			return p, nil
		}
	}
	return Pin{}, nil
}

// delivered says whether a system still says what was taken from it. One that
// cannot be asked just now has not corrected anything.
func delivered(ctx context.Context, r Reader, prison uuid.UUID, p Pin) (bool, error) {
	o := p.Origin
	var d Delivery
	var err error
	if o.Number != "" {
		d, err = r.SourceRecord(ctx, prison, o.System, o.Number, o.Take)
	} else {
		d, err = r.Delivered(ctx, prison, o.System, o.Area, o.Day, o.Take)
	}
	if fault.Is(err, fault.NotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if d.Value[o.Take] == nil {
		return false, nil
	}
	// A field may hold the only one of a list, or a list of the only one.
	was, err := integrity.Canonical(catalog.Listed(p.Value))
	if err != nil {
		return false, err
	}
	is, err := integrity.Canonical(catalog.Listed(d.Value[o.Take]))
	return bytes.Equal(was, is), err
}

// moved says that a document speaks of another day than the draft did last: in its
// body, or where the day was cleared to be typed again, in what its pins are of. A
// document without a day speaks of no other.
func moved(ctx context.Context, r Reader, t *catalog.Type, e Entry, d DraftBody, doc catalog.Document) (bool, error) {
	day, ok := saidDay(t, doc)
	if !ok {
		return false, nil
	}
	before, err := catalog.ParseDocument(d.Body)
	if err != nil {
		return false, nil // there is no draft
	}
	was, ok := saidDay(t, before)
	if !ok {
		was, err = pinnedDay(ctx, r, e.Prison, d.Pins)
	}
	return was != day, err
}

// pinnedDay is the day that pins were taken of; "" where there are none.
func pinnedDay(ctx context.Context, r Reader, prison uuid.UUID, pins []Pin) (string, error) {
	for _, p := range pins {
		if p.Origin != nil {
			return p.Origin.Day, nil
		}
		for _, of := range p.Of {
			source, err := r.Entry(ctx, Key{Prison: prison, Entry: of.Entry})
			if err == nil || !fault.Is(err, fault.NotFound) {
				return source.Day, err
			}
		}
	}
	return "", nil
}

// repinned are the pins of a draft over which the document is typed: a pin must
// never speak of somebody else or of another day. Those of a document that is of
// another day are taken anew, and anew says so; those of an inmate or
// asset when it names another one. The others stay as they are, but of a field that the type, after a
// rebase, no longer takes from elsewhere.
func repinned(ctx context.Context, r dated, t *catalog.Type, e Entry, d DraftBody, doc catalog.Document) (pins []Pin, anew bool, err error) {
	if len(t.Sources) > 0 {
		if anew, err = moved(ctx, r, t, e, d, doc); err != nil {
			return nil, false, err
		}
	}
	if anew {
		area, err := r.Area(ctx, e.Prison, e.Area)
		if err != nil {
			return nil, false, err
		}
		_, pins, err = take(ctx, r, t, area, dayOf(t, doc, e.CreatedAt), doc.Value)
		return pins, len(pins)+len(d.Pins) > 0, err
	}
	numbers := subjectsOf(doc.Value)
	pins = slices.DeleteFunc(slices.Clone(d.Pins), func(p Pin) bool {
		return p.Origin != nil && p.Origin.Number != "" && !slices.Contains(numbers, p.Origin.Number) ||
			!slices.ContainsFunc(t.Sources, func(src catalog.Source) bool { return src.Field == p.Field })
	})
	for _, src := range t.Sources {
		if len(numbers) == 0 || !strings.HasPrefix(src.System, "ext:") || slices.ContainsFunc(pins, func(p Pin) bool { return p.Field == src.Field }) {
			continue
		}
		p, err := takeRecord(ctx, r, e.Prison, t, src, Origin{System: src.System, Area: e.Area, Day: dayOf(t, doc, e.CreatedAt), Take: src.Take}, doc.Value)
		if err != nil {
			return nil, false, err
		}
		if p.Value != nil {
			p.Field, p.TakenAt = src.Field, r.Now().UTC().Truncate(time.Microsecond)
			pins = append(pins, p)
		}
	}
	return pins, false, nil
}

// pin of one member of a delivery; none where the source says nothing of it, or
// something that the field cannot hold: nobody could hand that in.
func (d Delivery) pin(t *catalog.Type, src catalog.Source, o Origin) (Pin, bool) {
	value := d.Value[src.Take]
	if len(value) == 0 || string(value) == `""` || string(value) == "null" {
		return Pin{}, false
	}
	value, ok := t.Fit(src.Field, value)
	if !ok {
		return Pin{}, false
	}
	o.Run, o.Record = d.Run, d.Record
	return Pin{Of: []Pinned{}, Origin: &o, Value: value}, true
}

// dayOf is the day that a document's shared fields are of: when the matter
// happened, where it says so, else the day it was begun.
func dayOf(t *catalog.Type, doc catalog.Document, begun time.Time) string {
	if day, ok := saidDay(t, doc); ok {
		return day
	}
	return catalog.DayOf(begun)
}

// saidDay is the day on which the matter happened; false where a document says none.
func saidDay(t *catalog.Type, doc catalog.Document) (string, bool) {
	m, err := t.Occurred(doc)
	return m.Day, err == nil
}

// pinned puts the pinned values over what was sent: a shared field is not typed.
// What was taken before, and has no source now, goes.
func pinned(t *catalog.Type, doc catalog.Document, was, pins []Pin) (catalog.Document, error) {
	if len(was) == 0 && len(pins) == 0 {
		return doc, nil
	}
	over := maps.Clone(doc.Value)
	for _, p := range was {
		if slices.ContainsFunc(t.Sources, func(src catalog.Source) bool { return src.Field == p.Field }) {
			delete(over, p.Field[1:])
		}
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
		if pins[i].Origin != nil {
			same, err := delivered(ctx, r, prison, pins[i])
			if err != nil {
				return err
			}
			pins[i].Corrected = !same
		}
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
// what the sources say now, for the day the draft speaks of.
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
		values, pins, err := take(ctx, tx, t, area, dayOf(t, doc, e.CreatedAt), doc.Value)
		if err != nil {
			return nil, err
		}
		if doc, err = pinned(t, doc, d.Pins, pins); err != nil {
			return nil, err
		}
		maps.Copy(doc.Value, values)
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
