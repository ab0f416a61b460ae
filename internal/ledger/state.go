package ledger

import "taizhang/internal/fault"

// State of an entry (glossary: 草稿, 已提交, 已退回, 已通过, 已作废, 已弃用).
type State string

// The states. Discarded is a draft that was thrown away while nothing of the
// entry was in force.
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Returned  State = "returned"
	Approved  State = "approved"
	Voided    State = "voided"
	Discarded State = "discarded"
)

// States lists them all.
var States = []State{Draft, Submitted, Returned, Approved, Voided, Discarded}

// Action is what somebody does to an entry.
type Action string

// The actions that change an entry.
const (
	Edit      Action = "edit"
	Submit    Action = "submit"
	Withdraw  Action = "withdraw"
	Return    Action = "return"
	Approve   Action = "approve"
	Transfer  Action = "transfer"   // 转签
	AddSigner Action = "add_signer" // 加签
	Revise    Action = "revise"
	Amend     Action = "amend"
	Discard   Action = "discard"
	// A void is asked for, and granted or refused in a round of its own, or withdrawn
	// by who asked.
	AskVoid      Action = "ask_void"
	Void         Action = "void"
	RefuseVoid   Action = "refuse_void"
	WithdrawVoid Action = "withdraw_void"
	// Diverge keeps a version beside the entry, or drops it. No button does it:
	// it is not among Actions.
	Diverge Action = "diverge"
)

// Actions lists every action in the order the screen shows them.
var Actions = []Action{Edit, Submit, Approve, Return, Transfer, AddSigner, Withdraw, Revise, Amend, AskVoid, Void, RefuseVoid, WithdrawVoid, Discard}

// Situation is what the table looks at besides the state.
type Situation struct {
	State   State
	Decided bool // a decision has been made on the current revision
	Last    bool // the step at hand is the last of the chain
	InForce bool // an approved revision is in force
	Void    bool // a void is asked for and not decided
	// What one more approval or return, of whoever asks, would bring the step to.
	Approving, Returning Ending
}

type transition struct {
	from   State
	action Action
	when   func(Situation) bool
	to     State
}

func always(Situation) bool { return true }

func mayBeAsked(s Situation) bool { return s.InForce && !s.Void }
func asked(s Situation) bool      { return s.InForce && s.Void }

// The one state table: first line that fits wins, no line means refused.
var transitions = []transition{
	{Draft, Edit, always, Draft},
	{Draft, Submit, always, Submitted},
	{Draft, Discard, func(s Situation) bool { return s.InForce }, Approved},
	{Draft, Discard, always, Discarded},
	{Submitted, Withdraw, func(s Situation) bool { return !s.Decided }, Draft},
	// A verdict changes the state where it ends the step: the last approval of
	// all, the vote that cannot be turned any more, whichever way it goes itself.
	{Submitted, Approve, func(s Situation) bool { return s.Approving == Passed && s.Last }, Approved},
	{Submitted, Approve, func(s Situation) bool { return s.Approving == Refused }, Returned},
	{Submitted, Approve, always, Submitted},
	{Submitted, Return, func(s Situation) bool { return s.Returning == Passed && s.Last }, Approved},
	{Submitted, Return, func(s Situation) bool { return s.Returning == Refused }, Returned},
	{Submitted, Return, always, Submitted},
	{Submitted, Transfer, always, Submitted},
	{Submitted, AddSigner, always, Submitted},
	{Returned, Revise, always, Draft},
	{Returned, Discard, func(s Situation) bool { return s.InForce }, Approved},
	{Returned, Discard, always, Discarded},
	{Approved, Amend, always, Draft},
	// What is in force may be voided whatever becomes of its correction.
	{Approved, AskVoid, mayBeAsked, Approved},
	{Draft, AskVoid, mayBeAsked, Draft},
	{Submitted, AskVoid, mayBeAsked, Submitted},
	{Returned, AskVoid, mayBeAsked, Returned},
	{Approved, Void, asked, Voided},
	{Draft, Void, asked, Voided},
	{Submitted, Void, asked, Voided},
	{Returned, Void, asked, Voided},
	{Approved, RefuseVoid, asked, Approved},
	{Draft, RefuseVoid, asked, Draft},
	{Submitted, RefuseVoid, asked, Submitted},
	{Returned, RefuseVoid, asked, Returned},
	{Approved, WithdrawVoid, asked, Approved},
	{Draft, WithdrawVoid, asked, Draft},
	{Submitted, WithdrawVoid, asked, Submitted},
	{Returned, WithdrawVoid, asked, Returned},
	{Draft, Diverge, always, Draft},
	{Submitted, Diverge, always, Submitted},
	{Returned, Diverge, always, Returned},
	{Approved, Diverge, always, Approved},
	{Voided, Diverge, always, Voided},
	{Discarded, Diverge, always, Discarded},
}

// Next says which state the action leads to. What the table does not name is
// refused with code state_forbids and the state it met.
func Next(s Situation, a Action) (State, error) {
	for _, t := range transitions {
		if t.from == s.State && t.action == a && t.when(s) {
			return t.to, nil
		}
	}
	return "", fault.New(fault.Conflict, "state_forbids").With("state", s.State).With("action", a)
}
