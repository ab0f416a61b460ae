// Package postgres holds every SQL statement.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"taizhang/internal/ledger"
)

// Store is the database as the service's own role sees it.
type Store struct {
	pool *pgxpool.Pool
	jobs *river.Client[pgx.Tx] // nil: changes queue nothing (the demonstration's generator)
	// Clock is the demonstration's, for every transaction that has none of its own;
	// the database obeys it in demonstration prisons only. nil: the server's time.
	Clock func() time.Time
}

// Open connects as the role the address names, which must not be a superuser
// where the walls are to hold. The pool is ready when it returns.
func Open(ctx context.Context, url string, connections int) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	cfg.MaxConns = int32(connections)
	cfg.ConnConfig.OnNotice = noteUnsafeCommit
	cfg.ConnConfig.RuntimeParams["application_name"] = "taizhang"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.AfterRelease = clean
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("database: %w", err)
	}
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("job queue: %w", err)
	}
	return &Store{pool: pool, jobs: jobs}, nil
}

// Quiet returns the same store without jobs: for the generator, which brings
// the facts up to date itself, day by day.
func (s *Store) Quiet() *Store { return &Store{pool: s.pool} }

// Pool is for River's workers and for readiness only.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Close waits for the connections under way.
func (s *Store) Close() { s.pool.Close() }

// clean gives a connection back only without settings of a session: one that
// was made by mistake would leak into the next request (T19).
func clean(c *pgx.Conn) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var person string
	if err := c.QueryRow(ctx, "select coalesce(current_setting('app.person', true), '')").Scan(&person); err != nil {
		return false
	}
	return person == ""
}

// scopeNames are the arguments of app.sees, in its order; settingNames what a
// transaction carries.
var (
	scopeNames   = []string{"prisons", "areas", "ledgers", "restricted", "sealed", "person"}
	settingNames = append(slices.Clone(scopeNames), "whole", "scores", "cases", "meetings", "units")
)

// begin opens the transaction's world: who, where, and what may be seen. It
// returns the one time of the transaction.
func (s *Store) begin(ctx context.Context, tx pgx.Tx, ses ledger.Session) (time.Time, error) {
	clock := ""
	switch {
	case !ses.Clock.IsZero():
		clock = ses.Clock.UTC().Format(time.RFC3339Nano)
	case s.Clock != nil:
		clock = s.Clock().UTC().Format(time.RFC3339Nano)
	}
	args := []any{ses.Prison.String(), clock}
	sql := "select set_config('app.prison', $1, true), set_config('app.clock', $2, true)"
	if !ses.Clock.IsZero() {
		// Nobody waits for an answer about a past that is only being made up.
		sql += ", set_config('synchronous_commit', 'off', true)"
	}
	for i, n := range settingNames {
		args = append(args, ses.Scope[n])
		sql += fmt.Sprintf(", set_config('app.%s', $%d, true)", n, i+3)
	}
	b := &pgx.Batch{}
	b.Queue(sql, args...)
	b.Queue("select app.transaction_time()")
	res := tx.SendBatch(ctx, b)
	var now time.Time
	_, err := res.Exec()
	if err == nil {
		err = res.QueryRow().Scan(&now)
	}
	if err = errors.Join(err, res.Close()); err != nil {
		return time.Time{}, fmt.Errorf("begin: %w", err)
	}
	return now, nil
}

// Read runs fn in one read-only snapshot.
func (s *Store) Read(ctx context.Context, ses ledger.Session, fn func(ledger.Reader) error) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return mapped(err)
	}
	defer rollback(ctx, tx)
	now, err := s.begin(ctx, tx, ses)
	if err != nil {
		return mapped(err)
	}
	return mapped(fn(&txn{tx: tx, now: now, ses: ses}))
}

// asProgram runs fn with everything in sight, within the same transaction, and
// narrows the sight again. What fn finds may decide but must not be shown.
func (t *txn) asProgram(ctx context.Context, fn func() error) error {
	if err := t.sight(ctx, ledger.Everything()); err != nil {
		return err
	}
	// Also after an error: what was not found is an answer that callers go on from.
	// In a transaction that has failed this fails too, and nothing is seen any more.
	return errors.Join(fn(), t.sight(ctx, t.ses.Scope))
}

func (t *txn) sight(ctx context.Context, scope ledger.Scope) error {
	sql, args := "select true", []any{}
	for i, n := range settingNames {
		args = append(args, scope[n])
		sql += fmt.Sprintf(", set_config('app.%s', $%d, true)", n, i+1)
	}
	_, err := t.exec(ctx, sql, args...)
	return err
}

func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = tx.Rollback(ctx) // after a commit it says so, which is no news
}

// txn is one transaction as the use cases see it.
type txn struct {
	tx   pgx.Tx
	now  time.Time
	ses  ledger.Session
	jobs *river.Client[pgx.Tx]
	// records inserted so far, to become leaves when the transaction closes.
	records []ledger.Record
}

func (t *txn) Now() time.Time { return t.now }

// Enqueue queues a job in this transaction: it exists if and only if the
// change does.
func (t *txn) Enqueue(ctx context.Context, job ledger.Job) error {
	if t.jobs == nil {
		return nil
	}
	opts := &river.InsertOpts{}
	if q, ok := job.(interface{ Queue() string }); ok {
		opts.Queue = q.Queue()
	}
	if o, ok := job.(interface{ Once() bool }); ok && o.Once() {
		opts.UniqueOpts = river.UniqueOpts{ByArgs: true}
	}
	if _, err := t.jobs.InsertTx(ctx, t.tx, job, opts); err != nil {
		return fmt.Errorf("enqueue %s: %w", job.Kind(), err)
	}
	return nil
}

func (t *txn) exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return t.tx.Exec(ctx, sql, args...)
}

// Walled refuses a role that row-level security and missing grants do not hold.
func (s *Store) Walled(ctx context.Context) error {
	var free bool
	if err := s.pool.QueryRow(ctx, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user").Scan(&free); err != nil {
		return mapped(err)
	}
	if free {
		return errors.New("DATABASE_URL names a role that passes row-level security; use taizhang_app")
	}
	return nil
}
