package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// PostgresOptions says where the private PostgreSQL lives.
type PostgresOptions struct {
	// Dir holds the cluster; made at first start.
	Dir string
	// CacheDir keeps downloaded server files when the machine has none.
	CacheDir string
	// BinDir, when set, is the only place looked in for the server's programs.
	BinDir string
	// Settings are given to the server on its command line.
	Settings map[string]string
	Log      *slog.Logger
}

// Postgres is a running private PostgreSQL. It listens on a unix socket in a
// folder only its own user may enter, never on TCP.
type Postgres struct {
	*Child
	socketDir string
}

const superuser = "postgres"

// StartPostgres makes the cluster at first use, starts the server and keeps it
// up. It returns when the server answers. A cluster made by another major
// version than can be found is an error that names both.
func StartPostgres(ctx context.Context, o PostgresOptions) (*Postgres, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return nil, fmt.Errorf("PostgreSQL folder: %w", err)
	}
	// /proc shows resolved paths, and the search for orphans compares with it.
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	o.Dir = dir
	data := filepath.Join(dir, "data")

	programs, err := findPrograms(ctx, o, clusterMajor(data))
	if err != nil {
		return nil, err
	}
	user, err := chooseAccount(programs, dir, data)
	if err != nil {
		return nil, err
	}
	if err := initCluster(programs, user, dir, data); err != nil {
		return nil, err
	}
	socketDir, err := makeSocketDir(user, dir)
	if err != nil {
		return nil, err
	}
	p := &Postgres{socketDir: socketDir}
	args := []string{
		"-D", data,
		"-c", "listen_addresses=",
		"-c", "unix_socket_directories=" + socketDir,
		"-c", "unix_socket_permissions=0700",
	}
	for name, value := range o.Settings {
		args = append(args, "-c", name+"="+value)
	}
	p.Child, err = StartChild(ctx, Program{
		Name: "postgres",
		Log:  o.Log,
		Command: func() (*exec.Cmd, error) {
			if err := clearStale(data, socketDir, o.Log); err != nil {
				return nil, err
			}
			cmd := user.command(programs.postgres(), args...)
			return cmd, nil
		},
		Ready:      p.ready,
		StopSignal: syscall.SIGINT, // fast shutdown: sessions cut off, checkpoint written
	})
	if err != nil {
		os.RemoveAll(socketDir)
		return nil, err
	}
	return p, nil
}

// URL is the superuser's connection string for a database of this server.
func (p *Postgres) URL(database string) string {
	q := url.Values{"host": {p.socketDir}, "user": {superuser}}
	return "postgres:///" + url.PathEscape(database) + "?" + q.Encode()
}

// Stop shuts the server down; see Child.Stop.
func (p *Postgres) Stop(ctx context.Context) error {
	err := p.Child.Stop(ctx)
	return errors.Join(err, os.RemoveAll(p.socketDir))
}

func (p *Postgres) ready(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.URL("postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// clusterMajor is the major version that made the cluster, "" when there is none.
func clusterMajor(data string) string {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// initCluster makes the cluster beside its place and moves it there when it is
// whole, so that a kill in between leaves nothing that looks like a cluster.
func initCluster(programs programs, user account, dir, data string) error {
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err == nil {
		return nil
	}
	fresh := filepath.Join(dir, "data.new")
	if err := errors.Join(os.RemoveAll(fresh), os.Mkdir(fresh, 0o700), user.own(fresh)); err != nil {
		return fmt.Errorf("make the cluster's folder: %w", err)
	}
	cmd := user.command(programs.initdb(),
		"-D", fresh, "-U", superuser, "--no-locale", "-E", "UTF8", "--data-checksums",
		"--auth-local=trust", "--auth-host=reject")
	if _, err := output(cmd); err != nil {
		return fmt.Errorf("make the cluster: %w", err)
	}
	if err := os.Rename(fresh, data); err != nil {
		return fmt.Errorf("make the cluster: %w", err)
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// maxSocketPath is the kernel's limit for the path of a unix socket, without
// its final NUL.
const maxSocketPath = 107

// makeSocketDir makes a new folder that only the server's user may enter, for
// this run: its name is the whole of the access control. A path of a former run
// is not used again, so a stale socket there stands in nobody's way.
func makeSocketDir(user account, dir string) (string, error) {
	old, _ := filepath.Glob(filepath.Join(dir, "run-*"))
	for _, d := range old {
		_ = os.RemoveAll(d)
	}
	// A comma would split unix_socket_directories in two.
	parent := dir
	if len(dir)+len("/run-1234567890/.s.PGSQL.5432.lock") > maxSocketPath || strings.ContainsRune(dir, ',') {
		parent = os.TempDir()
	}
	d, err := os.MkdirTemp(parent, "run-")
	if err != nil {
		return "", fmt.Errorf("socket folder: %w", err)
	}
	if err := user.own(d); err != nil {
		os.RemoveAll(d)
		return "", fmt.Errorf("socket folder: %w", err)
	}
	return d, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
