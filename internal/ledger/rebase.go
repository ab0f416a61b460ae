package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Rebase moves an open draft to a newer version if every change allows it; one
// that a change holds stays on its version and is finished there. A draft that
// corrects an approved entry stays too. It is the program's own work.
func (s *Service) Rebase(ctx context.Context, k Key, version int) error {
	ses := Session{Prison: k.Prison, Scope: Everything()}
	err := s.Store.Read(ctx, ses, func(r Reader) error {
		e, err := r.Entry(ctx, k)
		ses.Person = e.Author
		return err
	})
	if err != nil {
		return err
	}
	return s.Store.Write(ctx, ses, Idem{}, nil, func(tx Tx) error {
		e, err := tx.Lock(ctx, k)
		if err != nil || e.State != Draft || e.InForce > 0 || e.Version >= version {
			return err
		}
		d, err := tx.Draft(ctx, k)
		if err != nil {
			return err
		}
		r, err := s.move(ctx, tx, &e, version, d.Body)
		if err != nil || len(r.Held) > 0 {
			return err
		}
		if err := tx.SaveDraft(ctx, k, r.Document.Canonical, d.Remarks); err != nil {
			return err
		}
		return tx.UpdateEntry(ctx, &e)
	})
}

// carried is the document of an entry that becomes a draft again as the version in
// force takes it. One that a change holds stays as it is, and the history says why.
func (s *Service) carried(ctx context.Context, tx Tx, e *Entry, body json.RawMessage) (json.RawMessage, error) {
	to, err := s.newest(ctx, tx, e.Ledger)
	if err != nil || to == nil || to.Version == e.Version {
		return body, err
	}
	r, err := s.move(ctx, tx, e, to.Version, body)
	if err != nil || len(r.Held) == 0 {
		return r.Document.Canonical, err
	}
	held := []fault.Text{}
	for _, c := range r.Held {
		if !slices.Contains(held, c.Title) {
			held = append(held, c.Title)
		}
	}
	return body, tx.InsertEvent(ctx, e.Key, "not_moved", e.Revision, map[string]any{"from": e.Version, "to": to.Version, "held": held})
}

// move puts the head on another version, unless a change holds the document.
func (s *Service) move(ctx context.Context, tx Tx, e *Entry, version int, body json.RawMessage) (catalog.Rebased, error) {
	from, to := s.Catalog.Type(e.Ledger, e.Version), s.Catalog.Type(e.Ledger, version)
	if from == nil || to == nil {
		return catalog.Rebased{}, fmt.Errorf("%s v%d to v%d: not in the catalogue", e.Ledger, e.Version, version)
	}
	doc, err := catalog.ParseDocument(body)
	if err != nil {
		return catalog.Rebased{}, err
	}
	r, err := catalog.Rebase(catalog.Compare(from, to), doc)
	if err != nil || len(r.Held) > 0 {
		return r, err
	}
	e.Version = version
	return r, tx.InsertEvent(ctx, e.Key, "rebased", e.Revision, map[string]any{"from": from.Version, "to": version, "dropped": r.Dropped})
}

// Moved is what somebody typed under one version as the draft's version takes it.
type Moved struct {
	Body    json.RawMessage `json:"body"`
	Dropped []Dropped       `json:"dropped"` // values of fields that the version no longer has
	Held    []fault.Text    `json:"held"`    // fields that changed so that the value in Body is to be looked at
}

// Dropped is a value that has no place any more.
type Dropped struct {
	Title fault.Text `json:"title"`
	Value any        `json:"value"`
}

// movedOn is the answer to a document of another version than the draft's: the
// draft as it is now, and the document carried over, so that nothing typed is
// lost. Other than in Rebase nothing holds it where it is: there is no draft of
// that version any more.
func (s *Service) movedOn(ctx context.Context, r Reader, e Entry, version int, doc catalog.Document) error {
	from, to := s.Catalog.Type(e.Ledger, version), s.Catalog.Type(e.Ledger, e.Version)
	if from == nil || to == nil {
		return fault.New(fault.NotFound, "ledger_unknown").With("ledger", e.Ledger).With("version", version)
	}
	d, err := r.Draft(ctx, e.Key)
	if err != nil {
		return err
	}
	m := Moved{Dropped: []Dropped{}, Held: []fault.Text{}}
	changes := catalog.Compare(from, to)
	free := slices.DeleteFunc(slices.Clone(changes), func(c catalog.Change) bool { return c.Holds(doc) })
	carried, err := catalog.Rebase(free, doc)
	if err != nil {
		return err
	}
	m.Body = carried.Document.Canonical
	for _, c := range changes {
		value, gone := carried.Dropped[c.Field]
		switch {
		case gone && c.Kind == catalog.RemoveField:
			m.Dropped = append(m.Dropped, Dropped{Title: c.Title, Value: value})
		// A gap is shown by the form itself.
		case c.Field != "" && c.Holds(doc) && c.Kind != catalog.AddRequired && c.Kind != catalog.Require && !slices.Contains(m.Held, c.Title):
			m.Held = append(m.Held, c.Title)
		}
	}
	return fault.New(fault.Conflict, "version_moved").With("version", e.Version).With("etag", e.ETag).With("current", d.Body).With("moved", m)
}
