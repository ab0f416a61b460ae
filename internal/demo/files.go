package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
)

// picture draws a plain invented scene: boxes on a wall, no two alike.
func picture(rng *rand.Rand) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 480, 320))
	wall := color.RGBA{R: uint8(170 + rng.IntN(60)), G: uint8(170 + rng.IntN(60)), B: uint8(160 + rng.IntN(60)), A: 255}
	fill(img, img.Bounds(), wall)
	for range 4 + rng.IntN(5) {
		x, y := rng.IntN(400), 60+rng.IntN(200)
		fill(img, image.Rect(x, y, x+20+rng.IntN(80), y+20+rng.IntN(60)),
			color.RGBA{R: uint8(rng.IntN(200)), G: uint8(rng.IntN(200)), B: uint8(rng.IntN(200)), A: 255})
	}
	var out bytes.Buffer
	_ = jpeg.Encode(&out, img, &jpeg.Options{Quality: 60}) // into memory: cannot fail
	return out.Bytes()
}

func fill(img *image.RGBA, r image.Rectangle, c color.RGBA) {
	r = r.Intersect(img.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			img.SetRGBA(x, y, c)
		}
	}
}

// sheet is a one-page PDF with a number on it.
func sheet(n int) []byte {
	var b bytes.Buffer
	var at []int
	object := func(format string, args ...any) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n", len(at))
		fmt.Fprintf(&b, format, args...)
		b.WriteString("\nendobj\n")
	}
	b.WriteString("%PDF-1.4\n")
	text := fmt.Sprintf("BT /F1 24 Tf 72 720 Td (Demonstration sheet %d) Tj ET", n)
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>")
	object("<< /Length %d >>\nstream\n%s\nendstream", len(text), text)
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, off := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", off)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}
