package demo

import (
	"context"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
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
		a4, a5, a6 := l.u.area(deliberated), l.u.area(applicant), l.u.area("A6")
		return []planning.Mark{
			{Level: "standard", State: "APPLIED", Month: month(own)}, {Level: "standard", State: "ON_SITE", Month: 12},
			{Area: a4, Level: "area", State: "BASELINE", Month: month(-1)}, {Area: a4, Level: "area", State: "PARTY_REVIEW", Month: month(0)}, {Area: a4, Level: "area", State: "NAMED", Month: month(1)},
			{Area: a5, Level: "area", State: "APPLIED", Month: month(0)}, {Area: a5, Level: "area", State: "BASELINE", Month: month(0)}, {Area: a5, Level: "area", State: "NAMED", Month: 12},
			{Area: a6, Level: "area", State: "APPLIED", Month: month(-2)}, {Area: a6, Level: "area", State: "BASELINE", Month: month(0)},
		}
	}
	start := catalogMidnight(l.end).AddDate(0, 0, -l.p.Days)
	for i, own := range []int{-1, 1, 1} {
		at := start.Add(time.Duration(9+2*i) * time.Hour)
		l.later(at, func(ctx context.Context) error {
			_, err := s.Submit(l.as(ctx, office), l.u.id, year, i, []string{"", "监狱本级自查未完成，申报顺延", "六监区推迟摸底"}[i], marks(own)[:10-i], ledger.Idem{})
			return err
		})
		if i < 2 {
			l.later(at.Add(time.Hour), func(ctx context.Context) error {
				_, err := s.Decide(l.as(ctx, leader), l.u.id, year, i+1, true, "同意", ledger.Idem{})
				return err
			})
		}
	}
}
