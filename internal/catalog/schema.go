package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"taizhang/internal/fault"
)

// validator is one compiled schema and the words for what fails in it.
type validator struct {
	expanded map[string]any
	compiled *jsonschema.Schema
	shape    *shapeNode
	messages map[string]fault.Text
}

// compileSchema compiles an expanded schema of the profile. Nothing is loaded
// from anywhere: a reference that leaves the document is refused, file: too.
func compileSchema(expanded map[string]any, messages map[string]fault.Text) (*validator, error) {
	raw, err := json.Marshal(expanded)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	c.AssertFormat = true // 2020-12 alone would only note it
	c.LoadURL = func(url string) (io.ReadCloser, error) { return nil, errors.New("refused: " + url) }
	const name = "urn:schema"
	delete(expanded, "$id")
	if err := c.AddResource(name, bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	compiled, err := c.Compile(name)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	shape, err := shaped(c, name, "", expanded)
	if err != nil {
		return nil, err
	}
	return &validator{expanded: expanded, compiled: compiled, shape: shape, messages: messages}, nil
}

// validate returns everything wrong with the document, each place and code
// once, ordered by pointer.
func (v *validator) validate(doc map[string]any) ([]fault.Field, error) {
	err := v.compiled.Validate(doc)
	if err == nil {
		return nil, nil
	}
	var failed *jsonschema.ValidationError
	if !errors.As(err, &failed) {
		return nil, fmt.Errorf("validate: %w", err)
	}
	var out []fault.Field
	v.collect(failed, doc, &out)
	if len(out) == 0 {
		return nil, fmt.Errorf("validate: no words for %w", err)
	}
	// Of a value of the wrong type nothing else is news.
	wrong := map[string]bool{}
	for _, f := range out {
		wrong[f.Pointer] = wrong[f.Pointer] || f.Code == "type"
	}
	out = slices.DeleteFunc(out, func(f fault.Field) bool { return f.Code != "type" && wrong[f.Pointer] })
	slices.SortFunc(out, func(a, b fault.Field) int {
		return strings.Compare(a.Pointer+" "+a.Code, b.Pointer+" "+b.Code)
	})
	return slices.CompactFunc(out, func(a, b fault.Field) bool { return a.Pointer == b.Pointer && a.Code == b.Code }), nil
}

// collect walks the tree of failures down to what an officer can act on: a
// missing field is reported at the field, a failed choice once, and what only
// carries failures from below not at all.
func (v *validator) collect(e *jsonschema.ValidationError, doc any, out *[]fault.Field) {
	_, where, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	parts := strings.Split(where, "/")
	// What fails in dependentRequired/<name>/<n> is the keyword.
	if i := slices.Index(parts, "dependentRequired"); i >= 0 {
		owner, _ := at(v.expanded, strings.Join(parts[:i], "/"))
		if schema, ok := owner.(map[string]any); ok && schema["dependentRequired"] != nil {
			v.dependents(out, e.InstanceLocation, doc, schema)
			return
		}
	}
	keyword := parts[len(parts)-1]
	node, _ := at(v.expanded, strings.Join(parts[:len(parts)-1], "/"))
	schema, _ := node.(map[string]any)
	switch keyword {
	case "oneOf":
		v.report(out, e.InstanceLocation, "enum", schema)
		return
	case "required":
		v.missing(out, e.InstanceLocation, doc, texts(schema["required"]), schema)
		return
	case "additionalProperties":
		v.unknown(out, e.InstanceLocation, doc, schema)
		return
	}
	if len(e.Causes) == 0 {
		v.report(out, e.InstanceLocation, keyword, schema)
	}
	for _, c := range e.Causes {
		v.collect(c, doc, out)
	}
}

func (v *validator) missing(out *[]fault.Field, pointer string, doc any, names []string, schema map[string]any) {
	value, _ := at(doc, pointer)
	have, _ := value.(map[string]any)
	for _, name := range names {
		if _, ok := have[name]; !ok {
			v.report(out, pointer+"/"+escape(name), "required", schema)
		}
	}
}

func (v *validator) dependents(out *[]fault.Field, pointer string, doc any, schema map[string]any) {
	rules, _ := schema["dependentRequired"].(map[string]any)
	value, _ := at(doc, pointer)
	have, _ := value.(map[string]any)
	for name, needs := range rules {
		if _, ok := have[name]; ok {
			v.missing(out, pointer, doc, texts(needs), schema)
		}
	}
}

func (v *validator) unknown(out *[]fault.Field, pointer string, doc any, schema map[string]any) {
	value, _ := at(doc, pointer)
	have, _ := value.(map[string]any)
	known, _ := schema["properties"].(map[string]any)
	for name := range have {
		if known[name] == nil {
			v.report(out, pointer+"/"+escape(name), "additionalProperties", schema)
		}
	}
}

// report finds the words: those of the field first, then those of the keyword.
func (v *validator) report(out *[]fault.Field, pointer, code string, schema map[string]any) {
	text, ok := ownMessage(schema, code)
	if !ok {
		text = v.messages[code]
	}
	*out = append(*out, fault.Field{Pointer: pointer, Code: code, Text: filledIn(text, schema)})
}

// filledIn puts the keywords of a schema where words name them: {maximum}.
func filledIn(text fault.Text, schema map[string]any) fault.Text {
	for k, val := range schema {
		if s := fmt.Sprint(val); strings.Contains(text.ZH, "{"+k+"}") {
			text.ZH = strings.ReplaceAll(text.ZH, "{"+k+"}", s)
			text.EN = strings.ReplaceAll(text.EN, "{"+k+"}", s)
		}
	}
	return text
}

func ownMessage(schema map[string]any, code string) (fault.Text, bool) {
	own, _ := schema["x-message"].(map[string]any)
	m, ok := own[code].(map[string]any)
	if !ok {
		return fault.Text{}, false
	}
	zh, _ := m["zh"].(string)
	en, _ := m["en"].(string)
	return fault.Text{ZH: zh, EN: en}, true
}
