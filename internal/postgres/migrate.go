package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib" // goose speaks database/sql
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"taizhang/migrations"
)

// migrationLock is an arbitrary number of our own.
const migrationLock = 7_1000_0950

// Migrate brings the database at address, as its owner, to the shape this program
// knows. Several programs may do it at once: an advisory lock lets one.
func Migrate(ctx context.Context, address string) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() { _ = db.Close() }()
	// Around everything, the queue's tables and grants too, which goose's own
	// lock would not cover.
	locked, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() { _ = locked.Close() }()
	if _, err := locked.ExecContext(ctx, "select pg_advisory_lock($1)", migrationLock); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() {
		_, _ = locked.ExecContext(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", migrationLock)
	}()
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return migrateQueue(ctx, address)
}

// migrateQueue makes River's own tables and lets the service use them.
func migrateQueue(ctx context.Context, address string) error {
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	defer pool.Close()
	m, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	_, err = pool.Exec(ctx, `
		do $$ declare t text; begin
			for t in select tablename from pg_tables where schemaname = 'public' and tablename like 'river%' and tablename <> 'river_migration' loop
				execute format('grant select, insert, update, delete on %I to taizhang_app', t);
			end loop;
		end $$;
		grant select on river_migration to taizhang_app;
		grant usage on all sequences in schema public to taizhang_app;
		-- Jobs by names of before, which nobody works. Nothing is lost with them: what
		-- they were to do is taken up by what runs from time to time.
		delete from river_job where kind in ('batch', 'tend_batches', 'bind_volumes')`)
	if err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	return nil
}

// CreateDatabase makes the database if it is not there; address is a superuser's.
func CreateDatabase(ctx context.Context, address, name string) error {
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	defer pool.Close()
	var there bool
	if err := pool.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&there); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	if there {
		return nil
	}
	if _, err := pool.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize()); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

// AsRole is the same address for another user, without a password: for the
// private server, whose socket only its own user can reach.
func AsRole(address, role string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	if q.Has("user") {
		q.Set("user", role)
		u.RawQuery = q.Encode()
	} else {
		u.User = url.User(role)
	}
	return u.String()
}

// SetPassword gives the role that service names the password it names, if it
// is the service's own role and names one.
func SetPassword(ctx context.Context, owner, service string) error {
	cfg, err := pgx.ParseConfig(service)
	if err != nil {
		return fmt.Errorf("database address: %w", err)
	}
	if cfg.User != "taizhang_app" || cfg.Password == "" {
		return nil
	}
	conn, err := pgx.Connect(ctx, owner)
	if err != nil {
		return fmt.Errorf("set the password: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	// A statement of this kind takes no parameters; the server quotes.
	var sql string
	if err := conn.QueryRow(ctx, "select format('alter role taizhang_app password %L', $1::text)", cfg.Password).Scan(&sql); err != nil {
		return fmt.Errorf("set the password: %w", err)
	}
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("set the password: %w", err)
	}
	return nil
}
