package workbook_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/workbook"
)

// visits is a ledger with a list, a list within it, and a field that is worked out.
func visits(t testing.TB) *catalog.Type {
	t.Helper()
	list := func(inner string) string {
		return `"type":"array","minItems":1,"items":{"type":"object","additionalProperties":false,"properties":{` + inner + `}}`
	}
	return small(t, on+`,"place":`+node("place", "地点", `"type":"string"`)+`,"sum":`+node("sum", "合计", `"type":"integer","readOnly":true`)+
		`,"visits":`+node("visits", "来访", list(`"who":`+node("visits.who", "姓名", `"type":"string"`)+
		`,"gifts":`+node("visits.gifts", "物品", list(`"what":`+node("visits.gifts.what", "名称", `"type":"string"`))))))[0]
}

// edited is a workbook of visits in which somebody typed: sheet, cell, text.
func edited(t testing.TB, typ *catalog.Type, cells ...[3]string) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book(t, workbook.NewPlan(typ), workbook.Empty)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for _, c := range cells {
		if i, _ := f.GetSheetIndex(c[0]); i < 0 {
			if _, err := f.NewSheet(c[0]); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetCellStr(c[0], c[1], c[2]); err != nil {
			t.Fatal(err)
		}
	}
	var w bytes.Buffer
	if err := f.Write(&w); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

const mainSheet, visitSheet, giftSheet = "小台账", "1.来访", "2.物品"

// TestTied: what the rows of lists belong to is certain, or the file is refused with
// the cells that leave it open.
func TestTied(t *testing.T) {
	typ := visits(t)
	whole := [][3]string{{mainSheet, "A3", "1"}, {mainSheet, "C3", "2026-01-02"}, {mainSheet, "A4", "2"}, {mainSheet, "C4", "2026-01-03"},
		{visitSheet, "A3", "1"}, {visitSheet, "B3", "张三"}, {visitSheet, "A4", "1"}, {visitSheet, "B4", "李四"}, {giftSheet, "A3", "1"}, {giftSheet, "B3", "2"}, {giftSheet, "C3", "书"}}
	for name, test := range map[string]struct {
		more [][3]string
		code string
		at   string
	}{
		"whole":                    {nil, "", ""},
		"in other digits":          {[][3]string{{visitSheet, "A3", "１"}, {visitSheet, "A4", "1.0"}, {giftSheet, "A3", "01"}, {giftSheet, "B3", "２.0"}, {mainSheet, "A3", " 1 "}}, "", ""},
		"a number nobody has":      {[][3]string{{visitSheet, "A5", "9"}, {visitSheet, "B5", "王五"}}, "table_owner", "1.来访!A5“9”"},
		"no number":                {[][3]string{{visitSheet, "B5", "王五"}}, "table_owner", "1.来访!A5“”"},
		"a number that two have":   {[][3]string{{mainSheet, "A4", "1.0"}}, "table_twice", "“1”A3、A4"},
		"two that nobody asks for": {[][3]string{{mainSheet, "A5", "2"}, {mainSheet, "C5", "2026-01-04"}}, "", ""},
		"no row above":             {[][3]string{{giftSheet, "B3", "3"}}, "table_parent", "2.物品!A3“3”"},
		"a row above left empty":   {[][3]string{{giftSheet, "B3", ""}}, "table_parent", "2.物品!A3“”"},
		"a row above in words":     {[][3]string{{giftSheet, "B3", "李四"}}, "table_parent", "2.物品!A3“李四”"},
		"row nought":               {[][3]string{{giftSheet, "B3", "0"}}, "table_parent", "2.物品!A3“0”"},
		"a sheet of one's own":     {[][3]string{{"补充", "B2", "还有一人"}}, "table_sheets", "补充"},
		"an empty one":             {[][3]string{{"Sheet2", "A1", " "}}, "", ""},
		"one that looks hidden":    {[][3]string{{"_补充", "B2", "还有一人"}}, "table_sheets", "_补充"},
		"the first sheet copied":   {[][3]string{{"小台账 (2)", "A1", "序号"}, {"小台账 (2)", "A2", "@row"}, {"小台账 (2)", "C2", "on"}, {"小台账 (2)", "C3", "2026-01-09"}}, "table_sheets", "小台账 (2)"},
		"a list's sheet copied":    {[][3]string{{"来访", "A1", "所属序号"}, {"来访", "B1", "姓名"}, {"来访", "A2", "1"}, {"来访", "B2", "王五"}}, "table_sheets", "来访"},
	} {
		raw := edited(t, typ, append(append([][3]string{}, whole...), test.more...)...)
		s, err := workbook.Open(bytes.NewReader(raw), int64(len(raw)), plans(typ))
		if test.code != "" {
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != test.code || fmt.Sprint(f.Detail["columns"]) != "["+test.at+"]" {
				t.Errorf("%s: %v %v, want %s at %s", name, err, f, test.code, test.at)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []workbook.Row
		for r, err := range s.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r)
		}
		want := []any{map[string]any{"who": "张三"}, map[string]any{"who": "李四", "gifts": []any{map[string]any{"what": "书"}}}}
		if diff := cmp.Diff(want, got[0].Value["visits"]); diff != "" || len(got) < 2 || got[1].Value["visits"] != nil {
			t.Errorf("%s: %s %+v", name, diff, got)
		}
	}
	// A line of nothing but a number is an entry when rows belong to it.
	_, rows := read(t, edited(t, typ, [3]string{mainSheet, "A3", "1"}, [3]string{mainSheet, "A4", "2"}, [3]string{visitSheet, "A3", "2"}, [3]string{visitSheet, "B3", "张三"}), plans(typ))
	if len(rows) != 1 || rows[0].Line != 4 || rows[0].Value["visits"] == nil {
		t.Errorf("a number with rows: %+v", rows)
	}
}

// TestUntitled: what stands beyond the titles, under an empty one or alone in a line
// makes the row wrong, and comes back with it until somebody moves it.
func TestUntitled(t *testing.T) {
	typ := visits(t)
	p := workbook.NewPlan(typ)
	for name, test := range map[string]struct {
		raw     []byte
		untaken []workbook.Untaken
		cells   string
	}{
		"beyond the titles":      {[]byte("日期,地点\r\n2026-01-02,甲,并报监区长,\r\n"), []workbook.Untaken{{Title: "C2", Text: "并报监区长", Why: workbook.Untitled}}, "C2 没有表头"},
		"two of them":            {[]byte("日期,地点\r\n2026-01-02,甲,乙,,丙\r\n"), []workbook.Untaken{{Title: "C2", Text: "乙", Why: workbook.Untitled}, {Title: "E2", Text: "丙", Why: workbook.Untitled}}, "C2、E2 没有表头"},
		"under an empty title":   {[]byte("日期, ,地点\r\n2026-01-02,乙,甲\r\n"), []workbook.Untaken{{Title: "B2", Text: "乙", Why: workbook.Untitled}}, "B2 没有表头"},
		"nothing else":           {[]byte("日期,地点\r\n,,合计 3 条\r\n"), []workbook.Untaken{{Title: "C2", Text: "合计 3 条", Why: workbook.Untitled}}, "C2 没有表头"},
		"of a sheet":             {edited(t, typ, [3]string{mainSheet, "C3", "2026-01-02"}, [3]string{mainSheet, "R3", "注"}), []workbook.Untaken{{Title: "R3", Text: "注", Why: workbook.Untitled}}, "R3 没有表头"},
		"of a list's sheet":      {edited(t, typ, [3]string{mainSheet, "A3", "1"}, [3]string{visitSheet, "A3", "1"}, [3]string{visitSheet, "I3", "注"}), []workbook.Untaken{{Title: "1.来访!I3", Text: "注", Why: workbook.Untitled}}, "1.来访!I3 没有表头"},
		"a list that is none":    {[]byte("日期,来访\r\n2026-01-02,\"[], \"\"place\"\":\"\"甲\"\"\"\r\n"), []workbook.Untaken{{Title: "来访", Text: `[], "place":"甲"`, Why: workbook.Unread}}, "明细应为 JSON 数组"},
		"what a formula came to": {[]byte("日期,地点\r\n2026-01-02,#N/A\r\n"), nil, "“#N/A”是公式出错的结果"},
		"a cell without end":     {[]byte("日期,地点\r\n2026-01-02," + strings.Repeat("长", 33_000) + "\r\n"), nil, "内容超过 32767 字"},
	} {
		_, rows := read(t, test.raw, plans(typ))
		if len(rows) != 1 || len(rows[0].Errors) != 1 || !strings.HasPrefix(rows[0].Errors[0].Text.ZH, test.cells) {
			t.Errorf("%s: %.300v", name, fmt.Sprint(rows))
			continue
		}
		if diff := cmp.Diff(test.untaken, rows[0].Untaken); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		// The error workbook says it too, and sent back as it is is as wrong as before.
		back := book(t, p, workbook.Errors, workbook.Out{Number: 1, Version: 1, Value: rows[0].Value, Key: "k", Errors: rows[0].Errors, Untaken: rows[0].Untaken})
		if len(test.untaken) == 0 || test.untaken[0].Why != workbook.Untitled {
			continue
		}
		_, again := read(t, back, plans(typ))
		if len(again) != 1 || len(again[0].Errors) != 1 || len(again[0].Untaken) != len(test.untaken) || again[0].Untaken[0].Text != test.untaken[0].Text {
			t.Errorf("%s, sent back: %+v", name, again)
		}
	}
	wide := []byte("日期,地点\r\n2026-01-02,甲" + strings.Repeat(",", 500) + "乙\r\n")
	s, err := workbook.Open(bytes.NewReader(wide), int64(len(wide)), plans(typ))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range s.Rows() {
		if fault.CodeOf(err) != "table_too_large" {
			t.Errorf("far beyond: %v", err)
		}
	}
	for _, raw := range []string{"日期,来访,来访\r\n2026-01-02,[],[]\r\n", "日期" + strings.Repeat(",", 500) + "地点\r\n2026-01-02\r\n"} {
		if _, err := workbook.Open(strings.NewReader(raw), int64(len(raw)), plans(typ)); err == nil {
			t.Errorf("%.40q was taken", raw)
		}
	}
}

// TestGiven: columns of which nothing is taken are named, with what they held; the
// row is good.
func TestGiven(t *testing.T) {
	_, rows := read(t, []byte("日期,合计,填报人,错误说明,序号\r\n2026-01-02,3,张三,旧的,1\r\n,,,,2\r\n,,,,见附页\r\n"), plans(visits(t)))
	if len(rows) != 2 || len(rows[0].Errors) > 0 {
		t.Fatalf("%+v", rows)
	}
	if diff := cmp.Diff([]workbook.Untaken{{Title: "合计", Text: "3", Why: workbook.Given}, {Title: "填报人", Text: "张三", Why: workbook.Own}}, rows[0].Untaken); diff != "" {
		t.Error(diff)
	}
	if rows[1].Line != 4 {
		t.Errorf("words in the place of a number: %+v", rows[1])
	}
}

// TestListMistakes: what is wrong with a list as a whole bears its name, and colours
// the line it belongs to and its rows.
func TestListMistakes(t *testing.T) {
	typ := visits(t)
	p := workbook.NewPlan(typ)
	for pointer, want := range map[string]string{"/visits": "来访：错", "/visits/1": "来访（第 2 行）：错", "/visits/1/gifts": "来访（第 2 行）·物品：错",
		"/visits/1/gifts/0/what": "物品·名称（第 1 行）：错", "/sum": "合计：错", "": "错"} {
		if got := p.Tell(1, []fault.Field{{Pointer: pointer, Text: fault.Text{ZH: "错"}}}); got != want {
			t.Errorf("%s is told as %q, want %q", pointer, got, want)
		}
	}
	doc := parsed(t, map[string]any{"on": "2026-01-02", "visits": []any{map[string]any{"who": "张三"}, map[string]any{"who": "李四"}}}).Value
	for pointer, want := range map[string][]string{"/visits": {mainSheet + "!A3", visitSheet + "!A3", visitSheet + "!A4"}, "/visits/1/gifts": {visitSheet + "!A4"},
		"/visits/1": {visitSheet + "!A4"}, "/visits/0/who": {visitSheet + "!B3"}, "/sum": {mainSheet + "!A3"}, "": {mainSheet + "!A3"}} {
		raw := book(t, p, workbook.Errors, workbook.Out{Number: 1, Version: 1, Value: doc, Errors: []fault.Field{{Pointer: pointer, Text: fault.Text{ZH: "错"}}}})
		f, err := excelize.OpenReader(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, sheet := range []string{mainSheet, visitSheet, giftSheet} {
			list, err := f.GetComments(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list {
				got = append(got, sheet+"!"+c.Cell)
				style, _ := f.GetCellStyle(sheet, c.Cell)
				if s, err := f.GetStyle(style); err != nil || len(s.Fill.Color) == 0 || s.Fill.Color[0] != "FFC7CE" {
					t.Errorf("%q: %s!%s is not coloured: %v", pointer, sheet, c.Cell, err)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", pointer, diff)
		}
	}
}

// TestLikeTitles: a choice that has its title with another goes out and comes back
// as itself, by its code; the title alone is refused. Whole numbers keep every digit.
func TestLikeTitles(t *testing.T) {
	typ := small(t, on+`,"c":`+node("c", "类别", `"type":"string","oneOf":[{"const":"a","title":"甲","x-en":"A"},{"const":"b","title":"甲","x-en":"B"}]`)+
		`,"n":`+node("n", "编号", `"type":"integer"`))[0]
	p := workbook.NewPlan(typ)
	for _, code := range []string{"a", "b"} {
		o := workbook.Out{Number: 1, Version: 1, Value: map[string]any{"on": "2026-01-02", "c": code, "n": json.Number("12345678901234567")}}
		for _, raw := range [][]byte{book(t, p, workbook.Export, o), text(t, p, workbook.Export, workbook.UTF8BOM, o)} {
			_, rows := read(t, raw, plans(typ))
			if diff := cmp.Diff(o.Value, rows[0].Value); diff != "" {
				t.Errorf("%s: %s", code, diff)
			}
		}
	}
	if _, rows := read(t, []byte("日期,类别\r\n2026-01-02,甲\r\n"), plans(typ)); len(rows[0].Errors) != 1 || !strings.Contains(rows[0].Errors[0].Text.ZH, "几个选项共有") {
		t.Errorf("a name of two: %+v", rows)
	}
}
