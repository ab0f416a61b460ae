package housetest_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/housetest"
	"taizhang/internal/jobs"
)

// TestRoundEnds: a server that is to end waits for the prison at hand of a round
// and not for all that would come after it.
func TestRoundEnds(t *testing.T) {
	h := housetest.New(t)
	ctx, end := context.WithCancel(t.Context())
	began, finish := make(chan struct{}), make(chan struct{})
	var prisons atomic.Int32
	var cut error
	stop, err := jobs.Start(ctx, h.Store.Pool(), jobs.Deps{
		Duty: h.Duty, Ledger: h.Ledger, Proposals: h.Proposals, Printing: h.Printing(t), Connectors: connect(t, h), Exchange: h.Exchange,
		Log:     slog.New(slog.DiscardHandler),
		Prisons: func(context.Context) ([]uuid.UUID, error) { return []uuid.UUID{h.Prison, uuid.New(), uuid.New()}, nil },
		Checkpoint: func(ctx context.Context, _ uuid.UUID) error {
			if prisons.Add(1) == 1 {
				close(began)
				<-finish
				cut = ctx.Err()
			}
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	<-began
	end()
	close(finish)
	if err := errors.Join(stop(context.WithoutCancel(ctx)), cut); err != nil || prisons.Load() != 1 {
		t.Errorf("%d prisons, %v", prisons.Load(), err)
	}
}
