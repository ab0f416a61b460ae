package catalog

import (
	"encoding/json"
	"strings"
)

// Share counts by who fills: fields, or the keys they take.
type Share struct {
	Taken    int `json:"taken"`    // entered elsewhere (共), and served from there
	Computed int `json:"computed"` // worked out by the server
	Begun    int `json:"begun"`    // there when the entry is begun: defaults, shift, roster, who fills
	Typed    int `json:"typed"`    // by the officer
}

// All of it.
func (s Share) All() int { return s.Taken + s.Computed + s.Begun + s.Typed }

// Percent of it that nobody types, rounded down: what is short of a target is not
// shown as having reached it.
func (s Share) Percent() int {
	if s.All() == 0 {
		return 0
	}
	return 100 * (s.All() - s.Typed) / s.All()
}

// MarshalJSON has the percent with it.
func (s Share) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]int{"taken": s.Taken, "computed": s.Computed, "begun": s.Begun, "typed": s.Typed, "percent": s.Percent()})
}

// Plus another.
func (s Share) Plus(o Share) Share {
	return Share{s.Taken + o.Taken, s.Computed + o.Computed, s.Begun + o.Begun, s.Typed + o.Typed}
}

// Shares of a type by fields and by keys, a list's row once. Keys are what typing
// a field of its sort takes by convention (settings keys_…): nobody can measure
// what is not typed.
func (c *Catalog) Shares(t *Type) (fields, keys Share) {
	return t.share(func(Held) int { return 1 }), t.share(c.Keys)
}

// share weighs every field and says who fills it.
func (t *Type) share(weigh func(Held) int) (s Share) {
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
