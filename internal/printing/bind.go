package printing

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// binder puts the pages of forms into one PDF, byte for byte as they are, with
// something laid over each. It holds one form at a time. It reads what this
// package writes (a plain table of objects), not PDF at large.
type binder struct {
	w       io.Writer
	at      int64
	offsets []int64 // of objects, from number 1
	kids    []int
	err     error
}

// The first objects of a bound file.
const (
	bCatalog = iota + 1
	bPages
	bBefore // keeps what a page sets from what lies over it
	bAfter
	bFirst
)

func newBinder(w io.Writer) *binder {
	b := &binder{w: w, offsets: make([]int64, bFirst-1)}
	b.print("%%PDF-1.7\n%%\xe2\xe3\xcf\xd3\n")
	b.object(bBefore, "<< /Length 2 >>", []byte("q\n"))
	b.object(bAfter, "<< /Length 14 >>", []byte("Q q /Ov Do Q \n"))
	return b
}

func (b *binder) print(format string, args ...any) {
	b.write(fmt.Appendf(nil, format, args...))
}

func (b *binder) write(p []byte) {
	if b.err != nil {
		return
	}
	n, err := b.w.Write(p)
	b.at += int64(n)
	b.err = err
}

func (b *binder) next() int {
	b.offsets = append(b.offsets, 0)
	return len(b.offsets)
}

func (b *binder) object(n int, dict string, stream []byte) {
	b.offsets[n-1] = b.at
	b.print("%d 0 obj\n%s\n", n, dict)
	if stream != nil {
		b.print("stream\n")
		b.write(stream)
		b.print("\nendstream\n")
	}
	b.print("endobj\n")
}

// object of a source file.
type object struct {
	dict   string
	stream []byte
}

// source is a PDF taken apart.
type source struct {
	objects map[int]object
	pages   []int // object numbers, in order
	number  map[int]int
}

var (
	errForeign  = errors.New("not a form of this program")
	kids        = regexp.MustCompile(`/Kids \[([^\]]*)\]`)
	reference   = regexp.MustCompile(`(\d+) 0 R`)
	contentsOf  = regexp.MustCompile(`/Contents\s+(\d+) 0 R`)
	resourcesOf = regexp.MustCompile(`/Resources\s+(\d+) 0 R`)
	xobjects    = regexp.MustCompile(`/XObject\s*<<`)
	lengthOf    = regexp.MustCompile(`/Length (\d+)`)
)

func takeApart(pdf []byte) (*source, error) {
	_, tail, ok := bytes.Cut(pdf[max(0, len(pdf)-64):], []byte("startxref\n"))
	if !ok {
		return nil, errForeign
	}
	start, err := strconv.Atoi(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(tail), []byte("%%EOF")))))
	if err != nil || start <= 0 || start >= len(pdf) {
		return nil, errForeign
	}
	lines := bytes.Split(pdf[start:], []byte("\n"))
	s := &source{objects: map[int]object{}, number: map[int]int{}}
	offsets := []int{}
	for _, l := range lines[2:] {
		if bytes.HasPrefix(l, []byte("trailer")) {
			break
		}
		if f := bytes.Fields(l); len(f) == 3 && string(f[2]) == "n" {
			n, err := strconv.Atoi(string(f[0]))
			if err != nil || n >= start {
				return nil, errForeign
			}
			offsets = append(offsets, n)
		}
	}
	slices.Sort(offsets)
	for i, from := range offsets {
		to := start
		if i+1 < len(offsets) {
			to = offsets[i+1]
		}
		if err := s.take(pdf[from:to]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *source) take(raw []byte) error {
	head, rest, ok := bytes.Cut(raw, []byte(" 0 obj\n"))
	n, err := strconv.Atoi(string(head))
	if !ok || err != nil {
		return errForeign
	}
	dict, stream, has := bytes.Cut(rest, []byte("stream\n"))
	if !has {
		dict, _, _ = bytes.Cut(rest, []byte("endobj"))
	}
	o := object{dict: string(bytes.TrimSpace(dict))}
	if has {
		m := lengthOf.FindStringSubmatch(o.dict)
		if m == nil {
			return errForeign
		}
		length, err := strconv.Atoi(m[1])
		if err != nil || length > len(stream) {
			return errForeign
		}
		o.stream = stream[:length]
	}
	if m := kids.FindStringSubmatch(o.dict); m != nil {
		for _, r := range reference.FindAllStringSubmatch(m[1], -1) {
			page, _ := strconv.Atoi(r[1])
			s.pages = append(s.pages, page)
		}
	}
	s.objects[n] = o
	return nil
}

// root says of an object that a bound file has its own.
func root(dict string) bool {
	return strings.Contains(dict, "/Type /Catalog") || strings.Contains(dict, "/Type /Pages") || strings.Contains(dict, "/Type /Outlines")
}

// bring copies every object but the roots and those left to the caller.
func (b *binder) bring(s *source, leave map[int]bool) {
	order := []int{}
	for n, o := range s.objects {
		if root(o.dict) {
			s.number[n] = bPages
			continue
		}
		order = append(order, n)
	}
	slices.Sort(order)
	for _, n := range order {
		s.number[n] = b.next()
	}
	for _, n := range order {
		if !leave[n] {
			b.object(s.number[n], s.renumber(s.objects[n].dict), s.objects[n].stream)
		}
	}
}

func (s *source) renumber(dict string) string {
	return reference.ReplaceAllStringFunc(dict, func(r string) string {
		n, _ := strconv.Atoi(r[:len(r)-len(" 0 R")])
		return strconv.Itoa(s.number[n]) + " 0 R"
	})
}

func (s *source) ref(of *regexp.Regexp, dict string) int {
	m := of.FindStringSubmatch(dict)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// layers takes every page of a PDF as something to lay over others, and
// returns their numbers.
func (b *binder) layers(pdf []byte) ([]int, error) {
	s, err := takeApart(pdf)
	if err != nil {
		return nil, err
	}
	leave := map[int]bool{}
	for _, p := range s.pages {
		leave[p], leave[s.ref(contentsOf, s.objects[p].dict)] = true, true
	}
	b.bring(s, leave)
	var list []int
	for _, p := range s.pages {
		o := s.objects[p]
		content := s.objects[s.ref(contentsOf, o.dict)]
		inner := content.dict[len("<<") : len(content.dict)-len(">>")]
		b.object(s.number[p], fmt.Sprintf("<< /Type /XObject /Subtype /Form /BBox [0 0 %g %g] /Resources %d 0 R %s >>", paperW, paperH,
			s.number[s.ref(resourcesOf, o.dict)], inner), content.stream)
		b.offsets[s.number[s.ref(contentsOf, o.dict)]-1] = -1 // has become the layer
		list = append(list, s.number[p])
	}
	return list, b.err
}

// add binds a form in. over is asked for the layer of each of its pages.
func (b *binder) add(pdf []byte, over func(page int) int) error {
	s, err := takeApart(pdf)
	if err != nil {
		return err
	}
	leave := map[int]bool{}
	for _, p := range s.pages {
		leave[p] = true
	}
	b.bring(s, leave)
	for i, p := range s.pages {
		dict := s.objects[p].dict
		contents, resources := s.ref(contentsOf, dict), s.ref(resourcesOf, dict)
		if contents == 0 || resources == 0 {
			return errForeign
		}
		res := s.renumber(s.objects[resources].dict)
		own := b.next()
		b.object(own, xobjects.ReplaceAllString(res, fmt.Sprintf("/XObject << /Ov %d 0 R", over(i))), nil)
		b.object(s.number[p], fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %g %g] /Resources %d 0 R /Contents [%d 0 R %d 0 R %d 0 R] >>",
			bPages, paperW, paperH, own, bBefore, s.number[contents], bAfter), nil)
		b.kids = append(b.kids, s.number[p])
	}
	return b.err
}

// close writes what holds the pages together.
func (b *binder) close() error {
	var list bytes.Buffer
	for _, k := range b.kids {
		fmt.Fprintf(&list, "%d 0 R ", k)
	}
	b.object(bPages, fmt.Sprintf("<< /Type /Pages /MediaBox [0 0 %g %g] /Count %d /Kids [%s] >>", paperW, paperH, len(b.kids), list.String()), nil)
	b.object(bCatalog, fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R >>", bPages), nil)
	start := b.at
	b.print("xref\n0 %d\n0000000000 65535 f \n", len(b.offsets)+1)
	for _, o := range b.offsets {
		if o < 0 {
			b.print("0000000000 00000 f \n")
			continue
		}
		b.print("%010d 00000 n \n", o)
	}
	b.print("trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(b.offsets)+1, bCatalog, start)
	return b.err
}
