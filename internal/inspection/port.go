package inspection

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Standing is how far a check has come, as an act on its case asks.
type Standing struct {
	Kind         string
	Case         uuid.UUID // zero: none
	Team         int       // people
	OfPrison     int       // of them who are or were posted in the prison; the database refuses them
	Confirmed    bool      // its sheet is, by the leader of its team
	Closed       bool      // by the bureau's office, after the appeals
	AppealsOpen  int
	AppealsOver  bool // decided, and their time is over
	CriticalOpen int  // critical items of the unit that nobody has verified as done
	// Of the run in force, once it is confirmed; all but the run are exact, as text.
	Run      uuid.UUID
	Score    string
	Deducted string // points less score
	Line     string
}

// Item is one thing to be put right, and by whom.
type Item struct {
	ID       uuid.UUID `json:"id"`
	Line     string    `json:"line"`
	Owner    uuid.UUID `json:"owner,omitzero"` // zero: the unit has named nobody
	DueOn    string    `json:"due_on"`
	Verified bool      `json:"verified"` // by somebody else than the owner
}

// Checks is what an accreditation asks of the checks of a unit; Service answers it.
type Checks interface {
	Standing(ctx context.Context, tx ledger.Tx, prison, check uuid.UUID) (Standing, error)
	// Items of the unit, verified or not; area is uuid.Nil for the prison as a whole.
	Items(ctx context.Context, tx ledger.Tx, prison, area uuid.UUID) ([]Item, error)
	// Findings of one check alone, as the appeals left them.
	Findings(ctx context.Context, prison, check uuid.UUID) ([]scoring.Finding, error)
	// EndRights ends the rights of the check's team at once, whatever its state.
	EndRights(ctx context.Context, tx ledger.Tx, prison, check uuid.UUID) error
}

// Titles tells which areas of a prison hold a title on a day.
type Titles interface {
	Titled(ctx context.Context, prison uuid.UUID, day string) (map[uuid.UUID]bool, error)
}

// Cases tells which version of the standard the case of a unit is held to: its checks
// are held to the same. Faults: not_found, case_forbids.
type Cases interface {
	Held(ctx context.Context, prison, area, id uuid.UUID, kind string) (standard string, version int, err error)
}
