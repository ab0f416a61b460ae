// Package search is the pure part of full-text search: how text is folded and
// cut into grams, what a query asks, and where a text answers it. Chinese has
// no spaces between words, so pairs of characters stand in for words: no
// dictionary, no extension of the database.
package search

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// folded is a text in the form that is compared, and for each of its runes the
// place in the source, in UTF-16 units (what a browser counts in).
type folded struct {
	runes []rune
	at    []int
	end   int
}

// Fold makes texts comparable: full-width as half-width, upper as lower case,
// every run of spaces and punctuation as one space.
func Fold(s string) string { return string(fold(s).runes) }

func fold(s string) folded {
	f := folded{}
	for _, r := range s {
		c := plain(r)
		switch {
		case c != ' ':
		case len(f.runes) == 0 || f.runes[len(f.runes)-1] == ' ':
			f.end += utf16.RuneLen(r)
			continue
		}
		f.runes, f.at = append(f.runes, c), append(f.at, f.end)
		f.end += utf16.RuneLen(r)
	}
	if n := len(f.runes); n > 0 && f.runes[n-1] == ' ' {
		f.runes, f.at = f.runes[:n-1], f.at[:n-1]
	}
	return f
}

// plain folds one rune; what separates words is a space. A mark stays with its
// letter: it would cut the word in two.
func plain(r rune) rune {
	if r >= 0xFF01 && r <= 0xFF5E {
		r -= 0xFEE0
	}
	if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
		return unicode.ToLower(r)
	}
	return ' '
}

// Join folds texts into one, a line each, so that no phrase runs from one
// field into the next.
func Join(texts ...string) string {
	var b strings.Builder
	for _, t := range texts {
		if t = Fold(t); t != "" {
			b.WriteString(t)
			b.WriteByte('\n')
		}
	}
	return b.String()
}
