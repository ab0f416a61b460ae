package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/workbook"
)

// Ask begins an export under the asker's own rights. Material of L3 wants one of
// the named posts and a reason. Faults: reason_required, ledger_unknown.
func (s *Service) Ask(ctx context.Context, e Export, idem ledger.Idem) (Export, error) {
	e.Query.With = nil
	if e.Query.Merged {
		for _, end := range s.Catalog.Merged(e.Ledger) {
			if s.mayTake(ctx, e, end.Ledger) == nil {
				e.Query.With = append(e.Query.With, end.Ledger)
			}
		}
	}
	if err := s.mayExport(ctx, e); err != nil {
		return Export{}, err
	}
	a := actor.From(ctx)
	e.ID, e.Person, e.Address, e.State = uuid.Must(uuid.NewV7()), a.PersonID, a.Address, Writing
	out := e
	err := s.Store.Write(ctx, s.session(ctx, e.Prison), idem, &out, func(tx Tx) error {
		if err := tx.InsertExport(ctx, e); err != nil {
			return err
		}
		out = e
		out.Created = tx.Now()
		return tx.Enqueue(ctx, Work{Prison: e.Prison, ID: e.ID, Export: true})
	})
	return out, err
}

// mayExport asks for every ledger of the file anew, whenever it is made or
// fetched: rights on one that was merged may be lost as those on any other.
func (s *Service) mayExport(ctx context.Context, e Export) error {
	if !slices.Contains(Formats, e.Format) {
		return fault.New(fault.Malformed, "bad_request")
	}
	restricted := false
	for _, id := range e.ledgers() {
		if err := s.mayTake(ctx, e, id); err != nil {
			return err
		}
		restricted = restricted || strict(s.Catalog.Versions(id))
	}
	if restricted && ledger.Blank(e.Reason) {
		return fault.InvalidFields("reason_required", []fault.Field{{Pointer: "/reason", Code: "required",
			Text: fault.Text{ZH: "导出严格限制级（L3）台账须说明理由", EN: "Say why strictly restricted (L3) material is taken out"}}})
	}
	return nil
}

// ledgers whose entries the file holds.
func (e Export) ledgers() []string { return append([]string{e.Ledger}, e.Query.With...) }

// mayTake is access's word on one ledger of an export.
func (s *Service) mayTake(ctx context.Context, e Export, id string) error {
	versions := s.Catalog.Versions(id)
	if len(versions) == 0 {
		return fault.New(fault.NotFound, "ledger_unknown").With("ledger", id)
	}
	sub := ledger.Subject{Class: "export", Prison: e.Prison, Ledger: id, Department: s.Access.Owner(id)}
	if e.Query.Area != nil {
		sub.Area = *e.Query.Area
	}
	if strict(versions) {
		sub.Class = "export_l3"
	}
	return s.Access.Check(actor.From(ctx), "create", sub, s.Now())
}

// strict reports whether any version of the ledger is L3 material.
func strict(versions []*catalog.Type) bool {
	return slices.ContainsFunc(versions, func(t *catalog.Type) bool { return t.Sensitivity == "L3" })
}

// Exports lists those of the context's actor, the newest first.
func (s *Service) Exports(ctx context.Context, prison uuid.UUID) (list []Export, err error) {
	err = s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		list, err = tx.Exports(ctx, prison, actor.From(ctx).PersonID)
		return err
	})
	return list, err
}

// Export returns one of the actor's own.
func (s *Service) Export(ctx context.Context, prison, id uuid.UUID) (e Export, err error) {
	err = s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		e, err = tx.Export(ctx, prison, id)
		return err
	})
	return e, err
}

// Fetch streams a finished export to whoever asked for it and may still have it.
// Fault: file_state while it is not done.
func (s *Service) Fetch(ctx context.Context, prison, id uuid.UUID) (Export, io.ReadCloser, error) {
	e, err := s.Export(ctx, prison, id)
	if err != nil {
		return e, nil, err
	}
	if err := s.mayExport(ctx, e); err != nil {
		return e, nil, err
	}
	if e.State != Done {
		return e, nil, fault.New(fault.Conflict, "file_state").With("state", e.State)
	}
	r, err := s.Files.OpenStaging(ctx, exportKey(prison, id))
	if err != nil {
		return e, nil, err
	}
	// The file is taken as often as it is fetched: making it is one act, each fetch another.
	if err := s.Ledger.Record(ctx, prison, ledger.Custody{Kind: "export_fetched", Subject: e.ID.String(), Reason: e.Reason,
		Detail: map[string]any{"ledger": e.Ledger, "sha256": e.Sha256}}); err != nil {
		return e, nil, errors.Join(err, r.Close())
	}
	return e, r, nil
}

// patience is how long an export is taken up again, before it has failed.
const patience = 24 * time.Hour

// export brings one file out. A text goes on behind the parts that are kept; a
// workbook, which ends in a table of contents, is written anew from its beginning.
func (s *Service) export(ctx context.Context, w Work) error {
	var e Export
	err := s.Store.Read(ctx, program(w.Prison), func(tx Tx) (err error) {
		e, err = tx.Export(ctx, w.Prison, w.ID)
		return err
	})
	if err != nil || e.State != Writing {
		return err
	}
	err = s.under(ctx, e)
	if why, final := failure(err); final {
		return s.progress(ctx, e, func(tx Tx, now *Export) error {
			at := tx.Now()
			now.State, now.Failure, now.Finished = Failed, why, &at
			return nil
		})
	}
	return err
}

// under brings an export under the rights that its asker has now.
func (s *Service) under(ctx context.Context, e Export) error {
	if s.Now().Sub(e.Created) > patience {
		return fault.New(fault.Conflict, "export_gave_up")
	}
	as, err := s.as(ctx, e.Person, e.Address)
	if err != nil {
		return err
	}
	if err := s.mayExport(as, e); err != nil {
		return err
	}
	return s.bring(as, e)
}

func (s *Service) progress(ctx context.Context, e Export, fn func(Tx, *Export) error) error {
	return s.Store.Write(ctx, program(e.Prison), ledger.Idem{}, nil, func(tx Tx) error {
		now, err := tx.LockExport(ctx, e.Prison, e.ID)
		if err != nil {
			return err
		}
		if now.State != Writing {
			return errOvertaken
		}
		if err := fn(tx, &now); err != nil {
			return err
		}
		return tx.UpdateExport(ctx, now)
	})
}

func (s *Service) bring(ctx context.Context, e Export) error {
	ground, err := s.ground(e, actor.From(ctx))
	if err != nil {
		return err
	}
	if e.Ground != ground && len(e.Parts) > 0 {
		if err := s.anew(ctx, &e, ground); err != nil {
			return err
		}
	}
	e.Ground = ground
	p, err := s.plan(e)
	if err != nil {
		return err
	}
	f, err := scratch()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	write := s.book
	if e.Format != "xlsx" {
		write = s.text
	}
	if err := write(ctx, &e, p, io.MultiWriter(f, sum)); err != nil {
		return err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := s.Files.PutStaging(ctx, exportKey(e.Prison, e.ID), f, size); err != nil {
		return err
	}
	d := ledger.Digest(sum.Sum(nil))
	if err := s.progress(ctx, e, func(tx Tx, now *Export) error {
		at := tx.Now()
		now.State, now.Size, now.Sha256, now.Finished = Done, size, &d, &at
		now.Rows, now.Total, now.Parts = e.Rows, e.Rows, nil
		return custody(ctx, tx, e.Prison, e.Person, e.Address, ledger.Custody{Kind: "export", Subject: e.ID.String(), Reason: e.Reason,
			Detail: map[string]any{"ledger": e.Ledger, "format": e.Format, "rows": e.Rows, "sha256": d, "filter": e.Query}})
	}); err != nil {
		return err
	}
	return s.dropParts(ctx, e.Prison, e.ID)
}

func (s *Service) plan(e Export) (*workbook.Plan, error) {
	p := workbook.NewPlan(newestFirst(s.Catalog.Versions(e.Ledger))...)
	merged := s.Catalog.Merged(e.Ledger)
	for _, id := range e.Query.With {
		i := slices.IndexFunc(merged, func(end catalog.End) bool { return end.Ledger == id })
		if i < 0 {
			// Asked of a server that is a moment ahead: the next run knows it.
			return nil, fmt.Errorf("export: %s is not yet known here to be merged into %s", id, e.Ledger)
		}
		p.Merge(newestFirst(s.Catalog.Versions(id)), merged[i].Places)
	}
	return p, nil
}

func (s *Service) book(ctx context.Context, e *Export, p *workbook.Plan, w io.Writer) (err error) {
	b, err := workbook.NewBook(p, workbook.Export, nil, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	e.Rows, e.After = 0, ledger.Cursor{}
	if err := s.pages(ctx, e, func(rows []workbook.Out) error {
		for _, o := range rows {
			if err := b.Add(o); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	_, err = b.WriteTo(w)
	return err
}

func newestFirst(versions []*catalog.Type) []*catalog.Type {
	return slices.SortedFunc(slices.Values(versions), func(a, b *catalog.Type) int { return b.Version - a.Version })
}

var stateNames = map[ledger.State]string{ledger.Draft: "草稿", ledger.Submitted: "已提交", ledger.Returned: "已退回", ledger.Approved: "已通过",
	ledger.Voided: "已作废", ledger.Discarded: "已弃用"}

// correcting is the state of an entry that stands while its correction is on the way.
const correcting = "已通过（更正中）"

func stateName(e ledger.Entry) string {
	if e.InForce > 0 && e.State != ledger.Approved && e.State != ledger.Voided {
		return correcting
	}
	return stateNames[e.State]
}

// pages reads the entries behind e.After by the page and says after each how far it
// is; keep takes the rows of one first. There is at least one page, which may be empty.
// Where the ground has moved by then the page is not kept: the next run begins anew.
func (s *Service) pages(ctx context.Context, e *Export, keep func([]workbook.Out) error) error {
	areas, err := s.Areas(ctx, e.Prison)
	if err != nil {
		return err
	}
	names := map[uuid.UUID]string{}
	for _, a := range areas {
		names[a.ID] = a.NameZH
	}
	q := ledger.Query{Prison: e.Prison, Ledgers: e.ledgers(), States: e.Query.States, From: e.Query.From, To: e.Query.To, Text: e.Query.Text,
		Fields: e.Query.Fields, Sort: ledger.ByOccurred, Limit: ledger.MaxPage}
	q.Filed = len(q.States) == 0
	if e.Query.Area != nil {
		q.Area = *e.Query.Area
	}
	total, err := s.Ledger.Count(ctx, q)
	if err != nil {
		return err
	}
	if total > workbook.MaxRows {
		return fault.New(fault.TooLarge, "table_too_long").With("limit", workbook.MaxRows)
	}
	for {
		q.After = e.After
		list, err := s.Ledger.Filed(ctx, q)
		if err != nil {
			return err
		}
		var rows []workbook.Out
		for _, x := range list {
			at := x.Entry
			e.After = ledger.Cursor{Value: "-infinity", Entry: at.Entry}
			if at.OccurredAt != nil {
				e.After.Value = at.OccurredAt.UTC().Format(time.RFC3339Nano)
			}
			if x.Revision.Number == 0 || x.Revision.Nil {
				continue // never filed, or nothing happened: no line to show
			}
			value, err := loose(x.Revision.Document)
			if err != nil {
				return err
			}
			for _, pointer := range x.Revision.Hidden {
				catalog.Put(value, pointer, catalog.ForProfessionals.ZH)
			}
			e.Rows++
			o := workbook.Out{Number: e.Rows, Version: x.Revision.Version, Value: value, Area: names[at.Area], Entry: at.Entry.String(),
				State: stateName(at), Author: at.AuthorName}
			if at.Ledger != e.Ledger {
				o.Ledger = at.Ledger
			}
			if at.Submitted != nil {
				o.Filed = at.Submitted.In(catalog.Zone).Format(time.DateTime)
			}
			rows = append(rows, o)
		}
		switch moved, err := s.moved(ctx, *e); {
		case err != nil:
			return err
		case moved:
			return fmt.Errorf("export %s: what it is made by has changed meanwhile", e.ID)
		}
		before := slices.Clone(e.Parts)
		if err := keep(rows); err != nil {
			return err
		}
		err = s.progress(ctx, *e, func(_ Tx, now *Export) error {
			// Of two jobs that go on with one text, one does.
			if e.Format != "xlsx" && !slices.Equal(now.Parts, before) {
				return errOvertaken
			}
			now.Rows, now.Total, now.Parts, now.After, now.Ground = e.Rows, total, e.Parts, e.After, e.Ground
			return nil
		})
		if err != nil || len(list) < q.Limit {
			return err
		}
	}
}

// custody keeps who took what in or out, with its leaf.
func custody(ctx context.Context, tx Tx, prison, person uuid.UUID, address string, c ledger.Custody) error {
	raw, err := json.Marshal(c.Detail)
	if err != nil {
		return err
	}
	// As the column gives it back: a leaf is made of what is read again.
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&c.Detail); err != nil {
		return err
	}
	return tx.InsertCustody(ctx, prison, ledger.CustodyRow{ID: uuid.Must(uuid.NewV7()), Custody: c, Person: person, Address: address, Salt: integrity.NewSalt()})
}
