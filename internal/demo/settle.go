package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// decideLater lets the step at hand be decided some hours on, now and then
// after a return.
func (l *life) decideLater(t *catalog.Type, a *place, author person, out ledger.Outcome) {
	e := out.Entry
	if e.State != ledger.Submitted {
		return
	}
	wait := l.between(20*time.Minute, 20*time.Hour)
	if l.rng.IntN(60) == 0 {
		wait = l.between(50*time.Hour, 90*time.Hour) // forgotten on a desk
	}
	back := e.Step == 0 && e.Revision == 1 && l.rng.IntN(40) == 0
	l.later(l.now.Add(wait), func(ctx context.Context) error {
		department, area := "", a.id
		switch e.StepUnit {
		case "owner":
			department, area = l.p.Access.Owner(t.ID), uuid.Nil
		case "prison":
			area = uuid.Nil
		}
		who, ok := l.posted(e.StepRoles, area, department, author.id)
		if e.StepBound {
			who, ok = l.seated(e)
		}
		if !ok {
			who, ok = l.posted(e.StepRoles, uuid.Nil, "", author.id)
		}
		if !ok {
			l.skipped[t.ID+" no decider"]++
			return nil
		}
		ctx = l.as(ctx, who)
		j := ledger.Judgement{Digest: *e.Digest}
		if back {
			j.Comment, j.Remarks = "请核对后补充说明", []ledger.Remark{{Pointer: t.OccurredAt, Text: "时间请再核对"}}
			out, err := l.ledger.Return(ctx, e.Key, j, ledger.Idem{})
			switch {
			case err != nil:
			case out.Entry.State == ledger.Submitted: // one vote against
				l.decideLater(t, a, author, out)
			default:
				l.resubmitLater(t, a, author, out.Entry)
			}
			return err
		}
		next, err := l.ledger.Approve(ctx, e.Key, j, ledger.Idem{})
		if fault.Is(err, fault.Invalid) {
			// Something is still to come, such as days of publication: asked again.
			l.skipped[t.ID+" at approval"]++
			l.later(l.now.Add(48*time.Hour), func(context.Context) error {
				l.decideLater(t, a, author, out)
				return nil
			})
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s approve: %w", t.ID, err)
		}
		if next.Entry.State == ledger.Approved && !next.Entry.Nil {
			if err := l.ledger.Open(ctx, ledger.EntryApproved{Prison: l.u.id, Entry: e.Entry, Revision: next.Entry.Revision}); err != nil {
				return fmt.Errorf("%s open: %w", t.ID, err)
			}
		}
		l.decideLater(t, a, author, next)
		return nil
	})
}

func (l *life) resubmitLater(t *catalog.Type, a *place, author person, e ledger.Entry) {
	l.later(l.now.Add(l.between(time.Hour, 6*time.Hour)), func(ctx context.Context) error {
		ctx = l.as(ctx, author)
		out, err := l.ledger.Revise(ctx, e.Key, e.ETag, ledger.Idem{})
		if err != nil {
			return err
		}
		out, err = l.ledger.Submit(ctx, e.Key, out.Entry.ETag, "", ledger.Idem{})
		if fault.Is(err, fault.Invalid) {
			return nil
		}
		if err == nil {
			l.decideLater(t, a, author, out)
		}
		return err
	})
}
