package testkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"taizhang/internal/embedded"
)

// Postgres returns the superuser's URL of the tests' PostgreSQL, database
// `postgres`. It syncs nothing to disk: tests of durability start their own.
func Postgres(t testing.TB) string {
	t.Helper()
	u, err := PostgresURL()
	if err != nil {
		t.Fatalf("PostgreSQL for tests: %v", err)
	}
	return u
}

// PostgresURL is Postgres for a TestMain.
var PostgresURL = sync.OnceValues(func() (string, error) {
	if u := os.Getenv(PostgresVar); u != "" {
		return u, nil
	}
	// Not stopped: the kernel ends it with this process.
	p, err := StartPostgres(context.Background())
	if err != nil {
		return "", err
	}
	return p.URL("postgres"), nil
})

// StartPostgres starts a PostgreSQL for tests that holds no database of former
// runs. It ends with Stop, or with the process.
func StartPostgres(ctx context.Context) (*embedded.Postgres, error) {
	dir, err := slot(inMemory(), "postgres")
	if err != nil {
		return nil, err
	}
	cache, err := CacheDir()
	if err != nil {
		return nil, err
	}
	o := embedded.PostgresOptions{
		Dir: dir, CacheDir: cache, BinDir: os.Getenv("PG_BINDIR"), Log: quiet,
		Settings: map[string]string{
			"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
			"max_connections": "300",
			"max_wal_size":    "256MB", // it may lie in memory
		},
	}
	p, err := embedded.StartPostgres(ctx, o)
	if err != nil {
		// A cluster that was never synced may be beyond repair, or of another version.
		if err := os.RemoveAll(filepath.Join(dir, "data")); err != nil {
			return nil, err
		}
		if p, err = embedded.StartPostgres(ctx, o); err != nil {
			return nil, err
		}
	}
	return p, dropOld(ctx, p.URL("postgres"))
}

func dropOld(ctx context.Context, server string) error {
	return withConn(ctx, server, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT datname FROM pg_database WHERE datname LIKE 'test\_%'`)
		if err != nil {
			return err
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := drop(ctx, conn, name); err != nil {
				return err
			}
		}
		return nil
	})
}

var clones atomic.Int64

// Database returns the superuser's URL of a database of this test's own, dropped
// afterwards. It is a clone of a template that migrate makes once per server for
// each key: the key must change with everything migrate does, such as a hash of
// the migration files.
func Database(t testing.TB, key string, migrate func(ctx context.Context, url string) error) string {
	t.Helper()
	server := Postgres(t)
	ctx := t.Context()
	sum := sha256.Sum256([]byte(key))
	template := "test_template_" + hex.EncodeToString(sum[:8])
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), clones.Add(1))
	err := withConn(ctx, server, func(conn *pgx.Conn) error {
		if err := makeTemplate(ctx, conn, server, template, migrate); err != nil {
			return err
		}
		_, err := conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
		return err
	})
	if err != nil {
		t.Fatalf("database for the test: %v", err)
	}
	t.Cleanup(func() {
		ctx := context.Background() // the test's own is over
		if err := withConn(ctx, server, func(conn *pgx.Conn) error { return drop(ctx, conn, name) }); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return inDatabase(server, name)
}

// makeTemplate migrates under another name first: a template that has the name
// is complete, also after a kill. The lock keeps test processes apart.
func makeTemplate(ctx context.Context, conn *pgx.Conn, server, template string, migrate func(context.Context, string) error) error {
	const lock = `SELECT pg_advisory_lock(hashtext($1))`
	if _, err := conn.Exec(ctx, lock, template); err != nil {
		return err
	}
	defer conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtext($1))`, template)
	var made bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, template).Scan(&made); err != nil || made {
		return err
	}
	unfinished := template + "_new"
	if err := drop(ctx, conn, unfinished); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+unfinished+" TEMPLATE template0"); err != nil {
		return err
	}
	if err := migrate(ctx, inDatabase(server, unfinished)); err != nil {
		return fmt.Errorf("migrate the template: %w", err)
	}
	// A connection that migrate has closed may live on the server a moment longer.
	if _, err := conn.Exec(ctx, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1`, unfinished); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, "ALTER DATABASE "+unfinished+" RENAME TO "+template)
	return err
}

func drop(ctx context.Context, conn *pgx.Conn, name string) error {
	_, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	return err
}

func withConn(ctx context.Context, url string, f func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return f(conn)
}

// inDatabase is the URL of another database of the same server.
func inDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		panic("testkit: " + PostgresVar + " is not a postgres:// URL")
	}
	u.Path = "/" + name
	return u.String()
}
