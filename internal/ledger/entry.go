// Package ledger holds entries, their revisions, evidence and decisions, and
// the use cases that change them.
package ledger

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
)

// Key names one entry; the prison comes first, as in every key.
type Key struct {
	Prison uuid.UUID `json:"prison"`
	Entry  uuid.UUID `json:"id"`
}

// Entry is the head of an entry: what lists show.
type Entry struct {
	Key
	Area       uuid.UUID       `json:"area"`
	Ledger     string          `json:"ledger"`
	Version    int             `json:"version"`
	Level      string          `json:"level"`
	Sealed     bool            `json:"sealed"`
	Author     uuid.UUID       `json:"author"`
	AuthorName string          `json:"author_name"`
	State      State           `json:"state"`
	ETag       int64           `json:"etag"`
	Revision   int             `json:"revision"` // latest submitted, 0 while never submitted
	InForce    int             `json:"in_force"` // approved and in force, 0 while none
	Step       int             `json:"step"`     // index into the chain of the current revision
	StepRoles  []actor.Role    `json:"step_roles,omitempty"`
	StepUnit   string          `json:"step_unit,omitempty"`
	Nil        bool            `json:"nil_return"`
	Counts     bool            `json:"-"`
	Warnings   int             `json:"warnings"`
	OccurredAt *time.Time      `json:"occurred_at,omitempty"`
	Day        string          `json:"day,omitempty"` // YYYY-MM-DD of OccurredAt, +08:00
	OpenedBy   *uuid.UUID      `json:"opened_by,omitempty"`
	Summary    json.RawMessage `json:"summary"`
	Digest     *Digest         `json:"digest,omitempty"` // of the latest revision: what a decision binds to
	CreatedAt  time.Time       `json:"created_at"`
	ChangedAt  time.Time       `json:"changed_at"`
	Submitted  *time.Time      `json:"submitted_at,omitempty"` // first submission, server clock
	Resubmit   *time.Time      `json:"resubmitted_at,omitempty"`
	DecidedAt  *time.Time      `json:"decided_at,omitempty"`
}

// Step of a chain as it was fixed when the revision was submitted.
type Step struct {
	ID    string       `json:"id"`
	Title fault.Text   `json:"title"`
	Roles []actor.Role `json:"roles"`
	Unit  string       `json:"unit"` // "area" or "owner"
}

// DraftBody is the mutable body of an entry, kept exactly as typed.
type DraftBody struct {
	Body      json.RawMessage `json:"body"`
	Remarks   []Remark        `json:"remarks"` // of the return that led here
	Pins      []Pin           `json:"pins"`
	ChangedAt time.Time       `json:"changed_at"`
}

// Remark of a decider on one field; an empty pointer speaks of the whole.
type Remark struct {
	Pointer string `json:"pointer"`
	Text    string `json:"text"`
}

// Revision is what was submitted. It never changes.
type Revision struct {
	Number     int             `json:"revision"`
	Author     uuid.UUID       `json:"author"`
	AuthorName string          `json:"author_name"`
	Ledger     string          `json:"ledger"`
	Version    int             `json:"version"`
	Document   json.RawMessage `json:"document"` // canonical bytes
	Salt       []byte          `json:"-"`
	Digest     Digest          `json:"digest"` // what a decision binds to
	Nil        bool            `json:"nil_return"`
	Reason     string          `json:"reason"`
	Chain      []Step          `json:"chain"`
	Warnings   []fault.Field   `json:"warnings"`
	Pins       []Pin           `json:"pins"` // where shared fields were taken from
	OccurredAt time.Time       `json:"occurred_at"`
	RecordedAt time.Time       `json:"recorded_at"`
}

// Decision on one step of one revision. It never changes.
type Decision struct {
	ID         uuid.UUID  `json:"id"`
	Revision   int        `json:"revision"`
	Step       int        `json:"step"`
	Verdict    string     `json:"verdict"` // approve, return, void
	Author     uuid.UUID  `json:"-"`
	By         uuid.UUID  `json:"decided_by"`
	ByName     string     `json:"decided_by_name"`
	Role       actor.Role `json:"role"`
	Of         Digest     `json:"of_digest"`
	Comment    string     `json:"comment"`
	Remarks    []Remark   `json:"remarks"`
	Salt       []byte     `json:"-"`
	RecordedAt time.Time  `json:"recorded_at"`
}

// Event of the time line.
type Event struct {
	Kind       string          `json:"kind"`
	Revision   int             `json:"revision"`
	Person     uuid.UUID       `json:"person"`
	PersonName string          `json:"person_name"`
	Detail     json.RawMessage `json:"detail"`
	RecordedAt time.Time       `json:"recorded_at"`
}

// Receipt says where in the prison's log a change stands: acknowledged means
// sequenced.
type Receipt struct {
	Index      int64     `json:"index"`
	Leaf       Digest    `json:"leaf"`
	Size       int64     `json:"size"`
	RecordedAt time.Time `json:"recorded_at"`
}

// Outcome of a change. It is stored with the idempotency key, so a repeated
// request gets the same one.
type Outcome struct {
	Entry    Entry         `json:"entry"`
	Receipt  *Receipt      `json:"receipt,omitempty"` // of a revision or decision; absent for other changes
	Warnings []fault.Field `json:"warnings,omitempty"`
	Received *Received     `json:"received,omitempty"` // of a saved draft, and of what was written without the network
}
