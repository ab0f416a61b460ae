package search

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strings"
	"unicode"
)

// maxWord bounds the beginnings that are kept of a number or a Latin word.
const maxWord = 24

// minEnd is the shortest end of a number by which it is found: officers know
// the last four digits.
const minEnd = 4

// Grams of a folded text: of Chinese every character and every pair, of other
// words and numbers every beginning, and of numbers their ends as well.
func Grams(text string) []string {
	set := map[string]bool{}
	for _, run := range runs(text) {
		if ideographic(run[0]) {
			for i := range run {
				set[string(run[i])] = true
				if i > 0 {
					set[string(run[i-1:i+1])] = true
				}
			}
			continue
		}
		run = run[:min(len(run), maxWord)]
		for i := range run {
			set[string(run[:i+1])] = true
			if len(run)-i >= minEnd && unicode.IsDigit(run[i]) && digits(run) {
				set[string(run[i:])] = true
			}
		}
	}
	return sorted(set)
}

// asked are the grams that a text must have to hold the folded word.
func asked(word string) []string {
	set := map[string]bool{}
	for _, run := range runs(word) {
		switch {
		case !ideographic(run[0]):
			set[string(run[:min(len(run), maxWord)])] = true
		case len(run) == 1:
			set[string(run)] = true
		default:
			for i := 1; i < len(run); i++ {
				set[string(run[i-1:i+1])] = true
			}
		}
	}
	return sorted(set)
}

func sorted(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for g := range set {
		list = append(list, g)
	}
	slices.Sort(list)
	return list
}

// runs cuts a folded text at spaces and where Chinese meets other writing.
func runs(text string) [][]rune {
	var list [][]rune
	for _, token := range strings.Fields(text) {
		r := []rune(token)
		start := 0
		for i := 1; i <= len(r); i++ {
			if i == len(r) || ideographic(r[i]) != ideographic(r[start]) {
				list = append(list, r[start:i])
				start = i
			}
		}
	}
	return list
}

func ideographic(r rune) bool {
	return unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Katakana, r)
}

func digits(run []rune) bool {
	return !slices.ContainsFunc(run, func(r rune) bool { return !unicode.IsDigit(r) })
}

// Hashes stand for grams in the index: four bytes each, different in every
// prison, so that what one prison writes makes no list of another longer. Two
// grams with one hash cost a look at a text that does not answer, no wrong hit.
func Hashes(prison [16]byte, grams []string) []int32 {
	list := make([]int32, len(grams))
	for i, g := range grams {
		h := fnv.New32a()
		_, _ = h.Write(prison[:])
		_, _ = h.Write([]byte(g))
		list[i] = int32(binary.BigEndian.Uint32(h.Sum(nil)))
	}
	slices.Sort(list)
	return slices.Compact(list)
}
