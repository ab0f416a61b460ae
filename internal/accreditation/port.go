// Package accreditation is the use cases of the road to a title: cases, opinions,
// deliberation, titles. What stands here is what other use cases rest on.
package accreditation

import (
	"context"

	"github.com/google/uuid"

	"taizhang/internal/lifecycle"
)

// Title is one that was given, in the system or before it.
type Title struct {
	Prison     uuid.UUID `json:"prison"`
	ID         uuid.UUID `json:"id"`
	Area       uuid.UUID `json:"area,omitzero"` // zero: the prison's own
	Level      string    `json:"level"`
	Wording    string    `json:"wording"`
	DocumentNo string    `json:"document_no"`
	NamedOn    string    `json:"named_on"`
	Origin     string    `json:"origin"` // system, imported
}

// Titles is the register, read. On a day count the areas that were open and not
// closed, and the titles that were given and not revoked.
type Titles interface {
	Valid(ctx context.Context, prison uuid.UUID, day string) ([]Title, error)
	Eligibility(ctx context.Context, prison uuid.UUID, level, day string) (lifecycle.Eligibility, error)
}
