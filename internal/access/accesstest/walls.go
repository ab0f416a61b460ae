// Package accesstest takes one of the two walls away, so that a test can show
// that the other one is enough.
package accesstest

import (
	"time"

	"taizhang/internal/actor"
	"taizhang/internal/ledger"
)

// Unjudged allows everything to everybody; lists stay as they are. What is not
// seen then is what the database alone holds back.
type Unjudged struct{ ledger.Authorizer }

// Check allows.
func (Unjudged) Check(actor.Actor, string, ledger.Subject, time.Time) error { return nil }

// Unwalled gives every transaction the sight of everything; decisions stay as
// they are. What is not seen then is what access alone holds back.
type Unwalled struct{ ledger.Authorizer }

// Scope sees everything.
func (Unwalled) Scope(a actor.Actor, _ time.Time) ledger.Scope {
	return ledger.Scope{"prisons": "*", "areas": "*", "ledgers": "*", "restricted": "*", "sealed": "*", "person": a.PersonID.String()}
}
