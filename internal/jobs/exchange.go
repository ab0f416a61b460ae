package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"taizhang/internal/exchange"
)

type exchanger struct {
	river.WorkerDefaults[exchange.Work]
	deps Deps
}

// Timeout is long: reading a file is one piece of work. Writing it is cut into
// slices, so that a server that is to stop does not wait for the end.
func (*exchanger) Timeout(*river.Job[exchange.Work]) time.Duration { return time.Hour }

func (w *exchanger) Work(ctx context.Context, j *river.Job[exchange.Work]) error {
	more, err := w.deps.Exchange.Run(ctx, j.Args)
	if more {
		return river.JobSnooze(0)
	}
	return err
}

// tendExchange takes up what a killed server left and sweeps old files.
type tendExchange struct{}

func (tendExchange) Kind() string { return "tend_exchange" }

type tender struct {
	river.WorkerDefaults[tendExchange]
	deps Deps
}

func (w *tender) Work(ctx context.Context, _ *river.Job[tendExchange]) error {
	return w.deps.Exchange.Tend(ctx)
}
