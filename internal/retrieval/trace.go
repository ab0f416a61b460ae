package retrieval

import (
	"context"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/search"
)

// MaxTrace is the most entries a trace shows, the latest of them.
const MaxTrace = 300

// Subject of a trace (倒查): an inmate or a tool by its number, or an entry.
type Subject struct {
	Kind string `json:"kind"` // inmate, tool, hazard, reward, entry
	Ref  string `json:"ref"`
	Name string `json:"name,omitempty"` // the inmate's, where there is an entry to read about him
}

// Trace is one subject through all ledgers, as far as its reader may read.
type Trace struct {
	Subject Subject `json:"subject"`
	Items   []Item  `json:"items"` // by time
	Links   []Link  `json:"links"`
	Marks   []Mark  `json:"marks"`
	// Hidden: there is more, of a sort that the reader may know of but not read.
	Hidden    bool `json:"hidden"`
	Truncated bool `json:"truncated"`
}

// Item is one entry on the trace.
type Item struct {
	Entry ledger.Entry `json:"entry"`
	From  time.Time    `json:"from"`
	// Fields that name the subject; none where a link or a mark brought it here.
	Fields []Field `json:"fields"`
	Steps  []Step  `json:"steps"`
	Hushed bool    `json:"hushed,omitempty"` // the steps without their notes: the reader reads a part of it

	doc  catalog.Document
	refs []catalog.Reference
	pins map[string]bool // entries that shared fields were taken from
	live bool            // submitted or in force: rules look at it
}

// Field of a document.
type Field struct {
	Pointer string `json:"pointer"`
	Value   string `json:"value"`
}

// Step of an entry's own history: a revision or a decision.
type Step struct {
	Kind     string    `json:"kind"` // filed, approve, return, void, keep
	Revision int       `json:"revision"`
	By       string    `json:"by"`
	Note     string    `json:"note"`
	At       time.Time `json:"at"`
}

// Stay of an inmate in an area; Until is nil while it lasts.
type Stay struct {
	Area  uuid.UUID
	Since time.Time
	Until *time.Time
}

// Link between two entries of the trace.
type Link struct {
	From    uuid.UUID `json:"from"` // names
	To      uuid.UUID `json:"to"`
	Kind    string    `json:"kind"` // opened, field, pin
	Pointer string    `json:"pointer"`
}

// Mark is a gap or a contradiction with the words why.
type Mark struct {
	Rule    string      `json:"rule"`
	Kind    string      `json:"kind"`
	Title   fault.Text  `json:"title"`
	At      time.Time   `json:"at"`
	Month   string      `json:"month,omitempty"`
	Entries []uuid.UUID `json:"entries"` // to be opened; none for a month without
}

// shapes of what a subject is named by.
var shapes = map[string]*regexp.Regexp{
	"inmate": regexp.MustCompile(`^\d{10}$`), "tool": regexp.MustCompile(`^[A-Z]{2}-\d{6}$`),
}

// lookups are the kinds of fields by which numbers are named; the other
// subjects are entries, those with a ledger entries of it.
var (
	lookups = map[string]string{"inmate": "inmate", "tool": "asset"}
	ledgers = map[string]string{"hazard": "hazard-rectification", "reward": "reward-punishment", "entry": ""}
)

// Trace gathers what the context's actor may read of one subject. Faults:
// bad_subject; not_found for an entry that he may not read. What it looks at of
// strictly restricted entries (L3) is an event of custody.
func (s *Service) Trace(ctx context.Context, prison uuid.UUID, sub Subject) (Trace, error) {
	ses := s.session(ctx, prison)
	g := &gathering{s: s, prison: prison, scope: ses.Scope, subject: sub, now: s.Now(), items: map[uuid.UUID]*Item{}}
	err := s.Store.Read(ctx, ses, func(r Reader) error {
		g.r = r
		if err := g.gather(ctx); err != nil {
			return err
		}
		if err := g.judge(ctx); err != nil {
			return err
		}
		if err := g.introduce(ctx); err != nil {
			return err
		}
		return g.lookBehind(ctx)
	})
	if err != nil {
		return Trace{}, err
	}
	t := g.trace()
	var restricted []uuid.UUID
	for _, i := range t.Items {
		if i.Entry.Level == "L3" {
			restricted = append(restricted, i.Entry.Entry)
		}
	}
	if len(restricted) > 0 {
		if err := s.Ledger.Record(ctx, prison, ledger.Custody{Kind: "trace", Subject: sub.Kind + "/" + sub.Ref, Detail: map[string]any{"entries": restricted}}); err != nil {
			return Trace{}, err
		}
	}
	return t, nil
}

// gathering is one trace in the making.
type gathering struct {
	s       *Service
	r       Reader
	prison  uuid.UUID
	scope   ledger.Scope
	subject Subject
	now     time.Time
	grams   []string // what the trace was asked by
	inmates []string // whose entries are on it
	items   map[uuid.UUID]*Item
	links   []Link
	marks   []Mark
	hidden  bool
	cut     bool
}

func (g *gathering) gather(ctx context.Context) error {
	if shape := shapes[g.subject.Kind]; shape != nil {
		if !shape.MatchString(g.subject.Ref) {
			return fault.New(fault.Invalid, "bad_subject")
		}
		if g.subject.Kind == "inmate" {
			g.inmates = []string{g.subject.Ref}
		}
		return g.numbered(ctx, lookups[g.subject.Kind], g.subject.Ref)
	}
	of, known := ledgers[g.subject.Kind]
	id, err := uuid.Parse(g.subject.Ref)
	if !known || err != nil {
		return fault.New(fault.Invalid, "bad_subject")
	}
	e, err := g.r.Entry(ctx, ledger.Key{Prison: g.prison, Entry: id})
	if err != nil {
		return err
	}
	if err := g.may(ctx, e); err != nil {
		return err
	}
	if of != "" && e.Ledger != of {
		return fault.New(fault.Invalid, "bad_subject")
	}
	if err := g.add(ctx, e); err != nil {
		return err
	}
	// Two steps along the links: what it came from and led to, and theirs.
	for range 2 {
		for _, it := range g.sorted() {
			if err := g.around(ctx, it); err != nil {
				return err
			}
		}
	}
	if g.subject.Kind != "reward" || g.items[id] == nil {
		return nil
	}
	for _, ref := range g.items[id].refs {
		if ref.Kind == "inmate" && !slices.Contains(g.inmates, ref.Value) {
			g.inmates = append(g.inmates, ref.Value)
			if err := g.numbered(ctx, "inmate", ref.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// numbered adds the entries that name a number, and what they come from.
func (g *gathering) numbered(ctx context.Context, kind, value string) error {
	if err := g.named(ctx, kind, value); err != nil {
		return err
	}
	for _, it := range g.sorted() {
		if err := g.origins(ctx, it); err != nil {
			return err
		}
	}
	return nil
}

// may asks access about the row; the list's scope and the database ask too.
func (g *gathering) may(ctx context.Context, e ledger.Entry) error {
	sub, err := g.s.Ledger.Describe(e)
	if err != nil {
		return err
	}
	return g.s.Access.Check(actor.From(ctx), "read", sub, g.now)
}

// named adds every entry in which a number or an entry is named.
func (g *gathering) named(ctx context.Context, kind, value string) error {
	gram := ledger.RefGram(kind, value)
	g.grams = append(g.grams, gram)
	found, err := g.r.Search(ctx, Query{Prison: g.prison, Scope: g.scope, Asked: search.Query{Grams: []string{gram}}, Limit: MaxTrace + 1})
	if err != nil {
		return err
	}
	g.cut = g.cut || len(found) > MaxTrace
	for _, f := range found[:min(len(found), MaxTrace)] {
		known := g.items[f.Entry.Entry] != nil
		if err := g.add(ctx, f.Entry); err != nil {
			return err
		}
		// The index keeps hashes: two references may share one.
		if it := g.items[f.Entry.Entry]; it != nil && !known && !it.names(kind, value) {
			delete(g.items, f.Entry.Entry)
		}
	}
	return nil
}

func (i *Item) names(kind, value string) bool {
	return kind == "entry" && (i.pins[value] || i.Entry.OpenedBy != nil && i.Entry.OpenedBy.String() == value) ||
		slices.ContainsFunc(i.refs, func(r catalog.Reference) bool { return r.Kind == kind && r.Value == value })
}

// around adds what an entry names, and what names it.
func (g *gathering) around(ctx context.Context, it *Item) error {
	if err := g.origins(ctx, it); err != nil {
		return err
	}
	return g.named(ctx, "entry", it.Entry.Entry.String())
}

// origins adds what an entry names and what opened it.
func (g *gathering) origins(ctx context.Context, it *Item) error {
	ids := []string{}
	for _, ref := range it.refs {
		if ref.Kind == "entry" {
			ids = append(ids, ref.Value)
		}
	}
	if it.Entry.OpenedBy != nil {
		ids = append(ids, it.Entry.OpenedBy.String())
	}
	for _, raw := range ids {
		id, err := uuid.Parse(raw)
		if err != nil || g.items[id] != nil {
			continue
		}
		e, err := g.r.Entry(ctx, ledger.Key{Prison: g.prison, Entry: id})
		if fault.Is(err, fault.NotFound) || err == nil && g.may(ctx, e) != nil {
			continue
		}
		if err != nil {
			return err
		}
		if err := g.add(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// add puts an entry on the trace by the revision that stands. A draft never
// submitted says nothing yet.
func (g *gathering) add(ctx context.Context, e ledger.Entry) error {
	n := e.InForce
	if n == 0 {
		n = e.Revision
	}
	if n == 0 || g.items[e.Entry] != nil {
		return nil
	}
	if len(g.items) >= MaxTrace {
		g.cut = true
		return nil
	}
	if err := g.s.Ledger.Conceal(ctx, []*ledger.Entry{&e}); err != nil {
		return err
	}
	it := &Item{Entry: e, Fields: []Field{}, pins: map[string]bool{},
		live: e.State != ledger.Voided && e.State != ledger.Discarded && (e.InForce > 0 || e.State == ledger.Submitted || e.State == ledger.Returned)}
	if e.OccurredAt != nil {
		it.From = *e.OccurredAt
	}
	of := g.s.Catalog.Type(e.Ledger, e.Version)
	it.Hushed = of == nil || !g.s.Ledger.Hidden(ctx, e, of).Whole()
	revisions, err := g.r.Revisions(ctx, e.Key)
	if err != nil {
		return err
	}
	decisions, err := g.r.Decisions(ctx, e.Key)
	if err != nil {
		return err
	}
	for _, rev := range revisions {
		it.Steps = append(it.Steps, Step{Kind: "filed", Revision: rev.Number, By: rev.AuthorName, Note: rev.Reason, At: rev.RecordedAt})
		if rev.Number != n || rev.Nil {
			continue
		}
		t := g.s.Catalog.Type(rev.Ledger, rev.Version)
		if t == nil {
			continue
		}
		if it.doc, err = catalog.ParseDocument(rev.Document); err != nil {
			return err
		}
		// What is marked must not depend on what only some may read.
		hidden := []catalog.Hidden{t.Reserved(), g.s.Ledger.Hidden(ctx, e, t)}
		for _, h := range hidden {
			if it.doc, _, err = h.Without(it.doc); err != nil {
				return err
			}
		}
		it.refs = t.References(it.doc)
		for _, p := range rev.Pins {
			if slices.ContainsFunc(hidden, func(h catalog.Hidden) bool { return h.Field(p.Field) }) {
				continue
			}
			for _, of := range p.Of {
				it.pins[of.Entry.String()] = true
				g.links = append(g.links, Link{From: e.Entry, To: of.Entry, Kind: "pin", Pointer: p.Field})
			}
		}
	}
	for _, d := range decisions {
		it.Steps = append(it.Steps, Step{Kind: d.Verdict, Revision: d.Revision, By: d.ByName, Note: d.Comment, At: d.RecordedAt})
	}
	if it.Hushed {
		for i := range it.Steps {
			it.Steps[i].Note = ""
		}
	}
	slices.SortStableFunc(it.Steps, func(a, b Step) int { return a.At.Compare(b.At) })
	for _, ref := range it.refs {
		switch {
		case ref.Kind == "entry":
			if id, err := uuid.Parse(ref.Value); err == nil {
				g.links = append(g.links, Link{From: e.Entry, To: id, Kind: "field", Pointer: ref.Pointer})
			}
			if ref.Value != g.subject.Ref {
				continue
			}
			fallthrough
		case ref.Value == g.subject.Ref || slices.Contains(g.inmates, ref.Value):
			it.Fields = append(it.Fields, Field{Pointer: ref.Pointer, Value: ref.Value})
		}
	}
	if e.OpenedBy != nil {
		g.links = append(g.links, Link{From: *e.OpenedBy, To: e.Entry, Kind: "opened"})
	}
	g.items[e.Entry] = it
	return nil
}

func (g *gathering) sorted() []*Item {
	list := make([]*Item, 0, len(g.items))
	for _, it := range g.items {
		list = append(list, it)
	}
	slices.SortFunc(list, func(a, b *Item) int {
		if c := a.From.Compare(b.From); c != 0 {
			return c
		}
		return slices.Compare(a.Entry.Entry[:], b.Entry.Entry[:])
	})
	return list
}

// lookBehind looks with the program's eyes whether there is more than the
// reader sees. He hears of it only where he could read it were it not strictly
// restricted: he knows that such entries are kept where he serves. Of a sealed
// case nobody hears, nor of places that are not his.
func (g *gathering) lookBehind(ctx context.Context) error {
	for _, gram := range g.grams {
		all, err := g.r.Unscoped(ctx, g.prison, gram, MaxTrace)
		if err != nil {
			return err
		}
		for _, e := range all {
			if g.items[e.Entry] != nil || e.Sealed || e.Level != "L3" || g.may(ctx, e) == nil {
				continue
			}
			e.Level = "L2"
			if g.may(ctx, e) == nil {
				g.hidden = true
				return nil
			}
		}
	}
	return nil
}

// introduce names the people on the trace, strictly restricted entries included:
// that they were looked at is recorded.
func (g *gathering) introduce(ctx context.Context) error {
	var list []*ledger.Entry
	for _, it := range g.items {
		list = append(list, &it.Entry)
	}
	if err := g.s.Ledger.Introduce(ctx, g.r, g.prison, list); err != nil {
		return err
	}
	if len(list) == 0 || g.subject.Kind != "inmate" {
		return nil
	}
	names, err := g.r.Named(ctx, g.prison, []catalog.Reference{{Kind: "inmate", Value: g.subject.Ref}})
	g.subject.Name = names["inmate "+g.subject.Ref]
	return err
}

func (g *gathering) trace() Trace {
	t := Trace{Subject: g.subject, Items: []Item{}, Links: []Link{}, Marks: g.marks, Hidden: g.hidden, Truncated: g.cut}
	if t.Marks == nil {
		t.Marks = []Mark{}
	}
	for _, it := range g.sorted() {
		t.Items = append(t.Items, *it)
	}
	seen := map[Link]bool{}
	for _, l := range g.links {
		if g.items[l.From] != nil && g.items[l.To] != nil && !seen[l] {
			seen[l] = true
			t.Links = append(t.Links, l)
		}
	}
	slices.SortFunc(t.Marks, func(a, b Mark) int { return a.At.Compare(b.At) })
	return t
}
