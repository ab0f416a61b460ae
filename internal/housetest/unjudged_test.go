package housetest_test

import (
	"testing"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
)

// TestUnjudged: an area of a kind that no standard is in force for is listed as such and says so on
// each of its pages; it has no score, and who may not see it is told of no more than before.
func TestUnjudged(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	if _, err := h.Owner.Exec(t.Context(), "update areas set kind = 'functional', function = 'hospital' where prison_id = $1 and area_id = $2", h.Prison, h.Area); err != nil {
		t.Fatal(err)
	}
	c := serving(t, h, "officer", "officer elsewhere", "warden")
	prison, area := "/prisons/"+h.Prison.String(), h.Area.String()
	warden := c.as(t, "warden")
	listed := func(who *client) (judged, unjudged int) {
		t.Helper()
		status, body := who.do(t, "GET", prison+"/scores", "", nil)
		if status != 200 {
			t.Fatalf("%d %v", status, body)
		}
		for _, x := range body["unjudged"].([]any) {
			if x.(map[string]any)["id"] != area {
				t.Errorf("listed %v", x)
			}
			unjudged++
		}
		return len(body["areas"].([]any)), unjudged
	}
	if j, u := listed(warden); j != 1 || u != 1 {
		t.Errorf("the warden: %d with a score, %d without a standard", j, u)
	}
	if j, u := listed(c.as(t, "officer elsewhere")); j != 1 || u != 0 {
		t.Errorf("an officer of another area: %d with a score, %d without a standard", j, u)
	}
	for _, page := range []string{"score", "trend", "readiness", "self-check", "runs", "history"} {
		if status, body := warden.do(t, "GET", prison+"/areas/"+area+"/"+page, "", nil); status != 409 || body["code"] != "no_standard_yet" {
			t.Errorf("%s: %d %v", page, status, body)
		}
		if status, body := c.as(t, "officer elsewhere").do(t, "GET", prison+"/areas/"+area+"/"+page, "", nil); body["code"] == "no_standard_yet" {
			t.Errorf("%s of an area one may not see: %d %v", page, status, body)
		}
	}
	board, err := h.Overview.Board(h.As(t.Context(), "warden"), h.Prison)
	if err != nil || len(board.Unjudged) != 1 || board.Unjudged[0] != h.Area {
		t.Errorf("on the board: %v %v", board.Unjudged, err)
	}
	if _, err := h.Guidance.Board(h.As(t.Context(), "bureau office"), "functional", "hospital"); fault.CodeOf(err) != "no_standard_yet" {
		t.Errorf("compared: %v", err)
	}
	for _, of := range [][2]string{{"functional", "ship"}, {"ordinary", "ship"}, {"ship", "residential"}, {"prison", ""}} {
		if _, err := h.Guidance.Board(h.As(t.Context(), "bureau office"), of[0], of[1]); fault.CodeOf(err) != "not_found" {
			t.Errorf("of what no area is, %q: %v", of, err)
		}
	}
}
