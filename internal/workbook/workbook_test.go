package workbook_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/workbook"
	"taizhang/schemas"
)

func load(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// documents of a type that pass, without what a table cannot carry: files and
// what the server works out.
func documents(t testing.TB, typ *catalog.Type) []catalog.Document {
	t.Helper()
	files, err := fs.Glob(schemas.FS, fmt.Sprintf("ledgers/%s/v%d/valid/*.json", typ.ID, typ.Version))
	if err != nil || len(files) == 0 {
		t.Fatal(typ.ID, files, err)
	}
	leaves, _ := typ.Leaves()
	var out []catalog.Document
	for _, f := range files {
		raw, err := fs.ReadFile(schemas.FS, f)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := catalog.ParseDocument(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range leaves {
			if l.Derived || l.Widget == "evidence" {
				strip(doc.Value, l.Pointer)
			}
		}
		out = append(out, parsed(t, doc.Value))
	}
	return out
}

func parsed(t testing.TB, v map[string]any) catalog.Document {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := catalog.ParseDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func strip(v any, pointer string) {
	first, rest, deeper := strings.Cut(pointer[1:], "/")
	switch x := v.(type) {
	case map[string]any:
		if !deeper {
			delete(x, first)
		} else if x[first] != nil {
			strip(x[first], "/"+rest)
			// A group of nothing else has no column.
			if group, ok := x[first].(map[string]any); ok && len(group) == 0 {
				delete(x, first)
			}
		}
	case []any:
		for _, e := range x {
			strip(e, "/"+rest)
		}
	}
}

// plans knows the versions given; the first is the current one.
func plans(types ...*catalog.Type) func(int) *workbook.Plan {
	return func(v int) *workbook.Plan {
		for _, t := range types {
			if v == 0 || t.Version == v {
				return workbook.NewPlan(t)
			}
		}
		return nil
	}
}

func book(t testing.TB, p *workbook.Plan, kind workbook.Kind, outs ...workbook.Out) []byte {
	t.Helper()
	b, err := workbook.NewBook(p, kind, []string{"一监区", "二监区"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	for _, o := range outs {
		if err := b.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	var w bytes.Buffer
	if _, err := b.WriteTo(&w); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func text(t testing.TB, p *workbook.Plan, kind workbook.Kind, enc string, outs ...workbook.Out) []byte {
	t.Helper()
	var w bytes.Buffer
	x, err := workbook.NewText(&w, p, kind, enc)
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
	return w.Bytes()
}

func read(t testing.TB, raw []byte, plans func(int) *workbook.Plan) (*workbook.Source, []workbook.Row) {
	t.Helper()
	s, err := workbook.Open(bytes.NewReader(raw), int64(len(raw)), plans)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var rows []workbook.Row
	for r, err := range s.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return s, rows
}

// TestRoundTrip writes every valid document of every type into an empty file, an
// export and every CSV, and reads the same documents back.
func TestRoundTrip(t *testing.T) {
	for _, typ := range load(t).Types() {
		t.Run(typ.ID, func(t *testing.T) {
			p := workbook.NewPlan(typ)
			docs := documents(t, typ)
			var outs []workbook.Out
			for i, d := range docs {
				outs = append(outs, workbook.Out{Number: i + 1, Version: typ.Version, Value: d.Value, Area: "一监区"})
			}
			for name, raw := range map[string][]byte{
				"empty": book(t, p, workbook.Empty, outs...), "export": book(t, p, workbook.Export, outs...), "errors": book(t, p, workbook.Errors, outs...),
				workbook.UTF8: text(t, p, workbook.Empty, workbook.UTF8, outs...), workbook.UTF8BOM: text(t, p, workbook.Export, workbook.UTF8BOM, outs...),
				workbook.GB18030: text(t, p, workbook.Export, workbook.GB18030, outs...),
			} {
				s, rows := read(t, raw, plans(typ))
				if strings.HasPrefix(name, "utf") || name == workbook.GB18030 {
					if s.Encoding != name {
						t.Errorf("%s was taken for %s", name, s.Encoding)
					}
				}
				if len(rows) != len(docs) {
					t.Fatalf("%s: %d rows, want %d", name, len(rows), len(docs))
				}
				for i, r := range rows {
					if len(r.Errors) > 0 || r.Area != "一监区" {
						t.Errorf("%s row %d: %v in %q", name, i, r.Errors, r.Area)
					}
					if diff := cmp.Diff(string(docs[i].Canonical), string(parsed(t, r.Value).Canonical)); diff != "" {
						t.Errorf("%s row %d:\n%s", name, i, diff)
					}
				}
			}
		})
	}
}

// TestFormulas keeps text that looks like a formula text, and whole.
func TestFormulas(t *testing.T) {
	typ := load(t).Current("cell-body-search")
	p := workbook.NewPlan(typ)
	doc := documents(t, typ)[0]
	for _, evil := range []string{"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "'=already", "''@two", "=HYPERLINK(\"http://x\")", "<b>&\"", "a\nb", " 空格 "} {
		doc.Value["places"] = []any{evil}
		if strings.ContainsAny(evil, "\n") || strings.TrimSpace(evil) != evil {
			doc.Value["places"] = []any{strings.TrimSpace(strings.ReplaceAll(evil, "\n", ""))}
		}
		doc.Value["search_kind"] = "cell"
		o := workbook.Out{Number: 1, Version: typ.Version, Value: doc.Value, Area: evil}
		x, c := book(t, p, workbook.Export, o), text(t, p, workbook.Export, workbook.UTF8BOM, o)
		for _, raw := range [][]byte{x, c} {
			_, rows := read(t, raw, plans(typ))
			if diff := cmp.Diff(doc.Value["places"], rows[0].Value["places"]); diff != "" {
				t.Errorf("%q: %s", evil, diff)
			}
		}
		z, err := zip.NewReader(bytes.NewReader(x), int64(len(x)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			r, _ := f.Open()
			raw, _ := io.ReadAll(r)
			if strings.Contains(string(raw), "<f>") {
				t.Errorf("%q became a formula in %s", evil, f.Name)
			}
		}
		for _, field := range strings.Split(string(c), ",") {
			if field = strings.Trim(field, "\r\n\""); field != "" && strings.ContainsRune("=+@\t", rune(field[0])) {
				t.Errorf("a CSV field begins a formula: %q", field)
			}
		}
	}
}

// TestMarks wants every mistake on its own cell, in the list too, and read away
// again when the workbook comes back.
func TestMarks(t *testing.T) {
	typ := load(t).Current("cell-body-search")
	p := workbook.NewPlan(typ)
	doc := documents(t, typ)[0].Value
	doc["search_kind"], doc["findings_count"] = "牢房", "三"
	o := workbook.Out{Number: 1, Version: 1, Value: doc, Key: "k/1", Errors: []fault.Field{
		{Pointer: "/search_kind", Code: "cell", Text: fault.Text{ZH: "不在可选项中"}}, {Pointer: "/findings/0/item_name", Code: "required", Text: fault.Text{ZH: "必填"}},
		{Pointer: "", Code: "x", Text: fault.Text{ZH: "整行"}}}}
	doc["findings"] = []any{map[string]any{"item_class": "irregular"}}
	raw := book(t, p, workbook.Errors, o)
	if f := os.Getenv("KEEP_BOOK"); f != "" {
		_ = os.WriteFile(f, raw, 0o644)
	}
	_, rows := read(t, raw, plans(typ))
	if len(rows) != 1 || rows[0].Key != "k/1" || rows[0].Value["search_kind"] != "牢房" {
		t.Fatalf("%+v", rows)
	}
	codes := map[string]bool{}
	for _, f := range rows[0].Errors {
		codes[f.Pointer] = true
	}
	if !codes["/search_kind"] || !codes["/findings_count"] || len(codes) != 2 {
		t.Errorf("unreadable: %v", rows[0].Errors)
	}
	if got := p.Tell(1, o.Errors); !strings.Contains(got, "第 1 行") || !strings.Contains(got, "整行") {
		t.Errorf("told as %q", got)
	}
}

// TestSavedElsewhere reads a workbook of rewards and punishments that LibreOffice
// opened and saved again.
func TestSavedElsewhere(t *testing.T) {
	raw, err := os.ReadFile("testdata/saved-by-libreoffice.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	typ := load(t).Type("reward-punishment", 1)
	docs := documents(t, typ)
	_, rows := read(t, raw, plans(typ))
	if len(rows) != len(docs) {
		t.Fatalf("%d rows, want %d", len(rows), len(docs))
	}
	for i, r := range rows {
		if diff := cmp.Diff(string(docs[i].Canonical), string(parsed(t, r.Value).Canonical)); diff != "" || len(r.Errors) > 0 || r.Key != "k" {
			t.Errorf("row %d: %s %v", i, diff, r.Errors)
		}
	}
}
