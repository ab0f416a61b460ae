package overview

import (
	"cmp"
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/fault"
	"taizhang/internal/guidance"
	"taizhang/internal/lifecycle"
	"taizhang/internal/scoring"
)

// Line is what a department comes for: who applies this year, and where the units are weakest
// in what it answers for (R74).
type Line struct {
	Department string      `json:"department"`
	Applicants []Applicant `json:"applicants"`
	Weakest    []Weak      `json:"weakest"`
	// Visits that it is planned to make and has not yet made, by day.
	Visits []guidance.PlannedVisit `json:"visits"`
}

// Applicant is a case that applied this year, whatever became of it; who withdrew is none.
type Applicant struct {
	Prison uuid.UUID       `json:"prison"`
	Area   uuid.UUID       `json:"area,omitzero"`
	Case   uuid.UUID       `json:"case"`
	Level  string          `json:"level"`
	State  lifecycle.State `json:"state"`
	Title  fault.Text      `json:"title"`
}

// Weak is an indicator by what the units lost of it.
type Weak struct {
	Standard string     `json:"standard"`
	Code     string     `json:"code"`
	Title    fault.Text `json:"title"`
	// Percent of its points that was lost, the mean of the units; Losing how many lost any.
	Percent string `json:"percent"`
	Units   int    `json:"units"`
	Losing  []Unit `json:"losing"`

	lost *big.Rat
}

// weakest is how many indicators a line lists.
const weakest = 10

// Lines of the departments in which the actor is posted. None for other people.
func (s *Service) Lines(ctx context.Context) ([]Line, error) {
	list := []Line{}
	for _, p := range actor.From(ctx).Postings {
		if p.Department != "" && !slices.ContainsFunc(list, func(l Line) bool { return l.Department == p.Department }) {
			list = append(list, Line{Department: p.Department, Applicants: []Applicant{}, Weakest: []Weak{}, Visits: []guidance.PlannedVisit{}})
		}
	}
	if len(list) == 0 {
		return list, nil
	}
	prisons, _, err := s.prisons(ctx)
	if err != nil {
		return nil, err
	}
	board, err := s.Road.Cases(ctx)
	if err != nil {
		return nil, err
	}
	applied, err := s.Store.Applications(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Applicants = applicants(board, applied, s.today()[:4])
	}
	planned, err := s.Visits.Planned(ctx)
	if err != nil {
		return nil, err
	}
	for _, v := range planned {
		for i := range list {
			if v.Open() && v.Department == list[i].Department {
				list[i].Visits = append(list[i].Visits, v)
			}
		}
	}
	err = s.standings(ctx, prisons, func(x assessment.Standing, std *scoring.Standard) {
		for i := range list {
			s.weigh(&list[i], x, std)
		}
	})
	for i := range list {
		l := &list[i]
		for j := range l.Weakest {
			l.Weakest[j].Percent = share(l.Weakest[j].lost, big.NewRat(int64(l.Weakest[j].Units), 1))
		}
		slices.SortStableFunc(l.Weakest, func(a, b Weak) int {
			return cmp.Or(new(big.Rat).Mul(b.lost, big.NewRat(int64(a.Units), 1)).Cmp(new(big.Rat).Mul(a.lost, big.NewRat(int64(b.Units), 1))), strings.Compare(a.Code, b.Code))
		})
		l.Weakest = slices.DeleteFunc(l.Weakest, func(w Weak) bool { return len(w.Losing) == 0 })
		l.Weakest = l.Weakest[:min(weakest, len(l.Weakest))]
	}
	return list, err
}

func applicants(board accreditation.Board, applied map[uuid.UUID]string, year string) []Applicant {
	list := []Applicant{}
	for _, c := range board.Cases {
		if c.State != lifecycle.Draft && c.State != "WITHDRAWN" && strings.HasPrefix(applied[c.ID], year) {
			list = append(list, Applicant{c.Prison, c.Area, c.ID, c.Level, c.State, c.StateTitle})
		}
	}
	return list
}

// weigh adds what an area lost of the indicators that the line answers for.
func (s *Service) weigh(l *Line, x assessment.Standing, std *scoring.Standard) {
	for n, d := range std.Domains {
		for m, ind := range d.Indicators {
			got := x.Sheet.Domains[n].Indicators[m]
			if !got.Applies || !s.answers(l.Department, ind) {
				continue
			}
			at := slices.IndexFunc(l.Weakest, func(w Weak) bool { return w.Standard == std.ID && w.Code == ind.Code })
			if at < 0 {
				at, l.Weakest = len(l.Weakest), append(l.Weakest, Weak{Standard: std.ID, Code: ind.Code, Title: ind.Title, Losing: []Unit{}, lost: new(big.Rat)})
			}
			w := &l.Weakest[at]
			w.Units++
			if got.Deducted.Rat().Sign() > 0 {
				w.Losing = append(w.Losing, Unit{Prison: x.Area.Prison, Area: x.Area.ID, Of: typeOf(x.Area)})
				w.lost.Add(w.lost, new(big.Rat).Quo(got.Deducted.Rat(), ind.Points.Rat()))
			}
		}
	}
}

// answers says whether a department answers for an indicator.
func (s *Service) answers(department string, i scoring.Indicator) bool {
	return slices.Contains(s.answering(i), department)
}

// answering are the departments of an indicator: the one that is named there, else those in whose
// ledgers the proof lies.
func (s *Service) answering(i scoring.Indicator) (list []string) {
	if i.Department != "" {
		return []string{i.Department}
	}
	for _, l := range i.Ledgers {
		if owner := s.Owner(l); owner != "" && !slices.Contains(list, owner) {
			list = append(list, owner)
		}
	}
	return list
}
