package catalog

import (
	"slices"
	"strings"
)

// of names where a source takes from: the id of a ledger, or that of a system, "ext:…".
func (s Source) of() string {
	if s.Ledger != "" {
		return s.Ledger
	}
	return strings.TrimPrefix(s.System, "ledger:")
}

// Reads reports whether a field, by its stable id, is taken from a ledger or system.
func (t *Type) Reads(field, from string) bool {
	at := slices.IndexFunc(t.Fields(), func(f Held) bool { return f.ID == field })
	return at >= 0 && slices.ContainsFunc(t.Sources, func(s Source) bool { return s.Field == t.Fields()[at].Pointer && s.of() == from })
}

// TakesFrom reports whether a field of the type is taken from a ledger.
func (t *Type) TakesFrom(ledger string) bool {
	return slices.ContainsFunc(t.Sources, func(s Source) bool { return s.of() == ledger })
}

// System reports whether the register names another system of that id, "ext:…".
func (c *Catalog) System(id string) bool { return c.compiler.systems[id] }
