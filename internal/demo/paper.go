package demo

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
	"taizhang/internal/stewardship"
)

// endPaper has the areas come off paper: most ledgers go on both tracks, many of them end their
// paper, one has an end ahead, one is taken up again, and some wait for their departments.
func (l *life) endPaper(s *stewardship.Service) {
	start := catalogMidnight(l.end).AddDate(0, 0, -l.p.Days)
	day := func(n int) string { return catalog.DayOf(start.AddDate(0, 0, n)) }
	ord := slices.Index(l.p.units, l.u)
	for i, a := range l.u.areas {
		head, ok := l.first(actor.AreaHead, a.id, "")
		if !ok {
			continue
		}
		seen := map[string]int{}
		declare := func(at time.Time, to stewardship.PaperState, from, reason string, confirmed bool, of func(k int) bool) {
			var list []stewardship.Seen
			for k, t := range l.p.Catalog.Types() {
				if t.AppliesTo(a.kind, a.function, a.labour) && of(k) {
					list = append(list, stewardship.Seen{Ledger: t.ID, Seen: seen[t.ID]})
					seen[t.ID]++
				}
			}
			if len(list) == 0 {
				return
			}
			l.later(at, func(ctx context.Context) error {
				_, err := s.Declare(l.as(ctx, head), l.u.id, a.id, list, to, from, reason, ledger.Idem{})
				return err
			})
			if confirmed {
				l.later(at.Add(time.Hour), func(ctx context.Context) error { return l.confirmPaper(ctx, s, a.id, list) })
			}
		}
		turn := func(k int) int { return (i + k + 2*ord) % 6 }
		at := start.Add(8*time.Hour + time.Duration(i)*time.Minute)
		declare(at, stewardship.Dual, day(0), "", true, func(k int) bool { return turn(k) > 0 })
		declare(at.Add(3*time.Hour), stewardship.PaperEnded, day(0), "", true, func(k int) bool { return turn(k) > 1 })
		if i > 2 {
			continue
		}
		declare(at.Add(6*time.Hour), stewardship.Dual, day(0), "终端检修，暂用纸质登记", true, func(k int) bool { return turn(k) == 5 && k < 6 })
		declare(at.Add(9*time.Hour), stewardship.PaperEnded, catalog.DayOf(l.end.AddDate(0, 1, 0)), "", true, func(k int) bool { return turn(k) == 1 && k > 12 })
		declare(at.Add(12*time.Hour), stewardship.PaperEnded, day(0), "", false, func(k int) bool { return turn(k) == 1 && k <= 12 })
	}
}

// confirmPaper is the word of each owning department on its own.
func (l *life) confirmPaper(ctx context.Context, s *stewardship.Service, area uuid.UUID, list []stewardship.Seen) error {
	by := map[string][]stewardship.Which{}
	for _, d := range list {
		owner := l.p.Access.Owner(d.Ledger)
		by[owner] = append(by[owner], stewardship.Which{Area: area, Ledger: d.Ledger, N: d.Seen + 1})
	}
	for _, d := range departments {
		head, ok := l.first(actor.DeptHead, uuid.Nil, d)
		if len(by[d]) == 0 || !ok {
			continue
		}
		if _, err := s.DecidePaper(l.as(ctx, head), l.u.id, by[d], stewardship.Confirm, "", ledger.Idem{}); err != nil {
			return err
		}
	}
	return nil
}

// first in the post, without a turn: whom chance chose for what else happens stays who they are.
func (l *life) first(role actor.Role, area uuid.UUID, department string) (person, bool) {
	i := slices.IndexFunc(l.u.people, func(p person) bool {
		o := p.posts[0]
		return o.role == role && o.area == area && o.department == department
	})
	if i < 0 {
		return person{}, false
	}
	return l.u.people[i], true
}
