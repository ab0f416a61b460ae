package ledger

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/search"
)

// SearchText is what an entry is found by: the revision in force, else the
// latest submitted. It is kept in the same transaction as the change, and can
// be made anew from the revisions at any time (Reindex).
type SearchText struct {
	Revision int
	Head     string // the ledger's title and what lists show
	Body     string // every field, but those for professionals
	Rest     string // area, author, names of files
	Part     string // all of that for those who read only a part, "" where nobody does
	Grams    []int32
}

// RefGram stands for a reference in the index: no text folds to it.
func RefGram(kind, value string) string { return "\x00" + kind + ":" + value }

// Line of a revision as a search shows it.
type Line struct {
	Pointer string     `json:"pointer"`
	Title   fault.Text `json:"title"`
	Text    string     `json:"text"`
}

// Lines are what a revision is searched by, field by field, as far as it is not hidden.
func Lines(t *catalog.Type, rev Revision, area Area, files []Evidence, h catalog.Hidden) (head, body, rest []Line, refs []catalog.Reference, err error) {
	head = []Line{{Title: fault.Text{ZH: "台账", EN: "Ledger"}, Text: t.Title.ZH}}
	rest = []Line{{Title: fault.Text{ZH: "监区", EN: "Area"}, Text: area.NameZH}, {Title: fault.Text{ZH: "填报人", EN: "Author"}, Text: rev.AuthorName}}
	for _, f := range files {
		if h.Slot(f.Slot) {
			continue
		}
		rest = append(rest, Line{Title: fault.Text{ZH: "佐证", EN: "Evidence"}, Text: f.Name})
	}
	if rev.Nil {
		return append(head, Line{Title: fault.Text{ZH: "零报告", EN: "Nil return"}, Text: "零报告"}), nil, rest, nil, nil
	}
	doc, err := catalog.ParseDocument(rev.Document)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	if doc, _, err = h.Without(doc); err != nil {
		return nil, nil, nil, nil, err
	}
	for _, s := range t.Summaries(doc) {
		head = append(head, Line{Pointer: s.Pointer, Title: s.Title, Text: s.Text.ZH})
	}
	for _, l := range t.Lines(doc) {
		body = append(body, Line{Pointer: l.Pointer, Title: l.Title, Text: l.Text.ZH})
	}
	refs = t.References(doc)
	for _, p := range rev.Pins {
		if h.Field(p.Field) {
			continue
		}
		for _, of := range p.Of {
			refs = append(refs, catalog.Reference{Pointer: p.Field, Kind: "entry", Value: of.Entry.String()})
		}
	}
	return head, body, rest, refs, nil
}

// standingNumber is the revision that an entry is found by; 0 for none.
func standingNumber(e Entry) int {
	if e.InForce > 0 {
		return e.InForce
	}
	return e.Revision
}

// index brings the entry's search text up to what now stands.
func (s *Service) index(ctx context.Context, tx Tx, e Entry) error {
	n := standingNumber(e)
	if n == 0 || e.State == Discarded {
		return tx.DropSearchText(ctx, e.Key)
	}
	rev, err := tx.Revision(ctx, e.Key, n)
	if err != nil {
		return err
	}
	t := s.Catalog.Type(rev.Ledger, rev.Version)
	if t == nil {
		return fault.New(fault.NotFound, "ledger_unknown").With("ledger", rev.Ledger)
	}
	area, err := tx.Area(ctx, e.Prison, e.Area)
	if err != nil {
		return err
	}
	files, err := tx.Evidence(ctx, e.Key, n)
	if err != nil {
		return err
	}
	number, err := tx.PersonNumber(ctx, rev.Author)
	if err != nil {
		return err
	}
	// What only some may read nobody finds it by.
	head, body, rest, refs, err := Lines(t, rev, area, files, t.Reserved())
	if err != nil {
		return err
	}
	text := SearchText{Revision: n, Head: joined(head), Body: joined(body), Rest: joined(append(rest, Line{Text: number}))}
	if h, parted := t.Part(); parted {
		head, body, rest, _, err := Lines(t, rev, area, files, h)
		if err != nil {
			return err
		}
		text.Part = joined(slices.Concat(head, body, rest, []Line{{Text: number}}))
	}
	grams := search.Grams(text.Head + text.Body + text.Rest)
	for _, r := range refs {
		grams = append(grams, RefGram(r.Kind, r.Value))
	}
	if e.OpenedBy != nil {
		grams = append(grams, RefGram("entry", e.OpenedBy.String()))
	}
	text.Grams = search.Hashes(e.Prison, grams)
	return tx.SaveSearchText(ctx, e.Key, text)
}

func joined(lines []Line) string {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.Text
	}
	return search.Join(texts...)
}

// Reindex makes the search texts of a prison anew, an entry a transaction, and
// says how many there are. It is the program's own work.
func (s *Service) Reindex(ctx context.Context, prison uuid.UUID) (int, error) {
	ses := Session{Prison: prison, Scope: Everything()}
	if s.Clock != nil {
		ses.Clock = s.Clock()
	}
	q := Query{Prison: prison, Scope: ses.Scope, States: States, Sort: ByChanged, Limit: MaxPage}
	done := 0
	for {
		var page []Entry
		if err := s.Store.Read(ctx, ses, func(r Reader) (err error) { page, err = r.Entries(ctx, q); return err }); err != nil {
			return done, err
		}
		for _, e := range page {
			err := s.Store.Write(ctx, ses, Idem{}, nil, func(tx Tx) error {
				locked, err := tx.Lock(ctx, e.Key)
				if err != nil {
					return err
				}
				return s.index(ctx, tx, locked)
			})
			if err != nil {
				return done, err
			}
			done++
		}
		if len(page) < q.Limit {
			return done, nil
		}
		last := page[len(page)-1]
		q.After = Cursor{Value: last.ChangedAt.UTC().Format("2006-01-02T15:04:05.999999999Z07:00"), Entry: last.Entry}
	}
}
