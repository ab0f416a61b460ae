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

// TestOfferedUnseen: rows that a source offers while a document is sent are not filed in the
// name of somebody who has not seen them; what is pinned is, and who opens the draft sees both.
func TestOfferedUnseen(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	typ := c.Current("labour-daily")
	d := DraftBody{
		Arrived: json.RawMessage(`{"expected_workers":40,"site_code":"一车间"}`),
		Body:    json.RawMessage(`{"absentees":[{"inmate_ref":"0000000001","reason":"sick_rest"}],"expected_workers":41,"site_code":"一车间"}`),
	}
	for name, tc := range map[string]struct {
		w    *Written
		want string
	}{
		"written offline": {&Written{}, `{"expected_workers":41,"site_code":"一车间"}`},
		"opened":          {nil, string(d.Body)},
	} {
		typed, filed, err := d.handedIn(typ, tc.w)
		if err != nil || string(typed.Canonical) != string(d.Arrived) || string(filed.Canonical) != tc.want {
			t.Errorf("%s: %s becomes %s, %v", name, typed.Canonical, filed.Canonical, err)
		}
	}
}
