package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"taizhang/internal/exchange"
)

func (d Deps) exchange(p *plan) {
	river.AddWorker(p.workers, &errand[exchange.Work]{bound: exchangeTime, work: d.exchangeFile})
	river.AddWorker(p.workers, &errand[tendExchange]{work: d.tendExchange})
	p.every(30*time.Second, river.QueueDefault, tendExchange{})
}

// exchangeTime is long: reading a file is one piece of work. Writing it is cut into
// slices, so that a server that is to stop does not wait for the end.
const exchangeTime = time.Hour

func (d Deps) exchangeFile(ctx context.Context, w exchange.Work) error {
	more, err := d.Exchange.Run(ctx, w)
	if more {
		return river.JobSnooze(0)
	}
	return err
}

// tendExchange takes up what a killed server left and sweeps old files.
type tendExchange struct{}

func (tendExchange) Kind() string { return "tend_exchange" }

func (d Deps) tendExchange(ctx context.Context, _ tendExchange) error { return d.Exchange.Tend(ctx) }
