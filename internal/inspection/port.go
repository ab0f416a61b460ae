package inspection

import (
	"context"
	"io"
	"math/big"

	"github.com/google/uuid"

	"taizhang/internal/ledger"
	"taizhang/internal/printing"
	"taizhang/internal/scoring"
)

// Standing is how far a check has come, as an act on its case asks.
type Standing struct {
	Kind        string
	Case        uuid.UUID // zero: none
	Team        int       // people
	OfPrison    int       // of them who are or were posted in the prison; the database refuses them
	Confirmed   bool      // its sheet is, by the leader of its team
	Closed      bool      // by the bureau's office, after the appeals
	AppealsOpen int
	AppealsOver bool // decided, and their time is over
	AppealUntil string
	// Of the run in force, once it is confirmed; all but the run are exact, as text.
	Run      uuid.UUID
	Score    string
	Deducted string // points less score
	Line     string
	Lowest   *big.Rat // score over points of the domain where that is least, of what applies; nil for none
}

// Item is one thing to be put right, and by whom.
type Item struct {
	ID       uuid.UUID `json:"id"`
	Check    uuid.UUID `json:"check"`
	Line     string    `json:"line"`
	Critical bool      `json:"critical"`       // a line of the standard that says so
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
	// Filed is the paper of a kept score, drawn and put under lock the first time.
	Filed(ctx context.Context, prison, run uuid.UUID) (printing.SheetPrint, io.ReadCloser, error)
	// EndRights ends the rights of the check's team at once, whatever its state.
	EndRights(ctx context.Context, tx ledger.Tx, prison, check uuid.UUID) error
	// Abandon ends the rights of the case's teams of these kinds; what is open is cancelled.
	Abandon(ctx context.Context, tx ledger.Tx, prison, of uuid.UUID, kinds []string, by uuid.UUID, reason string) error
}

// Titles tells which areas of a prison hold a title on a day.
type Titles interface {
	Titled(ctx context.Context, prison uuid.UUID, day string) (map[uuid.UUID]bool, error)
}

// Carried is the run of the look-back that a re-check takes over, and at which rate.
type Carried struct {
	Run  uuid.UUID
	Rate scoring.Decimal
}

// Cases is what the road of a unit says to its checks.
type Cases interface {
	// Rules are of the road that the case is held to; of no case (nil), of the road in force. Fault: not_found.
	Rules(ctx context.Context, prison uuid.UUID, of *uuid.UUID) (Rules, error)
	// Held locks the case for a check of this kind that is about to begin, and is the version
	// that both are held to; from is its first day. Faults: not_found, case_forbids, case_checked, bad_check.
	Held(ctx context.Context, tx ledger.Tx, prison, area, id uuid.UUID, kind, from string) (standard string, version int, err error)
	// Rests refuses a sheet before the case is in the step that rests on it. Faults: not_found, case_forbids.
	Rests(ctx context.Context, prison, id uuid.UUID, kind string) error
	// Carried is of the look-back of the case's cycle; nil is none.
	Carried(ctx context.Context, prison, id uuid.UUID) (*Carried, error)
}
