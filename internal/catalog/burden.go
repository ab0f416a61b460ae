package catalog

// Extent is what of an area decides how often it fills.
type Extent struct {
	Inmates int `json:"inmates"`
	Sites   int `json:"sites"` // work sites
	// Of says whose figures they are: those of one area, the mean of the areas of a
	// kind, or the nominal ones of schemas/settings.json where there is no area.
	Of string `json:"of"` // area, mean, nominal
}

// Nominal is the area that a catalogue without a house is reckoned by.
func (c *Catalog) Nominal() Extent {
	return Extent{Inmates: int(c.Setting("nominal_inmates")), Sites: int(c.Setting("nominal_sites")), Of: "nominal"}
}

// Target is how many entries fulfil one period in an area; 0 where no number is set.
func (c Cadence) Target(e Extent) int {
	switch c.Per {
	case "inmate":
		return c.Expected * e.Inmates
	case "site":
		return c.Expected * e.Sites
	}
	return c.Expected
}

// Burden is what a set of ledgers asks of an area.
type Burden struct {
	Ledgers  int `json:"ledgers"`
	Fields   int `json:"fields"`   // an officer may type
	Required int `json:"required"` // of them always asked for
	Filled   int `json:"filled"`   // computed or shared: nobody types them
	// PerWeek is the entries due in a week, in thousandths: a monthly ledger is
	// a fraction of one.
	PerWeek int `json:"per_week"`
	// Evidence is the files that have to be attached to one entry of each, whatever
	// it says: every file is one act. What a condition asks for is not counted, as
	// in Required. Reports older than it have none.
	Evidence int `json:"evidence,omitzero"`
}

// perWeek is how many periods of a cadence a week has, in thousandths.
var perWeek = map[string]int{"per_shift": 21000, "daily": 7000, "weekly": 1000, "monthly": 230, "quarterly": 77}

// workweek is the days of a week of which a daily ledger of working days is due, in thousandths.
const workweek = 5000

func (c Cadence) perWeek(e Extent) int {
	periods := perWeek[c.Kind]
	if c.Kind == "daily" && c.Workdays {
		periods = workweek
	}
	return periods * c.Target(e)
}

// BurdenOf sums over types, in an area of that extent.
func BurdenOf(types []*Type, e Extent) Burden {
	var b Burden
	for _, t := range types {
		b.Ledgers++
		for _, f := range asked(t) {
			b.Fields++
			if f.need {
				b.Required++
			}
		}
		for _, s := range t.Evidence {
			b.Evidence += s.Min.Number
		}
		s := t.filling(func(Held) int { return 1 })
		b.Filled += s.Taken + s.Computed
		b.PerWeek += t.Cadence.perWeek(e)
	}
	return b
}
