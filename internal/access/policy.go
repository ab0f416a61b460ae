// Package access answers who may do this to that. It is the only importer of
// Casbin, and turns every way in which Casbin fails open into a refusal to load.
package access

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
)

// rules is one immutable snapshot: built, linted, then swapped in whole.
type rules struct {
	enforcer *casbin.Enforcer
	owners   map[string]string // ledger → department
	ledgers  []string
}

// Enforcer decides. It is safe for concurrent use.
type Enforcer struct{ now atomic.Pointer[rules] }

var (
	roles = []actor.Role{actor.Officer, actor.DutyLeader, actor.DeputyHead, actor.AreaHead, actor.Instructor, actor.Medic, actor.Counsellor,
		actor.DeptStaff, actor.DeptHead, actor.PrisonLeader, actor.Warden, actor.PrisonOffice, actor.BureauOffice, actor.Inspector,
		actor.SystemAdmin, actor.SecurityAdmin, actor.AuditAdmin}
	relations = []string{"author", "filler", "step", "own_area", "department", "discipline", "same_prison", "prison", "bureau", "granted"}
	classes   = []string{"entry", "entry_l3", "entry_sealed", "score", "finding", "pack", "log", "account", "organisation"}
	actions   = []string{"read", "create", "edit", "submit", "withdraw", "revise", "amend", "discard", "approve", "return", "void", "manage"}
)

// maxLines keeps a decision in microseconds: its cost grows with the lines.
const maxLines = 200

// Load reads policies/ and lints it against the ledgers there are: a policy
// that is empty, misspelt or gives a ledger no owner or two is an error, never
// a policy that allows.
func Load(fsys fs.FS, ledgers []string) (*Enforcer, error) {
	e := &Enforcer{}
	return e, e.Swap(fsys, ledgers)
}

// Swap puts another policy in force at once, or keeps the old one and says why.
func (e *Enforcer) Swap(fsys fs.FS, ledgers []string) error {
	r, err := build(fsys, ledgers)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	e.now.Store(r)
	return nil
}

func build(fsys fs.FS, ledgers []string) (*rules, error) {
	text, err := fs.ReadFile(fsys, "model.conf")
	if err != nil {
		return nil, err
	}
	m, err := model.NewModelFromString(string(text))
	if err != nil {
		return nil, err
	}
	lines, err := table(fsys, "policy.csv", 6)
	if err != nil {
		return nil, err
	}
	if err := lint(lines); err != nil {
		return nil, err
	}
	for _, l := range lines {
		if err := m.AddPolicy("p", "p", l[1:]); err != nil {
			return nil, err
		}
	}
	enforcer, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, err
	}
	owners, err := readOwners(fsys, ledgers)
	if err != nil {
		return nil, err
	}
	return &rules{enforcer: enforcer, owners: owners, ledgers: slices.Sorted(slices.Values(ledgers))}, nil
}

// lint refuses what Casbin would silently take for something else.
func lint(lines [][]string) error {
	if len(lines) == 0 || len(lines) > maxLines {
		return fmt.Errorf("%d lines; 1 to %d are taken", len(lines), maxLines)
	}
	seen := map[string]bool{}
	for _, l := range lines {
		role := actor.Role(strings.TrimPrefix(l[1], "r:"))
		switch key := strings.Join(l, ","); {
		case l[0] != "p":
			return fmt.Errorf("%v: not a policy line", l)
		case !strings.HasPrefix(l[1], "r:") || role != "*" && !slices.Contains(roles, role):
			return fmt.Errorf("%v: unknown role", l)
		case !slices.Contains(relations, l[2]):
			return fmt.Errorf("%v: unknown relation", l)
		case !slices.Contains(classes, l[3]):
			return fmt.Errorf("%v: unknown class", l)
		case !slices.Contains(actions, l[4]):
			return fmt.Errorf("%v: unknown action", l)
		case l[5] != "allow" && l[5] != "deny":
			return fmt.Errorf("%v: the effect is allow or deny", l)
		case seen[key]:
			return fmt.Errorf("%v: twice", l)
		default:
			seen[key] = true
		}
	}
	return nil
}

func readOwners(fsys fs.FS, ledgers []string) (map[string]string, error) {
	lines, err := table(fsys, "owners.csv", 2)
	if err != nil {
		return nil, err
	}
	owners := map[string]string{}
	for _, l := range lines {
		if other, twice := owners[l[0]]; twice {
			return nil, fmt.Errorf("owners: %s has two owners, %s and %s", l[0], other, l[1])
		}
		if !strings.HasPrefix(l[1], "dept_") {
			return nil, fmt.Errorf("owners: %s: %q is no department", l[0], l[1])
		}
		owners[l[0]] = l[1]
	}
	for _, id := range ledgers {
		if owners[id] == "" {
			return nil, fmt.Errorf("owners: %s has no owner", id)
		}
	}
	return owners, nil
}

// table reads a CSV of n columns; # begins a comment.
func table(fsys fs.FS, name string, n int) ([][]string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(bufio.NewReader(f))
	r.Comment, r.TrimLeadingSpace, r.FieldsPerRecord = '#', true, n
	lines, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return lines, nil
}

// Owner of a ledger: the department's code, "" for an unknown ledger.
func (e *Enforcer) Owner(ledger string) string { return e.now.Load().owners[ledger] }

// ask is one question to Casbin. An empty word is never allowed, an error of
// the machinery is a denial.
func (r *rules) ask(role actor.Role, relation, class, action string) (allowed, denied bool) {
	if role == "" || relation == "" || class == "" || action == "" {
		return false, true
	}
	ok, why, err := r.enforcer.EnforceEx("r:"+string(role), relation, class, action)
	if err != nil {
		return false, true
	}
	return ok, !ok && len(why) > 0 && why[len(why)-1] == "deny"
}

var errDenied = map[bool]*fault.Error{
	true:  fault.New(fault.NotFound, "not_found"),
	false: fault.New(fault.Forbidden, "forbidden"),
}
