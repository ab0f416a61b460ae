package inspection

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/standards"
)

// Inspector is one of the pool (抽调人员库) that teams are called from.
type Inspector struct {
	Person     uuid.UUID    `json:"person"`
	Number     string       `json:"number"`
	Name       string       `json:"name"`
	Prison     uuid.UUID    `json:"prison,omitzero"` // where they serve; zero: the bureau
	Skills     []string     `json:"skills"`          // domains, by the codes of now
	SkillsSeen int          `json:"skills_seen"`
	Away       []Away       `json:"away"` // today or ahead
	AwaySeen   int          `json:"away_seen"`
	Served     int          `json:"served"`
	Last       string       `json:"last,omitempty"` // the day on which the last check began
	Tasks      []Assignment `json:"tasks"`          // of checks under way
}

// Away is a span of days on which somebody cannot be called.
type Away struct {
	N          int       `json:"n"`
	From       string    `json:"from_day"`
	To         string    `json:"to_day"`
	Reason     string    `json:"reason"`
	ByName     string    `json:"by_name"`
	RecordedAt time.Time `json:"recorded_at"`
	CalledOff  string    `json:"called_off,omitempty"` // why
}

// Assignment of somebody to a check. What was called off, or is a unit's own, counts as no service.
type Assignment struct {
	Check  uuid.UUID `json:"check"`
	Prison uuid.UUID `json:"prison"`
	Area   uuid.UUID `json:"area,omitzero"`
	Kind   string    `json:"kind"`
	From   string    `json:"from_day"`
	To     string    `json:"to_day"`
	State  string    `json:"state"`
	Leader bool      `json:"leader"`
	Skills []string  `json:"skills"` // of which they were skilled when they were called
}

// Skilled is one word about what somebody is skilled in; the latest counts.
type Skilled struct {
	N          int       `json:"n"`
	Domains    []string  `json:"domains"`
	ByName     string    `json:"by_name"`
	RecordedAt time.Time `json:"recorded_at"`
}

// InspectorHistory is all that was ever said of one of the pool.
type InspectorHistory struct {
	Inspector
	Assignments []Assignment       `json:"assignments"` // the latest first
	Words       []Skilled          `json:"words"`       // likewise
	Aways       []Away             `json:"aways"`       // likewise, with those called off
	Domains     []standards.Domain `json:"domains"`     // of the standards in force
	Calibration Calibration        `json:"calibration"` // with whoever scored the same lines
}

// Turn is how often people of a prison were called.
type Turn struct {
	Prison uuid.UUID `json:"prison,omitzero"` // zero: the bureau's own
	People int       `json:"people"`          // of the pool, now
	Served int       `json:"served"`
}

// Pool is what an office sees of it.
type Pool struct {
	Day     string             `json:"day"`
	People  []Inspector        `json:"people"`
	Turns   []Turn             `json:"turns"`
	Total   int                `json:"total"`   // calls of people of prisons
	Prisons int                `json:"prisons"` // among which they are shared
	Domains []standards.Domain `json:"domains"`
}

// PoolStore keeps what is said of the pool. Faults of each write: not_found, changed_meanwhile.
type PoolStore interface {
	// Inspectors of the pool, or the one person: by their prisons, then by number.
	Inspectors(ctx context.Context, s ledger.Session, person uuid.UUID) ([]Inspector, error)
	// Turns of every prison, and of the bureau's own people.
	Turns(ctx context.Context, s ledger.Session) ([]Turn, error)
	Assignments(ctx context.Context, s ledger.Session, person uuid.UUID) ([]Assignment, error)
	Words(ctx context.Context, s ledger.Session, person uuid.UUID) ([]Skilled, []Away, error)
	AddSkills(ctx context.Context, s ledger.Session, idem ledger.Idem, person uuid.UUID, n int, domains []string) (Inspector, error)
	AddAway(ctx context.Context, s ledger.Session, idem ledger.Idem, person uuid.UUID, a Away) (Inspector, error)
	// EndAway calls the span off by row n. Fault: away_over.
	EndAway(ctx context.Context, s ledger.Session, idem ledger.Idem, person uuid.UUID, n, span int, reason string) (Inspector, error)
}

const (
	maxAway    = 366 // days
	maxDomains = 40
)

// keeps: who mans the checks of all prisons keeps the whole pool, and who mans the self-checks of
// one its people.
func (s *Service) keeps(ctx context.Context, home uuid.UUID) error {
	a := actor.From(ctx)
	err := s.Access.Check(a, "manage", ledger.Subject{Class: "check", Prison: home}, s.Now())
	if err == nil || home == uuid.Nil {
		return err
	}
	return s.Access.Check(a, "manage", ledger.Subject{Class: "self_check", Prison: home}, s.Now())
}

// Pool of the prisons whose people the actor keeps. Fault: forbidden.
func (s *Service) Pool(ctx context.Context) (Pool, error) {
	p := Pool{Day: catalog.DayOf(s.Now())}
	ses := s.asked(ctx, uuid.Nil)
	turns, err := s.Store.Turns(ctx, ses)
	if err != nil {
		return p, err
	}
	for _, t := range turns {
		if t.Prison != uuid.Nil {
			p.Total, p.Prisons = p.Total+t.Served, p.Prisons+1
		}
	}
	p.Turns = slices.DeleteFunc(turns, func(t Turn) bool { return s.keeps(ctx, t.Prison) != nil })
	if len(p.Turns) == 0 {
		return p, fault.New(fault.Forbidden, "forbidden")
	}
	if p.People, err = s.Store.Inspectors(ctx, ses, uuid.Nil); err != nil {
		return p, err
	}
	p.People = slices.DeleteFunc(p.People, func(i Inspector) bool { return s.keeps(ctx, i.Prison) != nil })
	if p.Domains, err = s.Texts.Domains(ctx); err != nil {
		return p, err
	}
	for i := range p.People {
		now(p.Domains, &p.People[i])
	}
	return p, nil
}

// now tells the skills by the codes of now.
func now(domains []standards.Domain, i *Inspector) {
	i.Skills = standards.Current(domains, i.Skills)
	for k := range i.Tasks {
		i.Tasks[k].Skills = standards.Current(domains, i.Tasks[k].Skills)
	}
}

// Inspector with the whole history. Faults: not_found, forbidden.
func (s *Service) Inspector(ctx context.Context, person uuid.UUID) (h InspectorHistory, err error) {
	if h.Inspector, err = s.kept(ctx, person); err != nil {
		return h, err
	}
	ses := s.asked(ctx, uuid.Nil)
	if h.Assignments, err = s.Store.Assignments(ctx, ses, person); err != nil {
		return h, err
	}
	if h.Words, h.Aways, err = s.Store.Words(ctx, ses, person); err != nil {
		return h, err
	}
	if h.Calibration, err = s.calibrationOf(ctx, person); err != nil {
		return h, err
	}
	if h.Domains, err = s.Texts.Domains(ctx); err != nil {
		return h, err
	}
	now(h.Domains, &h.Inspector)
	for i := range h.Assignments {
		h.Assignments[i].Skills = standards.Renamed(h.Domains, h.Assignments[i].Skills)
	}
	for i := range h.Words {
		h.Words[i].Domains = standards.Renamed(h.Domains, h.Words[i].Domains)
	}
	return h, nil
}

// kept is one of the pool whom the actor keeps.
func (s *Service) kept(ctx context.Context, person uuid.UUID) (Inspector, error) {
	list, err := s.Store.Inspectors(ctx, s.asked(ctx, uuid.Nil), person)
	if err == nil && (len(list) == 0 || person == uuid.Nil) { // nobody's id asks for all
		err = fault.New(fault.NotFound, "not_found")
	}
	if err != nil {
		return Inspector{}, err
	}
	return list[0], s.keeps(ctx, list[0].Prison)
}

// said answers a write by the codes of now.
func (s *Service) said(ctx context.Context, i Inspector, err error) (Inspector, error) {
	if err != nil {
		return i, err
	}
	domains, err := s.Texts.Domains(ctx)
	now(domains, &i)
	return i, err
}

// SetSkills says in which domains somebody is skilled; seen is how many words were seen. Faults:
// not_found, forbidden, bad_inspector with fields, changed_meanwhile.
func (s *Service) SetSkills(ctx context.Context, person uuid.UUID, codes []string, seen int, idem ledger.Idem) (Inspector, error) {
	if _, err := s.kept(ctx, person); err != nil {
		return Inspector{}, err
	}
	domains, err := s.Texts.Domains(ctx)
	if err != nil {
		return Inspector{}, err
	}
	once := map[string]bool{}
	for _, c := range codes {
		if !slices.ContainsFunc(domains, func(d standards.Domain) bool { return d.Code == c }) || once[c] || len(codes) > maxDomains {
			return Inspector{}, badInspector("/domains", "enum", "请从现行标准的领域中选择，每个一次", "Choose among the domains of the standards in force, each once")
		}
		once[c] = true
	}
	if err := ledger.NeverSeen(seen); err != nil {
		return Inspector{}, err
	}
	if codes == nil {
		codes = []string{}
	}
	i, err := s.Store.AddSkills(ctx, s.asked(ctx, uuid.Nil), idem, person, seen+1, codes)
	return s.said(ctx, i, err)
}

// SetAway says on which days somebody is away, from today on, and why. Faults: not_found, forbidden,
// bad_inspector with fields, changed_meanwhile.
func (s *Service) SetAway(ctx context.Context, person uuid.UUID, a Away, seen int, idem ledger.Idem) (Inspector, error) {
	if _, err := s.kept(ctx, person); err != nil {
		return Inspector{}, err
	}
	from, err1 := catalog.Day(a.From)
	to, err2 := catalog.Day(a.To)
	if err1 != nil || err2 != nil || to.At.Before(from.At) || to.At.Sub(from.At) > maxAway*24*time.Hour || a.From < catalog.DayOf(s.Now()) || !catalog.Near(to.At, s.Now()) {
		return Inspector{}, badInspector("/from_day", "range", "起日不早于今天，止日不早于起日，一次不超过一年", "The first day is not before today, the last not before the first, within a year")
	}
	if err := worded(a.Reason); err != nil {
		return Inspector{}, err
	}
	if err := ledger.NeverSeen(seen); err != nil {
		return Inspector{}, err
	}
	a.N = seen + 1
	i, err := s.Store.AddAway(ctx, s.asked(ctx, uuid.Nil), idem, person, a)
	return s.said(ctx, i, err)
}

// CallOffAway takes a span back that is not over. Faults: not_found, forbidden, bad_inspector with fields, away_over,
// changed_meanwhile.
func (s *Service) CallOffAway(ctx context.Context, person uuid.UUID, span, seen int, reason string, idem ledger.Idem) (Inspector, error) {
	if _, err := s.kept(ctx, person); err != nil {
		return Inspector{}, err
	}
	if err := worded(reason); err != nil {
		return Inspector{}, err
	}
	if err := ledger.NeverSeen(seen); err != nil {
		return Inspector{}, err
	}
	i, err := s.Store.EndAway(ctx, s.asked(ctx, uuid.Nil), idem, person, seen+1, span, reason)
	return s.said(ctx, i, err)
}

func worded(reason string) error {
	if ledger.Blank(reason) || len([]rune(reason)) > 200 {
		return badInspector("/reason", "required", "请写明原因，200 字以内", "Say why in at most 200 characters")
	}
	return nil
}

func badInspector(pointer, code, zh, en string) error {
	return fault.InvalidFields("bad_inspector", []fault.Field{{Pointer: pointer, Code: code, Text: fault.Text{ZH: zh, EN: en}}})
}
