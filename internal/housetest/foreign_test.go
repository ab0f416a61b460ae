package housetest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/accreditation"
	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

func foreign(t *testing.T, file string) []byte {
	t.Helper()
	raw, err := os.ReadFile("../standards/testdata/foreign/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// framework brings a table of another field in, lines renamed on screen, has it reviewed by a second person,
// and issues it.
func (j *journey) framework(id string, raw []byte, line string, renamed ...string) {
	j.t.Helper()
	j.edition(id, 1, raw, line, renamed...)
}

func (j *journey) edition(id string, version int, raw []byte, line string, renamed ...string) {
	j.t.Helper()
	frame := standards.Frame{ID: id, Version: version, Title: fault.Text{ZH: id}, Unit: scoring.Kind{Kind: "other"}, Line: *exact(j.t, line), Months: 12}
	v, bad, err := j.h.Standards.Import(j.as("bureau office"), bytes.NewReader(raw), int64(len(raw)), frame, 0, ledger.Idem{})
	if err != nil || len(bad) > 0 {
		j.t.Fatalf("%s: %v %v", id, bad, err)
	}
	w, err := j.h.Standards.Load(j.as("bureau office"), id, version)
	if err != nil {
		j.t.Fatal(err)
	}
	if len(renamed) > 0 {
		for _, part := range []*[]byte{&w.Set.Rules, &w.Set.Guide} {
			*part = []byte(strings.NewReplacer(renamed...).Replace(string(*part)))
		}
		if v, err = j.h.Standards.Save(j.as("bureau office"), id, version, v.Revision, w.Set, ledger.Idem{}); err != nil {
			j.t.Fatal(err, refusals(err))
		}
	}
	if r, err := j.h.Standards.Check(j.as("bureau office"), w.Set); err != nil || len(r.Mistakes) > 0 {
		j.t.Fatalf("%s is not to be released: %v %v", id, r.Mistakes, err)
	}
	if v, err = j.h.Standards.Review(j.as("bureau leader"), id, version, standards.Verdict{Verdict: "pass", Digest: v.Digest}, v.Revision, ledger.Idem{}); err != nil {
		j.t.Fatal(err)
	}
	if _, err = j.h.Standards.Issue(j.as("bureau office"), id, version, v.Revision, j.day(), ledger.Idem{}); err != nil {
		j.t.Fatal(err)
	}
}

// byFramework opens a check of a unit by it.
func (j *journey) byFramework(area uuid.UUID, id string) inspection.Check {
	j.t.Helper()
	c, err := j.h.Inspection.OpenCheck(j.as("bureau office"), j.h.Prison, inspection.NewCheck{Area: area, Kind: inspection.Other, Standard: id, FromDay: j.day(),
		ToDay: catalog.DayOf(j.clock.Now().AddDate(0, 0, 5)), Purpose: "按其他标准考核", Team: j.team(ofThree...)}, ledger.Idem{})
	if err != nil {
		j.t.Fatal(err, refusals(err))
	}
	return c
}

// says is all that the accreditation says of the house's area, its prison and a case, at one moment.
func (j *journey) says(c uuid.UUID) map[string]string {
	j.t.Helper()
	h := j.h
	// Not by j.as: no minute passes.
	warden, office := actor.With(j.t.Context(), h.Person("warden")), actor.With(j.t.Context(), h.Person("bureau office"))
	out := map[string]string{}
	for name, ask := range map[string]func() (any, error){
		"score":     func() (any, error) { s, _, err := h.Assessment.Score(warden, h.Prison, h.Area); return s, err },
		"readiness": func() (any, error) { return h.Assessment.Readiness(warden, h.Prison, h.Area) },
		"drift":     func() (any, error) { return h.Assessment.Readiness(warden, h.Prison, h.Other) },
		"history":   func() (any, error) { return h.Assessment.History(warden, h.Prison, h.Area) },
		"runs":      func() (any, error) { list, _, err := h.Assessment.Runs(warden, h.Prison, h.Area); return list, err },
		"findings":  func() (any, error) { return h.Assessment.Findings(warden, h.Prison, h.Area) },
		"diagnosis": func() (any, error) { return h.Assessment.SelfCheck(warden, h.Prison, h.Area) },
		"case":      func() (any, error) { return h.Cases.Case(office, h.Prison, c) },
		"screening": func() (any, error) { return h.Cases.Screening(office) },
		"board":     func() (any, error) { return h.Guidance.Board(office, "ordinary", "residential") },
		"province":  func() (any, error) { return h.Overview.Province(office, j.day()) },
		"prison": func() (any, error) {
			std, err := h.Standards.For(office, "prison", "", j.day())
			if err != nil {
				return nil, err
			}
			return h.Assessment.Under(office, h.Prison, uuid.Nil, nil, std)
		},
	} {
		said, err := ask()
		if err != nil {
			j.t.Fatal(name, err)
		}
		raw, err := json.Marshal(said)
		if err != nil {
			j.t.Fatal(err)
		}
		out[name] = string(raw)
	}
	return out
}

// TestImportForeign brings in whole frameworks of two other fields, issues them, holds a check of an area and
// one of a prison by them, and scores and explains every point, by the program as it is; the accreditation
// says of both units what it would say if there were no such check.
func TestImportForeign(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	// The board counts up to today: by another clock than the road's it would see none of the findings.
	h.Guidance.Now = j.clock.Now
	// Postponed and put right: one item more would hold the case up. The other area has kept a self-check alone,
	// which drift is measured by as long as there is no full check.
	c, base := j.atBaseline()
	j.confirm(base, lost80...)
	j.act("bureau office", c, accreditation.Act{Event: "postpone", Reason: "须整改", Cites: j.opined(c, "delay")})
	j.closed(base)
	j.rectified()
	if _, err := h.Assessment.Keep(j.as("area head elsewhere"), h.Prison, h.Other, assessment.SelfCheck, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	j.framework("security", foreign(t, "security.csv"), "100")
	j.framework("hospital", foreign(t, "hospital.xlsx"), "130")
	type want struct {
		points, score string
		passes        bool
		lost          map[string]string // by what the table says of the line
		domains       int
		met           string
	}
	var checks []uuid.UUID
	for _, tt := range []struct {
		framework string
		area      uuid.UUID
		met       string // a line at which nothing is found
		losses    []loss
		event     []string // lines of which one event speaks
		want      want
	}{
		// One thing not done costs all its point, however often it was seen; one event costs once.
		{"security", h.Area, "GV.PO-01.1", []loss{{"ID.AM-01.1", 1}, {"PR.DS-11.1", 2}}, []string{"DE.CM-02.1", "RS.CO-02.1"},
			want{"106", "103", true, map[string]string{
				"硬件有清单并保持更新":             "1",
				"数据有备份，备份受保护、有维护、经过恢复试验": "1",
				"监测实体环境，以发现可能的不良事件":      "1",
			}, 6, scoring.Met}},
		// Two shortfalls of one statement; five of another cost the four points it has.
		{"hospital", uuid.Nil, "S-5.1", []loss{{"S-7.1", 2}, {"R-3.1", 5}, {"C-4.1", 1}}, nil,
			want{"136", "129", false, map[string]string{
				"评估感染风险，发现并控制传播，及时通报有关机构": "2",
				"信息适当、准确、及时，形式因人而异":       "4",
				"当场听取并回应患者的需要，尽量减轻不适和焦虑":  "1",
			}, 5, scoring.Met}},
		{"security", h.Other, "GV.PO-01.1", nil, nil, want{"106", "106", true, map[string]string{}, 6, scoring.Met}},
	} {
		x := j.byFramework(tt.area, tt.framework)
		checks = append(checks, x.ID)
		if x.Standard != tt.framework || x.Version != 1 || x.Case != nil {
			t.Errorf("%s: held by %s v%d, case %v", tt.framework, x.Standard, x.Version, x.Case)
		}
		if _, err := h.Inspection.Look(j.as("inspector"), h.Prison, x.ID, inspection.Look{Line: tt.met, Result: inspection.Met}, 0, ledger.Idem{}); err != nil {
			t.Fatal(err, refusals(err))
		}
		drawn := tt.area
		if drawn == uuid.Nil {
			drawn = h.Area
		}
		if _, err := h.Inspection.Draw(j.as("inspector"), h.Prison, x.ID, inspection.NewDraw{Kind: inspection.Officers, Area: drawn, N: 1, Word: "七", Reason: "另一考核"}, ledger.Idem{}); err != nil {
			t.Fatal(err, refusals(err))
		}
		find := func(line string, n int, event string) error {
			_, err := h.Inspection.AddFinding(j.as("inspector"), h.Prison, x.ID, inspection.Finding{Line: line, Day: j.day(), Count: n, Event: event, Place: "现场", Note: "现场发现",
				Conclusion: "不符合标准", Severity: "moderate", Scope: "limited", Sources: []string{"seen"}}, ledger.Idem{})
			return err
		}
		for _, l := range tt.losses {
			if err := find(l.line, l.count, ""); err != nil {
				t.Fatal(err, refusals(err))
			}
		}
		for _, line := range tt.event {
			if err := find(line, 1, "一次入侵"); err != nil {
				t.Fatal(err, refusals(err))
			}
		}
		wants(t, "a line of the unit's own standard", find("YJ-02.missing", 1, ""), "invalid_document")
		w, err := h.Inspection.Whole(j.as("inspector"), h.Prison, x.ID)
		if err != nil {
			t.Fatal(err)
		}
		if w.Closing != nil || len(w.Carried) > 0 {
			t.Errorf("%s looks back at what another standard asked: %+v", tt.framework, w.Closing)
		}
		looked, of := 0, 0
		for _, m := range w.Coverage {
			looked, of = looked+m.Looked, of+m.Of
		}
		if total := map[string]int{"security": 106, "hospital": 34}[tt.framework]; of != total || looked != 1+len(tt.losses)+len(tt.event) {
			t.Errorf("%s: %d of %d looked at", tt.framework, looked, of)
		}
		due := catalog.DayOf(j.clock.Now().AddDate(0, 0, 1))
		if _, err := h.Inspection.Confirm(j.as("inspector"), h.Prison, x.ID, w.Seq, due, ledger.Idem{}); err != nil {
			t.Fatal(err, refusals(err))
		}
		j.closed(x.ID)
		raw, err := h.Inspection.Sheet(j.as("bureau office"), h.Prison, x.ID)
		if err != nil {
			t.Fatal(err)
		}
		sheet := &scoring.Sheet{}
		if err := json.Unmarshal(raw, sheet); err != nil {
			t.Fatal(err)
		}
		got := want{sheet.Points.String(), sheet.Score.String(), sheet.Passes, map[string]string{}, len(sheet.Domains), stateIn(sheet, tt.met)}
		leaves := new(big.Rat)
		for _, d := range sheet.Domains {
			for _, i := range d.Indicators {
				for _, l := range i.Lines {
					for _, loss := range l.Losses {
						leaves.Add(leaves, loss.Deducted.Rat())
						if loss.Deducted.Rat().Sign() > 0 {
							got.lost[l.Title.ZH] = loss.Deducted.String()
						}
						if len(loss.Refs) == 0 || loss.Refs[0].Kind != "finding" {
							t.Errorf("%s: %s is lost to nothing", tt.framework, l.ID)
						}
					}
				}
			}
		}
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(want{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.framework, diff)
		}
		if left := leaves.Add(leaves, sheet.Rescaled.Rat()); left.Cmp(new(big.Rat).Sub(sheet.Points.Rat(), sheet.Score.Rat())) != 0 {
			t.Errorf("%s: the leaves sum to %s of %s − %s", tt.framework, left.RatString(), sheet.Points.String(), sheet.Score.String())
		}
		closed, err := h.Inspection.Whole(j.as("bureau office"), h.Prison, x.ID)
		if err != nil {
			t.Fatal(err)
		}
		if paper := j.sheet("bureau office", *closed.Run); !bytes.HasPrefix(paper, []byte("%PDF")) {
			t.Errorf("%s: %d bytes are no paper", tt.framework, len(paper))
		}
		if _, same, err := h.Assessment.Run(j.as("bureau office"), h.Prison, *closed.Run); err != nil || same != assessment.Same {
			t.Errorf("%s is worked out anew: %v %v", tt.framework, same, err)
		}
	}
	with := j.says(c)
	// As if there had been none.
	for _, table := range []string{"rectifications", "findings", "looks", "draws", "check_acts", "check_members", "score_runs", "checks"} {
		(&inspected{House: h, t: t}).past(fmt.Sprintf("delete from %s where check_id in ('%s', '%s', '%s')", table, checks[0], checks[1], checks[2]))
	}
	if diff := cmp.Diff(j.says(c), with); diff != "" {
		t.Errorf("what the road says (-without +with):\n%s", diff)
	}
}

// TestFrameworkDomains: what a framework calls by the letters of a domain of the accreditation is something
// else: it names nothing there, and who is skilled in the one is not in the other.
func TestFrameworkDomains(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	j.framework("aqua", bytes.ReplaceAll(foreign(t, "security.csv"), []byte(",GV,治理"), []byte(",JY,节约用水")), "100")
	if err := skilled(h, "inspector", 0, "JY")(j.as("bureau office")); err != nil {
		t.Fatal(err)
	}
	list, err := h.Standards.Domains(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, d := range list {
		names[d.Code] = d.Title.ZH
	}
	if names["JY"] != "教育改造" || names["aqua/JY"] != "节约用水" {
		t.Errorf("%v", names)
	}
	skills := func(kind, standard string) (codes []string) {
		t.Helper()
		out, err := h.Inspection.Candidates(j.as("bureau office"), h.Prison, inspection.Call{Kind: kind, Area: h.Area, Standard: standard})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range out.People {
			codes = append(codes, p.Skills...)
		}
		return codes
	}
	if got := skills(inspection.Mock, ""); !slices.Equal(got, []string{"JY"}) {
		t.Errorf("for the accreditation: %v", got)
	}
	if got := skills(inspection.Other, "aqua"); len(got) > 0 {
		t.Errorf("for another field: %v", got)
	}
	w, err := h.Inspection.Whole(j.as("bureau office"), h.Prison, j.byFramework(h.Area, "aqua").ID)
	if err != nil || !slices.ContainsFunc(w.Uncovered, func(d standards.Domain) bool { return d.Code == "aqua/JY" }) {
		t.Errorf("uncovered: %v %v", w.Uncovered, err)
	}
}

// TestFrameworkRefused: which standard a check is held by is no free choice, says the use case, and the database.
func TestFrameworkRefused(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	listed := func(who string) inspection.Listed {
		t.Helper()
		out, err := h.Inspection.Checks(j.as(who), h.Prison)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	open := func(who, kind, standard string, team ...string) error {
		_, err := h.Inspection.OpenCheck(j.as(who), h.Prison, inspection.NewCheck{Area: h.Area, Kind: kind, Standard: standard, FromDay: j.day(), ToDay: j.day(), Purpose: "考核",
			Team: j.team(team...)}, ledger.Idem{})
		return err
	}
	if l := listed("bureau office"); slices.Contains(l.May, inspection.Other) || len(l.Frameworks) > 0 {
		t.Errorf("with no framework: %v %v", l.May, l.Frameworks)
	}
	wants(t, "none is there", open("bureau office", inspection.Other, "security", ofThree...), "bad_check")
	j.framework("security", foreign(t, "security.csv"), "100")
	if l := listed("bureau office"); !slices.Contains(l.May, inspection.Other) || len(l.Frameworks) != 1 || l.Frameworks[0].Standard != "security" {
		t.Errorf("%v %v", l.May, l.Frameworks)
	}
	for _, who := range []string{"prison office", "inspector", "warden"} {
		if l := listed(who); slices.Contains(l.May, inspection.Other) || len(l.Frameworks) > 0 {
			t.Errorf("%s: %v %v", who, l.May, l.Frameworks)
		}
	}
	wants(t, "none chosen", open("bureau office", inspection.Other, "", ofThree...), "bad_check")
	wants(t, "the accreditation's own", open("bureau office", inspection.Other, "ordinary-area", ofThree...), "bad_check")
	wants(t, "a joint check by it", open("bureau office", inspection.Joint, "security", ofThree...), "bad_check")
	wants(t, "a mock check by another of the accreditation's", open("bureau office", inspection.Mock, "kitchen", ofThree...), "bad_check")
	wants(t, "a self-check by it", open("prison office", inspection.SelfCheck, "security", "area head"), "bad_check")
	wants(t, "by the unit itself", open("prison office", inspection.Other, "security", "area head"), "forbidden")
	// What a register says of the unit is said under its own standard, whatever a framework calls its lines.
	j.framework("small", []byte("编号,方面,指标,分值,评分标准,方法\nXF-01,甲,乙,10,丙,登记\n"), "8", "XF-01.1", "XF-01.release")
	if _, err := h.Assessment.AddFinding(j.as("inspector"), h.Prison, assessment.NewFinding{Area: h.Area, Line: "XF-01.release", Day: j.day(), Count: 1, Note: "通报"}, ledger.Idem{}); err != nil {
		t.Fatal(err, refusals(err))
	}
	raw, err := h.Inspection.Sheet(j.as("bureau office"), h.Prison, j.byFramework(h.Area, "small").ID)
	if err != nil || !bytes.Contains(raw, []byte(`"score":"10"`)) {
		t.Errorf("a finding of the unit's own standard costs in another: %s %v", raw, err)
	}
	own := j.byFramework(h.Area, "security")
	c := j.begin("area head", h.Area, "area")
	for name, tt := range map[string]struct {
		kind, standard string
		of             *uuid.UUID
		refused        string
	}{
		"as it is":           {inspection.Other, "security", nil, ""},
		"a joint check":      {inspection.Joint, "security", nil, "checks_by_framework"},
		"a self-check":       {inspection.SelfCheck, "security", nil, "checks_by_framework"},
		"the unit's own":     {inspection.Other, "ordinary-area", nil, "checks_by_framework"},
		"a step of the road": {inspection.Other, "security", &c, "checks_of_case"},
	} {
		_, err := h.Owner.Exec(t.Context(), `insert into checks (prison_id, check_id, area_id, case_id, kind, standard, version, from_day, to_day, purpose, opened_by, salt)
			select prison_id, gen_random_uuid(), area_id, $2, $3, $4, version, from_day, to_day, purpose, opened_by, salt from checks where check_id = $1`, own.ID, tt.of, tt.kind, tt.standard)
		if refused, _ := errors.AsType[*pgconn.PgError](err); (err != nil) != (tt.refused != "") || refused != nil && refused.ConstraintName != tt.refused {
			t.Errorf("%s, past the use case: %v", name, err)
		}
	}
	// A later version stands for the one before, of that framework alone.
	j.edition("small", 2, []byte("编号,方面,指标,分值,评分标准,方法\nXF-01,甲,乙,20,丙,登记\n"), "16")
	editions := map[string]int{}
	for _, f := range listed("bureau office").Frameworks {
		if editions[f.Standard] != 0 {
			t.Errorf("%s twice: versions %d and %d", f.Standard, editions[f.Standard], f.Version)
		}
		editions[f.Standard] = f.Version
	}
	if diff := cmp.Diff(map[string]int{"security": 1, "small": 2}, editions); diff != "" {
		t.Errorf("in force: %s", diff)
	}
	if again := j.byFramework(h.Area, "small"); again.Version != 2 {
		t.Errorf("held by version %d", again.Version)
	}
	j.selfCheck(h.Area)
	_, err = h.Owner.Exec(t.Context(), `insert into score_runs (prison_id, run_id, area_id, kind, standard, version, engine, as_of, input, sheet, score, passes, made_by, salt, standard_digest)
		select prison_id, gen_random_uuid(), area_id, kind, 'security', 1, engine, as_of, input, sheet, score, passes, made_by, salt, standard_digest from score_runs`)
	if err == nil || !strings.Contains(err.Error(), "checks_by_framework") && !strings.Contains(err.Error(), "another field") {
		t.Errorf("a unit's own score by it, past the use case: %v", err)
	}
}

// TestFrameworkUnread: what a check is held by is not guessed where the unit could not be read.
func TestFrameworkUnread(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	j.framework("security", foreign(t, "security.csv"), "100")
	call := inspection.Call{Kind: inspection.Other, Standard: "security", Area: j.h.Area}
	if out, err := j.h.Inspection.Candidates(j.as("bureau office"), j.h.Prison, call); err != nil || len(out.Domains) == 0 {
		t.Fatalf("%v %v", out.Domains, err)
	}
	if _, err := j.h.Owner.Exec(t.Context(), "revoke select on areas from taizhang_app"); err != nil {
		t.Fatal(err)
	}
	if out, err := j.h.Inspection.Candidates(j.as("bureau office"), j.h.Prison, call); err == nil {
		t.Errorf("%v", out.Domains)
	}
}
