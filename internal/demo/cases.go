package demo

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
)

// accrediting is the use cases of cases on the prison's own clock.
func (l *life) accrediting(store *postgres.Store, clock func() time.Time, checks *inspection.Service) *accreditation.Service {
	s := *l.p.Cases
	s.Store, s.Checks, s.Scores, s.Now, s.Clock = postgres.Cases{Store: store}, checks, checks.Scores, clock, clock
	checks.Cases, checks.Titles = &s, &s
	return &s
}

// applicant is the area whose case is under way; the titles of the others are from before.
const applicant = "A5"

var held = []struct{ area, named string }{{"A1", "2022-03-18"}, {"A2", "2023-06-30"}, {"F1", "2022-03-18"}, {"F2", "2023-06-30"}, {"F3", "2024-01-12"}}

// apply plans an area's case up to its baseline check, and one of the prison that is only
// begun. Where the road refuses, a step is left undone: what was lived may not be enough.
func (l *life) apply(s *accreditation.Service, checks *inspection.Service) {
	area := l.u.area(applicant)
	head, _ := l.posted([]actor.Role{actor.AreaHead}, area, "", uuid.Nil)
	office, _ := l.posted([]actor.Role{actor.PrisonOffice}, uuid.Nil, "", uuid.Nil)
	var c accreditation.Case
	bureau := l.p.bureau()
	act := func(who person, event string) func(context.Context) error {
		return func(ctx context.Context) error {
			w, err := s.Case(l.as(ctx, who), l.u.id, c.ID)
			if err == nil {
				_, err = s.Act(l.as(ctx, who), l.u.id, c.ID, w.Seq, accreditation.Act{Event: event}, ledger.Idem{})
			}
			return err
		}
	}
	record := func(who person, kind, department string, body any) func(context.Context) error {
		return func(ctx context.Context) error {
			raw, err := json.Marshal(body)
			if err == nil {
				_, err = s.Make(l.as(ctx, who), l.u.id, c.ID, accreditation.Made{Kind: kind, Department: department, Body: raw}, ledger.Idem{})
			}
			return err
		}
	}
	steps := []func(context.Context) error{
		func(ctx context.Context) error {
			for _, h := range held {
				t, err := s.Import(l.as(ctx, bureau), l.u.id, accreditation.Imported{Area: l.u.area(h.area), Level: "area", Wording: "规范化监区", DocumentNo: "演示〔" + h.named[:4] + "〕1号",
					NamedOn: h.named, Body: "省局党委会"}, ledger.Idem{})
				if err == nil {
					_, err = s.Decide(l.as(ctx, l.p.atBureau()[13]), l.u.id, t.ID, "confirmed", "", ledger.Idem{})
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
		func(ctx context.Context) error {
			_, err := s.Begin(l.as(ctx, office), l.u.id, uuid.Nil, "standard", ledger.Idem{})
			return err
		},
		func(ctx context.Context) (err error) {
			c, err = s.Begin(l.as(ctx, head), l.u.id, area, "area", ledger.Idem{})
			return err
		},
		func(ctx context.Context) error {
			_, err := checks.Scores.Keep(l.as(ctx, head), l.u.id, area, assessment.SelfCheck, ledger.Idem{})
			return err
		},
		func(ctx context.Context) error {
			_, err := s.Ask(l.as(ctx, head), l.u.id, c.ID, "submit", "自查达到要求", ledger.Idem{})
			return err
		},
		act(office, "submit"),
		act(bureau, "screen"),
		func(ctx context.Context) error {
			return l.announce(ctx, s, func(b accreditation.Batch) error { return record(bureau, "batch", "", b)(ctx) })
		},
		func(ctx context.Context) error {
			n := inspection.NewCheck{Area: area, Case: &c.ID, Kind: inspection.Baseline, FromDay: catalog.DayOf(l.now), ToDay: catalog.DayOf(l.now.AddDate(0, 0, 5)), Purpose: "摸底检查"}
			for k, at := range team {
				n.Team = append(n.Team, inspection.NewMember{Person: l.p.atBureau()[at].id, Leader: k == 0})
			}
			_, err := checks.OpenCheck(l.as(ctx, bureau), l.u.id, n, ledger.Idem{})
			return err
		},
		act(bureau, "baseline"),
		func(ctx context.Context) error {
			o, err := l.opines(ctx, s, l.p.atBureau()[4], c.ID, "本线工作较为规范")
			if fault.CodeOf(err) == "not_found" {
				return nil // nobody was asked: the check was not begun
			}
			if err != nil {
				return err
			}
			return record(l.p.atBureau()[4], "opinion", "dept_education", o)(ctx)
		},
	}
	for k, do := range steps {
		l.later(l.end.Add(time.Duration(k-45)*time.Minute), func(ctx context.Context) error {
			switch err := do(ctx); fault.CodeOf(err) {
			case "case_refused", "case_forbids":
				return nil
			default:
				return err
			}
		})
	}
}

// announce puts a case into the year's batch and issues the bulletin with it.
func (l *life) announce(ctx context.Context, s *accreditation.Service, put func(accreditation.Batch) error) error {
	ctx = l.as(ctx, l.p.bureau())
	year := l.end.In(catalog.Zone).Year()
	_, err := s.Plan(ctx, accreditation.Planned{Year: year, Batch: 1, Level: "area", ClosesOn: catalog.DayOf(l.end), From: catalog.DayOf(l.end),
		To: catalog.DayOf(l.end.AddDate(0, 1, 0))}, ledger.Idem{})
	if err != nil && fault.CodeOf(err) != "changed_meanwhile" { // it is planned once for all
		return err
	}
	if err := put(accreditation.Batch{Year: year, Batch: 1}); err != nil {
		return err
	}
	d, err := s.Draw(ctx, year)
	if err != nil || !d.May {
		return err
	}
	_, err = s.Issue(ctx, year, d.Digest.String(), ledger.Idem{})
	return err
}

// opines is the opinion of a head of a line, on what the form shows.
func (l *life) opines(ctx context.Context, s *accreditation.Service, head person, c uuid.UUID, reason string) (accreditation.Opines, error) {
	f, err := s.OpinionForm(l.as(ctx, head), l.u.id, c, head.posts[0].department)
	return accreditation.Opines{Value: "on_time", Reason: reason, Facts: f.Digest}, err
}
