package httpapi

import (
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

func (a *API) lookRoutes() []route {
	return []route{
		{"GET", oneCheck + "/looks", "looks.list", false, a.listLooks},
		{"POST", oneCheck + "/looks", "looks.add", false, a.look},
		{"PATCH", oneCheck + "/photos", "photos.add", false, a.addPhoto},
		{"GET", oneCheck + "/photos/:photo", "photos.get", false, a.photo},
		{"GET", oneCheck + "/photos/:photo/thumbnail", "photos.thumbnail", false, a.photoThumbnail},
	}
}

func (a *API) listLooks(c echo.Context) error {
	prison, check, err := checkPath(c)
	if err != nil {
		return err
	}
	r, err := a.Inspection.Route(c.Request().Context(), prison, check)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}

func (a *API) look(c echo.Context) error {
	var in struct {
		Line     string    `json:"line"`
		Result   string    `json:"result"`
		Note     string    `json:"note"`
		Place    string    `json:"place"`
		LookedAt time.Time `json:"looked_at"`
		Photos   []string  `json:"photos"`
		Seen     int       `json:"seen"`
	}
	return onCheck(c, &in, func(prison, check uuid.UUID, key ledger.Idem) (inspection.Check, error) {
		return a.Inspection.Look(c.Request().Context(), prison, check,
			inspection.Look{Line: in.Line, Result: in.Result, Note: in.Note, Place: in.Place, LookedAt: in.LookedAt, Photos: in.Photos}, in.Seen, key)
	})
}

// addPhoto takes the file whole. It is a PATCH, as every body larger than a document is.
func (a *API) addPhoto(c echo.Context) error {
	prison, check, err := checkPath(c)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	p, err := a.Inspection.AddPhoto(c.Request().Context(), prison, check, raw, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, p)
}

func (a *API) openPhoto(c echo.Context) (inspection.Photo, io.ReadCloser, error) {
	prison, check, err := checkPath(c)
	if err != nil {
		return inspection.Photo{}, nil, err
	}
	return a.Inspection.OpenPhoto(c.Request().Context(), prison, check, c.Param("photo"))
}

func (a *API) photo(c echo.Context) error {
	p, body, err := a.openPhoto(c)
	if err != nil {
		return err
	}
	return a.show(c, body, fileShown{Name: p.Sha256[:16], MediaType: p.MediaType, Size: p.Size, Sha256: "sha256:" + p.Sha256, Inline: true})
}

func (a *API) photoThumbnail(c echo.Context) error {
	_, body, err := a.openPhoto(c)
	if err != nil {
		return err
	}
	return thumbnailOf(c, body)
}
