package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// take works out the shared fields of a document: what the sources say now. begun
// stands for the time of the matter while the document says none. offers are the
// values that a form begins with and nothing pins, by pointer: the roll while no
// connector vouches for it, and rows that want nothing more.
func take(ctx context.Context, r dated, t *catalog.Type, area Area, doc map[string]any, begun time.Time) (offers map[string]any, pins []Pin, err error) {
	offers, pins = map[string]any{}, []Pin{}
	day := dayOf(t, catalog.Document{Value: doc}, begun)
	for _, src := range t.Sources {
		p, err := takeSource(ctx, r, t, src, area, doc, begun)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case p != nil:
			pins = append(pins, *p)
			if rows := p.offer(t); rows != nil {
				offers[src.Field] = rows
			}
		case src.Take == "roll":
			n, err := r.Roll(ctx, area.Prison, area.ID, day)
			if err != nil {
				return nil, nil, err
			}
			offers[src.Field] = n
		}
	}
	return offers, pins, nil
}

// takeSource takes one field; nil where the source says nothing.
func takeSource(ctx context.Context, r dated, t *catalog.Type, src catalog.Source, area Area, doc map[string]any, begun time.Time) (*Pin, error) {
	if src.Ledger != "" {
		pins, err := takeEntries(ctx, r, t, src, area, []map[string]any{doc}, begun)
		if err != nil {
			return nil, err
		}
		return pins[0], nil
	}
	if !strings.HasPrefix(src.System, "ext:") {
		return nil, nil
	}
	p, err := takeDelivery(ctx, r, t, src, area, dayOf(t, catalog.Document{Value: doc}, begun), doc)
	if err != nil || p.Value == nil {
		return nil, err
	}
	p.Field, p.TakenAt = src.Field, takenAt(r)
	return &p, nil
}

func takenAt(r dated) time.Time { return r.Now().UTC().Truncate(time.Microsecond) }

// takeEntries takes a field from another ledger for several documents of an area; nil
// for those of which it says nothing. Documents of one time cost one query together.
func takeEntries(ctx context.Context, r dated, t *catalog.Type, src catalog.Source, area Area, docs []map[string]any, begun time.Time) ([]*Pin, error) {
	pins := make([]*Pin, len(docs))
	if !t.Serves(src) {
		return pins, nil
	}
	scopes := make([]catalog.Scope, len(docs))
	times := map[[2]time.Time][]int{}
	for i, doc := range docs {
		var ok bool
		if scopes[i], _, ok = t.ScopeOf(src, doc, begun); ok {
			span := [2]time.Time{scopes[i].From, scopes[i].To}
			times[span] = append(times[span], i)
		}
	}
	for span, group := range times {
		q := Sourcing{Source: src, From: span[0], To: span[1]}
		if src.About == "" {
			q.Area = area.ID
		}
		for _, i := range group {
			q.About = append(q.About, scopes[i].About...)
		}
		found, err := r.Sourced(ctx, area.Prison, q)
		if err != nil {
			return nil, err
		}
		shares, err := t.Shares(src, readings(found))
		if err != nil {
			return nil, err
		}
		for _, i := range group {
			if pins[i], err = pinOf(src, shares, scopes[i], found, takenAt(r)); err != nil {
				return nil, err
			}
		}
	}
	return pins, nil
}

// pinOf takes for one document from what was found for several; nil for nothing.
func pinOf(src catalog.Source, shares *catalog.Shares, scope catalog.Scope, found []Sourced, at time.Time) (*Pin, error) {
	value, used, err := shares.Take(scope, at)
	if err != nil || value == nil {
		return nil, err
	}
	p := &Pin{Field: src.Field, Ledger: src.Ledger, Of: []Pinned{}, Scope: &scope, Offered: src.Offered(), TakenAt: at}
	for _, n := range used {
		p.Of = append(p.Of, found[n].Pinned)
	}
	if p.Value, err = json.Marshal(value); err != nil {
		return nil, fmt.Errorf("pin %s: %w", src.Field, err)
	}
	return p, nil
}

func readings(list []Sourced) []catalog.Shared {
	out := make([]catalog.Shared, len(list))
	for i, s := range list {
		out[i] = catalog.Shared{ID: s.Entry.String(), Document: s.Document}
	}
	return out
}

// offer is what an offered field may begin with as it is: rows that want nothing
// more. Others wait beside the field until the officer takes them over.
func (p Pin) offer(t *catalog.Type) []any {
	var rows []any
	if !p.Offered || json.Unmarshal(p.Value, &rows) != nil || !t.Complete(p.Field, rows) {
		return nil
	}
	return rows
}

// subjectFields are the fields of an entry that name what it is about: an
// inmate, or an asset.
var subjectFields = []string{catalog.InmateField, "item_code"}

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
