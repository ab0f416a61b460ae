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

// Run with its sheet, and whether evaluating its input by its version of the standard
// gives the same bytes again. Fault: standard_differs, where that version says something
// else now than when the run was kept.
func (s *Service) Run(ctx context.Context, prison, id uuid.UUID) (Run, bool, error) {
	r, err := s.Store.Run(ctx, s.asked(ctx, prison), id)
	if err != nil {
		return Run{}, false, err
	}
	if err := s.mayRead(ctx, prison, r.Area); err != nil {
		return Run{}, false, err
	}
	same, err := Replays(ctx, s.Standards, r)
	return r, same, err
}

// Texts are versions of standards, in force or not (package standards). Fault: standard_unknown.
type Texts interface {
	Compiled(ctx context.Context, standard string, version int) (*scoring.Standard, error)
}

// Replays says whether evaluating the run's input by its version of the standard gives its sheet again,
// byte for byte. What another engine made is not evaluated. Faults: standard_unknown, standard_differs.
func Replays(ctx context.Context, texts Texts, r Run) (bool, error) {
	std, err := pinned(ctx, texts, r)
	if err != nil || r.Engine != scoring.Engine {
		return false, err
	}
	var in scoring.Input
	if err := json.Unmarshal(r.Input, &in); err != nil {
		return false, fmt.Errorf("input of run %s: %w", r.ID, err)
	}
	again, err := json.Marshal(scoring.Evaluate(std, in))
	return bytes.Equal(again, r.Sheet), err
}

// pinned is the standard of a run: its version, saying what it said then.
func pinned(ctx context.Context, texts Texts, r Run) (*scoring.Standard, error) {
	std, err := texts.Compiled(ctx, r.Standard, r.Version)
	if err == nil && r.Digest != "" && r.Digest != std.Digest {
		err = fault.New(fault.Conflict, "standard_differs").With("pinned", r.Digest).With("found", std.Digest)
	}
	return std, err
}
