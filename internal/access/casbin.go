package access

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/constant"
	"github.com/casbin/casbin/v2/model"

	"taizhang/internal/actor"
)

// askAll puts to Casbin, once, every question that a line speaks of, for every
// role, with the lines that speak of it: no other can answer it, and all of them for
// each would take a second. A decision is then one look at an immutable table: its cost
// does not grow with the policy, no lock and no race is left, and no right outlives the
// policy it came from. What no line speaks of is not asked, and so denied whatever the
// matcher would say to it.
func askAll(fsys fs.FS, lines [][]string) (map[question]answer, error) {
	enforcer, err := newCasbin(fsys)
	if err != nil {
		return nil, err
	}
	of := map[question][][]string{}
	for _, l := range lines {
		q := question{"", l[2], l[3], l[4]}
		of[q] = append(of[q], l)
	}
	answers := map[question]answer{}
	for q, lines := range of {
		enforcer.ClearPolicy()
		for _, l := range lines {
			if err := enforcer.GetModel().AddPolicy("p", "p", l[1:]); err != nil {
				return nil, err
			}
		}
		for _, q.role = range all {
			a, said, err := put(enforcer, q)
			if err != nil {
				return nil, err
			}
			if said {
				answers[q] = a
			}
		}
	}
	return answers, nil
}

func put(enforcer *casbin.Enforcer, q question) (a answer, said bool, err error) {
	ok, why, err := enforcer.EnforceEx("r:"+string(q.role), q.relation, q.class, q.action)
	if err != nil {
		return answer{}, false, fmt.Errorf("model.conf: %w", err)
	}
	if len(why) == 0 {
		return answer{}, false, nil
	}
	return answer{allowed: ok, line: text(append([]string{"p"}, why...))}, true, nil
}

// newCasbin accepts the one shape of model that the lint is written for.
func newCasbin(fsys fs.FS) (*casbin.Enforcer, error) {
	conf, err := fs.ReadFile(fsys, "model.conf")
	if err != nil {
		return nil, err
	}
	m, err := model.NewModelFromString(string(conf))
	if err != nil {
		return nil, fmt.Errorf("model.conf: %w", err)
	}
	if err := lintModel(m); err != nil {
		return nil, fmt.Errorf("model.conf: %w", err)
	}
	return casbin.NewEnforcer(m)
}

func lintModel(m model.Model) error {
	for section, want := range map[string]string{"r": "r_role r_relation r_class r_action", "p": "p_role p_relation p_class p_action p_eft"} {
		definitions := m[section]
		if len(definitions) != 1 || definitions[section] == nil || strings.Join(definitions[section].Tokens, " ") != want {
			return fmt.Errorf("section %s must define %s", section, want)
		}
	}
	// Without allow, deny-override allows whatever nobody spoke of (T10).
	if len(m["e"]) != 1 || m["e"]["e"].Value != constant.AllowAndDenyEffect {
		return errors.New("the effect must be allow-and-no-deny")
	}
	if len(m["m"]) != 1 || m["m"]["m"] == nil {
		return errors.New("there must be one matcher")
	}
	// Inherited roles would let a user who is named like a role have its rights.
	if len(m["g"]) != 0 {
		return errors.New("roles are not inherited")
	}
	return nil
}

// lintAnswers holds what Casbin answered against the lines: each line decides
// what it speaks of, unless a deny outweighs it, and the list of somebody's
// entries must be able to say what the decisions say.
func lintAnswers(lines [][]string, answers map[question]answer) error {
	denied := func(q question) bool { a, said := answers[q]; return said && !a.allowed }
	for _, l := range lines {
		for _, role := range all {
			if l[1] != "r:*" && l[1] != "r:"+string(role) {
				continue
			}
			q := question{role, l[2], l[3], l[4]}
			if a, said := answers[q]; !said || l[5] == "deny" && a.allowed {
				return fmt.Errorf("%s: has no effect under this model", text(l))
			}
		}
	}
	for q, a := range answers {
		entry := strings.HasPrefix(q.class, "entry")
		switch {
		case a.allowed && !slices.ContainsFunc(lines, func(l []string) bool {
			return l[5] == "allow" && l[2] == q.relation && l[3] == q.class && l[4] == q.action && (l[1] == "r:*" || l[1] == "r:"+string(q.role))
		}):
			return fmt.Errorf("model.conf: allows %s %s %s %s, which no line does", q.role, q.relation, q.action, q.class)
		case entry && q.relation == "granted" && q.action != "read" && a.allowed:
			return fmt.Errorf("%s: a grant is for reading only", a.line)
		case !entry || q.action != "read":
		case denied(q):
			return fmt.Errorf("%s: reading is allowed or not spoken of; a list cannot say the exception", a.line)
		case slices.Contains([]string{"filler", "step", "deputy", "higher"}, q.relation):
			return fmt.Errorf("%s: reading cannot hang on the step at hand", a.line)
		case (strings.HasPrefix(q.class, "entry_l3") || strings.HasPrefix(q.class, "entry_part/")) && !answers[question{q.role, q.relation, "entry", "read"}].allowed:
			return fmt.Errorf("%s: who reads L3, or a part of it, must be allowed to read entry as well", a.line)
		case q.relation == "author" && q.class != "entry":
			return fmt.Errorf("%s: what an author reads is said of entry, for every level", a.line)
		case q.class == "entry_sealed" && !slices.Contains([]string{"department", "same_prison", "prison", "bureau"}, q.relation):
			return fmt.Errorf("%s: a sealed entry is read by a department or a whole prison", a.line)
		}
	}
	for _, role := range all {
		if !answers[question{role, "author", "entry", "read"}].allowed {
			return fmt.Errorf("%s must be allowed to read what they wrote: the database lets every author", role)
		}
		for _, action := range []string{"approve", "return", "transfer", "add_signer"} {
			if !denied(question{role, "author", "entry", action}) {
				return fmt.Errorf("%s must be denied to %s what they wrote", role, action)
			}
		}
	}
	return nil
}

// maxLines bounds policy.csv, written out: what needs more is an attribute, not a rule.
const maxLines = 400

// spelt writes each line of several roles or actions out, one role and one action a line.
func spelt(lines [][]string) [][]string {
	// An empty column stays one, for the lint to refuse: the line must not vanish.
	words := func(column string) []string {
		if list := strings.Fields(column); len(list) > 0 {
			return list
		}
		return []string{column}
	}
	var out [][]string
	for _, l := range lines {
		for _, role := range words(l[1]) {
			for _, action := range words(l[4]) {
				out = append(out, []string{l[0], role, l[2], l[3], action, l[5]})
			}
		}
	}
	return out
}

// lint refuses what Casbin would silently take for something else.
func lint(lines [][]string, ledgers []string) error {
	if len(lines) == 0 || len(lines) > maxLines {
		return fmt.Errorf("policy.csv: %d lines; 1 to %d are taken", len(lines), maxLines)
	}
	seen := map[string]bool{}
	for _, l := range lines {
		key := strings.Join(l[:5], ",")
		role, prefixed := strings.CutPrefix(l[1], "r:")
		switch {
		case l[0] != "p":
			return fmt.Errorf("%s: not a policy line", text(l))
		case !prefixed || role != "*" && !slices.Contains(all, actor.Role(role)):
			return fmt.Errorf("%s: unknown role", text(l))
		case !slices.ContainsFunc(relations, func(n relation) bool { return n.name == l[2] }):
			return fmt.Errorf("%s: unknown relation", text(l))
		case !known(l[3], ledgers):
			return fmt.Errorf("%s: unknown class", text(l))
		case actions[l[4]].ZH == "":
			return fmt.Errorf("%s: unknown action", text(l))
		case l[5] != "allow" && l[5] != "deny":
			return fmt.Errorf("%s: the effect is allow or deny", text(l))
		case seen[key]:
			return fmt.Errorf("%s: twice", text(l))
		}
		seen[key] = true
	}
	return nil
}
