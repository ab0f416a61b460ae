package guidance

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/google/uuid"

	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Scores are asked of package assessment: as the actor may see them.
type Scores interface {
	Scores(ctx context.Context, prison uuid.UUID) ([]assessment.Standing, error)
}

// Place of one unit on a board: its rank, how far it came, the help it had and, beside the
// score, what happened there: a full ledger is no good area by itself.
type Place struct {
	Prison  uuid.UUID        `json:"prison"`
	Area    uuid.UUID        `json:"area"`
	Rank    int              `json:"rank"` // equal scores share one
	Score   scoring.Decimal  `json:"score"`
	Display string           `json:"display"`
	Passes  bool             `json:"passes"`
	Since   *Since           `json:"since,omitempty"` // nil: no run of this standard was kept
	Visits  int              `json:"visits"`          // received in the window
	Adopted int              `json:"adopted"`         // practices taken over in the window, verified
	Outcome map[string]int64 `json:"outcome"`
}

// Since compares with the last kept run of the same standard.
type Since struct {
	AsOf   string          `json:"as_of"`
	Kind   string          `json:"kind"`
	Score  scoring.Decimal `json:"score"`
	Change scoring.Decimal `json:"change"`
}

// Board is like units only: of one kind and one function, judged by one version of a standard.
type Board struct {
	Kind     string  `json:"kind"`
	Function string  `json:"function"`
	Standard string  `json:"standard"`
	Version  int     `json:"version"`
	From     string  `json:"from"`
	To       string  `json:"to"`
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

// Board ranks the like units that the actor sees. Fault: no_standard_yet.
func (s *Service) Board(ctx context.Context, kind, function string) (Board, error) {
	std, err := s.Standards.For(ctx, kind, function, s.today())
	if err != nil {
		return Board{}, assessment.Unjudged(err)
	}
	b := Board{Kind: kind, Function: function, Standard: std.ID, Version: std.Version, Places: []Place{},
		From: catalog.DayOf(s.Now().AddDate(0, -std.Months, 1)), To: s.today()}
	prisons, err := s.Prisons(ctx)
	if err != nil {
		return Board{}, err
	}
	for _, prison := range prisons {
		list, err := s.Scores.Scores(ctx, prison)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
			continue
		}
		if err != nil {
			return Board{}, err
		}
		list = slices.DeleteFunc(list, func(x assessment.Standing) bool { return x.Area.Kind != kind || x.Area.Function != function })
		if len(list) == 0 {
			continue
		}
		ids := make([]uuid.UUID, len(list))
		for i, x := range list {
			ids[i] = x.Area.ID
		}
		beside, err := s.Store.Beside(ctx, s.asked(ctx, prison), ids, std.ID, b.From, b.To, outcomeFacts())
		if err != nil {
			return Board{}, err
		}
		for _, x := range list {
			b.Places = append(b.Places, placed(x, beside[x.Area.ID]))
		}
	}
	ranked(b.Places)
	return b, nil
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

func placed(x assessment.Standing, of Beside) Place {
	p := Place{Prison: x.Area.Prison, Area: x.Area.ID, Score: x.Score, Display: x.Display, Passes: x.Passes, Visits: of.Visits, Adopted: of.Adopted,
		Outcome: map[string]int64{"findings": of.Findings}}
	for name, pair := range Outcomes {
		p.Outcome[name] = of.Sums[pair[0]] - of.Sums[pair[1]]
	}
	if of.Last != nil {
		change, _ := scoring.DecimalOf(new(big.Rat).Sub(x.Score.Rat(), of.Last.Score.Rat()))
		p.Since = &Since{AsOf: of.Last.AsOf, Kind: of.Last.Kind, Score: of.Last.Score, Change: change}
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
	}
}

// Kinds of unit that there are, of those the actor sees.
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
			if !slices.Contains(list, k) && s.maySee(ctx, prison, a.ID) == nil && s.compared(ctx, a) {
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
