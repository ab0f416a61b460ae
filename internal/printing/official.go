package printing

import (
	"fmt"
	"maps"
	"slices"
)

// Official is a paper of the administration that is no ledger's form: a title, what it says,
// and tables. A score sheet is one, a bulletin another.
type Official struct {
	Title string
	Below []string // lines under the title: the document's number, the unit, the day
	Parts []Part
	// Number stands on the head of every page, Foot at its bottom; Link is what the QR leads to, "" for none.
	Number, Foot, Link string
}

// Part of a paper: a heading, paragraphs, then a table. Each may be absent.
type Part struct {
	Heading    string
	Paragraphs []string
	Columns    []string // of the table
	Rows       [][]string
}

// Official draws it on A4. The same paper gives the same bytes; missing lists the characters
// that the font does not have.
func (f *Font) Official(o Official) (pdf []byte, pages int, missing []rune, err error) {
	p := newPaper(f)
	if o.Link != "" {
		p.put(qrAt(o.Link, right-qrSide, 34))
	}
	p.text(o.Title, (left+right)/2, 82, 20, 0.5)
	p.y = 98
	for _, line := range o.Below {
		p.text(line, (left+right)/2, p.y+body, small, 0.5)
		p.y += 18
	}
	p.y += 6
	for _, part := range o.Parts {
		if part.Heading != "" {
			head := heading(part.Heading)
			head.with = min(head.with, len(part.Paragraphs)+len(part.Rows))
			p.rows([]row{head})
		}
		for _, text := range part.Paragraphs {
			p.rows([]row{full(text, small)})
		}
		if len(part.Columns) > 0 {
			p.rows(grided(part.Columns, part.Rows))
		}
	}
	// The head and the foot are on every page, and drawn last.
	for _, text := range []string{o.Number, o.Foot} {
		f.clean(text, p.missing)
	}
	p.note()
	pdf, pages, err = p.finish(func(n, of int) []mark {
		at := func(t string, x, y, align float64) mark {
			t = f.clean(t, map[rune]bool{})
			return textAt(t, x-align*f.width(t, fine), y, fine, 0)
		}
		return []mark{at(o.Number, left, 44, 0), at(o.Foot, left, paperH-36, 0), at(fmt.Sprintf("第 %d 页 共 %d 页", n, of), right, paperH-36, 1)}
	})
	return pdf, pages, slices.Sorted(maps.Keys(p.missing)), err
}
