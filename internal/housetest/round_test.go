package housetest_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/housetest"
	"taizhang/internal/jobs"
	"taizhang/internal/ledger"
)

// work is what the jobs of a house need.
func work(t *testing.T, h *housetest.House) jobs.Deps {
	t.Helper()
	return jobs.Deps{Duty: h.Duty, Ledger: h.Ledger, Cases: h.Cases, Proposals: h.Proposals, Printing: h.Printing(t), Connectors: connect(t, h), Exchange: h.Exchange,
		Log: slog.New(slog.DiscardHandler)}
}

// TestRoundEnds: a server that is to end waits for the prison at hand of a round
// and not for all that would come after it.
func TestRoundEnds(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx, end := context.WithCancel(t.Context())
	began, finish := make(chan struct{}), make(chan struct{})
	var prisons atomic.Int32
	var cut error
	d := work(t, h)
	d.Prisons = func(context.Context) ([]uuid.UUID, error) { return []uuid.UUID{h.Prison, uuid.New(), uuid.New()}, nil }
	d.Checkpoint = func(ctx context.Context, _ uuid.UUID) error {
		if prisons.Add(1) == 1 {
			close(began)
			<-finish
			cut = ctx.Err()
		}
		return nil
	}
	workers, err := jobs.Start(ctx, h.Store.Pool(), d)
	if err != nil {
		t.Fatal(err)
	}
	<-began
	end()
	close(finish)
	if err := errors.Join(workers.Stop(context.WithoutCancel(ctx)), cut); err != nil || prisons.Load() != 1 {
		t.Errorf("%d prisons, %v", prisons.Load(), err)
	}
}

// told says which files of a revision were to be put under lock.
type told struct {
	*ledger.Service
	filed chan ledger.EvidenceFiled
}

func (l told) Retain(_ context.Context, f ledger.EvidenceFiled) error {
	l.filed <- f
	return nil
}

// TestRoundsAside: rounds that hang, of however many kinds, keep no job from
// what a change causes.
func TestRoundsAside(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	d := work(t, h)
	ctx, end := context.WithTimeout(t.Context(), 20*time.Second)
	hang, filed := make(chan struct{}), make(chan ledger.EvidenceFiled)
	d.Ledger = told{h.Ledger, filed}
	d.Prisons = func(context.Context) ([]uuid.UUID, error) {
		select {
		case hang <- struct{}{}:
			<-ctx.Done()
		case <-ctx.Done():
		}
		return nil, nil
	}
	workers, err := jobs.Start(ctx, h.Store.Pool(), d)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		end()
		if err := workers.Stop(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	}()
	for range 5 {
		<-hang
	}
	err = h.Store.Write(ctx, ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}, ledger.Idem{}, nil, func(tx ledger.Tx) error {
		return tx.Enqueue(ctx, ledger.EvidenceFiled{Prison: h.Prison})
	})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-filed:
	case <-ctx.Done():
		t.Error("the job waits for the rounds")
	}
}

// TestPoke: a clock that was set forward has everything done at once that is done
// from time to time.
func TestPoke(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	d := work(t, h)
	d.Checkpoint = func(context.Context, uuid.UUID) error { return nil }
	workers, err := jobs.Start(t.Context(), h.Store.Pool(), d)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = workers.Stop(context.WithoutCancel(t.Context())) }()
	queued := func() map[string]int {
		t.Helper()
		rows, err := h.Owner.Query(t.Context(), "select kind, count(*) from river_job group by kind")
		if err != nil {
			t.Fatal(err)
		}
		list := map[string]int{}
		kind, n := "", 0
		if _, err := pgx.ForEachRow(rows, []any{&kind, &n}, func() error { list[kind] = n; return nil }); err != nil {
			t.Fatal(err)
		}
		return list
	}
	before := queued()
	if err := workers.Poke(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := queued()
	for _, kind := range []string{"plan_duties", "remind_deciders", "sign_checkpoints", "sweep_store", "execute_proposals", "tend_prints", "tend_exchange"} {
		if after[kind] <= before[kind] {
			t.Errorf("%s: %d, before %d", kind, after[kind], before[kind])
		}
	}
}
