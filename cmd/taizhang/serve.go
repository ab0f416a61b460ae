package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"taizhang/internal/config"
	"taizhang/internal/httpapi"
	"taizhang/internal/objectstore"
	"taizhang/internal/postgres"
)

// serve runs against servers that somebody else keeps.
func serve(ctx context.Context, c config.Config, out, logTo io.Writer) (err error) {
	if c.DatabaseURL == "" || c.S3Endpoint == "" {
		return errors.New("serve wants DATABASE_URL and S3_ENDPOINT; taizhang up brings its own")
	}
	log := logger(c, logTo)
	h, err := wire(ctx, c, log, c.DatabaseURL, objectstore.Config{Endpoint: c.S3Endpoint, AccessKey: c.S3AccessKey, SecretKey: c.S3SecretKey,
		Secure: c.S3Secure, Bucket: c.S3Bucket, StagingBucket: c.S3Staging}, time.Now)
	if err != nil {
		return err
	}
	defer h.store.Close()
	if err := h.store.Walled(ctx); err != nil {
		return err
	}
	if err := h.keys(c.Data+"/keys", c.Data+"/checkpoints"); err != nil {
		return err
	}
	workers, err := h.startJobs(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, workers.Stop(context.WithoutCancel(ctx))) }()
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("the page's address: %w", err)
	}
	fmt.Fprintf(out, "taizhang: http://%s\n", l.Addr())
	return httpapi.Serve(ctx, l, h.api.New(), log)
}

func migrate(ctx context.Context, c config.Config, out, _ io.Writer) error {
	if c.OwnerURL == "" {
		return errors.New("migrate wants DATABASE_OWNER_URL")
	}
	if err := postgres.Migrate(ctx, c.OwnerURL); err != nil {
		return err
	}
	if c.DatabaseURL != "" {
		if err := postgres.SetPassword(ctx, c.OwnerURL, c.DatabaseURL); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(out, "the database has the shape of this program")
	return err
}
