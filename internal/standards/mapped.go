package standards

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Mapped is the mapping that leads to a version from the one before.
type Mapped struct {
	Mapping  Mapping       `json:"mapping"`
	Written  bool          `json:"written"` // else proposed from the codes
	Mistakes []fault.Field `json:"mistakes"`
	Before   Outline       `json:"before"`
	After    Outline       `json:"after"`
	Version  Version       `json:"version"`
}

// Outline is what of a version its mappings speak of.
type Outline struct {
	Version int             `json:"version"`
	Domains []OutlineDomain `json:"domains"`
}

// OutlineDomain is a domain with its indicators.
type OutlineDomain struct {
	ID         string             `json:"id"`
	Title      fault.Text         `json:"title"`
	Points     scoring.Decimal    `json:"points"`
	Indicators []OutlineIndicator `json:"indicators"`
}

// OutlineIndicator is an indicator by its code.
type OutlineIndicator struct {
	Code   string          `json:"code"`
	Title  fault.Text      `json:"title"`
	Points scoring.Decimal `json:"points"`
}

func outline(s *scoring.Standard) Outline {
	o := Outline{Version: s.Version, Domains: []OutlineDomain{}}
	for _, d := range s.Domains {
		list := []OutlineIndicator{}
		for _, i := range d.Indicators {
			list = append(list, OutlineIndicator{i.Code, i.Title, i.Points})
		}
		o.Domains = append(o.Domains, OutlineDomain{d.ID, d.Title, d.Points, list})
	}
	return o
}

// Mapped is what became of the version before: what was written of it, else what the codes say.
// Faults: standard_unknown, also of a first version, which nothing leads to.
func (s *Service) Mapped(ctx context.Context, standard string, version int) (Mapped, error) {
	w, err := s.Load(ctx, standard, version)
	if err != nil {
		return Mapped{}, err
	}
	from, to, err := s.ends(ctx, w)
	if err != nil {
		return Mapped{}, err
	}
	m := Mapped{Before: outline(from), After: outline(to), Version: w.Version, Written: w.Mapping != nil}
	if m.Written {
		m.Mapping = *w.Mapping
	} else {
		m.Mapping = Natural(from, to)
	}
	m.Mistakes = m.Mapping.Check(from, to)
	return m, nil
}

// ends are the version before and the version itself, as far as a draft can be read.
func (s *Service) ends(ctx context.Context, w Whole) (from, to *scoring.Standard, err error) {
	if w.Version.Version == 1 {
		return nil, nil, fault.New(fault.NotFound, "standard_unknown")
	}
	before, err := s.Store.Load(ctx, house, w.Standard, w.Version.Version-1)
	if err != nil {
		return nil, nil, err
	}
	if from, err = scoring.ReadHead(before.Set); err != nil {
		return nil, nil, err
	}
	to, err = scoring.ReadHead(w.Set)
	return from, to, err
}

// Map keeps what is said of the version before, with the draft: it is reviewed with it, anew where
// it was. Faults: forbidden, bad_mapping with fields, changed_meanwhile, standard_issued.
func (s *Service) Map(ctx context.Context, standard string, version int, revision int64, m Mapping, idem ledger.Idem) (Version, error) {
	if err := s.may(ctx, "edit", uuid.Nil); err != nil {
		return Version{}, err
	}
	w, err := s.Store.Load(ctx, s.asked(ctx), standard, version)
	if err != nil {
		return Version{}, err
	}
	from, to, err := s.ends(ctx, w)
	if err != nil {
		return Version{}, err
	}
	if bad := m.Check(from, to); len(bad) > 0 {
		return Version{}, fault.InvalidFields("bad_mapping", bad)
	}
	w.Revision, w.Author, w.Mapping = revision, actor.From(ctx).PersonID, &m
	return s.Store.Map(ctx, s.asked(ctx), idem, w)
}

// mapped holds a written mapping to the artefacts as they are now: they may have changed since.
func (s *Service) mapped(ctx context.Context, w Whole) error {
	if w.Mapping == nil {
		return nil
	}
	from, to, err := s.ends(ctx, w)
	if err != nil {
		return err
	}
	if bad := w.Mapping.Check(from, to); len(bad) > 0 {
		for i := range bad {
			bad[i].Pointer = "/mapping" + bad[i].Pointer
		}
		return fault.InvalidFields("standard_refused", bad)
	}
	return nil
}

// MappingOf reads what is kept of a mapping; nothing is none.
func MappingOf(raw []byte) (*Mapping, error) {
	if raw == nil {
		return nil, nil
	}
	m := &Mapping{}
	return m, json.Unmarshal(raw, m)
}
