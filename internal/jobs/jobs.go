// Package jobs runs what changes cause: thin workers that call use cases.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

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

func (d Deps) refreshDay(ctx context.Context, t ledger.DayTouched) error {
	return d.Duty.Refresh(ctx, t.Prison, t.Area, t.Ledger, t.Day)
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

// runConnectors says nothing of what failed: the connector's own run does, and
// when to try again. Another attempt of the job would only ask too early.
func (d Deps) runConnectors(ctx context.Context, _ connector.Due) error {
	if err := d.Connectors.Tick(ctx); err != nil && ctx.Err() == nil {
		d.Log.Warn("connectors", "error", err)
	}
	return nil
}

// planDuties makes the duties of the days to come.
type planDuties struct{}

func (planDuties) Kind() string { return "plan_duties" }

func (d Deps) planDuties(ctx context.Context, prison uuid.UUID) error {
	return errors.Join(d.Duty.CatchUp(ctx, prison), d.Ledger.Arrivals(ctx, prison), d.Assessment.CloseDay(ctx, prison))
}

// remindDeciders tells who has to decide, and who may after the deadline.
type remindDeciders struct{}

func (remindDeciders) Kind() string { return "remind_deciders" }

type signCheckpoints struct{}

func (signCheckpoints) Kind() string { return "sign_checkpoints" }

type sweepStore struct{}

func (sweepStore) Kind() string { return "sweep_store" }

func (d Deps) sweepStore(ctx context.Context, prison uuid.UUID) error {
	swept, err := d.Ledger.Sweep(ctx, prison, time.Now().Add(-ledger.SweepAfter))
	if err == nil && swept != (ledger.Swept{}) {
		d.Log.Info("swept the object store", "prison", prison, "uploads", swept.Uploads, "parts", swept.Parts, "versions", swept.Versions)
	}
	return err
}

// grace is what work under way has to come to an end when the server is to: a
// slice of an import, and less than the 30 s after which docker kills.
const grace = 25 * time.Second

// Start runs the workers until ctx ends; the returned function waits for those
// under way, which are cut off after a grace.
func Start(ctx context.Context, pool *pgxpool.Pool, d Deps) (stop func(context.Context) error, err error) {
	ending := func() bool { return ctx.Err() != nil }
	workers := river.NewWorkers()
	river.AddWorker(workers, &errand[ledger.DayTouched]{work: d.refreshDay})
	river.AddWorker(workers, &errand[ledger.EvidenceFiled]{work: d.Ledger.Retain})
	river.AddWorker(workers, &errand[ledger.EntryApproved]{work: d.Ledger.Open})
	river.AddWorker(workers, &errand[ledger.FormFiled]{work: d.Printing.Job})
	river.AddWorker(workers, &errand[printing.BindVolume]{bound: bindingTime, work: d.bindVolume})
	river.AddWorker(workers, &errand[proposal.Published]{work: d.moveDrafts})
	river.AddWorker(workers, &errand[executeProposals]{work: d.executeProposals})
	// Longer than the others: a source may have many pages.
	river.AddWorker(workers, &errand[connector.Due]{bound: 30 * time.Minute, work: d.runConnectors})
	river.AddWorker(workers, &errand[exchange.Work]{bound: exchangeTime, work: d.exchangeFile})
	river.AddWorker(workers, &errand[tendExchange]{work: d.tendExchange})
	river.AddWorker(workers, &round[planDuties]{prisons: d.Prisons, bound: perPrison, work: d.planDuties, ending: ending})
	river.AddWorker(workers, &round[remindDeciders]{prisons: d.Prisons, bound: perPrison, work: d.Ledger.Remind, ending: ending})
	river.AddWorker(workers, &round[signCheckpoints]{prisons: d.Prisons, bound: perPrison, work: d.Checkpoint, ending: ending})
	river.AddWorker(workers, &round[tendPrints]{prisons: d.Prisons, bound: bindingTime, work: d.Printing.Tend, ending: ending})
	// Longer than the others: the whole store of a prison is listed.
	river.AddWorker(workers, &round[sweepStore]{prisons: d.Prisons, bound: time.Hour, work: d.sweepStore, ending: ending})
	every := func(t time.Duration, queue string, args river.JobArgs) *river.PeriodicJob {
		return river.NewPeriodicJob(river.PeriodicInterval(t), func() (river.JobArgs, *river.InsertOpts) { return args, &river.InsertOpts{Queue: queue} },
			&river.PeriodicJobOpts{RunOnStart: true})
	}
	var client *river.Client[pgx.Tx]
	client, err = river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues:     map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}, exchange.Queue: {MaxWorkers: 2}, rounds: {MaxWorkers: 6}},
		Workers:    workers,
		Logger:     d.Log,
		JobTimeout: 2 * time.Minute,
		// With it the work's own context outlives ctx.
		SoftStopTimeout: grace,
		PeriodicJobs: []*river.PeriodicJob{
			every(15*time.Minute, rounds, planDuties{}),
			every(30*time.Second, rounds, signCheckpoints{}),
			every(ledger.SweepAfter, rounds, sweepStore{}),
			every(5*time.Minute, river.QueueDefault, executeProposals{}),
			every(time.Minute, rounds, tendPrints{}),
			every(10*time.Second, river.QueueDefault, connector.Due{}),
			every(30*time.Second, river.QueueDefault, tendExchange{}),
			every(10*time.Minute, rounds, remindDeciders{}),
		},
		FetchCooldown:     50 * time.Millisecond,
		FetchPollInterval: 500 * time.Millisecond,
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	if err := client.Start(ctx); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return client.Stop, nil
}
