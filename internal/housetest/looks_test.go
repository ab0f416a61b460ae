package housetest_test

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

func (x *inspected) look(who string, c inspection.Check, l inspection.Look, seen int) error {
	_, err := x.Inspection.Look(x.as(who), x.Prison, c.ID, l, seen, ledger.Idem{})
	return err
}

// throughout the house it is what x's clock says, in the database too.
func (x *inspected) throughout() {
	x.t.Helper()
	if _, err := x.Owner.Exec(x.t.Context(), "update prisons set demonstration = true"); err != nil {
		x.t.Fatal(err)
	}
	x.Store.Clock = func() time.Time { return x.clock.Add(-time.Second) } // a little behind: rights have begun, and everybody is posted
	x.Assessment.Now = x.Inspection.Now
}

func (x *inspected) at(c inspection.Check, line string) inspection.OnRoute {
	x.t.Helper()
	r, err := x.Inspection.Route(x.as("bing inspector"), x.Prison, c.ID)
	if err != nil {
		x.t.Fatal(err)
	}
	list := r.Lines
	i := slices.IndexFunc(list, func(r inspection.OnRoute) bool { return r.Line == line })
	if i < 0 {
		x.t.Fatalf("%s is not on the route", line)
	}
	return list[i]
}

// TestLooks: the team goes from line to line of the pinned standard and says how each stands; the latest
// counts and the ones before it stay, and nothing is met where a finding stands.
func TestLooks(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	const line = "YJ-02.missing"
	ok := inspection.Look{Line: line, Result: inspection.Met, Place: "二楼", LookedAt: x.clock.Add(-time.Second)}
	for name, tt := range map[string]struct {
		change func(*inspection.Look)
		at     string
	}{
		"of no line":         {func(l *inspection.Look) { l.Line = "XX-01.none" }, "/line"},
		"what a ledger says": {func(l *inspection.Look) { l.Line = "YJ-01.ontime" }, "/line"},
		"what a register is": {func(l *inspection.Look) { l.Line = "XF-01.release" }, "/line"},
		"no result":          {func(l *inspection.Look) { l.Result = "perhaps" }, "/result"},
		"not seen, no word":  {func(l *inspection.Look) { l.Result, l.Note = inspection.NotSeen, " \u200b" }, "/note"},
		"a long word":        {func(l *inspection.Look) { l.Note = strings.Repeat("字", 501) }, "/note"},
		"a long place":       {func(l *inspection.Look) { l.Place = strings.Repeat("楼", 61) }, "/place"},
		"before the check":   {func(l *inspection.Look) { l.LookedAt = x.clock.AddDate(0, 0, -2) }, "/looked_at"},
		"no such photograph": {func(l *inspection.Look) { l.Photos = []string{strings.Repeat("0", 64)} }, "/photos"},
	} {
		l := ok
		tt.change(&l)
		err := x.look("bing inspector", c, l, 0)
		bad, is := err.(*fault.Error)
		if !is || bad.Code != "bad_look" || !slices.ContainsFunc(bad.Fields, func(p fault.Field) bool { return p.Pointer == tt.at }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, who := range []string{"area head", "officer", "bureau office", "prison office", "bing second inspector"} {
		if err := x.look(who, c, ok, 0); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s looks: %v", who, err)
		}
	}
	if at := x.at(c, line); at.State != "" || at.Method != "onsite" || len(at.Looks) != 0 {
		t.Errorf("before anybody looked: %+v", at)
	}
	// Two at once: one is kept, the other looks at what the first one said.
	one, two := x.as("bing inspector"), x.as("yi inspector")
	oneOf(t, bothAtOnce(
		func() error { _, err := x.Inspection.Look(one, x.Prison, c.ID, ok, 0, ledger.Idem{}); return err },
		func() error { _, err := x.Inspection.Look(two, x.Prison, c.ID, ok, 0, ledger.Idem{}); return err }), "changed_meanwhile")
	for _, seen := range []int{-1, math.MaxInt32} {
		_, err := x.Inspection.Look(one, x.Prison, c.ID, ok, seen, ledger.Idem{})
		wants(t, "looks that nobody can have seen", err, "changed_meanwhile")
	}
	photo := x.photoBy("yi inspector", c, 1)
	not := inspection.Look{Line: line, Result: inspection.NotSeen, Note: "门锁着，钥匙在值班室", Photos: []string{photo}, LookedAt: x.clock.Add(time.Hour)}
	if err := x.look("yi inspector", c, not, 1); err != nil {
		t.Fatal(err)
	}
	at := x.at(c, line)
	if at.State != inspection.NotSeen || len(at.Looks) != 2 || at.Looks[0].ByName != "yi inspector" || at.Looks[1].Result != inspection.Met || at.Looks[1].Place != "二楼" {
		t.Errorf("%+v", at)
	}
	if at.Looks[0].LookedAt.After(x.clock) {
		t.Error("looked at in the future")
	}
	// A repeated request is the one that was made.
	idem := ledger.Idem{Key: "looks-again-1", Route: "looks.add"}
	for range 2 {
		if _, err := x.Inspection.Look(x.as("bing inspector"), x.Prison, c.ID, ok, 2, idem); err != nil {
			t.Fatal(err)
		}
	}
	if at := x.at(c, line); at.State != inspection.Met || len(at.Looks) != 3 {
		t.Errorf("repeated: %+v", at)
	}
	// A finding goes before it, and nothing is met over it; taken back, what was said before stands.
	f := x.finding(line, 1)
	f.Photos = []string{photo}
	found := x.find(c, f)
	wants(t, "met over a finding", x.look("bing inspector", c, ok, 3), "line_found")
	if at := x.at(c, line); at.State != inspection.AtFinding || !slices.Equal(at.Findings, []uuid.UUID{found}) {
		t.Errorf("%+v", at)
	}
	if _, err := x.Inspection.Withdraw(x.as("bing inspector"), x.Prison, c.ID, found, "看错了", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if at := x.at(c, line); at.State != inspection.Met {
		t.Errorf("after it was taken back: %+v", at)
	}
	w := x.whole(c)
	if i := slices.IndexFunc(w.Coverage, func(v inspection.Coverage) bool { return v.Method == "onsite" }); i < 0 || w.Coverage[i].Looked != 1 || w.Coverage[i].Of < 20 {
		t.Errorf("coverage %+v", w.Coverage)
	}
	if got := w.Findings[0].Photos; !slices.Equal(got, []string{photo}) {
		t.Errorf("photographs of the finding: %v", got)
	}
	if r, err := x.Inspection.Route(x.as("area head"), x.Prison, c.ID); err != nil || r.MayLook {
		t.Errorf("who is checked goes the route: %v", err)
	}
	if _, err := x.Inspection.Route(x.as("area head elsewhere"), x.Prison, c.ID); fault.CodeOf(err) == "" {
		t.Error("another area sees it")
	}
	leavesHold(t, x.House, x.Prison, "looks", "photos", "findings")
	altered(t, x.House, "update looks set result = 'met'", "delete from looks", "truncate looks", "update photos set size = 1", "delete from photos")
	x.find(c, x.finding("YJ-02.missing", 1))
	done := x.confirm(c)
	wants(t, "after the sheet", x.look("bing inspector", c, inspection.Look{Line: "JG-04.found", Result: inspection.Met}, 0), "check_state")
	late := ok
	late.LookedAt = x.clock.AddDate(0, 0, 9)
	x.clock = late.LookedAt // after its last day, while the rights of its team last
	wants(t, "after the last day too", x.look("bing inspector", c, late, 4), "check_state")
	_, err := x.Inspection.AddPhoto(x.as("bing inspector"), x.Prison, c.ID, housetest.Photo(7), ledger.Idem{})
	wants(t, "a photograph after the sheet", err, "check_state")
	if done.Run == nil {
		t.Fatal("no run")
	}
}

// TestLooksWithinTheDays: the route offers what is taken. What was looked at within the days of the check is
// taken when it arrives after them, too.
func TestLooksWithinTheDays(t *testing.T) {
	t.Parallel()
	x := checked(t)
	x.throughout()
	noon, err := catalog.Noon(catalog.DayOf(x.clock.AddDate(0, 0, 2))) // the day before it is all to come
	if err != nil {
		t.Fatal(err)
	}
	first := noon.At
	n := x.newCheck(x.Area, inspection.Joint)
	n.FromDay, n.ToDay = catalog.DayOf(first), catalog.DayOf(first.AddDate(0, 0, 1))
	c, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, n, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, day := range []struct {
		at            int // days from the first one
		opens, closed string
	}{{at: -1, opens: n.FromDay}, {at: 0}, {at: 1}, {at: 2, closed: n.ToDay}} {
		x.clock = first.AddDate(0, 0, day.at)
		r, err := x.Inspection.Route(x.as("bing inspector"), x.Prison, c.ID)
		if err != nil || r.OpensOn != day.opens || r.ClosedAfter != day.closed {
			t.Errorf("day %d: opens on %q, closed after %q, %v", day.at, r.OpensOn, r.ClosedAfter, err)
		}
		err = x.look("bing inspector", c, inspection.Look{Line: "YJ-02.missing", Result: inspection.Met}, seen)
		if r.MayLook != (err == nil) || r.MayLook != (day.opens+day.closed == "") {
			t.Errorf("day %d: offered %t, then %v", day.at, r.MayLook, err)
		}
		if err == nil {
			seen++
		}
		if r, err := x.Inspection.Route(x.as("area head"), x.Prison, c.ID); err != nil || r.MayLook || r.OpensOn+r.ClosedAfter != "" {
			t.Errorf("day %d: who is checked is told %+v, %v", day.at, r, err)
		}
	}
	kept := inspection.Look{Line: "YJ-02.missing", Result: inspection.Met, LookedAt: first.Add(time.Hour)}
	if err := x.look("bing inspector", c, kept, seen); err != nil {
		t.Errorf("kept on a device since: %v", err)
	}
}

// TestLooksOfALineAreBounded: as all of them go along with every route.
func TestLooksOfALineAreBounded(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	met := inspection.Look{Line: "YJ-02.missing", Result: inspection.Met}
	if err := x.look("bing inspector", c, met, 0); err != nil {
		t.Fatal(err)
	}
	x.past(`insert into looks (prison_id, check_id, line, n, result, note, place, looked_at, photos, author, salt)
		select prison_id, check_id, line, i, result, note, place, looked_at, photos, author, salt from looks, generate_series(2, 49) i`)
	if err := x.look("bing inspector", c, met, 49); err != nil {
		t.Errorf("the fiftieth: %v", err)
	}
	wants(t, "one more", x.look("bing inspector", c, met, 50), "looks_full")
	wants(t, "one that did not see the last", x.look("bing inspector", c, met, 49), "changed_meanwhile")
	met.Line = "JG-04.found"
	if err := x.look("bing inspector", c, met, 0); err != nil {
		t.Errorf("at another line: %v", err)
	}
}

// TestLooksGuarded: past the use case the database says the same.
func TestLooksGuarded(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c, other := x.open(x.Area, inspection.Joint), x.open(x.Other, inspection.Joint)
	x.find(c, x.finding("JG-04.found", 1))
	photo, anothers := x.photo(other, 1), x.photo(c, 2)
	insert := `insert into looks (prison_id, check_id, line, n, result, note, place, looked_at, photos, author, salt) values ($1, $2, $3, $4, $5, '', '', now(), $6::text[], $7, decode(repeat('00', 32), 'hex'))`
	member := x.Person("bing inspector").PersonID
	try := func(check uuid.UUID, line string, n int, result string, photos []string, by uuid.UUID) error {
		_, err := x.Owner.Exec(t.Context(), insert, x.Prison, check, line, n, result, photos, by)
		return err
	}
	for name, tt := range map[string]struct {
		err  error
		says string
	}{
		"nobody of the team":        {try(c.ID, "YJ-02.missing", 1, "met", []string{}, x.Person("bing second inspector").PersonID), "not of the team"},
		"a line of ledgers":         {try(c.ID, "YJ-01.ontime", 1, "met", []string{}, member), "no such line"},
		"over a finding":            {try(c.ID, "JG-04.found", 1, "met", []string{}, member), "finding stands"},
		"the second before another": {try(c.ID, "YJ-02.missing", 2, "met", []string{}, member), "meanwhile"},
		"without a word":            {try(c.ID, "YJ-02.missing", 1, "not_seen", []string{}, member), "looks_check"},
		"of another check":          {try(c.ID, "YJ-02.missing", 1, "met", []string{photo}, member), "none of the check"},
		"the same one twice":        {try(other.ID, "YJ-02.missing", 1, "met", []string{photo, photo}, member), "none of the check"},
		"brought by another":        {try(c.ID, "YJ-02.missing", 1, "met", []string{anothers}, x.Person("yi inspector").PersonID), "none of the check"},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.says) {
			t.Errorf("%s: %v", name, tt.err)
		}
	}
	if err := try(c.ID, "YJ-02.missing", 1, "met", []string{}, member); err != nil {
		t.Errorf("what is right: %v", err)
	}
	x.confirm(c)
	if err := try(c.ID, "JG-02.video", 1, "met", []string{}, member); err == nil || !strings.Contains(err.Error(), "not open") {
		t.Errorf("after the sheet: %v", err)
	}
}

// TestSheetIsConfirmedWithItsLooks: a look is one more act; who saw the sheet before it has not seen it.
func TestSheetIsConfirmedWithItsLooks(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	seen := x.whole(c).Seq
	if err := x.look("bing inspector", c, inspection.Look{Line: "YJ-02.missing", Result: inspection.Met}, 0); err != nil {
		t.Fatal(err)
	}
	_, err := x.Inspection.Confirm(x.as("yi inspector"), x.Prison, c.ID, seen, catalog.DayOf(x.clock.AddDate(0, 1, 0)), ledger.Idem{})
	wants(t, "as it was before the look", err, "changed_meanwhile")
	x.confirm(c)
}

// TestLooksHTTP: through the door, each answer as the contract says.
func TestLooksHTTP(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	client := serving(t, x.House, "bing inspector").as(t, "bing inspector")
	at := "/prisons/" + x.Prison.String() + "/checks/" + c.ID.String()
	n := 0
	ask := func(method, path, body string, want int) map[string]any {
		t.Helper()
		n++
		status, answer := client.do(t, method, at+path, body, map[string]string{"Idempotency-Key": fmt.Sprintf("looks-http-%d", n)})
		if status != want {
			t.Fatalf("%s %s: %d %v", method, path, status, answer)
		}
		return answer
	}
	ask("PATCH", "/photos", "不是照片", http.StatusUnsupportedMediaType)
	photo := ask("PATCH", "/photos", string(housetest.Photo(1)), http.StatusOK)["sha256"].(string)
	now := time.Now().UTC().Format(time.RFC3339)
	ask("POST", "/looks", fmt.Sprintf(`{"line":"YJ-02.missing","result":"met","place":"二楼","looked_at":%q,"photos":[%q],"seen":0}`, now, photo), http.StatusOK)
	ask("POST", "/looks", `{"line":"YJ-02.missing","result":"met","seen":0}`, http.StatusPreconditionFailed)
	ask("POST", "/looks", `{"line":"YJ-02.missing","result":"not_seen","seen":1}`, http.StatusUnprocessableEntity)
	finding := fmt.Sprintf(`{"line":"JG-04.found","day":%q,"count":1,"note":"自制挂钩","conclusion":"不符合","severity":"moderate","scope":"limited","sources":["seen"],"photos":[%q]}`, catalog.DayOf(time.Now()), photo)
	ask("POST", "/findings", finding, http.StatusOK)
	ask("POST", "/looks", `{"line":"JG-04.found","result":"met","seen":0}`, http.StatusConflict)
	route := ask("GET", "/looks", "", http.StatusOK)
	if route["may_look"] != true || len(route["lines"].([]any)) < 50 {
		t.Errorf("%v", route)
	}
	for _, path := range []string{"/photos/" + photo, "/photos/" + photo + "/thumbnail"} {
		if status, _ := client.do(t, "GET", at+path, "", nil); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
	}
	// What a camera took on its side is seen upright.
	lies := slices.Concat([]byte("\xFF\xD8\xFF\xE1\x00\x22Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"), housetest.Photo(2)[2:])
	tall := ask("PATCH", "/photos", string(lies), http.StatusOK)
	if tall["width"] != float64(30) || tall["height"] != float64(40) {
		t.Errorf("%v", tall)
	}
	small, err := jpeg.DecodeConfig(bytes.NewReader(client.file(t, at+"/photos/"+tall["sha256"].(string)+"/thumbnail")))
	if err != nil || small.Width != 30 || small.Height != 40 {
		t.Errorf("%+v %v", small, err)
	}
	ask("GET", "/photos/"+strings.Repeat("0", 64), "", http.StatusNotFound)
	ask("GET", "", "", http.StatusOK)
}
