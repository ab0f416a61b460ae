package inspection

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// Candidate for a team.
type Candidate struct {
	Person  uuid.UUID `json:"person"`
	Number  string    `json:"number"`
	Name    string    `json:"name"`
	Own     bool      `json:"own"`             // is or was posted in the prison: must not be of the team
	Prison  uuid.UUID `json:"prison,omitzero"` // where they serve; zero: the bureau
	Turns   int       `json:"turns"`           // calls of people of that prison so far: the fewest come first
	Served  int       `json:"served"`          // checks of their own so far: the fewest come first within the prison
	Last    string    `json:"last,omitempty"`  // the day on which the last of them began
	Skills  []string  `json:"skills"`          // domains, by the codes of now
	AwayTo  string    `json:"away_to,omitempty"`
	Engaged bool      `json:"engaged"` // of another check on these days, which bars nobody
}

// Call is what a team is looked for.
type Call struct {
	Kind     string
	Standard string    // the framework, of kind Other; "": not chosen yet
	Area     uuid.UUID // zero: the prison as a whole
	Said     string    // how a number or a name begins
	From     string    // the days; "": today
	To       string    // "": the first one
	Domain   string    // in which they are skilled; "": any
}

// Callable are those who may be called, and the domains of the standard by which the unit is checked.
type Callable struct {
	People  []Candidate        `json:"people"`
	Domains []standards.Domain `json:"domains"`
}

// Sought is a Call as the store looks for it.
type Sought struct {
	Own      bool // the prison's own people, for its self-check
	Said     string
	People   []uuid.UUID // nil: all
	From, To string      // days on which they are wanted; of those that are over nothing is asked
	Skilled  []string    // codes, any of which is enough; nil: all
	Lot      string      // orders those who have served alike
}

// Lot orders those who have served alike, so that nobody comes first because of a low number. Anybody
// draws it again: the SHA-256 of lot and number, joined by a stroke, in its order.
func Lot(prison uuid.UUID, day string) string { return prison.String() + "/" + day }

func (s *Service) sought(prison uuid.UUID, kind, from, to string) Sought {
	today := catalog.DayOf(s.Now())
	return Sought{Own: kind == SelfCheck, From: max(from, today), To: max(from, to, today), Lot: Lot(prison, today)}
}

// Candidates for a team in the prison: in turn by prison, then by person, then by lot. It says whom it may
// not have, and who is away. Faults: forbidden, bad_request.
func (s *Service) Candidates(ctx context.Context, prison uuid.UUID, c Call) (out Callable, err error) {
	if c.Kind != "" && !slices.Contains(Kinds, c.Kind) {
		return out, fault.New(fault.Malformed, "bad_request")
	}
	if err := s.Access.Check(actor.From(ctx), "create", ledger.Subject{Class: runs(c.Kind), Prison: prison}, s.Now()); err != nil {
		return out, err
	}
	for _, day := range []string{c.From, c.To} {
		if _, err := catalog.Day(day); day != "" && err != nil {
			return out, fault.New(fault.Malformed, "bad_request")
		}
	}
	domains, err := s.Texts.Domains(ctx)
	if err != nil {
		return out, err
	}
	q := s.sought(prison, c.Kind, c.From, c.To)
	q.Said = c.Said
	if c.Domain != "" {
		q.Skilled = []string{c.Domain}
		for _, d := range domains {
			if d.Code == c.Domain {
				q.Skilled = append(q.Skilled, d.Was...)
			}
		}
	}
	if out.People, err = s.Store.Candidates(ctx, s.asked(ctx, prison), q); err != nil {
		return out, err
	}
	if out.Domains, err = s.domainsOf(ctx, domains, prison, c); err != nil {
		return out, err
	}
	for i := range out.People {
		out.People[i].Skills = standards.Current(out.Domains, out.People[i].Skills)
	}
	return out, nil
}

// domainsOf what a check is held by, by the codes of now; none where there is no standard.
func (s *Service) domainsOf(ctx context.Context, now []standards.Domain, prison uuid.UUID, c Call) ([]standards.Domain, error) {
	std, err := s.heldBy(ctx, prison, c.Area, c.Kind, c.Standard)
	if code := fault.CodeOf(err); code == "standard_unknown" || code == "bad_check" {
		return []standards.Domain{}, nil
	}
	if err != nil {
		return nil, err
	}
	return domainsIn(now, std), nil
}

// heldBy is what a check is held by: of kind Other the framework that was chosen, else what is in force for
// the unit today. Faults: not_found, standard_unknown, bad_check.
func (s *Service) heldBy(ctx context.Context, prison, area uuid.UUID, of, chosen string) (*scoring.Standard, error) {
	own, err := s.standardOf(ctx, prison, area)
	if of != Other && chosen == "" || err != nil && fault.CodeOf(err) != "standard_unknown" {
		return own, err
	}
	frameworks := s.Texts.Frameworks()
	i := slices.IndexFunc(frameworks, func(std *scoring.Standard) bool { return std.ID == chosen })
	if of != Other || i < 0 {
		return nil, fault.InvalidFields("bad_check", []fault.Field{{Pointer: "/standard", Code: "invalid",
			Text: fault.Text{ZH: "其他标准考核请从在用的其他标准中选择，别的考核按本单位在用的标准", EN: "A check by another framework names one that is in force; every other check is held by the unit's own standard"}}})
	}
	return frameworks[i], nil
}

// standardOf a unit today. Faults: not_found, standard_unknown.
func (s *Service) standardOf(ctx context.Context, prison, area uuid.UUID) (*scoring.Standard, error) {
	kind, function := "prison", ""
	if area != uuid.Nil {
		areas, err := s.Store.Areas(ctx, prison)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(areas, func(x ledger.Area) bool { return x.ID == area })
		if i < 0 {
			return nil, fault.New(fault.NotFound, "not_found")
		}
		kind, function = areas[i].Kind, areas[i].Function
	}
	return s.Texts.For(ctx, kind, function, catalog.DayOf(s.Now()))
}

// domainsIn are those of a standard, by the codes of now.
func domainsIn(now []standards.Domain, std *scoring.Standard) []standards.Domain {
	var codes []string
	for _, d := range std.Domains {
		codes = append(codes, standards.DomainCode(std, d.ID))
	}
	wanted := standards.Current(now, codes)
	return slices.DeleteFunc(slices.Clone(now), func(d standards.Domain) bool { return !slices.Contains(wanted, d.Code) })
}

// uncovered are the domains of the check's standard in which nobody of its team is skilled: a hint, for
// whoever may call more.
func (s *Service) uncovered(ctx context.Context, c Check) ([]standards.Domain, error) {
	now, err := s.Texts.Domains(ctx)
	if err != nil {
		return nil, err
	}
	std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
	if err != nil {
		return nil, err
	}
	var skills []string
	for _, m := range c.Members {
		skills = append(skills, m.Skills...)
	}
	there := standards.Current(now, skills)
	return slices.DeleteFunc(domainsIn(now, std), func(d standards.Domain) bool { return slices.Contains(there, d.Code) }), nil
}

// calls refuses whoever is or was of the prison, who is no inspector at all, and who is away.
func calls(pool []Candidate, person uuid.UUID, kind string) error {
	i := slices.IndexFunc(pool, func(c Candidate) bool { return c.Person == person })
	switch {
	case i < 0:
		return fault.New(fault.Invalid, "no_inspector")
	case pool[i].Own && kind != SelfCheck:
		return fault.New(fault.Forbidden, "own_prison").With("name", pool[i].Name)
	case pool[i].AwayTo != "":
		name, until := pool[i].Name, pool[i].AwayTo
		return &fault.Error{Kind: fault.Conflict, Code: "inspector_away", Detail: map[string]any{"name": name, "away_to": until}, Fields: []fault.Field{{Pointer: "/team", Code: "away",
			Text: fault.Text{ZH: name + " 在考核期间不在岗（至 " + until + "），请另选他人或改期", EN: name + " is away during the check, until " + until + ": choose somebody else or other days"}}}}
	}
	return nil
}
