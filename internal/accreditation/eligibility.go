package accreditation

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/scoring"
)

// Conditions of a level for a prison on a day, with the areas behind each number.
type Conditions struct {
	Day string `json:"day"`
	lifecycle.Eligibility
	Areas []AreaTitle `json:"areas"`
	// Says is what does not hold, in numbers.
	Says []fault.Text `json:"says"`
}

// AreaTitle is an area that counts, and the title it holds.
type AreaTitle struct {
	Area    uuid.UUID  `json:"area"`
	Code    string     `json:"code"`
	Name    fault.Text `json:"name"`
	Of      string     `json:"of"` // ordinary, functional, sub_area
	Passed  bool       `json:"passed"`
	Wording string     `json:"wording,omitempty"`
	NamedOn string     `json:"named_on,omitempty"`
}

// areaLevel is the one level of the track of areas.
const areaLevel = "area"

// conditionsOf works them out of the areas and titles of one prison.
func conditionsOf(m *lifecycle.Machine, level, day string, areas []ledger.Area, titles []Title) (Conditions, error) {
	out := Conditions{Day: day, Areas: []AreaTitle{}, Says: []fault.Text{}}
	var n lifecycle.Counts
	for _, a := range areas {
		if !a.Counts(day) {
			continue
		}
		x := AreaTitle{Area: a.ID, Code: a.Code, Name: fault.Text{ZH: a.NameZH, EN: a.NameEN}, Of: a.Kind}
		count := &n.Functional
		switch {
		case a.SubArea:
			x.Of, count = "sub_area", &n.SubArea
		case a.Kind == "ordinary":
			count = &n.Ordinary
		}
		count.All++
		for _, t := range titles {
			if t.Area == a.ID && t.Level == areaLevel && t.Stands(day) {
				x.Passed, x.Wording, x.NamedOn = true, t.Wording, t.NamedOn
			}
		}
		if x.Passed {
			count.Passed++
		}
		out.Areas = append(out.Areas, x)
	}
	var err error
	if out.Eligibility, err = m.Eligible(level, n); err != nil {
		return out, err
	}
	for _, r := range out.Ratios {
		if !r.Holds {
			out.Says = append(out.Says, short(level, r))
		}
	}
	return out, nil
}

var ofWords = map[string]fault.Text{"ordinary": {ZH: "普通监区", EN: "Ordinary areas"}, "functional": {ZH: "功能监区", EN: "Functional areas"}}

var levelWords = map[string]fault.Text{"standard": {ZH: "达标", EN: "standard"}, "demonstration": {ZH: "示范", EN: "demonstration"}}

// short says what is missing: "普通监区 4/7，示范需 5".
func short(level string, r lifecycle.Ratio) fault.Text {
	if r.All == 0 {
		return fault.Text{ZH: "没有" + ofWords[r.Of].ZH, EN: "There are no " + ofWords[r.Of].EN}
	}
	of, lv := ofWords[r.Of], levelWords[level]
	return fault.Text{ZH: fmt.Sprintf("%s %d/%d，%s需 %d", of.ZH, r.Passed, r.All, lv.ZH, r.Need),
		EN: fmt.Sprintf("%s %d/%d, %s needs %d", of.EN, r.Passed, r.All, lv.EN, r.Need)}
}

func (s *Service) conditions(ctx context.Context, l Look, m *lifecycle.Machine, level, day string, passing ...uuid.UUID) (Conditions, error) {
	areas, err := l.Areas(ctx)
	if err != nil {
		return Conditions{}, err
	}
	titles, err := l.Titles(ctx)
	if err != nil {
		return Conditions{}, err
	}
	for _, id := range passing {
		if !slices.ContainsFunc(areas, func(a ledger.Area) bool { return a.ID == id && a.Counts(day) }) {
			return Conditions{}, fault.InvalidFields("bad_case", []fault.Field{told("/passing", "enum", "请选择当日计入的监区", "Choose areas that count on the day")})
		}
		titles = append(titles, Title{Area: id, Level: areaLevel, NamedOn: day, Origin: given})
	}
	return conditionsOf(m, level, day, areas, titles)
}

// Eligibility of a prison for a level on a day; "" is today. With areas it is what it
// would be if they passed too. Faults: forbidden, bad_case.
func (s *Service) Eligibility(ctx context.Context, prison uuid.UUID, level, day string, passing ...uuid.UUID) (Conditions, error) {
	if err := s.may(ctx, "read", ledger.Subject{Class: "title", Prison: prison}); err != nil {
		return Conditions{}, err
	}
	if day == "" {
		day = catalog.DayOf(s.Now())
	}
	m := s.Machines.newest()
	if _, err := catalog.Day(day); err != nil || m.Steps("prison", level) == nil {
		return Conditions{}, fault.InvalidFields("bad_case", []fault.Field{told("/level", "enum", "请选择创建等级和日期", "Choose a level and a day")})
	}
	var out Conditions
	err := s.Store.Read(ctx, s.asked(ctx, prison), func(l Look) error {
		var err error
		out, err = s.conditions(ctx, l, m, level, day, passing...)
		return err
	})
	return out, err
}

// Screened is a prison in the list by readiness (R32).
type Screened struct {
	Prison  uuid.UUID  `json:"prison"`
	Code    string     `json:"code"`
	Name    fault.Text `json:"name"`
	Reaches string     `json:"reaches,omitempty"` // the highest level whose conditions hold
	Holds   string     `json:"holds,omitempty"`   // the highest level it is named for
	// Missing is how many areas the next level still asks for.
	Missing    int                   `json:"missing"`
	Conditions map[string]Conditions `json:"conditions"`
	Mean       string                `json:"mean,omitempty"` // of the areas' scores today, for the eye
	Open       int                   `json:"open_cases"`
	// Score of the prison as a whole today, as whoever sees the whole of it may read; nil for others, and
	// where no standard of prisons is in force.
	Score *OwnScore `json:"score,omitempty"`
}

// OwnScore is a prison against the lines of its levels.
type OwnScore struct {
	Score   scoring.Decimal `json:"score"`
	Display string          `json:"display"`
	Reaches string          `json:"reaches,omitempty"` // the highest level whose line it reaches
	// Next is the lowest level whose line it does not reach, and Gap the points to it; "" and 0 at the top.
	Next string          `json:"next,omitempty"`
	Line scoring.Decimal `json:"line"` // of the next level, else of the highest
	Gap  scoring.Decimal `json:"gap"`
}

// levels of a prison, the higher last.
var levels = []string{"standard", "demonstration"}

// Rank of a level among those that a unit may hold at once; the higher is above, and none is below all.
func Rank(level string) int {
	if level == "" {
		return -2
	}
	return slices.Index(levels, level)
}

// Screening lists the prisons in sight by how ready they are: by the level whose conditions hold,
// then by how many areas are missing for the next, then by the prison's own score (unknown ones last),
// then by the mean of its areas.
func (s *Service) Screening(ctx context.Context) ([]Screened, error) {
	day, m := catalog.DayOf(s.Now()), s.Machines.newest()
	prisons, err := s.Store.Prisons(ctx)
	if err != nil {
		return nil, err
	}
	ses := s.asked(ctx, uuid.Nil)
	titles, err := s.Store.Register(ctx, ses)
	if err != nil {
		return nil, err
	}
	cases, err := s.Store.Cases(ctx, ses)
	if err != nil {
		return nil, err
	}
	list := []Screened{}
	means := map[uuid.UUID]*big.Rat{}
	for _, p := range prisons {
		if s.may(ctx, "read", ledger.Subject{Class: "case", Prison: p.ID}) != nil {
			continue
		}
		x := Screened{Prison: p.ID, Code: p.Code, Name: p.Name, Conditions: map[string]Conditions{}}
		own := slices.DeleteFunc(slices.Clone(titles), func(t Title) bool { return t.Prison != p.ID })
		for _, level := range levels {
			c, err := conditionsOf(m, level, day, p.Areas, own)
			if err != nil {
				return nil, err
			}
			x.Conditions[level] = c
			if c.Holds {
				x.Reaches = level
			}
			if slices.ContainsFunc(own, func(t Title) bool { return t.Area == uuid.Nil && t.Level == level && t.Stands(day) }) {
				x.Holds = level
			}
		}
		x.Missing = missing(x)
		for _, c := range cases {
			if c.Prison == p.ID && c.Open() {
				x.Open++
			}
		}
		scores, err := s.Scores.Scores(ctx, p.ID)
		if err != nil && !fault.Is(err, fault.Forbidden) {
			return nil, err
		}
		means[p.ID], x.Mean = mean(scores)
		if x.Score, err = s.ownScore(ctx, m, p.ID, day, own); err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	slices.SortStableFunc(list, func(a, b Screened) int {
		return cmp.Or(slices.Index(levels, b.Reaches)-slices.Index(levels, a.Reaches), a.Missing-b.Missing, compareScores(b.Score, a.Score),
			means[b.Prison].Cmp(means[a.Prison]), cmp.Compare(a.Code, b.Code))
	})
	return list, nil
}

// ownScore is what stands of a prison as a whole, by the standard in force; nil where the actor does not see it.
func (s *Service) ownScore(ctx context.Context, m *lifecycle.Machine, prison uuid.UUID, day string, titles []Title) (*OwnScore, error) {
	std, err := s.Standards.For(ctx, "prison", "", day)
	if fault.CodeOf(err) == "standard_unknown" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	titled := map[uuid.UUID]bool{}
	for _, t := range titles {
		if t.Area != uuid.Nil && t.Stands(day) {
			titled[t.Area] = true
		}
	}
	sheet, err := s.Scores.Whole(ctx, prison, titled, std)
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) { // or no area of it counts
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &OwnScore{Score: sheet.Score, Display: sheet.Display}
	return out, out.against(m)
}

// against the lines of the levels: who stands on one has reached it.
func (out *OwnScore) against(m *lifecycle.Machine) (err error) {
	for _, level := range levels {
		if out.Line, err = scoring.ParseDecimal(m.Parameter("pass_prison_" + level)); err != nil {
			return err
		}
		if out.Score.Rat().Cmp(out.Line.Rat()) < 0 {
			out.Next = level
			out.Gap, err = scoring.DecimalOf(new(big.Rat).Sub(out.Line.Rat(), out.Score.Rat()))
			return err
		}
		out.Reaches = level
	}
	return nil
}

// compareScores puts an unknown one below all.
func compareScores(a, b *OwnScore) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return a.Score.Rat().Cmp(b.Score.Rat())
}

// missing is what the lowest level that is not reached asks for; 0 at the top.
func missing(x Screened) (n int) {
	for _, level := range levels {
		if c := x.Conditions[level]; !c.Holds {
			for _, r := range c.Ratios {
				if !r.Holds {
					n += max(1, r.Need-r.Passed)
				}
			}
			return n
		}
	}
	return 0
}

func mean(list []assessment.Standing) (*big.Rat, string) {
	sum := new(big.Rat)
	if len(list) == 0 {
		return sum, ""
	}
	for _, x := range list {
		sum.Add(sum, x.Score.Rat())
	}
	sum.Quo(sum, big.NewRat(int64(len(list)), 1))
	return sum, sum.FloatString(2)
}
