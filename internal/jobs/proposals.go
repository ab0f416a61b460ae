package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

func (d Deps) proposals(p *plan) {
	river.AddWorker(p.workers, &errand[proposal.Published]{work: d.moveDrafts})
	river.AddWorker(p.workers, &errand[executeProposals]{work: d.executeProposals})
	p.every(5*time.Minute, river.QueueDefault, executeProposals{})
}

// moveDrafts to the version that was published; each is a transaction of its own,
// and one that moved already stays.
func (d Deps) moveDrafts(ctx context.Context, p proposal.Published) error {
	if err := d.Proposals.Refresh(ctx); err != nil {
		return err
	}
	return d.Proposals.EachBehind(ctx, p, func(k ledger.Key) error { return d.Ledger.Rebase(ctx, k, p.Version) })
}

// executeProposals carries out what was approved for today.
type executeProposals struct{}

func (executeProposals) Kind() string { return "execute_proposals" }

func (d Deps) executeProposals(ctx context.Context, _ executeProposals) error {
	return d.Proposals.ExecuteDue(ctx)
}
