package ledger_test

import (
	"testing"

	"taizhang/internal/ledger"
)

// TestVoidTable: a void is asked for of what is in force and once at a time, and
// decided only as asked; whatever becomes of a correction does not matter.
func TestVoidTable(t *testing.T) {
	for _, state := range ledger.States {
		open := state == ledger.Approved || state == ledger.Draft || state == ledger.Submitted || state == ledger.Returned
		for _, inForce := range []bool{false, true} {
			for _, asked := range []bool{false, true} {
				sit := ledger.Situation{State: state, InForce: inForce, Void: asked}
				for action, to := range map[ledger.Action]ledger.State{ledger.AskVoid: state, ledger.Void: ledger.Voided, ledger.RefuseVoid: state, ledger.WithdrawVoid: state} {
					may := open && inForce && asked == (action != ledger.AskVoid)
					got, err := ledger.Next(sit, action)
					if (err == nil) != may || may && got != to {
						t.Errorf("%s of %+v: %s %v, want %v", action, sit, got, err, may)
					}
				}
			}
		}
	}
}
