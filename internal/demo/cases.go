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
			year := l.end.In(catalog.Zone).Year()
			_, err := s.Plan(l.as(ctx, bureau), accreditation.Planned{Year: year, Batch: 1, Level: "area", ClosesOn: catalog.DayOf(l.end), From: catalog.DayOf(l.end),
				To: catalog.DayOf(l.end.AddDate(0, 1, 0))}, ledger.Idem{})
			if err != nil && fault.CodeOf(err) != "changed_meanwhile" { // every prison's life plans the same one
				return err
			}
			if err := record(bureau, "batch", "", accreditation.Batch{Year: year, Batch: 1})(ctx); err != nil {
				return err
			}
			d, err := s.Draw(l.as(ctx, bureau), year)
			if err != nil || !d.May {
				return err
			}
			_, err = s.Issue(l.as(ctx, bureau), year, d.Digest.String(), ledger.Idem{})
			return err
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
			f, err := s.OpinionForm(l.as(ctx, l.p.atBureau()[4]), l.u.id, c.ID, "dept_education")
			if fault.CodeOf(err) == "not_found" {
				return nil // nobody was asked: the check was not begun
			}
			if err != nil {
				return err
			}
			return record(l.p.atBureau()[4], "opinion", "dept_education", accreditation.Opines{Value: "on_time", Reason: "本线工作较为规范", Facts: f.Digest})(ctx)
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
