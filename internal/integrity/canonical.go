// Package integrity keeps the log whose alteration anybody can detect.
package integrity

import (
	"fmt"

	"github.com/gowebpki/jcs"
)

// Canonical returns the RFC 8785 form of one JSON value. It is sound only for
// what the door of package catalog let in: numbers that survive the form.
func Canonical(doc []byte) ([]byte, error) {
	b, err := jcs.Transform(doc)
	if err != nil {
		return nil, fmt.Errorf("canonical form: %w", err)
	}
	return b, nil
}
