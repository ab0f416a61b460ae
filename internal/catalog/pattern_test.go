package catalog

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// patternCases are shared with the page: patterns.test.ts asks the browser's engine.
type patternCases struct {
	Taken []struct {
		Pattern string
		Yes, No []string
	}
	Refused []struct{ Pattern, Part string }
}

func readPatterns(t testing.TB) (cases patternCases) {
	t.Helper()
	raw, err := os.ReadFile("testdata/patterns.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// TestPatterns: what the catalogue takes as a pattern, and which part of what it
// does not take it names, in both languages.
func TestPatterns(t *testing.T) {
	cases := readPatterns(t)
	for _, c := range cases.Taken {
		if text := checkPattern(c.Pattern); text.ZH != "" {
			t.Errorf("%s: %s", c.Pattern, text.ZH)
			continue
		}
		re := regexp.MustCompile(c.Pattern)
		for want, list := range map[bool][]string{true: c.Yes, false: c.No} {
			for _, s := range list {
				if re.MatchString(s) != want {
					t.Errorf("%s: %q matches: %v", c.Pattern, s, !want)
				}
			}
		}
	}
	for _, c := range cases.Refused {
		text := checkPattern(c.Pattern)
		if !strings.HasPrefix(text.ZH, "正则表达式 "+c.Pattern+" 中的“"+c.Part+"”") || !strings.HasPrefix(text.EN, "In the pattern "+c.Pattern+", “"+c.Part+"” ") {
			t.Errorf("%s, of which %s is wrong: %q, %q", c.Pattern, c.Part, text.ZH, text.EN)
		}
	}
	for why, text := range patternFaults {
		if text.ZH == "" || text.EN == "" {
			t.Errorf("%s has no words", why)
		}
	}
}

// drawn are patterns drawn at random that are taken, and which of the texts each
// matches here.
type drawn struct {
	Texts    []string            `json:"texts"`
	Patterns map[string][]string `json:"patterns"`
}

// TestDrawnPatterns keeps a file of them for the page, whose engine has to say the
// same of the texts, and of long ones quickly. UPDATE=1 writes it anew.
func TestDrawnPatterns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	tokens := []string{"a", "b", "1", "一", "😀", "\\d", "\\D", "\\w", "\\W", "[ab]", "[^a]", "[a-]", "[^\\n]", "[一-龥]", "\\n", ".", "-", "/",
		"(", "(?:", ")", ")", "|", "*", "+", "?", "{2}", "{1,2}", "{2,}", "{,2}", "[", "]", "^", "$", "\\", "[--a]", "[\\d-]", "[\\]]", "[^^]"}
	write := func(from []string, most int) string {
		var b strings.Builder
		for range r.IntN(most) {
			b.WriteString(from[r.IntN(len(from))])
		}
		return b.String()
	}
	d := drawn{Patterns: map[string][]string{}}
	for range 60 {
		d.Texts = append(d.Texts, write([]string{"a", "b", "1", "一", "😀", "\n", "\r", "-", "ａ"}, 6))
	}
	for len(d.Patterns) < 400 {
		pattern := "^" + write(tokens, 12) + "$"
		if checkPattern(pattern).ZH != "" {
			continue
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			t.Fatalf("%s is taken: %v", pattern, err)
		}
		d.Patterns[pattern] = slices.DeleteFunc(slices.Clone(d.Texts), func(s string) bool { return !re.MatchString(s) })
	}
	raw, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/patterns-drawn.json"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(kept), string(raw)); diff != "" {
		t.Errorf("the check takes others now; UPDATE=1 writes the file anew:\n%s", diff)
	}
}

// FuzzPattern: what is taken compiles here, and nothing makes the check fail.
func FuzzPattern(f *testing.F) {
	cases := readPatterns(f)
	for _, c := range cases.Taken {
		f.Add(c.Pattern)
	}
	for _, c := range cases.Refused {
		f.Add(c.Pattern)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		if len(pattern) > 200 || checkPattern(pattern).ZH != "" {
			return
		}
		if _, err := regexp.Compile(pattern); err != nil {
			t.Errorf("%q is taken: %v", pattern, err)
		}
	})
}
