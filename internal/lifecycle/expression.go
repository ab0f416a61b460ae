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
	for _, of := range []struct {
		prefix string
		value  any
	}{{"f.", Facts{}}, {"c.", Case{}}, {"e.", Event{}}} {
		for name, v := range named(of.value) {
			kind, err := typeOf(v)
			if err != nil {
				return nil, fmt.Errorf("machine: %s%s: %w", of.prefix, name, err)
			}
			options = append(options, cel.Variable(of.prefix+name, kind))
		}
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
	case int:
		return cel.IntType, nil
	case json.Number:
		if _, err := x.Int64(); err != nil {
			return nil, fmt.Errorf("%s: decimals and fractions are written as text", x)
		}
		return cel.IntType, nil
	}
	return nil, fmt.Errorf("%T cannot be asked", v)
}

// named is what expressions may ask of a struct: the members with a cel tag.
func named(v any) map[string]any {
	out := map[string]any{}
	rv := reflect.ValueOf(v)
	for i := range rv.NumField() {
		if tag := rv.Type().Field(i).Tag.Get("cel"); tag != "" {
			f := rv.Field(i)
			if f.Kind() == reflect.String {
				out[tag] = f.String()
			} else {
				out[tag] = f.Interface()
			}
		}
	}
	return out
}

func activation(m *Machine, c Case, f Facts, e Event) map[string]any {
	out := map[string]any{"c.next": string(m.Steps(c.Track, c.Level).After(c.State))}
	for name, p := range m.Parameters {
		v := p.Value
		if n, ok := v.(json.Number); ok {
			v, _ = n.Int64()
		}
		out["p."+name] = v
	}
	for prefix, v := range map[string]any{"f.": f, "c.": c, "e.": e} {
		for name, value := range named(v) {
			out[prefix+name] = value
		}
	}
	return out
}

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

func (p program) value(vars map[string]any) (any, error) {
	if p.run == nil {
		return nil, fmt.Errorf("%q was not compiled", p.text)
	}
	v, _, err := p.run.Eval(vars)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", p.text, err)
	}
	return v.Value(), nil
}

func (p program) yes(vars map[string]any) (bool, error) {
	v, err := p.value(vars)
	b, _ := v.(bool)
	return b, err
}

// sentence is the condition's words with the numbers of this case in them.
func (c *Condition) sentence(vars map[string]any) (fault.Text, error) {
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
