// With-servers runs a command with the servers of the tests around it:
//
//	go run ./cmd/with-servers -- go test ./...
//
// It starts one PostgreSQL, one versitygw and one MinIO, names them in
// TAIZHANG_TEST_* variables, ends them afterwards and exits as the command did.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"taizhang/internal/embedded"
	"taizhang/internal/embedded/gateway"
	"taizhang/internal/testkit"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "with-servers:", err)
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	if len(args) > 0 && args[0] == embedded.S3Command {
		if err := gateway.Run(args[1:]); err != nil {
			return 1, err
		}
		return 0, nil
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 2, errors.New("usage: with-servers -- command [argument ...]")
	}
	// The command is in our terminal group and gets Ctrl-C itself; we stay to
	// end the servers after it.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	servers, err := start(ctx)
	defer func() { err = errors.Join(err, servers.stop()) }()
	if err != nil {
		return 1, err
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), servers.env()...)
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() > 0 {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}

type servers struct {
	postgres  *embedded.Postgres
	s3, minio *embedded.S3
}

func start(ctx context.Context) (servers, error) {
	var s servers
	exe, err := os.Executable()
	if err != nil {
		return s, err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { s.postgres, err = testkit.StartPostgres(ctx); return err })
	g.Go(func() (err error) { s.s3, err = testkit.StartS3(ctx, exe); return err })
	g.Go(func() (err error) { s.minio, err = testkit.StartMinIO(ctx); return err })
	return s, g.Wait()
}

func (s servers) env() []string {
	return []string{
		testkit.PostgresVar + "=" + s.postgres.URL("postgres"),
		testkit.S3Var + "=" + testkit.StoreURL(s.s3.Endpoint, s.s3.AccessKey, s.s3.SecretKey),
		testkit.MinIOVar + "=" + testkit.StoreURL(s.minio.Endpoint, s.minio.AccessKey, s.minio.SecretKey),
	}
}

// stop ends what was started, in whatever part that is.
func (s servers) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var err error
	if s.postgres != nil {
		err = s.postgres.Stop(ctx)
	}
	for _, store := range []*embedded.S3{s.s3, s.minio} {
		if store != nil {
			err = errors.Join(err, store.Stop(ctx))
		}
	}
	return err
}
