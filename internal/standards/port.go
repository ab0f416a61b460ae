// Package standards is the use cases of standards: documents with versions, of
// which one is in force for a kind of unit on a day. What stands here is what
// other use cases rest on.
package standards

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Unit is what is scored: an area, or a prison as a whole.
type Unit struct {
	Prison   uuid.UUID `json:"prison"`
	Area     uuid.UUID `json:"area,omitzero"` // zero: the prison as a whole
	Kind     string    `json:"kind"`          // ordinary, functional, prison
	Function string    `json:"function,omitempty"`
	Level    string    `json:"level,omitempty"` // of a prison: standard, demonstration
}

// Pin names the very version something was judged by: whatever is issued later,
// it is judged by that again.
type Pin struct {
	Standard string        `json:"standard"`
	Version  int           `json:"version"`
	Digest   ledger.Digest `json:"digest"` // of the three artefacts together
}

// Reader finds standards. Faults: standard_unknown.
type Reader interface {
	// Issued is what is in force for the unit on the day (YYYY-MM-DD).
	Issued(ctx context.Context, u Unit, day string) (*scoring.Standard, Pin, error)
	// For is the same as it was last read, without asking the database: for figures of many units.
	For(ctx context.Context, kind, function, day string) (*scoring.Standard, error)
	// Version is the one that was pinned, in force or not; another digest under its
	// name is an error.
	Version(ctx context.Context, p Pin) (*scoring.Standard, error)
}
