package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/account"
	"taizhang/internal/actor"
	"taizhang/internal/fault"
)

// Accounts keeps accounts and sessions (account.Store).
type Accounts struct{ *Store }

// UserByNumber finds a live account by police number.
func (s Accounts) UserByNumber(ctx context.Context, number string) (account.User, error) {
	var u account.User
	var locked *time.Time
	err := s.pool.QueryRow(ctx, `select u.user_id, u.password, u.failures, u.locked_until from users u
		join persons p on p.person_id = u.person_id where p.number = $1 and u.disabled_at is null`, number).
		Scan(&u.ID, &u.Password, &u.Failures, &locked)
	if locked != nil {
		u.LockedUntil = *locked
	}
	return u, mapped(err)
}

// Failed counts a wrong password under the row's lock.
func (s Accounts) Failed(ctx context.Context, user uuid.UUID, lock func(int) time.Time) error {
	return mapped(pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var failures int
		if err := tx.QueryRow(ctx, "update users set failures = failures + 1 where user_id = $1 returning failures", user).Scan(&failures); err != nil {
			return err
		}
		until := lock(failures)
		if until.IsZero() {
			return nil
		}
		_, err := tx.Exec(ctx, "update users set locked_until = $2 where user_id = $1", user, until)
		return err
	}))
}

// SignedIn resets the failures and inserts the session.
func (s Accounts) SignedIn(ctx context.Context, tokenHash []byte, ses account.Session) error {
	return mapped(pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// Looked at again under the row's lock: guesses beside this sign-in may
		// have locked the account since its password was compared.
		var until *time.Time
		if err := tx.QueryRow(ctx, "select locked_until from users where user_id = $1 for update", ses.User).Scan(&until); err != nil {
			return err
		}
		if until != nil && ses.CreatedAt.Before(*until) {
			return fault.New(fault.TooMany, "locked").With("until", *until)
		}
		if _, err := tx.Exec(ctx, "update users set failures = 0, locked_until = null, last_sign_in = $2 where user_id = $1", ses.User, ses.CreatedAt); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into sessions (token_hash, session_id, user_id, created_at, seen_at, expires_at, address, agent)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`, tokenHash, ses.ID, ses.User, ses.CreatedAt, ses.SeenAt, ses.ExpiresAt, ses.Address, ses.Agent)
		return err
	}))
}

const sessionColumns = "s.session_id, s.user_id, s.created_at, s.seen_at, s.expires_at, s.address, s.agent"

func scanSession(row pgx.Row, ses *account.Session, more ...any) error {
	return row.Scan(append([]any{&ses.ID, &ses.User, &ses.CreatedAt, &ses.SeenAt, &ses.ExpiresAt, &ses.Address, &ses.Agent}, more...)...)
}

// Session loads a live session and the actor behind it.
func (s Accounts) Session(ctx context.Context, tokenHash []byte) (account.Session, actor.Actor, error) {
	var ses account.Session
	var a actor.Actor
	err := scanSession(s.pool.QueryRow(ctx, "select "+sessionColumns+`, p.person_id, p.number, p.name
		from sessions s join users u on u.user_id = s.user_id join persons p on p.person_id = u.person_id
		where s.token_hash = $1 and s.ended_at is null and u.disabled_at is null`, tokenHash), &ses, &a.PersonID, &a.Number, &a.Name)
	if err != nil {
		return ses, a, mapped(err)
	}
	a.UserID = ses.User
	if a.Postings, err = s.postings(ctx, a.PersonID); err != nil {
		return ses, a, mapped(err)
	}
	if a.Grants, err = s.grants(ctx, a.PersonID); err != nil {
		return ses, a, mapped(err)
	}
	a.Delegations, err = s.received(ctx, a.PersonID)
	return ses, a, mapped(err)
}

func (s Accounts) postings(ctx context.Context, person uuid.UUID) ([]actor.Posting, error) {
	rows, err := s.pool.Query(ctx, `select role, prison_id, area_id, coalesce(department, '') from postings
		where person_id = $1 and from_at <= now() and (until_at is null or until_at > now()) order by posting_id`, person)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (actor.Posting, error) {
		var p actor.Posting
		var prison, area *uuid.UUID
		err := row.Scan(&p.Role, &prison, &area, &p.Department)
		if prison != nil {
			p.PrisonID = *prison
		}
		if area != nil {
			p.AreaID = *area
		}
		return p, err
	})
}

func (s Accounts) grants(ctx context.Context, person uuid.UUID) ([]actor.Grant, error) {
	rows, err := s.pool.Query(ctx, `select grant_id, prison_id, areas, from_at, until_at, reason from grants
		where person_id = $1 and until_at > now() order by grant_id`, person)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (actor.Grant, error) {
		var g actor.Grant
		err := row.Scan(&g.ID, &g.PrisonID, &g.Areas, &g.From, &g.To, &g.Reason)
		return g, err
	})
}

// Seen notes the session's last use.
func (s Accounts) Seen(ctx context.Context, session uuid.UUID, at time.Time) error {
	_, err := s.pool.Exec(ctx, "update sessions set seen_at = $2 where session_id = $1", session, at)
	return mapped(err)
}

// End ends one session of the user.
func (s Accounts) End(ctx context.Context, user, session uuid.UUID, at time.Time) error {
	_, err := s.pool.Exec(ctx, "update sessions set ended_at = $3 where user_id = $1 and session_id = $2 and ended_at is null", user, session, at)
	return mapped(err)
}

// EndAll ends all sessions of the user.
func (s Accounts) EndAll(ctx context.Context, user uuid.UUID, at time.Time) error {
	_, err := s.pool.Exec(ctx, "update sessions set ended_at = $2 where user_id = $1 and ended_at is null", user, at)
	return mapped(err)
}

// Sessions lists live sessions, the newest first.
func (s Accounts) Sessions(ctx context.Context, user uuid.UUID) ([]account.Session, error) {
	rows, err := s.pool.Query(ctx, "select "+sessionColumns+" from sessions s where s.user_id = $1 and s.ended_at is null and s.expires_at > now() order by s.created_at desc", user)
	if err != nil {
		return nil, mapped(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (account.Session, error) {
		var ses account.Session
		err := scanSession(row, &ses)
		return ses, err
	})
}

// AddressFailures counts wrong sign-ins from an address since a time.
func (s Accounts) AddressFailures(ctx context.Context, address string, since time.Time) (int, error) {
	var n int
	err := s.pool.QueryRow(ctx, "select coalesce(sum(failures), 0) from address_failures where address = $1 and last_failure > $2", address, since).Scan(&n)
	return n, mapped(err)
}

// AddressFailed counts one; after ten quiet minutes counting begins anew.
func (s Accounts) AddressFailed(ctx context.Context, address string, at time.Time) error {
	_, err := s.pool.Exec(ctx, `insert into address_failures (address, failures, last_failure) values ($1, 1, $2)
		on conflict (address) do update set last_failure = $2,
			failures = case when address_failures.last_failure < $2 - interval '10 minutes' then 1 else address_failures.failures + 1 end`, address, at)
	return mapped(err)
}

// SetPassword replaces the hash and ends the other sessions.
func (s Accounts) SetPassword(ctx context.Context, user uuid.UUID, encoded string, but uuid.UUID, at time.Time) error {
	return mapped(pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "update users set password = $2, failures = 0 where user_id = $1", user, encoded); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "update sessions set ended_at = $3 where user_id = $1 and session_id <> $2 and ended_at is null", user, but, at)
		return err
	}))
}
