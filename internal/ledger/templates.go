package ledger

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Template is a form that an officer keeps to begin others with (常用模板).
// Nobody but its owner sees it.
type Template struct {
	ID        uuid.UUID       `json:"id"`
	Ledger    string          `json:"ledger"`
	Version   int             `json:"version"` // it was saved under
	Name      string          `json:"name"`
	Body      json.RawMessage `json:"body"`
	CreatedAt time.Time       `json:"created_at"`
}

// Carried is a body as the type's current version takes it.
type Carried struct {
	Body    json.RawMessage `json:"body"`
	Dropped []fault.Text    `json:"dropped"` // fields the version no longer has
	Held    []fault.Text    `json:"held"`    // changes that forbid to take it over; then Body is {}
}

// Beginnings are what a new entry may begin with.
type Beginnings struct {
	Last      *Again  `json:"last"`
	Templates []Saved `json:"templates"`
}

// Again is the area's last entry of the ledger (沿用上次).
type Again struct {
	Entry uuid.UUID `json:"entry"`
	Day   string    `json:"day"`
	Carried
}

// Saved is a template with its body carried to the current version.
type Saved struct {
	Kept Template
	Carried
}

// Beginnings lists what an entry of the ledger may begin with in the area: the
// last one filed there and one's own templates, without what is said of one
// event only, rebased to the current version like drafts are. To be shown something of an L3
// entry is recorded as reading it.
func (s *Service) Beginnings(ctx context.Context, n New) (Beginnings, error) {
	out := Beginnings{Templates: []Saved{}}
	var sensitivity string
	err := s.lookAtArea(ctx, n, func(r looking, t *catalog.Type, _ Entry, _ Area) error {
		sensitivity = t.Sensitivity
		latest, err := r.Latest(ctx, n.Prison, n.Area, t.ID, "", catalog.DayOf(r.at))
		if err != nil {
			return err
		}
		if err := s.offerable(ctx, n, latest); err != nil {
			return err
		}
		for _, l := range latest {
			c, err := s.carry(t, l.Version, l.Document, catalog.AsLast)
			if err != nil {
				return err
			}
			out.Last = &Again{Entry: l.Entry, Day: l.Day, Carried: c}
		}
		kept, err := r.Templates(ctx, n.Prison, n.Ledger)
		if err != nil {
			return err
		}
		for _, m := range kept {
			c, err := s.carry(t, m.Version, m.Body, catalog.AsTemplate)
			if err != nil {
				return err
			}
			out.Templates = append(out.Templates, Saved{Kept: m, Carried: c})
		}
		return nil
	})
	if err != nil || out.Last == nil || sensitivity != "L3" || string(out.Last.Body) == "{}" {
		return out, err
	}
	// What of the last one is shown is a look into it.
	last := Entry{Key: Key{Prison: n.Prison, Entry: out.Last.Entry}, Ledger: n.Ledger}
	return out, s.recordReading(ctx, last, "read", "")
}

func (s *Service) carry(to *catalog.Type, version int, body json.RawMessage, as catalog.Beginning) (Carried, error) {
	c := Carried{Body: json.RawMessage("{}"), Dropped: []fault.Text{}, Held: []fault.Text{}}
	from := s.Catalog.Type(to.ID, version)
	if from == nil {
		return c, nil
	}
	doc, err := catalog.ParseDocument(body)
	if err != nil {
		return c, err
	}
	if doc, err = from.Repeated(doc, as); err != nil {
		return c, err
	}
	if from != to {
		changes := catalog.Compare(from, to)
		r, err := catalog.Rebase(changes, doc)
		if err != nil {
			return c, err
		}
		for _, h := range r.Held {
			// That a new field must be filled holds a finished draft, not a beginning.
			if h.Kind != catalog.AddRequired && h.Kind != catalog.Require {
				c.Held = append(c.Held, h.Title)
			}
		}
		if len(c.Held) > 0 {
			return c, nil
		}
		for _, ch := range changes {
			if _, gone := r.Dropped[ch.Field]; gone && ch.Kind == catalog.RemoveField {
				c.Dropped = append(c.Dropped, ch.Title)
			}
		}
		doc = r.Document
	}
	c.Body = doc.Canonical
	return c, nil
}

const maxTemplateName = 40

// SaveTemplate keeps a form under a name, in place of an older one of the same
// name. Faults: invalid_document for a name that is none.
func (s *Service) SaveTemplate(ctx context.Context, n New, name string, idem Idem) (Template, error) {
	name, ok := catalog.Name(name, maxTemplateName)
	if !ok {
		return Template{}, fault.InvalidFields("invalid_document", []fault.Field{catalog.BadName("/name", maxTemplateName)})
	}
	t := s.Catalog.Current(n.Ledger)
	if t == nil {
		return Template{}, fault.New(fault.NotFound, "ledger_unknown").With("ledger", n.Ledger)
	}
	doc, err := catalog.ParseDocument(n.Body)
	if err != nil {
		return Template{}, err
	}
	if doc, err = t.Repeated(doc, catalog.AsTemplate); err != nil {
		return Template{}, err
	}
	var out Template
	err = s.Store.Write(ctx, s.session(ctx, n.Prison), idem, &out, func(tx Tx) error {
		if _, _, err := s.admit(ctx, tx, t, n); err != nil {
			return err
		}
		out, err = tx.InsertTemplate(ctx, n.Prison, Template{ID: newKey(n.Prison).Entry, Ledger: t.ID, Version: t.Version, Name: name, Body: doc.Canonical})
		return err
	})
	return out, err
}

// DropTemplate removes one of one's own.
func (s *Service) DropTemplate(ctx context.Context, prison, id uuid.UUID) error {
	return s.Store.Write(ctx, s.session(ctx, prison), Idem{}, nil, func(tx Tx) error {
		return tx.DropTemplate(ctx, prison, id)
	})
}
