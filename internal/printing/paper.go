package printing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signintech/gopdf"
)

// A4 in points; the left margin leaves room for binding (24 mm).
const (
	paperW, paperH = 595.0, 842.0
	left, right    = 68.0, paperW - 42.5
	top, bottom    = 62.0, paperH - 58.0
	inner          = right - left
	grid           = 0.75
	leading        = 1.4
	padX, padY     = 4.0, 3.5
)

// cell of a row; its text is wrapped to its width.
type cell struct {
	text   string
	w      float64
	size   float64
	shade  bool
	center bool
}

// row is what does not split between pages unless it is longer than one.
type row struct {
	cells []cell
	// again is drawn first on a page that begins with this row.
	again *row
	bare  bool // without grid
	with  int  // so many rows after it stay on its page
}

// mark is one thing drawn on a page.
type mark func(p *gopdf.GoPdf) error

// paper lays rows out on pages, so that the number of pages is known before
// the first one is drawn.
type paper struct {
	font    *Font
	pages   [][]mark
	y       float64
	missing map[rune]bool
}

func newPaper(f *Font) *paper {
	p := &paper{font: f, missing: map[rune]bool{}}
	p.turn()
	return p
}

func (p *paper) turn() {
	p.pages = append(p.pages, nil)
	p.y = top
}

func (p *paper) put(m mark) { p.pages[len(p.pages)-1] = append(p.pages[len(p.pages)-1], m) }

// text at a base line; x by align: 0 left, 0.5 centre, 1 right.
func (p *paper) text(s string, x, y, size, align float64) {
	s = strings.ReplaceAll(p.font.clean(s, p.missing), "\n", " ")
	p.put(textAt(s, x-align*p.font.width(s, size), y, size, 0))
}

func textAt(s string, x, y, size float64, grey uint8) mark {
	return func(g *gopdf.GoPdf) error {
		if s == "" {
			return nil
		}
		g.SetTextColor(grey, grey, grey)
		if err := g.SetFont(face, "", size); err != nil {
			return err
		}
		g.SetXY(x, y)
		return g.Text(s)
	}
}

func box4(x, y, w, h float64, shade bool) mark {
	return func(g *gopdf.GoPdf) error {
		if shade {
			g.SetFillColor(0xf0, 0xf0, 0xf0)
			g.RectFromUpperLeftWithStyle(x, y, w, h, "F")
		}
		g.SetStrokeColor(0, 0, 0)
		g.SetLineWidth(grid)
		g.RectFromUpperLeftWithStyle(x, y, w, h, "D")
		return nil
	}
}

// lines of every cell, wrapped.
func (p *paper) lines(r row) [][]string {
	all := make([][]string, len(r.cells))
	for i, c := range r.cells {
		all[i] = p.font.wrap(p.font.clean(c.text, p.missing), c.size, c.w-2*padX)
	}
	return all
}

func tall(r row, lines [][]string) float64 {
	h := 0.0
	for i, c := range r.cells {
		h = max(h, float64(len(lines[i]))*c.size*leading)
	}
	return h + 2*padY
}

func (p *paper) rows(list []row) {
	heights := make([]float64, len(list))
	wrapped := make([][][]string, len(list))
	for i, r := range list {
		wrapped[i] = p.lines(r)
		heights[i] = tall(r, wrapped[i])
	}
	for i, r := range list {
		want := heights[i]
		for j := i + 1; j < len(list) && j <= i+r.with; j++ {
			want += heights[j]
		}
		if p.y+want > bottom && p.y > top && (want <= bottom-top-p.againHeight(r) || p.y+3*r.cells[0].size*leading > bottom) {
			p.turn()
			p.begin(r)
		}
		p.draw(r, wrapped[i])
	}
}

func (p *paper) againHeight(r row) float64 {
	if r.again == nil {
		return 0
	}
	return tall(*r.again, p.lines(*r.again))
}

func (p *paper) begin(r row) {
	if r.again != nil {
		p.draw(*r.again, p.lines(*r.again))
	}
}

// draw puts a row down, in as many pieces as it takes.
func (p *paper) draw(r row, lines [][]string) {
	for {
		h := tall(r, lines)
		rest := make([][]string, len(lines))
		cut := false
		if p.y+h > bottom {
			for i, c := range r.cells {
				if n := max(1, int((bottom-p.y-2*padY)/(c.size*leading))); n < len(lines[i]) {
					lines[i], rest[i], cut = lines[i][:n], lines[i][n:], true
				}
			}
			h = tall(r, lines)
		}
		p.piece(r, lines, h)
		if !cut {
			return
		}
		p.turn()
		p.begin(r)
		lines = rest
	}
}

func (p *paper) piece(r row, lines [][]string, h float64) {
	x := left
	for i, c := range r.cells {
		if !r.bare {
			p.put(box4(x, p.y, c.w, h, c.shade))
		}
		y := p.y + (h-float64(len(lines[i]))*c.size*leading)/2
		for _, l := range lines[i] {
			y += c.size * leading
			at := x + padX
			if c.center {
				at = x + (c.w-p.font.width(l, c.size))/2
			}
			p.put(textAt(l, at, y-c.size*0.35, c.size, 0))
		}
		x += c.w
	}
	p.y += h
}

// finish draws the pages. each is asked for what stands on every page.
func (p *paper) finish(each func(n, of int) []mark) ([]byte, int, error) {
	p.font.mu.Lock()
	defer p.font.mu.Unlock()
	var g gopdf.GoPdf
	g.Start(gopdf.Config{PageSize: gopdf.Rect{W: paperW, H: paperH}})
	if err := g.AddTTFFontFromFontContainer(face, &p.font.parsed); err != nil {
		return nil, 0, fmt.Errorf("form: %w", err)
	}
	for i, marks := range p.pages {
		g.AddPage()
		for _, m := range slices.Concat(marks, each(i+1, len(p.pages))) {
			if err := m(&g); err != nil {
				return nil, 0, fmt.Errorf("form: %w", err)
			}
		}
	}
	raw, err := g.GetBytesPdfReturnErr()
	if err != nil {
		return nil, 0, fmt.Errorf("form: %w", err)
	}
	return raw, len(p.pages), nil
}

const watermarkSize = 17.0

// watermark repeats the words across a page, pale enough to read through.
func watermark(words string, width float64) mark {
	return func(g *gopdf.GoPdf) error {
		g.SetTextColor(0xd0, 0xd0, 0xd0)
		if err := g.SetFont(face, "", watermarkSize); err != nil {
			return err
		}
		if err := g.SetTransparency(gopdf.Transparency{Alpha: 0.45, BlendModeType: gopdf.Multiply}); err != nil {
			return err
		}
		for i := range 4 {
			x, y := paperW/2, 130+float64(i)*190
			g.Rotate(28, x, y)
			g.SetXY(x-width/2, y)
			if err := g.Text(words); err != nil {
				return err
			}
			g.RotateReset()
		}
		return nil
	}
}
