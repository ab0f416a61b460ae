package housetest

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/access"
	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
	"taizhang/internal/objectstore"
	"taizhang/internal/postgres"
	"taizhang/policies"
	"taizhang/schemas"
)

// Pass lets another process into a house.
type Pass struct {
	OwnerURL string
	Files    objectstore.Config
	Prison   uuid.UUID
	Area     uuid.UUID
	People   map[string]actor.Actor
}

// Pass of this house.
func (h *House) Pass() string {
	raw, _ := json.Marshal(Pass{OwnerURL: h.OwnerURL, Files: h.config, Prison: h.Prison, Area: h.Area, People: h.people})
	return string(raw)
}

// Beside is another server of the same house: it has read the catalogue as it is
// now, and reads it anew only when it must.
func (h *House) Beside() *House {
	b := *h
	b.Catalog, b.Access = h.Catalog.Copy(), h.Access.Copy()
	b.Ledger = &ledger.Service{Store: h.Store, Files: h.Files, Access: b.Access, Catalog: b.Catalog, Refresh: b.refresh, Now: time.Now}
	b.Exchange = b.exchange()
	return &b
}

// Join opens the house of a pass, as a program started anew would: without
// making anything.
func Join(ctx context.Context, pass string) (*House, error) {
	var p Pass
	if err := json.Unmarshal([]byte(pass), &p); err != nil {
		return nil, err
	}
	h := &House{OwnerURL: p.OwnerURL, Prison: p.Prison, Area: p.Area, began: time.Now(), people: p.People, config: p.Files}
	var err error
	if h.Catalog, err = catalog.Load(schemas.FS); err != nil {
		return nil, err
	}
	if h.Access, err = access.Load(policies.FS, h.Catalog.IDs()); err != nil {
		return nil, err
	}
	if h.Store, err = postgres.Open(ctx, postgres.AsRole(p.OwnerURL, "taizhang_app"), 4); err != nil {
		return nil, err
	}
	if h.Files, err = objectstore.Open(ctx, p.Files); err != nil {
		return nil, err
	}
	h.Ledger = &ledger.Service{Store: h.Store, Files: h.Files, Access: h.Access, Catalog: h.Catalog, Refresh: h.refresh, Now: time.Now}
	h.Exchange = h.exchange()
	return h, nil
}
