package assessment

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// SelfCheck is the run that a unit may make of itself at any time, without applying
// (R105). The others are made by a check alone.
const SelfCheck = "self_check"

// Run is a score kept with all that it was made of. It never changes.
type Run struct {
	ID         uuid.UUID       `json:"id"`
	Area       uuid.UUID       `json:"area,omitzero"` // zero: the prison as a whole
	Check      *uuid.UUID      `json:"check,omitempty"`
	Kind       string          `json:"kind"`
	Standard   string          `json:"standard"`
	Version    int             `json:"version"`
	Digest     string          `json:"standard_digest,omitempty"` // of the standard; none of runs older than the column
	Engine     int             `json:"engine"`
	AsOf       string          `json:"as_of"`
	Score      scoring.Decimal `json:"score"`
	Passes     bool            `json:"passes"`
	MadeBy     uuid.UUID       `json:"made_by"`
	MadeByName string          `json:"made_by_name"`
	RecordedAt time.Time       `json:"recorded_at"`
	Input      []byte          `json:"-"`
	Sheet      json.RawMessage `json:"sheet,omitempty"` // not in lists
	Salt       []byte          `json:"-"`
}

// Record commits to the run by the digests of its input and its sheet.
func (r Run) Record() (ledger.Record, error) {
	body := map[string]any{
		"run": r.ID, "area": r.Area, "kind": r.Kind, "standard": r.Standard, "version": r.Version, "engine": r.Engine, "as_of": r.AsOf,
		"input": hash(r.Input), "sheet": hash(r.Sheet), "score": r.Score, "passes": r.Passes, "made_by": r.MadeBy,
	}
	// Only where there is one: runs older than the column keep their leaves.
	if r.Check != nil {
		body["check"] = r.Check
	}
	if r.Digest != "" {
		body["standard_digest"] = r.Digest
	}
	return ledger.NewRecord("score_run", r.ID.String(), r.Salt, body)
}

func hash(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }

// Keep makes a run of an area as of today. Faults: forbidden, standard_unknown.
func (s *Service) Keep(ctx context.Context, prison, area uuid.UUID, kind string, idem ledger.Idem) (Run, error) {
	unit, std, err := s.unit(ctx, prison, area)
	if err != nil {
		return Run{}, err
	}
	a := actor.From(ctx)
	if kind != SelfCheck {
		return Run{}, fault.New(fault.Malformed, "bad_request")
	}
	if err := s.mayKeep(ctx, prison, area); err != nil {
		return Run{}, err
	}
	from, to := window(std, s.Now())
	in, err := s.input(ctx, prison, unit, std, from, to)
	if err != nil {
		return Run{}, err
	}
	// The days with their references, not the sums: what a point was lost for is kept.
	if in.Facts, err = s.Store.Days(ctx, s.asked(ctx, prison), area, std.Facts(), from, to); err != nil {
		return Run{}, err
	}
	r, err := made(Run{Area: area, Kind: kind, MadeBy: a.PersonID}, std, in)
	if err != nil {
		return Run{}, err
	}
	return s.Store.AddRun(ctx, s.asked(ctx, prison), idem, r)
}

// made evaluates the input and fills in the run.
func made(r Run, std *scoring.Standard, in scoring.Input) (Run, error) {
	r.ID, r.Standard, r.Version, r.Digest, r.Engine, r.AsOf, r.Salt = uuid.Must(uuid.NewV7()), std.ID, std.Version, std.Digest, scoring.Engine, in.To, integrity.NewSalt()
	sheet := scoring.Evaluate(std, in)
	r.Score, r.Passes = sheet.Score, sheet.Passes
	var err error
	if r.Input, err = json.Marshal(in); err != nil {
		return Run{}, fmt.Errorf("input of a run: %w", err)
	}
	if r.Sheet, err = json.Marshal(sheet); err != nil {
		return Run{}, fmt.Errorf("sheet of a run: %w", err)
	}
	return r, nil
}

// Runs of an area, the newest first, without their sheets, and whether the actor may
// keep a self-check.
func (s *Service) Runs(ctx context.Context, prison, area uuid.UUID) (list []Run, may bool, err error) {
	if _, _, err := s.unit(ctx, prison, area); err != nil {
		return nil, false, err
	}
	list, err = s.Store.Runs(ctx, s.asked(ctx, prison), area)
	return list, s.mayKeep(ctx, prison, area) == nil, err
}

func (s *Service) mayKeep(ctx context.Context, prison, area uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), "create", ledger.Subject{Class: "run", Prison: prison, Area: area}, s.Now())
}

// Run with its sheet, and what evaluating its input anew says. Fault: standard_differs,
// where its version of the standard says something else now than when the run was kept.
func (s *Service) Run(ctx context.Context, prison, id uuid.UUID) (Run, Replay, error) {
	r, err := s.Store.Run(ctx, s.asked(ctx, prison), id)
	if err != nil {
		return Run{}, "", err
	}
	if err := s.mayRead(ctx, prison, r.Area); err != nil {
		return Run{}, "", err
	}
	again, err := Replays(ctx, s.Standards, r)
	return r, again, err
}

// Texts are versions of standards, in force or not (package standards). Fault: standard_unknown.
type Texts interface {
	Compiled(ctx context.Context, standard string, version int) (*scoring.Standard, error)
}

// Once asks for each version once. It is for one reader, for as long as a version stays what it is.
func Once(texts Texts) Texts { return &once{texts, map[version]compiled{}} }

type once struct {
	Texts
	known map[version]compiled
}

type version struct {
	standard string
	version  int
}

type compiled struct {
	std *scoring.Standard
	err error
}

func (o *once) Compiled(ctx context.Context, standard string, number int) (*scoring.Standard, error) {
	at := version{standard, number}
	c, ok := o.known[at]
	if !ok {
		c.std, c.err = o.Texts.Compiled(ctx, standard, number)
		o.known[at] = c
	}
	return c.std, c.err
}

// Replay is what evaluating a kept score anew says of it.
type Replay string

// The three answers.
const (
	Same    Replay = "same" // to the byte
	Differs Replay = "differs"
	// NotEvaluated is of what another engine made: it says nothing of the score.
	NotEvaluated Replay = "not_evaluated"
)

// Replays evaluates the run's input by its version of the standard and compares with its sheet. An input that
// is none gives no sheet. Faults: standard_unknown, standard_differs.
func Replays(ctx context.Context, texts Texts, r Run) (Replay, error) {
	std, err := pinned(ctx, texts, r)
	if err != nil {
		return "", err
	}
	if r.Engine != scoring.Engine {
		return NotEvaluated, nil
	}
	var in scoring.Input
	if json.Unmarshal(r.Input, &in) != nil {
		return Differs, nil
	}
	again, err := json.Marshal(scoring.Evaluate(std, in))
	if err != nil {
		return "", fmt.Errorf("sheet of run %s: %w", r.ID, err)
	}
	if !bytes.Equal(again, r.Sheet) {
		return Differs, nil
	}
	return Same, nil
}

// pinned is the standard of a run: its version, saying what it said then.
func pinned(ctx context.Context, texts Texts, r Run) (*scoring.Standard, error) {
	std, err := texts.Compiled(ctx, r.Standard, r.Version)
	if err == nil && r.Digest != "" && r.Digest != std.Digest {
		err = fault.New(fault.Conflict, "standard_differs").With("pinned", r.Digest).With("found", std.Digest)
	}
	return std, err
}
