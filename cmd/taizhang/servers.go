package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"taizhang/internal/config"
	"taizhang/internal/embedded"
)

// servers are the private PostgreSQL and S3 of a data folder.
type servers struct {
	postgres *embedded.Postgres
	s3       *embedded.S3
	release  func()
}

// startServers takes the folder and starts both; a folder in use is the fault
// already_running.
func startServers(ctx context.Context, c config.Config, dir string, log *slog.Logger) (_ *servers, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	s := &servers{}
	if s.release, err = embedded.LockFolder(dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop(context.WithoutCancel(ctx)))
		}
	}()
	cache := c.Cache
	if cache == "" {
		cache = filepath.Join(dir, "cache")
	}
	s.postgres, err = embedded.StartPostgres(ctx, embedded.PostgresOptions{Dir: filepath.Join(dir, "postgres"), CacheDir: cache, BinDir: c.PGBinDir, Log: log})
	if err != nil {
		return nil, err
	}
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("own program: %w", err)
	}
	s.s3, err = embedded.StartS3(ctx, embedded.S3Options{Dir: filepath.Join(dir, "s3"), Exe: exe, Log: log})
	return s, err
}

func (s *servers) stop(ctx context.Context) error {
	var errs []error
	if s.s3 != nil {
		errs = append(errs, s.s3.Stop(ctx))
	}
	if s.postgres != nil {
		errs = append(errs, s.postgres.Stop(ctx))
	}
	s.release()
	return errors.Join(errs...)
}
