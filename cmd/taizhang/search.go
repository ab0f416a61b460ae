package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"taizhang/internal/config"
	"taizhang/internal/objectstore"
	"taizhang/internal/postgres"
)

// rebuildSearch makes what entries are found by anew: after an upgrade that
// reads texts otherwise, or for entries older than the search. It may run
// beside the server: each entry is a transaction of its own.
func rebuildSearch(ctx context.Context, c config.Config, out, logTo io.Writer) (err error) {
	log := logger(c, logTo)
	database := c.DatabaseURL
	s3 := objectstore.Config{Endpoint: c.S3Endpoint, AccessKey: c.S3AccessKey, SecretKey: c.S3SecretKey, Secure: c.S3Secure, Bucket: c.S3Bucket, StagingBucket: c.S3Staging}
	if database == "" {
		dir, err := filepath.Abs(c.Data)
		if err != nil {
			return err
		}
		servers, err := startServers(ctx, c, dir, log)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, servers.stop(context.WithoutCancel(ctx))) }()
		database = postgres.AsRole(servers.postgres.URL("taizhang"), "taizhang_app")
		s3.Endpoint, s3.AccessKey, s3.SecretKey = servers.s3.Endpoint, servers.s3.AccessKey, servers.s3.SecretKey
	}
	h, err := wire(ctx, c, log, database, s3, time.Now)
	if err != nil {
		return err
	}
	defer h.store.Close()
	prisons, err := (postgres.Duties{Store: h.store}).Prisons(ctx)
	if err != nil {
		return err
	}
	for _, p := range prisons {
		n, err := h.ledger.Reindex(ctx, p)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %d entries\n", p, n)
	}
	return nil
}
