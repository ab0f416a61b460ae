package guidance

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Scores are asked of package assessment: as the actor may see them, and of all that are alike.
type Scores interface {
	Scores(ctx context.Context, prison uuid.UUID) ([]assessment.Standing, error)
	Published(ctx context.Context, prison uuid.UUID, kind, function string) ([]assessment.Standing, error)
}

// Place of one unit on a board: its rank among all like it, and how far it came.
type Place struct {
	Prison  uuid.UUID       `json:"prison"`
	Area    uuid.UUID       `json:"area"`
	Rank    int             `json:"rank"` // equal scores share one
	Of      int             `json:"of"`   // the units it is ranked among
	Score   scoring.Decimal `json:"score"`
	Display string          `json:"display"`
	Passes  bool            `json:"passes"`
	Since   *Since          `json:"since,omitempty"` // nil: no run of this standard was kept
	// Beside is told to who may see the unit's score, who may open what it counts, too.
	Beside *Counts `json:"beside,omitempty"`
}

// Counts beside a score: the help that the unit had and what happened there, for a full ledger is no
// good area by itself.
type Counts map[string]int64

// Since compares with the last kept run of the same standard.
type Since struct {
	AsOf   string          `json:"as_of"`
	Kind   string          `json:"kind"`
	Score  scoring.Decimal `json:"score"`
	Change scoring.Decimal `json:"change"`
}

// Board is like units only: of one kind and one function, judged by one version of a standard.
type Board struct {
	Kind     string `json:"kind"`
	Function string `json:"function"`
	Standard string `json:"standard"`
	Version  int    `json:"version"`
	From     string `json:"from"`
	To       string `json:"to"`
	// Province says that all prisons are ranked as one; else each prison's units among themselves.
	Province bool    `json:"province"`
	Places   []Place `json:"places"`
}

// Outcomes are the facts of ledgers that stand beside the scores: the sum of the first less
// that of the second, if there is one.
var Outcomes = map[string][2]scoring.Fact{
	"incidents":    {{Ledger: "duty-log", Measure: "incidents"}},
	"hazards":      {{Ledger: "hazard-rectification", Measure: "found"}},
	"hazards_open": {{Ledger: "hazard-rectification", Measure: "closing_due"}, {Ledger: "hazard-rectification", Measure: "closed"}},
}

// Beside is what stands beside the score of an area.
type Beside struct {
	Last     *assessment.Run // kept of the standard
	Visits   int
	Adopted  int
	Findings int64
	Sums     map[scoring.Fact]int64
}

// Board ranks like units, all of them whoever asks: for the bureau those of the province, for others those
// of each prison in which the actor is posted where one of them is seen. Faults: not_found where no area is
// of the kind, no_standard_yet.
func (s *Service) Board(ctx context.Context, kind, function string) (Board, error) {
	prisons, err := s.Prisons(ctx)
	if err != nil {
		return Board{}, err
	}
	like := map[uuid.UUID][]ledger.Area{}
	for _, prison := range prisons {
		areas, err := s.Areas(ctx, prison)
		if err != nil {
			return Board{}, err
		}
		if areas = slices.DeleteFunc(areas, func(a ledger.Area) bool { return a.Kind != kind || a.Function != function }); len(areas) > 0 {
			like[prison] = areas
		}
	}
	if len(like) == 0 {
		return Board{}, fault.New(fault.NotFound, "not_found")
	}
	std, err := s.Standards.For(ctx, kind, function, s.today())
	if err != nil {
		return Board{}, assessment.Unjudged(err)
	}
	b := Board{Kind: kind, Function: function, Standard: std.ID, Version: std.Version, Places: []Place{}, Province: s.compares(ctx, uuid.Nil, uuid.Nil)}
	b.From, b.To = s.window(std)
	for _, prison := range prisons {
		list, err := s.placed(ctx, b, prison, like[prison])
		if err != nil {
			return Board{}, err
		}
		if !b.Province {
			ranked(list)
		}
		b.Places = append(b.Places, list...)
	}
	if b.Province {
		ranked(b.Places)
	}
	return b, nil
}

// window is the days that a board counts.
func (s *Service) window(std *scoring.Standard) (from, to string) {
	return catalog.DayOf(s.Now().AddDate(0, -std.Months, 1)), s.today()
}

// compares says whether the board on which a unit stands is for the actor to read.
func (s *Service) compares(ctx context.Context, prison, area uuid.UUID) bool {
	return s.Access.Check(actor.From(ctx), "compare", ledger.Subject{Class: "score", Prison: prison, Area: area}, s.Now()) == nil
}

// placed are the like units of a prison, if one of them is for the actor to compare with the others.
func (s *Service) placed(ctx context.Context, b Board, prison uuid.UUID, like []ledger.Area) ([]Place, error) {
	if !slices.ContainsFunc(like, func(a ledger.Area) bool { return a.Counts(b.To) && s.compares(ctx, prison, a.ID) }) {
		return nil, nil
	}
	list, err := s.Scores.Published(ctx, prison, b.Kind, b.Function)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	for i, x := range list {
		ids[i] = x.Area.ID
	}
	beside, err := s.Store.Beside(ctx, house(prison), ids, b.Standard, b.From, b.To, outcomeFacts())
	if err != nil {
		return nil, err
	}
	places := make([]Place, len(list))
	for i, x := range list {
		places[i] = placed(x, beside[x.Area.ID], s.maySee(ctx, prison, x.Area.ID) == nil)
	}
	return places, nil
}

// house is the program's own session: what is published does not depend on who reads.
func house(prison uuid.UUID) ledger.Session {
	return ledger.Session{Prison: prison, Scope: ledger.Everything()}
}

func outcomeFacts() (list []scoring.Fact) {
	for _, pair := range Outcomes {
		for _, f := range pair {
			if f.Ledger != "" {
				list = append(list, f)
			}
		}
	}
	return list
}

func placed(x assessment.Standing, of Beside, opens bool) Place {
	p := Place{Prison: x.Area.Prison, Area: x.Area.ID, Score: x.Score, Display: x.Display, Passes: x.Passes}
	if of.Last != nil {
		change, _ := scoring.DecimalOf(new(big.Rat).Sub(x.Score.Rat(), of.Last.Score.Rat()))
		p.Since = &Since{AsOf: of.Last.AsOf, Kind: of.Last.Kind, Score: of.Last.Score, Change: change}
	}
	if opens {
		c := Counts{"visits": int64(of.Visits), "adopted": int64(of.Adopted), "findings": of.Findings}
		for name, pair := range Outcomes {
			c[name] = of.Sums[pair[0]] - of.Sums[pair[1]]
		}
		p.Beside = &c
	}
	return p
}

// ranked orders by the exact score, and gives equal ones one rank.
func ranked(list []Place) {
	slices.SortStableFunc(list, func(a, b Place) int {
		if c := b.Score.Rat().Cmp(a.Score.Rat()); c != 0 {
			return c
		}
		return strings.Compare(a.Area.String(), b.Area.String())
	})
	for i := range list {
		list[i].Rank = i + 1
		if i > 0 && list[i].Score.Equal(list[i-1].Score) {
			list[i].Rank = list[i-1].Rank
		}
		list[i].Of = len(list)
	}
}

// Kinds of unit that there are, of those whose board the actor reads.
func (s *Service) Kinds(ctx context.Context) ([]Kind, error) {
	prisons, err := s.Prisons(ctx)
	if err != nil {
		return nil, err
	}
	list := []Kind{}
	for _, prison := range prisons {
		areas, err := s.Areas(ctx, prison)
		if err != nil {
			return nil, err
		}
		for _, a := range areas {
			k := Kind{a.Kind, a.Function}
			if !slices.Contains(list, k) && s.compares(ctx, prison, a.ID) && s.compared(ctx, a) {
				list = append(list, k)
			}
		}
	}
	return list, nil
}

// Kind of unit: only those of one kind are compared.
type Kind struct {
	Kind     string `json:"kind"`
	Function string `json:"function"`
}

// compared: only what counts today and has a standard is.
func (s *Service) compared(ctx context.Context, a ledger.Area) bool {
	_, err := s.Standards.For(ctx, a.Kind, a.Function, s.today())
	return err == nil && a.Counts(s.today())
}

// Counted is one row behind a figure of a board: the numbers of all rows are the figure.
type Counted struct {
	Day   string        `json:"day"`
	N     int64         `json:"n"` // below zero for what is put right
	Text  string        `json:"text,omitempty"`
	Check uuid.UUID     `json:"check,omitzero"` // that found it
	Refs  []scoring.Ref `json:"refs,omitempty"` // the entries that say so
}

// dated are figures of the months of an area's outcomes, besides those of its board.
var dated = map[string]scoring.Fact{
	"due":     {Ledger: "hazard-rectification", Measure: "closing_due"},
	"closed":  {Ledger: "hazard-rectification", Measure: "closed"},
	"on_time": {Ledger: "hazard-rectification", Measure: "closed_on_time"},
}

// Behind lists what a figure beside the score of an area counts, the latest first; between two days, or
// (both "") in the window of its board. Faults: not_found, forbidden, standard_unknown, bad_day.
func (s *Service) Behind(ctx context.Context, prison, area uuid.UUID, figure, from, to string) ([]Counted, error) {
	if err := s.maySee(ctx, prison, area); err != nil {
		return nil, err
	}
	areas, err := s.Areas(ctx, prison)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(areas, func(a ledger.Area) bool { return a.ID == area })
	facts, fact := Outcomes[figure]
	if f, ok := dated[figure]; ok {
		facts[0], fact = f, true
	}
	if i < 0 || !fact && !slices.Contains([]string{"visits", "adopted", "findings"}, figure) {
		return nil, fault.New(fault.NotFound, "not_found")
	}
	if from == "" && to == "" {
		std, err := s.Standards.For(ctx, areas[i].Kind, areas[i].Function, s.today())
		if err != nil {
			return nil, err
		}
		from, to = s.window(std)
	}
	var bad []fault.Field
	for _, d := range [][2]string{{"/from", from}, {"/to", to}} {
		if _, err := catalog.Day(d[1]); err != nil {
			bad = append(bad, fault.Field{Pointer: d[0], Code: "format", Text: fault.Text{ZH: "请写明起止两日，写作 年-月-日", EN: "Say both days, written YYYY-MM-DD"}})
		}
	}
	if len(bad) > 0 {
		return nil, fault.InvalidFields("bad_day", bad)
	}
	return s.Store.Behind(ctx, house(prison), area, figure, from, to, facts)
}
