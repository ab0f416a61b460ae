package scoring

import (
	"io/fs"
	"path"

	"taizhang/internal/fault"
)

// Set is the three linked artefacts of one version, as they are kept.
type Set struct {
	Standard []byte // what is asked: the standard (标准)
	Rules    []byte // how points are deducted: the detailed rules (考核细则)
	Guide    []byte // how an inspector checks: the guide (验收指引)
}

// ReadSet reads the three files of a folder.
func ReadSet(fsys fs.FS, dir string) (Set, error) {
	var set Set
	for name, into := range map[string]*[]byte{"standard.json": &set.Standard, "rules.json": &set.Rules, "guide.json": &set.Guide} {
		raw, err := fs.ReadFile(fsys, path.Join(dir, name))
		if err != nil {
			return Set{}, err
		}
		*into = raw
	}
	return set, nil
}

// Rules is rules.json.
type Rules struct {
	Standard   string  `json:"standard"`
	Version    int     `json:"version"`
	Indicators []Ruled `json:"indicators"`
}

// Ruled is how one indicator loses points.
type Ruled struct {
	Code  string             `json:"code"`
	Parts map[string]Decimal `json:"parts,omitempty"`
	Lines []Line             `json:"lines"`
}

// Guide is guide.json.
type Guide struct {
	Standard string      `json:"standard"`
	Version  int         `json:"version"`
	Lines    []GuideLine `json:"lines"`
}

// GuideLine tells how one line is checked.
type GuideLine struct {
	ID       string       `json:"id"`
	Where    fault.Text   `json:"where"`
	Steps    []fault.Text `json:"steps"`
	Sample   *Sample      `json:"sample,omitempty"`
	Evidence fault.Text   `json:"evidence"` // what a finding must bring
	Anchors  []Anchor     `json:"anchors,omitempty"`
}

// Anchor is an example of how grave and how wide a finding of the line is, so that two
// inspectors judge alike.
type Anchor struct {
	Severity string     `json:"severity"`
	Scope    string     `json:"scope"`
	Example  fault.Text `json:"example"`
}

// Severities and Scopes are what a finding is placed by, the least first.
var (
	Severities = []string{"low", "moderate", "high"}
	Scopes     = []string{"limited", "pattern", "widespread"}
)

// Sample is how many of what are drawn.
type Sample struct {
	N  int        `json:"n"`
	Of fault.Text `json:"of"`
}

// ReadGuide reads guide.json: the fault bad_standard where it cannot.
func ReadGuide(raw []byte) (*Guide, error) {
	g := &Guide{}
	if err := strict(raw, g); err != nil {
		return nil, unread("/guide", err)
	}
	return g, nil
}

// ReadHead reads what a standard says of itself, without judging the rest.
func ReadHead(set Set) (*Standard, error) {
	s := &Standard{}
	if err := strict(set.Standard, s); err != nil {
		return nil, unread("", err)
	}
	return s, nil
}
