// Package retrieval finds entries again: full-text search, filters that people
// keep, and the trace of one subject through all ledgers.
package retrieval

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/search"
)

// MaxPage is the longest page of hits.
const MaxPage = 50

// Query of a search. Zero members do not restrict.
type Query struct {
	Prison   uuid.UUID
	Scope    ledger.Scope
	Asked    search.Query
	Ledgers  []string
	Area     uuid.UUID
	States   []ledger.State // as in ledger.Query
	From, To string         // days of occurrence, both included
	After    Cursor
	Limit    int
}

// Cursor is the hit after which a page begins.
type Cursor struct {
	Score int
	At    string // as the database writes it
	Entry uuid.UUID
}

// Found is one hit with its place in the order: relevance, then recency.
type Found struct {
	Entry ledger.Entry
	Score int
	At    string
}

// Excerpt is a field that answers the query.
type Excerpt struct {
	Pointer string        `json:"pointer"`
	Title   fault.Text    `json:"title"`
	Text    string        `json:"text"`
	Name    string        `json:"name,omitempty"` // whose number Text is
	Marks   []search.Mark `json:"marks"`          // UTF-16 units, the end not included

	of *catalog.Reference // what Text is the number of
}

// Hit as a page shows it. What is strictly restricted (L3) is named and not
// quoted: reading it is an event of custody, and happens when it is opened.
type Hit struct {
	Entry      ledger.Entry `json:"entry"`
	Restricted bool         `json:"restricted"`
	Excerpts   []Excerpt    `json:"excerpts"`
}

// Page of hits; Total only when it was asked for.
type Page struct {
	Hits  []Hit   `json:"hits"`
	Next  *Cursor `json:"-"`
	Total *int    `json:"total,omitempty"`
}

// Reader looks inside one transaction.
type Reader interface {
	ledger.Reader
	Search(ctx context.Context, q Query) ([]Found, error)
	Hits(ctx context.Context, q Query) (int, error)
	// Unscoped looks with the program's eyes for entries by one gram. What it
	// finds may decide, and must not be shown.
	Unscoped(ctx context.Context, prison uuid.UUID, gram string, limit int) ([]ledger.Entry, error)
	// Stays are where the roll has had an inmate, area after area, since they were
	// admitted; none for who is not on the roll.
	Stays(ctx context.Context, prison uuid.UUID, number string) ([]Stay, error)
	Filters(ctx context.Context, prison uuid.UUID, page string) ([]Filter, error)
}

// Store reads and writes under the session's scope.
type Store interface {
	Write(ctx context.Context, s ledger.Session, idem ledger.Idem, out any, fn func(FilterTx) error) error
	Read(ctx context.Context, s ledger.Session, fn func(Reader) error) error
}

// Service is the use cases of finding again. All fields are required.
type Service struct {
	Store   Store
	Ledger  *ledger.Service
	Traces  []catalog.TraceRule
	Access  ledger.Authorizer
	Catalog *catalog.Catalog
	Now     func() time.Time
}

func (s *Service) session(ctx context.Context, prison uuid.UUID) ledger.Session {
	a := actor.From(ctx)
	return ledger.Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
}

// maxExcerpts is how many fields a hit shows.
const maxExcerpts = 3

// Search returns a page of the entries that answer, among those that the
// context's actor may read.
func (s *Service) Search(ctx context.Context, q Query, total bool) (Page, error) {
	ses := s.session(ctx, q.Prison)
	q.Scope, q.Limit = ses.Scope, min(q.Limit, MaxPage)
	limit := q.Limit
	q.Limit++ // one more tells whether there is a next page
	page := Page{Hits: []Hit{}}
	err := s.Store.Read(ctx, ses, func(r Reader) error {
		found, err := r.Search(ctx, q)
		if err != nil {
			return err
		}
		if len(found) > limit {
			found = found[:limit]
			last := found[limit-1]
			page.Next = &Cursor{Score: last.Score, At: last.At, Entry: last.Entry.Entry}
		}
		for _, f := range found {
			h := Hit{Entry: f.Entry, Restricted: f.Entry.Level == "L3", Excerpts: []Excerpt{}}
			if !h.Restricted {
				if h.Excerpts, err = s.excerpts(ctx, r, q.Asked, f.Entry); err != nil {
					return err
				}
			}
			page.Hits = append(page.Hits, h)
		}
		if err := s.introduce(ctx, r, q.Prison, page.Hits); err != nil {
			return err
		}
		if total {
			n, err := r.Hits(ctx, q)
			page.Total = &n
			return err
		}
		return nil
	})
	return page, err
}

// excerpts are made of the revision itself, not of what the index keeps.
func (s *Service) excerpts(ctx context.Context, r Reader, asked search.Query, e ledger.Entry) ([]Excerpt, error) {
	n := e.InForce
	if n == 0 {
		n = e.Revision
	}
	rev, err := r.Revision(ctx, e.Key, n)
	if err != nil {
		return nil, err
	}
	t := s.Catalog.Type(rev.Ledger, rev.Version)
	if t == nil {
		return []Excerpt{}, nil
	}
	area, err := r.Area(ctx, e.Prison, e.Area)
	if err != nil {
		return nil, err
	}
	files, err := r.Evidence(ctx, e.Key, n)
	if err != nil {
		return nil, err
	}
	head, body, rest, refs, err := ledger.Lines(t, rev, area, files, t.Reserved())
	if err != nil {
		return nil, err
	}
	list := []Excerpt{}
	seen := map[string]bool{}
	for _, l := range slices.Concat(head[1:], body, rest, head[:1]) {
		if len(list) == maxExcerpts || l.Pointer != "" && seen[l.Pointer] {
			continue
		}
		if x, ok := asked.Excerpt(l.Text); ok {
			seen[l.Pointer] = true
			found := Excerpt{Pointer: l.Pointer, Title: l.Title, Text: x.Text, Marks: x.Marks}
			if i := slices.IndexFunc(refs, func(ref catalog.Reference) bool { return ref.Pointer == l.Pointer && ref.Value == x.Text }); i >= 0 {
				found.of = &refs[i]
			}
			list = append(list, found)
		}
	}
	return list, nil
}

// introduce names the people in the hits, asking once for all; not those in what
// is strictly restricted, for finding it is no reading of it.
func (s *Service) introduce(ctx context.Context, r Reader, prison uuid.UUID, hits []Hit) error {
	var open []*ledger.Entry
	var refs []catalog.Reference
	for i := range hits {
		if !hits[i].Restricted {
			open = append(open, &hits[i].Entry)
		}
		for _, x := range hits[i].Excerpts {
			if x.of != nil {
				refs = append(refs, *x.of)
			}
		}
	}
	all := make([]*ledger.Entry, len(hits))
	for i := range hits {
		all[i] = &hits[i].Entry
	}
	if err := s.Ledger.Conceal(ctx, all); err != nil {
		return err
	}
	if err := s.Ledger.Introduce(ctx, r, prison, open); err != nil {
		return err
	}
	names, err := r.Named(ctx, prison, refs)
	if err != nil {
		return err
	}
	for _, h := range hits {
		for i, x := range h.Excerpts {
			if x.of != nil {
				h.Excerpts[i].Name = names[x.of.Kind+" "+x.of.Value]
			}
		}
	}
	return nil
}
