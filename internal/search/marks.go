package search

import (
	"slices"
	"unicode/utf16"
)

// Mark is a part of a text that answers the query, in UTF-16 units: from is in
// it, to is not.
type Mark [2]int

// Marks finds where the text answers the query: a word where it stands whole,
// else the pairs it is made of. Marks are in order and do not touch.
func (q Query) Marks(text string) []Mark {
	f := fold(text)
	var list []Mark
	for _, w := range q.Words {
		found := f.all([]rune(w))
		if len(found) == 0 {
			for _, g := range asked(w) {
				if len([]rune(g)) > 1 || len([]rune(w)) == 1 {
					found = append(found, f.all([]rune(g))...)
				}
			}
		}
		list = append(list, found...)
	}
	slices.SortFunc(list, func(a, b Mark) int { return a[0] - b[0] })
	var out []Mark
	for _, m := range list {
		if n := len(out); n > 0 && m[0] <= out[n-1][1] {
			out[n-1][1] = max(out[n-1][1], m[1])
			continue
		}
		out = append(out, m)
	}
	return out
}

func (f folded) all(word []rune) []Mark {
	var list []Mark
	for i := 0; i+len(word) <= len(f.runes); i++ {
		if slices.Equal(f.runes[i:i+len(word)], word) {
			last := i + len(word) - 1
			to := f.end
			if last+1 < len(f.at) {
				to = f.at[last+1]
			}
			list = append(list, Mark{f.at[i], to})
		}
	}
	return list
}

// Excerpt is a short piece of a text around its first mark.
type Excerpt struct {
	Text  string `json:"text"`
	Marks []Mark `json:"marks"`
}

// before and around are how much of a text an excerpt shows, in UTF-16 units.
const (
	before = 16
	around = 90
)

// Excerpt of a text; false when it does not answer the query at all.
func (q Query) Excerpt(text string) (Excerpt, bool) {
	marks := q.Marks(text)
	if len(marks) == 0 {
		return Excerpt{}, false
	}
	units := utf16.Encode([]rune(text))
	from := max(0, marks[0][0]-before)
	if len(units)-from < around {
		from = max(0, len(units)-around)
	}
	from = whole(units, from)
	to := whole(units, min(len(units), from+around))
	e := Excerpt{Text: string(utf16.Decode(units[from:to])), Marks: []Mark{}}
	shift := 0
	if from > 0 {
		e.Text, shift = "…"+e.Text, 1
	}
	if to < len(units) {
		e.Text += "…"
	}
	for _, m := range marks {
		if m[0] < from || m[0] >= to {
			continue
		}
		e.Marks = append(e.Marks, Mark{m[0] - from + shift, min(m[1], to) - from + shift})
	}
	return e, true
}

// whole moves a cut out of the middle of a pair of surrogates.
func whole(units []uint16, i int) int {
	if i > 0 && i < len(units) && utf16.IsSurrogate(rune(units[i])) && units[i] >= 0xDC00 {
		return i - 1
	}
	return i
}
