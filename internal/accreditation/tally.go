package accreditation

import (
	"fmt"
	"math/big"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/lifecycle"
)

// Seat is a member at an item: there or not, with a part in it or not, and the vote.
type Seat struct {
	Person uuid.UUID `json:"person"`
	Name   string    `json:"name"`
	Voting bool      `json:"voting"`
	// Barred says why the program keeps the member out: posting, origin; "" for not.
	Barred string `json:"barred,omitempty"`
	// Recused is the reason that a member gave to stay out.
	Recused string `json:"recused,omitempty"`
	Present bool   `json:"present"`
	Vote    string `json:"vote,omitempty"` // for, against, abstain
	VotedBy string `json:"voted_by,omitempty"`
	// May are the acts that the reader may do for this seat.
	May []string `json:"may,omitempty"`
}

// Out says that the member has no part in the item.
func (s Seat) Out() bool { return s.Barred != "" || s.Recused != "" }

// Tally of an item. Who is out counts neither among the members nor among those present.
type Tally struct {
	Voting  int  `json:"voting"` // members who vote, and are not out
	Out     int  `json:"out"`    // members who would vote, and are
	Present int  `json:"present"`
	Need    int  `json:"need"` // present, for a quorum
	Quorum  bool `json:"quorum"`
	For     int  `json:"for"`
	Against int  `json:"against"`
	Abstain int  `json:"abstain"`
	Open    int  `json:"open"` // present, and no vote recorded
}

// Count the seats of an item; share is the quorum.
func Count(share *big.Rat, seats []Seat) (t Tally) {
	for _, s := range seats {
		switch {
		case !s.Voting:
			continue
		case s.Out():
			t.Out++
			continue
		}
		t.Voting++
		if !s.Present {
			continue
		}
		t.Present++
		switch s.Vote {
		case "for":
			t.For++
		case "against":
			t.Against++
		case "abstain":
			t.Abstain++
		default:
			t.Open++
		}
	}
	t.Need = lifecycle.Need(share, t.Voting)
	t.Quorum = t.Present > 0 && t.Present >= t.Need
	return t
}

// against lists what stands against an outcome. The vote is on agreeing; to adjourn
// decides nothing, and is always possible.
func (t Tally) against(outcome string) (bad []fault.Field) {
	if outcome == "adjourn" {
		return nil
	}
	if !t.Quorum {
		bad = append(bad, told("", "quorum", fmt.Sprintf("到会 %d 人，未回避的表决成员 %d 人，须到 %d 人", t.Present, t.Voting, t.Need),
			fmt.Sprintf("%d present of %d voting members without the recused, %d needed", t.Present, t.Voting, t.Need)))
	}
	if t.Open > 0 {
		bad = append(bad, told("", "votes_open", fmt.Sprintf("还有 %d 名到会成员没有表决", t.Open), fmt.Sprintf("%d members are present and have no vote recorded", t.Open)))
	}
	if agreed := t.For > t.Against; agreed != (outcome == "agree") {
		bad = append(bad, told("", "votes", fmt.Sprintf("与表决不符：同意 %d、不同意 %d、弃权 %d", t.For, t.Against, t.Abstain),
			fmt.Sprintf("The votes say otherwise: %d for, %d against, %d abstain", t.For, t.Against, t.Abstain)))
	}
	return bad
}
