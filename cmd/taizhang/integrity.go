package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/config"
	"taizhang/internal/integrity"
	"taizhang/internal/objectstore"
	"taizhang/internal/postgres"
	"taizhang/internal/standards"
)

// keys opens the signer and lets checkpoints leave for a folder and for the
// object store, where each lies under a name of its own and under lock.
func (h *house) keys(keys, out string) error {
	signer, err := integrity.OpenSigner(keys)
	if err != nil {
		return err
	}
	h.sign = func(ctx context.Context, prison uuid.UUID) error {
		return h.store.Checkpoint(ctx, prison, signer, func(c integrity.Checkpoint, signed []byte) error {
			return errors.Join(integrity.WriteCheckpoint(out, c, signed), h.storeCheckpoint(ctx, c, signed))
		})
	}
	return nil
}

// checkpointYears is how long a stored checkpoint is kept under lock: as long
// as the longest retention of what it covers.
const checkpointYears = 30

func (h *house) storeCheckpoint(ctx context.Context, c integrity.Checkpoint, signed []byte) error {
	key := fmt.Sprintf("checkpoints/%s/%012d.note", c.Prison, c.Size)
	version, err := h.files.Put(ctx, key, bytes.NewReader(signed), int64(len(signed)), sha256.Sum256(signed), "text/plain")
	if err != nil {
		return err
	}
	_, err = h.files.Retain(ctx, key, version, time.Now().AddDate(checkpointYears, 0, 0))
	return err
}

// verify re-reads everything. Against DATABASE_URL and S3_* if they are set,
// else against the servers of the data folder, which it starts for the purpose.
func verify(ctx context.Context, c config.Config, out, logTo io.Writer) (err error) {
	dir, err := filepath.Abs(c.Data)
	if err != nil {
		return err
	}
	database := c.DatabaseURL
	s3 := objectstore.Config{Endpoint: c.S3Endpoint, AccessKey: c.S3AccessKey, SecretKey: c.S3SecretKey, Secure: c.S3Secure, Bucket: c.S3Bucket, StagingBucket: c.S3Staging}
	if database == "" {
		servers, err := startServers(ctx, c, dir, logger(c, logTo))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, servers.stop(context.WithoutCancel(ctx))) }()
		database = postgres.AsRole(servers.postgres.URL("taizhang"), "taizhang_verify")
		s3.Endpoint, s3.AccessKey, s3.SecretKey = servers.s3.Endpoint, servers.s3.AccessKey, servers.s3.SecretKey
	}
	store, err := postgres.Open(ctx, database, 4)
	if err != nil {
		return err
	}
	defer store.Close()
	files, err := objectstore.Open(ctx, s3)
	if err != nil {
		return err
	}
	key, err := integrity.OpenVerifier(filepath.Join(dir, "keys"))
	if err != nil {
		return err
	}
	// Those of the database and those that were ever signed for: one that was
	// hidden or deleted is missed by its checkpoints.
	prisons, err := store.AllPrisons(ctx)
	if err != nil {
		return err
	}
	signed, err := integrity.CheckpointPrisons(filepath.Join(dir, "checkpoints"))
	if err != nil {
		return err
	}
	for _, p := range signed {
		if !slices.Contains(prisons, p) {
			prisons = append(prisons, p)
		}
	}
	texts := &standards.Service{Store: postgres.Standards{Store: store}, Now: time.Now}
	bad := 0
	for _, p := range prisons {
		anchors, err := integrity.ReadCheckpoints(filepath.Join(dir, "checkpoints"), p)
		if err != nil {
			return err
		}
		var r *integrity.Report
		err = store.Verify(ctx, opener(files), func(s *postgres.Snapshot) error {
			s.Texts = texts
			r, err = integrity.Verify(ctx, s, p, key, anchors)
			return err
		})
		if err != nil {
			return err
		}
		bad += len(r.Problems)
		if err := report(out, r); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d places do not hold", bad)
	}
	return nil
}

func report(out io.Writer, r *integrity.Report) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", raw)
	return err
}

func opener(files *objectstore.Store) postgres.Opener {
	return func(ctx context.Context, key, version string, sum [32]byte, size int64) error {
		body, err := files.Open(ctx, key, version, sum, size)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, body)
		return errors.Join(err, body.Close())
	}
}
