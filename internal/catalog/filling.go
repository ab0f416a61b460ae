package catalog

import (
	"encoding/json"
	"strings"
)

// Filling counts by who fills: fields, or the keys they take.
type Filling struct {
	Taken    int `json:"taken"`    // entered elsewhere (共), and served from there
	Computed int `json:"computed"` // worked out by the server
	Begun    int `json:"begun"`    // there when the entry is begun: defaults, shift, roster, who fills
	Typed    int `json:"typed"`    // by the officer
}

// All of it.
func (f Filling) All() int { return f.Taken + f.Computed + f.Begun + f.Typed }

// Percent of it that nobody types, rounded down: what is short of a target is not
// shown as having reached it.
func (f Filling) Percent() int {
	if f.All() == 0 {
		return 0
	}
	return 100 * (f.All() - f.Typed) / f.All()
}

// MarshalJSON has the percent with it.
func (f Filling) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]int{"taken": f.Taken, "computed": f.Computed, "begun": f.Begun, "typed": f.Typed, "percent": f.Percent()})
}

// Plus another.
func (f Filling) Plus(o Filling) Filling {
	return Filling{f.Taken + o.Taken, f.Computed + o.Computed, f.Begun + o.Begun, f.Typed + o.Typed}
}

// Filling of a type by fields and by keys, a list's row once. Keys are what typing
// a field of its sort takes by convention (settings keys_…): nobody can measure
// what is not typed.
func (c *Catalog) Filling(t *Type) (fields, keys Filling) {
	return t.filling(func(Held) int { return 1 }), t.filling(c.Keys)
}

// filling weighs every field and says who fills it.
func (t *Type) filling(weigh func(Held) int) (s Filling) {
	typed, computed, begun := byID(asked(t)), map[string]bool{}, map[string]bool{}
	for _, f := range t.Computed {
		computed[f.Field] = true
	}
	begins(t.top(), "", begun)
	for _, f := range t.Fields() {
		_, isTyped := typed[f.ID]
		switch {
		case !isTyped && holdsOthers(f):
		case computed[f.Pointer]:
			s.Computed += weigh(f)
		case !isTyped:
			s.Taken += weigh(f)
		case begun[f.Pointer]:
			s.Begun += weigh(f)
		default:
			s.Typed += weigh(f)
		}
	}
	return s
}

// holdsOthers: a group or a list of rows, whose fields count by themselves.
func holdsOthers(f Held) bool { return f.node["type"] == "object" || f.Group() }

// begins marks what Defaults fills.
func begins(props map[string]map[string]any, at string, into map[string]bool) {
	for name, p := range props {
		_, has := p["default"]
		_, asks := prefills[ui(p, "prefill")]
		into[at+"/"+name] = has || asks
		begins(propertiesOf(p), at+"/"+name, into)
	}
}

// Keys that typing the field takes.
func (c *Catalog) Keys(f Held) int {
	kind, _, _ := strings.Cut(takes(f), ":")
	if n, _ := f.node["maxLength"].(float64); kind == "string" && n > 100 {
		kind = "story"
	}
	return int(c.Setting("keys_" + strings.ReplaceAll(kind, "-", "_")))
}
