package printing

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/signintech/gopdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Font is the one typeface of the forms, parsed once.
type Font struct {
	parsed  gopdf.FontContainer
	advance [1 << 16]uint16 // in thousandths of the size; 0: not in the font
	mu      sync.Mutex      // the container fills caches while a form is made
}

const face = "serif"

// box stands for a character that the font does not have.
const box = '□'

// ReadFont parses a TrueType font that has Chinese.
func ReadFont(ttf []byte) (*Font, error) {
	if len(ttf) == 0 {
		return nil, errors.New("the font of the forms is not built in: run make build")
	}
	f := &Font{}
	if err := f.parsed.AddTTFFontData(face, ttf); err != nil {
		return nil, fmt.Errorf("font of the forms: %w", err)
	}
	s, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("font of the forms: %w", err)
	}
	var b sfnt.Buffer
	for r := range f.advance {
		// Only what prints: a character that turns the direction of writing or
		// shows nothing must be seen, as a box.
		if c := rune(r); !unicode.IsPrint(c) && c != '\u3000' || unicode.Is(unicode.Mn, c) {
			continue
		}
		g, err := s.GlyphIndex(&b, rune(r))
		if err != nil || g == 0 {
			continue
		}
		w, err := s.GlyphAdvance(&b, g, fixed.I(1000), font.HintingNone)
		if err != nil {
			continue
		}
		f.advance[r] = uint16(w.Round())
	}
	if f.advance[box] == 0 || f.advance['监'] == 0 {
		return nil, errors.New("font of the forms: it has no Chinese")
	}
	return f, nil
}

func (f *Font) has(r rune) bool { return r >= 0 && int(r) < len(f.advance) && f.advance[r] > 0 }

// width of a clean text, in points.
func (f *Font) width(s string, size float64) float64 {
	n := 0
	for _, r := range s {
		n += int(f.advance[r])
	}
	return float64(n) * size / 1000
}

// clean puts a box in the place of every character that the font does not
// have, and notes which: nothing that was filed is dropped unseen.
func (f *Font) clean(s string, missing map[rune]bool) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || f.has(r):
			return r
		case r == '\t':
			return ' '
		}
		missing[r] = true
		return box
	}, s)
}

// Never at the beginning, never at the end of a line.
const (
	noBegin = "，。、；：？！）》〉」』】〕”’…—％%,.;:?!)]}"
	noEnd   = "（《〈「『【〔“‘([{"
)

// wrap breaks a clean text into lines of at most max points: Chinese between
// any two characters but for the marks above, Latin words and numbers between
// words where a word fits a line.
func (f *Font) wrap(s string, size, max float64) []string {
	var lines []string
	for _, para := range strings.Split(s, "\n") {
		rs := []rune(para)
		for {
			n := f.fit(rs, size, max)
			lines = append(lines, strings.TrimRight(string(rs[:n]), " "))
			if rs = rs[n:]; len(rs) == 0 {
				break
			}
			for len(rs) > 1 && rs[0] == ' ' {
				rs = rs[1:]
			}
		}
	}
	return lines
}

// fit says how many characters go on one line; at least one, or all.
func (f *Font) fit(rs []rune, size, max float64) int {
	w, n := 0.0, 0
	for n < len(rs) {
		w += float64(f.advance[rs[n]]) * size / 1000
		if w > max && n > 0 {
			break
		}
		n++
	}
	if n == len(rs) {
		return n
	}
	for back := n; back > 0 && n-back < 24; back-- {
		if breakable(rs[back-1], rs[back]) {
			return back
		}
	}
	return n
}

func breakable(before, after rune) bool {
	latin := func(r rune) bool { return r < 0x250 && r != ' ' && r != '-' && r != '/' }
	return !strings.ContainsRune(noBegin, after) && !strings.ContainsRune(noEnd, before) && (!latin(before) || !latin(after))
}
