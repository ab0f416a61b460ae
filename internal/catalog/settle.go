package catalog

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// shapeNode is one node of a schema as far as it decides what is asked for. The
// browser's half is frontend/src/schema/conditions.ts; TestGenerated holds both
// to the same stored document.
type shapeNode struct {
	props    map[string]*shapeNode
	items    *shapeNode
	required []string
	needs    map[string][]string // dependentRequired
	parts    []*shapeNode        // allOf
	when     *jsonschema.Schema
	then     *shapeNode
	other    *shapeNode // else
	keep     bool       // x-ui.hidden is "keep": its value stays while it is hidden
}

// shaped builds the tree; pointer is where the node stands in the compiled
// document, from which its conditions are compiled too.
func shaped(c *jsonschema.Compiler, name, pointer string, schema map[string]any) (*shapeNode, error) {
	n := &shapeNode{required: texts(schema["required"]), needs: map[string][]string{}}
	ui, _ := schema["x-ui"].(map[string]any)
	n.keep = ui["hidden"] == "keep"
	child := func(at string, v any) (*shapeNode, error) {
		sub, ok := v.(map[string]any)
		if !ok {
			return nil, nil
		}
		return shaped(c, name, pointer+at, sub)
	}
	var err error
	if props, ok := schema["properties"].(map[string]any); ok {
		n.props = make(map[string]*shapeNode, len(props))
		for k, v := range props {
			if n.props[k], err = child("/properties/"+escape(k), v); err != nil {
				return nil, err
			}
		}
	}
	for k, v := range asObject(schema["dependentRequired"]) {
		n.needs[k] = texts(v)
	}
	all, _ := schema["allOf"].([]any)
	for i, v := range all {
		part, err := child(fmt.Sprintf("/allOf/%d", i), v)
		if err != nil {
			return nil, err
		}
		n.parts = append(n.parts, part)
	}
	for k, into := range map[string]**shapeNode{"items": &n.items, "then": &n.then, "else": &n.other} {
		if *into, err = child("/"+k, schema[k]); err != nil {
			return nil, err
		}
	}
	if schema["if"] != nil {
		if n.when, err = c.Compile(name + "#" + pointer + "/if"); err != nil {
			return nil, fmt.Errorf("condition %s: %w", pointer, err)
		}
	}
	return n, nil
}

func asObject(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// branch is a then or an else that speaks of an object, and whether it is taken.
type branch struct {
	node  *shapeNode
	taken bool
}

// branches of an object: its own and those of the objects around it.
func (n *shapeNode) branches(value map[string]any, outer []branch) []branch {
	found := slices.Clone(outer)
	var visit func(n *shapeNode, taken bool)
	visit = func(n *shapeNode, taken bool) {
		if n == nil {
			return
		}
		if n.when != nil {
			yes := taken && n.when.Validate(value) == nil
			for _, b := range []branch{{n.then, yes}, {n.other, taken && !yes}} {
				if b.node != nil {
					found = append(found, b)
					visit(b.node, b.taken)
				}
			}
		}
		for _, part := range n.parts {
			visit(part, taken)
		}
	}
	visit(n, true)
	for _, b := range outer {
		visit(b.node, b.taken)
	}
	return found
}

// hidden names the members that only some branch asks for, none of them taken.
func (n *shapeNode) hidden(value map[string]any, all []branch) map[string]bool {
	sometimes, asked := map[string]bool{}, map[string]bool{}
	for _, name := range n.required {
		asked[name] = true
	}
	for _, b := range all {
		for _, name := range b.node.required {
			sometimes[name] = true
			if b.taken {
				asked[name] = true
			}
		}
	}
	for name, needs := range n.needs {
		if _, there := value[name]; there {
			for _, need := range needs {
				asked[need] = true
			}
		}
	}
	for name := range asked {
		delete(sometimes, name)
	}
	return sometimes
}

// settle takes out of a document what its form does not show: hidden fields
// (unless they say they keep), empty texts and emptied objects. Hiding one field
// may end the condition of another, hence the repetition until nothing changes.
func (n *shapeNode) settle(doc map[string]any) map[string]any {
	for {
		next := n.pruneObject(doc, nil)
		if reflect.DeepEqual(next, doc) {
			return next
		}
		doc = next
	}
}

func (n *shapeNode) pruneObject(value map[string]any, outer []branch) map[string]any {
	all := n.branches(value, outer)
	hidden := n.hidden(value, all)
	out := make(map[string]any, len(value))
	for name, member := range value {
		child := n.props[name]
		if hidden[name] && (child == nil || !child.keep) {
			continue
		}
		var below []branch
		for _, b := range all {
			if sub := b.node.props[name]; sub != nil {
				below = append(below, branch{sub, b.taken})
			}
		}
		if kept, ok := child.pruneValue(member, below); ok {
			out[name] = kept
		}
	}
	return out
}

// pruneValue is false when nothing is left. A nil node is a field that nobody
// knows: it stays as it is, and the schema refuses it.
func (n *shapeNode) pruneValue(value any, outer []branch) (any, bool) {
	switch v := value.(type) {
	case nil:
		return nil, false
	case string:
		return v, v != ""
	case []any:
		if n == nil || n.items == nil {
			return v, true
		}
		var rows []branch
		for _, b := range outer {
			if b.node.items != nil {
				rows = append(rows, branch{b.node.items, b.taken})
			}
		}
		out := []any{}
		for _, row := range v {
			if m, ok := row.(map[string]any); ok {
				out = append(out, n.items.pruneObject(m, rows))
			} else if kept, ok := n.items.pruneValue(row, rows); ok {
				out = append(out, kept)
			}
		}
		return out, true
	case map[string]any:
		if n == nil || n.props == nil {
			return v, true
		}
		out := n.pruneObject(v, outer)
		return out, len(out) > 0
	case json.Number, bool:
		return v, true
	}
	return value, true
}
