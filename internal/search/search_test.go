package search

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"taizhang/internal/fault"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"ＡＢ－１２３４５６": "ab 123456", "３０１监舍，（东）": "301监舍 东", "  清监——搜身。 ": "清监 搜身", "。。": "", "𠮷野": "𠮷野",
	} {
		if got := Fold(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	cases := []struct {
		typed          string
		words, needles []string
		code           string
	}{
		{"打火机 床下", []string{"打火机", "床下"}, []string{"打火", "火机", "床下"}, ""},
		{`"打火机"　３０１`, []string{"打火机", "301"}, []string{"打火机", "301"}, ""},
		{"“清监，搜身", []string{"清监 搜身"}, []string{"清监 搜身"}, ""},
		{"A3-0102", []string{"a3 0102"}, []string{"a3 0102"}, ""},
		{"张", []string{"张"}, []string{"张"}, ""},
		{"  ，。\"\" ", nil, nil, "query_empty"},
		{strings.Repeat("长", MaxQuery+1), nil, nil, "query_too_long"},
		{"一 二 三 四 五 六 七 八 九", nil, nil, "query_too_long"},
	}
	for _, c := range cases {
		q, err := Parse(c.typed)
		if fault.CodeOf(err) != c.code {
			t.Errorf("%q: %v", c.typed, err)
		}
		if c.code == "" && !cmp.Equal(q.Words, c.words) || c.code == "" && !cmp.Equal(q.Needles, c.needles) {
			t.Errorf("%q: words %q, needles %q", c.typed, q.Words, q.Needles)
		}
	}
}

// TestGramsAnswer: whatever stands whole in a text is found by its grams, or
// nothing that is there could be relied on to be found.
func TestGramsAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := []rune(Fold(rapid.StringOfN(rapid.SampledFrom([]rune("张三李四监舍 ，ab12")), 1, 40, -1).Draw(t, "text")))
		// A piece that begins where a word begins, or in Chinese anywhere.
		i := rapid.IntRange(0, len(r)).Draw(t, "from")
		j := rapid.IntRange(i, len(r)).Draw(t, "to")
		for i < j && !ideographic(r[i]) && i > 0 && r[i-1] != ' ' && !ideographic(r[i-1]) {
			i++
		}
		have := Grams(string(r))
		for _, g := range asked(string(r[i:j])) {
			if !slices.Contains(have, g) {
				t.Fatalf("%q in %q: no gram %q", string(r[i:j]), string(r), g)
			}
		}
	})
}

func TestNumberEnds(t *testing.T) {
	have := Grams(Fold("罪犯0000012345号"))
	for _, g := range []string{"0000012345", "00000", "2345", "12345"} {
		if !slices.Contains(have, g) {
			t.Errorf("no %s", g)
		}
	}
	if slices.Contains(have, "345") {
		t.Error("three digits of the end find it")
	}
}

func TestExcerpt(t *testing.T) {
	q, _ := Parse("打火机")
	e, ok := q.Excerpt(strings.Repeat("前", 60) + "𠮷床下查获打火机一个" + strings.Repeat("后", 90))
	if !ok || len(e.Marks) != 1 || !strings.HasPrefix(e.Text, "…") || !strings.HasSuffix(e.Text, "…") {
		t.Fatalf("%+v", e)
	}
	u := utf16.Encode([]rune(e.Text))
	if got := string(utf16.Decode(u[e.Marks[0][0]:e.Marks[0][1]])); got != "打火机" {
		t.Errorf("marks %q in %q", got, e.Text)
	}
}

// FuzzParse: no query breaks the parser, and every mark lies within its text.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"打火机", `"a b`, "“”「", "\xff\xfe", "ＡＢ－１ 𠮷", strings.Repeat("\"", 50)} {
		f.Add(s, "床下查获打火机 A3-0102 𠮷")
	}
	f.Fuzz(func(t *testing.T, typed, text string) {
		q, err := Parse(typed)
		if err != nil {
			if c := fault.CodeOf(err); c != "query_empty" && c != "query_too_long" {
				t.Fatal(err)
			}
			return
		}
		if len(q.Words) > MaxWords || len(q.Grams) == 0 || len(q.Needles) == 0 {
			t.Fatalf("%q: %+v", typed, q)
		}
		for _, s := range append([]string{text}, q.Words...) {
			end := -1
			for _, m := range q.Marks(s) {
				if m[0] <= end || m[1] <= m[0] || m[1] > len(utf16.Encode([]rune(s))) {
					t.Fatalf("%q in %q: %v", typed, s, m)
				}
				end = m[1]
			}
			if e, ok := q.Excerpt(s); ok {
				for _, m := range e.Marks {
					if m[1] > len(utf16.Encode([]rune(e.Text))) || m[0] < 0 {
						t.Fatalf("%q: %+v", typed, e)
					}
				}
			}
		}
	})
}
