package ledger

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/fault"
)

// SweepAfter is how long bytes that no row points at are left alone.
const SweepAfter = 24 * time.Hour

// StoredObject is one stored version; of a staged part VersionID is empty.
type StoredObject struct {
	Key       string
	VersionID string
	Size      int64
	Modified  time.Time
}

// Swept counts what a sweep took away.
type Swept struct{ Uploads, Parts, Versions int }

// Sweep removes what crashes and abandoned forms left in the object store of a
// prison: uploads that nobody went on with since before, their staged parts,
// and stored versions that no evidence and no draft rests on. It may run beside
// any other write and beside itself.
func (s *Service) Sweep(ctx context.Context, prison uuid.UUID, before time.Time) (Swept, error) {
	var done Swept
	ses := Session{Prison: prison, Scope: Everything()}
	err := s.Store.Write(ctx, ses, Idem{}, nil, func(tx Tx) error {
		var err error
		if done.Uploads, err = tx.DropUploads(ctx, prison, before); err != nil {
			return err
		}
		return tx.DropClaims(ctx, prison, before)
	})
	if err != nil {
		return done, err
	}
	for part, err := range s.Files.ListStaging(ctx, prison.String()+".") {
		if err != nil {
			return done, err
		}
		id, ok := uploadOf(prison, part.Key)
		if !ok || !part.Modified.Before(before) {
			continue
		}
		took, err := s.sweepPart(ctx, ses, id, part.Key)
		if err != nil {
			return done, err
		}
		if took {
			done.Parts++
		}
	}
	done.Versions, err = s.SweepVersions(ctx, prison, before)
	return done, err
}

// SweepVersions is the part of Sweep that looks at stored versions.
func (s *Service) SweepVersions(ctx context.Context, prison uuid.UUID, before time.Time) (n int, err error) {
	ses := Session{Prison: prison, Scope: Everything()}
	for v, err := range s.Files.List(ctx, prison.String()+"/") {
		if err != nil {
			return n, err
		}
		sum, ok := sumOf(prison, v.Key)
		if !ok || !v.Modified.Before(before) {
			continue
		}
		took, err := s.sweepVersion(ctx, ses, sum, v, before)
		if err != nil {
			return n, err
		}
		if took {
			n++
		}
	}
	return n, nil
}

func (s *Service) sweepPart(ctx context.Context, ses Session, upload uuid.UUID, key string) (took bool, err error) {
	err = s.Store.Write(ctx, ses, Idem{}, nil, func(tx Tx) error {
		// Waits for a part being streamed: its row is locked until it is there.
		_, err := tx.LockUpload(ctx, ses.Prison, upload)
		if err == nil || !fault.Is(err, fault.NotFound) {
			return err
		}
		took = true
		return s.Files.RemoveStaging(ctx, key)
	})
	return took, err
}

// sweepVersion takes two steps, each in a transaction of its own, because a row
// must never outlive its bytes: first the row goes, and only when that is
// committed the bytes. Both hold the key, so nobody brings the same bytes
// meanwhile.
func (s *Service) sweepVersion(ctx context.Context, ses Session, sum Digest, v StoredObject, before time.Time) (took bool, err error) {
	for again := true; again && err == nil; {
		again = false
		err = s.Store.Write(ctx, ses, Idem{}, nil, func(tx Tx) error {
			row, err := tx.LockKey(ctx, ses.Prison, sum)
			if err != nil {
				return err
			}
			if row.Known && !row.TouchedAt.Before(before) {
				return nil // somebody brings these bytes, or just did
			}
			if row.VersionID == v.VersionID {
				if row.Used {
					return nil
				}
				again = true
				return tx.DropObject(ctx, ses.Prison, sum)
			}
			fault.Point("sweep.claimed")
			err = s.Files.Remove(ctx, v.Key, v.VersionID)
			if fault.CodeOf(err) == "evidence_locked" {
				return nil // under lock without a row: not ours to judge
			}
			took = err == nil
			return err
		})
	}
	return took, err
}

// ObjectRow guards a key of the store.
type ObjectRow struct {
	Known     bool   // there is one
	VersionID string // "" while bytes are brought to the key that none lay under
	TouchedAt time.Time
	Used      bool // a draft, a revision, a print or a volume rests on it
}

func uploadOf(prison uuid.UUID, key string) (uuid.UUID, bool) {
	rest, ok := strings.CutPrefix(key, prison.String()+".")
	name, _, found := strings.Cut(rest, ".")
	id, err := uuid.Parse(name)
	return id, ok && found && err == nil
}

func sumOf(prison uuid.UUID, key string) (sum Digest, ok bool) {
	rest, ok := strings.CutPrefix(key, prison.String()+"/")
	raw, err := hex.DecodeString(rest)
	if !ok || err != nil || len(raw) != len(sum) {
		return sum, false
	}
	return Digest(raw), true
}
