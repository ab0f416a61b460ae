package planning

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
)

// Plan is one version of what a prison intends for a year. It never changes.
type Plan struct {
	Prison     uuid.UUID `json:"prison"`
	Year       int       `json:"year"`
	Version    int       `json:"version"`
	Reason     string    `json:"reason,omitempty"` // why it is otherwise than the version before
	Author     uuid.UUID `json:"-"`
	AuthorName string    `json:"author_name"`
	RecordedAt time.Time `json:"recorded_at"`
	Marks      []Mark    `json:"marks"`              // of the units that the reader sees
	Decision   *Decision `json:"decision,omitempty"` // nil while it waits for the prison's leader
	Salt       []byte    `json:"-"`
}

// Mark is a step that a unit is to have taken by the end of a month.
type Mark struct {
	Area  uuid.UUID       `json:"area,omitzero"` // zero: the prison as a whole
	Level string          `json:"level"`
	State lifecycle.State `json:"state"`
	Month int             `json:"month"`
}

// Decision of the prison's leader on a version.
type Decision struct {
	Agreed     bool      `json:"agreed"`
	Comment    string    `json:"comment,omitempty"`
	By         uuid.UUID `json:"-"`
	ByName     string    `json:"by_name"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

func (p Plan) ref() string { return strconv.Itoa(p.Year) + "/" + strconv.Itoa(p.Version) }

// Record commits to the version with all its marks.
func (p Plan) Record() (ledger.Record, error) {
	return ledger.NewRecord("plan", p.ref(), p.Salt, map[string]any{
		"year": p.Year, "version": p.Version, "reason": p.Reason, "marks": p.Marks, "author": p.Author,
	})
}

// DecisionRecord commits to what was decided on it.
func (p Plan) DecisionRecord() (ledger.Record, error) {
	d := p.Decision
	return ledger.NewRecord("plan_decision", p.ref(), d.Salt, map[string]any{
		"year": p.Year, "version": p.Version, "agreed": d.Agreed, "comment": d.Comment, "decided_by": d.By,
	})
}

// Year is the plan of a prison for a year: every version, and the one in force against what was
// reached.
type Year struct {
	Prison   uuid.UUID `json:"prison"`
	Year     int       `json:"year"`
	Day      string    `json:"day"`
	Versions []Plan    `json:"versions"` // the newest first
	InForce  int       `json:"in_force"` // 0: none is agreed
	Units    []Unit    `json:"units"`    // of the version in force, the prison as a whole first
	Months   []Month   `json:"months"`
	Tally    Tally     `json:"tally"`
	Roads    []Course  `json:"roads"`
	// May the reader bring the next version forward, or decide on the one that waits.
	MaySubmit bool `json:"may_submit"`
	MayDecide bool `json:"may_decide"`
}

// Course is the steps that a unit of a track can plan at a level.
type Course struct {
	Track string  `json:"track"`
	Level string  `json:"level"`
	Steps []Named `json:"steps"`
}

// Named is a step with its title.
type Named struct {
	State lifecycle.State `json:"state"`
	Title fault.Text      `json:"title"`
}

const (
	trackArea, trackPrison = "area", "prison"
	reasonLength           = 1000
)

func trackOf(area uuid.UUID) string {
	if area == uuid.Nil {
		return trackPrison
	}
	return trackArea
}

// levels that can be planned, the lower one first.
var levels = map[string][]string{trackPrison: {"standard", "demonstration"}, trackArea: {"area"}}

// steps that can be planned: all but the draft, which nobody has to reach.
func (s *Service) steps(track, level string) []lifecycle.State {
	var list []lifecycle.State
	for _, step := range s.Road.Machine().Steps(track, level) {
		if step.State != lifecycle.Draft {
			list = append(list, step.State)
		}
	}
	return list
}

func (s *Service) roads() []Course {
	list := []Course{}
	for _, track := range []string{trackPrison, trackArea} {
		for _, level := range levels[track] {
			r := Course{Track: track, Level: level, Steps: []Named{}}
			for _, state := range s.steps(track, level) {
				r.Steps = append(r.Steps, Named{state, s.Road.Machine().States[state]})
			}
			list = append(list, r)
		}
	}
	return list
}

// Plan of a prison for a year. Faults: not_found, forbidden.
func (s *Service) Plan(ctx context.Context, prison uuid.UUID, year int) (Year, error) {
	areas, err := s.areas(ctx, prison)
	if err != nil {
		return Year{}, err
	}
	visible := slices.ContainsFunc(append([]ledger.Area{{}}, areas...), func(a ledger.Area) bool { return s.maySee(ctx, prison, a.ID) == nil })
	if !visible {
		return Year{}, s.maySee(ctx, prison, uuid.Nil)
	}
	all, err := s.Store.Plans(ctx, s.asked(ctx, prison), year)
	if err != nil {
		return Year{}, err
	}
	k, err := s.known(ctx, prison, year)
	if err != nil {
		return Year{}, err
	}
	out := Year{Prison: prison, Year: year, Day: s.today(), Versions: s.sighted(ctx, all, prison), Units: []Unit{}, Roads: s.roads()}
	if p := inForce(out.Versions); p != nil {
		out.InForce = p.Version
		out.Units = k.units(*p)
	}
	out.Months, out.Tally = months(out.Units, k.today[:7], year), tally(out.Units)
	waits := len(out.Versions) > 0 && out.Versions[0].Decision == nil
	out.MaySubmit = !waits && s.planned(year) && s.may(ctx, "submit", prison, uuid.Nil, uuid.Nil) == nil
	out.MayDecide = waits && s.planned(year) && s.may(ctx, "approve", prison, uuid.Nil, out.Versions[0].Author) == nil
	return out, nil
}

// planned: plans are made for this year and the next; what is over is not planned.
func (s *Service) planned(year int) bool {
	now, _ := strconv.Atoi(s.today()[:4])
	return year == now || year == now+1
}

// sighted are the versions of a prison with the marks that the actor sees.
func (s *Service) sighted(ctx context.Context, all []Plan, prison uuid.UUID) []Plan {
	list := []Plan{}
	for _, p := range all {
		if p.Prison == prison {
			p.Marks = slices.DeleteFunc(p.Marks, func(m Mark) bool { return s.maySee(ctx, prison, m.Area) != nil })
			list = append(list, p)
		}
	}
	return list
}

// inForce is the newest version that was agreed; nil for none.
func inForce(versions []Plan) *Plan {
	if i := slices.IndexFunc(versions, func(p Plan) bool { return p.Decision != nil && p.Decision.Agreed }); i >= 0 {
		return &versions[i]
	}
	return nil
}

func (s *Service) areas(ctx context.Context, prison uuid.UUID) ([]ledger.Area, error) {
	prisons, err := s.Store.Prisons(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(prisons, func(p ledger.Prison) bool { return p.ID == prison })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "not_found")
	}
	return prisons[i].Areas, nil
}

// Submit brings the next version of a plan forward; seen is the version that was seen last.
// Faults: forbidden, not_found, changed_meanwhile, plan_waits, bad_plan with fields.
func (s *Service) Submit(ctx context.Context, prison uuid.UUID, year, seen int, reason string, marks []Mark, idem ledger.Idem) (Plan, error) {
	if err := s.may(ctx, "submit", prison, uuid.Nil, uuid.Nil); err != nil {
		return Plan{}, err
	}
	areas, err := s.areas(ctx, prison)
	if err != nil {
		return Plan{}, err
	}
	if bad := s.wrong(year, seen, reason, marks, areas); len(bad) > 0 {
		return Plan{}, fault.InvalidFields("bad_plan", bad)
	}
	if err := ledger.NeverSeen(seen); err != nil {
		return Plan{}, err
	}
	order := map[uuid.UUID]int{uuid.Nil: -1}
	for i, a := range areas {
		order[a.ID] = i
	}
	slices.SortFunc(marks, func(a, b Mark) int {
		if a.Area != b.Area {
			return order[a.Area] - order[b.Area]
		}
		steps := s.steps(trackOf(a.Area), a.Level)
		return slices.Index(steps, a.State) - slices.Index(steps, b.State)
	})
	p := Plan{Prison: prison, Year: year, Version: seen + 1, Reason: reason, Marks: marks, Author: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}
	return s.Store.AddPlan(ctx, s.asked(ctx, prison), idem, p)
}

// wrong lists what is to be mended of a plan.
func (s *Service) wrong(year, seen int, reason string, marks []Mark, areas []ledger.Area) (bad []fault.Field) {
	if !s.planned(year) {
		bad = append(bad, told("/year", "range", "只能制定今年和明年的计划", "Plans are made for this year and the next"))
	}
	if seen > 0 && ledger.Blank(reason) || len([]rune(reason)) > reasonLength {
		bad = append(bad, told("/reason", "required", "变更计划须写明理由，1000 字以内", "A changed plan says why in at most 1000 characters"))
	}
	if len(marks) == 0 {
		bad = append(bad, told("/marks", "required", "至少为一个单位安排一个步骤", "Plan one step of one unit at least"))
	}
	last := map[uuid.UUID]Mark{}
	for i, m := range marks {
		at := fmt.Sprintf("/marks/%d", i)
		steps := s.steps(trackOf(m.Area), m.Level)
		k := slices.Index(steps, m.State)
		before, more := last[m.Area]
		switch {
		case m.Area != uuid.Nil && !slices.ContainsFunc(areas, func(a ledger.Area) bool { return a.ID == m.Area && a.Counts(s.today()) }):
			bad = append(bad, told(at+"/area", "unknown", "本监狱没有这个监区，或已停用", "The prison has no such area in use"))
		case !slices.Contains(levels[trackOf(m.Area)], m.Level) || k < 0:
			bad = append(bad, told(at+"/state", "unknown", "该类单位没有这一步骤", "Units of this kind have no such step"))
		case m.Month < 1 || m.Month > 12:
			bad = append(bad, told(at+"/month", "range", "月份为 1 至 12", "A month is 1 to 12"))
		case more && before.Level != m.Level:
			bad = append(bad, told(at+"/level", "order", "一个单位一年只按一个等级计划", "A unit plans one level a year"))
		case more && (k <= slices.Index(steps, before.State) || m.Month < before.Month):
			bad = append(bad, told(at+"/month", "order", "后面的步骤不早于前面的步骤", "A later step is not planned before an earlier one"))
		}
		last[m.Area] = m
	}
	return bad
}

// Decide is the leader's word on the version that waits. Faults: forbidden, own_plan, not_found,
// already_decided, changed_meanwhile, bad_plan with fields.
func (s *Service) Decide(ctx context.Context, prison uuid.UUID, year, version int, agreed bool, comment string, idem ledger.Idem) (Plan, error) {
	action := "approve"
	if !agreed {
		action = "return"
	}
	if !agreed && ledger.Blank(comment) || len([]rune(comment)) > reasonLength {
		return Plan{}, fault.InvalidFields("bad_plan", []fault.Field{told("/comment", "required", "退回须写明理由，1000 字以内", "Sending back says why in at most 1000 characters")})
	}
	if err := ledger.NeverSeen(version); err != nil {
		return Plan{}, err
	}
	p, err := s.Store.DecidePlan(ctx, s.asked(ctx, prison), idem, year, version, func(p Plan) (Decision, error) {
		d := Decision{Agreed: agreed, Comment: comment, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}
		if err := s.may(ctx, action, prison, uuid.Nil, p.Author); err != nil {
			return d, err
		}
		if !s.planned(year) { // its outcome is known
			return d, fault.InvalidFields("bad_plan", []fault.Field{told("/year", "range", "该年度已结束，不能再同意或退回当年的计划", "The year is over: its plan is decided on no more")})
		}
		return d, nil
	})
	p.Marks = slices.DeleteFunc(p.Marks, func(m Mark) bool { return s.maySee(ctx, prison, m.Area) != nil })
	return p, err
}
