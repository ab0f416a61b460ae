package catalog

import (
	"encoding/json"
	"regexp"
	"slices"
	"time"
)

// Source is a field that is entered elsewhere (共): in entries of another ledger,
// of which it says which, what of each, and how several become one value; or in
// another system (docs/ledger-type.md).
type Source struct {
	Field  string `json:"field"` // pointer
	System string `json:"system,omitempty"`
	Ledger string `json:"ledger,omitempty"`
	// Span is the time: day, as if left out, and month are the document's; until is
	// whatever happened up to its moment, now whatever has happened.
	Span string `json:"span,omitempty"`
	From string `json:"from,omitempty"` // pointer to a time of the document that narrows the span
	To   string `json:"to,omitempty"`
	// About points to the inmates that the document names: what is about them is
	// taken from the whole prison, anything else from the document's area.
	About string `json:"about,omitempty"`
	Rows  string `json:"rows,omitempty"` // list of the other entry, taken from row by row
	Per   string `json:"per,omitempty"`  // inmate: of each only the latest stands, before Where
	// Approved leaves out what was submitted and is not decided yet.
	Approved bool              `json:"approved,omitempty"`
	Where    string            `json:"where,omitempty"`
	Take     string            `json:"take,omitempty"` // what does not say it is passed over
	Pick     string            `json:"pick,omitempty"` // latest, as if left out, sum, count, any, list
	None     any               `json:"none,omitempty"` // the value where there is nothing to take
	Fill     map[string]string `json:"fill,omitempty"` // the rows of a list, as a trigger fills what it opens
}

var (
	spans = []string{"", "day", "month", "until", "now"}
	picks = []string{"", "latest", "sum", "count", "any", "list"}
)

// InmateField names the inmate whom an entry, or a row of one, is about.
const InmateField = "inmate_ref"

// Offered reports whether the field only begins with what the source says: its
// rows are the officer's to complete, to add to and to take away.
func (s Source) Offered() bool { return s.Pick == "list" }

var ownField = regexp.MustCompile(`\bown\.([a-z_][a-z0-9_]*)`)

// asks lists the fields of the own document that the expressions of a source ask for.
func (s Source) asks() []string {
	var list []string
	for _, expr := range s.expressions() {
		for _, m := range ownField.FindAllStringSubmatch(expr, -1) {
			list = append(list, m[1])
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// expressions of the source by their member.
func (s Source) expressions() map[string]string {
	list := map[string]string{}
	if s.Where != "" {
		list["where"] = s.Where
	}
	for field, expr := range s.Fill {
		if expr != entryItself {
			list["fill/"+field] = expr
		}
	}
	return list
}

// Scope is what a source is asked for one document: of what time, about whom. Times
// that are zero bound nothing.
type Scope struct {
	From  time.Time      `json:"from,omitzero"`
	To    time.Time      `json:"to,omitzero"`
	About []string       `json:"about,omitempty"`
	Own   map[string]any `json:"own,omitempty"` // fields of the document that the source asks for
}

// Covers reports whether other asks the same, of its time only where it says one.
func (s Scope) Covers(other Scope, said bool) bool {
	if said && !(s.From.Equal(other.From) && s.To.Equal(other.To)) {
		return false
	}
	was, err1 := json.Marshal(s.Own)
	is, err2 := json.Marshal(other.Own)
	return err1 == nil && err2 == nil && string(was) == string(is) && slices.Equal(s.About, other.About)
}

// Contains reports whether a time lies in the scope.
func (s Scope) Contains(at time.Time) bool {
	return !at.Before(s.From) && (s.To.IsZero() || !at.After(s.To))
}

// ScopeOf is the scope of a source for a document. ok is false while the document
// lacks what the source needs; said is false while it does not say when the matter
// happened: begun stands for that.
func (t *Type) ScopeOf(src Source, doc map[string]any, begun time.Time) (s Scope, said, ok bool) {
	ok = true
	if src.About != "" {
		v, _ := at(doc, src.About)
		s.About = plainTexts(v)
		ok = len(s.About) > 0
	}
	for _, name := range src.asks() {
		if v, there := doc[name]; there {
			if s.Own == nil {
				s.Own = map[string]any{}
			}
			s.Own[name] = v
		}
	}
	moment, said := t.last(doc, t.OccurredAt)
	if !said {
		moment = begun
	}
	y, m, d := moment.In(Zone).Date()
	switch src.Span {
	case "", "day":
		s.From = time.Date(y, m, d, 0, 0, 0, 0, Zone)
		s.To = s.From.AddDate(0, 0, 1).Add(-time.Microsecond)
	case "month":
		s.From = time.Date(y, m, 1, 0, 0, 0, 0, Zone)
		s.To = s.From.AddDate(0, 1, 0).Add(-time.Microsecond)
	case "until":
		s.To = moment
	}
	if src.From != "" {
		v, _ := at(doc, src.From)
		first, _, there := extent(v)
		s.From, ok = first, ok && there
	}
	if src.To != "" {
		var there bool
		s.To, there = t.last(doc, src.To)
		ok = ok && there
	}
	s.From, s.To = s.From.UTC(), s.To.UTC()
	return s, said || src.Span == "now" || src.To != "", ok
}

// last is the end of the time that a document says at a pointer.
func (t *Type) last(doc map[string]any, pointer string) (time.Time, bool) {
	v, _ := at(doc, pointer)
	_, last, ok := extent(v)
	return last, ok
}

// extent are the first and the last moment of a time, a day or a month.
func extent(v any) (first, last time.Time, ok bool) {
	s, _ := v.(string)
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, t, t.Year() >= 1900 && t.Year() < 2200
	}
	if m, err := Day(s); err == nil {
		return m.At, m.At.AddDate(0, 0, 1).Add(-time.Microsecond), m.At.Year() < 2200
	}
	if m, err := Day(s + "-01"); err == nil {
		return m.At, m.At.AddDate(0, 1, 0).Add(-time.Microsecond), m.At.Year() < 2200
	}
	return time.Time{}, time.Time{}, false
}

// plainTexts are the texts of a value: itself, or those of a list.
func plainTexts(v any) []string {
	list, many := v.([]any)
	if !many {
		list = []any{v}
	}
	var out []string
	for _, e := range list {
		if s, _ := e.(string); s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
