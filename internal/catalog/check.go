package catalog

import (
	"encoding/json"
	"fmt"

	"taizhang/internal/fault"
)

// Checker holds documents that are no ledger entries, such as files of the
// configuration, to a schema and says what is wrong in the same words.
type Checker struct{ v *validator }

// NewChecker compiles a schema without references; messages are those of
// schemas/meta/messages.json.
func NewChecker(schema, messages []byte) (*Checker, error) {
	var node map[string]any
	if err := json.Unmarshal(schema, &node); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	words := map[string]fault.Text{}
	if err := json.Unmarshal(messages, &words); err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	v, err := compileSchema(node, words)
	return &Checker{v: v}, err
}

// Check returns everything wrong with the document, ordered by pointer.
func (c *Checker) Check(doc Document) ([]fault.Field, error) { return c.v.validate(doc.Value) }
