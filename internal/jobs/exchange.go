package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"taizhang/internal/exchange"
)

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
