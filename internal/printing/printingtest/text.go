// Package printingtest reads forms back, for tests: the words on each page as
// a reader's program would copy them, and the squares of the QR code.
package printingtest

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

var (
	kids      = regexp.MustCompile(`/Type /Pages[^>]*/Kids \[([^\]]*)\]`)
	refs      = regexp.MustCompile(`(\d+) 0 R`)
	contents  = regexp.MustCompile(`/Contents\s*\[?([^\]/>]*)`)
	resources = regexp.MustCompile(`/Resources (\d+) 0 R`)
	fonts     = regexp.MustCompile(`/F1 (\d+) 0 R`)
	over      = regexp.MustCompile(`/Ov (\d+) 0 R`)
	unicodes  = regexp.MustCompile(`/ToUnicode (\d+) 0 R`)
	length    = regexp.MustCompile(`/Length (\d+)`)
	mapped    = regexp.MustCompile(`<([0-9A-Fa-f]+)><[0-9A-Fa-f]+><([0-9A-Fa-f]+)>`)
	shown     = regexp.MustCompile(`\[((?:<[0-9A-Fa-f]*>[^<\]]*)+)\] TJ`)
	hexes     = regexp.MustCompile(`<([0-9A-Fa-f]*)>`)
	rectangle = regexp.MustCompile(`(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) re f`)
)

// File is a PDF by its objects.
type File struct {
	dict   map[int]string
	stream map[int][]byte
	fonts  map[int]map[string]string
}

// Read takes a PDF apart by its table of objects.
func Read(pdf []byte) (*File, error) {
	f := &File{dict: map[int]string{}, stream: map[int][]byte{}, fonts: map[int]map[string]string{}}
	at := bytes.LastIndex(pdf, []byte("startxref\n"))
	if at < 0 {
		return nil, fmt.Errorf("no startxref")
	}
	start, err := strconv.Atoi(string(bytes.Fields(pdf[at+10:])[0]))
	if err != nil || !bytes.HasPrefix(pdf[start:], []byte("xref\n")) {
		return nil, fmt.Errorf("the table is not where it is said to be")
	}
	for n, line := range strings.Split(string(pdf[start:at]), "\n")[2:] {
		e := strings.Fields(line)
		if len(e) != 3 {
			break
		}
		if e[2] != "n" {
			continue
		}
		offset, _ := strconv.Atoi(e[0])
		if !bytes.HasPrefix(pdf[offset:], fmt.Appendf(nil, "%d 0 obj", n)) {
			return nil, fmt.Errorf("object %d is not at %d", n, offset)
		}
		if err := f.object(n, pdf[offset:]); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *File) object(n int, raw []byte) error {
	dict, _, _ := bytes.Cut(raw, []byte("endobj"))
	if i := bytes.Index(dict, []byte("stream\n")); i >= 0 {
		d := string(dict[:i])
		m := length.FindStringSubmatch(d)
		if m == nil {
			return fmt.Errorf("object %d: no length", n)
		}
		size, _ := strconv.Atoi(m[1])
		body := raw[i+len("stream\n"):][:size]
		if strings.Contains(d, "FlateDecode") {
			z, err := zlib.NewReader(bytes.NewReader(body))
			if err != nil {
				return fmt.Errorf("object %d: %w", n, err)
			}
			if body, err = io.ReadAll(z); err != nil {
				return fmt.Errorf("object %d: %w", n, err)
			}
		}
		f.dict[n], f.stream[n] = d, body
		return nil
	}
	f.dict[n] = string(dict)
	return nil
}

func (f *File) ref(re *regexp.Regexp, dict string) int {
	m := re.FindStringSubmatch(dict)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// Pages are the object numbers of the pages, in order.
func (f *File) Pages() []int {
	var list []int
	for _, d := range f.dict {
		if m := kids.FindStringSubmatch(d); m != nil {
			for _, r := range refs.FindAllStringSubmatch(m[1], -1) {
				n, _ := strconv.Atoi(r[1])
				list = append(list, n)
			}
		}
	}
	return list
}

// Text of a page, line by line as drawn, what lies over it last.
func (f *File) Text(page int) string {
	d := f.dict[page]
	res := f.dict[f.ref(resources, d)]
	var b strings.Builder
	m := contents.FindStringSubmatch(d)
	if m == nil {
		return ""
	}
	for _, r := range refs.FindAllStringSubmatch(m[1], -1) {
		n, _ := strconv.Atoi(r[1])
		f.write(&b, n, res)
	}
	if layer := f.ref(over, res); layer != 0 {
		f.write(&b, layer, f.dict[f.ref(resources, f.dict[layer])])
	}
	return b.String()
}

func (f *File) write(b *strings.Builder, stream int, res string) {
	glyphs := f.glyphs(f.ref(fonts, res))
	for _, t := range shown.FindAllSubmatch(f.stream[stream], -1) {
		for _, h := range hexes.FindAllSubmatch(t[1], -1) {
			for i := 0; i+4 <= len(h[1]); i += 4 {
				c, ok := glyphs[strings.ToUpper(string(h[1][i:i+4]))]
				if !ok {
					c = "\ufffd" // a glyph that nobody can copy
				}
				b.WriteString(c)
			}
		}
		b.WriteByte('\n')
	}
}

func (f *File) glyphs(font int) map[string]string {
	if known, ok := f.fonts[font]; ok {
		return known
	}
	m := map[string]string{}
	for _, g := range mapped.FindAllSubmatch(f.stream[f.ref(unicodes, f.dict[font])], -1) {
		raw, _ := hex.DecodeString(string(g[2]))
		var units []uint16
		for i := 0; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		m[strings.ToUpper(string(g[1]))] = string(utf16.Decode(units))
	}
	f.fonts[font] = m
	return m
}

// Black is the page's filled rectangles in a corner, as a picture of so many
// dots to a point: the QR code for a reader of pictures. The corner is given
// from the upper left.
func (f *File) Black(page int, x, y, side, height float64, dots int) image.Image {
	img := image.NewGray(image.Rect(0, 0, int(side)*dots, int(side)*dots))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	m := contents.FindStringSubmatch(f.dict[page])
	for _, r := range rectangle.FindAllSubmatch(f.stream[f.ref(refs, m[1])], -1) {
		var v [4]float64
		for i := range v {
			v[i], _ = strconv.ParseFloat(string(r[i+1]), 64)
		}
		x0, y0, w, h := v[0]-x, height-v[1]-v[3]-y, v[2], v[3]
		for j := int(y0 * float64(dots)); j < int((y0+h)*float64(dots)); j++ {
			for i := int(x0 * float64(dots)); i < int((x0+w)*float64(dots)); i++ {
				img.Set(i, j, color.Gray{})
			}
		}
	}
	return img
}
