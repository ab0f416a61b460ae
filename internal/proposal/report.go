package proposal

import (
	"cmp"
	"context"
	"slices"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Report is a dry run: everything the change touches, before it is made.
type Report struct {
	Version  int               `json:"version"` // that will be published, 0 for none
	Changes  []Line            `json:"changes"`
	Drafts   Drafts            `json:"drafts"`
	Records  int               `json:"records"` // entries ever filed, which stay readable
	Duties   int               `json:"duties"`  // still ahead, which fall away: after a version they are made anew
	Uses     []Use             `json:"uses"`    // what in the catalogue and the standard names the ledger
	Overlaps []catalog.Overlap `json:"overlaps"`
	// Extent is the area that Before and After are reckoned by; none in reports older than it.
	Extent catalog.Extent `json:"extent,omitzero"`
	Before catalog.Burden `json:"burden_before"`
	After  catalog.Burden `json:"burden_after"`
	// Failed are the tests of the gate it does not pass: then it is refused.
	Failed []fault.Field `json:"failed"`
}

// Line is one change between versions and how many open drafts it would hold.
type Line struct {
	catalog.Change
	Holds int `json:"holds"`
}

// Drafts that are open when the report is made.
type Drafts struct {
	Open int `json:"open"`
	Move int `json:"move"`
	Hold int `json:"hold"`
	// Returned and Submitted become drafts when they are revised or withdrawn, and move
	// or stay then. None in reports older than them.
	Returned  int `json:"returned,omitzero"`
	Submitted int `json:"submitted,omitzero"`
	// Fate names what becomes of them: the kind of the change, "external" for a transfer
	// to another system. Only a version moves and holds; after the others they are
	// finished as they are. None in reports older than it.
	Fate string `json:"fate,omitempty"`
}

// Use is a place that names the ledger.
type Use struct {
	What  string     `json:"what"` // source, trigger, lookup, indicator, line, policy, occasion
	In    string     `json:"in"`   // ledger, code of the indicator, or id of the line or the occasion
	Title fault.Text `json:"title"`
}

// report works the dry run out. Faults: bad_type, and bad_proposal with fields.
func (s *Service) report(ctx context.Context, tx Tx, c Content, today string) (Report, error) {
	r := Report{Changes: []Line{}, Uses: []Use{}, Overlaps: []catalog.Overlap{}, Failed: []fault.Field{}, Extent: s.Catalog.Nominal(), Before: catalog.BurdenOf(s.Catalog.Types(), s.Catalog.Nominal()),
		Drafts: Drafts{Fate: c.fate()}}
	if bad := s.wrong(c, today); len(bad) > 0 {
		return r, fault.InvalidFields("bad_proposal", bad)
	}
	types := slices.Clone(s.Catalog.Types())
	current := s.Catalog.Current(c.Ledger)
	var next *catalog.Type
	var err error
	if c.Kind == Add || c.Kind == Version {
		if next, err = s.Catalog.Draft(c.files()); err != nil {
			return r, err
		}
		bad := s.fits(c, current, next)
		if current != nil {
			bad = slices.Concat(bad, s.unscored(current, next), s.unserved(current, next))
		}
		if len(bad) > 0 {
			return r, fault.InvalidFields("bad_proposal", bad)
		}
		r.Version = next.Version
	}
	kept := next
	if next == nil && !c.ends() {
		kept = current // under another owner
	}
	if current != nil {
		r.Uses = s.uses(c.Ledger, kept)
		if r.Records, err = tx.Filed(ctx, c.Ledger); err != nil {
			return r, err
		}
		if r.Duties, err = tx.Duties(ctx, c.Ledger, c.drops()); err != nil {
			return r, err
		}
		if r.Drafts.Returned, r.Drafts.Submitted, err = tx.OnTheirWay(ctx, c.Ledger); err != nil {
			return r, err
		}
		if err := s.drafts(ctx, tx, c, current, next, &r); err != nil {
			return r, err
		}
		types = slices.DeleteFunc(types, func(t *catalog.Type) bool { return t.ID == c.Ledger })
	}
	if kept != nil {
		types = append(types, kept)
	}
	if next != nil {
		r.Overlaps = catalog.NewOverlaps(current, next, s.Catalog.Types())
		if c.Kind == Add || catalog.Adds(catalog.Compare(current, next)) {
			gate := catalog.Gate{}
			if c.Gate != nil {
				gate = *c.Gate
			}
			known := func(id string) bool { return s.Catalog.Current(id) != nil }
			r.Failed = append(r.Failed, gate.Check("/gate", today, known, catalog.Certain(r.Overlaps))...)
		} else if len(catalog.Certain(r.Overlaps)) > 0 {
			r.Failed = append(r.Failed, catalog.AskedAlready("/schema"))
		}
	}
	r.After = catalog.BurdenOf(types, r.Extent)
	return r, nil
}

// drafts counts what becomes of those that are open.
func (s *Service) drafts(ctx context.Context, tx Tx, c Content, current, next *catalog.Type, r *Report) error {
	if next != nil {
		for _, ch := range catalog.Compare(current, next) {
			r.Changes = append(r.Changes, Line{Change: ch})
		}
	}
	compared := map[int][]catalog.Change{}
	after := ledger.Key{}
	for {
		open, err := tx.OpenDrafts(ctx, c.Ledger, after, PageOfDrafts)
		if err != nil {
			return err
		}
		r.Drafts.Open += len(open)
		if next != nil {
			if err := s.weigh(c, open, compared, next, r); err != nil {
				return err
			}
		}
		if len(open) < PageOfDrafts {
			return nil
		}
		after = open[len(open)-1].Key
	}
}

// weigh counts which of some drafts would move to the next version. compared
// keeps what differs from each version they are of.
func (s *Service) weigh(c Content, open []OpenDraft, compared map[int][]catalog.Change, next *catalog.Type, r *Report) error {
	for _, d := range open {
		if compared[d.Version] == nil {
			compared[d.Version] = catalog.Compare(s.Catalog.Type(c.Ledger, d.Version), next)
		}
		doc, err := catalog.ParseDocument(d.Body)
		if err != nil {
			return err
		}
		held := false
		for _, ch := range compared[d.Version] {
			if !d.Correcting && !ch.Holds(doc) {
				continue
			}
			held = true
			if i := slices.IndexFunc(r.Changes, func(l Line) bool { return l.Kind == ch.Kind && l.Field == ch.Field && l.Member == ch.Member }); i >= 0 && ch.Holds(doc) {
				r.Changes[i].Holds++
			}
		}
		if held {
			r.Drafts.Hold++
		} else {
			r.Drafts.Move++
		}
	}
	return nil
}

// uses lists what names the ledger, the occasions that fill a field which its next
// version, nil for none, no longer has, and the lines that it no longer counts for alike.
func (s *Service) uses(id string, next *catalog.Type) []Use {
	list := []Use{{What: "policy", In: s.Access.Owner(id), Title: fault.Text{ZH: "归属部门", EN: "owning department"}}}
	for _, t := range s.Catalog.Types() {
		for _, src := range t.Sources {
			if src.Ledger == id {
				list = append(list, Use{"source", t.ID, t.Title})
			}
		}
		for _, tr := range t.Triggers {
			if tr.Opens == id {
				list = append(list, Use{"trigger", t.ID, t.Title})
			}
		}
		if t.ID != id && t.Names(id) {
			list = append(list, Use{"lookup", t.ID, t.Title})
		}
	}
	for _, o := range s.Catalog.Occasions().All() {
		if o.Opens == id && (next == nil || len(o.Strays(next)) > 0) {
			list = append(list, Use{"occasion", o.ID, o.Title})
		}
	}
	for _, std := range s.Standards() {
		for _, d := range std.Domains {
			for _, ind := range d.Indicators {
				if slices.Contains(ind.Ledgers, id) {
					list = append(list, Use{"indicator", ind.Code, ind.Title})
				}
			}
		}
	}
	if current := s.Catalog.Current(id); current != nil {
		for _, k := range s.stakes(current, next) {
			list = append(list, Use{"line", k.Line.ID, k.title()})
		}
	}
	slices.SortStableFunc(list, func(a, b Use) int { return cmp.Compare(a.What+a.In, b.What+b.In) })
	return slices.Compact(list)
}
