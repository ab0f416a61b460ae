package search

import (
	"slices"
	"strings"
	"unicode"

	"taizhang/internal/fault"
)

// Limits of a query.
const (
	MaxQuery = 200 // characters
	MaxWords = 8
)

// Query is what was asked: all of it must be found.
type Query struct {
	Words   []string // folded, for ranking and marks
	Needles []string // folded, each must stand in the text as it is
	Grams   []string // the index is asked for these
}

// quotes that open a phrase, and what closes it.
var quotes = map[rune]rune{'"': '"', '“': '”', '”': '”', '＂': '＂', '「': '」', '『': '』', '《': '》'}

// Parse reads what somebody typed: words apart by spaces, "a phrase" in quotes
// as it stands; a quote that is not closed runs to the end. Faults: query_empty
// when nothing is left to look for, query_too_long.
func Parse(typed string) (Query, error) {
	if len([]rune(typed)) > MaxQuery {
		return Query{}, fault.New(fault.Invalid, "query_too_long").With("limit", MaxQuery)
	}
	q := Query{}
	for _, p := range cut(typed) {
		w := p.text
		if w == "" || slices.Contains(q.Words, w) {
			continue
		}
		if len(q.Words) == MaxWords {
			return Query{}, fault.New(fault.Invalid, "query_too_long").With("words", MaxWords)
		}
		grams := asked(w)
		q.Words, q.Grams = append(q.Words, w), append(q.Grams, grams...)
		if p.phrase {
			q.Needles = append(q.Needles, w)
		} else {
			q.Needles = append(q.Needles, grams...)
		}
	}
	if len(q.Words) == 0 {
		return Query{}, fault.New(fault.Invalid, "query_empty")
	}
	slices.Sort(q.Grams)
	q.Grams = slices.Compact(q.Grams)
	return q, nil
}

// piece of a query, folded.
type piece struct {
	text   string
	phrase bool
}

func cut(typed string) []piece {
	var list []piece
	var b strings.Builder
	closing := rune(0)
	flush := func(phrase bool) {
		list = append(list, piece{b.String(), phrase})
		b.Reset()
	}
	for _, r := range typed {
		opens, quote := quotes[r]
		switch {
		case closing != 0 && r == closing:
			flush(true)
			closing = 0
		case closing == 0 && quote:
			flush(false)
			closing = opens
		case closing == 0 && unicode.IsSpace(r):
			flush(false)
		default:
			b.WriteRune(r)
		}
	}
	flush(closing != 0)
	var out []piece
	for _, p := range list {
		w := Fold(p.text)
		switch {
		case !p.phrase && strings.ContainsFunc(w, ideographic):
			// A comma between Chinese words parts them as a space does; in a
			// code (A3-0102) it holds them together.
			for _, part := range strings.Fields(w) {
				out = append(out, piece{text: part})
			}
		default:
			out = append(out, piece{w, p.phrase || strings.Contains(w, " ")})
		}
	}
	return out
}
