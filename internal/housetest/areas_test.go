package housetest_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/organisation"
	"taizhang/internal/postgres"
)

// TestAreaChange: the bureau's office alone says when an area counts and as what,
// with a reason, and every version of it stays.
func TestAreaChange(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	yi := h.Province(t)[1]
	closing := organisation.Change{OpenedOn: "2020-01-01", ClosedOn: "2025-07-01", Reason: "监区撤销"}
	for who, code := range map[string]string{"prison office": "forbidden", "warden": "forbidden", "system admin": "forbidden", "bureau leader": "forbidden",
		"head of the custody line": "forbidden", "inspector": "forbidden", "yi prison office": "not_found"} {
		if _, err := h.Areas.ChangeArea(h.As(t.Context(), who), h.Prison, h.Area, closing, ledger.Idem{}); fault.CodeOf(err) != code {
			t.Errorf("%s: %v, want %s", who, err, code)
		}
	}
	office := h.As(t.Context(), "bureau office")
	for name, c := range map[string]struct {
		area uuid.UUID
		is   organisation.Change
		want string
	}{
		"no reason":          {h.Area, organisation.Change{ClosedOn: "2025-07-01", Reason: " "}, "bad_area"},
		"no day":             {h.Area, organisation.Change{ClosedOn: "2025-02-30", Reason: "监区撤销"}, "bad_area"},
		"closed as it opens": {h.Area, organisation.Change{OpenedOn: "2025-07-01", ClosedOn: "2025-07-01", Reason: "监区撤销"}, "bad_area"},
		"of another prison":  {yi.Ordinary, closing, "not_found"},
		"a version to come":  {h.Area, organisation.Change{Version: 1, Reason: "监区撤销"}, "changed_meanwhile"},
	} {
		if _, err := h.Areas.ChangeArea(office, h.Prison, c.area, c.is, ledger.Idem{}); fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	area, err := h.Areas.ChangeArea(office, h.Prison, h.Area, closing, ledger.Idem{Key: "area-close", Route: "areas.change"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Areas.ChangeArea(office, h.Prison, h.Area, closing, ledger.Idem{Key: "area-close", Route: "areas.change"})
	if diff := cmp.Diff(area, again); err != nil || diff != "" {
		t.Errorf("the same once more: %v\n%s", err, diff)
	}
	for day, counts := range map[string]bool{"2019-12-31": false, "2020-01-01": true, "2025-06-30": true, "2025-07-01": false} {
		if area.Counts(day) != counts {
			t.Errorf("%s: counts %v", day, !counts)
		}
	}
	reopened := organisation.Change{Version: 1, OpenedOn: "2020-01-01", SubArea: true, Reason: "撤销有误，改为分监区"}
	if area, err = h.Areas.ChangeArea(office, h.Prison, h.Area, reopened, ledger.Idem{}); err != nil || area.ClosedOn != "" || !area.SubArea || area.Version != 2 || !area.Counts("2025-07-01") {
		t.Errorf("%+v %v", area, err)
	}
	areas, err := (postgres.Duties{Store: h.Store}).Areas(t.Context(), h.Prison)
	if err != nil || !cmp.Equal(areas[0], area) {
		t.Errorf("listed %+v, %v", areas, err)
	}
	list, err := h.Areas.AreaChanges(h.As(t.Context(), "officer"), h.Prison, h.Area)
	want := []organisation.Change{{Area: h.Area, Version: 2, OpenedOn: "2020-01-01", SubArea: true, Reason: reopened.Reason, Name: "bureau office"},
		{Area: h.Area, Version: 1, OpenedOn: "2020-01-01", ClosedOn: "2025-07-01", Reason: closing.Reason, Name: "bureau office"}}
	if diff := cmp.Diff(want, list, cmpopts.IgnoreFields(organisation.Change{}, "Prison", "By", "Salt", "RecordedAt")); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := h.Areas.AreaChanges(h.As(t.Context(), "yi area head"), h.Prison, h.Area); fault.CodeOf(err) != "not_found" {
		t.Errorf("another prison reads the history: %v", err)
	}
	if _, err := h.Store.Pool().Exec(t.Context(), "update areas set closed_on = null"); err == nil {
		t.Error("the service changes an area without a trace")
	}
}

// TestAreaTwiceAtOnce: of two who change what they both saw, one hears of the other.
func TestAreaTwiceAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for version := range 5 {
		var errs [2]error
		var both sync.WaitGroup
		start := make(chan struct{})
		for i, who := range []string{"bureau office", "second bureau office"} {
			both.Go(func() {
				<-start
				_, errs[i] = h.Areas.ChangeArea(h.As(t.Context(), who), h.Prison, h.Area, organisation.Change{Version: version, SubArea: i == 0, Reason: "核对"}, ledger.Idem{})
			})
		}
		close(start)
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatal(errs)
		}
		for _, err := range errs {
			if err != nil && fault.CodeOf(err) != "changed_meanwhile" {
				t.Error(err)
			}
		}
	}
}

// TestLine: a department of the bureau reads the entries of its line in every
// prison, of no other line, none that is strictly restricted, and fills nothing.
func TestLine(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	e := h.Submitted(t)
	own, other := h.As(t.Context(), "head of the custody line"), h.As(t.Context(), "head of the education line")
	if _, err := h.Ledger.Get(own, e.Key); err != nil {
		t.Error(err)
	}
	if _, err := h.Ledger.Get(other, e.Key); fault.CodeOf(err) != "not_found" {
		t.Errorf("another line: %v", err)
	}
	for who, want := range map[string]int{"head of the custody line": 1, "head of the education line": 0} {
		list, err := h.Ledger.List(h.As(t.Context(), who), ledger.Query{Prison: h.Prison, Limit: 10})
		if err != nil || len(list) != want {
			t.Errorf("%s is shown %d entries, %v", who, len(list), err)
		}
	}
	if _, err := h.Ledger.Approve(own, e.Key, judged(e), ledger.Idem{}); fault.CodeOf(err) != "forbidden" {
		t.Errorf("the line approves: %v", err)
	}
	// The ledger is filled by the command centres of the prisons, not by that of the bureau.
	command := h.Person("head of the custody line")
	command.Postings = []actor.Posting{{Role: actor.DeptStaff, Department: "dept_command"}}
	if _, err := h.Ledger.Create(actor.With(t.Context(), command), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "video-lookback"}, ledger.Idem{}); fault.CodeOf(err) != "forbidden" {
		t.Errorf("the line fills: %v", err)
	}
}

// TestAreasOverHTTP: the office's browser changes and reads, an officer's reads.
func TestAreasOverHTTP(t *testing.T) {
	t.Parallel()
	guest := serve(t)
	office, officer := guest.as(t, "bureau office"), guest.as(t, "officer")
	changes := "/prisons/" + guest.h.Prison.String() + "/areas/" + guest.h.Area.String() + "/changes"
	body, key := `{"version":0,"closed_on":"2025-07-01","reason":"监区撤销"}`, map[string]string{"Idempotency-Key": "close-area-1"}
	if status, _ := officer.do(t, "POST", changes, body, key); status != http.StatusForbidden {
		t.Errorf("an officer closes an area: %d", status)
	}
	for range 2 {
		if status, area := office.do(t, "POST", changes, body, key); status != http.StatusCreated || area["closed_on"] != "2025-07-01" || area["version"] != float64(1) {
			t.Errorf("%d %v", status, area)
		}
	}
	if status, _ := office.do(t, "POST", changes, body, map[string]string{"Idempotency-Key": "close-area-2"}); status != http.StatusPreconditionFailed {
		t.Errorf("over what stands: %d", status)
	}
	for who, actions := range map[*client]int{officer: 0, office: 1} {
		if status, list := who.do(t, "GET", changes, "", nil); status != http.StatusOK || len(list["changes"].([]any)) != 1 || len(list["actions"].([]any)) != actions {
			t.Errorf("%d %v", status, list)
		}
	}
	// The house of this test is no demonstration: it has no clock to set.
	if status, _ := office.do(t, "POST", "/demo/clock", `{"to":"2030-01-01T00:00:00Z"}`, nil); status != http.StatusNotFound {
		t.Errorf("a clock is set: %d", status)
	}
}

// TestClosedAreaOwesNothing: from the day of its closing an area has no duties
// ahead and no score among its prison's; opened again, both come back.
func TestClosedAreaOwesNothing(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	office := h.As(t.Context(), "bureau office")
	now := time.Now()
	plan := func() {
		t.Helper()
		if err := h.Duty.Plan(t.Context(), h.Prison, now.AddDate(0, 0, -1), now.AddDate(0, 0, 3)); err != nil {
			t.Fatal(err)
		}
	}
	owed := func(from, until string) (n int) {
		t.Helper()
		if err := h.Owner.QueryRow(t.Context(), "select count(*) from duties where area_id = $1 and day >= $2::text::date and day < $3::text::date and (starts_at > now() or day < $4::text::date)",
			h.Area, from, until, catalog.DayOf(now)).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	day := func(n int) string { return catalog.DayOf(now.AddDate(0, 0, n)) }
	plan()
	before, ahead := owed(day(-1), day(0)), owed(day(1), day(9))
	if before == 0 || ahead == 0 {
		t.Fatalf("%d duties before, %d ahead", before, ahead)
	}
	scored := func() int {
		t.Helper()
		list, err := h.Assessment.Scores(office, h.Prison)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	for version, c := range []struct {
		closed        string
		before, ahead int
		scored        int
	}{{day(1), before, 0, 2}, {"", before, ahead, 2}, {day(0), before, 0, 1}} {
		if _, err := h.Areas.ChangeArea(office, h.Prison, h.Area, organisation.Change{Version: version, ClosedOn: c.closed, Reason: "监区撤销"}, ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
		if n := owed(day(1), day(9)); c.ahead == 0 && n != 0 {
			t.Errorf("closed on %s it still owes %d", c.closed, n)
		}
		plan()
		if b, a, s := owed(day(-1), day(0)), owed(day(1), day(9)), scored(); b != c.before || a != c.ahead || s != c.scored {
			t.Errorf("closed on %q: %d duties before, %d ahead, %d areas scored; want %+v", c.closed, b, a, s, c)
		}
	}
}
