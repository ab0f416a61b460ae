package catalog

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"taizhang/internal/fault"
)

// Name is a name as a person gave it, without the space around it and with its
// letters composed (NFC), for é of one character and of two are one name; false for
// one that is empty, longer than limit characters, or holds what nobody sees: two such
// names cannot be told apart, and one that turns the direction reads as another.
func Name(given string, limit int) (string, bool) {
	name := norm.NFC.String(strings.TrimSpace(given))
	ok := utf8.ValidString(name) && utf8.RuneCountInString(name) <= limit && strings.ContainsFunc(name, Visible) && !strings.ContainsFunc(name, unseen)
	if !ok {
		return "", false
	}
	return name, true
}

// BadName is what the field of a name that is none is told.
func BadName(pointer string, limit int) fault.Field {
	return fault.Field{Pointer: pointer, Code: "name", Text: fault.Text{
		ZH: fmt.Sprintf("名称为 1 至 %d 个字，不能含看不见的字符", limit), EN: fmt.Sprintf("A name has 1 to %d characters, none of them invisible", limit)}}
}

// Visible says that a character shows something by itself.
func Visible(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) && !blank(r)
}

// unseen are control, format, private and unassigned characters, the separators
// but for the two spaces that are typed, and letters of no shape.
func unseen(r rune) bool {
	return blank(r) || !unicode.IsPrint(r) && r != '\u3000'
}

// blank are letters, marks and symbols of no shape, and selectors of another shape.
// Braille without dots is in no table.
func blank(r rune) bool {
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || r == '\u2800'
}
