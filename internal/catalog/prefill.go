package catalog

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// ShiftAt is the shift under way, and when it began; false between shifts.
func (c *Calendar) ShiftAt(now time.Time) (Shift, time.Time, bool) {
	y, m, d := now.In(Zone).Date()
	// The last shift of a day may reach into the next.
	for _, day := range []int{d, d - 1} {
		for _, s := range slices.Backward(c.Shifts) {
			starts, ends := s.On(time.Date(y, m, day, 0, 0, 0, 0, Zone))
			if !now.Before(starts) && now.Before(ends) {
				return s, starts, true
			}
		}
	}
	return Shift{}, time.Time{}, false
}

// Beginner is who begins an entry, where and when: what x-ui.prefill asks about.
type Beginner struct {
	Number   string // of the police
	AreaName string
	At       time.Time // now, or a time of a period that is over
	Past     bool      // the latter: which day and shift is known, not which minute
	Calendar *Calendar
	OnDuty   []OnDuty // whom the roster names for the shift of At; none where it names nobody
	Next     []OnDuty // and for the shift that takes over
}

// OnDuty is one person of a roster.
type OnDuty struct {
	Number string // of the police
	Leader bool
}

// numbersOf lists the numbers of those who are wanted, in the roster's order; nil for nobody.
func numbersOf(list []OnDuty, wanted func(OnDuty) bool) any {
	var out []any
	for _, p := range list {
		if wanted(p) {
			out = append(out, p.Number)
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// prefills answer x-ui.prefill; a list among the answers is for a field that
// takes one its first item.
var prefills = map[string]func(Beginner) any{
	"me":   func(b Beginner) any { return b.Number },
	"area": func(b Beginner) any { return b.AreaName },
	"now":  func(b Beginner) any { return b.At.In(Zone).Truncate(time.Minute) },
	"shift": func(b Beginner) any {
		if s, _, ok := b.Calendar.ShiftAt(b.At); ok {
			return s.ID
		}
		return nil
	},
	"shift_start": func(b Beginner) any {
		if _, start, ok := b.Calendar.ShiftAt(b.At); ok {
			return start
		}
		return nil
	},
	"roster": func(b Beginner) any {
		if all := numbersOf(b.OnDuty, func(OnDuty) bool { return true }); all != nil {
			return all
		}
		return b.Number
	},
	"roster_leader": func(b Beginner) any { return numbersOf(b.OnDuty, func(p OnDuty) bool { return p.Leader }) },
	// Nobody hands over to themselves, or to who only leads the next shift.
	"roster_next": func(b Beginner) any {
		return numbersOf(b.Next, func(p OnDuty) bool { return !p.Leader && p.Number != b.Number })
	},
}

// Defaults are what an entry begins with before anybody types: the schema's
// defaults and what x-ui.prefill asks for, at the top level and in its groups.
func (t *Type) Defaults(b Beginner) map[string]any {
	return defaults(t.top(), b)
}

func defaults(props map[string]map[string]any, b Beginner) map[string]any {
	out := map[string]any{}
	for name, p := range props {
		if v, ok := p["default"]; ok {
			out[name] = v
		}
		if begun := defaults(propertiesOf(p), b); len(begun) > 0 {
			out[name] = begun
		}
		fill, ok := prefills[ui(p, "prefill")]
		if !ok {
			continue
		}
		v := fill(b)
		if v == nil {
			continue
		}
		if at, isTime := v.(time.Time); isTime {
			if b.Past && ui(p, "prefill") == "now" && p["format"] == "date-time" {
				continue
			}
			v = written(p, at)
		}
		list, isList := v.([]any)
		switch wantsList := p["type"] == "array"; {
		case wantsList && !isList:
			v = []any{v}
		case isList && !wantsList:
			v = list[0]
		}
		out[name] = v
	}
	return out
}

// written puts a time as the field takes it: a time, a day or a month.
func written(p map[string]any, at time.Time) string {
	switch p["format"] {
	case "date-time":
		return at.Format(time.RFC3339)
	case "date":
		return DayOf(at)
	}
	return DayOf(at)[:7]
}

// Subject is the top-level field that says whom or what one entry of many is
// about: the inmate of a ledger kept per inmate, else the field marked
// x-ui.subject; "" where there is none.
func (t *Type) Subject() string {
	for _, s := range t.form.Sections {
		for _, name := range s.Fields {
			p := t.top()[name]
			marked, _ := flag(p, "subject")
			if marked || t.Cadence.Per == "inmate" && p["type"] == "string" && ui(p, "lookup") == "inmate" {
				return name
			}
		}
	}
	return ""
}

// InPeriod puts the time of the matter into a document that is to be of a month
// (2006-01) or a day (2006-01-02), where its field takes no more than that.
func (t *Type) InPeriod(value map[string]any, period string) {
	name := strings.TrimPrefix(t.OccurredAt, "/")
	p := t.top()[name]
	switch {
	case ui(p, "widget") == "month" && len(period) >= 7:
		value[name] = period[:7]
	case p["format"] == "date" && len(period) == 10:
		value[name] = period
	}
}

// Derived is a validated document's computed fields alone.
func (t *Type) Derived(doc Document) map[string]any {
	out := map[string]any{}
	for _, c := range t.Computed {
		if v, ok := doc.Value[c.Field[1:]]; ok {
			out[c.Field[1:]] = v
		}
	}
	return out
}

// top lists the properties of the top level, by name.
func (t *Type) top() map[string]map[string]any { return propertiesOf(t.validator.expanded) }

// propertiesOf lists the properties of an object's schema, by name.
func propertiesOf(node map[string]any) map[string]map[string]any {
	props, _ := node["properties"].(map[string]any)
	out := make(map[string]map[string]any, len(props))
	for name, p := range props {
		out[name], _ = p.(map[string]any)
	}
	return out
}

func ui(p map[string]any, name string) string {
	members, _ := p["x-ui"].(map[string]any)
	s, _ := members[name].(string)
	return s
}

func flag(p map[string]any, name string) (set, said bool) {
	members, _ := p["x-ui"].(map[string]any)
	set, said = members[name].(bool)
	return set, said
}

// checkPrefill refuses an x-ui.prefill that nobody answers.
func (t *Type) checkPrefill(p *problems) { checkPrefill(t.top(), "schema.json", p) }

func checkPrefill(props map[string]map[string]any, at string, p *problems) {
	for name, field := range props {
		here := at + "/properties/" + name
		asked := ui(field, "prefill")
		if _, known := prefills[asked]; asked != "" && !known {
			p.add(here+"/x-ui/prefill", "definition", "不认识的预填：%s", asked)
		}
		checkPrefill(propertiesOf(field), here, p)
	}
}

// scalar writes a member of a document as JSON, for comparing scalars of different sources.
func scalar(v any) string {
	raw, _ := json.Marshal(v)
	return strings.TrimSuffix(string(raw), ".0")
}

// Holds reports whether the document contains all members, as the look-ups of
// rules ask it.
func (d Document) Holds(members map[string]any) bool {
	for name, want := range members {
		have, ok := d.Value[name]
		if !ok || scalar(have) != scalar(want) {
			return false
		}
	}
	return true
}
