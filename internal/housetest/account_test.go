package housetest_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/account"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/postgres"
	"taizhang/internal/testkit"
)

func accounts(t *testing.T) (*housetest.House, *account.Service, *testkit.Clock) {
	t.Helper()
	h := housetest.New(t)
	clock := testkit.NewClock(time.Now())
	_, err := h.Owner.Exec(t.Context(), "insert into users (user_id, person_id, password) values ($1, $2, $3)", uuid.New(), h.Person("officer").PersonID, account.Hash("right password"))
	if err != nil {
		t.Fatal(err)
	}
	return h, &account.Service{Store: postgres.Accounts{Store: h.Store}, Now: clock.Now, Idle: 15 * time.Minute, Absolute: 8 * time.Hour}, clock
}

func TestSessions(t *testing.T) {
	t.Parallel()
	h, s, clock := accounts(t)
	ctx := t.Context()
	number, from := h.Person("officer").Number, account.Client{Address: "127.0.0.1", Agent: "test"}
	signIn := func() (account.Session, string) {
		t.Helper()
		ses, token, err := s.SignIn(ctx, number, "right password", from)
		if err != nil {
			t.Fatal(err)
		}
		return ses, token
	}
	over := func(token, why string) {
		t.Helper()
		if _, _, err := s.Authenticate(ctx, token); fault.CodeOf(err) != "session_over" {
			t.Errorf("%s: %v", why, err)
		}
	}
	ses, token := signIn()
	who, _, err := s.Authenticate(ctx, token)
	if err != nil || who.Number != number || len(who.Postings) != 1 || who.Postings[0].AreaID != h.Area {
		t.Fatalf("%+v %v", who, err)
	}
	if s.CheckCSRF(ses, "") || !s.CheckCSRF(ses, s.CSRF(ses)) {
		t.Error("CSRF token")
	}
	var stored int
	if err := h.Owner.QueryRow(ctx, "select count(*) from sessions where position($1 in encode(token_hash, 'escape')) > 0", token).Scan(&stored); err != nil || stored != 0 {
		t.Errorf("the token itself is stored: %v", err)
	}
	over(token+"x", "another token")
	clock.Advance(16 * time.Minute)
	over(token, "idle")
	_, token = signIn()
	for range 40 { // used all the time, it still ends
		clock.Advance(14 * time.Minute)
		if _, _, err := s.Authenticate(ctx, token); err != nil {
			break
		}
	}
	over(token, "too old")
	one, first := signIn()
	_, second := signIn()
	if err := s.SignOut(ctx, one.User, one.ID); err != nil {
		t.Fatal(err)
	}
	over(first, "signed out")
	if list, err := s.Sessions(ctx, one.User); err != nil || len(list) == 0 {
		t.Errorf("sessions: %v %v", list, err)
	}
	if err := s.SignOutEverywhere(ctx, one.User); err != nil {
		t.Fatal(err)
	}
	over(second, "signed out everywhere")
	// What is taken away is gone at once.
	_, token = signIn()
	if _, err := h.Owner.Exec(ctx, "update postings set until_at = now()"); err != nil {
		t.Fatal(err)
	}
	if who, _, err := s.Authenticate(ctx, token); err != nil || len(who.Postings) != 0 {
		t.Errorf("a posting that ended: %+v %v", who.Postings, err)
	}
	if _, err := h.Owner.Exec(ctx, "update users set disabled_at = now()"); err != nil {
		t.Fatal(err)
	}
	over(token, "disabled")
}

// TestGuessing lets eight guess at once: all count, and the account locks.
func TestGuessing(t *testing.T) {
	t.Parallel()
	h, s, clock := accounts(t)
	number := h.Person("officer").Number
	try := func(number, password string) error {
		_, _, err := s.SignIn(context.Background(), number, password, account.Client{Address: "127.0.0.1"})
		return err
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { _ = try(number, "wrong") })
	}
	wg.Wait()
	if err := try(number, "right password"); fault.CodeOf(err) != "locked" {
		t.Errorf("after eight guesses: %v", err)
	}
	clock.Advance(2 * time.Hour)
	if err := try(number, "right password"); err != nil {
		t.Errorf("after the lock: %v", err)
	}
	if err := try("9999999", "x"); fault.CodeOf(err) != "wrong_credentials" {
		t.Errorf("unknown number: %v", err)
	}
	for range 60 {
		_ = try("9999999", "x")
	}
	if err := try(number, "right password"); fault.CodeOf(err) != "too_many" {
		t.Errorf("from an address that guesses: %v", err)
	}
}
