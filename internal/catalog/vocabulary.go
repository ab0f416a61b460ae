package catalog

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"

	"taizhang/internal/fault"
)

// vocabulary tells the checker of CEL which members documents have and what they
// hold, and notes those that an expression asks for and no document has.
type vocabulary struct {
	types.Provider
	env    *cel.Env
	groups map[string]map[string]map[string]any // properties by the name of their group
	absent []string
}

// vocabularyOf knows documents by the variable that an expression calls them.
func (w *world) vocabularyOf(documents map[string]map[string]any) (*vocabulary, error) {
	v := &vocabulary{Provider: w.bare.CELTypeProvider(), groups: map[string]map[string]map[string]any{}}
	// Where there is no moment, the expression was refused when it was compiled.
	options := []cel.EnvOption{cel.CustomTypeProvider(v), cel.CrossTypeNumericComparisons(true), cel.Variable("moment", cel.TimestampType)}
	for name, schema := range documents {
		options = append(options, cel.Variable(name, v.typeOf(schema, "/"+name)))
	}
	var err error
	v.env, err = w.bare.Extend(options...)
	return v, err
}

// typeOf names a group by where it stands; no identifier begins like that.
func (v *vocabulary) typeOf(node map[string]any, at string) *cel.Type {
	if props := propertiesOf(node); len(props) > 0 {
		v.groups[at] = props
		return cel.ObjectType(at)
	}
	if items := itemsOf(node); items != nil {
		return cel.ListType(v.typeOf(items, at))
	}
	if held := map[any]*cel.Type{"string": cel.StringType, "boolean": cel.BoolType, "number": cel.DoubleType, "integer": cel.DoubleType}[node["type"]]; held != nil {
		return held
	}
	return cel.DynType
}

// astray says what an expression asks in vain: members that no document has, has()
// included, for what is never there is no condition; else of members what their type
// cannot answer; else whether they are what they never can be.
func (v *vocabulary) astray(source string) []fault.Text {
	parsed, issues := v.env.Parse(source)
	if issues.Err() != nil {
		return nil // said already
	}
	spellOut(parsed.NativeRep())
	anyEquals(parsed.NativeRep())
	v.absent = nil
	checked, issues := v.env.Check(parsed) // asks FindStructFieldType
	var list []fault.Text
	slices.Sort(v.absent)
	for _, f := range slices.Compact(v.absent) {
		list = append(list, fault.Text{ZH: "没有字段 " + f + "：改了代码或停用的字段，请同时改这个表达式",
			EN: "There is no field " + f + "; where a field is renamed or retired this expression changes too"})
	}
	switch {
	case len(list) > 0:
		return list
	case issues.Err() != nil:
		why := issues.Errors()[0].Message
		return []fault.Text{{ZH: "表达式与字段的类型不符；改了字段的类型，请同时改这个表达式：" + why,
			EN: "The expression does not go with the types of its fields; where a type changes this expression changes too: " + why}}
	}
	return v.never(checked.NativeRep())
}

// never says which members are compared with what they cannot hold: such a condition
// would silently never hold, or always.
func (v *vocabulary) never(checked *ast.AST) []fault.Text {
	var list []fault.Text
	compare := func(member, value ast.Expr) {
		if member.Kind() != ast.SelectKind || value.Kind() != ast.LiteralKind {
			return
		}
		name := member.AsSelect().FieldName()
		node := v.groups[checked.GetType(member.AsSelect().Operand().ID()).TypeName()][name]
		if items, ok := node["items"].(map[string]any); ok {
			node = items
		}
		if told := value.AsLiteral().Value(); node != nil && !canBe(node, told) {
			list = append(list, fault.Text{ZH: fmt.Sprintf("字段 %s 不会是 %v；改了字段的类型或选项，请同时改这个表达式", name, told),
				EN: fmt.Sprintf("The field %s never is %v; where a type or a choice changes this expression changes too", name, told)})
		}
	}
	ast.PreOrderVisit(checked.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || !slices.Contains(equalities, e.AsCall().FunctionName()) {
			return
		}
		a, b := undyn(e.AsCall().Args()[0]), undyn(e.AsCall().Args()[1])
		compare(a, b)
		compare(b, a)
		if b.Kind() == ast.ListKind {
			for _, one := range b.AsList().Elements() {
				compare(a, one)
			}
		}
	}))
	return list
}

// canBe reports whether a field may hold a value that stands in an expression.
func canBe(node map[string]any, value any) bool {
	if list := choices(node); len(list) > 0 {
		return slices.ContainsFunc(list, func(c Choice) bool { return equal(c.Value, value) })
	}
	var kind string
	switch value.(type) {
	case string:
		kind = "string"
	case bool:
		kind = "boolean"
	case int64, uint64, float64:
		kind = "number"
	}
	is, _ := node["type"].(string)
	if is == "integer" {
		is = "number"
	}
	return is == "" || kind == "" || is == kind
}

// equal compares as CEL does: numbers by what they are worth, however they are written;
// a number is no text that reads like it.
func equal(a, b any) bool {
	x, y := worth(a), worth(b)
	if x == nil || y == nil {
		return x == y && a == b
	}
	return x.Cmp(y) == 0
}

// worth is a number of a schema or of an expression, nil for whatever is none.
func worth(v any) *big.Rat {
	switch x := v.(type) {
	case json.Number:
		if f, err := x.Float64(); err == nil && !math.IsInf(f, 0) {
			return typedAs(f)
		}
	case float64:
		if !math.IsInf(x, 0) && !math.IsNaN(x) {
			return typedAs(x)
		}
	case int64:
		return new(big.Rat).SetInt64(x)
	case uint64:
		return new(big.Rat).SetUint64(x)
	}
	return nil
}

// equalities are what CEL answers of any two values, alike or not.
var equalities = []string{operators.Equals, operators.NotEquals, operators.In}

// anyEquals lets the checker pass what CEL compares though it is not alike, as whole
// numbers and others: a == b is checked as dyn(a) == dyn(b), and so are the two answers
// of a condition.
func anyEquals(parsed *ast.AST) {
	factory, id := ast.NewExprFactory(), ast.MaxID(parsed)
	ast.PostOrderVisit(parsed.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind {
			return
		}
		name := e.AsCall().FunctionName()
		if name != operators.Conditional && !slices.Contains(equalities, name) {
			return
		}
		args := slices.Clone(e.AsCall().Args())
		for i := len(args) - 2; i < len(args); i++ {
			id++
			args[i] = factory.NewCall(id, overloads.TypeConvertDyn, args[i])
		}
		e.SetKindCase(factory.NewCall(e.ID(), name, args...))
	}))
}

func undyn(e ast.Expr) ast.Expr {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == overloads.TypeConvertDyn {
		return e.AsCall().Args()[0]
	}
	return e
}

// spellOut writes v['for'], for a member whose name CEL keeps to itself, as v.for.
func spellOut(parsed *ast.AST) {
	factory := ast.NewExprFactory()
	ast.PostOrderVisit(parsed.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != "_[_]" {
			return
		}
		args := e.AsCall().Args()
		if name, ok := spelled(args[1]); ok {
			e.SetKindCase(factory.NewSelect(e.ID(), args[0], name))
		}
	}))
}

// FindStructType knows the groups besides what CEL itself knows.
func (v *vocabulary) FindStructType(name string) (*types.Type, bool) {
	if v.groups[name] != nil {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return v.Provider.FindStructType(name)
}

// FindStructFieldType notes what a group does not have.
func (v *vocabulary) FindStructFieldType(group, name string) (*types.FieldType, bool) {
	props := v.groups[group]
	if props == nil {
		return v.Provider.FindStructFieldType(group, name)
	}
	if node, there := props[name]; there {
		return &types.FieldType{Type: v.typeOf(node, group+"/"+name)}, true
	}
	_, within, _ := strings.Cut(group[1:]+"/"+name, "/")
	v.absent = append(v.absent, strings.ReplaceAll(within, "/", "."))
	return nil, false
}

// astray says of an expression at a place of ledger.json what it asks in vain.
func (p *problems) astray(at string, why []fault.Text) {
	for _, w := range why {
		p.say("ledger.json"+at, "cel", w)
	}
}
