package postgres

import (
	google "github.com/google/uuid"

	"taizhang/internal/fault"
)

type uuid = google.UUID

// newID makes a key whose order is that of its making (UUIDv7).
func newID() uuid { return google.Must(google.NewV7()) }

// empty is written where a list must be [] rather than null.
var empty = []fault.Field{}
