package housetest_test

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"taizhang/internal/accreditation"
	"taizhang/internal/housetest"
	"taizhang/internal/lifecycle"
	"taizhang/internal/overview"
	"taizhang/schemas"
)

// TestAddedStep: a step that a newer version of the road adds by data alone ("等", R34) is gone by every
// case that is submitted from then on, with its record and its place on the map; a case on its way has
// the road it was submitted under.
func TestAddedStep(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	const social = `{"state": "ON_SITE", "record": "sheet"}, {"state": "PARTY_REVIEW", "record": "meeting"}, {"state": "NAMED"}`
	j.newRoad(`"LOOKBACK": {"zh"`, `"SOCIAL": {"zh": "社会评议中", "en": "Public opinion"}, "LOOKBACK": {"zh"`,
		social, `{"state": "ON_SITE", "record": "sheet"}, {"state": "SOCIAL", "record": "form"}, {"state": "PARTY_REVIEW", "record": "meeting"}, {"state": "NAMED"}`,
		`{"id": "T13"`, `{"id": "X1", "event": "heard", "from": ["SOCIAL"], "to": "@next", "actors": ["BO"], "guards": ["reason"], "title": {"zh": "评议完成", "en": "Heard"}}, {"id": "T13"`)
	both := h.Cases.Machines
	h.Cases.Machines = accreditation.Machines{1: both[1]}
	older := j.begin("area head", h.Area, "area")
	j.screened(older)
	h.Cases.Machines = both
	if slices.ContainsFunc(j.whole("bureau office", older).Road, func(s accreditation.StepShown) bool { return s.State == "SOCIAL" }) {
		t.Error("a case on its way has a step that its road had not")
	}
	j.ask("area head", older, "withdraw")
	j.act("prison office", older, accreditation.Act{Event: "withdraw", Reason: "改按新规定申报"})

	c := j.reviewed()
	w := j.whole("bureau office", c)
	if w.State != "SOCIAL" || w.StateTitle.ZH != "社会评议中" {
		t.Fatalf("after the acceptance: %s %s", w.State, w.StateTitle.ZH)
	}
	j.refused("party secretary", c, accreditation.Act{Event: "agree", Document: "局发1号", DocumentOn: j.day()}, "case_forbids")
	j.refused("bureau office", c, accreditation.Act{Event: "heard", Reason: "评议良好"}, "record")
	if !slices.ContainsFunc(w.Makes, func(m accreditation.Makes) bool { return m.Kind == "form" }) {
		t.Errorf("the step's record is not offered: %+v", w.Makes)
	}
	if _, err := j.makes("area head", c, "form", "", accreditation.Note{Day: j.day(), Text: "自己写的"}); err == nil {
		t.Error("the unit made the record of the bureau's step")
	}
	j.record("bureau office", c, "form", "", accreditation.Note{Day: j.day(), Text: "评议 30 人，满意 29 人"})
	if a := j.whole("bureau office", c).Actions; !slices.ContainsFunc(a, func(x lifecycle.Choice) bool { return x.Transition == "X1" && len(x.Refused) == 0 }) {
		t.Errorf("the act is not offered: %+v", a)
	}
	o, err := h.Overview.Province(j.as("bureau office"), "")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(o.Steps, func(s overview.Step) bool { return s.State == "SOCIAL" })
	if at < 0 || o.Steps[at].Area != 1 || o.Steps[at+1].State != "PARTY_REVIEW" && o.Steps[at+1].State != "LOOKBACK" {
		t.Errorf("on the map of steps: %+v", o.Steps)
	}
	j.act("bureau office", c, accreditation.Act{Event: "heard", Reason: "评议良好"})
	j.meeting("party secretary", c, "agree")
	if got := j.act("party secretary", c, accreditation.Act{Event: "agree", Document: "局发〔2026〕1号", DocumentOn: j.day()}); got.State != lifecycle.Named {
		t.Errorf("at the end: %s", got.State)
	}
	verified(t, h)

	if err := h.Cases.Complete(t.Context()); err != nil {
		t.Error(err)
	}
	h.Cases.Machines = accreditation.Machines{1: both[1]}
	if err := h.Cases.Complete(t.Context()); err == nil || !strings.Contains(err.Error(), "v2/case.json is wanted") {
		t.Errorf("without the road of a case: %v", err)
	}
}

// TestRoadsOfTheHouse: what stands in the house's folder is held to the form of a road, and replaces no
// shipped one.
func TestRoadsOfTheHouse(t *testing.T) {
	t.Parallel()
	raw, err := fs.ReadFile(schemas.FS, "accreditation/v1/case.json")
	if err != nil {
		t.Fatal(err)
	}
	second := bytes.Replace(raw, []byte(`"version": 1,`), []byte(`"version": 2,`), 1)
	for want, own := range map[string]fstest.MapFS{
		"version 1 is shipped":        {"v1/case.json": {Data: raw}},
		"whose place is v2/case.json": {"v3/case.json": {Data: second}},
		"v2/case.json: machine: [\"transition T4: guard nobody is not known": {"v2/case.json": {Data: bytes.Replace(second, []byte(`"guards": ["in_use", "team"`), []byte(`"guards": ["nobody", "team"`), 1)}},
	} {
		if _, err := housetest.Roads(own); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	two, err := housetest.Roads(fstest.MapFS{"v2/case.json": {Data: second}, "README": {Data: []byte("notes")}})
	if err != nil || len(two) != 2 {
		t.Errorf("%d roads: %v", len(two), err)
	}
}
