package workbook

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// reserved are the codes of GB 18030 that it leaves to its users (rare characters of
// names are put there) or left empty, one behind the other, and the first of the
// private-use characters that stand for them. x/text reads these codes as mistakes,
// and writes these characters as others.
var reserved = []struct {
	code  int
	first rune
	count int
}{
	{0xA2AB, 0xE766, 6}, {0xA2E4, 0xE76D, 1}, {0xA2EF, 0xE76E, 2}, {0xA2FD, 0xE770, 2}, {0xA4F4, 0xE772, 11}, {0xA5F7, 0xE77D, 8},
	{0xA6B9, 0xE785, 8}, {0xA6D9, 0xE78D, 7}, {0xA6EC, 0xE794, 2}, {0xA6F3, 0xE796, 1}, {0xA6F6, 0xE797, 9}, {0xA7C2, 0xE7A0, 15},
	{0xA7F2, 0xE7AF, 13}, {0xA896, 0xE7BC, 11}, {0xA8BC, 0xE7C7, 1}, {0xA8C1, 0xE7C9, 4}, {0xA8EA, 0xE7CD, 21}, {0xA958, 0xE7E2, 1},
	{0xA95B, 0xE7E3, 1}, {0xA95D, 0xE7E4, 3}, {0xA997, 0xE7F4, 13}, {0xA9F0, 0xE801, 15}, {0xD7FA, 0xE810, 5}, {0xFE51, 0xE816, 3},
	{0xFE59, 0xE81E, 1}, {0xFE61, 0xE826, 1}, {0xFE66, 0xE82B, 2}, {0xFE6C, 0xE831, 2}, {0xFE76, 0xE83B, 1}, {0xFE7E, 0xE843, 1},
	{0xFE90, 0xE854, 2}, {0xFEA0, 0xE864, 1},
}

// userRows are the rows of codes that belong to the users as a whole.
var userRows = []struct {
	row, last  int // first bytes
	from, till int // second bytes, without 7F
	first      rune
}{
	{0xAA, 0xAF, 0xA1, 0xFE, 0xE000}, {0xF8, 0xFE, 0xA1, 0xFE, 0xE234}, {0xA1, 0xA7, 0x40, 0xA0, 0xE4C6},
}

// private holds both directions of them.
var private = func() (t struct {
	runes map[int]rune
	codes map[rune]int
}) {
	t.runes, t.codes = map[int]rune{}, map[rune]int{}
	add := func(code int, r rune) { t.runes[code], t.codes[r] = r, code }
	for _, a := range userRows {
		r := a.first
		for row := a.row; row <= a.last; row++ {
			for b := a.from; b <= a.till; b++ {
				if b != 0x7F {
					add(row<<8|b, r)
					r++
				}
			}
		}
	}
	for _, run := range reserved {
		for i := range run.count {
			add(run.code+i, run.first+rune(i))
		}
	}
	return t
}()

// gb18030 is GB 18030-2005 with the codes of its users.
type gb18030 struct{}

func (gb18030) NewDecoder() *encoding.Decoder {
	return &encoding.Decoder{Transformer: &patched{inner: simplifiedchinese.GB18030.NewDecoder().Transformer, next: nextCode}}
}

func (gb18030) NewEncoder() *encoding.Encoder {
	return &encoding.Encoder{Transformer: &patched{inner: simplifiedchinese.GB18030.NewEncoder().Transformer, next: nextRune}}
}

// nextCode measures what the inner decoder takes for one character, a mistake too,
// and gives what a code of the users stands for. size 0: there is too little to tell.
func nextCode(src []byte) (size int, out []byte) {
	if src[0] < 0x81 || src[0] == 0xFF {
		return 1, nil
	}
	if len(src) < 2 {
		return 0, nil
	}
	switch second := src[1]; {
	case second < 0x30 || second == 0x7F || second == 0xFF:
		return 1, nil
	case second >= 0x40:
		if r, ok := private.runes[int(src[0])<<8|int(second)]; ok {
			out = utf8.AppendRune(nil, r)
		}
		return 2, out
	case len(src) < 4:
		return 0, nil
	case src[2] < 0x81 || src[2] == 0xFF || src[3] < '0' || src[3] > '9':
		return 1, nil
	}
	return 4, nil
}

func nextRune(src []byte) (size int, out []byte) {
	if src[0] < utf8.RuneSelf {
		return 1, nil
	}
	if !utf8.FullRune(src) {
		return 0, nil
	}
	r, size := utf8.DecodeRune(src)
	if code, ok := private.codes[r]; ok {
		return size, []byte{byte(code >> 8), byte(code)}
	}
	return size, nil
}

// patched is a transformer that knows characters that its inner one does not.
type patched struct {
	transform.NopResetter
	inner transform.Transformer
	next  func(src []byte) (size int, out []byte)
}

// Transform hands the stretches between such characters to the inner one.
func (p *patched) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		end, size := nSrc, 0
		var out []byte
		for end < len(src) {
			if size, out = p.next(src[end:]); size == 0 || out != nil {
				break
			}
			end += size
		}
		if out == nil {
			end = len(src)
		}
		d, s, err := p.inner.Transform(dst[nDst:], src[nSrc:end], atEOF || out != nil)
		nDst, nSrc = nDst+d, nSrc+s
		if err != nil || out == nil {
			return nDst, nSrc, err
		}
		if len(dst)-nDst < len(out) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst, nSrc = nDst+copy(dst[nDst:], out), nSrc+size
	}
	return nDst, nSrc, nil
}
