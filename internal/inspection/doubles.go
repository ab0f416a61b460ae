package inspection

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Lines are drawn to be scored twice (双评): two of the team say their value, neither knowing the other's.
// It measures how far inspectors agree and costs nothing; what counts is a finding, as ever.
const Lines = "lines"

// Value is what one of the two says of a line. It is said once.
type Value struct {
	Person     uuid.UUID        `json:"person"`
	Name       string           `json:"name"`
	Count      int              `json:"count"` // 0 is met, of a ratio too
	Of         *scoring.Decimal `json:"of,omitempty"`
	Per        *scoring.Decimal `json:"per,omitempty"`
	Note       string           `json:"note,omitempty"`
	Points     scoring.Decimal  `json:"points"` // that it would cost, were it all that was found
	RecordedAt time.Time        `json:"recorded_at"`
	Salt       []byte           `json:"-"`
}

// Record commits to the value.
func (v Value) Record(draw uuid.UUID, line string) (ledger.Record, error) {
	return ledger.NewRecord("draw_value", fmt.Sprintf("%s/%s/%s", draw, line, v.Person), v.Salt, map[string]any{
		"draw": draw, "line": line, "by": v.Person, "count": v.Count, "of": v.Of, "per": v.Per, "note": v.Note,
	})
}

// Double is how a line stands that is scored twice.
type Double struct {
	Asks   string  `json:"asks"`   // count or ratio
	Said   int     `json:"said"`   // by so many of two
	Values []Value `json:"values"` // the reader's own alone, until both have spoken
	// Difference is in points, once both have spoken: they agree where it is 0.
	Difference *scoring.Decimal `json:"difference,omitempty"`
	MaySay     bool             `json:"may_say"`
	// Told says that a look or a finding of the line shows what somebody saw: nobody else can speak of it without knowing.
	Told bool        `json:"told"`
	by   []uuid.UUID // whose looks and findings those are
}

// Calibration is how far those agree who scored the same lines: agreed ÷ lines, and the mean difference in
// points, both exact.
type Calibration struct {
	Lines  int             `json:"lines"`
	Agreed int             `json:"agreed"`
	Mean   scoring.Decimal `json:"mean"`
}

// Pair is a line of some standard with the values of two.
type Pair struct {
	Standard string
	Version  int
	Line     string
	Values   [2]Value
}

// NewDouble is a line with what two, or fewer, said, and those whose looks and findings show something of it.
func NewDouble(values []Value, told []uuid.UUID) *Double {
	return &Double{Said: len(values), Values: append([]Value{}, values...), by: told}
}

// costs is what a value alone takes of its line, up to the points of the indicator. Whom it is about is not
// said, so what a line caps by subject is not capped.
func costs(std *scoring.Standard, id string, v Value) *big.Rat {
	line, indicator, ok := std.Place(id)
	if !ok || v.Count == 0 {
		return new(big.Rat)
	}
	const day = "2000-01-01"
	l, alone := *line, *indicator
	l.CapEach, alone.Needs = nil, ""
	alone.Lines = []scoring.Line{l}
	sheet := scoring.Evaluate(&scoring.Standard{Domains: []scoring.Domain{{Indicators: []scoring.Indicator{alone}}}},
		scoring.Input{From: day, To: day, Findings: []scoring.Finding{{ID: id, Line: id, Day: day, Count: v.Count, Of: v.Of, Per: v.Per}}})
	return sheet.Domains[0].Deducted.Rat()
}

func apart(std *scoring.Standard, line string, a, b Value) *big.Rat {
	d := new(big.Rat).Sub(costs(std, line, a), costs(std, line, b))
	return d.Abs(d)
}

func calibrated(apart []*big.Rat) (c Calibration, err error) {
	sum := new(big.Rat)
	for _, d := range apart {
		sum.Add(sum, d)
		if d.Sign() == 0 {
			c.Agreed++
		}
	}
	if c.Lines = len(apart); c.Lines > 0 {
		sum.Quo(sum, new(big.Rat).SetInt64(int64(c.Lines)))
	}
	c.Mean, err = scoring.DecimalOf(sum)
	return c, err
}

// calibration of a check.
func calibration(std *scoring.Standard, list []Drawing) (Calibration, error) {
	var between []*big.Rat
	for _, d := range list {
		for _, x := range d.Drawn {
			if x.Double != nil && len(x.Double.Values) == 2 {
				between = append(between, apart(std, x.Item, x.Double.Values[0], x.Double.Values[1]))
			}
		}
	}
	return calibrated(between)
}

// calibrationOf somebody, over all checks that count as service.
func (s *Service) calibrationOf(ctx context.Context, person uuid.UUID) (c Calibration, err error) {
	pairs, err := s.Store.Pairs(ctx, s.asked(ctx, uuid.Nil), person)
	if err != nil {
		return c, err
	}
	type pin struct {
		standard string
		version  int
	}
	known := map[pin]*scoring.Standard{}
	var between []*big.Rat
	for _, p := range pairs {
		at := pin{p.Standard, p.Version}
		if known[at] == nil {
			if known[at], err = s.Texts.Compiled(ctx, p.Standard, p.Version); err != nil {
				return c, err
			}
		}
		between = append(between, apart(known[at], p.Line, p.Values[0], p.Values[1]))
	}
	return calibrated(between)
}

// doubled dresses the lines of a draw for a reader: may says that they are of the team of an open check,
// reads that both values are theirs to see. One value alone is seen by whoever said it, and by nobody else.
func (d *Drawing) doubled(std *scoring.Standard, me uuid.UUID, may, reads bool) error {
	for k := range d.Drawn {
		x := d.Drawn[k].Double
		if x == nil {
			continue
		}
		if l, ok := std.LineOf(d.Drawn[k].Item); ok {
			x.Asks = l.Asks()
		}
		others := slices.ContainsFunc(x.by, func(by uuid.UUID) bool { return by != me })
		own := slices.ContainsFunc(x.Values, func(v Value) bool { return v.Person == me })
		x.MaySay, x.Told = may && !own && !others && x.Said < 2, x.Said < 2 && len(x.by) > 0
		x.Values = slices.DeleteFunc(slices.Clone(x.Values), func(v Value) bool { return x.Said < 2 && v.Person != me || !reads && v.Person != me })
		for i, v := range x.Values {
			var err error
			if x.Values[i].Points, err = scoring.DecimalOf(costs(std, d.Drawn[k].Item, v)); err != nil {
				return err
			}
		}
		if len(x.Values) == 2 {
			between, err := scoring.DecimalOf(apart(std, d.Drawn[k].Item, x.Values[0], x.Values[1]))
			if err != nil {
				return err
			}
			x.Difference = &between
		}
	}
	return nil
}

// twice are the lines, of those that nobody spoke of yet, that a finding can be made of.
func twice(std *scoring.Standard, untold []string) []string {
	return slices.DeleteFunc(untold, func(id string) bool {
		l, ok := std.LineOf(id)
		return !ok || !slices.Contains(scoring.LookedAt, l.Method) || l.Asks() == ""
	})
}

// SayValue of a line that was drawn, without knowing what another said or saw there. Faults: forbidden,
// rights_ended, check_state, not_found, bad_draw with fields, value_said, value_full, value_told.
func (s *Service) SayValue(ctx context.Context, prison, check, draw uuid.UUID, line string, v Value, idem ledger.Idem) (Drawing, error) {
	c, err := s.may(ctx, prison, check, "check", "edit")
	if err != nil {
		return Drawing{}, err
	}
	std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
	if err != nil {
		return Drawing{}, err
	}
	if len([]rune(v.Note)) > maxText {
		return Drawing{}, drawn("/note", "说明 500 字以内", "At most 500 characters")
	}
	if bad := s.wrongValue(&v, line, std); len(bad) > 0 {
		return Drawing{}, fault.InvalidFields("bad_draw", bad)
	}
	v.Person, v.Salt = actor.From(ctx).PersonID, integrity.NewSalt()
	err = s.Store.SayValue(ctx, s.asked(ctx, prison), idem, check, draw, line, func(c Check, d Drawing) (Value, error) {
		if c.State != Open {
			return v, fault.New(fault.Conflict, "check_state").With("state", c.State)
		}
		i := slices.IndexFunc(d.Drawn, func(x Drawn) bool { return x.Item == line })
		if i < 0 || d.Drawn[i].Double == nil {
			return v, fault.New(fault.NotFound, "not_found")
		}
		return v, nil // who else spoke of it, says the database
	})
	if err != nil {
		return Drawing{}, err
	}
	// As it stands now, who sends it again too: an answer that was kept would not know who saw what.
	list, err := s.Store.Draws(ctx, s.asked(ctx, prison), check)
	if err != nil {
		return Drawing{}, err
	}
	i := slices.IndexFunc(list, func(d Drawing) bool { return d.ID == draw })
	if i < 0 {
		return Drawing{}, fault.New(fault.NotFound, "not_found")
	}
	return s.dressed(ctx, prison, c, list[i], true)
}

// wrongValue asks of a value what a finding of the line would have to say in numbers.
func (s *Service) wrongValue(v *Value, line string, std *scoring.Standard) []fault.Field {
	if v.Count == 0 && v.Of == nil && v.Per == nil {
		return nil // met
	}
	f := assessment.NewFinding{Line: line, Day: catalog.DayOf(s.Now()), Count: v.Count, Note: Lines, Subject: Lines, Of: v.Of, Per: v.Per}
	bad := assessment.WrongFinding(&f, std, s.Now())
	v.Count = f.Count
	return bad
}
