package printing_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
	"taizhang/internal/scoring"
	"taizhang/schemas"
)

// TestSheetPDF draws the sheets of every worked case: what is read back from the paper equals the
// sheet to the leaf, and the same sheet gives the same bytes.
func TestSheetPDF(t *testing.T) {
	f := theFont(t)
	std := ordinary(t)
	cases, err := fs.Glob(schemas.FS, "standards/ordinary-area/v1/cases/*.json")
	if err != nil || len(cases) == 0 {
		t.Fatal(cases, err)
	}
	for _, name := range cases {
		raw, err := fs.ReadFile(schemas.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			Input scoring.Input `json:"input"`
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		sh := scoring.Evaluate(std, c.Input)
		s := printing.ScoreSheet{Prison: "甲监狱", Area: "一监区", Kind: "onsite", AsOf: sh.To, MadeBy: "张三", RecordedAt: time.Date(2026, 7, 1, 9, 0, 0, 0, catalog.Zone),
			Run: uuid.MustParse("0199a0de-0000-7000-8000-000000000001"), Standard: std.Title.ZH, Digest: "sha256:00", Bytes: ledger.Digest{1: 11}, Code: "0123456789ABCDEF", Verified: 3, All: 4, Sheet: sh,
			Link: "https://taizhang.example/verify/0123456789ABCDEF"}
		pdf, pages, missing, err := f.Official(s.Paper())
		if err != nil || len(missing) > 0 {
			t.Fatalf("%s: %v, the font lacks %q", name, err, missing)
		}
		if again, _, _, err := f.Official(s.Paper()); err != nil || !bytes.Equal(again, pdf) {
			t.Errorf("%s: drawn again it is another file: %v", name, err)
		}
		read := read(t, pdf)
		if len(read) != pages {
			t.Errorf("%s: %d pages, not %d", name, len(read), pages)
		}
		first, all := squeezed(read[0]), squeezed(strings.Join(read, ""))
		for _, want := range []string{sh.Score.String(), sh.Display, sh.Line.String(), sh.From, fmt.Sprintf("第%d版", sh.Version), "4项，已核验销号3项", map[bool]string{true: "通过", false: "未通过"}[sh.Passes]} {
			if !strings.Contains(first, squeezed(want)) {
				t.Errorf("%s: the first page does not say %q", name, want)
			}
		}
		for _, v := range sh.Vetoes {
			if !strings.Contains(first, v) {
				t.Errorf("%s: the first page does not name %s", name, v)
			}
		}
		for n, p := range read {
			if !strings.Contains(squeezed(p), fmt.Sprintf("第%d页共%d页", n+1, pages)) || !strings.Contains(squeezed(p), "核验码0123-4567-89AB-CDEF") {
				t.Errorf("%s: page %d does not say where it belongs", name, n+1)
			}
		}
		for _, d := range sh.Domains {
			for _, i := range d.Indicators {
				for _, l := range i.Lines {
					if !i.Applies {
						continue
					}
					// A row is read cell by cell: what it is called, what it costs, and by what.
					if row := squeezed(l.ID + l.Title.ZH + l.Deducted.String()); !strings.Contains(all, row) && !inPieces(all, row) {
						t.Errorf("%s: the paper does not say %s", name, row)
					}
					for _, x := range l.Losses {
						said := "扣 " + x.Deducted.String()
						if !x.Deducted.Equal(x.Raw) {
							said += "（应扣 " + x.Raw.String() + "）"
						}
						if said = squeezed(said + x.Day + x.Note + x.Subject); !strings.Contains(all, said) && !inPieces(all, said) {
							t.Errorf("%s: the paper does not say that %s lost %s", name, l.ID, said)
						}
						for _, r := range x.Refs[:min(len(x.Refs), 20)] {
							if id := squeezed(r.ID); !strings.Contains(all, id) && !inPieces(all, id) {
								t.Errorf("%s: %s is not on the paper", name, r.ID)
							}
						}
					}
				}
			}
		}
	}
}

// TestRefsBounded: of many references as many are printed as are bearable, and how many there are is said.
func TestRefsBounded(t *testing.T) {
	std := ordinary(t)
	sh := scoring.Evaluate(std, scoring.Input{From: "2026-01-01", To: "2026-06-30", Labour: true})
	l := &sh.Domains[0].Indicators[0].Lines[0]
	l.State = scoring.Counted
	var refs []scoring.Ref
	for n := range 57 {
		refs = append(refs, scoring.Ref{Kind: "entry", ID: fmt.Sprintf("e%03d", n)})
	}
	l.Losses = []scoring.Loss{{Refs: refs}}
	pdf, _, _, err := theFont(t).Official(printing.ScoreSheet{AsOf: "2026-06-30", Sheet: sh}.Paper())
	if err != nil {
		t.Fatal(err)
	}
	all := squeezed(strings.Join(read(t, pdf), ""))
	if !strings.Contains(all, "共57项，列20项") || !strings.Contains(all, "e019") || strings.Contains(all, "e020") {
		t.Error("the references are not bounded as said")
	}
}

// TestOfficialMissing: a character that the font does not have is a box on an official paper too, and
// the paper says which.
func TestOfficialMissing(t *testing.T) {
	pdf, _, missing, err := theFont(t).Official(printing.Official{Title: "公告", Below: []string{"\U0002CB5A监狱"}, Number: "编号 \U0002CC56", Parts: []printing.Part{{Paragraphs: []string{"无"}}}})
	if err != nil {
		t.Fatal(err)
	}
	all := squeezed(strings.Join(read(t, pdf), ""))
	if !strings.Contains(all, "□监狱") || !strings.Contains(all, squeezed("字库缺字，以□代替：U+2CB5A、U+2CC56")) {
		t.Errorf("missing %q: %s", missing, all)
	}
}

func ordinary(t *testing.T) *scoring.Standard {
	t.Helper()
	var set scoring.Set
	for name, into := range map[string]*[]byte{"standard": &set.Standard, "rules": &set.Rules} {
		raw, err := fs.ReadFile(schemas.FS, "standards/ordinary-area/v1/"+name+".json")
		if err != nil {
			t.Fatal(err)
		}
		*into = raw
	}
	std, err := scoring.Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	return std
}
