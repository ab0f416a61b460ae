package printing_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"taizhang/frontend"
	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
	"taizhang/internal/printing/printingtest"
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

// squeezed takes out what wrapping may have put in.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func read(t testing.TB, pdf []byte) (pages []string) {
	t.Helper()
	f, err := printingtest.Read(pdf)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Pages() {
		pages = append(pages, f.Text(p))
	}
	return pages
}

// TestForms draws every valid document of every type: each title and value is
// there to be copied, nothing is missing from the font, each page says where it
// belongs, and the same sheet gives the same bytes.
func TestForms(t *testing.T) {
	f := theFont(t)
	types := map[string]bool{}
	for _, x := range fixtures(t) {
		types[x.typ.ID] = true
		s := sheet(t, x.typ, x.raw)
		pdf, n, missing, err := f.Form(s)
		if err != nil || len(missing) > 0 {
			t.Errorf("%s: %v, missing %q", x.name, err, missing)
			continue
		}
		if dir := os.Getenv("LOOK"); dir != "" {
			_ = os.WriteFile(path.Join(dir, x.name+".pdf"), pdf, 0o600)
		}
		if again, _, _, _ := f.Form(s); !bytes.Equal(pdf, again) {
			t.Errorf("%s: made twice, it differs", x.name)
		}
		if len(pdf) > 200_000 {
			t.Errorf("%s: %d bytes", x.name, len(pdf))
		}
		pages := read(t, pdf)
		if len(pages) != n {
			t.Errorf("%s: %d pages, said %d", x.name, len(pages), n)
		}
		for i, p := range pages {
			for _, want := range []string{fmt.Sprintf("第%d页共%d页", i+1, n), "核验码0123-4567-89AB-CDEF", s.Entry.Entry.String()} {
				if !strings.Contains(squeezed(p), want) {
					t.Errorf("%s page %d: no %q", x.name, i+1, want)
				}
			}
		}
		all := squeezed(strings.Join(pages, ""))
		want := []string{x.typ.Title.ZH, "甲监狱", "一监区", "张三", "李四", "2026年11月23日", "数量误填", "照片一.jpg", map[string]string{"L1": "内部", "L2": "受限", "L3": "严格受限"}[x.typ.Sensitivity]}
		for _, step := range x.typ.Chain {
			want = append(want, step.Title.ZH)
		}
		doc, err := catalog.ParseDocument(x.raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, sec := range x.typ.Outline(doc) {
			want = append(want, sec.Title.ZH)
			want = words(want, sec.Fields)
		}
		if len(want) < 20 {
			t.Errorf("%s: only %q", x.name, want)
		}
		for _, w := range want {
			// Cells beside each other break a long one into lines between theirs.
			if !strings.Contains(all, squeezed(w)) && !inPieces(all, squeezed(w)) {
				t.Errorf("%s: %q is not on paper", x.name, w)
			}
		}
	}
	if len(types) != 26 {
		t.Errorf("%d types", len(types))
	}
}

func words(list []string, fields []catalog.Shown) []string {
	for _, f := range fields {
		list = append(list, f.Title.ZH, f.Text)
		list = words(list, f.Members)
		list = words(list, f.Columns)
		for _, r := range f.Rows {
			for _, c := range r {
				list = append(list, c.Text)
				list = words(list, c.Members)
			}
		}
	}
	return list
}

// inPieces finds a long text whose lines a page break has parted.
func inPieces(all, w string) bool {
	rs := []rune(w)
	for i := 4; i <= len(rs)-4; i++ {
		if strings.Contains(all, string(rs[:i])) && strings.Contains(all, string(rs[i:])) {
			return true
		}
	}
	return false
}

// TestCodeOnPaper reads the QR as a scanner does.
func TestCodeOnPaper(t *testing.T) {
	x := fixtures(t)[0]
	s := sheet(t, x.typ, x.raw)
	pdf, _, _, err := theFont(t).Form(s)
	if err != nil {
		t.Fatal(err)
	}
	f, err := printingtest.Read(pdf)
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(f.Black(f.Pages()[0], 482, 24, 80, 842, 8))
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil || got.GetText() != s.Link {
		t.Errorf("%v %v, want %s", got, err, s.Link)
	}
}

// TestLongAndOdd: what does not fit a page goes on to the next, the header of a
// table with it; a character without a picture is a box and named.
func TestLongAndOdd(t *testing.T) {
	f := theFont(t)
	var x fixture
	for _, y := range fixtures(t) {
		if y.name == "duty-log-04-major.json" {
			x = y
		}
	}
	s := sheet(t, x.typ, x.raw)
	s.Decisions[0].Comment = strings.Repeat("意见很长，须转页。", 700)
	s.Revision.Reason = "姓名含𠮷与\u202e反向及表情😀"
	for i := range 90 {
		s.Evidence = append(s.Evidence, ledger.Evidence{Name: fmt.Sprintf("照片%03d.jpg", i), Size: int64(i)})
	}
	pdf, n, missing, err := f.Form(s)
	if err != nil {
		t.Fatal(err)
	}
	pages := read(t, pdf)
	all := squeezed(strings.Join(pages, ""))
	if want := []rune{0x202e, 0x1f600, 0x20bb7}; !slices.Equal(missing, want) {
		t.Errorf("missing %U", missing)
	}
	for _, w := range []string{"姓名含□与□反向及表情□", "U+20BB7", "U+1F600", "U+202E", "照片089.jpg"} {
		if !strings.Contains(all, w) {
			t.Errorf("no %q", w)
		}
	}
	if got := strings.Count(all, "意见很长"); n < 6 || got < 690 {
		t.Errorf("%d pages, the opinion %d times", n, got)
	}
	heads := 0
	for _, p := range pages {
		if strings.Contains(p, "照片0") && strings.Contains(squeezed(p), "文件名") {
			heads++
		}
	}
	if heads < 2 {
		t.Errorf("the header of the list stands on %d pages", heads)
	}
}

// TestCode: a code is read as people type it; every slip of one letter shows.
func TestCode(t *testing.T) {
	x := fixtures(t)[0]
	code := printing.CodeOf(sheet(t, x.typ, x.raw).Revision, printing.Filed)
	if voided := printing.CodeOf(sheet(t, x.typ, x.raw).Revision, printing.Voided); voided == code {
		t.Error("both forms of a revision have one code")
	}
	for _, typed := range []string{code, printing.Spelled(code), strings.ToLower(code), " " + strings.ReplaceAll(printing.Spelled(code), "-", " "), strings.NewReplacer("0", "O", "1", "l").Replace(code)} {
		if got, ok := printing.ReadCode(typed); !ok || got != code {
			t.Errorf("%q: %q %v", typed, got, ok)
		}
	}
	for i := range code {
		for _, l := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			slip := code[:i] + string(l) + code[i+1:]
			if _, ok := printing.ReadCode(slip); ok != (slip == code) {
				t.Errorf("%s: %v", slip, ok)
			}
		}
	}
}

// FuzzForm: whatever was filed can be printed, and every character of it is on
// paper or named as missing.
func FuzzForm(f *testing.F) {
	font := theFont(f)
	x := fixtures(f)[0]
	for _, s := range []string{"", "值班", strings.Repeat("长", 5000), strings.Repeat("W", 3000), "a\r\nb\tc", "\u202e\u0000\ufffd", "（（（（", "，。，。", "\xff\xfe", "e\u0301", strings.Repeat("\n", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 20_000 {
			return
		}
		s := sheet(t, x.typ, x.raw)
		s.Decisions[0].Comment, s.Area, s.Revision.AuthorName = text, text, text
		s.Evidence[0].Name = text
		pdf, n, missing, err := font.Form(s)
		if err != nil {
			t.Fatal(err)
		}
		pages := read(t, pdf)
		if len(pages) != n {
			t.Fatalf("%d pages, said %d", len(pages), n)
		}
		all := strings.Join(pages, "")
		for _, r := range text {
			if !unicode.IsSpace(r) && !strings.ContainsRune(all, r) && !slices.Contains(missing, r) {
				t.Fatalf("%U is neither on paper nor named", r)
			}
		}
		if strings.ContainsRune(all, 0xfffd) {
			t.Fatal("a glyph without a character")
		}
	})
}
