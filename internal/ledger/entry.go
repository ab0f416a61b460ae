// Package ledger holds entries, their revisions, evidence and decisions, and
// the use cases that change them.
package ledger

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
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
	Area       uuid.UUID    `json:"area"`
	Ledger     string       `json:"ledger"`
	Version    int          `json:"version"`
	Level      string       `json:"level"`
	Sealed     bool         `json:"sealed"`
	Author     uuid.UUID    `json:"author"`
	AuthorName string       `json:"author_name"`
	State      State        `json:"state"`
	ETag       int64        `json:"etag"`
	Revision   int          `json:"revision"` // latest submitted, 0 while never submitted
	InForce    int          `json:"in_force"` // approved and in force, 0 while none
	Step       int          `json:"step"`     // index into the chain of the current revision
	StepRoles  []actor.Role `json:"step_roles,omitempty"`
	StepUnit   string       `json:"step_unit,omitempty"`
	StepAt
	VoidAt
	Nil        bool            `json:"nil_return"`
	Counts     bool            `json:"-"`
	Warnings   int             `json:"warnings"`
	Hints      int             `json:"hints"` // what struck the program; they block nothing
	OccurredAt *time.Time      `json:"occurred_at,omitempty"`
	Day        string          `json:"day,omitempty"` // YYYY-MM-DD of OccurredAt, +08:00
	OpenedBy   *uuid.UUID      `json:"opened_by,omitempty"`
	Summary    json.RawMessage `json:"summary"`
	Digest     *Digest         `json:"digest,omitempty"` // of the latest revision: what a decision binds to
	Masked     *Digest         `json:"-"`                // what stands for it before whoever does not read the whole
	CreatedAt  time.Time       `json:"created_at"`
	ChangedAt  time.Time       `json:"changed_at"`
	Submitted  *time.Time      `json:"submitted_at,omitempty"` // first submission, server clock
	Resubmit   *time.Time      `json:"resubmitted_at,omitempty"`
	DecidedAt  *time.Time      `json:"decided_at,omitempty"`
}

// StepAt is how the step at hand stands, beside its roles and unit.
type StepAt struct {
	StepMode  string      `json:"step_mode,omitempty"` // all, vote; "" is any
	StepBound bool        `json:"-"`                   // only those in StepSeats decide
	StepSeats []uuid.UUID `json:"-"`                   // who has to decide now by name
	StepOut   []uuid.UUID `json:"-"`                   // who decided this step or passed it on
	// Waiting and Heard are the names of those two.
	Waiting    []string     `json:"waiting,omitempty"`
	Heard      []string     `json:"heard,omitempty"`
	StepVacant []actor.Role `json:"step_vacant,omitempty"` // posts nobody holds; StepRoles stand in
	StepDue    *time.Time   `json:"step_due,omitempty"`
	StepHigher []actor.Role `json:"step_higher,omitempty"` // may decide too, once it is due
	HigherUnit string       `json:"-"`
	// When the time for the step began to run and when it was to be over, before
	// outages moved StepDue; nil: nothing moves it.
	StepReached *time.Time `json:"-"`
	StepPlanned *time.Time `json:"-"`
}

// Step of a chain as it was fixed when the revision was submitted. What is
// left out is left out of the revision's leaf too.
type Step struct {
	ID       string            `json:"id"`
	Title    fault.Text        `json:"title"`
	Roles    []actor.Role      `json:"roles"`
	Unit     string            `json:"unit"`           // area, owner, prison
	Mode     string            `json:"mode,omitempty"` // all, vote; "" is any
	Quorum   *catalog.Fraction `json:"quorum,omitempty"`
	Majority *catalog.Fraction `json:"majority,omitempty"`
	Deputy   []actor.Role      `json:"deputy,omitempty"`
	Within   int               `json:"within_workdays,omitempty"`
	Escalate *catalog.Post     `json:"escalate,omitempty"`
}

// DraftBody is the mutable body of an entry, kept exactly as typed.
type DraftBody struct {
	Body json.RawMessage `json:"body"`
	// Arrived is what was typed, where Body is that with what the sources say of
	// another day; nil where Body is as it arrived.
	Arrived   json.RawMessage `json:"-"`
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
	Document   json.RawMessage `json:"document"`         // canonical bytes
	Hidden     []string        `json:"hidden,omitempty"` // pointers of what the reader may not read and Document lacks
	Salt       []byte          `json:"-"`
	Digest     Digest          `json:"digest"` // what a decision binds to
	Nil        bool            `json:"nil_return"`
	Reason     string          `json:"reason"`
	Chain      []Step          `json:"chain"`
	Warnings   []fault.Field   `json:"warnings"`
	Hints      []fault.Field   `json:"hints"`
	Pins       []Pin           `json:"pins"` // where shared fields were taken from
	OccurredAt time.Time       `json:"occurred_at"`
	RecordedAt time.Time       `json:"recorded_at"`
}

// Masked stands for the digest before whoever does not read the whole: from the digest
// itself what is hidden could be guessed and the guess be tried. A decision may bind to it.
func (r Revision) Masked() Digest {
	return sha256.Sum256(append(slices.Clone(r.Salt), r.Digest[:]...))
}

// sealedAs is the entry with that latest revision.
func (e *Entry) sealedAs(r Revision) {
	masked := r.Masked()
	e.Digest, e.Masked = &r.Digest, &masked
}

// shownAs reports whether a digest is the revision's, or stands for it.
func (r Revision) shownAs(d Digest) bool { return d == r.Digest || d == r.Masked() }

// Decision on one step of one revision. It never changes.
type Decision struct {
	ID         uuid.UUID  `json:"id"`
	Revision   int        `json:"revision"`
	Step       int        `json:"step"`
	Verdict    string     `json:"verdict"` // approve, return; of a void: void, keep
	Author     uuid.UUID  `json:"-"`
	By         uuid.UUID  `json:"decided_by"`
	ByName     string     `json:"decided_by_name"`
	Role       actor.Role `json:"role"`
	Capacity   string     `json:"capacity"` // "", deputy (代), higher (after the deadline)
	For        *uuid.UUID `json:"for,omitempty"`
	ForName    string     `json:"for_name,omitempty"`
	Delegation *uuid.UUID `json:"delegation,omitempty"`
	Void       *uuid.UUID `json:"void,omitempty"` // that was asked for
	AskedBy    *uuid.UUID `json:"-"`
	Of         Digest     `json:"of_digest"`
	Comment    string     `json:"comment"`
	Remarks    []Remark   `json:"remarks"`
	Salt       []byte     `json:"-"`
	RecordedAt time.Time  `json:"recorded_at"`
}

// Seat is whose decision it is: a deputy decides in another's name.
func (d Decision) Seat() uuid.UUID {
	if d.For != nil {
		return *d.For
	}
	return d.By
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
	Receipt  *Receipt      `json:"receipt,omitempty"`  // of a revision or decision; absent for other changes
	Warnings []fault.Field `json:"warnings,omitempty"` // of what was filed, and where it stands otherwise than typed (shared_stands)
	Received *Received     `json:"received,omitempty"` // of a saved draft, and of what was written without the network
	Retaken  bool          `json:"retaken,omitempty"`  // the draft's pins are not those before, or stand over what was sent
}
