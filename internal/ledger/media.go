package ledger

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
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
	Width, Height int // pictures only, as they are seen
}

// MaxPicture is the largest picture taken, in bytes.
const MaxPicture = 20 << 20

// What is taken, by content, and how large it may be in bytes. Scriptable
// types (HTML, SVG) are not in the table and so refused.
var mediaLimits = map[string]int64{
	"image/jpeg":      MaxPicture,
	"image/png":       MaxPicture,
	"image/webp":      MaxPicture,
	"application/pdf": 50 << 20,
	"video/mp4":       MaxUpload,
	"audio/mpeg":      50 << 20,
	"audio/wav":       50 << 20,
}

// A picture that takes more memory than this to unpack is refused.
const maxUnpacked = 256 << 20

// unpacked is how many bytes a picture takes once it is unpacked.
func unpacked(c image.Config) int64 {
	size := int64(4)
	switch c.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		size = 8
	}
	return int64(c.Width) * int64(c.Height) * size
}

// noting remembers an error of the reader, to tell it from the picture's own.
type noting struct {
	io.ReadCloser
	err error
}

func (n *noting) Read(b []byte) (int, error) {
	k, err := n.ReadCloser.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		n.err = err
	}
	return k, err
}

// inspect looks at what has come of an upload.
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
	m, err := inspect(head[:n], u.Size)
	if err != nil || m.Width == 0 {
		return m, err
	}
	// The head may promise a picture that never comes.
	unpacking <- struct{}{}
	defer func() { <-unpacking }()
	whole := &noting{ReadCloser: s.parts(ctx, u)}
	_, _, err = image.Decode(whole)
	if lost := errors.Join(whole.err, whole.Close()); lost != nil {
		return Media{}, lost
	}
	if err != nil {
		return Media{}, fault.New(fault.UnsupportedMedia, "picture_unreadable").Because(err)
	}
	return m, nil
}

// unpacking bounds how many pictures are unpacked at once: one may take 256 MB.
var unpacking = make(chan struct{}, 2)

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
	if unpacked(c) > maxUnpacked {
		return Media{}, fault.New(fault.TooLarge, "picture_too_large")
	}
	m.Width, m.Height = c.Width, c.Height
	if Orientation(head) >= 5 {
		m.Width, m.Height = m.Height, m.Width
	}
	return m, nil
}

// Picture looks at a picture that is there as a whole. Faults: photo_refused, upload_too_large,
// picture_unreadable, picture_too_large.
func Picture(raw []byte) (Media, error) {
	m, err := inspect(raw, int64(len(raw)))
	if fault.CodeOf(err) == "file_type_refused" || err == nil && m.Width == 0 {
		return Media{}, fault.New(fault.UnsupportedMedia, "photo_refused").With("media_type", m.Type)
	}
	if err != nil {
		return Media{}, err
	}
	unpacking <- struct{}{}
	defer func() { <-unpacking }()
	if _, _, err := image.Decode(bytes.NewReader(raw)); err != nil {
		return Media{}, fault.New(fault.UnsupportedMedia, "picture_unreadable").Because(err)
	}
	return m, nil
}
