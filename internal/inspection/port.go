package inspection

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Standing is how far a check has come, as an act on its case asks.
type Standing struct {
	Confirmed    bool // its sheet is, by the leader of its team
	AppealsOver  bool // decided, or their time is
	CriticalOpen int  // critical items nobody has verified as done
}

// Item is one thing to be put right, and by whom.
type Item struct {
	ID       uuid.UUID `json:"id"`
	Line     string    `json:"line"`
	Owner    uuid.UUID `json:"owner"`
	DueOn    string    `json:"due_on"`
	Verified bool      `json:"verified"` // by somebody else than the owner
}

// Checks is what an accreditation asks of the checks of a unit.
type Checks interface {
	Standing(ctx context.Context, tx ledger.Tx, prison, check uuid.UUID) (Standing, error)
	// Items of the unit, verified or not; area is uuid.Nil for the prison as a whole.
	Items(ctx context.Context, tx ledger.Tx, prison, area uuid.UUID) ([]Item, error)
	// Findings of one check alone.
	Findings(ctx context.Context, prison, check uuid.UUID) ([]scoring.Finding, error)
}
