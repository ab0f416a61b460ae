package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"time"

	"taizhang/internal/config"
	"taizhang/internal/demo"
	"taizhang/internal/embedded"
	"taizhang/internal/fault"
	"taizhang/internal/httpapi"
	"taizhang/internal/objectstore"
	"taizhang/internal/postgres"
)

// up brings its own servers, the demonstration and the page, and ends all of
// it together.
func up(ctx context.Context, c config.Config, out, logTo io.Writer) (err error) {
	dir, err := filepath.Abs(c.Data)
	if err != nil {
		return err
	}
	log := logger(c, logTo)
	// What was started is ended in reverse, on a context of its own.
	var ends []func(context.Context) error
	defer func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		for i := len(ends) - 1; i >= 0; i-- {
			err = errors.Join(err, ends[i](stop))
		}
	}()
	own, err := startServers(ctx, c, dir, log)
	if err != nil {
		return err
	}
	ends = append(ends, own.stop)
	pg, s3 := own.postgres, own.s3
	if err := postgres.CreateDatabase(ctx, pg.URL("postgres"), "taizhang"); err != nil {
		return err
	}
	if err := postgres.Migrate(ctx, pg.URL("taizhang")); err != nil {
		return err
	}
	// Also where it is not to be set any more: the log's time must not run back.
	clock, err := demo.OpenClock(filepath.Join(dir, "clock"), time.Now)
	if err != nil {
		return err
	}
	h, err := wire(ctx, c, log, postgres.AsRole(pg.URL("taizhang"), "taizhang_app"), objectstore.Config{
		Endpoint: s3.Endpoint, AccessKey: s3.AccessKey, SecretKey: s3.SecretKey, Bucket: c.S3Bucket, StagingBucket: c.S3Staging}, clock.Now)
	if err != nil {
		return err
	}
	ends = append(ends, h.close)
	h.store.Clock = clock.Now
	if err := h.keys(filepath.Join(dir, "keys"), filepath.Join(dir, "checkpoints")); err != nil {
		return err
	}
	d, err := demo.New(ctx, demo.Options{OwnerURL: pg.URL("taizhang"), Store: h.store, Catalog: h.catalog, Access: h.access, Files: h.files, Inspection: h.api.Inspection, Cases: h.cases,
		Refresh: h.refresh, Days: c.DemoDays, Seed: c.DemoSeed, Prisons: c.DemoPrisons, Now: clock.Now, Log: log})
	if err != nil {
		return err
	}
	h.api.Making = func() httpapi.Progress { return d.Progress() }
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("the page's address: %w (set LISTEN to another one)", err)
	}
	if err := embedded.AnnounceAddress(dir, l.Addr().String()); err != nil {
		return err
	}
	if h.printing.Address == "" {
		h.printing.Address = "http://" + l.Addr().String()
	}
	workers, err := h.startJobs(ctx)
	if err != nil {
		return err
	}
	ends = append(ends, workers.Stop)
	if c.Clock {
		h.api.Forward = func(ctx context.Context, to time.Time) error {
			others, err := h.store.Others(ctx)
			switch {
			case err != nil:
				return err
			case others:
				return fault.New(fault.NotFound, "not_found")
			case !d.Progress().Finished:
				return fault.New(fault.Unavailable, "prison_preparing")
			}
			if err := clock.Forward(to); err != nil {
				return err
			}
			return workers.Poke(ctx)
		}
	}
	filled := make(chan struct{})
	go func() {
		defer close(filled)
		if err := d.Fill(ctx); err != nil && ctx.Err() == nil {
			log.Error("demonstration", "error", err)
		}
	}()
	ends = append(ends, func(ctx context.Context) error {
		select {
		case <-filled:
		case <-ctx.Done():
		}
		return nil
	})
	welcome(out, l.Addr().String(), dir, d.Logins())
	return httpapi.Serve(ctx, l, h.api.New(), log)
}

func welcome(out io.Writer, address, dir string, logins []httpapi.Login) {
	fmt.Fprintf(out, "\n台账 Taizhang: http://%s   (data in %s, Ctrl-C ends everything)\n", address, dir)
	fmt.Fprintf(out, "演示登录 demonstration logins, password %s:\n", demo.Password)
	for _, l := range logins {
		fmt.Fprintf(out, "  %s  %s  %s / %s\n", l.Number, l.Name, l.Title.ZH, l.Title.EN)
	}
	fmt.Fprintln(out, "本机目录上的佐证存储不能防范本机管理员改动 (evidence on this folder is not WORM against root of this machine)")
}
