package demo

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

// pooled are what the bureau's own inspectors are skilled in, by their place in atBureau; the last one
// is away on the day that is shown.
var pooled = []struct {
	at      int
	domains []string
}{{0, []string{"XF", "JG"}}, {11, []string{"JY", "WH"}}, {12, []string{"LD"}}, {23, []string{"YJ", "XX"}}}

// keepPool says of the pool what its offices know. It belongs to the province: what stands there
// already, because the making was broken off, stays.
func (l *life) keepPool(i *inspection.Service) {
	at := catalogMidnight(l.end).AddDate(0, 0, -max(l.p.Days, 25))
	if l.u == l.p.units[0] {
		l.later(at.Add(7*time.Hour), func(ctx context.Context) error {
			ctx = l.as(ctx, l.p.bureau())
			for _, p := range pooled {
				if err := l.skilled(ctx, i, l.p.atBureau()[p.at].id, p.domains); err != nil {
					return err
				}
			}
			return nil
		})
		l.later(l.end.Add(-time.Hour), func(ctx context.Context) error {
			ctx = l.as(ctx, l.p.bureau())
			who := l.p.atBureau()[pooled[len(pooled)-1].at].id
			one, err := i.Inspector(ctx, who)
			if err != nil || one.AwaySeen > 0 {
				return err
			}
			_, err = i.SetAway(ctx, who, inspection.Away{From: catalog.DayOf(l.end), To: catalog.DayOf(l.end.AddDate(0, 0, 6)), Reason: "参加业务培训"}, 0, ledger.Idem{})
			return err
		})
	}
	// Of those whom the prison lends its office knows some.
	known := map[string][]string{"dept_custody": {"JG", "YJ"}, "dept_education": {"JY"}}
	office, ok := l.first(actor.PrisonOffice, uuid.Nil, "")
	if !ok {
		return
	}
	l.later(at.Add(8*time.Hour), func(ctx context.Context) error {
		for _, p := range l.u.people {
			lent := slices.ContainsFunc(p.posts, func(o post) bool { return o.role == actor.Inspector })
			if domains := known[p.posts[0].department]; lent && domains != nil {
				if err := l.skilled(l.as(ctx, office), i, p.id, domains); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (l *life) skilled(ctx context.Context, i *inspection.Service, who uuid.UUID, domains []string) error {
	one, err := i.Inspector(ctx, who)
	if err != nil || one.SkillsSeen > 0 {
		return err
	}
	_, err = i.SetSkills(ctx, who, domains, 0, ledger.Idem{})
	return err
}
