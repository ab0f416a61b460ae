package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"taizhang/internal/catalog"
)

// take works out the shared fields of a document: what the sources say now. begun
// stands for the time of the matter while the document says none. offers are the
// values that a form begins with and nothing pins, by pointer: the roll while no
// connector vouches for it, and rows that want nothing more.
func take(ctx context.Context, r dated, t *catalog.Type, area Area, doc map[string]any, begun time.Time) (offers map[string]any, pins []Pin, err error) {
	taken, err := takeRows(ctx, r, t, area, []map[string]any{doc}, begun)
	if err != nil {
		return nil, nil, err
	}
	offers, pins = map[string]any{}, taken[0]
	for _, src := range t.Sources {
		i := slices.IndexFunc(pins, func(p Pin) bool { return p.Field == src.Field })
		switch {
		case i >= 0:
			if rows := pins[i].offer(t); rows != nil {
				offers[src.Field] = rows
			}
		case src.Take == "roll":
			n, err := r.Roll(ctx, area.Prison, area.ID, dayOf(t, catalog.Document{Value: doc}, begun))
			if err != nil {
				return nil, nil, err
			}
			offers[src.Field] = n
		}
	}
	return offers, pins, nil
}

// takeRows takes the shared fields of several documents of an area, with a fixed
// number of questions to a source however many documents there are.
func takeRows(ctx context.Context, r dated, t *catalog.Type, area Area, docs []map[string]any, begun time.Time) ([][]Pin, error) {
	taken := make([][]Pin, len(docs))
	for i := range taken {
		taken[i] = []Pin{}
	}
	for _, src := range t.Sources {
		pins, err := takeField(ctx, r, t, src, area, docs, begun)
		if err != nil {
			return nil, err
		}
		for i, p := range pins {
			if p != nil {
				taken[i] = append(taken[i], *p)
			}
		}
	}
	return taken, nil
}

// takeField takes one field for several documents; nil where the source says nothing.
func takeField(ctx context.Context, r dated, t *catalog.Type, src catalog.Source, area Area, docs []map[string]any, begun time.Time) ([]*Pin, error) {
	if src.Ledger != "" {
		return takeEntries(ctx, r, t, src, area, docs, begun)
	}
	return takeDeliveries(ctx, r, t, src, area, docs, begun)
}

// takeSource takes one field for one document.
func takeSource(ctx context.Context, r dated, t *catalog.Type, src catalog.Source, area Area, doc map[string]any, begun time.Time) (*Pin, error) {
	pins, err := takeField(ctx, r, t, src, area, []map[string]any{doc}, begun)
	if err != nil {
		return nil, err
	}
	return pins[0], nil
}

func takenAt(r dated) time.Time { return r.Now().UTC().Truncate(time.Microsecond) }

// takeEntries takes a field from another ledger, asking it once.
func takeEntries(ctx context.Context, r dated, t *catalog.Type, src catalog.Source, area Area, docs []map[string]any, begun time.Time) ([]*Pin, error) {
	pins := make([]*Pin, len(docs))
	if !t.Serves(src) {
		return pins, nil
	}
	q := Sourcing{Source: src}
	if src.About == "" {
		q.Area = area.ID
	}
	scopes := make([]catalog.Scope, len(docs))
	times := map[Span][]int{}
	for i, doc := range docs {
		var ok bool
		if scopes[i], _, ok = t.ScopeOf(src, doc, begun); !ok {
			continue
		}
		span := Span{scopes[i].From, scopes[i].To}
		if times[span] == nil {
			q.Times = append(q.Times, span)
		}
		times[span] = append(times[span], i)
		q.About = append(q.About, scopes[i].About...)
	}
	if src.About != "" {
		if err := ofArea(ctx, r, area, t.Above(src.Ledger), scopes, times); err != nil {
			return nil, err
		}
	}
	if len(q.Times) == 0 {
		return pins, nil
	}
	slices.Sort(q.About)
	q.About = slices.Compact(q.About)
	all, err := r.Sourced(ctx, area.Prison, q)
	if err != nil {
		return nil, err
	}
	for n, span := range q.Times {
		found := slices.DeleteFunc(slices.Clone(all), func(s Sourced) bool { return s.Time != n })
		shares, err := t.Shares(src, readings(found))
		if err != nil {
			return nil, err
		}
		for _, i := range times[span] {
			if pins[i], err = pinOf(src, shares, scopes[i], found, takenAt(r)); err != nil {
				return nil, err
			}
		}
	}
	return pins, nil
}

// ofArea leaves out the documents that name an inmate of another area: what is filed of
// somebody is told where he is held, and not to whoever types his number elsewhere. A
// functional area has to do with everybody, but for what is of a higher level; of that
// nothing is told either while the roll does not say where somebody is.
func ofArea(ctx context.Context, r Reader, area Area, above bool, scopes []catalog.Scope, times map[Span][]int) error {
	if !above && area.Kind == "functional" {
		return nil
	}
	var refs []catalog.Reference
	for _, s := range scopes {
		refs = append(refs, inmates(s.About...)...)
	}
	known, err := r.Whereabouts(ctx, area.Prison, refs)
	if err != nil {
		return err
	}
	for span, list := range times {
		times[span] = slices.DeleteFunc(list, func(i int) bool {
			return !known.held(area.ID, above, scopes[i].About...)
		})
	}
	return nil
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

// takeDeliveries takes a field from another system: of the area's day, or of the
// inmate or asset that a document names. Nothing while no connector has said it.
func takeDeliveries(ctx context.Context, r dated, t *catalog.Type, src catalog.Source, area Area, docs []map[string]any, begun time.Time) ([]*Pin, error) {
	pins := make([]*Pin, len(docs))
	if !strings.HasPrefix(src.System, "ext:") {
		return pins, nil
	}
	days := make([]string, len(docs))
	for i, doc := range docs {
		days[i] = dayOf(t, catalog.Document{Value: doc}, begun)
	}
	asked := slices.Compact(slices.Sorted(slices.Values(days)))
	said, err := r.Delivered(ctx, area.Prison, src.System, area.ID, asked, src.Take)
	if err != nil {
		return nil, err
	}
	var rest []int
	for i, day := range days {
		if pins[i] = said[day].pin(t, src, Origin{System: src.System, Area: area.ID, Day: day, Take: src.Take}, takenAt(r)); pins[i] == nil {
			rest = append(rest, i)
		}
	}
	records := make([]map[string]any, len(rest))
	of := make([]string, len(rest))
	for n, i := range rest {
		records[n], of[n] = docs[i], days[i]
	}
	found, err := takeRecords(ctx, r, t, src, area, records, of)
	for n, i := range rest {
		if err == nil {
			pins[i] = found[n]
		}
	}
	return pins, err
}

// takeRecords takes a field from what a system says of the inmate or asset that
// each document names; days are what the documents are of.
func takeRecords(ctx context.Context, r dated, t *catalog.Type, src catalog.Source, area Area, docs []map[string]any, days []string) ([]*Pin, error) {
	pins := make([]*Pin, len(docs))
	var numbers []string
	for _, doc := range docs {
		numbers = append(numbers, subjectsOf(doc)...)
	}
	if len(numbers) == 0 {
		return pins, nil
	}
	slices.Sort(numbers)
	said, err := r.SourceRecords(ctx, area.Prison, src.System, slices.Compact(numbers), src.Take)
	if err != nil {
		return nil, err
	}
	for i, doc := range docs {
		o := Origin{System: src.System, Area: area.ID, Day: days[i], Take: src.Take}
		for _, o.Number = range subjectsOf(doc) {
			if pins[i] = said[o.Number].pin(t, src, o, takenAt(r)); pins[i] != nil {
				break
			}
		}
	}
	return pins, nil
}

// pin of one member of a delivery; nil where the source says nothing of it, or
// something that the field cannot hold: nobody could hand that in.
func (d Delivery) pin(t *catalog.Type, src catalog.Source, o Origin, at time.Time) *Pin {
	value := d.Value[src.Take]
	if len(value) == 0 || string(value) == `""` || string(value) == "null" {
		return nil
	}
	value, ok := t.Fit(src.Field, value)
	if !ok {
		return nil
	}
	o.Run, o.Record = d.Run, d.Record
	return &Pin{Field: src.Field, Of: []Pinned{}, Origin: &o, Value: value, TakenAt: at}
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
