package housetest_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/schemas"
)

// dearer is the next version of the ordinary areas' standard: two lines cost more.
func dearer(t *testing.T) scoring.Set {
	t.Helper()
	set, err := scoring.ReadSet(schemas.FS, "standards/ordinary-area/v2")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []*[]byte{&set.Standard, &set.Rules, &set.Guide} {
		*part = bytes.Replace(*part, []byte(`"version": 2`), []byte(`"version": 3`), 1)
	}
	for _, line := range []string{"JG-02.completeness", "JG-02.video"} {
		i := bytes.Index(set.Rules, []byte(`"`+line+`"`))
		j := i + bytes.Index(set.Rules[i:], []byte(`"deduct": "`)) + len(`"deduct": "`)
		set.Rules = bytes.Join([][]byte{set.Rules[:j], []byte("4"), set.Rules[j+1:]}, nil)
	}
	return set
}

// thinned is a sheet without its indicators, as a supposition shows it.
func thinned(sheet scoring.Sheet) *scoring.Sheet {
	for i := range sheet.Domains {
		sheet.Domains[i].Indicators = nil
	}
	return &sheet
}

// keptSheet is that of a run that the area's head keeps.
func keptSheet(t *testing.T, h *housetest.House) *scoring.Sheet {
	t.Helper()
	r, err := h.Assessment.Keep(h.As(t.Context(), "area head"), h.Prison, h.Area, assessment.SelfCheck, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	whole, _, err := h.Assessment.Run(h.As(t.Context(), "area head"), h.Prison, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	return sheetOf(t, whole)
}

func sheetOf(t *testing.T, r assessment.Run) *scoring.Sheet {
	t.Helper()
	var sheet scoring.Sheet
	if err := json.Unmarshal(r.Sheet, &sheet); err != nil {
		t.Fatal(err)
	}
	return thinned(sheet)
}

func supposedAs(t *testing.T, h *housetest.House, w assessment.Supposed) *scoring.Sheet {
	t.Helper()
	s, err := h.Assessment.Suppose(h.As(t.Context(), "area head"), h.Prison, h.Area, w)
	if err != nil {
		t.Fatal(err)
	}
	return s.After
}

// TestWhatIfOfVersion: what is supposed by a version is what a run pinned at it says of the same
// data, before it is in force, while it is, and after. Only what is issued can be supposed.
func TestWhatIfOfVersion(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	reckon(t, h, "duty-log", map[string]string{"due": "30", "filled": "27", "ontime": "27", "unfilled": "3", "late": "3", "missing": "3"})
	spotted(t, h, "JG-02.video", 2)
	today, tomorrow := catalog.DayOf(time.Now()), catalog.DayOf(time.Now().AddDate(0, 0, 1))
	v := reviewed(t, h, dearer(t))
	if _, err := h.Assessment.Suppose(h.As(ctx, "bureau office"), h.Prison, h.Area, assessment.Supposed{Version: 3}); fault.CodeOf(err) != "standard_unknown" {
		t.Errorf("by a draft: %v", err)
	}
	if _, err := h.Standards.Issue(h.As(ctx, "bureau office"), v.Standard, 3, v.Revision, tomorrow, onceAs("issue")); err != nil {
		t.Fatal(err)
	}
	offered := func() []assessment.Offer {
		r, err := h.Assessment.Readiness(h.As(ctx, "officer"), h.Prison, h.Area)
		if err != nil {
			t.Fatal(err)
		}
		for i := range r.Versions {
			if r.Versions[i].Version < 3 {
				r.Versions[i].EffectiveOn = ""
			}
		}
		return r.Versions
	}
	if diff := cmp.Diff([]assessment.Offer{{Version: 3, EffectiveOn: tomorrow}, {Version: 2}, {Version: 1, InForce: true}}, offered()); diff != "" {
		t.Errorf("offered (-want +got):\n%s", diff)
	}
	first, third := keptSheet(t, h), supposedAs(t, h, assessment.Supposed{Version: 3})
	if first.Score.Equal(third.Score) || third.Version != 3 {
		t.Fatalf("by version 1 %s, by version 3 %s: nothing is told apart", first.Score, third.Score)
	}
	found, err := h.Assessment.Findings(h.As(ctx, "officer"), h.Prison, h.Area)
	if err != nil {
		t.Fatal(err)
	}
	var counted []scoring.Finding
	for _, f := range found {
		counted = append(counted, scoring.Finding{ID: f.ID, Line: f.Line, Day: f.Day, Count: f.Count, Note: f.Note})
	}
	for _, version := range []int{1, 2, 3} {
		std, err := h.Standards.Compiled(ctx, v.Standard, version)
		if err != nil {
			t.Fatal(err)
		}
		run, err := h.Assessment.Checked(h.As(ctx, "bureau office"), h.Prison, assessment.Checked{Area: h.Area, Kind: "onsite", Standard: std, AsOf: today, Findings: counted})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sheetOf(t, run), supposedAs(t, h, assessment.Supposed{Version: version})); diff != "" {
			t.Errorf("version %d (-run +supposed):\n%s", version, diff)
		}
	}
	// Its day comes.
	if _, err := h.Owner.Exec(ctx, "set session_replication_role = replica; update standard_sets set effective_on = '"+today+"' where standard = '"+v.Standard+"' and version = 3; set session_replication_role = origin"); err != nil {
		t.Fatal(err)
	}
	if err := h.Standards.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(keptSheet(t, h), third); diff != "" {
		t.Errorf("once it is in force (-run +supposed):\n%s", diff)
	}
	if diff := cmp.Diff(first, supposedAs(t, h, assessment.Supposed{Version: 1})); diff != "" {
		t.Errorf("by the version before (-run +supposed):\n%s", diff)
	}
	if diff := cmp.Diff([]assessment.Offer{{Version: 3, EffectiveOn: today, InForce: true}, {Version: 2}, {Version: 1}}, offered()); diff != "" {
		t.Errorf("offered then (-want +got):\n%s", diff)
	}
	// A version for areas of another function is not offered, nor supposed.
	if _, err := h.Owner.Exec(ctx, "set session_replication_role = replica; update standard_sets set functions = '{strict}' where standard = '"+v.Standard+"' and version = 2; set session_replication_role = origin"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]assessment.Offer{{Version: 3, EffectiveOn: today, InForce: true}, {Version: 1}}, offered()); diff != "" {
		t.Errorf("offered beside another function's (-want +got):\n%s", diff)
	}
	if _, err := h.Assessment.Suppose(h.As(ctx, "area head"), h.Prison, h.Area, assessment.Supposed{Version: 2}); fault.CodeOf(err) != "standard_unknown" {
		t.Errorf("by another function's: %v", err)
	}
	if _, err := h.Assessment.Suppose(h.As(ctx, "area head"), h.Prison, h.Area, assessment.Supposed{Version: 9}); fault.CodeOf(err) != "standard_unknown" {
		t.Errorf("by none: %v", err)
	}
}

// TestWhatIfLess: without a finding it is as before the finding came, and with other facts as
// after they came.
func TestWhatIfLess(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	reckon(t, h, "duty-log", map[string]string{"due": "30", "filled": "29", "unfilled": "1"})
	spotted(t, h, "YJ-02.missing", 1)
	before := keptSheet(t, h)
	spotted(t, h, "JG-02.video", 3)
	found, err := h.Assessment.Findings(h.As(t.Context(), "officer"), h.Prison, h.Area)
	if err != nil {
		t.Fatal(err)
	}
	var video []string
	for _, f := range found {
		if f.Line == "JG-02.video" {
			video = append(video, f.ID)
		}
	}
	if diff := cmp.Diff(before, supposedAs(t, h, assessment.Supposed{Without: video})); diff != "" {
		t.Errorf("without the finding (-run +supposed):\n%s", diff)
	}
	yesterday := catalog.DayOf(time.Now().AddDate(0, 0, -1))
	supposed := supposedAs(t, h, assessment.Supposed{Facts: []scoring.DayFact{
		{Ledger: "duty-log", Measure: "due", Day: yesterday, Value: *exact(t, "10")},
		{Ledger: "duty-log", Measure: "filled", Day: yesterday, Value: *exact(t, "4")},
		{Ledger: "duty-log", Measure: "backfilled", Day: yesterday, Value: *exact(t, "2")},
	}})
	reckon(t, h, "duty-log", map[string]string{"due": "40", "filled": "33", "unfilled": "7", "backfilled": "2"})
	if diff := cmp.Diff(keptSheet(t, h), supposed); diff != "" {
		t.Errorf("with other facts (-run +supposed):\n%s", diff)
	}
}

// TestSinceSaysWhy: a gain by a denominator is told with what was compared; after another version
// came into force the evening is compared by its own, and what that one scores is beside.
func TestSinceSaysWhy(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	reckon(t, h, "duty-log", map[string]string{"due": "10", "filled": "9", "unfilled": "1", "ontime": "10"})
	if err := h.Assessment.CloseDay(ctx, h.Prison); err != nil {
		t.Fatal(err)
	}
	since := func() *assessment.Since {
		t.Helper()
		r, err := h.Assessment.Readiness(h.As(ctx, "officer"), h.Prison, h.Area)
		if err != nil {
			t.Fatal(err)
		}
		return r.Since
	}
	reckon(t, h, "duty-log", map[string]string{"due": "20", "filled": "19", "unfilled": "1", "ontime": "20"})
	of := func(of, per string) *scoring.Measured {
		return &scoring.Measured{Of: *exact(t, of), Per: exact(t, per)}
	}
	want := []scoring.Change{{Domain: "JG", Indicator: "JG-02", Line: "JG-02.completeness", Before: *exact(t, "10"), After: *exact(t, "5"),
		Was: of("9", "10"), Is: of("19", "20"), Came: []scoring.Ref{}, Went: []scoring.Ref{}}}
	got := since()
	for i := range got.Changes {
		got.Changes[i].Title = fault.Text{}
	}
	if diff := cmp.Diff(want, got.Changes); diff != "" || got.Now != nil || got.Version != 1 {
		t.Errorf("by version %d, now %v (-want +got):\n%s", got.Version, got.Now, diff)
	}
	was := scored(t, h)
	v := reviewed(t, h, dearer(t))
	if _, err := h.Standards.Issue(h.As(ctx, "bureau office"), v.Standard, 3, v.Revision, catalog.DayOf(time.Now()), onceAs("issue")); err != nil {
		t.Fatal(err)
	}
	if now := scored(t, h); now.Version != 3 || now.Score.Equal(was.Score) {
		t.Fatalf("version %d scores %s, as the one before", now.Version, now.Score)
	}
	got = since()
	for i := range got.Changes {
		got.Changes[i].Title = fault.Text{}
	}
	if diff := cmp.Diff(want, got.Changes); diff != "" || got.Now == nil || !got.Now.Equal(was.Score) || got.Standard != v.Standard || got.Version != 1 {
		t.Errorf("after another version by version %d, now %v (-want +got):\n%s", got.Version, got.Now, diff)
	}
}
