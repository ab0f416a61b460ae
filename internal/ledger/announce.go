package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// The events that receivers outside may be told of.
const (
	EntryWasApproved = "entry.approved"
	EntryWasVoided   = "entry.voided"
	DutyWasMissed    = "duty.missed"
)

// Announcement is news for other systems. It names things and never says what
// is written in them: who is told may come and read, under its own name.
type Announcement struct {
	Prison uuid.UUID
	Event  string
	Ref    string // the same news is told once
	Ledger string
	Data   map[string]any
}

// Body of the message: one for all receivers.
func (a Announcement) Body(at time.Time) ([]byte, error) {
	raw, err := json.Marshal(map[string]any{"type": a.Event, "timestamp": at.UTC().Format(time.RFC3339Nano), "data": a.Data})
	if err != nil {
		return nil, fmt.Errorf("announcement: %w", err)
	}
	return raw, nil
}

// announce tells of a decided entry. Of a case against police nobody outside
// hears that there is one; of what only some may read the whole, the digest is masked.
func announce(ctx context.Context, tx Tx, event string, e Entry, masked bool) error {
	if e.Sealed {
		return nil
	}
	digest := e.Digest
	if masked {
		digest = e.Masked
	}
	return tx.Announce(ctx, Announcement{
		Prison: e.Prison, Event: event, Ref: e.Entry.String() + "/" + strconv.Itoa(e.Revision), Ledger: e.Ledger,
		Data: map[string]any{"prison": e.Prison, "area": e.Area, "ledger": e.Ledger, "entry": e.Entry, "revision": e.Revision, "day": e.Day, "digest": digest},
	})
}
