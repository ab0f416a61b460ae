// Package scoring evaluates a standard on facts: pure and exact, the same
// input giving the same bytes.
package scoring

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// Decimal is an exact number; no float ever touches it. The zero value is 0.
// It is written as a decimal where it has one, else as a fraction "171/190".
type Decimal struct{ r *big.Rat }

// DecimalOf takes an exact rational; nil is 0.
func DecimalOf(r *big.Rat) (Decimal, error) {
	if r == nil {
		return Decimal{}, nil
	}
	return Decimal{r: new(big.Rat).Set(r)}, nil
}

var errDecimal = errors.New("not a decimal")

// ParseDecimal reads "3", "-0.5" or "859/905".
func ParseDecimal(s string) (Decimal, error) {
	r, ok := new(big.Rat).SetString(s)
	if !ok || strings.ContainsAny(s, "eE_xX") {
		return Decimal{}, fmt.Errorf("%w: %q", errDecimal, s)
	}
	return Decimal{r: r}, nil
}

// Rat is the value; it may be read, not changed.
func (d Decimal) Rat() *big.Rat {
	if d.r == nil {
		return new(big.Rat)
	}
	return d.r
}

func (d Decimal) String() string {
	r := d.Rat()
	if digits, finite := r.FloatPrec(); finite {
		return r.FloatString(digits)
	}
	return r.String()
}

// Round is the value half up at so many decimals, for display only.
func (d Decimal) Round(decimals int) string {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
	scaled := new(big.Rat).Mul(d.Rat(), new(big.Rat).SetInt(scale))
	scaled.Add(scaled, big.NewRat(1, 2))
	n := new(big.Int).Div(scaled.Num(), scaled.Denom()) // floor
	return new(big.Rat).SetFrac(n, scale).FloatString(decimals)
}

// MarshalText writes what UnmarshalText reads.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDecimal reads.
func (d *Decimal) UnmarshalText(b []byte) error {
	p, err := ParseDecimal(string(b))
	*d = p
	return err
}

// Equal makes decimals comparable in tests.
func (d Decimal) Equal(o Decimal) bool { return d.Rat().Cmp(o.Rat()) == 0 }

func add(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
func mul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func less(a, b *big.Rat) bool    { return a.Cmp(b) < 0 }
