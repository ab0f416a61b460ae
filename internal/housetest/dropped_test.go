package housetest_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taizhang/internal/exchange"
	"taizhang/internal/workbook"
)

// changed is a workbook in which somebody typed.
func changed(t *testing.T, raw []byte, change func(f *excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	change(f)
	var w bytes.Buffer
	if err := f.Write(&w); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

// TestImportUntitled: a cell without a title makes its row bad, stands in the error
// workbook, and is as wrong when it comes back from there until somebody moves it.
func TestImportUntitled(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	h := c.h
	outs := searches(h, 2, func(int) bool { return false })
	raw := []byte(strings.TrimSuffix(string(textOf(t, h, outs, workbook.GB18030)), "\r\n") + ",twice a week\r\n")
	var book []byte
	for round, sent := range [][]byte{raw, nil} {
		if sent == nil {
			sent = book
		}
		i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, sent))
		if i.State != exchange.Checked || i.Good != 1-round || i.Bad != 1 {
			t.Fatalf("round %d: %+v", round, i)
		}
		_, body := c.do(t, "GET", "/prisons/"+h.Prison.String()+"/imports/"+i.ID.String()+"/rows?outcome=bad", "", nil)
		if said := fmt.Sprint(body); strings.Count(said, "text:twice a week") != 1 || strings.Count(said, "code:untitled") != 1 {
			t.Errorf("round %d: %s", round, said)
		}
		book = errorBook(t, h, "officer", i)
	}
	mended := changed(t, book, func(f *excelize.File) {
		sheet := f.GetSheetList()[0]
		line := mustRow(t, f, sheet, 3)
		if line[len(line)-1] != "twice a week" {
			t.Fatalf("the error workbook says %v", line)
		}
		last, _ := excelize.CoordinatesToCellName(len(line), 3)
		if err := f.SetCellValue(sheet, last, nil); err != nil {
			t.Fatal(err)
		}
	})
	for round, written := range []int{1, 0} {
		i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, mended))
		if i.Good > 0 {
			i = through(t, h, "officer", begin(t, h, "officer", i))
		}
		if i.Written != written || i.Bad != 0 || entries(t, h) != 1 {
			t.Errorf("corrected, round %d: %+v", round, i)
		}
	}
}

// TestImportTied: where it is not certain which entry the row of a list belongs to,
// nothing of the file is taken, and the page says which cells leave it open.
func TestImportTied(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	h := c.h
	raw := bookOf(t, h, "cell-body-search", searches(h, 2, func(int) bool { return false }))
	for _, test := range []struct {
		sheets               []string
		cell, value, message string
	}{
		{[]string{"clips"}, "A3", "9", "A3“9”"}, {[]string{"clips"}, "A3", "", "A3“”"}, {[]string{"", "clips"}, "A4", "1", "“1”A3、A4"},
	} {
		bad := changed(t, raw, func(f *excelize.File) {
			for _, list := range test.sheets {
				sheet := f.GetSheetList()[0]
				for _, name := range f.GetSheetList() {
					if list != "" && strings.Contains(name, titleOf(t, h, list)) {
						sheet = name
					}
				}
				if err := f.SetCellStr(sheet, test.cell, test.value); err != nil {
					t.Fatal(err)
				}
			}
		})
		i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, bad))
		_, body := c.do(t, "GET", "/prisons/"+h.Prison.String()+"/imports/"+i.ID.String(), "", nil)
		if message := fmt.Sprint(body["message"]); i.State != exchange.Failed || i.Good+i.Bad != 0 || !strings.HasSuffix(message, test.message) {
			t.Errorf("%v: %+v %s", test, i, message)
		}
	}
	i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, raw))
	if i = through(t, h, "officer", begin(t, h, "officer", i)); i.Written != 2 || entries(t, h) != 2 {
		t.Errorf("mended: %+v", i)
	}
}

// TestImportCopiedLine: a line that was copied in the error workbook, with its hidden
// label, is a matter of its own, and sent again it is the same one.
func TestImportCopiedLine(t *testing.T) {
	t.Parallel()
	h := serve(t).h
	raw := bookOf(t, h, "cell-body-search", searches(h, 1, func(int) bool { return true }))
	i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, raw))
	label := rowsOf(t, h, errorBook(t, h, "officer", i))[0].Key
	outs := searches(h, 3, func(int) bool { return false })
	for k := range outs {
		outs[k].Key = label
	}
	two := bookOf(t, h, "cell-body-search", outs)
	for round, written := range []int{3, 0} {
		c := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, two))
		if c.Good > 0 {
			c = through(t, h, "officer", begin(t, h, "officer", c))
		}
		if c.Written != written || c.Bad != 0 || c.Skipped != 3-written || c.Differs != 0 || entries(t, h) != 3 {
			t.Errorf("round %d: %+v", round, c)
		}
	}
}
