package ledger

import "taizhang/internal/fault"

// NeverSeen refuses a number of changes that nobody can have seen.
func NeverSeen(n int) error {
	if n < 0 || n > 1_000_000 {
		return fault.New(fault.Stale, "changed_meanwhile")
	}
	return nil
}
