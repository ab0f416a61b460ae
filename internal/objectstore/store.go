// Package objectstore keeps the bytes of evidence in an S3 store and never
// trusts it: what is written is read back and compared, what is read is pinned
// to a version and hashed on the way.
package objectstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Config says where the store is.
type Config struct {
	Endpoint  string // host:port
	AccessKey string
	SecretKey string
	Region    string // "" is us-east-1
	Secure    bool   // HTTPS
	// Bucket holds evidence: versions, object lock.
	Bucket string
	// StagingBucket holds uploads in progress: no versions, swept by a job.
	StagingBucket string
}

// Store is safe for use from many goroutines.
type Store struct {
	core            *minio.Core
	bucket, staging string
	locks           bool
}

const (
	dialLimit   = 2 * time.Second
	answerLimit = 30 * time.Second // of headers, not of bodies
	tries       = 2
)

// Open reaches the store, makes missing buckets, and tries out whether object
// lock holds. An unreachable store is the fault Unavailable `store_unavailable`
// after a few seconds; a bucket without versions is a plain error.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Bucket == c.StagingBucket {
		return nil, errors.New("object store: evidence and staging need two buckets")
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	core, err := minio.NewCore(c.Endpoint, &minio.Options{
		Creds:        credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""),
		Secure:       c.Secure,
		Region:       c.Region,
		BucketLookup: minio.BucketLookupPath,
		MaxRetries:   tries,
		// No trailing checksums: versitygw refuses them over plain HTTP. Every
		// checksum here is known beforehand and goes in a header.
		TrailingHeaders: false,
		Transport: &http.Transport{
			DialContext:           (&net.Dialer{Timeout: dialLimit, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout:   dialLimit,
			ResponseHeaderTimeout: answerLimit,
			IdleConnTimeout:       time.Minute,
			MaxIdleConnsPerHost:   64,
			DisableCompression:    true, // a length must mean the stored bytes
		},
	})
	if err != nil {
		return nil, fmt.Errorf("object store: %w", err)
	}
	s := &Store{core: core, bucket: c.Bucket, staging: c.StagingBucket}
	if err := s.makeBucket(ctx, c.StagingBucket, c.Region, false); err != nil {
		return nil, err
	}
	if err := s.makeBucket(ctx, c.Bucket, c.Region, true); err != nil {
		return nil, err
	}
	versioning, err := core.GetBucketVersioning(ctx, c.Bucket)
	if err != nil {
		return nil, classify("look at versioning", err)
	}
	if !versioning.Enabled() {
		return nil, fmt.Errorf("object store: bucket %s has no versions; evidence needs them", c.Bucket)
	}
	if s.locks, err = s.probeLock(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Locks reports whether the store was seen to refuse the removal of a version
// under retention.
func (s *Store) Locks() bool { return s.locks }

// Ping asks the store for the evidence bucket, for readiness.
func (s *Store) Ping(ctx context.Context) error {
	found, err := s.core.BucketExists(ctx, s.bucket)
	if err == nil && !found {
		return fmt.Errorf("object store: bucket %s is gone", s.bucket)
	}
	return classify("ping", err)
}

func (s *Store) makeBucket(ctx context.Context, name, region string, lock bool) error {
	found, err := s.core.BucketExists(ctx, name)
	if err != nil {
		return classify("look for bucket "+name, err)
	}
	if found {
		return nil
	}
	err = s.core.MakeBucket(ctx, name, minio.MakeBucketOptions{Region: region, ObjectLocking: lock})
	// Two servers may start at once.
	if code := minio.ToErrorResponse(err).Code; code == minio.BucketAlreadyOwnedByYou || code == minio.BucketAlreadyExists {
		return nil
	}
	return classify("make bucket "+name, err)
}
