// Package catalog holds ledger types: what a document of each may look like,
// who fills and decides it, when it is due, and what it counts for.
package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
)

// Definition is ledger.json: what JSON Schema cannot say (docs/ledger-type.md).
type Definition struct {
	ID          string      `json:"id"`
	Version     int         `json:"version"`
	Title       fault.Text  `json:"title"`
	Owner       string      `json:"owner"`
	Filler      Filler      `json:"filler"`
	Areas       Areas       `json:"areas"`
	Cadence     Cadence     `json:"cadence"`
	OccurredAt  string      `json:"occurred"`
	SummaryOf   []string    `json:"summary"`
	Chain       []ChainStep `json:"chain"`
	Evidence    []Slot      `json:"evidence"`
	Retention   Retention   `json:"retention"`
	Sensitivity string      `json:"sensitivity"`
	Sealed      string      `json:"sealed"`
	// Offline lets L3 material lie on the filler's computer while the network is away.
	Offline     bool       `json:"offline,omitempty"`
	Enforcement bool       `json:"enforcement_evidence"`
	LawfulBasis fault.Text `json:"lawful_basis"`
	Computed    []Computed `json:"computed"`
	Rules       []Rule     `json:"rules"`
	Sources     []Source   `json:"sources"`
	Measures    []Measure  `json:"measures"`
	Triggers    []Trigger  `json:"triggers"`
}

// Filler is who fills an entry: a role of the area, or of one department.
type Filler struct {
	Roles []actor.Role `json:"roles"`
	Unit  string       `json:"unit"` // area | dept
	Dept  string       `json:"dept,omitempty"`
	Title fault.Text   `json:"title"`
}

// Areas says where the ledger is kept.
type Areas struct {
	Kinds     []string `json:"kinds"`
	Functions []string `json:"functions"` // empty: every function
	Labour    bool     `json:"labour"`    // only areas with labour
	Except    []string `json:"except"`
}

// Cadence makes duties.
type Cadence struct {
	Kind          string `json:"kind"` // per_shift daily weekly monthly quarterly event
	Expected      int    `json:"expected"`
	Per           string `json:"per"` // area | inmate | site
	Workdays      bool   `json:"workdays"`
	Nil           bool   `json:"nil"`
	DeadlineHours int    `json:"deadline_hours"`
	Counts        string `json:"counts"`
}

// ChainStep is one step of the approval chain.
type ChainStep struct {
	ID    string       `json:"id"`
	Title fault.Text   `json:"title"`
	Roles []actor.Role `json:"roles"`
	Unit  string       `json:"unit"` // area | owner | prison
	Mode  string       `json:"mode"` // any
	When  string       `json:"when"`
}

// Slot is one line of evidence that must be attached.
type Slot struct {
	ID    string     `json:"id"`
	Title fault.Text `json:"title"`
	Kinds []string   `json:"kinds"`
	Min   Amount     `json:"min"`
	Max   int        `json:"max"`
}

// Amount is a number or a CEL expression that yields one.
type Amount struct {
	Number int
	CEL    string
}

// UnmarshalJSON reads 2 or "doc.findings_count".
func (a *Amount) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &a.Number) == nil {
		return nil
	}
	return json.Unmarshal(b, &a.CEL)
}

// MarshalJSON writes what UnmarshalJSON reads.
func (a Amount) MarshalJSON() ([]byte, error) {
	if a.CEL != "" {
		return json.Marshal(a.CEL)
	}
	return json.Marshal(a.Number)
}

// Retention is how long an entry is kept; Permanent goes over Years.
type Retention struct {
	Years     int  `json:"years"`
	Permanent bool `json:"permanent,omitempty"`
}

// Computed fills a readOnly field.
type Computed struct {
	Field string `json:"field"`
	Expr  string `json:"expr"`
}

// Rule is what JSON Schema cannot check.
type Rule struct {
	ID      string     `json:"id"`
	At      string     `json:"at"`
	Expr    string     `json:"expr"`
	Level   string     `json:"level"` // error | warning
	Stage   string     `json:"stage"` // submit | approve
	Message fault.Text `json:"message"`
}

// Source is a field that was entered elsewhere (共).
type Source struct {
	Field  string `json:"field"`
	System string `json:"system,omitempty"`
	Ledger string `json:"ledger,omitempty"`
	Take   string `json:"take"`
	Pick   string `json:"pick,omitempty"`
	Where  string `json:"where,omitempty"`
}

// Measure counts for scoring.
type Measure struct {
	ID    string     `json:"id"`
	Title fault.Text `json:"title"`
	When  string     `json:"when"`
	Value string     `json:"value"`
}

// Trigger opens an entry elsewhere when this one is approved.
type Trigger struct {
	ID    string     `json:"id"`
	When  string     `json:"when"`
	Opens string     `json:"opens"`
	Title fault.Text `json:"title"`
}

// Form is form.json: sections and their fields in the order of work.
type Form struct {
	Sections []struct {
		ID     string     `json:"id"`
		Title  fault.Text `json:"title"`
		Fields []string   `json:"fields"`
	} `json:"sections"`
}

// strict refuses members that nobody reads: a misspelt one would be a rule
// that silently does not hold.
func strict(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	return nil
}
