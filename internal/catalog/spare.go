package catalog

import (
	"fmt"

	"taizhang/internal/fault"
)

// Takes is the minutes a month that a ledger takes of a nominal area: the entries
// due, by the median of those whose filling was measured, else by the keys that
// are typed (settings keys_… and key_seconds). A ledger of events has no number
// due; one a day is the most that is taken of it.
func (c *Catalog) Takes(t *Type, costs Costs) int {
	week := t.Cadence.perWeek(c.Nominal())
	if week == 0 {
		week = perWeek["daily"]
	}
	cost, measured := costs.of(t)
	if !measured {
		_, keys := c.Filling(t)
		cost.Seconds = keys.Typed * int(c.Setting("key_seconds"))
	}
	minute := 60 * perWeek["monthly"]
	return (week*cost.Seconds + minute - 1) / minute
}

// Overdrawn lists the savings that are none: in the ledger that is added to, and
// more than another one takes (minutes a month) less what was claimed of it before.
// A ledger that takes does not know is refused by Check.
func (g Gate) Overdrawn(at, own string, takes func(ledger string) (int, bool), claimed map[string]int) []fault.Field {
	var failed []fault.Field
	sum := map[string]int{}
	for _, s := range g.Savings {
		if s.Ledger == own {
			failed = append(failed, fault.Field{Pointer: at + "/savings", Code: "gate:savings_own", Text: gateTexts["savings_own"]})
			continue
		}
		all, known := takes(s.Ledger)
		left := max(0, all-claimed[s.Ledger])
		sum[s.Ledger] += min(max(0, s.Minutes), left+1) // a figure beyond all measure adds up to no other
		if known && sum[s.Ledger] > left {
			failed = append(failed, fault.Field{Pointer: at + "/savings", Code: "gate:savings_most", Text: fault.Text{
				ZH: fmt.Sprintf("G4：%s 现在每监区每月约用 %d 分钟，其他增设已占用 %d 分钟，所写节省超出余下的 %d 分钟", s.Ledger, all, claimed[s.Ledger], left),
				EN: fmt.Sprintf("G4: %s takes about %d minutes a month of an area now, other additions have claimed %d; the saving is more than the %d left", s.Ledger, all, claimed[s.Ledger], left)}})
		}
	}
	return failed
}
