package catalog

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"

	"taizhang/internal/fault"
)

// question is an expression of a type with the title of what it is for.
type question struct {
	of   fault.Text
	expr string
}

// questions are all expressions of a type but those of its sources, which may ask
// about other entries (count_where and its like).
func (t *Type) questions() []question {
	list := []question{{t.Title, t.Cadence.Counts}, {t.Title, t.Sealed}}
	for _, c := range t.Computed {
		list = append(list, question{titleOf(t.field(c.Field)), c.Expr})
	}
	for _, r := range t.Rules {
		list = append(list, question{r.Message, r.Expr})
	}
	for _, s := range t.Chain {
		list = append(list, question{s.Title, s.When})
	}
	for _, s := range t.Evidence {
		list = append(list, question{s.Title, s.Min.CEL})
	}
	for _, m := range t.Measures {
		list = append(list, question{m.Title, m.When}, question{m.Title, m.Value})
	}
	for _, tr := range t.Triggers {
		list = append(list, question{tr.Title, tr.When})
		for _, expr := range tr.Fill {
			if expr != entryItself {
				list = append(list, question{tr.Title, expr})
			}
		}
	}
	return list
}

// lookups are the pointers into a ledger that an expression finds its entries by,
// or takes from them, as far as they are written down and not worked out.
func (w *world) lookups(expr, ledger string) []string {
	if expr == "" {
		return nil
	}
	parsed, issues := w.env.Parse(expr)
	if issues.Err() != nil {
		return nil
	}
	var list []string
	add := func(e ast.Expr) {
		if name, ok := spelled(e); ok {
			list = append(list, "/"+escape(name))
		}
	}
	ast.PreOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || lookupArgs[e.AsCall().FunctionName()] == 0 {
			return
		}
		args := e.AsCall().Args()
		if of, _ := spelled(args[0]); of != ledger {
			return
		}
		if args[1].Kind() == ast.MapKind {
			for _, entry := range args[1].AsMap().Entries() {
				add(entry.AsMapEntry().Key())
			}
		}
		for _, taken := range args[2:] {
			add(taken)
		}
	}))
	slices.Sort(list)
	return slices.Compact(list)
}

// spelled is a text that stands in an expression as it is.
func spelled(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}
