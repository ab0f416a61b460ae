package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"taizhang/internal/ledger"
	"taizhang/internal/printing"
)

type formFiled struct {
	river.WorkerDefaults[ledger.FormFiled]
	printing *printing.Service
}

func (w *formFiled) Work(ctx context.Context, j *river.Job[ledger.FormFiled]) error {
	return w.printing.Job(ctx, j.Args)
}

// bindingTime is longer than that of other jobs, and of a prison in other rounds: a
// volume holds up to two thousand forms.
const bindingTime = time.Hour

type volumeBinder struct {
	river.WorkerDefaults[printing.BindVolume]
	printing *printing.Service
}

func (*volumeBinder) Timeout(*river.Job[printing.BindVolume]) time.Duration { return bindingTime }

func (w *volumeBinder) Work(ctx context.Context, j *river.Job[printing.BindVolume]) error {
	return w.printing.Bind(ctx, j.Args.VolumeKey)
}

// tendPrints takes on what a worker that died has left.
type tendPrints struct{}

func (tendPrints) Kind() string { return "tend_prints" }
