package retrieval

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Limits of what somebody keeps.
const (
	MaxFilters = 50 // a person's, in one prison
	maxName    = 40
	maxAddress = 2000
)

// Filter is a filter that somebody keeps (保存的筛选): the address of a page
// under a name, seen by others of the unit if its owner shows it to them.
type Filter struct {
	ID        uuid.UUID `json:"id"`
	Page      string    `json:"page"` // ledgers or search
	Name      string    `json:"name"`
	Query     string    `json:"query"` // of the address, without "?"
	Shared    bool      `json:"shared"`
	Mine      bool      `json:"mine"`
	OwnerName string    `json:"owner_name"`
	ETag      int64     `json:"etag"`
	ChangedAt time.Time `json:"changed_at"`
	Unit      string    `json:"-"`
}

// FilterTx changes kept filters inside one transaction.
type FilterTx interface {
	// LockFilters keeps others of the person's changes out until commit.
	LockFilters(ctx context.Context, prison, person uuid.UUID) error
	Filters(ctx context.Context, prison uuid.UUID, page string) ([]Filter, error)
	Filter(ctx context.Context, prison, id uuid.UUID) (Filter, error)
	CountFilters(ctx context.Context, prison, person uuid.UUID) (int, error)
	InsertFilter(ctx context.Context, prison, owner uuid.UUID, f Filter) error
	UpdateFilter(ctx context.Context, prison uuid.UUID, f Filter) error
	DeleteFilter(ctx context.Context, prison, id uuid.UUID) error
}

// pages that a filter can be of.
var pages = map[string]bool{"ledgers": true, "search": true}

// check says what is wrong with a filter, by field.
func (f *Filter) check() error {
	var bad []fault.Field
	add := func(ok bool, pointer, zh, en string) {
		if !ok {
			bad = append(bad, fault.Field{Pointer: pointer, Code: "format", Text: fault.Text{ZH: zh, EN: en}})
		}
	}
	add(pages[f.Page], "/page", "没有这个页面", "There is no such page")
	name, ok := catalog.Name(f.Name, maxName)
	if f.Name = name; !ok {
		bad = append(bad, catalog.BadName("/name", maxName))
	}
	add(len([]rune(f.Query)) <= maxAddress && !strings.ContainsFunc(f.Query, func(r rune) bool { return r <= ' ' || r > '~' }), "/query", "筛选条件过长或无法识别", "The filter is too long or cannot be read")
	if len(bad) > 0 {
		return fault.InvalidFields("invalid_document", bad)
	}
	return nil
}

// Filters lists one's own, and what one's unit is shown, of a page.
func (s *Service) Filters(ctx context.Context, prison uuid.UUID, page string) ([]Filter, error) {
	var list []Filter
	err := s.Store.Read(ctx, s.session(ctx, prison), func(r Reader) error {
		var err error
		list, err = r.Filters(ctx, prison, page)
		return err
	})
	return list, err
}

// Keep makes a filter. Faults: invalid_document, filter_name_taken, filters_full.
func (s *Service) Keep(ctx context.Context, prison uuid.UUID, f Filter, idem ledger.Idem) (Filter, error) {
	if err := f.check(); err != nil {
		return Filter{}, err
	}
	me := actor.From(ctx)
	f.ID, f.Unit = uuid.Must(uuid.NewV7()), shownTo(me, prison, f.Shared)
	var out Filter
	err := s.Store.Write(ctx, s.session(ctx, prison), idem, &out, func(tx FilterTx) error {
		if err := tx.LockFilters(ctx, prison, me.PersonID); err != nil {
			return err
		}
		n, err := tx.CountFilters(ctx, prison, me.PersonID)
		if err != nil {
			return err
		}
		if n >= MaxFilters {
			return fault.New(fault.Conflict, "filters_full").With("limit", MaxFilters)
		}
		if err := tx.InsertFilter(ctx, prison, me.PersonID, f); err != nil {
			return err
		}
		out, err = tx.Filter(ctx, prison, f.ID)
		return err
	})
	return out, err
}

// Rename changes a filter of one's own: its name, its query, who sees it.
func (s *Service) Rename(ctx context.Context, prison uuid.UUID, f Filter, ifMatch int64) (Filter, error) {
	var out Filter
	err := s.own(ctx, prison, f.ID, ifMatch, func(tx FilterTx, old Filter) error {
		f.Page = old.Page
		if err := f.check(); err != nil {
			return err
		}
		f.Unit = shownTo(actor.From(ctx), prison, f.Shared)
		err := tx.UpdateFilter(ctx, prison, f)
		if err == nil {
			out, err = tx.Filter(ctx, prison, f.ID)
		}
		return err
	})
	return out, err
}

// Forget deletes a filter of one's own.
func (s *Service) Forget(ctx context.Context, prison, id uuid.UUID, ifMatch int64) error {
	return s.own(ctx, prison, id, ifMatch, func(tx FilterTx, _ Filter) error { return tx.DeleteFilter(ctx, prison, id) })
}

// own is the frame of a change: what a unit is shown, only its owner changes.
func (s *Service) own(ctx context.Context, prison, id uuid.UUID, ifMatch int64, fn func(FilterTx, Filter) error) error {
	return s.Store.Write(ctx, s.session(ctx, prison), ledger.Idem{}, nil, func(tx FilterTx) error {
		if err := tx.LockFilters(ctx, prison, actor.From(ctx).PersonID); err != nil {
			return err
		}
		f, err := tx.Filter(ctx, prison, id)
		switch {
		case err != nil:
			return err
		case !f.Mine:
			return fault.New(fault.Forbidden, "filter_of_another").With("owner", f.OwnerName)
		case f.ETag != ifMatch:
			return fault.New(fault.Stale, "changed_meanwhile").With("etag", f.ETag)
		}
		return fn(tx, f)
	})
}

// shownTo is the unit that is shown a filter: the owner's own.
func shownTo(a actor.Actor, prison uuid.UUID, shared bool) string {
	units := a.Units()
	if !shared || len(units) == 0 {
		return ""
	}
	for i, p := range a.Postings {
		if p.PrisonID == prison {
			return units[i]
		}
	}
	return units[0]
}
