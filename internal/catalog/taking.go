package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Shared is an entry that a source may take from.
type Shared struct {
	ID       string
	Document json.RawMessage
}

// Shares are the entries of one source, read once for however many documents take
// from them.
type Shares struct {
	t     *Type
	src   Source
	items []shared
	about map[string][]int // items by inmate
}

// shared is what one entry, or one row of one, says.
type shared struct {
	entry    int
	id       string
	doc, row map[string]any // numbers as float64
	number   string
	value    any
}

// Shares reads entries, the oldest first, for a source of the type.
func (t *Type) Shares(src Source, entries []Shared) (*Shares, error) {
	s := &Shares{t: t, src: src, about: map[string][]int{}}
	for i, e := range entries {
		doc, err := ParseDocument(e.Document)
		if err != nil {
			return nil, err
		}
		known := floats(doc.Value).(map[string]any)
		if src.Rows == "" {
			s.add(shared{entry: i, id: e.ID, doc: known}, doc.Value)
			continue
		}
		rows, _ := at(doc.Value, "/"+src.Rows)
		list, _ := rows.([]any)
		for _, row := range list {
			if r, ok := row.(map[string]any); ok {
				s.add(shared{entry: i, id: e.ID, doc: known, row: floats(r).(map[string]any)}, r)
			}
		}
	}
	return s, nil
}

func (s *Shares) add(one shared, says map[string]any) {
	switch s.src.Take {
	case "":
	case entryItself:
		one.value = one.id
	default:
		v, ok := at(says, "/"+s.src.Take)
		if !ok {
			return
		}
		one.value = v
	}
	one.number, _ = says[InmateField].(string)
	s.about[one.number] = append(s.about[one.number], len(s.items))
	s.items = append(s.items, one)
}

// Take works out the value for one document, and says of which entries; nil where
// there is nothing to say.
func (s *Shares) Take(sc Scope, now time.Time) (value any, used []int, err error) {
	asked := s.asked(sc)
	moment := sc.To
	if moment.IsZero() {
		moment = now
	}
	own, _ := floats(sc.Own).(map[string]any)
	kept := slices.DeleteFunc(slices.Clone(asked), func(i int) bool {
		if s.src.Where == "" {
			return false
		}
		ok, err := s.t.taking[s.src.Where].holds(s.scene(s.items[i], own, moment, now))
		return err != nil || !ok // what a condition asks for is not there
	})
	if len(kept) == 0 && s.src.Pick != "count" && s.src.Pick != "any" {
		return s.src.None, []int{}, nil
	}
	switch s.src.Pick {
	case "count":
		return json.Number(strconv.Itoa(len(kept))), s.entries(kept), nil
	case "any": // what speaks against it was looked at too
		return len(kept) > 0, s.entries(asked), nil
	case "sum":
		value, err = s.sum(kept)
		return value, s.entries(kept), err
	case "list":
		rows := make([]any, len(kept))
		for n, i := range kept {
			rows[n] = s.fill(s.items[i], s.scene(s.items[i], own, moment, now))
		}
		return rows, s.entries(kept), nil
	}
	last := kept[len(kept)-1]
	return s.items[last].value, s.entries([]int{last}), nil
}

// asked are the items that a document asks for, the oldest first.
func (s *Shares) asked(sc Scope) []int {
	var list []int
	if s.src.About == "" {
		for i := range s.items {
			list = append(list, i)
		}
	}
	for _, number := range sc.About {
		list = append(list, s.about[number]...)
	}
	slices.Sort(list)
	if s.src.Per == "" {
		return list
	}
	newest := map[string]int{}
	for _, i := range list {
		newest[s.items[i].number] = i
	}
	return slices.DeleteFunc(list, func(i int) bool { return newest[s.items[i].number] != i })
}

func (s *Shares) scene(one shared, own map[string]any, moment, now time.Time) scene {
	return scene{doc: one.doc, row: one.row, own: own, moment: moment, now: now}
}

// entries of the items, each once.
func (s *Shares) entries(items []int) []int {
	list := make([]int, len(items))
	for n, i := range items {
		list[n] = s.items[i].entry
	}
	return slices.Compact(list)
}

// sum is exact: what was written is added, not what a double makes of it.
func (s *Shares) sum(items []int) (json.Number, error) {
	total := new(big.Rat)
	for _, i := range items {
		n, ok := new(big.Rat).SetString(fmt.Sprint(s.items[i].value))
		if !ok {
			return "", fmt.Errorf("%s: %v is no number", s.src.Field, s.items[i].value)
		}
		total.Add(total, n)
	}
	digits, _ := total.FloatPrec()
	return json.Number(total.FloatString(digits)), nil
}

// fill makes a row of a list; what the entry does not say is left out.
func (s *Shares) fill(one shared, sc scene) map[string]any {
	row := map[string]any{}
	for field, expr := range s.src.Fill {
		if expr == entryItself {
			row[field] = one.id
		} else if v, err := s.t.taking[expr].eval(sc); err == nil {
			row[field] = exact(v)
		}
	}
	return row
}

// Complete reports whether every row has what the field asks of it.
func (t *Type) Complete(pointer string, rows []any) bool {
	items, _ := t.field(pointer)["items"].(map[string]any)
	for _, row := range rows {
		r, _ := row.(map[string]any)
		for _, name := range texts(items["required"]) {
			if _, ok := r[name]; !ok {
				return false
			}
		}
	}
	return true
}

// At is the member of a document that a pointer names; nil for none.
func At(doc map[string]any, pointer string) any {
	v, _ := at(doc, pointer)
	return v
}

// Put sets the member of a document that a pointer through its groups names; a nil
// value takes it away, and a group that is empty then. Groups are copied first.
func Put(doc map[string]any, pointer string, value any) {
	name, rest, deeper := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	name = unescape(name)
	if !deeper {
		if value == nil {
			delete(doc, name)
		} else {
			doc[name] = value
		}
		return
	}
	group := map[string]any{}
	if old, ok := doc[name].(map[string]any); ok {
		maps.Copy(group, old)
	}
	Put(group, "/"+rest, value)
	if doc[name] = group; len(group) == 0 {
		delete(doc, name)
	}
}
