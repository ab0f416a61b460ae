package inspection

import (
	"slices"
	"testing"
)

// TestWeaker: what costs most first, then what was not put right; what was met last, unless something waits there.
func TestWeaker(t *testing.T) {
	t.Parallel()
	want := []Weak{
		{Rank: 1, Cost: *number(t, "6.5")},
		{Rank: 2, Cost: *number(t, "19/3"), Open: 2},
		{Rank: 3, Cost: *number(t, "1"), Open: 1, Met: true},
		{Rank: 4, Open: 2},
		{Rank: 5, Open: 1},
		{Rank: 6},
		{Rank: 7, Cost: *number(t, "9"), Met: true},
		{Rank: 8, Met: true},
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortStableFunc(got, weaker)
	for i := range want {
		if got[i].Rank != want[i].Rank {
			t.Errorf("at %d stands %+v", i+1, got[i])
		}
	}
}
