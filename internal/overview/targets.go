package overview

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/big"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// The two denominators of the prisons' rate (O16).
const (
	everyPrison = "all"
	applying    = "applying"
)

// Targets is schemas/accreditation/targets.json: what the province set out to reach, and when.
// There is no switch in it that relaxes anything.
type Targets struct {
	Denominator struct {
		Value  string     `json:"value"`
		Source string     `json:"source"`
		Title  fault.Text `json:"title"`
	} `json:"denominator"`
	Plan    Plan     `json:"plan"`
	Targets []Target `json:"targets"`
}

// Plan is a span of years; its milestones are the targets that lie in it.
type Plan struct {
	Title  fault.Text `json:"title"`
	From   string     `json:"from"`
	To     string     `json:"to"`
	Source string     `json:"source"`
}

// Target of one type of unit at a date: by a share of those that count then, or by number.
type Target struct {
	ID     string     `json:"id"`
	Of     string     `json:"of"`
	Rate   string     `json:"rate,omitempty"` // an exact fraction, "4/5"
	Count  int        `json:"count,omitempty"`
	OnDay  string     `json:"on_day"`
	Source string     `json:"source"`
	Title  fault.Text `json:"title"`

	share *big.Rat
}

// ReadTargets reads the shipped ones.
func ReadTargets(fsys fs.FS) (*Targets, error) {
	raw, err := fs.ReadFile(fsys, "accreditation/targets.json")
	if err != nil {
		return nil, err
	}
	return ParseTargets(raw)
}

// ParseTargets refuses what could not be counted.
func ParseTargets(raw []byte) (*Targets, error) {
	t := &Targets{}
	if err := json.Unmarshal(raw, t); err != nil {
		return nil, fmt.Errorf("targets: %w", err)
	}
	if !slices.Contains([]string{everyPrison, applying}, t.Denominator.Value) {
		return nil, fmt.Errorf("targets: denominator %q", t.Denominator.Value)
	}
	for _, day := range []string{t.Plan.From, t.Plan.To} {
		if _, err := catalog.Day(day); err != nil {
			return nil, fmt.Errorf("targets: plan: %w", err)
		}
	}
	for i := range t.Targets {
		x := &t.Targets[i]
		if _, err := catalog.Day(x.OnDay); err != nil {
			return nil, fmt.Errorf("target %s: %w", x.ID, err)
		}
		if !slices.Contains(Types, x.Of) || (x.Rate == "") == (x.Count == 0) || x.Count < 0 {
			return nil, fmt.Errorf("target %s: a type of unit, and either a rate or a count", x.ID)
		}
		if x.Rate != "" {
			r, ok := new(big.Rat).SetString(x.Rate)
			if !ok || r.Sign() <= 0 || r.Cmp(big.NewRat(1, 1)) > 0 {
				return nil, fmt.Errorf("target %s: rate %q", x.ID, x.Rate)
			}
			x.share = r
		}
	}
	return t, nil
}

// Needed is how many of n the target asks for: a share is rounded up, 80 % of 27 is 22.
func (t Target) Needed(n int) int {
	if t.share == nil {
		return t.Count
	}
	return int(ceil(new(big.Rat).Mul(t.share, big.NewRat(int64(n), 1))))
}

func ceil(r *big.Rat) int64 {
	up := new(big.Int).Add(r.Num(), new(big.Int).Sub(r.Denom(), big.NewInt(1)))
	return up.Quo(up, r.Denom()).Int64() // never of less than nothing
}

// Reached is how far a target is on the day of the look, and how far it was on its own.
type Reached struct {
	Target
	Milestone bool `json:"milestone"` // within the plan
	Named     int  `json:"named"`
	All       int  `json:"all"`
	Needed    int  `json:"needed"`
	Gap       int  `json:"gap"` // units still needed
	// AtDate is how it stood on its own day; nil while that is ahead.
	AtDate *Stood `json:"at_date,omitempty"`
	// ReachedOn is the first day on which it was reached; "" for never yet.
	ReachedOn string    `json:"reached_on,omitempty"`
	Forecast  *Forecast `json:"forecast,omitempty"` // of what is missing
}

// Stood is a target on its own day.
type Stood struct {
	Named  int `json:"named"`
	All    int `json:"all"`
	Needed int `json:"needed"`
}

// Forecast says how long what is missing takes at the pace so far: units that stand named,
// by the half-years since the first naming. It knows no way to need fewer.
type Forecast struct {
	Named  int    `json:"named"`
	Halves int    `json:"halves"`
	Pace   string `json:"pace"` // named per half-year, two decimals for the eye
	// Needs is the half-years, this one not counted, that the gap takes; Until the last day of the last.
	Needs int    `json:"needs"`
	Until string `json:"until"`
	// Left is the half-years until the target's day and Asked what each of them would have to
	// bring; 0 when its day is over.
	Left  int `json:"left"`
	Asked int `json:"asked"`
}

// half counts half-years: 2021-06-30 and 2021-07-01 are of two.
func half(day string) int {
	at, _ := time.Parse(time.DateOnly, day)
	return at.Year()*2 + (int(at.Month())-1)/6
}

// halfEnds is the last day of a half-year.
func halfEnds(n int) string {
	return time.Date(n/2, time.Month(n%2*6+7), 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// forecast of a gap: nil where nothing is missing, or nothing was ever named.
func forecast(named, gap int, first, day, target string) *Forecast {
	if gap <= 0 || named == 0 || first == "" {
		return nil
	}
	f := &Forecast{Named: named, Halves: half(day) - half(first) + 1, Left: max(0, half(target)-half(day))}
	pace := big.NewRat(int64(named), int64(f.Halves))
	f.Pace = pace.FloatString(2)
	f.Needs = int(ceil(new(big.Rat).Quo(big.NewRat(int64(gap), 1), pace)))
	f.Until = halfEnds(half(day) + f.Needs)
	if f.Left > 0 {
		f.Asked = int(ceil(big.NewRat(int64(gap), int64(f.Left))))
	}
	return f
}

// reached works the targets out for a day.
func (s *Service) reached(g ground, day string) []Reached {
	list := []Reached{}
	for _, t := range s.Targets.Targets {
		x := Reached{Target: t, Milestone: t.OnDay >= s.Targets.Plan.From && t.OnDay <= s.Targets.Plan.To}
		x.Named, x.All = g.count(t.Of, day)
		x.Needed = t.Needed(x.All)
		x.Gap = max(0, x.Needed-x.Named)
		if t.OnDay <= day {
			x.AtDate = &Stood{}
			x.AtDate.Named, x.AtDate.All = g.count(t.Of, t.OnDay)
			x.AtDate.Needed = t.Needed(x.AtDate.All)
		}
		for _, d := range g.turns(t.Of, day, true) {
			if n, all := g.count(t.Of, d); all > 0 && n >= t.Needed(all) {
				x.ReachedOn = d
				break
			}
		}
		if namings := g.turns(t.Of, day, false); len(namings) > 0 {
			x.Forecast = forecast(x.Named, x.Gap, namings[0], day, t.OnDay)
		}
		list = append(list, x)
	}
	return list
}

func (g ground) count(of, day string) (named, all int) {
	for _, r := range rates(g.units(day)) {
		if r.Of == of {
			return r.Named, r.All
		}
	}
	return 0, 0
}

// turns are the days, up to one, on which units of a type were named or lost a title; with all of
// them also those on which others make one more or fewer: areas open and close, and prisons with
// their first and last, or apply where that counts.
func (g ground) turns(of, day string, all bool) []string {
	var list []string
	add := func(d string) {
		if d != "" && d <= day {
			list = append(list, d)
		}
	}
	for _, p := range g.prisons {
		seen := func(titles []accreditation.Title) {
			for _, t := range titles {
				add(t.NamedOn)
				for _, a := range t.Acts {
					if a.Act == "revoked" {
						add(a.OnDay)
					}
				}
			}
		}
		if of == ofPrison {
			seen(g.titles[unit{p.ID, uuid.Nil}])
			if all {
				add(g.applied[p.ID])
			}
		}
		for _, a := range p.Areas {
			if all && (of == ofPrison || of == typeOf(a)) {
				add(a.OpenedOn)
				add(a.ClosedOn)
			}
			if of == typeOf(a) {
				seen(g.titles[unit{p.ID, a.ID}])
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
