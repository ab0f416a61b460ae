package catalog

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// EveryLedger is the measures that are worked out of each ledger, whatever its entries say.
var EveryLedger = []string{"due", "filled", "unfilled", "ontime", "late", "backfilled", "missing", "excused", "entries", "corrected", "unmeasured",
	"decided_48h", "decided_48h_due", "slow_48h", "decided_5wd", "decided_5wd_due", "slow_5wd"}

// Counting is the measure of the type by that id, with false where there is none or
// no document of the type can ever count for it.
func (c *Catalog) Counting(t *Type, id string) (Measure, bool) {
	i := slices.IndexFunc(t.Measures, func(m Measure) bool { return m.ID == id })
	if i < 0 {
		return Measure{}, false
	}
	m := t.Measures[i]
	never := m.When != "" && c.settled(t, m.When, types.False) || c.settled(t, m.Value, types.IntZero, types.Double(0))
	return m, !never
}

// settled reports whether an expression is one of some values, or fails, whatever
// the fields of the type hold.
func (c *Catalog) settled(t *Type, source string, values ...ref.Val) bool {
	env := c.compiler.world.env
	parsed, issues := env.Compile(source)
	if issues.Err() != nil {
		return true
	}
	program, err := env.Program(parsed, cel.EvalOptions(cel.OptPartialEval), cel.CostLimit(costLimit))
	if err != nil {
		return true
	}
	open := []*cel.AttributePatternType{cel.AttributePattern("filler"), cel.AttributePattern("now"), cel.AttributePattern("others_")}
	for name := range t.top() {
		open = append(open, cel.AttributePattern("doc").QualString(name))
	}
	known, err := cel.PartialVars(map[string]any{"doc": map[string]any{}}, open...)
	if err != nil {
		return true
	}
	out, _, err := program.Eval(known)
	return err != nil || slices.ContainsFunc(values, func(v ref.Val) bool { return v.Equal(out) == types.True })
}
