package postgres

import (
	"github.com/google/uuid"

	"taizhang/internal/fault"
)

// newID makes a key whose order is that of its making (UUIDv7).
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// empty is written where a list must be [] rather than null.
var empty = []fault.Field{}
