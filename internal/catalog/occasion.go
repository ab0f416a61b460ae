package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"taizhang/internal/fault"
)

// Occasion is what is to be done when somebody arrives or is soon released: no
// entry fires it, the inmate master does.
type Occasion struct {
	ID         string         `json:"id"`
	Opens      string         `json:"opens"`
	DueHours   int            `json:"due_hours"`
	Roles      []string       `json:"roles"`
	Department string         `json:"department,omitempty"`
	Fill       map[string]any `json:"fill,omitempty"` // by field; "@inmate" and ["@inmate"] are the number: an entry that names them there does it
	Title      fault.Text     `json:"title"`
}

// Occasions of schemas/occasions.json.
type Occasions struct {
	Arrival []Occasion `json:"arrival"`
	Release []Occasion `json:"release"`
}

// Body is what the entry that does it begins with.
func (o Occasion) Body(inmate string) (json.RawMessage, error) {
	body := map[string]any{}
	for field, v := range o.Fill {
		switch list, listed := v.([]any); {
		case v == "@inmate":
			v = inmate
		case listed && len(list) == 1 && list[0] == "@inmate":
			v = []string{inmate}
		}
		body[field] = v
	}
	return json.Marshal(body)
}

// DueAt of one that is opened at a time.
func (o Occasion) DueAt(now time.Time) time.Time {
	return now.Add(time.Duration(o.DueHours) * time.Hour)
}

// readOccasions: a catalogue without the file knows none.
func readOccasions(fsys fs.FS) (Occasions, error) {
	var o Occasions
	raw, err := fs.ReadFile(fsys, "occasions.json")
	if errors.Is(err, fs.ErrNotExist) {
		return o, nil
	}
	if err == nil {
		err = strict(raw, &o)
	}
	if err != nil {
		return o, fmt.Errorf("occasions.json: %w", err)
	}
	for _, one := range slices.Concat(o.Arrival, o.Release) {
		if one.ID == "" || one.Opens == "" || one.Title.ZH == "" || one.DueHours < 1 || len(one.Roles) == 0 {
			return o, fmt.Errorf("occasions.json: %s does not read", one.ID)
		}
	}
	return o, nil
}

// Occasions in force.
func (c *Catalog) Occasions() Occasions { return c.compiler.occasions }
