// Package demo makes the demonstration province: invented prisons that have
// lived some weeks, through the same use cases a person would use.
package demo

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/httpapi"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
)

// Password of every demonstration account; there is no other default account.
const Password = "taizhang-demo"

// Options of a demonstration.
type Options struct {
	OwnerURL string // of the database, as its owner: only the owner makes demonstration prisons
	Store    *postgres.Store
	Catalog  *catalog.Catalog
	Access   ledger.Authorizer
	Files    ledger.Files
	// Inspection is the checks' use cases; they are lived on the prison's clock.
	Inspection *inspection.Service
	// Cases likewise.
	Cases   *accreditation.Service
	Days    int
	Seed    int64
	Prisons int
	Refresh func(ctx context.Context) error // of the catalogue
	Now     func() time.Time
	Log     *slog.Logger
}

// Province is the demonstration being made.
type Province struct {
	Options
	units   []*unit
	samples map[string][]sample
	done    atomic.Int64
	total   atomic.Int64
	mu      sync.Mutex
	at      string
	ended   bool
	failed  bool
}

// New makes the organisation and its accounts, if they are not there yet.
func New(ctx context.Context, o Options) (*Province, error) {
	p := &Province{Options: o}
	var err error
	if p.samples, err = readSamples(o.Catalog); err != nil {
		return nil, err
	}
	if p.units, err = p.found(ctx); err != nil {
		return nil, fmt.Errorf("demonstration: %w", err)
	}
	for _, u := range p.units {
		if !u.open {
			p.total.Add(int64(o.Days))
		}
	}
	return p, nil
}

// Fill lets every prison live its days, one prison after the other so that the
// first is open soon. A prison whose making was interrupted begins anew.
func (p *Province) Fill(ctx context.Context) error {
	var err error
	for _, u := range p.units {
		if u.open {
			continue
		}
		p.mu.Lock()
		p.at = u.name.ZH
		p.mu.Unlock()
		if err = p.live(ctx, u); err != nil {
			err = fmt.Errorf("demonstration of %s: %w", u.code, err)
			break
		}
	}
	p.mu.Lock()
	p.ended, p.failed = err == nil, err != nil
	p.mu.Unlock()
	return err
}

// Progress in days lived.
func (p *Province) Progress() httpapi.Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	return httpapi.Progress{Done: int(p.done.Load()), Total: int(p.total.Load()), Finished: p.ended, Failed: p.failed, Prison: p.at, Demo: true, Logins: p.Logins()}
}

// person of the demonstration.
type person struct {
	id     uuid.UUID
	number string
	name   string
	posts  []post
}
