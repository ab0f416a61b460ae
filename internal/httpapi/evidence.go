package httpapi

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"math"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/image/draw"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

func (a *API) openEvidence(c echo.Context) (ledger.Evidence, io.ReadCloser, error) {
	k, err := entryKey(c)
	if err != nil {
		return ledger.Evidence{}, nil, err
	}
	id, err := pathID(c, "evidence")
	if err != nil {
		return ledger.Evidence{}, nil, err
	}
	revision, err := strconv.Atoi(c.Param("revision"))
	if err != nil || revision < 0 || revision > math.MaxInt32 {
		return ledger.Evidence{}, nil, notFound
	}
	return a.Ledger.OpenEvidence(c.Request().Context(), k, revision, id)
}

// evidence sends the file as it was received. Pictures, PDF and recordings may
// be shown in the page; nothing of it can run there.
func (a *API) evidence(c echo.Context) error {
	ev, body, err := a.openEvidence(c)
	if err != nil {
		return err
	}
	return a.show(c, body, fileShown{Name: ev.Name, MediaType: ev.MediaType, Size: ev.Size, Sha256: ev.Sha256.String(), Inline: c.QueryParam("show") == "true"})
}

// fileShown is a file that a page may show.
type fileShown struct {
	Name      string
	MediaType string
	Size      int64
	Sha256    string
	Inline    bool
}

func (a *API) show(c echo.Context, body io.ReadCloser, f fileShown) error {
	defer func() { _ = body.Close() }()
	disposition := "attachment"
	if f.Inline {
		disposition = "inline"
	}
	h := c.Response().Header()
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.Name}))
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	policy := "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; frame-ancestors 'self'"
	if f.MediaType != "application/pdf" {
		policy += "; sandbox" // a browser's own viewer does not start in a sandbox; PDF runs nothing of ours
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Sha256", f.Sha256)
	h.Set("Content-Type", f.MediaType)
	c.Response().WriteHeader(http.StatusOK)
	if _, err := io.Copy(c.Response(), body); err != nil {
		// The length is promised already: a damaged file must look broken.
		a.Log.ErrorContext(c.Request().Context(), "evidence", "id", c.Get(requestIDKey), "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// shrinking bounds how many pictures are unpacked at once: one may take 256 MB.
var shrinking = make(chan struct{}, 2)

// thumbnailSize is the longer side in pixels.
const thumbnailSize = 320

func (a *API) thumbnail(c echo.Context) error {
	ev, body, err := a.openEvidence(c)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(ev.MediaType, "image/") {
		_ = body.Close()
		return notFound
	}
	return thumbnailOf(c, body)
}

func thumbnailOf(c echo.Context, body io.ReadCloser) error {
	defer func() { _ = body.Close() }()
	shrinking <- struct{}{}
	defer func() { <-shrinking }()
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	small, err := shrink(raw)
	if err != nil {
		return errors.Join(fault.New(fault.UnsupportedMedia, "picture_unreadable"), err)
	}
	return c.Blob(http.StatusOK, "image/jpeg", small)
}

func shrink(raw []byte) ([]byte, error) {
	src, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	b := src.Bounds()
	scale := min(1, float64(thumbnailSize)/float64(max(b.Dx(), b.Dy())))
	dst := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale))))
	draw.ApproxBiLinear.Scale(dst, dst.Bounds(), src, b, draw.Src, nil)
	var out bytes.Buffer
	err = jpeg.Encode(&out, upright(dst, ledger.Orientation(raw)), &jpeg.Options{Quality: 80})
	return out.Bytes(), err
}

// upright turns a picture as it is seen; what a camera says of how it was held is lost with its file.
func upright(src *image.RGBA, orientation int) *image.RGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	if orientation == 1 {
		return src
	}
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	dst := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			// Where the pixel goes to, by Exif's table: 2 to 4 mirror or turn it by half, 5 to 8 lay it over as well.
			left, up := x, y
			if slices.Contains([]int{2, 3, 7, 8}, orientation) {
				left = w - 1 - x
			}
			if slices.Contains([]int{3, 4, 6, 7}, orientation) {
				up = h - 1 - y
			}
			if orientation >= 5 {
				left, up = up, left
			}
			dst.SetRGBA(left, up, src.RGBAAt(x, y))
		}
	}
	return dst
}
