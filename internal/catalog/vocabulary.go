package catalog

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"

	"taizhang/internal/fault"
)

// vocabulary tells the checker of CEL which members documents have, and notes those
// that an expression asks for and no document has. What a member holds it does not
// say: whatever is no group and no list is of any type.
type vocabulary struct {
	types.Provider
	env    *cel.Env
	groups map[string]map[string]map[string]any // properties by the name of their group
	absent []string
}

// vocabularyOf knows documents by the variable that an expression calls them.
func (w *world) vocabularyOf(documents map[string]map[string]any) (*vocabulary, error) {
	v := &vocabulary{Provider: w.bare.CELTypeProvider(), groups: map[string]map[string]map[string]any{}}
	options := []cel.EnvOption{cel.CustomTypeProvider(v)}
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
	return cel.DynType
}

// of lists the members that an expression asks for in vain, has() included: what is
// never there is no condition.
func (v *vocabulary) of(source string) []string {
	parsed, issues := v.env.Parse(source)
	if issues.Err() != nil {
		return nil // said already
	}
	spellOut(parsed.NativeRep())
	v.absent = nil
	_, _ = v.env.Check(parsed) // asks FindStructFieldType; what it says of types is not asked for
	slices.Sort(v.absent)
	return slices.Compact(v.absent)
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

// lacking says of an expression at a place of ledger.json which fields there are not.
func (p *problems) lacking(at string, fields []string) {
	for _, f := range fields {
		p.say("ledger.json"+at, "cel", fault.Text{ZH: "没有字段 " + f + "：改了代码或停用的字段，请同时改这个表达式",
			EN: "There is no field " + f + "; where a field is renamed or retired this expression changes too"})
	}
}
