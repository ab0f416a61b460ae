package scoring

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
)

// Areas is the name under which a standard asks for the scores of a prison's areas
// as it asks for a ledger's measures:
//
//	units.JG      areas that have points in domain JG
//	rate.JG       their rates there, summed: score ÷ points that apply
//	under.JG.90   those of them whose rate is below 90 percent
//
// so that a mean is rate ÷ units, and each weak area is counted.
const Areas = "areas"

// Unit is an area with its score in force; without a sheet its rate is 0.
type Unit struct {
	ID    string `json:"id"`
	Sheet *Sheet `json:"sheet"`
}

// AreaFacts works out what the standard asks of its areas, on the day of the check.
// Areas whose own standard has no points in a domain are left out of it.
func AreaFacts(s *Standard, units []Unit, day string) []DayFact {
	list := []DayFact{}
	sorted := slices.Clone(units)
	slices.SortFunc(sorted, func(a, b Unit) int { return cmp.Compare(a.ID, b.ID) })
	for _, f := range s.Facts() {
		if f.Ledger != Areas {
			continue
		}
		q, ok := areaQuestion(f.Measure)
		if !ok {
			continue // Compile refuses it
		}
		value, refs := new(big.Rat), []Ref{}
		for _, u := range sorted {
			rate, has := domainRate(u.Sheet, q.domain)
			if !has {
				continue
			}
			switch q.kind {
			case "units":
				value.Add(value, big.NewRat(1, 1))
			case "rate":
				value.Add(value, rate)
				refs = append(refs, Ref{Kind: "unit", ID: u.ID})
			case "under":
				if less(mul(rate, big.NewRat(100, 1)), q.percent) {
					value.Add(value, big.NewRat(1, 1))
					refs = append(refs, Ref{Kind: "unit", ID: u.ID})
				}
			}
		}
		list = append(list, DayFact{Ledger: Areas, Measure: f.Measure, Day: day, Value: Decimal{value}, Refs: refs})
	}
	return list
}

type question struct {
	kind, domain string
	percent      *big.Rat // of "under"
}

// areaQuestion reads "rate.JG"; false is a name of no meaning.
func areaQuestion(measure string) (question, bool) {
	parts := strings.SplitN(measure, ".", 3)
	if len(parts) < 2 || parts[1] == "" {
		return question{}, false
	}
	q := question{kind: parts[0], domain: parts[1]}
	switch {
	case (q.kind == "units" || q.kind == "rate") && len(parts) == 2:
		return q, true
	case q.kind == "under" && len(parts) == 3:
		d, err := ParseDecimal(parts[2])
		q.percent = d.Rat()
		return q, err == nil
	}
	return question{}, false
}

// domainRate is the rate of an area, 0 without a sheet.
func domainRate(sheet *Sheet, domain string) (*big.Rat, bool) {
	if sheet == nil {
		return new(big.Rat), true
	}
	return sheet.Rate(domain)
}

// Rate is the share of a domain's points that stands, of those that apply; false where
// the sheet has none there.
func (s *Sheet) Rate(domain string) (*big.Rat, bool) {
	for _, d := range s.Domains {
		if d.ID != domain {
			continue
		}
		points := new(big.Rat)
		for _, i := range d.Indicators {
			if i.Applies {
				points.Add(points, i.Points.Rat())
			}
		}
		if points.Sign() == 0 {
			return nil, false
		}
		left := new(big.Rat).Sub(points, d.Deducted.Rat())
		return left.Quo(left, points), true
	}
	return nil, false
}
