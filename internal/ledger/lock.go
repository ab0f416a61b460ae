package ledger

import (
	"context"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Lock is why something cannot be filled or changed now, and who can lift it.
// The code is stable and the same in a refusal.
type Lock struct {
	Code string     `json:"code"`
	Why  fault.Text `json:"why"`
	Who  fault.Text `json:"who"`
}

// The causes.
const (
	PeriodNotBegun  = "period_not_begun"
	PeriodExpired   = "period_expired"
	NotForArea      = "not_for_area"
	LedgerEnded     = "ledger_ended"
	UnderApproval   = "under_approval"
	AnotherHand     = "another_hand"
	InForceAlready  = "in_force"
	SealedCase      = "sealed_case"
	VoidedForGood   = "voided"
	DiscardedByHand = "discarded"
)

// locks is the table of causes: what is shown, and who can do something.
var locks = map[string]Lock{
	PeriodNotBegun: {Why: fault.Text{ZH: "时段尚未开始", EN: "the period has not begun"},
		Who: fault.Text{ZH: "时段开始后自动解除", EN: "it opens when the period begins"}},
	PeriodExpired: {Why: fault.Text{ZH: "已过补录期限", EN: "the time for filling it late is over"},
		Who: fault.Text{ZH: "归属部门负责人（解锁）", EN: "the head of the owning department (an exception)"}},
	NotForArea: {Why: fault.Text{ZH: "该监区不填报这种台账", EN: "this area does not keep that ledger"},
		Who: fault.Text{ZH: "归属部门提出调整、局创建办决定", EN: "the owning department proposes, the bureau's accreditation office decides"}},
	LedgerEnded: {Why: fault.Text{ZH: "该台账已停用", EN: "that ledger is no longer kept"},
		Who: fault.Text{ZH: "归属部门提出增设、省局决定", EN: "the owning department proposes, the bureau decides"}},
	UnderApproval: {Why: fault.Text{ZH: "正在审批", EN: "it lies with somebody for decision"},
		Who: fault.Text{ZH: "当前环节审批人退回；首个环节办理前填报人可撤回", EN: "the decider of the step by returning it; its author, before the first decision, by withdrawing it"}},
	AnotherHand: {Why: fault.Text{ZH: "他人正在填写或更正", EN: "somebody else is filling or correcting it"},
		Who: fault.Text{ZH: "填报人本人", EN: "its author"}},
	InForceAlready: {Why: fault.Text{ZH: "已通过审批", EN: "it is approved and in force"},
		Who: fault.Text{ZH: "填报人更正；作废须先申请，由归属部门负责人决定", EN: "its author by a correction; a void is asked for and decided by the head of the owning department"}},
	SealedCase: {Why: fault.Text{ZH: "涉及民警的封存件", EN: "it is a sealed case against police"},
		Who: fault.Text{ZH: "纪检部门", EN: "the discipline department"}},
	VoidedForGood: {Why: fault.Text{ZH: "已作废", EN: "it is voided"},
		Who: fault.Text{ZH: "任何人都不能恢复，请另行填报", EN: "nobody; fill a new one"}},
	DiscardedByHand: {Why: fault.Text{ZH: "已弃用", EN: "it was discarded"},
		Who: fault.Text{ZH: "任何人都不能恢复，请另行填报", EN: "nobody; fill a new one"}},
}

// LockFor is the cause of a code.
func LockFor(code string) *Lock {
	l := locks[code]
	l.Code = code
	return &l
}

// Refusal is the lock as the fault that a refused filling answers with: the
// same code, and the reason with who can lift it.
func (l Lock) Refusal(kind fault.Kind) *fault.Error {
	return fault.New(kind, l.Code).With("who", l.Who).With("reason", fault.Text{
		ZH: l.Why.ZH + "；可办理的人员：" + l.Who.ZH, EN: l.Why.EN + "; who can lift it: " + l.Who.EN})
}

// lockOf says why the reader cannot change what the entry says; nil when they can.
func (s *Service) lockOf(ctx context.Context, e Entry, allowed []Action) *Lock {
	for _, a := range allowed {
		if a == Edit {
			return nil
		}
	}
	mine := e.Author == actor.From(ctx).PersonID
	switch {
	case e.State == Submitted:
		return LockFor(UnderApproval)
	case e.State == Voided:
		return LockFor(VoidedForGood)
	case e.State == Discarded:
		return LockFor(DiscardedByHand)
	case e.Sealed && !mine:
		return LockFor(SealedCase)
	case e.State == Approved:
		return LockFor(InForceAlready)
	case !mine:
		return LockFor(AnotherHand)
	}
	return nil
}

// Period that something is due in, and its deadline.
type Period struct{ Starts, Ends, Due time.Time }

// Owed is one thing due: of what is owed of each inmate the field that names him, and whom.
type Owed struct{ About, Inmate string }

// fillable refuses what is filled for a time whose period has not begun, or whose
// time is over and no exception holds. Where nothing was due, the time allowed
// runs from the event itself.
func (s *Service) fillable(ctx context.Context, r dated, t *catalog.Type, prison, area uuid.UUID, at time.Time) error {
	p, err := r.PeriodAt(ctx, prison, area, t.ID, at)
	switch {
	case fault.Is(err, fault.NotFound):
		p = Period{Starts: at, Ends: at, Due: t.Cadence.Due(at, s.Catalog.Calendar())}
	case err != nil:
		return err
	case p.Starts.After(r.Now()):
		return LockFor(PeriodNotBegun).Refusal(fault.Invalid).With("from", p.Starts)
	}
	limit := s.Catalog.LockedAt(t, p.Due)
	if !r.Now().After(limit) {
		return nil
	}
	last := max(catalog.DayOf(at), catalog.DayOf(p.Ends.Add(-time.Minute)))
	unlocked, err := r.Unlocked(ctx, prison, area, t.ID, catalog.DayOf(p.Starts), last)
	if err != nil || unlocked {
		return err
	}
	return LockFor(PeriodExpired).Refusal(fault.Conflict).With("due_at", p.Due).With("locked_at", limit)
}
