// Package assessment is the use cases of scoring: runs that are kept, and how a
// unit stands today. What stands here is what other use cases rest on.
package assessment

import (
	"context"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// Purpose is what a unit is scored for.
type Purpose string

// The purposes of the runs that are kept.
const (
	SelfCheck  Purpose = "self"
	Baseline   Purpose = "baseline"
	Acceptance Purpose = "acceptance"
	LookBack   Purpose = "lookback"
	ReCheck    Purpose = "recheck"
)

// Window is the days whose facts count, the first and the last of them.
type Window struct{ From, To string }

// Run is one scoring that was kept, never changed, and replayed to the same bytes.
type Run struct {
	Prison  uuid.UUID      `json:"prison"`
	ID      uuid.UUID      `json:"id"`
	Unit    standards.Unit `json:"unit"`
	Purpose Purpose        `json:"purpose"`
	Check   uuid.UUID      `json:"check,omitzero"`
	Pin     standards.Pin  `json:"pin"`
	Window  Window         `json:"window"`
	Sheet   *scoring.Sheet `json:"sheet"`
	At      time.Time      `json:"at"`
}

// Runner scores units.
type Runner interface {
	// Live is how the unit stands on the day; nothing is kept.
	Live(ctx context.Context, u standards.Unit, day string) (*scoring.Sheet, error)
	// Run scores and keeps it in the caller's transaction. check is uuid.Nil for a self-check.
	Run(ctx context.Context, tx ledger.Tx, u standards.Unit, p standards.Pin, w Window, purpose Purpose, check uuid.UUID) (Run, error)
	// Latest of the purposes; false where there is none.
	Latest(ctx context.Context, u standards.Unit, purposes ...Purpose) (Run, bool, error)
}
