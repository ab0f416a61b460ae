package catalog

import (
	"strings"
	"sync"
	"unicode"

	"github.com/longbridgeapp/opencc"
	"golang.org/x/text/unicode/norm"
)

// simplified reads its dictionary once, and only where titles are compared.
var simplified = sync.OnceValue(func() *opencc.OpenCC {
	c, err := opencc.New("t2s")
	if err != nil {
		panic(err) // the dictionary is part of the program
	}
	return c
})

// fold is what is left of a field's title that a reader goes by: what is written,
// without a number at its end.
func fold(title string) string {
	plain := unspaced(title)
	if named := strings.TrimRightFunc(plain, unicode.IsDigit); named != "" {
		return named
	}
	return plain
}

// unspaced is a title's letters and digits in one width and script, without 的.
func unspaced(title string) string {
	plain := strings.Map(func(r rune) rune {
		if r == '的' || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(title))
	if text, err := simplified().Convert(plain); err == nil {
		return text
	}
	return plain
}
