package housetest_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestWriteProvince: what belongs to no prison is written once under its key,
// with its jobs or not at all, and never into a prison's log.
func TestWriteProvince(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	office, idem := h.Person("bureau office").PersonID, ledger.Idem{Key: "standard-1", Route: "standards.issue"}
	write := func(idem ledger.Idem, say string, also func(ledger.Tx) error) (string, error) {
		out := ""
		err := h.Store.WriteProvince(ctx, ledger.Session{Person: office, Scope: ledger.Everything()}, idem, &out, func(tx ledger.Tx) error {
			out = say
			return errors.Join(tx.Enqueue(ctx, ledger.DayTouched{Day: "2026-01-01"}), also(tx))
		})
		return out, err
	}
	queued := func() (n int) {
		t.Helper()
		if err := h.Owner.QueryRow(ctx, "select count(*) from river_job where kind <> 'version_published'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	fine := func(ledger.Tx) error { return nil }
	failed := errors.New("refused")
	if _, err := write(idem, "first", func(ledger.Tx) error { return failed }); !errors.Is(err, failed) || queued() != 0 {
		t.Errorf("what failed left something: %v", err)
	}
	if _, err := write(idem, "logged", func(tx ledger.Tx) error {
		return tx.InsertCustody(ctx, h.Prison, ledger.CustodyRow{Custody: ledger.Custody{Kind: "pack", Subject: "x", Reason: "x"}, Person: office, Salt: make([]byte, 32)})
	}); err == nil || queued() != 0 {
		t.Error("a record of the province got into no log, unnoticed")
	}
	for range 2 {
		if out, err := write(idem, "second", fine); err != nil || out != "second" || queued() != 1 {
			t.Errorf("%q %v, %d jobs", out, err, queued())
		}
	}
	other := idem
	other.Route = "standards.review"
	if _, err := write(other, "third", fine); fault.CodeOf(err) != "idempotency_key_reused" {
		t.Errorf("another act under the key: %v", err)
	}
	var size int64
	if err := h.Owner.QueryRow(ctx, "select sum(size) from log_heads").Scan(&size); err != nil || size != 0 {
		t.Errorf("%d leaves, %v", size, err)
	}
}

// TestWriteProvinceTwiceAtOnce: of the same write twice at the same moment one is
// done, and both hear of it.
func TestWriteProvinceTwiceAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	var done atomic.Int32
	var both sync.WaitGroup
	start := make(chan struct{})
	for range 2 {
		both.Go(func() {
			<-start
			out := ""
			err := h.Store.WriteProvince(t.Context(), ledger.Session{Person: h.Person("bureau office").PersonID}, ledger.Idem{Key: "bulletin-1", Route: "bulletins.issue"}, &out,
				func(ledger.Tx) error { out = "issued"; done.Add(1); return nil })
			if err != nil || out != "issued" {
				t.Errorf("%q %v", out, err)
			}
		})
	}
	close(start)
	both.Wait()
	if done.Load() != 1 {
		t.Errorf("done %d times", done.Load())
	}
}

// TestDemonstrationClock: the clock is obeyed in demonstration prisons, and of
// the province where there are no others; a real prison has the server's time.
func TestDemonstrationClock(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	yi := h.Province(t)[1]
	ahead := time.Now().AddDate(3, 0, 0)
	h.Store.Clock = func() time.Time { return ahead }
	now := func(prison bool, demonstration string) bool {
		t.Helper()
		if _, err := h.Owner.Exec(t.Context(), "update prisons set demonstration = "+demonstration); err != nil {
			t.Fatal(err)
		}
		var at time.Time
		ses := ledger.Session{Prison: yi.Prison, Scope: ledger.Everything()}
		fn := func(tx ledger.Tx) error { at = tx.Now(); return nil }
		write := func(ctx context.Context) error { return h.Store.WriteProvince(ctx, ses, ledger.Idem{}, nil, fn) }
		if prison {
			write = func(ctx context.Context) error { return h.Store.Write(ctx, ses, ledger.Idem{}, nil, fn) }
		}
		if err := write(t.Context()); err != nil {
			t.Fatal(err)
		}
		return at.Sub(ahead).Abs() < time.Second
	}
	one := "prison_id = '" + yi.Prison.String() + "'"
	for _, c := range []struct {
		prison        bool
		demonstration string
		want          bool
	}{{true, "false", false}, {true, one, true}, {true, "not " + one, false}, {false, "false", false}, {false, one, false}, {false, "true", true}} {
		if got := now(c.prison, c.demonstration); got != c.want {
			t.Errorf("of the prison %v, demonstration where %s: the clock is obeyed: %v", c.prison, c.demonstration, got)
		}
	}
	if _, err := h.Owner.Exec(t.Context(), "update prisons set opened_at = null"); err != nil {
		t.Fatal(err)
	}
	err := h.Store.Write(t.Context(), ledger.Session{Prison: yi.Prison}, ledger.Idem{}, nil, func(ledger.Tx) error { return nil })
	if fault.CodeOf(err) != "prison_preparing" {
		t.Errorf("a prison still being filled is written under the clock: %v", err)
	}
}
