package ledger

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
)

// Ending is what a step has come to.
type Ending string

// The endings. A step that is pending waits for somebody.
const (
	Pending Ending = ""
	Passed  Ending = "passed"
	Refused Ending = "refused"
)

// The kinds of signers.
const (
	Holder      = "holder"   // held the post when the step was reached
	Transferred = "transfer" // in the place of somebody who passed the decision on (转签)
	Before      = "before"   // added to sign first (加签)
	After       = "after"    // added to sign last (加签)
)

// Signer of a step by name. It never changes.
type Signer struct {
	ID         uuid.UUID  `json:"id"`
	Revision   int        `json:"revision"`
	Step       int        `json:"step"`
	Kind       string     `json:"kind"`
	Person     uuid.UUID  `json:"person"`
	Name       string     `json:"name"`
	Role       actor.Role `json:"role,omitempty"`
	For        *uuid.UUID `json:"for,omitempty"`
	ForName    string     `json:"for_name,omitempty"`
	Author     uuid.UUID  `json:"-"`
	By         uuid.UUID  `json:"by"`
	ByName     string     `json:"by_name"`
	Reason     string     `json:"reason"`
	Salt       []byte     `json:"-"`
	RecordedAt time.Time  `json:"recorded_at"`
}

// Count is how a step stands: what it has come to, and who has to go on.
type Count struct {
	Ending Ending      `json:"ending"`
	Seats  int         `json:"seats"` // of all and vote: how many have one
	For    int         `json:"for"`
	Voted  int         `json:"voted"`
	Open   []uuid.UUID `json:"-"` // who has to decide now by name
	Bound  bool        `json:"-"` // and nobody else
	Out    []uuid.UUID `json:"-"` // who has decided or passed it on
}

// Count is the one place where verdicts become an outcome. Those added before
// sign first, then the step's own people by its mode, then those added after;
// whoever was added and returns, returns it for all. A decision of the higher
// post, once the deadline has passed, settles the step.
func (st Step) Count(signers []Signer, decisions []Decision) Count {
	var c Count
	said := map[uuid.UUID]string{}
	for _, d := range decisions {
		said[d.Seat()] = d.Verdict
		c.Out = append(c.Out, d.By)
		if d.For != nil {
			c.Out = append(c.Out, *d.For)
		}
		if d.Capacity == "higher" {
			c.Ending = ended(d.Verdict == "approve")
		}
	}
	moved := map[uuid.UUID]bool{}
	for _, s := range signers {
		if s.Kind == Transferred {
			moved[*s.For] = true
			c.Out = append(c.Out, *s.For)
		}
	}
	var before, own, after []uuid.UUID
	for _, s := range signers {
		switch {
		case moved[s.Person]:
		case s.Kind == Before:
			before = append(before, s.Person)
		case s.Kind == After:
			after = append(after, s.Person)
		default:
			own = append(own, s.Person)
		}
	}
	open := func(seats []uuid.UUID) (list []uuid.UUID) {
		for _, p := range seats {
			if said[p] == "" {
				list = append(list, p)
			}
		}
		return list
	}
	c.Seats = len(own)
	for _, p := range own {
		if said[p] != "" {
			c.Voted++
		}
		if said[p] == "approve" {
			c.For++
		}
	}
	if c.Ending != Pending {
		return c
	}
	for _, p := range slices.Concat(before, after) {
		if said[p] == "return" {
			c.Ending = Refused
			return c
		}
	}
	if c.Open = open(before); len(c.Open) > 0 {
		c.Bound = true
		return c
	}
	ending := st.own(c, said, slices.Concat(before, after))
	switch {
	case ending == Refused:
		c.Ending = Refused
	case ending == Pending:
		// Nobody held the post when it was reached: whoever comes to hold it decides.
		c.Open, c.Bound = open(own), st.Mode != "" && len(own) > 0
	default:
		if c.Open = open(after); len(c.Open) > 0 {
			c.Bound = true
			return c
		}
		c.Ending = Passed
	}
	return c
}

// own is what the step's own people have come to, by its mode. A vote is over
// as soon as those who have not voted can no longer turn it.
func (st Step) own(c Count, said map[uuid.UUID]string, added []uuid.UUID) Ending {
	if st.Mode == "" || c.Seats == 0 {
		for p, verdict := range said {
			if !slices.Contains(added, p) {
				return ended(verdict == "approve")
			}
		}
		return Pending
	}
	against, left := c.Voted-c.For, c.Seats-c.Voted
	switch {
	case st.Mode == catalog.ModeAll && against > 0:
		return Refused
	case st.Mode == catalog.ModeAll && left > 0:
		return Pending
	case st.Mode == catalog.ModeAll:
		return Passed
	case !st.Majority.Exceeded(c.Seats-against, c.Seats):
		return Refused
	case st.Quorum.Reached(c.Voted, c.Seats) && st.Majority.Exceeded(c.For, c.Seats):
		return Passed
	}
	return Pending
}

func ended(passed bool) Ending {
	if passed {
		return Passed
	}
	return Refused
}

// If is the ending that one more verdict would bring.
func (st Step) If(signers []Signer, decisions []Decision, cap Capacity, verdict string) Ending {
	d := Decision{By: cap.Seat, Verdict: verdict}
	if cap.Kind == AsHigher {
		d.Capacity = "higher"
	}
	return st.Count(signers, append(slices.Clone(decisions), d)).Ending
}
