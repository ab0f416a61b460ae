package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taizhang/internal/housetest"
	"taizhang/internal/postgres"
	"taizhang/schemas"
)

// TestCatalogTry says of a schema which places are refused, and of a good one
// that it is taken.
func TestCatalogTry(t *testing.T) {
	good, err := fs.ReadFile(schemas.FS, "ledgers/fire-safety/v1/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, raw []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var out strings.Builder
	if err := run(t.Context(), []string{"catalog", "try", write("good.json", good)}, nil, &out, io.Discard); err != nil || !strings.HasSuffix(out.String(), ": taken\n") {
		t.Errorf("a shipped schema: %v %s", err, out.String())
	}
	out.Reset()
	bad := write("bad.json", []byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,
		"properties":{"a":{"anyOf":[{"type":"string"}]},"Name":{"type":"string"}}}`))
	if err := run(t.Context(), []string{"catalog", "try", bad}, nil, &out, io.Discard); err == nil {
		t.Error("anyOf was taken")
	}
	for _, want := range []string{"schema.json/properties/a/anyOf: 不支持关键字 anyOf\n", "schema.json/properties/Name: 字段代码须以小写字母开头"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	out.Reset()
	alike := write("alike.json", []byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,
		"properties":{"a":{"type":"string","title":"甲","x-en":"A","x-id":"a"},"b":{"type":"string","title":"甲","x-en":"B","x-id":"b"}}}`))
	if err := run(t.Context(), []string{"catalog", "try", alike}, nil, &out, io.Discard); err == nil || !strings.Contains(out.String(), "schema.json/properties/b/title: 标题“甲”") {
		t.Errorf("two fields of one title: %v %s", err, out.String())
	}
}

// TestCatalogExport writes the catalogue back as the files it came from, with the
// owner that a ledger has since.
func TestCatalogExport(t *testing.T) {
	h := housetest.New(t)
	if _, err := h.Owner.Exec(t.Context(), "insert into ledger_owners (ledger, from_at, department) values ('tool-hazmat', now(), 'dept_education')"); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	env := []string{"DATABASE_URL=" + postgres.AsRole(h.OwnerURL, "taizhang_app")}
	if err := run(t.Context(), []string{"catalog", "export", dir}, env, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := fs.WalkDir(schemas.FS, "ledgers", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "valid/") || !strings.HasSuffix(path, ".json") {
			return err
		}
		// A new house begins with the newest version of each.
		if dir := strings.Split(path, "/"); dir[2] != fmt.Sprintf("v%d", h.Catalog.Current(dir[1]).Version) {
			return nil
		}
		want, err := fs.ReadFile(schemas.FS, path)
		if err != nil {
			return err
		}
		got, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: not as it was installed: %v", path, err)
		}
		n++
		return nil
	})
	if err != nil || n != 3*len(h.Catalog.Types()) {
		t.Errorf("%d files compared: %v", n, err)
	}
	owners, err := os.ReadFile(filepath.Join(dir, "owners.csv"))
	for _, want := range []string{"tool-hazmat, dept_education\n", "headcount, dept_custody\n"} {
		if !strings.Contains(string(owners), want) {
			t.Errorf("no %q in owners.csv: %v", want, err)
		}
	}
}
