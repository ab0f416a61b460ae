package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
)

// Submit turns the draft into a revision: validated as a whole, sealed with its
// evidence, logged. reason is needed when an approved entry is amended
// (更正须说明理由). Faults: invalid_document with fields, reason_required.
func (s *Service) Submit(ctx context.Context, k Key, ifMatch int64, reason string, idem Idem) (Outcome, error) {
	return s.SubmitWith(ctx, k, ifMatch, Submission{Reason: reason}, idem)
}

// SubmitWith is Submit with what else the page knows of the act.
func (s *Service) SubmitWith(ctx context.Context, k Key, ifMatch int64, sub Submission, idem Idem) (Outcome, error) {
	reason := sub.Reason
	if err := sub.Written.bounded(); err != nil {
		return Outcome{}, err
	}
	return s.change(ctx, k, Submit, ifMatch, idem, func(tx Tx, e *Entry, _ Situation, to State) (*Outcome, error) {
		if e.InForce > 0 && Blank(reason) {
			return nil, fault.InvalidFields("reason_required", []fault.Field{{Pointer: "/reason", Code: "required",
				Text: fault.Text{ZH: "更正已通过的条目，请说明理由", EN: "Say why the approved entry is corrected"}}})
		}
		t, err := s.typeOf(*e)
		if err != nil {
			return nil, err
		}
		d, err := tx.Draft(ctx, k)
		if err != nil {
			return nil, err
		}
		typed, doc, err := d.handedIn(t, sub.Written)
		if err != nil {
			return nil, err
		}
		pins, _, err := repinned(ctx, tx, t, *e, d, doc)
		if err != nil {
			return nil, err
		}
		if doc, err = pinned(t, doc, d.Pins, pins); err != nil {
			return nil, err
		}
		attached, err := tx.Evidence(ctx, k, 0)
		if err != nil {
			return nil, err
		}
		if t.LooksUp() {
			if err := tx.LockLedger(ctx, k.Prison, t.ID); err != nil {
				return nil, err
			}
		}
		res, err := judge(ctx, tx, *e, t, doc, actor.From(ctx).Number, tx.Now(), catalog.StageSubmit)
		if err != nil {
			return nil, err
		}
		if len(res.Errors) == 0 {
			missing, err := lacking(t, res.Document, attached)
			if err != nil {
				return nil, err
			}
			res.Errors = missing
		}
		if len(res.Errors) > 0 {
			return nil, fault.InvalidFields("invalid_document", res.Errors)
		}
		got := received(typed, attached)
		claim, err := claimed(ctx, tx, sub.Written, got, false)
		if err != nil {
			return nil, err
		}
		out, err := s.file(ctx, tx, t, e, to, filing{doc: res.Document, attached: attached, warnings: res.Warnings, reason: reason, pins: pins, effort: sub.Effort.measured(), claim: claim})
		if err != nil {
			return nil, err
		}
		out.Received = got
		out.Warnings = slices.Concat(out.Warnings, overruled(t, typed, doc))
		return out, nil
	})
}

// Nil files a nil return (零报告) for a ledger that allows it: one act from
// nothing to submitted. at is any time of the period it is for, which must have
// begun and be due. Faults: nil_not_allowed, nil_without_duty, and those of a
// lock: period_not_begun, period_expired.
func (s *Service) Nil(ctx context.Context, n New, at time.Time, idem Idem) (Outcome, error) {
	var out Outcome
	err := s.begun(ctx, n, idem, &out, func(tx Tx, t *catalog.Type) error {
		if !t.Cadence.Nil {
			return fault.New(fault.Invalid, "nil_not_allowed").With("ledger", n.Ledger)
		}
		e, _, err := s.admit(ctx, tx, t, n)
		if err != nil {
			return err
		}
		e.Nil = true
		// Two nil returns of one period at once: the second sees the first.
		if err := tx.LockLedger(ctx, n.Prison, t.ID); err != nil {
			return err
		}
		period, err := tx.PeriodAt(ctx, n.Prison, n.Area, t.ID, at)
		switch {
		case fault.Is(err, fault.NotFound):
			return fault.New(fault.Invalid, "nil_without_duty").With("ledger", n.Ledger)
		case err != nil:
			return err
		}
		if err := s.fillable(ctx, tx, t, n.Prison, n.Area, at); err != nil {
			return err
		}
		if err := s.nothingYet(ctx, tx, n, t, period); err != nil {
			return err
		}
		if at.After(tx.Now()) {
			at = tx.Now()
		}
		if err := tx.InsertEntry(ctx, e); err != nil {
			return err
		}
		if e, err = tx.Lock(ctx, e.Key); err != nil {
			return err
		}
		doc, err := nilReturn(at)
		if err != nil {
			return err
		}
		o, err := s.file(ctx, tx, t, &e, Submitted, filing{doc: doc, nilAt: at})
		if err != nil {
			return err
		}
		o.Entry = e
		out = *o
		return nil
	})
	return out, err
}

// nilReturn is what a nil return says.
func nilReturn(at time.Time) (catalog.Document, error) {
	return catalog.ParseDocument([]byte(`{"nil_return":true,"day":"` + catalog.DayOf(at) + `"}`))
}

// nothingYet refuses a nil return of a period that something was filed in: it
// would say that nothing happened, or say so twice.
func (s *Service) nothingYet(ctx context.Context, r Reader, n New, t *catalog.Type, p Period) error {
	ses := s.session(ctx, n.Prison)
	list, err := r.Entries(ctx, Query{Prison: n.Prison, Scope: ses.Scope, Me: ses.Person, Area: n.Area, Ledgers: []string{t.ID},
		States: []State{Submitted, Returned, Approved}, From: catalog.DayOf(p.Starts), To: catalog.DayOf(p.Ends), Sort: ByOccurred, Limit: MaxPage})
	for _, e := range list {
		if at := e.OccurredAt; (e.Nil || e.Counts) && at != nil && at.After(p.Starts) && !at.After(p.Ends) {
			return fault.New(fault.Conflict, "period_filed").With("entry", e.Entry)
		}
	}
	return err
}

// filing is what goes into a revision.
type filing struct {
	doc      catalog.Document
	attached []Evidence
	warnings []fault.Field
	reason   string
	pins     []Pin
	effort   *Effort   // nil: not measured
	nilAt    time.Time // set for a nil return: a time of its period
	claim    *Claim    // of what was written without the network
}

// file writes the revision, its evidence and its leaves, and moves the head.
func (s *Service) file(ctx context.Context, tx Tx, t *catalog.Type, e *Entry, to State, f filing) (*Outcome, error) {
	past, err := tx.Revisions(ctx, e.Key)
	if err != nil {
		return nil, err
	}
	versions, err := tx.HoldObjects(ctx, e.Prison, sums(f.attached))
	if err != nil {
		return nil, err
	}
	fault.Point("submit.objects_held")
	rev := Revision{
		Number: len(past) + 1, Author: e.Author, Ledger: t.ID, Version: t.Version, Document: f.doc.Canonical,
		Salt: integrity.NewSalt(), Nil: !f.nilAt.IsZero(), Reason: f.reason, Warnings: f.warnings, Pins: f.pins,
	}
	if rev.Nil {
		rev.OccurredAt = f.nilAt
	} else {
		moment, err := t.Occurred(f.doc)
		if err != nil {
			return nil, err
		}
		if ahead := early(t, moment, tx.Now()); len(ahead) > 0 {
			return nil, fault.InvalidFields("invalid_document", ahead)
		}
		rev.OccurredAt = moment.At
	}
	// What was filed in time may come back and be filed again; what moves to
	// another day is filed there for the first time.
	if !rev.Nil && (e.Submitted == nil || e.Day != catalog.DayOf(rev.OccurredAt)) {
		if err := s.fillable(ctx, tx, t, e.Prison, e.Area, rev.OccurredAt); err != nil {
			return nil, err
		}
	}
	if !rev.Nil {
		if rev.Hints, err = s.hints(ctx, tx, t, *e, f.doc, rev.OccurredAt); err != nil {
			return nil, err
		}
	}
	if rev.Chain, err = chain(t, f.doc, rev.Nil); err != nil {
		return nil, err
	}
	if len(rev.Chain) == 0 {
		return nil, fmt.Errorf("%s v%d: no step of the chain applies", t.ID, t.Version)
	}
	if rev.Digest, err = Seal(t.ID, t.Version, rev.Nil, rev.Document, f.attached); err != nil {
		return nil, err
	}
	before := *e
	head := *e
	if err := s.stand(&head, rev); err != nil {
		return nil, err
	}
	if e.InForce == 0 {
		*e = head
	} else {
		// Only what protects the new revision holds at once.
		e.Warnings, e.Hints, e.Sealed = head.Warnings, head.Hints, head.Sealed
	}
	e.State, e.Revision, e.Step = to, rev.Number, 0
	e.sealedAs(rev)
	now := tx.Now()
	if e.Submitted == nil {
		e.Submitted = &now
	}
	e.Resubmit = &now
	if err := tx.InsertRevision(ctx, e.Key, rev); err != nil {
		return nil, err
	}
	fault.Point("submit.revision_inserted")
	if err := s.reach(ctx, tx, t, e, rev); err != nil {
		return nil, err
	}
	for _, a := range f.attached {
		a.Revision, a.VersionID, a.Salt = rev.Number, versions[a.Sha256], integrity.NewSalt()
		if err := tx.InsertEvidence(ctx, e.Key, a); err != nil {
			return nil, err
		}
	}
	fault.Point("submit.evidence_inserted")
	if err := tx.DropDraft(ctx, e.Key); err != nil {
		return nil, err
	}
	detail := map[string]any{"nil_return": rev.Nil, "reason": f.reason, "evidence": len(f.attached)}
	if f.effort != nil {
		detail["effort"] = f.effort.bounded()
	}
	if err := tx.InsertEvent(ctx, e.Key, "submitted", rev.Number, detail); err != nil {
		return nil, err
	}
	if f.claim != nil {
		if err := tx.InsertEvent(ctx, e.Key, "written_offline", rev.Number, map[string]any{"written": f.claim}); err != nil {
			return nil, err
		}
	}
	if err := tx.UpdateEntry(ctx, e); err != nil {
		return nil, err
	}
	if e.InForce == 0 {
		if err := s.index(ctx, tx, *e); err != nil {
			return nil, err
		}
	}
	// The day of the withdrawn or returned revision loses what the new day gains.
	if err := touch(ctx, tx, before, *e); err != nil {
		return nil, err
	}
	if len(f.attached) > 0 {
		if err := tx.Enqueue(ctx, EvidenceFiled{Prison: e.Prison, Entry: e.Entry, Revision: rev.Number}); err != nil {
			return nil, err
		}
	}
	receipt, err := tx.Append(ctx, e.Prison)
	if err != nil {
		return nil, err
	}
	fault.Point("submit.logged")
	return &Outcome{Receipt: &receipt, Warnings: f.warnings}, nil
}

// early says that what has not happened yet is not filed.
func early(t *catalog.Type, m catalog.Moment, now time.Time) []fault.Field {
	if m.Day <= catalog.DayOf(now) {
		return nil
	}
	return []fault.Field{{Pointer: t.OccurredAt, Code: "future",
		Text: fault.Text{ZH: "不能填报今天以后的事项，请核对日期", EN: "What has not happened yet cannot be filed; check the date"}}}
}

// chain fixes the steps a document must pass. A nil return has nothing that a
// condition could look at: only the unconditional steps remain.
func chain(t *catalog.Type, doc catalog.Document, nilReturn bool) ([]Step, error) {
	steps, err := t.Steps(doc, nilReturn)
	if err != nil {
		return nil, err
	}
	list := make([]Step, len(steps))
	for i, st := range steps {
		list[i] = Step{ID: st.ID, Title: st.Title, Roles: st.Roles, Unit: st.Unit, Quorum: st.Quorum, Majority: st.Majority,
			Deputy: st.Deputy, Within: st.WithinWorkdays, Escalate: st.Escalate}
		// A step without a mode is as it was before there were others.
		if st.Mode != catalog.ModeAny {
			list[i].Mode = st.Mode
		}
	}
	return list, nil
}

func sums(list []Evidence) []Digest {
	out := make([]Digest, len(list))
	for i, e := range list {
		out[i] = e.Sha256
	}
	return out
}
