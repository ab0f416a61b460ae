package ledger

import (
	"time"

	"github.com/google/uuid"

	"taizhang/internal/fault"
)

// Organisation is the units of the province.
type Organisation struct {
	Prisons     []Prison     `json:"prisons"`
	Departments []Department `json:"departments"`
}

// Prison with its areas.
type Prison struct {
	ID            uuid.UUID  `json:"id"`
	Code          string     `json:"code"`
	Name          fault.Text `json:"name"`
	Demonstration bool       `json:"demonstration"`
	Open          bool       `json:"open"`
	Areas         []Area     `json:"areas"`
}

// Department of every prison.
type Department struct {
	Code   string     `json:"code"`
	Title  fault.Text `json:"title"`
	Bureau fault.Text `json:"bureau"` // what the one of the bureau is called (处室)
}

// Person as look-ups show one.
type Person struct {
	Number string `json:"number"`
	Name   string `json:"name"`
}

// Inmate as look-ups show one.
type Inmate struct {
	Number string    `json:"number"`
	Name   string    `json:"name"`
	Area   uuid.UUID `json:"area"`
}

// LogState of a prison.
type LogState struct {
	Size       int64      `json:"size"`
	Checkpoint int64      `json:"checkpoint"` // size the newest checkpoint covers
	SignedAt   *time.Time `json:"signed_at"`
	Note       string     `json:"note"`
}
