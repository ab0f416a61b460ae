package workbook_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"taizhang/internal/fault"
	"taizhang/internal/workbook"
)

// bomb unpacks to far more than it may.
func bomb(t testing.TB) []byte {
	t.Helper()
	var w bytes.Buffer
	z := zip.NewWriter(&w)
	zeros := make([]byte, 1<<20)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/sharedStrings.xml"} {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 70 {
			if _, err := f.Write(zeros); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

// oneCell is a book of few bytes with a cell of many.
func oneCell(t testing.TB, raw []byte) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var w bytes.Buffer
	z := zip.NewWriter(&w)
	for _, f := range from.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "xl/worksheets/sheet1.xml" {
			cell := `<row r="9"><c r="B9" t="inlineStr"><is><t>` + strings.Repeat("甲", 20<<20) + `</t></is></c></row></sheetData>`
			part = bytes.Replace(part, []byte("</sheetData>"), []byte(cell), 1)
		}
		to, err := z.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

// FuzzOpen reads anything: a fault or rows, never a panic, and what came out as
// a document can be written again. Of a plain CSV every cell that says something
// beyond the titles is named, and its row wrong.
func FuzzOpen(f *testing.F) {
	typ := load(f).Current("cell-body-search")
	p := workbook.NewPlan(typ)
	o := workbook.Out{Number: 1, Version: 1, Value: documents(f, typ)[0].Value}
	f.Add(book(f, p, workbook.Empty, o))
	f.Add(text(f, p, workbook.Export, workbook.UTF8BOM, o))
	f.Add(text(f, p, workbook.Export, workbook.GB18030, o))
	f.Add([]byte("检查类别\n\xff\xfe,\"\n"))
	f.Add([]byte("检查类别,,序号\n甲,乙,,丙\n,,1\n,,注\n"))
	f.Add([]byte("检查类别\n\xaa\xa1\xfe\xa0,\xbc\xd7\n"))
	f.Add([]byte("检查类别,查获物品\n甲,\"[], \"\"x\"\": 1\"\n"))
	f.Add([]byte("\xff\xfe检查"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := workbook.Open(bytes.NewReader(raw), int64(len(raw)), plans(typ))
		if err != nil {
			if fault.CodeOf(err) == "" {
				t.Errorf("no fault: %v", err)
			}
			return
		}
		defer func() { _ = s.Close() }()
		x, err := workbook.NewText(io.Discard, s.Plan(), workbook.Errors, workbook.UTF8)
		if err != nil {
			t.Fatal(err)
		}
		beyond := beyondTitles(s, raw)
		for r, err := range s.Rows() {
			if r.Line > 0 {
				var got []string
				for _, u := range r.Untaken {
					if u.Why == workbook.Untitled {
						got = append(got, u.Text)
					}
				}
				if want := beyond[r.Line]; len(got) < len(want) || len(want) > 0 && len(r.Errors) == 0 {
					t.Errorf("line %d: %q are beyond the titles, named are %q, errors %v", r.Line, want, got, r.Errors)
				}
				delete(beyond, r.Line)
			}
			if err != nil {
				if fault.CodeOf(err) == "" {
					t.Errorf("no fault: %v", err)
				}
				return
			}
			if err := x.Add(workbook.Out{Number: 1, Version: s.Version, Value: r.Value, Errors: r.Errors}); err != nil {
				t.Fatal(err)
			}
		}
		if len(beyond) > 0 {
			t.Errorf("lines that were not read: %v", beyond)
		}
	})
}

// beyondTitles are the cells of a CSV, by line, that stand right of its last column;
// none where another reader would not find them as easily.
func beyondTitles(s *workbook.Source, raw []byte) map[int][]string {
	list := map[int][]string{}
	text := strings.TrimPrefix(string(raw), "\uFEFF")
	first, _, _ := strings.Cut(text, "\n")
	if s.Encoding != workbook.UTF8 && s.Encoding != workbook.UTF8BOM || strings.ContainsAny(text, "\"\r") || strings.ContainsAny(first, ";\t") {
		return list
	}
	columns, head := 0, false
	for n, line := range strings.Split(text, "\n") {
		cells := strings.Split(line, ",")
		if line == "" {
			continue
		}
		if !head {
			head, columns = true, len(cells)
			continue
		}
		for _, c := range cells[min(len(cells), columns):] {
			if strings.TrimSpace(c) != "" {
				list[n+1] = append(list[n+1], c)
			}
		}
	}
	return list
}
