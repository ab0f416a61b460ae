package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"taizhang/internal/connector"
)

func (d Deps) connectors(p *plan) {
	// Longer than the others: a source may have many pages.
	river.AddWorker(p.workers, &errand[connector.Due]{bound: 30 * time.Minute, work: d.runConnectors})
	p.every(10*time.Second, river.QueueDefault, connector.Due{})
}

// runConnectors says nothing of what failed: the connector's own run does, and
// when to try again. Another attempt of the job would only ask too early.
func (d Deps) runConnectors(ctx context.Context, _ connector.Due) error {
	if err := d.Connectors.Tick(ctx); err != nil && ctx.Err() == nil {
		d.Log.Warn("connectors", "error", err)
	}
	return nil
}
