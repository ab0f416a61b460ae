package ledger

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
)

// counting is a reader that knows nobody and counts how often it was asked.
type counting struct {
	Reader
	asked int
}

func (c *counting) Whereabouts(context.Context, uuid.UUID, []catalog.Reference) (Whereabouts, error) {
	c.asked++
	return Whereabouts{Areas: map[string]uuid.UUID{}, Roll: KeptRoll}, nil
}

// TestMeet: who is named in the rows of a batch is asked for once, however many
// rows there are.
func TestMeet(t *testing.T) {
	cat, err := catalog.Load(os.DirFS("../../schemas"))
	if err != nil {
		t.Fatal(err)
	}
	typ := cat.Current("letter-parcel")
	var bodies [][]byte
	for i := range 100 {
		bodies = append(bodies, fmt.Appendf(nil, `{"inmate_ref":"%010d"}`, i%7))
	}
	c := &counting{}
	r, err := meet(t.Context(), c, typ, uuid.Nil, bodies)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range bodies {
		doc, err := catalog.ParseDocument(raw)
		if err != nil {
			t.Fatal(err)
		}
		res := catalog.Result{Document: doc}
		if err := strangers(t.Context(), r, Entry{}, typ, &res); err != nil || len(res.Warnings) != 1 || len(res.Errors) != 0 {
			t.Fatal(res, err)
		}
	}
	if c.asked != 1 {
		t.Errorf("asked %d times", c.asked)
	}
}
