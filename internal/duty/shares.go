package duty

import (
	"maps"
	"math/big"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/scoring"
)

var generic = []string{"due", "filled", "unfilled", "ontime", "late", "backfilled", "missing", "excused", "entries", "decided_48h", "decided_48h_due"}

// shares sums facts by ledger, ordered by its id.
func shares(area uuid.UUID, facts []scoring.DayFact) []Share {
	sums := map[string]map[string]*big.Rat{}
	for _, f := range facts {
		if !slices.Contains(generic, f.Measure) {
			continue
		}
		m := sums[f.Ledger]
		if m == nil {
			m = map[string]*big.Rat{}
			sums[f.Ledger] = m
		}
		if m[f.Measure] == nil {
			m[f.Measure] = new(big.Rat)
		}
		m[f.Measure].Add(m[f.Measure], f.Value.Rat())
	}
	var list []Share
	for _, l := range slices.Sorted(maps.Keys(sums)) {
		s := Share{Area: area, Ledger: l, Sums: map[string]scoring.Decimal{}}
		for name, r := range sums[l] {
			s.Sums[name], _ = scoring.DecimalOf(r) // a copy of a rational cannot fail
		}
		list = append(list, s)
	}
	return list
}
