// Package jobs runs what changes cause: thin workers that call use cases.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"taizhang/internal/accreditation"
	"taizhang/internal/assessment"
	"taizhang/internal/connector"
	"taizhang/internal/duty"
	"taizhang/internal/exchange"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
	"taizhang/internal/proposal"
)

// Aftermath is what follows a change of an entry.
type Aftermath interface {
	Retain(ctx context.Context, f ledger.EvidenceFiled) error
	Open(ctx context.Context, j ledger.EntryApproved) error
	Sweep(ctx context.Context, prison uuid.UUID, before time.Time) (ledger.Swept, error)
	Rebase(ctx context.Context, k ledger.Key, version int) error
	Arrivals(ctx context.Context, prison uuid.UUID) error
	Remind(ctx context.Context, prison uuid.UUID) error
}

// Deps of the workers.
type Deps struct {
	Duty       *duty.Service
	Assessment *assessment.Service
	Cases      *accreditation.Service
	Ledger     Aftermath
	Proposals  *proposal.Service
	Printing   *printing.Service
	Connectors *connector.Service
	Exchange   *exchange.Service
	// Checkpoint signs a prison's log as far as it has come.
	Checkpoint func(ctx context.Context, prison uuid.UUID) error
	Prisons    func(ctx context.Context) ([]uuid.UUID, error)
	Log        *slog.Logger
}

// plan is what the workers do: what is asked for, and what is done from time to time.
type plan struct {
	workers  *river.Workers
	periodic []*river.PeriodicJob
	rounds   []river.InsertManyParams // what of it is done from time to time
	ending   func() bool              // the server is to end
}

func (p *plan) every(t time.Duration, queue string, args river.JobArgs) {
	opts := &river.InsertOpts{Queue: queue}
	p.rounds = append(p.rounds, river.InsertManyParams{Args: args, InsertOpts: opts})
	p.periodic = append(p.periodic, river.NewPeriodicJob(river.PeriodicInterval(t),
		func() (river.JobArgs, *river.InsertOpts) { return args, opts }, &river.PeriodicJobOpts{RunOnStart: true}))
}

// subjects add their work to the plan, each in the file of its name.
func (d Deps) subjects() []func(*plan) {
	return []func(*plan){d.entries, d.proposals, d.prints, d.connectors, d.exchange, d.cases}
}

// grace is what work under way has to come to an end when the server is to: a
// slice of an import, and less than the 30 s after which docker kills.
const grace = 25 * time.Second

// Workers are at work.
type Workers struct {
	client *river.Client[pgx.Tx]
	rounds []river.InsertManyParams
}

// Stop waits for those under way, which are cut off after a grace.
func (w *Workers) Stop(ctx context.Context) error { return w.client.Stop(ctx) }

// Poke has done at once what is done from time to time: the queue goes by the
// server's clock, and sees nothing of one that was set forward.
func (w *Workers) Poke(ctx context.Context) error {
	_, err := w.client.InsertMany(ctx, w.rounds)
	return err
}

// Start runs the workers until ctx ends.
func Start(ctx context.Context, pool *pgxpool.Pool, d Deps) (*Workers, error) {
	p := &plan{workers: river.NewWorkers(), ending: func() bool { return ctx.Err() != nil }}
	for _, add := range d.subjects() {
		add(p)
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues:     map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}, exchange.Queue: {MaxWorkers: 2}, rounds: {MaxWorkers: 6}},
		Workers:    p.workers,
		Logger:     d.Log,
		JobTimeout: 2 * time.Minute,
		// With it the work's own context outlives ctx.
		SoftStopTimeout:   grace,
		PeriodicJobs:      p.periodic,
		FetchCooldown:     50 * time.Millisecond,
		FetchPollInterval: 500 * time.Millisecond,
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	if err := client.Start(ctx); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return &Workers{client, p.rounds}, nil
}
