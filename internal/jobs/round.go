package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

const (
	// perPrison is how long one prison may take of a round.
	perPrison = 2 * time.Minute
	// wholeRound is more than any round takes. Its one use is that the queue gives
	// up a round whose server was killed; without a limit it would wait for ever.
	wholeRound = 24 * time.Hour
)

// rounds is their queue: slow ones must not take the workers from what changes
// cause. One worker for each kind, and one for those that find theirs under way.
const rounds = "rounds"

// round is what is done from time to time for every prison. The limit is each
// prison's own, not the round's: one that hangs must not use up the time of those
// that come after it.
type round[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	prisons func(ctx context.Context) ([]uuid.UUID, error)
	bound   time.Duration
	work    func(ctx context.Context, prison uuid.UUID) error
	// ending says that the server is to end: after the prison at hand.
	ending func() bool
	// underway keeps slow rounds of this server from piling up.
	underway sync.Mutex
}

func (*round[T]) Timeout(*river.Job[T]) time.Duration { return wholeRound }

func (r *round[T]) Work(ctx context.Context, _ *river.Job[T]) error {
	if !r.underway.TryLock() {
		return nil
	}
	defer r.underway.Unlock()
	prisons, err := r.prisons(ctx)
	for _, p := range prisons {
		if r.ending() || ctx.Err() != nil {
			break
		}
		if e := r.of(ctx, p); e != nil {
			err = errors.Join(err, fmt.Errorf("prison %s: %w", p, e))
		}
	}
	return err
}

func (r *round[T]) of(ctx context.Context, prison uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, r.bound)
	defer cancel()
	return r.work(ctx, prison)
}
