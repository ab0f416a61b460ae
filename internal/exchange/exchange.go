// Package exchange brings entries in and out by the file: imports that are checked
// whole before anything is written, and exports under the asker's own rights.
// The work is done by jobs; a killed one is taken up where it was.
package exchange

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/workbook"
)

// Keep is how long a file and what it held are kept.
const Keep = 7 * 24 * time.Hour

// State of an import or an export.
type State string

// The states. An export knows writing, done and failed.
const (
	Reading State = "reading" // being checked; nothing is written
	Checked State = "checked"
	Writing State = "writing"
	Stopped State = "stopped"
	Done    State = "done"
	Failed  State = "failed"
)

// Action is what its sender does to an import.
type Action string

// The actions.
const (
	Start  Action = "start" // also goes on after a stop
	Stop   Action = "stop"
	Remove Action = "remove"
)

// Actions in the order the screen shows them.
var Actions = []Action{Start, Stop, Remove}

var table = map[State]map[Action]State{
	Reading: {Remove: Reading},
	Checked: {Start: Writing, Remove: Checked},
	Writing: {Stop: Stopped},
	Stopped: {Start: Writing, Remove: Stopped},
	Done:    {Remove: Done},
	Failed:  {Remove: Failed},
}

// Next is the state table of imports.
func Next(from State, a Action) (State, error) {
	to, ok := table[from][a]
	if !ok {
		return from, fault.New(fault.Conflict, "file_state").With("state", from).With("action", a)
	}
	return to, nil
}

// Import is one file being brought in.
type Import struct {
	Prison     uuid.UUID     `json:"prison"`
	ID         uuid.UUID     `json:"id"`
	Ledger     string        `json:"ledger"`
	Version    int           `json:"version"`
	Area       *uuid.UUID    `json:"area,omitempty"`
	AsDraft    bool          `json:"as_draft"`
	Name       string        `json:"name"`
	Size       int64         `json:"size"`
	Sha256     ledger.Digest `json:"sha256"`
	Format     string        `json:"format"`
	Encoding   string        `json:"encoding"`
	Person     uuid.UUID     `json:"-"`
	Address    string        `json:"-"`
	State      State         `json:"state"`
	ETag       int64         `json:"etag"`
	Row        int           `json:"row"` // how far the phase at hand has come
	Total      int           `json:"total"`
	Good       int           `json:"good"`
	Bad        int           `json:"bad"`
	Written    int           `json:"written"`
	Skipped    int           `json:"skipped"`
	Differs    int           `json:"differs"`
	Uncompared int           `json:"uncompared"`
	Failure    *Failure      `json:"failure,omitempty"`
	Retired    []string      `json:"retired,omitempty"` // columns of which nothing is taken
	Passed     *int          `json:"passed,omitempty"`  // version its rows were checked under before; they were checked again
	Created    time.Time     `json:"created_at"`
	Touched    time.Time     `json:"touched_at"`
	Finished   *time.Time    `json:"finished_at,omitempty"`
}

// Failure says why a file could not be dealt with as a whole.
type Failure struct {
	Code   string         `json:"code"`
	Detail map[string]any `json:"detail,omitempty"`
}

func failure(err error) (*Failure, bool) {
	f := asFault(err)
	if f == nil || f.Kind == fault.Unavailable || f.Kind == fault.Unknown {
		return nil, false
	}
	return &Failure{Code: f.Code, Detail: f.Detail}, true
}

// Outcome of one row.
type Outcome string

// The outcomes. Skipped rows had become an entry before; so had those that differ,
// whose entry says something else now, and those that were not compared with it.
const (
	Good       Outcome = "good"
	Bad        Outcome = "bad"
	Written    Outcome = "written"
	Skipped    Outcome = "skipped"
	Differs    Outcome = "differs"
	Uncompared Outcome = "uncompared"
)

// Outcomes in the order the screen shows them.
var Outcomes = []Outcome{Good, Bad, Written, Skipped, Differs, Uncompared}

// before: the row had become an entry before this import.
func (o Outcome) before() bool { return o == Skipped || o == Differs || o == Uncompared }

// Row is one row of an import.
type Row struct {
	Number   int // counts the rows of the file from 1
	Line     int // as the officer's program counts
	Area     *uuid.UUID
	AreaText string
	Label    string          // the row's name in an error workbook
	Names    []ledger.Digest // by which it is known again
	Document json.RawMessage
	Outcome  Outcome
	Errors   []fault.Field
	Untaken  []workbook.Untaken
	Entry    *uuid.UUID
}

// Export is one file being brought out.
type Export struct {
	Prison   uuid.UUID      `json:"prison"`
	ID       uuid.UUID      `json:"id"`
	Ledger   string         `json:"ledger"`
	Query    Filter         `json:"filter"`
	Format   string         `json:"format"`
	Reason   string         `json:"reason"`
	Person   uuid.UUID      `json:"-"`
	Address  string         `json:"-"`
	State    State          `json:"state"`
	Total    int            `json:"total"`
	Rows     int            `json:"rows"`
	Size     int64          `json:"size"`
	Sha256   *ledger.Digest `json:"sha256,omitempty"`
	Failure  *Failure       `json:"failure,omitempty"`
	Created  time.Time      `json:"created_at"`
	Touched  time.Time      `json:"touched_at"`
	Finished *time.Time     `json:"finished_at,omitempty"`
	// Parts name the staged objects that hold the rows of a text so far, made on the
	// Ground of the versions and rights there were (ground); After is the last entry looked at.
	Parts  []uuid.UUID   `json:"-"`
	After  ledger.Cursor `json:"-"`
	Ground ledger.Digest `json:"-"`
}

// Filter is what the list was narrowed to.
type Filter struct {
	Area   *uuid.UUID        `json:"area,omitempty"`
	States []ledger.State    `json:"states,omitempty"`
	From   string            `json:"from,omitempty"`
	To     string            `json:"to,omitempty"`
	Text   string            `json:"text,omitempty"`
	Fields []json.RawMessage `json:"fields,omitempty"`
	// Merged asks for the entries of the ledgers that were merged into this one
	// too; With are those that the asker may take out, as Ask found them.
	Merged bool     `json:"merged,omitempty"`
	With   []string `json:"with,omitempty"`
}

// Formats of an export.
var Formats = []string{"xlsx", "csv-utf8-bom", "csv-gb18030"}

// Tx changes imports and exports, and entries, in one transaction.
type Tx interface {
	ledger.Tx
	InsertImport(ctx context.Context, i Import) error
	// LockImport takes the row until commit; not_found for those whose it is not.
	LockImport(ctx context.Context, prison, id uuid.UUID) (Import, error)
	UpdateImport(ctx context.Context, i Import) error
	DropImport(ctx context.Context, prison, id uuid.UUID) error
	InsertRows(ctx context.Context, prison, id uuid.UUID, rows []Row) error
	UpdateRows(ctx context.Context, prison, id uuid.UUID, rows []Row) error
	// DropUnwritten forgets the rows that became no entry.
	DropUnwritten(ctx context.Context, prison, id uuid.UUID) error
	// Standing tells which of the names belong to an entry that still stands.
	Standing(ctx context.Context, prison uuid.UUID, names []ledger.Digest) (map[ledger.Digest]uuid.UUID, error)
	InsertExport(ctx context.Context, e Export) error
	LockExport(ctx context.Context, prison, id uuid.UUID) (Export, error)
	UpdateExport(ctx context.Context, e Export) error
	DropExport(ctx context.Context, prison, id uuid.UUID) error

	Import(ctx context.Context, prison, id uuid.UUID) (Import, error)
	Imports(ctx context.Context, prison, person uuid.UUID) ([]Import, error)
	// Rows after a number, of an outcome ("" for all), in order.
	Rows(ctx context.Context, prison, id uuid.UUID, of Outcome, after, limit int) ([]Row, error)
	// RowNumbers are those after a number, whatever became of them.
	RowNumbers(ctx context.Context, prison, id uuid.UUID, after int) (map[int]bool, error)
	Export(ctx context.Context, prison, id uuid.UUID) (Export, error)
	Exports(ctx context.Context, prison, person uuid.UUID) ([]Export, error)
}

// Store keeps imports and exports.
type Store interface {
	Write(ctx context.Context, s ledger.Session, idem ledger.Idem, out any, fn func(Tx) error) error
	Read(ctx context.Context, s ledger.Session, fn func(Tx) error) error
	// Left lists what nobody has gone on with since before, and what is older
	// than old. It is the program's own look.
	Left(ctx context.Context, before, old time.Time) (working, over []Work, err error)
}

// Work names an import or an export.
type Work struct {
	Prison uuid.UUID `json:"prison"`
	ID     uuid.UUID `json:"id"`
	Export bool      `json:"export"`
	Touch  int64     `json:"touch"` // makes a job that takes over another one
}

// Kind names the worker.
func (Work) Kind() string { return "exchange" }

// Queue keeps long work out of the way of what changes cause.
func (Work) Queue() string { return Queue }

// Queue of imports and exports.
const Queue = "exchange"

// Files keeps what was sent and what is to be fetched.
type Files interface {
	PutStaging(ctx context.Context, key string, r io.Reader, size int64) error
	OpenStaging(ctx context.Context, key string) (io.ReadCloser, error)
	RemoveStaging(ctx context.Context, key string) error
	ListStaging(ctx context.Context, prefix string) iter.Seq2[ledger.StoredObject, error]
}

// Authorizer decides, and tells by which rules.
type Authorizer interface {
	ledger.Authorizer
	// Rules change with every line of the policy and every owner.
	Rules() ledger.Digest
}

// Service is the use cases. All fields but Build are required.
type Service struct {
	Ledger  *ledger.Service
	Store   Store
	Files   Files
	Access  Authorizer
	Catalog *catalog.Catalog
	Build   string // what the program is, as far as it knows
	// Actor is a person with the postings and grants they have now; not_found
	// for those who have no account any more.
	Actor func(ctx context.Context, person uuid.UUID) (actor.Actor, error)
	Areas func(ctx context.Context, prison uuid.UUID) ([]ledger.Area, error)
	// Example is a document of a version that passes; nil when there is none.
	Example func(ledger string, version int) json.RawMessage
	Now     func() time.Time
}

func (s *Service) session(ctx context.Context, prison uuid.UUID) ledger.Session {
	a := actor.From(ctx)
	return ledger.Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
}

// as gives a job the context of the person it works for, as they stand now.
func (s *Service) as(ctx context.Context, person uuid.UUID, address string) (context.Context, error) {
	a, err := s.Actor(ctx, person)
	if err != nil {
		return nil, err
	}
	a.Address = address
	return actor.With(ctx, a), nil
}

// plans of a ledger for reading: a file of any version is read into the current
// one, and what that no longer asks for is known by name.
func (s *Service) plans(id string) (func(int) *workbook.Plan, error) {
	current := s.Catalog.Current(id)
	if current == nil {
		return nil, fault.New(fault.NotFound, "ledger_unknown").With("ledger", id)
	}
	whole := workbook.NewPlan(newestFirst(s.Catalog.Versions(id))...)
	return func(v int) *workbook.Plan {
		if v == 0 || s.Catalog.Type(id, v) != nil {
			return whole
		}
		return nil
	}, nil
}

// Empty writes a file to fill of a ledger's current version.
func (s *Service) Empty(ctx context.Context, prison uuid.UUID, id, format string, w io.Writer) error {
	areas, err := s.fillable(ctx, prison, id)
	if err != nil {
		return err
	}
	current := s.Catalog.Current(id)
	if current == nil {
		return fault.New(fault.NotFound, "ledger_unknown").With("ledger", id)
	}
	p := workbook.NewPlan(current)
	if format != "xlsx" {
		t, err := workbook.NewText(w, p, workbook.Empty, encodings[format])
		if err != nil {
			return err
		}
		return t.Close()
	}
	var names []string
	for _, a := range areas {
		names = append(names, a.NameZH)
	}
	var example map[string]any
	if raw := s.Example(id, p.Version); raw != nil {
		doc, err := catalog.ParseDocument(raw)
		if err != nil {
			return err
		}
		example = doc.Value
	}
	b, err := workbook.NewBook(p, workbook.Empty, names, example)
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }()
	_, err = b.WriteTo(w)
	return err
}

var encodings = map[string]string{"csv-utf8-bom": workbook.UTF8BOM, "csv-gb18030": workbook.GB18030}

// fillable lists the areas in which the context's actor may fill the ledger; none
// is the fault forbidden, as access words it.
func (s *Service) fillable(ctx context.Context, prison uuid.UUID, id string) ([]ledger.Area, error) {
	t := s.Catalog.Current(id)
	if t == nil {
		return nil, fault.New(fault.NotFound, "ledger_unknown").With("ledger", id)
	}
	all, err := s.Areas(ctx, prison)
	if err != nil {
		return nil, err
	}
	var list []ledger.Area
	refused := error(fault.New(fault.NotFound, "not_found"))
	for _, a := range all {
		sub := ledger.Subject{Class: "entry", Prison: prison, Area: a.ID, Ledger: id, State: ledger.Draft, Level: t.Sensitivity,
			FillRoles: t.Filler.Roles, Department: s.Access.Owner(id), Author: actor.From(ctx).PersonID}
		if t.Filler.Unit == "dept" {
			sub.FillDept = t.Filler.Dept
		}
		if err := s.Access.Check(actor.From(ctx), "create", sub, s.Now()); err != nil {
			refused = err
			continue
		}
		if t.AppliesTo(a.Kind, a.Function, a.HasLabour) {
			list = append(list, a)
		}
	}
	if len(list) == 0 {
		return nil, refused
	}
	return list, nil
}

func importKey(prison, id uuid.UUID) string { return "imports/" + prison.String() + "/" + id.String() }
func exportKey(prison, id uuid.UUID) string { return "exports/" + prison.String() + "/" + id.String() }

// partsOf is what the keys of an export's parts begin with.
func partsOf(prison, id uuid.UUID) string { return exportKey(prison, id) + ".part-" }
