// Package account signs people in and keeps their sessions.
package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
)

// User is an account as signing in needs it.
type User struct {
	ID          uuid.UUID
	Password    string // encoded hash
	Failures    int
	LockedUntil time.Time // zero: not locked
}

// Session is one sign-in. The token itself is kept by the browser only.
type Session struct {
	ID        uuid.UUID `json:"id"`
	User      uuid.UUID `json:"-"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Address   string    `json:"address"`
	Agent     string    `json:"agent"`
	// secret is the hash of the token: known to this server and every other one.
	secret []byte
}

// Client is where a request comes from.
type Client struct{ Address, Agent string }

// Store keeps accounts. What is not there is the fault not_found.
type Store interface {
	UserByNumber(ctx context.Context, number string) (User, error)
	// Failed counts a wrong password for the user and locks it until the time
	// given by lock; parallel guesses all count.
	Failed(ctx context.Context, user uuid.UUID, lock func(failures int) time.Time) error
	// SignedIn resets the failures and inserts the session; the fault locked when
	// guesses beside this sign-in have locked the user meanwhile.
	SignedIn(ctx context.Context, tokenHash []byte, s Session) error
	// Session returns a live session (not ended), and the actor with postings
	// and grants as they are now.
	Session(ctx context.Context, tokenHash []byte) (Session, actor.Actor, error)
	// SetPassword also ends the user's sessions but one.
	SetPassword(ctx context.Context, user uuid.UUID, encoded string, but uuid.UUID, at time.Time) error
	Seen(ctx context.Context, session uuid.UUID, at time.Time) error
	End(ctx context.Context, user, session uuid.UUID, at time.Time) error
	EndAll(ctx context.Context, user uuid.UUID, at time.Time) error
	Sessions(ctx context.Context, user uuid.UUID) ([]Session, error)
	// AddressFailures counts wrong sign-ins from an address since a time;
	// AddressFailed adds one.
	AddressFailures(ctx context.Context, address string, since time.Time) (int, error)
	AddressFailed(ctx context.Context, address string, at time.Time) error
}

// Service signs in and out. Idle and Absolute bound a session's life.
type Service struct {
	Store    Store
	Now      func() time.Time
	Idle     time.Duration
	Absolute time.Duration
}

const (
	freeFailures    = 5
	addressWindow   = 10 * time.Minute
	addressFailures = 60
	seenEvery       = 30 * time.Second // a session's last use is written no more often
)

// lockFor grows with every further failure: 30 s, 1 min, 2 min … at most 1 h.
func (s *Service) lockFor(failures int) time.Time {
	if failures < freeFailures {
		return time.Time{}
	}
	d := 30 * time.Second << min(failures-freeFailures, 7)
	return s.Now().Add(min(d, time.Hour))
}

// SignIn answers a number and password with a new session and its token. An
// unknown number costs as much time as a wrong password and says the same:
// wrong_credentials. Others: locked (with until), too_many.
func (s *Service) SignIn(ctx context.Context, number, password string, c Client) (Session, string, error) {
	now := s.Now()
	n, err := s.Store.AddressFailures(ctx, c.Address, now.Add(-addressWindow))
	if err != nil {
		return Session{}, "", err
	}
	if n >= addressFailures {
		return Session{}, "", fault.New(fault.TooMany, "too_many")
	}
	u, err := s.Store.UserByNumber(ctx, number)
	known := err == nil
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Session{}, "", err
	}
	if !known {
		u.Password = dummy()
	}
	if !Matches(u.Password, password) || !known {
		if known {
			if err := s.Store.Failed(ctx, u.ID, s.lockFor); err != nil {
				return Session{}, "", err
			}
		}
		if err := s.Store.AddressFailed(ctx, c.Address, now); err != nil {
			return Session{}, "", err
		}
		return Session{}, "", fault.New(fault.Unauthenticated, "wrong_credentials")
	}
	// Only who knows the password learns that the account is locked, and so
	// that there is one.
	if now.Before(u.LockedUntil) {
		return Session{}, "", fault.New(fault.TooMany, "locked").With("until", u.LockedUntil)
	}
	token := make([]byte, 32)
	_, _ = rand.Read(token)
	ses := Session{ID: uuid.Must(uuid.NewV7()), User: u.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(s.Absolute), Address: c.Address, Agent: c.Agent}
	encoded := base64.RawURLEncoding.EncodeToString(token)
	ses.secret = hashToken(encoded)
	return ses, encoded, s.Store.SignedIn(ctx, ses.secret, ses)
}

func hashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// Authenticate turns a token into who is asking. A session that is ended, idle
// too long or too old is the fault session_over.
func (s *Service) Authenticate(ctx context.Context, token string) (actor.Actor, Session, error) {
	now := s.Now()
	ses, a, err := s.Store.Session(ctx, hashToken(token))
	switch {
	case fault.Is(err, fault.NotFound):
		return actor.Actor{}, Session{}, fault.New(fault.Unauthenticated, "session_over")
	case err != nil:
		return actor.Actor{}, Session{}, err
	case now.After(ses.ExpiresAt), now.Sub(ses.SeenAt) > s.Idle:
		return actor.Actor{}, Session{}, fault.New(fault.Unauthenticated, "session_over")
	}
	if now.Sub(ses.SeenAt) > seenEvery {
		if err := s.Store.Seen(ctx, ses.ID, now); err != nil {
			return actor.Actor{}, Session{}, err
		}
	}
	ses.secret = hashToken(token)
	return a, ses, nil
}

// CSRF is the token that writes of the session must carry.
func (s *Service) CSRF(ses Session) string {
	h := hmac.New(sha256.New, ses.secret)
	h.Write([]byte("csrf"))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// CheckCSRF compares without telling by time how much of it was right.
func (s *Service) CheckCSRF(ses Session, token string) bool {
	return hmac.Equal([]byte(s.CSRF(ses)), []byte(token))
}

// SignOut ends one session of the user; one that is not theirs stays.
func (s *Service) SignOut(ctx context.Context, user, session uuid.UUID) error {
	return s.Store.End(ctx, user, session, s.Now())
}

// SignOutEverywhere ends all sessions of the user.
func (s *Service) SignOutEverywhere(ctx context.Context, user uuid.UUID) error {
	return s.Store.EndAll(ctx, user, s.Now())
}

// MinPassword is the shortest new password, in characters.
const MinPassword = 10

// ChangePassword gives the user a new password and ends every other session of
// theirs. Faults: wrong_credentials when old is wrong (it counts as a wrong
// sign-in), weak_password.
func (s *Service) ChangePassword(ctx context.Context, number string, ses Session, old, password string) error {
	u, err := s.Store.UserByNumber(ctx, number)
	if err != nil {
		return err
	}
	if s.Now().Before(u.LockedUntil) {
		return fault.New(fault.TooMany, "locked").With("until", u.LockedUntil)
	}
	if !Matches(u.Password, old) {
		if err := s.Store.Failed(ctx, u.ID, s.lockFor); err != nil {
			return err
		}
		return fault.New(fault.Forbidden, "wrong_credentials")
	}
	if utf8.RuneCountInString(password) < MinPassword || len(password) > 200 || password == old || strings.Contains(password, number) {
		return fault.New(fault.Invalid, "weak_password").With("least", MinPassword)
	}
	return s.Store.SetPassword(ctx, u.ID, Hash(password), ses.ID, s.Now())
}

// Sessions lists the user's live sessions, the newest first.
func (s *Service) Sessions(ctx context.Context, user uuid.UUID) ([]Session, error) {
	return s.Store.Sessions(ctx, user)
}
