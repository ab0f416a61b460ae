package httpapi

import (
	"image"
	"image/color"
	"testing"
)

// TestUpright: where the first pixel of three by two comes to, and the one beside it.
func TestUpright(t *testing.T) {
	lies := image.NewRGBA(image.Rect(0, 0, 3, 2))
	first, beside := color.RGBA{R: 255, A: 255}, color.RGBA{G: 255, A: 255}
	lies.SetRGBA(0, 0, first)
	lies.SetRGBA(1, 0, beside)
	for orientation, want := range [][4]int{1: {0, 0, 1, 0}, 2: {2, 0, 1, 0}, 3: {2, 1, 1, 1}, 4: {0, 1, 1, 1}, 5: {0, 0, 0, 1}, 6: {1, 0, 1, 1}, 7: {1, 2, 1, 1}, 8: {0, 2, 0, 1}} {
		if orientation == 0 {
			continue
		}
		got := upright(lies, orientation)
		if size := got.Bounds().Size(); (size == image.Pt(2, 3)) != (orientation >= 5) {
			t.Errorf("%d: %v", orientation, size)
		}
		if got.RGBAAt(want[0], want[1]) != first || got.RGBAAt(want[2], want[3]) != beside {
			t.Errorf("%d: %v", orientation, got.Pix)
		}
	}
}
