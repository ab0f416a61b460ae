package inspection

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/assessment"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Store keeps checks and what hangs on them.
type Store interface {
	Areas(ctx context.Context, prison uuid.UUID) ([]ledger.Area, error)
	// Check with its team, Checks of a prison, the newest first.
	Check(ctx context.Context, s ledger.Session, id uuid.UUID) (Check, error)
	Checks(ctx context.Context, s ledger.Session, most int) ([]Check, error)
	// CheckBefore is the latest check of the unit that had a sheet when c was recorded and is not its own; zero for none.
	CheckBefore(ctx context.Context, s ledger.Session, c Check) (uuid.UUID, error)
	Acts(ctx context.Context, s ledger.Session, check uuid.UUID) ([]Act, error)
	FindingsOf(ctx context.Context, s ledger.Session, check uuid.UUID) ([]Finding, error)
	// Scored are the findings of one check that cost something, as the appeals left them.
	Scored(ctx context.Context, s ledger.Session, check uuid.UUID) ([]scoring.Finding, error)
	// Candidates for a team, in turn.
	Candidates(ctx context.Context, s ledger.Session, q Sought) ([]Candidate, error)
	PoolStore
	// RunSheet is the sheet of a kept run.
	RunSheet(ctx context.Context, s ledger.Session, run uuid.UUID) ([]byte, error)
	// OpenCheck inserts what fn says in its transaction.
	OpenCheck(ctx context.Context, s ledger.Session, idem ledger.Idem, fn func(ledger.Tx) (Check, error)) (Check, error)
	// Change locks the check, lets fn look at it and at its findings and say what is
	// written; the check's Seq is one more afterwards.
	Change(ctx context.Context, s ledger.Session, idem ledger.Idem, check uuid.UUID, fn func(Check, []Finding) (Change, error)) (Check, error)

	// Draw locks the check, lets fn look at it, at its draws before and at whom the roster of the kind and
	// area names now (of lines: those that nobody looked at, found anything at or drew before), and keeps what it says.
	Draw(ctx context.Context, s ledger.Session, idem ledger.Idem, check uuid.UUID, d Drawing, fn func(c Check, before []Drawing, lately string, roster []string) (Drawing, error)) (Drawing, error)
	// Draws of a check with their marks, the oldest first.
	Draws(ctx context.Context, s ledger.Session, check uuid.UUID) ([]Drawing, error)
	// MarkDrawn locks the check, lets fn look at it and at the draw, and keeps the mark: not_found.
	MarkDrawn(ctx context.Context, s ledger.Session, idem ledger.Idem, check, draw uuid.UUID, item string, fn func(Check, Drawing) (Mark, error)) (Drawing, error)
	// SayValue locks the check, lets fn look at it and at the draw, and keeps the value: not_found, value_said,
	// value_full, value_told.
	SayValue(ctx context.Context, s ledger.Session, idem ledger.Idem, check, draw uuid.UUID, line string, fn func(Check, Drawing) (Value, error)) error
	// Pairs are the lines that somebody and another scored, in checks that count as service.
	Pairs(ctx context.Context, s ledger.Session, person uuid.UUID) ([]Pair, error)

	// Looks of a check, line by line, the newest first.
	Looks(ctx context.Context, s ledger.Session, check uuid.UUID) ([]Look, error)
	// Photos of a check among those named, each once: whoever asks brought it, or a look or a finding shows it.
	Photos(ctx context.Context, s ledger.Session, check uuid.UUID, sums []string) ([]Photo, error)
	// AddPhoto locks the check and gives what p's author brought already; else it lets keep look at the check
	// and at how many were brought, and keeps p in the version that it says.
	AddPhoto(ctx context.Context, s ledger.Session, idem ledger.Idem, check uuid.UUID, p Photo, keep func(tx ledger.Tx, c Check, brought int) (version string, err error)) (Photo, error)

	// Rectifications of the prison that the asker sees, of one unit (area), or so many of all
	// (nil), those that wait before others; the newest first.
	Rectifications(ctx context.Context, s ledger.Session, unit *uuid.UUID, most int) ([]Rectification, error)
	// ActOn locks the item, lets fn look at it and say the act.
	ActOn(ctx context.Context, s ledger.Session, idem ledger.Idem, item uuid.UUID, fn func(Rectification) (Rectifying, error)) (Rectification, error)
	// PostedFor is the person of that number, if posted where the items of the unit are put right.
	PostedFor(ctx context.Context, s ledger.Session, number string, area uuid.UUID) (*uuid.UUID, error)

	// Of a case's transaction.
	StandingIn(ctx context.Context, tx ledger.Tx, prison, check uuid.UUID) (StandingRow, error)
	ItemsIn(ctx context.Context, tx ledger.Tx, prison, area uuid.UUID) ([]Rectification, error)
	EndRights(ctx context.Context, tx ledger.Tx, prison, check uuid.UUID) error
	// ChecksIn are those of the case, locked; CancelIn writes the act.
	ChecksIn(ctx context.Context, tx ledger.Tx, prison, of uuid.UUID) ([]Check, error)
	CancelIn(ctx context.Context, tx ledger.Tx, c Check, a Act) error
}

// StandingRow is what the store knows of a check's standing; Sheet is of the run in force.
type StandingRow struct {
	Check       Check
	OfPrison    int
	AppealsOpen int
	Sheet       []byte
}

// Change is what one act on a check writes; empty members write nothing.
type Change struct {
	Member     *Member
	Finding    *Finding
	Look       *Look
	On         uuid.UUID // the finding that what follows is about
	Withdrawal *Withdrawal
	Reply      *Reply
	Appeal     *Appeal
	Decision   *AppealDecision // of On's appeal
	Act        *Act
	Run        *assessment.Run // of the act
	Items      []Rectification
	Until      string // the last day of appeals, of a confirmation
}
