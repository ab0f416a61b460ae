package lifecycle

import (
	"maps"
	"slices"

	"cel.dev/cel-go/cel"
)

// settable is what a transition may set, by name and type.
var settable = map[string]*cel.Type{
	"level": cel.StringType, "earliest": cel.StringType, "baseline_on": cel.StringType, "cycle_start": cel.StringType,
	"cycle": cel.IntType, "looked_back": cel.BoolType, "carry": cel.StringType,
}

// set works all values out on the case as it was, then takes them over.
func (c *Case) set(t *Transition, vars *known) error {
	values := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(t.sets)) {
		v, err := t.sets[name].value(vars)
		if err != nil {
			return err
		}
		values[name] = v
	}
	for name, v := range values {
		switch name {
		case "level":
			c.Level = v.(string)
		case "earliest":
			c.Earliest = v.(string)
		case "baseline_on":
			c.BaselineOn = v.(string)
		case "cycle_start":
			c.CycleStart = v.(string)
		case "cycle":
			c.Cycle = int(v.(int64))
		case "looked_back":
			c.LookedBack = v.(bool)
		case "carry":
			c.Carry = v.(string)
		}
	}
	return nil
}
