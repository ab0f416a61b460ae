package housetest_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"taizhang/internal/exchange"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
	"taizhang/internal/workbook"
)

// thirdSearch follows secondSearch: it asks for the weather, no longer for the
// holder's statement, and of the choices one is new, one is gone and one is renamed.
func thirdSearch(t *testing.T, h *housetest.House) proposal.Content {
	t.Helper()
	c := next(t, h, "cell-body-search", func(schema, _, form map[string]any) {
		choice := func(value, title string) map[string]any {
			return map[string]any{"const": value, "title": title, "x-en": value}
		}
		weather := property("当日天气", "weather", "string")
		weather["oneOf"] = []any{choice("dry", "晴"), choice("rain", "雨")}
		properties(schema)["weather"] = weather
		retire(schema, "holder_statement")
		for _, s := range form["sections"].([]any) {
			s := s.(map[string]any)
			s["fields"] = slices.DeleteFunc(s["fields"].([]any), func(f any) bool { return f == "holder_statement" })
		}
		section(form)["fields"] = append(section(form)["fields"].([]any), "weather")
		kind, mode := properties(schema)["search_kind"].(map[string]any), properties(schema)["search_mode"].(map[string]any)
		kind["oneOf"] = append(slices.DeleteFunc(kind["oneOf"].([]any), func(o any) bool { return o.(map[string]any)["const"] == "joint" }), choice("store", "库房清查"))
		for _, o := range mode["oneOf"].([]any) {
			if o := o.(map[string]any); o["const"] == "surprise" {
				o["title"] = "临时检查"
			}
		}
	})
	c.Gate = theGate
	return c
}

// TestExportJoined: entries filed under three versions of a ledger, two of them
// published between the filings, go out in one table: each field in one column
// whatever it was called, those retired beside those added, and each value under
// its own version's words; read back, all of it is where it was.
func TestExportJoined(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	file := func(version int, camera string, set map[string]any) string {
		t.Helper()
		doc := loose(h.Search())
		if version > 1 {
			delete(doc, "property_restored")
		}
		maps.Copy(doc, set)
		doc["clips"].([]any)[0].(map[string]any)["camera_code"] = camera
		e := h.Begin(t, "officer", "cell-body-search", mustJSON(t, doc))
		out, err := h.Ledger.Submit(h.As(t.Context(), "officer"), e.Key, e.ETag, "", ledger.Idem{})
		if err != nil || out.Entry.Version != version {
			t.Fatalf("version %d: %d %v", version, out.Entry.Version, err)
		}
		return e.Entry.String()
	}
	var ids [3]string
	ids[0] = file(1, "A3-0001", map[string]any{"search_kind": "joint", "same_sex_confirmed": true, "search_mode": "surprise", "searched_count": 12, "holder_statement": "无异议"})
	publish(t, h, secondSearch(t, h))
	ids[1] = file(2, "A3-0002", map[string]any{"search_mode": "planned", "holder_statement": "已知晓", "put_back": false, "restore_remark": "待修缮"})
	publish(t, h, thirdSearch(t, h))
	ids[2] = file(3, "A3-0003", map[string]any{"search_kind": "store", "search_mode": "surprise", "put_back": true, "weather": "rain"})

	want := map[string][]string{ // by column: of the first, the second, the third version
		"版本": {"v1", "v2", "v3"}, "检查类别*": {"联合清查", "清监", "库房清查"}, "检查方式*": {"突击检查", "计划检查", "临时检查"},
		"被检查人数（人）": {"12", "", ""}, "当事人说明": {"无异议", "已知晓", ""}, "物品已复位*": {"是", "否", "是"}, "未复位说明": {"", "待修缮", ""}, "当日天气": {"", "", "雨"},
	}
	cameras := []string{"A3-0001", "A3-0002", "A3-0003"}
	for _, format := range exchange.Formats {
		e, raw := fetched(t, h, "custody head", askExport(t, h, "custody head", exchange.Export{Ledger: "cell-body-search", Format: format}))
		if e.State != exchange.Done || e.Rows != 3 {
			t.Fatalf("%s: %+v", format, e)
		}
		head, rows, seen := cells(t, format, raw)
		got := map[string][]string{}
		for title := range want {
			got[title] = []string{"no column", "", ""}
			if n := slices.Index(head, title); n >= 0 {
				for i, id := range ids {
					got[title][i] = rows[id][n]
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s\n%v", format, diff, head)
		}
		var shown []string
		for _, id := range ids {
			shown = append(shown, seen[id])
		}
		if diff := cmp.Diff(cameras, shown); diff != "" {
			t.Errorf("%s: the lists: %s", format, diff)
		}
		if titles := slices.Compact(slices.Sorted(slices.Values(head))); len(titles) != len(head) {
			t.Errorf("%s: a column twice: %v", format, head)
		}
		readBack(t, h, format, raw, ids)
	}
}

// readBack opens an export with the plan of all versions: whose values are of
// words that the newest still has come back as they were filed.
func readBack(t *testing.T, h *housetest.House, format string, raw []byte, ids [3]string) {
	t.Helper()
	versions := slices.Clone(h.Catalog.Versions("cell-body-search"))
	slices.Reverse(versions)
	src, err := workbook.Open(bytes.NewReader(raw), int64(len(raw)), func(int) *workbook.Plan { return workbook.NewPlan(versions...) })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = src.Close() }()
	back := map[string]workbook.Row{}
	for r, err := range src.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		back[r.Entry] = r
	}
	for i, want := range []map[string]any{
		{"put_back": true}, {"search_kind": "cell", "search_mode": "planned", "put_back": false, "restore_remark": "待修缮"},
		{"search_kind": "store", "search_mode": "surprise", "put_back": true, "weather": "rain"},
	} {
		row, ok := back[ids[i]]
		if !ok {
			t.Fatalf("%s: %s is not there", format, ids[i])
		}
		for name, v := range want {
			if diff := cmp.Diff(v, row.Value[name]); diff != "" {
				t.Errorf("%s, version %d, %s: %s", format, i+1, name, diff)
			}
		}
	}
	untaken := map[string]string{}
	for _, u := range back[ids[0]].Untaken {
		if u.Why == workbook.Retired {
			untaken[u.Title] = u.Text
		}
	}
	if diff := cmp.Diff(map[string]string{"被检查人数": "12", "当事人说明": "无异议"}, untaken); diff != "" {
		t.Errorf("%s: what the newest version has retired: %s", format, diff)
	}
}

// cells reads an export as anybody's program would: its titles, the cells of each
// entry by its id, and the camera of its first recording.
func cells(t *testing.T, format string, raw []byte) (head []string, rows map[string][]string, cameras map[string]string) {
	t.Helper()
	rows, cameras = map[string][]string{}, map[string]string{}
	keep := func(lines [][]string) {
		at := slices.Index(head, "条目编号")
		for _, l := range lines {
			l = append(l, make([]string, len(head)-len(l))...)
			rows[l[at]] = l
		}
	}
	if format != "xlsx" {
		if format == "csv-gb18030" {
			var err error
			if raw, err = simplifiedchinese.GB18030.NewDecoder().Bytes(raw); err != nil {
				t.Fatal(err)
			}
		}
		lines, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\uFEFF")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		head = lines[0]
		keep(lines[1:])
		at := slices.Index(head, "录像引用")
		for id, l := range rows {
			var clips []struct {
				Camera string `json:"camera_code"`
			}
			if err := json.Unmarshal([]byte(l[at]), &clips); err != nil {
				t.Fatal(err)
			}
			cameras[id] = clips[0].Camera
		}
		return head, rows, cameras
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sheet := func(title string) [][]string {
		n := slices.IndexFunc(f.GetSheetList(), func(name string) bool { return strings.HasSuffix(name, title) })
		lines, err := f.GetRows(f.GetSheetName(n))
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	main := sheet("清监搜身")
	head = main[0]
	keep(main[2:]) // the second line holds the ids of the columns
	clips := sheet("录像引用")
	camera := slices.IndexFunc(clips[1], func(id string) bool { return id == "clips.camera_code" })
	for id, l := range rows {
		for _, c := range clips[2:] {
			if c[0] == l[0] {
				cameras[id] = c[camera]
			}
		}
	}
	return head, rows, cameras
}
