package overview

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
)

// Province is what a leader of the bureau sees first; to others it is the prisons that they see.
type Province struct {
	Day string `json:"day"`
	// Whole says that these are all prisons there are: only then are there targets.
	Whole       bool      `json:"whole"`
	Denominator string    `json:"denominator"`
	Rates       []Rate    `json:"rates"`
	Series      []Point   `json:"series"`
	Plan        Plan      `json:"plan"`
	Targets     []Reached `json:"targets"`
	Batches     []Batch   `json:"batches"`
	Steps       []Step    `json:"steps"`
	// StepsWhole says that every case of these prisons is counted in the steps; who is of an area sees its own.
	StepsWhole bool `json:"steps_whole"`
}

// Point is the rates at the end of a month; the last is the day itself.
type Point struct {
	Day   string `json:"day"`
	Rates []Rate `json:"rates"`
}

// Batch is the units that were named by one document on one day (R39).
type Batch struct {
	On       string `json:"on"`
	Document string `json:"document_no"`
	Named    []Unit `json:"named"`
}

// Step of the road with the cases that are in it today.
type Step struct {
	State  lifecycle.State `json:"state"`
	Title  fault.Text      `json:"title"`
	Prison int             `json:"prison"` // cases of prisons as a whole
	Area   int             `json:"area"`
}

// points is how many months a line goes back at most.
const points = 120

// Province on a day; "" is today. Faults: forbidden, bad_day.
func (s *Service) Province(ctx context.Context, day string) (Province, error) {
	day, err := s.dayOf(day)
	if err != nil {
		return Province{}, err
	}
	g, err := s.ground(ctx)
	if err != nil {
		return Province{}, err
	}
	out := Province{Day: day, Whole: g.all, Denominator: s.Targets.Denominator.Value, Rates: rates(g.units(day)), Plan: s.Targets.Plan, Targets: []Reached{},
		Series: g.series(day), Batches: g.batches(day)}
	if g.all {
		out.Targets = s.reached(g, day)
	}
	board, err := s.Road.Cases(ctx)
	if err != nil {
		return Province{}, err
	}
	out.Steps = steps(board)
	out.StepsWhole = !slices.ContainsFunc(g.prisons, func(p ledger.Prison) bool { return s.sees(ctx, "case", p.ID, uuid.Nil) != nil })
	return out, nil
}

// series runs from the month of the first naming to the day.
func (g ground) series(day string) []Point {
	first := day
	for _, titles := range g.titles {
		for _, t := range titles {
			first = min(first, t.NamedOn)
		}
	}
	at, _ := catalog.Day(day)
	from, _ := catalog.Day(first)
	list := []Point{}
	// The last day of each month: day 0 of the next.
	for n := points - 1; n > 0; n-- {
		end := time.Date(at.At.Year(), at.At.Month()+time.Month(1-n), 0, 0, 0, 0, 0, catalog.Zone)
		if d := catalog.DayOf(end); !end.Before(from.At) && d < day {
			list = append(list, Point{d, rates(g.units(d))})
		}
	}
	return append(list, Point{day, rates(g.units(day))})
}

// batches of the newest day first.
func (g ground) batches(day string) []Batch {
	list := []Batch{}
	of := map[unit]string{}
	for _, p := range g.prisons {
		of[unit{p.ID, uuid.Nil}] = ofPrison
		for _, a := range p.Areas {
			of[unit{p.ID, a.ID}] = typeOf(a)
		}
	}
	for u, titles := range g.titles {
		for _, t := range titles {
			if t.NamedOn > day || of[u] == "" {
				continue
			}
			i := slices.IndexFunc(list, func(b Batch) bool { return b.On == t.NamedOn && b.Document == t.DocumentNo })
			if i < 0 {
				i, list = len(list), append(list, Batch{On: t.NamedOn, Document: t.DocumentNo, Named: []Unit{}})
			}
			list[i].Named = append(list[i].Named, Unit{Prison: u.prison, Area: u.area, Of: of[u], Named: true, Level: t.Level, Wording: t.Wording,
				NamedOn: t.NamedOn, Document: t.DocumentNo})
		}
	}
	for _, b := range list {
		slices.SortFunc(b.Named, func(a, b Unit) int {
			return slices.Compare(append(a.Prison[:], a.Area[:]...), append(b.Prison[:], b.Area[:]...))
		})
	}
	slices.SortFunc(list, func(a, b Batch) int { return -slices.Compare([]string{a.On, a.Document}, []string{b.On, b.Document}) })
	return list
}

// steps counts the cases that are still on the road, or at its end with a title.
func steps(board accreditation.Board) []Step {
	list := []Step{}
	for _, named := range board.States {
		x := Step{State: named.State, Title: named.Title}
		for _, c := range board.Cases {
			switch {
			case c.State != named.State:
			case c.Area == uuid.Nil:
				x.Prison++
			default:
				x.Area++
			}
		}
		list = append(list, x)
	}
	return list
}
