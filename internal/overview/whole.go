package overview

import (
	"cmp"
	"context"
	"math/big"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Whole is a prison as a whole as it stands today, also while nobody applies: by the standard of
// prisons, and its departments as units that prepare as the areas do (R105).
type Whole struct {
	Day string `json:"day"`
	// Sheet is nil where no standard of prisons is in force, or the prison has no area.
	Sheet       *scoring.Sheet `json:"sheet,omitempty"`
	Departments []Answerable   `json:"departments"`
}

// Answerable is a department by what it answers for in the sheets of the prison and of its areas. There
// is no standard of departments: of the points of those items it keeps a share, and its score is that
// share of a thousand, exact.
type Answerable struct {
	Department string          `json:"department"`
	Points     scoring.Decimal `json:"points"`
	Lost       scoring.Decimal `json:"lost"`
	Score      scoring.Decimal `json:"score"`
	Display    string          `json:"display"`
	Items      []Answered      `json:"items"` // what lost most first
}

// Answered is an indicator that a department answers for, over the units it applies to.
type Answered struct {
	Standard string          `json:"standard"`
	Version  int             `json:"version"`
	Code     string          `json:"code"`
	Title    fault.Text      `json:"title"`
	Units    int             `json:"units"`
	Points   scoring.Decimal `json:"points"`
	Lost     scoring.Decimal `json:"lost"`
	Losing   []Loser         `json:"losing"`
}

// Loser is a unit that lost points of an indicator; the prison as a whole has no area.
type Loser struct {
	Area uuid.UUID       `json:"area,omitzero"`
	Lost scoring.Decimal `json:"lost"`
}

// Whole prison of today. Faults: not_found, forbidden to who sees only some of its areas.
func (s *Service) Whole(ctx context.Context, prison uuid.UUID) (Whole, error) {
	if err := s.sees(ctx, "score", prison, uuid.Nil); err != nil {
		return Whole{}, err
	}
	day := s.today()
	out := Whole{Day: day}
	every, err := s.Store.Prisons(ctx)
	if err != nil {
		return Whole{}, err
	}
	if !slices.ContainsFunc(every, func(p ledger.Prison) bool { return p.ID == prison }) {
		return Whole{}, fault.New(fault.NotFound, "not_found")
	}
	scores, err := s.Scores.Scores(ctx, prison)
	if err != nil {
		return Whole{}, err
	}
	var by departments
	for _, x := range scores {
		std, err := s.Standards.For(ctx, x.Area.Kind, x.Area.Function, day)
		if err != nil {
			return Whole{}, err
		}
		by.add(s, std, x.Sheet, x.Area.ID)
	}
	std, err := s.Standards.For(ctx, ofPrison, "", day)
	switch {
	case fault.CodeOf(err) == "standard_unknown":
	case err != nil:
		return Whole{}, err
	default:
		titled, err := s.Road.Titled(ctx, prison, day)
		if err != nil {
			return Whole{}, err
		}
		sheets, err := s.Scores.Under(ctx, prison, uuid.Nil, titled, std)
		switch {
		case fault.Is(err, fault.NotFound): // it has no area that counts
		case err != nil:
			return Whole{}, err
		default:
			out.Sheet = sheets[0]
			by.add(s, std, out.Sheet, uuid.Nil)
		}
	}
	out.Departments, err = by.settled()
	return out, err
}

// departments in the order in which they came.
type departments []Answerable

// add counts each indicator of a sheet for the departments that answer for it. An indicator whose proof
// lies in ledgers of several departments is each one's.
func (by *departments) add(s *Service, std *scoring.Standard, sheet *scoring.Sheet, area uuid.UUID) {
	if sheet.Standard != std.ID || sheet.Version != std.Version {
		return // another was issued between the two readings
	}
	for n, d := range std.Domains {
		for m, ind := range d.Indicators {
			got := sheet.Domains[n].Indicators[m]
			if !got.Applies {
				continue
			}
			for _, department := range s.answering(ind) {
				by.of(department).item(std, ind).add(ind.Points, got.Deducted, area)
			}
		}
	}
}

func (by *departments) of(department string) *Answerable {
	i := slices.IndexFunc(*by, func(x Answerable) bool { return x.Department == department })
	if i < 0 {
		i, *by = len(*by), append(*by, Answerable{Department: department})
	}
	return &(*by)[i]
}

func (a *Answerable) item(std *scoring.Standard, ind scoring.Indicator) *Answered {
	i := slices.IndexFunc(a.Items, func(x Answered) bool { return x.Standard == std.ID && x.Version == std.Version && x.Code == ind.Code })
	if i < 0 {
		i, a.Items = len(a.Items), append(a.Items, Answered{Standard: std.ID, Version: std.Version, Code: ind.Code, Title: ind.Title, Losing: []Loser{}})
	}
	return &a.Items[i]
}

func (x *Answered) add(points, lost scoring.Decimal, area uuid.UUID) {
	x.Units++
	x.Points, x.Lost = plus(x.Points, points), plus(x.Lost, lost)
	if lost.Rat().Sign() > 0 {
		x.Losing = append(x.Losing, Loser{area, lost})
	}
}

// settled adds up each department, the weakest first.
func (by departments) settled() ([]Answerable, error) {
	list := append([]Answerable{}, by...)
	for i := range list {
		a := &list[i]
		for _, x := range a.Items {
			a.Points, a.Lost = plus(a.Points, x.Points), plus(a.Lost, x.Lost)
		}
		// An indicator has points, so the sum is above nothing.
		kept := new(big.Rat).Quo(new(big.Rat).Sub(a.Points.Rat(), a.Lost.Rat()), a.Points.Rat())
		var err error
		if a.Score, err = scoring.DecimalOf(kept.Mul(kept, big.NewRat(1000, 1))); err != nil {
			return nil, err
		}
		a.Display = a.Score.Round(2)
		slices.SortStableFunc(a.Items, func(x, y Answered) int { return cmp.Or(y.Lost.Rat().Cmp(x.Lost.Rat()), cmp.Compare(x.Code, y.Code)) })
	}
	slices.SortStableFunc(list, func(a, b Answerable) int {
		return cmp.Or(a.Score.Rat().Cmp(b.Score.Rat()), cmp.Compare(a.Department, b.Department))
	})
	return list, nil
}

func plus(a, b scoring.Decimal) scoring.Decimal {
	d, _ := scoring.DecimalOf(new(big.Rat).Add(a.Rat(), b.Rat())) // of a rational there is always one
	return d
}
