// Package catalog holds ledger types: what a document of each may look like,
// who fills and decides it, when it is due, and what it counts for.
package catalog

import (
	"encoding/json"
	"time"

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
	// DeadlineWorkdays come before DeadlineHours: working days after the period's end.
	DeadlineWorkdays int `json:"deadline_workdays,omitempty"`
	// LockDays after its deadline a period can be filled only by exception (解锁);
	// 0: as many as the deployment's settings say.
	LockDays int `json:"lock_days,omitempty"`
}

// Due is the deadline of a period that ends at a time: so many working days on,
// by the hour at which it ended, and so many hours.
func (c Cadence) Due(ends time.Time, cal *Calendar) time.Time {
	if c.DeadlineWorkdays > 0 {
		// A day ends with its last minute, not with the first of the next.
		ends = cal.AddWorkdays(ends.Add(-time.Minute), c.DeadlineWorkdays).Add(time.Minute)
	}
	return ends.Add(time.Duration(c.DeadlineHours) * time.Hour)
}

// ChainStep is one step of the approval chain.
type ChainStep struct {
	ID    string       `json:"id"`
	Title fault.Text   `json:"title"`
	Roles []actor.Role `json:"roles"`
	Unit  string       `json:"unit"` // area | owner | prison
	Mode  string       `json:"mode"` // any 或签 | all 会签 | vote 票决
	When  string       `json:"when"`
	// Of a vote: at least Quorum of the seats have voted, and the votes for are
	// more than Majority of those cast.
	Quorum   *Fraction `json:"quorum,omitempty"`
	Majority *Fraction `json:"majority,omitempty"`
	// Deputy roles of the same unit step in while nobody holds the post.
	Deputy []actor.Role `json:"deputy,omitempty"`
	// WithinWorkdays is the deadline of the decision, 0 for none; after it
	// Escalate, a higher post, may decide too.
	WithinWorkdays int   `json:"within_workdays,omitempty"`
	Escalate       *Post `json:"escalate,omitempty"`
}

// Post is roles at a unit: area | owner | prison.
type Post struct {
	Roles []actor.Role `json:"roles"`
	Unit  string       `json:"unit"`
}

// Fraction is exact: numerator and denominator.
type Fraction [2]int

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

// Until when what begins at a time is kept. A store locks nothing for ever.
func (r Retention) Until(from time.Time) time.Time {
	if r.Permanent {
		return from.AddDate(100, 0, 0)
	}
	return from.AddDate(r.Years, 0, 0)
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

// Measure counts for scoring.
type Measure struct {
	ID    string     `json:"id"`
	Title fault.Text `json:"title"`
	When  string     `json:"when"`
	Value string     `json:"value"`
}

// Trigger makes somebody do something elsewhere when this entry is approved: a
// draft of its own author, or a task for others.
type Trigger struct {
	ID    string     `json:"id"`
	When  string     `json:"when"`
	Opens string     `json:"opens"` // ledger to be filled; "" is a notice to be taken note of
	Title fault.Text `json:"title"`
	// Fill says by CEL over this document what the opened one begins with, by
	// field; "@entry" is this entry's id.
	Fill map[string]string `json:"fill,omitempty"`
	// To names who does it; absent, the author goes on with a draft.
	To *Addressee `json:"to,omitempty"`
	// DueHours from the approval; Due "next_month" is the end of the next month.
	DueHours int    `json:"due_hours,omitempty"`
	Due      string `json:"due,omitempty"`
	// Disputes points to an entry that is doubted: the task is on that entry.
	Disputes string `json:"disputes,omitempty"`
}

// Addressee of a task: roles of the area, or of one department.
type Addressee struct {
	Roles      []actor.Role `json:"roles"`
	Department string       `json:"department,omitempty"`
}

// DueAt is when a task opened at a time is due; zero for none.
func (tr Trigger) DueAt(now time.Time) time.Time {
	switch {
	case tr.Due == "next_month":
		y, m, _ := now.In(Zone).Date()
		return time.Date(y, m+2, 1, 0, 0, 0, 0, Zone)
	case tr.DueHours > 0:
		return now.Add(time.Duration(tr.DueHours) * time.Hour)
	}
	return time.Time{}
}

// Form is form.json: sections and their fields in the order of work.
type Form struct {
	Sections []struct {
		ID     string     `json:"id"`
		Title  fault.Text `json:"title"`
		Fields []string   `json:"fields"`
	} `json:"sections"`
}
