package inspection

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/ledger"
)

// Rectification (整改) is what a deduction asks to be put right.
type Rectification struct {
	ID         uuid.UUID    `json:"id"`
	Area       uuid.UUID    `json:"area,omitzero"`
	Check      uuid.UUID    `json:"check"`
	Kind       string       `json:"kind"` // of the check
	Finding    uuid.UUID    `json:"finding"`
	Line       string       `json:"line"`
	Note       string       `json:"note"` // what was found
	DueOn      string       `json:"due_on"`
	Overdue    bool         `json:"overdue"`
	State      string       `json:"state"` // open, done, verified, annulled
	Seq        int          `json:"seq"`
	Owner      *uuid.UUID   `json:"owner,omitempty"`
	OwnerName  string       `json:"owner_name,omitempty"`
	RecordedAt time.Time    `json:"recorded_at"`
	Acts       []Rectifying `json:"acts"`
	Actions    []string     `json:"actions"`
	Salt       []byte       `json:"-"`
}

// Rectifying is an act on an item. It never changes.
type Rectifying struct {
	Seq        int        `json:"seq"`
	Kind       string     `json:"kind"` // assigned, done, verified, reopened, annulled
	Owner      *uuid.UUID `json:"owner,omitempty"`
	Cause      string     `json:"cause,omitempty"`
	Action     string     `json:"action,omitempty"` // what is to be done, was done, was seen
	Entry      *uuid.UUID `json:"entry,omitempty"`
	By         uuid.UUID  `json:"by"`
	ByName     string     `json:"by_name"`
	RecordedAt time.Time  `json:"recorded_at"`
	Salt       []byte     `json:"-"`
}

// Record commits to what is to be put right.
func (r Rectification) Record() (ledger.Record, error) {
	return ledger.NewRecord("rectification", r.ID.String(), r.Salt, map[string]any{
		"item": r.ID, "area": r.Area, "check": r.Check, "finding": r.Finding, "line": r.Line, "due_on": r.DueOn,
	})
}

// Record commits to the act.
func (a Rectifying) Record(item uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("rectification_act", fmt.Sprintf("%s/%d", item, a.Seq), a.Salt, map[string]any{
		"item": item, "seq": a.Seq, "kind": a.Kind, "owner": a.Owner, "cause": a.Cause, "action": a.Action, "entry": a.Entry, "by": a.By,
	})
}
