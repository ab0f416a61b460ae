package ledger

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
)

// Brought are bytes that lie in the store, with no row that rests on them yet. A crash
// leaves them so, and the sweeper takes them.
type Brought struct {
	Prison  uuid.UUID
	Sum     Digest
	Size    int64
	Version string
	Over    string // the version that was known before, "" for none
	Since   time.Time
}

// Bring puts bytes under their key unless they lie there; write runs its argument in a
// transaction of the program. It holds no connection while the store works: the key is
// claimed first, which keeps the sweeper away from it for SweepAfter.
func Bring(ctx context.Context, files Files, write func(func(Tx) error) error, prison uuid.UUID, sum Digest, r io.Reader, size int64, mediaType string) (Brought, error) {
	b := Brought{Prison: prison, Sum: sum, Size: size}
	err := write(func(tx Tx) error {
		held, err := tx.LockKey(ctx, prison, sum)
		if err != nil {
			return err
		}
		b.Over, b.Since = held.VersionID, tx.Now()
		return tx.TouchObject(ctx, prison, sum, b.Over, size)
	})
	if err != nil {
		return b, err
	}
	key := ObjectKey(prison, sum)
	if b.Over != "" {
		there, err := files.Has(ctx, key, b.Over)
		if b.Version = b.Over; err != nil || there {
			return b, err
		}
	}
	b.Version, err = files.Put(ctx, key, r, size, sum, mediaType)
	return b, err
}

// Keep gives the version that a row of the same transaction may rest on: the one that
// was brought, or that of somebody who brought the same bytes meanwhile. What took longer
// than the sweeper waits is refused, though the key be known: the version may be gone.
func (b Brought) Keep(ctx context.Context, tx Tx) (version string, err error) {
	held, err := tx.LockKey(ctx, b.Prison, b.Sum)
	if err != nil {
		return "", err
	}
	if !held.Known || tx.Now().Sub(b.Since) >= SweepAfter {
		return "", fmt.Errorf("object %x: swept while it was brought", b.Sum)
	}
	if version = b.Version; held.VersionID != b.Over {
		version = held.VersionID
	}
	return version, tx.TouchObject(ctx, b.Prison, b.Sum, version, b.Size)
}
