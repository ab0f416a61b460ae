package connector

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Service is the use cases of connectors. All fields are required.
type Service struct {
	Store  Store
	Access ledger.Authorizer
	Out    Outbound
	Set    Set
	Now    func() time.Time // for grants and for the age of files; stored times are the transaction's
	Log    *slog.Logger

	mu      sync.Mutex
	prisons map[string]uuid.UUID // those whose connectors are registered, by code
	seen    map[string]fileSeen  // files of drop folders as they were last looked at
	left    map[string]Run       // how those failed that could not be put away since
}

// Outbound asks other systems; package outbound is it. What goes wrong on the
// way is a Trouble.
type Outbound interface {
	Do(ctx context.Context, r Request) (Response, error)
}

// Request to another system.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   []byte
	Allow  []string // hosts that may be public
	Limit  int64    // bytes of the answer; 0: only its status counts
}

// Response of another system, whole.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Store keeps connectors (package postgres).
type Store interface {
	Write(ctx context.Context, s ledger.Session, out any, fn func(Tx) error) error
	Read(ctx context.Context, s ledger.Session, fn func(Tx) error) error
	// Codes of the prisons that are open.
	Codes(ctx context.Context) (map[string]uuid.UUID, error)
}

// Tx is one transaction over connectors; in Read its writing half fails.
type Tx interface {
	Now() time.Time
	// Register writes what a connector's file says; Retire marks those of the
	// prison that have no file any more.
	Register(ctx context.Context, prison uuid.UUID, c Connector) error
	Retire(ctx context.Context, prison uuid.UUID, kept []string) error
	// Lock takes the connector's row until commit.
	Lock(ctx context.Context, prison uuid.UUID, id string) (State, error)
	States(ctx context.Context, prison uuid.UUID) ([]State, error)
	Save(ctx context.Context, s State) error
	// Replayed makes the durable write of an answer given again.
	Replayed(ctx context.Context, s State) error

	AreaByCode(ctx context.Context, prison uuid.UUID, code string) (uuid.UUID, error)
	PersonByNumber(ctx context.Context, prison uuid.UUID, number string) (uuid.UUID, error)
	// Kept returns the stored versions that matter for a record: the same one, if
	// it is there, and the greatest; nil for none.
	Kept(ctx context.Context, prison uuid.UUID, run Run, r Record) (same, newest *Kept, err error)
	// Claimed says whether another key of the system stands for the number.
	Claimed(ctx context.Context, prison uuid.UUID, run Run, r Record) (bool, error)
	Keep(ctx context.Context, prison uuid.UUID, run Run, r Record, fields []byte) error
	PutInmate(ctx context.Context, prison, area uuid.UUID, r Record) error
	PutShift(ctx context.Context, prison, area, person uuid.UUID, r Record) error
	DropShift(ctx context.Context, prison, area, person uuid.UUID, day, shift string) error
	Reject(ctx context.Context, prison uuid.UUID, run Run, number int, r Record) error
	// OpenRejections counts rejected records that no later version has mended.
	OpenRejections(ctx context.Context, prison uuid.UUID, system, target string, run uuid.UUID) (int, error)
	// Deliver says what the system now knows of every area: the roll of the day, or
	// the rosters and facts of the days that the run touched; null when relied is
	// false.
	Deliver(ctx context.Context, prison uuid.UUID, run Run, day string, relied bool) error
	EndRun(ctx context.Context, prison uuid.UUID, run Run) error
	RunByKey(ctx context.Context, prison uuid.UUID, connector, key string) (Run, error)
	// FileDone says whether a file of these bytes was taken in before, and not as failed.
	FileDone(ctx context.Context, prison uuid.UUID, connector string, sum []byte) (Run, bool, error)
	Runs(ctx context.Context, prison uuid.UUID, connector string, limit int) ([]Run, error)
	Rejected(ctx context.Context, prison uuid.UUID, connector string, run uuid.UUID, limit int) ([]Rejected, error)

	// Claim takes messages that are due and hides them for a while.
	Claim(ctx context.Context, prison uuid.UUID, connector string, lease time.Duration, limit int) ([]Message, error)
	LockMessage(ctx context.Context, prison, id uuid.UUID) (Message, error)
	SaveMessage(ctx context.Context, prison uuid.UUID, m Message) error
	Messages(ctx context.Context, prison uuid.UUID, limit int) ([]Message, error)

	InsertCustody(ctx context.Context, prison uuid.UUID, row ledger.CustodyRow) error
	Enqueue(ctx context.Context, job ledger.Job) error
}

// Kept is a stored version of a record.
type Kept struct {
	Version int64
	Deleted bool
	Fields  []byte
}

// Rejected is a record that could not be mapped. The record itself is not shown:
// who keeps the system reads none of its contents.
type Rejected struct {
	Run        uuid.UUID     `json:"run"`
	Number     int           `json:"number"` // its place in the run
	Key        string        `json:"key"`
	Problems   []fault.Field `json:"-"`
	Mended     bool          `json:"mended"`
	RecordedAt time.Time     `json:"recorded_at"`
}

// Due asks that connectors be looked at now.
type Due struct{}

// Kind names the worker.
func (Due) Kind() string { return "connectors_due" }

// program is the session of the program's own work.
func program(prison uuid.UUID) ledger.Session {
	return ledger.Session{Prison: prison, Scope: ledger.Everything()}
}

// Sync registers the connectors of the prisons that are open, once for each.
func (s *Service) Sync(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	codes, err := s.Store.Codes(ctx)
	if err != nil {
		return err
	}
	if s.prisons == nil {
		s.prisons, s.seen, s.left = map[string]uuid.UUID{}, map[string]fileSeen{}, map[string]Run{}
	}
	for code, prison := range codes {
		if _, known := s.prisons[code]; known {
			continue
		}
		err := s.Store.Write(ctx, program(prison), nil, func(tx Tx) error {
			kept := []string{}
			for _, c := range s.Set.of() {
				if c.Prison != code {
					continue
				}
				kept = append(kept, c.ID)
				if err := tx.Register(ctx, prison, c); err != nil {
					return err
				}
			}
			return tx.Retire(ctx, prison, kept)
		})
		if err != nil {
			return err
		}
		s.prisons[code] = prison
	}
	return nil
}

func (s *Service) prisonOf(c Connector) (uuid.UUID, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.prisons[c.Prison]
	return p, ok
}

// Tick pulls, takes in and sends what is due. One connector that fails holds
// back no other.
func (s *Service) Tick(ctx context.Context) error {
	if err := s.Sync(ctx); err != nil {
		return err
	}
	var errs []error
	for _, c := range s.Set.of() {
		prison, ok := s.prisonOf(c)
		if !ok {
			continue
		}
		var err error
		switch c.Kind {
		case Pull:
			err = s.pull(ctx, prison, c)
		case Drop:
			err = s.drop(ctx, prison, c)
		case Webhook:
			err = s.send(ctx, prison, c)
		}
		if err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "connector", "connector", c.ID, "error", err)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// may asks about the connectors of a prison.
func (s *Service) may(ctx context.Context, action string, prison uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), action, ledger.Subject{Class: "connector", Prison: prison}, s.Now())
}

func (s *Service) session(ctx context.Context, prison uuid.UUID) ledger.Session {
	a := actor.From(ctx)
	return ledger.Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
}

// View of a connector: its file, its state, its last run, and what the reader may do.
type View struct {
	State
	URL     string
	Folder  string // where files are dropped; its name alone for who does not keep the connector
	Events  []string
	Last    *Run
	Open    int // rejected records that nothing has mended
	Allowed []string
}

// Overview of the prison's connectors.
func (s *Service) Overview(ctx context.Context, prison uuid.UUID) ([]View, error) {
	if err := s.may(ctx, "read", prison); err != nil {
		return nil, err
	}
	manage := s.may(ctx, "manage", prison) == nil
	var list []View
	err := s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		states, err := tx.States(ctx, prison)
		if err != nil {
			return err
		}
		for _, st := range states {
			c := s.Set[st.ID]
			v := View{State: st, URL: c.URL, Folder: c.Folder, Events: c.Events, Allowed: []string{}}
			if c.Folder != "" && !manage {
				v.Folder = filepath.Base(c.Folder)
			}
			runs, err := tx.Runs(ctx, prison, st.ID, 1)
			if err != nil {
				return err
			}
			if len(runs) > 0 {
				v.Last = &runs[0]
				if v.Open, err = tx.OpenRejections(ctx, prison, st.System, st.Target, runs[0].ID); err != nil {
					return err
				}
			}
			v.Allowed = allowed(st, manage)
			list = append(list, v)
		}
		return nil
	})
	return list, err
}

func allowed(st State, manage bool) []string {
	switch {
	case !manage || !st.Configured:
		return []string{}
	case st.Paused:
		return []string{"resume"}
	case st.Kind == Pull || st.Kind == Drop:
		return []string{"run", "pause"}
	}
	return []string{"pause"}
}

// Runs of a connector, the newest first.
func (s *Service) Runs(ctx context.Context, prison uuid.UUID, id string) ([]Run, error) {
	if err := s.may(ctx, "read", prison); err != nil {
		return nil, err
	}
	var list []Run
	err := s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		var err error
		list, err = tx.Runs(ctx, prison, id, 100)
		return err
	})
	return list, err
}

// Rejected records of a connector, the newest first.
func (s *Service) Rejected(ctx context.Context, prison uuid.UUID, id string) ([]Rejected, error) {
	if err := s.may(ctx, "read", prison); err != nil {
		return nil, err
	}
	var list []Rejected
	err := s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		var err error
		list, err = tx.Rejected(ctx, prison, id, uuid.Nil, 1000)
		return err
	})
	return list, err
}

// act is one act of an administrator on a connector: locked, looked at, kept.
func (s *Service) act(ctx context.Context, prison uuid.UUID, id, what string, fn func(Tx, *State) error) error {
	if err := s.may(ctx, "manage", prison); err != nil {
		return err
	}
	return s.Store.Write(ctx, s.session(ctx, prison), nil, func(tx Tx) error {
		st, err := tx.Lock(ctx, prison, id)
		if err != nil {
			return err
		}
		if !st.Configured {
			return fault.New(fault.Conflict, "connector_gone")
		}
		if err := fn(tx, &st); err != nil {
			return err
		}
		if err := tx.Save(ctx, st); err != nil {
			return err
		}
		return noted(ctx, tx, prison, "connector_"+what, id)
	})
}

// noted keeps who did what to a connector.
func noted(ctx context.Context, tx Tx, prison uuid.UUID, kind, subject string) error {
	a := actor.From(ctx)
	return tx.InsertCustody(ctx, prison, ledger.CustodyRow{ID: uuid.Must(uuid.NewV7()), Person: a.PersonID, Address: a.Address, Salt: integrity.NewSalt(),
		Custody: ledger.Custody{Kind: kind, Subject: subject, Detail: map[string]any{}}})
}

// RunNow makes a connector due at once.
func (s *Service) RunNow(ctx context.Context, prison uuid.UUID, id string) error {
	return s.act(ctx, prison, id, "run", func(tx Tx, st *State) error {
		switch {
		case st.Paused:
			return fault.New(fault.Conflict, "connector_paused")
		case st.Kind != Pull && st.Kind != Drop:
			return fault.New(fault.Conflict, "connector_not_ours")
		}
		st.NextAt = tx.Now()
		return tx.Enqueue(ctx, Due{})
	})
}

// Pause stops a connector, or lets it go on.
func (s *Service) Pause(ctx context.Context, prison uuid.UUID, id string, paused bool) error {
	what := "resume"
	if paused {
		what = "pause"
	}
	return s.act(ctx, prison, id, what, func(tx Tx, st *State) error {
		st.Paused = paused
		if !paused {
			st.NextAt, st.Failures = tx.Now(), 0
			return tx.Enqueue(ctx, Due{})
		}
		return nil
	})
}
