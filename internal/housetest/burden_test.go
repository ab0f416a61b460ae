package housetest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

// TestBurden sums up what filling took, over the entries that its reader sees,
// and takes no impossible figure on trust.
func TestBurden(t *testing.T) {
	t.Parallel()
	h := New(t)
	for _, effort := range []ledger.Effort{{Seconds: 30, Keystrokes: 40}, {Seconds: 50, Keystrokes: 90}, {Seconds: 1 << 30, Keystrokes: -5}, {}} {
		e := h.Begin(t, "officer", "cell-body-search", h.Search())
		if _, err := h.Ledger.SubmitWith(h.As(t.Context(), "officer"), e.Key, e.ETag, ledger.Submission{Effort: effort}, ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
	}
	day := catalog.DayOf(time.Now())
	read := func(who string, area uuid.UUID, from, to string) []ledger.Spent {
		t.Helper()
		list, err := h.Ledger.Burden(h.As(t.Context(), who), h.Prison, area, from, to)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	want := []ledger.Spent{{Ledger: "cell-body-search", Entries: 4, Measured: 3, Seconds: 30 + 50 + 4*60*60, MedianSeconds: 50, MedianKeystrokes: 40}}
	if d := cmp.Diff(want, read("area head", h.Area, day, day)); d != "" {
		t.Errorf("the area's week (-want +got):\n%s", d)
	}
	// Rows of a grid say their part; what an import files says none, and nobody's time is made of it.
	numbers := []string{"0000000001", "0000000002", "0000000003"}
	rows := []ledger.Row{}
	for i, n := range numbers {
		row := ledger.Row{Key: n, Body: json.RawMessage(h.Search())}
		if i > 0 {
			row.Effort = &ledger.Effort{Seconds: 4 + i, Keystrokes: i - 1}
		}
		rows = append(rows, row)
	}
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search"}
	for range 2 { // sent again, it counts once
		if err := h.Ledger.Batch(h.As(t.Context(), "officer"), n, rows, ledger.Idem{Key: "batch-of-searches", Route: "POST /batches"}, func(r ledger.Row, _ ledger.Outcome, err error) {
			if err != nil {
				t.Errorf("%s: %v", r.Key, err)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	want[0].Entries, want[0].Measured, want[0].Seconds = 7, 5, want[0].Seconds+5+6
	want[0].MedianSeconds, want[0].MedianKeystrokes = 30, 1
	if d := cmp.Diff(want, read("area head", h.Area, day, day)); d != "" {
		t.Errorf("with a batch (-want +got):\n%s", d)
	}
	tomorrow := catalog.DayOf(time.Now().AddDate(0, 0, 1))
	if list := read("area head", uuid.Nil, tomorrow, tomorrow); len(list) > 0 {
		t.Errorf("tomorrow: %+v", list)
	}
	if list := read("area head elsewhere", uuid.Nil, day, day); len(list) > 0 {
		t.Errorf("another area's head: %+v", list)
	}
}
