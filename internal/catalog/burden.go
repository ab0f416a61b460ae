package catalog

// Burden is what a set of ledgers asks of an area.
type Burden struct {
	Ledgers  int `json:"ledgers"`
	Fields   int `json:"fields"`   // an officer may type
	Required int `json:"required"` // of them always asked for
	Filled   int `json:"filled"`   // computed or shared: nobody types them
	// PerWeek is the entries due in a week, in thousandths: a monthly ledger is
	// a fraction of one.
	PerWeek int `json:"per_week"`
}

// perWeek is how many periods of a cadence a week has, in thousandths.
var perWeek = map[string]int{"per_shift": 21000, "daily": 7000, "weekly": 1000, "monthly": 230, "quarterly": 77}

// BurdenOf sums over types.
func BurdenOf(types []*Type) Burden {
	var b Burden
	for _, t := range types {
		b.Ledgers++
		typed := asked(t)
		b.Fields += len(typed)
		for _, f := range typed {
			if f.need {
				b.Required++
			}
		}
		b.Filled += len(t.Computed) + len(t.Sources)
		b.PerWeek += perWeek[t.Cadence.Kind] * max(1, t.Cadence.Expected)
	}
	return b
}
