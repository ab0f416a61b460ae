package ledger

import (
	"bytes"
	"encoding/binary"
)

// Orientation is how a camera held a JPEG, 1 to 8 as Exif counts: 1 is upright, from 5 on it lies on its
// side. Whoever unpacks a picture gets it as it lies; whoever looks at it wants it upright. It is 1 where the
// head of the file does not say, or says what makes no sense.
func Orientation(head []byte) int {
	for b := after(head, 2); len(b) >= 4 && head[0] == 0xFF && head[1] == 0xD8 && b[0] == 0xFF; {
		marker, size := b[1], int(binary.BigEndian.Uint16(b[2:])) // which counts itself
		if marker == 0xFF {                                       // filled up
			b = b[1:]
			continue
		}
		if marker == 0xDA || size < 2 || len(b) < 2+size { // from here on it is the picture
			break
		}
		if tiff, ok := bytes.CutPrefix(b[4:2+size], []byte("Exif\x00\x00")); ok && marker == 0xE1 {
			return orientationIn(tiff)
		}
		b = b[2+size:]
	}
	return 1
}

// orientationIn looks for tag 0x0112 in the first directory: twelve bytes an entry, the value of a short
// in the first two of the last four.
func orientationIn(tiff []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(tiff, []byte("MM\x00\x2A")):
		order = binary.BigEndian
	case !bytes.HasPrefix(tiff, []byte("II\x2A\x00")):
		return 1
	}
	if len(tiff) < 8 {
		return 1
	}
	dir := after(tiff, uint64(order.Uint32(tiff[4:])))
	if len(dir) < 2 {
		return 1
	}
	n := order.Uint16(dir)
	dir = dir[2:]
	for ; n > 0 && len(dir) >= 12; n, dir = n-1, dir[12:] {
		if order.Uint16(dir) != 0x0112 {
			continue
		}
		if o := int(order.Uint16(dir[8:])); order.Uint16(dir[2:]) == 3 && o >= 1 && o <= 8 {
			return o
		}
		break
	}
	return 1
}

// after is what follows the first n bytes, nothing where there are fewer.
func after(b []byte, n uint64) []byte {
	if n > uint64(len(b)) {
		return nil
	}
	return b[n:]
}
