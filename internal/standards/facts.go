package standards

import (
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Measurable is a ledger of the catalogue with what its own entries are counted for.
type Measurable struct {
	ID       string     `json:"id"`
	Title    fault.Text `json:"title"`
	Measures []Named    `json:"measures"`
}

// Named is a measure with its title.
type Named struct {
	ID    string     `json:"id"`
	Title fault.Text `json:"title"`
}

// Measures are what lines may ask for: of every ledger alike, and of each its own.
func (s *Service) Measures() (every []string, ledgers []Measurable) {
	for _, t := range s.Ground.Catalog.Types() {
		m := Measurable{ID: t.ID, Title: t.Title, Measures: []Named{}}
		for _, own := range t.Measures {
			m.Measures = append(m.Measures, Named{own.ID, own.Title})
		}
		ledgers = append(ledgers, m)
	}
	return catalog.EveryLedger, ledgers
}
