package housetest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/ledger"
	"taizhang/internal/organisation"
)

// TestKeptOn: which ledgers an area had to keep on a day, over a ledger that
// came in with the files of a later release, and an area that opens and closes.
func TestKeptOn(t *testing.T) {
	t.Parallel()
	c := serve(t)
	exec(t, c.h, "alter table ledger_versions disable trigger user")
	exec(t, c.h, "update ledger_versions set published_at = '2025-01-10 10:00+08'")
	exec(t, c.h, "update ledger_versions set published_at = '2025-06-10 10:00+08' where ledger = 'police-training'")
	exec(t, c.h, "alter table ledger_versions enable trigger user")
	files, err := c.h.Store.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.h.Catalog.Replace(files, nil); err != nil {
		t.Fatal(err)
	}
	change := organisation.Change{OpenedOn: "2025-03-01", ClosedOn: "2025-09-01", Reason: "三监区三月启用，九月撤销"}
	if _, err := c.h.Areas.ChangeArea(c.h.As(t.Context(), "bureau office"), c.h.Prison, c.h.Area, change, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	officer := c.as(t, "officer")
	type kept struct{ All, Area, Training bool }
	got := map[string]kept{}
	for _, day := range []string{"2024-12-31", "2025-02-28", "2025-03-01", "2025-06-09", "2025-06-10", "2025-08-31", "2025-09-01"} {
		count := func(query string) (n int, training bool) {
			t.Helper()
			status, answer := officer.do(t, "GET", "/ledgers?on="+day+query, "", nil)
			if status != 200 {
				t.Fatal(status, answer)
			}
			list := answer["ledgers"].([]any)
			for _, l := range list {
				training = training || l.(map[string]any)["id"] == "police-training"
			}
			return len(list), training
		}
		all, training := count("")
		mine, _ := count("&area=" + c.h.Area.String())
		got[day] = kept{all > 20, mine > 10, training}
	}
	want := map[string]kept{
		"2024-12-31": {true, false, false},
		"2025-02-28": {true, false, false},
		"2025-03-01": {true, true, false},
		"2025-06-09": {true, true, false},
		"2025-06-10": {true, true, true},
		"2025-08-31": {true, true, true},
		"2025-09-01": {true, false, true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// Whose a ledger was is told of the day too.
	exec(t, c.h, "alter table ledger_owners disable trigger user")
	exec(t, c.h, "update ledger_owners set from_at = '2025-01-10 10:00+08'")
	exec(t, c.h, "alter table ledger_owners enable trigger user")
	exec(t, c.h, "insert into ledger_owners (ledger, from_at, department) values ('police-training', '2025-07-01 09:00+08', 'dept_education')")
	first := c.h.Access.Owner("police-training")
	for day, owner := range map[string]string{"2025-06-30": first, "2025-07-01": "dept_education", "2025-08-01": "dept_education"} {
		_, answer := officer.do(t, "GET", "/ledgers?on="+day, "", nil)
		for _, l := range answer["ledgers"].([]any) {
			if l := l.(map[string]any); l["id"] == "police-training" && l["owner"] != owner {
				t.Errorf("on %s the owner is %v, want %s", day, l["owner"], owner)
			}
		}
	}
}
