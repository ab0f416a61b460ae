package duty

import (
	"time"

	"taizhang/internal/ledger"
)

// lock says why a duty cannot be filled now: the first cause that holds.
func (s *Service) lock(d Duty, now time.Time) *ledger.Lock {
	t := s.Catalog.Current(d.Ledger)
	switch {
	case t == nil:
		return ledger.LockFor(ledger.LedgerEnded)
	case d.Starts.After(now):
		return ledger.LockFor(ledger.PeriodNotBegun)
	case d.Waiting:
		return ledger.LockFor(ledger.UnderApproval)
	case now.After(s.Catalog.LockedAt(t, d.Due)) && d.Submitted == nil && !d.Unlocked:
		return ledger.LockFor(ledger.PeriodExpired)
	}
	return nil
}
