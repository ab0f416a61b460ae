package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"taizhang/internal/ledger"
)

// entries is what follows a change of one, and what keeps a prison's days, log and store in order.
func (d Deps) entries(p *plan) {
	river.AddWorker(p.workers, &errand[ledger.DayTouched]{work: d.refreshDay})
	river.AddWorker(p.workers, &errand[ledger.EvidenceFiled]{work: d.Ledger.Retain})
	river.AddWorker(p.workers, &errand[ledger.EntryApproved]{work: d.Ledger.Open})
	river.AddWorker(p.workers, &round[planDuties]{prisons: d.Prisons, bound: perPrison, work: d.planDuties, ending: p.ending})
	river.AddWorker(p.workers, &round[remindDeciders]{prisons: d.Prisons, bound: perPrison, work: d.Ledger.Remind, ending: p.ending})
	river.AddWorker(p.workers, &round[signCheckpoints]{prisons: d.Prisons, bound: perPrison, work: d.Checkpoint, ending: p.ending})
	// Longer than the others: the whole store of a prison is listed.
	river.AddWorker(p.workers, &round[sweepStore]{prisons: d.Prisons, bound: time.Hour, work: d.sweepStore, ending: p.ending})
	p.every(15*time.Minute, rounds, planDuties{})
	p.every(10*time.Minute, rounds, remindDeciders{})
	p.every(30*time.Second, rounds, signCheckpoints{})
	p.every(ledger.SweepAfter, rounds, sweepStore{})
}

func (d Deps) refreshDay(ctx context.Context, t ledger.DayTouched) error {
	return d.Duty.Refresh(ctx, t.Prison, t.Area, t.Ledger, t.Day)
}

// planDuties makes the duties of the days to come.
type planDuties struct{}

func (planDuties) Kind() string { return "plan_duties" }

func (d Deps) planDuties(ctx context.Context, prison uuid.UUID) error {
	return errors.Join(d.Duty.CatchUp(ctx, prison), d.Ledger.Arrivals(ctx, prison), d.Assessment.CloseDay(ctx, prison), d.Guidance.Overtakes(ctx, prison))
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
