package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"github.com/google/uuid"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// note keeps a record that was inserted, for Append.
func (t *txn) note(r ledger.Record, err error) error {
	if err == nil {
		t.records = append(t.records, r)
	}
	return err
}

// Append gives the records their places. The head's lock is the last one a
// transaction takes and is held until its commit: acknowledged is sequenced.
func (t *txn) Append(ctx context.Context, prison uuid.UUID) (ledger.Receipt, error) {
	leaves := t.records
	t.records = nil
	var size int64
	var last *time.Time
	err := t.tx.QueryRow(ctx, "select size, nullif(recorded_at, '-infinity') from log_heads where prison_id = $1 for update", prison).Scan(&size, &last)
	if err != nil {
		return ledger.Receipt{}, fmt.Errorf("log head: %w", err)
	}
	// Time never runs back within a log, though a transaction that began
	// earlier may get here later.
	at := t.now
	if last != nil && last.After(at) {
		at = *last
	}
	first := ledger.Receipt{Index: size, RecordedAt: at}
	hashes := &hashReader{ctx: ctx, tx: t.tx, prison: prison, fresh: map[int64]tlog.Hash{}}
	batch := &pgx.Batch{}
	for i, l := range leaves {
		digest := integrity.ContentDigest(l.Salt, l.Canonical)
		meta, err := integrity.Meta{Prison: prison, Kind: l.Kind, Ref: l.Ref, RecordedAt: integrity.Stamp(t.now),
			Digest: "sha256:" + hex.EncodeToString(digest[:])}.Encode()
		if err != nil {
			return ledger.Receipt{}, err
		}
		leaf := integrity.LeafHash(meta)
		stored, err := integrity.Stored(size, leaf, hashes)
		if err != nil {
			return ledger.Receipt{}, err
		}
		batch.Queue(`insert into log_leaves (prison_id, idx, kind, ref, meta, content_digest, leaf_hash, recorded_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`, prison, size, l.Kind, l.Ref, meta, digest[:], leaf[:], at)
		at0 := tlog.StoredHashIndex(0, size)
		for j, h := range stored {
			hashes.fresh[at0+int64(j)] = h
			batch.Queue("insert into log_hashes (prison_id, idx, hash) values ($1, $2, $3)", prison, at0+int64(j), h[:])
		}
		if i == 0 {
			first.Leaf = ledger.Digest(leaf)
		}
		size++
	}
	batch.Queue("update log_heads set size = $2, recorded_at = $3 where prison_id = $1", prison, size, at)
	first.Size = size
	return first, t.tx.SendBatch(ctx, batch).Close()
}

// hashReader reads stored hashes, those of this very transaction included.
type hashReader struct {
	ctx    context.Context
	tx     pgx.Tx
	prison uuid.UUID
	fresh  map[int64]tlog.Hash
}

func (r *hashReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	var missing []int64
	for i, idx := range indexes {
		h, ok := r.fresh[idx]
		if !ok {
			missing = append(missing, idx)
		}
		out[i] = h
	}
	if len(missing) == 0 {
		return out, nil
	}
	rows, err := r.tx.Query(r.ctx, "select idx, hash from log_hashes where prison_id = $1 and idx = any($2)", r.prison, missing)
	if err != nil {
		return nil, err
	}
	var idx int64
	var hash []byte
	if _, err := pgx.ForEachRow(rows, []any{&idx, &hash}, func() error {
		r.fresh[idx] = tlog.Hash(hash)
		return nil
	}); err != nil {
		return nil, err
	}
	for i, idx := range indexes {
		h, ok := r.fresh[idx]
		if !ok {
			return nil, errors.New("a stored hash of the log is missing")
		}
		out[i] = h
	}
	return out, nil
}
