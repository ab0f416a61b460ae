package catalog

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// decimals are as many as a number that is worked out keeps.
const decimals = 6

// exact writes a number that was worked out as the decimal it stands for, with at most
// six decimals and no exponent; nil for what is no finite number of those that are.
// A number as it was typed is the same number again, and a double near a decimal, as
// 0.1 + 0.2 is, is that decimal.
func exact(v any) any {
	switch x := v.(type) {
	case float64:
		if math.IsInf(x, 0) || math.IsNaN(x) {
			return nil
		}
		s := typedAs(x).FloatString(decimals)
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
		if s == "-0" {
			s = "0"
		}
		return json.Number(s)
	case int64:
		return json.Number(strconv.FormatInt(x, 10))
	}
	return v
}

// typedAs is the shortest decimal that a double stands for: of what came through the
// door the figure that was typed.
func typedAs(x float64) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(x, 'g', -1, 64)) // finite: the callers look
	return r
}

// sumOf adds what was typed, not what doubles make of it.
func sumOf(list []float64) float64 {
	sum := new(big.Rat)
	for _, x := range list {
		sum.Add(sum, typedAs(x))
	}
	f, _ := sum.Float64()
	return f
}
