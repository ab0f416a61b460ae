package ledger

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Everything is the scope of the program's own work: what follows from a
// decision already made, and reckoning, which must not depend on who asks.
func Everything() Scope {
	return Scope{"prisons": "*", "areas": "*", "ledgers": "*", "restricted": "*", "whole": "*", "sealed": "*", "scores": "*", "cases": "*", "meetings": "*", "person": ""}
}

func (s *Service) fired(t *catalog.Type, rev Revision) (catalog.Document, []catalog.Trigger, error) {
	doc, err := catalog.ParseDocument(rev.Document)
	if err != nil {
		return doc, nil, err
	}
	list, err := t.Fired(doc)
	return doc, list, err
}

// Open does what an approved revision causes elsewhere: drafts of the same
// author, and tasks for whom its triggers name, once: neither a repeated job nor
// an amendment opens them again. What opens a ledger that has ended since is left
// out and noted in the entry's history. It is the program's own work, for the one who
// approved may not be allowed to see what is opened.
func (s *Service) Open(ctx context.Context, j EntryApproved) error {
	k := Key{Prison: j.Prison, Entry: j.Entry}
	ses := Session{Prison: j.Prison, Scope: Everything()}
	if s.Clock != nil {
		ses.Clock = s.Clock()
	}
	err := s.Store.Read(ctx, ses, func(r Reader) error {
		e, err := r.Entry(ctx, k)
		ses.Person = e.Author
		return err
	})
	if err != nil {
		return err
	}
	return s.abreast(ctx, func() error {
		return s.Store.Write(ctx, ses, Idem{}, nil, func(tx Tx) error { return s.open(ctx, tx, k, j.Revision) })
	})
}

// open is Open within its transaction.
func (s *Service) open(ctx context.Context, tx Tx, k Key, revision int) error {
	if err := tx.HoldCatalogue(ctx); err != nil {
		return err
	}
	e, err := tx.Lock(ctx, k)
	if err != nil {
		return err
	}
	t, err := s.typeOf(e)
	if err != nil {
		return err
	}
	rev, err := tx.Revision(ctx, k, revision)
	if err != nil {
		return err
	}
	doc, fired, err := s.fired(t, rev)
	if err != nil {
		return err
	}
	before, err := tx.Opened(ctx, k)
	if err != nil {
		return err
	}
	for _, tr := range fired {
		var target *catalog.Type
		if tr.Opens != "" {
			if target, err = s.newest(ctx, tx, tr.Opens); err != nil {
				return err
			}
			if target == nil {
				// It was kept when this was filed. The rest opens all the same.
				if err := tx.InsertEvent(ctx, k, "not_opened", rev.Number, map[string]any{"ledger": tr.Opens, "trigger": tr.ID}); err != nil {
					return err
				}
				continue
			}
		}
		task, err := s.task(t, e, tr, doc, tx.Now())
		if err != nil {
			return err
		}
		if task.Disputes {
			// What is not in this prison cannot be doubted from here.
			checked, err := tx.Entry(ctx, Key{Prison: e.Prison, Entry: *task.Entry})
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			task.Area = checked.Area
		}
		if tr.To == nil && !slices.ContainsFunc(before, func(o Entry) bool { return o.Ledger == tr.Opens }) {
			area, err := tx.Area(ctx, e.Prison, e.Area)
			if err != nil {
				return err
			}
			known, err := catalog.ParseDocument(task.Body)
			if err != nil {
				return err
			}
			known, pins, err := shared(ctx, tx, target, area, known)
			if err != nil {
				return err
			}
			opened, err := begin(ctx, tx, target, Entry{
				Key: newKey(e.Prison), Area: e.Area, Ledger: target.ID, Version: target.Version, Level: target.Sensitivity,
				Author: e.Author, State: Draft, OpenedBy: &e.Entry,
			}, known.Canonical, pins, "opened")
			if err != nil {
				return err
			}
			task.Opened = &opened.Entry
			before = append(before, opened)
		}
		if _, err := tx.InsertTask(ctx, e.Prison, task); err != nil {
			return err
		}
	}
	return nil
}

// task is what a trigger asks for.
func (s *Service) task(t *catalog.Type, e Entry, tr catalog.Trigger, doc catalog.Document, now time.Time) (Task, error) {
	body, err := t.Filled(tr, doc, e.Entry.String())
	if err != nil {
		return Task{}, err
	}
	task := Task{Area: e.Area, Trigger: e.Ledger + "/" + tr.ID, Source: e.Entry.String(), Entry: &e.Entry, Ledger: tr.Opens, Title: tr.Title, Body: body}
	if due := tr.DueAt(now); !due.IsZero() {
		task.DueAt = &due
	}
	if id, err := uuid.Parse(t.Disputed(tr, doc)); err == nil {
		task.Entry, task.Disputes = &id, true
	}
	if tr.To != nil {
		task.Roles, task.Department = tr.To.Roles, tr.To.Department
	} else {
		filler := s.Catalog.Current(tr.Opens).Filler
		task.Roles, task.Department = filler.Roles, filler.Dept
	}
	return task, nil
}
