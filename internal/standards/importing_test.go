package standards_test

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/fault"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

func number(t testing.TB, s string) *scoring.Decimal {
	t.Helper()
	d, err := scoring.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

// TestImportForeign brings in frameworks of two other fields, scores them and explains
// every point, by the program as it is.
func TestImportForeign(t *testing.T) {
	type want struct {
		points, score string
		passes        bool
		domains       map[string]string
		lost          map[string]string // by finding
	}
	ratio := func(id, line, of, per string) scoring.Finding {
		return scoring.Finding{ID: id, Line: line, Day: "2026-03-03", Count: 1, Of: number(t, of), Per: number(t, per)}
	}
	count := func(id, line string, n int, event string) scoring.Finding {
		return scoring.Finding{ID: id, Line: line, Day: "2026-03-03", Count: n, Event: event}
	}
	for file, tt := range map[string]struct {
		line     string
		findings []scoring.Finding
		want     want
	}{
		// 94 of 100 costs 6 × 0.5, 91 of 95 costs 4 × 0.5, two trials 2 × 5, one thing not done all its 5.
		"security.csv": {"140", []scoring.Finding{ratio("hardware", "ID.AM-01.1", "188", "200"), ratio("trained", "PR.AT-01.1", "182", "200"),
			count("restored", "PR.DS-11.2", 2, ""), count("told", "RC.CO-03.1", 1, "")},
			want{"175", "155", true, map[string]string{"GV": "20", "ID": "37", "PR": "28", "DE": "30", "RS": "20", "RC": "20"},
				map[string]string{"hardware": "3", "trained": "2", "restored": "10", "told": "5"}}},
		// Lessons 4 × 3; 93 of 96; a bullying left alone is a gap of safety too, and counts once, there.
		"school.xlsx": {"190", []scoring.Finding{count("lessons", "QE-2.1", 4, ""), ratio("present", "BA-2.1", "930", "1000"),
			count("bullied", "BA-1.1", 1, "one"), count("safety", "LM-1.1", 1, "one")},
			want{"200", "180", false, map[string]string{"QE": "68", "BA": "37", "PD": "40", "LM": "35"},
				map[string]string{"lessons": "12", "present": "3", "bullied": "0", "safety": "5"}}},
	} {
		raw, err := os.ReadFile("testdata/foreign/" + file)
		if err != nil {
			t.Fatal(err)
		}
		set, bad, err := standards.Import(bytes.NewReader(raw), int64(len(raw)), standards.Frame{ID: "other", Version: 1, Title: fault.Text{ZH: file},
			Unit: scoring.Kind{Kind: "other"}, Line: *number(t, tt.line), Months: 12})
		if err != nil || len(bad) > 0 {
			t.Fatalf("%s: %v %v", file, bad, err)
		}
		if r := standards.Check(set, ground(t)); len(r.Mistakes) > 0 {
			t.Errorf("%s: %v", file, r.Mistakes)
		}
		s, err := scoring.Compile(set)
		if err != nil {
			t.Fatal(err)
		}
		sheet := scoring.Evaluate(s, scoring.Input{From: "2026-01-01", To: "2026-06-30", Findings: tt.findings})
		got := want{sheet.Points.String(), sheet.Score.String(), sheet.Passes, map[string]string{}, map[string]string{}}
		for _, d := range sheet.Domains {
			got.domains[d.ID] = d.Score.String()
			for _, i := range d.Indicators {
				for _, l := range i.Lines {
					for _, x := range l.Losses {
						if l.Title.ZH == "" || i.Criteria.ZH == "" {
							t.Errorf("%s: %s is lost without a word", file, l.ID)
						}
						got.lost[x.Refs[0].ID] = x.Deducted.String()
					}
				}
			}
		}
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(want{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// TestImportMistakes names every mistake of a table by its row and column, as the
// sender calls it, and makes no draft.
func TestImportMistakes(t *testing.T) {
	const head = "编号,方面,指标,分值,评分标准,方法,依据,扣分,目标\n"
	for name, tt := range map[string]struct{ table, want string }{
		"empty":           {"", ""},
		"titles only":     {head, "1 code"},
		"no column":       {"编号,方面,指标,评分标准,方法\nA,甲,乙,丙,现场\n", "1 points"},
		"twice a column":  {"编号,编号,方面,指标,分值,评分标准,方法\nA,A,甲,乙,1,丙,现场\n", "1 编号"},
		"all at once":     {head + "A 1,,乙,零,,巡查,,,\n", "2 编号; 2 方面; 2 分值; 2 方法; 2 评分标准"},
		"a code twice":    {head + "A,甲,乙,1,丙,现场,,,\n\nA,甲,丁,1,丙,现场,,,\n", "4 编号"},
		"half a point":    {head + "A,甲,乙,0.12345,丙,现场,,,\n", "2 分值"},
		"a fraction":      {head + "A,甲,乙,1/3,丙,现场,,,\n", "2 分值"},
		"nothing":         {head + "A,甲,乙,0,丙,现场,,,\n", "2 分值"},
		"a bad deduction": {head + "A,甲,乙,1,丙,现场,,-1,\n", "2 扣分"},
		"a lone target":   {head + "A,甲,乙,1,丙,现场,,,95\n", "2 目标"},
		"two ids":         {"编号,方面,方面编号,指标,分值,评分标准,方法\nA,甲,X,乙,1,丙,现场\nB,甲,Y,乙,1,丙,现场\n", "3 方面编号"},
		"one id for two":  {"编号,方面,方面编号,指标,分值,评分标准,方法\nA,甲,X,乙,1,丙,现场\nB,丁,X,乙,1,丙,现场\n", "3 方面编号"},
		"too long":        {head + "A,甲,乙,1," + strings.Repeat("丙", 2001) + ",现场,,,\n", "2 评分标准"},
		"good":            {head + "A,甲,乙,1,丙,现场,文件：第一条；另一文件,,\n", ""},
	} {
		set, bad, err := standards.Import(strings.NewReader(tt.table), int64(len(tt.table)), standards.Frame{ID: "x", Version: 1, Unit: scoring.Kind{Kind: "other"}})
		if name == "empty" {
			if fault.CodeOf(err) != "table_type_refused" {
				t.Errorf("empty: %v", err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, b := range bad {
			got = append(got, strconv.Itoa(b.Row)+" "+b.Column)
			if b.Text.ZH == "" || b.Text.EN == "" {
				t.Errorf("%s: no words for %v", name, b)
			}
		}
		if strings.Join(got, "; ") != tt.want || (len(bad) > 0) != (set.Standard == nil) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// FuzzImport: whatever is sent, the reader refuses it or makes what compiles.
func FuzzImport(f *testing.F) {
	for _, file := range []string{"security.csv", "school.xlsx"} {
		raw, err := os.ReadFile("testdata/foreign/" + file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		line := number(t, "0.0001")
		set, bad, err := standards.Import(bytes.NewReader(raw), int64(len(raw)), standards.Frame{ID: "x", Version: 1, Months: 1, Line: *line, Unit: scoring.Kind{Kind: "other"}})
		if err != nil || len(bad) > 0 {
			return
		}
		if _, err := scoring.Compile(set); err != nil {
			t.Fatal(err)
		}
	})
}
