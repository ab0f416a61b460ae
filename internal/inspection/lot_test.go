package inspection_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"taizhang/internal/inspection"
)

// TestLots: the figures were worked out with sha256sum and openssl, not by this program.
func TestLots(t *testing.T) {
	t.Parallel()
	roster := inspection.RosterOf([]string{"0000000003", "0000000001", "0000000002", "0000000001"})
	if roster != "0000000001\n0000000002\n0000000003\n" {
		t.Fatalf("%q", roster)
	}
	digest := inspection.RosterDigest(roster)
	seed := inspection.Seed(bytes.Repeat([]byte{1}, 32), "二十七", digest)
	if digest != wantDigest || seed != wantSeed {
		t.Errorf("digest %s, seed %s", digest, seed)
	}
	if got := inspection.Lots(seed, roster, 2); !slices.Equal(got, wantLots) {
		t.Errorf("drawn %v", got)
	}
}

// TestLotsAreFair: of any roster so many are drawn, each once, whatever its order was; and over many
// draws nobody is drawn much oftener than another.
func TestLotsAreFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfNDistinct(rapid.StringMatching(`[0-9]{10}`), 1, 60, rapid.ID).Draw(t, "items")
		n := rapid.IntRange(1, 70).Draw(t, "n")
		roster := inspection.RosterOf(items)
		seed := inspection.Seed(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "chance"), rapid.String().Draw(t, "word"), inspection.RosterDigest(roster))
		got := inspection.Lots(seed, roster, n)
		if len(got) != min(n, len(items)) || len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
			t.Fatalf("drawn %v of %v", got, items)
		}
		slices.Reverse(items)
		if again := inspection.Lots(seed, inspection.RosterOf(items), n); !slices.Equal(again, got) {
			t.Fatalf("%v, and of the same in another order %v", got, again)
		}
	})
	var items []string
	for i := range 40 {
		items = append(items, fmt.Sprintf("%010d", i))
	}
	roster := inspection.RosterOf(items)
	times := map[string]int{}
	for i := range 4000 {
		for _, item := range inspection.Lots(inspection.Seed([]byte{byte(i), byte(i >> 8)}, "字", "x"), roster, 10) {
			times[item]++
		}
	}
	// 1,000 each is even; 27 is a standard deviation, and 5 of them leave out one run in 45,000.
	for item, n := range times {
		if n < 865 || n > 1135 {
			t.Errorf("%s was drawn %d times of 4000", item, n)
		}
	}
}

const (
	wantDigest = "5a13ea84dd617364a0fc717d9b79ed689d380978d1628d342d2a9dc9393c1178"
	wantSeed   = "b9530ffb5b52b8009a95ff8e8d2f9ddbdcc8a532be9fa8c73a5e296d30d90cb8"
)

var wantLots = []string{"0000000002", "0000000001"}
