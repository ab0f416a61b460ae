package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
)

// Introduce writes beside the police and inmate numbers in the entries' summaries
// whose they are, asking once for all of them. Of what is strictly restricted
// (L3) the caller hands over only what is read on record: there a name tells more
// than a number. A summary is of what was filed, so all in it are named.
func (s *Service) Introduce(ctx context.Context, r Reader, prison uuid.UUID, list []*Entry) error {
	type summary struct {
		typ   *catalog.Type
		items []catalog.SummaryItem
	}
	found := make([]summary, len(list))
	var refs []catalog.Reference
	for i, e := range list {
		f := summary{typ: s.Catalog.Type(e.Ledger, e.Version)}
		if f.typ == nil || len(e.Summary) == 0 {
			continue
		}
		d := json.NewDecoder(bytes.NewReader(e.Summary))
		d.UseNumber()
		if err := d.Decode(&f.items); err != nil {
			return fmt.Errorf("summary of %s: %w", e.Entry, err)
		}
		if mentions := f.typ.Mentions(f.items); len(mentions) > 0 {
			found[i], refs = f, append(refs, mentions...)
		}
	}
	names, err := r.Named(ctx, prison, refs)
	if err != nil {
		return err
	}
	for i, f := range found {
		if f.typ == nil {
			continue
		}
		f.typ.Introduce(f.items, names)
		if list[i].Summary, err = json.Marshal(f.items); err != nil {
			return fmt.Errorf("summary of %s: %w", list[i].Entry, err)
		}
	}
	return nil
}

// Names are those of the references that the context's actor may look up, by
// "police 0000001". What is typed and not filed is named by them alone, else a number
// could be turned into a name by typing it.
func (s *Service) Names(ctx context.Context, prison uuid.UUID, refs []catalog.Reference) (names map[string]string, err error) {
	err = s.Store.Read(ctx, s.session(ctx, prison), func(r Reader) error {
		if refs, err = s.known(ctx, r, prison, refs); err != nil {
			return err
		}
		names, err = r.Named(ctx, prison, refs)
		return err
	})
	return names, err
}

// known are the references whose names the context's actor could look up while
// filling: inmates of the areas that are open to them (class inmate of the policy), and
// of the police all.
func (s *Service) known(ctx context.Context, r Reader, prison uuid.UUID, refs []catalog.Reference) ([]catalog.Reference, error) {
	at, err := r.Whereabouts(ctx, prison, refs)
	if err != nil {
		return nil, err
	}
	open := map[uuid.UUID]bool{}
	var list []catalog.Reference
	for _, ref := range refs {
		area := at.Areas[ref.Kind+" "+ref.Value]
		if _, asked := open[area]; !asked {
			open[area] = s.Access.Check(actor.From(ctx), "read", Subject{Class: "inmate", Prison: prison, Area: area}, s.Now()) == nil
		}
		if ref.Kind != "inmate" || open[area] {
			list = append(list, ref)
		}
	}
	return list, nil
}

// unrestricted are the entries whose people a list may name: to look at the
// others is an event of custody, and a list is none.
func unrestricted(list []Entry) []*Entry {
	var out []*Entry
	for i := range list {
		if list[i].Level != "L3" {
			out = append(out, &list[i])
		}
	}
	return out
}
