package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// commitLimit is how long a commit may wait for the standby before the outcome
// is called unknown.
const commitLimit = 30 * time.Second

const unsafeCommit = "unsafe_commit"

// noteUnsafeCommit remembers that the server gave up waiting for its standby:
// the commit then reports success though a fail-over could lose it (T1).
func noteUnsafeCommit(c *pgconn.PgConn, n *pgconn.Notice) {
	if n.Code == "01000" && strings.Contains(n.Message, "synchronous replication") {
		c.CustomData()[unsafeCommit] = true
	}
}

// Write is the one way into the database. See ledger.Store.
func (s *Store) Write(ctx context.Context, ses ledger.Session, idem ledger.Idem, out any, fn func(ledger.Tx) error) error {
	return s.write(ctx, ses, idem, out, func(t *txn) error { return fn(t) })
}

func (s *Store) write(ctx context.Context, ses ledger.Session, idem ledger.Idem, out any, fn func(*txn) error) error {
	return s.attempt(ctx, ofPrison, ses, idem, out, fn)
}

// WriteProvince is the one way in for what belongs to no prison: standards,
// bulletins, meetings. It commits and replays as Write does; a record for the
// log is refused, for such a row stands in none: its digest becomes part of a
// leaf where a prison's row names it.
func (s *Store) WriteProvince(ctx context.Context, ses ledger.Session, idem ledger.Idem, out any, fn func(ledger.Tx) error) error {
	return s.writeProvince(ctx, ses, idem, out, func(t *txn) error { return fn(t) })
}

func (s *Store) writeProvince(ctx context.Context, ses ledger.Session, idem ledger.Idem, out any, fn func(*txn) error) error {
	ses.Prison = uuid.Nil
	return s.attempt(ctx, ofProvince, ses, idem, out, fn)
}

// frame is what a write of a prison has otherwise than one of the province.
type frame struct {
	// begin refuses what cannot be written now.
	begin func(*txn, context.Context) error
	// log gives the records of the transaction their places.
	log func(*txn, context.Context) error
	// of tells whose the idempotency keys are, after their person and name.
	of func(ledger.Session) []any
	// The keys' statements: person, key, then what each wants, then of.
	claim, replay, keep string
}

var ofPrison = frame{
	begin: (*txn).prisonOpen,
	log:   func(t *txn, ctx context.Context) error { _, err := t.Append(ctx, t.ses.Prison); return err },
	of:    func(s ledger.Session) []any { return []any{s.Prison} },
	claim: `insert into idempotency (person_id, key, route, body_hash, prison_id) values ($1, $2, $3, $4, $5) on conflict do nothing`,
	replay: `update idempotency set replays = replays + 1 where person_id = $1 and key = $2 and prison_id = $5
		returning response, route = $3 and body_hash = $4`,
	keep: `update idempotency set response = $3 where person_id = $1 and key = $2 and prison_id = $4`,
}

var ofProvince = frame{
	begin: func(*txn, context.Context) error { return nil },
	log:   func(*txn, context.Context) error { return errors.New("what belongs to the province stands in no log") },
	of:    func(ledger.Session) []any { return nil },
	claim: `insert into province_idempotency (person_id, key, route, body_hash) values ($1, $2, $3, $4) on conflict do nothing`,
	replay: `update province_idempotency set replays = replays + 1 where person_id = $1 and key = $2
		returning response, route = $3 and body_hash = $4`,
	keep: `update province_idempotency set response = $3 where person_id = $1 and key = $2`,
}

func (s *Store) attempt(ctx context.Context, of frame, ses ledger.Session, idem ledger.Idem, out any, fn func(*txn) error) error {
	var err error
	for attempt := range 4 {
		err = s.writeOnce(ctx, of, ses, idem, out, fn)
		if !rolledBack(err) || ctx.Err() != nil {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond << attempt):
		}
	}
	return mapped(err)
}

// rolledBack names the two errors after which PostgreSQL has certainly kept
// nothing and the same transaction may simply be run again.
func rolledBack(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

func (s *Store) writeOnce(ctx context.Context, of frame, ses ledger.Session, idem ledger.Idem, out any, fn func(*txn) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer rollback(ctx, tx)
	now, err := s.begin(ctx, tx, ses)
	if err != nil {
		return err
	}
	t := &txn{tx: tx, now: now, ses: ses, jobs: s.jobs}
	if err := of.begin(t, ctx); err != nil {
		return err
	}
	if idem.Key != "" && !mutantForgetful {
		replay, err := t.claim(ctx, of, idem, out)
		if err != nil {
			return err
		}
		if replay {
			return commit(ctx, conn.Conn(), tx)
		}
	}
	fault.Point("write.claimed")
	if err := fn(t); err != nil {
		return err
	}
	if len(t.records) > 0 {
		if err := of.log(t, ctx); err != nil {
			return err
		}
	}
	if idem.Key != "" && !mutantForgetful {
		if err := t.keep(ctx, of, idem, out); err != nil {
			return err
		}
	}
	if mutantHasty {
		return nil
	}
	fault.Point("write.before_commit")
	if err := commit(ctx, conn.Conn(), tx); err != nil {
		return err
	}
	fault.Point("write.after_commit")
	return nil
}

// prisonOpen refuses people's writes while the demonstration is still being
// lived through: its clock runs in the past, and the log's never runs back.
func (t *txn) prisonOpen(ctx context.Context) error {
	if !t.ses.Clock.IsZero() {
		return nil
	}
	var open bool
	err := t.tx.QueryRow(ctx, "select opened_at is not null from prisons where prison_id = $1", t.ses.Prison).Scan(&open)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.New(fault.NotFound, "not_found")
	case err != nil:
		return err
	case !open:
		return fault.New(fault.Unavailable, "prison_preparing")
	}
	return nil
}

// claim takes the idempotency key, or finds the answer it was given before. A
// replay writes: a transaction that writes nothing would not wait for the
// standby, and so could acknowledge what a fail-over then loses (T2).
func (t *txn) claim(ctx context.Context, of frame, idem ledger.Idem, out any) (replay bool, err error) {
	args := append([]any{t.ses.Person, idem.Key, idem.Route, idem.BodyHash[:]}, of.of(t.ses)...)
	tag, err := t.exec(ctx, of.claim, args...)
	if err != nil || tag.RowsAffected() == 1 {
		return false, err
	}
	var response []byte
	var same bool
	err = t.tx.QueryRow(ctx, of.replay, args...).Scan(&response, &same)
	if err != nil {
		return false, err
	}
	if !same {
		return false, fault.New(fault.Invalid, "idempotency_key_reused")
	}
	if err := json.Unmarshal(response, out); err != nil {
		return false, fmt.Errorf("stored answer: %w", err)
	}
	return true, nil
}

func (t *txn) keep(ctx context.Context, of frame, idem ledger.Idem, out any) error {
	response, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("answer to store: %w", err)
	}
	_, err = t.exec(ctx, of.keep, append([]any{t.ses.Person, idem.Key, response}, of.of(t.ses)...)...)
	return err
}

// commit commits on a context of its own: a browser that hangs up must not
// leave the outcome unknown (T3). What can not be known is said so.
func commit(ctx context.Context, conn *pgx.Conn, tx pgx.Tx) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitLimit)
	defer cancel()
	delete(conn.PgConn().CustomData(), unsafeCommit)
	err := tx.Commit(ctx)
	var pg *pgconn.PgError
	switch {
	case err == nil && conn.PgConn().CustomData()[unsafeCommit] == nil:
		return nil
	case errors.As(err, &pg), errors.Is(err, pgx.ErrTxCommitRollback):
		return err
	}
	return fault.New(fault.Unknown, "outcome_unknown").Because(err)
}
