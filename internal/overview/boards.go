package overview

import (
	"cmp"
	"context"
	"math/big"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/assessment"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/scoring"
)

// Board of a prison: its areas side by side. What is not alike is not compared: the parts of
// each standard stand in a frame of their own.
type Board struct {
	Prison uuid.UUID `json:"prison"`
	Day    string    `json:"day"`
	// Whole says that the actor may see the prison as a whole, too.
	Whole  bool    `json:"whole"`
	Rates  []Rate  `json:"rates"`
	Frames []Frame `json:"frames"`
	// Unjudged are the areas that no standard judges yet: they count, and have no score.
	Unjudged []uuid.UUID `json:"unjudged"`
	// Dues are what is due in the areas, the dearest first.
	Dues []Due `json:"dues"`
}

// Frame is a standard and the areas that are judged by it.
type Frame struct {
	Standard string     `json:"standard"`
	Version  int        `json:"version"`
	Title    fault.Text `json:"title"`
	Domains  []Domain   `json:"domains"`
	Areas    []Area     `json:"areas"`
}

// Domain of a frame, and how evenly its areas stand in it.
type Domain struct {
	ID         string      `json:"id"`
	Title      fault.Text  `json:"title"`
	Reform     bool        `json:"reform"`
	Indicators []Indicator `json:"indicators"`
	Spread
}

// Spread of a rate over units: percent of the points that apply, two decimals for the eye.
type Spread struct {
	Mean    string `json:"mean"`
	Low     string `json:"low"`
	High    string `json:"high"`
	LowAt   Place  `json:"low_at"`
	HighAt  Place  `json:"high_at"`
	Between string `json:"between"` // high less low
	Units   int    `json:"units"`
}

// Place is where a figure can be opened.
type Place struct {
	Prison uuid.UUID `json:"prison"`
	Area   uuid.UUID `json:"area,omitzero"`
}

// Indicator heads a column.
type Indicator struct {
	Code  string     `json:"code"`
	Title fault.Text `json:"title"`
}

// Area of a board today.
type Area struct {
	Area    uuid.UUID       `json:"area"`
	Score   scoring.Decimal `json:"score"`
	Display string          `json:"display"`
	Line    scoring.Decimal `json:"line"`
	Gap     scoring.Decimal `json:"gap"` // score less line
	Passes  bool            `json:"passes"`
	Named   bool            `json:"named"`
	Wording string          `json:"wording,omitempty"`
	Case    *Here           `json:"case,omitempty"` // that is on its way
	Cells   []Cell          `json:"cells"`
	// Rates of the domains of the frame, percent for the eye; "" where nothing of one applies.
	Rates map[string]string `json:"rates"`
}

// Here is where a case is.
type Here struct {
	ID    uuid.UUID       `json:"id"`
	State lifecycle.State `json:"state"`
	Title fault.Text      `json:"title"`
}

// Cell is what an area lost of an indicator; Percent of its points, for the eye.
type Cell struct {
	Code    string          `json:"code"`
	Applies bool            `json:"applies"`
	Lost    scoring.Decimal `json:"lost"`
	Percent string          `json:"percent"`
}

// Due is a duty of an area that can still be fulfilled, and what missing it would cost.
type Due struct {
	Area uuid.UUID `json:"area"`
	assessment.Due
}

// Board of a prison, of its areas that the actor sees. Faults: not_found, forbidden.
func (s *Service) Board(ctx context.Context, prison uuid.UUID) (Board, error) {
	if err := s.sees(ctx, "title", prison, uuid.Nil); err != nil {
		return Board{}, err
	}
	g, err := s.ground(ctx)
	if err != nil {
		return Board{}, err
	}
	day := s.today()
	g.prisons = slices.DeleteFunc(g.prisons, func(p ledger.Prison) bool { return p.ID != prison })
	if len(g.prisons) == 0 {
		return Board{}, fault.New(fault.NotFound, "not_found")
	}
	units := g.units(day)
	out := Board{Prison: prison, Day: day, Whole: s.sees(ctx, "score", prison, uuid.Nil) == nil, Rates: rates(units), Frames: []Frame{}, Unjudged: []uuid.UUID{}, Dues: []Due{}}
	road, err := s.Road.Cases(ctx)
	if err != nil {
		return Board{}, err
	}
	here := map[uuid.UUID]*Here{}
	for _, c := range road.Cases {
		if c.Prison == prison && c.Case.Open() {
			here[c.Area] = &Here{c.ID, c.State, c.StateTitle}
		}
	}
	scores, err := s.Scores.Scores(ctx, prison)
	if err != nil {
		return Board{}, err
	}
	unjudged, err := s.Scores.Unjudged(ctx, prison)
	if err != nil {
		return Board{}, err
	}
	for _, a := range unjudged {
		out.Unjudged = append(out.Unjudged, a.ID)
	}
	dues, err := s.Scores.Dues(ctx, prison, scores)
	if err != nil {
		return Board{}, err
	}
	sheets := map[uuid.UUID]*scoring.Sheet{}
	for _, x := range scores {
		sheets[x.Area.ID] = x.Sheet
		i := slices.IndexFunc(out.Frames, func(f Frame) bool { return f.Standard == x.Sheet.Standard && f.Version == x.Sheet.Version })
		if i < 0 {
			std, err := s.Standards.For(ctx, x.Area.Kind, x.Area.Function, day)
			if err != nil {
				return Board{}, err
			}
			i, out.Frames = len(out.Frames), append(out.Frames, frameOf(std))
		}
		u := units[slices.IndexFunc(units, func(u Unit) bool { return u.Area == x.Area.ID })]
		out.Frames[i].Areas = append(out.Frames[i].Areas, areaOf(x.Area.ID, x.Sheet, u, here[x.Area.ID]))
		for _, d := range dues[x.Area.ID] {
			out.Dues = append(out.Dues, Due{x.Area.ID, d})
		}
	}
	for i := range out.Frames {
		f := &out.Frames[i]
		for j := range f.Domains {
			d := &f.Domains[j]
			var list []rated
			for _, a := range f.Areas {
				if r, ok := sheets[a.Area].Rate(d.ID); ok {
					list = append(list, rated{Place{prison, a.Area}, r})
				}
			}
			d.Spread = spread(list)
		}
	}
	slices.SortStableFunc(out.Dues, func(a, b Due) int { return cmp.Or(b.Price.Rat().Cmp(a.Price.Rat()), a.Due.Due.Compare(b.Due.Due)) })
	return out, nil
}

func frameOf(std *scoring.Standard) Frame {
	f := Frame{Standard: std.ID, Version: std.Version, Title: std.Title, Domains: []Domain{}, Areas: []Area{}}
	for _, d := range std.Domains {
		x := Domain{ID: d.ID, Title: d.Title, Reform: d.Reform, Indicators: []Indicator{}}
		for _, i := range d.Indicators {
			x.Indicators = append(x.Indicators, Indicator{i.Code, i.Title})
		}
		f.Domains = append(f.Domains, x)
	}
	return f
}

func areaOf(id uuid.UUID, sheet *scoring.Sheet, u Unit, here *Here) Area {
	gap, _ := scoring.DecimalOf(new(big.Rat).Sub(sheet.Score.Rat(), sheet.Line.Rat()))
	a := Area{Area: id, Score: sheet.Score, Display: sheet.Display, Line: sheet.Line, Gap: gap, Passes: sheet.Passes, Named: u.Named, Wording: u.Wording, Case: here, Cells: []Cell{}, Rates: map[string]string{}}
	for _, d := range sheet.Domains {
		if r, ok := sheet.Rate(d.ID); ok {
			a.Rates[d.ID] = share(r, big.NewRat(1, 1))
		}
		for _, i := range d.Indicators {
			c := Cell{Code: i.Code, Applies: i.Applies, Lost: i.Deducted}
			if i.Applies {
				c.Percent = share(i.Deducted.Rat(), i.Points.Rat())
			}
			a.Cells = append(a.Cells, c)
		}
	}
	return a
}

// rated is the rate of one unit.
type rated struct {
	at   Place
	rate *big.Rat
}

// spread of rates: of equal ones the first is named.
func spread(list []rated) Spread {
	if len(list) == 0 {
		return Spread{}
	}
	low, high, sum := list[0], list[0], new(big.Rat)
	for _, x := range list {
		sum.Add(sum, x.rate)
		if x.rate.Cmp(low.rate) < 0 {
			low = x
		}
		if x.rate.Cmp(high.rate) > 0 {
			high = x
		}
	}
	one := big.NewRat(1, 1)
	return Spread{Mean: share(sum, big.NewRat(int64(len(list)), 1)), Low: share(low.rate, one), High: share(high.rate, one), LowAt: low.at, HighAt: high.at,
		Between: share(new(big.Rat).Sub(high.rate, low.rate), one), Units: len(list)}
}

// share in percent for the eye, two decimals half up; "" of nothing.
func share(part, of *big.Rat) string {
	if of.Sign() == 0 {
		return ""
	}
	return new(big.Rat).Mul(new(big.Rat).Quo(part, of), big.NewRat(100, 1)).FloatString(2)
}

// Balance is how evenly the areas of the prisons in sight stand, by standard and domain; the
// five reforms are the domains that are marked (R12, R96).
type Balance struct {
	Standard string     `json:"standard"`
	Version  int        `json:"version"`
	Title    fault.Text `json:"title"`
	Domains  []Even     `json:"domains"`
	Areas    []Share    `json:"areas"` // what the figures of the domains count
}

// Even is one domain over all areas in sight.
type Even struct {
	ID     string     `json:"id"`
	Title  fault.Text `json:"title"`
	Reform bool       `json:"reform"`
	Spread
}

// Share is the rates of one area in the domains, percent for the eye; a domain of which nothing applies is not in it.
type Share struct {
	Place
	Rates map[string]string `json:"rates"`
}

// Balance of today.
func (s *Service) Balance(ctx context.Context) ([]Balance, error) {
	prisons, _, err := s.prisons(ctx)
	if err != nil {
		return nil, err
	}
	list := []Balance{}
	rates := map[string][]rated{}
	err = s.standings(ctx, prisons, func(x assessment.Standing, std *scoring.Standard) {
		at := slices.IndexFunc(list, func(b Balance) bool { return b.Standard == std.ID })
		if at < 0 {
			b := Balance{Standard: std.ID, Version: std.Version, Title: std.Title, Domains: []Even{}}
			for _, d := range std.Domains {
				b.Domains = append(b.Domains, Even{ID: d.ID, Title: d.Title, Reform: d.Reform})
			}
			at, list = len(list), append(list, b)
		}
		own := Share{Place{x.Area.Prison, x.Area.ID}, map[string]string{}}
		for _, d := range std.Domains {
			if r, ok := x.Sheet.Rate(d.ID); ok {
				rates[std.ID+" "+d.ID] = append(rates[std.ID+" "+d.ID], rated{own.Place, r})
				own.Rates[d.ID] = share(r, big.NewRat(1, 1))
			}
		}
		list[at].Areas = append(list[at].Areas, own)
	})
	if err != nil {
		return nil, err
	}
	for i, b := range list {
		for j, d := range b.Domains {
			list[i].Domains[j].Spread = spread(rates[b.Standard+" "+d.ID])
		}
	}
	return list, nil
}

// standings of every area of the prisons that the actor sees.
func (s *Service) standings(ctx context.Context, prisons []ledger.Prison, fn func(assessment.Standing, *scoring.Standard)) error {
	for _, p := range prisons {
		scores, err := s.Scores.Scores(ctx, p.ID)
		if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		for _, x := range scores {
			std, err := s.Standards.For(ctx, x.Area.Kind, x.Area.Function, s.today())
			if err != nil {
				return err
			}
			fn(x, std)
		}
	}
	return nil
}
