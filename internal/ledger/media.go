package ledger

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/jpeg" // decoders of what cameras and screens make
	_ "image/png"
	"io"

	"github.com/gabriel-vasile/mimetype"
	_ "golang.org/x/image/webp"

	"taizhang/internal/fault"
)

// Media is what the content of a file says it is.
type Media struct {
	Type          string
	Width, Height int // pictures only
}

// What is taken, by content, and how large it may be in bytes. Scriptable
// types (HTML, SVG) are not in the table and so refused.
var mediaLimits = map[string]int64{
	"image/jpeg":      20 << 20,
	"image/png":       20 << 20,
	"image/webp":      20 << 20,
	"application/pdf": 50 << 20,
	"video/mp4":       MaxUpload,
	"audio/mpeg":      50 << 20,
	"audio/wav":       50 << 20,
}

// A picture of more pixels than this is refused: it would cost gigabytes to show.
const maxPixels = 80_000_000

// inspect looks at the first bytes of an upload.
func (s *Service) inspect(ctx context.Context, u Upload) (Media, error) {
	r := s.parts(ctx, u)
	head := make([]byte, 256<<10)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return Media{}, errors.Join(err, r.Close())
	}
	if err := r.Close(); err != nil {
		return Media{}, err
	}
	return inspect(head[:n], u.Size)
}

func inspect(head []byte, size int64) (Media, error) {
	m := Media{Type: mimetype.Detect(head).String()}
	limit, ok := mediaLimits[m.Type]
	switch {
	case !ok:
		return Media{}, fault.New(fault.UnsupportedMedia, "file_type_refused").With("media_type", m.Type)
	case size > limit:
		return Media{}, fault.New(fault.TooLarge, "upload_too_large").With("limit", limit)
	case m.Type[:6] != "image/":
		return m, nil
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(head))
	if err != nil {
		return Media{}, fault.New(fault.UnsupportedMedia, "picture_unreadable").Because(err)
	}
	if c.Width*c.Height > maxPixels {
		return Media{}, fault.New(fault.TooLarge, "picture_too_large").With("pixels", maxPixels)
	}
	m.Width, m.Height = c.Width, c.Height
	return m, nil
}
