package accreditation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
)

// effect is what the house does when a transition with it is made: before the event is
// written, to the case; then, with the event there.
type effect struct {
	before func(ctx context.Context, s *Service, tx Tx, g ground, k known, after *Case, d *detail) error
	then   func(ctx context.Context, s *Service, tx Tx, k known, after Case, e Event) error
}

// effects by their name on the road. What is not here checks do by themselves: rights
// begin with a team, items with a confirmed sheet, results are asked for by their step.
var effects = map[string]effect{
	"pin_standard":   {before: pinStandard},
	"tell_numbers":   {before: tellNumbers},
	"keep_snapshot":  {before: keepSnapshot},
	"ask_opinions":   {before: chooseAsked, then: askOpinions},
	"end_grants":     {then: endRights},
	"seal_package":   {then: sealPackage},
	"register_title": {then: registerTitle},
	"keep_title":     {then: titleAct("kept")},
	"revoke_title":   {then: titleAct("revoked")},
	"review_parent":  {then: reviewParent},
}

// pinStandard holds the case to what is in force today, and to the newest road.
func pinStandard(_ context.Context, s *Service, _ Tx, g ground, _ known, after *Case, _ *detail) error {
	after.Pin, after.Machine = g.issued, s.Machines.newest().Version
	return nil
}

func keepSnapshot(ctx context.Context, _ *Service, tx Tx, g ground, k known, _ *Case, _ *detail) error {
	return tx.InsertRecord(ctx, g.of, *k.snapshot)
}

func tellNumbers(_ context.Context, _ *Service, _ Tx, _ ground, k known, _ *Case, d *detail) error {
	if k.conditions != nil {
		d.Says = k.conditions.Says
	}
	return nil
}

// chooseAsked names, in the event itself, every department that answers for what the
// standard looks at, and until when it is asked.
func chooseAsked(_ context.Context, s *Service, tx Tx, _ ground, k known, after *Case, d *detail) error {
	d.Bulletin = k.bulletin
	due := catalog.DayOf(s.Calendar().AddWorkdays(tx.Now(), s.parameter(*after, "opinion_workdays")))
	for _, department := range k.departments {
		d.Asked = append(d.Asked, asked{department, due})
	}
	return nil
}

func askOpinions(ctx context.Context, s *Service, tx Tx, _ known, after Case, e Event) error {
	var d detail
	if err := json.Unmarshal(e.Detail, &d); err != nil {
		return err
	}
	var list []Opinion
	for _, a := range d.Asked {
		list = append(list, Opinion{Seq: e.Seq, Department: a.Department, DueOn: a.DueOn})
	}
	return s.wants(ctx, tx, after, list...)
}

// ofLine is who is told what a department owes: its head and its liaison.
func (s *Service) ofLine(ctx context.Context, tx Tx, department string) ([]holder, error) {
	posts := []holder{{role: actor.DeptHead, department: department}}
	liaison, err := tx.Liaison(ctx, department)
	if liaison != uuid.Nil {
		posts = append(posts, holder{person: liaison})
	}
	return posts, err
}

func (s *Service) parameter(c Case, name string) int {
	return wholeOf(s.machine(c), name)
}

func wholeOf(m *lifecycle.Machine, name string) int {
	var n int
	// lifecycle.Parse has seen that it is a whole number.
	_, _ = fmt.Sscan(m.Parameter(name), &n)
	return n
}

// endRights of the team: the check is over, whatever became of it. So is every other check of
// the case that the state has no use for; what is open of them is cancelled.
func endRights(ctx context.Context, s *Service, tx Tx, k known, after Case, e Event) error {
	if k.check != uuid.Nil {
		if err := s.Checks.EndRights(ctx, tx.Ledger(), after.Prison, k.check); err != nil {
			return err
		}
	}
	reason := titleOf(s.machine(after), e.Transition).ZH
	if e.Reason != "" {
		reason += "：" + e.Reason
	}
	return s.Checks.Abandon(ctx, tx.Ledger(), after.Prison, after.ID, useless(after.State), e.By, reason)
}

// bodies that give a title, and what it is called.
var bodies = map[lifecycle.Actor]string{lifecycle.PartyCommittee: "省局党委会", lifecycle.Committee: "省厅创建考核评审委员会"}

var wordings = map[string]string{areaLevel: "规范化监区", "standard": "规范化监狱（达标）", "demonstration": "规范化示范监狱"}

func registerTitle(ctx context.Context, _ *Service, tx Tx, _ known, after Case, e Event) error {
	wording := wordings[after.Level]
	if wording == "" {
		wording = after.Level // a level that was added by data
	}
	t := Title{Prison: after.Prison, ID: uuid.Must(uuid.NewV7()), Area: after.Area, Level: after.Level, Wording: wording, DocumentNo: e.Document,
		NamedOn: catalog.DayOf(tx.Now()), Body: bodies[e.As], Origin: given, Case: after.ID, Seq: e.Seq, AddedBy: e.By, Salt: integrity.NewSalt()}
	return tx.InsertTitle(ctx, t)
}

// titleAct writes into the register what became of the case's title.
func titleAct(act string) func(context.Context, *Service, Tx, known, Case, Event) error {
	return func(ctx context.Context, _ *Service, tx Tx, _ known, after Case, e Event) error {
		titles, err := tx.Titles(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(titles, func(t Title) bool { return t.Goes == after.ID })
		if i < 0 {
			return fmt.Errorf("case %s has no title", after.ID)
		}
		reason := e.Reason
		if act == "revoked" && reason == "" {
			reason = "复查低于通过分数线"
		}
		return tx.InsertTitleAct(ctx, titles[i], TitleAct{ID: uuid.Must(uuid.NewV7()), Act: act, OnDay: catalog.DayOf(tx.Now()), DocumentNo: e.Document, Reason: reason,
			Case: after.ID, Seq: e.Seq, By: e.By, Salt: integrity.NewSalt()})
	}
}

// reviewParent looks whether what the prison is named for still has its conditions.
func reviewParent(ctx context.Context, s *Service, tx Tx, _ known, after Case, _ Event) error {
	return s.lost(ctx, tx, after.Prison)
}

// Lost is a title of a prison whose conditions hold no more: a matter for its next check,
// and never the end of it by itself (O11).
type Lost struct {
	Prison     uuid.UUID  `json:"prison"`
	Title      uuid.UUID  `json:"title"`
	Level      string     `json:"level"`
	Conditions Conditions `json:"conditions"`
}

// lostOf lists the titles of one prison whose conditions do not hold.
func lostOf(m *lifecycle.Machine, day string, areas []ledger.Area, titles []Title) (list []Lost, err error) {
	for _, t := range titles {
		if t.Area != uuid.Nil || !t.Stands(day) {
			continue
		}
		c, err := conditionsOf(m, t.Level, day, areas, titles)
		if err != nil {
			return nil, err
		}
		if !c.Holds {
			list = append(list, Lost{t.Prison, t.ID, t.Level, c})
		}
	}
	return list, nil
}

// lost tells both offices of such titles, once for each pair of numbers.
func (s *Service) lost(ctx context.Context, tx Tx, prison uuid.UUID) error {
	areas, err := tx.Areas(ctx)
	if err != nil {
		return err
	}
	titles, err := tx.Titles(ctx)
	if err != nil {
		return err
	}
	list, err := lostOf(s.Machines.newest(), catalog.DayOf(tx.Now()), areas, titles)
	if err != nil {
		return err
	}
	for _, l := range list {
		o, f := l.Conditions.Ratios[0], l.Conditions.Ratios[1]
		for _, h := range []holder{{role: actor.BureauOffice}, {role: actor.PrisonOffice, prison: prison}} {
			people, err := tx.Posted(ctx, h.role, h.prison, h.area, h.department)
			if err != nil {
				return err
			}
			for _, p := range people {
				if err := tx.Notify(ctx, ledger.Notice{Prison: prison, Person: p, Kind: "conditions_lost", Subject: l.Title,
					Revision: o.Passed*1000 + o.All, Step: f.Passed*1000 + f.All, Detail: map[string]any{"level": l.Level, "says": l.Conditions.Says}}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// holder is a post, at the bureau without a prison; or one person.
type holder struct {
	person     uuid.UUID
	role       actor.Role
	prison     uuid.UUID
	area       uuid.UUID
	department string
}

// holders are the posts behind the actors of the road.
func holders(as lifecycle.Actor, c Case) []holder {
	switch as {
	case lifecycle.Unit:
		if c.Area == uuid.Nil {
			return []holder{{role: actor.Warden, prison: c.Prison}}
		}
		return []holder{{role: actor.AreaHead, prison: c.Prison, area: c.Area}}
	case lifecycle.PrisonOffice:
		return []holder{{role: actor.PrisonOffice, prison: c.Prison}}
	case lifecycle.BureauOffice:
		return []holder{{role: actor.BureauOffice}}
	case lifecycle.PartyCommittee:
		return []holder{{role: actor.PartySecretary}}
	case lifecycle.Committee:
		return []holder{{role: actor.CommitteeSecretary}}
	}
	return nil
}

// notify tells the holders of posts something about a case; n tells one telling from
// the next.
func (s *Service) notify(ctx context.Context, tx Tx, c Case, kind string, n int, more map[string]any, posts ...holder) error {
	return s.notifyOf(ctx, tx, c, c.ID, kind, n, more, posts...)
}

// notifyOf tells of something that the case has several of.
func (s *Service) notifyOf(ctx context.Context, tx Tx, c Case, of uuid.UUID, kind string, n int, more map[string]any, posts ...holder) error {
	for _, h := range posts {
		people := []uuid.UUID{h.person}
		if h.person == uuid.Nil {
			var err error
			if people, err = tx.Posted(ctx, h.role, h.prison, h.area, h.department); err != nil {
				return err
			}
		}
		for _, p := range people {
			if p == actor.From(ctx).PersonID {
				continue
			}
			detail := map[string]any{"case": c.ID, "area": c.Area, "level": c.Level}
			for name, v := range more {
				detail[name] = v
			}
			if err := tx.Notify(ctx, ledger.Notice{Prison: c.Prison, Person: p, Kind: kind, Subject: of, Revision: n, Detail: detail}); err != nil {
				return err
			}
		}
	}
	return nil
}

// tell tells unit, prison and bureau of an act, and the body before which the case now is.
func (s *Service) tell(ctx context.Context, tx Tx, k known, after Case, e Event, d detail) error {
	m := s.machine(after)
	var title lifecycle.Transition
	for _, t := range m.Transition {
		if t.ID == e.Transition {
			title = *t
		}
	}
	as := []lifecycle.Actor{lifecycle.Unit, lifecycle.PrisonOffice, lifecycle.BureauOffice}
	for _, a := range m.Forward(after.Case) {
		if !slices.Contains(as, a) {
			as = append(as, a)
		}
	}
	var posts []holder
	for _, a := range as {
		posts = append(posts, holders(a, after)...)
	}
	return s.notify(ctx, tx, after, "case_moved", e.Seq, map[string]any{"act": title.Title, "state": m.States[e.To], "reason": e.Reason, "says": d.Says}, posts...)
}
