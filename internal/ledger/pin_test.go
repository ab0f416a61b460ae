package ledger

import (
	"encoding/json"
	"testing"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// TestRepinnedForgets: a pin of a field that the version no longer takes from
// elsewhere would put the field back into every document, which the schema refuses.
func TestRepinnedForgets(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	typ := c.Current("headcount")
	if len(typ.Sources) == 0 {
		t.Fatal("headcount takes nothing from elsewhere")
	}
	kept := Pin{Field: typ.Sources[0].Field, Value: json.RawMessage("1")}
	doc, err := catalog.ParseDocument([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := repinned(t.Context(), looking{}, typ, Entry{}, DraftBody{Body: json.RawMessage("{}"), Pins: []Pin{kept, {Field: "/gone", Value: json.RawMessage("2")}}}, doc)
	if err != nil || len(got) != 1 || got[0].Field != kept.Field {
		t.Errorf("%+v %v, want only %s", got, err, kept.Field)
	}
}
