package catalog

import (
	"encoding/json"
	"slices"
	"strings"

	"taizhang/internal/fault"
)

// Fit makes a value that another system said one of the field's: as it is, the
// only one of a list, or a list of one. False where the field cannot hold it.
func (t *Type) Fit(field string, value json.RawMessage) (json.RawMessage, bool) {
	var list []json.RawMessage
	forms := []json.RawMessage{value}
	switch err := json.Unmarshal(value, &list); {
	case err != nil:
		forms = append(forms, Listed(value))
	case len(list) == 1:
		forms = append(forms, list[0])
	}
	i := slices.IndexFunc(forms, func(form json.RawMessage) bool { return t.holds(field, form) })
	if i < 0 {
		return nil, false
	}
	return forms[i], true
}

// Listed is a value as a list; one that is a list stays as it is.
func Listed(value json.RawMessage) json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(value, &list) == nil && list != nil {
		return value
	}
	return slices.Concat(json.RawMessage("["), value, json.RawMessage("]"))
}

// holds asks the schema of one field alone.
func (t *Type) holds(field string, value json.RawMessage) bool {
	raw, err := json.Marshal(map[string]json.RawMessage{field[1:]: value})
	if err != nil {
		return false
	}
	doc, err := ParseDocument(raw)
	if err != nil {
		return false
	}
	wrong, err := t.validator.validate(doc.Value)
	return err == nil && !slices.ContainsFunc(wrong, func(f fault.Field) bool {
		return f.Pointer == field || strings.HasPrefix(f.Pointer, field+"/")
	})
}
