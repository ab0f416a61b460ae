package proposal

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

// Press is what a version is published with.
type Press interface {
	// PublishVersion puts it into the catalogue; proposal is none of what came in files.
	PublishVersion(ctx context.Context, t *catalog.Type, proposal uuid.UUID) error
	// DropDuties forgets duties, and has the days anew that were reckoned of them.
	DropDuties(ctx context.Context, ledgerID string, which Falling) error
	Enqueue(ctx context.Context, job ledger.Job) error
}

// Falling are the duties of a ledger that a change takes away.
type Falling string

// Which they are.
const (
	None Falling = ""
	// NotBegun: a new version's cadence plans them anew.
	NotBegun Falling = "not_begun"
	// NotFilled: those still due of a ledger that has ended, begun or not. Nobody can
	// fill them any more, so nobody misses them.
	NotFilled Falling = "not_filled"
)

// Publish puts a version in force with all that follows from it, in one transaction.
// It is the one way in, of what was decided and of what the program brought with it.
func Publish(ctx context.Context, to Press, t *catalog.Type, proposal uuid.UUID) error {
	if err := to.PublishVersion(ctx, t, proposal); err != nil || t.Version == 1 {
		return err // of a first version there are no drafts and no duties
	}
	if err := to.DropDuties(ctx, t.ID, NotBegun); err != nil { // the plan makes them anew, by the new cadence
		return err
	}
	return to.Enqueue(ctx, Published{Ledger: t.ID, Version: t.Version})
}
