package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Hidden is what of an entry's documents and files the context's actor may not
// read, though he may read the entry (docs/access.md, Fields for professionals).
func (s *Service) Hidden(ctx context.Context, e Entry, t *catalog.Type) catalog.Hidden {
	sub := s.subject(e, t)
	may := func(action, class string) bool {
		sub.Class = class
		return s.Access.Check(actor.From(ctx), action, sub, s.Now()) == nil
	}
	// Who fills a ledger is shown the last of its entries without being their reader.
	_, parted := t.Part()
	whole := may(ReadWhole, "entry") || !parted && !may("read", "entry")
	return t.Hidden(whole, func(class string) bool { return may("read", class) })
}

// Conceal takes out of the entries' summaries what the context's actor may not read.
// Whoever reads a part is not told what opened the entry: it tells the kind of the other.
func (s *Service) Conceal(ctx context.Context, list []*Entry) error {
	for _, e := range list {
		t := s.Catalog.Type(e.Ledger, e.Version)
		if t == nil || !s.Catalog.Reserves(e.Ledger) {
			continue
		}
		h := s.Hidden(ctx, *e, t)
		if h.None() {
			continue
		}
		if e.Digest = e.Masked; !h.Whole() {
			e.OpenedBy = nil
		}
		if len(e.Summary) == 0 {
			continue
		}
		var items []json.RawMessage
		if err := json.Unmarshal(e.Summary, &items); err != nil {
			return fmt.Errorf("summary of %s: %w", e.Entry, err)
		}
		items = slices.DeleteFunc(items, func(raw json.RawMessage) bool {
			var item struct{ Pointer string }
			return json.Unmarshal(raw, &item) != nil || h.Field(item.Pointer)
		})
		var err error
		if e.Summary, err = json.Marshal(items); err != nil {
			return fmt.Errorf("summary of %s: %w", e.Entry, err)
		}
	}
	return nil
}

// each points at the entries of a list.
func each(list []Entry) []*Entry {
	out := make([]*Entry, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// conceal takes out of a revision what the reader may not read, and says what
// that is. Its digest is masked, and a decision on it is one on the whole.
func (s *Service) conceal(ctx context.Context, e Entry, rev *Revision) (catalog.Hidden, error) {
	t := s.Catalog.Type(rev.Ledger, rev.Version)
	if t == nil {
		return catalog.Hidden{}, fault.New(fault.NotFound, "ledger_unknown").With("ledger", rev.Ledger)
	}
	h := s.Hidden(ctx, e, t)
	if !h.None() {
		rev.Digest = rev.Masked()
	}
	if !h.Whole() {
		rev.Reason = "" // see hush
	}
	if rev.Nil {
		return h, nil
	}
	doc, err := catalog.ParseDocument(rev.Document)
	if err != nil {
		return h, err
	}
	doc, gone, err := h.Without(doc)
	if err != nil || gone == nil {
		return h, err
	}
	spoken := func(f fault.Field) bool { return h.Field(f.Pointer) }
	rev.Document, rev.Hidden = doc.Canonical, gone
	rev.Warnings, rev.Hints = slices.DeleteFunc(rev.Warnings, spoken), slices.DeleteFunc(rev.Hints, spoken)
	rev.Pins = slices.DeleteFunc(rev.Pins, func(p Pin) bool { return h.Field(p.Field) })
	return h, nil
}

// mask puts the revisions' digests, masked or not, for those that decisions and voids
// are bound to.
func (v *View) mask() {
	of := func(revision int, d *Digest) {
		for _, rev := range v.Revisions {
			if rev.Number == revision {
				*d = rev.Digest
			}
		}
	}
	for i := range v.Decisions {
		of(v.Decisions[i].Revision, &v.Decisions[i].Of)
	}
	for i := range v.Voids {
		of(v.Voids[i].Revision, &v.Voids[i].Of)
	}
}

// concealFiles takes the names of hidden files away: that there is one stays.
func concealFiles(h catalog.Hidden, list []Evidence) {
	for i := range list {
		if h.Slot(list[i].Slot) {
			list[i].Hidden, list[i].Name = true, catalog.ForProfessionals.ZH
		}
	}
}

// concealEvents takes out of the time line the hidden values that moving a draft
// to another version dropped.
func concealEvents(h catalog.Hidden, list []Event) error {
	for i := range list {
		var detail map[string]json.RawMessage
		var dropped map[string]json.RawMessage
		if json.Unmarshal(list[i].Detail, &detail) != nil || json.Unmarshal(detail["dropped"], &dropped) != nil {
			continue
		}
		maps.DeleteFunc(dropped, func(id string, _ json.RawMessage) bool { return h.ID(id) })
		raw, err := json.Marshal(dropped)
		if err != nil {
			return err
		}
		detail["dropped"] = raw
		if list[i].Detail, err = json.Marshal(detail); err != nil {
			return err
		}
	}
	return nil
}

// hush takes what others wrote about an entry (comments, remarks, reasons) out of a view
// of a part of it, as conceal does with the reasons of revisions: words are of the whole.
// One's own stay, and those that were written to oneself, as whoever is to sign is told why.
func (v *View) hush(me uuid.UUID) {
	v.Hushed = true
	for i := range v.Decisions {
		if d := &v.Decisions[i]; d.By != me {
			d.Comment, d.Remarks = "", []Remark{}
		}
	}
	for i := range v.Signers {
		if g := &v.Signers[i]; g.By != me && g.Person != me {
			g.Reason = ""
		}
	}
	for i := range v.Voids {
		if q := &v.Voids[i]; q.By != me {
			q.Reason = ""
		}
	}
	for i := range v.Events {
		if e := &v.Events[i]; e.Person != me {
			e.Detail = json.RawMessage("{}")
		}
	}
}

// offerable takes out of an area's latest documents what whoever fills the ledger
// there may not read of others' entries.
func (s *Service) offerable(ctx context.Context, n New, list []Latest) error {
	for i := range list {
		t := s.Catalog.Type(n.Ledger, list[i].Version)
		if t == nil {
			continue
		}
		doc, err := catalog.ParseDocument(list[i].Document)
		if err != nil {
			return err
		}
		of := Entry{Key: Key{Prison: n.Prison, Entry: list[i].Entry}, Area: n.Area, Ledger: t.ID, Level: t.Sensitivity}
		if doc, _, err = s.Hidden(ctx, of, t).Without(doc); err != nil {
			return err
		}
		list[i].Document = doc.Canonical
	}
	return nil
}

// closed leaves out of a list by the contents of fields the ledgers in which one of
// them is reserved: what one may not read one does not find an entry by, and whoever
// may is not told apart from who may not. Of what one reads in part nothing is found
// by the rest.
func (s *Service) closed(q Query) (Query, error) {
	for _, f := range q.Fields {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(f, &members); err != nil {
			return q, err
		}
		for name := range members {
			q.Except = append(q.Except, s.Catalog.ReservedIn(name)...)
			q.Whole = append(q.Whole, s.Catalog.Parted(name)...)
		}
	}
	if q.Text != "" {
		q.Whole = append(q.Whole, s.Catalog.Parted("")...)
	}
	return q, nil
}
