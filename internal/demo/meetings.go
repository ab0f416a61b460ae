package demo

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

// deliberated is the area whose case is before the party committee.
const deliberated = "A4"

// Of atBureau: the secretaries by body, the members of both, and the heads of the lines.
var (
	secretaries = map[accreditation.Body]int{accreditation.Party: 6, accreditation.Committee: 7}
	sitting     = []int{8, 9, 10}
	heads       = append([]int{3, 4, 5}, 14, 15, 16, 17, 18, 19, 20, 21, 22)
)

// deliberate plans, in the weeks before, the road of an area of the first prison up to the party
// committee, and a meeting of today with its case on the agenda: it can be held at once. The
// last of the members comes from that prison, and has no part in it.
func (l *life) deliberate(s *accreditation.Service, checks *inspection.Service) {
	if l.u != l.p.units[0] {
		return
	}
	area := l.u.area(deliberated)
	head, _ := l.posted([]actor.Role{actor.AreaHead}, area, "", uuid.Nil)
	office, _ := l.posted([]actor.Role{actor.PrisonOffice}, uuid.Nil, "", uuid.Nil)
	bureau := l.p.bureau()
	day := func(n int) time.Time { return catalogMidnight(l.end).AddDate(0, 0, n).Add(10 * time.Hour) }
	var c accreditation.Case
	var check inspection.Check
	act := func(who person, a accreditation.Act) func(context.Context) error {
		return func(ctx context.Context) error {
			w, err := s.Case(l.as(ctx, who), l.u.id, c.ID)
			if err != nil {
				return err
			}
			for _, o := range w.Opinions {
				if o.Given != nil {
					a.Cites = append(a.Cites, accreditation.Cite{Department: o.Department})
				}
			}
			_, err = s.Act(l.as(ctx, who), l.u.id, c.ID, w.Seq, a, ledger.Idem{})
			return err
		}
	}
	makes := func(ctx context.Context, who person, kind, department string, body any) error {
		raw, err := json.Marshal(body)
		if err == nil {
			_, err = s.Make(l.as(ctx, who), l.u.id, c.ID, accreditation.Made{Kind: kind, Department: department, Body: raw}, ledger.Idem{})
		}
		return err
	}
	opens := func(kind, purpose string) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			n := inspection.NewCheck{Area: area, Case: &c.ID, Kind: kind, FromDay: catalog.DayOf(l.now), ToDay: catalog.DayOf(l.now.AddDate(0, 0, 2)), Purpose: purpose}
			for k, at := range team {
				n.Team = append(n.Team, inspection.NewMember{Person: l.p.atBureau()[at].id, Leader: k == 0})
			}
			check, err = checks.OpenCheck(l.as(ctx, bureau), l.u.id, n, ledger.Idem{})
			return err
		}
	}
	steps := []struct {
		day int
		do  func(context.Context) error
	}{
		{-30, func(ctx context.Context) error {
			for _, body := range accreditation.Bodies {
				for k, at := range sitting {
					m := accreditation.Member{Body: body, Person: l.p.atBureau()[at].id, Voting: true, FromDay: catalog.DayOf(l.now)}
					if k == len(sitting)-1 {
						m.Origin = l.u.id
					}
					if _, err := s.AddMember(l.as(ctx, l.p.atBureau()[secretaries[body]]), m, ledger.Idem{}); err != nil && fault.CodeOf(err) != "member_seated" {
						return err
					}
				}
			}
			return nil
		}},
		{-30, func(ctx context.Context) (err error) {
			c, err = s.Begin(l.as(ctx, head), l.u.id, area, "area", ledger.Idem{})
			return err
		}},
		{-30, func(ctx context.Context) error {
			_, err := checks.Scores.Keep(l.as(ctx, head), l.u.id, area, assessment.SelfCheck, ledger.Idem{})
			return err
		}},
		{-30, func(ctx context.Context) error {
			_, err := s.Ask(l.as(ctx, head), l.u.id, c.ID, "submit", "自查达到要求", ledger.Idem{})
			return err
		}},
		{-30, act(office, accreditation.Act{Event: "submit"})},
		{-30, act(bureau, accreditation.Act{Event: "screen"})},
		{-30, func(ctx context.Context) error {
			return l.announce(ctx, s, func(b accreditation.Batch) error { return makes(ctx, bureau, "batch", "", b) })
		}},
		{-29, opens(inspection.Baseline, "摸底检查")},
		{-29, act(bureau, accreditation.Act{Event: "baseline"})},
		{-28, func(ctx context.Context) error { return l.confirm(ctx, checks, check.ID) }},
		{-28, func(ctx context.Context) error {
			w, err := s.Case(l.as(ctx, bureau), l.u.id, c.ID)
			if err != nil {
				return err
			}
			for _, at := range heads {
				who := l.p.atBureau()[at]
				if slices.ContainsFunc(w.Opinions, func(o accreditation.Opinion) bool { return o.Department == who.posts[0].department }) {
					o, err := l.opines(ctx, s, who, c.ID, "本线工作符合标准")
					if err == nil {
						err = makes(ctx, who, "opinion", who.posts[0].department, o)
					}
					if err != nil {
						return err
					}
				}
			}
			return nil
		}},
		{-28, act(bureau, accreditation.Act{Event: "proceed"})},
		{-27, opens(inspection.OnSite, "现场综合考核验收")},
		{-26, func(ctx context.Context) error { return l.confirm(ctx, checks, check.ID) }},
		{-14, func(ctx context.Context) error { return l.closeCheck(ctx, checks, check.ID) }},
		{-3, act(bureau, accreditation.Act{Event: "close"})},
		{0, func(ctx context.Context) error {
			secretary := l.as(ctx, l.p.atBureau()[secretaries[accreditation.Party]])
			m, err := s.Call(secretary, accreditation.Meeting{Body: accreditation.Party, Title: "规范化创建专题会议", Day: catalog.DayOf(l.now)}, ledger.Idem{})
			if err == nil {
				_, err = s.Put(secretary, l.u.id, m.ID, c.ID, ledger.Idem{})
			}
			return err
		}},
	}
	for k, x := range steps {
		at := day(x.day).Add(time.Duration(k) * time.Minute)
		if x.day == 0 {
			at = l.end.Add(-5 * time.Minute)
		}
		l.later(at, func(ctx context.Context) error {
			switch err := x.do(ctx); fault.CodeOf(err) {
			case "case_refused", "case_forbids", "not_found":
				l.p.Log.Warn("demonstration: the road refuses", "step", k, "error", err)
				return nil
			default:
				return err
			}
		})
	}
}
