package demo

import (
	"context"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/guidance"
	"taizhang/internal/ledger"
	"taizhang/internal/planning"
)

// intend plans the year in which the demonstration ends: some of it in time, some of it late, and
// a second version that says why it is otherwise; a third waits for the leader.
func (l *life) intend(s *planning.Service) {
	office, _ := l.posted([]actor.Role{actor.PrisonOffice}, uuid.Nil, "", uuid.Nil)
	leader, _ := l.posted([]actor.Role{actor.PrisonLeader}, uuid.Nil, "", uuid.Nil)
	year, now := l.end.In(catalog.Zone).Year(), int(l.end.In(catalog.Zone).Month())
	month := func(n int) int { return min(12, max(1, now+n)) }
	marks := func(own int) []planning.Mark {
		a3, a4, a5 := l.u.area("A3"), l.u.area(deliberated), l.u.area(applicant)
		return []planning.Mark{
			{Level: "standard", State: "APPLIED", Month: month(own)}, {Level: "standard", State: "ON_SITE", Month: 12},
			{Area: a4, Level: "area", State: "BASELINE", Month: month(-1)}, {Area: a4, Level: "area", State: "PARTY_REVIEW", Month: month(0)}, {Area: a4, Level: "area", State: "NAMED", Month: month(1)},
			{Area: a5, Level: "area", State: "APPLIED", Month: month(0)}, {Area: a5, Level: "area", State: "BASELINE", Month: month(0)}, {Area: a5, Level: "area", State: "NAMED", Month: 12},
			{Area: a3, Level: "area", State: "APPLIED", Month: month(-2)}, {Area: a3, Level: "area", State: "BASELINE", Month: month(0)},
		}
	}
	answers := func(of planning.Thing, who person, reason string, seen int) func(context.Context) error {
		return func(ctx context.Context) error {
			return s.Name(l.as(ctx, office), l.u.id, planning.Responsible{Thing: of, N: seen, Number: who.number, FromDay: catalog.DayOf(l.now), Reason: reason}, ledger.Idem{})
		}
	}
	start := catalogMidnight(l.end).AddDate(0, 0, -l.p.Days)
	for i, own := range []int{-1, 1, 1} {
		at := start.Add(time.Duration(9+2*i) * time.Hour)
		l.later(at, func(ctx context.Context) error {
			_, err := s.Submit(l.as(ctx, office), l.u.id, year, i, []string{"", "监狱本级自查未完成，申报顺延", "三监区推迟到明年"}[i], marks(own)[:10-i/2*2], ledger.Idem{})
			return err
		})
		if i < 2 {
			l.later(at.Add(time.Hour), func(ctx context.Context) error {
				_, err := s.Decide(l.as(ctx, leader), l.u.id, year, i+1, true, "同意", ledger.Idem{})
				return err
			})
		}
	}
	// Every area has somebody but the last; some steps and indicators have, one was handed over.
	at := start.Add(15 * time.Hour)
	for i, a := range l.u.areas[:len(l.u.areas)-1] {
		if head, ok := l.posted([]actor.Role{actor.AreaHead}, a.id, "", uuid.Nil); ok {
			l.later(at.Add(time.Duration(i)*time.Minute), answers(planning.Thing{Kind: planning.OfArea, Area: a.id}, head, "", 0))
		}
	}
	custody, _ := l.posted([]actor.Role{actor.DeptHead}, uuid.Nil, "dept_custody", uuid.Nil)
	for i, what := range []string{"JG-01", "JG-02", "JG-03", "JG-04", "JG-05", "XF-01", "XF-02"} {
		l.later(at.Add(time.Hour+time.Duration(i)*time.Minute), answers(planning.Thing{Kind: planning.OfIndicator, What: "ordinary-area/" + what}, custody, "", 0))
	}
	l.later(at.Add(2*time.Hour), answers(planning.Thing{Kind: planning.OfIndicator, What: "ordinary-area/JG-05"}, leader, "岗位调整，移交分管领导", 1))
	for i, state := range []string{"APPLIED", "SCREENED", "BASELINE"} {
		l.later(at.Add(3*time.Hour+time.Duration(i)*time.Minute), answers(planning.Thing{Kind: planning.OfStep, What: "area/" + state}, office, "", 0))
	}
}

// guide makes the first prison a focus unit: one planned visit was made, one is overdue, one is ahead.
func (l *life) guide(s *guidance.Service) {
	if l.u != l.p.units[0] {
		return
	}
	start := catalogMidnight(l.end).AddDate(0, 0, -l.p.Days)
	day := func(n int) string { return catalog.DayOf(start.AddDate(0, 0, n)) }
	l.later(start.Add(8*time.Hour), func(ctx context.Context) error {
		ctx = l.as(ctx, l.p.bureau())
		if _, err := s.Mark(ctx, l.u.id, true, 0, "创建条件较为成熟，四监区已进入审议", ledger.Idem{}); err != nil {
			return err
		}
		var first guidance.PlannedVisit
		for i, v := range []guidance.PlannedVisit{
			{Area: l.u.area("A3"), Day: day(1), Department: "dept_custody", Subject: "清监点名与隐患整改"},
			{Day: day(2), Department: "dept_education", Subject: "教育改造台账"},
			{Area: l.u.area(applicant), Day: catalog.DayOf(l.end.AddDate(0, 0, 7)), Department: "dept_custody", Subject: "验收前复核"},
		} {
			made, err := s.PlanVisit(ctx, l.u.id, v, ledger.Idem{})
			if err != nil {
				return err
			}
			if i == 0 {
				first = made
			}
		}
		l.later(start.AddDate(0, 0, 1).Add(10*time.Hour), func(ctx context.Context) error {
			_, err := s.AddVisit(l.as(ctx, l.p.bureau()), l.u.id, guidance.Visit{Area: first.Area, Day: first.Day, Findings: "点名记录齐全，两处隐患未按期销号", Advice: "逐项销号并举一反三",
				DueOn: catalog.DayOf(l.end.AddDate(0, 0, 10)), Planned: first.ID}, ledger.Idem{})
			return err
		})
		return nil
	})
}
