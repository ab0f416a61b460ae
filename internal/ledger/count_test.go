package ledger_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

// TestCountVote holds the early end of a vote against all its continuations:
// over exactly when none of them can turn it.
func TestCountVote(t *testing.T) {
	for seats := 1; seats <= 5; seats++ {
		for _, quorum := range []catalog.Fraction{{1, 2}, {2, 3}, {1, 1}} {
			for _, majority := range []catalog.Fraction{{1, 2}, {2, 3}, {1, 3}} {
				st := ledger.Step{Mode: catalog.ModeVote, Quorum: &quorum, Majority: &majority}
				var people []ledger.Signer
				for range seats {
					people = append(people, ledger.Signer{Kind: ledger.Holder, Person: uuid.New()})
				}
				var walk func(said []ledger.Decision) []ledger.Ending
				walk = func(said []ledger.Decision) []ledger.Ending {
					got := st.Count(people, said).Ending
					if len(said) == seats {
						yes := 0
						for _, d := range said {
							if d.Verdict == "approve" {
								yes++
							}
						}
						want := ledger.Refused
						if yes*majority[1] > seats*majority[0] {
							want = ledger.Passed
						}
						if got != want {
							t.Fatalf("%d of %d, majority %v: %q", yes, seats, majority, got)
						}
						return []ledger.Ending{want}
					}
					var ends []ledger.Ending
					for _, verdict := range []string{"approve", "return"} {
						ends = append(ends, walk(append(slices.Clone(said), ledger.Decision{By: people[len(said)].Person, Verdict: verdict}))...)
					}
					slices.Sort(ends)
					ends = slices.Compact(ends)
					open := len(ends) > 1 || ends[0] == ledger.Passed && !quorum.Reached(len(said), seats)
					if open != (got == ledger.Pending) || !open && got != ends[0] {
						t.Fatalf("after %d of %d, quorum %v, majority %v: %q, could still be %q", len(said), seats, quorum, majority, got, ends)
					}
					return ends
				}
				walk(nil)
			}
		}
	}
}

// FuzzCount: whatever was said by whom, nothing panics, whoever is asked has not
// spoken, and a step that waits waits for somebody.
func FuzzCount(f *testing.F) {
	for n := range 40 {
		f.Add(uint64(n), byte(n))
	}
	f.Fuzz(func(t *testing.T, seed uint64, shape byte) {
		r := rand.New(rand.NewPCG(seed, uint64(shape)))
		st := ledger.Step{Mode: []string{"", catalog.ModeAll, catalog.ModeVote}[shape%3], Quorum: &catalog.Fraction{2, 3}, Majority: &catalog.Fraction{1, 2}}
		people := make([]uuid.UUID, 6)
		for i := range people {
			people[i] = uuid.UUID{15: byte(i + 1)}
		}
		var signers []ledger.Signer
		for _, i := range r.Perm(6)[:r.IntN(6)] {
			g := ledger.Signer{Person: people[i], Kind: []string{ledger.Holder, ledger.Before, ledger.After, ledger.Transferred}[r.IntN(4)]}
			if g.Kind == ledger.Transferred {
				from := people[(i+1)%6]
				g.For = &from
			}
			signers = append(signers, g)
		}
		var said []ledger.Decision
		for _, i := range r.Perm(6)[:r.IntN(6)] {
			said = append(said, ledger.Decision{By: people[i], Verdict: []string{"approve", "return"}[r.IntN(2)]})
		}
		c := st.Count(signers, said)
		if c.Ending != ledger.Pending {
			return
		}
		if c.Bound && len(c.Open) == 0 {
			t.Fatalf("waits for nobody: %+v", c)
		}
		for _, p := range c.Open {
			if slices.ContainsFunc(said, func(d ledger.Decision) bool { return d.By == p }) {
				t.Fatalf("asked again: %+v", c)
			}
		}
	})
}
