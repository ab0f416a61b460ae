package housetest_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/accreditation"
	"taizhang/internal/inspection"
)

// packed are the files of the package of a case.
func (j *journey) packed(who string, c uuid.UUID) map[string][]byte {
	j.t.Helper()
	_, body, err := j.h.Cases.OpenPackage(j.as(who), j.h.Prison, c)
	if err != nil {
		j.t.Fatal(err)
	}
	raw, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close()); err != nil {
		j.t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		j.t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			j.t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			j.t.Fatal(err)
		}
	}
	return files
}

// TestPackageOfTwoRounds: a department that was silent in the first round and spoke in the second is
// silent in the first for ever; the report says so, under the names of prison and departments.
func TestPackageOfTwoRounds(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	if _, err := h.Owner.Exec(t.Context(), "update departments set bureau_zh = '教育改造处' where code = 'dept_education'"); err != nil {
		t.Fatal(err)
	}
	c, base := j.wholeAtBaseline("demonstration")
	j.confirm(base, loss{"P-DW-02.untrained", 1})
	said := j.record(headOfCustody, c, "opinion", custody, accreditation.Opines{Value: "delay", Reason: "整改未完"})
	j.days(30)
	j.act("bureau office", c, accreditation.Act{Event: "postpone", Reason: "处室意见为延迟", Cites: []accreditation.Cite{{Department: said.Department}}})
	j.ask("warden", c, "again")
	j.until(j.whole("warden", c).Earliest)
	j.rectified("prison office")
	base = j.open(c, uuid.Nil, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "again"})
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	for _, o := range j.departments(c) {
		j.record("head of the "+strings.TrimPrefix(o, "dept_")+" line", c, "results", o, accreditation.Result{Met: true, Text: "本线达到要求"})
	}
	j.prisonAccepted(c)
	j.meeting("party secretary", c, "agree")
	j.act("party secretary", c, accreditation.Act{Event: "agree"})
	files := j.packed("party secretary", c)
	var opinions []struct {
		Department string                `json:"department"`
		Opines     *accreditation.Opines `json:"opinion"`
	}
	if err := json.Unmarshal(files["opinions.json"], &opinions); err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, o := range opinions {
		switch {
		case o.Department != "dept_education":
		case o.Opines == nil:
			values = append(values, "none")
		default:
			values = append(values, o.Opines.Value)
		}
	}
	if !slices.Equal(values, []string{"none", "on_time"}) {
		t.Errorf("the education department said %v", values)
	}
	sheets := 0
	for name := range files {
		sheet, ok := strings.CutSuffix(name, ".json")
		if !ok || !strings.HasPrefix(name, "sheets/") {
			continue
		}
		sheets++
		_, run, _ := strings.Cut(sheet, "-")
		if !bytes.Equal(files[sheet+".pdf"], j.sheet("bureau office", uuid.MustParse(run))) {
			t.Errorf("%s does not stand in it as the paper that the page gives", name)
		}
	}
	if sheets < 3 { // of two rounds at the baseline and the acceptance
		t.Errorf("%d score sheets", sheets)
	}
	report := strings.Join(onPaper(t, files["report.pdf"]), "")
	var prison string
	if err := h.Owner.QueryRow(t.Context(), "select name_zh from prisons where prison_id = $1", h.Prison).Scan(&prison); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{prison + "　监狱整体", "教育改造处", "内未提出意见", "业务考核评估", "本线达到要求", "示范作用评估", "合计", "80", "申报条件", "普通监区", "罪犯伙房"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if strings.Contains(report, "dept_") {
		t.Error("the report names departments by their codes")
	}
	verified(t, h)
}
