package housetest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"taizhang/internal/exchange"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
	"taizhang/internal/workbook"
)

// secondSearch is the second version of the searches: what was restored is asked under
// another name, the count of the searched is retired.
func secondSearch(t *testing.T, h *housetest.House) proposal.Content {
	t.Helper()
	c := next(t, h, "cell-body-search", func(schema, _, form map[string]any) {
		retire(schema, "searched_count")
		for _, s := range form["sections"].([]any) {
			fields := s.(map[string]any)["fields"].([]any)
			kept := []any{}
			for _, f := range fields {
				if f != "searched_count" {
					kept = append(kept, f)
				}
			}
			s.(map[string]any)["fields"] = kept
		}
	})
	// The stable id stays.
	rename := strings.NewReplacer(`"x-id":"property_restored"`, `"x-id":"property_restored"`, `"property_restored"`, `"put_back"`, `doc.property_restored`, `doc.put_back`)
	c.Schema, c.Definition, c.Form = rename.Replace(c.Schema), rename.Replace(c.Definition), rename.Replace(c.Form)
	return c
}

// publish carries a change of a ledger out.
func publish(t *testing.T, h *housetest.House, c proposal.Content) {
	t.Helper()
	c.AcceptHeld = true
	p, err := propose(h, t.Context(), "custody head", c)
	if err != nil {
		t.Fatal(err)
	}
	if p = decideAll(t, h, p, "bureau office"); p.State != proposal.Executed {
		t.Fatalf("the version is %s", p.State)
	}
}

// searchOf12 is a search with a field that the second version does not have.
func searchOf12(t *testing.T, h *housetest.House) json.RawMessage {
	t.Helper()
	doc := loose(h.Search())
	doc["searched_count"] = 12
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestBatchOfAnotherVersion: rows typed under a version that passed are filed
// under no other without being looked at. They are told so, carried over by
// stable ids with what is dropped named, and then filed; what was filed before
// is answered as before.
func TestBatchOfAnotherVersion(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := h.As(t.Context(), "officer")
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search", Version: 1}
	rows := []ledger.Row{{Key: "1", Body: searchOf12(t, h)}, {Key: "2", Body: searchOf12(t, h)}}
	before := fileAll(t, h, ctx, n, rows[:1], "batch-one")
	if before["1"].err != nil {
		t.Fatal(before["1"].err)
	}
	publish(t, h, secondSearch(t, h))

	// Both at once: none of the two files the second row.
	var twice [2]map[string]filed
	var both sync.WaitGroup
	for i := range twice {
		both.Go(func() { twice[i] = fileAll(t, h, ctx, n, rows, "batch-one") })
	}
	both.Wait()
	for _, got := range twice {
		if got["1"].err != nil || got["1"].out.Entry.Entry != before["1"].out.Entry.Entry {
			t.Errorf("what was filed before: %+v", got["1"])
		}
		if fault.CodeOf(got["2"].err) != "version_passed" {
			t.Errorf("of the version that passed: %v", got["2"].err)
		}
	}
	if _, err := h.Ledger.CheckBatch(ctx, n, rows[1:]); fault.CodeOf(err) != "version_passed" {
		t.Errorf("checked under a version that passed: %v", err)
	}
	version, list, err := h.Ledger.MoveBatch(ctx, n, rows[1:])
	if err != nil || version != 2 || len(list) != 1 {
		t.Fatal(version, list, err)
	}
	want := loose(rows[1].Body)
	want["put_back"] = want["property_restored"]
	delete(want, "property_restored")
	delete(want, "searched_count")
	if diff := cmp.Diff(want, loose(list[0].Body)); diff != "" {
		t.Error(diff)
	}
	if d := list[0].Dropped; len(d) != 1 || d[0].Title.ZH == "" || d[0].Value != json.Number("12") {
		t.Errorf("dropped: %v", d)
	}
	n.Version = 2
	rows[1].Body = list[0].Body
	if f := fileAll(t, h, ctx, n, rows[1:], "batch-one")["2"]; f.err != nil || f.out.Entry.Version != 2 {
		t.Errorf("carried over: %+v", f)
	}
	n.Version = 9
	if _, _, err := h.Ledger.MoveBatch(ctx, n, rows); fault.CodeOf(err) != "ledger_unknown" {
		t.Errorf("of a version that never was: %v", err)
	}
	if _, _, err := h.Ledger.MoveBatch(h.As(t.Context(), "officer elsewhere"), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: n.Ledger, Version: 1}, rows); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
		t.Errorf("by one of another area: %v", err)
	}
}

// TestBatchOfAnotherVersionAnswers holds the routes to the contract.
func TestBatchOfAnotherVersionAnswers(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	publish(t, c.h, secondSearch(t, c.h))
	in := "/prisons/" + c.h.Prison.String() + "/batches"
	batch := func(version string) string {
		return `{"ledger":"cell-body-search","version":` + version + `,"area":"` + c.h.Area.String() + `","rows":[{"key":"1","body":` + string(searchOf12(t, c.h)) + `}]}`
	}
	status, body := c.do(t, "POST", in+"/check", batch("1"), nil)
	if status != 409 || body["code"] != "version_passed" || body["version"] != 2.0 {
		t.Errorf("check: %d %v", status, body)
	}
	status, body = c.do(t, "POST", in, batch("1"), map[string]string{"Idempotency-Key": uuid.NewString()})
	if status != 200 || body["results"].([]any)[0].(map[string]any)["code"] != "version_passed" {
		t.Errorf("filing: %d %v", status, body)
	}
	status, body = c.do(t, "POST", in+"/move", batch("1"), nil)
	if status != 200 || body["version"] != 2.0 {
		t.Fatalf("move: %d %v", status, body)
	}
	row := maps.Clone(body["rows"].([]any)[0].(map[string]any))
	if dropped := row["dropped"].([]any)[0].(map[string]any); dropped["value"] != 12.0 {
		t.Errorf("dropped: %v", row)
	}
}

// TestImportOvertaken: what was checked under a version that passed before it was
// written is checked anew under the current one, and its sender looks at that
// first; as entries and as drafts, before the first row and in the middle, with
// two jobs at once. No draft holds a field that its version does not have.
func TestImportOvertaken(t *testing.T) {
	t.Parallel()
	for _, asDraft := range []bool{false, true} {
		h := housetest.New(t)
		outs := searches(h, 60, func(int) bool { return false })
		for k := range outs {
			outs[k].Value["searched_count"] = json.Number("12")
		}
		sent := exchange.Sent{AsDraft: asDraft}
		raw := bookOf(t, h, "cell-body-search", outs)
		whole := through(t, h, "officer", send(t, h, "officer", sent, raw))
		// The other one was written in part when it was stopped.
		for k := range outs {
			outs[k].Value["places"] = []any{fmt.Sprintf("%d 监舍", 300+k)}
		}
		half := through(t, h, "officer", send(t, h, "officer", sent, bookOf(t, h, "cell-body-search", outs)))
		half = begin(t, h, "officer", half)
		written := rowsWritten(t, h, half, 20)
		if whole.Good != 60 || half.Good != 60 || written != 20 {
			t.Fatal(whole, half, written)
		}
		retired := titleOf(t, h, "searched_count")
		publish(t, h, secondSearch(t, h))

		begin(t, h, "officer", whole)
		var wg sync.WaitGroup
		for _, i := range []exchange.Import{whole, whole, half, half} {
			wg.Go(func() {
				if _, err := h.Exchange.Run(t.Context(), exchange.Work{Prison: i.Prison, ID: i.ID}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for of, i := range map[string]exchange.Import{"whole": whole, "half": half} {
			kept := map[string]int{"half": 20}[of]
			i = through(t, h, "officer", i)
			if i.State != exchange.Checked || i.Version != 2 || i.Passed == nil || *i.Passed != 1 || i.Good != 60 || i.Bad != 0 || i.Written != kept || !slices.Equal(i.Retired, []string{retired}) {
				t.Fatalf("%s, as draft %v: overtaken %+v", of, asDraft, i)
			}
			i = through(t, h, "officer", begin(t, h, "officer", i))
			if i.State != exchange.Done || i.Written != 60 {
				t.Errorf("%s, as draft %v: written %+v", of, asDraft, i)
			}
		}
		list, err := h.Ledger.List(h.As(t.Context(), "officer"), ledger.Query{Prison: h.Prison, Limit: 200})
		if err != nil || len(list) != 120 {
			t.Errorf("%d entries: %v", len(list), err)
		}
		of := map[int]int{}
		for _, e := range list {
			of[e.Version]++
			if e.State != ledger.Draft {
				continue
			}
			res, err := h.Ledger.Check(h.As(t.Context(), "officer"), e.Key, draftAt(t, h, e.Key))
			if err != nil || len(res.Errors) > 0 {
				t.Fatalf("a draft of version %d: %v %v", e.Version, res.Errors, err)
			}
		}
		if of[1] != 20 || of[2] != 100 {
			t.Errorf("entries by version: %v", of)
		}
	}
}

// rowsWritten writes the first rows of an import as its job would, which was then
// killed before it noted them.
func rowsWritten(t *testing.T, h *housetest.House, i exchange.Import, n int) (written int) {
	t.Helper()
	ctx := h.As(t.Context(), "officer")
	_, rows, err := h.Exchange.Rows(ctx, i.Prison, i.ID, exchange.Good, 0, n)
	if err != nil {
		t.Fatal(err)
	}
	do := h.Ledger.File
	if i.AsDraft {
		do = h.Ledger.Create
	}
	for _, r := range rows {
		idem := ledger.Idem{Key: i.ID.String() + "/" + fmt.Sprint(r.Number), Route: "IMPORT " + i.Ledger, BodyHash: sha256.Sum256(r.Document)}
		if _, err := do(ctx, ledger.New{Prison: i.Prison, Area: *r.Area, Ledger: i.Ledger, Version: 1, Body: r.Document, Once: r.Names}, idem); err != nil {
			t.Fatal(err)
		}
		written++
	}
	return written
}

func draftAt(t *testing.T, h *housetest.House, k ledger.Key) json.RawMessage {
	t.Helper()
	v, err := h.Ledger.Get(h.As(t.Context(), "officer"), k)
	if err != nil {
		t.Fatal(err)
	}
	return v.Draft.Body
}

// textOf is the file of searches that an officer would send as text.
func textOf(t *testing.T, h *housetest.House, outs []workbook.Out, encoding string) []byte {
	t.Helper()
	var w bytes.Buffer
	x, err := workbook.NewText(&w, workbook.NewPlan(h.Catalog.Current("cell-body-search")), workbook.Empty, encoding)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outs {
		o.Area = ""
		if err := x.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

// TestImportRetired: a file with a column that the version has retired is checked
// all the same; the column and its cells are named before anything is written, the
// rest goes in when its sender says so, and the error workbook keeps what was not
// taken. That workbook sent again writes no row twice, whatever was changed in it.
func TestImportRetired(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	h := c.h
	outs := searches(h, 4, func(i int) bool { return i == 1 })
	for k := range outs[:3] {
		outs[k].Value["searched_count"] = json.Number("12")
	}
	title := titleOf(t, h, "searched_count")
	asText := textOf(t, h, outs, workbook.UTF8BOM)
	asBook := bookOf(t, h, "cell-body-search", outs)
	publish(t, h, secondSearch(t, h))
	for _, name := range []string{"表.xlsx", "表.csv"} {
		raw := map[string][]byte{"表.xlsx": asBook, "表.csv": asText}[name]
		i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{Name: name}, raw))
		in := "/prisons/" + h.Prison.String() + "/imports/" + i.ID.String()
		status, body := c.do(t, "GET", in, "", nil)
		if i.State != exchange.Checked || status != 200 || fmt.Sprint(body["retired"]) != "["+title+"]" {
			t.Fatalf("%s: %+v %v", name, i, body)
		}
		if name == "表.csv" {
			// The same matters as those of the workbook.
			if i.Skipped != 3 || i.Bad != 1 {
				t.Errorf("%s: %+v", name, i)
			}
			continue
		}
		if i.Good != 3 || i.Bad != 1 {
			t.Fatalf("%s: %+v", name, i)
		}
		if status, body := c.do(t, "GET", in+"/rows", "", nil); status != 200 || strings.Count(fmt.Sprint(body), "map[text:12 title:"+title+" why:retired]") != 3 {
			t.Errorf("%s: %d %v", name, status, body)
		}
		if n := entries(t, h); n != 0 {
			t.Errorf("%s: %d entries before anybody said so", name, n)
		}
		if i = through(t, h, "officer", begin(t, h, "officer", i)); i.Written != 3 || entries(t, h) != 3 {
			t.Errorf("%s: %+v", name, i)
		}
		kept := errorBook(t, h, "officer", i)
		f, err := excelize.OpenReader(bytes.NewReader(kept))
		if err != nil {
			t.Fatal(err)
		}
		sheet := f.GetSheetList()[0]
		lines, err := f.GetRows(sheet)
		if err != nil || len(lines) != 5 || strings.Count(fmt.Sprint(lines), "“"+title+"”已停用，未导入：12") != 3 {
			t.Errorf("%s: kept %v %v", name, lines, err)
		}
		// What was not taken is written elsewhere into the rows, and all of it sent again.
		for n, id := range mustRow(t, f, sheet, 2) {
			if id == "places" {
				for line := 3; line <= 5; line++ {
					cell, _ := excelize.CoordinatesToCellName(n+1, line)
					if err := f.SetCellStr(sheet, cell, fmt.Sprintf("改 %d", line)); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		var changed bytes.Buffer
		if err := f.Write(&changed); err != nil {
			t.Fatal(err)
		}
		again := through(t, h, "officer", send(t, h, "officer", exchange.Sent{Name: "再次.xlsx"}, changed.Bytes()))
		if again.Differs != 2 || again.Skipped != 0 || again.Good != 0 || again.Bad != 1 {
			t.Errorf("sent again: %+v", again)
		}
	}
}

func mustRow(t *testing.T, f *excelize.File, sheet string, n int) []string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows[n-1]
}

// titleOf is a field's title by its stable id, as the current version has it.
func titleOf(t *testing.T, h *housetest.House, id string) string {
	t.Helper()
	for _, f := range h.Catalog.Current("cell-body-search").Fields() {
		if f.ID == id {
			return f.Title().ZH
		}
	}
	t.Fatal("no field " + id)
	return ""
}
