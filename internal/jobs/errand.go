package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

// errand is one thing that was asked for. What it does is named where it is
// joined, in Start, as with round.
type errand[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	bound time.Duration // 0: as long as most
	work  func(ctx context.Context, of T) error
}

func (e *errand[T]) Timeout(*river.Job[T]) time.Duration { return e.bound }

func (e *errand[T]) Work(ctx context.Context, j *river.Job[T]) error { return e.work(ctx, j.Args) }
