package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"taizhang/internal/integrity"
)

// Checkpoint re-reads the log of a prison with the verifier's code, has it
// signed as far as it has come, and keeps the note. Nothing new: nil. What does
// not hold is not signed (verify before sign).
func (s *Store) Checkpoint(ctx context.Context, prison uuid.UUID, signer *integrity.Signer, publish func(integrity.Checkpoint, []byte) error) error {
	last, err := signer.Last(prison)
	if err != nil {
		return err
	}
	var known int64
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return mapped(err)
	}
	defer rollback(ctx, tx)
	var size int64
	if err := tx.QueryRow(ctx, "select size from log_heads where prison_id = $1", prison).Scan(&size); err != nil {
		return mapped(err)
	}
	if err := tx.QueryRow(ctx, "select coalesce(max(size), 0) from checkpoints where prison_id = $1", prison).Scan(&known); err != nil {
		return mapped(err)
	}
	if size == known && size == last.Size {
		return nil
	}
	hashes := &hashReader{ctx: ctx, tx: tx, prison: prison, fresh: map[int64]tlog.Hash{}}
	var todo []integrity.Checkpoint
	if last.Size > known {
		todo = append(todo, last) // signed, but the program ended before it was remembered
	}
	if size != last.Size { // smaller is what the signer refuses
		if err := (&Snapshot{tx: tx}).recheck(ctx, prison, last.Size, size); err != nil {
			return err
		}
		c := integrity.Checkpoint{Prison: prison, Size: size}
		if c.Root, err = tlog.TreeHash(size, hashes); err != nil {
			return err
		}
		todo = append(todo, c)
	}
	for _, c := range todo {
		signed, err := signer.Sign(c, hashes)
		if err != nil {
			return err
		}
		// First out of the house, then remembered: what could not leave is signed,
		// the same to the byte, and sent again the next time.
		if err := publish(c, signed); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "insert into checkpoints (prison_id, size, note, signed_at) values ($1, $2, $3, $4) on conflict do nothing", prison, c.Size, signed, time.Now()); err != nil {
			return mapped(err)
		}
	}
	return mapped(tx.Commit(ctx))
}

// recheck recomputes the leaves between two sizes and their stored hashes.
func (s *Snapshot) recheck(ctx context.Context, prison uuid.UUID, from, to int64) error {
	rows, err := s.tx.Query(ctx, `select l.idx, l.meta, l.leaf_hash, h.hash from log_leaves l
		left join log_hashes h on h.prison_id = l.prison_id and h.idx = 2 * l.idx - length(replace((l.idx::bit(63))::text, '0', ''))
		where l.prison_id = $1 and l.idx >= $2 and l.idx < $3 order by l.idx`, prison, from, to)
	if err != nil {
		return mapped(err)
	}
	defer rows.Close()
	next := from
	for rows.Next() {
		var idx int64
		var meta, hash, node []byte
		if err := rows.Scan(&idx, &meta, &hash, &node); err != nil {
			return mapped(err)
		}
		if err := integrity.Recheck(next, idx, meta, hash, node); err != nil {
			return err
		}
		next++
	}
	if err := rows.Err(); err != nil {
		return mapped(err)
	}
	return integrity.Complete(next, to)
}
