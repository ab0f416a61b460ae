package duty

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// TestBursts: many back-dated entries of one ledger of one area within the
// window, and nothing else.
func TestBursts(t *testing.T) {
	start := time.Date(2026, 11, 20, 20, 0, 0, 0, time.UTC)
	area, other := uuid.New(), uuid.New()
	filed := func(a uuid.UUID, ledger string, late bool, minutes ...int) (list []Filed) {
		for _, m := range minutes {
			f := Filed{Area: a, Ledger: ledger, Entry: uuid.New(), Day: "2026-11-01", Submitted: start.Add(time.Duration(m) * time.Minute)}
			f.Due = f.Submitted
			if late {
				f.Due = f.Submitted.Add(-Grace - time.Minute)
			}
			list = append(list, f)
		}
		return list
	}
	for name, c := range map[string]struct {
		list []Filed
		want []int // entries of each burst, the latest first
	}{
		"five in an hour":              {filed(area, "duty-log", true, 0, 10, 20, 30, 59), []int{5}},
		"four are none":                {filed(area, "duty-log", true, 0, 10, 20, 30), nil},
		"in time":                      {filed(area, "duty-log", false, 0, 10, 20, 30, 40), nil},
		"spread out":                   {filed(area, "duty-log", true, 0, 20, 40, 60, 80), nil},
		"two areas do not add up":      {append(filed(area, "duty-log", true, 0, 1, 2), filed(other, "duty-log", true, 3, 4, 5)...), nil},
		"two ledgers do not add up":    {append(filed(area, "duty-log", true, 0, 1, 2), filed(area, "headcount", true, 3, 4, 5)...), nil},
		"one that goes on is one":      {filed(area, "duty-log", true, 0, 15, 30, 45, 60, 75, 90, 105), []int{8}},
		"two of them, and one between": {filed(area, "duty-log", true, 0, 1, 2, 3, 4, 300, 600, 601, 602, 603, 604, 605), []int{6, 5}},
		"not sorted":                   {filed(area, "duty-log", true, 59, 0, 30, 10, 20), []int{5}},
	} {
		t.Run(name, func(t *testing.T) {
			got := bursts(c.list, 5, time.Hour)
			if len(got) != len(c.want) {
				t.Fatalf("%d bursts, want %d: %+v", len(got), len(c.want), got)
			}
			for i, n := range c.want {
				if len(got[i].Entries) != n || got[i].To.Before(got[i].From) {
					t.Errorf("burst %d: %+v, want %d entries", i, got[i], n)
				}
			}
		})
	}
}
