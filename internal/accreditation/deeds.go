package accreditation

// Deed is what is on record beside a row of the demonstration sheet: points are given by who looks at it,
// and it is kept with them as it stood (R98). Of the lead in informatisation nothing is counted.
type Deed struct {
	Row   string `json:"row"` // code of Evaluations
	Fact  string `json:"fact"`
	Count int    `json:"count"`
}

// DeedsShown are the facts beside each row, in their order.
var DeedsShown = []struct{ Row, Fact, Chinese string }{
	{"brands", "brands", "品牌项目"},
	{"brands", "brands_done", "走完七步"},
	{"practices", "practices", "经验做法"},
	{"practices", "adoptions", "经证实的采用"},
	{"practices", "adopters", "采用单位"},
	{"pairs", "pairs", "帮扶单位"},
	{"pairs", "helps", "帮扶记录"},
	{"pairs", "risen", "得分高于结对时"},
	{"pairs", "overtakes", "得分超过本单位"},
	{"people", "trained", "培训合格人员"},
	{"people", "lent", "派出检查人员"},
}

// deeds puts counts by fact into their order.
func deeds(counts map[string]int) []Deed {
	list := make([]Deed, len(DeedsShown))
	for i, d := range DeedsShown {
		list[i] = Deed{d.Row, d.Fact, counts[d.Fact]}
	}
	return list
}
