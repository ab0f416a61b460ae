package planning

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
)

// Where a mark stands on the day of the look.
const (
	Ahead   = "ahead"   // its month is not over
	Reached = "reached" // in its time
	Late    = "late"    // after it
	Overdue = "overdue" // not yet, and its month is over
	Closed  = "closed"  // never: the area is no more
)

// Unit is what one unit planned against what it reached.
type Unit struct {
	Area  uuid.UUID `json:"area,omitzero"`
	Level string    `json:"level"`
	Marks []Stand   `json:"marks"`
	// Case that the unit is on its way with, or holds its title by, and where it is.
	Case  uuid.UUID       `json:"case,omitzero"`
	State lifecycle.State `json:"state,omitempty"`
	Title *fault.Text     `json:"title,omitempty"` // of the state
}

// Stand is a mark and what became of it: worked out, never typed.
type Stand struct {
	State     lifecycle.State `json:"state"`
	Month     int             `json:"month"`
	DueOn     string          `json:"due_on"`
	Stands    string          `json:"stands"`
	ReachedOn string          `json:"reached_on,omitempty"`
	ClosedOn  string          `json:"closed_on,omitempty"` // of the area, where it was not reached before
	Days      int             `json:"days"`                // that it is or was late
}

// Month sums up to its end: how many marks were planned and how many were reached; Reached is
// nil for months that are ahead.
type Month struct {
	Month   int  `json:"month"`
	Planned int  `json:"planned"`
	Reached *int `json:"reached"`
}

// Tally counts marks by where they stand.
type Tally struct {
	All     int `json:"all"`
	Reached int `json:"reached"`
	Late    int `json:"late"`
	Overdue int `json:"overdue"`
	Ahead   int `json:"ahead"`
}

// known is what is known of the units in sight on a day.
type known struct {
	today  string
	year   int
	steps  func(track, level string) []lifecycle.State
	cases  []accreditation.Shown
	titles []accreditation.Title
	passed map[uuid.UUID][]Pass
	closed map[uuid.UUID]string // areas that are no more, with the day
}

// known of a prison; zero: of every one in sight.
func (s *Service) known(ctx context.Context, prison uuid.UUID, year int) (*known, error) {
	k := &known{today: s.today(), year: year, steps: s.steps, closed: map[uuid.UUID]string{}}
	prisons, err := s.Store.Prisons(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range prisons {
		for _, a := range p.Areas {
			if a.ClosedOn != "" && a.ClosedOn <= k.today {
				k.closed[a.ID] = a.ClosedOn
			}
		}
	}
	board, err := s.Road.CasesOf(ctx, prison)
	if err != nil {
		return nil, err
	}
	k.cases = board.Cases
	if k.titles, _, err = s.Road.RegisterOf(ctx, prison); err != nil {
		return nil, err
	}
	k.passed, err = s.Store.Passed(ctx, s.asked(ctx, prison))
	return k, err
}

// units of a plan, in the order of its marks.
func (k *known) units(p Plan) []Unit {
	list := []Unit{}
	for _, m := range p.Marks {
		i := slices.IndexFunc(list, func(u Unit) bool { return u.Area == m.Area })
		if i < 0 {
			i, list = len(list), append(list, k.unit(p.Prison, m))
		}
		list[i].Marks = append(list[i].Marks, k.stand(p.Prison, m))
	}
	return list
}

// unit finds where one is now: its application that is open, or else the last one.
func (k *known) unit(prison uuid.UUID, m Mark) Unit {
	u := Unit{Area: m.Area, Level: m.Level, Marks: []Stand{}}
	for _, c := range k.cases { // the latest act first
		if c.Prison == prison && c.Area == m.Area && (u.Case == uuid.Nil || !c.Ends() && !c.Held()) {
			u.Case, u.State, u.Title = c.ID, c.State, &c.StateTitle
			if !c.Ends() && !c.Held() {
				break
			}
		}
	}
	return u
}

// reached is the first day on which the unit had come as far as the mark; "" for not yet. It
// may have gone further or fallen back since. An application that was withdrawn is none, and of one
// that failed or whose title was lost only the steps of the year count; nor is a title that was lost,
// unless it was given in the year. A step that left the road is reached by nobody.
func (k *known) reached(prison uuid.UUID, m Mark) string {
	track := trackOf(m.Area)
	steps := k.steps(track, m.Level)
	want := slices.Index(steps, m.State)
	if want < 0 {
		return ""
	}
	begins := fmt.Sprintf("%d-01-01", k.year)
	enough := func(level string) bool {
		return slices.Index(levels[track], level) >= slices.Index(levels[track], m.Level)
	}
	first := ""
	earlier := func(state lifecycle.State, day string) {
		if slices.Index(steps, state) >= want && (first == "" || day < first) {
			first = day
		}
	}
	for _, c := range k.cases {
		if c.Prison != prison || c.Area != m.Area || !enough(c.Level) || c.State == "WITHDRAWN" {
			continue
		}
		for _, p := range k.passed[c.ID] {
			if !c.Ends() || p.On >= begins {
				earlier(p.State, p.On)
			}
		}
	}
	for _, t := range k.titles {
		if t.Prison == prison && t.Area == m.Area && enough(t.Level) && (t.Standing || t.Counts() && t.NamedOn >= begins) {
			earlier(lifecycle.Named, t.NamedOn)
		}
	}
	return first
}

func (k *known) stand(prison uuid.UUID, m Mark) Stand {
	x := Stand{State: m.State, Month: m.Month, DueOn: lastDay(k.year, m.Month), ReachedOn: k.reached(prison, m)}
	switch {
	case x.ReachedOn != "" && x.ReachedOn <= x.DueOn:
		x.Stands = Reached
	case x.ReachedOn != "":
		x.Stands, x.Days = Late, between(x.DueOn, x.ReachedOn)
	case k.closed[m.Area] != "":
		x.Stands, x.ClosedOn = Closed, k.closed[m.Area]
	case x.DueOn < k.today:
		x.Stands, x.Days = Overdue, between(x.DueOn, k.today)
	default:
		x.Stands = Ahead
	}
	return x
}

// lastDay of a month: day 0 of the next.
func lastDay(year, month int) string {
	return time.Date(year, time.Month(month+1), 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

func between(from, to string) int {
	a, _ := time.Parse(time.DateOnly, from)
	b, _ := time.Parse(time.DateOnly, to)
	return int(b.Sub(a).Hours() / 24)
}

// months sum the marks of the units up; now is the month of the look, YYYY-MM.
func months(units []Unit, now string, year int) []Month {
	list := []Month{}
	for n := 1; n <= 12; n++ {
		m, reached := Month{Month: n}, 0
		for _, u := range units {
			for _, x := range u.Marks {
				if x.Month <= n && x.Stands != Closed {
					m.Planned++
				}
				if x.ReachedOn != "" && x.ReachedOn <= lastDay(year, n) {
					reached++
				}
			}
		}
		if fmt.Sprintf("%d-%02d", year, n) <= now {
			m.Reached = &reached
		}
		list = append(list, m)
	}
	return list
}

func tally(units []Unit) (t Tally) {
	for _, u := range units {
		for _, x := range u.Marks {
			if x.Stands == Closed { // nobody will ever reach it
				continue
			}
			t.All++
			switch x.Stands {
			case Reached:
				t.Reached++
			case Late:
				t.Late++
			case Overdue:
				t.Overdue++
			default:
				t.Ahead++
			}
		}
	}
	return t
}

// Against is how a prison stands against its plan.
type Against struct {
	Prison  uuid.UUID `json:"prison"`
	Version int       `json:"version"` // in force; 0: none
	Waits   bool      `json:"waits"`   // a version waits for the prison's leader
	Tally   Tally     `json:"tally"`
	Whole   *Unit     `json:"whole,omitempty"` // the prison's own road
	// Slowest is the mark that is overdue the longest.
	Slowest *Slowest `json:"slowest,omitempty"`
}

// Slowest mark of a prison.
type Slowest struct {
	Area  uuid.UUID  `json:"area,omitzero"`
	Title fault.Text `json:"title"`
	Stand
}

// Province is the plans of a year of the prisons whose whole the actor sees, with what each
// reached.
func (s *Service) Province(ctx context.Context, year int) ([]Against, error) {
	prisons, err := s.Store.Prisons(ctx)
	if err != nil {
		return nil, err
	}
	prisons = slices.DeleteFunc(prisons, func(p ledger.Prison) bool { return !p.Open || s.maySee(ctx, p.ID, uuid.Nil) != nil })
	list := []Against{}
	if len(prisons) == 0 {
		return list, nil
	}
	all, err := s.Store.Plans(ctx, s.asked(ctx, uuid.Nil), year)
	if err != nil {
		return nil, err
	}
	k, err := s.known(ctx, uuid.Nil, year)
	if err != nil {
		return nil, err
	}
	for _, prison := range prisons {
		a := Against{Prison: prison.ID}
		versions := s.sighted(ctx, all, prison.ID)
		a.Waits = len(versions) > 0 && versions[0].Decision == nil
		if p := inForce(versions); p != nil {
			units := k.units(*p)
			a.Version, a.Tally = p.Version, tally(units)
			for _, u := range units {
				if u.Area == uuid.Nil {
					a.Whole = &u
				}
				for _, x := range u.Marks {
					if x.Stands == Overdue && (a.Slowest == nil || x.Days > a.Slowest.Days) {
						a.Slowest = &Slowest{u.Area, s.Road.Machine().States[x.State], x}
					}
				}
			}
		}
		list = append(list, a)
	}
	return list, nil
}
