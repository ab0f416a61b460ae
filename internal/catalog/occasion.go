package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
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

// All of them.
func (o Occasions) All() []Occasion { return slices.Concat(o.Arrival, o.Release) }

// theInmate stands in an occasion's fill for the number.
const theInmate = "@inmate"

// Body is what the entry that does it begins with.
func (o Occasion) Body(inmate string) (json.RawMessage, error) {
	body := map[string]any{}
	for field, v := range o.Fill {
		switch _, listed := v.([]any); {
		case v == theInmate:
			v = inmate
		case listed:
			v = []string{inmate}
		}
		body[field] = v
	}
	return json.Marshal(body)
}

// fills reports whether a value of the fill is one that Body knows.
func fills(v any) bool {
	switch v := v.(type) {
	case string:
		return v == theInmate || !strings.HasPrefix(v, "@")
	case float64, bool:
		return true
	case []any:
		return len(v) == 1 && v[0] == theInmate
	}
	return false
}

// Strays lists the fields it fills that the type does not have, or not as a list
// where it fills one. An entry of the type cannot do the task by naming the inmate
// there.
func (o Occasion) Strays(t *Type) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(o.Fill)) {
		_, listed := o.Fill[name].([]any)
		if p, ok := t.top()[name]; !ok || listed != (p["type"] == "array") {
			list = append(list, name)
		}
	}
	return list
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
	for _, one := range o.All() {
		if one.ID == "" || one.Opens == "" || one.Title.ZH == "" || one.DueHours < 1 || len(one.Roles) == 0 {
			return o, fmt.Errorf("occasions.json: %s does not read", one.ID)
		}
		for field, v := range one.Fill {
			if !fills(v) {
				return o, fmt.Errorf("occasions.json: %s: /fill/%s is no plain value, %q or [%q]", one.ID, field, theInmate, theInmate)
			}
		}
	}
	return o, nil
}

// holdOccasions holds the occasions to the types they are shipped with.
func (c *Catalog) holdOccasions() error {
	for _, o := range c.Occasions().All() {
		t := c.Current(o.Opens)
		if t == nil {
			return fmt.Errorf("occasions.json: %s opens %s, which is no ledger", o.ID, o.Opens)
		}
		if strays := o.Strays(t); len(strays) > 0 {
			return fmt.Errorf("occasions.json: %s fills %v, which %s has not so", o.ID, strays, o.Opens)
		}
	}
	return nil
}

// Occasions in force.
func (c *Catalog) Occasions() Occasions { return c.compiler.occasions }
