package housetest_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
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
	listed, err := h.Inspection.Checks(j.as("bureau office"), h.Prison)
	if err != nil {
		t.Fatal(err)
	}
	mock := listed.Checks[0]
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

// sheet is the paper of a kept score.
func (j *journey) sheet(who string, run uuid.UUID) []byte {
	j.t.Helper()
	_, body, err := j.h.Inspection.Paper(j.as(who), j.h.Prison, run)
	if err != nil {
		j.t.Fatal(err)
	}
	raw, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close()); err != nil {
		j.t.Fatal(err)
	}
	return raw
}

// TestSheetCode: a score sheet is frozen when it is first asked for; its code tells which score it
// is, to whoever may read that, and whether a later one of the same check took its place.
func TestSheetCode(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Mock)
	first := x.find(c, x.finding("YJ-02.missing", 3))
	run := *x.confirm(c).Run
	guest := serving(t, x.House, "bureau office").as(t, "bureau office")
	at := "/prisons/" + x.Prison.String() + "/runs/" + run.String() + "/sheet"
	papers, office := make([][]byte, 2), x.as("bureau office")
	atOnce(t, 2, func(i int) error {
		_, body, err := x.Inspection.Paper(office, x.Prison, run)
		if err != nil {
			return err
		}
		papers[i], err = io.ReadAll(body)
		return errors.Join(err, body.Close())
	}, 2)
	if !bytes.Equal(papers[0], papers[1]) {
		t.Error("asked for twice at once it is two papers")
	}
	if _, err := x.Owner.Exec(t.Context(), "update areas set name_zh = '改名监区' where area_id = $1", x.Area); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(guest.file(t, at), papers[0]) {
		t.Error("after the area was given another name it is another file")
	}
	var code string
	if err := x.Owner.QueryRow(t.Context(), "select code from sheet_prints where run_id = $1", run).Scan(&code); err != nil {
		t.Fatal(err)
	}
	pages := onPaper(t, papers[0])
	for n, p := range pages {
		if !strings.Contains(strings.ReplaceAll(p, " ", ""), "核验码"+printing.Spelled(code)) {
			t.Errorf("page %d does not bear the code", n+1)
		}
	}
	s := x.Inspection.Papers
	a, err := s.Verify(x.as("area head"), strings.ToLower(printing.Spelled(code)))
	if err != nil || a.Form != nil || a.Sheet == nil || !a.InForce || a.Sheet.Run != run || a.Sheet.Area != x.Area || !strings.Contains(strings.ReplaceAll(pages[0], " ", ""), "显示"+a.Sheet.Display) || a.Sheet.Score.String() != x.whole(c).Score || a.Leaf <= a.Sheet.Leaf {
		t.Errorf("%+v %v", a, err)
	}
	for _, who := range []string{"officer elsewhere", "yi prison office"} {
		if _, err := s.Verify(x.as(who), code); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s verifies: %v", who, err)
		}
		if _, _, err := x.Inspection.Paper(x.as(who), x.Prison, run); err == nil {
			t.Errorf("%s prints", who)
		}
	}
	if _, same, err := s.Compare(x.as("area head"), code, bytes.NewReader(papers[0])); err != nil || !same {
		t.Errorf("the paper itself: %v %v", same, err)
	}
	if _, same, err := s.Compare(x.as("area head"), code, bytes.NewReader(papers[0][1:])); err != nil || same {
		t.Errorf("another file: %v %v", same, err)
	}
	status, answer := guest.do(t, "GET", "/prints/"+code, "", nil)
	if sheet, ok := answer["sheet"].(map[string]any); status != http.StatusOK || !ok || sheet["kind"] != inspection.Mock {
		t.Errorf("over HTTP: %d %v", status, answer)
	}
	if _, err := x.Inspection.Appeal(x.as("area head"), x.Prison, c.ID, first, "设施当日已送修", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Inspection.DecideAppeal(x.as("bureau leader"), x.Prison, c.ID, first, inspection.AppealDecision{Verdict: "annul", Reason: "经复核"}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	x.later()
	if _, err := x.Inspection.Close(x.as("bureau office"), x.Prison, c.ID, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if a, err := s.Verify(x.as("area head"), code); err != nil || a.InForce {
		t.Errorf("after the appeal the old sheet stands: %+v %v", a, err)
	}
	if !bytes.Equal(guest.file(t, at), papers[0]) {
		t.Error("after the appeal the old sheet is another file")
	}
	verified(t, x.House).notices(t, map[string][2]string{"pages": {"update sheet_prints set pages = pages + 1", "update sheet_prints set pages = pages - 1"}})
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
