package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
)

// inspecting is the use cases of checks on the prison's own clock.
func (l *life) inspecting(store *postgres.Store, clock func() time.Time) *inspection.Service {
	i, of := *l.p.Inspection, l.p.Inspection.Scores
	scores := &assessment.Service{Store: postgres.Assessments{Store: store}, Access: of.Access, Standards: of.Standards, Duties: of.Duties, Entries: of.Entries,
		Catalog: of.Catalog, Now: clock, Clock: clock}
	i.Store, i.Scores, i.Now, i.Clock = postgres.Checks{Store: store}, scores, clock, clock
	return &i
}

// rated is one of the bureau's people with the rights that a team has.
func (l *life) rated(ctx context.Context, n int) context.Context {
	a := l.u.actor(l.p.atBureau()[n])
	a.Grants = []actor.Grant{{PrisonID: l.u.id, From: l.now.AddDate(0, 0, -1), To: l.now.AddDate(0, 0, 1)}}
	return actor.With(ctx, a)
}

// Of atBureau: who leads a team, and who are of it.
var team = []int{0, 11, 12}

// inspect plans two checks of the area that is shown: one of some weeks ago, closed, of
// whose items one still waits, and one that is under way.
func (l *life) inspect(i *inspection.Service) {
	area := l.u.area(shown)
	day := func(n int) time.Time { return catalogMidnight(l.end).AddDate(0, 0, n).Add(9 * time.Hour) }
	var past inspection.Check
	steps := []struct {
		at time.Time
		do func(context.Context) error
	}{
		{day(-24), func(ctx context.Context) (err error) {
			past, err = l.openCheck(ctx, i, area, inspection.Mock, "年度模拟考核")
			return err
		}},
		{day(-23), func(ctx context.Context) error {
			return l.find(ctx, i, past.ID, found{"YJ-02.missing", 2, "缺谈话室、储藏室各一间", "功能用房配备不符合标准"},
				found{"JG-02.video", 1, "夜间巡查记录与视频时间不一致", "巡查未按规定落实"}, found{"", 0, "建议在楼道增设指示标识", "可以改进"})
		}},
		{day(-22), func(ctx context.Context) error { return l.confirm(ctx, i, past.ID) }},
		{day(-19), func(ctx context.Context) error { return l.putRight(ctx, i) }},
		{day(-12), func(ctx context.Context) error { return l.closeCheck(ctx, i, past.ID) }},
		{l.end.Add(-50 * time.Minute), func(ctx context.Context) error {
			c, err := l.openCheck(ctx, i, area, inspection.Joint, "片区联检")
			if err != nil {
				return err
			}
			return l.find(ctx, i, c.ID, found{"JG-04.found", 1, "3 号监舍发现自制挂钩一个", "清监检查不彻底"})
		}},
	}
	for _, s := range steps {
		l.later(s.at, s.do)
	}
}

func (l *life) openCheck(ctx context.Context, i *inspection.Service, area uuid.UUID, kind, purpose string) (inspection.Check, error) {
	today := catalog.DayOf(l.now)
	n := inspection.NewCheck{Area: area, Kind: kind, FromDay: today, ToDay: catalog.DayOf(l.now.AddDate(0, 0, 3)), Purpose: purpose}
	for k, at := range team {
		n.Team = append(n.Team, inspection.NewMember{Person: l.p.atBureau()[at].id, Leader: k == 0})
	}
	return i.OpenCheck(l.as(ctx, l.p.bureau()), l.u.id, n, ledger.Idem{})
}

// found under a line of the standard; without one it is advice.
type found struct {
	line             string
	count            int
	note, conclusion string
}

func (l *life) find(ctx context.Context, i *inspection.Service, check uuid.UUID, list ...found) error {
	for k, f := range list {
		sources := []string{"seen"}
		if k == 0 {
			sources = append(sources, "written")
		}
		_, err := i.AddFinding(l.rated(ctx, team[1]), l.u.id, check, inspection.Finding{Line: f.line, Count: f.count, Day: catalog.DayOf(l.now), Time: "09:00", Place: "三监区",
			Note: f.note, Conclusion: f.conclusion, Severity: "moderate", Scope: "limited", Sources: sources, Key: k == 0}, ledger.Idem{})
		if err != nil {
			return fmt.Errorf("finding %s: %w", f.line, err)
		}
	}
	return nil
}

func (l *life) confirm(ctx context.Context, i *inspection.Service, check uuid.UUID) error {
	ctx = l.rated(ctx, team[0])
	w, err := i.Whole(ctx, l.u.id, check)
	if err != nil {
		return err
	}
	_, err = i.Confirm(ctx, l.u.id, check, w.Seq, catalog.DayOf(l.now.AddDate(0, 0, 30)), ledger.Idem{})
	return err
}

// putRight lets the area put the first item right; the others wait for somebody.
func (l *life) putRight(ctx context.Context, i *inspection.Service) error {
	area := l.u.area(shown)
	head, ok1 := l.posted([]actor.Role{actor.AreaHead}, area, "", uuid.Nil)
	officer, ok2 := l.posted([]actor.Role{actor.Officer}, area, "", uuid.Nil)
	office, ok3 := l.posted([]actor.Role{actor.PrisonOffice}, uuid.Nil, "", uuid.Nil)
	items, _, err := i.Rectifications(l.as(ctx, head), l.u.id, &area)
	if err != nil || !ok1 || !ok2 || !ok3 || len(items) == 0 {
		return err
	}
	at := slices.IndexFunc(items, func(r inspection.Rectification) bool { return r.Line == "YJ-02.missing" })
	for _, s := range []struct {
		who person
		act inspection.NewAct
	}{
		{head, inspection.NewAct{Kind: inspection.Assigned, Owner: officer.number, Cause: "用房调整后未及时恢复", Action: "腾出两间恢复原用途，并列入用房清单"}},
		{officer, inspection.NewAct{Kind: inspection.Done, Action: "两间已恢复使用，清单已更新"}},
		{office, inspection.NewAct{Kind: inspection.Verified, Action: "现场查看，属实"}},
	} {
		if _, err := i.Rectify(l.as(ctx, s.who), l.u.id, items[at].ID, s.act, ledger.Idem{}); err != nil {
			return err
		}
	}
	return nil
}

// closeCheck tries again the next day while the time for appeals is not over: holidays.
func (l *life) closeCheck(ctx context.Context, i *inspection.Service, check uuid.UUID) error {
	_, err := i.Close(l.as(ctx, l.p.bureau()), l.u.id, check, ledger.Idem{})
	if fault.CodeOf(err) == "appeal_time" {
		l.later(l.now.AddDate(0, 0, 1), func(ctx context.Context) error { return l.closeCheck(ctx, i, check) })
		return nil
	}
	return err
}
