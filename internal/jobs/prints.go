package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"taizhang/internal/ledger"
	"taizhang/internal/printing"
)

func (d Deps) prints(p *plan) {
	river.AddWorker(p.workers, &errand[ledger.FormFiled]{work: d.Printing.Job})
	river.AddWorker(p.workers, &errand[printing.BindVolume]{bound: bindingTime, work: d.bindVolume})
	river.AddWorker(p.workers, &round[tendPrints]{prisons: d.Prisons, bound: bindingTime, work: d.Printing.Tend, ending: p.ending})
	p.every(time.Minute, rounds, tendPrints{})
}

// bindingTime is longer than that of other jobs, and of a prison in other rounds: a
// volume holds up to two thousand forms.
const bindingTime = time.Hour

func (d Deps) bindVolume(ctx context.Context, b printing.BindVolume) error {
	return d.Printing.Bind(ctx, b.VolumeKey)
}

// tendPrints takes on what a worker that died has left.
type tendPrints struct{}

func (tendPrints) Kind() string { return "tend_prints" }
