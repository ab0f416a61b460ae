package stewardship

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Tally counts ledgers by how they are kept, each once for every area that keeps it.
type Tally struct {
	All   int `json:"all"`
	Paper int `json:"paper"`
	Dual  int `json:"dual"`
	Ended int `json:"ended"`
	// Electronic are those on both tracks and those on paper no more.
	Electronic int `json:"electronic"`
	Waits      int `json:"waits"` // for their confirmation
}

func (t *Tally) add(s Standing) {
	t.All++
	switch s.State {
	case OnPaper:
		t.Paper++
	case Dual:
		t.Dual, t.Electronic = t.Dual+1, t.Electronic+1
	case PaperEnded:
		t.Ended, t.Electronic = t.Ended+1, t.Electronic+1
	}
	if s.Waits != nil {
		t.Waits++
	}
}

// Cell is a ledger in an area that keeps it.
type Cell struct {
	Area   uuid.UUID `json:"area"`
	Ledger string    `json:"ledger"`
	Standing
	N    int           `json:"n"`    // declarations there are
	Acts []Declaration `json:"acts"` // the newest first
	// What the reader may do with what waits.
	Actions []string `json:"actions"`
}

// PaperLedger is a ledger over the areas that keep it.
type PaperLedger struct {
	Ledger string `json:"ledger"`
	Owner  string `json:"owner"`
	Came   string `json:"came,omitempty"` // into force; absent from the beginning
	// Old are the paper ledgers whose content it took over.
	Old   []OldLedger `json:"old"`
	Tally Tally       `json:"tally"`
	// EndsOn is the day on which the last area ends its paper, where every one has such a day.
	EndsOn string `json:"ends_on,omitempty"`
}

// OldLedger is a paper ledger by the number and name that it had.
type OldLedger struct {
	No    string     `json:"no"`
	Title fault.Text `json:"title"`
}

// AreaTally is an area over its ledgers.
type AreaTally struct {
	Area  uuid.UUID `json:"area"`
	Tally Tally     `json:"tally"`
}

// Feeds names the lines of a standard that the figures of an area are held beside, where a finding
// is entered: the share of electronic ledgers, and paper that is kept beside them.
type Feeds struct {
	Share  string `json:"share"`
	Beside string `json:"beside"`
}

// Paper of a prison today, as far as the reader sees its areas.
type Paper struct {
	Prison  uuid.UUID     `json:"prison"`
	Day     string        `json:"day"`
	Tally   Tally         `json:"tally"`
	Areas   []AreaTally   `json:"areas"`
	Ledgers []PaperLedger `json:"ledgers"`
	Cells   []Cell        `json:"cells"`
	// Declares are the areas that the reader may declare for.
	Declares []uuid.UUID `json:"declares"`
	Feeds    Feeds       `json:"feeds"`
}

var feeds = Feeds{Share: "XX-01.share", Beside: "XX-01.paper"}

// sees goes with the score, of which it is a fact.
func (s *Service) sees(ctx context.Context, prison, area uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), "read", ledger.Subject{Class: "score", Prison: prison, Area: area}, s.Now())
}

func keeps(t *catalog.Type, a ledger.Area) bool { return t.AppliesTo(a.Kind, a.Function, a.HasLabour) }

// Paper of a prison. Faults: not_found, forbidden.
func (s *Service) Paper(ctx context.Context, prison uuid.UUID) (Paper, error) {
	areas, _, err := s.prison(ctx, prison)
	if err != nil {
		return Paper{}, err
	}
	areas = slices.DeleteFunc(areas, func(a ledger.Area) bool { return s.sees(ctx, prison, a.ID) != nil })
	if len(areas) == 0 {
		if err := s.sees(ctx, prison, uuid.Nil); err != nil {
			return Paper{}, err
		}
	}
	all, err := s.Store.Papers(ctx, s.asked(ctx, prison))
	if err != nil {
		return Paper{}, err
	}
	by := byCell(all)
	out := Paper{Prison: prison, Day: s.today(), Areas: []AreaTally{}, Ledgers: []PaperLedger{}, Cells: []Cell{}, Declares: []uuid.UUID{}, Feeds: feeds}
	for _, a := range areas {
		out.Areas = append(out.Areas, AreaTally{Area: a.ID})
		if s.mayDeclare(ctx, prison, a.ID) == nil {
			out.Declares = append(out.Declares, a.ID)
		}
	}
	for _, t := range s.Catalog.Types() {
		l := PaperLedger{Ledger: t.ID, Owner: s.Access.Owner(t.ID), Came: s.came(t.ID), Old: s.old(t.ID)}
		ends := true
		for i, a := range areas {
			if !keeps(t, a) {
				continue
			}
			cell := s.cell(ctx, by[cellOf{a.ID, t.ID}], a.ID, t.ID)
			for _, tally := range []*Tally{&out.Tally, &out.Areas[i].Tally, &l.Tally} {
				tally.add(cell.Standing)
			}
			on := cell.ends()
			ends = ends && on != ""
			l.EndsOn = max(l.EndsOn, on)
			out.Cells = append(out.Cells, cell)
		}
		if !ends {
			l.EndsOn = ""
		}
		if l.Tally.All > 0 {
			out.Ledgers = append(out.Ledgers, l)
		}
	}
	return out, nil
}

// ends is the day on which paper ended, or is to end; "" for none.
func (s Standing) ends() string {
	switch {
	case s.Ahead != nil && s.Ahead.State == PaperEnded:
		return s.Ahead.FromDay
	case s.Ahead == nil && s.State == PaperEnded:
		return s.Since
	}
	return ""
}

// cellOf is a ledger in an area.
type cellOf struct {
	area   uuid.UUID
	ledger string
}

// byCell parts declarations by what they are of, in their order.
func byCell(all []Declaration) map[cellOf][]Declaration {
	by := map[cellOf][]Declaration{}
	for _, d := range all {
		at := cellOf{d.Area, d.Ledger}
		by[at] = append(by[at], d)
	}
	return by
}

func (s *Service) cell(ctx context.Context, acts []Declaration, area uuid.UUID, id string) Cell {
	c := Cell{Area: area, Ledger: id, Standing: standing(acts, s.today()), N: len(acts), Acts: append([]Declaration{}, acts...), Actions: []string{}}
	slices.Reverse(c.Acts)
	if c.Waits != nil {
		for _, v := range []string{Confirm, Refuse, Withdraw} {
			if s.mayDecide(ctx, v, *c.Waits) == nil {
				c.Actions = append(c.Actions, v)
			}
		}
	}
	return c
}

// old are the paper ledgers that went into the ledger, as the register of the consolidation has it.
func (s *Service) old(id string) []OldLedger {
	list := []OldLedger{}
	for _, l := range s.Register.Legacy {
		if l.Target == id {
			list = append(list, OldLedger{l.No, l.Title})
		}
	}
	return list
}

// PrisonTally is a prison over all its areas.
type PrisonTally struct {
	Prison uuid.UUID `json:"prison"`
	Areas  int       `json:"areas"`
	Tally  Tally     `json:"tally"`
}

// Province counts each prison whose whole the reader sees.
func (s *Service) Province(ctx context.Context) ([]PrisonTally, error) {
	o, err := s.Store.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Papers(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return nil, err
	}
	by := byCell(all)
	list := []PrisonTally{}
	for _, p := range o.Prisons {
		if s.sees(ctx, p.ID, uuid.Nil) != nil {
			continue
		}
		one := PrisonTally{Prison: p.ID}
		for _, a := range s.inUse(p) {
			one.Areas++
			for _, t := range s.Catalog.Types() {
				if keeps(t, a) {
					one.Tally.add(standing(by[cellOf{a.ID, t.ID}], s.today()))
				}
			}
		}
		list = append(list, one)
	}
	return list, nil
}
