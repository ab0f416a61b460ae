package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
)

// MaxPage is the longest page of a list. One more may be asked for, to know
// whether there is a next one.
const MaxPage = 200

// Query of a list of entries. Zero members do not restrict.
type Query struct {
	Prison    uuid.UUID
	Scope     Scope // the same decisions as single reads, as a WHERE clause
	Area      uuid.UUID
	Ledgers   []string
	States    []State // Approved is what is in force, be it under correction or not
	Undecided bool    // a step or a void is at hand
	Standing  bool    // in force, whatever is being corrected, or on its way there
	Filed     bool    // standing, or voided
	Author    uuid.UUID
	From, To  string            // days of occurrence, YYYY-MM-DD, both included
	Text      string            // in the summary
	Except    []string          // ledgers left out
	Whole     []string          // ledgers left out as far as one does not read the whole of their entries
	Fields    []json.RawMessage // members that all must be in what stands: the revision in force, else the latest
	Waiting   bool              // for the one who asks, by these:
	Inbox     []actor.Posting   // posts of one's own
	Deputy    []actor.Delegation
	OwnerOf   map[string][]string
	Me        uuid.UUID
	Sort      Sort
	Desc      bool
	After     Cursor
	Limit     int // at least 1
}

// Sort names what a list is ordered by.
type Sort string

// The orders a list has; each has an index.
const (
	ByChanged   Sort = "changed_at"
	ByOccurred  Sort = "occurred_at"
	BySubmitted Sort = "resubmitted_at"
)

// Cursor is the place after which a page begins: the sort value (RFC 3339, in
// microseconds) and the entry. Zero is the beginning.
type Cursor struct {
	Value string
	Entry uuid.UUID
}

// View is an entry with all that hangs on it.
type View struct {
	Entry     Entry
	Situation Situation
	Area      Area
	Draft     *DraftBody // only while there is one, and only for those who may edit
	Ended     *DraftBody // of a correction that a void ended, for its author
	Revisions []Revision
	Decisions []Decision
	Signers   []Signer
	Voids     []VoidRequest
	Events    []Event
	Attached  []Evidence // beside the draft
	Evidence  []Evidence // of all revisions
	Opened    []Entry
	Branches  []Branch // not resolved; only for those who may resolve them
	Allowed   []Action
	Disputes  []Task    // open doubts about it
	Lock      *Lock     // why its contents cannot be changed by the reader now
	Deciding  *Deciding // while a step is at hand
	Hushed    bool      // without what others wrote about it: the reader reads a part
	// Names of the police and inmates in its documents, by "police 0000001".
	Names map[string]string
}

// Deciding is how the step at hand stands, and how whoever asks would decide it.
type Deciding struct {
	Count
	Capacity string `json:"capacity"` // "": not at all; step, deputy, higher
	ForName  string `json:"for_name"` // whom a deputy would decide for
}

// Get returns one entry with its history. Reading L3 material is recorded.
func (s *Service) Get(ctx context.Context, k Key) (View, error) {
	var v View
	err := s.Store.Read(ctx, s.session(ctx, k.Prison), func(r Reader) error {
		var err error
		if v.Entry, err = r.Entry(ctx, k); err != nil {
			return err
		}
		if err = s.check(ctx, "read", v.Entry); err != nil {
			return err
		}
		return s.gather(ctx, r, &v)
	})
	if err != nil {
		return View{}, err
	}
	if v.Entry.Level == "L3" {
		if err := s.recordReading(ctx, v.Entry, "read", ""); err != nil {
			return View{}, err
		}
	}
	return v, nil
}

func (s *Service) gather(ctx context.Context, r Reader, v *View) error {
	k := v.Entry.Key
	var err error
	if v.Area, err = r.Area(ctx, k.Prison, v.Entry.Area); err != nil {
		return err
	}
	if v.Situation, err = s.look(ctx, r, v.Entry); err != nil {
		return err
	}
	v.Allowed = s.Allowed(ctx, v.Entry, v.Situation)
	v.Lock = s.lockOf(ctx, v.Entry, v.Allowed)
	if v.Entry.State == Voided && v.Entry.Author == actor.From(ctx).PersonID {
		switch d, err := r.Draft(ctx, k); {
		case err == nil:
			v.Ended = &d
		case !fault.Is(err, fault.NotFound):
			return err
		}
	}
	if slices.Contains(v.Allowed, Edit) {
		d, err := r.Draft(ctx, k)
		if err != nil {
			return err
		}
		if err := lookAgain(ctx, r, k.Prison, s.Catalog.Type(v.Entry.Ledger, v.Entry.Version), d.Pins); err != nil {
			return err
		}
		v.Draft = &d
		if v.Attached, err = r.Evidence(ctx, k, 0); err != nil {
			return err
		}
	}
	if s.check(ctx, Diverge, v.Entry) == nil {
		if v.Branches, err = s.branches(ctx, r, v.Entry); err != nil {
			return err
		}
	}
	if v.Revisions, err = r.Revisions(ctx, k); err != nil {
		return err
	}
	for i := range v.Revisions {
		rev := &v.Revisions[i]
		h, err := s.conceal(ctx, v.Entry, rev)
		if err != nil {
			return err
		}
		if err := lookAgain(ctx, r, k.Prison, s.Catalog.Type(rev.Ledger, rev.Version), rev.Pins); err != nil {
			return err
		}
		list, err := r.Evidence(ctx, k, rev.Number)
		if err != nil {
			return err
		}
		concealFiles(h, list)
		v.Evidence = append(v.Evidence, list...)
	}
	if v.Decisions, err = r.Decisions(ctx, k); err != nil {
		return err
	}
	if v.Signers, err = r.Signers(ctx, k); err != nil {
		return err
	}
	if v.Voids, err = r.Voids(ctx, k); err != nil {
		return err
	}
	if v.Events, err = r.Events(ctx, k); err != nil {
		return err
	}
	t, err := s.typeOf(v.Entry)
	if err != nil {
		return err
	}
	h := s.Hidden(ctx, v.Entry, t)
	if err := concealEvents(h, v.Events); err != nil {
		return err
	}
	if !h.Whole() {
		v.hush(actor.From(ctx).PersonID)
	}
	tasks, err := r.Tasks(ctx, k.Prison, TaskQuery{Entry: k.Entry, Open: true})
	if err != nil {
		return err
	}
	v.Disputes = slices.DeleteFunc(tasks, func(t Task) bool { return !t.Disputes })
	if err := s.deciding(ctx, r, v); err != nil {
		return err
	}
	if v.Opened, err = r.Opened(ctx, k); err != nil {
		return err
	}
	if !s.Hidden(ctx, v.Entry, t).Whole() {
		v.Opened = nil // what an entry opens tells what is in it
	}
	if err := s.Conceal(ctx, append(each(v.Opened), &v.Entry)); err != nil {
		return err
	}
	v.mask()
	if err := s.Introduce(ctx, r, k.Prison, append(unrestricted(v.Opened), &v.Entry)); err != nil {
		return err
	}
	v.Names, err = s.named(ctx, r, *v)
	return err
}

// named finds who the numbers in the view's documents are: of what was filed all, of
// what was only typed those whom the reader may look up.
func (s *Service) named(ctx context.Context, r Reader, v View) (map[string]string, error) {
	refs := func(version int, body json.RawMessage) ([]catalog.Reference, error) {
		t := s.Catalog.Type(v.Entry.Ledger, version)
		doc, err := catalog.ParseDocument(body)
		if err != nil || t == nil {
			return nil, err
		}
		return t.References(doc), nil
	}
	var typed, filed []catalog.Reference
	if v.Draft != nil {
		list, err := refs(v.Entry.Version, v.Draft.Body)
		if err != nil {
			return nil, err
		}
		typed = append(typed, list...)
	}
	for _, b := range v.Branches {
		list, err := refs(b.Version, b.Body)
		if err != nil {
			return nil, err
		}
		typed = append(typed, list...)
	}
	for _, rev := range v.Revisions {
		list, err := refs(rev.Version, rev.Document)
		if err != nil {
			return nil, err
		}
		filed = append(filed, list...)
	}
	typed, err := s.known(ctx, r, v.Entry.Prison, typed)
	if err != nil {
		return nil, err
	}
	return r.Named(ctx, v.Entry.Prison, append(filed, typed...))
}

func (s *Service) deciding(ctx context.Context, r Reader, v *View) error {
	if v.Entry.State != Submitted {
		return nil
	}
	at, err := stepOf(ctx, r, v.Entry, v.Revisions[len(v.Revisions)-1])
	if err != nil {
		return err
	}
	v.Deciding = &Deciding{Count: at.Count(at.signers, at.decisions)}
	if slices.Contains(v.Allowed, Transfer) {
		// Nobody is left to pass it on to: then that is not offered.
		free, err := s.free(ctx, r, v.Entry, at)
		if err != nil {
			return err
		}
		if len(free) == 0 {
			v.Allowed = slices.DeleteFunc(v.Allowed, func(a Action) bool { return a == Transfer })
		}
	}
	a := actor.From(ctx)
	list := s.capacities(a, v.Entry, s.Now())
	if len(list) == 0 {
		return nil
	}
	v.Deciding.Capacity = list[0].Kind
	for _, d := range a.Delegations {
		if d.ID == list[0].Delegation {
			v.Deciding.ForName = d.Name
		}
	}
	return nil
}

// recordReading writes the custody event of a look at L3 material.
func (s *Service) recordReading(ctx context.Context, e Entry, kind, reason string) error {
	return s.Record(ctx, e.Prison, Custody{Kind: kind, Subject: e.Entry.String(), Reason: reason, Detail: map[string]any{"ledger": e.Ledger}})
}

// List returns a page of entries the context's actor may see.
func (s *Service) List(ctx context.Context, q Query) ([]Entry, error) {
	ses := s.session(ctx, q.Prison)
	q.Scope, q.Me = ses.Scope, ses.Person
	q, err := s.closed(q)
	if err != nil {
		return nil, err
	}
	q.Limit = min(q.Limit, MaxPage+1)
	if q.Waiting {
		a := actor.From(ctx)
		q.OwnerOf = s.owned()
		for _, p := range a.Postings {
			if p.PrisonID == q.Prison {
				q.Inbox = append(q.Inbox, p)
			}
		}
		for _, d := range a.Delegations {
			if d.Posting.PrisonID == q.Prison && d.InForce(s.Now()) {
				q.Deputy = append(q.Deputy, d)
			}
		}
	}
	var list []Entry
	err = s.Store.Read(ctx, ses, func(r Reader) error {
		var err error
		if list, err = r.Entries(ctx, q); err != nil {
			return err
		}
		if err := s.Conceal(ctx, each(list)); err != nil {
			return err
		}
		return s.Introduce(ctx, r, q.Prison, unrestricted(list))
	})
	return list, err
}

func (s *Service) owned() map[string][]string {
	m := map[string][]string{}
	for _, t := range slices.Concat(s.Catalog.Types(), s.Catalog.Ended()) {
		owner := s.Access.Owner(t.ID)
		m[owner] = append(m[owner], t.ID)
	}
	return m
}

// OpenEvidence streams one file, its hash checked on the way. revision 0 is the
// draft's.
func (s *Service) OpenEvidence(ctx context.Context, k Key, revision int, id uuid.UUID) (Evidence, io.ReadCloser, error) {
	var ev Evidence
	var e Entry
	err := s.Store.Read(ctx, s.session(ctx, k.Prison), func(r Reader) error {
		var err error
		if e, err = r.Entry(ctx, k); err != nil {
			return err
		}
		if err = s.check(ctx, "read", e); err != nil {
			return err
		}
		list, err := r.Evidence(ctx, k, revision)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(x Evidence) bool { return x.ID == id })
		if i < 0 {
			return fault.New(fault.NotFound, "not_found")
		}
		ev = list[i]
		t, err := s.typeOf(e)
		if err == nil && s.Hidden(ctx, e, t).Slot(ev.Slot) {
			err = fault.New(fault.Forbidden, "forbidden").With("action", "read").With("reason", catalog.ForProfessionals)
		}
		return err
	})
	if err != nil {
		return Evidence{}, nil, err
	}
	if e.Level == "L3" {
		if err := s.recordReading(ctx, e, "read_evidence", ""); err != nil {
			return Evidence{}, nil, err
		}
	}
	body, err := s.Files.Open(ctx, ObjectKey(k.Prison, ev.Sha256), ev.VersionID, ev.Sha256, ev.Size)
	return ev, body, err
}

// Custody is one act with material that must be answered for.
type Custody struct {
	Kind    string // read, read_evidence, pack, print, export, export_fetched, import, trace, minutes, package
	Subject string
	Reason  string
	Detail  map[string]any
}

// CustodyRow is a custody event as it is stored.
type CustodyRow struct {
	ID      uuid.UUID
	Custody Custody
	Person  uuid.UUID
	Address string
	Salt    []byte
}

// Record writes a custody event and its leaf.
func (s *Service) Record(ctx context.Context, prison uuid.UUID, c Custody) error {
	a := actor.From(ctx)
	if c.Detail == nil {
		c.Detail = map[string]any{}
	}
	row := CustodyRow{ID: uuid.Must(uuid.NewV7()), Custody: c, Person: a.PersonID, Address: a.Address, Salt: integrity.NewSalt()}
	var done json.RawMessage
	return s.Store.Write(ctx, s.session(ctx, prison), Idem{}, &done, func(tx Tx) error {
		if err := tx.InsertCustody(ctx, prison, row); err != nil {
			return err
		}
		_, err := tx.Append(ctx, prison)
		return err
	})
}

// AreaIn is not_found when the prison has no such area.
func (s *Service) AreaIn(ctx context.Context, prison, area uuid.UUID) error {
	return s.Store.Read(ctx, s.session(ctx, prison), func(r Reader) error {
		_, err := r.Area(ctx, prison, area)
		return err
	})
}

// Count is the number of entries of a list that the context's actor may see.
func (s *Service) Count(ctx context.Context, q Query) (n int, err error) {
	ses := s.session(ctx, q.Prison)
	q.Scope, q.Me = ses.Scope, ses.Person
	if q, err = s.closed(q); err != nil {
		return 0, err
	}
	err = s.Store.Read(ctx, ses, func(r Reader) error {
		n, err = r.Count(ctx, q)
		return err
	})
	return n, err
}

// Filed is an entry with the revision that stands for it: the one in force,
// else the latest; the zero revision when it was never submitted.
type Filed struct {
	Entry    Entry
	Revision Revision
}

// Says is what an entry says now: what was filed, as far as the context's actor may
// read it; of one that never was, and of a strictly restricted one, to its author alone.
func (s *Service) Says(ctx context.Context, k Key) (Filed, error) {
	var f Filed
	err := s.Store.Read(ctx, s.session(ctx, k.Prison), func(r Reader) (err error) {
		if f.Entry, err = r.Entry(ctx, k); err != nil {
			return err
		}
		if err := s.check(ctx, "read", f.Entry); err != nil {
			return fault.New(fault.NotFound, "not_found")
		}
		n := cmp.Or(f.Entry.InForce, f.Entry.Revision)
		if f.Entry.Author != actor.From(ctx).PersonID && (n == 0 || f.Entry.Level == "L3") {
			return fault.New(fault.NotFound, "not_found")
		}
		if n == 0 {
			d, err := r.Draft(ctx, k)
			f.Revision = Revision{Ledger: f.Entry.Ledger, Version: f.Entry.Version, Document: d.Body}
			return err
		}
		if f.Revision, err = r.Revision(ctx, k, n); err == nil {
			_, err = s.conceal(ctx, f.Entry, &f.Revision)
		}
		return err
	})
	return f, err
}

// Filed returns a page of the list with what was filed, as far as the context's
// actor may read it.
func (s *Service) Filed(ctx context.Context, q Query) ([]Filed, error) {
	ses := s.session(ctx, q.Prison)
	q.Scope, q.Me = ses.Scope, ses.Person
	q, err := s.closed(q)
	if err != nil {
		return nil, err
	}
	q.Limit = min(q.Limit, MaxPage)
	var out []Filed
	err = s.Store.Read(ctx, ses, func(r Reader) error {
		list, err := r.Entries(ctx, q)
		if err != nil {
			return err
		}
		if err := s.Conceal(ctx, each(list)); err != nil {
			return err
		}
		for _, e := range list {
			f := Filed{Entry: e}
			if n := cmp.Or(e.InForce, e.Revision); n > 0 {
				if f.Revision, err = r.Revision(ctx, e.Key, n); err != nil {
					return err
				}
				if _, err = s.conceal(ctx, e, &f.Revision); err != nil {
					return err
				}
			}
			out = append(out, f)
		}
		return nil
	})
	return out, err
}
