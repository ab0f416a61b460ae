package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
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
	// Scope is what the ledger was asked: of what time, about whom.
	Scope *catalog.Scope `json:"scope,omitempty"`
	// Offered rows only begin the field; nothing holds the officer to them.
	Offered bool `json:"offered,omitempty"`
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
	Number string    `json:"number,omitempty"` // of the inmate the record speaks of
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

// Sourced is a document that may be taken from, for one of the times asked for.
type Sourced struct {
	Pinned
	Time     int // its place in the question
	Document json.RawMessage
}

// Sourcing asks for what a source may be taken from, at several times at once. An
// area that is none bounds nothing; About is empty where the source is not about
// inmates.
type Sourcing struct {
	catalog.Source
	Area  uuid.UUID
	Times []Span
	About []string
}

// Span of time; an end that is zero bounds nothing.
type Span struct{ From, To time.Time }

// Stood is the revision of an entry that stands, as the program sees it: 0 where
// none does any more.
type Stood struct {
	Revision int
	At       time.Time // when the matter happened by it
	Visible  bool      // to who asks
}

// dated is a transaction that only looks, with its one time.
type dated interface {
	Reader
	Now() time.Time
}

// delivered says whether a system still says what was taken from it. One that
// cannot be asked just now has not corrected anything.
func delivered(ctx context.Context, r Reader, prison uuid.UUID, p Pin) (bool, error) {
	o := p.Origin
	var said map[string]Delivery
	var err error
	of := o.Day
	if o.Number != "" {
		of = o.Number
		said, err = r.SourceRecords(ctx, prison, o.System, []string{of}, o.Take)
	} else {
		said, err = r.Delivered(ctx, prison, o.System, o.Area, []string{of}, o.Take)
	}
	d, ok := said[of]
	if err != nil || !ok {
		return err == nil, err
	}
	if d.Value[o.Take] == nil {
		return false, nil
	}
	// A field may hold the only one of a list, or a list of the only one.
	return sameJSON(catalog.Listed(p.Value), catalog.Listed(d.Value[o.Take])), nil
}

// pinned puts the pinned values over what was sent: a shared field is not typed.
// What was taken before, and has no source now, goes. What is only offered stays
// as it was sent.
func pinned(t *catalog.Type, doc catalog.Document, was, pins []Pin) (catalog.Document, error) {
	if len(was) == 0 && len(pins) == 0 {
		return doc, nil
	}
	over := maps.Clone(doc.Value)
	for _, p := range was {
		if !p.Offered && slices.ContainsFunc(t.Sources, func(src catalog.Source) bool { return src.Field == p.Field }) {
			catalog.Put(over, p.Field, nil)
		}
	}
	for _, p := range pins {
		if !p.Offered {
			catalog.Put(over, p.Field, p.Value)
		}
	}
	raw, err := json.Marshal(over)
	if err != nil {
		return doc, fmt.Errorf("pins: %w", err)
	}
	return catalog.ParseDocument(raw)
}

// typed is the draft as it arrived.
func (d DraftBody) typed() (catalog.Document, error) {
	if d.Arrived != nil {
		return catalog.ParseDocument(d.Arrived)
	}
	return catalog.ParseDocument(d.Body)
}

// handedIn is the draft as it arrived, and what of it is to be filed: without the rows that
// its sources offer where it was written without the network. Nobody has seen those.
func (d DraftBody) handedIn(t *catalog.Type, w *Written) (typed, filed catalog.Document, err error) {
	if typed, err = d.typed(); err != nil {
		return typed, filed, err
	}
	if filed, err = catalog.ParseDocument(d.Body); err != nil || w == nil || d.Arrived == nil {
		return typed, filed, err
	}
	own := maps.Clone(filed.Value)
	for _, src := range t.Sources {
		if src.Offered() {
			catalog.Put(own, src.Field, catalog.At(typed.Value, src.Field))
		}
	}
	raw, err := json.Marshal(own)
	if err != nil {
		return typed, filed, fmt.Errorf("draft: %w", err)
	}
	filed, err = catalog.ParseDocument(raw)
	return typed, filed, err
}

// overruled says where something else stands than was typed, or something where nothing was: a
// shared field is what its source says. It is for who typed it, and no warning of the revision.
func overruled(t *catalog.Type, typed, stands catalog.Document) (fields []fault.Field) {
	for _, src := range t.Sources {
		was, is := catalog.At(typed.Value, src.Field), catalog.At(stands.Value, src.Field)
		a, err1 := json.Marshal(was)
		b, err2 := json.Marshal(is)
		if src.Offered() || err1 != nil || err2 != nil || sameJSON(a, b) {
			continue
		}
		before, now := t.InWords(src.Field, was), t.InWords(src.Field, is)
		text := fault.Text{ZH: "共享字段不能填写，以来源的值 " + now.ZH + " 为准，填写的 " + before.ZH + " 不算数",
			EN: "This field is shared and cannot be typed: what its source says stands, " + now.In("en") + ", not " + before.In("en")}
		switch {
		case was == nil:
			text = fault.Text{ZH: "共享字段没有填写，取自来源：" + now.ZH, EN: "This field is shared and was left empty; its source says " + now.In("en")}
		case is == nil:
			text = fault.Text{ZH: before.ZH + " 是另一时间的来源值，这一时间没有来源，已清空",
				EN: before.In("en") + " is what the source says of another time; of this one it says nothing, and the field is empty"}
		}
		fields = append(fields, fault.Field{Pointer: src.Field, Code: "shared_stands", Text: text})
	}
	return fields
}

// offered puts rows that are offered now into a document whose field holds none, or
// just those that were offered before.
func offered(t *catalog.Type, doc catalog.Document, was, pins []Pin) (catalog.Document, error) {
	over := maps.Clone(doc.Value)
	for _, src := range t.Sources {
		if !src.Offered() {
			continue
		}
		of := func(list []Pin) (rows []any) {
			for _, p := range list {
				if p.Field == src.Field {
					rows = p.offer(t)
				}
			}
			return rows
		}
		held, _ := json.Marshal(catalog.At(over, src.Field))
		old, _ := json.Marshal(of(was))
		if string(held) != "null" && string(held) != "[]" && !sameJSON(held, old) {
			continue
		}
		if rows := of(pins); rows != nil {
			catalog.Put(over, src.Field, rows)
		} else if sameJSON(held, old) {
			catalog.Put(over, src.Field, nil)
		}
	}
	raw, err := json.Marshal(over)
	if err != nil {
		return doc, fmt.Errorf("offers: %w", err)
	}
	return catalog.ParseDocument(raw)
}

// lookAgain marks the pins whose source no longer says what was taken: corrected so
// that another value would come of it, withdrawn or voided. It looks as the program
// does, and leaves out of what is shown which entries those were that the reader may
// not see.
func lookAgain(ctx context.Context, r Reader, prison uuid.UUID, t *catalog.Type, pins []Pin) error {
	var entries []uuid.UUID
	for _, p := range pins {
		for _, of := range p.Of {
			entries = append(entries, of.Entry)
		}
	}
	standing := map[uuid.UUID]Stood{}
	if len(entries) > 0 {
		var err error
		if standing, err = r.Stood(ctx, prison, entries); err != nil {
			return err
		}
	}
	for i := range pins {
		p := &pins[i]
		if p.Origin != nil {
			same, err := delivered(ctx, r, prison, *p)
			if err != nil {
				return err
			}
			p.Corrected = !same
			continue
		}
		var was, now []Pinned
		for _, of := range p.Of {
			switch is := standing[of.Entry]; {
			case is.Revision == 0 || p.Scope != nil && is.Revision > of.Revision && !p.Scope.Contains(is.At):
				p.Corrected = true
			case is.Revision > of.Revision:
				was, now = append(was, of), append(now, Pinned{of.Entry, is.Revision})
			}
		}
		if len(was) > 0 && !p.Corrected {
			same, err := saysStill(ctx, r, prison, t, *p, was, now)
			if err != nil {
				return err
			}
			p.Corrected = !same
		}
		p.Of = slices.DeleteFunc(slices.Clone(p.Of), func(of Pinned) bool { return !standing[of.Entry].Visible })
	}
	return nil
}

// saysStill reports whether the revisions that stand now give a pin what those did
// that it was taken from: a hazard that was closed later was open then.
func saysStill(ctx context.Context, r Reader, prison uuid.UUID, t *catalog.Type, p Pin, was, now []Pinned) (bool, error) {
	if t == nil || p.Scope == nil {
		return false, nil
	}
	i := slices.IndexFunc(t.Sources, func(src catalog.Source) bool { return src.Field == p.Field && src.Ledger == p.Ledger })
	if i < 0 {
		return false, nil
	}
	var said [2][]byte
	for n, list := range [][]Pinned{was, now} {
		found, err := r.Documents(ctx, prison, list)
		if err != nil {
			return false, err
		}
		shares, err := t.Shares(t.Sources[i], readings(found))
		if err != nil {
			return false, err
		}
		value, _, err := shares.Take(*p.Scope, p.TakenAt)
		if err != nil {
			return false, err
		}
		if said[n], err = json.Marshal(value); err != nil {
			return false, fmt.Errorf("pin %s: %w", p.Field, err)
		}
	}
	return sameJSON(said[0], said[1]), nil
}

func sameJSON(a, b json.RawMessage) bool {
	x, err1 := integrity.Canonical(a)
	y, err2 := integrity.Canonical(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}
