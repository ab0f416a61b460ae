package catalog

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"taizhang/internal/fault"
)

// question is an expression of a type with its place and the title of what it is for.
type question struct {
	at   string // in ledger.json
	of   fault.Text
	expr string
}

// questions are all expressions of a type but those of its sources, which may ask
// about other entries (count_where and its like).
func (t *Type) questions() []question {
	list := []question{{"/cadence/counts", t.Title, t.Cadence.Counts}, {"/sealed", t.Title, t.Sealed}}
	for i, c := range t.Computed {
		list = append(list, question{fmt.Sprintf("/computed/%d", i), titleOf(t.field(c.Field)), c.Expr})
	}
	for i, r := range t.Rules {
		list = append(list, question{fmt.Sprintf("/rules/%d", i), r.Message, r.Expr})
	}
	for i, s := range t.Chain {
		list = append(list, question{fmt.Sprintf("/chain/%d/when", i), s.Title, s.When})
	}
	for i, s := range t.Evidence {
		list = append(list, question{fmt.Sprintf("/evidence/%d/min", i), s.Title, s.Min.CEL})
	}
	for i, m := range t.Measures {
		at := fmt.Sprintf("/measures/%d/", i)
		list = append(list, question{at + "when", m.Title, m.When}, question{at + "value", m.Title, m.Value})
	}
	for i, tr := range t.Triggers {
		at := fmt.Sprintf("/triggers/%d/", i)
		list = append(list, question{at + "when", tr.Title, tr.When})
		for field, expr := range tr.Fill {
			if expr != entryItself {
				list = append(list, question{at + "fill/" + field, tr.Title, expr})
			}
		}
	}
	return list
}

// lookup is one call by which an expression asks about entries.
type lookup struct {
	ledger   string   // "" where it is worked out and not written down
	pointers []string // that entries are found by, or that are taken from them
	vague    bool     // some of them are worked out
}

// lookups are the calls in an expression that ask about entries.
func (w *world) lookups(expr string) []lookup {
	if expr == "" {
		return nil
	}
	parsed, issues := w.env.Parse(expr)
	if issues.Err() != nil {
		return nil
	}
	var list []lookup
	ast.PreOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || lookupArgs[e.AsCall().FunctionName()] == 0 {
			return
		}
		var l lookup
		add := func(e ast.Expr) {
			if name, ok := spelled(e); ok {
				l.pointers = append(l.pointers, "/"+escape(name))
			} else {
				l.vague = true
			}
		}
		args := e.AsCall().Args()
		l.ledger, _ = spelled(args[0])
		if args[1].Kind() == ast.MapKind {
			for _, entry := range args[1].AsMap().Entries() {
				add(entry.AsMapEntry().Key())
			}
		} else {
			l.vague = true
		}
		for _, taken := range args[2:] {
			add(taken)
		}
		list = append(list, l)
	}))
	return list
}

// reads are the fields at the top of the document that an expression asks for; vague,
// where it works one out or hands the whole on.
func (w *world) reads(expr string) (names []string, vague bool) {
	if expr == "" {
		return nil, false
	}
	parsed, issues := w.env.Parse(expr)
	if issues.Err() != nil {
		return nil, false
	}
	named := map[int64]bool{} // occurrences of doc whose field is written down
	whole := []int64{}
	ast.PreOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		of, name, ok := e, "", false
		switch e.Kind() {
		case ast.SelectKind:
			of, name, ok = e.AsSelect().Operand(), e.AsSelect().FieldName(), true
		case ast.CallKind:
			if args := e.AsCall().Args(); e.AsCall().FunctionName() == operators.Index && len(args) == 2 {
				of = args[0]
				name, ok = spelled(args[1])
			}
		case ast.IdentKind:
			if e.AsIdent() == "doc" {
				whole = append(whole, e.ID())
			}
		}
		if ok && of.Kind() == ast.IdentKind && of.AsIdent() == "doc" {
			named[of.ID()] = true
			names = append(names, name)
		}
	}))
	slices.Sort(names)
	return slices.Compact(names), slices.ContainsFunc(whole, func(id int64) bool { return !named[id] })
}

// asksOf are the pointers into a ledger that an expression finds its entries by,
// or takes from them, as far as they are written down.
func (w *world) asksOf(expr, ledger string) []string {
	var list []string
	for _, l := range w.lookups(expr) {
		if l.ledger == ledger {
			list = append(list, l.pointers...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// pries names the expressions of a type that ask about a field that a ledger never had,
// or about a reserved field of another one, in whatever version, or may: what they ask
// is then to be written down.
func (w *world) pries(t *Type, versions func(ledger string) []*Type) []fault.Field {
	p := &problems{}
	asked := t.questions()
	for i, s := range t.Sources {
		for member, expr := range s.expressions() {
			asked = append(asked, question{at: fmt.Sprintf("/sources/%d/%s", i, member), expr: expr})
		}
	}
	for _, q := range asked {
		for _, l := range w.lookups(q.expr) {
			if l.ledger == "" {
				p.say("ledger.json"+q.at, "reserved", fault.Text{ZH: "查询其他条目时，台账编号须直接写明", EN: "The ledger that an expression asks about is written out"})
			}
			of := versions(l.ledger)
			if l.ledger == t.ID {
				of = append(slices.Clone(of), t)
			}
			for _, pointer := range l.pointers {
				if len(of) > 0 && !slices.ContainsFunc(of, func(of *Type) bool { return of.known(pointer) }) {
					p.say("ledger.json"+q.at, "unknown", fault.Text{ZH: "台账 " + l.ledger + " 没有字段 " + pointer, EN: "Ledger " + l.ledger + " has no field " + pointer})
				}
			}
			if l.ledger == t.ID {
				continue
			}
			for _, of := range of {
				h := of.Reserved()
				if l.vague && !h.None() {
					p.say("ledger.json"+q.at, "reserved", fault.Text{ZH: "台账 " + l.ledger + " 有仅专业人员可见的字段，查询时字段须直接写明",
						EN: "Ledger " + l.ledger + " has fields for professionals: the fields asked about are written out"})
				}
				for _, pointer := range l.pointers {
					if h.Field(pointer) {
						p.say("ledger.json"+q.at, "reserved", fault.Text{ZH: "台账 " + l.ledger + " 的 " + pointer + " 仅专业人员可见，不能查询",
							EN: "For professionals only, and not asked about: " + pointer + " of ledger " + l.ledger})
					}
				}
			}
		}
	}
	return p.fields
}

// spelled is a text that stands in an expression as it is.
func spelled(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}
