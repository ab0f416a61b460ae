package catalog

import (
	"maps"
	"slices"
	"time"
)

// Cost is what one entry takes: the medians of those whose filling was measured.
type Cost struct{ Seconds, Keystrokes int }

// Costs by ledger and version, as far as anything was measured.
type Costs map[string]map[int]Cost

// of a version that nobody has filled yet is that of the one before it, else of
// the one after: a new version weighs on nobody until it is seen to.
func (c Costs) of(t *Type) (Cost, bool) {
	versions := slices.Sorted(maps.Keys(c[t.ID]))
	if len(versions) == 0 {
		return Cost{}, false
	}
	i, found := slices.BinarySearch(versions, t.Version)
	if !found && i > 0 {
		i--
	}
	return c[t.ID][versions[i]], true
}

// Weight is what ledgers ask of an area, and take of its week as far as their
// cadence says how often they are filled.
type Weight struct {
	Burden
	Keystrokes int `json:"keystrokes"` // a week, in thousandths
	Seconds    int `json:"seconds"`    // a week, in thousandths
	// Unmeasured counts the ledgers with a cadence of which no entry was measured:
	// they are in neither of the two.
	Unmeasured int `json:"unmeasured"`
}

// weightOf one type in an area of that extent.
func weightOf(t *Type, e Extent, costs Costs) Weight {
	w := Weight{Burden: BurdenOf([]*Type{t}, e)}
	cost, measured := costs.of(t)
	if !measured && w.PerWeek > 0 {
		w.Unmeasured = 1
	}
	w.Keystrokes, w.Seconds = w.PerWeek*cost.Keystrokes, w.PerWeek*cost.Seconds
	return w
}

func (w Weight) plus(o Weight) Weight {
	return Weight{Burden: Burden{
		Ledgers: w.Ledgers + o.Ledgers, Fields: w.Fields + o.Fields, Required: w.Required + o.Required, Filled: w.Filled + o.Filled, PerWeek: w.PerWeek + o.PerWeek, Evidence: w.Evidence + o.Evidence,
	}, Keystrokes: w.Keystrokes + o.Keystrokes, Seconds: w.Seconds + o.Seconds, Unmeasured: w.Unmeasured + o.Unmeasured}
}

func (w Weight) minus(o Weight) Weight {
	return Weight{Burden: Burden{
		Ledgers: w.Ledgers - o.Ledgers, Fields: w.Fields - o.Fields, Required: w.Required - o.Required, Filled: w.Filled - o.Filled, PerWeek: w.PerWeek - o.PerWeek, Evidence: w.Evidence - o.Evidence,
	}, Keystrokes: w.Keystrokes - o.Keystrokes, Seconds: w.Seconds - o.Seconds, Unmeasured: w.Unmeasured - o.Unmeasured}
}

// BurdenChange is one change of what an area keeps.
type BurdenChange struct {
	On      string `json:"on"` // YYYY-MM-DD
	Ledger  string `json:"ledger"`
	Kind    string `json:"kind"`    // add, version, or that of the end
	Version int    `json:"version"` // that came in; 0 where the ledger ended
	Target  string `json:"target"`  // of the end
	// Before and After are of all that the area keeps, Total is Net since the beginning.
	Before Weight `json:"before"`
	After  Weight `json:"after"`
	Net    Weight `json:"net"`
	Total  Weight `json:"total"`

	at      time.Time
	was, is *Type // nil where there is none
}

// History follows what is asked of an area from what the installation began
// with (KeptOn tells it by the same rule) through every change in force, the
// oldest first. applies says which types the area keeps; what changes none of
// them is left out. Past and present are weighed by the same extent: the change is
// the catalogue's, not that of the roll.
func (c *Catalog) History(applies func(*Type) bool, e Extent, costs Costs) (base Weight, list []BurdenChange) {
	weigh := func(t *Type) Weight {
		if t == nil || !applies(t) {
			return Weight{}
		}
		return weightOf(t, e, costs)
	}
	var now Weight
	for _, change := range c.contents().changes() {
		was, is := weigh(change.was), weigh(change.is)
		if change.at.IsZero() {
			base = base.plus(is)
			now = base
			continue
		}
		if was.Ledgers+is.Ledgers == 0 {
			continue
		}
		change.Net = is.minus(was)
		change.Before, change.After = now, now.plus(change.Net)
		change.Total = change.After.minus(base)
		now, list = change.After, append(list, change)
	}
	return base, list
}

// changes of the catalogue by time; those without one are what it began with.
func (c *contents) changes() (list []BurdenChange) {
	for _, id := range slices.Sorted(maps.Keys(c.types)) {
		versions := c.types[id]
		// What the installation brought stands from the beginning, over whatever is older.
		for i, t := range slices.Backward(versions) {
			if t.PublishedAt.IsZero() {
				versions = versions[i:]
				break
			}
		}
		var was *Type
		for _, t := range versions {
			kind := "version"
			if was == nil {
				kind = "add"
			}
			list = append(list, BurdenChange{On: DayOf(t.PublishedAt), Ledger: id, Kind: kind, Version: t.Version, at: t.PublishedAt, was: was, is: t})
			was = t
		}
		if e, gone := c.ended[id]; gone {
			list = append(list, BurdenChange{On: e.On, Ledger: id, Kind: e.Kind, Target: e.Target, at: e.At, was: was})
		}
	}
	slices.SortStableFunc(list, func(a, b BurdenChange) int { return a.at.Compare(b.at) })
	return list
}
