package overview

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/ledger"
)

// The types of unit, each with a rate of its own: never one drawn against another's target.
const (
	ofPrison     = "prison"
	ofOrdinary   = "ordinary"
	ofFunctional = "functional"
	ofSubArea    = "sub_area"
)

// Types in their order.
var Types = []string{ofPrison, ofOrdinary, ofFunctional, ofSubArea}

// Rate of one type of unit: those whose title stands, of those that count.
type Rate struct {
	Of    string `json:"of"`
	Named int    `json:"named"`
	All   int    `json:"all"`
	// Percent is for the eye, two decimals half up; "" where nothing counts.
	Percent string `json:"percent"`
}

// Unit that counts on a day, with the title that stands.
type Unit struct {
	Prison   uuid.UUID `json:"prison"`
	Area     uuid.UUID `json:"area,omitzero"`
	Of       string    `json:"of"`
	Named    bool      `json:"named"`
	Level    string    `json:"level,omitempty"`
	Wording  string    `json:"wording,omitempty"`
	NamedOn  string    `json:"named_on,omitempty"`
	Document string    `json:"document_no,omitempty"`
}

// ground is what all figures of a look are counted from.
type ground struct {
	prisons []ledger.Prison
	titles  map[unit][]accreditation.Title
	applied map[uuid.UUID]string // nil: all prisons count
	all     bool                 // of the province
}

// unit is a prison as a whole, or an area.
type unit struct{ prison, area uuid.UUID }

func (s *Service) ground(ctx context.Context) (g ground, err error) {
	if g.prisons, g.all, err = s.prisons(ctx); err != nil {
		return g, err
	}
	titles, _, err := s.Road.Register(ctx)
	if err != nil {
		return g, err
	}
	g.titles = map[unit][]accreditation.Title{}
	for _, t := range titles {
		// What waits for its second person, or was refused, is no title of anybody.
		if !t.Counts() {
			continue
		}
		g.titles[unit{t.Prison, t.Area}] = append(g.titles[unit{t.Prison, t.Area}], t)
	}
	if s.Targets.Denominator.Value == applying {
		g.applied, err = s.Store.Applied(ctx, s.asked(ctx, uuid.Nil))
	}
	return g, err
}

func typeOf(a ledger.Area) string {
	if a.SubArea {
		return ofSubArea
	}
	if a.Kind == "ordinary" {
		return ofOrdinary
	}
	return ofFunctional
}

// units that count on the day: areas from opening to closing, and prisons as long as they
// have one. With the narrower denominator a prison counts once it has applied or is named.
func (g ground) units(day string) (list []Unit) {
	for _, p := range g.prisons {
		at := len(list)
		for _, a := range p.Areas {
			if a.Counts(day) {
				list = append(list, g.unit(unit{p.ID, a.ID}, typeOf(a), day))
			}
		}
		if len(list) == at {
			continue
		}
		whole := g.unit(unit{p.ID, uuid.Nil}, ofPrison, day)
		if on, ok := g.applied[p.ID]; g.applied == nil || whole.Named || ok && on <= day {
			list = slices.Insert(list, at, whole)
		}
	}
	return list
}

func (g ground) unit(u unit, of, day string) Unit {
	x := Unit{Prison: u.prison, Area: u.area, Of: of}
	for _, t := range g.titles[u] {
		// The highest level is shown, whichever was given first.
		if t.Stands(day) && cmp.Or(accreditation.Rank(t.Level)-accreditation.Rank(x.Level), cmp.Compare(t.NamedOn, x.NamedOn)) >= 0 {
			x.Named, x.Level, x.Wording, x.NamedOn, x.Document = true, t.Level, t.Wording, t.NamedOn, t.DocumentNo
		}
	}
	return x
}

// rates of a day; sub-areas only where there are any.
func rates(units []Unit) []Rate {
	list := []Rate{}
	for _, of := range Types {
		r := Rate{Of: of}
		for _, u := range units {
			if u.Of != of {
				continue
			}
			r.All++
			if u.Named {
				r.Named++
			}
		}
		r.Percent = percent(int64(r.Named), int64(r.All))
		if r.All > 0 || of != ofSubArea {
			list = append(list, r)
		}
	}
	return list
}

// Units of a type on a day: what the figures count, of one prison or of all in sight (zero id). named
// narrows it to those that are, or are not. Fault: bad_day.
func (s *Service) Units(ctx context.Context, day string, prison uuid.UUID, of string, named *bool) (string, []Unit, error) {
	day, err := s.dayOf(day)
	if err != nil {
		return "", nil, err
	}
	g, err := s.ground(ctx)
	if err != nil {
		return "", nil, err
	}
	return day, slices.DeleteFunc(g.units(day), func(u Unit) bool {
		return u.Of != of || prison != uuid.Nil && u.Prison != prison || named != nil && u.Named != *named
	}), nil
}
