package lifecycle

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"taizhang/internal/fault"
)

// program is a compiled expression and the text it came from.
type program struct {
	text string
	run  cel.Program
}

// part is a piece of a sentence: words, or a value worked out.
type part struct {
	words string
	value program
}

// environment has the parameters as p.…, what is known as f.…, the case as c.…
// and the act as e.…, each with its type, so that a misspelt name is found when
// the machine is read and not when a case stands still.
func environment(params map[string]Parameter) (*cel.Env, error) {
	str, num, yes := cel.StringType, cel.IntType, cel.BoolType
	options := []cel.EnvOption{
		function("months", []*cel.Type{str, num}, str, func(a ...ref.Val) ref.Val {
			return dated(a[0], func(d time.Time) time.Time { return AddMonths(d, int(a[1].Value().(int64))) })
		}),
		function("days", []*cel.Type{str, num}, str, func(a ...ref.Val) ref.Val {
			return dated(a[0], func(d time.Time) time.Time { return d.AddDate(0, 0, int(a[1].Value().(int64))) })
		}),
		function("atLeast", []*cel.Type{str, str}, yes, exact(func(a, b *big.Rat) ref.Val { return types.Bool(a.Cmp(b) >= 0) })),
		function("minus", []*cel.Type{str, str}, str, exact(func(a, b *big.Rat) ref.Val { return types.String(Exact(a.Sub(a, b))) })),
		function("times", []*cel.Type{str, str}, str, exact(func(a, b *big.Rat) ref.Val { return types.String(Exact(a.Mul(a, b))) })),
	}
	for name, p := range params {
		kind, err := typeOf(p.Value)
		if err != nil {
			return nil, fmt.Errorf("machine: parameter %s: %w", name, err)
		}
		options = append(options, cel.Variable("p."+name, kind))
	}
	for name, at := range members {
		kind, err := typeOf(at.of(&known{}))
		if err != nil {
			return nil, fmt.Errorf("machine: %s: %w", name, err)
		}
		options = append(options, cel.Variable(name, kind))
	}
	options = append(options, cel.Variable("c.next", str))
	return cel.NewEnv(options...)
}

func typeOf(v any) (*cel.Type, error) {
	switch x := v.(type) {
	case bool:
		return cel.BoolType, nil
	case string:
		return cel.StringType, nil
	case int64:
		return cel.IntType, nil
	case json.Number:
		if _, err := x.Int64(); err != nil {
			return nil, fmt.Errorf("%s: decimals and fractions are written as text", x)
		}
		return cel.IntType, nil
	}
	return nil, fmt.Errorf("%T cannot be asked", v)
}

// known is what expressions may ask for: the members of its parts that have a cel
// tag. A name is looked up when it is asked for; most never are.
type known struct {
	m *Machine
	c Case  `cel:"c."`
	f Facts `cel:"f."`
	e Event `cel:"e."`
}

// member is where in known a name stands: the part, and the member of the part.
type member [2]int

var members = func() map[string]member {
	out := map[string]member{}
	whole := reflect.TypeFor[known]()
	for i := range whole.NumField() {
		prefix, tagged := whole.Field(i).Tag.Lookup("cel")
		for j := 0; tagged && j < whole.Field(i).Type.NumField(); j++ {
			if tag := whole.Field(i).Type.Field(j).Tag.Get("cel"); tag != "" {
				out[prefix+tag] = member{i, j}
			}
		}
	}
	return out
}()

// of is the member's value; nil where it is of a kind that cannot be asked.
func (at member) of(k *known) any {
	v := reflect.ValueOf(k).Elem().Field(at[0]).Field(at[1])
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Int:
		return v.Int()
	case reflect.Bool:
		return v.Bool()
	}
	return nil
}

// ResolveName makes known an activation of CEL.
func (k *known) ResolveName(name string) (any, bool) {
	if at, ok := members[name]; ok {
		return at.of(k), true
	}
	if name == "c.next" {
		return string(k.m.Steps(k.c.Track, k.c.Level).After(k.c.State)), true
	}
	of, ok := strings.CutPrefix(name, "p.")
	p, there := k.m.Parameters[of]
	if !ok || !there {
		return nil, false
	}
	if n, is := p.Value.(json.Number); is {
		whole, err := n.Int64()
		return whole, err == nil
	}
	return p.Value, true
}

// Parent is none.
func (k *known) Parent() cel.Activation { return nil }

func function(name string, args []*cel.Type, result *cel.Type, f func(...ref.Val) ref.Val) cel.EnvOption {
	return cel.Function(name, cel.Overload(name, args, result, cel.FunctionBinding(f)))
}

func dated(v ref.Val, f func(time.Time) time.Time) ref.Val {
	d, err := time.Parse(time.DateOnly, v.Value().(string))
	if err != nil {
		return types.WrapErr(err)
	}
	return types.String(f(d).Format(time.DateOnly))
}

// exact works on decimals and fractions written as text: no float is ever compared with a line.
func exact(f func(a, b *big.Rat) ref.Val) func(...ref.Val) ref.Val {
	return func(args ...ref.Val) ref.Val {
		var n [2]*big.Rat
		for i, a := range args {
			r, ok := new(big.Rat).SetString(a.Value().(string))
			if !ok {
				return types.NewErr("not a number: %q", a.Value())
			}
			n[i] = r
		}
		return f(n[0], n[1])
	}
}

// Exact writes a rational as a decimal where it has one, else as a fraction.
func Exact(r *big.Rat) string {
	if digits, finite := r.FloatPrec(); finite {
		return r.FloatString(digits)
	}
	return r.String()
}

func (c *compiler) program(at, text string, want *cel.Type) program {
	tree, iss := c.env.Compile(text)
	if iss.Err() != nil {
		c.wrong("%s: %v", at, iss.Err())
		return program{text: text}
	}
	if want != nil && !tree.OutputType().IsExactType(want) {
		c.wrong("%s: %q is %s, not %s", at, text, tree.OutputType(), want)
	}
	run, err := c.env.Program(tree)
	if err != nil {
		c.wrong("%s: %v", at, err)
	}
	return program{text: text, run: run}
}

// parts cuts a sentence at {expressions}.
func (c *compiler) parts(at, text string) []part {
	var out []part
	for text != "" {
		words, rest, found := strings.Cut(text, "{")
		if words != "" {
			out = append(out, part{words: words})
		}
		if !found {
			break
		}
		expr, after, closed := strings.Cut(rest, "}")
		if !closed {
			c.wrong("%s: a { is not closed", at)
			break
		}
		out = append(out, part{value: c.program(at, expr, nil)})
		text = after
	}
	return out
}

func (p program) value(vars *known) (any, error) {
	if p.run == nil {
		return nil, fmt.Errorf("%q was not compiled", p.text)
	}
	v, _, err := p.run.Eval(vars)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", p.text, err)
	}
	return v.Value(), nil
}

func (p program) yes(vars *known) (bool, error) {
	v, err := p.value(vars)
	b, _ := v.(bool)
	return b, err
}

// sentence is the condition's words with the numbers of this case in them.
func (c *Condition) sentence(vars *known) (fault.Text, error) {
	var out [2]string
	for i, lang := range []string{"zh", "en"} {
		var b strings.Builder
		for _, p := range c.says[lang] {
			if p.words != "" {
				b.WriteString(p.words)
				continue
			}
			v, err := p.value.value(vars)
			if err != nil {
				return fault.Text{}, err
			}
			fmt.Fprint(&b, v)
		}
		out[i] = b.String()
	}
	return fault.Text{ZH: out[0], EN: out[1]}, nil
}
