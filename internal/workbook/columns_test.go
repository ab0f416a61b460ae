package workbook_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/workbook"
	"taizhang/schemas"
)

// small compiles two versions of a ledger of its own.
func small(t testing.TB, versions ...string) []*catalog.Type {
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
		// The form's order is that in which they were written.
		slices.SortFunc(names, func(a, b string) int {
			return strings.Index(properties, `"`+a+`":`) - strings.Index(properties, `"`+b+`":`)
		})
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
		{"日期", "46350", "2026-11-24", false}, {"日期", "20261124", "2026-11-24", false}, {"日期", "下周", "下周", true}, {"日期", "2026", "2026", true}, {"日期", "0x1p16", "0x1p16", true}, {"日期", "2026-02-30", "2026-02-30", true},
		{"时间", "2026-11-24 8:30", "2026-11-24T08:30:00+08:00", false}, {"时间", "2026-11-24T08:30:00+08:00", "2026-11-24T08:30:00+08:00", false},
		{"时间", "46350.354166667", "2026-11-24T08:30:00+08:00", false}, {"时间", "8点", "8点", true},
		{"数量", "１２", json.Number("12"), false}, {"数量", "1,200", json.Number("1200"), false}, {"数量", "3.0", json.Number("3"), false}, {"数量", "三", "三", true}, {"数量", "2,5", "2,5", true}, {"数量", "1,2345", "1,2345", true}, {"数量", "0x19p0", "0x19p0", true},
		{"金额", "0.30000000000000004", json.Number("0.3"), false}, {"金额", "-1,234,567.5", json.Number("-1234567.5"), false}, {"金额", "-5", json.Number("-5"), false}, {"金额", "1E3", json.Number("1000"), false}, {"金额", "NaN", "NaN", true},
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
		"one without zeros":     {[]byte("\x89PNG\r\n\x1a\nIHDR\xd0\xa9,b\r\n"), "table_type_refused"},
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

// TestMerged puts the entries of a ledger that was merged into another into its
// columns by the map of the merge: each with its own choices, whatever it was
// repeated by, and from which ledger and version it came.
func TestMerged(t *testing.T) {
	kind := func(titles ...string) string {
		var list []string
		for _, c := range titles {
			list = append(list, fmt.Sprintf(`{"const":%q,"title":%q,"x-en":%q}`, c[:1], c[1:], c[:1]))
		}
		return `"type":"string","oneOf":[` + strings.Join(list, ",") + `]`
	}
	list := func(properties string) string {
		return `"type":"array","items":{"type":"object","additionalProperties":false,"properties":{` + properties + `}}`
	}
	text := `"type":"string"`
	old := small(t,
		on+`,"kind":`+node("kind", "种类", kind("a旧甲", "b旧乙"))+`,"who":`+node("who", "收件人", text)+`,"by":`+node("by", "经手", text)+`,"colour":`+node("colour", "颜色", text)+
			`,"seal":`+node("seal", "封签", text)+`,"things":`+node("things", "物品", list(`"what":`+node("things.what", "名称", text)+`,"note":`+node("things.note", "说明", text)+`,"n":`+node("things.n", "件数", `"type":"integer"`))),
		on+`,"receiver":`+node("who", "收件人", text)+`,"kind":`+node("kind", "种类", kind("c旧丙", "d旧丁")))
	now := small(t, `"day":`+node("day", "发生日期", `"type":"string","format":"date"`)+`,`+on+`,"sort":`+node("sort", "类别", kind("a新甲", "b新乙"))+`,"people":`+node("people", "人员", text)+
		`,"remark":`+node("remark", "备注", text)+`,"items":`+node("items", "明细", list(`"name":`+node("items.name", "品名", text)+`,"count":`+node("items.count", "数量", `"type":"integer"`)))+
		`,"marks":`+node("marks", "标记", list(`"mark":`+node("marks.mark", "记号", text))))
	p := workbook.NewPlan(now[0])
	p.Merge(old, []catalog.Place{{From: "on", To: "day"}, {From: "kind", To: "sort"}, {From: "who", To: "people"}, {From: "by", To: "people"}, {From: "colour"}, {From: "seal", To: "marks.mark"},
		{From: "things.what", To: "items.name"}, {From: "things.n", To: "items.count"}, {From: "things.note", To: "remark"}})
	outs := []workbook.Out{
		{Number: 1, Ledger: "small", Version: 1, Value: parsed(t, map[string]any{"on": "2026-01-02", "kind": "b", "who": "张三", "by": "李四", "colour": "红", "seal": "S1", "things": []any{
			map[string]any{"what": "棉衣", "n": 1, "note": "旧"}, map[string]any{"what": "书", "n": 2}, map[string]any{"what": "笔", "note": "新"}}}).Value},
		{Number: 2, Ledger: "small", Version: 2, Value: map[string]any{"on": "2026-01-03", "receiver": "张三", "kind": "c"}},
		{Number: 3, Version: 1, Value: map[string]any{"day": "2026-01-04", "on": "2026-01-04", "sort": "b"}},
	}
	var w bytes.Buffer
	x, err := workbook.NewText(&w, p, workbook.Export, workbook.UTF8)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outs {
		if err := x.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&w).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for title, want := range map[string][]string{
		"来源台账": {"小台账", "小台账", "小台账"}, "版本": {"v1", "v2", "v1"}, "发生日期": {"2026-01-02", "2026-01-03", "2026-01-04"}, "类别": {"旧乙", "旧丙", "新乙"},
		"人员": {"张三\n李四", "张三", ""}, "备注": {"旧\n新", "", ""}, "日期*": {"", "", "2026-01-04"},
		"明细": {`[{"count":1,"name":"棉衣"},{"count":2,"name":"书"},{"name":"笔"}]`, "", ""}, "标记": {`[{"mark":"S1"}]`, "", ""},
	} {
		i := slices.Index(lines[0], title)
		if i < 0 {
			t.Fatalf("no column %s in %v", title, lines[0])
		}
		if diff := cmp.Diff(want, []string{lines[1][i], lines[2][i], lines[3][i]}); diff != "" {
			t.Errorf("%s: %s", title, diff)
		}
	}
	if s := fmt.Sprint(lines); strings.Contains(s, "红") {
		t.Errorf("what the merge dropped: %s", s)
	}
	// A workbook has the same, with the lists on their sheets.
	_, rows := read(t, book(t, p, workbook.Export, outs...), plans(now[0]))
	if diff := cmp.Diff(map[string]any{"day": "2026-01-02", "sort": "旧乙", "people": "张三\n李四", "remark": "旧\n新", "marks": []any{map[string]any{"mark": "S1"}}, "items": []any{
		map[string]any{"name": "棉衣", "count": json.Number("1")}, map[string]any{"name": "书", "count": json.Number("2")}, map[string]any{"name": "笔"}}}, rows[0].Value); diff != "" {
		t.Error(diff)
	}
}

// TestRetired: what a file holds of fields that the version no longer has is
// named with its row and not taken, by ids and by titles, in lists too; a column
// that nobody ever knew, or nothing else than retired ones, refuses the file.
func TestRetired(t *testing.T) {
	text := `"type":"string"`
	list := func(id, title, inner string) string {
		return `"` + id + `":` + node(id, title, `"type":"array","items":{"type":"object","additionalProperties":false,"properties":{`+inner+`}}`)
	}
	types := small(t,
		on+`,"since":`+node("since", "起始", `"type":"string","format":"date"`)+`,"heads":`+node("heads", "人数", `"type":"integer"`)+`,"block":`+node("block", "监区", text)+`,"place":`+node("place", "地点", text)+`,`+
			list("things", "物品", `"what":`+node("things.what", "名称", text)+`,"size":`+node("things.size", "尺寸", text))+`,`+list("visits", "来访", `"who":`+node("visits.who", "姓名", text)),
		on+`,"place":`+node("place", "地点", text)+`,"later":`+node("later", "来访", text)+`,`+list("things", "物品", `"what":`+node("things.what", "名称", text)))
	joint := func(int) *workbook.Plan { return workbook.NewPlan(types[1], types[0]) }
	o := workbook.Out{Number: 1, Version: 1, Value: parsed(t, map[string]any{"on": "2026-01-02", "since": "2026-01-01", "heads": 12, "place": "甲",
		"things": []any{map[string]any{"what": "书", "size": "大"}, map[string]any{"what": "笔"}}, "visits": []any{map[string]any{"who": "张三"}}}).Value}
	want := map[string]any{"on": "2026-01-02", "place": "甲", "things": []any{map[string]any{"what": "书"}, map[string]any{"what": "笔"}}}
	_, rows := read(t, book(t, workbook.NewPlan(types[0]), workbook.Empty, o), joint)
	if diff := cmp.Diff(want, rows[0].Value); diff != "" || len(rows[0].Errors) > 0 {
		t.Error(diff, rows[0].Errors)
	}
	untaken := map[string]string{}
	for _, u := range rows[0].Untaken {
		untaken[u.Title] = u.Text
	}
	if diff := cmp.Diff(map[string]string{"起始": "2026-01-01", "人数": "12", "物品·尺寸": "大", "来访·姓名": "张三"}, untaken); diff != "" {
		t.Error(diff)
	}
	told := string(book(t, workbook.NewPlan(types[1]), workbook.Errors, workbook.Out{Number: 1, Version: 2, Value: want, Untaken: rows[0].Untaken}))
	if s, err := excelize.OpenReader(strings.NewReader(told)); err != nil {
		t.Error(err)
	} else if all, err := s.GetRows("小台账"); err != nil || !strings.Contains(fmt.Sprint(all), "“人数”已停用，未导入：12") {
		t.Error(all, err)
	}
	// By titles; what took the name of a retired list is a field, and a line's own
	// column is no retired field of that name.
	_, rows = read(t, []byte("日期,人数,来访,监区,物品\r\n2026-01-02,12,李四,一监区,\"[{\"\"what\"\":\"\"书\"\"}]\"\r\n2026-01-03,,,,\r\n"), joint)
	if diff := cmp.Diff(map[string]any{"on": "2026-01-02", "later": "李四", "things": []any{map[string]any{"what": "书"}}}, rows[0].Value); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]workbook.Untaken{{Title: "人数", Text: "12", Why: workbook.Retired}}, rows[0].Untaken); diff != "" || rows[0].Area != "一监区" || len(rows[1].Untaken) > 0 {
		t.Error(diff, rows[1].Untaken)
	}
	for _, raw := range []string{"日期,人数,多出来的\r\n1,2,3\r\n", "人数\r\n12\r\n"} {
		if _, err := workbook.Open(strings.NewReader(raw), int64(len(raw)), joint); fault.CodeOf(err) != "table_columns" {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

// TestOldDays: days of which a workbook's number might be a year go out as text.
func TestOldDays(t *testing.T) {
	types := small(t, on+`,"at":`+node("at", "时间", `"type":"string","format":"date-time"`))
	p := workbook.NewPlan(types[0])
	for year := 1900; year < 1930; year++ {
		at := time.Date(year, 7, 18, 9, 30, 0, 0, catalog.Zone)
		o := workbook.Out{Number: 1, Version: 1, Value: map[string]any{"on": at.Format(time.DateOnly), "at": at.Format(time.RFC3339)}}
		_, rows := read(t, book(t, p, workbook.Export, o), plans(types[0]))
		if diff := cmp.Diff(o.Value, rows[0].Value); diff != "" || len(rows[0].Errors) > 0 {
			t.Errorf("%s %v", diff, rows[0].Errors)
		}
	}
}
