package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/fault"
)

// Filed is one document in force as the finder of coincidences looks at it.
type Filed struct {
	Type *Type
	Area string
	Day  string
	Doc  Document
}

// Coincidence is a fact that two ledgers were asked for under whatever names:
// on the days when both said something, they said the same.
type Coincidence struct {
	Ledger     string     `json:"ledger"`
	Field      string     `json:"field"` // pointer
	Title      fault.Text `json:"title"`
	Other      string     `json:"other"`
	OtherField string     `json:"other_field"`
	OtherTitle fault.Text `json:"other_title"`
	Days       int        `json:"days"` // area and day on which both said something
	Same       int        `json:"same"`
}

// What makes a coincidence more than chance: enough days, not always the same
// value, and nearly never another one.
const (
	coincideDays   = 10
	coincideValues = 4
	coincideShare  = 900 // thousandths
)

// Coincidences finds fields of different ledgers that mean the same by what is
// written in them. Choices, flags and times are left out: they agree by chance.
func Coincidences(filed []Filed) []Coincidence {
	values := map[string]map[string]string{} // field → area and day → the one value
	title := map[string]fault.Text{}
	for _, f := range filed {
		for _, field := range meaningful(f.Type) {
			v, ok := at(f.Doc.Value, field.Pointer)
			if !ok {
				continue
			}
			name, when := f.Type.ID+field.Pointer, f.Area+" "+f.Day
			if values[name] == nil {
				values[name] = map[string]string{}
			}
			// Two different values of one day tell nothing of the day.
			if old, twice := values[name][when]; twice && old != fmt.Sprint(v) {
				v = ""
			}
			values[name][when], title[name] = fmt.Sprint(v), titleOf(field.node)
		}
	}
	names := make([]string, 0, len(values))
	for name, days := range values {
		if varied(days) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	list := []Coincidence{}
	for i, a := range names {
		for _, b := range names[i+1:] {
			mine, field, _ := strings.Cut(a, "/")
			other, otherField, _ := strings.Cut(b, "/")
			if mine == other {
				continue
			}
			days, same := agree(values[a], values[b])
			if days >= coincideDays && same*1000 >= days*coincideShare {
				list = append(list, Coincidence{Ledger: mine, Field: "/" + field, Title: title[a], Other: other, OtherField: "/" + otherField, OtherTitle: title[b], Days: days, Same: same})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Coincidence) int { return b.Same - a.Same })
	return list
}

// meaningful are the fields whose values can tell: numbers and texts of the top
// level that an officer types.
func meaningful(t *Type) []Held {
	return slices.DeleteFunc(asked(t), func(f Held) bool {
		kind := takes(f)
		return strings.Count(f.Pointer, "/") != 1 || kind != "integer" && kind != "number" && kind != "string" && kind != "inmate" && kind != "asset"
	})
}

func varied(days map[string]string) bool {
	seen := map[string]bool{}
	for _, v := range days {
		seen[v] = true
		if len(seen) >= coincideValues {
			return true
		}
	}
	return false
}

func agree(a, b map[string]string) (days, same int) {
	for when, v := range a {
		w, both := b[when]
		if !both || v == "" || w == "" {
			continue
		}
		days++
		if v == w {
			same++
		}
	}
	return days, same
}

// FiledOf reads stored canonical bytes back; nil when the version is not in the
// catalogue any more.
func (c *Catalog) FiledOf(ledger string, version int, area, day string, canonical json.RawMessage) (*Filed, error) {
	t := c.Type(ledger, version)
	if t == nil {
		return nil, nil
	}
	doc, err := ParseDocument(canonical)
	return &Filed{Type: t, Area: area, Day: day, Doc: doc}, err
}
