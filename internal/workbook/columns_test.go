package workbook_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/workbook"
	"taizhang/schemas"
)

// small compiles two versions of a ledger of its own.
func small(t *testing.T, versions ...string) []*catalog.Type {
	t.Helper()
	var files []catalog.Files
	for i, properties := range versions {
		var names []string
		var props map[string]json.RawMessage
		if err := json.Unmarshal([]byte("{"+properties+"}"), &props); err != nil {
			t.Fatal(err)
		}
		for n := range props {
			names = append(names, n)
		}
		form, _ := json.Marshal(map[string]any{"sections": []any{map[string]any{"id": "s", "title": map[string]string{"zh": "节", "en": "section"}, "fields": names}}})
		files = append(files, catalog.Files{
			Schema: []byte(fmt.Sprintf(`{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:ledger:small:%d","title":"小","x-en":"small","type":"object","additionalProperties":false,"required":["on"],"properties":{%s}}`, i+1, properties)),
			Definition: []byte(fmt.Sprintf(`{"id":"small","version":%d,"title":{"zh":"小台账","en":"small"},"owner":"dept_custody","filler":{"roles":["officer"],"unit":"area","title":{"zh":"民警","en":"officer"}},
				"areas":{"kinds":["ordinary"],"functions":[],"labour":false,"except":[]},"cadence":{"kind":"event","expected":1,"per":"area","workdays":false,"nil":false,"deadline_hours":24,"counts":""},
				"occurred":"/on","summary":["/on"],"chain":[{"id":"a","title":{"zh":"审批","en":"step"},"roles":["area_head"],"unit":"area","mode":"any"}],"evidence":[],
				"retention":{"years":5},"sensitivity":"L1","enforcement_evidence":false,"lawful_basis":{"zh":"x"}}`, i+1)),
			Form: form,
		})
	}
	c, err := catalog.Compile(schemas.FS, files)
	if err != nil {
		t.Fatal(err)
	}
	return c.Versions("small")
}

func node(id, title, more string) string {
	return fmt.Sprintf(`{"title":%q,"x-en":%q,"x-id":%q,%s}`, title, title, id, more)
}

var on = `"on":` + node("on", "日期", `"type":"string","format":"date"`)

// TestRenamed keeps a renamed field in one column, and shows one that a later
// version dropped (A2, P1, P2).
func TestRenamed(t *testing.T) {
	types := small(t,
		on+`,"n":`+node("n", "人数", `"type":"integer"`)+`,"gone":`+node("gone", "旧问题", `"type":"string"`),
		on+`,"heads":`+node("n", "在押人数", `"type":"integer"`)+`,"new":`+node("new", "新问题", `"type":"string"`))
	p := workbook.NewPlan(types[1], types[0])
	outs := []workbook.Out{
		{Number: 1, Version: 1, Value: map[string]any{"on": "2026-01-02", "n": json.Number("7"), "gone": "旧答案"}},
		{Number: 2, Version: 2, Value: map[string]any{"on": "2026-01-03", "heads": json.Number("8"), "new": "新答案"}},
	}
	lines := strings.Split(strings.TrimSpace(string(text(t, p, workbook.Export, workbook.UTF8, outs...))), "\r\n")
	head := strings.Split(lines[0], ",")
	at := map[string]int{}
	for i, h := range head {
		at[h] = i
	}
	for title, want := range map[string][2]string{"在押人数": {"7", "8"}, "旧问题": {"旧答案", ""}, "新问题": {"", "新答案"}} {
		i, ok := at[title]
		if !ok {
			t.Fatalf("no column %s in %v", title, head)
		}
		for n, w := range want {
			if got := strings.Split(lines[n+1], ",")[i]; got != w {
				t.Errorf("%s of version %d is %q, want %q", title, n+1, got, w)
			}
		}
	}
	if _, twice := at["人数"]; twice {
		t.Error("the renamed field has two columns")
	}
	// An empty one of the old version is still understood, by its ids.
	old := workbook.NewPlan(types[0])
	joint := func(v int) *workbook.Plan {
		if v == 1 {
			return workbook.NewPlan(types[1], types[0])
		}
		return workbook.NewPlan(types[1])
	}
	_, rows := read(t, book(t, old, workbook.Empty, outs[0]), joint)
	if diff := cmp.Diff(map[string]any{"on": "2026-01-02", "heads": json.Number("7")}, rows[0].Value); diff != "" {
		t.Error(diff)
	}
}

// TestTyped reads what officers type.
func TestTyped(t *testing.T) {
	types := small(t, on+`,"at":`+node("at", "时间", `"type":"string","format":"date-time"`)+`,"n":`+node("n", "数量", `"type":"integer"`)+
		`,"x":`+node("x", "金额", `"type":"number"`)+`,"b":`+node("b", "是否", `"type":"boolean"`)+`,"p":`+node("p", "警号", `"type":"string","pattern":"^\\d{7}$"`)+
		`,"c":`+node("c", "类别", `"type":"string","oneOf":[{"const":"a","title":"甲类","x-en":"A"},{"const":"b","title":"乙类","x-en":"B"}]`)+
		`,"l":`+node("l", "地点", `"type":"array","items":{"type":"string"}`))
	tests := []struct {
		column, cell string
		want         any
		bad          bool
	}{
		{"日期", "2026-11-24", "2026-11-24", false}, {"日期*", "2026/11/4", "2026-11-04", false}, {"日期", "２０２６年１１月４日", "2026-11-04", false},
		{"日期", "46350", "2026-11-24", false}, {"日期", "20261124", "2026-11-24", false}, {"日期", "下周", "下周", true}, {"日期", "2026-02-30", "2026-02-30", true},
		{"时间", "2026-11-24 8:30", "2026-11-24T08:30:00+08:00", false}, {"时间", "2026-11-24T08:30:00+08:00", "2026-11-24T08:30:00+08:00", false},
		{"时间", "46350.354166667", "2026-11-24T08:30:00+08:00", false}, {"时间", "8点", "8点", true},
		{"数量", "１２", json.Number("12"), false}, {"数量", "1,200", json.Number("1200"), false}, {"数量", "3.0", json.Number("3"), false}, {"数量", "三", "三", true},
		{"金额", "0.30000000000000004", json.Number("0.3"), false}, {"金额", "-5", json.Number("-5"), false}, {"金额", "1E3", json.Number("1000"), false}, {"金额", "NaN", "NaN", true},
		{"是否", "是", true, false}, {"是否", "FALSE", false, false}, {"是否", "也许", "也许", true},
		{"警号", "０００００１２", "0000012", false},
		{"类别", "乙类", "b", false}, {"类别", "a", "a", false}, {"类别", "丙类", "丙类", true},
		{"地点", "一号、二号", []any{"一号", "二号"}, false}, {"地点", "一号\n二号", []any{"一号", "二号"}, false},
	}
	names := map[string]string{"日期": "on", "日期*": "on", "时间": "at", "数量": "n", "金额": "x", "是否": "b", "警号": "p", "类别": "c", "地点": "l"}
	for _, test := range tests {
		raw := "序号," + test.column + "\r\n1,\"" + test.cell + "\"\r\n"
		gb, err := simplifiedchinese.GB18030.NewEncoder().String(raw)
		if err != nil {
			t.Fatal(err)
		}
		for enc, content := range map[string]string{workbook.UTF8: raw, workbook.UTF8BOM: "\uFEFF" + raw, workbook.GB18030: gb} {
			s, rows := read(t, []byte(content), plans(types[0]))
			if s.Encoding != enc || len(rows) != 1 {
				t.Fatalf("%s: read as %s, %d rows", enc, s.Encoding, len(rows))
			}
			if diff := cmp.Diff(test.want, rows[0].Value[names[test.column]]); diff != "" || (len(rows[0].Errors) > 0) != test.bad {
				t.Errorf("%s %q: %s %v", test.column, test.cell, diff, rows[0].Errors)
			}
		}
	}
}

// TestRefused names what cannot be an import.
func TestRefused(t *testing.T) {
	c := load(t)
	typ, other := c.Current("cell-body-search"), c.Current("duty-log")
	for name, test := range map[string]struct {
		raw  []byte
		code string
	}{
		"nothing":               {nil, "table_type_refused"},
		"an old workbook":       {[]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, "table_type_refused"},
		"a picture":             {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), "table_type_refused"},
		"another ledger":        {book(t, workbook.NewPlan(other), workbook.Empty), "table_foreign"},
		"a column nobody knows": {[]byte("检查类别,多出来的\r\na,b\r\n"), "table_columns"},
		"no column at all":      {[]byte("你好\r\n"), "table_columns"},
		"half a workbook":       {book(t, workbook.NewPlan(typ), workbook.Empty)[:2000], "table_type_refused"},
		"a zip of zeros":        {bomb(t), "table_too_large"},
		"one cell of 60 MB":     {oneCell(t, book(t, workbook.NewPlan(typ), workbook.Empty)), "table_too_large"},
	} {
		_, err := workbook.Open(bytes.NewReader(test.raw), int64(len(test.raw)), plans(typ))
		if fault.CodeOf(err) != test.code {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
	}
}

// TestQuotes: a quote that is not closed swallows no row in silence.
func TestQuotes(t *testing.T) {
	types := small(t, on+`,"place":`+node("place", "地点", `"type":"string"`))
	head := "日期,地点\r\n"
	for name, test := range map[string]struct {
		rows string
		want []string // line, place, errors
	}{
		"closed":               {"2026-01-02,\"3号楼\n南\"\r\n2026-01-03,乙\r\n", []string{"2 3号楼\n南 []", "4 乙 []"}},
		"a quote within":       {"2026-01-02,\"\"\"甲\"\"\"\r\n", []string{"2 \"甲\" []"}},
		"open to the end":      {"2026-01-01,甲\r\n2026-01-02,\"3号楼\r\n2026-01-03,乙\r\n", []string{"2 甲 []", "3 <nil> [第 3 至 4 行]"}},
		"open to another":      {"2026-01-02,\"3号楼\r\n2026-01-03,\"乙\"\r\n2026-01-04,丙\r\n", []string{"2 <nil> [第 2 至 3 行]", "4 丙 []"}},
		"open in the last row": {"2026-01-02,\"3号楼\r\n", []string{"2 <nil> [第 2 行]"}},
		"behind the quote":     {"2026-01-02,\"3\"号楼\r\n2026-01-03,乙\r\n", []string{"2 <nil> [第 2 行]", "3 乙 []"}},
		"in the midst":         {"2026-01-02,3\"号楼\r\n2026-01-03,乙\r\n", []string{"2 <nil> [第 2 行]", "3 乙 []"}},
	} {
		raw := head + test.rows
		s, err := workbook.Open(strings.NewReader(raw), int64(len(raw)), plans(types[0]))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for r, err := range s.Rows() {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
			said := []string{}
			for _, e := range r.Errors {
				lines, _, _ := strings.Cut(e.Text.ZH, "的引号不成对")
				said = append(said, lines)
			}
			got = append(got, fmt.Sprint(r.Line, " ", r.Value["place"], " ", said))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestLongTitle: what is shown of a title nobody knows fits into a line.
func TestLongTitle(t *testing.T) {
	typ := load(t).Current("cell-body-search")
	raw := []byte("检查类别," + strings.Repeat("长", 100_000) + "\r\n")
	_, err := workbook.Open(bytes.NewReader(raw), int64(len(raw)), plans(typ))
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != "table_columns" || len(f.Detail["columns"].([]string)[0]) > 200 {
		t.Errorf("%.300v", err)
	}
}

// TestDates walks the seconds of a day through a workbook.
func TestDates(t *testing.T) {
	types := small(t, on+`,"at":`+node("at", "时间", `"type":"string","format":"date-time"`))
	p := workbook.NewPlan(types[0])
	var outs []workbook.Out
	at := time.Date(2026, 2, 28, 0, 0, 0, 0, catalog.Zone)
	for i := range 2000 {
		outs = append(outs, workbook.Out{Number: i + 1, Version: 1, Value: map[string]any{"on": at.Format(time.DateOnly), "at": at.Format(time.RFC3339)}})
		at = at.Add(86 * time.Second)
	}
	_, rows := read(t, book(t, p, workbook.Empty, outs...), plans(types[0]))
	for i, r := range rows {
		if diff := cmp.Diff(outs[i].Value, r.Value); diff != "" {
			t.Fatal(diff)
		}
	}
}
