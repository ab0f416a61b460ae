package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// costLimit bounds one evaluation: about a millisecond.
const costLimit = 2_000_000

// LookupFunc answers a rule that asks about other entries: the canonical
// documents of submitted or approved entries of the ledger in the same prison
// that contain the members, newest first.
type LookupFunc func(ledger string, members map[string]any) ([]json.RawMessage, error)

// others carries the look-up of one validation into the expression.
type others struct{ lookup LookupFunc }

var othersType = cel.OpaqueType("taizhang.others")

func (o others) ConvertToNative(reflect.Type) (any, error) { return nil, errors.New("not a value") }
func (o others) ConvertToType(ref.Type) ref.Val            { return types.NewErr("not a value") }
func (o others) Equal(ref.Val) ref.Val                     { return types.False }
func (o others) Type() ref.Type                            { return othersType }
func (o others) Value() any                                { return o.lookup }

// find runs the look-up.
func (o others) find(ledger, members ref.Val) ([]map[string]any, error) {
	m, err := members.ConvertToNative(reflect.TypeFor[map[string]any]())
	if err != nil {
		return nil, err
	}
	if o.lookup == nil {
		return nil, nil
	}
	raws, err := o.lookup(ledger.Value().(string), plainMap(m.(map[string]any)))
	if err != nil {
		return nil, err
	}
	docs := make([]map[string]any, len(raws))
	for i, raw := range raws {
		if err := json.Unmarshal(raw, &docs[i]); err != nil {
			return nil, err
		}
	}
	return docs, nil
}

func plainMap(m map[string]any) map[string]any {
	for k, v := range m {
		if r, ok := v.(ref.Val); ok {
			m[k] = r.Value()
		}
	}
	return m
}

// lookupArgs are the functions that ask about other entries: the ledger, the members
// to find them by, and the member that is taken.
var lookupArgs = map[string]int{"count_where": 2, "sum_where": 3, "latest_where": 3}

// world is what expressions may ask besides the document; those of a source ask
// more. In bare there is no document: see vocabulary.
type world struct {
	bare, env, sources *cel.Env
}

func newWorld(settings map[string]float64, cal *Calendar) (*world, error) {
	str, dbl, ts := cel.StringType, cel.DoubleType, cel.TimestampType
	options := []cel.EnvOption{
		cel.Variable("filler", str), cel.Variable("now", ts),
		cel.Variable("others_", othersType),
		function("day", []*cel.Type{str}, ts, func(a ...ref.Val) ref.Val {
			m, err := Day(text(a[0]))
			if err != nil {
				return types.WrapErr(err)
			}
			return types.Timestamp{Time: m.At}
		}),
		function("date_of", []*cel.Type{ts}, str, func(a ...ref.Val) ref.Val {
			return types.String(DayOf(a[0].Value().(time.Time)))
		}),
		function("after_workdays", []*cel.Type{str, cel.IntType}, str, func(a ...ref.Val) ref.Val {
			m, err := Day(text(a[0]))
			if err != nil {
				return types.WrapErr(err)
			}
			return types.String(DayOf(cal.AddWorkdays(m.At, int(a[1].Value().(int64)))))
		}),
		function("month_of", []*cel.Type{ts}, str, func(a ...ref.Val) ref.Val {
			return types.String(a[0].Value().(time.Time).In(Zone).Format("2006-01"))
		}),
		function("minutes", []*cel.Type{str, str}, dbl, between(time.Minute)),
		function("hours", []*cel.Type{str, str}, dbl, between(time.Hour)),
		function("workdays", []*cel.Type{str, str}, cel.IntType, func(a ...ref.Val) ref.Val {
			return types.Int(cal.Workdays(text(a[0]), text(a[1])))
		}),
		function("total", []*cel.Type{cel.ListType(cel.DynType)}, dbl, total),
		function("setting", []*cel.Type{str}, dbl, func(a ...ref.Val) ref.Val {
			v, ok := settings[text(a[0])]
			if !ok {
				return types.NewErr("no setting %q", text(a[0]))
			}
			return types.Double(v)
		}),
		member("count_where", 2, cel.IntType, func(o others, a []ref.Val) ref.Val {
			docs, err := o.find(a[0], a[1])
			if err != nil {
				return types.WrapErr(err)
			}
			return types.Int(len(docs))
		}),
		member("sum_where", 3, dbl, func(o others, a []ref.Val) ref.Val {
			docs, err := o.find(a[0], a[1])
			if err != nil {
				return types.WrapErr(err)
			}
			list := make([]float64, len(docs))
			for i, d := range docs {
				list[i], _ = d[text(a[2])].(float64)
			}
			return types.Double(sumOf(list))
		}),
		member("latest_where", 3, cel.DynType, func(o others, a []ref.Val) ref.Val {
			docs, err := o.find(a[0], a[1])
			if err != nil {
				return types.WrapErr(err)
			}
			if len(docs) == 0 {
				return types.NullValue
			}
			return types.DefaultTypeAdapter.NativeToValue(docs[0][text(a[2])])
		}),
	}
	for name, n := range lookupArgs {
		options = append(options, cel.Macros(cel.GlobalMacro(name, n, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
			return f.NewMemberCall(name, f.NewIdent("others_"), args...), nil
		})))
	}
	bare, err := cel.NewEnv(options...)
	if err != nil {
		return nil, fmt.Errorf("expressions: %w", err)
	}
	env, err := bare.Extend(cel.Variable("doc", cel.DynType))
	if err != nil {
		return nil, fmt.Errorf("expressions: %w", err)
	}
	sources, err := env.Extend(cel.Variable("row", cel.DynType), cel.Variable("own", cel.DynType), cel.Variable("moment", ts))
	if err != nil {
		return nil, fmt.Errorf("expressions: %w", err)
	}
	return &world{bare: bare, env: env, sources: sources}, nil
}

func text(v ref.Val) string { s, _ := v.Value().(string); return s }

func function(name string, args []*cel.Type, result *cel.Type, f func(...ref.Val) ref.Val) cel.EnvOption {
	dyn := make([]*cel.Type, len(args))
	for i, a := range args {
		dyn[i] = a
	}
	return cel.Function(name, cel.Overload(name+"_", dyn, result, cel.FunctionBinding(f)))
}

func member(name string, n int, result *cel.Type, f func(others, []ref.Val) ref.Val) cel.EnvOption {
	args := []*cel.Type{othersType, cel.StringType, cel.MapType(cel.StringType, cel.DynType), cel.StringType}[:n+1]
	return cel.Function(name, cel.MemberOverload(name+"_", args, result, cel.FunctionBinding(func(a ...ref.Val) ref.Val {
		return f(a[0].(others), a[1:])
	})))
}

func between(unit time.Duration) func(...ref.Val) ref.Val {
	return func(a ...ref.Val) ref.Val {
		from, err1 := time.Parse(time.RFC3339, text(a[0]))
		to, err2 := time.Parse(time.RFC3339, text(a[1]))
		if err := errors.Join(err1, err2); err != nil {
			return types.WrapErr(err)
		}
		return types.Double(float64(to.Sub(from)) / float64(unit))
	}
}

func total(a ...ref.Val) ref.Val {
	list, err := a[0].ConvertToNative(reflect.TypeFor[[]float64]())
	if err != nil {
		return types.WrapErr(err)
	}
	all := list.([]float64)
	if slices.ContainsFunc(all, func(f float64) bool { return math.IsInf(f, 0) || math.IsNaN(f) }) {
		return types.NewErr("total: a number without end")
	}
	return types.Double(sumOf(all))
}

// expression is one compiled CEL expression; nil means "always true".
type expression struct {
	source  string
	program cel.Program
}

func compileIn(env *cel.Env, source string) (*expression, error) {
	parsed, issues := env.Compile(source)
	if err := issues.Err(); err != nil {
		return nil, err
	}
	program, err := env.Program(parsed, cel.CostLimit(costLimit))
	if err != nil {
		return nil, err
	}
	return &expression{source: source, program: program}, nil
}

// scene is the values of one evaluation.
type scene struct {
	doc    map[string]any // numbers as float64
	filler string
	now    time.Time
	lookup LookupFunc
	// Of a source: a row of doc, the document that takes, and its moment.
	row, own map[string]any
	moment   time.Time
}

func (e *expression) eval(s scene) (any, error) {
	out, _, err := e.program.Eval(map[string]any{"doc": s.doc, "filler": s.filler, "now": s.now, "others_": others{s.lookup},
		"row": s.row, "own": s.own, "moment": s.moment})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.source, err)
	}
	return out.Value(), nil
}

func (e *expression) holds(s scene) (bool, error) {
	if e == nil {
		return true, nil
	}
	v, err := e.eval(s)
	if err != nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("%s: not true or false", e.source)
	}
	return b, nil
}
