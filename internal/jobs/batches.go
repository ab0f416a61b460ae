package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"taizhang/internal/batch"
)

type batcher struct {
	river.WorkerDefaults[batch.Work]
	deps Deps
}

// Timeout is long: reading a file is one piece of work. Writing it is cut into
// slices, so that a server that is to stop does not wait for the end.
func (*batcher) Timeout(*river.Job[batch.Work]) time.Duration { return time.Hour }

func (w *batcher) Work(ctx context.Context, j *river.Job[batch.Work]) error {
	more, err := w.deps.Batches.Run(ctx, j.Args)
	if more {
		return river.JobSnooze(0)
	}
	return err
}

// tendBatches takes up what a killed server left and sweeps old files.
type tendBatches struct{}

func (tendBatches) Kind() string { return "tend_batches" }

type tender struct {
	river.WorkerDefaults[tendBatches]
	deps Deps
}

func (w *tender) Work(ctx context.Context, _ *river.Job[tendBatches]) error {
	return w.deps.Batches.Tend(ctx)
}
