package catalog

import "taizhang/internal/fault"

// Judge takes any JSON Schema: it returns what of it the catalogue refuses, each
// with its place and reason, or else the verdict it gives on documents.
func (c *Catalog) Judge(schema []byte) (func(Document) []fault.Field, []fault.Field) {
	t, p := &Type{}, &problems{}
	c.compiler.schema(t, schema, false, p)
	if len(p.fields) > 0 {
		return nil, p.fields
	}
	return func(doc Document) []fault.Field {
		list, err := t.validator.validate(doc.Value)
		if err != nil {
			list = append(list, fault.Field{Code: "schema", Text: doorTexts["syntax"]})
		}
		return list
	}, nil
}

// Refuses says what the catalogue refuses of the schema of a ledger: of a schema that
// Judge takes, what nobody could fill.
func (c *Catalog) Refuses(schema []byte) []fault.Field {
	t, p := &Type{SchemaJSON: schema}, &problems{}
	if c.compiler.schema(t, schema, false, p); len(p.fields) == 0 {
		t.fillable(p)
	}
	return p.fields
}
