package lifecycle

import (
	"math/big"

	"taizhang/internal/fault"
)

// Need is how many of n a share asks for: ceil(share·n), the share itself included.
func Need(share *big.Rat, n int) int {
	x := new(big.Rat).Mul(share, big.NewRat(int64(n), 1))
	up := new(big.Int).Add(x.Num(), x.Denom())
	up.Sub(up, big.NewInt(1))
	return int(up.Div(up, x.Denom()).Int64())
}

// Count is units of one sort that hold a title, of all there are on the day.
type Count struct {
	Passed int `json:"passed"`
	All    int `json:"all"`
}

// Counts of a prison's areas (R43 to R45). A closed area is in neither number, an
// area whose title was revoked only in All.
type Counts struct {
	Ordinary   Count `json:"ordinary"`
	Functional Count `json:"functional"`
	SubArea    Count `json:"sub_area"`
}

// Ratio is one condition of a level.
type Ratio struct {
	Of   string `json:"of"` // ordinary or functional
	Need int    `json:"need"`
	Count
	// Applies is false where there is no such unit at all.
	Applies bool `json:"applies"`
	Holds   bool `json:"holds"`
}

// Eligibility is whether a prison may apply for a level, and why not.
type Eligibility struct {
	Level  string  `json:"level"`
	Ratios []Ratio `json:"ratios"`
	Holds  bool    `json:"holds"`
}

// Eligible works out the ratio conditions of a level from the machine's parameters.
func (m *Machine) Eligible(level string, n Counts) (Eligibility, error) {
	out := Eligibility{Level: level, Holds: true}
	ordinary, err := m.share("ratio_ordinary_" + level)
	if err != nil {
		return out, err
	}
	functional, err := m.share("ratio_functional_" + level)
	if err != nil {
		return out, err
	}
	// A prison without ordinary areas has nothing to be judged by (W2); one without
	// functional units is not asked for any, unless O4 says so.
	o := Ratio{Of: "ordinary", Count: n.Ordinary, Need: m.need(ordinary, n.Ordinary.All), Applies: true}
	o.Holds = n.Ordinary.All > 0 && n.Ordinary.Passed >= o.Need
	pool := Count{n.Functional.Passed + n.SubArea.Passed, n.Functional.All + n.SubArea.All}
	f := Ratio{Of: "functional", Count: pool, Need: m.need(functional, pool.All), Applies: pool.All > 0}
	f.Holds = f.Applies && f.Passed >= f.Need || !f.Applies && m.Parameter("functional_none") != "fails"
	if m.Parameter("functional_pool") == "either" && f.Applies && !f.Holds {
		for _, part := range []Count{n.Functional, n.SubArea} {
			f.Holds = f.Holds || part.All > 0 && part.Passed >= m.need(functional, part.All)
		}
	}
	out.Ratios = []Ratio{o, f}
	out.Holds = o.Holds && f.Holds
	return out, nil
}

// need of a condition: "以上" includes the share itself (R43) unless O3 says that more is asked for.
func (m *Machine) need(share *big.Rat, n int) int {
	need := Need(share, n)
	if m.Parameter("ratio_inclusive") == "false" && new(big.Rat).Mul(share, big.NewRat(int64(n), 1)).Cmp(big.NewRat(int64(need), 1)) == 0 {
		need++
	}
	return need
}

func (m *Machine) share(name string) (*big.Rat, error) {
	r, ok := new(big.Rat).SetString(m.Parameter(name))
	if !ok {
		return nil, fault.New(fault.Invalid, "bad_parameter").With("parameter", name)
	}
	return r, nil
}

// Rate is units that hold a title of all there are, and what a target still asks for.
type Rate struct {
	Count
	Needed int `json:"needed"`
	Gap    int `json:"gap"`
}

// Towards is the rate against a target share (R100, R101, W12).
func Towards(n Count, target *big.Rat) Rate {
	need := Need(target, n.All)
	return Rate{Count: n, Needed: need, Gap: max(0, need-n.Passed)}
}
