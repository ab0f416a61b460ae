package ledger

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
)

// Idem is the identity of one write: the same key with the same route and body
// is the same write, whenever and however often it arrives.
type Idem struct {
	Key      string // 8 to 60 visible characters; "" for writes guarded by If-Match alone
	Route    string
	BodyHash [32]byte
}

// Session is what every transaction carries: who asks, in which prison, and
// the settings that row-level security reads.
type Session struct {
	Prison uuid.UUID
	Person uuid.UUID
	Scope  Scope
	Clock  time.Time // zero: the server's; else only obeyed in demonstration prisons
}

// Scope is what an actor may see, as the policy decided it: comma-separated
// items by the names the database's function app.sees takes them.
type Scope map[string]string

// Store keeps the entries.
type Store interface {
	// Write runs fn in one transaction, commits it through the one commit path
	// and keeps out under idem. A replay does not run fn but fills out from the
	// first answer, after a durable write of its own. out is a pointer.
	Write(ctx context.Context, s Session, idem Idem, out any, fn func(Tx) error) error
	// Read runs fn in one read-only transaction under the session's scope.
	Read(ctx context.Context, s Session, fn func(Reader) error) error
}

// Reader reads inside one transaction. What row-level security hides is the
// fault not_found.
type Reader interface {
	Area(ctx context.Context, prison, area uuid.UUID) (Area, error)
	Entry(ctx context.Context, k Key) (Entry, error)
	Entries(ctx context.Context, q Query) ([]Entry, error)
	// Count is the number of entries that all pages of the list hold together.
	Count(ctx context.Context, q Query) (int, error)
	Draft(ctx context.Context, k Key) (DraftBody, error)
	Revisions(ctx context.Context, k Key) ([]Revision, error)
	// Revision returns number n; 0 is the latest.
	Revision(ctx context.Context, k Key, n int) (Revision, error)
	Decisions(ctx context.Context, k Key) ([]Decision, error)
	// Signers of every step of every revision, in the order they came to be.
	Signers(ctx context.Context, k Key) ([]Signer, error)
	// Postponed is a deadline in the area as declared outages move it; began is
	// when its time began to run.
	Postponed(ctx context.Context, prison, area uuid.UUID, began, due time.Time) (time.Time, error)
	// Voids that were asked for, the first first.
	Voids(ctx context.Context, k Key) ([]VoidRequest, error)
	// Delegations of the prison that were not over long ago, the latest first.
	Delegations(ctx context.Context, prison uuid.UUID) ([]Delegation, error)
	// Notices of the person, the newest first.
	Notices(ctx context.Context, prison, person uuid.UUID) ([]Notice, error)
	// PersonByNumber finds somebody who is posted in the prison.
	PersonByNumber(ctx context.Context, prison uuid.UUID, number string) (Posted, error)
	// Posted lists who is posted in the prison, by number or name, each with every
	// posting.
	Posted(ctx context.Context, prison uuid.UUID, text string) ([]Posted, error)
	// Holders lists who holds the post now: in the area, in the department that
	// answers, or in the prison as a whole; each person once, with every posting.
	Holders(ctx context.Context, prison, area uuid.UUID, department string, post catalog.Post) ([]Posted, error)
	Events(ctx context.Context, k Key) ([]Event, error)
	// Evidence of revision n; 0 is what lies beside the draft.
	Evidence(ctx context.Context, k Key, n int) ([]Evidence, error)
	// Branches lists what was written beside the entry and is not resolved.
	Branches(ctx context.Context, k Key) ([]Branch, error)
	// AnchorKey is the secret that anchors are sealed with, and the time.
	AnchorKey(ctx context.Context) (secret []byte, now time.Time, err error)
	// Opened lists the entries that this one opened elsewhere.
	Opened(ctx context.Context, k Key) ([]Entry, error)
	// Others answers the look-ups of CEL rules: submitted or approved entries
	// of the ledger in the prison whose document contains all members, newest
	// occurrence first, the entry k itself left out.
	Others(ctx context.Context, k Key, ledger string, members map[string]any) ([]json.RawMessage, error)
	// Named gives the names of the police and inmates referred to, as far as the
	// asker may see them, by "police 0000001".
	Named(ctx context.Context, prison uuid.UUID, refs []catalog.Reference) (map[string]string, error)
	// Whereabouts tells which of the police and inmates there are, whoever asks.
	Whereabouts(ctx context.Context, prison uuid.UUID, refs []catalog.Reference) (Whereabouts, error)
	// PersonNumber is the police number of a person.
	PersonNumber(ctx context.Context, person uuid.UUID) (string, error)
	// Roll is the number of people held by the area on the day (YYYY-MM-DD).
	Roll(ctx context.Context, prison, area uuid.UUID, day string) (int, error)
	// PeriodAt is the period of a duty that a time falls into, without its first
	// moment and with its last; not_found when nothing is due then.
	PeriodAt(ctx context.Context, prison, area uuid.UUID, ledger string, at time.Time) (Period, error)
	// DutyDays are where the duties count that an entry may fill: those of its area in
	// whose periods it lies, and those owed of an inmate whom a revision of it names.
	DutyDays(ctx context.Context, e Entry) ([]DayTouched, error)
	// Filed lists documents in force of some days (see Service.Coincidences).
	Filed(ctx context.Context, prison uuid.UUID, from, to string, scope Scope, limit int,
		made func(ledger string, version int, area, day string, canonical json.RawMessage) (*catalog.Filed, error)) ([]catalog.Filed, error)
	// Spent sums up the efforts of submissions (see Service.Burden).
	Spent(ctx context.Context, prison, area uuid.UUID, from, to string, scope Scope) ([]Spent, error)
	// Costs are the medians of submissions since then, of the whole prison (see Service.Costs).
	Costs(ctx context.Context, prison uuid.UUID, since time.Time) (catalog.Costs, error)
	// Unlocked says whether an exception (解锁) holds now for a day between two,
	// whether or not who asks may see it.
	Unlocked(ctx context.Context, prison, area uuid.UUID, ledger, from, to string) (bool, error)
	// Tasks lists them, the most urgent first, whether or not who asks may do them.
	Tasks(ctx context.Context, prison uuid.UUID, q TaskQuery) ([]Task, error)
	// Moving lists who was admitted between two days, or is to be released before
	// one and is still held.
	Moving(ctx context.Context, prison uuid.UUID, from, to, before string) ([]Inmate, error)
	// OnDuty is whom the area's roster names for a shift, as far as the asker may
	// see it: what was set by hand, else what a connector delivered.
	OnDuty(ctx context.Context, prison, area uuid.UUID, day string, shift catalog.Shift) ([]catalog.OnDuty, error)
	// Held lists who is held by the area on the day.
	Held(ctx context.Context, prison, area uuid.UUID, day string) ([]Inmate, error)
	// Latest returns the area's newest standing document of the ledger that
	// happened until the day, one for each value of the member; "" for the one
	// newest of all.
	Latest(ctx context.Context, prison, area uuid.UUID, ledger, member, until string) ([]Latest, error)
	// Templates of the one who asks.
	Templates(ctx context.Context, prison uuid.UUID, ledger string) ([]Template, error)
	// Sourced returns what a source may be taken from, oldest first: submitted or
	// approved entries, of a corrected one the revision in force, of the sealed none.
	// It looks as the program does: only what is taken may be shown.
	Sourced(ctx context.Context, prison uuid.UUID, q Sourcing) ([]Sourced, error)
	// Stood says which revisions of entries stand, Documents what revisions say,
	// in the order asked for; both as the program sees them.
	Stood(ctx context.Context, prison uuid.UUID, entries []uuid.UUID) (map[uuid.UUID]Stood, error)
	Documents(ctx context.Context, prison uuid.UUID, list []Pinned) ([]Sourced, error)
	// InForce reads what is in force of the area's ledgers and days, nil returns left
	// out, with the files under it; Resting what of it took shared fields, with its pins.
	// Both look as the program does.
	InForce(ctx context.Context, prison, area uuid.UUID, ledgers []string, from, to string, each func(Standing) error) error
	Resting(ctx context.Context, prison, area uuid.UUID, ledgers []string, from, to string) ([]Standing, error)
	// Delivered is what a system (ext:…) with a connector says of an area, by day; none
	// while it has no connector, has said nothing yet, or cannot be relied on.
	// take is the member wanted; the delivery may lack it.
	Delivered(ctx context.Context, prison uuid.UUID, system string, area uuid.UUID, days []string, take string) (map[string]Delivery, error)
	// SourceRecords is what such a system says of inmates or assets, by number; likewise.
	SourceRecords(ctx context.Context, prison uuid.UUID, system string, numbers []string, take string) (map[string]Delivery, error)
}

// Tx changes inside one transaction. Lock comes before everything else; Append
// last, for it takes the head of the prison's log. Every record inserted into an
// append-only table becomes a leaf there.
type Tx interface {
	Reader
	// Now is the one time of the transaction.
	Now() time.Time
	// Earlier is what the author wrote in the field before, in other entries of
	// the ledger, the latest first.
	Earlier(ctx context.Context, k Key, author uuid.UUID, ledger, field string) ([]Earlier, error)
	// FiledSince lists the days of occurrence of the author's other entries that
	// were submitted since, of the latest HintsFrom.
	FiledSince(ctx context.Context, k Key, author uuid.UUID, since time.Time) ([]string, error)
	// Numbers are the values of the fields in the area's other entries that
	// occurred between two times, of the latest HintsFrom.
	Numbers(ctx context.Context, k Key, area uuid.UUID, ledger string, fields []string, from, to time.Time) (map[string][]float64, error)
	// HoldCatalogue keeps every change of the catalogue out until commit. It comes
	// before every other lock.
	HoldCatalogue(ctx context.Context) error
	// VersionInForce is the newest version of a ledger that the database holds, 0 of
	// one that has ended; it stays so until commit under HoldCatalogue.
	VersionInForce(ctx context.Context, ledger string) (int, error)
	// Lock takes the entry's row until commit and returns it as it then is.
	Lock(ctx context.Context, k Key) (Entry, error)
	// InsertEntry is under HoldCatalogue, of the version in force, but for what is only
	// supposed and rolled back.
	InsertEntry(ctx context.Context, e Entry) error
	// Owed is something due of the area in the period that nobody has filed, as the
	// transaction has changed entries; not_found when all of it is.
	Owed(ctx context.Context, prison, area uuid.UUID, ledger string, p Period) (Owed, error)
	// LockLedger keeps other submissions of the ledger in the prison out until
	// commit, for types whose rules look at other entries.
	LockLedger(ctx context.Context, prison uuid.UUID, ledger string) error
	// UpdateEntry writes the head and raises its etag by one.
	UpdateEntry(ctx context.Context, e *Entry) error
	// SaveSearchText keeps what the entry is found by; DropSearchText forgets it.
	SaveSearchText(ctx context.Context, k Key, text SearchText) error
	DropSearchText(ctx context.Context, k Key) error
	SaveDraft(ctx context.Context, k Key, body json.RawMessage, remarks []Remark) error
	// SaveArrived keeps what the saved body was made of, until the next is saved.
	SaveArrived(ctx context.Context, k Key, typed json.RawMessage) error
	// SavePins keeps where the draft's shared fields were taken from.
	SavePins(ctx context.Context, k Key, pins []Pin) error
	DropDraft(ctx context.Context, k Key) error
	InsertRevision(ctx context.Context, k Key, r Revision) error
	InsertDecision(ctx context.Context, k Key, d Decision) error
	// DelegationInForce asks the row, at the time of the transaction.
	DelegationInForce(ctx context.Context, prison, delegation uuid.UUID) (bool, error)
	InsertDelegation(ctx context.Context, d Delegation) error
	EndDelegation(ctx context.Context, prison uuid.UUID, e DelegationEnd) error
	// Notify writes a notice, unless the same was written before.
	Notify(ctx context.Context, n Notice) error
	ReadNotices(ctx context.Context, prison, person uuid.UUID) error
	InsertSigner(ctx context.Context, k Key, s Signer) error
	InsertVoid(ctx context.Context, k Key, v VoidRequest) error
	InsertBranch(ctx context.Context, k Key, b Branch) error
	// ResolveBranch ends an open one; another is the fault not_found.
	ResolveBranch(ctx context.Context, k Key, branch uuid.UUID, resolution string) error
	InsertEvent(ctx context.Context, k Key, kind string, revision int, detail map[string]any) error

	// InsertTask says whether it was new: one of the same trigger and source is not.
	InsertTask(ctx context.Context, prison uuid.UUID, t Task) (bool, error)
	// LockTask takes the task's row until commit.
	LockTask(ctx context.Context, prison, id uuid.UUID) error
	InsertTaskAct(ctx context.Context, prison uuid.UUID, a TaskAct) error
	InsertTaskEntry(ctx context.Context, prison uuid.UUID, e TaskEntry) error
	// ClaimRow notes under all its names that a row of a file became the entry;
	// the fault row_written when it is one that still stands. Without names
	// nothing is noted.
	ClaimRow(ctx context.Context, prison uuid.UUID, names []Digest, entry uuid.UUID) error

	// TouchObject makes or touches the row that guards a key of the store and
	// names the version its bytes are in.
	TouchObject(ctx context.Context, prison uuid.UUID, sum Digest, version string, size int64) error
	// LockKey keeps others from bringing or sweeping the same bytes until
	// commit, and returns the row that guards them; the zero row if there is none.
	LockKey(ctx context.Context, prison uuid.UUID, sum Digest) (ObjectRow, error)
	DropObject(ctx context.Context, prison uuid.UUID, sum Digest) error
	// RetainObject notes until when an object is under lock.
	RetainObject(ctx context.Context, prison uuid.UUID, sum Digest, until time.Time) error
	// HoldObjects locks the rows FOR SHARE, in order, so that no sweeper takes
	// the bytes away; a missing row is the fault evidence_gone. It returns the
	// versions by hash.
	HoldObjects(ctx context.Context, prison uuid.UUID, sums []Digest) (map[Digest]string, error)
	InsertEvidence(ctx context.Context, k Key, e Evidence) error
	InsertAttachment(ctx context.Context, k Key, e Evidence) error
	DeleteAttachment(ctx context.Context, k Key, id uuid.UUID) error
	CopyAttachments(ctx context.Context, k Key, revision int) error

	// InsertTemplate takes the place of one of the same name.
	InsertTemplate(ctx context.Context, prison uuid.UUID, m Template) (Template, error)
	DropTemplate(ctx context.Context, prison, id uuid.UUID) error

	InsertUpload(ctx context.Context, u Upload) error
	// LockUpload takes the upload's row until commit.
	LockUpload(ctx context.Context, prison, id uuid.UUID) (Upload, error)
	UpdateUpload(ctx context.Context, u Upload) error
	// DropUploads forgets those that nobody went on with since before.
	DropUploads(ctx context.Context, prison uuid.UUID, before time.Time) (int, error)
	// DropClaims forgets keys that were claimed before, and whose bytes never came.
	DropClaims(ctx context.Context, prison uuid.UUID, before time.Time) error

	InsertCustody(ctx context.Context, prison uuid.UUID, row CustodyRow) error
	// Append takes the head of the prison's log and gives every record that
	// this transaction inserted its place, in the order of insertion. It comes
	// last; the receipt is that of the first.
	Append(ctx context.Context, prison uuid.UUID) (Receipt, error)
	// Announce tells receivers outside of a change, with the change or not at all.
	Announce(ctx context.Context, a Announcement) error
	// Enqueue queues a job in this transaction.
	Enqueue(ctx context.Context, job Job) error
}

// Job is what a change causes; Kind names the worker. (It fits river.JobArgs.)
type Job interface{ Kind() string }

// DayTouched asks for the facts of one ledger of one area on one day anew.
type DayTouched struct {
	Prison uuid.UUID `json:"prison"`
	Area   uuid.UUID `json:"area"`
	Ledger string    `json:"ledger"`
	Day    string    `json:"day"`
}

// Kind names the worker.
func (DayTouched) Kind() string { return "day_touched" }

// EvidenceFiled asks that the objects of a revision be put under lock.
type EvidenceFiled struct {
	Prison   uuid.UUID `json:"prison"`
	Entry    uuid.UUID `json:"entry"`
	Revision int       `json:"revision"`
}

// Kind names the worker.
func (EvidenceFiled) Kind() string { return "evidence_filed" }

// EntryApproved asks that what a revision's triggers open elsewhere be opened.
type EntryApproved struct {
	Prison   uuid.UUID `json:"prison"`
	Entry    uuid.UUID `json:"entry"`
	Revision int       `json:"revision"`
}

// Kind names the worker.
func (EntryApproved) Kind() string { return "entry_approved" }

// FormFiled asks that the form of a revision be made and kept: as it was filed,
// or as it was taken out of force.
type FormFiled struct {
	Prison   uuid.UUID `json:"prison"`
	Entry    uuid.UUID `json:"entry"`
	Revision int       `json:"revision"`
	Voided   bool      `json:"voided"`
}

// Kind names the worker.
func (FormFiled) Kind() string { return "form_filed" }

// Area is a prison area as the use cases need it.
type Area struct {
	Prison    uuid.UUID `json:"prison"`
	ID        uuid.UUID `json:"id"`
	Code      string    `json:"code"`
	NameZH    string    `json:"name_zh"`
	NameEN    string    `json:"name_en"`
	Kind      string    `json:"kind"` // ordinary, functional
	Function  string    `json:"function"`
	HasLabour bool      `json:"has_labour"`
	OpenedOn  string    `json:"opened_on,omitempty"` // the first day on which it counts; "": from before the register
	ClosedOn  string    `json:"closed_on,omitempty"` // the first day on which it counts no more; "": none
	SubArea   bool      `json:"sub_area"`            // 分监区
	Version   int       `json:"version"`             // how often that was changed
}

// Counts says whether the area is one of its prison's on the day: from opening
// up to, not including, the day of closing.
func (a Area) Counts(day string) bool {
	return (a.OpenedOn == "" || a.OpenedOn <= day) && (a.ClosedOn == "" || day < a.ClosedOn)
}

// Closed for good on the day, as far as anybody knows; one that opens later is not.
func (a Area) Closed(day string) bool { return a.ClosedOn != "" && a.ClosedOn <= day }

// Files keeps bytes by hash (package objectstore).
type Files interface {
	PutStaging(ctx context.Context, key string, r io.Reader, size int64) error
	OpenStaging(ctx context.Context, key string) (io.ReadCloser, error)
	RemoveStaging(ctx context.Context, key string) error
	// Put writes, reads back by version and compares before it returns.
	Put(ctx context.Context, key string, r io.Reader, size int64, sum [32]byte, mediaType string) (version string, err error)
	// Open reads exactly that version; a wrong hash is the fault
	// evidence_damaged at the end of the stream.
	Open(ctx context.Context, key, version string, sum [32]byte, size int64) (io.ReadCloser, error)
	// Has says whether that version is there.
	Has(ctx context.Context, key, version string) (bool, error)
	// Retain puts a version under lock until a time and returns until when it is:
	// a lock that stands for longer is not shortened.
	Retain(ctx context.Context, key, version string, until time.Time) (time.Time, error)
	// Remove deletes one version; one under lock is the fault evidence_locked.
	Remove(ctx context.Context, key, version string) error
	// List yields every version under the prefix, ListStaging every staged part.
	List(ctx context.Context, prefix string) iter.Seq2[StoredObject, error]
	ListStaging(ctx context.Context, prefix string) iter.Seq2[StoredObject, error]
}

// ReadWhole asks of an entry that one may read whether one may read all of it, or only
// the part of an L3 entry that its area reads.
const ReadWhole = "read_whole"

// Subject is what a decision of access looks at: the row's own attributes.
type Subject struct {
	Class     string
	Prison    uuid.UUID
	Area      uuid.UUID
	Ledger    string
	State     State
	Author    uuid.UUID
	StepRoles []actor.Role
	StepUnit  string
	StepAt
	FillRoles  []actor.Role
	FillDept   string // set when a department fills, not an area
	Level      string
	Sealed     bool
	Department string // the owner
	// Of a check: its team, and who leads it. A right of the team ends with its members' grants.
	Team   []uuid.UUID
	Leader uuid.UUID
}

// Authorizer decides; package access is it.
type Authorizer interface {
	// Check returns nil, or forbidden with its reason, or not_found for those
	// who may not know that the thing exists.
	Check(a actor.Actor, action string, s Subject, now time.Time) error
	Scope(a actor.Actor, now time.Time) Scope
	// Owner of a ledger: a department's code, "" for none.
	Owner(ledger string) string
}
