package duty

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Roster is who is on duty in an area for one shift of one day.
type Roster struct {
	Area   uuid.UUID `json:"area"`
	Day    string    `json:"day"`
	Shift  string    `json:"shift"`
	People []OnDuty  `json:"people"`
	// Version counts the changes of this shift's list: whoever changes it says
	// which one was seen, 0 for none.
	Version int       `json:"version"`
	By      uuid.UUID `json:"-"`
	Salt    []byte    `json:"-"`
}

// OnDuty is one person of a roster.
type OnDuty struct {
	Person uuid.UUID `json:"-"`
	Number string    `json:"number"`
	Name   string    `json:"name,omitempty"`
	Post   string    `json:"post"` // leader, officer
}

// Record commits to one version of a roster.
func (r Roster) Record() (ledger.Record, error) {
	people := make([]any, len(r.People))
	for i, p := range r.People {
		people[i] = map[string]any{"person": p.Person, "post": p.Post}
	}
	return ledger.NewRecord("roster", r.Area.String()+"/"+r.Day+"/"+r.Shift+"/"+strconv.Itoa(r.Version), r.Salt, map[string]any{
		"area": r.Area, "day": r.Day, "shift": r.Shift, "version": r.Version, "people": people, "set_by": r.By,
	})
}

// rosterLimit is how many shifts may be set at once: a quarter of an area's.
const rosterLimit = 300

var posts = []string{"leader", "officer"}

// SetRosters names who is on duty, for any number of shifts in one act: all of
// them or none. Faults: bad_roster with fields, changed_meanwhile.
func (s *Service) SetRosters(ctx context.Context, prison, area uuid.UUID, list []Roster, idem ledger.Idem) ([]Roster, error) {
	if err := s.Access.Check(actor.From(ctx), "edit", ledger.Subject{Class: "roster", Prison: prison, Area: area}, s.Now()); err != nil {
		return nil, err
	}
	if bad := s.wrongRosters(list); len(bad) > 0 {
		return nil, fault.InvalidFields("bad_roster", bad)
	}
	for i := range list {
		list[i].Area, list[i].By, list[i].Salt = area, actor.From(ctx).PersonID, integrity.NewSalt()
		list[i].Version++
	}
	return s.Store.AddRosters(ctx, s.asked(ctx, prison), idem, list)
}

func (s *Service) wrongRosters(list []Roster) []fault.Field {
	var bad []fault.Field
	wrong := func(i int, member, code, zh, en string) {
		bad = append(bad, fault.Field{Pointer: fmt.Sprintf("/rosters/%d/%s", i, member), Code: code, Text: fault.Text{ZH: zh, EN: en}})
	}
	if len(list) == 0 || len(list) > rosterLimit {
		return []fault.Field{{Pointer: "/rosters", Code: "maxItems", Text: fault.Text{ZH: "一次保存 1 至 300 个班次", EN: "1 to 300 shifts at once"}}}
	}
	seen := map[string]bool{}
	for i, r := range list {
		switch day, err := catalog.Day(r.Day); {
		case err != nil:
			wrong(i, "day", "format", "日期应写作 年-月-日", "A day is written YYYY-MM-DD")
		case !catalog.Near(day.At, s.now()):
			bad = append(bad, catalog.FarOff(fmt.Sprintf("/rosters/%d/day", i)))
		}
		if _, ok := s.Catalog.Calendar().Shift(r.Shift); !ok {
			wrong(i, "shift", "enum", "没有这个班次", "There is no such shift")
		}
		if seen[r.Day+r.Shift] {
			wrong(i, "shift", "uniqueItems", "同一天的班次重复", "This shift of the day is there twice")
		}
		seen[r.Day+r.Shift] = true
		if len(r.People) > 30 {
			wrong(i, "people", "maxItems", "一个班次最多 30 人", "At most 30 people to a shift")
		}
		for j, p := range r.People {
			if !slices.Contains(posts, p.Post) {
				wrong(i, fmt.Sprintf("people/%d/post", j), "enum", "岗位应为带班领导或民警", "The post is leader or officer")
			}
			if slices.ContainsFunc(r.People[:j], func(o OnDuty) bool { return o.Number == p.Number }) {
				wrong(i, fmt.Sprintf("people/%d/number", j), "uniqueItems", "同一班次中人员重复", "This person is there twice")
			}
		}
	}
	return bad
}

// Rosters lists the shifts of an area between two days that somebody is named for.
func (s *Service) Rosters(ctx context.Context, prison, area uuid.UUID, from, to string) (list []Roster, editable bool, err error) {
	if err := s.mayRead(ctx, prison, area); err != nil {
		return nil, false, err
	}
	list, err = s.Store.Rosters(ctx, s.asked(ctx, prison), area, from, to, s.Catalog.Calendar().Shifts)
	editable = s.Access.Check(actor.From(ctx), "edit", ledger.Subject{Class: "roster", Prison: prison, Area: area}, s.Now()) == nil
	return list, editable, err
}

// OnDutyAt is who the roster names for the shift of a time; empty when nobody is named.
func (s *Service) OnDutyAt(ctx context.Context, prison, area uuid.UUID, at time.Time) (Roster, error) {
	shift, began, ok := s.Catalog.Calendar().ShiftAt(at)
	if !ok {
		return Roster{Area: area, People: []OnDuty{}}, nil
	}
	day := catalog.DayOf(began)
	list, _, err := s.Rosters(ctx, prison, area, day, day)
	if i := slices.IndexFunc(list, func(r Roster) bool { return r.Shift == shift.ID }); i >= 0 {
		return list[i], err
	}
	return Roster{Area: area, Day: day, Shift: shift.ID, People: []OnDuty{}}, err
}
