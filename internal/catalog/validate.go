package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"taizhang/internal/fault"
)

// Stage is how far a document has come; some rules wait for the last approval.
type Stage string

// The stages.
const (
	StageSubmit  Stage = "submit"
	StageApprove Stage = "approve"
)

// Env is the world a document is judged in.
type Env struct {
	Now    time.Time
	Filler string // police number of who fills
	Stage  Stage
	Lookup LookupFunc // nil: there are no other entries
}

// Result of a validation. Document carries the computed fields.
type Result struct {
	Document Document
	Errors   []fault.Field
	Warnings []fault.Field
}

// Validate computes, then asks the schema, then, if that holds, the rules.
// A document that breaks the type has Errors; Validate itself does not fail.
func (t *Type) Validate(doc Document, env Env) Result {
	typed := maps.Clone(doc.Value)
	for _, c := range t.Computed {
		delete(typed, c.Field[1:])
	}
	value, sc := t.settled(typed, env)
	res := Result{}
	var err error
	if res.Document, err = newDocument(value); err != nil {
		res.Errors = []fault.Field{{Code: "syntax", Text: doorTexts["syntax"]}}
		return res
	}
	if res.Errors, err = t.validator.validate(res.Document.Value); err != nil {
		res.Errors = append(res.Errors, fault.Field{Code: "schema", Text: doorTexts["syntax"]})
	}
	if len(res.Errors) > 0 {
		return res
	}
	for i, r := range t.Rules {
		if ok, err := t.rules[i].holds(sc); ok && err == nil {
			continue
		}
		f := fault.Field{Pointer: r.At, Code: "rule:" + r.ID, Text: r.Message}
		if r.Level == "warning" || r.Stage == "approve" && env.Stage != StageApprove {
			res.Warnings = append(res.Warnings, f)
		} else {
			res.Errors = append(res.Errors, f)
		}
	}
	return res
}

// settled is what is stored of what was typed: computed, and without what the
// form does not show. What is computed may hide a field that it was computed
// from; each round takes something away, so it ends.
func (t *Type) settled(typed map[string]any, env Env) (map[string]any, scene) {
	for {
		value, sc := t.computedOf(typed, env)
		next := t.validator.shape.settle(value)
		for _, c := range t.Computed {
			delete(next, c.Field[1:])
		}
		if reflect.DeepEqual(next, typed) {
			return value, sc
		}
		typed = next
	}
}

func (t *Type) computedOf(typed map[string]any, env Env) (map[string]any, scene) {
	value := maps.Clone(typed)
	sc := scene{doc: floats(value).(map[string]any), filler: env.Filler, now: env.Now, lookup: env.Lookup}
	for i, c := range t.Computed {
		v, err := t.computed[i].eval(sc)
		if err != nil {
			continue // what it is computed from is not there yet: the schema says so
		}
		name := c.Field[1:]
		if said := exact(v); said != nil {
			value[name], sc.doc[name] = said, v
		}
	}
	return value, sc
}

// floats gives expressions what they calculate with.
func floats(v any) any {
	switch x := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(x))
		for k, e := range x {
			m[k] = floats(e)
		}
		return m
	case []any:
		l := make([]any, len(x))
		for i, e := range x {
			l[i] = floats(e)
		}
		return l
	case json.Number:
		f, _ := x.Float64() // the door let in only what a double keeps
		return f
	}
	return v
}

func (t *Type) scene(doc Document) scene {
	return scene{doc: floats(doc.Value).(map[string]any)}
}

// Step of the chain that a document must pass.
type Step = ChainStep

// Steps lists the steps whose condition holds. A nil return has nothing that a
// condition could look at: only the unconditional steps remain.
func (t *Type) Steps(doc Document, nilReturn bool) ([]Step, error) {
	var list []Step
	for _, s := range t.Chain {
		if s.When == "" {
			list = append(list, s)
			continue
		}
		if nilReturn {
			continue
		}
		ok, err := t.when[s.When].holds(t.scene(doc))
		if err != nil {
			return nil, fmt.Errorf("%s step %s: %w", t.ID, s.ID, err)
		}
		if ok {
			list = append(list, s)
		}
	}
	return list, nil
}

// Need is one line of evidence with its bounds worked out. Max 0: unbounded.
type Need struct {
	ID    string     `json:"id"`
	Title fault.Text `json:"title"`
	Kinds []string   `json:"kinds"`
	Min   int        `json:"min"`
	Max   int        `json:"max"`
}

// EvidenceNeeds works out what must be attached to this document. An amount
// whose fields are not there yet counts as none.
func (t *Type) EvidenceNeeds(doc Document) ([]Need, error) {
	list := make([]Need, len(t.Evidence))
	for i, s := range t.Evidence {
		n := Need{ID: s.ID, Title: s.Title, Kinds: s.Kinds, Min: s.Min.Number, Max: s.Max}
		if s.Min.CEL != "" {
			v, err := t.when[s.Min.CEL].eval(t.scene(doc))
			if err == nil {
				switch x := v.(type) {
				case float64:
					n.Min = int(math.Ceil(x))
				case int64:
					n.Min = int(x)
				}
			}
		}
		list[i] = n
	}
	return list, nil
}

// Ref is a field that names a file of the entry.
type Ref struct{ Pointer, ID string }

// EvidenceRefs lists the values of all fields with the widget "evidence".
func (t *Type) EvidenceRefs(doc Document) []Ref {
	var list []Ref
	walk(t.validator.expanded, doc.Value, "", func(schema map[string]any, v any, at string) {
		ui, _ := schema["x-ui"].(map[string]any)
		if id, ok := v.(string); ok && ui["widget"] == "evidence" {
			list = append(list, Ref{Pointer: at, ID: id})
		}
	})
	return list
}

// walk visits every value of a document together with its schema.
func walk(schema map[string]any, v any, at string, visit func(map[string]any, any, string)) {
	visit(schema, v, at)
	switch x := v.(type) {
	case map[string]any:
		props, _ := schema["properties"].(map[string]any)
		for name, val := range x {
			if s, ok := props[name].(map[string]any); ok {
				walk(s, val, at+"/"+escape(name), visit)
			}
		}
	case []any:
		if s, ok := schema["items"].(map[string]any); ok {
			for i, val := range x {
				walk(s, val, at+"/"+strconv.Itoa(i), visit)
			}
		}
	}
}

// Occurred is when the matter happened, by the document: no_time for one that says
// none, or of a year that no calendar here has.
func (t *Type) Occurred(doc Document) (Moment, error) {
	v, _ := at(doc.Value, t.OccurredAt)
	s, _ := v.(string)
	if at, err := time.Parse(time.RFC3339, s); err == nil && at.Year() >= 1900 && at.Year() < 2200 {
		return Moment{At: at, Day: DayOf(at)}, nil
	}
	if m, err := Day(s); err == nil && m.At.Year() < 2200 {
		return m.noon(), nil
	}
	if m, err := Day(s + "-01"); err == nil && m.At.Year() < 2200 { // a month stands for its last day
		last := m.At.AddDate(0, 1, -1)
		return Moment{At: last, Day: DayOf(last)}.noon(), nil
	}
	return Moment{}, fault.InvalidFields("no_time", []fault.Field{{Pointer: t.OccurredAt, Code: "no_time",
		Text: fault.Text{ZH: "请填写发生的时间，并核对年份", EN: "State when it happened, and look at the year"}}})
}

// Counts reports whether the document fulfils the duty of its period.
func (t *Type) Counts(doc Document) (bool, error) {
	if t.Cadence.Counts == "" {
		return true, nil
	}
	return t.when[t.Cadence.Counts].holds(t.scene(doc))
}

// Seals reports whether only the discipline department may see the document.
func (t *Type) Seals(doc Document) (bool, error) {
	if t.Sealed == "" {
		return false, nil
	}
	return t.when[t.Sealed].holds(t.scene(doc))
}

// Value of one measure, an exact decimal.
type Value struct {
	Measure string `json:"measure"`
	Value   string `json:"value"`
}

// Measured works out what the document counts for. A measure over fields that are
// absent counts nothing; the error names those that could not be worked out otherwise,
// and the list holds the rest.
func (t *Type) Measured(doc Document) ([]Value, error) {
	var list []Value
	var failed []error
	sc := t.scene(doc)
	for _, m := range t.Measures {
		n, err := t.measured(m, sc)
		if err != nil && !strings.Contains(err.Error(), "no such key") {
			failed = append(failed, fmt.Errorf("%s measure %s: %w", t.ID, m.ID, err))
		}
		if n != "" && n != "0" {
			list = append(list, Value{Measure: m.ID, Value: n.String()})
		}
	}
	return list, errors.Join(failed...)
}

// measured is "" where the document is none that the measure counts.
func (t *Type) measured(m Measure, sc scene) (json.Number, error) {
	if m.When != "" {
		if ok, err := t.when[m.When].holds(sc); err != nil || !ok {
			return "", err
		}
	}
	v, err := t.when[m.Value].eval(sc)
	if err != nil {
		return "", err
	}
	n, ok := exact(v).(json.Number)
	if !ok {
		return "", fmt.Errorf("%s: %v is no number", m.Value, v)
	}
	return n, nil
}

// Fired lists the triggers whose condition holds.
func (t *Type) Fired(doc Document) ([]Trigger, error) {
	var list []Trigger
	for _, tr := range t.Triggers {
		ok := true
		if tr.When != "" {
			var err error
			if ok, err = t.when[tr.When].holds(t.scene(doc)); err != nil {
				return nil, fmt.Errorf("%s trigger %s: %w", t.ID, tr.ID, err)
			}
		}
		if ok {
			list = append(list, tr)
		}
	}
	return list, nil
}

// entryItself stands in a trigger's fill for the id of the entry that fired it.
const entryItself = "@entry"

// Filled is what an entry opened by the trigger begins with. What the document
// does not say is left out.
func (t *Type) Filled(tr Trigger, doc Document, entry string) (json.RawMessage, error) {
	body := map[string]any{}
	for field, source := range tr.Fill {
		if source == entryItself {
			body[field] = entry
			continue
		}
		if v, err := t.when[source].eval(t.scene(doc)); err == nil {
			body[field] = exact(v)
		}
	}
	return json.Marshal(body)
}

// Disputed is the entry that the document doubts by the trigger; "" for none.
func (t *Type) Disputed(tr Trigger, doc Document) string {
	if tr.Disputes == "" {
		return ""
	}
	v, _ := at(doc.Value, tr.Disputes)
	id, _ := v.(string)
	return id
}

// Typed is the document as an officer would type it: without computed fields.
func (t *Type) Typed(canonical json.RawMessage) (json.RawMessage, error) {
	doc, err := ParseDocument(canonical)
	if err != nil {
		return nil, err
	}
	for _, c := range t.Computed {
		delete(doc.Value, c.Field[1:])
	}
	doc, err = newDocument(doc.Value)
	return doc.Canonical, err
}
