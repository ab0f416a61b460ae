package ledger

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Standing is the revision of an entry that is in force.
type Standing struct {
	Entry    uuid.UUID
	Ledger   string
	Version  int
	Document []byte
	Pins     []Pin
	Files    []Evidence // as far as their id, slot and media type
}

// Doubt is an entry in force that is not as it was when it was approved, and why.
type Doubt struct {
	Entry uuid.UUID
	Why   fault.Text
}

// Lacking lists entries in force without a file that their type asks for. It looks
// as the program does: which of them the asker may see is for the caller to say.
func (s *Service) Lacking(ctx context.Context, prison, area uuid.UUID, from, to string) (list []Doubt, err error) {
	asking := s.typesWhere(func(t *catalog.Type) bool {
		return slices.ContainsFunc(t.Evidence, func(slot catalog.Slot) bool { return slot.Min.Number > 0 || slot.Min.CEL != "" })
	})
	err = s.Store.Read(ctx, s.session(ctx, prison), func(r Reader) error {
		return r.InForce(ctx, prison, area, asking, from, to, func(e Standing) error {
			t := s.Catalog.Type(e.Ledger, e.Version)
			doc, err := catalog.ParseDocument(e.Document)
			if err != nil || t == nil {
				return err
			}
			fields, err := lacking(t, doc, e.Files)
			if i := slices.IndexFunc(fields, func(f fault.Field) bool { return f.Code == "evidence_missing" }); i >= 0 {
				list = append(list, Doubt{Entry: e.Entry, Why: fields[i].Text})
			}
			return err
		})
	})
	return list, err
}

// Corrected lists entries in force that took a shared field (共) from an entry which
// says something else by now (来源已更正). It looks as Lacking does.
func (s *Service) Corrected(ctx context.Context, prison, area uuid.UUID, from, to string) (list []Doubt, err error) {
	sharing := s.typesWhere(func(t *catalog.Type) bool { return len(t.Sources) > 0 })
	err = s.Store.Read(ctx, s.session(ctx, prison), func(r Reader) error {
		resting, err := r.Resting(ctx, prison, area, sharing, from, to)
		if err != nil {
			return err
		}
		var sources []uuid.UUID
		for _, e := range resting {
			for _, of := range taken(e.Pins) {
				sources = append(sources, of.Entry)
			}
		}
		stood, err := r.Stood(ctx, prison, sources)
		if err != nil {
			return err
		}
		for _, e := range resting {
			// Few sources were changed, and only they are worth a closer look.
			if !slices.ContainsFunc(taken(e.Pins), func(of Pinned) bool { return stood[of.Entry].Revision != of.Revision }) {
				continue
			}
			own := slices.DeleteFunc(e.Pins, func(p Pin) bool { return p.Origin != nil })
			if err := lookAgain(ctx, r, prison, s.Catalog.Type(e.Ledger, e.Version), own); err != nil {
				return err
			}
			i := slices.IndexFunc(own, func(p Pin) bool { return p.Corrected })
			if i < 0 {
				continue
			}
			d := Doubt{Entry: e.Entry, Why: fault.Text{ZH: own[i].Ledger}}
			if t := s.Catalog.Current(own[i].Ledger); t != nil {
				d.Why = t.Title
			}
			list = append(list, d)
		}
		return nil
	})
	return list, err
}

// typesWhere names the types, ended ones too, that are so.
func (s *Service) typesWhere(is func(*catalog.Type) bool) (ids []string) {
	for _, t := range slices.Concat(s.Catalog.Types(), s.Catalog.Ended()) {
		if is(t) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// taken are the revisions that pins were taken from.
func taken(pins []Pin) (list []Pinned) {
	for _, p := range pins {
		list = append(list, p.Of...)
	}
	return list
}
