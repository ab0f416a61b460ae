// Package access answers who may do this to that. It is the only importer of
// Casbin, and turns every way in which Casbin fails open into a refusal to load.
package access

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"taizhang/internal/actor"
	"taizhang/internal/ledger"
)

// Enforcer decides. It is safe for concurrent use: the rules it holds never
// change, another policy takes their place in one step. The zero Enforcer
// denies everything; Load makes a useful one.
type Enforcer struct{ now atomic.Pointer[rules] }

// rules is one immutable snapshot: built, linted, then swapped in whole.
type rules struct {
	answers map[question]answer // what the policy says no word about is absent
	spoken  map[string]bool     // classes of which it says something
	owners  map[string]string   // ledger → department
	ledgers []string
}

type question struct {
	role                    actor.Role
	relation, class, action string
}

type answer struct {
	allowed bool
	line    string // of policy.csv, that decided
}

// Load reads policies/ and lints it against the ledgers there are: a policy
// that is empty, misspelt or gives a ledger no owner or two is an error, never
// a policy that allows.
func Load(fsys fs.FS, ledgers []string) (*Enforcer, error) {
	e := &Enforcer{}
	if err := e.Swap(fsys, ledgers); err != nil {
		return nil, err
	}
	return e, nil
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

// Copy is an enforcer of the same rules; what is then put in force in one leaves
// the other alone.
func (e *Enforcer) Copy() *Enforcer {
	c := &Enforcer{}
	c.now.Store(e.rules())
	return c
}

// Own puts the owners of the database in force: transfers and new ledgers.
func (e *Enforcer) Own(owners map[string]string) {
	next := *e.rules()
	next.owners = maps.Clone(owners)
	next.ledgers = slices.Sorted(maps.Keys(owners))
	e.now.Store(&next)
}

// Owner of a ledger: the department's code, "" for an unknown ledger.
func (e *Enforcer) Owner(ledger string) string { return e.rules().owners[ledger] }

// Rules is a digest of all that the answers come from: it changes with every line of
// the policy and every owner.
func (e *Enforcer) Rules() ledger.Digest {
	r := e.rules()
	return sha256.Sum256(fmt.Appendf(nil, "%v %v", r.answers, r.owners))
}

func (e *Enforcer) rules() *rules {
	if r := e.now.Load(); r != nil {
		return r
	}
	return &rules{}
}

func build(fsys fs.FS, ledgers []string) (*rules, error) {
	lines, err := table(fsys, "policy.csv", 6)
	if err != nil {
		return nil, err
	}
	lines = spelt(lines)
	if err := lint(lines, ledgers); err != nil {
		return nil, err
	}
	answers, err := askAll(fsys, lines)
	if err != nil {
		return nil, err
	}
	if err := lintAnswers(lines, answers); err != nil {
		return nil, err
	}
	owners, err := readOwners(fsys, ledgers)
	if err != nil {
		return nil, err
	}
	spoken := map[string]bool{}
	for _, l := range lines {
		spoken[l[3]] = true
	}
	return &rules{answers: answers, spoken: spoken, owners: owners, ledgers: slices.Sorted(slices.Values(ledgers))}, nil
}

// ask looks one question up. What the policy does not speak of, an unknown or
// empty word among it, is not allowed.
func (r *rules) ask(role actor.Role, relation, class, action string) (a answer, said bool) {
	a, said = r.answers[question{role, relation, class, action}]
	return a, said
}

func (r *rules) can(role actor.Role, relation, class, action string) bool {
	a, _ := r.ask(role, relation, class, action)
	return a.allowed
}

// text of a line as policy.csv has it.
func text(line []string) string { return strings.Join(line, ", ") }
