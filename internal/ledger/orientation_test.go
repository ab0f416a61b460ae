package ledger_test

import (
	"testing"

	"taizhang/internal/ledger"
)

// A JPEG's head whose Exif says 6, by the order of bytes; what stands before it is a JFIF segment.
var (
	jfif = "\xFF\xD8\xFF\xE0\x00\x04JF"
	big  = jfif + "\xFF\xE1\x00\x22Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	low  = jfif + "\xFF\xE1\x00\x22Exif\x00\x00II\x2A\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
)

func TestOrientation(t *testing.T) {
	at := func(s string, i int, b byte) string { return s[:i] + string(b) + s[i+1:] }
	for name, c := range map[string]struct {
		head string
		want int
	}{
		"big end first":      {big, 6},
		"little end first":   {low, 6},
		"with bytes between": {jfif + "\xFF\xFF" + big[len(jfif):], 6},
		"without Exif":       {jfif + "\xFF\xDA\x00\x02", 1},
		"after the picture":  {jfif + "\xFF\xDA\x00\x02" + big[len(jfif):], 1},
		"nine":               {at(big, len(jfif)+29, 9), 1},
		"none":               {at(big, len(jfif)+29, 0), 1},
		"no such order":      {at(big, len(jfif)+10, 'X'), 1},
		"directory far away": {at(big, len(jfif)+14, 0xFF), 1},
		"another tag":        {at(big, len(jfif)+21, 0x13), 1},
		"a number too long":  {at(big, len(jfif)+23, 4), 1},
		"not a JPEG":         {"\x89PNG" + big, 1},
		"nothing":            {"", 1},
	} {
		if got := ledger.Orientation([]byte(c.head)); got != c.want {
			t.Errorf("%s: %d, not %d", name, got, c.want)
		}
	}
	for i := range big { // cut off anywhere
		ledger.Orientation([]byte(big[:i]))
	}
}

func FuzzOrientation(f *testing.F) {
	f.Add([]byte(big))
	f.Add([]byte(low))
	f.Fuzz(func(t *testing.T, head []byte) {
		if o := ledger.Orientation(head); o < 1 || o > 8 {
			t.Error(o)
		}
	})
}
