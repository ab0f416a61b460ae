package printing_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/frontend"
	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
	"taizhang/schemas"
)

func theFont(t testing.TB) *printing.Font {
	t.Helper()
	raw, err := frontend.FormFont()
	if err != nil {
		t.Fatal(err)
	}
	f, err := printing.ReadFont(raw)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func sheet(t testing.TB, typ *catalog.Type, document []byte) printing.Sheet {
	t.Helper()
	doc, err := catalog.ParseDocument(document)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 9, 5, 0, 0, catalog.Zone)
	e := ledger.Entry{Key: ledger.Key{Entry: uuid.MustParse("0199a0de-0000-7000-8000-000000000001")}, Ledger: typ.ID, Version: typ.Version}
	rev := ledger.Revision{Number: 2, AuthorName: "张三", Ledger: typ.ID, Version: typ.Version, Document: doc.Canonical, Reason: "数量误填", OccurredAt: at, RecordedAt: at, Salt: make([]byte, 32)}
	s := printing.Sheet{Prison: "甲监狱", Area: "一监区", Type: typ, Entry: e, Revision: rev, Kind: printing.Filed, Code: "0123456789ABCDEF",
		Link:     "https://taizhang.example/verify/0123456789ABCDEF",
		Evidence: []ledger.Evidence{{Name: "照片一.jpg", Size: 4711}}}
	for i, step := range typ.Chain {
		s.Revision.Chain = append(s.Revision.Chain, ledger.Step{ID: step.ID, Title: step.Title})
		s.Decisions = append(s.Decisions, ledger.Decision{Step: i, Verdict: "approve", ByName: "李四", Comment: "属实", RecordedAt: at})
	}
	return s
}

type fixture struct {
	name string
	typ  *catalog.Type
	raw  []byte
}

func fixtures(t testing.TB) []fixture {
	t.Helper()
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	var list []fixture
	for _, typ := range c.Types() {
		dir := fmt.Sprintf("ledgers/%s/v%d/valid", typ.ID, typ.Version)
		files, err := fs.Glob(schemas.FS, dir+"/*.json")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, f := range files {
			raw, err := fs.ReadFile(schemas.FS, f)
			if err != nil {
				t.Fatal(err)
			}
			// A fixture is the document, or wraps it with what it stands for.
			var wrapped struct {
				Document json.RawMessage `json:"document"`
			}
			if json.Unmarshal(raw, &wrapped) == nil && wrapped.Document != nil {
				raw = wrapped.Document
			}
			list = append(list, fixture{typ.ID + "-" + path.Base(f), typ, raw})
		}
	}
	return list
}

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip()
	}
	f := theFont(t)
	for _, x := range fixtures(t) {
		pdf, pages, missing, err := f.Form(sheet(t, x.typ, x.raw))
		if err != nil || len(missing) > 0 {
			t.Errorf("%s: %v %q", x.name, err, missing)
		}
		again, _, _, _ := f.Form(sheet(t, x.typ, x.raw))
		if !bytes.Equal(pdf, again) {
			t.Errorf("%s differs", x.name)
		}
		fmt.Println(x.name, pages, len(pdf))
		os.WriteFile(dir+"/"+strings.TrimSuffix(x.name, ".json")+".pdf", pdf, 0o644)
	}
}
