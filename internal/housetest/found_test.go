package housetest_test

import (
	"encoding/json"
	"testing"
	"time"

	"taizhang/internal/account"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/postgres"
)

// TestFound begins a deployment from a file: somebody can sign in, is asked to
// choose a password that holds, and a second run changes nothing.
func TestFound(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	var o postgres.Organisation
	err := json.Unmarshal([]byte(`{"prisons":[{"code":"Z","name":{"zh":"试点监狱","en":"Pilot"},"areas":[{"code":"1","name":{"zh":"一监区","en":"Area 1"},"kind":"ordinary","function":"residential","labour":true}]}],
		"people":[{"number":"7000001","name":"张三","postings":[{"role":"officer","prison":"Z","area":"1"}]}]}`), &o)
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	found := func() error {
		return postgres.Found(ctx, h.OwnerURL, o, func(string) string { made++; return account.Hash("first password") })
	}
	if err := found(); err != nil {
		t.Fatal(err)
	}
	if err := found(); err != nil || made != 1 {
		t.Fatalf("again: %d accounts made, %v", made, err)
	}
	accounts := &account.Service{Store: postgres.Accounts{Store: h.Store}, Now: time.Now, Idle: time.Hour, Absolute: time.Hour}
	sign := func(password string) (account.Session, string, error) {
		return accounts.SignIn(ctx, "7000001", password, account.Client{Address: "127.0.0.1"})
	}
	first, _, err := sign("first password")
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := sign("first password")
	if err != nil {
		t.Fatal(err)
	}
	for _, weak := range []string{"short", "first password", "7000001-7000001"} {
		if err := accounts.ChangePassword(ctx, "7000001", first, "first password", weak); fault.CodeOf(err) != "weak_password" {
			t.Errorf("%q: %v", weak, err)
		}
	}
	if err := accounts.ChangePassword(ctx, "7000001", first, "wrong", "another password"); fault.CodeOf(err) != "wrong_credentials" {
		t.Errorf("with a wrong one: %v", err)
	}
	if err := accounts.ChangePassword(ctx, "7000001", first, "first password", "another password"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := accounts.Authenticate(ctx, other); fault.CodeOf(err) != "session_over" {
		t.Errorf("the other session: %v", err)
	}
	if _, _, err := sign("first password"); fault.CodeOf(err) != "wrong_credentials" {
		t.Errorf("the old password: %v", err)
	}
	if _, _, err := sign("another password"); err != nil {
		t.Errorf("the new password: %v", err)
	}
	o.Prisons[0].Code, o.Prisons[0].Name.EN, o.Prisons[0].Areas[0].Name.EN = "Y", "", ""
	if err := found(); err != nil {
		t.Errorf("without English names: %v", err)
	}
	o.Prisons[0].Areas[0].Name.ZH = "一\u200b监区"
	if err := found(); err == nil {
		t.Error("a name that nobody sees was taken")
	}
	o.Prisons[0].Code, o.Prisons[0].Areas[0].Name.ZH = "Z", "一监区"
	o.People[0].Number, o.People[0].Postings[0].Role = "7000002", "emperor"
	if err := found(); err == nil {
		t.Error("a role that is none was taken")
	}
}
