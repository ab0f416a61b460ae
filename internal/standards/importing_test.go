package standards_test

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"

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
	for _, file := range []string{"security.csv", "hospital.xlsx"} {
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
