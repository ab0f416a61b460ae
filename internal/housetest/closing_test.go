package housetest_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"taizhang/internal/inspection"
)

// TestPrintsOfRun: a kept score on paper says how the items of the check before stood when it was kept,
// whatever was put right since: two prints of one run are one file.
func TestPrintsOfRun(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c, base := j.atBaseline()
	j.confirm(base, lost80...)
	j.checked(h.Area, inspection.Mock, j.team(ofThree...), "bureau office")
	list, _, _, err := h.Inspection.Checks(j.as("bureau office"), h.Prison)
	if err != nil {
		t.Fatal(err)
	}
	mock := list[0]
	if mock.Kind != inspection.Mock || mock.Run == nil {
		t.Fatalf("%+v of case %s", mock, c)
	}
	guest := serving(t, h, "bureau office").as(t, "bureau office")
	printed := func() []byte {
		t.Helper()
		return guest.file(t, "/prisons/"+h.Prison.String()+"/runs/"+mock.Run.String()+"/sheet")
	}
	first := printed()
	closing := func() inspection.Closing {
		t.Helper()
		w, err := h.Inspection.Whole(j.as("bureau office"), h.Prison, mock.ID)
		if err != nil || w.Closing == nil {
			t.Fatalf("%+v %v", w, err)
		}
		return *w.Closing
	}
	if x := closing(); x.All != 2 || x.Verified != 0 {
		t.Errorf("before: %+v", x)
	}
	j.rectified()
	if x := closing(); x.All != 2 || x.Verified != 2 {
		t.Errorf("after: %+v", x)
	}
	if !bytes.Equal(printed(), first) {
		t.Error("printed later it is another file")
	}
}

// file is what a route sends, as it is.
func (c *client) file(t *testing.T, path string) []byte {
	t.Helper()
	r, err := c.Get(c.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	raw, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", path, r.StatusCode, raw, err)
	}
	return raw
}
