package assessment

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// mostRefs bounds what a sheet shows behind one loss; the ledger browser shows the rest.
const mostRefs = 100

// Score is the area's sheet as of today, with what lies behind each loss.
func (s *Service) Score(ctx context.Context, prison, id uuid.UUID) (*scoring.Sheet, ledger.Area, error) {
	area, std, err := s.unit(ctx, prison, id)
	if err != nil {
		return nil, area, err
	}
	from, to := window(std, s.Now())
	sheet, err := s.explained(ctx, s.asked(ctx, prison), area, std, from, to)
	return sheet, area, err
}

// explained scores an area and names what lost points, both by what stood at one moment.
func (s *Service) explained(ctx context.Context, ses ledger.Session, a ledger.Area, std *scoring.Standard, from, to string) (*scoring.Sheet, error) {
	var sheet *scoring.Sheet
	behind, err := s.Store.Explained(ctx, ses, a.ID, std, from, to, mostRefs, func(m Makings) []scoring.Fact {
		sheet = scoring.Evaluate(std, m.input(a, std, from, to))
		return sheet.Unexplained(std)
	})
	if err != nil {
		return nil, err
	}
	sheet.Explain(std, behind)
	return sheet, nil
}

// input of one area: sums, which is all that a score needs.
func (s *Service) input(ctx context.Context, prison uuid.UUID, area ledger.Area, std *scoring.Standard, from, to string) (scoring.Input, error) {
	list, err := s.inputs(ctx, s.asked(ctx, prison), []ledger.Area{area}, std, from, to)
	if err != nil {
		return scoring.Input{}, err
	}
	return list[0], nil
}

// inputs of areas under one standard, in their order, of one moment.
func (s *Service) inputs(ctx context.Context, ses ledger.Session, areas []ledger.Area, std *scoring.Standard, from, to string) ([]scoring.Input, error) {
	ids := make([]uuid.UUID, len(areas))
	for i, a := range areas {
		ids[i] = a.ID
	}
	m, err := s.Store.Makings(ctx, ses, ids, std, from, to)
	if err != nil {
		return nil, err
	}
	list := make([]scoring.Input, len(areas))
	for i, a := range areas {
		list[i] = m.input(a, std, from, to)
	}
	return list, nil
}

// input is what one of the areas is scored by.
func (m Makings) input(a ledger.Area, std *scoring.Standard, from, to string) scoring.Input {
	in := scoring.Input{From: from, To: to, Labour: a.HasLabour, Facts: m.Sums[a.ID], Findings: m.Findings[a.ID], Met: m.Met[a.ID]}
	ruled(&in, std, m.Rulings[a.ID])
	return in
}

// Point of a trend.
type Point struct {
	Day   string          `json:"day"`
	Score scoring.Decimal `json:"score"`
}

// Trend is the score as it would have stood on each of the last days.
func (s *Service) Trend(ctx context.Context, prison, id uuid.UUID, days int) ([]Point, error) {
	area, std, err := s.unit(ctx, prison, id)
	if err != nil {
		return nil, err
	}
	today := s.Now()
	list := make([]Point, 0, days)
	for n := days - 1; n >= 0; n-- {
		from, to := window(std, today.AddDate(0, 0, -n))
		in, err := s.input(ctx, prison, area, std, from, to)
		if err != nil {
			return nil, err
		}
		list = append(list, Point{Day: to, Score: scoring.Evaluate(std, in).Score})
	}
	return list, nil
}

// Standing of one area in an overview.
type Standing struct {
	Area    ledger.Area           `json:"area"`
	Score   scoring.Decimal       `json:"score"`
	Points  scoring.Decimal       `json:"points"`
	Line    scoring.Decimal       `json:"line"`
	Display string                `json:"display"`
	Passes  bool                  `json:"passes"`
	Domains []scoring.DomainScore `json:"domains"` // without indicators

	// Sheet is the whole, but for what lies behind each loss.
	Sheet *scoring.Sheet `json:"-"`

	std *scoring.Standard
	in  scoring.Input
}

// counted lists those of the areas that count today, by code.
func (s *Service) counted(ctx context.Context, prison uuid.UUID, of func(ledger.Area) bool) ([]ledger.Area, error) {
	areas, err := s.Store.Areas(ctx, prison)
	return slices.DeleteFunc(areas, func(a ledger.Area) bool { return !a.Counts(catalog.DayOf(s.Now())) || !of(a) }), err
}

// seen says of an area of the prison whether the actor may see it.
func (s *Service) seen(ctx context.Context, prison uuid.UUID) func(ledger.Area) bool {
	return func(a ledger.Area) bool { return s.mayRead(ctx, prison, a.ID) == nil }
}

// Unjudged lists the areas beside those of Scores: no standard of their kind is in force yet.
func (s *Service) Unjudged(ctx context.Context, prison uuid.UUID) ([]ledger.Area, error) {
	areas, err := s.counted(ctx, prison, s.seen(ctx, prison))
	if err != nil {
		return nil, err
	}
	var list []ledger.Area
	for _, a := range areas {
		if _, err := s.standard(ctx, a); fault.CodeOf(err) == "standard_unknown" {
			list = append(list, a)
		} else if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Scores lists the standing of every area that has a standard and that the actor may
// see, by code.
func (s *Service) Scores(ctx context.Context, prison uuid.UUID) ([]Standing, error) {
	return s.standings(ctx, s.asked(ctx, prison), s.seen(ctx, prison))
}

// Published lists the standing of every area of one kind and function, whoever asks: a rank among
// some of the like units would be a false one. Who may be told is the caller's to ask.
func (s *Service) Published(ctx context.Context, prison uuid.UUID, kind, function string) ([]Standing, error) {
	return s.standings(ctx, ledger.Session{Prison: prison, Scope: ledger.Everything()}, func(a ledger.Area) bool { return a.Kind == kind && a.Function == function })
}

func (s *Service) standings(ctx context.Context, ses ledger.Session, of func(ledger.Area) bool) ([]Standing, error) {
	areas, err := s.counted(ctx, ses.Prison, of)
	if err != nil {
		return nil, err
	}
	// One standard after the other: areas of one share the query and the window.
	var order []*scoring.Standard
	by := map[*scoring.Standard][]ledger.Area{}
	for _, a := range areas {
		std, err := s.standard(ctx, a)
		if fault.CodeOf(err) == "standard_unknown" {
			continue
		}
		if err != nil {
			return nil, err
		}
		if by[std] == nil {
			order = append(order, std)
		}
		by[std] = append(by[std], a)
	}
	at := map[uuid.UUID]Standing{}
	for _, std := range order {
		from, to := window(std, s.Now())
		inputs, err := s.inputs(ctx, ses, by[std], std, from, to)
		if err != nil {
			return nil, err
		}
		for i, a := range by[std] {
			sheet := scoring.Evaluate(std, inputs[i])
			domains := slices.Clone(sheet.Domains)
			for j := range domains {
				domains[j].Indicators = nil
			}
			at[a.ID] = Standing{Area: a, Score: sheet.Score, Points: sheet.Points, Line: sheet.Line, Display: sheet.Display, Passes: sheet.Passes, Domains: domains, Sheet: sheet, std: std, in: inputs[i]}
		}
	}
	var list []Standing
	for _, a := range areas {
		if st, ok := at[a.ID]; ok {
			list = append(list, st)
		}
	}
	return list, nil
}
