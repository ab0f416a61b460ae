package planning

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// Kinds of what somebody answers for.
const (
	OfArea, OfStep, OfIndicator = "area", "step", "indicator"
)

// Thing that somebody answers for. What is the standard and code of an indicator, the track and
// state of a step; "" of an area. Of one area it goes before what is said of all.
type Thing struct {
	Kind string    `json:"kind"`
	Area uuid.UUID `json:"area,omitzero"`
	What string    `json:"what,omitempty"`
}

// Responsible is who answers for a thing from a day on. It never changes; the next one ends it.
type Responsible struct {
	Thing      `json:"-"`
	N          int       `json:"n"`
	Person     uuid.UUID `json:"-"`
	Name       string    `json:"name"`
	Number     string    `json:"number"`
	FromDay    string    `json:"from_day"`
	Reason     string    `json:"reason,omitempty"` // of a hand-over
	Left       bool      `json:"left"`             // of the prison: the thing is vacant
	Author     uuid.UUID `json:"-"`
	AuthorName string    `json:"author_name"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// unit whose office names for it. Whoever heads an area is named by the prison, not by themselves.
func (t Thing) unit() uuid.UUID {
	if t.Kind == OfArea {
		return uuid.Nil
	}
	return t.Area
}

// Record commits to it.
func (r Responsible) Record() (ledger.Record, error) {
	return ledger.NewRecord("responsibility", strings.Join([]string{r.Kind, r.Area.String(), r.What, strconv.Itoa(r.N)}, "/"), r.Salt, map[string]any{
		"kind": r.Kind, "area": r.Area, "what": r.What, "n": r.N, "person": r.Person, "from_day": r.FromDay, "reason": r.Reason, "author": r.Author,
	})
}

// Duty is a thing of a prison with who answers for it.
type Duty struct {
	Thing
	Title   fault.Text    `json:"title"`
	Holder  *Responsible  `json:"holder,omitempty"` // today
	Next    *Responsible  `json:"next,omitempty"`   // named for a later day
	History []Responsible `json:"history"`          // the newest first
	Vacant  bool          `json:"vacant"`           // nobody, or somebody who left
	May     bool          `json:"may"`              // the reader may name somebody
	// Own are the areas for which alone the reader may name somebody.
	Own []uuid.UUID `json:"own"`
}

// Duties of a prison: its areas, the steps of both roads, the indicators that its units are judged
// by, each whether somebody answers or not; then what is said of one area alone.
type Duties struct {
	Prison uuid.UUID `json:"prison"`
	Day    string    `json:"day"`
	Duties []Duty    `json:"duties"`
	Vacant int       `json:"vacant"`
}

// mayKnow: who answers is no secret in the prison, nor at the bureau, as titles are none.
func (s *Service) mayKnow(ctx context.Context, prison uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), "read", ledger.Subject{Class: "title", Prison: prison}, s.Now())
}

// standards that the units of a prison are judged by today, the prison's own first.
func (s *Service) standards(ctx context.Context, areas []ledger.Area) (list []*scoring.Standard, err error) {
	add := func(kind, function string) error {
		std, _, err := s.Standards.Issued(ctx, standards.Unit{Kind: kind, Function: function}, s.today())
		if fault.CodeOf(err) == "standard_unknown" {
			return nil
		}
		if err == nil && !slices.ContainsFunc(list, func(x *scoring.Standard) bool { return x.ID == std.ID }) {
			list = append(list, std)
		}
		return err
	}
	err = add(trackPrison, "")
	for _, a := range areas {
		if err == nil && a.Counts(s.today()) {
			err = add(a.Kind, a.Function)
		}
	}
	return list, err
}

// things that there are in a prison, without those of one area alone.
func (s *Service) things(ctx context.Context, areas []ledger.Area) ([]Duty, error) {
	list := []Duty{}
	for _, a := range areas {
		if a.Counts(s.today()) {
			list = append(list, Duty{Thing: Thing{OfArea, a.ID, ""}})
		}
	}
	m := s.Road.Machine()
	seen := map[Thing]bool{}
	for _, r := range s.roads() {
		for _, step := range r.Steps {
			thing := Thing{Kind: OfStep, What: r.Track + "/" + string(step.State)}
			if !seen[thing] {
				seen[thing] = true
				list = append(list, Duty{Thing: thing, Title: m.States[step.State]})
			}
		}
	}
	all, err := s.standards(ctx, areas)
	for _, std := range all {
		for _, d := range std.Domains {
			for _, i := range d.Indicators {
				list = append(list, Duty{Thing: Thing{Kind: OfIndicator, What: std.ID + "/" + i.Code}, Title: i.Title})
			}
		}
	}
	return list, err
}

// Duties of a prison today. Faults: not_found, forbidden.
func (s *Service) Duties(ctx context.Context, prison uuid.UUID) (Duties, error) {
	if err := s.mayKnow(ctx, prison); err != nil {
		return Duties{}, err
	}
	areas, err := s.areas(ctx, prison)
	if err != nil {
		return Duties{}, err
	}
	list, err := s.things(ctx, areas)
	if err != nil {
		return Duties{}, err
	}
	named, err := s.Store.Responsible(ctx, s.asked(ctx, prison))
	if err != nil {
		return Duties{}, err
	}
	general, judged := len(list), judgedBy{}
	for _, r := range named { // the newest of each first
		i := slices.IndexFunc(list, func(d Duty) bool { return d.Thing == r.Thing })
		if i < 0 {
			k := slices.IndexFunc(list[:general], func(d Duty) bool { return d.Kind == r.Kind && d.What == r.What })
			of := slices.IndexFunc(areas, func(a ledger.Area) bool { return a.ID == r.Area })
			if k < 0 || of < 0 {
				continue // of a standard, a step or an area that is no more
			}
			if alone, err := s.alone(ctx, judged, r.Thing, areas[of]); err != nil {
				return Duties{}, err
			} else if !alone {
				continue // nobody could be named for it: the area is closed, or judged by another standard
			}
			i, list = len(list), append(list, Duty{Thing: r.Thing, Title: list[k].Title})
		}
		list[i].take(r, s.today())
	}
	out := Duties{Prison: prison, Day: s.today(), Duties: list}
	manages := map[uuid.UUID]bool{}
	for _, a := range append([]ledger.Area{{}}, areas...) { // the prison as a whole first
		manages[a.ID] = s.may(ctx, "manage", prison, a.ID, uuid.Nil) == nil
	}
	for i := range list {
		d := &list[i]
		d.May = manages[d.unit()]
		d.Vacant = d.Holder == nil || d.Holder.Left
		if d.History == nil {
			d.History = []Responsible{}
		}
		if d.Vacant {
			out.Vacant++
		}
		d.Own = []uuid.UUID{}
		for _, a := range areas {
			if manages[uuid.Nil] || d.Area != uuid.Nil || !manages[a.ID] {
				continue
			}
			alone, err := s.alone(ctx, judged, d.Thing, a)
			if err != nil {
				return Duties{}, err
			}
			if alone {
				d.Own = append(d.Own, a.ID)
			}
		}
	}
	return out, nil
}

// alone says whether what all answer for can be said of one area alone: a step of its road, an
// indicator that it is judged by.
func (s *Service) alone(ctx context.Context, judged judgedBy, of Thing, a ledger.Area) (bool, error) {
	first, _, _ := strings.Cut(of.What, "/")
	switch {
	case !a.Counts(s.today()):
		return false, nil
	case of.Kind == OfStep:
		return first == trackArea, nil
	case of.Kind != OfIndicator:
		return false, nil
	}
	unit := standards.Unit{Kind: a.Kind, Function: a.Function}
	id, seen := judged[unit]
	if !seen {
		std, _, err := s.Standards.Issued(ctx, unit, s.today())
		if err == nil {
			id = std.ID
		} else if fault.CodeOf(err) != "standard_unknown" {
			return false, err
		}
		judged[unit] = id
	}
	return id == first, nil
}

// judgedBy remembers within one answer by which standard units are judged, "" for none: each of
// about a hundred indicators asks, and the database need not be asked again for each.
type judgedBy map[standards.Unit]string

// take the next older one: the first that has begun holds, what is before it is ahead. Of those
// named for one day the newest is the word that counts.
func (d *Duty) take(r Responsible, today string) {
	d.History = append(d.History, r)
	switch {
	case d.Holder != nil:
	case r.FromDay > today:
		if d.Next == nil || r.FromDay < d.Next.FromDay {
			d.Next = &r
		}
	default:
		d.Holder = &r
	}
}

// Name says who answers for a thing from a day on, after the n that were seen. Faults: forbidden,
// not_found, person_unknown, changed_meanwhile, responsible_same, bad_plan with fields.
func (s *Service) Name(ctx context.Context, prison uuid.UUID, r Responsible, idem ledger.Idem) error {
	if err := s.may(ctx, "manage", prison, r.unit(), uuid.Nil); err != nil {
		return err
	}
	areas, err := s.areas(ctx, prison)
	if err != nil {
		return err
	}
	list, err := s.things(ctx, areas)
	if err != nil {
		return err
	}
	known := slices.ContainsFunc(list, func(d Duty) bool { return d.Thing == r.Thing })
	if i := slices.IndexFunc(areas, func(a ledger.Area) bool { return a.ID == r.Area }); !known && i >= 0 {
		general := Thing{Kind: r.Kind, What: r.What}
		if known, err = s.alone(ctx, judgedBy{}, general, areas[i]); err != nil {
			return err
		}
		known = known && slices.ContainsFunc(list, func(d Duty) bool { return d.Thing == general })
	}
	if !known {
		return fault.New(fault.NotFound, "not_found")
	}
	named, err := s.Store.Responsible(ctx, s.asked(ctx, prison))
	if err != nil {
		return err
	}
	begun := "" // the day of the one that was seen last
	if i := slices.IndexFunc(named, func(x Responsible) bool { return x.Thing == r.Thing }); i >= 0 && named[i].N == r.N {
		begun = named[i].FromDay
	}
	var bad []fault.Field
	switch at, err := catalog.Day(r.FromDay); {
	case err != nil || !catalog.Near(at.At, s.Now()):
		bad = append(bad, catalog.FarOff("/from_day"))
	case r.FromDay < s.today():
		bad = append(bad, told("/from_day", "range", "自今天或以后的日期起", "From today or a later day on"))
	case r.FromDay < begun:
		bad = append(bad, told("/from_day", "range", "上一次指定的起始日期为 "+begun+"，请选择该日或以后的日期；同日再次指定即为更正",
			"The one named last begins on "+begun+": choose that day or a later one; named again for the same day, it is put right"))
	}
	if r.N > 0 && ledger.Blank(r.Reason) || len([]rune(r.Reason)) > reasonLength {
		bad = append(bad, told("/reason", "required", "交接须写明理由，1000 字以内", "A hand-over says why in at most 1000 characters"))
	}
	if len(bad) > 0 {
		return fault.InvalidFields("bad_plan", bad)
	}
	if err := ledger.NeverSeen(r.N); err != nil {
		return err
	}
	r.N, r.Author, r.Salt = r.N+1, actor.From(ctx).PersonID, integrity.NewSalt()
	return s.Store.AddResponsible(ctx, s.asked(ctx, prison), idem, r)
}
