package objectstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"taizhang/internal/fault"
)

// Retain locks one version in COMPLIANCE mode until at least the given time
// (whole seconds) and returns until when it is locked: a lock is never shortened.
func (s *Store) Retain(ctx context.Context, key, versionID string, until time.Time) (time.Time, error) {
	// Asked first: servers word the refusal of a shorter lock differently, and a
	// lock that stands already need not be written again by a retried job.
	held, err := s.Retention(ctx, key, versionID)
	if err != nil {
		return time.Time{}, err
	}
	until = until.UTC().Truncate(time.Second)
	if !held.Before(until) {
		return held, nil
	}
	mode := minio.Compliance
	err = s.core.PutObjectRetention(ctx, s.bucket, key, minio.PutObjectRetentionOptions{
		Mode: &mode, RetainUntilDate: &until, VersionID: versionID,
	})
	return until, classify("retain", err)
}

// Retention returns until when a version is locked, the zero time if it is not.
// It reads the headers of the object: versitygw's answer to the call made for
// it is one that minio-go cannot read.
func (s *Store) Retention(ctx context.Context, key, versionID string) (time.Time, error) {
	if versionID == "" {
		return time.Time{}, errors.New("object store: retention without a version")
	}
	info, err := s.core.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{VersionID: versionID})
	if err != nil {
		return time.Time{}, classify("retention", err)
	}
	text := info.Metadata.Get("X-Amz-Object-Lock-Retain-Until-Date")
	if text == "" {
		return time.Time{}, nil
	}
	until, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("object store: retention date: %w", err)
	}
	return until, nil
}

// probeKey is no valid evidence key, which begins with a prison's id.
const probeKey = ".probe/lock"

const probeFor = time.Minute

// probeLock locks an object for a minute and tries to remove it. What former
// probes left is removed once its minute is over.
func (s *Store) probeLock(ctx context.Context) (held bool, err error) {
	for old, err := range s.List(ctx, probeKey) {
		if err != nil {
			return false, err
		}
		_ = s.core.RemoveObject(ctx, s.bucket, old.Key, minio.RemoveObjectOptions{VersionID: old.VersionID})
	}
	info, err := s.core.PutObject(ctx, s.bucket, probeKey, strings.NewReader("lock?"), 5, "", "",
		minio.PutObjectOptions{DisableContentSha256: true})
	if err != nil {
		return false, classify("probe", err)
	}
	if _, err := s.Retain(ctx, probeKey, info.VersionID, time.Now().Add(probeFor)); err != nil {
		if fault.Is(err, fault.Unavailable) {
			return false, err
		}
		return false, s.Remove(ctx, probeKey, info.VersionID)
	}
	err = s.Remove(ctx, probeKey, info.VersionID)
	if fault.CodeOf(err) == "evidence_locked" {
		return true, nil
	}
	return false, err
}
