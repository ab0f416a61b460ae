package printing

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/ledger"
)

// brought are bytes that lie in the store, with no row that rests on them yet. A crash
// leaves them so, and the sweeper takes them.
type brought struct {
	prison  uuid.UUID
	sum     ledger.Digest
	size    int64
	version string
	over    string // the version that was known before, "" for none
	since   time.Time
}

// bring puts bytes under their key unless they lie there. It holds no connection while
// the store works: the key is claimed first, which keeps the sweeper away from it for
// ledger.SweepAfter.
func (s *Service) bring(ctx context.Context, prison uuid.UUID, sum ledger.Digest, r io.Reader, size int64) (brought, error) {
	b := brought{prison: prison, sum: sum, size: size}
	err := s.Store.Write(ctx, program(prison), ledger.Idem{}, nil, func(tx Tx) error {
		held, err := tx.LockKey(ctx, prison, sum)
		if err != nil {
			return err
		}
		b.over, b.since = held.VersionID, tx.Now()
		return tx.TouchObject(ctx, prison, sum, b.over, size)
	})
	if err != nil {
		return b, err
	}
	key := ledger.ObjectKey(prison, sum)
	if b.over != "" {
		there, err := s.Files.Has(ctx, key, b.over)
		if b.version = b.over; err != nil || there {
			return b, err
		}
	}
	b.version, err = s.Files.Put(ctx, key, r, size, sum, "application/pdf")
	return b, err
}

// keep gives the version that a row of the same transaction may rest on: the one that
// was brought, or that of somebody who brought the same bytes meanwhile. What took longer
// than the sweeper waits is refused, though the key be known: the version may be gone.
func (b brought) keep(ctx context.Context, tx ledger.Tx) (version string, err error) {
	held, err := tx.LockKey(ctx, b.prison, b.sum)
	if err != nil {
		return "", err
	}
	if !held.Known || tx.Now().Sub(b.since) >= ledger.SweepAfter {
		return "", fmt.Errorf("print %x: swept while it was made", b.sum)
	}
	if version = b.version; held.VersionID != b.over {
		version = held.VersionID
	}
	return version, tx.TouchObject(ctx, b.prison, b.sum, version, b.size)
}
