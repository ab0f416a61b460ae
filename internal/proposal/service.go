package proposal

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Service is the use cases of the catalogue's changes. All fields are required.
type Service struct {
	Store   Store
	Access  ledger.Authorizer
	Catalog *catalog.Catalog
	// Standards in force: what they score by is not to be taken from them.
	Standards func() []*scoring.Standard
	// Departments lists the codes of those there are.
	Departments func() []string
	// Refresh puts what the database now holds in force in this process.
	Refresh func(ctx context.Context) error
	Now     func() time.Time
}

// Store keeps proposals (package postgres).
type Store interface {
	Write(ctx context.Context, s ledger.Session, idem ledger.Idem, out any, fn func(Tx) error) error
	Read(ctx context.Context, s ledger.Session, fn func(Tx) error) error
	// Waiting lists approved proposals whose day has come, oldest first.
	Waiting(ctx context.Context, day string) ([]Proposal, error)
	// DraftsBehind lists open drafts of a ledger below a version, in all prisons,
	// by key after p.After and at most so many.
	DraftsBehind(ctx context.Context, p Published, limit int) ([]ledger.Key, error)
	// GoOn asks for the rest; asked twice it is one job.
	GoOn(ctx context.Context, p Published) error
}

// Tx is one transaction over proposals; in Read its writing half fails.
type Tx interface {
	Now() time.Time
	// LockCatalogue keeps other changes of the catalogue out until commit, and
	// reads what the database holds of it then.
	LockCatalogue(ctx context.Context) (Catalogue, error)
	Insert(ctx context.Context, p Proposal) error
	// Lock takes the proposal's row until commit.
	Lock(ctx context.Context, prison, id uuid.UUID) (Proposal, error)
	Get(ctx context.Context, prison, id uuid.UUID) (Proposal, error)
	// List gives the open ones, the oldest first, and after them the newest that are
	// over, at most so many; more is how many of those there are besides.
	List(ctx context.Context, prison uuid.UUID, limit int) (list []Proposal, more int, err error)
	// Origins of the catalogue's changes, in all prisons that the session sees: the catalogue is the province's.
	Origins(ctx context.Context) ([]Origin, error)
	Decide(ctx context.Context, p Proposal, d Decision) error
	SetState(ctx context.Context, p Proposal) error
	// Approved lists those of a ledger that wait for their day, in all prisons.
	Approved(ctx context.Context, ledgerID string) ([]Proposal, error)
	// Claimed is the minutes a month that additions name as saved, by ledger: those
	// proposed, approved and executed, in all prisons, but for one.
	Claimed(ctx context.Context, but uuid.UUID) (map[string]int, error)
	// Costs is what entries of a prison took since a time (ledger.Reader).
	Costs(ctx context.Context, prison uuid.UUID, since time.Time) (catalog.Costs, error)
	// Notify writes a notice, unless the same was written before.
	Notify(ctx context.Context, n ledger.Notice) error
	// Filed counts entries ever filed, in all prisons.
	Filed(ctx context.Context, ledgerID string) (int, error)
	// Duties counts what DropDuties would take away, in all prisons.
	Duties(ctx context.Context, ledgerID string, which Falling) (int, error)
	// RefusedInstalls lists the newest, at most so many.
	RefusedInstalls(ctx context.Context, limit int) ([]RefusedInstall, error)
	// OnTheirWay counts entries that lie returned or submitted with nothing in force, in
	// all prisons.
	OnTheirWay(ctx context.Context, ledgerID string) (returned, submitted int, err error)
	// OpenDrafts by key, after one and at most so many: they carry their documents.
	OpenDrafts(ctx context.Context, ledgerID string, after ledger.Key, limit int) ([]OpenDraft, error)

	Press
	PublishOwner(ctx context.Context, ledgerID, department string, proposal uuid.UUID) error
	PublishEnd(ctx context.Context, e catalog.End, proposal uuid.UUID) error
}

// OpenDraft is a draft as a dry run looks at it.
type OpenDraft struct {
	Key        ledger.Key
	Version    int
	Body       json.RawMessage
	Correcting bool // an approved revision is in force: it stays where it is
}

// Origin is the proposal that brought a version, or the end of a ledger (version 0).
type Origin struct {
	Ledger  string    `json:"-"`
	Version int       `json:"-"`
	Prison  uuid.UUID `json:"prison"`
	ID      uuid.UUID `json:"id"`
}

// RefusedInstall is a release whose files did not pass the gate when its server started.
type RefusedInstall struct {
	ID         uuid.UUID     `json:"id"`
	Digest     ledger.Digest `json:"digest"` // of the files
	Failed     []fault.Field `json:"failed"` // tests of the gate
	Operator   string        `json:"operator"`
	Program    string        `json:"program"`
	RecordedAt time.Time     `json:"recorded_at"`
}

// Published asks that open drafts move to a version: those after a key, for a
// job has only so much time and another goes on where it ended.
type Published struct {
	Ledger  string     `json:"ledger"`
	Version int        `json:"version"`
	After   ledger.Key `json:"after,omitzero"`
}

// Kind names the worker.
func (Published) Kind() string { return "version_published" }

// Once: a job that is tried again asks for no second one to go on.
func (Published) Once() bool { return true }

// The province may have any number of drafts: a dry run holds this many documents
// at a time, and a job moves so many before the next goes on.
const (
	PageOfDrafts = 500
	MovedAtOnce  = 200
)

func (s *Service) session(ctx context.Context, prison uuid.UUID) ledger.Session {
	a := actor.From(ctx)
	return ledger.Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
}

// reckoning sees the whole province: a dry run does not depend on who asks.
func (s *Service) reckoning(ctx context.Context, prison uuid.UUID) ledger.Session {
	return ledger.Session{Prison: prison, Person: actor.From(ctx).PersonID, Scope: ledger.Everything()}
}

func (s *Service) check(ctx context.Context, action string, sub ledger.Subject) error {
	sub.Class = "proposal"
	return s.Access.Check(actor.From(ctx), action, sub, s.Now())
}

// department answers for what is proposed: the owner, or who wants to own it.
func (s *Service) department(c Content) string {
	if d := s.Access.Owner(c.Ledger); d != "" {
		return d
	}
	var def struct {
		Owner string `json:"owner"`
	}
	_ = json.Unmarshal([]byte(c.Definition), &def) // a definition that cannot be read has no owner, and is refused
	return def.Owner
}

func (s *Service) receiving(c Content) string {
	switch c.Kind {
	case Merge, Share:
		return s.Access.Owner(c.Target)
	case Transfer:
		if slices.Contains(s.Departments(), c.Target) {
			return c.Target
		}
	}
	return ""
}

// Try makes the dry run and stores nothing.
func (s *Service) Try(ctx context.Context, prison uuid.UUID, c Content) (Report, error) {
	if err := s.check(ctx, "create", ledger.Subject{Prison: prison, Department: s.department(c)}); err != nil {
		return Report{}, err
	}
	var r Report
	err := s.Store.Read(ctx, s.reckoning(ctx, prison), func(tx Tx) error {
		var err error
		r, err = s.tried(ctx, tx, prison, uuid.Nil, c, catalog.DayOf(tx.Now()))
		return err
	})
	return r, err
}

// Propose stores a proposal with its dry run. What fails the gate is stored as
// refused, and answered so: gate_refused. Drafts that would be held back must
// be accepted: drafts_held with the report. While an approved change of the
// ledger waits for its day nothing else is proposed for it: change_waits.
func (s *Service) Propose(ctx context.Context, prison uuid.UUID, c Content, idem ledger.Idem) (Proposal, error) {
	department := s.department(c)
	if err := s.check(ctx, "create", ledger.Subject{Prison: prison, Department: department}); err != nil {
		return Proposal{}, err
	}
	var out Proposal
	err := s.Store.Write(ctx, s.reckoning(ctx, prison), idem, &out, func(tx Tx) error {
		// Two at once do not claim the same saving.
		s, err := s.locked(ctx, tx)
		if err != nil {
			return err
		}
		if err := alone(ctx, tx, c.Ledger); err != nil {
			return err
		}
		r, err := s.tried(ctx, tx, prison, uuid.Nil, c, catalog.DayOf(tx.Now()))
		if err != nil {
			return err
		}
		if len(r.Failed) == 0 {
			if err := accepted(c, r, r.Drafts.Hold); err != nil {
				return err
			}
		}
		p := Proposal{Prison: prison, ID: uuid.Must(uuid.NewV7()), Content: c, Department: department, Report: r,
			Author: actor.From(ctx).PersonID, State: Proposed, Salt: integrity.NewSalt()}
		if len(r.Failed) > 0 {
			p.State = Refused
		}
		if p.Digest, err = digest(c, r); err != nil {
			return err
		}
		if err := tx.Insert(ctx, p); err != nil {
			return err
		}
		out, err = tx.Get(ctx, prison, p.ID)
		return err
	})
	if err != nil {
		return out, err
	}
	if out.State == Refused {
		return out, refused(out.Report).With("proposal", out.ID)
	}
	return s.dressed(ctx, out), nil
}

// alone refuses a change of a ledger for which an approved one waits: the dry
// run of either is made of the catalogue without the other.
func alone(ctx context.Context, tx Tx, ledgerID string) error {
	list, err := tx.Approved(ctx, ledgerID)
	if err != nil || len(list) == 0 {
		return err
	}
	on := list[0].Content.On
	return fault.New(fault.Conflict, "change_waits").With("on", on).With("reason", fault.Text{
		ZH: "该台账已有一项变更获批，将于 " + on + " 生效；请待其生效，或由其提案人撤回后再提",
		EN: "An approved change of this ledger takes effect on " + on + "; wait for it, or have its author withdraw it"})
}

// digest is what a decision binds to.
func digest(c Content, r Report) (ledger.Digest, error) {
	raw, err := json.Marshal([]any{c, r})
	if err != nil {
		return ledger.Digest{}, err
	}
	canonical, err := integrity.Canonical(raw)
	return ledger.Digest(sha256.Sum256(canonical)), err
}

// Get returns one proposal with what its reader may do to it.
func (s *Service) Get(ctx context.Context, prison, id uuid.UUID) (Proposal, error) {
	var p Proposal
	if err := s.check(ctx, "read", ledger.Subject{Prison: prison}); err != nil {
		return p, err
	}
	err := s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		var err error
		p, err = tx.Get(ctx, prison, id)
		return err
	})
	return s.dressed(ctx, p), err
}

// MaxOver is how many proposals that are over a list gives.
const MaxOver = 200

// List returns the proposals of a prison: all that are open, the longest waiting first,
// then the newest MaxOver that are over. more counts the older ones.
func (s *Service) List(ctx context.Context, prison uuid.UUID) (list []Proposal, more int, err error) {
	if err := s.check(ctx, "read", ledger.Subject{Prison: prison}); err != nil {
		return nil, 0, err
	}
	err = s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		list, more, err = tx.List(ctx, prison, MaxOver)
		return err
	})
	for i := range list {
		list[i] = s.dressed(ctx, list[i])
	}
	return list, more, err
}

// RefusedInstalls lists the newest MaxOver files of ledgers that the gate kept out, to
// whoever may read proposals: they came in by no prison.
func (s *Service) RefusedInstalls(ctx context.Context, prison uuid.UUID) (list []RefusedInstall, err error) {
	if err := s.check(ctx, "read", ledger.Subject{Prison: prison}); err != nil {
		return nil, err
	}
	err = s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		list, err = tx.RefusedInstalls(ctx, MaxOver)
		return err
	})
	return list, err
}

// Origins lists what the catalogue's changes came of, as far as the actor may
// read the proposals.
func (s *Service) Origins(ctx context.Context, prison uuid.UUID) ([]Origin, error) {
	var list []Origin
	err := s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		var err error
		list, err = tx.Origins(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(o Origin) bool { return s.check(ctx, "read", ledger.Subject{Prison: o.Prison}) != nil }), nil
}

// Open says what the actor may propose: ledgers by id, and whether to add one.
func (s *Service) Open(ctx context.Context, prison uuid.UUID) (ledgers []string, add []string) {
	ledgers, add = []string{}, []string{}
	for _, t := range s.Catalog.Types() {
		if s.check(ctx, "create", ledger.Subject{Prison: prison, Department: s.Access.Owner(t.ID)}) == nil {
			ledgers = append(ledgers, t.ID)
		}
	}
	for _, d := range s.Departments() {
		if s.check(ctx, "create", ledger.Subject{Prison: prison, Department: d}) == nil {
			add = append(add, d)
		}
	}
	return ledgers, add
}

func (s *Service) dressed(ctx context.Context, p Proposal) Proposal {
	p.Steps = way(p.Content, p.Department, s.receiving(p.Content))
	p.Allowed = []string{}
	for _, verdict := range []string{"approve", "refuse", "withdraw"} {
		if s.may(ctx, p, verdict) == nil {
			p.Allowed = append(p.Allowed, verdict)
		}
	}
	return p
}

// may asks the state first, then who: withdrawing is the author's, deciding
// everybody else's whose step it is.
func (s *Service) may(ctx context.Context, p Proposal, verdict string) error {
	if p.State != Proposed && (p.State != Approved || verdict != "withdraw") {
		return fault.New(fault.Conflict, "proposal_decided").With("state", p.State)
	}
	sub := ledger.Subject{Prison: p.Prison, Department: p.Department, Author: p.Author}
	if verdict == "withdraw" {
		return s.check(ctx, "withdraw", sub)
	}
	me := actor.From(ctx).PersonID
	if slices.ContainsFunc(p.Decisions, func(d Decision) bool { return d.By == me }) {
		return fault.New(fault.Forbidden, "decided_before")
	}
	step := way(p.Content, p.Department, s.receiving(p.Content))[p.Step]
	sub.StepRoles, sub.StepUnit = step.Roles, step.Unit
	if step.Unit == "receiver" {
		sub.Department, sub.StepUnit = s.receiving(p.Content), "owner"
	}
	return s.check(ctx, map[string]string{"approve": "approve", "refuse": "return"}[verdict], sub)
}
