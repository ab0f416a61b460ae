package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/catalog"
)

// repinned are the pins of a draft over which the document is typed: a pin must
// never speak of somebody else or of another time. What the document asks of a
// source otherwise than the draft did is taken anew, and anew says that it is no
// longer the same; the rest stays as it is, but of a field that the type, after a
// rebase, no longer takes from elsewhere.
func repinned(ctx context.Context, r dated, t *catalog.Type, e Entry, d DraftBody, doc catalog.Document) (pins []Pin, anew bool, err error) {
	pins = []Pin{}
	if len(t.Sources) == 0 {
		return pins, false, nil
	}
	before, err := catalog.ParseDocument(d.Body)
	if err != nil { // there is no draft
		before = doc
	}
	area := Area{Prison: e.Prison, ID: e.Area}
	for _, src := range t.Sources {
		var was *Pin
		if i := slices.IndexFunc(d.Pins, func(p Pin) bool { return p.Field == src.Field }); i >= 0 {
			was = &d.Pins[i]
		}
		is, other := was, false
		if src.Ledger != "" {
			is, other, err = reasked(ctx, r, t, src, area, e, was, before, doc)
		} else {
			is, other, err = redelivered(ctx, r, t, src, area, e, was, before, doc)
		}
		if err != nil {
			return nil, false, err
		}
		anew = anew || other
		if is != nil {
			pins = append(pins, *is)
		}
	}
	return pins, anew, nil
}

// reasked is the pin of a source that is a ledger, for a document that is typed over
// another; anew where it says something else. A document that leaves out when the
// matter happened, or anything else that the source asks for, is no other yet.
func reasked(ctx context.Context, r dated, t *catalog.Type, src catalog.Source, area Area, e Entry, was *Pin, before, doc catalog.Document) (is *Pin, anew bool, err error) {
	old, _, known := t.ScopeOf(src, before.Value, e.CreatedAt)
	if was != nil && was.Scope != nil {
		old, known = *was.Scope, true
	}
	now, said, ok := t.ScopeOf(src, doc.Value, e.CreatedAt)
	if !ok && slices.Equal(old.About, now.About) || known && old.Covers(now, said) {
		return was, false, nil
	}
	if ok {
		if is, err = takeSource(ctx, r, t, src, area, doc.Value, e.CreatedAt); err != nil {
			return nil, false, err
		}
	}
	if was == nil || is == nil {
		return is, was != is, nil
	}
	if slices.Equal(was.Of, is.Of) && sameJSON(was.Value, is.Value) {
		same := *was
		same.Scope = is.Scope
		return &same, false, nil
	}
	return is, true, nil
}

// redelivered is likewise the pin of a source that is another system: of another day,
// inmate or asset it is taken anew.
func redelivered(ctx context.Context, r dated, t *catalog.Type, src catalog.Source, area Area, e Entry, was *Pin, before, doc catalog.Document) (is *Pin, anew bool, err error) {
	day, ok := saidDay(t, doc)
	past, said := saidDay(t, before)
	if !said && was != nil && was.Origin != nil {
		past = was.Origin.Day
	}
	if ok && day != past {
		is, err = takeSource(ctx, r, t, src, area, doc.Value, e.CreatedAt)
		return is, was != nil || is != nil, err
	}
	numbers := subjectsOf(doc.Value)
	if was != nil && was.Origin != nil && was.Origin.Number != "" && !slices.Contains(numbers, was.Origin.Number) {
		was = nil
	}
	if was != nil || len(numbers) == 0 || !strings.HasPrefix(src.System, "ext:") {
		return was, false, nil
	}
	pins, err := takeRecords(ctx, r, t, src, area, []map[string]any{doc.Value}, []string{dayOf(t, doc, e.CreatedAt)})
	if err != nil {
		return nil, false, err
	}
	return pins[0], false, nil
}

// retaken is what the history keeps of pins: which fields, with what. Whom they came
// from stays with the pins, for not all of it is for everybody who reads the history.
func retaken(pins []Pin) map[string]any {
	list := []map[string]any{}
	for _, p := range pins {
		list = append(list, map[string]any{"field": p.Field, "value": p.Value})
	}
	return map[string]any{"pins": list}
}

// Retake takes the shared fields of a draft anew, by the officer's own act: what the
// sources say now of what the draft speaks of.
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
		offers, pins, err := take(ctx, tx, t, area, doc.Value, e.CreatedAt)
		if err != nil {
			return nil, err
		}
		if doc, err = pinned(t, doc, d.Pins, pins); err != nil {
			return nil, err
		}
		if doc, err = offered(t, doc, d.Pins, pins); err != nil {
			return nil, err
		}
		for field, value := range offers {
			if _, listed := value.([]any); !listed {
				catalog.Put(doc.Value, field, value)
			}
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
		if err := tx.InsertEvent(ctx, k, "retaken", e.Revision, retaken(pins)); err != nil {
			return nil, err
		}
		return &Outcome{}, tx.UpdateEntry(ctx, e)
	})
}
