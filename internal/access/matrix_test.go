package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gopkg.in/yaml.v3"

	"taizhang/internal/access"
	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/policies"
)

var (
	prisonA, prisonB = id(1), id(2)
	area1, area2     = id(11), id(12)
	me, somebody     = id(21), id(22)
	noon             = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

	allRoles = []actor.Role{actor.Officer, actor.DutyLeader, actor.DeputyHead, actor.AreaHead, actor.Instructor, actor.Medic, actor.Counsellor,
		actor.DeptStaff, actor.DeptHead, actor.PrisonLeader, actor.Warden, actor.PrisonOffice, actor.BureauOffice, actor.BureauLeader, actor.PartySecretary,
		actor.CommitteeSecretary, actor.CommitteeMember, actor.Inspector, actor.SystemAdmin, actor.SecurityAdmin, actor.AuditAdmin}
	entryClasses = []string{"entry", "entry_l3", "entry_sealed"}
	namedClasses = []string{"entry_l3/medical-visit", "entry_part/medical-visit", "entry_l3/psych-health", "entry_part/psych-health"}
	otherClasses = []string{"score", "finding", "pack", "log", "people", "inmate", "account", "organisation", "proposal", "connector", "roster", "relief", "outage", "task", "export", "export_l3", "delegation", "area", "standard", "guidance", "plan", "medical", "psychological", "check", "self_check", "appeal", "rectification", "case", "meeting", "title"}
	states       = []ledger.State{ledger.Draft, ledger.Submitted, ledger.Returned, ledger.Approved, ledger.Voided, ledger.Discarded}
	allActions   = []string{"read", "create", "edit", "submit", "withdraw", "revise", "amend", "discard", "approve", "return", "transfer", "add_signer", "ask_void", "void", "diverge", "manage", "act_unit", "act_whole", "act_prison", "act_bureau", "act_line", "act_party", "act_committee", "vote", "oversee", "compare"}
)

// theLedger is owned by dept_custody.
const theLedger = "duty-log"

func id(n byte) uuid.UUID { return uuid.UUID{15: n} }

func load(t testing.TB) *access.Enforcer {
	t.Helper()
	e, err := access.Load(policies.FS, ledgers(t))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func somebodyWho(posts ...actor.Posting) actor.Actor {
	return actor.Actor{UserID: id(31), PersonID: me, Postings: posts}
}

// situations make the actor and the row for a role; the comments of
// matrix.yaml tell them in words.
var situations = map[string]func(actor.Role, *ledger.Subject) actor.Actor{
	"stranger": func(r actor.Role, _ *ledger.Subject) actor.Actor {
		return somebodyWho(actor.Posting{Role: r, PrisonID: prisonB}, actor.Posting{Role: r, PrisonID: prisonB, AreaID: id(13)},
			actor.Posting{Role: r, PrisonID: prisonB, Department: "dept_custody"})
	},
	"same_prison":      posted(actor.Posting{PrisonID: prisonA, AreaID: area2}),
	"own_area":         posted(actor.Posting{PrisonID: prisonA, AreaID: area1}),
	"department":       posted(actor.Posting{PrisonID: prisonA, Department: "dept_custody"}),
	"other_department": posted(actor.Posting{PrisonID: prisonA, Department: "dept_education"}),
	"discipline":       posted(actor.Posting{PrisonID: prisonA, Department: "dept_discipline"}),
	"prison":           posted(actor.Posting{PrisonID: prisonA}),
	"bureau":           posted(actor.Posting{}),
	"line":             posted(actor.Posting{Department: "dept_custody"}),
	"other_line":       posted(actor.Posting{Department: "dept_education"}),
	"granted":          granted(actor.Grant{PrisonID: prisonA, Areas: []uuid.UUID{area1}, From: noon, To: noon.Add(time.Nanosecond)}),
	"granted_prison":   granted(actor.Grant{PrisonID: prisonA, From: noon, To: noon.Add(time.Hour)}),
	"grant_elsewhere":  granted(actor.Grant{PrisonID: prisonA, Areas: []uuid.UUID{area2}, From: noon, To: noon.Add(time.Hour)}),
	"grant_over":       granted(actor.Grant{PrisonID: prisonA, From: noon.Add(-time.Hour), To: noon}),
	"grant_ahead":      granted(actor.Grant{PrisonID: prisonA, From: noon.Add(time.Nanosecond), To: noon.Add(time.Hour)}),
	"team": func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.Team = []uuid.UUID{me}
		return granted(actor.Grant{PrisonID: prisonA, From: noon, To: noon.Add(time.Hour)})(r, s)
	},
	"leader": func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.Team, s.Leader = []uuid.UUID{me}, me
		return granted(actor.Grant{PrisonID: prisonA, From: noon, To: noon.Add(time.Hour)})(r, s)
	},
	"sitting": func(r actor.Role, s *ledger.Subject) actor.Actor {
		if r == actor.CommitteeMember {
			s.Team = []uuid.UUID{me}
		}
		return somebodyWho(actor.Posting{Role: r})
	},
	"author": func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.Author = me
		return somebodyWho(actor.Posting{Role: r, PrisonID: prisonA, AreaID: area2})
	},
	"author_moved": func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.Author = me
		return somebodyWho(actor.Posting{Role: r, PrisonID: prisonB, AreaID: id(13)})
	},
	"author_in_step": func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.Author, s.StepRoles, s.StepUnit = me, []actor.Role{r}, "area"
		return somebodyWho(actor.Posting{Role: r, PrisonID: prisonA, AreaID: area1})
	},
	"filler": func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.FillRoles = []actor.Role{r}
		return somebodyWho(actor.Posting{Role: r, PrisonID: prisonA, AreaID: area1})
	},
	"filler_dept": func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.FillRoles, s.FillDept = []actor.Role{r}, "dept_command"
		return somebodyWho(actor.Posting{Role: r, PrisonID: prisonA, Department: "dept_command"})
	},
	"filler_elsewhere": func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.FillRoles = []actor.Role{r}
		return somebodyWho(actor.Posting{Role: r, PrisonID: prisonA, AreaID: area2})
	},
	"filler_other_dept": func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.FillRoles, s.FillDept = []actor.Role{r}, "dept_command"
		return somebodyWho(actor.Posting{Role: r, PrisonID: prisonA, Department: "dept_office"})
	},
	"filler_line": func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.FillRoles, s.FillDept = []actor.Role{r}, "dept_command"
		return somebodyWho(actor.Posting{Role: r, Department: "dept_command"})
	},
	"step_line": deciding("owner", actor.Posting{Department: "dept_custody"}),
	"step_area": deciding("area", actor.Posting{PrisonID: prisonA, AreaID: area1}),
	"seat_area": func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.StepSeats, s.StepBound = []uuid.UUID{me}, true
		return somebodyWho(actor.Posting{Role: r, PrisonID: prisonA, AreaID: area1})
	},
	"higher_area":     higher(noon),
	"higher_early":    higher(noon.Add(1)),
	"deputy_area":     deputising(noon.Add(1)),
	"deputy_over":     deputising(noon),
	"step_owner":      deciding("owner", actor.Posting{PrisonID: prisonA, Department: "dept_custody"}),
	"step_prison":     deciding("prison", actor.Posting{PrisonID: prisonA}),
	"step_discipline": deciding("owner", actor.Posting{PrisonID: prisonA, Department: "dept_discipline"}),
	"step_bureau":     deciding("bureau", actor.Posting{}),
	"step_elsewhere":  deciding("area", actor.Posting{PrisonID: prisonA, AreaID: area2}),
}

func posted(p actor.Posting) func(actor.Role, *ledger.Subject) actor.Actor {
	return func(r actor.Role, _ *ledger.Subject) actor.Actor {
		p.Role = r
		return somebodyWho(p)
	}
}

func granted(g actor.Grant) func(actor.Role, *ledger.Subject) actor.Actor {
	return func(r actor.Role, _ *ledger.Subject) actor.Actor {
		a := somebodyWho(actor.Posting{Role: r, PrisonID: prisonB, AreaID: id(13)})
		a.Grants = []actor.Grant{g}
		return a
	}
}

func deciding(unit string, p actor.Posting) func(actor.Role, *ledger.Subject) actor.Actor {
	return func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.StepRoles, s.StepUnit = []actor.Role{r}, unit
		p.Role = r
		return somebodyWho(p)
	}
}

func higher(due time.Time) func(actor.Role, *ledger.Subject) actor.Actor {
	return func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.StepDue, s.StepHigher, s.HigherUnit = &due, []actor.Role{r}, "area"
		return somebodyWho(actor.Posting{Role: r, PrisonID: prisonA, AreaID: area1})
	}
}

func deputising(to time.Time) func(actor.Role, *ledger.Subject) actor.Actor {
	return func(r actor.Role, s *ledger.Subject) actor.Actor {
		s.StepRoles, s.StepUnit = []actor.Role{r}, "area"
		a := somebodyWho(actor.Posting{Role: r, PrisonID: prisonA, AreaID: area2})
		a.Delegations = []actor.Delegation{{ID: id(41), Holder: id(23), From: noon.Add(-1), To: to, Posting: actor.Posting{Role: r, PrisonID: prisonA, AreaID: area1}}}
		return a
	}
}

type matrix struct {
	States map[string][]ledger.State `yaml:"states"`
	Rows   []struct {
		Roles []actor.Role        `yaml:"roles"`
		In    []string            `yaml:"in"`
		May   map[string][]string `yaml:"may"`
	} `yaml:"rows"`
}

func readMatrix(t *testing.T) (matrix, map[string]bool) {
	t.Helper()
	f, err := policies.FS.Open("matrix.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var m matrix
	d := yaml.NewDecoder(f)
	d.KnownFields(true)
	if err := d.Decode(&m); err != nil {
		t.Fatal(err)
	}
	expected := map[string]bool{}
	for n, row := range m.Rows {
		for _, role := range row.Roles {
			if !slices.Contains(allRoles, role) {
				t.Errorf("row %d: unknown role %s", n, role)
			}
			for _, in := range row.In {
				if situations[in] == nil {
					t.Errorf("row %d: unknown situation %s", n, in)
				}
				for class, list := range row.May {
					if !slices.Contains(slices.Concat(entryClasses, namedClasses, otherClasses), class) {
						t.Errorf("row %d: unknown class %s", n, class)
					}
					for _, action := range list {
						if !slices.Contains(allActions, action) {
							t.Errorf("row %d: unknown action %s", n, action)
						}
						expected[cell(role, in, class, action)] = true
					}
				}
			}
		}
	}
	return m, expected
}

func cell(role actor.Role, in, class, action string) string {
	return fmt.Sprintf("%s in %s: %s %s", role, in, action, class)
}

func subjectOf(class string) ledger.Subject {
	s := ledger.Subject{Class: class, Prison: prisonA, Area: area1, Ledger: theLedger, Author: somebody, Level: "L2", Department: "dept_custody"}
	switch class {
	case "entry_l3":
		s.Class, s.Level = "entry", "L3"
	case "entry_sealed":
		s.Class, s.Level, s.Sealed = "entry", "L3", true
	}
	return s
}

// TestNamedReaders walks the reading of L3 ledgers whose readers the policy names: of the
// whole of their entries, and of a part.
func TestNamedReaders(t *testing.T) {
	e := load(t)
	e.Own(map[string]string{theLedger: "dept_custody", "medical-visit": "dept_custody", "psych-health": "dept_custody"})
	_, expected := readMatrix(t)
	for in, make := range situations {
		for _, role := range allRoles {
			for _, class := range namedClasses {
				kind, id, _ := strings.Cut(class, "/")
				s := subjectOf("entry_l3")
				s.Ledger = id
				a := make(role, &s)
				action := "read"
				if kind == "entry_l3" {
					action = ledger.ReadWhole
				}
				want := expected[cell(role, in, class, "read")]
				if d := e.Decide(a, action, s, noon); d.Allowed != want {
					t.Errorf("%s: allowed %v, want %v (%v)", cell(role, in, class, action), d.Allowed, want, d)
				}
				scope := e.Scope(a, noon)
				if list := whole(scope, s); kind == "entry_l3" && list != want || kind == "entry_part" && sees(scope, s) != want {
					t.Errorf("%s: listed %v %v, want %v\n%v", cell(role, in, class, action), list, sees(scope, s), want, scope)
				}
				if act := e.Decide(a, "ask_void", s, noon); act.Allowed && !want {
					t.Errorf("%s asks to void what they do not read", cell(role, in, class, action))
				}
			}
		}
	}
}

// TestMatrix walks every cell: role × situation × class × action, and of entries, which
// alone have states, × state.
func TestMatrix(t *testing.T) {
	e := load(t)
	m, expected := readMatrix(t)
	cells := 0
	for in, make := range situations {
		for _, role := range allRoles {
			for _, class := range slices.Concat(entryClasses, otherClasses) {
				for _, action := range allActions {
					s := subjectOf(class)
					a := make(role, &s)
					name := cell(role, in, class, action)
					want := expected[name]
					if class == "entry" || s.Class != "entry" {
						checkRefusal(t, e, a, action, s, want)
					}
					if s.Class != "entry" {
						cells++
						continue // checked above
					}
					for _, state := range states {
						cells++
						s.State = state
						may := want && slices.Contains(m.States[action], state)
						got := e.Check(a, action, s, noon) == nil && possible(state, action)
						if got != may {
							t.Errorf("%s, %s: allowed %v, want %v (%v)", name, state, got, may, e.Decide(a, action, s, noon))
						}
					}
				}
			}
		}
	}
	t.Logf("%d cells", cells)
	if cells < 30_000 {
		t.Errorf("%d cells are not the whole product", cells)
	}
}

// checkRefusal: a refusal is not_found to those who may not know of the thing,
// and otherwise says why and who could.
func checkRefusal(t *testing.T, e *access.Enforcer, a actor.Actor, action string, s ledger.Subject, allowed bool) {
	t.Helper()
	err := e.Check(a, action, s, noon)
	d := e.Decide(a, action, s, noon)
	seen := s.Class != "entry" || action == "create" || e.Check(a, "read", s, noon) == nil
	switch {
	case allowed != (err == nil) || allowed != d.Allowed:
		t.Errorf("%v %s: Check says %v, Decide %v, want allowed %v", a.Postings, action, err, d, allowed)
	case allowed && d.Rule == "":
		t.Errorf("%v %s %s: allowed by no rule", a.Postings, action, s.Class)
	case !allowed && !seen && !fault.Is(err, fault.NotFound):
		t.Errorf("%v %s: %v, want not_found: they may not know of it", a.Postings, action, err)
	case !allowed && seen && fault.Is(err, fault.Forbidden) && d.Reason.ZH == "":
		t.Errorf("%v %s: refused without a reason", a.Postings, action)
	}
}

// possible asks the state table whether an action can happen in a state at all.
func possible(state ledger.State, action string) bool {
	switch action {
	case "read":
		return true
	case "create":
		return state == ledger.Draft
	}
	for n := range 16 {
		sit := ledger.Situation{State: state, Decided: n&1 > 0, Last: n&2 > 0, InForce: n&4 > 0, Void: n&8 > 0}
		if _, err := ledger.Next(sit, ledger.Action(action)); err == nil {
			return true
		}
	}
	return false
}
