package housetest

import (
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
	tomorrow := catalog.DayOf(time.Now().AddDate(0, 0, 1))
	if list := read("area head", uuid.Nil, tomorrow, tomorrow); len(list) > 0 {
		t.Errorf("tomorrow: %+v", list)
	}
	if list := read("area head elsewhere", uuid.Nil, day, day); len(list) > 0 {
		t.Errorf("another area's head: %+v", list)
	}
}
